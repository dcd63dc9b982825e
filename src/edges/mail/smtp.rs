//! A letter handed to a mail server, step by step: only so is it known how far it came when something goes wrong.
//!
//! - A 4xx reply, a lost connection, silence or nonsense before the letter was given over: try later.
//! - A 5xx reply to MAIL, to all recipients, to DATA or to the letter: refused.
//! - A 5xx reply before MAIL (greeting, STARTTLS, login) says nothing about the letter but something about the
//!   settings, as does a reply that asks for TLS or a login (530, 538): it waits until they are right.
//! - After the final dot a 250 means sent; silence, nonsense or a cut means unclear.
//! - When some recipients are refused the others get the letter, and the outcome names those left out.

use std::error::Error as _;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Severity;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::settings::{SettingsError, SmtpSettings, Timeouts, Tls};
use super::stream::Wary;
use super::{LeftOut, Message, Outcome};

/// Name of the systemd credential that holds the password.
const CREDENTIAL: &str = "smtp-password";
/// Bytes of the letter written at a time.
const CHUNK: usize = 16 * 1024;
/// Longest reply that is passed on to people, in characters.
const MAX_REPLY: usize = 300;

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    parameters: Option<TlsParameters>,
    login: Option<Login>,
    timeouts: Timeouts,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

struct Login {
    username: String,
    password_file: PathBuf,
}

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
        let host = settings.host.trim().to_owned();
        let login =
            settings.username.as_ref().map(|username| login(settings, username, credentials)).transpose()?;
        if login.is_some() && settings.tls == Tls::None && !is_this_machine(&host) {
            return Err(SettingsError::ReadablePassword { host });
        }
        let port = settings.port.unwrap_or(match settings.tls {
            Tls::Starttls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        });
        let parameters = (settings.tls != Tls::None).then(|| parameters(settings, &host)).transpose()?;
        Ok(Self { host, port, tls: settings.tls, parameters, login, timeouts: settings.timeouts })
    }

    pub(super) async fn send(&self, message: &Message) -> Outcome {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(why) => return Outcome::TryLater { why },
        };
        let outcome = self.hand_over(&mut connection, message).await;
        // A polite end, whose answer changes nothing. Not where the conversation broke off: there QUIT would be taken
        // for a line of the letter.
        if matches!(outcome, Outcome::Sent { .. } | Outcome::Refused { .. }) {
            let _ = timeout(self.timeouts.quit, connection.command(Quit)).await;
        }
        outcome
    }

    /// Connected, protected and logged in, or why not.
    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let at = format!("{}:{}", self.host, self.port);
        let hello = ClientId::default();
        let limits = &self.timeouts;
        let mut connection = if self.tls == Tls::Implicit {
            let connect = AsyncSmtpConnection::connect_tokio1(
                (self.host.as_str(), self.port),
                Some(limits.connect),
                &hello,
                self.parameters.clone(),
                None,
            );
            step(limits.connect.saturating_add(limits.greeting), connect)
                .await
                .map_err(|e| format!("no mail server greets us at {at}: {}", e.said()))?
        } else {
            let tcp = timeout(limits.connect, TcpStream::connect((self.host.as_str(), self.port)))
                .await
                .map_err(|_| {
                    format!("the mail server {at} cannot be reached: no answer in {}", span(limits.connect))
                })?
                .map_err(|e| format!("the mail server {at} cannot be reached: {e}"))?;
            step(
                limits.greeting,
                AsyncSmtpConnection::connect_with_transport(Box::new(Wary::new(tcp)), &hello),
            )
            .await
            .map_err(|e| format!("no mail server greets us at {at}: {}", e.said()))?
        };
        if let (Tls::Starttls, Some(parameters)) = (self.tls, &self.parameters) {
            if !connection.can_starttls() {
                let _ = timeout(limits.quit, connection.command(Quit)).await;
                return Err(format!(
                    "the mail server {at} offers no STARTTLS, so nothing was said to it: ask its operator, or set mail.smtp.tls"
                ));
            }
            step(limits.secure, connection.starttls(parameters.clone(), &hello))
                .await
                .map_err(|e| format!("the connection to {at} could not be protected by TLS: {}", e.said()))?;
        }
        if let Some(login) = &self.login {
            let credentials = login.credentials().await?;
            step(limits.secure, connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await.map_err(
                |e| {
                    format!(
                        "the mail server {at} did not let {} in: {}; check mail.smtp.username and the password in {}",
                        login.username,
                        e.said(),
                        login.password_file.display()
                    )
                },
            )?;
        }
        Ok(connection)
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, message: &Message) -> Outcome {
        let limit = self.timeouts.command;
        let mut parameters = Vec::new();
        if message
            .to()
            .iter()
            .chain([message.from()])
            .any(|address| !AsRef::<str>::as_ref(address).is_ascii())
        {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Outcome::Refused {
                    why: format!("{} takes no addresses with letters beyond ASCII (no SMTPUTF8)", self.host),
                };
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if let Err(e) =
            step(limit, connection.command(Mail::new(Some(message.from().clone()), parameters))).await
        {
            return self.before_the_letter(&format!("the sender {}", message.from()), &e);
        }
        let mut left_out = Vec::new();
        for address in message.to() {
            match step(limit, connection.command(Rcpt::new(address.clone(), Vec::new()))).await {
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
            let why = format!("{} takes it for nobody ({all})", self.host);
            return if left_out.iter().all(|out| out.for_good) {
                Outcome::Refused { why }
            } else {
                Outcome::TryLater { why }
            };
        }
        match step(limit, connection.command(Data)).await {
            Ok(reply) if reply.has_code(354) => {}
            Ok(reply) => {
                return Outcome::TryLater {
                    why: format!("{} answered DATA with {}", self.host, reply.code()),
                };
            }
            Err(e) => return self.before_the_letter("the announcement of the letter", &e),
        }
        self.give(connection, message.bytes(), left_out).await
    }

    /// The letter itself, and the answer to it.
    async fn give(
        &self,
        connection: &mut AsyncSmtpConnection,
        bytes: &[u8],
        left_out: Vec<LeftOut>,
    ) -> Outcome {
        let host = &self.host;
        // Set when the last of the letter is written and the final dot is next. Until then the server cannot have
        // taken it, from then on it may.
        let given = AtomicBool::new(false);
        let end = std::iter::from_fn(|| {
            given.store(true, Ordering::Relaxed);
            None::<&[u8]>
        });
        let mut giving = pin!(connection.message_iter(bytes.chunks(CHUNK).chain(end)));
        let answer = match timeout(self.timeouts.transfer, &mut giving).await {
            Ok(answer) => Ok(answer),
            Err(_) if !given.load(Ordering::Relaxed) => {
                let why = format!("{host} stopped taking the letter for {}", span(self.timeouts.transfer));
                return Outcome::TryLater { why };
            }
            Err(_) => timeout(self.timeouts.answer, &mut giving).await,
        };
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
                    span(self.timeouts.answer)
                ),
            },
        }
    }

    /// What a failure means while the server has nothing of the letter yet.
    fn before_the_letter(&self, what: &str, failure: &Failure) -> Outcome {
        let why = format!("{} did not take {what}: {}", self.host, failure.said());
        match failure {
            // 530 and 538 ask for a login or for TLS: the settings are wrong, not the letter.
            Failure::Error(e) if e.is_permanent() && !asks_for_login(e) => Outcome::Refused { why },
            _ => Outcome::TryLater { why },
        }
    }
}

impl Login {
    /// Name and password. The file is read anew each time, so that a new password needs no restart.
    async fn credentials(&self) -> Result<Credentials, String> {
        let shown = self.password_file.display();
        let read = tokio::fs::read_to_string(&self.password_file).await;
        let password = SecretString::from(
            read.map_err(|e| format!("the mail server's password cannot be read from {shown}: {e}"))?,
        );
        let password = password.expose_secret().trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            return Err(format!("the mail server's password is to be in {shown}, and that file is empty"));
        }
        Ok(Credentials::new(self.username.clone(), password.to_owned()))
    }
}

impl Failure {
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

/// The server's reply, or what happened to the connection, for people.
fn said(error: &Error) -> String {
    let text = match (error.status(), error.source()) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(code), None) => code.to_string(),
        (None, Some(cause)) if error.is_response() => {
            format!("its reply makes no sense or ends early ({cause})")
        }
        (None, Some(cause)) if is_end(cause) => "the connection was closed".to_owned(),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.to_string(),
    };
    readable(&text)
}

fn is_end(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::UnexpectedEof)
}

/// A server's words are a stranger's words: one line, not too long.
fn readable(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REPLY).collect();
    line.trim_end().to_owned()
}

fn span(limit: Duration) -> String {
    match limit.as_secs() {
        0 => format!("{} ms", limit.as_millis()),
        s if s >= 120 && s % 60 == 0 => format!("{} minutes", s / 60),
        s => format!("{s} s"),
    }
}

fn login(
    settings: &SmtpSettings,
    username: &str,
    credentials: Option<&Path>,
) -> Result<Login, SettingsError> {
    let credential = || credentials.map(|folder| folder.join(CREDENTIAL)).filter(|file| file.exists());
    let password_file =
        settings.password_file.clone().or_else(credential).ok_or(SettingsError::NoPassword)?;
    if let Err(e) = std::fs::File::open(&password_file) {
        let path = password_file.display().to_string();
        return Err(SettingsError::File { path, key: "mail.smtp.password_file", why: e.to_string() });
    }
    Ok(Login { username: username.to_owned(), password_file })
}

fn parameters(settings: &SmtpSettings, host: &str) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = &settings.ca_file {
        let bad = |why: String| SettingsError::File {
            path: file.display().to_string(),
            key: "mail.smtp.ca_file",
            why,
        };
        let pem = std::fs::read(file).map_err(|e| bad(e.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|e| bad(e.to_string()))?;
        if !pem.windows(11).any(|bytes| bytes == b"-----BEGIN ") {
            return Err(bad("it holds no certificate in PEM".to_owned()));
        }
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|e| SettingsError::Host { host: host.to_owned(), why: e.to_string() })
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
