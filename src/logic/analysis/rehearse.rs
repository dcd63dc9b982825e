//! What it would take for an alert: people who say a text now are heard one after the other by a copy of the analysis, so
//! that the answer is what would happen, by every rule that there is, and no second opinion.

use std::sync::Arc;

use super::state::{Analysis, Memory, Outcome};
use crate::ground::alert::EventKind;
use crate::ground::post::Post;
use crate::logic::cluster::{Features, NearCopies};
use crate::logic::text::{Lang, tokenize};

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

impl Analysis {
    /// The first alert that would open or come back if more and more people said this now; absent where 200 are not
    /// enough, and where the text counts for an alert that is open already.
    pub(super) fn rehearse(&self, said: &Post) -> Option<Opening> {
        let now = self.memory.now?;
        let mut copy = self.copy_of_products(said);
        let words = self.in_own_words(said);
        let told_already = copy.people_of_open_alerts();
        for people in 1..=MOST_PEOPLE {
            // Others say it in their own words: nobody copies anybody.
            for product in copy.memory.products.values_mut() {
                product.copies = NearCopies::default();
            }
            let text = words.get((people as usize - 1) % words.len().max(1));
            let post = Post {
                text: text.unwrap_or(&said.text).clone(),
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
    fn in_own_words(&self, said: &Post) -> Vec<String> {
        let (assessment, matches) = self.read(said);
        if assessment.is_dangerous() {
            // Of the same danger, that is: not of what the part does besides.
            return vec![said.full_text().into_owned()];
        }
        let rules = |post: &Post| -> Vec<(usize, Vec<usize>)> {
            let (_, matches) = self.read(post);
            matches.iter().map(|m| (m.product, m.topics.iter().map(|t| t.topic).collect())).collect()
        };
        let named = rules(said);
        let text = said.full_text();
        let lang = Lang::of(&text, said.lang.as_deref());
        let features = Features::of_text(&text, &tokenize(&text, lang), lang);
        let mut words = vec![text.clone().into_owned()];
        for product in matches.iter().filter_map(|m| self.rules.products.get(m.product)) {
            let Some(state) = self.memory.products.get(&product.id) else { continue };
            let joins = state.clusters.nearest(&features).into_iter().next().filter(|(_, fit)| *fit >= 1.0);
            let Some(cluster) = joins.and_then(|(number, _)| state.clusters.get(number)) else { continue };
            let others = cluster.members.iter().rev().map(|member| member.quote.text.clone());
            // What a rule names besides would count elsewhere.
            words
                .extend(others.filter(|text| {
                    rules(&Post { text: text.clone(), title: None, ..said.clone() }) == named
                }));
        }
        words
    }

    /// A copy that knows as much as this about the products that a post is about.
    fn copy_of_products(&self, post: &Post) -> Self {
        let (_, matches) = self.read(post);
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
