//! Lead time: for each day on which a company would have known otherwise, which alert came before it, and how long.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::diagnostic::Diagnostic;
use crate::ground::post::{Post, PostKey};
use crate::ground::time::{Timestamp, days_between};
use crate::logic::rules::{Query, Subject, parse_query};
use crate::logic::text::stop::is_stop_word;
use crate::logic::text::{Kind, Lang, tokenize};

/// An alert is about a known thing when so much of its evidence is.
const MOSTLY: f64 = 0.5;

/// A day on which it was known, as it stands in a file.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownLine {
    /// The moment, or the day: `2021-05-21` is its beginning in UTC, so that what was told on that day is no lead.
    #[serde(deserialize_with = "moment")]
    pub at: Timestamp,
    /// What became known.
    pub title: String,
    /// Product id, if it is about one.
    pub product: Option<String>,
    /// Query that its evidence matches; without it, the words of the title.
    #[serde(rename = "match")]
    pub matching: Option<String>,
}

/// A day on which it was known.
pub struct Known {
    line: KnownLine,
    query: Option<Query>,
    words: BTreeSet<String>,
}

/// What came before it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lead {
    /// Always `known`: tells these lines from those of alerts.
    pub event: &'static str,
    /// The day it was known.
    pub at: Timestamp,
    /// What became known.
    pub title: String,
    /// Product id, if it is about one.
    pub product: Option<String>,
    /// The first alert about it, if one opened before.
    pub alert: Option<String>,
    /// Its label.
    pub label: Option<String>,
    /// When it opened.
    pub opened_at: Option<Timestamp>,
    /// Days from the alert to the day it was known.
    pub lead_days: Option<f64>,
    /// Share of the alert's evidence that is about it.
    pub share: Option<f64>,
}

/// A moment, or a plain day.
fn moment<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    use serde::de::Error as _;
    let text = String::deserialize(from)?;
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse::<Timestamp>().ok().or_else(|| Some(day()?.timestamp())).ok_or_else(|| {
        D::Error::custom(format!(
            "\"{text}\" is no day such as 2021-05-21 and no time such as 2021-05-21T09:30:00Z"
        ))
    })
}

impl Known {
    /// Reads the query of a line.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub fn new(line: KnownLine) -> Result<Self, Vec<Diagnostic>> {
        let query = line.matching.as_deref().map(parse_query).transpose()?;
        let lang = Lang::of(&line.title, None);
        let words = tokenize(&line.title, lang)
            .into_iter()
            .filter(|t| t.kind == Kind::Word && !is_stop_word(&t.folded, lang) && t.folded.len() > 2)
            .map(|t| t.stem)
            .collect();
        Ok(Self { line, query, words })
    }

    fn is_about(&self, post: &Post) -> bool {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        match &self.query {
            Some(query) => query
                .matches(&Subject { post, text: &text, tokens: &tokens, lang, sentiment: None })
                .is_some(),
            None => {
                let said: BTreeSet<&str> = tokens.iter().map(|t| t.stem.as_str()).collect();
                let shared = self.words.iter().filter(|w| said.contains(w.as_str())).count();
                shared >= self.words.len().min(2) && shared > 0
            }
        }
    }

    /// The earliest alert about it that opened before, at most `within_days` before. `posts` finds evidence by key.
    pub fn lead(&self, opened: &[AlertEvent], posts: &BTreeMap<PostKey, Post>, within_days: f64) -> Lead {
        let found = opened
            .iter()
            .filter(|e| matches!(e.kind, EventKind::Opened | EventKind::Regressed))
            .filter(|e| e.at <= self.line.at && days_between(e.at, self.line.at) <= within_days)
            .filter(|e| self.line.product.as_ref().is_none_or(|p| *p == e.product))
            .filter_map(|e| {
                let texts: Vec<&Post> = e.evidence.iter().filter_map(|key| posts.get(key)).collect();
                let about = texts.iter().filter(|post| self.is_about(post)).count() as f64;
                let share = about / texts.len().max(1) as f64;
                (share > MOSTLY).then_some((e, share))
            })
            .min_by_key(|(e, _)| e.at);
        Lead {
            event: "known",
            at: self.line.at,
            title: self.line.title.clone(),
            product: self.line.product.clone(),
            alert: found.map(|(e, _)| e.alert.clone()),
            label: found.map(|(e, _)| e.label.clone()),
            opened_at: found.map(|(e, _)| e.at),
            lead_days: found.map(|(e, _)| days_between(e.at, self.line.at)),
            share: found.map(|(_, share)| share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_beginning_and_a_time_is_itself() {
        let at = |at: &str| {
            serde_json::from_value::<KnownLine>(serde_json::json!({"at": at, "title": "x"}))
                .map(|line| line.at.to_string())
                .map_err(|e| e.to_string())
        };
        assert_eq!(at("2021-05-21").unwrap(), "2021-05-21T00:00:00Z");
        assert_eq!(at("2021-05-21T09:30:00+02:00").unwrap(), "2021-05-21T07:30:00Z");
        assert!(at("May 2021").unwrap_err().contains("no day such as 2021-05-21"));
    }
}
