//! The settings as the assembly uses them.

use std::path::PathBuf;

use super::cli::ConfigArgs;
use super::failure::{Exit, Failure};
use crate::edges::mail::{Kind, MailSettings, SpoolSettings};
use crate::edges::settings::{self, Settings};
use crate::edges::sources::SourceSettings;
use crate::logic::cluster::{Model, choose_model};

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
    choose(&all.clusters.model)?;
    Ok(all)
}

/// The table of meanings by its name or path, for this process.
///
/// # Errors
/// The file cannot be read, or holds none.
pub fn choose(model: &str) -> Result<(), Failure> {
    let chosen = match model {
        "built-in" => Model::BuiltIn,
        "off" => Model::Off,
        path => {
            let say = |e| {
                format!("[clusters] model: {path} cannot be read: {e}; write \"built-in\", \"off\" or a path")
            };
            Model::File(std::fs::read(path).map_err(|e| Failure::say(Exit::Settings, say(e)))?)
        }
    };
    choose_model(chosen)
        .map_err(|e| Failure::say(Exit::Settings, format!("[clusters] model = \"{model}\": {e}")))
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
