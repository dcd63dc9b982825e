//! The way to a mail server: connected, protected and logged in, or why not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::Quit;
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::notes::{Notes, Tape, span};
use super::step;
use crate::edges::mail::settings::{Auth, SettingsError, SmtpSettings, Timeouts, Tls};
use crate::edges::mail::stream::Wary;

/// Name of the systemd credential that holds the password; those of further servers end in `-2`, `-3`, …
const CREDENTIAL: &str = "smtp-password";
/// What the unit hands over while there is no password: never one.
const PLACEHOLDER: &str = "unset";

/// What is said of a server that does not protect the connection when asked.
const NO_STARTTLS: &str = "offers no STARTTLS";
/// What is said of a server that is asked for TLS at once, and speaks readably.
const READABLE: &str = "does not speak TLS from the first byte";
/// What is said of a server that refuses the login for good.
const NO_LOGIN: &str = "refuses the login of";

/// Whether a letter waits for a reason that only other settings mend: the server was spoken to, and does not go on with these.
pub fn is_of_the_settings(why: &str) -> bool {
    [NO_STARTTLS, READABLE, NO_LOGIN].iter().any(|said| why.contains(said))
}

/// Connects to a server, and protects the connection as the settings say, each step within `limit`. Nobody is logged in and no letter
/// is offered. What went wrong is said in the inner result.
///
/// # Errors
/// The settings cannot be used.
pub async fn greeted(settings: &SmtpSettings, limit: Duration) -> Result<Result<(), String>, SettingsError> {
    let settings = SmtpSettings { username: None, timeouts: Timeouts::all(limit), ..settings.clone() };
    let way = Way::open(&settings, None, 1)?;
    Ok(match way.connect(&mut Notes::default()).await {
        Ok(mut connection) => {
            // A polite end, whose answer changes nothing.
            let _ = timeout(limit, connection.command(Quit)).await;
            Ok(())
        }
        Err(why) => Err(why),
    })
}

/// Where a mail server is and how it is spoken to.
pub(super) struct Way {
    pub(super) host: String,
    port: u16,
    tls: Tls,
    parameters: Option<TlsParameters>,
    login: Option<Login>,
    pub(super) timeouts: Timeouts,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}, {:?}", self.host, self.port, self.tls)
    }
}

struct Login {
    username: String,
    password_file: PathBuf,
    mechanisms: &'static [Mechanism],
}

impl Way {
    /// The way that the settings describe; nothing is connected yet. `number` is its place among the servers, from 1.
    ///
    /// # Errors
    /// A setting contradicts another, or a file that it names cannot be used.
    pub(super) fn open(
        settings: &SmtpSettings,
        credentials: Option<&Path>,
        number: usize,
    ) -> Result<Self, SettingsError> {
        let host = settings.host.trim().to_owned();
        if host.contains(['/', ':']) && host.parse::<std::net::IpAddr>().is_err() {
            let why = "host takes no scheme and no port; write the name alone, such as mail.example.org, and the port beside it, such as port = 587".to_owned();
            return Err(SettingsError::Host { host, why });
        }
        let login = settings
            .username
            .as_ref()
            .map(|username| login(settings, username, credentials, number))
            .transpose()?;
        if login.is_some() && settings.tls == Tls::None && !is_this_machine(&host) {
            return Err(SettingsError::ReadablePassword { host });
        }
        let port = settings.port();
        let parameters = (settings.tls != Tls::None).then(|| parameters(settings, &host)).transpose()?;
        Ok(Self { host, port, tls: settings.tls, parameters, login, timeouts: settings.timeouts })
    }

    /// Connected, protected and logged in, or why not.
    pub(super) async fn connect(&self, notes: &mut Notes) -> Result<AsyncSmtpConnection, String> {
        let at = format!("{}:{}", self.host, self.port);
        notes.event(&format!("connecting to {at}"));
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
            let greeted = step(limits.connect.saturating_add(limits.greeting), connect).await;
            let connection = greeted.map_err(|e| match e.said() {
                said if said.contains("InvalidContentType") => format!(
                    "the mail server {at} {READABLE}, so it got neither the password nor the letter: set [mail.smtp] tls = \"starttls\" and the port (587) if it offers that, or ask its operator"
                ),
                said => format!("no mail server greets us at {at}: {said}"),
            })?;
            notes.event(&format!("protected by TLS; it says: {}", connection.server_info()));
            connection
        } else {
            let tcp = timeout(limits.connect, TcpStream::connect((self.host.as_str(), self.port)))
                .await
                .map_err(|_| {
                    format!("the mail server {at} cannot be reached: no answer in {}", span(limits.connect))
                })?
                .map_err(|e| format!("the mail server {at} cannot be reached: {e}"))?;
            let tape = Tape::running();
            let stream = Box::new(Wary::new(tcp, tape.clone()));
            let greeted =
                step(limits.greeting, AsyncSmtpConnection::connect_with_transport(stream, &hello)).await;
            notes.tape(&tape);
            greeted.map_err(|e| format!("no mail server greets us at {at}: {}", e.said()))?
        };
        if let (Tls::Starttls, Some(parameters)) = (self.tls, &self.parameters) {
            if !connection.can_starttls() {
                let _ = timeout(limits.quit, connection.command(Quit)).await;
                return Err(format!(
                    "the mail server {at} {NO_STARTTLS}, so it got neither the password nor the letter: set [mail.smtp] tls = \"implicit\" and the port (465) if it speaks TLS from the first byte, or ask its operator (\"none\" is for a server on this machine)"
                ));
            }
            notes.ours("STARTTLS");
            step(limits.secure, connection.starttls(parameters.clone(), &hello))
                .await
                .map_err(|e| format!("the connection to {at} could not be protected by TLS: {}", e.said()))?;
            notes.event(&format!("protected by TLS; it says: {}", connection.server_info()));
        }
        if let Some(login) = &self.login {
            self.log_in(login, &mut connection, notes).await?;
        }
        Ok(connection)
    }

    async fn log_in(
        &self,
        login: &Login,
        connection: &mut AsyncSmtpConnection,
        notes: &mut Notes,
    ) -> Result<(), String> {
        let at = format!("{}:{}", self.host, self.port);
        let credentials = login.credentials().await?;
        let mechanism = connection.server_info().get_auth_mechanism(login.mechanisms).ok_or_else(|| {
            let wanted: Vec<String> = login.mechanisms.iter().map(ToString::to_string).collect();
            format!(
                "the mail server {at} takes no login by {}: look at mail.smtp.auth and at what it offers ({})",
                wanted.join(" or "),
                connection.server_info()
            )
        })?;
        notes.ours(&format!("AUTH {mechanism} (name \"{}\", the secret is not shown)", login.username));
        let answer = step(self.timeouts.secure, connection.auth(&[mechanism], &credentials)).await;
        notes.theirs(answer.as_ref());
        answer.map_err(|e| {
            format!(
                "the mail server {at} {} {}: {}; {} [mail.smtp] username and the password in {}",
                if e.is_for_good() { NO_LOGIN } else { "did not take the login of" },
                login.username,
                e.said(),
                if e.is_for_good() { "correct" } else { "it is tried again; if that goes on, check" },
                login.password_file.display()
            )
        })?;
        Ok(())
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
        if password == PLACEHOLDER {
            return Err(format!(
                "the mail server's password is to be in {shown}, which holds only the unit's placeholder \"{PLACEHOLDER}\": put the password into the file that the unit's LoadCredential names (/etc/credstore/groundswell.{CREDENTIAL}), and restart the service"
            ));
        }
        Ok(Credentials::new(self.username.clone(), password.to_owned()))
    }
}

fn login(
    settings: &SmtpSettings,
    username: &str,
    credentials: Option<&Path>,
    number: usize,
) -> Result<Login, SettingsError> {
    let name = if number == 1 { CREDENTIAL.to_owned() } else { format!("{CREDENTIAL}-{number}") };
    let placeholder =
        |file: &Path| std::fs::read(file).is_ok_and(|b| b.trim_ascii_end() == PLACEHOLDER.as_bytes());
    let credential =
        || credentials.map(|folder| folder.join(name)).filter(|file| file.exists() && !placeholder(file));
    let password_file =
        settings.password_file.clone().or_else(credential).ok_or(SettingsError::NoPassword)?;
    if let Err(e) = std::fs::File::open(&password_file) {
        let path = password_file.display().to_string();
        return Err(SettingsError::File { path, key: "mail.smtp.password_file", why: e.to_string() });
    }
    let mechanisms: &[Mechanism] = match settings.auth {
        Auth::Password => &[Mechanism::Plain, Mechanism::Login],
        Auth::Plain => &[Mechanism::Plain],
        Auth::Login => &[Mechanism::Login],
        Auth::Xoauth2 => &[Mechanism::Xoauth2],
    };
    Ok(Login { username: username.to_owned(), password_file, mechanisms })
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
