//! Danger: when two people tell of the same, who of an alert's people tells of it, and what is quoted.

use std::collections::{BTreeSet, VecDeque};

use super::around::Around;
use super::product::{ProductState, SeriesId};
use super::silence::with_subject;
use super::state::Analysis;
use crate::ground::alert::{Quote, Severity};
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::cluster::{Member, quotes};
use crate::logic::lifecycle::{OfDanger, Tally};
use crate::logic::spike::Rise;

/// Quotes in an event.
const QUOTES: usize = 5;
/// Which of the widths of a neighbourhood says that two people tell of the same danger.
const DANGER_WIDTH: usize = 2;
/// … and posts so alike tell of the same, however alike all that is said of a product is.
const SAME_DANGER: f32 = 0.5;
/// … within so many days.
const DANGER_DAYS: f64 = 28.0;
/// Danger is unusual for a product of which at most so many people tell of any in four weeks …
const UNUSUAL: f64 = 0.34;
/// … as far as is known from so many days before them …
const WATCHED_DAYS: f64 = 14.0;
/// … and then any two within so many days are enough.
const UNUSUAL_DAYS: f64 = 7.0;

impl ProductState {
    /// The posts of other people that tell of the same danger as this one, of late.
    pub(super) fn same_danger(&self, around: &Around, now: Timestamp) -> BTreeSet<u64> {
        if !around.dangerous {
            return BTreeSet::new();
        }
        let judged = self.judged();
        // Like what was judged: it takes two more in like words. Another danger is told of as ever.
        let is_like_judged =
            |n: u64| judged.iter().any(|j| self.nearby.alike([n].iter(), [*j].iter()) >= SAME_DANGER);
        if self.danger_is_unusual(&judged, now) && !is_like_judged(around.number) {
            // Whatever the words: where nobody speaks of danger, two who do within days are told of.
            let others =
                self.nearby.dangerous().filter(|p| p.voice != around.voice && p.number != around.number);
            let of_late = others.filter(|p| days_between(p.at, now) < UNUSUAL_DAYS).map(|p| p.number);
            return of_late.filter(|n| !judged.contains(n) && !is_like_judged(*n)).collect();
        }
        let cut = around.cuts.get(DANGER_WIDTH).copied().unwrap_or(1.0).min(SAME_DANGER);
        let like = around.near.iter().filter(|n| n.alike >= cut && n.voice != around.voice);
        let of_late = like.filter(|n| days_between(n.at, now) < DANGER_DAYS).map(|n| n.number);
        let new = of_late.filter(|n| !judged.contains(n));
        new.filter(|n| self.nearby.get(*n).is_some_and(|p| p.dangerous)).collect()
    }

    /// Posts of which somebody said that they are no issue: neither are they a voice that a second one joins, nor do they show
    /// that danger is usual here. What is said after that was judged by nobody.
    fn judged(&self) -> BTreeSet<u64> {
        let ended = |id: &SeriesId| self.alerts.get(id).and_then(|standing| standing.ended);
        let judged = self.causes.iter().filter_map(|(id, cause)| match ended(id) {
            Some((at, Reason::NotAnIssue)) => Some((at, &cause.posts)),
            _ => None,
        });
        judged
            .flat_map(|(at, posts)| posts.iter().map(move |n| (at, *n)))
            .filter(|(at, n)| self.nearby.get(*n).is_some_and(|p| p.at <= *at))
            .map(|(_, n)| n)
            .collect()
    }

    /// Whether hardly anybody told of danger in the time before the last weeks, beside what was judged.
    fn danger_is_unusual(&self, judged: &BTreeSet<u64>, now: Timestamp) -> bool {
        let since = self.nearby.heard_since().or(self.pool.since).unwrap_or(now);
        let watched = days_between(since, now) - DANGER_DAYS;
        let before = self
            .nearby
            .dangerous()
            .filter(|p| days_between(p.at, now) >= DANGER_DAYS && !judged.contains(&p.number));
        let voices: BTreeSet<u64> = before.map(|p| p.voice).collect();
        watched >= WATCHED_DAYS && voices.len() as f64 * DANGER_DAYS <= UNUSUAL * watched
    }

    /// Two people tell of the same danger: those who did are the evidence, in the month they did it in.
    pub(super) fn rise_of_danger(
        &self,
        rise: Rise,
        danger: &BTreeSet<u64>,
        around: &Around,
        now: Timestamp,
    ) -> Rise {
        let told: Vec<_> = danger.iter().filter_map(|n| self.nearby.get(*n)).collect();
        let voices: BTreeSet<u64> = told.iter().map(|p| p.voice).chain([around.voice]).collect();
        let days = told.iter().map(|p| days_between(p.at, now)).fold(1.0, f64::max).ceil() as u32;
        let expected = rise.level() * f64::from(days);
        let (people, weight) = (voices.len() as u32, voices.len().saturating_sub(1) as f64);
        Rise { people, weight, days, expected, posts: danger.iter().copied().collect(), ..rise }
    }

    /// Whose posts these are, each with whether it tells of danger.
    pub(super) fn of_danger(&self, severity: Severity, posts: &BTreeSet<u64>) -> OfDanger {
        let posts = posts.iter().filter_map(|n| self.nearby.get(*n));
        OfDanger::opening(severity, posts.map(|p| (p.voice, p.dangerous)))
    }

    /// People who have spoken of what an alert about danger is about since then, and tell of none: they are not among its
    /// people. Nobody where the alert counts everybody.
    pub(super) fn beside_danger(
        &self,
        id: &SeriesId,
        of_danger: &OfDanger,
        tally: &Tally,
        (since, now): (Timestamp, Timestamp),
    ) -> Option<u32> {
        let others = of_danger.others()?;
        let dangerous: BTreeSet<u64> = self.nearby.dangerous().map(|p| p.voice).collect();
        let members = self.members(id).into_iter().flatten();
        let members = members.filter(|m| m.quote.at >= since && m.quote.at <= now).map(|m| m.voice);
        let all: BTreeSet<u64> = members.chain(others.iter().copied()).collect();
        Some(all.into_iter().filter(|v| !tally.knows(*v) && !dangerous.contains(v)).count() as u32)
    }
}

impl Analysis {
    /// Quotes that differ, of posts that may be quoted. Where somebody could be hurt, those are quoted who say so. Of a topic
    /// that a rule calls dangerous others follow: what is dangerous there need not be in words that are known for it.
    pub(super) fn quoted(
        &self,
        state: &ProductState,
        id: &SeriesId,
        members: &VecDeque<Member>,
        severity: Severity,
        may: impl Fn(&Quote) -> bool,
    ) -> Vec<Quote> {
        let vocabulary = &state.clusters.vocabulary;
        if severity != Severity::Safety {
            return quotes(members, vocabulary, QUOTES, may);
        }
        let dangerous = |member: &&Member| {
            with_subject(member, |s| self.assessor.assess(s.post, s.text, s.tokens, s.lang).is_dangerous())
        };
        let first: BTreeSet<&PostKey> = members.iter().filter(dangerous).map(|m| &m.quote.key).collect();
        let mut chosen = quotes(members, vocabulary, QUOTES, |q| may(q) && first.contains(&q.key));
        if !chosen.is_empty() && matches!(id, SeriesId::Cluster(_)) {
            return chosen;
        }
        let others = quotes(members, vocabulary, QUOTES - chosen.len(), |q| {
            let known = chosen.iter().any(|c| c.author_name.is_some() && c.author_name == q.author_name);
            may(q) && !known && !first.contains(&q.key)
        });
        chosen.extend(others);
        chosen
    }
}
