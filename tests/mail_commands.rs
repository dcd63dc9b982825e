//! `mail preview` and `mail test`, as they are typed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails may stop")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use mail_parser::{MessageParser, PartType};

fn groundswell(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_groundswell")).args(words).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_preview_has_every_kind_of_letter_in_three_forms_and_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("preview");
    let output = groundswell(&["mail", "preview", "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let index = std::fs::read_to_string(out.join("index.html")).unwrap();
    let mut letters = 0;
    for entry in std::fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "eml") {
            continue;
        }
        letters += 1;
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert!(parsed.subject().is_some_and(|s| !s.is_empty()), "{name}");
        let text = std::fs::read_to_string(out.join(format!("{name}.txt"))).unwrap();
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), text, "{name}");
        let pictures = parsed
            .parts
            .iter()
            .filter(|p| matches!(p.body, PartType::Binary(_) | PartType::InlineBinary(_)))
            .count();
        let html = std::fs::read_to_string(out.join(format!("{name}.html"))).unwrap();
        assert_eq!(html.matches("data:image/png").count(), pictures, "{name}");
        assert!(parsed.body_html(0).unwrap().len() < 100_000, "Gmail clips longer letters: {name}");
        for form in ["eml", "html", "txt"] {
            assert!(index.contains(&format!("href=\"{name}.{form}\"")), "{name}.{form} is not listed");
        }
    }
    assert!(letters >= 10, "{letters} letters");
    for name in [
        "opened",
        "opened-safety",
        "opened-without-links",
        "collected",
        "updated-doubled",
        "resolved",
        "regressed",
        "operators-rules-refused",
        "mail-test",
    ] {
        assert!(out.join(format!("{name}.eml")).exists(), "{name}");
    }
}

#[test]
fn a_preview_speaks_the_language_and_shows_the_operators_letters() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    let output = groundswell(&["mail", "preview", "--out", out, "--language", "de"]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert!(
        read("opened.txt").contains("WAS ZU TUN IST") && read("opened.html").contains("<html lang=\"de\"")
    );
    for name in ["operators-alarm", "operators-over", "operators-weekly", "operators-rules-refused"] {
        assert!(read(&format!("{name}.txt")).contains("groundswell"), "{name}");
    }
    let output = groundswell(&["mail", "preview", "--out", out, "--language", "deutsch"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output.stderr).contains("en, fr, pt, es, de"), "{}", said(&output.stderr));
    let output = groundswell(&["mail", "preview", "--out", out, "--language", "pt-BR"]);
    assert!(output.status.success() && read("opened.html").contains("<html lang=\"pt\""));
}

#[test]
fn templates_of_ones_own_are_checked_with_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("templates");
    std::fs::create_dir(&folder).unwrap();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo/rules");
    let check = || groundswell(&["check", "--rules", rules, "--templates", folder.to_str().unwrap()]);
    std::fs::write(folder.join("leave.html"), "{{ why }}\n").unwrap();
    let sound = check();
    assert!(sound.status.success(), "{}", said(&sound.stderr));
    std::fs::write(folder.join("alert.html"), "<p>\n{{ story.labell }}</p>\n").unwrap();
    let wrong = check();
    assert_eq!(wrong.status.code(), Some(1));
    let line = format!("error: {}/alert.html:2: a value that does not exist is used here", folder.display());
    assert!(said(&wrong.stderr).contains(&line), "{}", said(&wrong.stderr));
    let out = dir.path().join("out");
    let preview = |folder: &Path| {
        let (out, folder) = (out.to_str().unwrap(), folder.to_str().unwrap());
        groundswell(&["mail", "preview", "--out", out, "--templates", folder])
    };
    assert_eq!(preview(&folder).status.code(), Some(1));
    std::fs::write(folder.join("alert.html"), "<p>ours: {{ story.label }}</p>\n").unwrap();
    assert!(preview(&folder).status.success());
    assert!(std::fs::read_to_string(out.join("opened.html")).unwrap().starts_with("<p>ours: Apostrophe"));
}

#[test]
fn a_preview_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = groundswell(&["mail", "preview", "--out", file.path().join("x").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(73));
    assert!(said(&output.stderr).contains("--out DIR"), "{}", said(&output.stderr));
}

/// A mail server that answers RCPT so, for one conversation.
fn server(rcpt: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        stream.write_all(b"220 lab\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let reply = match line.get(..4).unwrap_or_default() {
                "RCPT" => rcpt,
                "DATA" => {
                    stream.write_all(b"354 go\r\n").unwrap();
                    while lines.next().is_some_and(|line| line.is_ok_and(|line| line != ".")) {}
                    "250 2.0.0 queued as 7"
                }
                _ => "250 ok",
            };
            if stream.write_all(format!("{reply}\r\n").as_bytes()).is_err() {
                return;
            }
        }
    });
    port
}

fn test(dir: &Path, port: u16, address: &str) -> Output {
    let config = dir.join("groundswell.toml");
    let settings = format!(
        "[data]\nfolder = \"{}\"\n[mail]\ntransport = \"smtp\"\nfrom = \"g@example.org\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n",
        dir.join("data").display()
    );
    std::fs::write(&config, settings).unwrap();
    groundswell(&["mail", "test", address, "--config", config.to_str().unwrap()])
}

#[test]
fn a_test_says_what_became_of_it_and_shows_the_conversation_when_it_failed() {
    let dir = tempfile::tempdir().unwrap();
    let sent = test(dir.path(), server("250 ok"), "you@example.org");
    assert!(sent.status.success(), "{}", said(&sent.stderr));
    assert_eq!(said(&sent.stdout), "sent to you@example.org: 250 2.0.0 queued as 7\n");

    let refused = test(dir.path(), server("550 5.1.1 no such user"), "you@example.org");
    assert_eq!(refused.status.code(), Some(1));
    let conversation = said(&refused.stdout);
    for line in [
        "< 220 lab",
        "> EHLO",
        "> MAIL FROM:<g@example.org>",
        "> RCPT TO:<you@example.org>",
        "< 550 5.1.1 no such user",
    ] {
        assert!(conversation.contains(line), "{line} is not in\n{conversation}");
    }
    assert!(said(&refused.stderr).contains("was not sent"), "{}", said(&refused.stderr));

    assert_eq!(test(dir.path(), server("450 later"), "you@example.org").status.code(), Some(75));
    let wrong = test(dir.path(), 1, "you");
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong.stderr));
    let down = test(dir.path(), 1, "you@example.org");
    assert_eq!(down.status.code(), Some(75));
    assert!(said(&down.stderr).contains("cannot be reached"), "{}", said(&down.stderr));
    let nothing = groundswell(&["mail", "test", "you@example.org", "--config", "/nonexistent.toml"]);
    assert_eq!(nothing.status.code(), Some(78));
}
