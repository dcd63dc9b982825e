//! `fmt`: rule files laid out in one way.

use std::io::Write;

use crate::assembly::cli::FmtArgs;
use crate::assembly::failure::Failure;
use crate::assembly::output::{counted, diff, stdout, tell};
use crate::edges::rules_folder::{read_rules, write_rule};
use crate::ground::entry::{NOT_UTF8, RuleFile};
use crate::logic::rules::layout::layout;

/// Runs `fmt`.
///
/// # Errors
/// The folder cannot be read or written, a file is not TOML, or with `--check` a file is laid out otherwise.
pub fn fmt(args: &FmtArgs) -> Result<(), Failure> {
    let folder = &args.rules.rules;
    let files = read_rules(folder)?;
    let (mut changed, mut broken) = (0, 0);
    let mut out = stdout();
    // The lexicons are lists of words with a layout of their own.
    for file in files.files.iter().filter(|file| !file.path.starts_with("lexicon/")) {
        let name = folder.join(&file.path);
        let text = match layout(&file.text) {
            Ok(text) => text,
            Err(_) if file.text.contains(NOT_UTF8) => {
                broken += 1;
                tell(format!(
                    "{}: left as it is: it is not saved as UTF-8; groundswell check says where",
                    name.display()
                ));
                continue;
            }
            Err(why) => {
                broken += 1;
                tell(format!(
                    "{}: left as it is: {}; groundswell check says where",
                    name.display(),
                    why.lines().next().unwrap_or_default()
                ));
                continue;
            }
        };
        if text == file.text {
            continue;
        }
        changed += 1;
        if args.check {
            write!(out, "{}", diff(&name.display().to_string(), &file.text, &text))?;
        } else {
            write_rule(folder, &RuleFile { path: file.path.clone(), text })?;
            writeln!(out, "{}", name.display())?;
        }
    }
    out.flush()?;
    let files = counted(files.files.len() as u64, "file", "files");
    tell(match (args.check, changed) {
        (_, 0) => format!("{}: {files}, nothing to change", folder.display()),
        (true, n) => format!("{}: {files}, {n} would change", folder.display()),
        (false, n) => format!("{}: {files}, {n} changed", folder.display()),
    });
    if broken > 0 || (args.check && changed > 0) { Err(Failure::said()) } else { Ok(()) }
}
