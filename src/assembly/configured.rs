//! The settings as the assembly uses them.

use std::path::PathBuf;

use super::cli::ConfigArgs;
use super::failure::{Exit, Failure};
use crate::edges::mail::{Kind, MailSettings, SpoolSettings};
use crate::edges::settings::{self, Settings};
use crate::edges::sources::SourceSettings;

/// The settings of this program.
pub type All = Settings<MailSettings, SourceSettings>;

/// Reads the settings, with the flags over them.
///
/// # Errors
/// They cannot be read or used.
pub fn settings(args: &ConfigArgs) -> Result<All, Failure> {
    let mut all: All = settings::load(&args.config).map_err(|e| Failure::new(Exit::Settings, e))?;
    if let Some(folder) = &args.data {
        all.data.folder.clone_from(folder);
    }
    Ok(all)
}

/// The mail section, or the one that leaves letters in the data folder.
pub fn mail(all: &All) -> MailSettings {
    all.mail.clone().unwrap_or_else(|| MailSettings {
        transport: Kind::Spool,
        from: "groundswell <groundswell@localhost>".into(),
        domain: None,
        smtp: None,
        spool: Some(SpoolSettings { folder: spool_folder(all) }),
    })
}

fn spool_folder(all: &All) -> PathBuf {
    all.data.folder.join("mail")
}
