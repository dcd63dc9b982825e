//! Keeps the index up with the log, on a thread of its own: a commit there takes long, and nothing waits for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::assembly::failure::{Exit, Failure};
use crate::edges::index::PostIndex;
use crate::edges::store::Store;

/// Entries between two commits at the most.
const STRETCH: usize = 5_000;
/// How often the log is looked at for more.
const EVERY: Duration = Duration::from_millis(1_000);

/// The indexer at work.
pub(super) struct Indexer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Indexer {
    /// Stops after the commit under way.
    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        let _ = self.thread.join();
    }
}

/// Starts the indexer on a data folder.
///
/// # Errors
/// The store cannot be read or the index cannot be written.
pub(super) fn start(data: &Path) -> Result<Indexer, Failure> {
    let store = Store::open(data)?;
    // Alerts do not need the index: where its disk is full it is opened when there is room.
    let index = match open(data, &store) {
        Err(e) if e.exit == Exit::Io => {
            let why = e.message().unwrap_or_default();
            tracing::error!("{why}; search lags behind until this is mended, alerts do not need the index");
            None
        }
        opened => Some(opened?),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let thread = std::thread::spawn({
        let (stop, data) = (Arc::clone(&stop), data.to_owned());
        move || work(&store, index, &data, &stop)
    });
    Ok(Indexer { stop, thread })
}

/// Opens the index of this log; one that is of another is made anew.
fn open(data: &Path, store: &Store) -> Result<PostIndex, Failure> {
    let mut index = PostIndex::open(data)?;
    let last = store.last_entry()?;
    if index.position() > last {
        // The end of the log is lost (a damaged write-ahead log), or another log was put in its place.
        tracing::error!(
            indexed = index.position(),
            last,
            "the index has read further than the log goes: the end of the log was lost, or the log is another one (groundswell doctor --deep looks); what the sources still have comes again, and the index is made anew"
        );
        drop(index);
        PostIndex::remove(data)?;
        index = PostIndex::open(data)?;
    }
    Ok(index)
}

fn work(store: &Store, index: Option<PostIndex>, data: &Path, stop: &AtomicBool) {
    let (mut complained, mut opened) = (index.is_none(), index);
    loop {
        let done = match opened.take() {
            // What was added and not committed may be half there, and a writer whose disk was full is dead: one that broke is
            // let go, with its lock, and the next round opens it anew from its last commit.
            Some(mut index) => catch_up(store, &mut index, stop).map(|()| {
                complained = false;
                opened = Some(index);
            }),
            None => open(data, store).map(|again| opened = Some(again)),
        };
        if let Err(e) = done
            && !complained
        {
            let why = e.error.map_or_else(String::new, |e| format!("{e:#}"));
            tracing::error!("{why}; search lags behind until this is mended, alerts do not need the index");
            complained = true;
        }
        if stop.load(Ordering::Relaxed) {
            return;
        }
        std::thread::park_timeout(EVERY);
    }
}

/// Reads the log from where the index has committed to, to its end.
///
/// # Errors
/// The store cannot be read or the index cannot be written.
pub fn catch_up(store: &Store, index: &mut PostIndex, stop: &AtomicBool) -> Result<(), Failure> {
    loop {
        let entries = store.read(index.position(), STRETCH)?;
        let Some(last) = entries.last() else { return Ok(()) };
        for entry in &entries {
            index.add(entry)?;
        }
        index.commit(last.seq)?;
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
}
