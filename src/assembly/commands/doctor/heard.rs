//! What the doctor says of sources, and of the addresses that are listened on.

use std::path::Path;

use super::findings::{self, Finding, Level, Secret};
use super::readable;
use crate::assembly::commands::standing::{is_running, minute, one_line};
use crate::assembly::configured::All;
use crate::assembly::failure::Failure;
use crate::edges::host::Unit;
use crate::edges::sources::{SourceConfig, SourceError, check, secret_file};
use crate::edges::store::Store;
use crate::ground::listening::cannot_listen;
use crate::ground::time::Timestamp;

/// Whether the settings of each source can work, and what they name is there.
pub(super) fn sources(settings: &All, unit: &Unit, found: &mut Vec<Finding>) {
    for source in &settings.source {
        if let Err(e) = check(source) {
            let why = match &e {
                SourceError::Settings { message, .. } => message.clone(),
                _ => e.to_string(),
            };
            let then =
                "correct it in the settings: groundswell run would start, and this source fail at once";
            found.push(Finding::bad("sources", format!("{}: {}", source.name, one_line(&why)), then));
            continue;
        }
        if let Some((key, path)) = secret_file(source) {
            let is_hook = matches!(source.kind, SourceConfig::Webhook(_));
            let what = if is_hook { "the secret".to_owned() } else { format!("`{key}`") };
            let what = format!("{}: {what}", source.name);
            let credential = if is_hook { "webhook-secret".to_owned() } else { as_file_name(&source.name) };
            let secret = Secret { about: "sources", what, path, key, credential, read: readable(path) };
            let of_secret = findings::of_secret(&secret, unit);
            let is_good = of_secret.level == Level::Good;
            found.push(of_secret);
            if is_hook || !is_good {
                continue;
            }
        }
        let (path, follow) = match &source.kind {
            SourceConfig::Jsonl(config) if config.path != Path::new("-") => (&config.path, config.follow),
            _ => {
                let name = &source.name;
                let said = format!("{name} is named; whether it answers: groundswell source test {name}");
                found.push(Finding::good("sources", said));
                continue;
            }
        };
        let (name, shown) = (&source.name, path.display());
        found.push(match std::fs::File::open(path).and_then(|file| file.metadata()) {
            Ok(there) if there.is_dir() => Finding::bad(
                "sources",
                format!("{name}: {shown} is a folder, and a file with a post a line is needed"),
                "let path name the file in it",
            ),
            Ok(_) => Finding::good("sources", format!("{name}: the file {shown} can be read")),
            Err(e) => Finding::bad(
                "sources",
                format!("{name}: the file {shown} cannot be read: {e}"),
                if follow && e.kind() == std::io::ErrorKind::NotFound {
                    "make it, even an empty one, or correct path: it is waited for, and nothing is heard until then"
                } else {
                    "make it, or let the user that groundswell runs as read it"
                },
            ),
        });
    }
}

/// The name of a source as a file may be called.
fn as_file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// Whether something else listens where we are to. While the daemon runs, that is itself.
pub(super) fn listeners(settings: &All, found: &mut Vec<Finding>) {
    // To ask whether it runs makes a file, and a doctor makes nothing.
    if settings.data.folder.is_dir() && is_running(&settings.data.folder) {
        return;
    }
    let web = settings.web.public_url.as_ref().map(|_| ("[web] listen".to_owned(), settings.web.listen));
    let hooks = settings.source.iter().filter_map(|source| match &source.kind {
        SourceConfig::Webhook(hook) => Some((format!("{}: listen", source.name), hook.listen)),
        _ => None,
    });
    for (what, address) in web.into_iter().chain(hooks) {
        if let Err(e) = std::net::TcpListener::bind(address) {
            let about = if what.starts_with('[') { "web" } else { "sources" };
            found.push(Finding::bad(
                about,
                format!("{what}: {address} cannot be listened on: {e}"),
                cannot_listen(&e),
            ));
        }
    }
}

/// Sources that were refused when a daemon asked them last: while none runs, `status` shows them as stopped.
pub(super) fn refused_last(settings: &All, found: &mut Vec<Finding>) -> Result<(), Failure> {
    let folder = &settings.data.folder;
    if !folder.join(crate::edges::store::FILE).exists() || is_running(folder) {
        return Ok(());
    }
    // What is wrong with the store itself has been said.
    let Ok(store) = Store::open_existing(folder) else { return Ok(()) };
    let note = store.note("sources")?.and_then(|json| serde_json::from_str::<serde_json::Value>(&json).ok());
    for source in &settings.source {
        let seen = note.as_ref().and_then(|note| note.get(&source.name));
        let refused = seen.and_then(|seen| seen.get("refused_outright")).and_then(serde_json::Value::as_bool);
        // Of files it has been looked at just now how they are.
        if refused == Some(true) && !matches!(source.kind, SourceConfig::Jsonl(_)) {
            let why = seen.and_then(|seen| seen.get("last_error")?.as_str()).unwrap_or("no reason is known");
            let at = seen.and_then(|seen| seen.get("last_error_at")?.as_str()?.parse::<Timestamp>().ok());
            let at = at.map_or_else(String::new, |at| format!(" ({} UTC)", minute(at)));
            found.push(Finding::bad(
                "sources",
                format!("{}: when it was asked last{at}, {}", source.name, one_line(why)),
                format!("correct it in the settings; groundswell source test {} asks again", source.name),
            ));
        }
    }
    Ok(())
}
