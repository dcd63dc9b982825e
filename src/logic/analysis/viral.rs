//! Complaints that are passed on: one person's words, shared by many. They are one voice for every other count; a team that
//! asks for it (`viral_alerts_a_year`) is told when one is shared far more than this product's complaints are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::around::{Cause, Figures};
use super::product::{ProductState, SeriesId};
use super::state::{Analysis, Outcome, alert_id};
use crate::ground::alert::{EventKind, Severity};
use crate::ground::post::{Post, PostKey};
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::lifecycle::{Standing, Verdict};
use crate::logic::rules::Product;

/// Sharing is counted within so many days.
const WITHIN_DAYS: f64 = 1.0;
/// A post that is shared no more for so long has had its peak.
const PEAKED_DAYS: f64 = 3.0;
/// Fewer sharers are never told of.
const FEWEST: u32 = 10;
/// Posts that are watched: those shared last.
const MOST_POSTS: usize = 128;
/// Sharers of one post that are told apart within the window; more are "at least so many".
const MOST_SHARERS: usize = 512;
/// Posts that are named as evidence: the last ones.
const EVIDENCE: usize = 64;
/// What is known of past peaks loses half its weight in so many days.
const HALF_LIFE: f64 = 365.0;
/// The tail of how often posts are shared, before anything is known of this product: a Pareto index of about 1.5 (published
/// ones of reposting lie between 1 and 2.5), believed as much as this many posts.
const PRIOR_INDEX: f64 = 1.5;
const PRIOR_POSTS: f64 = 8.0;
/// … and so many days.
const PRIOR_DAYS: f64 = 30.0;

/// One post that others share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Spread {
    /// Who shared it within the window, and by which post.
    sharers: VecDeque<(Timestamp, u64, PostKey)>,
    last: Timestamp,
    /// Most sharers in any window.
    most: u32,
}

/// What is shared of a product's complaints, and how much is usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sharing {
    of: BTreeMap<PostKey, Spread>,
    /// Decayed posts that were shared at all, decayed sum of ln(most sharers), and since when they are counted.
    posts: f64,
    logs: f64,
    since: Option<Timestamp>,
    as_of: Option<Timestamp>,
}

/// A post that is being shared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shared {
    /// The post.
    pub(super) post: PostKey,
    /// Cluster of the post.
    pub(super) cluster: u32,
    /// Different sharers within the window.
    pub(super) people: u32,
}

impl Sharing {
    /// An account shared `original`. Gives the different accounts that did within the last day.
    pub(super) fn hear(&mut self, original: &PostKey, post: &Post, voice: u64, now: Timestamp) -> u32 {
        self.since = Some(self.since.unwrap_or(now));
        self.let_go(now);
        let spread = self.of.entry(original.clone()).or_insert_with(|| Spread {
            sharers: VecDeque::new(),
            last: now,
            most: 0,
        });
        spread.last = spread.last.max(now);
        spread.sharers.retain(|(at, ..)| days_between(*at, now) < WITHIN_DAYS);
        // A backlog that arrives today was not shared today.
        if days_between(post.created_at, now) < WITHIN_DAYS
            && spread.sharers.len() < MOST_SHARERS
            && !spread.sharers.iter().any(|(_, known, _)| *known == voice)
        {
            spread.sharers.push_back((post.created_at, voice, post.key()));
        }
        let people = spread.sharers.len() as u32;
        spread.most = spread.most.max(people);
        if self.of.len() > MOST_POSTS {
            let oldest = self.of.iter().min_by_key(|(key, s)| (s.last, (*key).clone()));
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.learn(&key, now);
            }
        }
        people
    }

    /// What nobody shares any more teaches how much is usual.
    fn let_go(&mut self, now: Timestamp) {
        let still = self.of.iter().filter(|(_, s)| days_between(s.last, now) >= PEAKED_DAYS);
        let still: Vec<PostKey> = still.map(|(key, _)| key.clone()).collect();
        for key in still {
            self.learn(&key, now);
        }
    }

    fn learn(&mut self, key: &PostKey, now: Timestamp) {
        let Some(spread) = self.of.remove(key) else { return };
        let days = self.as_of.map_or(0.0, |at| days_between(at, now).max(0.0));
        let kept = 0.5f64.powf(days / HALF_LIFE);
        self.posts = self.posts * kept + 1.0;
        self.logs = self.logs * kept + (2.0 * f64::from(spread.most.max(1))).ln();
        self.as_of = Some(now);
    }

    /// Index α of the tail P(x ≥ s) = (2s − 1)^−α: Hill's estimate (1975) for whole numbers from 1 on, which begin at a half
    /// (Clauset, Shalizi and Newman 2009, eq. 3.7).
    fn index(&self) -> f64 {
        ((PRIOR_POSTS + self.posts) / (PRIOR_POSTS / PRIOR_INDEX + self.logs).max(1e-9)).max(0.3)
    }

    /// So many sharers in a day are reached by about `budget` posts a year.
    fn bar(&self, budget: f64, now: Timestamp) -> u32 {
        let watched = self.since.map_or(0.0, |since| days_between(since, now).max(0.0));
        let scale = HALF_LIFE / std::f64::consts::LN_2;
        let days = scale * (1.0 - (-watched / scale).exp());
        let a_year = (PRIOR_POSTS + self.posts) / (PRIOR_DAYS + days) * 365.0;
        let bar = (a_year / budget.max(1e-6)).max(1.0).powf(1.0 / self.index());
        ((bar.min(1e9) + 1.0) / 2.0).ceil().max(f64::from(FEWEST)) as u32
    }

    /// How often a post of this product that is shared at all is shared in its busiest day: half of them stay under it.
    fn usual(&self) -> f64 {
        (2f64.powf(1.0 / self.index()) + 1.0) / 2.0
    }

    /// Whether somebody shared this post of late.
    pub(super) fn goes_on(&self, post: &PostKey, now: Timestamp) -> bool {
        self.of.get(post).is_some_and(|s| days_between(s.last, now) < PEAKED_DAYS)
    }

    fn evidence(&self, original: &PostKey) -> Vec<PostKey> {
        let sharers =
            self.of.get(original).into_iter().flat_map(|s| s.sharers.iter().rev().take(EVIDENCE - 1));
        let mut keys: Vec<PostKey> = sharers.map(|(.., key)| key.clone()).collect();
        keys.push(original.clone());
        keys.reverse();
        keys
    }

    /// A post is gone.
    pub(super) fn forget(&mut self, key: &PostKey) {
        self.of.remove(key);
        for spread in self.of.values_mut() {
            spread.sharers.retain(|(.., by)| by != key);
        }
    }
}

impl Analysis {
    /// A complaint was shared by one more account.
    pub(super) fn complaint_shared(
        &mut self,
        product: &Product,
        shared: &Shared,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let team = self.rules.teams.get(&product.team);
        let Some(budget) = team.and_then(|team| team.viral_alerts_a_year) else { return };
        // The budget is the team's, over all its products.
        let products = self.rules.products.iter().filter(|p| p.team == product.team).count();
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let number = state.clusters.resolve(shared.cluster);
        if state.clusters.get(number).is_none_or(|c| c.ignored) {
            return;
        }
        let id = SeriesId::Shared(number);
        let raised = state.raised.get(&id).copied().unwrap_or(0.0);
        let bar = state.sharing.bar(budget / products.max(1) as f64 / 10f64.powf(raised), now);
        let cause = state.cause_of_sharing(shared, bar);
        if let Some(standing) = state.alerts.get_mut(&id).filter(|s| s.is_open()) {
            standing.tally.at_least(shared.people, now);
            let places = standing.places.clone();
            let severity = standing.severity;
            if let Verdict::Happened(kind, reason) =
                standing.needs_update(now, shared.people, &places, severity)
            {
                standing.told_at = now;
                standing.told_people = shared.people;
                standing.events += 1;
                state.causes.insert(id.clone(), cause);
                self.tell(product, &id, kind, reason, now, out);
            }
            return;
        }
        if shared.people < bar {
            return;
        }
        let old = state.alerts.get(&id).filter(|s| s.can_regress(now));
        let (kind, reason) = match old {
            Some(_) => (EventKind::Regressed, Reason::CameBack),
            None => (EventKind::Opened, Reason::SharedWidely),
        };
        let formerly = state.alerts.get(&id).map(|s| s.formerly(kind)).unwrap_or_default();
        let standing = Standing {
            formerly,
            id: old.map_or_else(|| alert_id(&product.id, &id, now), |s| s.id.clone()),
            opened_at: now,
            ended: None,
            told_at: now,
            events: old.map_or(0, |s| s.events) + 1,
            told_people: shared.people,
            places: BTreeSet::new(),
            since: now,
            said: None,
            label: String::new(),
            back_since: old.and_then(|s| Some(s.ended?.0)),
            earlier: None,
            teams: old.map_or_else(Default::default, |s| s.teams.clone()),
            severity: Severity::Normal,
            danger: Severity::Normal,
            of_danger: Default::default(),
            tally: old.map_or_else(Default::default, |s| s.tally.again()),
            usual: 0.0,
            acknowledged_by: None,
        };
        state.alerts.insert(id.clone(), standing);
        state.causes.insert(id.clone(), cause);
        self.tell(product, &id, kind, reason, now, out);
    }
}

impl ProductState {
    fn cause_of_sharing(&self, shared: &Shared, bar: u32) -> Cause {
        let people = shared.people;
        let figures = Figures {
            score: f64::from(people.max(1)).log10(),
            bar: Some(f64::from(bar).log10()),
            days: 1,
            people,
            expected: self.sharing.usual(),
            ..Figures::default()
        };
        Cause { evidence: self.sharing.evidence(&shared.post), figures, ..Cause::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::AlertEvent;
    use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
    use crate::ground::post::{Incoming, parse_line};
    use crate::ground::time::{DAY_MS, HOUR_MS, plus_ms, ticks_between};

    fn start() -> Timestamp {
        "2025-01-06T00:00:00Z".parse().unwrap()
    }

    fn post(id: &str, author: &str, text: &str, at: Timestamp) -> Post {
        let line =
            serde_json::json!({"id": id, "source": "s", "author": author, "text": text, "created_at": at});
        match parse_line(line.to_string().as_bytes(), None) {
            Ok(Incoming::Post(post)) => *post,
            other => unreachable!("{other:?}"),
        }
    }

    /// Posts that people share, with Pareto tails; how many in the last of two years reach the bar of the moment.
    fn reached(index: f64, a_day: f64, budget: f64, seed: u64) -> u32 {
        let mut state = seed;
        let mut dice = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        };
        let (mut sharing, mut told, mut at) = (Sharing::default(), 0, 0.0);
        while at < 730.0 {
            at += -dice().ln() / a_day;
            let sharers = (((1.0 / dice()).powf(1.0 / index) + 1.0) / 2.0).floor().min(400.0) as u32;
            let now = plus_ms(start(), (at * DAY_MS as f64) as i64);
            let bar = sharing.bar(budget, now);
            let original = PostKey { source: "s".into(), id: format!("{at}") };
            let by = post("x", "x", "RT", now);
            for sharer in 0..sharers {
                sharing.hear(&original, &by, u64::from(sharer), now);
            }
            told += u32::from(at > 365.0 && sharers >= bar);
        }
        told
    }

    #[test]
    fn the_budget_is_kept_whatever_the_tail() {
        for (index, a_day) in [(1.2, 3.0), (1.5, 10.0), (2.0, 30.0)] {
            for budget in [4.0, 12.0] {
                let years: Vec<u32> = (1..=12).map(|seed| reached(index, a_day, budget, seed)).collect();
                let a_year = f64::from(years.iter().sum::<u32>()) / years.len() as f64;
                assert!(a_year > 0.0, "index {index}, {a_day} a day: never");
                assert!(a_year < 1.5 * budget, "index {index}, {a_day} a day: {a_year} instead of {budget}");
            }
        }
    }

    const PRODUCT: &str = "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\n";
    const COMPLAINT: &str = "the hinge of my widget broke after two weeks, really disappointing";

    /// What is told when a complaint of the tenth day is shared by so many on that day and on the next.
    fn told(team: &str, first: u32, second: u32) -> Vec<AlertEvent> {
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let teams = format!("[team.t]\nemail = [\"t@example.org\"]\n{team}");
        let files = vec![file("p.toml", PRODUCT), file("teams.toml", &teams)];
        let mut bodies = vec![(start(), Body::Rules(RuleFiles { folder: "r".into(), files }))];
        let mut say = |id: String, author: String, text: String, at| {
            bodies.push((at, Body::Post { post: Box::new(post(&id, &author, &text, at)), history: false }));
        };
        let tenth = plus_ms(start(), 10 * DAY_MS);
        say("first".into(), "ana".into(), COMPLAINT.into(), tenth);
        for i in 0..first {
            let at = plus_ms(tenth, HOUR_MS + i64::from(i) * 60_000);
            say(format!("a{i}"), format!("fan{i}"), format!("RT @ana: {COMPLAINT}"), at);
        }
        for i in 0..second {
            let at = plus_ms(tenth, 30 * HOUR_MS + i64::from(i) * 60_000);
            say(format!("b{i}"), format!("other{i}"), format!("{COMPLAINT} (via @ana)"), at);
        }
        let mut analysis = Analysis::default();
        let mut events = Vec::new();
        let mut fold = |at, body| {
            let entry = Entry { seq: 1, at, body };
            events.extend(analysis.fold(&entry).events);
        };
        let mut last = start();
        for (at, body) in bodies {
            for tick in ticks_between(last, at) {
                fold(tick, Body::Tick);
            }
            last = at;
            fold(at, body);
        }
        for tick in ticks_between(last, plus_ms(last, 20 * DAY_MS)) {
            fold(tick, Body::Tick);
        }
        events
    }

    #[test]
    fn a_complaint_that_is_passed_on_is_told_where_it_is_asked_for() {
        assert_eq!(told("", 60, 0), []);
        assert_eq!(told("viral_alerts_a_year = 6", 5, 0), []);
        let events = told("viral_alerts_a_year = 6", 60, 0);
        let told: Vec<_> = events.iter().map(|e| (e.kind, e.reason.name())).collect();
        assert_eq!(told, [(EventKind::Opened, "shared-widely"), (EventKind::Resolved, "back-to-usual")]);
        let opened = &events[0];
        assert!(opened.beside.shared && (FEWEST..60).contains(&opened.observed), "{}", opened.observed);
        assert_eq!((opened.authors, opened.window_days), (opened.observed, 1));
        assert_eq!(opened.evidence[0].id, "first");
        assert_eq!(opened.evidence.len() as u32, opened.observed + 1);
        assert_eq!(opened.quotes.len(), 1, "the sharers say nothing of their own");
        assert!(events[1].total >= opened.observed);
    }

    #[test]
    fn twice_as_many_the_next_day_is_an_update() {
        let events = told("viral_alerts_a_year = 6", 60, 160);
        let reasons: Vec<_> = events.iter().map(|e| e.reason.name()).collect();
        assert_eq!(reasons, ["shared-widely", "doubled", "back-to-usual"]);
    }
}
