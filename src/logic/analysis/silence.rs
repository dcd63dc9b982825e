//! Silences: no mails about something, for a time. Alerts still open and close.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::product::{ProductState, SeriesId};
use super::state::{Analysis, severity_of};
use crate::ground::alert::{Quote, Severity};
use crate::ground::post::{Post, PostKey};
use crate::ground::time::Timestamp;
use crate::logic::cluster::Member;
use crate::logic::lifecycle::Standing;
use crate::logic::rules::{Product, Query, Subject, parse_query};
use crate::logic::text::{Lang, tokenize};

/// What the scope of a silence begins with when it is a query and no id; no id has a colon.
pub const BY_QUERY: &str = "query:";
/// What an alert is about is what was said of it in so many days.
const ABOUT_DAYS: i64 = 28;

/// No mails about something, for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    /// Until when.
    pub until: Timestamp,
    /// Where it is to end when things get worse: each alert that was open, and the people heard of it by then. What
    /// opened since, turned dangerous, or has twice as many people is worse.
    pub until_worse: Option<BTreeMap<String, u32>>,
}

impl Silence {
    /// Whether it holds back a mail about an alert that stands so.
    fn holds(&self, standing: &Standing, now: Timestamp) -> bool {
        let worse = self.until_worse.as_ref().is_some_and(|then| {
            standing.danger == Severity::Safety
                || then.get(&standing.id).is_none_or(|people| standing.tally.in_all() >= 2 * people)
        });
        self.until > now && !worse
    }
}

impl Analysis {
    /// Whether mails about a series are held back at `now`.
    pub(super) fn is_silenced(
        &self,
        product: &Product,
        id: &SeriesId,
        standing: &Standing,
        now: Timestamp,
    ) -> bool {
        let silent = |scope: &str| self.memory.silences.get(scope).is_some_and(|s| s.holds(standing, now));
        if silent(&id.name(&product.id)) || silent(&standing.id) {
            return true;
        }
        // What could hurt somebody passes a silence over everything, a product or a query: only one that names it holds.
        let dangerous =
            standing.danger == Severity::Safety || severity_of(product, id) == Some(Severity::Safety);
        if dangerous {
            return false;
        }
        if silent("*") || silent(&product.id) {
            return true;
        }
        let Some(state) = self.memory.products.get(&product.id) else { return false };
        // What posts opened by themselves is silenced with the topic that they are of.
        if !self.memory.silences.is_empty() && !matches!(id, SeriesId::Topic(_)) {
            let posts = state.evidence(id, now, ABOUT_DAYS);
            let posts: Vec<PostKey> = posts.into_iter().map(|member| member.quote.key.clone()).collect();
            let topic =
                state.topic_of(&self.rules, product, &posts).map(|topic| SeriesId::Topic(topic.id.clone()));
            if topic.is_some_and(|topic| silent(&topic.name(&product.id))) {
                return true;
            }
        }
        let in_force = self.memory.silences.iter().filter(|(_, silence)| silence.holds(standing, now));
        let mut queries =
            in_force.filter_map(|(scope, _)| parse_query(scope.strip_prefix(BY_QUERY)?.trim()).ok());
        queries.any(|query| state.is_about(id, &query, now))
    }
}

impl ProductState {
    /// Whether at least half of the posts behind a series match a query.
    fn is_about(&self, id: &SeriesId, query: &Query, now: Timestamp) -> bool {
        let posts = self.evidence(id, now, ABOUT_DAYS);
        let matching = posts.iter().filter(|member| matches(query, member)).count();
        matching > 0 && 2 * matching >= posts.len()
    }
}

/// Whether a post matches, as far as it is kept.
fn matches(query: &Query, member: &Member) -> bool {
    with_subject(member, |subject| query.matches(subject).is_some())
}

/// What rules say of a post, as far as it is kept.
pub(super) fn with_subject<T>(member: &Member, ask: impl FnOnce(&Subject<'_>) -> T) -> T {
    let post = as_post(&member.quote);
    let lang = Lang::from_tag(&member.quote.lang);
    let tokens = tokenize(&post.text, lang);
    let sentiment = Some(f64::from(member.sentiment));
    ask(&Subject { post: &post, text: &post.text, tokens: &tokens, lang, sentiment })
}

fn as_post(quote: &Quote) -> Post {
    Post {
        id: quote.key.id.clone(),
        source: quote.key.source.clone(),
        author: quote.author_name.clone(),
        author_name: quote.author_name.clone(),
        followers: quote.followers,
        text: quote.text.clone(),
        title: None,
        url: quote.url.clone(),
        created_at: quote.at,
        arrived_at: quote.at,
        lang: Some(quote.lang.clone()),
        region: quote.region.clone(),
        in_reply_to: None,
        repost_of: None,
        rating: None,
    }
}
