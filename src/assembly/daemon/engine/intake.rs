//! What a source brings: looked at, and stored before anything else happens to it.

use super::Engine;
use crate::assembly::failure::Failure;
use crate::edges::sources::{Batch, Kept};
use crate::edges::store::{NewPost, ToAppend};
use crate::ground::post::{Incoming, MAX_ID_BYTES, PostKey};
use crate::ground::time::Timestamp;
use crate::logic::sparing::STRETCH_MS;

impl Engine {
    pub(super) fn take(&mut self, batch: Batch) -> Result<(), Failure> {
        let wanted = self.wanted.load_full();
        let mut append = ToAppend {
            source: batch.source.clone(),
            replay: self.times.is_replay(&batch.source),
            accounts: batch.accounts,
            gap: batch.gap,
            rejects: batch.rejects.into_iter().map(|r| (r.place, r.reason, r.raw)).collect(),
            cursor: batch.cursor,
            ..ToAppend::default()
        };
        let now = self.clock.now();
        for (place, reason, _) in &append.rejects {
            if self.may_say(&batch.source, now) {
                tracing::warn!(source = batch.source, place, reason, "passed over: not a post");
            }
        }
        let mut refused = Vec::new();
        for (at, item) in batch.items.into_iter().enumerate() {
            let key = match &item {
                Incoming::Post(post) => post.key(),
                Incoming::Delete(key) => key.clone(),
            };
            if let Some(reason) = self.unfit(&batch.source, &key) {
                let place = key.id.chars().take(80).collect::<String>();
                if self.may_say(&batch.source, now) {
                    tracing::warn!(source = batch.source, place, reason, "passed over");
                }
                refused.push((at, reason.clone()));
                append.rejects.push((place, reason, String::new()));
                continue;
            }
            match item {
                Incoming::Post(post) => {
                    let post = post.plain();
                    append.posts.push(NewPost { matched: wanted.matches(&post), post })
                }
                Incoming::Delete(key) => append.deletes.push(key),
            }
        }
        if append.replay {
            self.warn_of_late(&append)?;
        }
        // A sender that waits for an answer can be told "later"; a source that pulls waits itself.
        let stored = match self.store.append(now, &append) {
            Err(e) if e.may_pass() && batch.stored.is_some() => {
                tracing::warn!("{e}");
                if let Some(answer) = batch.stored {
                    let _ = answer.send(None);
                }
                return Ok(());
            }
            Err(e) if e.may_pass() => {
                self.full(&e);
                self.patiently(|store| store.append(now, &append))?
            }
            other => other?,
        };
        if let Some(answer) = batch.stored {
            let _ = answer.send(Some(Kept {
                stored: stored.stored,
                known: stored.known,
                unwanted: stored.passed_over,
                deleted: stored.deleted,
                absent: append.deletes.len().saturating_sub(stored.deleted),
                refused,
            }));
        }
        tracing::debug!(source = batch.source, stored = stored.stored, known = stored.known, "batch");
        if stored.hidden + stored.restored > 0 {
            let (hidden, restored) = (stored.hidden, stored.restored);
            tracing::info!(
                source = batch.source,
                hidden,
                restored,
                "posts went or came back with their accounts"
            );
        }
        self.advance()
    }

    /// History that lies before what the log has seen is backlog, and opens nothing: better said than wondered about.
    fn warn_of_late(&mut self, append: &ToAppend) -> Result<(), Failure> {
        let Some(last) = self.store.last_time()? else { return Ok(()) };
        let late = append.posts.iter().filter(|p| p.matched && p.post.arrived_at < last).count();
        if late > 0 && self.warned_of_late.insert(append.source.clone()) {
            tracing::warn!(
                source = append.source,
                late,
                %last,
                "posts arrived before what the log has seen already: they teach what is usual and open no alert; to live through them, begin with an empty data folder"
            );
        }
        Ok(())
    }

    /// Whether one more line about bad input of this source may go to the journal; whoever sends much of it does not fill the disk.
    fn may_say(&mut self, source: &str, now: Timestamp) -> bool {
        self.say_the_rest(now);
        self.sparing.entry(source.to_owned()).or_default().may_say(now)
    }

    /// Says how many such lines were left out, where their time is over.
    pub(super) fn say_the_rest(&mut self, now: Timestamp) {
        for (source, sparing) in &mut self.sparing {
            if let Some(left_out) = sparing.over(now) {
                let minutes = STRETCH_MS / 60_000;
                tracing::warn!(
                    source,
                    left_out,
                    minutes,
                    "more was passed over, and not said one by one: it is no post, or another source's"
                );
            }
        }
        self.sparing.retain(|_, sparing| !sparing.is_idle());
    }

    /// Why a post with this key is not taken from this source.
    fn unfit(&self, source: &str, key: &PostKey) -> Option<String> {
        if key.id.len() > MAX_ID_BYTES || key.source.len() > MAX_ID_BYTES {
            return Some(format!("its id or source is over {MAX_ID_BYTES} bytes long"));
        }
        (!self.times.may_speak_for(source, &key.source)).then(|| {
            format!("it says that it is of \"{}\", which is another source of the settings", key.source)
        })
    }
}
