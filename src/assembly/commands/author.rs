//! `export`, `forget`: what is kept of one author, for whoever asks, and its end.

use std::io::Write;

use super::import::learn;
use super::standing::{Keeper, count, did_you_mean, take_unless_running};
use crate::assembly::cli::AuthorArgs;
use crate::assembly::configured::{All, settings};
use crate::assembly::failure::Failure;
use crate::assembly::output::{as_json, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::{Store, ToAppend};
use crate::ground::post::PostKey;
use crate::ground::time::Clock;

/// Posts that are deleted at once.
const BATCH: usize = 500;

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
    let mut store = Store::open_existing(folder)?;
    let posts = store.posts_of_author(&args.author, args.source.as_deref())?;
    let keys: Vec<PostKey> = posts.iter().map(|post| post.key()).collect();
    let rejects = store.forget_rejects_of(&args.author)?;
    if keys.is_empty() && rejects == 0 {
        tell(format!("nothing of \"{}\" is kept: nothing was changed", args.author));
        unknown_source(args, &settings);
        return Ok(());
    }
    let lock = take_unless_running(folder)?;
    let mut keeper = match &lock {
        Some(_) => {
            let mut keeper = Keeper::new(&store, &settings)?;
            keeper.catch_up(&mut store, clock.now(), &mut |_| ())?;
            Some(keeper)
        }
        None => None,
    };
    for keys in keys.chunks(BATCH) {
        let batch = ToAppend { source: "forget".into(), deletes: keys.to_vec(), ..ToAppend::default() };
        store.append(clock.now(), &batch)?;
    }
    let when = match &mut keeper {
        Some(keeper) => {
            learn(keeper, &mut store, folder, &clock)?;
            "Their text has left log, index, clusters and alerts."
        }
        None => "The daemon takes their text out of log, index, clusters and alerts within a minute.",
    };
    drop(lock);
    let mut out = stdout();
    writeln!(
        out,
        "{} of \"{}\" forgotten, and they stay away. {when} Backups and mails that went out are not touched.",
        count(keys.len() as u64, "post", "posts"),
        args.author
    )?;
    Ok(out.flush()?)
}
