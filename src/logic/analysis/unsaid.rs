//! A post is gone: what it said leaves with it, also where it had given a complaint its name.

use std::sync::Arc;

use super::product::{ProductState, SeriesId};
use super::state::Analysis;
use crate::ground::post::PostKey;

impl Analysis {
    /// Forgets a post in all products.
    pub(super) fn forget_post(&mut self, key: &PostKey) {
        let rules = Arc::clone(&self.rules);
        let mut renamed: Vec<(String, String)> = Vec::new();
        for (id, state) in &mut self.memory.products {
            let said = state.said(key);
            state.forget(key);
            let product = rules.products.iter().find(|product| product.id == *id);
            let (Some(said), Some(product)) = (said, product) else { continue };
            // A name is a phrase of a post: of this one, as far as can be told.
            let named = |label: &str| !label.is_empty() && said.contains(&plain(label));
            let by_it: Vec<SeriesId> = state
                .alerts
                .iter()
                .filter(|(series, s)| !matches!(series, SeriesId::Topic(_)) && named(&s.label))
                .map(|(series, _)| series.clone())
                .collect();
            for series in by_it {
                let name = state.name(product, &series);
                if let Some(standing) = state.alerts.get_mut(&series).filter(|s| s.label != name) {
                    renamed.push((std::mem::replace(&mut standing.label, name.clone()), name));
                }
            }
        }
        if renamed.is_empty() {
            return;
        }
        for state in self.memory.products.values_mut() {
            let beside = state.causes.values_mut().filter_map(|cause| cause.perhaps.as_mut());
            for related in beside.chain(state.openings.named()) {
                rename(&mut related.label, &renamed);
            }
        }
        for log in self.memory.team_logs.values_mut() {
            log.labels().for_each(|label| rename(label, &renamed));
        }
    }
}

impl ProductState {
    /// What a post that is kept says, in plain letters.
    fn said(&self, key: &PostKey) -> Option<String> {
        let of_topics = || self.topics.values().flatten().find(|member| member.quote.key == *key);
        let member = self.clusters.member(key).or_else(of_topics)?;
        Some(plain(&member.quote.text))
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn rename(label: &mut String, renamed: &[(String, String)]) {
    if let Some((_, name)) = renamed.iter().find(|(old, _)| old == label) {
        label.clone_from(name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::rising;
    use super::*;
    use crate::ground::entry::{Body, Entry};

    #[test]
    fn a_name_leaves_with_the_posts_that_said_it() {
        let mut analysis = Analysis::default();
        let entries = rising();
        let mut last = 0;
        for entry in &entries {
            let told = analysis.fold(entry).events;
            last = last.max(entry.seq);
            if !told.is_empty() {
                break;
            }
        }
        let state = analysis.product("mini-9").unwrap();
        let standing = |analysis: &Analysis| {
            let state = analysis.product("mini-9").unwrap();
            state.alerts.values().next().unwrap().label.clone()
        };
        let name = standing(&analysis);
        assert!(!name.is_empty());
        let members = state.clusters.iter().flat_map(|cluster| &cluster.members);
        let saying: Vec<PostKey> = members
            .filter(|member| plain(&member.quote.text).contains(&plain(&name)))
            .map(|member| member.quote.key.clone())
            .collect();
        assert!(!saying.is_empty(), "the name is a phrase of a post: {name}");
        let at = entries[last as usize].at;
        for (n, key) in saying.into_iter().enumerate() {
            analysis.fold(&Entry { seq: last + 1 + n as u64, at, body: Body::Delete(key) });
        }
        let renamed = standing(&analysis);
        assert!(!renamed.is_empty() && renamed != name, "{name}, then {renamed}");
        let bytes = analysis.snapshot().unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(&name), "a snapshot still has {name}");
    }
}
