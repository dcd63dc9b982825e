//! What it would take for an alert: people who say a text now are heard one after the other by a copy of the analysis, so
//! that the answer is what would happen, by every rule that there is, and no second opinion.

use std::sync::Arc;

use super::state::{Analysis, Memory, Outcome};
use crate::ground::alert::EventKind;
use crate::ground::post::Post;
use crate::logic::assess::Assessment;
use crate::logic::cluster::{Features, NearCopies};
use crate::logic::rules::ProductMatch;

/// People beyond whom nobody is asked for.
const MOST_PEOPLE: u32 = 200;

/// An alert that so many people would bring about.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Opening {
    /// People who would have to say the text now, each in words of their own; the one who said it is the first of them.
    pub people: u32,
    /// An alert that had ended comes back, or a new one opens.
    pub kind: EventKind,
    /// Cluster or topic id of the alert.
    pub cluster: String,
    /// The alert that comes back; a new one is not called yet.
    pub alert: Option<String>,
}

/// A text as it has been read.
pub(super) struct Reading<'a> {
    /// What is thought of it.
    pub(super) assessment: &'a Assessment,
    /// What it is about.
    pub(super) matches: &'a [ProductMatch],
    /// By what it is grouped.
    pub(super) features: &'a Features,
}

/// Products that a text is about and their topics that name it, by their index.
pub(super) fn named_by(matches: &[ProductMatch]) -> Vec<(usize, Vec<usize>)> {
    matches.iter().map(|m| (m.product, m.topics.iter().map(|t| t.topic).collect())).collect()
}

impl Analysis {
    /// The first alert that would open or come back if more and more people said this now; absent where 200 are not
    /// enough, and where the text counts for an alert that is open already.
    pub(super) fn rehearse(&self, said: &Post, read: &Reading<'_>) -> Option<Opening> {
        let now = self.memory.now?;
        let mut copy = self.copy_of_products(read.matches);
        let words = self.in_own_words(said, read);
        let told_already = copy.people_of_open_alerts();
        for people in 1..=MOST_PEOPLE {
            // Others say it in their own words: nobody copies anybody.
            for product in copy.memory.products.values_mut() {
                product.copies = NearCopies::default();
            }
            let text = words.iter().cycle().nth(people as usize - 1)?;
            let post = Post {
                text: text.clone(),
                title: None,
                id: format!("imagined-{people}"),
                author: Some(format!("imagined-{people}")),
                created_at: now,
                arrived_at: now,
                ..said.clone()
            };
            let mut out = Outcome::default();
            copy.take_post(&post, false, now, &mut out);
            let opens = |kind| matches!(kind, EventKind::Opened | EventKind::Regressed);
            if let Some(event) = out.events.into_iter().find(|event| opens(event.kind)) {
                let alert = (event.kind == EventKind::Regressed).then_some(event.alert);
                return Some(Opening { people, kind: event.kind, cluster: event.cluster, alert });
            }
            if copy.people_of_open_alerts() > told_already {
                return None;
            }
        }
        None
    }

    fn people_of_open_alerts(&self) -> u32 {
        let alerts = self.memory.products.values().flat_map(|product| product.alerts.values());
        alerts.filter(|alert| alert.is_open()).map(|alert| alert.tally.in_all()).sum()
    }

    /// How people would say it: this text first, and then as those said it whose complaint it would join. If all said the
    /// very same, it would rise sooner than it does.
    fn in_own_words(&self, said: &Post, read: &Reading<'_>) -> Vec<String> {
        let mut words = vec![said.full_text().into_owned()];
        if read.assessment.is_dangerous() {
            // Of the same danger, that is: not of what the part does besides.
            return words;
        }
        let named = named_by(read.matches);
        for product in read.matches.iter().filter_map(|m| self.rules.products.get(m.product)) {
            let Some(state) = self.memory.products.get(&product.id) else { continue };
            let joins = state.clusters.nearest(read.features).into_iter().next();
            let joins = joins.filter(|(_, fit)| *fit >= 1.0);
            let Some(cluster) = joins.and_then(|(number, _)| state.clusters.get(number)) else { continue };
            let others = cluster.members.iter().rev().map(|member| member.quote.text.clone());
            // What a rule names besides would count elsewhere.
            words.extend(others.filter(|text| {
                let post = Post { text: text.clone(), title: None, ..said.clone() };
                named_by(&self.read(&post).1) == named
            }));
        }
        words
    }

    /// A copy that knows as much as this about the products that a post is about.
    fn copy_of_products(&self, matches: &[ProductMatch]) -> Self {
        let about = matches.iter().filter_map(|m| self.rules.products.get(m.product)).map(|p| &p.id);
        let products = about.filter_map(|id| Some((id.clone(), self.memory.products.get(id)?.clone())));
        let memory = Memory {
            now: self.memory.now,
            products: products.collect(),
            tongue: self.memory.tongue.clone(),
            silences: self.memory.silences.clone(),
            left: self.memory.left.clone(),
            team_logs: self.memory.team_logs.clone(),
            lids: self.memory.lids.clone(),
            looks: self.memory.looks.clone(),
            live: self.memory.live.clone(),
            ..Memory::default()
        };
        let (rules, assessor) = (Arc::clone(&self.rules), Arc::clone(&self.assessor));
        Self { memory, rules, assessor, next_digest: self.next_digest }
    }
}
