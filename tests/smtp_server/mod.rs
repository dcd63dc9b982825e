//! A mail server that does as a script says, command by command, and the letters that are handed to it.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared by several tests, none of which needs all of it; a test that fails may stop"
)]

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use groundswell::edges::mail::{
    Auth, Mailbox, Message, Outcome, Smtp, SmtpSettings, Timeouts, Tls, Transport, to_message,
};
use groundswell::ground::letter::{Letter, Picture};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Longest wait in these tests; only the silent servers let it pass.
pub(crate) const PATIENCE: Duration = Duration::from_millis(150);

/// More than what sockets hold: such a letter cannot be on its way as a whole when the connection is cut.
pub(crate) const HUGE: usize = 12 << 20;

pub(crate) fn letter(to: &[&str], text: &str) -> Message {
    letter_with(to, text, b"\x89PNG".to_vec())
}

pub(crate) fn letter_with(to: &[&str], text: &str, png: Vec<u8>) -> Message {
    let letter = Letter {
        message_id: "mini-9-7f3a.0.netbooks@example.org".into(),
        in_reply_to: None,
        list_id: "mini-9.groundswell.example.org".into(),
        alert: "mini-9-7f3a".into(),
        date: "2025-03-17T09:20:00Z".parse().unwrap(),
        zone: None,
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
pub(crate) struct Script {
    pub(crate) greeting: &'static [u8],
    /// Reply to EHLO.
    pub(crate) ehlo: &'static [u8],
    /// Reply to AUTH, by what it says.
    pub(crate) auth: fn(&str) -> &'static [u8],
    pub(crate) mail: &'static [u8],
    /// Reply to RCPT, by what the address begins with.
    pub(crate) rcpt: fn(&str) -> &'static [u8],
    pub(crate) data: &'static [u8],
    pub(crate) end: End,
}

/// What happens to the letter.
#[derive(Clone, Copy)]
pub(crate) enum End {
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
pub(crate) struct Heard {
    pub(crate) said: Vec<String>,
    pub(crate) letters: Vec<Vec<u8>>,
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

pub(crate) async fn lab(script: Script) -> (Transport, Arc<Mutex<Heard>>) {
    lab_with(Tls::None, script).await
}

pub(crate) async fn lab_with(tls: Tls, script: Script) -> (Transport, Arc<Mutex<Heard>>) {
    let (settings, heard) = server(tls, script).await;
    (Transport::Smtp(Smtp::open(&settings, None).unwrap()), heard)
}

/// A server, and the settings that lead to it.
pub(crate) async fn server(tls: Tls, script: Script) -> (SmtpSettings, Arc<Mutex<Heard>>) {
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

pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// What becomes of an ordinary letter to one person at a server of this kind, and what the server heard.
pub(crate) fn outcome(script: Script) -> (Outcome, Arc<Mutex<Heard>>) {
    wait(async {
        let (transport, heard) = lab(script).await;
        (transport.send(&letter(&["team@example.org"], "keys\n.\n..too close")).await, heard)
    })
}
