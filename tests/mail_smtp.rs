//! Letters handed to mail servers that misbehave in every way: what became of the letter has to be judged right.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails may stop")]

mod smtp_server;

use groundswell::edges::mail::Outcome;
use smtp_server::*;

#[test]
fn a_250_to_the_final_dot_is_sent() {
    let (outcome, heard) = outcome(Script::default());
    assert_eq!(outcome, Outcome::Sent { answer: "250 2.0.0 queued as 7".into(), left_out: vec![] });
    let heard = heard.lock().unwrap();
    assert_eq!(heard.letters.len(), 1);
    let whole = String::from_utf8_lossy(&heard.letters[0]);
    assert!(whole.contains("\r\n...too close"), "a dot at the start of a line is doubled: {whole}");
    assert!(heard.said.iter().any(|said| said == "MAIL FROM:<groundswell@example.org>"), "{:?}", heard.said);
    assert_eq!(heard.said.last().map(String::as_str), Some("QUIT"));
}

#[test]
fn replies_are_judged_by_when_they_come_and_what_they_say() {
    let ok = Script::default;
    let (later, down) = ("TryLater", "Unreachable");
    let cases: Vec<(&str, Script, &str, &str)> = vec![
        ("421 greeting", Script { greeting: b"421 4.3.2 shutting down\r\n", ..ok() }, down, "421 4.3.2"),
        ("554 greeting", Script { greeting: b"554 not today\r\n", ..ok() }, down, "554 not today"),
        (
            "not SMTP",
            Script { greeting: b"HTTP/1.1 400 Bad Request\r\n\r\n", ..ok() },
            down,
            "makes no sense",
        ),
        ("silent greeting", Script { greeting: b"", ..ok() }, down, "no answer in 150 ms"),
        ("silent EHLO", Script { ehlo: b"", ..ok() }, down, "no answer in 150 ms"),
        ("451 to MAIL", Script { mail: b"451 busy\r\n", ..ok() }, later, "451 busy"),
        (
            "550 to MAIL",
            Script { mail: b"550 not you\r\n", ..ok() },
            "Refused",
            "the sender groundswell@example.org: 550 not you",
        ),
        (
            "530 to MAIL",
            Script { mail: b"530 Must issue a STARTTLS command first\r\n", ..ok() },
            later,
            "530 Must issue",
        ),
        (
            "451 to RCPT",
            Script { rcpt: |_| b"451 4.3.0 try later\r\n", ..ok() },
            later,
            "451 4.3.0 try later",
        ),
        (
            "550 to RCPT",
            Script { rcpt: |_| b"550-5.1.1 no\r\n550 such user\r\n", ..ok() },
            "Refused",
            "team@example.org: 550 5.1.1 no",
        ),
        ("silent RCPT", Script { rcpt: |_| b"", ..ok() }, later, "no answer in 150 ms"),
        (
            "garbage to RCPT",
            Script { rcpt: |_| b"\xff\xfe???\r\n", ..ok() },
            later,
            "the recipient team@example.org",
        ),
        ("554 to DATA", Script { data: b"554 no\r\n", ..ok() }, "Refused", "554 no"),
        ("250 to DATA", Script { data: b"250 fine\r\n", ..ok() }, later, "answered DATA with 250"),
        (
            "451 after the letter",
            Script { end: End::Reply(b"451 4.3.0 queue full\r\n"), ..ok() },
            later,
            "451 4.3.0 queue full",
        ),
        (
            "554 after the letter",
            Script { end: End::Reply(b"554 5.7.1 content\r\n"), ..ok() },
            "Refused",
            "554 5.7.1 content",
        ),
        ("354 after the letter", Script { end: End::Reply(b"354 more\r\n"), ..ok() }, "Unclear", "354"),
        (
            "garbage after the letter",
            Script { end: End::Reply(b"\xff\xfe???\r\n"), ..ok() },
            "Unclear",
            "no clear answer",
        ),
        (
            "half a reply after the letter",
            Script { end: End::Reply(b"250"), ..ok() },
            "Unclear",
            "said nothing",
        ),
        ("cut after the letter", Script { end: End::CutAfterDot, ..ok() }, "Unclear", "no clear answer"),
        (
            "silence after the letter",
            Script { end: End::SilenceAfterDot, ..ok() },
            "Unclear",
            "said nothing for 150 ms",
        ),
    ];
    for (name, script, expected, part) in cases {
        let said = format!("{:?}", outcome(script).0);
        assert!(said.starts_with(expected), "{name}: {said}");
        assert!(said.contains(part), "{name}: {said}");
    }
}

#[test]
fn a_reply_without_end_is_not_read_to_its_end() {
    static ENDLESS: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| [b"250-".as_slice(), &vec![b'A'; 1 << 20], b"\r\n"].concat());
    let (outcome, _) = outcome(Script { end: End::Reply(&ENDLESS), ..Script::default() });
    let Outcome::Unclear { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.len() < 500, "{}", why.len());
}

#[test]
fn a_connection_cut_within_the_letter_was_never_given_the_letter() {
    let (outcome, heard) = wait(async {
        let (transport, heard) = lab(Script { end: End::CutAfter(50_000), ..Script::default() }).await;
        (transport.send(&letter_with(&["team@example.org"], "keys", vec![0; HUGE])).await, heard)
    });
    let Outcome::TryLater { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("broke within the letter"), "{why}");
    assert!(heard.lock().unwrap().letters.is_empty());
}

#[test]
fn a_server_that_takes_nothing_is_given_up() {
    let outcome = wait(async {
        let (transport, _) = lab(Script { end: End::TakesNothing, ..Script::default() }).await;
        transport.send(&letter_with(&["team@example.org"], "keys", vec![0; HUGE])).await
    });
    let Outcome::TryLater { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("stopped taking the letter"), "{why}");
}

#[test]
fn a_small_letter_cut_halfway_may_have_arrived_and_is_never_called_sent_or_refused() {
    let (outcome, _) = outcome(Script { end: End::CutAfter(40), ..Script::default() });
    assert!(matches!(outcome, Outcome::Unclear { .. } | Outcome::TryLater { .. }), "{outcome:?}");
}

#[test]
fn those_who_are_not_refused_get_the_letter_and_the_others_are_named() {
    let script = Script {
        rcpt: |address| match address.get(..2) {
            Some("ga") => b"452 4.2.2 mailbox full\r\n",
            Some("no") => b"550 5.1.1 no such user\r\n",
            _ => b"250 ok\r\n",
        },
        ..Script::default()
    };
    wait(async {
        let (transport, heard) = lab(script).await;
        let message = letter(&["ok@example.org", "nobody@example.org", "gabi@example.org"], "keys");
        let Outcome::Sent { left_out, .. } = transport.send(&message).await else { panic!("not sent") };
        let named: Vec<_> =
            left_out.iter().map(|out| (out.address.as_str(), out.for_good, out.why.as_str())).collect();
        assert_eq!(
            named,
            [
                ("nobody@example.org", true, "550 5.1.1 no such user"),
                ("gabi@example.org", false, "452 4.2.2 mailbox full")
            ]
        );
        assert_eq!(heard.lock().unwrap().letters.len(), 1);

        let rest = message.only_to(&["gabi@example.org".to_owned()]).unwrap();
        assert_eq!(rest.recipients().collect::<Vec<_>>(), ["gabi@example.org"]);
        assert_eq!(rest.bytes(), message.bytes());
        assert!(matches!(transport.send(&rest).await, Outcome::TryLater { .. }));
        assert!(message.only_to(&["stranger@example.org".to_owned()]).is_none());
    });
}

#[test]
fn the_conversation_is_noted_line_by_line() {
    let (outcome, notes) = wait(async {
        let script = Script { rcpt: |_| b"550 5.1.1 no such user\r\n", ..Script::default() };
        let (transport, _) = lab(script).await;
        transport.send_noting(&letter(&["team@example.org"], "keys")).await
    });
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    let noted = notes.join("\n");
    for line in [
        "< 220 lab ESMTP",
        "> EHLO ",
        "< 250 8BITMIME",
        "> MAIL FROM:<groundswell@example.org>",
        "< 250 ok",
        "> RCPT TO:<team@example.org>",
        "< 550 5.1.1 no such user",
    ] {
        assert!(noted.contains(line), "{line} is not in\n{noted}");
    }
}
