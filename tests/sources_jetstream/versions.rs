//! The second version of the protocol, compressed frames, and versions of posts in the wrong order.

use super::*;

/// An event of the first version, as the second says it.
fn in_envelope(message: &Message, seq: i64) -> Message {
    let one: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
    let mut payload = one["commit"].clone();
    payload["$type"] = "network.bsky.jetstream.subscribeEvents#commit".into();
    payload["seq"] = seq.into();
    payload["did"] = one["did"].clone();
    payload["time"] =
        Timestamp::from_microsecond(one["time_us"].as_i64().unwrap()).unwrap().to_string().into();
    Message::text(serde_json::json!({"$type": "message", "payload": payload}).to_string())
}

#[tokio::test]
async fn the_second_version_is_spoken_and_goes_on_where_the_first_broke_off() {
    let (one, two) = (Server::new().await, Server::second().await);
    let mut source = listen(&[&one, &two], "", None);
    let (mut link, _) = one.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    items(&mut source, 1).await;
    drop(link);
    let (mut link, asked) = two.accept().await;
    let want =
        "?kinds=commit&kinds=account&collections=app.bsky.feed.post&maxMessageSizeBytes=1048576&cursor=";
    assert_eq!(asked, format!("{SECOND}{want}{}", NOON - 5 * SECONDS));
    say(&mut link, [in_envelope(&post("1", NOON + 3), 7), in_envelope(&post("2", NOON + 4), 8)]).await;
    let batch = source.batch().await;
    let cursor: serde_json::Value = serde_json::from_str(batch.cursor.as_ref().unwrap()).unwrap();
    assert_eq!(batch.items.len(), 1, "what the other server had sent is known");
    assert_eq!(
        (cursor["time_us"].as_i64(), &cursor["seq"][0], &cursor["seq"][1]),
        (Some(NOON + 4), &8.into(), &two.host.clone().into())
    );
    // The server gives up on us, and says so; another one numbers anew. Neither matters.
    say(&mut link, [Message::text(r#"{"$type":"error","error":"ConsumerTooSlow","message":"come back"}"#)])
        .await;
    let said = source.until(|h| h.last_error.as_ref().is_some_and(|e| e.contains("ConsumerTooSlow"))).await;
    assert!(said.last_error.unwrap().contains("ends the stream"));
    let _ = one.accept().await;
    let (mut link, asked) = two.accept().await;
    assert!(asked.ends_with(&format!("cursor={}", NOON + 4 - 5 * SECONDS)), "{asked}");
    say(&mut link, [in_envelope(&post("2", NOON + 9), 1), in_envelope(&post("3", NOON + 10), 2)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/3"]);
    source.stop().await;
}

#[tokio::test]
async fn a_position_that_is_too_old_for_a_server_is_a_gap_from_its_oldest_event() {
    let server = Server::second().await;
    let mut source = listen(&[&server], "", Some(format!("{{\"time_us\":{NOON}}}")));
    let refusal = br#"{"error":"CursorTooOld","message":"floor is 9"}"#;
    server.answer("400 Bad Request", refusal).await;
    let asked = server.answer("400 Bad Request", refusal).await;
    assert!(asked.contains("cursor=1000000000000000 "), "the oldest that there is: {asked}");
    let (mut link, asked) = server.accept().await;
    assert!(!asked.contains("cursor"), "{asked}");
    say(&mut link, [in_envelope(&post("1", NOON + 30 * SECONDS), 1)]).await;
    let at = |us: i64| Timestamp::from_microsecond(us).unwrap();
    assert_eq!(source.batch().await.gap, Some((at(NOON), at(NOON + 30 * SECONDS))));
    let said = source.until(|h| h.errors >= 3).await.last_error.unwrap();
    assert!(said.contains("nothing was heard from 2026-05-01T12:00:00Z to 2026-05-01T12:00:30Z"), "{said}");
    drop(link);
    let (mut link, asked) = server.accept().await;
    assert!(asked.ends_with(&format!("cursor={}", NOON + 25 * SECONDS)), "{asked}");
    // The server moves us on by itself, and says so.
    let info = r##"{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor","message":"starting at seq 9"}}"##;
    say(&mut link, [Message::text(info), in_envelope(&post("2", NOON + 50 * SECONDS), 2)]).await;
    let gap = async {
        loop {
            if let Some(gap) = source.batch().await.gap {
                break gap;
            }
        }
    };
    assert_eq!(gap.await, (at(NOON + 30 * SECONDS), at(NOON + 50 * SECONDS)));
    source.stop().await;
}

#[tokio::test]
async fn compressed_frames_are_read_with_the_servers_dictionary_or_come_plain() {
    let samples: Vec<String> =
        (0..400).map(|n| post(&n.to_string(), NOON + n * n).into_text().unwrap().to_string()).collect();
    let dictionary = zstd::dict::from_samples(&samples, 4096).unwrap();
    let id = u32::from_le_bytes(dictionary[4..8].try_into().unwrap());
    let server = Server::second().await;
    let mut source = listen(&[&server], "compress = true", None);
    let asked = server.answer("200 OK", &dictionary).await;
    assert_eq!(asked, "GET /xrpc/network.bsky.jetstream.getZstdDictionary HTTP/1.1");
    let (mut link, asked) = server.accept().await;
    assert!(asked.contains(&format!("&zstdDictionary={id}&")), "{asked}");
    let mut pack = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
    let frame = in_envelope(&post("1", NOON), 1);
    let bomb = pack.compress(&vec![b' '; 256 << 20]).unwrap();
    assert!(bomb.len() < 64 << 10);
    let packed = pack.compress(frame.to_text().unwrap().as_bytes()).unwrap();
    say(&mut link, [Message::binary(bomb), Message::binary(packed)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/1"]);
    assert_eq!(source.until(|h| h.rejects == 1).await.errors, 0);
    drop(link);
    // The dictionary was replaced in the meantime, and the new one is not to be had.
    server.answer("400 Bad Request", br#"{"error":"UnknownZstdDictionary"}"#).await;
    server.answer("404 Not Found", b"").await;
    let (mut link, asked) = server.accept().await;
    assert!(!asked.contains("zstdDictionary"), "{asked}");
    say(&mut link, [in_envelope(&post("2", NOON), 2)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/2"]);
    let notice = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(notice.contains("404") && notice.contains("uncompressed"), "{notice}");
    source.stop().await;
}

#[tokio::test]
async fn versions_that_come_in_the_wrong_order_end_as_the_newest() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "batch_every = '1h'", None);
    let (mut link, _) = server.accept().await;
    let version = |operation: &str, rev: &str, at: i64| {
        let text = event(operation, "1", at, &format!("broke {rev}")).to_text().unwrap().replace("rev1", rev);
        Message::text(text)
    };
    // The first batch ends where the second event is due: by then the newest is in.
    say(&mut link, [version("update", "3b", NOON + 2), version("create", "3a", NOON + 1)]).await;
    say(&mut link, (0..500).map(|n| post(&format!("filler{n}"), NOON - n))).await;
    let batch = source.batch().await;
    let shown: Vec<&str> = batch
        .items
        .iter()
        .filter_map(|i| match i {
            Incoming::Post(p) if p.id.ends_with("/1") => Some(p.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(shown, ["broke 3b"]);
    let ids: Vec<&str> = batch
        .items
        .iter()
        .map(|i| match i {
            Incoming::Post(p) => p.id.as_str(),
            Incoming::Delete(k) => k.id.as_str(),
        })
        .collect();
    assert_eq!(
        (ids[0], ids[498], ids[499]),
        ("did:plc:ana/filler498", "did:plc:ana/filler0", "did:plc:ana/1")
    );
    source.stop().await;
}
