//! The time before there are rules: a service that was installed a minute ago waits for them instead of failing.

use std::path::Path;
use std::time::Duration;

use super::engine::{Engine, Taken};
use super::system::{self, Signal, Signals};
use crate::assembly::failure::{Exit, Failure};
use crate::edges::rules_folder::read_rules;
use crate::ground::entry::RuleFiles;

/// How often the folder is looked at: nothing watches it yet, and it may not be there.
const LOOK: Duration = Duration::from_secs(1);

/// Waits until the folder holds rules that can be put in force, and puts them in force. `None` when told to stop before.
/// Nothing is taken in meanwhile: posts that no rule is about would be passed over for good.
///
/// # Errors
/// The store cannot be written.
pub(super) async fn wait(
    engine: &mut Engine,
    folder: &Path,
    signals: &mut Signals,
) -> Result<Option<Taken>, Failure> {
    let shown = folder.display();
    let waiting = format!("no rules are in force yet: nothing is taken in until {shown} holds sound ones");
    tracing::error!("{waiting} (rules/README.md: ten minutes to the first one)");
    system::ready(&waiting);
    let mut look = tokio::time::interval(LOOK);
    let mut seen: Option<Result<RuleFiles, String>> = None;
    loop {
        tokio::select! {
            _ = look.tick() => {
                system::alive();
                let read = read_rules(folder).map_err(|e| e.to_string());
                if seen.as_ref() == Some(&read) {
                    continue;
                }
                // It writes to the store, which tasks must not wait for.
                match tokio::task::block_in_place(|| engine.take_rules(&read)) {
                    Ok(taken) => return Ok(Some(taken)),
                    Err(failure) if matches!(failure.exit, Exit::Problems | Exit::NoInput) => {
                        let why = failure.message().unwrap_or_else(|| "they have the errors above".into());
                        tracing::error!("these are no rules to begin with: {why}");
                    }
                    Err(failure) => return Err(failure),
                }
                seen = Some(read);
            }
            signal = signals.next() => match signal {
                // The next look is within a second.
                Signal::Reload => {
                    system::reloading();
                    system::ready(&waiting);
                }
                Signal::Stop => {
                    system::stopping();
                    tracing::info!("stopping: there were no rules");
                    return Ok(None);
                }
            },
        }
    }
}
