//! `doctor --deep`: every checksum of what is kept, and what to do where one does not fit.

use std::path::Path;

use super::findings::Finding;
use crate::assembly::commands::standing::{count, take_unless_running};
use crate::assembly::failure::Failure;
use crate::edges::index::PostIndex;
use crate::edges::store::{FILE, Store};

/// What to do about a damaged row.
const WITHOUT_A_BACKUP: &str = "restore the newest backup; where there is none: stop the daemon and type groundswell doctor --deep --let-go";

/// Reads everything; with `let_go` what is damaged goes.
///
/// # Errors
/// The data folder is another daemon's, or cannot be written.
pub(super) fn look(folder: &Path, let_go: bool, found: &mut Vec<Finding>) -> Result<(), Failure> {
    if !folder.join(FILE).exists() {
        return Ok(());
    }
    let mut store = match Store::open_existing(folder) {
        Ok(store) => store,
        // It has been told of.
        Err(_) => return Ok(()),
    };
    match store.verify() {
        Err(e) => {
            found.push(Finding::bad("data", e.to_string(), "groundswell restore FILE, into an empty folder"))
        }
        Ok(damaged) if damaged.is_empty() => {
            found.push(Finding::good("data", "every checksum of log, decisions and letters fits"));
        }
        Ok(damaged) => {
            let lock = if let_go { take_unless_running(folder)? } else { None };
            for damage in &damaged {
                let says = format!("{} ({}) is damaged: its checksum does not fit", damage.row, damage.table);
                found.push(match &lock {
                    Some(_) => Finding::advice("data", says, format!("let go of: {}", damage.means)),
                    None => Finding::bad("data", says, format!("{WITHOUT_A_BACKUP}: {}", damage.means)),
                });
            }
            if lock.is_some() {
                let gone = store.let_go_of_damaged()?;
                found.push(Finding::good(
                    "data",
                    format!("let go of {}", count(gone as u64, "damaged row", "damaged rows")),
                ));
            }
        }
    }
    match PostIndex::open_for_reading(folder).and_then(|index| index.damaged_files()) {
        Ok(files) if files.is_empty() => {
            found.push(Finding::good("index", "every checksum of the index fits"))
        }
        Ok(files) => found.push(Finding::bad(
            "index",
            format!(
                "{} of it are damaged, such as {}",
                count(files.len() as u64, "file", "files"),
                first(&files)
            ),
            "stop the daemon and remove the folders index-… in the data folder: it is made anew from the log",
        )),
        Err(e) => found.push(Finding::bad(
            "index",
            e.to_string(),
            "stop the daemon and remove the folders index-… in the data folder: it is made anew from the log",
        )),
    }
    Ok(())
}

fn first(files: &[std::path::PathBuf]) -> String {
    files.first().map_or_else(String::new, |file| file.display().to_string())
}
