//! Notices that somebody saved a rule file. What changed is not asked: whoever is told reads the folder again.

use std::path::Path;
use std::time::Duration;

use notify::event::EventKind;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

/// A change is told when nothing more has changed for so long: an editor writes, renames and removes, and a git pull
/// brings twenty files.
const QUIET: Duration = Duration::from_millis(300);
/// … but after so long at the latest.
const LONGEST: Duration = Duration::from_millis(1_200);

/// Watches a folder of rules.
pub struct RulesWatch {
    events: mpsc::Receiver<()>,
    /// Something has changed that nobody has been told of yet.
    pending: bool,
    _watcher: RecommendedWatcher,
}

impl RulesWatch {
    /// Starts to watch a folder and those in it.
    ///
    /// # Errors
    /// The folder is not there, or the system lets nobody watch more folders; the text says which.
    pub fn start(folder: &Path) -> Result<Self, String> {
        // One note that something happened is as good as a hundred.
        let (tell, events) = mpsc::channel(1);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let read_only = event.as_ref().is_ok_and(|event| matches!(event.kind, EventKind::Access(_)));
            if !read_only {
                let _ = tell.try_send(());
            }
        })
        .map_err(|e| e.to_string())?;
        // A folder that is a link is watched where it is.
        let real = std::fs::canonicalize(folder).map_err(|e| e.to_string())?;
        watcher.watch(&real, RecursiveMode::Recursive).map_err(|e| e.to_string())?;
        Ok(Self { events, pending: false, _watcher: watcher })
    }

    /// Waits until something has changed and the changing is over. Nothing is lost when the wait is given up.
    pub async fn changed(&mut self) {
        if !self.pending && self.events.recv().await.is_none() {
            // Nobody can tell any more: never is the truth.
            std::future::pending::<()>().await;
        }
        self.pending = true;
        let settle = async {
            while tokio::time::timeout(QUIET, self.events.recv()).await.is_ok_and(|e| e.is_some()) {}
        };
        let _ = tokio::time::timeout(LONGEST, settle).await;
        self.pending = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pull_of_twenty_files_is_one_change() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("tests")).unwrap();
        let mut watch = RulesWatch::start(dir.path()).unwrap();
        for n in 0..20 {
            std::fs::write(dir.path().join(format!("{n}.toml")), "x").unwrap();
        }
        // As editors do: beside it, and then over it.
        std::fs::write(dir.path().join("tests/.a.new"), "x").unwrap();
        std::fs::rename(dir.path().join("tests/.a.new"), dir.path().join("tests/a.toml")).unwrap();
        // Given up in the middle, as a daemon does that has something else to do.
        assert!(tokio::time::timeout(QUIET / 2, watch.changed()).await.is_err());
        watch.changed().await;
        assert!(tokio::time::timeout(QUIET, watch.changed()).await.is_err(), "told twice");
        std::fs::read_to_string(dir.path().join("3.toml")).unwrap();
        assert!(tokio::time::timeout(QUIET, watch.changed()).await.is_err(), "reading is no change");
        std::fs::remove_file(dir.path().join("3.toml")).unwrap();
        watch.changed().await;
        assert!(RulesWatch::start(Path::new("/nonexistent/rules")).is_err());
    }
}
