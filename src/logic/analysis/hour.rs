//! What is done every hour: what is over ends, silences run out, and the looks that share a
//! budget are counted; and the bars that follow from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::product::SeriesId;
use super::state::{Analysis, Outcome};
use crate::ground::alert::EventKind;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, day_of, days_between, plus_ms};
use crate::logic::lifecycle::Verdict;
use crate::logic::rules::{Product, Team};
use crate::logic::spike::{bar, bar_of_evidence};

/// Series in which somebody spoke within so many days share the budget.
const LIVE_DAYS: i64 = 28;
/// What waited to be told is told while somebody spoke within so many days, today among them; else the end tells it.
const GOES_ON_DAYS: i64 = 3;
/// What nobody has said for so many days is no new usual.
const USUAL_DAYS: i64 = 14;
/// An alert is over after half its window without more people than usual, at least a week: people who are told that it is
/// over on the third day, while others still complain, believe nothing any more.
const LEAST_QUIET_DAYS: u32 = 7;
/// … and at most so many days.
const MOST_QUIET_DAYS: u32 = 14;

impl Analysis {
    pub(super) fn every_hour(&mut self, before: Option<Timestamp>, now: Timestamp, out: &mut Outcome) {
        let rules = Arc::clone(&self.rules);
        let new_day = before.is_none_or(|known| day_of(known) != day_of(now));
        for product in &rules.products {
            let Some(state) = self.memory.products.get_mut(&product.id) else { continue };
            state.note_silence(now);
            if new_day {
                state.maintain(now);
            }
            self.tell_merged(product, now, out);
            let Some(state) = self.memory.products.get_mut(&product.id) else { continue };
            let open: Vec<SeriesId> =
                state.alerts.iter().filter(|(_, s)| s.is_open()).map(|(id, _)| id.clone()).collect();
            for id in open {
                let Some(state) = self.memory.products.get_mut(&product.id) else { continue };
                // What took two weeks to show is not over after two quiet days.
                let window = state.causes.get(&id).map_or(3, |cause| cause.figures.days);
                let quiet = (window / 2).clamp(LEAST_QUIET_DAYS, MOST_QUIET_DAYS);
                let (back, spoke) = match state.series.get_mut(&id) {
                    Some(series) => {
                        series.advance(now, &state.pool);
                        (series.is_back_to_usual(now, &state.pool, quiet), series.people(USUAL_DAYS) > 0)
                    }
                    None => {
                        let cause = state.causes.get(&id).and_then(|cause| cause.evidence.first());
                        let goes_on = cause.is_some_and(|post| state.sharing.goes_on(post, now));
                        (!goes_on, goes_on)
                    }
                };
                // What was too soon to tell when it was said is told when it is time, unless it has gone quiet since.
                let spoke_lately =
                    state.series.get(&id).is_some_and(|series| series.people(GOES_ON_DAYS) > 0);
                if spoke_lately {
                    self.update(product, &id, now, out);
                }
                let Some(state) = self.memory.products.get_mut(&product.id) else { continue };
                let Some(standing) = state.alerts.get(&id) else { continue };
                // Quiet is what came after the last that was written about it.
                let back = back && days_between(standing.told_at, now) >= f64::from(quiet);
                if let Verdict::Happened(_, reason) = standing.is_over(now, back, spoke) {
                    self.end(product, &id, reason, now, out);
                }
            }
        }
        for product in &rules.products {
            self.see_fixes(product, now, out);
        }
        self.memory.silences.retain(|_, silence| silence.until > now);
        self.memory.lids.retain(|_, lid| !lid.is_idle(now));
        self.count_live(now);
    }

    /// People are told once when what was called fixed stays away.
    fn see_fixes(&mut self, product: &Product, now: Timestamp, out: &mut Outcome) {
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let hold = state.fixes.iter().filter(|(_, fix)| fix.holds(now, state.pool.deaf_days(fix.at, now)));
        let hold: Vec<SeriesId> = hold.map(|(id, _)| id.clone()).collect();
        for id in hold {
            let Some(state) = self.memory.products.get_mut(&product.id) else { return };
            if let (Some(fix), Some(standing)) = (state.fixes.get_mut(&id), state.alerts.get_mut(&id)) {
                fix.verified = true;
                standing.events += 1;
            }
            self.tell(product, &id, EventKind::Resolved, Reason::FixHolds, now, out);
        }
    }

    /// Counts the series that share each team's budget.
    pub(super) fn count_live(&mut self, now: Timestamp) {
        let mut live: BTreeMap<String, usize> = BTreeMap::new();
        let mut looks: BTreeMap<String, f64> = BTreeMap::new();
        for product in &self.rules.products {
            let count = live.entry(product.team.clone()).or_default();
            if let Some(state) = self.memory.products.get(&product.id) {
                *looks.entry(product.team.clone()).or_default() += 1.0 + state.nearby.posts_a_day(now);
                *count += state
                    .series
                    .values()
                    .filter(|s| s.spoke_since(plus_ms(now, -LIVE_DAYS * DAY_MS)))
                    .count();
            }
        }
        self.memory.live = live;
        self.memory.looks = looks;
    }

    /// Bar of a team for rises around a post (log10), its budget, and the looks a day that share it: every complaint is
    /// a look, and so is every day of every product.
    pub(super) fn bar_of_rises(&self, team: &str) -> (f64, f64, usize) {
        let budget = self.rules.teams.get(team).map_or(4.0, |t: &Team| t.false_alarms_a_year);
        let looks = self.memory.looks.get(team).copied().unwrap_or(1.0).ceil().max(1.0) as usize;
        (bar(looks, budget), budget, looks)
    }

    /// Bar of a team (log10), its budget, and the series that share it.
    pub(super) fn bar_of(&self, team: &str) -> (f64, f64, usize) {
        let budget = self.rules.teams.get(team).map_or(4.0, |t: &Team| t.false_alarms_a_year);
        let series = self.memory.live.get(team).copied().unwrap_or(1).max(1);
        (bar_of_evidence(series, budget), budget, series)
    }
}
