//! What people decided about clusters, as it stands now: what there still is to take back, and what has to be taken back
//! before it.

use std::collections::BTreeSet;

use super::cluster_id::ClusterId;
use super::state::Analysis;
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;

/// Where the posts of a split are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitNow {
    /// Apart, in this cluster.
    Apart(ClusterId),
    /// In the cluster that they left, or kept no more.
    Back,
    /// Apart, and in one with others, since somebody later said that the first is part of the second.
    Joined(String, String),
}

impl Analysis {
    /// Where the posts of the split are that is act number `nth` of all; `None` where that is no split, or of no cluster.
    pub fn split_now(&self, acts: &[(Timestamp, Act)], nth: usize) -> Option<SplitNow> {
        let Deed::Split { cluster, posts, .. } = &acts.get(nth)?.1.what else { return None };
        let left = self.live(cluster)?;
        let Some(number) = posts.iter().filter_map(|key| self.home(&left, key)).find(|n| *n != left.number)
        else {
            return Some(SplitNow::Back);
        };
        let apart = ClusterId { number, ..left };
        let is_here = |id: &str| self.live(id).as_ref() == Some(&apart);
        let moved = acts.get(nth + 1..)?.iter().rev().find_map(|(_, act)| match &act.what {
            Deed::Merge { from, into } if is_here(from) && is_here(into) => {
                let named = [from, into].into_iter().filter_map(|id| act.posts.get(id)).flatten();
                let said: BTreeSet<&PostKey> = named.collect();
                posts.iter().any(|key| said.contains(key)).then(|| (from.clone(), into.clone()))
            }
            _ => None,
        });
        Some(moved.map_or(SplitNow::Apart(apart), |(from, into)| SplitNow::Joined(from, into)))
    }

    /// Whether what act number `nth` decided about clusters still holds, so that the command which takes it back would do
    /// so: nothing took it back since, and it is the newest of its kind.
    pub fn still_holds(&self, acts: &[(Timestamp, Act)], nth: usize) -> bool {
        let Some((_, act)) = acts.get(nth) else { return false };
        let newer = || acts.get(nth + 1..).into_iter().flatten().map(|(_, act)| &act.what);
        let cluster = |id: &str| {
            let id = ClusterId::parse(id)?;
            self.product(&id.product)?.of_sort(id.sort).iter().find(|c| c.number == id.number)
        };
        match &act.what {
            Deed::Split { cluster, posts, .. } => {
                let again = |deed: &Deed| match deed {
                    Deed::Split { cluster: other, posts: theirs, .. } => {
                        other == cluster && theirs.iter().any(|key| posts.contains(key))
                    }
                    _ => false,
                };
                !newer().any(again) && matches!(self.split_now(acts, nth), Some(SplitNow::Apart(_)))
            }
            Deed::Merge { from, into } => {
                let again =
                    |deed: &Deed| matches!(deed, Deed::Merge { from: f, into: i } if f == from && i == into);
                let whole = self.live(into);
                let came = act.posts.get(from).into_iter().flatten();
                let stays = |key: &PostKey| {
                    whole.as_ref().is_some_and(|whole| self.home(whole, key) == Some(whole.number))
                };
                !newer().any(again) && came.into_iter().any(stays)
            }
            Deed::Name { cluster: id, name } => {
                let again = |deed: &Deed| matches!(deed, Deed::Name { cluster, .. } if cluster == id);
                !newer().any(again) && cluster(id).is_some_and(|c| c.name.as_ref() == Some(name))
            }
            Deed::Ignore { cluster: id, .. } => {
                let again = |deed: &Deed| matches!(deed, Deed::Ignore { cluster, .. } if cluster == id);
                !newer().any(again) && cluster(id).is_some_and(|c| c.ignored)
            }
            _ => true,
        }
    }

    /// The cluster that goes by this id now, merges followed.
    fn live(&self, id: &str) -> Option<ClusterId> {
        let named = ClusterId::parse(id)?;
        let number = self.product(&named.product)?.of_sort(named.sort).get(named.number)?.number;
        Some(ClusterId { number, ..named })
    }

    /// The number of the cluster in which a post is now, among those of the same sort.
    pub fn home(&self, beside: &ClusterId, key: &PostKey) -> Option<u32> {
        let clusters = self.product(&beside.product)?.of_sort(beside.sort);
        clusters.of_post(key).map(|number| clusters.resolve(number))
    }
}
