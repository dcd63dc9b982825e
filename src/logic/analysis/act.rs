//! What people decide, and what follows from it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::product::{ProductState, SeriesId, features_of};
use super::state::{Analysis, Outcome};
use crate::ground::alert::Reason;
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;

/// "Not an issue" raises the bar of its series by so many powers of ten.
const NOT_AN_ISSUE: f64 = 1.0;

impl Analysis {
    pub(super) fn act(&mut self, act: &Act, now: Timestamp, out: &mut Outcome) {
        match &act.what {
            Deed::Acknowledge { alert } => {
                if let Some((product, id)) = self.find(alert)
                    && let Some(standing) =
                        self.memory.products.get_mut(&product).and_then(|p| p.alerts.get_mut(&id))
                {
                    standing.acknowledged_by = Some(act.by.clone());
                }
            }
            Deed::Resolve { alert } => self.end_by_hand(alert, Reason::ResolvedByHand, now, out),
            Deed::Silence { scope, until, .. } => {
                if let Some(scope) = self.now_at(scope, act.posts.get(scope)) {
                    self.memory.silences.insert(scope, *until);
                }
            }
            Deed::Merge { from, into } => {
                let places = [from, into].map(|id| self.now_at(id, act.posts.get(id)));
                if let [Some(from), Some(into)] = &places
                    && let (Some((product, from)), Some((other, into))) = (split_id(from), split_id(into))
                    && product == other
                    && let Some(state) = self.memory.products.get_mut(product)
                {
                    let (from, into) = (state.clusters.resolve(from), state.clusters.resolve(into));
                    state.clusters.join(from, into);
                    state.follow_merge(from, into);
                }
            }
            Deed::Split { cluster, posts } => {
                if let Some((state, number)) = self.home_of(cluster, Some(posts)) {
                    state.clusters.split(number, posts, features_of);
                }
            }
            Deed::Name { cluster, name } => {
                if let Some((state, number)) = self.home_of(cluster, act.posts.get(cluster)) {
                    state.clusters.name(number, name);
                }
            }
            Deed::Ignore { cluster, ignored, .. } => {
                if let Some((state, number)) = self.home_of(cluster, act.posts.get(cluster)) {
                    state.clusters.ignore(number, *ignored);
                }
            }
            Deed::Leave { team, address, left } => {
                let addresses = self.memory.left.entry(team.clone()).or_default();
                if *left {
                    addresses.insert(address.to_lowercase());
                } else {
                    addresses.remove(&address.to_lowercase());
                }
                self.memory.left.retain(|_, addresses| !addresses.is_empty());
            }
            Deed::Feedback { alert, useful } => {
                if !*useful {
                    if let Some((product, id)) = self.find(alert)
                        && let Some(state) = self.memory.products.get_mut(&product)
                    {
                        *state.raised.entry(id).or_default() += NOT_AN_ISSUE;
                    }
                    self.end_by_hand(alert, Reason::NotAnIssue, now, out);
                }
            }
        }
    }

    fn end_by_hand(&mut self, alert: &str, reason: Reason, now: Timestamp, out: &mut Outcome) {
        let Some((product, id)) = self.find(alert) else { return };
        let rules = Arc::clone(&self.rules);
        if let Some(product) = rules.products.iter().find(|p| p.id == product) {
            self.end(product, &id, reason, now, out);
        }
    }

    /// The product that a cluster belongs to, and the number that it has now.
    fn home_of(&mut self, cluster: &str, posts: Option<&Vec<PostKey>>) -> Option<(&mut ProductState, u32)> {
        let cluster = self.now_at(cluster, posts)?;
        let (product, number) = split_id(&cluster)?;
        Some((self.memory.products.get_mut(product)?, number))
    }

    /// Where the cluster is that a decision is about: it is the one that most of `posts` are in, whatever number it had
    /// when the decision was made. `None` where none of them is in any: it would be about something else. Without posts
    /// the id stands for itself.
    fn now_at(&self, id: &str, posts: Option<&Vec<PostKey>>) -> Option<String> {
        let (Some(posts), Some((product, _))) = (posts, split_id(id)) else { return Some(id.to_owned()) };
        let clusters = &self.memory.products.get(product)?.clusters;
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for number in posts.iter().filter_map(|key| clusters.of_post(key)) {
            *counts.entry(number).or_default() += 1;
        }
        let (number, _) = counts.into_iter().max_by_key(|(number, posts)| (*posts, Reverse(*number)))?;
        Some(format!("{product}.c{number}"))
    }

    /// Product and series of an alert.
    fn find(&self, alert: &str) -> Option<(String, SeriesId)> {
        self.memory.products.iter().find_map(|(product, state)| {
            let (id, _) = state.alerts.iter().find(|(_, standing)| standing.id == alert)?;
            Some((product.clone(), id.clone()))
        })
    }
}

/// `mini-9.c17` → product and number.
fn split_id(cluster: &str) -> Option<(&str, u32)> {
    let (product, number) = cluster.rsplit_once(".c")?;
    Some((product, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
    use crate::ground::post::{Incoming, parse_line};

    const PRODUCT: &str =
        "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\nclusters = \"all\"\n";

    /// What is said about two matters, and then decided about the first under a number that it does not have here.
    fn after(what: impl Fn(String) -> Deed, posts: &[&str]) -> Analysis {
        let at: Timestamp = "2025-01-06T00:10:00Z".parse().unwrap();
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let teams = file("teams.toml", "[team.t]\nemail = [\"t@example.org\"]\n");
        let files = RuleFiles { folder: "rules".into(), files: vec![file("p.toml", PRODUCT), teams] };
        let mut bodies = vec![Body::Rules(files)];
        for (id, text) in
            [("a", "the hinge of my widget snapped in two"), ("b", "charged twice for a widget last month")]
        {
            let line =
                serde_json::json!({"id": id, "source": "s", "author": id, "text": text, "created_at": at});
            let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
                unreachable!()
            };
            bodies.push(Body::Post { post, history: false });
        }
        let cluster = "p.c77".to_owned();
        let keys = posts.iter().map(|id| PostKey { source: "s".into(), id: (*id).into() }).collect();
        let act = Act { by: "ana".into(), what: what(cluster.clone()), posts: [(cluster, keys)].into() };
        bodies.push(Body::Act(act));
        let mut analysis = Analysis::default();
        for (i, body) in bodies.into_iter().enumerate() {
            analysis.fold(&Entry { seq: i as u64 + 1, at, body });
        }
        analysis
    }

    fn names(analysis: &Analysis) -> Vec<(String, bool)> {
        let state = analysis.product("p").unwrap();
        state.clusters.iter().map(|c| (c.name.clone().unwrap_or_default(), c.ignored)).collect()
    }

    #[test]
    fn a_decision_follows_the_posts_that_it_is_about() {
        let name = |cluster| Deed::Name { cluster, name: "Hinges".into() };
        assert_eq!(names(&after(name, &["a"])), [("Hinges".into(), false), (String::new(), false)]);
        let ignore = |cluster| Deed::Ignore { cluster, ignored: true, why: String::new() };
        assert_eq!(names(&after(ignore, &["b"])), [(String::new(), false), (String::new(), true)]);
    }

    #[test]
    fn what_nobody_is_left_of_is_decided_about_nothing_else() {
        let ignore = |cluster| Deed::Ignore { cluster, ignored: true, why: String::new() };
        assert_eq!(names(&after(ignore, &["z"])), [(String::new(), false), (String::new(), false)]);
    }
}
