//! `run`: the daemon.

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use crate::assembly::cli::RunArgs;
use crate::assembly::configured::settings;
use crate::assembly::daemon::Daemon;
use crate::assembly::failure::{Exit, Failure};

/// Runs `run`.
///
/// # Errors
/// Settings, rules or data folder cannot be used, or the store breaks.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    listen_to_logs();
    if !args.config.config.exists() {
        let path = args.config.config.display();
        return Err(Failure::say(
            Exit::Settings,
            format!(
                "the settings file {path} is not there; make it (README.md has an example of ten lines) or name another one with --config FILE"
            ),
        ));
    }
    let settings = settings(&args.config)?;
    let rules = args.rules.clone().unwrap_or_else(|| settings.rules.folder.clone());
    let daemon = Daemon::set_up(settings, rules, args.until_done, args.wait_for_rules)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::say(Exit::Software, format!("the runtime cannot be started: {e}")))?;
    runtime.block_on(daemon.run())
}

/// To the journal when systemd listens, else to standard error. GROUNDSWELL_LOG says how much, such as "debug".
fn listen_to_logs() {
    let filter = EnvFilter::try_from_env("GROUNDSWELL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let journal = std::env::var_os("JOURNAL_STREAM").and_then(|_| tracing_journald::layer().ok());
    let started = match journal {
        Some(journal) => registry.with(journal).try_init(),
        None => registry
            .with(fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_target(false))
            .try_init(),
    };
    // A second subscriber in one process only happens in tests.
    drop(started);
}
