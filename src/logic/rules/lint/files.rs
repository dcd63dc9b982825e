//! What is wrong with the folder as a whole.
//!
//! Why: a folder without a product watches nothing, and a file that is not read changes nothing, and both look like
//! all is well. Fix: as the message says.

use super::documented::{Doc, Shown};
use crate::ground::diagnostic::{Diagnostic, Level, Place};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 5] = [
    Doc::error("no-product", "No file defines a product", "Nothing would be watched.", Shown::Words, ""),
    Doc::error(
        "file-encoding",
        "A file that is not saved as UTF-8",
        "Letters with accents and signs of other alphabets would be others than those that you see. What stands before them, and all other files, is checked all the same.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "file-unreadable",
        "A file that cannot be opened",
        "Nothing in it counts, so the rules cannot be put in force. All other files are checked all the same. Told by `check`, whose exit status is then 66.",
        Shown::Words,
        "",
    ),
    Doc::warning(
        "file-not-read",
        "A TOML file in a folder that is not looked into",
        "It changes nothing, and looks as if it did.",
        Shown::Words,
        "",
    ),
    Doc::warning(
        "file-other-ending",
        "A file that looks like rules and does not end in .toml",
        "It is not read, and looks as if it were: editors add .txt, and text programs save their own form. Told by `check`.",
        Shown::Words,
        "",
    ),
];

/// `file-other-ending`: a file that looks like rules and is not read, by its path below the rules folder.
pub(in crate::logic::rules) fn other_ending(path: &str) -> Diagnostic {
    let stem = path.split(".toml").next().unwrap_or(path);
    let stem = match stem == path {
        true => path.rsplit_once('.').map_or(path, |(stem, _)| stem),
        false => stem,
    };
    Diagnostic {
        code: "file-other-ending",
        level: Level::Warning,
        message: format!("{path} is not read: rule files end in .toml"),
        place: None,
        label: String::new(),
        fix: None,
        help: Some(format!(
            "save it as plain text under the name {stem}.toml, or move it out of the rules folder"
        )),
    }
}

/// `file-unreadable`: a file that cannot be opened, and why.
pub(in crate::logic::rules) fn unreadable(said: &str) -> Diagnostic {
    let (message, help) =
        said.split_once("; ").unwrap_or((said, "mend it, or move it out of the rules folder"));
    Diagnostic {
        code: "file-unreadable",
        level: Level::Error,
        message: message.to_owned(),
        place: None,
        label: String::new(),
        fix: None,
        help: Some(help.to_owned()),
    }
}

/// `file-encoding`: a file in another encoding, from its first byte on or somewhere.
pub(in crate::logic::rules) fn encoding(place: Place, from_the_start: bool) -> Diagnostic {
    let what = if from_the_start { "as UTF-16 (\"Unicode\")" } else { "in another encoding than UTF-8" };
    let message = format!("{} is saved {what}", place.file);
    Diagnostic::error("file-encoding", message, place)
        .label(if from_the_start { "from here on" } else { "a letter that cannot be read" })
        .help("in your editor choose \"Save as\" with the encoding UTF-8, and look whether letters with accents are still right")
}

/// `no-product`: no file defines a product.
pub(in crate::logic::rules) fn no_product(folder: &str) -> Diagnostic {
    let folder = if folder.is_empty() { "the rules folder" } else { folder };
    Diagnostic {
        code: "no-product",
        level: Level::Error,
        message: format!("there is no product in {folder}: nothing would be watched"),
        place: None,
        label: String::new(),
        fix: None,
        help: Some("write one file a product, such as mini-9.toml, with a [product] table in it".to_owned()),
    }
}

/// `file-not-read`: a TOML file in a folder that is not looked into.
pub(in crate::logic::rules) fn not_read(place: Place) -> Diagnostic {
    let message =
        format!("{} is not read: products are looked for at the top of the rules folder only", place.file);
    Diagnostic::warning("file-not-read", message, place)
        .help("move it up to the top, or give it a name that does not end in .toml")
}
