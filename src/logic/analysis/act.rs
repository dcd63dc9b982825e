//! What people decide, and what follows from it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::cluster_id::{ClusterId, Sort};
use super::fix::Fix;
use super::product::{SeriesId, features_of};
use super::silence::Silence;
use super::state::{Analysis, Outcome};
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::Timestamp;
use crate::logic::cluster::Clusters;
use crate::logic::lifecycle::Standing;

/// "Not an issue" raises the bar of its series by so many powers of ten.
const NOT_AN_ISSUE: f64 = 1.0;
/// Who has not said it for so many days before it is called fixed had stopped already.
const STOPPED_DAYS: i64 = 7;
/// The rate before a fix is that of so many days.
const RATE_DAYS: i64 = 14;

impl Analysis {
    pub(super) fn act(&mut self, act: &Act, now: Timestamp, out: &mut Outcome) {
        let before = out.events.len();
        self.follow(act, now, out);
        // What a decision ended was ended by whoever decided.
        for event in out.events.iter_mut().skip(before) {
            event.beside.by.clone_from(&act.by);
        }
    }

    fn follow(&mut self, act: &Act, now: Timestamp, out: &mut Outcome) {
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
            Deed::Fixed { alert, version } => self.fixed(alert, version, now, out),
            // What was known otherwise is for ledger and digest, and decides about nothing.
            Deed::Known { alert, at, withdrawn, .. } => self.known_on(alert, *at, *withdrawn),
            Deed::Silence { scope, until, until_worse, .. } => {
                if let Some(scope) = self.now_at(scope, act.posts.get(scope)) {
                    let open = self.memory.products.values().flat_map(|p| p.alerts.values());
                    let people =
                        open.filter(|s| s.is_open()).map(|s| (s.id.clone(), s.tally.in_all())).collect();
                    let until_worse = until_worse.then_some(people);
                    self.memory.silences.insert(scope, Silence { until: *until, until_worse });
                }
            }
            Deed::Merge { from, into } => {
                let places = [from, into].map(|id| self.now_at(id, act.posts.get(id)));
                if let [Some(from), Some(into)] = &places
                    && let (Some(from), Some(into)) = (ClusterId::parse(from), ClusterId::parse(into))
                    && (&from.product, from.sort) == (&into.product, into.sort)
                    && let Some(state) = self.memory.products.get_mut(&into.product)
                {
                    let clusters = state.of_sort_mut(into.sort);
                    let (from, to) = (clusters.resolve(from.number), clusters.resolve(into.number));
                    clusters.join(from, to);
                    if into.sort == Sort::Complaints {
                        state.follow_merge(from, to);
                    }
                    let rules = Arc::clone(&self.rules);
                    if let Some(product) = rules.products.iter().find(|p| p.id == into.product) {
                        self.tell_merged(product, now, out);
                    }
                }
            }
            Deed::Split { cluster, posts, again } => {
                if let Some((clusters, number)) = self.home_of(cluster, Some(posts)) {
                    let again = again.as_deref().and_then(ClusterId::parse).map(|id| id.number);
                    clusters.split(number, posts, again, features_of);
                }
            }
            Deed::Name { cluster, name } => {
                if let Some((clusters, number)) = self.home_of(cluster, act.posts.get(cluster)) {
                    clusters.name(number, name);
                }
            }
            Deed::Ignore { cluster, ignored, .. } => {
                if let Some((clusters, number)) = self.home_of(cluster, act.posts.get(cluster)) {
                    clusters.ignore(number, *ignored);
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
            Deed::Feedback { alert, useful, taken_back } => {
                let product = self.complaint_of(alert).map(|(product, _)| product);
                let owner = product.and_then(|id| self.rules.products.iter().find(|p| p.id == id));
                if let Some(team) = owner.map(|p| p.team.clone()) {
                    self.team_log(&team).judge(*useful);
                    if *taken_back {
                        self.team_log(&team).no_false_alarm();
                    }
                }
                if *taken_back {
                    self.an_issue_after_all(alert);
                }
                if !*useful {
                    if let Some((product, id)) = self.complaint_of(alert)
                        && let Some(state) = self.memory.products.get_mut(&product)
                    {
                        *state.raised.entry(id).or_default() += NOT_AN_ISSUE;
                    }
                    self.end_by_hand(alert, Reason::NotAnIssue, now, out);
                }
            }
        }
    }

    /// Somebody says that it is fixed: it ends, and is watched.
    fn fixed(&mut self, alert: &str, version: &str, now: Timestamp, out: &mut Outcome) {
        let Some((product, id)) = self.find(alert) else { return };
        let Some(state) = self.memory.products.get_mut(&product) else { return };
        if !state.is_open(&id) {
            return;
        }
        if matches!(id, SeriesId::Shared(_)) {
            // That one person's words are passed on is nothing that a fix could stop.
            return self.end_by_hand(alert, Reason::ResolvedByHand, now, out);
        }
        let rate = state.series.get_mut(&id).map_or(0.0, |series| {
            series.advance(now, &state.pool);
            // What had stopped before it was called fixed shows nothing about the fix.
            if series.people(STOPPED_DAYS) == 0 {
                return 0.0;
            }
            f64::from(series.people(RATE_DAYS)) / RATE_DAYS as f64
        });
        let fix =
            Fix { at: now, version: version.to_owned(), rate, since: Default::default(), verified: false };
        state.fixes.insert(id, fix);
        self.end_by_hand(alert, Reason::SaidFixed, now, out);
    }

    /// Somebody takes back that it was no issue: it is as if they had said that it is over.
    fn an_issue_after_all(&mut self, alert: &str) {
        let Some((product, id)) = self.complaint_of(alert) else { return };
        let Some(state) = self.memory.products.get_mut(&product) else { return };
        if let Some(raised) = state.raised.get_mut(&id) {
            *raised -= NOT_AN_ISSUE;
        }
        state.raised.retain(|_, raised| *raised > 0.0);
        if let Some((_, reason @ Reason::NotAnIssue)) =
            state.alerts.get_mut(&id).filter(|s| s.id == alert).and_then(|standing| standing.ended.as_mut())
        {
            *reason = Reason::ResolvedByHand;
        }
    }

    fn end_by_hand(&mut self, alert: &str, reason: Reason, now: Timestamp, out: &mut Outcome) {
        let Some((product, id)) = self.find(alert) else { return };
        let rules = Arc::clone(&self.rules);
        if let Some(product) = rules.products.iter().find(|p| p.id == product) {
            self.end(product, &id, reason, now, out);
        }
    }

    /// The clusters that a cluster belongs to, and the number that it has now.
    fn home_of(&mut self, cluster: &str, posts: Option<&Vec<PostKey>>) -> Option<(&mut Clusters, u32)> {
        let id = ClusterId::parse(&self.now_at(cluster, posts)?)?;
        Some((self.memory.products.get_mut(&id.product)?.of_sort_mut(id.sort), id.number))
    }

    /// Where the cluster is that a decision is about: it is the one that most of `posts` are in, whatever number it had
    /// when the decision was made. `None` where none of them is in any: it would be about something else. Without posts
    /// the id stands for itself.
    fn now_at(&self, id: &str, posts: Option<&Vec<PostKey>>) -> Option<String> {
        let (Some(posts), Some(named)) = (posts, ClusterId::parse(id)) else { return Some(id.to_owned()) };
        let clusters = self.memory.products.get(&named.product)?.of_sort(named.sort);
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for number in posts.iter().filter_map(|key| clusters.of_post(key)) {
            *counts.entry(number).or_default() += 1;
        }
        let (number, _) = counts.into_iter().max_by_key(|(number, posts)| (*posts, Reverse(*number)))?;
        Some(ClusterId { number, ..named }.to_string())
    }

    /// Product and series of an alert, also of one that was followed by another about the same.
    fn complaint_of(&self, alert: &str) -> Option<(String, SeriesId)> {
        self.find(alert).or_else(|| {
            self.memory.products.iter().find_map(|(product, state)| {
                let followed = |standing: &Standing| standing.formerly.iter().any(|id| id == alert);
                let (id, _) = state.alerts.iter().find(|(_, standing)| followed(standing))?;
                Some((product.clone(), id.clone()))
            })
        })
    }

    /// Product and series of an alert.
    pub(super) fn find(&self, alert: &str) -> Option<(String, SeriesId)> {
        self.memory.products.iter().find_map(|(product, state)| {
            let (id, _) = state.alerts.iter().find(|(_, standing)| standing.id == alert)?;
            Some((product.clone(), id.clone()))
        })
    }
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
        let act = Act {
            why: String::new(),
            by: "ana".into(),
            what: what(cluster.clone()),
            posts: [(cluster, keys)].into(),
        };
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

    #[test]
    fn ideas_are_named_and_merged_as_complaints_are() {
        let at: Timestamp = "2025-01-06T00:10:00Z".parse().unwrap();
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let teams = file("teams.toml", "[team.t]\nemail = [\"t@example.org\"]\n");
        let product = file("p.toml", &PRODUCT.replace("clusters = \"all\"\n", ""));
        let mut bodies = vec![Body::Rules(RuleFiles { folder: "r".into(), files: vec![product, teams] })];
        for (id, text) in [
            ("a", "I wish my widget had a dark mode"),
            ("b", "it would be great if the widget came in a bigger size, please add one"),
        ] {
            let line =
                serde_json::json!({"id": id, "source": "s", "author": id, "text": text, "created_at": at});
            let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
                unreachable!()
            };
            bodies.push(Body::Post { post, history: false });
        }
        let by = |what: Deed, named: &[(&str, &str)]| {
            let key = |id: &str| vec![PostKey { source: "s".into(), id: id.into() }];
            let posts = named.iter().map(|(cluster, post)| ((*cluster).to_owned(), key(post))).collect();
            Body::Act(Act { why: String::new(), by: "ana".into(), what, posts })
        };
        // Under numbers that they do not have here: the posts say which ones are meant.
        bodies.push(by(Deed::Name { cluster: "p.i70".into(), name: "Dark mode".into() }, &[("p.i70", "a")]));
        let both = Deed::Merge { from: "p.i71".into(), into: "p.i70".into() };
        let mut analysis = Analysis::default();
        for (i, body) in bodies.into_iter().enumerate() {
            analysis.fold(&Entry { seq: i as u64 + 1, at, body });
        }
        let ideas = |analysis: &Analysis| -> Vec<(Option<String>, u32)> {
            analysis.product("p").unwrap().ideas.iter().map(|c| (c.name.clone(), c.size)).collect()
        };
        assert_eq!(ideas(&analysis), [(Some("Dark mode".into()), 1), (None, 1)]);
        let body = by(both, &[("p.i70", "a"), ("p.i71", "b")]);
        analysis.fold(&Entry { seq: 100, at, body });
        assert_eq!(ideas(&analysis), [(Some("Dark mode".into()), 2)]);
        assert_eq!(analysis.product("p").unwrap().clusters.iter().count(), 0);
    }
}
