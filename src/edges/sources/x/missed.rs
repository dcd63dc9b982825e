//! What the stream did not bring while it was away, asked for at X's search, which knows the last seven days.
//!
//! The search does not see the last seconds yet, so it is asked half a minute after the stream stands again. It lists the
//! newest first; what is too much for it, or too long ago, stays a gap.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::tweet;
use crate::edges::sources::http::{Http, Trouble};
use crate::edges::sources::poll::below;
use crate::edges::sources::{Reject, Surroundings};
use crate::ground::post::Post;
use crate::ground::time::{Timestamp, plus_ms};

/// Milliseconds after which the search sees what was posted.
const UNSEEN: i64 = 30_000;
/// Milliseconds around the stretch that are asked for, too: posts come by the stream some seconds after they were written.
const AROUND: i64 = 10_000;
/// Milliseconds that the search goes back, an hour less than seven days.
const BACK: i64 = (7 * 24 - 1) * 3_600_000;
/// Longest question without a contract, in characters.
const MAX_QUESTION: usize = 512;
/// Posts of one page, and pages of one question.
const PAGE: &str = "100";
const MAX_PAGES: usize = 200;
/// Tries after failures that may pass; the waits double from a minute.
const TRIES: u32 = 6;
/// Longest stretch that short ones are put together to, in milliseconds: a stream that breaks off again and again would
/// never be asked for, and all that it brought would be asked for with it.
const TOGETHER: i64 = 20_000;
/// Most stretches that wait; what is more is put together.
const MOST: usize = 50;

/// A stretch in which the stream brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Missed {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// How often it was asked for in vain.
    #[serde(default)]
    tries: u32,
}

impl Missed {
    /// Whether the search can see all of it.
    pub(super) fn is_seen(&self, now: Timestamp) -> bool {
        plus_ms(self.to, UNSEEN) <= now
    }

    /// One more try was in vain: how long to wait for the next, if there is to be one.
    pub(super) fn wait(&mut self) -> Option<Duration> {
        self.tries += 1;
        (self.tries < TRIES).then(|| Duration::from_secs(30 << self.tries))
    }
}

/// Adds a stretch; short ones that all but touch are put together, unless one is being asked for.
pub(super) fn add(all: &mut Vec<Missed>, from: Timestamp, to: Timestamp, is_asked: bool) {
    let more = all.len() > usize::from(is_asked);
    let full = all.len() >= MOST;
    let is_near = |last: &Missed| from <= plus_ms(last.to, 2 * AROUND) && to <= plus_ms(last.from, TOGETHER);
    match all.last_mut() {
        Some(last) if more && (full || is_near(last)) => last.to = last.to.max(to),
        _ => all.push(Missed { from, to, tries: 0 }),
    }
}

/// The rules as questions, and those that are too long to be asked.
pub(super) fn questions(rules: &[String]) -> (Vec<String>, Vec<&String>) {
    let (mut questions, mut too_long) = (Vec::<String>::new(), Vec::new());
    for rule in rules {
        let alone = format!("({})", rule.trim());
        let length = alone.chars().count();
        match questions.last_mut() {
            _ if length > MAX_QUESTION => too_long.push(rule),
            Some(last) if last.chars().count() + " OR ".len() + length <= MAX_QUESTION => {
                last.push_str(" OR ");
                last.push_str(&alone);
            }
            _ => questions.push(alone),
        }
    }
    (questions, too_long)
}

/// What the search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Posts and their versions, the oldest first.
    pub(super) posts: Vec<(Post, i64)>,
    /// What could not be read.
    pub(super) rejects: Vec<Reject>,
    /// What of the stretch nobody will bring any more, and why.
    pub(super) lost: Option<(Timestamp, Timestamp, String)>,
}

/// Why nothing was found.
pub(super) enum Nothing {
    /// It is time to stop.
    Stopped,
    /// It may be found later.
    Later(String, Option<Duration>),
    /// It will not: in X's words.
    Never(String),
}

/// What a question needs.
pub(super) struct Search {
    pub(super) name: String,
    pub(super) server: Url,
    pub(super) rules: Vec<String>,
    pub(super) http: std::sync::Arc<Http>,
    pub(super) around: Surroundings,
}

impl Search {
    /// Asks for all posts of a stretch.
    pub(super) async fn ask(&self, missed: Missed) -> Result<Found, Nothing> {
        let (questions, too_long) = questions(&self.rules);
        let now = self.around.clock.now();
        let begin = plus_ms(missed.from, -AROUND).max(plus_ms(now, -BACK));
        let mut found = Found::default();
        if missed.from < begin {
            let why = "X's search goes back seven days".to_owned();
            found.lost = Some((missed.from, begin.min(missed.to), why));
        }
        if let Some(rule) = too_long.first() {
            let start: String = rule.chars().take(40).collect();
            let why = format!(
                "a rule is longer than the {MAX_QUESTION} characters that its search takes ({start}…)"
            );
            found.lost = Some((missed.from, missed.to, why));
        }
        if begin < missed.to {
            for question in &questions {
                self.pages(question, begin, missed, &mut found).await?;
            }
        }
        found.posts.sort_by_key(|(post, version)| (post.created_at, *version));
        Ok(found)
    }

    async fn pages(
        &self,
        question: &str,
        begin: Timestamp,
        missed: Missed,
        found: &mut Found,
    ) -> Result<(), Nothing> {
        let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut url = below(&self.server, "/2/tweets/search/recent");
        url.query_pairs_mut()
            .append_pair("query", question)
            .append_pair("start_time", &second(begin))
            .append_pair("end_time", &second(plus_ms(missed.to, AROUND)))
            .append_pair("max_results", PAGE)
            .extend_pairs(tweet::FIELDS);
        let mut next = None::<String>;
        for _ in 0..MAX_PAGES {
            let mut page = url.clone();
            if let Some(next) = &next {
                page.query_pairs_mut().append_pair("next_token", next);
            }
            let answer = self.http.get(&page, &[], &self.around).await.map_err(nothing)?;
            if !answer.status.is_success() {
                return Err(Nothing::Never(format!(
                    "answers {} {}",
                    answer.status.as_u16(),
                    tweet::said(&answer.body)
                )));
            }
            let listed = tweet::page(&answer.body, &self.name, self.around.clock.now())
                .map_err(|why| Nothing::Later(why, None))?;
            found.posts.extend(listed.posts);
            found.rejects.extend(listed.unread.iter().map(|raw| {
                Reject::new("an answer of the search", "the post has no id or no words", raw.as_bytes())
            }));
            next = listed.next;
            if next.is_none() {
                return Ok(());
            }
        }
        // The newest came first, so what was not reached is the beginning.
        let reached =
            found.posts.last().map_or(missed.to, |(post, _)| post.created_at.clamp(missed.from, missed.to));
        let why = format!("more than {} posts were missed", MAX_PAGES * 100);
        let until = found.lost.as_ref().map_or(reached, |(_, until, _)| reached.max(*until));
        found.lost = Some((missed.from, until, why));
        Ok(())
    }
}

fn nothing(trouble: Trouble) -> Nothing {
    match trouble {
        Trouble::Stopped => Nothing::Stopped,
        Trouble::Later(why, wait) => Nothing::Later(why, wait),
        Trouble::Failed(why) | Trouble::Gone(why) => Nothing::Later(why, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn stretches_that_touch_are_one_unless_it_is_being_asked_for() {
        let mut all = Vec::new();
        add(&mut all, at(0), at(10), false);
        add(&mut all, at(12), at(20), false);
        let shown = |all: &[Missed]| all.iter().map(|m| (m.from, m.to)).collect::<Vec<_>>();
        assert_eq!(shown(&all), [(at(0), at(20))]);
        add(&mut all, at(22), at(23), false);
        add(&mut all, at(24), at(25), true);
        assert_eq!(
            shown(&all),
            [(at(0), at(20)), (at(22), at(25))],
            "all in all no more than twenty seconds"
        );
        let mut asked = vec![all[0]];
        add(&mut asked, at(15), at(16), true);
        assert_eq!(asked.len(), 2, "what is being asked for stays as it is");
        for n in 0..100 {
            add(&mut all, at(1000 * n), at(1000 * n + 1), true);
        }
        assert_eq!((all.len(), all.last().unwrap().to), (MOST, at(99_001)));
        assert!(!all[0].is_seen(at(49)) && all[0].is_seen(at(50)));
    }

    #[test]
    fn tries_have_an_end() {
        let mut missed = Missed { from: at(0), to: at(1), tries: 0 };
        let waits: Vec<_> = std::iter::from_fn(|| missed.wait()).map(|w| w.as_secs()).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960]);
    }

    #[test]
    fn rules_are_asked_for_together_as_far_as_a_question_may_be_long() {
        let (long, longer) = ("x".repeat(300), "y".repeat(511));
        let rules =
            ["kettle -is:retweet".to_owned(), "acme OR emca".to_owned(), long.clone(), longer.clone()];
        let (questions, too_long) = questions(&rules);
        assert_eq!(questions[0], format!("(kettle -is:retweet) OR (acme OR emca) OR ({long})"));
        assert_eq!((questions.len(), too_long), (1, vec![&longer]));
        let rules = vec!["z".repeat(200); 5];
        assert!(super::questions(&rules).0.iter().all(|q| q.chars().count() <= MAX_QUESTION));
    }
}
