//! A new voice in a series: an alert of what a rule names opens or comes back, and any that is open may mean something new.

use super::product::SeriesId;
use super::state::{Analysis, Outcome, alert_id, severity_of};
use crate::ground::alert::{EventKind, Severity};
use crate::ground::reason::Reason;
use crate::ground::time::Timestamp;
use crate::logic::lifecycle::{
    FEWEST_PEOPLE, FEWEST_SAFETY, FEWEST_THERE, OfDanger, Said, Standing, Verdict, bar_for, should_open,
};
use crate::logic::rules::Product;

/// An alert whose evidence is half that of an open one is the same cause.
const SAME_CAUSE: f64 = 0.5;

impl Analysis {
    /// A new voice counts in a series: it may open, or mean something new. What a rule names is as dangerous as it says.
    pub(super) fn voice_heard(
        &mut self,
        product: &Product,
        id: &SeriesId,
        said: &Said,
        dangerous: bool,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let Some(severity) = severity_of(product, id) else { return };
        let (bar, ..) = self.bar_of(&product.team);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let Some(series) = state.series.get(id) else { return };
        let raised = state.raised.get(id).copied().unwrap_or(0.0);
        // Most posts are of nothing that rises: that is known from the score, which costs little.
        if !state.alerts.get(id).is_some_and(Standing::is_open)
            && severity != Severity::Safety
            && !state.fixes.contains_key(id)
            && series.score(now, &state.pool) < bar_for(severity, bar + raised)
        {
            return;
        }
        let reading = series.read(now, &state.pool);
        if let Some(standing) = state.alerts.get_mut(id).filter(|s| s.is_open()) {
            let by_rule = matches!(id, SeriesId::Topic(_));
            if by_rule || standing.of_danger.hear(said.voice, dangerous) {
                standing.tally.hear(said);
            }
            self.update(product, id, now, out);
            return;
        }
        let bar = bar + raised;
        if !matches!(id, SeriesId::Topic(_)) {
            return;
        }
        let lately = series.people(28);
        let verdict = should_open(&reading, lately, severity, bar);
        let broken = state.fixes.get_mut(id).is_some_and(|fix| {
            // A series counts a voice once a day, and tells no names: each is one of its own.
            fix.hear(now, fix.since.len() as u64, 0);
            fix.fails(now)
        });
        let reason = match verdict {
            Verdict::Happened(_, reason) => reason,
            Verdict::Stay(_) if broken => Reason::BackAfterFix,
            Verdict::Stay(_) => return,
        };
        if state.is_known_cause(id, now, SAME_CAUSE) {
            return;
        }
        // It was over: only those who have said it since then can bring it back.
        let ended = state.alerts.get(id).and_then(|standing| standing.ended);
        let fewest = if severity == Severity::Safety { FEWEST_SAFETY } else { FEWEST_PEOPLE };
        if !broken && ended.is_some_and(|(end, _)| state.voices_after(id, end, now) < fewest) {
            return;
        }
        let back = state.alerts.get(id).filter(|s| s.can_regress(now));
        let earlier = state.alerts.get(id).filter(|_| back.is_none()).and_then(Standing::as_earlier);
        let back_since = back.and_then(|s| Some(s.ended?.0));
        let people = match back_since {
            Some(end) => state.voices_after(id, end, now),
            // Danger is told with the first of the two, however long before.
            None if reason == Reason::SecondSafetyVoice => lately.max(reading.window.observed),
            None => reading.window.observed.max(reading.recent_people),
        };
        let (kind, reason, old) = match back {
            Some(standing) => {
                let reason = Reason::back_after(standing.ended.map(|(_, reason)| reason));
                (EventKind::Regressed, reason, Some(standing.clone()))
            }
            None => (EventKind::Opened, reason, None),
        };
        let formerly = state.alerts.get(id).map(|s| s.formerly(kind)).unwrap_or_default();
        let standing = Standing {
            id: old.as_ref().map_or_else(|| alert_id(&product.id, id, now), |s| s.id.clone()),
            opened_at: now,
            ended: None,
            told_at: now,
            events: old.as_ref().map_or(0, |s| s.events) + 1,
            told_people: people,
            places: old.as_ref().map(|s| s.places.clone()).unwrap_or_default(),
            severity,
            danger: severity,
            of_danger: OfDanger::default(),
            tally: old.as_ref().map(|s| s.tally.again()).unwrap_or_default(),
            usual: reading.window.expected / f64::from(reading.window.days.max(1)),
            acknowledged_by: None,
            teams: old.map(|s| s.teams).unwrap_or_default(),
            since: now,
            said: None,
            label: String::new(),
            back_since,
            earlier,
            formerly,
        };
        state.alerts.insert(id.clone(), standing);
        self.tell(product, id, kind, reason, now, out);
        if let Some(state) = self.memory.products.get_mut(&product.id) {
            state.fixes.remove(id);
        }
    }

    /// Tells of an open alert what is new about it since it was last written about, where it is time to.
    pub(super) fn update(&mut self, product: &Product, id: &SeriesId, now: Timestamp, out: &mut Outcome) {
        let Some(severity) = severity_of(product, id) else { return };
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let Some(standing) = state.alerts.get_mut(id).filter(|s| s.is_open()) else { return };
        let (people, places) = (standing.tally.people(), standing.tally.places(FEWEST_THERE));
        let severity = severity.max(standing.danger);
        let new_places: Vec<String> = places.difference(&standing.places).cloned().collect();
        if let Verdict::Happened(kind, reason) = standing.needs_update(now, people, &places, severity) {
            standing.told_at = now;
            standing.told_people = people;
            standing.places.extend(places);
            standing.severity = severity;
            standing.of_danger.tell();
            standing.events += 1;
            self.tell(product, id, kind, reason, now, out);
            if let Some(event) = out.events.last_mut() {
                event.beside.new_places = new_places;
            }
        }
    }
}
