//! Strangers who begin requests and do not go on: they keep nobody out.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// Begins a request that cannot be told from a signed one before its body is there, and sends `part` of that.
async fn begin(hook: &Hook, announced: usize, part: &[u8]) -> TcpStream {
    let url = reqwest::Url::parse(&hook.url).unwrap();
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nX-Groundswell-Signature: {}\r\nX-Groundswell-Delivery: d\r\n\
         X-Groundswell-Timestamp: {}\r\nContent-Length: {announced}\r\n\r\n",
        url.path(),
        sign(b"guessed"),
        hook.clock.now().as_second(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(part).await.unwrap();
    stream
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut said = vec![0; 12];
    timeout(LONG, stream.read_exact(&mut said)).await.expect("no answer came").unwrap();
    String::from_utf8(said).unwrap()
}

async fn is_heard(hook: &mut Hook, id: &str) {
    let answer = hook.deliver(id, hook.clock.now().as_second(), POST);
    hook.batch().await.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(answer.await.unwrap().0, 200);
}

#[tokio::test]
async fn bodies_that_never_come_keep_no_sender_out() {
    let mut hook = Hook::start("timeout = '1h'").await;
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(begin(&hook, 1000, b"").await);
    }
    is_heard(&mut hook, "d-1").await;
    // There was not room for all of them: the first made room for those that came later.
    assert_eq!(answer(&mut silent[0]).await, "HTTP/1.1 429");
}

#[tokio::test]
async fn bodies_that_stop_before_their_end_keep_no_sender_out() {
    let mut hook = Hook::start("timeout = '1h'\nmax_bytes = 200000").await;
    let part = vec![b' '; 199_999];
    let mut unfinished = Vec::new();
    for _ in 0..40 {
        unfinished.push(begin(&hook, 200_000, &part).await);
    }
    is_heard(&mut hook, "d-1").await;
    assert_eq!(answer(&mut unfinished[0]).await, "HTTP/1.1 429");
}

#[tokio::test]
async fn what_the_head_lacks_is_said_before_the_body_is_there() {
    let hook = Hook::start("timeout = '1h'").await;
    let now = hook.clock.now();
    let url = reqwest::Url::parse(&hook.url).unwrap();
    let stale = format!(
        "X-Groundswell-Signature: sha256=00\r\nX-Groundswell-Delivery: d\r\nX-Groundswell-Timestamp: {}\r\n",
        now.as_second() - 301
    );
    for headers in ["", &stale] {
        let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
        let head = format!("POST {} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 9\r\n\r\n", url.path());
        stream.write_all(head.as_bytes()).await.unwrap();
        assert_eq!(answer(&mut stream).await, "HTTP/1.1 401");
    }
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_not_waited_for() {
    let hook = Hook::start("timeout = '50ms'").await;
    let mut slow = begin(&hook, 1000, b"{").await;
    assert_eq!(answer(&mut slow).await, "HTTP/1.1 408");
}
