//! What people name on the command line: products, topics, clusters of complaints and of ideas.

use std::collections::BTreeMap;

use super::standing::{did_you_mean, minute, one_line};
use crate::assembly::failure::{Exit, Failure};
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;
use crate::logic::analysis::{Analysis, ClusterId, Sort};

/// Posts that a decision about a cluster is remembered by.
const REMEMBERED_POSTS: usize = 24;

/// Products, topics and clusters by name.
pub(super) fn names(analysis: &Analysis) -> Vec<String> {
    let mut names = Vec::new();
    for product in &analysis.rules().products {
        names.push(product.id.clone());
        names.extend(product.topics.iter().map(|t| format!("{}.{}", product.id, t.id)));
        let Some(state) = analysis.product(&product.id) else { continue };
        for sort in [Sort::Complaints, Sort::Ideas] {
            let clusters = state.of_sort(sort).iter();
            names.extend(clusters.map(|c| format!("{}.{}{}", product.id, sort.mark(), c.number)));
        }
    }
    names
}

/// A live cluster, merges followed.
///
/// # Errors
/// There is none of this name.
pub(super) fn cluster(analysis: &Analysis, id: &str) -> Result<ClusterId, Failure> {
    let parsed = ClusterId::parse(id);
    let found = parsed.as_ref().and_then(|named| {
        let live = analysis.product(&named.product)?.of_sort(named.sort).get(named.number)?;
        Some(ClusterId { number: live.number, ..named.clone() })
    });
    found.ok_or_else(|| {
        let clusters = |id: &ClusterId| analysis.product(&id.product).map(|state| state.of_sort(id.sort));
        if parsed.as_ref().is_some_and(|id| clusters(id).is_some_and(|all| all.is_gone(id.number))) {
            return Failure::say(
                Exit::Usage,
                format!(
                    "{id} is gone: nobody has said it for long, or all its posts were deleted. Who says it again founds a cluster \
                     of another number; `groundswell clusters` lists those there are"
                ),
            );
        }
        let known = names(analysis);
        let near = did_you_mean(
            id,
            known.iter().map(String::as_str).filter(|name| ClusterId::parse(name).is_some()),
        );
        let form = if parsed.is_none() {
            " (a cluster is named like mini-9.c17, an idea like mini-9.i3)"
        } else {
            ""
        };
        Failure::say(Exit::Usage, format!("there is no cluster \"{id}\"{form}{near}"))
    })
}

/// A cluster that ended in another one, and how.
pub(super) struct Parted {
    id: String,
    /// The cluster that it is part of.
    pub(super) whole: ClusterId,
    /// Who said so, when, and the cluster that it was said to become part of; nobody where the program saw it by itself.
    said: Option<(Timestamp, String, String)>,
}

/// Whether this is the id of a cluster that lives on as part of another one.
pub(super) fn parted(analysis: &Analysis, acts: &[(Timestamp, Act)], id: &str) -> Option<Parted> {
    let whole = cluster(analysis, id).ok()?;
    if ClusterId::parse(id)? == whole {
        return None;
    }
    let said = acts.iter().rev().find_map(|(at, act)| match &act.what {
        Deed::Merge { from, into } if from == id => Some((*at, act.by.clone(), into.clone())),
        _ => None,
    });
    Some(Parted { id: id.to_owned(), whole, said })
}

impl Parted {
    /// "p.c7 is part of p.c6 since …".
    pub(super) fn said(&self) -> String {
        let Self { id, whole, said } = self;
        match said {
            Some((at, by, _)) => {
                format!("{id} is part of {whole} since {} UTC, as {} said", minute(*at), one_line(by))
            }
            None => format!("{id} is part of {whole}, since their posts were found to say the same"),
        }
    }

    /// What is decided about a part would be about the whole: that has to be said so.
    pub(super) fn refuse(&self, whole: &str) -> Failure {
        let Self { id, whole: lives_in, said } = self;
        let apart = match said {
            Some((_, _, into)) => format!("To have {id} apart again: `groundswell merge {id} {into} --undo`"),
            None => format!(
                "For some of its posts alone: first `groundswell split {lives_in} SOURCE:ID`, with their ids from `groundswell clusters`"
            ),
        };
        Failure::say(
            Exit::Usage,
            format!("{}: nothing was changed. For all of {lives_in}: `{whole}`. {apart}", self.said()),
        )
    }
}

/// Posts of these clusters, the newest: what a decision about them is about.
pub(super) fn posts_of<'i>(
    analysis: &Analysis,
    ids: impl IntoIterator<Item = &'i str>,
) -> BTreeMap<String, Vec<PostKey>> {
    newest_of(analysis, ids, REMEMBERED_POSTS)
}

/// All posts that these clusters keep.
pub(super) fn all_posts_of<'i>(
    analysis: &Analysis,
    ids: impl IntoIterator<Item = &'i str>,
) -> BTreeMap<String, Vec<PostKey>> {
    newest_of(analysis, ids, usize::MAX)
}

fn newest_of<'i>(
    analysis: &Analysis,
    ids: impl IntoIterator<Item = &'i str>,
    most: usize,
) -> BTreeMap<String, Vec<PostKey>> {
    let posts = |id: &str| {
        let named = cluster(analysis, id).ok()?;
        let members = &analysis.product(&named.product)?.of_sort(named.sort).get(named.number)?.members;
        Some(members.iter().rev().take(most).map(|m| m.quote.key.clone()).collect())
    };
    ids.into_iter().filter_map(|id| Some((id.to_owned(), posts(id)?))).collect()
}
