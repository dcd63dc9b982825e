//! `check`: every problem of the rule files in one run.

use std::io::{IsTerminal, Write};

use crate::assembly::cli::{CheckArgs, Format};
use crate::assembly::failure::Failure;
use crate::assembly::output::{colour, counted, stdout, tell};
use crate::edges::rules_folder::read_rules;
use crate::ground::diagnostic::Level;
use crate::logic::assess::Assessor;
use crate::logic::rules::{RuleSet, report};

/// Runs `check`.
///
/// # Errors
/// The folder cannot be read, or its rules have an error.
pub fn check(args: &CheckArgs) -> Result<(), Failure> {
    let files = read_rules(&args.rules.rules)?;
    let (set, mut problems) = RuleSet::load(&files);
    problems.extend(Assessor::load(&files).1);
    let mut out = stdout();
    match args.format {
        Format::Json => writeln!(out, "{}", report::to_json(&problems))?,
        Format::Text if problems.is_empty() => {}
        Format::Text => {
            writeln!(
                out,
                "{}",
                report::to_text(&problems, &files, colour(std::io::stdout().is_terminal())).trim_end()
            )?;
        }
    }
    out.flush()?;
    let errors = problems.iter().filter(|p| p.level == Level::Error).count();
    let warnings = problems.len() - errors;
    let what = set.map_or_else(String::new, |set| {
        let topics: usize = set.products.iter().map(|p| p.topics.len()).sum();
        format!(
            " in {}, {} and {}",
            counted(set.products.len() as u64, "product", "products"),
            counted(topics as u64, "topic", "topics"),
            counted(set.teams.len() as u64, "team", "teams")
        )
    });
    if problems.is_empty() {
        tell(format!("{}: no problem{what}", args.rules.rules.display()));
    } else {
        tell(format!(
            "{}: {} and {}",
            args.rules.rules.display(),
            counted(errors as u64, "error", "errors"),
            counted(warnings as u64, "warning", "warnings")
        ));
    }
    if errors > 0 { Err(Failure::said()) } else { Ok(()) }
}
