//! The commands, one file each.

pub mod acts;
pub mod alerts;
pub mod assess;
pub mod backtest;
mod backtest_text;
pub mod check;
pub mod demo;
pub mod detect;
pub mod explain;
pub mod import;
pub mod matching;
pub mod run;
pub mod search;
mod standing;
pub mod status;

use std::path::Path;

use super::failure::Failure;
use super::output::tell_problems;
use crate::edges::rules_folder::read_rules;
use crate::ground::entry::RuleFiles;
use crate::logic::assess::Assessor;
use crate::logic::rules::RuleSet;

/// Rules that have been read and are sound.
pub struct Rules {
    /// Their text.
    pub files: RuleFiles,
    /// What they mean.
    pub set: RuleSet,
    /// The lexicons beside them.
    pub assessor: Assessor,
}

/// Reads the rules of a folder; says on standard error what is wrong with them.
///
/// # Errors
/// The folder cannot be read, or the rules have an error.
pub fn load_rules(folder: &Path) -> Result<Rules, Failure> {
    let files = read_rules(folder)?;
    let (set, mut problems) = RuleSet::load(&files);
    let (assessor, more) = Assessor::load(&files);
    problems.extend(more);
    let wrong = tell_problems(&problems, &files);
    match set {
        Some(set) if !wrong => Ok(Rules { files, set, assessor }),
        _ => Err(Failure::said()),
    }
}
