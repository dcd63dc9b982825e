//! `export`, `forget`: what is kept of one author, for whoever asks, and its end.

use std::io::Write;

use super::import::learn;
use super::standing::{Keeper, count, did_you_mean, take_unless_running};
use crate::assembly::cli::AuthorArgs;
use crate::assembly::configured::{All, settings};
use crate::assembly::failure::Failure;
use crate::assembly::output::{as_json, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::{DataLock, Store, StoreError, ToAppend};
use crate::ground::post::PostKey;
use crate::ground::time::Clock;

/// Runs `export`.
///
/// # Errors
/// There is no store, or it cannot be read.
pub fn export(args: &AuthorArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let posts = store.posts_of_author(&args.author, args.source.as_deref())?;
    let mut out = stdout();
    for post in &posts {
        writeln!(out, "{}", as_json(post)?)?;
    }
    out.flush()?;
    tell(format!("{} of \"{}\"", count(posts.len() as u64, "post", "posts"), args.author));
    if posts.is_empty() {
        unknown_source(args, &settings);
    }
    Ok(())
}

/// Says that no source is called so, where that may be why nothing was found. Posts of a webhook can name other sources.
fn unknown_source(args: &AuthorArgs, settings: &All) {
    let Some(source) = &args.source else { return };
    let known: Vec<&str> = settings.source.iter().map(|s| s.name.as_str()).collect();
    if !known.contains(&source.as_str()) {
        let near = did_you_mean(source, known.iter().copied());
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        tell(format!("the settings name no source \"{source}\"{near}; they name {known}"));
    }
}

/// Runs `forget`.
///
/// # Errors
/// There is no store, or it cannot be written.
pub fn forget(args: &AuthorArgs) -> Result<(), Failure> {
    let clock = SystemClock;
    let settings = settings(&args.config)?;
    let folder = &settings.data.folder;
    let Some(mut begun) = begin(args, &settings, &clock).map_err(|e| undone(e, &args.author))? else {
        return Ok(());
    };
    let when = match &mut begun.keeper {
        Some(keeper) => {
            learn(keeper, &mut begun.store, folder, &clock).map_err(|e| half(e, &args.author))?;
            "Their text has left log, index, clusters and alerts."
        }
        None => "The daemon takes their text out of log, index, clusters and alerts within a minute.",
    };
    let keys = begun.keys;
    drop((begun.keeper, begun.lock));
    let mut out = stdout();
    writeln!(
        out,
        "{} of \"{}\" forgotten, and they stay away. {when} Backups and mails that went out are not touched.",
        count(keys as u64, "post", "posts"),
        args.author
    )?;
    Ok(out.flush()?)
}

/// Posts that are deleted, and what it takes to take their texts away.
struct Begun {
    store: Store,
    /// Where no daemon runs, this process does its work.
    keeper: Option<Keeper>,
    lock: Option<DataLock>,
    keys: usize,
}

/// Notes that all posts of the author are deleted, and that what could not be read and names them goes, in one transaction: all of it
/// or nothing. Nothing is given where there is nothing to forget, which has been said.
fn begin(args: &AuthorArgs, settings: &All, clock: &SystemClock) -> Result<Option<Begun>, Failure> {
    let folder = &settings.data.folder;
    let mut store = Store::open_existing(folder)?;
    let posts = store.posts_of_author(&args.author, args.source.as_deref())?;
    let keys: Vec<PostKey> = posts.iter().map(|post| post.key()).collect();
    if keys.is_empty() && store.rejects_of(&args.author)? == 0 {
        tell(format!("nothing of \"{}\" is kept: nothing was changed", args.author));
        unknown_source(args, settings);
        return Ok(None);
    }
    let lock = take_unless_running(folder)?;
    let mut keeper = match &lock {
        Some(_) => {
            let mut keeper = Keeper::new(&store, settings)?;
            keeper.catch_up(&mut store, clock.now(), &mut |_| ())?;
            Some(keeper)
        }
        None => None,
    };
    let gone = keys.len();
    let batch = ToAppend {
        source: "forget".into(),
        deletes: keys,
        forget_rejects_of: Some(args.author.clone()),
        ..ToAppend::default()
    };
    store.append(clock.now(), &batch)?;
    Ok(Some(Begun { store, keeper: keeper.take(), lock, keys: gone }))
}

/// The disk that is full, where that is why.
fn full_disk(failure: &Failure) -> Option<String> {
    match failure.error.as_ref()?.downcast_ref::<StoreError>()? {
        StoreError::Full { path } => Some(path.display().to_string()),
        _ => None,
    }
}

fn undone(failure: Failure, author: &str) -> Failure {
    where_full(failure, |disk| {
        format!(
            "nothing of \"{author}\" was forgotten, and nothing was changed: the disk that holds {disk} is full. Make room, and type it again"
        )
    })
}

fn half(failure: Failure, author: &str) -> Failure {
    where_full(failure, |disk| {
        format!(
            "the posts of \"{author}\" are noted as deleted and stay away, but the disk that holds {disk} is full: their text is still in it. Make room, and start the daemon, which takes the text away before anything else"
        )
    })
}

/// The failure with these words where the disk is full; else as it is.
fn where_full(failure: Failure, words: impl Fn(&str) -> String) -> Failure {
    match full_disk(&failure) {
        Some(disk) => Failure::say(failure.exit, words(&disk)),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_full_disk_it_is_said_what_was_done_and_what_was_not() {
        let full = || Failure::from(StoreError::Full { path: "/data/groundswell.db".into() });
        let said = undone(full(), "ana").message().unwrap();
        assert!(said.starts_with("nothing of \"ana\" was forgotten, and nothing was changed"), "{said}");
        let said = half(full(), "ana").message().unwrap();
        assert!(said.contains("noted as deleted") && said.contains("still in it"), "{said}");
        let other = Failure::from(StoreError::Absent { folder: "/data".into() });
        assert!(undone(other, "ana").message().unwrap().starts_with("there is no groundswell data"));
    }
}
