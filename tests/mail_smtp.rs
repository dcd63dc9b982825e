//! Letters handed to mail servers that misbehave in every way: what became of the letter has to be judged right.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails may stop")]

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use groundswell::edges::mail::{
    Auth, Kind, MailSettings, Mailbox, Message, Outcome, Smtp, SmtpSettings, Timeouts, Tls, Transport,
    to_message,
};
use groundswell::ground::letter::{Letter, Picture};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Longest wait in these tests; only the silent servers let it pass.
const PATIENCE: Duration = Duration::from_millis(150);

/// More than what sockets hold: such a letter cannot be on its way as a whole when the connection is cut.
const HUGE: usize = 12 << 20;

fn letter(to: &[&str], text: &str) -> Message {
    letter_with(to, text, b"\x89PNG".to_vec())
}

fn letter_with(to: &[&str], text: &str, png: Vec<u8>) -> Message {
    let letter = Letter {
        message_id: "mini-9-7f3a.0.netbooks@example.org".into(),
        in_reply_to: None,
        list_id: "mini-9.groundswell.example.org".into(),
        alert: "mini-9-7f3a".into(),
        date: "2025-03-17T09:20:00Z".parse().unwrap(),
        to: to.iter().map(|a| (*a).to_owned()).collect(),
        reader: None,
        subject: "Mini 9: \"keys\": 9 people in 3 days, usually 1".into(),
        text: text.into(),
        html: "<p>keys</p>".into(),
        pictures: vec![Picture { cid: "chart".into(), png }],
        fallback: None,
    };
    let from: Mailbox = "groundswell <groundswell@example.org>".parse().unwrap();
    to_message(&letter, &from.into()).unwrap()
}

/// What a server does, command by command.
#[derive(Clone)]
struct Script {
    greeting: &'static [u8],
    /// Reply to EHLO.
    ehlo: &'static [u8],
    /// Reply to AUTH, by what it says.
    auth: fn(&str) -> &'static [u8],
    mail: &'static [u8],
    /// Reply to RCPT, by what the address begins with.
    rcpt: fn(&str) -> &'static [u8],
    data: &'static [u8],
    end: End,
}

/// What happens to the letter.
#[derive(Clone, Copy)]
enum End {
    /// This reply to the final dot.
    Reply(&'static [u8]),
    /// The connection is cut after so many bytes of the letter.
    CutAfter(usize),
    /// The connection is cut after the final dot.
    CutAfterDot,
    /// Nothing is said any more after the final dot.
    SilenceAfterDot,
    /// Nothing of the letter is read.
    TakesNothing,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            greeting: b"220 lab ESMTP\r\n",
            ehlo: b"250-lab\r\n250 8BITMIME\r\n",
            auth: |_| b"500 what?\r\n",
            mail: b"250 ok\r\n",
            rcpt: |_| b"250 ok\r\n",
            data: b"354 go\r\n",
            end: End::Reply(b"250 2.0.0 queued as 7\r\n"),
        }
    }
}

/// What the server took: the envelope's recipients and the letter, and whatever else was said to it.
#[derive(Default)]
struct Heard {
    said: Vec<String>,
    letters: Vec<Vec<u8>>,
}

async fn serve(script: Script, stream: TcpStream, heard: Arc<Mutex<Heard>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(script.greeting).await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        heard.lock().unwrap().said.push(command.clone());
        let reply: &[u8] = match command.get(..4).unwrap_or_default() {
            "EHLO" => script.ehlo,
            "AUTH" => (script.auth)(&command),
            "MAIL" => script.mail,
            "RCPT" => (script.rcpt)(command.trim_start_matches("RCPT TO:<")),
            "DATA" if script.data.starts_with(b"354") => {
                stream.write_all(script.data).await?;
                if !take(&script, &mut stream, &heard).await? {
                    return Ok(());
                }
                continue;
            }
            "DATA" => script.data,
            "QUIT" => b"221 bye\r\n",
            _ => b"500 what?\r\n",
        };
        if reply.is_empty() {
            std::future::pending::<()>().await;
        }
        stream.write_all(reply).await?;
    }
}

/// Takes the letter. False when the connection is at its end.
async fn take(
    script: &Script,
    stream: &mut BufReader<TcpStream>,
    heard: &Mutex<Heard>,
) -> std::io::Result<bool> {
    if matches!(script.end, End::TakesNothing) {
        std::future::pending::<()>().await;
    }
    let mut letter = Vec::new();
    if let End::CutAfter(bytes) = script.end {
        letter.resize(bytes, 0);
        stream.read_exact(&mut letter).await?;
        // Unread bytes make the cut a hard one (RST), as when a server dies.
        return Ok(false);
    }
    while !letter.ends_with(b"\r\n.\r\n") {
        if stream.read_until(b'\n', &mut letter).await? == 0 {
            return Ok(false);
        }
    }
    heard.lock().unwrap().letters.push(letter);
    match script.end {
        End::Reply(reply) => stream.write_all(reply).await.map(|()| true),
        End::CutAfterDot => Ok(false),
        _ => std::future::pending().await,
    }
}

async fn lab(script: Script) -> (Transport, Arc<Mutex<Heard>>) {
    lab_with(Tls::None, script).await
}

async fn lab_with(tls: Tls, script: Script) -> (Transport, Arc<Mutex<Heard>>) {
    let (settings, heard) = server(tls, script).await;
    (Transport::Smtp(Smtp::open(&settings, None).unwrap()), heard)
}

/// A server, and the settings that lead to it.
async fn server(tls: Tls, script: Script) -> (SmtpSettings, Arc<Mutex<Heard>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Heard::default()));
    let record = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(script.clone(), stream, Arc::clone(&record)));
        }
    });
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port: Some(port),
        tls,
        auth: Auth::default(),
        username: None,
        password_file: None,
        ca_file: None,
        timeouts: Timeouts { answer: PATIENCE, transfer: PATIENCE * 4, ..Timeouts::all(PATIENCE) },
    };
    (settings, heard)
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// What becomes of an ordinary letter to one person at a server of this kind, and what the server heard.
fn outcome(script: Script) -> (Outcome, Arc<Mutex<Heard>>) {
    wait(async {
        let (transport, heard) = lab(script).await;
        (transport.send(&letter(&["team@example.org"], "keys\n.\n..too close")).await, heard)
    })
}

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
