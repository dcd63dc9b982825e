//! A folder in which letters are left: for trying things out, and for mail systems that collect them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::settings::SettingsError;
use super::{Message, Outcome};

/// The folder. Each letter becomes `MESSAGE-ID.eml` and `MESSAGE-ID.html`, with the reader's address before the dot where
/// several get copies of their own; a repeat takes the place of the first.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// The folder, made if it is not there: letters quote people, so it is its owner's alone. One that is there keeps its mode.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(folder: &Path) -> Result<Self, SettingsError> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| SettingsError::File {
            path: folder.display().to_string(),
            key: "mail.spool.folder",
            why: e.to_string(),
        })?;
        Ok(Self { folder: folder.to_owned() })
    }

    pub(super) async fn send(&self, message: &Message) -> Outcome {
        let (folder, message) = (self.folder.clone(), message.clone());
        let name = file_name(&message.name());
        let written = tokio::task::spawn_blocking(move || {
            // The letter last: where it is, the page beside it is whole.
            replace(&folder, &format!("{name}.html"), message.view().as_bytes())?;
            replace(&folder, &format!("{name}.eml"), message.bytes())
        });
        match written.await {
            Ok(Ok(path)) => {
                Outcome::Sent { answer: format!("written to {}", path.display()), left_out: Vec::new() }
            }
            Ok(Err(e)) => Outcome::TryLater {
                why: format!("cannot write a letter into {} (mail.spool.folder): {e}", self.folder.display()),
            },
            Err(e) => {
                Outcome::TryLater { why: format!("writing into {} was stopped: {e}", self.folder.display()) }
            }
        }
    }
}

/// Writes the file whole or not at all, and lets it survive a power cut.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(name);
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, &path)?;
    // The new name is on the disk when the folder is.
    File::open(folder)?.sync_all()?;
    Ok(path)
}

/// A message's name as a file name, never hidden and never a path.
fn file_name(message_id: &str) -> String {
    let name: String = message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') { c } else { '-' })
        .take(200)
        .collect();
    name.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_is_never_a_path() {
        assert_eq!(file_name("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(file_name("mini-9.0.netbooks@example.org"), "mini-9.0.netbooks@example.org");
    }

    #[test]
    fn a_repeat_takes_the_place_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        replace(folder.path(), "a.eml", b"one, long").unwrap();
        replace(folder.path(), "a.eml", b"two").unwrap();
        assert_eq!(fs::read(folder.path().join("a.eml")).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_left_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("mail");
        Spool::open(&folder).unwrap();
        replace(&folder, "a.eml", b"one").unwrap();
        assert_eq!((mode(&folder), mode(&folder.join("a.eml"))), (0o700, 0o600));
    }

    #[test]
    fn a_folder_that_cannot_be_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let said = Spool::open(&file.path().join("x")).unwrap_err().to_string();
        assert!(said.contains("mail.spool.folder") && said.contains("/x"), "{said}");
    }
}
