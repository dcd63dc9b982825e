//! `man`, `completions`: the manual pages and what a shell completes, made from the command line itself so that they cannot
//! say anything else.

use std::io::Write;

use clap::CommandFactory;

use crate::assembly::cli::{Cli, CompletionsArgs, ManArgs};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{counted, raw_stdout, tell};

/// Runs `man`.
///
/// # Errors
/// The folder cannot be written.
pub fn man(args: &ManArgs) -> Result<(), Failure> {
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        let mut out = raw_stdout();
        out.write_all(&page)?;
        return Ok(out.flush()?);
    };
    let fail = |e: std::io::Error| {
        Failure::say(Exit::CannotCreate, format!("the pages cannot be written to {}: {e}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(fail)?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    clap_mangen::generate_to(command, folder).map_err(fail)?;
    let pages = std::fs::read_dir(folder).map_err(fail)?.count() as u64;
    tell(format!("{} in {}", counted(pages, "page", "pages"), folder.display()));
    Ok(())
}

/// Runs `completions`.
///
/// # Errors
/// The output cannot be written.
pub fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "groundswell", &mut script);
    let mut out = raw_stdout();
    out.write_all(&script)?;
    Ok(out.flush()?)
}
