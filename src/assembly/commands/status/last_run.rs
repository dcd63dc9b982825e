//! What the daemon wrote down in its last run, where none runs now: it is told as that, with its time, and not told of what
//! has been mended since.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::told::text;
use crate::assembly::commands::doctor::readable;
use crate::assembly::commands::standing::minute;
use crate::assembly::configured::All;
use crate::edges::sources::{SourceConfig, SourceSettings, check, secret_file};
use crate::ground::time::Timestamp;

/// `in the last run, which ended at 2026-01-01 10:00 UTC`, by when the daemon was last there.
pub(super) fn of_the_last_run(daemon: Option<&Value>) -> String {
    let last = daemon.and_then(|note| text(note, "at")).and_then(|at| at.parse::<Timestamp>().ok());
    last.map_or_else(
        || "in the last run".to_owned(),
        |at| format!("in the last run, which ended at {} UTC", minute(at)),
    )
}

/// Takes away what the last run said against sources that the settings no longer have, and of those that could not begin and
/// can now, as far as that is seen from here.
pub(super) fn leave_out_what_is_mended(sources: &mut BTreeMap<String, Value>, settings: &All) {
    // Settings without sources are of somebody who looks at the data alone, and say nothing about them.
    if settings.source.is_empty() {
        return;
    }
    for (name, source) in sources.iter_mut() {
        let configured = settings.source.iter().find(|source| source.name == *name);
        // What the other side refused is not known to be mended before it is asked again.
        let could_not_begin = source.get("tried_again").and_then(Value::as_bool) == Some(true);
        let mended = configured.is_none_or(|source| could_not_begin && can_begin(source));
        if mended
            && text(source, "state") == Some("failed")
            && let Some(source) = source.as_object_mut()
        {
            source.insert("state".into(), "stopped".into());
            source.remove("last_error");
        }
    }
}

/// Whether the settings of a source can work, and what they name can be read.
fn can_begin(source: &SourceSettings) -> bool {
    let file = match &source.kind {
        SourceConfig::Jsonl(config) if config.path != Path::new("-") => Some(&config.path),
        _ => None,
    };
    let is_there = |path: &Path| {
        std::fs::metadata(path).is_ok_and(|meta| !meta.is_dir()) && std::fs::File::open(path).is_ok()
    };
    check(source).is_ok()
        && secret_file(source).is_none_or(|(_, path)| readable(path).is_ok())
        && file.is_none_or(|path| is_there(path))
}
