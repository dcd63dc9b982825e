//! Accounts that their platform hid, deleted or let back in (invariant 9). What is hidden leaves the log as a deletion does,
//! so that index, clusters and mails lose it the same way, and waits in a table of its own until the account comes back.

use rusqlite::{OptionalExtension, Transaction, params};

use super::log::{Appended, insert};
use super::{Store, StoreError};
use crate::ground::account::{AccountNews, Standing};
use crate::ground::entry::Body;
use crate::ground::post::{Post, PostKey};
use crate::ground::time::{DAY_MS, Timestamp};

/// Hidden and deleted accounts that are remembered, in case something of them arrives late.
const ACCOUNTS_KEPT: i64 = 100_000;
/// Days after which a hidden post is gone for good.
const HIDDEN_DAYS: i64 = 30;

impl Store {
    /// Lets go of posts that have been hidden with their account for thirty days; tells how many.
    ///
    /// # Errors
    /// The disk is full or broken; then nothing is changed.
    pub fn forget_hidden(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let _turn = self.turn.wait();
        let path = self.path.clone();
        let fail = |e| StoreError::sqlite(&path, e);
        let before = now.as_millisecond().saturating_sub(HIDDEN_DAYS * DAY_MS);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        tx.execute(
            "UPDATE posts SET deleted = 1, author = NULL WHERE deleted = 2
             AND (source, id) IN (SELECT source, id FROM hidden WHERE at < ?)",
            [before],
        )
        .map_err(fail)?;
        let gone = tx.execute("DELETE FROM hidden WHERE at < ?", [before]).map_err(fail)?;
        tx.commit().map_err(fail)?;
        if gone > 0 {
            self.fold_in();
        }
        Ok(gone)
    }

    /// Brings the write-ahead log into the file, since it holds old pages until then.
    pub(super) fn fold_in(&self) {
        let _ = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// Takes in what became of an account.
pub(super) fn take(
    tx: &Transaction<'_>,
    at: Timestamp,
    news: &AccountNews,
    done: &mut Appended,
) -> rusqlite::Result<()> {
    match news.standing {
        Standing::Active => restore(tx, at, news, done),
        Standing::Hidden => {
            remember(tx, at, news)?;
            hide(tx, at, news, done)
        }
        Standing::Deleted => {
            remember(tx, at, news)?;
            let hidden_before = done.hidden;
            hide(tx, at, news, done)?;
            done.deleted += done.hidden - hidden_before;
            done.hidden = hidden_before;
            forget_account(tx, news)
        }
    }
}

/// Whether an account's posts stay away, and whether for good.
pub(super) fn standing(tx: &Transaction<'_>, post: &Post) -> rusqlite::Result<Standing> {
    let Some(author) = &post.author else { return Ok(Standing::Active) };
    let deleted: Option<bool> = tx
        .prepare_cached("SELECT deleted FROM accounts WHERE source = ? AND author = ?")?
        .query_row(params![post.source, author], |row| row.get(0))
        .optional()?;
    Ok(match deleted {
        None => Standing::Active,
        Some(false) => Standing::Hidden,
        Some(true) => Standing::Deleted,
    })
}

/// Keeps a post of a hidden account out of the log, or an account's that is deleted out of everything.
pub(super) fn keep_away(
    tx: &Transaction<'_>,
    at: Timestamp,
    post: &Post,
    body: &Body,
    hash: i64,
    standing: Standing,
) -> rusqlite::Result<()> {
    let deleted = if standing == Standing::Deleted {
        1
    } else {
        let json =
            serde_json::to_string(body).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
        tx.prepare_cached(
            "INSERT OR REPLACE INTO hidden (source, id, author, at, body) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![post.source, post.id, post.author, at.as_millisecond(), json])?;
        2
    };
    // For a tombstone without an entry `hash` tells its age; the posts of deleted accounts are few.
    tx.prepare_cached(
        "INSERT OR REPLACE INTO posts (source, id, seq, hash, deleted) VALUES (?, ?, NULL, ?, ?)",
    )?
    .execute(params![
        post.source,
        post.id,
        if deleted == 1 { at.as_millisecond() } else { hash },
        deleted
    ])?;
    Ok(())
}

/// A post was deleted that may be hidden: then it does not come back.
pub(super) fn forget_post(tx: &Transaction<'_>, key: &PostKey) -> rusqlite::Result<()> {
    let was_hidden = tx
        .prepare_cached("DELETE FROM hidden WHERE source = ? AND id = ?")?
        .execute(params![key.source, key.id])?;
    if was_hidden > 0 {
        tx.prepare_cached("UPDATE posts SET deleted = 1, author = NULL WHERE source = ? AND id = ?")?
            .execute(params![key.source, key.id])?;
    }
    Ok(())
}

fn remember(tx: &Transaction<'_>, at: Timestamp, news: &AccountNews) -> rusqlite::Result<()> {
    let known = tx
        .prepare_cached("INSERT OR REPLACE INTO accounts (source, author, deleted, at) VALUES (?, ?, ?, ?)")?
        .execute(params![
            news.source,
            news.author,
            news.standing == Standing::Deleted,
            at.as_millisecond()
        ])?;
    if known > 0 && at.as_millisecond() % 512 == 0 {
        tx.execute(
            "DELETE FROM accounts WHERE at < (SELECT at FROM accounts ORDER BY at DESC LIMIT 1 OFFSET ?)",
            [ACCOUNTS_KEPT],
        )?;
    }
    Ok(())
}

/// Everything of an account leaves the log, each post by a deletion, and waits.
fn hide(
    tx: &Transaction<'_>,
    at: Timestamp,
    news: &AccountNews,
    done: &mut Appended,
) -> rusqlite::Result<()> {
    let shown: Vec<(String, Option<String>)> = tx
        .prepare_cached(
            "SELECT p.id, l.body FROM posts p LEFT JOIN log l ON l.seq = p.seq
             WHERE p.source = ? AND p.author = ? AND p.deleted = 0",
        )?
        .query_map(params![news.source, news.author], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, body) in shown {
        let key = PostKey { source: news.source.clone(), id };
        insert(tx, at, &Body::Delete(key.clone()), None)?;
        if let Some(body) = body {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO hidden (source, id, author, at, body) VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![key.source, key.id, news.author, at.as_millisecond(), body])?;
        }
        tx.prepare_cached("UPDATE posts SET deleted = 2 WHERE source = ? AND id = ?")?
            .execute(params![key.source, key.id])?;
        done.hidden += 1;
    }
    Ok(())
}

/// What was hidden comes back as entries of now; what the posts say of their times stays.
fn restore(
    tx: &Transaction<'_>,
    at: Timestamp,
    news: &AccountNews,
    done: &mut Appended,
) -> rusqlite::Result<()> {
    let let_in = tx
        .prepare_cached("DELETE FROM accounts WHERE source = ? AND author = ?")?
        .execute(params![news.source, news.author])?;
    // Almost all of this news is about accounts that we know nothing of.
    let away: Vec<(String, String)> = tx
        .prepare_cached(
            "SELECT h.id, h.body FROM hidden h JOIN posts p ON p.source = h.source AND p.id = h.id
             WHERE h.source = ? AND h.author = ? AND p.deleted = 2",
        )?
        .query_map(params![news.source, news.author], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if let_in == 0 && away.is_empty() {
        return Ok(());
    }
    let mut posts: Vec<(Timestamp, String, Body)> = Vec::new();
    for (id, body) in away {
        // A row that this version cannot read stays hidden, and goes with the others in time.
        if let Ok(body) = serde_json::from_str::<Body>(&body)
            && let Body::Post { post, .. } = &body
        {
            posts.push((post.created_at, id, body));
        }
    }
    posts.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (_, id, body) in posts {
        let seq = insert(tx, at, &body, Some((&news.source, &id)))?;
        tx.prepare_cached("UPDATE posts SET deleted = 0, seq = ?, author = ? WHERE source = ? AND id = ?")?
            .execute(params![seq as i64, news.author, news.source, id])?;
        tx.prepare_cached("DELETE FROM hidden WHERE source = ? AND id = ?")?
            .execute(params![news.source, id])?;
        done.restored += 1;
    }
    Ok(())
}

/// Nothing of the account comes back.
fn forget_account(tx: &Transaction<'_>, news: &AccountNews) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE posts SET deleted = 1, author = NULL WHERE deleted = 2 AND source = ?1
         AND id IN (SELECT id FROM hidden WHERE source = ?1 AND author = ?2)",
        params![news.source, news.author],
    )?;
    tx.execute("DELETE FROM hidden WHERE source = ? AND author = ?", params![news.source, news.author])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::store::{Committed, FILE, NewPost, ToAppend};
    use crate::ground::post::{Incoming, parse_line};
    use crate::ground::time::from_ms;

    fn post(author: &str, id: &str, text: &str) -> NewPost {
        let line = serde_json::json!({"id": id, "source": "s", "author": author, "text": text,
            "created_at": "2025-01-06T00:00:00Z"});
        match parse_line(line.to_string().as_bytes(), None).unwrap() {
            Incoming::Post(post) => NewPost { post: *post, matched: true },
            other => panic!("{other:?}"),
        }
    }

    fn news(author: &str, standing: Standing) -> AccountNews {
        AccountNews { source: "s".into(), author: author.into(), standing }
    }

    fn append(store: &mut Store, at: i64, posts: Vec<NewPost>, accounts: Vec<AccountNews>) -> Appended {
        let batch = ToAppend { source: "s".into(), posts, accounts, ..ToAppend::default() };
        store.append(from_ms(at), &batch).unwrap()
    }

    /// What the engine does after folding: the text of what was deleted leaves.
    fn fold(store: &mut Store) {
        let entries = store.read(store.position().unwrap(), 1000).unwrap();
        let gone = entries.iter().filter_map(|e| match &e.body {
            Body::Delete(key) => Some(key.clone()),
            _ => None,
        });
        let what = Committed {
            position: store.last_position().unwrap(),
            snapshot: Some(vec![0]),
            gone: gone.collect(),
            ..Committed::default()
        };
        store.commit(from_ms(0), &what).unwrap();
    }

    fn shown(store: &Store) -> Vec<String> {
        let mut ids: Vec<String> = store
            .read(0, 1000)
            .unwrap()
            .into_iter()
            .filter_map(|e| match e.body {
                Body::Post { post, .. } => Some(post.id),
                _ => None,
            })
            .collect();
        ids.sort();
        ids
    }

    fn file_holds(dir: &std::path::Path, words: &str) -> bool {
        [FILE.to_owned(), format!("{FILE}-wal")].iter().any(|name| {
            let bytes = std::fs::read(dir.join(name)).unwrap_or_default();
            bytes.windows(words.len()).any(|w| w == words.as_bytes())
        })
    }

    #[test]
    fn what_a_hidden_account_said_leaves_the_log_and_comes_back_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        append(
            &mut store,
            1,
            vec![post("ana", "1", "a"), post("bob", "2", "b"), post("ana", "3", "c")],
            vec![],
        );
        let done = append(&mut store, 2, vec![], vec![news("ana", Standing::Hidden)]);
        assert_eq!(done.hidden, 2);
        fold(&mut store);
        assert_eq!(shown(&store), ["2"]);
        // Late, out of order, and an edit: all of it stays away.
        let done = append(&mut store, 3, vec![post("ana", "4", "late"), post("ana", "1", "edited")], vec![]);
        assert_eq!((done.hidden, done.stored), (2, 0));
        assert_eq!(store.count_posts().unwrap(), 1);
        // Said twice, it is done once.
        append(&mut store, 4, vec![], vec![news("ana", Standing::Hidden)]);
        let back = vec![news("ana", Standing::Active), news("ana", Standing::Active)];
        assert_eq!(append(&mut store, 5, vec![], back).restored, 3);
        fold(&mut store);
        assert_eq!(shown(&store), ["1", "2", "3", "4"]);
        let texts = store.read(0, 100).unwrap();
        assert!(texts.iter().any(|e| matches!(&e.body, Body::Post { post, .. } if post.text == "edited")));
        assert_eq!(append(&mut store, 6, vec![post("ana", "5", "new")], vec![]).stored, 1);
    }

    #[test]
    fn a_post_deleted_while_it_was_hidden_does_not_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        append(&mut store, 1, vec![post("ana", "1", "a"), post("ana", "2", "b")], vec![]);
        append(&mut store, 2, vec![], vec![news("ana", Standing::Hidden)]);
        let key = PostKey { source: "s".into(), id: "1".into() };
        store.append(from_ms(3), &ToAppend { deletes: vec![key], ..ToAppend::default() }).unwrap();
        assert_eq!(append(&mut store, 4, vec![], vec![news("ana", Standing::Active)]).restored, 1);
        fold(&mut store);
        assert_eq!(shown(&store), ["2"]);
        assert_eq!(append(&mut store, 5, vec![post("ana", "1", "again")], vec![]).passed_over, 1);
    }

    #[test]
    fn a_deleted_account_leaves_no_text_behind_even_if_it_was_hidden_first() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let (one, two) = ("squeaky hinges of one", "squeaky hinges of two");
        append(&mut store, 1, vec![post("ana", "1", one)], vec![]);
        append(&mut store, 2, vec![], vec![news("ana", Standing::Hidden)]);
        append(&mut store, 3, vec![post("bob", "2", two)], vec![]);
        let gone = vec![news("ana", Standing::Deleted), news("bob", Standing::Deleted)];
        assert_eq!(append(&mut store, 4, vec![], gone).deleted, 1);
        fold(&mut store);
        assert!(!file_holds(dir.path(), one) && !file_holds(dir.path(), two));
        // What comes late of them is not kept either, and no news of theirs brings anything back.
        append(&mut store, 5, vec![post("ana", "3", one)], vec![news("ana", Standing::Active)]);
        fold(&mut store);
        assert!(shown(&store).is_empty() && !file_holds(dir.path(), one));
    }

    #[test]
    fn what_stays_hidden_is_gone_after_a_month() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        append(&mut store, 1, vec![post("ana", "1", "squeaky hinges")], vec![]);
        append(&mut store, 2, vec![], vec![news("ana", Standing::Hidden)]);
        fold(&mut store);
        assert_eq!(store.forget_hidden(from_ms(2 + HIDDEN_DAYS * DAY_MS)).unwrap(), 0);
        assert!(file_holds(dir.path(), "squeaky"));
        assert_eq!(store.forget_hidden(from_ms(3 + HIDDEN_DAYS * DAY_MS)).unwrap(), 1);
        assert!(!file_holds(dir.path(), "squeaky"));
        assert_eq!(append(&mut store, 4, vec![], vec![news("ana", Standing::Active)]).restored, 0);
    }

    #[test]
    fn a_store_of_the_first_form_learns_who_wrote_what() {
        let dir = tempfile::tempdir().unwrap();
        let db = super::super::schema::of_form(&dir.path().join(super::super::FILE), 1);
        let said = post("ana", "1", "a").post;
        let hash = said.content_hash().cast_signed();
        let body = serde_json::to_string(&Body::Post { post: Box::new(said), history: false }).unwrap();
        db.execute("INSERT INTO log (at, kind, source, post, body) VALUES (1, 'post', 's', '1', ?)", [body])
            .unwrap();
        db.execute("INSERT INTO posts (source, id, seq, hash) VALUES ('s', '1', 1, ?)", [hash]).unwrap();
        drop(db);
        let mut store = Store::open(dir.path()).unwrap();
        assert_eq!(append(&mut store, 2, vec![], vec![news("ana", Standing::Hidden)]).hidden, 1);
    }
}
