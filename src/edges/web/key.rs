//! The key that links are signed with: named by the settings, handed over by systemd, or made here once.

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Name of the systemd credential, and of the file in the data folder.
pub const KEY_FILE: &str = NAME;
const NAME: &str = "web-key";
/// Bytes of a key that is made here; and the fewest of one that is not.
const BYTES: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file cannot be read or made.
    #[error("the key of the letters' links, {}, cannot be used: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// The key: of `file` where the settings name one, else of systemd's credential `web-key`, else of the data folder, where
/// it is made if it is not there. With another key all links of earlier letters stop working.
///
/// # Errors
/// A file cannot be read or made, or holds fewer than 32 bytes.
pub fn key(file: Option<&Path>, credentials: Option<&Path>, data: &Path) -> Result<Vec<u8>, KeyError> {
    if let Some(key) = given_key(file, credentials)? {
        return Ok(key);
    }
    let file = data.join(NAME);
    match make(&file) {
        Ok(()) => tracing::info!(file = %file.display(), "made a key for the links of letters"),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
        Err(e) => return Err(KeyError::File { path: file, why: e.to_string() }),
    }
    read(&file)
}

/// The same, where it is given: nothing is made.
///
/// # Errors
/// A file cannot be read, or holds fewer than 32 bytes.
pub fn given_key(file: Option<&Path>, credentials: Option<&Path>) -> Result<Option<Vec<u8>>, KeyError> {
    let credential = || credentials.map(|folder| folder.join(NAME)).filter(|file| file.exists());
    file.map(Path::to_owned).or_else(credential).map(|file| read(&file)).transpose()
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    let bad = |why: String| KeyError::File { path: path.to_owned(), why };
    let bytes = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    let key = bytes.trim_ascii();
    if key.len() < BYTES {
        return Err(bad(format!(
            "it holds {} bytes, and fewer than {BYTES} can be guessed (openssl rand -hex 32 makes one)",
            key.len()
        )));
    }
    Ok(key.to_vec())
}

/// Makes a key that only we can read, whole or not at all.
fn make(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let mut key = [0_u8; BYTES];
    getrandom::fill(&mut key).map_err(std::io::Error::other)?;
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let unfinished = path.with_extension("unfinished");
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{hex}")?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_made_once_for_us_alone() {
        let data = tempfile::tempdir().unwrap();
        let made = key(None, None, data.path()).unwrap();
        assert_eq!(made.len(), 64);
        assert_eq!(key(None, None, data.path()).unwrap(), made);
        let mode = std::fs::metadata(data.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_ne!(key(None, None, tempfile::tempdir().unwrap().path()).unwrap(), made);
    }

    #[test]
    fn a_key_that_is_named_is_taken_and_a_short_one_is_refused_without_being_shown() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("k");
        std::fs::write(&file, "0123456789abcdef0123456789abcdef\n").unwrap();
        assert_eq!(key(Some(&file), None, dir.path()).unwrap().len(), 32);
        std::fs::write(dir.path().join(NAME), "fedcba9876543210fedcba9876543210").unwrap();
        assert!(key(None, Some(dir.path()), Path::new("/nonexistent")).unwrap().starts_with(b"fedc"));
        std::fs::write(&file, "s3cret").unwrap();
        let said = key(Some(&file), None, dir.path()).unwrap_err().to_string();
        assert!(said.contains("6 bytes") && !said.contains("s3cret"), "{said}");
    }
}
