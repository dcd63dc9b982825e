//! A folder of rule files, read as one.

use std::path::{Path, PathBuf};

use crate::ground::entry::{NOT_UTF8, RuleFile, RuleFiles};

/// Folders below the rules folder are read this deep.
const DEPTH: usize = 3;
/// More files than this are taken for the wrong folder.
const MOST_FILES: usize = 20_000;
/// Larger files are handed on cut off: the loader says that they are too large.
const MOST_BYTES: u64 = 2 << 20;

/// How files end that somebody may have meant as rules.
const OTHER_ENDINGS: [&str; 7] = [".txt", ".tml", ".doc", ".docx", ".odt", ".rtf", ".ini"];

/// Why the rules cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RulesFolderError {
    /// The folder or a file in it.
    #[error("the rules in {} cannot be read: {source}; groundswell's user has to be able to read it, and the folder is named by --rules DIR or [rules] folder", path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file in the folder.
    #[error("{} cannot be read: {source}; let groundswell's user read it (chmod a+r), or move it out of the rules folder", path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A link in the folder.
    #[error("{} is a link that leads to nothing: mend it, or take it away", path.display())]
    Dangling {
        /// The link.
        path: PathBuf,
    },
    /// A file where the folder should be.
    #[error("{} is a file, and rules are read by the folder: name the folder that it is in, {}", path.display(), parent.display())]
    File {
        /// What was named.
        path: PathBuf,
        /// The folder it is in.
        parent: PathBuf,
    },
    /// Nothing of that name.
    #[error("there is no folder {}: make it and put rule files into it, or name the folder that has them by --rules DIR or [rules] folder", path.display())]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// A pipe, a device, a socket: reading it could wait for ever.
    #[error("{} is no ordinary file; move it out of the rules folder", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// A file that was to be changed.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Too many files.
    #[error("{} holds more than {MOST_FILES} files; is it really a folder of rules?", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
}

/// Reads every `.toml` of a folder and of those in it, in order of path.
///
/// # Errors
/// The folder or one of its files cannot be read.
pub fn read_rules(folder: &Path) -> Result<RuleFiles, RulesFolderError> {
    let (files, unreadable) = read_what_can_be(folder)?;
    unreadable.into_iter().next().map_or(Ok(files), |(_, error)| Err(error))
}

/// … and of each file below the folder that cannot be read, its path there and why.
///
/// # Errors
/// The folder cannot be read.
pub fn read_what_can_be(
    folder: &Path,
) -> Result<(RuleFiles, Vec<(String, RulesFolderError)>), RulesFolderError> {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    if folder.is_file() {
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or_else(|| Path::new(".")).to_owned();
        return Err(RulesFolderError::File { path: folder.to_owned(), parent });
    }
    if std::fs::symlink_metadata(folder).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
        return Err(RulesFolderError::Missing { path: folder.to_owned() });
    }
    collect(folder, folder, DEPTH, &mut files, &mut unreadable)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    unreadable.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok((RuleFiles { folder: folder.display().to_string(), files }, unreadable))
}

/// Files of a rules folder that look like rules and are not read, since they end in another way than `.toml`: an editor that
/// adds `.txt`, a text program that saves its own form. As paths below the folder, in order; none where it cannot be read.
pub fn strays(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let below = ["", "tests", "lexicon"].map(|below| (below, folder.join(below)));
    for (below, folder) in below {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries.filter(|e| e.path().is_file()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let small = name.to_lowercase();
            let ignored = name.starts_with('.') || name.starts_with("~$") || name.ends_with('~');
            let teams = matches!(small.as_str(), "team" | "teams");
            let like_rules =
                teams || small.contains(".toml") || OTHER_ENDINGS.iter().any(|end| small.ends_with(end));
            if !ignored && !name.ends_with(".toml") && like_rules {
                found.push(if below.is_empty() { name } else { format!("{below}/{name}") });
            }
        }
    }
    found.sort();
    found
}

/// Writes one rule file back, so that whoever reads it meanwhile sees the old text or the new one, and nothing between.
///
/// # Errors
/// The folder or the file cannot be written.
pub fn write_rule(folder: &Path, file: &RuleFile) -> Result<(), RulesFolderError> {
    // A link stays a link: what it leads to is changed.
    let named = folder.join(&file.path);
    let path = std::fs::canonicalize(&named).unwrap_or(named);
    let fail = |source| RulesFolderError::Unwritable { path: path.clone(), source };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("rules");
    let beside = path.with_file_name(format!(".{name}.new"));
    let write = || -> std::io::Result<()> {
        std::fs::write(&beside, &file.text)?;
        std::fs::set_permissions(&beside, std::fs::metadata(&path)?.permissions())?;
        std::fs::rename(&beside, &path)
    };
    write().map_err(|e| {
        let _ = std::fs::remove_file(&beside);
        fail(e)
    })
}

fn collect(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut Vec<RuleFile>,
    unreadable: &mut Vec<(String, RulesFolderError)>,
) -> Result<(), RulesFolderError> {
    let below = |path: &Path| {
        let relative = path.strip_prefix(root).unwrap_or(path);
        relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| RulesFolderError::Unreadable { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(fail(folder))? {
        let path = entry.map_err(fail(folder))?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        // Editors leave hidden files and `x~` behind; a dangling link is somebody's half-done work.
        if name.starts_with('.') || name.ends_with('~') || name.starts_with("~$") {
            continue;
        }
        let meta = match std::fs::metadata(&path) {
            Ok(meta) => meta,
            Err(source) => {
                let error = match path.is_symlink() {
                    true => RulesFolderError::Dangling { path: path.clone() },
                    false => RulesFolderError::UnreadableFile { path: path.clone(), source },
                };
                unreadable.push((below(&path), error));
                continue;
            }
        };
        if meta.is_dir() {
            if depth > 0
                && !leads_back(&path, folder)
                && let Err(error) = collect(root, &path, depth - 1, files, unreadable)
            {
                match error {
                    RulesFolderError::TooMany { .. } => return Err(error),
                    error => unreadable.push((below(&path), error)),
                }
            }
        } else if name.ends_with(".toml") {
            if !meta.is_file() {
                unreadable.push((below(&path), RulesFolderError::NoFile { path }));
                continue;
            }
            if files.len() >= MOST_FILES {
                return Err(RulesFolderError::TooMany { path: root.to_owned() });
            }
            match read_bounded(&path) {
                Ok(bytes) => files.push(RuleFile { path: below(&path), text: text_of(bytes) }),
                Err(source) => {
                    unreadable.push((below(&path), RulesFolderError::UnreadableFile { path, source }));
                }
            }
        }
    }
    Ok(())
}

/// Is this a link to the folder it is in, or to one above? There is nothing in it that is not read already.
fn leads_back(link: &Path, folder: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    link.is_symlink() && real(link).zip(real(folder)).is_some_and(|(to, from)| from.starts_with(to))
}

/// The text of a file. What is not UTF-8 is marked, at the first byte that is not, with a sign that no rule file can
/// have ([`NOT_UTF8`]): the loader says where, and what else is wrong in this and in the other files.
fn text_of(bytes: Vec<u8>) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().skip(1).map(|pair| unit(*pair)).collect();
        format!("{NOT_UTF8}{}", String::from_utf16_lossy(&units))
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => return utf16(&bytes, u16::from_le_bytes),
        [0xfe, 0xff, ..] => return utf16(&bytes, u16::from_be_bytes),
        _ => {}
    }
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let until = error.utf8_error().valid_up_to();
        let lossy = String::from_utf8_lossy(error.as_bytes());
        // Up to there it is the same text.
        let (sound, rest) = lossy.split_at(until);
        format!("{sound}{NOT_UTF8}{}", rest.strip_prefix(char::REPLACEMENT_CHARACTER).unwrap_or(rest))
    })
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    // The cut may have gone through a character; that is no fault of the file's.
    if bytes.len() as u64 == MOST_BYTES
        && let Err(e) = std::str::from_utf8(&bytes)
        && e.error_len().is_none()
    {
        bytes.truncate(e.valid_up_to());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_order_with_folders_and_without_what_editors_leave() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("lexicon")).unwrap();
        for name in ["b.toml", "a.toml", "lexicon/en.toml", ".a.toml.swp", "a.toml~", "notes.md"] {
            std::fs::write(dir.path().join(name), name).unwrap();
        }
        let files = read_rules(dir.path()).unwrap();
        let paths: Vec<_> = files.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(paths, ["a.toml", "b.toml", "lexicon/en.toml"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let said = read_rules(Path::new("/nonexistent/rules")).unwrap_err().to_string();
        assert!(said.contains("/nonexistent/rules") && said.contains("--rules"), "{said}");
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_told_with_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kettle.toml");
        std::fs::write(&file, "").unwrap();
        let said = read_rules(&file).unwrap_err().to_string();
        assert!(said.contains("is a file") && said.ends_with(&dir.path().display().to_string()), "{said}");
        std::fs::write(dir.path().join("teams"), "").unwrap();
        assert_eq!(strays(dir.path()), ["teams"]);
    }

    #[test]
    fn what_is_no_file_is_refused_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("endless.toml")).unwrap();
        let said = read_rules(dir.path()).unwrap_err().to_string();
        assert!(said.contains("endless.toml is no ordinary file"), "{said}");
    }

    #[test]
    fn another_encoding_is_marked_where_it_begins() {
        let dir = tempfile::tempdir().unwrap();
        let text = |bytes: &[u8]| {
            std::fs::write(dir.path().join("a.toml"), bytes).unwrap();
            read_rules(dir.path()).unwrap().files.remove(0).text
        };
        assert_eq!(text(b"# x\nname = \"M\xe4her \xfc\"\n"), "# x\nname = \"M\0her \u{fffd}\"\n");
        assert_eq!(text(b"\xff\xfe[\0p\0"), "\0[p");
        assert_eq!(text("näher".as_bytes()), "näher");
    }

    #[test]
    fn a_file_of_ten_megabytes_is_cut_at_a_character() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.toml"), format!("#{}", "é".repeat(5_000_000))).unwrap();
        let files = read_rules(dir.path()).unwrap();
        assert!(files.files[0].text.len() as u64 >= MOST_BYTES - 4);
    }

    #[test]
    fn a_link_to_itself_is_named() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(dir.path().join("a.toml"), dir.path().join("a.toml")).unwrap();
        let said = read_rules(dir.path()).unwrap_err().to_string();
        assert!(said.contains("a.toml is a link that leads to nothing"), "{said}");
    }

    #[test]
    fn a_link_that_leads_in_a_circle_ends() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.toml"), "x").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        assert_eq!(read_rules(dir.path()).unwrap().files.len(), 1, "what it leads to is read already");
    }
}
