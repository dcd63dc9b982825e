//! The commands, one file each.

pub mod acts;
pub mod alerts;
pub mod assess;
pub mod author;
pub mod backtest;
mod backtest_text;
pub mod backup;
pub mod check;
pub mod clusters;
pub mod complaints;
pub mod decisions;
pub mod demo;
pub mod detect;
pub mod doctor;
pub mod explain;
mod explain_life;
mod explain_not;
pub mod fmt;
pub mod import;
mod in_order;
pub mod ledger;
pub mod mail;
pub mod manual;
pub mod matching;
mod named;
pub mod route;
pub mod run;
pub mod search;
pub mod silence;
pub mod source;
mod standing;
pub mod status;
pub mod test;
mod undo;

use std::path::Path;

use super::failure::Failure;
use super::output::tell_problems;
use crate::edges::rules_folder::read_rules;
use crate::ground::diagnostic::Level;
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

/// Reads the rules of a folder; says on standard error what is wrong with them. Examples that fail are told and hinder
/// nothing: whoever mends them wants to try the rules on posts.
///
/// # Errors
/// The folder cannot be read, or the rules have another error.
pub fn load_rules(folder: &Path) -> Result<Rules, Failure> {
    let files = read_rules(folder)?;
    let (set, mut problems) = RuleSet::load(&files);
    let (assessor, more) = Assessor::load(&files);
    problems.extend(more);
    tell_problems(&problems, &files);
    let wrong = problems.iter().any(|p| p.level == Level::Error && p.code != "example-fails");
    match set {
        Some(set) if !wrong => {
            let assessor = assessor.naming(&set);
            Ok(Rules { files, set, assessor })
        }
        _ => Err(Failure::said()),
    }
}
