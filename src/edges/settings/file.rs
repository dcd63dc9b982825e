//! The settings file as text: an ordinary file of a bounded size.

use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Most bytes of the settings.
const MOST_BYTES: u64 = 1 << 20;

/// Reads it.
///
/// # Errors
/// It is not there, may not be read, is no ordinary file, larger than 1 MB, or no text.
pub(super) fn text_of(path: &Path) -> Result<String> {
    let meta = std::fs::metadata(path)?;
    if meta.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    // A pipe could be waited for and a device read without end.
    if !meta.is_file() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "it is no ordinary file but a device, a pipe or a socket",
        ));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is larger than 1 MB, which no settings are"));
    }
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_of_settings_is_not_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let said = |path: &Path| text_of(path).unwrap_err().to_string();
        assert!(said(Path::new("/dev/zero")).contains("no ordinary file"));
        file.as_file().set_len(MOST_BYTES).unwrap();
        assert_eq!(text_of(file.path()).unwrap().len() as u64, MOST_BYTES);
        file.as_file().set_len(1 << 40).unwrap();
        assert!(said(file.path()).contains("larger than 1 MB"));
        std::fs::write(file.path(), b"\xff").unwrap();
        assert!(said(file.path()).contains("UTF-8"));
    }
}
