//! Taking back what was decided about clusters: `merge --undo`, `split --undo`, `name --undo`. The log keeps both; what is taken
//! back is decided anew the other way round.

use std::collections::BTreeSet;

use super::acts::Desk;
use super::named::{cluster, posts_of};
use super::standing::{analysis_now, count, minute};
use crate::assembly::cli::{MergeArgs, SplitArgs};
use crate::assembly::failure::{Exit, Failure};
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;
use crate::logic::analysis::{Analysis, ClusterId};

/// Takes a merge back: the posts that came with it leave again.
pub(super) fn merge(desk: &mut Desk, args: &MergeArgs) -> Result<(), Failure> {
    let acts = desk.store().acts()?;
    let of = |act: &Act| matches!(&act.what, Deed::Merge { from, into } if *from == args.from && *into == args.into);
    let Some((at, act)) = acts.iter().rev().find(|(_, act)| of(act)) else {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "nobody said that {} becomes part of {}; `groundswell decisions` lists what was said",
                args.from, args.into
            ),
        ));
    };
    let analysis = analysis_now(desk.store())?;
    let into = cluster(&analysis, &args.into)?;
    let came: BTreeSet<&PostKey> = act.posts.get(&args.from).into_iter().flatten().collect();
    let posts: Vec<PostKey> =
        came.into_iter().filter(|key| home(&analysis, &into, key) == Some(into.number)).cloned().collect();
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
    let then = format!(
        "The {n} with {} leave {} again, as a complaint apart; the two are never merged by themselves.",
        args.from, args.into
    );
    desk.why(&args.why).write(&args.by, Deed::Split { cluster: args.into.clone(), posts }, &then)
}

/// Takes a split back: what its posts became joins the cluster again.
pub(super) fn split(desk: &mut Desk, args: &SplitArgs) -> Result<(), Failure> {
    let acts = desk.store().acts()?;
    let Some((at, posts)) = last_split(&acts, &args.cluster) else {
        return Err(Failure::say(
            Exit::Usage,
            format!("no posts were split from {}; `groundswell decisions` lists what was said", args.cluster),
        ));
    };
    let analysis = analysis_now(desk.store())?;
    let into = cluster(&analysis, &args.cluster)?;
    let apart =
        posts.iter().find_map(|key| home(&analysis, &into, key).filter(|number| *number != into.number));
    let Some(number) = apart else {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "the posts that left {} at {} UTC are back in it, or kept no more: nothing was changed",
                args.cluster,
                minute(at)
            ),
        ));
    };
    let from = ClusterId { number, ..into.clone() }.to_string();
    let ids = [from.as_str(), args.cluster.as_str()];
    let posts = posts_of(&analysis, ids);
    let then = format!("{from} becomes part of {} again.", args.cluster);
    let what = Deed::Merge { from: from.clone(), into: args.cluster.clone() };
    desk.why(&args.why).write_about(&args.by, what, posts, &then)
}

/// The last split of a cluster.
fn last_split<'a>(acts: &'a [(Timestamp, Act)], id: &str) -> Option<(Timestamp, &'a [PostKey])> {
    acts.iter().rev().find_map(|(at, act)| match &act.what {
        Deed::Split { cluster, posts } if cluster == id => Some((*at, posts.as_slice())),
        _ => None,
    })
}

/// The number of the cluster in which a post is now, among those of the same kind.
fn home(analysis: &Analysis, beside: &ClusterId, key: &PostKey) -> Option<u32> {
    let clusters = analysis.product(&beside.product)?.of_sort(beside.sort);
    clusters.of_post(key).map(|number| clusters.resolve(number))
}
