//! Which posts anybody may want: the rules in force, as the sources and the engine ask them.

use std::sync::Arc;

use crate::ground::post::Post;
use crate::logic::analysis::Analysis;
use crate::logic::assess::Assessor;
use crate::logic::rules::{RuleSet, Subject};
use crate::logic::text::{Lang, tokenize};

/// Shared with the sources and swapped at a reload.
pub(super) struct Wanted {
    rules: Arc<RuleSet>,
    assessor: Arc<Assessor>,
}

impl Wanted {
    /// By the rules that an analysis has in force.
    pub(super) fn of(analysis: &Analysis) -> Self {
        Self { rules: Arc::clone(analysis.rules()), assessor: Arc::clone(analysis.assessor()) }
    }

    /// Whether a product's rules match the post.
    pub(super) fn matches(&self, post: &Post) -> bool {
        let text = post.full_text();
        if !self.rules.may_match(&text, post.lang.as_deref()) {
            return false;
        }
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let uses = self.rules.uses_sentiment();
        let sentiment = uses.then(|| self.assessor.assess(post, &text, &tokens, lang).sentiment);
        let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment };
        !self.rules.match_post(&subject).is_empty()
    }
}
