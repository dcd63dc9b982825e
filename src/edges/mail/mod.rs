//! How a letter leaves: turned into MIME ([`to_message`]) and handed to a mail server or to a folder ([`Transport`]).
//!
//! The one question that matters afterwards is who is responsible for the letter now. [`Outcome`] answers it and
//! says nothing that it does not know.

mod dkim;
mod message;
mod settings;
mod smtp;
mod spool;
mod stream;

pub use dkim::{DkimSettings, Signer};
pub use lettre::message::Mailbox;
pub use message::{LetterError, Message, Stationery, to_message};
pub use settings::{Auth, Kind, MailSettings, SettingsError, SmtpSettings, SpoolSettings, Timeouts, Tls};
pub use smtp::{Smtp, greeted, is_of_the_settings};
pub use spool::Spool;

use std::path::Path;
use std::sync::Arc;

use smtp::Notes;

/// Where letters go.
#[derive(Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(Smtp),
    /// A folder.
    Spool(Spool),
    /// A script, in place of a mail server: for simulations.
    Script(Script),
}

/// A mail server that is a script.
#[derive(Clone)]
pub struct Script(pub Arc<dyn Fn(&Message) -> Outcome + Send + Sync>);

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

/// What became of one attempt to hand a letter over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side said that it has the letter: it is theirs now.
    Sent {
        /// What it said.
        answer: String,
        /// Recipients that it did not take it for, although it took it for others. The letter is still ours for
        /// those of them that may be tried again ([`Message::only_to`]).
        left_out: Vec<LeftOut>,
    },
    /// It has not got the letter; another attempt may succeed.
    TryLater {
        /// What happened, and what to do where a person has to do something.
        why: String,
    },
    /// No server could be spoken to, so nothing was said about this letter or any other; another attempt may succeed.
    Unreachable {
        /// What happened, and what to do where a person has to do something.
        why: String,
    },
    /// It will not take this letter, however often it is offered.
    Refused {
        /// What it said.
        why: String,
    },
    /// The whole letter was given over and then no clear answer came: they may have it or not. Repeat it with the
    /// same Message-ID, by which a copy can be recognised.
    Unclear {
        /// What happened.
        why: String,
    },
}

/// A recipient that the mail server did not take the letter for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The address.
    pub address: String,
    /// What the server said about it.
    pub why: String,
    /// The address is refused for good; otherwise another attempt may succeed.
    pub for_good: bool,
}

impl Transport {
    /// The transport that the settings name. `credentials` is the folder in which systemd keeps the service's
    /// credentials ($CREDENTIALS_DIRECTORY), where there is one. Nothing is connected yet.
    ///
    /// # Errors
    /// A setting is missing or contradicts another, or a file that it names cannot be used.
    pub fn open(settings: &MailSettings, credentials: Option<&Path>) -> Result<Self, SettingsError> {
        match settings.transport {
            Kind::Smtp => {
                let smtp = settings.smtp.as_ref().ok_or(SettingsError::Missing { key: "mail.smtp.host" })?;
                Ok(Self::Smtp(Smtp::in_order([smtp].into_iter().chain(&settings.fallback), credentials)?))
            }
            Kind::Spool => {
                let spool =
                    settings.spool.as_ref().ok_or(SettingsError::Missing { key: "mail.spool.folder" })?;
                Ok(Self::Spool(Spool::open(&spool.folder)?))
            }
        }
    }

    /// One attempt to hand the letter over. It ends: every wait in it has a limit ([`Timeouts`]).
    pub async fn send(&self, message: &Message) -> Outcome {
        self.send_noting(message).await.0
    }

    /// The same, with what was said between us and the server: `>` is ours, `<` its, `-` what happened. No password is
    /// in it.
    pub async fn send_noting(&self, message: &Message) -> (Outcome, Vec<String>) {
        let mut notes = Notes::default();
        let outcome = match self {
            Self::Smtp(smtp) => smtp.send(message, &mut notes).await,
            Self::Spool(spool) => spool.send(message).await,
            Self::Script(script) => script.0(message),
        };
        (outcome, notes.lines())
    }
}
