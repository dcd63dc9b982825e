//! The way to mail servers: protected by TLS, with a login, several in order; and settings that lead nowhere.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails may stop")]

mod smtp_server;

use groundswell::edges::mail::{
    Auth, Kind, MailSettings, Outcome, Smtp, SmtpSettings, Timeouts, Tls, Transport,
};
use smtp_server::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

#[test]
fn nothing_is_said_to_a_server_that_cannot_protect_it() {
    wait(async {
        let (transport, heard) = lab_with(Tls::Starttls, Script::default()).await;
        let Outcome::Unreachable { why } = transport.send(&letter(&["team@example.org"], "keys")).await
        else {
            panic!("not put off")
        };
        assert!(why.contains("offers no STARTTLS"), "{why}");
        assert!(!heard.lock().unwrap().said.iter().any(|said| said.starts_with("MAIL")));
    });
}

/// Whoever sits on the way writes replies behind the readable answer to STARTTLS.
#[test]
fn replies_slipped_in_before_the_handshake_are_not_believed() {
    let (outcome, said) = wait(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 lab\r\n").await.unwrap();
            let mut said = Vec::new();
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).await.is_ok_and(|n| n > 0) {
                said.push(String::from_utf8_lossy(&line).into_owned());
                let reply: &[u8] = if line.starts_with(b"EHLO") {
                    b"250-lab\r\n250 STARTTLS\r\n"
                } else {
                    b"220 go\r\n250-lab\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 sent\r\n"
                };
                if stream.write_all(reply).await.is_err() {
                    break;
                }
                line.clear();
            }
            said
        });
        let settings = SmtpSettings {
            host: "127.0.0.1".into(),
            port: Some(port),
            tls: Tls::Starttls,
            auth: Auth::default(),
            username: None,
            password_file: None,
            ca_file: None,
            timeouts: Timeouts::all(PATIENCE),
        };
        let transport = Transport::Smtp(Smtp::open(&settings, None).unwrap());
        let outcome = transport.send(&letter(&["team@example.org"], "keys")).await;
        (outcome, server.await.unwrap())
    });
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("could not be protected by TLS"), "{why}");
    assert!(!said.iter().any(|line| line.contains("MAIL FROM")), "{said:?}");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let outcome = wait(async {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let settings = MailSettings {
            transport: Kind::Smtp,
            from: "groundswell@example.org".into(),
            domain: None,
            smtp: Some(SmtpSettings {
                host: "127.0.0.1".into(),
                port: Some(port),
                tls: Tls::None,
                auth: Auth::default(),
                username: None,
                password_file: None,
                ca_file: None,
                timeouts: Timeouts::all(PATIENCE),
            }),
            fallback: Vec::new(),
            dkim: None,
            spool: None,
            templates: None,
        };
        Transport::open(&settings, None).unwrap().send(&letter(&["team@example.org"], "keys")).await
    });
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("the mail server 127.0.0.1:") && why.contains("cannot be reached"), "{why}");
}

fn smtp_settings(host: &str, tls: Tls) -> SmtpSettings {
    SmtpSettings {
        host: host.into(),
        port: None,
        tls,
        auth: Auth::default(),
        username: Some("groundswell".into()),
        password_file: None,
        ca_file: None,
        timeouts: Timeouts::default(),
    }
}

#[test]
fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let no_password = Smtp::open(&smtp_settings("mail.example.org", Tls::Starttls), Some(folder.path()));
    assert!(no_password.unwrap_err().to_string().contains("smtp-password"));

    std::fs::write(folder.path().join("smtp-password"), "secret\n").unwrap();
    let with_credential =
        Smtp::open(&smtp_settings("mail.example.org", Tls::Starttls), Some(folder.path())).unwrap();
    assert!(!format!("{with_credential:?}").contains("secret"));

    let readable = Smtp::open(&smtp_settings("mail.example.org", Tls::None), Some(folder.path()));
    assert!(readable.unwrap_err().to_string().contains("readable to mail.example.org"));

    let mut with_ca = smtp_settings("mail.example.org", Tls::Starttls);
    with_ca.ca_file = Some(folder.path().join("smtp-password"));
    assert!(Smtp::open(&with_ca, Some(folder.path())).unwrap_err().to_string().contains("mail.smtp.ca_file"));
}

/// What becomes of a letter with these servers in order, and how many letters each took.
fn with_several(scripts: Vec<Script>) -> (Outcome, Vec<usize>) {
    wait(async {
        let (mut settings, mut heard) = (Vec::new(), Vec::new());
        for script in scripts {
            let (one, ear) = server(Tls::None, script).await;
            settings.push(one);
            heard.push(ear);
        }
        let transport = Transport::Smtp(Smtp::in_order(&settings, None).unwrap());
        let outcome = transport.send(&letter(&["team@example.org"], "keys")).await;
        (outcome, heard.iter().map(|ear| ear.lock().unwrap().letters.len()).collect())
    })
}

#[test]
fn the_next_server_is_asked_only_when_the_one_before_certainly_has_not_the_letter() {
    let ok = Script::default;
    let down = Script { greeting: b"421 4.3.2 shutting down\r\n", ..ok() };
    let full = Script { end: End::Reply(b"451 4.3.0 queue full\r\n"), ..ok() };
    let refuses = Script { rcpt: |_| b"550 5.1.1 no such user\r\n", ..ok() };
    let unclear = Script { end: End::CutAfterDot, ..ok() };
    let (outcome, taken) = with_several(vec![down.clone(), ok()]);
    assert!(matches!(outcome, Outcome::Sent { .. }) && taken == [0, 1], "{outcome:?} {taken:?}");
    let (outcome, taken) = with_several(vec![full.clone(), ok(), ok()]);
    assert!(matches!(outcome, Outcome::Sent { .. }) && taken == [1, 1, 0], "{outcome:?} {taken:?}");
    let (outcome, taken) = with_several(vec![refuses, ok()]);
    assert!(matches!(outcome, Outcome::Refused { .. }) && taken == [0, 0], "{outcome:?} {taken:?}");
    let (outcome, taken) = with_several(vec![unclear, ok()]);
    assert!(matches!(outcome, Outcome::Unclear { .. }) && taken == [1, 0], "{outcome:?} {taken:?}");
    let (outcome, _) = with_several(vec![down.clone(), full]);
    assert!(matches!(outcome, Outcome::TryLater { .. }), "{outcome:?}");
    let Outcome::Unreachable { why } = with_several(vec![down.clone(), down]).0 else { panic!("not down") };
    // With what follows: a port may hold these digits too.
    assert_eq!(why.matches("421 4.3.2").count(), 2, "each server is named: {why}");
}

/// Logs in by these means, at a server that offers `offers` and answers by `answer`; what was said, and what we noted.
fn log_in(
    auth: Auth,
    offers: &'static [u8],
    answer: fn(&str) -> &'static [u8],
) -> (Outcome, Vec<String>, Vec<String>) {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "s3cret-token\n").unwrap();
    wait(async {
        let (mut settings, heard) =
            server(Tls::None, Script { ehlo: offers, auth: answer, ..Script::default() }).await;
        settings.username = Some("ana@example.org".into());
        settings.password_file = Some(secret.path().to_owned());
        settings.auth = auth;
        let transport = Transport::Smtp(Smtp::open(&settings, None).unwrap());
        let (outcome, notes) = transport.send_noting(&letter(&["team@example.org"], "keys")).await;
        let said = heard.lock().unwrap().said.clone();
        (outcome, said, notes)
    })
}

#[test]
fn it_logs_in_by_password_or_by_token_and_never_notes_either() {
    const OFFERS: &[u8] = b"250-lab\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n";
    let yes: fn(&str) -> &'static [u8] = |_| b"235 in\r\n";
    let (outcome, said, notes) = log_in(Auth::Xoauth2, OFFERS, yes);
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    let token = said.iter().find_map(|line| line.strip_prefix("AUTH XOAUTH2 ")).unwrap();
    // base64 of user=ana@example.org^Aauth=Bearer s3cret-token^A^A
    assert_eq!(token, "dXNlcj1hbmFAZXhhbXBsZS5vcmcBYXV0aD1CZWFyZXIgczNjcmV0LXRva2VuAQE=");
    let noted = notes.join("\n");
    assert!(noted.contains("> AUTH XOAUTH2") && noted.contains("< 235 in"), "{noted}");
    assert!(!noted.contains("s3cret") && !noted.contains(token), "{noted}");

    let (_, said, _) = log_in(Auth::Password, OFFERS, yes);
    assert!(said.iter().any(|line| line.starts_with("AUTH PLAIN ")), "{said:?}");
    let (outcome, said, _) = log_in(Auth::Login, b"250-lab\r\n250 AUTH LOGIN PLAIN\r\n", |line| match line {
        "AUTH LOGIN" => b"334 VXNlcm5hbWU6\r\n",
        _ => b"235 in\r\n",
    });
    assert!(said.iter().any(|line| line == "AUTH LOGIN"), "{said:?}");
    // The name in base64 is no command: the lab does not know it, which shows that it was sent.
    assert!(said.iter().any(|line| line == "YW5hQGV4YW1wbGUub3Jn"), "{said:?} {outcome:?}");
}

#[test]
fn a_login_that_fails_is_about_the_settings_and_keeps_the_letter() {
    let (outcome, said, notes) =
        log_in(Auth::Xoauth2, b"250-lab\r\n250 AUTH XOAUTH2\r\n", |_| b"535 5.7.8 token expired\r\n");
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(
        why.contains("535 5.7.8 token expired")
            && why.contains("refuses the login of")
            && why.contains("[mail.smtp] username"),
        "{why}"
    );
    assert!(!said.iter().any(|line| line.starts_with("MAIL")), "{said:?}");
    assert!(notes.iter().any(|line| line == "< 535 5.7.8 token expired"), "{notes:?}");
    let (outcome, _, _) = log_in(Auth::Xoauth2, b"250-lab\r\n250 AUTH PLAIN\r\n", |_| b"235 in\r\n");
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("takes no login by XOAUTH2"), "{why}");
}
