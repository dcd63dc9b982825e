//! Taking back what was decided about clusters: `merge --undo`, `split --undo`. The log keeps both; what is taken
//! back is decided anew the other way round.

use std::collections::BTreeSet;

use super::acts::Desk;
use super::named::{cluster, parted, posts_of};
use super::standing::{analysis_now, count, minute, one_line, shell_word};
use crate::assembly::cli::{MergeArgs, SplitArgs};
use crate::assembly::failure::{Exit, Failure};
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;
use crate::logic::analysis::SplitNow;

/// Takes a merge back: the posts that came with it leave again.
pub(super) fn merge(desk: &mut Desk, args: &MergeArgs) -> Result<(), Failure> {
    let acts = desk.store().acts()?;
    let of = |act: &Act| matches!(&act.what, Deed::Merge { from, into } if *from == args.from && *into == args.into);
    let Some((at, act)) = acts.iter().rev().find(|(_, act)| of(act)) else {
        return Err(never_merged(desk, &acts, args)?);
    };
    let analysis = analysis_now(desk.store())?;
    let into = cluster(&analysis, &args.into)?;
    let came: BTreeSet<&PostKey> = act.posts.get(&args.from).into_iter().flatten().collect();
    let posts: Vec<PostKey> =
        came.into_iter().filter(|key| analysis.home(&into, key) == Some(into.number)).cloned().collect();
    if posts.is_empty() {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "{} keeps none of the posts that came with {} at {} UTC: there is nothing left to take apart",
                args.into,
                args.from,
                minute(*at)
            ),
        ));
    }
    let n = count(posts.len() as u64, "post that came", "posts that came");
    let leave = if posts.len() == 1 { "leaves" } else { "leave" };
    // The id of before is free while it stands for what it ended in.
    let again = cluster(&analysis, &args.from).is_ok_and(|now| now == into).then(|| args.from.clone());
    let called = match &again {
        Some(again) => format!(", as {again} again"),
        None => ", as a complaint apart".to_owned(),
    };
    let then = format!(
        "The {n} with {} {leave} {}{called}; the two are never merged by themselves. What came later stays in {}.",
        args.from, args.into, args.into
    );
    let names = again.as_deref().map(|again| names_before(&acts, *at, again, &args.into)).unwrap_or_default();
    let what = Deed::Split { cluster: args.into.clone(), posts: posts.clone(), again };
    desk.why(&args.why).write(&args.by, what, &then)?;
    // A name goes along with a merge, and comes back with what it was given to.
    let stays: Vec<PostKey> =
        posts_of(&analysis, [args.into.as_str()]).remove(&args.into).unwrap_or_default();
    let stays = stays.into_iter().filter(|key| !posts.contains(key)).collect();
    let now = analysis.product(&into.product).and_then(|s| s.of_sort(into.sort).get(into.number));
    if let Some(name) = names.0 {
        if names.1.is_none() && now.is_some_and(|c| c.name.as_ref() == Some(&name)) {
            let what = Deed::Name { cluster: args.into.clone(), name: String::new() };
            let then = format!("{} is called again by what its posts say.", args.into);
            desk.write_about(&args.by, what, [(args.into.clone(), stays)].into(), &then)?;
        }
        let then = format!("{} is called \"{}\" again.", args.from, one_line(&name));
        let what = Deed::Name { cluster: args.from.clone(), name };
        desk.write_about(&args.by, what, [(args.from.clone(), posts)].into(), &then)?;
    }
    Ok(())
}

/// Nobody said so; perhaps the other way round, or the program saw it by itself.
fn never_merged(desk: &Desk, acts: &[(Timestamp, Act)], args: &MergeArgs) -> Result<Failure, Failure> {
    let MergeArgs { from, into, .. } = args;
    let turned = acts
        .iter()
        .any(|(_, act)| matches!(&act.what, Deed::Merge { from: f, into: i } if f == into && i == from));
    let analysis = analysis_now(desk.store())?;
    let what_to_do = if turned {
        format!("it was said the other way round: `groundswell merge {into} {from} --undo`")
    } else if let Some(part) = parted(&analysis, acts, from) {
        format!(
            "{}. For some of its posts: `groundswell split {} SOURCE:ID`, with their ids from `groundswell clusters`",
            part.said(),
            part.whole
        )
    } else {
        "`groundswell decisions` lists what was said".to_owned()
    };
    Ok(Failure::say(
        Exit::Usage,
        format!("nobody said that {from} becomes part of {into}: nothing was changed; {what_to_do}"),
    ))
}

/// The names that two clusters had been given when they became one.
fn names_before(
    acts: &[(Timestamp, Act)],
    merged: Timestamp,
    from: &str,
    into: &str,
) -> (Option<String>, Option<String>) {
    let of = |id: &str| {
        let last = acts.iter().rev().filter(|(at, _)| *at <= merged).find_map(|(_, act)| match &act.what {
            Deed::Name { cluster, name } if cluster == id => Some(name.clone()),
            _ => None,
        });
        last.filter(|name| !name.is_empty())
    };
    (of(from), of(into))
}

/// Takes a split back: what its posts became joins the cluster again.
pub(super) fn split(desk: &mut Desk, args: &SplitArgs, named: &[PostKey]) -> Result<(), Failure> {
    let acts = desk.store().acts()?;
    let id = &args.cluster;
    let of = |act: &Act| match &act.what {
        // A merge that was taken back is no split that anybody said, unless its posts are named.
        Deed::Split { cluster, posts, again } => {
            cluster == id
                && (again.is_none() || !named.is_empty())
                && named.iter().all(|key| posts.contains(key))
        }
        _ => false,
    };
    let splits: Vec<usize> =
        acts.iter().enumerate().rev().filter(|(_, (_, act))| of(act)).map(|(nth, _)| nth).collect();
    let refused = |said: String| Err(Failure::say(Exit::Usage, said));
    let Some(newest) = splits.first().and_then(|nth| acts.get(*nth)) else {
        let lists = "`groundswell decisions` lists what was said";
        return refused(match args.posts.join(" ") {
            none if none.is_empty() => format!("no posts were split from {id}; {lists}"),
            posts => format!("{posts} was never split from {id}: nothing was changed; {lists}"),
        });
    };
    let analysis = analysis_now(desk.store())?;
    cluster(&analysis, id)?;
    if let Some(part) = parted(&analysis, &acts, id) {
        return Err(part.refuse(&format!("groundswell split {} --undo", part.whole)));
    }
    // The newest that still stands: those after it were taken back before.
    let stands = splits.iter().find_map(|nth| match analysis.split_now(&acts, *nth) {
        Some(SplitNow::Back) | None => None,
        Some(stands) => Some(stands),
    });
    match stands {
        Some(SplitNow::Apart(from)) => {
            let from = from.to_string();
            let posts = posts_of(&analysis, [from.as_str(), id.as_str()]);
            let then = format!("{from} becomes part of {id} again.");
            let what = Deed::Merge { from, into: id.clone() };
            desk.why(&args.why).write_about(&args.by, what, posts, &then)
        }
        Some(SplitNow::Joined(from, into)) => refused(format!(
            "the posts that left {id} are in one with others, since {from} was made part of {into}: nothing was changed. \
             First `groundswell merge {from} {into} --undo`, then this"
        )),
        Some(SplitNow::Back) | None => refused(format!(
            "the posts that left {id} at {} UTC are back in it, or kept no more: nothing was changed",
            minute(newest.0)
        )),
    }
}

/// The arguments that take the split of these posts back: its first post tells it from others of that cluster.
pub(super) fn of_split(cluster: &str, posts: &[String]) -> String {
    let first = posts.first().map_or_else(String::new, |post| format!("{} ", shell_word(post)));
    format!("split {cluster} {first}--undo")
}
