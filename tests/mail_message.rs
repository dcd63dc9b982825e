//! The message as an independent parser reads it, and as it lies in a folder.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails may stop")]

use groundswell::edges::mail::{
    DkimSettings, Kind, MailSettings, Mailbox, Message, Outcome, Signer, SpoolSettings, Stationery,
    Transport, to_message,
};
use groundswell::ground::letter::{Letter, Picture, Reader};
use mail_parser::{Address, HeaderValue, MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;

fn letter() -> Letter {
    Letter {
        message_id: "mini-9-7f3a.1.netbooks@example.org".into(),
        in_reply_to: Some("mini-9-7f3a.0.netbooks@example.org".into()),
        list_id: "mini-9.groundswell.example.org".into(),
        alert: "mini-9-7f3a".into(),
        date: "2025-03-17T09:20:00Z".parse().unwrap(),
        zone: None,
        to: vec!["netbooks@example.org".into(), "Ana Lívia <ana@example.org>".into()],
        reader: None,
        subject: "Mini 9: \"teclas próximas demais\": 9 people in 3 days, usually 1 🙂".into(),
        text: "As teclas são próximas demais.\n.\nFrom here on\n".into(),
        html: "<p>As teclas <img src=\"cid:chart\" alt=\"x\"></p>".into(),
        pictures: vec![Picture { cid: "chart".into(), png: b"\x89PNG\r\n\x1a\nnot really".to_vec() }],
        fallback: None,
    }
}

fn from(sender: &str) -> Stationery {
    sender.parse::<Mailbox>().unwrap().into()
}

fn message(letter: &Letter) -> Message {
    to_message(letter, &from("groundswell at Aster <groundswell@example.org>")).unwrap()
}

fn header<'a>(parsed: &'a mail_parser::Message<'_>, name: &'static str) -> &'a str {
    parsed.header(name).and_then(HeaderValue::as_text).unwrap_or_else(|| panic!("no {name}")).trim()
}

#[test]
fn the_date_is_told_by_the_clocks_of_its_readers() {
    let dated = |zone: Option<&str>, date: &str| {
        let sent =
            message(&Letter { zone: zone.map(str::to_owned), date: date.parse().unwrap(), ..letter() });
        let raw = String::from_utf8_lossy(sent.bytes()).into_owned();
        let dates: Vec<&str> = raw.lines().filter_map(|line| line.strip_prefix("Date: ")).collect();
        assert_eq!(dates.len(), 1, "{raw}");
        let parsed = MessageParser::default().parse(sent.bytes()).unwrap();
        assert_eq!(parsed.date().unwrap().to_timestamp(), letter_date(date), "the same moment");
        dates[0].to_owned()
    };
    let (winter, summer) = ("2025-03-17T09:20:00Z", "2025-07-01T23:30:00Z");
    assert_eq!(dated(None, winter), "Mon, 17 Mar 2025 09:20:00 +0000");
    assert_eq!(dated(Some("America/Sao_Paulo"), winter), "Mon, 17 Mar 2025 06:20:00 -0300");
    assert_eq!(dated(Some("Europe/Berlin"), summer), "Wed, 02 Jul 2025 01:30:00 +0200");
    // Of a zone that a newer version knew.
    assert_eq!(dated(Some("Mars/Olympus"), winter), "Mon, 17 Mar 2025 09:20:00 +0000");
}

fn letter_date(date: &str) -> i64 {
    date.parse::<groundswell::ground::time::Timestamp>().unwrap().as_second()
}

#[test]
fn the_structure_and_the_headers_are_what_mail_programs_expect() {
    let letter = letter();
    let sent = message(&letter);
    let parsed = MessageParser::default().parse(sent.bytes()).unwrap();
    let kinds: Vec<String> = parsed
        .parts
        .iter()
        .map(|part| {
            part.content_type().map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or(""))).unwrap()
        })
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]);
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), letter.text);
    assert_eq!(parsed.body_html(0).unwrap(), letter.html);
    let picture = &parsed.parts[4];
    assert_eq!(picture.content_id(), Some("chart"));
    let (PartType::Binary(png) | PartType::InlineBinary(png)) = &picture.body else {
        panic!("{:?}", picture.body)
    };
    assert_eq!(png.as_ref(), letter.pictures[0].png);

    assert_eq!(parsed.subject(), Some(letter.subject.as_str()));
    assert_eq!(parsed.message_id(), Some(letter.message_id.as_str()));
    assert_eq!(parsed.in_reply_to().as_text(), letter.in_reply_to.as_deref());
    assert_eq!(parsed.references().as_text(), letter.in_reply_to.as_deref());
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2025-03-17T09:20:00Z");
    assert_eq!(header(&parsed, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&parsed, "Precedence"), "bulk");
    assert_eq!(header(&parsed, "X-Groundswell-Alert"), "mini-9-7f3a");
    let raw = String::from_utf8_lossy(sent.bytes());
    assert!(raw.contains("\r\nList-Id: <mini-9.groundswell.example.org>\r\n"), "{raw}");
    assert!(raw.lines().all(|line| line.len() <= 998), "a line is longer than mail allows");
    assert!(raw.is_ascii(), "old servers take nothing else");
    let to: Vec<_> = parsed.to().unwrap().iter().filter_map(|a| a.address()).collect();
    assert_eq!(to, ["netbooks@example.org", "ana@example.org"]);
    assert_eq!(sent.recipients().collect::<Vec<_>>(), to);
}

#[test]
fn the_first_letter_of_a_thread_answers_nothing() {
    let sent = message(&Letter { in_reply_to: None, ..letter() });
    let raw = String::from_utf8_lossy(sent.bytes()).into_owned();
    assert!(!raw.contains("In-Reply-To") && !raw.contains("References"));
}

#[test]
fn the_same_letter_is_the_same_message_to_the_byte() {
    assert_eq!(message(&letter()).bytes(), message(&letter()).bytes());
}

#[test]
fn a_letter_that_cannot_be_addressed_says_to_whom() {
    let from = from("groundswell@example.org");
    let nobody = to_message(&Letter { to: vec![], ..letter() }, &from).unwrap_err().to_string();
    assert!(nobody.contains("names no recipient"), "{nobody}");
    let wrong = Letter { to: vec!["team@example.org\r\nBcc: all@example.org".into()], ..letter() };
    let said = to_message(&wrong, &from).unwrap_err().to_string();
    assert!(said.contains("teams.toml"), "{said}");
}

#[test]
fn a_copy_for_one_reader_goes_to_that_reader_and_says_how_to_get_no_more() {
    let off = "https://groundswell.example.org/leave/WyJsZWF2ZSJd.c2ln";
    let copy = |unsubscribe: &str| {
        let reader = Some(Reader { address: "ana@example.org".into(), unsubscribe: unsubscribe.into() });
        message(&Letter { reader, ..letter() })
    };
    let sent = copy(off);
    assert_eq!(sent.recipients().collect::<Vec<_>>(), ["ana@example.org"]);
    let parsed = MessageParser::default().parse(sent.bytes()).unwrap();
    assert_eq!(parsed.to().unwrap().iter().count(), 2, "the header names the whole team");
    let raw = String::from_utf8_lossy(sent.bytes()).into_owned();
    let unfolded = raw.replace("\r\n ", " ");
    assert!(unfolded.contains(&format!("\r\nList-Unsubscribe: <{off}>\r\n")), "{raw}");
    assert!(unfolded.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{raw}");
    assert_eq!(
        header_names(message(&letter()).bytes()).iter().filter(|n| n.starts_with("List-U")).count(),
        0
    );
    let readable = header_names(copy("http://127.0.0.1:7171/leave/x").bytes());
    assert!(
        readable.iter().any(|n| n == "List-Unsubscribe")
            && !readable.iter().any(|n| n == "List-Unsubscribe-Post")
    );
    // What could end the header or the address is left out rather than sent.
    for bad in ["https://x.example/>, <mailto:x@example.org", "https://x.example/\r\nBcc: x@example.org"] {
        assert!(
            !header_names(copy(bad).bytes()).iter().any(|n| n.starts_with("List-U") || n == "Bcc"),
            "{bad}"
        );
    }
}

/// A key made for this test alone: `openssl genpkey -algorithm ed25519`, and the same seed as OpenSSL's RSA forms.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n-----END PRIVATE KEY-----\n";

fn signer(key: &str) -> Result<Signer, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key).unwrap();
    let settings =
        DkimSettings { selector: "g2025".into(), domain: None, key_file: Some(file.path().to_owned()) };
    Signer::open(&settings, "example.org", None).map_err(|e| e.to_string())
}

#[test]
fn a_signed_letter_names_the_key_and_covers_what_matters() {
    let stationery = Stationery {
        signer: Some(std::sync::Arc::new(signer(ED25519).unwrap())),
        ..from("groundswell@example.org")
    };
    let sent = to_message(&letter(), &stationery).unwrap();
    let raw = String::from_utf8_lossy(sent.bytes()).replace("\r\n ", " ").to_lowercase();
    let signature = raw.lines().find(|line| line.starts_with("dkim-signature:")).unwrap();
    for part in ["a=ed25519-sha256", "d=example.org", "s=g2025", "c=relaxed/relaxed"] {
        assert!(signature.contains(part), "{part} is not in {signature}");
    }
    for header in
        ["from", "to", "subject", "message-id", "references", "list-unsubscribe", "list-unsubscribe-post"]
    {
        assert!(
            signature
                .split("h=")
                .nth(1)
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .split(':')
                .any(|h| h.trim() == header),
            "{header}: {signature}"
        );
    }
    // The rest is as it is without a signature.
    let plain = to_message(&letter(), &from("groundswell@example.org")).unwrap();
    let mut names = header_names(sent.bytes());
    names.retain(|name| !name.eq_ignore_ascii_case("DKIM-Signature"));
    assert_eq!(names, header_names(plain.bytes()));
}

#[test]
fn a_key_that_is_none_is_named_and_no_key_is_ever_shown() {
    assert!(!format!("{:?}", signer(ED25519).unwrap()).contains("BwcHBwcH"));
    let said = signer("MC4CAQAwBQYDK2VwBCIEIAcHBw").unwrap_err();
    assert!(said.contains("mail.dkim.key_file") && !said.contains("MC4CAQ"), "{said}");
    let settings = DkimSettings { selector: "g".into(), domain: None, key_file: None };
    assert!(Signer::open(&settings, "example.org", None).unwrap_err().to_string().contains("dkim-key"));
}

fn spool(folder: &std::path::Path) -> Transport {
    let settings = MailSettings {
        transport: Kind::Spool,
        from: "groundswell@example.org".into(),
        domain: None,
        smtp: None,
        fallback: Vec::new(),
        dkim: None,
        spool: Some(SpoolSettings { folder: folder.to_owned() }),
        templates: None,
    };
    Transport::open(&settings, None).unwrap()
}

#[test]
fn a_folder_gets_the_letter_and_a_page_to_look_at_and_a_repeat_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let transport = spool(&folder.path().join("mail"));
    for _ in 0..2 {
        let outcome = runtime.block_on(transport.send(&message(&letter())));
        assert!(
            matches!(outcome, Outcome::Sent { answer, .. } if answer.contains("mini-9-7f3a.1.netbooks@example.org.eml"))
        );
    }
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["mini-9-7f3a.1.netbooks@example.org.eml", "mini-9-7f3a.1.netbooks@example.org.html"]);
    let eml = std::fs::read(folder.path().join("mail").join(&names[0])).unwrap();
    assert_eq!(eml, message(&letter()).bytes());
    let html = std::fs::read_to_string(folder.path().join("mail").join(&names[1])).unwrap();
    assert!(html.contains("src=\"data:image/png;base64,iVBORw0KGgp"), "{html}");
}

#[test]
fn a_folder_that_is_gone_keeps_the_letter_for_later() {
    let folder = tempfile::tempdir().unwrap();
    let transport = spool(&folder.path().join("mail"));
    std::fs::remove_dir_all(folder.path().join("mail")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let outcome = runtime.block_on(transport.send(&message(&letter())));
    let Outcome::TryLater { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("mail.spool.folder"), "{why}");
}

/// Names of the headers, as any reader splits them.
fn header_names(bytes: &[u8]) -> Vec<String> {
    let raw = String::from_utf8_lossy(bytes).into_owned();
    let head = raw.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    head.split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split(':').next().unwrap_or_default().to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_adds_a_header_a_part_or_a_recipient(
        said in "\\PC{0,120}|[\r\n\t :<>@=?a-zA-Z\u{85}\u{2028}\u{202e}é-]{0,120}|(a|\r\nBcc: x@example.org|\r\n\r\n--=_related){0,6}",
    ) {
        let plain = message(&letter());
        let hostile = message(&Letter {
            message_id: said.clone(),
            in_reply_to: Some(said.clone()),
            list_id: said.clone(),
            alert: said.clone(),
            reader: None,
            subject: said.clone(),
            text: said.clone(),
            html: said.clone(),
            ..letter()
        });
        prop_assert_eq!(header_names(hostile.bytes()), header_names(plain.bytes()));
        let parsed = MessageParser::default().parse(hostile.bytes()).unwrap();
        prop_assert_eq!(parsed.parts.len(), 5);
        prop_assert!(parsed.bcc().is_none_or(|a| matches!(a, Address::List(l) if l.is_empty())));
        prop_assert_eq!(hostile.recipients().count(), 2);
    }
}
