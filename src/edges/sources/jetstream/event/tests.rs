use super::*;

fn now() -> Timestamp {
    "2026-05-01T12:00:10Z".parse().unwrap()
}

fn at(frame: &str) -> Result<Event, EventError> {
    match read(frame, Version::One, "bluesky", now())? {
        Frame::Event(event) => Ok(event),
        other => panic!("{other:?}"),
    }
}

fn second(payload: &str) -> Result<Frame, EventError> {
    read(&format!(r#"{{"$type":"message","payload":{payload}}}"#), Version::Two, "bluesky", now())
}

const CREATE: &str = r#"{"did":"did:plc:aaaabbbbccccddddeeeeffff","time_us":1777636805123456,"kind":"commit","commit":{
    "rev":"3abc","operation":"create","collection":"app.bsky.feed.post","rkey":"3kkkkkkkkkk2k","record":{
    "$type":"app.bsky.feed.post","createdAt":"2026-05-01T12:00:04.900Z","langs":["pt","en"],
    "embed":{"$type":"app.bsky.embed.images","images":[]},
    "reply":{"parent":{"cid":"bafy","uri":"at://did:plc:parent/app.bsky.feed.post/3parent"},"root":{"cid":"bafy","uri":"at://x/y/z"}},
    "text":"a tecla n\u00e3o funciona"},"cid":"bafyrei"}}"#;

#[test]
fn a_post_is_read_with_its_author_language_and_parent() {
    let event = at(CREATE).unwrap();
    assert_eq!(event.time_us, 1_777_636_805_123_456);
    let Says::Created(post) = event.says else { panic!("{event:?}") };
    insta::assert_snapshot!(serde_json::to_string_pretty(&*post).unwrap(), @r#"
    {
      "id": "did:plc:aaaabbbbccccddddeeeeffff/3kkkkkkkkkk2k",
      "source": "bluesky",
      "author": "did:plc:aaaabbbbccccddddeeeeffff",
      "author_name": null,
      "followers": null,
      "text": "a tecla não funciona",
      "title": null,
      "url": "https://bsky.app/profile/did:plc:aaaabbbbccccddddeeeeffff/post/3kkkkkkkkkk2k",
      "created_at": "2026-05-01T12:00:04.9Z",
      "arrived_at": "2026-05-01T12:00:10Z",
      "lang": "pt",
      "region": null,
      "in_reply_to": "did:plc:parent/3parent",
      "repost_of": null,
      "rating": null
    }
    "#);
}

#[test]
fn a_broken_or_future_date_gives_way_to_the_servers_or_ours() {
    let dated = |date: &str| match at(&CREATE.replace("2026-05-01T12:00:04.900Z", date)).unwrap().says {
        Says::Created(post) => post.created_at.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(dated("0000-00-00"), "2026-05-01T12:00:05.123Z");
    assert_eq!(dated("2033-05-01T12:00:00Z"), "2026-05-01T12:00:05.123Z");
    assert_eq!(dated("2019-05-01T12:00:00Z"), "2019-05-01T12:00:00Z");
}

#[test]
fn an_edit_is_a_post_and_a_deletion_names_the_same_id() {
    let edit = at(&CREATE.replace("\"create\"", "\"update\"")).unwrap();
    assert!(matches!(&edit.says, Says::Changed(Incoming::Post(p)) if p.id.ends_with("/3kkkkkkkkkk2k")));
    assert_ne!(edit.mark, at(CREATE).unwrap().mark);
    let delete = at(
        r#"{"did":"did:plc:a","time_us":2,"kind":"commit","commit":{"rev":"r","operation":"delete","collection":"app.bsky.feed.post","rkey":"3k"}}"#,
    );
    let Says::Changed(Incoming::Delete(key)) = delete.unwrap().says else { panic!("not a deletion") };
    assert_eq!((key.source.as_str(), key.id.as_str()), ("bluesky", "did:plc:a/3k"));
}

#[test]
fn other_events_are_passed_over() {
    for frame in [
        r#"{"did":"did:plc:a","time_us":1,"kind":"identity","identity":{"did":"did:plc:a","handle":"b.test","seq":1,"time":"2026-05-01T00:00:00Z"}}"#,
        r#"{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"rev":"r","operation":"create","collection":"app.bsky.feed.like","rkey":"3k","record":{"subject":{"uri":"x"}}}}"#,
        r#"{"did":"did:plc:a","time_us":1,"kind":"something new"}"#,
        &CREATE.replace("a tecla n\\u00e3o funciona", " "),
    ] {
        assert!(matches!(at(frame).unwrap().says, Says::Nothing), "{frame}");
    }
}

#[test]
fn accounts_are_hidden_deleted_and_let_back_in() {
    let told = |active: bool, status: &str| {
        let frame = format!(
            r#"{{"did":"did:plc:a","time_us":1,"kind":"account","account":{{"active":{active},"did":"did:plc:a","seq":1,"status":"{status}","time":"2026-05-01T00:00:00Z"}}}}"#
        );
        match at(&frame).unwrap().says {
            Says::Account { did, standing } if did == "did:plc:a" => Some(standing),
            Says::Nothing => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told(true, ""), Some(Standing::Active));
    for status in ["takendown", "suspended", "deactivated", "", "something new"] {
        assert_eq!(told(false, status), Some(Standing::Hidden), "{status}");
    }
    assert_eq!(told(false, "deleted"), Some(Standing::Deleted));
    // Trouble among servers says nothing about the account.
    assert_eq!((told(false, "desynchronized"), told(true, "throttled")), (None, None));
    let elsewhere = r#"{"did":"../x","time_us":1,"kind":"account","account":{"active":false}}"#;
    assert!(at(elsewhere).is_err());
}

#[test]
fn the_second_version_says_the_same_in_an_envelope() {
    let one = at(CREATE).unwrap();
    let record = &CREATE[CREATE
        .find(
            r#"{
    "$type":"app"#,
        )
        .unwrap()..CREATE.find(r#","cid":"bafyrei""#).unwrap()];
    let two = second(&format!(
        r##"{{"$type":"network.bsky.jetstream.subscribeEvents#commit","seq":77,"did":"did:plc:aaaabbbbccccddddeeeeffff",
        "time":"2020-01-01T00:00:00Z","witnessedAt":"2026-05-01T12:00:05.123456Z","rev":"3abc","operation":"create",
        "collection":"app.bsky.feed.post","rkey":"3kkkkkkkkkk2k","record":{record},"cid":"bafyrei"}}"##
    ));
    let Ok(Frame::Event(two)) = two else { panic!("{two:?}") };
    assert_eq!((two.time_us, two.mark, two.record), (one.time_us, one.mark, one.record));
    assert_eq!(two.seq, Some(77));
    let (Says::Created(one), Says::Created(two)) = (one.says, two.says) else { panic!("no posts") };
    assert_eq!(one, two);
    let account = second(
        r##"{"$type":"network.bsky.jetstream.subscribeEvents#account","seq":78,"did":"did:plc:a","time":"2026-05-01T12:00:06.000001Z",
        "account":{"active":false,"did":"did:plc:a","seq":9,"status":"takendown","time":"2026-05-01T12:00:06Z"}}"##,
    );
    assert!(
        matches!(account, Ok(Frame::Event(Event { says: Says::Account { standing: Standing::Hidden, .. }, time_us, .. })) if time_us % 10 == 1)
    );
}

#[test]
fn remarks_and_failures_of_the_second_version_are_told_apart() {
    let info = second(
        r##"{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor","message":"starting at seq 9"}"##,
    );
    assert!(matches!(info, Ok(Frame::Info { name, .. }) if name == "OutdatedCursor"));
    let failure = read(
        r#"{"$type":"error","error":"ConsumerTooSlow","message":"reconnect"}"#,
        Version::Two,
        "bluesky",
        now(),
    );
    assert!(matches!(failure, Ok(Frame::Failure { name, .. }) if name == "ConsumerTooSlow"));
    for odd in [r#"{"$type":"x#commit","seq":1,"did":"did:plc:a","time":"0000-00-00"}"#, "{}", "7"] {
        assert!(second(odd).is_err(), "{odd}");
    }
    let future = second(
        r##"{"$type":"network.bsky.jetstream.subscribeEvents#dream","seq":1,"did":"did:plc:a","time":"2026-05-01T12:00:06Z"}"##,
    );
    assert!(matches!(future, Ok(Frame::Event(Event { says: Says::Nothing, .. }))));
}

#[test]
fn hostile_events_are_refused_with_a_reason() {
    // What we do not read may be nested as deep as it likes; what we read may not.
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(at(&CREATE.replace("[]", &deep)).is_ok());
    assert!(at(&CREATE.replace(r#"["pt","en"]"#, &deep)).is_err());
    let refused: Vec<String> = [
        "[]",
        &CREATE.replace("did:plc:aaaabbbbccccddddeeeeffff", "did:plc:a/../\\u000ab"),
        &CREATE.replace("3kkkkkkkkkk2k", ""),
        &CREATE.replace("\"create\"", "\"burn\""),
    ]
    .iter()
    .map(|frame| at(frame).unwrap_err().to_string())
    .collect();
    assert!(refused[0].contains("not of the expected form"), "{}", refused[0]);
    assert!(refused[1].contains("no account or record"), "{}", refused[1]);
    assert!(refused[2].contains("no account or record"), "{}", refused[2]);
    assert!(refused[3].contains("\"burn\""), "{}", refused[3]);
    let emptied = at(&CREATE.replace("\"create\"", "\"update\"").replace("a tecla n\\u00e3o funciona", ""));
    assert!(matches!(emptied.unwrap().says, Says::Changed(Incoming::Delete(_))));
}
