//! `merge`, `split`, `name`, `ignore`: what people decide about complaints and ideas, written to the log.

use super::acts::Desk;
use super::named::{all_posts_of, cluster, parted, posts_of};
use super::standing::{analysis_now, count};
use crate::assembly::cli::{IgnoreArgs, MergeArgs, NameArgs, SplitArgs};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::tell;
use crate::ground::entry::Deed;
use crate::ground::post::PostKey;
use crate::logic::analysis::{Analysis, ClusterId, Sort};
use crate::logic::cluster::Cluster;
use crate::logic::text::is_invisible;

/// Longest name of a cluster, in letters: it has to stand in a subject.
const LONGEST_NAME: usize = 80;

/// Runs `merge`.
///
/// # Errors
/// There is no such cluster, the first is part of another one, or the store cannot be written.
pub fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    if args.undo {
        return super::undo::merge(&mut desk, args);
    }
    let analysis = analysis_now(desk.store())?;
    let from = cluster(&analysis, &args.from)?;
    let into = cluster(&analysis, &args.into)?;
    if from.product != into.product {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "{} is of {} and {} of {}: clusters of one product alone can become one",
                args.from, from.product, args.into, into.product
            ),
        ));
    }
    if from.sort != into.sort {
        return Err(Failure::say(
            Exit::Usage,
            format!("{} and {}: a complaint and an idea cannot become one", args.from, args.into),
        ));
    }
    let acts = desk.store().acts()?;
    if from == into {
        let how = parted(&analysis, &acts, &args.from).or_else(|| parted(&analysis, &acts, &args.into));
        let how = how.map_or_else(String::new, |part| format!("{}; ", part.said()));
        tell(format!("{how}{} and {} are one cluster already: nothing was changed", args.from, args.into));
        return Ok(());
    }
    if let Some(part) = parted(&analysis, &acts, &args.from) {
        return Err(part.refuse(&format!("groundswell merge {} {into}", part.whole)));
    }
    let (goes, stays) = (from.to_string(), into.to_string());
    if let Some(part) = parted(&analysis, &acts, &args.into) {
        tell(format!("{}, so that is where {goes} goes", part.said()));
    }
    let what = Deed::Merge { from: goes.clone(), into: stays.clone() };
    let ignored = live(&analysis, &into).is_some_and(|c| c.ignored);
    let silent = if ignored {
        format!(" {stays} is ignored: neither alerts, until `groundswell ignore {stays} --undo`.")
    } else {
        String::new()
    };
    let with = if into.sort == Sort::Ideas { "" } else { ", with its people and its alert" };
    let then = format!(
        "{goes} becomes part of {stays}{with}, and posts like its own go there from now on.{silent} `groundswell merge {goes} {stays} --undo` takes it back."
    );
    let mut posts = posts_of(&analysis, [stays.as_str()]);
    // All that come, so that all can leave again.
    posts.extend(all_posts_of(&analysis, [goes.as_str()]));
    desk.why(&args.why).write_about(&args.by, what, posts, &then)
}

/// Runs `name`.
///
/// # Errors
/// There is no such cluster, it is part of another one, the name is no line of text, there is none to take back, or the
/// store cannot be written.
pub fn name(args: &NameArgs) -> Result<(), Failure> {
    // Without a name its posts name it again.
    let name = args.name.as_deref().unwrap_or_default().trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "a name is one line of at most {LONGEST_NAME} letters, without control marks or invisible ones: it stands in the subject of e-mails"
            ),
        ));
    }
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(desk.store())?;
    let named = cluster(&analysis, &args.cluster)?;
    if let Some(part) = parted(&analysis, &desk.store().acts()?, &args.cluster) {
        let rest = if name.is_empty() { "--undo".to_owned() } else { format!("{name:?}") };
        return Err(part.refuse(&format!("groundswell name {} {rest}", part.whole)));
    }
    let id = named.to_string();
    if name.is_empty() && live(&analysis, &named).is_none_or(|c| c.name.is_none()) {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "nobody gave {id} a name: it is called by what its posts say already. Nothing was changed"
            ),
        ));
    }
    let what = Deed::Name { cluster: id.clone(), name: name.to_owned() };
    let then = if name.is_empty() {
        format!("{id} is called again by what its posts say.")
    } else {
        let mails = if named.sort == Sort::Ideas { "" } else { ", in e-mails too" };
        format!("{id} is called \"{name}\" from now on{mails}.")
    };
    desk.why(&args.why).write_about(&args.by, what, posts_of(&analysis, [id.as_str()]), &then)
}

/// Runs `ignore`.
///
/// # Errors
/// There is no such cluster, it is part of another one, there is nothing to take back, or the store cannot be written.
pub fn ignore(args: &IgnoreArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(desk.store())?;
    let named = cluster(&analysis, &args.cluster)?;
    if named.sort == Sort::Ideas {
        tell(format!("{} is an idea, and ideas never alert: nothing was changed", args.cluster));
        return Ok(());
    }
    if let Some(part) = parted(&analysis, &desk.store().acts()?, &args.cluster) {
        let rest = if args.undo { " --undo" } else { "" };
        return Err(part.refuse(&format!("groundswell ignore {}{rest}", part.whole)));
    }
    let id = named.to_string();
    if args.undo && live(&analysis, &named).is_none_or(|c| !c.ignored) {
        return Err(Failure::say(
            Exit::Usage,
            format!("{id} is not ignored: it may alert already. Nothing was changed"),
        ));
    }
    let what = Deed::Ignore { cluster: id.clone(), ignored: !args.undo, why: args.why.clone() };
    let then = if args.undo {
        format!("{id} may alert again.")
    } else {
        format!(
            "{id} never alerts, and its posts count for no other alert. `groundswell ignore {id} --undo` takes it back."
        )
    };
    desk.write_about(&args.by, what, posts_of(&analysis, [id.as_str()]), &then)
}

/// Runs `split`.
///
/// # Errors
/// There is no such cluster, it is part of another one, a post is not in it, or the store cannot be written.
pub fn split(args: &SplitArgs) -> Result<(), Failure> {
    let posts = args
        .posts
        .iter()
        .map(|post| {
            post.split_once(':')
                .filter(|(source, id)| !source.is_empty() && !id.is_empty())
                .map(|(source, id)| PostKey { source: source.into(), id: id.into() })
                .ok_or_else(|| {
                    Failure::say(
                        Exit::Usage,
                        format!("\"{post}\" names no post: write SOURCE:ID, such as bluesky:3kabc"),
                    )
                })
        })
        .collect::<Result<Vec<PostKey>, Failure>>()?;
    if args.undo {
        return super::undo::split(&mut Desk::open(&args.config)?, args, &posts);
    }
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(desk.store())?;
    let named = cluster(&analysis, &args.cluster)?;
    if let Some(part) = parted(&analysis, &desk.store().acts()?, &args.cluster) {
        return Err(part.refuse(&format!("groundswell split {} {}", part.whole, args.posts.join(" "))));
    }
    let number = named.number;
    let clusters = analysis.product(&named.product).map(|state| state.of_sort(named.sort));
    for key in &posts {
        let home = clusters.and_then(|c| c.of_post(key).map(|n| c.resolve(n)));
        if home != Some(number) {
            let place = home.map_or_else(
                || "no cluster keeps it (of each, the newest posts are kept)".to_owned(),
                |n| format!("it is in {}.{}{n}", named.product, named.sort.mark()),
            );
            return Err(Failure::say(
                Exit::Usage,
                format!("the post {}:{} is not in {}: {place}", key.source, key.id, args.cluster),
            ));
        }
    }
    let size = live(&analysis, &named).map_or(0, |c| c.members.len());
    if posts.len() >= size {
        return Err(Failure::say(
            Exit::Usage,
            format!("these are all the posts that {} keeps: name those alone that leave it", args.cluster),
        ));
    }
    let n = count(posts.len() as u64, "post leaves", "posts leave");
    let become_one = if posts.len() == 1 { "becomes" } else { "become" };
    let what = Deed::Split { cluster: args.cluster.clone(), posts, again: None };
    let then = format!(
        "{n} {} and {become_one} a complaint apart; the two are never merged by themselves again. \
         `groundswell {}` takes it back.",
        args.cluster,
        super::undo::of_split(&args.cluster, &args.posts)
    );
    desk.why(&args.why).write(&args.by, what, &then)
}

fn live<'a>(analysis: &'a Analysis, id: &ClusterId) -> Option<&'a Cluster> {
    analysis.product(&id.product)?.of_sort(id.sort).get(id.number)
}
