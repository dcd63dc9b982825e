//! The folder with templates that override the built-in ones.

use std::collections::BTreeMap;
use std::path::Path;

/// Largest template that is read, in bytes: a letter is at most 100 KB.
const LARGEST: u64 = 200_000;

/// The files of the folder that end in `.html` or `.txt`: name → text.
///
/// # Errors
/// The folder or one of its templates cannot be read: the message names it.
pub fn read_templates(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let cannot = |path: &Path, e: std::io::Error| format!("{}: cannot be read: {e}", path.display());
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|e| cannot(folder, e))? {
        let path = entry.map_err(|e| cannot(folder, e))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // Editors leave files beside those that they save.
        if name.starts_with(['.', '#']) || path.extension().is_none_or(|end| end != "html" && end != "txt") {
            continue;
        }
        let size = std::fs::metadata(&path).map_err(|e| cannot(&path, e))?.len();
        if size > LARGEST {
            return Err(format!(
                "{}: has {size} bytes; a template has at most {LARGEST}, since mail programs cut long letters off",
                path.display()
            ));
        }
        files.insert(name.to_owned(), std::fs::read_to_string(&path).map_err(|e| cannot(&path, e))?);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_templates_are_read_and_what_cannot_be_is_named() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["alert.html", "alert.html~", ".alert.html", "alert.txt", "notes.md"] {
            std::fs::write(dir.path().join(name), name).unwrap();
        }
        let read = read_templates(dir.path()).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["alert.html", "alert.txt"]);
        std::fs::write(dir.path().join("card.html"), [0xff, 0xfe]).unwrap();
        assert!(read_templates(dir.path()).unwrap_err().contains("card.html: cannot be read"));
        assert!(read_templates(&dir.path().join("none")).unwrap_err().contains("none: cannot be read"));
    }
}
