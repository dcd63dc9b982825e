//! A letter handed to a mail server, step by step: only so is it known how far it came when something goes wrong.
//!
//! - A 4xx reply, a lost connection, silence or nonsense before the letter was given over: try later.
//! - A 5xx reply to MAIL, to all recipients, to DATA or to the letter: refused.
//! - A 5xx reply before MAIL (greeting, STARTTLS, login) says nothing about the letter but something about the
//!   settings, as does a reply that asks for TLS or a login (530, 538): it waits until they are right.
//! - After the final dot a 250 means sent; silence, nonsense or a cut means unclear.
//! - When some recipients are refused the others get the letter, and the outcome names those left out.
//! - Where there are several servers, the next is asked only when the one before certainly has not got the letter.

mod connect;
mod notes;

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailParameter};
use lettre::transport::smtp::response::Severity;
use tokio::time::timeout;

use self::connect::Way;
pub use self::connect::{greeted, is_of_the_settings};
pub(super) use self::notes::{Notes, Tape};
use self::notes::{readable, said, span};
use super::settings::{SettingsError, SmtpSettings};
use super::{LeftOut, Message, Outcome};

/// Bytes of the letter written at a time.
const CHUNK: usize = 16 * 1024;

/// Mail servers, asked in order.
#[derive(Debug)]
pub struct Smtp {
    relays: Vec<Relay>,
}

/// One mail server.
#[derive(Debug)]
struct Relay(Way);

/// A step of the conversation that did not succeed.
enum Failure {
    /// The server did not answer in time.
    Silence(Duration),
    /// The server or the connection said no.
    Error(Error),
}

impl Smtp {
    /// The server of the settings; nothing is connected yet.
    ///
    /// # Errors
    /// A setting contradicts another, or a file that it names cannot be used.
    pub fn open(settings: &SmtpSettings, credentials: Option<&Path>) -> Result<Self, SettingsError> {
        Self::in_order([settings], credentials)
    }

    /// Several servers: each is asked when none of those before it can take the letter now.
    ///
    /// # Errors
    /// A setting contradicts another, or a file that it names cannot be used.
    pub fn in_order<'s>(
        settings: impl IntoIterator<Item = &'s SmtpSettings>,
        credentials: Option<&Path>,
    ) -> Result<Self, SettingsError> {
        let open = |(number, settings)| Way::open(settings, credentials, number).map(Relay);
        Ok(Self { relays: (1..).zip(settings).map(open).collect::<Result<_, _>>()? })
    }

    pub(super) async fn send(&self, message: &Message, notes: &mut Notes) -> Outcome {
        let mut whys: Vec<String> = Vec::new();
        let mut spoken = false;
        for relay in &self.relays {
            match relay.send(message, notes).await {
                // It certainly has not got the letter: another may take it.
                Outcome::TryLater { why } => {
                    spoken = true;
                    whys.push(why);
                }
                Outcome::Unreachable { why } => whys.push(why),
                outcome => return outcome,
            }
        }
        let why = whys.join("; ");
        if spoken { Outcome::TryLater { why } } else { Outcome::Unreachable { why } }
    }
}

impl Relay {
    async fn send(&self, message: &Message, notes: &mut Notes) -> Outcome {
        let mut connection = match self.0.connect(notes).await {
            Ok(connection) => connection,
            Err(why) => {
                notes.event(&why);
                return Outcome::Unreachable { why };
            }
        };
        let outcome = self.hand_over(&mut connection, message, notes).await;
        // A polite end, whose answer changes nothing. Not where the conversation broke off: there QUIT would be taken
        // for a line of the letter.
        if matches!(outcome, Outcome::Sent { .. } | Outcome::Refused { .. }) {
            let _ = timeout(self.0.timeouts.quit, connection.command(Quit)).await;
        }
        outcome
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &Message,
        notes: &mut Notes,
    ) -> Outcome {
        let limit = self.0.timeouts.command;
        let mut parameters = Vec::new();
        if message
            .to()
            .iter()
            .chain([message.from()])
            .any(|address| !AsRef::<str>::as_ref(address).is_ascii())
        {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Outcome::Refused {
                    why: format!(
                        "{} takes no addresses with letters beyond ASCII (no SMTPUTF8)",
                        self.0.host
                    ),
                };
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        notes.ours(&format!("MAIL FROM:<{}>", message.from()));
        let answer =
            step(limit, connection.command(Mail::new(Some(message.from().clone()), parameters))).await;
        notes.theirs(answer.as_ref());
        if let Err(e) = answer {
            return self.before_the_letter(&format!("the sender {}", message.from()), &e);
        }
        let mut left_out = Vec::new();
        for address in message.to() {
            notes.ours(&format!("RCPT TO:<{address}>"));
            let answer = step(limit, connection.command(Rcpt::new(address.clone(), Vec::new()))).await;
            notes.theirs(answer.as_ref());
            match answer {
                Ok(_) => {}
                Err(Failure::Error(e)) if e.status().is_some() => left_out.push(LeftOut {
                    address: address.to_string(),
                    for_good: e.is_permanent(),
                    why: said(&e),
                }),
                Err(e) => return self.before_the_letter(&format!("the recipient {address}"), &e),
            }
        }
        if left_out.len() == message.to().len() {
            let all = left_out
                .iter()
                .map(|out| format!("{}: {}", out.address, out.why))
                .collect::<Vec<_>>()
                .join("; ");
            let host = &self.0.host;
            return if left_out.iter().all(|out| out.for_good) {
                Outcome::Refused { why: format!("{host} refuses every address for good ({all})") }
            } else {
                Outcome::TryLater {
                    why: format!("{host} takes the letter for no address now, and may later ({all})"),
                }
            };
        }
        notes.ours("DATA");
        let answer = step(limit, connection.command(Data)).await;
        notes.theirs(answer.as_ref());
        match answer {
            Ok(reply) if reply.has_code(354) => {}
            Ok(reply) => {
                return Outcome::TryLater {
                    why: format!("{} answered DATA with {}", self.0.host, reply.code()),
                };
            }
            Err(e) => return self.before_the_letter("the letter (at DATA, before any of it was sent)", &e),
        }
        self.give(connection, message.bytes(), left_out, notes).await
    }

    /// The letter itself, and the answer to it.
    async fn give(
        &self,
        connection: &mut AsyncSmtpConnection,
        bytes: &[u8],
        left_out: Vec<LeftOut>,
        notes: &mut Notes,
    ) -> Outcome {
        notes.event(&format!("the letter follows: {} bytes, then a dot", bytes.len()));
        let host = &self.0.host;
        // Set when the last of the letter is written and the final dot is next. Until then the server cannot have
        // taken it, from then on it may.
        let given = AtomicBool::new(false);
        let end = std::iter::from_fn(|| {
            given.store(true, Ordering::Relaxed);
            None::<&[u8]>
        });
        let mut giving = pin!(connection.message_iter(bytes.chunks(CHUNK).chain(end)));
        let answer = match timeout(self.0.timeouts.transfer, &mut giving).await {
            Ok(answer) => Ok(answer),
            Err(_) if !given.load(Ordering::Relaxed) => {
                let why = format!("{host} stopped taking the letter for {}", span(self.0.timeouts.transfer));
                return Outcome::TryLater { why };
            }
            Err(_) => timeout(self.0.timeouts.answer, &mut giving).await,
        };
        match &answer {
            Ok(Ok(reply)) => notes.theirs(Ok(reply)),
            Ok(Err(e)) => notes.event(&said(e)),
            Err(_) => notes.event("no answer to the letter"),
        }
        match answer {
            Ok(Ok(reply)) if reply.code().severity == Severity::PositiveCompletion => {
                let text = reply.message().collect::<Vec<_>>().join(" ");
                Outcome::Sent { answer: readable(&format!("{} {text}", reply.code())), left_out }
            }
            Ok(Ok(reply)) => Outcome::Unclear {
                why: format!("{host} answered the letter with {}, which means nothing here", reply.code()),
            },
            Ok(Err(e)) if e.is_permanent() => {
                Outcome::Refused { why: format!("{host} refused the letter: {}", said(&e)) }
            }
            Ok(Err(e)) if e.is_transient() => {
                Outcome::TryLater { why: format!("{host} did not take the letter: {}", said(&e)) }
            }
            Ok(Err(e)) if !given.load(Ordering::Relaxed) => Outcome::TryLater {
                why: format!("the connection to {host} broke within the letter: {}", said(&e)),
            },
            Ok(Err(e)) => Outcome::Unclear {
                why: format!("{host} was given the letter and gave no clear answer: {}", said(&e)),
            },
            Err(_) => Outcome::Unclear {
                why: format!(
                    "{host} was given the letter and said nothing for {}",
                    span(self.0.timeouts.answer)
                ),
            },
        }
    }

    /// What a failure means while the server has nothing of the letter yet.
    fn before_the_letter(&self, what: &str, failure: &Failure) -> Outcome {
        let said = if failure.is_for_good() { "refuses" } else { "did not take" };
        let why = format!("{} {said} {what}: {}", self.0.host, failure.said());
        match failure {
            // 530 and 538 ask for a login or for TLS: the settings are wrong, not the letter.
            Failure::Error(e) if e.is_permanent() && !asks_for_login(e) => Outcome::Refused { why },
            _ => Outcome::TryLater { why },
        }
    }
}

impl Failure {
    /// The server said no, and will say so again.
    fn is_for_good(&self) -> bool {
        matches!(self, Self::Error(e) if e.is_permanent())
    }

    fn said(&self) -> String {
        match self {
            Self::Silence(limit) => format!("no answer in {}", span(*limit)),
            Self::Error(e) => said(e),
        }
    }
}

/// One step with its limit.
async fn step<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => Err(Failure::Error(e)),
        Err(_) => Err(Failure::Silence(limit)),
    }
}

fn asks_for_login(error: &Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 530 | 538))
}
