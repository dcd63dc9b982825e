//! Where it goes on after a break, a restart, an absence.

use super::*;

#[tokio::test]
async fn after_a_break_it_goes_back_five_seconds_and_takes_nothing_twice() {
    let (one, two) = (Server::new().await, Server::new().await);
    let mut source = listen(&[&one, &two], "", None);
    let (mut link, _) = one.accept().await;
    say(&mut link, [post("1", NOON), post("2", NOON + SECONDS)]).await;
    assert_eq!(
        items(&mut source, 2).await,
        (vec!["did:plc:ana/1".into(), "did:plc:ana/2".into()], NOON + SECONDS)
    );
    drop(link);
    let (mut link, asked) = two.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 4 * SECONDS)), "{asked}");
    // The same again, one that had come too late for the first connection, one out of order.
    say(
        &mut link,
        [post("1", NOON), post("late", NOON), post("2", NOON + SECONDS), post("3", NOON + SECONDS)],
    )
    .await;
    assert_eq!(items(&mut source, 2).await.0, ["did:plc:ana/late", "did:plc:ana/3"]);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains(&one.host), "{said}");
    link.close(None).await.unwrap();
    let (_, asked) = one.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 4 * SECONDS)), "hosts are taken in turn: {asked}");
    source.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_from_the_stored_position() {
    let server = Server::new().await;
    let cursor = format!("{{\"time_us\":{NOON}}}");
    let mut source = listen(&[&server], "", Some(cursor));
    let (mut link, asked) = server.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 5 * SECONDS)), "{asked}");
    say(&mut link, [post("1", NOON - SECONDS), post("2", NOON + SECONDS)]).await;
    let mut gap = None;
    let mut at = 0;
    let mut heard = 0;
    while heard < 2 {
        let batch = source.batch().await;
        gap = gap.or(batch.gap);
        at = position(&batch);
        heard += batch.items.len();
    }
    assert_eq!((gap, at), (None, NOON + SECONDS));
    source.stop().await;
}

#[tokio::test]
async fn an_absence_longer_than_the_servers_memory_is_a_gap() {
    let server = Server::new().await;
    let left = NOON - 40 * 3600 * SECONDS;
    let mut source = listen(&[&server], "", Some(format!("{{\"time_us\":{left}}}")));
    let (mut link, _) = server.accept().await;
    let back = NOON - 36 * 3600 * SECONDS;
    // Nothing anybody wants, and still the gap has to be said.
    say(&mut link, [event("create", "1", back, "lovely day")]).await;
    let batch = source.batch().await;
    let at = |us: i64| Timestamp::from_microsecond(us).unwrap();
    assert_eq!(batch.gap, Some((at(left), at(back))));
    assert_eq!((batch.items.len(), position(&batch)), (0, back));
    source.stop().await;
}

#[tokio::test]
async fn the_position_moves_on_when_nobody_wants_anything() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, (0..200).map(|n| event("create", &n.to_string(), NOON + n, "lovely day"))).await;
    let batch = source.batch().await;
    assert!(batch.items.is_empty() && batch.rejects.is_empty());
    assert_eq!(position(&batch), NOON + 199);
    source.stop().await;
}

#[tokio::test]
async fn a_server_ahead_of_time_does_not_take_the_position_with_it() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON + 90 * 24 * 3600 * SECONDS)]).await;
    let (ids, at) = items(&mut source, 1).await;
    assert_eq!((ids.len(), at), (1, NOON + 60 * SECONDS));
    source.stop().await;
}

#[tokio::test]
async fn breaks_repetitions_and_disorder_lose_nothing_and_double_nothing() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let stop = source.stop.clone();
    let feeder = tokio::spawn(async move {
        // Forty connections of fifty new posts each; every one begins by repeating half of the last, and is cut.
        for round in 0..40i64 {
            let (mut link, _) = server.accept().await;
            let first = (round * 50 - 25).max(0);
            let mut order: Vec<i64> = (first..(round + 1) * 50).collect();
            order.chunks_mut(4).for_each(<[i64]>::reverse);
            let events: Vec<Message> = order.into_iter().map(|n| post(&n.to_string(), NOON + n)).collect();
            say(&mut link, events).await;
            link.flush().await.unwrap();
            // Close, so that everything sent is read before the end is seen.
            link.close(None).await.ok();
            while let Some(Ok(_)) = link.next().await {}
        }
        (server, stop)
    });
    let (ids, at) = items(&mut source, 2000).await;
    let unique: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len(), at), (2000, 2000, NOON + 1999));
    let _server = timeout(LONG, feeder).await.unwrap().unwrap();
    source.stop().await;
}

#[tokio::test]
async fn after_a_restart_what_was_stored_is_not_taken_for_an_edit() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    let both = [post("1", NOON), event("update", "1", NOON + 1, "it broke again")];
    say(&mut link, both.clone()).await;
    let mut cursor = None;
    let mut heard = 0;
    while heard < 2 {
        let batch = source.batch().await;
        heard += batch.items.len();
        cursor = batch.cursor;
    }
    source.stop().await;
    let mut source = listen(&[&server], "", cursor);
    let (mut link, _) = server.accept().await;
    say(&mut link, both).await;
    say(&mut link, [post("2", NOON + 2)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/2"]);
    source.stop().await;
}
