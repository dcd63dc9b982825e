//! The section `[mail]` of the operators' settings.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use serde::Deserialize;

use super::dkim::{DkimSettings, Signer};

/// The section `[mail]`.
///
/// ```toml
/// [mail]
/// transport = "smtp"
/// from = "groundswell <groundswell@example.org>"
///
/// [mail.smtp]
/// host = "mail.example.org"
/// username = "groundswell"
/// password_file = "/etc/groundswell/smtp-password"
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Where letters go.
    pub transport: Kind,
    /// The sender: `groundswell@example.org` or `groundswell <groundswell@example.org>`.
    pub from: String,
    /// Domain of Message-ID and List-Id; the sender's, unless given.
    pub domain: Option<String>,
    /// The mail server.
    pub smtp: Option<SmtpSettings>,
    /// Further mail servers, each with the keys of `[mail.smtp]`: asked in order when those before cannot take a letter.
    #[serde(default)]
    pub fallback: Vec<SmtpSettings>,
    /// Letters are signed, where this is given.
    pub dkim: Option<DkimSettings>,
    /// The folder.
    pub spool: Option<SpoolSettings>,
    /// Folder with templates that override the built-in ones (docs/templates.md).
    #[serde(default)]
    pub templates: Option<PathBuf>,
}

impl MailSettings {
    /// The sender as an address with a name.
    ///
    /// # Errors
    /// `from` is no e-mail address.
    pub fn mailbox(&self) -> Result<Mailbox, SettingsError> {
        self.from.parse().map_err(|e: lettre::address::AddressError| SettingsError::From {
            from: self.from.clone(),
            why: e.to_string(),
        })
    }

    /// Who signs letters, where somebody does. `credentials` is the folder of systemd's credentials, where there is one.
    ///
    /// # Errors
    /// The key is missing or is none, or `from` is no address.
    pub fn signer(&self, credentials: Option<&Path>) -> Result<Option<Signer>, SettingsError> {
        let from = self.mailbox()?;
        self.dkim.as_ref().map(|dkim| Signer::open(dkim, from.email.domain(), credentials)).transpose()
    }

    /// Domain of Message-ID and List-Id.
    ///
    /// # Errors
    /// `domain` is not given and `from` is no e-mail address.
    pub fn id_domain(&self) -> Result<String, SettingsError> {
        match &self.domain {
            Some(domain) => Ok(domain.clone()),
            None => Ok(self.mailbox()?.email.domain().to_owned()),
        }
    }
}

/// Where letters go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// To a mail server, `[mail.smtp]`.
    Smtp,
    /// Into a folder, `[mail.spool]`.
    Spool,
}

/// The section `[mail.smtp]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Name of the server: its certificate has to be for this name.
    pub host: String,
    /// 587 for `starttls`, 465 for `implicit`, 25 for `none`, unless given.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// Log in with this name. No login without it.
    pub username: Option<String>,
    /// How to log in.
    #[serde(default)]
    pub auth: Auth,
    /// File that holds the password (for `xoauth2` the access token); unless given, the systemd credential
    /// `smtp-password`, for the first fallback `smtp-password-2` and so on. It is read at every login, so that a new
    /// password or token needs no restart.
    pub password_file: Option<PathBuf>,
    /// File (PEM) with certificate authorities to trust beside those of the machine.
    pub ca_file: Option<PathBuf>,
    /// How long each step may take.
    #[serde(skip)]
    pub timeouts: Timeouts,
}

impl SmtpSettings {
    /// The port: the usual one, unless given.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        })
    }
}

/// How to log in to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// By password: PLAIN where the server offers it, else LOGIN. The default.
    #[default]
    Password,
    /// PLAIN alone.
    Plain,
    /// LOGIN alone: old servers.
    Login,
    /// By an access token (Microsoft, Google). Something else has to renew the token in its file.
    Xoauth2,
}

/// How the connection to the server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// It begins readable and has to be protected before anything is said (port 587). The default.
    #[default]
    Starttls,
    /// Protected from the first byte (port 465).
    Implicit,
    /// Readable for everybody on the way: for a server on the same machine.
    None,
}

/// How long each step of an SMTP conversation may take. The defaults follow RFC 5321, 4.5.3.2, but for the steps
/// that no honest server needs minutes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name look-up and TCP.
    pub connect: Duration,
    /// Greeting and EHLO; with implicit TLS also its handshake.
    pub greeting: Duration,
    /// STARTTLS with the handshake, and AUTH.
    pub secure: Duration,
    /// MAIL, each RCPT, DATA.
    pub command: Duration,
    /// Until the server has taken the bytes of the letter.
    pub transfer: Duration,
    /// Then, until it says that it has the letter. Giving up early makes copies: servers check for spam here.
    pub answer: Duration,
    /// QUIT, whose answer changes nothing.
    pub quit: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self {
            connect: s(30),
            greeting: s(120),
            secure: s(60),
            command: s(300),
            transfer: s(300),
            answer: s(600),
            quit: s(5),
        }
    }
}

impl Timeouts {
    /// The same limit for every step.
    pub fn all(limit: Duration) -> Self {
        Self {
            connect: limit,
            greeting: limit,
            secure: limit,
            command: limit,
            transfer: limit,
            answer: limit,
            quit: limit,
        }
    }
}

/// The section `[mail.spool]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpoolSettings {
    /// Where each letter is left as `.eml`, and as `.html` to look at. It is made if it is not there.
    pub folder: PathBuf,
}

/// What is wrong with the settings, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A key is missing.
    #[error("the setting {key} is missing, and mail.transport asks for it")]
    Missing {
        /// Name of the key.
        key: &'static str,
    },
    /// `from` is no address.
    #[error(
        "mail.from is \"{from}\", which is no e-mail address ({why}); write name@domain or Name <name@domain>"
    )]
    From {
        /// As given.
        from: String,
        /// What the parser says.
        why: String,
    },
    /// A name without a password.
    #[error(
        "mail.smtp.username is set and there is no password: set mail.smtp.password_file, or give the service the systemd credential smtp-password (a shell has none: there add --credentials /run/credentials/groundswell.service, as root and while the service runs)"
    )]
    NoPassword,
    /// A signature without a key.
    #[error(
        "[mail.dkim] is there and names no key: set mail.dkim.key_file, or give the service the systemd credential dkim-key (a shell has none: there add --credentials /run/credentials/groundswell.service, as root and while the service runs)"
    )]
    NoKey,
    /// A name that can stand in no signature.
    #[error(
        "mail.dkim.{key} is \"{value}\": write it as it stands in the DNS, letters, digits, dots and hyphens"
    )]
    Dkim {
        /// The setting.
        key: &'static str,
        /// As given.
        value: String,
    },
    /// The password would travel readable.
    #[error(
        "mail.smtp.tls = \"none\" would send the password readable to {host}: use \"starttls\" or \"implicit\", or take mail.smtp.username away"
    )]
    ReadablePassword {
        /// The server.
        host: String,
    },
    /// A file cannot be used.
    #[error("{path}, named by {key}, cannot be used: {why}")]
    File {
        /// The file or folder.
        path: String,
        /// The setting that names it.
        key: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The server's name can be in no certificate.
    #[error("mail.smtp.host is \"{host}\": {why}")]
    Host {
        /// As given.
        host: String,
        /// What is wrong with it.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<MailSettings, String> {
        toml::from_str(toml).map_err(|e| e.message().to_owned())
    }

    #[test]
    fn the_least_that_is_needed() {
        let settings = read("transport = \"smtp\"\nfrom = \"Groundswell <g@example.org>\"\n[smtp]\nhost = \"mail.example.org\"").unwrap();
        assert_eq!(settings.id_domain().unwrap(), "example.org");
        assert_eq!(settings.mailbox().unwrap().to_string(), "Groundswell <g@example.org>");
        let smtp = settings.smtp.unwrap();
        assert_eq!((smtp.tls, smtp.timeouts.answer), (Tls::Starttls, Duration::from_secs(600)));
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let said = read(
            "transport = \"smtp\"\nfrom = \"g@example.org\"\n[smtp]\nhost = \"h\"\npasword_file = \"x\"",
        )
        .unwrap_err();
        assert!(said.contains("pasword_file") && said.contains("password_file"), "{said}");
        assert!(read("transport = \"pigeon\"\nfrom = \"g@example.org\"").unwrap_err().contains("spool"));
    }

    #[test]
    fn a_sender_that_is_no_address_is_named() {
        let settings = read("transport = \"spool\"\nfrom = \"groundswell\"").unwrap();
        assert!(settings.mailbox().unwrap_err().to_string().contains("mail.from is \"groundswell\""));
    }
}
