//! Reading the timeline of a hashtag: all that is new since the last poll, and what came late below it.

use std::time::Duration;

use url::Url;

use super::Mastodon;
use super::late::Late;
use super::status::{read, version};
use crate::edges::sources::Surroundings;
use crate::edges::sources::http::{Answer, Trouble, limit_of};
use crate::edges::sources::poll::{self, below, content_of};
use crate::ground::post::{Incoming, MAX_ID_BYTES};
use crate::ground::time::Timestamp;

/// Posts of one page.
const PAGE: usize = 40;
/// Pages of one tag in one poll; what is left waits for the next.
const MAX_PAGES: usize = 25;
/// Posts by which a page reaches back into the one before: while a busy tag is read page by page, posts come late, too.
const OVERLAP: usize = 10;
/// Requests of the server's limit that are left for others.
const LEFT_OVER: u64 = 10;

impl Mastodon {
    /// Reads what is new of a tag, the oldest first.
    pub(super) async fn tag(
        &mut self,
        tag: &str,
        around: &Surroundings,
    ) -> Result<Option<Duration>, Trouble> {
        let mut url = below(&self.server, "/api/v1/timelines/tag/");
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(tag);
        }
        url.query_pairs_mut().append_pair("limit", &PAGE.to_string());
        let mut newest = self.position.newest.get(tag).cloned();
        let begins = newest.is_none();
        let mut at = self.position.late.get(tag).and_then(Late::first).map(str::to_owned).or(newest.clone());
        for _ in 0..MAX_PAGES {
            let mut page = url.clone();
            if let Some(at) = &at {
                page.query_pairs_mut().append_pair("min_id", at);
            }
            let answer = self.http.get(&page, &[], around).await?;
            understand(&answer, tag)?;
            let mut statuses: Vec<serde_json::Value> = answer.json()?;
            let now = around.clock.now();
            if statuses.is_empty() {
                self.position.late.entry(tag.to_owned()).or_default().settle(now);
                if begins && self.position.empty.insert(tag.to_owned(), now).is_none() {
                    let cursor = serde_json::to_string(&self.position).ok();
                    poll::hand_over(&self.name, Vec::new(), None, cursor, around).await?;
                }
                return Ok(limit(&answer, around));
            }
            let since = self.position.empty.get(tag).copied().filter(|_| at.is_none());
            let gap = match since {
                Some(since) if statuses.len() >= PAGE => {
                    let (older, gap) = self.back(&url, &answer, since, tag, around).await?;
                    statuses.extend(older);
                    gap
                }
                _ => None,
            };
            // The newest comes first. Where the server says itself where to go on, that counts.
            let next =
                answer.link("prev").and_then(|l| bound(&l, "min_id")).or_else(|| id_of(statuses.first()?));
            let (mut items, mut noted) = (Vec::new(), Vec::new());
            for status in statuses.into_iter().rev() {
                let (id, version) = (id_of(&status), version(&status));
                let post = read(status, &self.name, &self.server, now);
                if let Some(id) = id.filter(|id| id.len() <= MAX_ID_BYTES) {
                    noted.push((id, post.as_ref().map_or(0, content_of)));
                }
                if let Some(post) = post
                    && self.recent.is_newer(&post, version)
                {
                    self.position.after.add(&post);
                    items.push(Incoming::Post(Box::new(post)));
                }
            }
            if self.open && !begins {
                self.hearing.found(items.iter().filter_map(|item| match item {
                    Incoming::Post(post) => Some(post.id.clone()),
                    Incoming::Delete(_) => None,
                }));
            }
            // A page in which little is shown may hide more: from there it goes on where the server says.
            let back =
                noted.len().checked_sub(OVERLAP + 1).and_then(|at| noted.get(at)).map(|(id, _)| id.clone());
            let late = self.position.late.entry(tag.to_owned()).or_default();
            late.note(noted, now);
            let is_new = next.is_some() && next != at && next != newest;
            // Nothing is newer than what was the newest before: there is no other page.
            let is_last = at.is_none() || !is_new;
            if is_last {
                late.settle(now);
            }
            if let Some(next) = next.filter(|id| id.len() <= MAX_ID_BYTES) {
                self.position.newest.insert(tag.to_owned(), next.clone());
                self.position.empty.remove(tag);
                at = back.or_else(|| Some(next.clone()));
                newest = Some(next);
            }
            if is_new || !items.is_empty() {
                let cursor = serde_json::to_string(&self.position).ok();
                poll::hand_over(&self.name, items, gap, cursor, around).await?;
            }
            let wait = limit(&answer, around);
            // The first page of all is the newest; from then on pages follow one another until one is empty.
            if is_last || wait.is_some() {
                return Ok(wait);
            }
        }
        Ok(None)
    }

    /// All that stands below the first page of a tag that had no post when it was asked before: more than a page came
    /// since. Gives it with the newest first, and what of the time is missed where it is more than a poll reads.
    async fn back(
        &self,
        url: &Url,
        first: &Answer,
        since: Timestamp,
        tag: &str,
        around: &Surroundings,
    ) -> Result<(Vec<serde_json::Value>, Option<(Timestamp, Timestamp)>), Trouble> {
        let mut older: Vec<serde_json::Value> = Vec::new();
        let mut next = first.link("next").and_then(|l| bound(&l, "max_id"));
        for _ in 1..MAX_PAGES {
            let Some(below) = next else { return Ok((older, None)) };
            let mut page = url.clone();
            page.query_pairs_mut().append_pair("max_id", &below);
            let answer = self.http.get(&page, &[], around).await?;
            understand(&answer, tag)?;
            let statuses: Vec<serde_json::Value> = answer.json()?;
            if statuses.is_empty() {
                return Ok((older, None));
            }
            next = answer.link("next").and_then(|l| bound(&l, "max_id")).filter(|to| *to != below);
            older.extend(statuses);
        }
        let oldest = older.last().and_then(written).filter(|to| *to > since && next.is_some());
        if let Some(to) = oldest {
            let missed = format!(
                "had more than {MAX_PAGES} pages of #{tag} since {since}: what came before {to} is missed"
            );
            around.complain(&self.name, &format!("the address {} {missed}", self.server));
        }
        Ok((older, oldest.map(|to| (since, to))))
    }
}

/// What an answer that is no timeline means.
fn understand(answer: &Answer, tag: &str) -> Result<(), Trouble> {
    match answer.status.as_u16() {
        200..=299 => Ok(()),
        401 | 403 | 422 => Err(Trouble::Failed(format!(
            "shows #{tag} only to those with an account ({}); make an application there and name a `token_file`",
            answer.status
        ))),
        _ => Err(Trouble::Failed(format!("answers {} for #{tag}", answer.status))),
    }
}

/// Whether the server's limit is about to be reached, and for how long to wait then.
pub(super) fn limit(answer: &Answer, around: &Surroundings) -> Option<Duration> {
    let (left, reset) = limit_of(answer, around.clock.now())?;
    let seconds = reset.unwrap_or_default().as_secs();
    around.health.limit(format!("{left} requests are left, for {seconds} seconds"));
    (left <= LEFT_OVER).then_some(reset).flatten()
}

/// The `min_id` or `max_id` of the address of a page.
fn bound(link: &str, name: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    url.query_pairs().find(|(key, _)| key == name).map(|(_, id)| id.into_owned())
}

fn written(status: &serde_json::Value) -> Option<Timestamp> {
    status.get("created_at")?.as_str()?.parse().ok()
}

fn id_of(status: &serde_json::Value) -> Option<String> {
    status.get("id")?.as_str().map(str::to_owned)
}
