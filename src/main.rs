//! The `groundswell` program.

use std::process::ExitCode;

use clap::Parser;
use groundswell::assembly::cli::{Cli, Command};
use groundswell::assembly::commands;
use groundswell::assembly::output::tell;
use groundswell::assembly::terminal::harmless;

fn main() -> ExitCode {
    let given = Cli::try_parse().unwrap_or_else(|wrong| {
        let said = wrong.render().to_string();
        // What clap repeats of the arguments could act on the terminal; nothing else is worth losing its colours for.
        if wrong.use_stderr() && harmless(&said) != said.as_str() {
            tell(said.trim_end());
            std::process::exit(wrong.exit_code());
        }
        wrong.exit()
    });
    let done = match given.command {
        Command::Check(args) => commands::check::check(&args),
        Command::Fmt(args) => commands::fmt::fmt(&args),
        Command::Test(args) => commands::test::test(&args),
        Command::Backtest(args) => commands::backtest::backtest(&args),
        Command::Match(args) => commands::matching::matching(&args),
        Command::Run(args) => commands::run::run(&args),
        Command::Demo(args) => commands::demo::demo(&args),
        Command::Assess(args) => commands::assess::assess(&args),
        Command::Detect(args) => commands::detect::detect(&args),
        Command::Import(args) => commands::import::import(&args),
        Command::Search(args) => commands::search::search(&args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Route(args) => commands::route::route(&args),
        Command::Alerts(args) => commands::alerts::alerts(&args),
        Command::Ack(args) => commands::acts::acknowledge(&args),
        Command::Resolve(args) => commands::acts::resolve(&args),
        Command::Fixed(args) => commands::ledger::fixed(&args),
        Command::Known(args) => commands::ledger::known(&args),
        Command::Ledger(args) => commands::ledger::ledger(&args),
        Command::Silence(args) => commands::silence::silence(&args),
        Command::Feedback(args) => commands::acts::feedback(&args),
        Command::Leave(args) => commands::acts::leave(&args),
        Command::Decisions(args) => commands::decisions::decisions(&args),
        Command::Merge(args) => commands::complaints::merge(&args),
        Command::Split(args) => commands::complaints::split(&args),
        Command::Clusters(args) => commands::clusters::clusters(&args),
        Command::Name(args) => commands::complaints::name(&args),
        Command::Ignore(args) => commands::complaints::ignore(&args),
        Command::Source(args) => commands::source::source(&args),
        Command::Status(args) => commands::status::status(&args),
        Command::Doctor(args) => commands::doctor::doctor(&args),
        Command::Backup(args) => commands::backup::backup(&args),
        Command::Restore(args) => commands::backup::restore(&args),
        Command::Export(args) => commands::author::export(&args),
        Command::Forget(args) => commands::author::forget(&args),
        Command::Man(args) => commands::manual::man(&args),
        Command::Completions(args) => commands::manual::completions(&args),
        Command::Mail(args) => commands::mail::mail(&args.command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                tell(format!("groundswell: {message}"));
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}
