//! Servers that are silent, absent, or send beyond measure.

use super::*;

#[tokio::test]
async fn a_silent_server_is_left_for_the_next() {
    let (silent, lively) = (Server::new().await, Server::new().await);
    let mut source = listen(&[&silent, &lively], "idle_timeout = '50ms'", None);
    let (_kept_open, _) = silent.accept().await;
    let (mut link, _) = lively.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/1"]);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(
        said.contains("has been silent for 0.05 seconds: the longest silence that is waited for"),
        "{said}"
    );
    source.stop().await;
}

#[tokio::test]
async fn frames_beyond_measure_end_the_connection_and_nothing_else() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    // The other side may hang up before it has read all of it.
    drop(link.send(Message::text("x".repeat(3 << 20))).await);
    let (mut link, _) = server.accept().await;
    say(&mut link, [Message::binary(vec![0; 10]), post("2", NOON + 1)]).await;
    assert_eq!(items(&mut source, 2).await.0, ["did:plc:ana/1", "did:plc:ana/2"]);
    let health = source.until(|h| h.rejects == 1).await;
    assert!(health.last_error.unwrap().contains("broke the connection"));
    source.stop().await;
}

#[tokio::test]
async fn no_server_is_no_reason_to_give_up_and_a_refusal_is_named() {
    let server = Server::new().await;
    let source = listen(&[&server], "", None);
    for _ in 0..3 {
        let (mut stream, _) = timeout(LONG, server.listener.accept()).await.unwrap().unwrap();
        AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
    }
    let health = source.until(|h| h.errors >= 2).await;
    assert!(health.last_error.unwrap().contains("answers 502 Bad Gateway to a WebSocket request"));
    assert_ne!(health.state, State::Failed);
    source.stop().await;
}

#[tokio::test]
async fn fragments_without_end_cost_a_bounded_amount_of_memory() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (link, _) = server.accept().await;
    let mut raw = link.into_inner();
    // A text message that never ends: 64 KiB fragments, none of them the last.
    let mut fragment = vec![0x01, 127, 0, 0, 0, 0, 0, 1, 0, 0];
    fragment.resize(10 + (64 << 10), b'x');
    let mut sent = 0usize;
    while raw.write_all(&fragment).await.is_ok() && sent < 256 << 20 {
        fragment[0] = 0x00;
        sent += 64 << 10;
    }
    assert!(sent < 64 << 20, "it was read for {sent} bytes");
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/1"]);
    source.stop().await;
}
