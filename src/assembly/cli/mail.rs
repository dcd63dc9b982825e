//! The options of `mail`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ConfigArgs;
use crate::ground::language::Language;

/// `mail`
#[derive(Debug, Args)]
pub struct MailArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: MailCommand,
}

/// What can be done about mail.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Write one of every kind of e-mail into a folder, to look at: no network and no set-up
    ///
    /// Each is written as .eml (for a mail program), .html (for a browser) and .txt, and index.html lists them.
    ///
    /// Example: groundswell mail preview --out preview
    Preview(MailPreviewArgs),
    /// Send one letter through the mail server of the settings
    ///
    /// Says that it is sent, or prints what was said between us and the mail server. Ends with status 0 when the server
    /// took the letter, 1 when it refused it for good, 75 when another try may succeed, 78 when the settings are wrong.
    ///
    /// Example: groundswell mail test you@example.org
    Test(MailTestArgs),
    /// Try parked letters again, and those that wait for another try at once: what was wrong has been mended
    ///
    /// Letters that a mail server refused, or that could not be sent for five days, are parked: they wait until somebody says
    /// so. It is the daemon that tries, at once or when it starts; groundswell status shows what became of them.
    ///
    /// Example: groundswell mail retry
    Retry(ConfigArgs),
}

/// `mail preview`
#[derive(Debug, Args)]
pub struct MailPreviewArgs {
    /// Folder for the e-mails
    #[arg(long, value_name = "DIR", default_value = "groundswell-mail")]
    pub out: PathBuf,
    /// Language of the letters: en, fr, pt (also pt-BR), es or de
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = language)]
    pub language: Language,
    /// Folder with templates that override the built-in ones (the key templates in the section mail): see what yours look like
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
}

/// `mail test`
#[derive(Debug, Args)]
pub struct MailTestArgs {
    /// Whom to write to
    pub address: String,
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// A language by its tag: `pt-BR` is `pt`.
fn language(tag: &str) -> Result<Language, String> {
    let base = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
    Language::from_code(&base)
        .ok_or_else(|| format!("letters are written in {}", Language::ALL.map(Language::code).join(", ")))
}
