//! Listening to X: rules, the stream line by line, what it missed, and what was deleted.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::missed::{self, Found, Nothing, Search};
use super::retry::{Class, Retry};
use super::tweet::{self, Line};
use super::{Position, XConfig, rules};
use crate::edges::sources::http::{Answer, Http, Trouble, causes, wait_of};
use crate::edges::sources::poll::{self, Recent, below};
use crate::edges::sources::{Batch, MAX_BATCH_ITEMS, Reject, State, Stopped, Surroundings};
use crate::ground::post::{Incoming, PostKey};
use crate::ground::time::{Timestamp, plus_ms};
use crate::logic::patience::Bounds;

/// X says something every 20 seconds, sometimes a little later.
pub(super) const SILENCE: Duration = Duration::from_secs(30);
/// Longest line.
const MAX_LINE: usize = 1 << 20;
/// A break that is longer is a gap, in milliseconds.
const GAP: i64 = 60_000;
/// How often it is noted that the stream is heard, in milliseconds.
const NOTED: i64 = 60_000;
/// When what we have is asked for again after that failed, in milliseconds.
const LOOKED_IN_VAIN: i64 = 15 * 60_000;
/// Ids of one question.
const PAGE: usize = 100;
/// How long it may bring no post while it says that it stands.
const BOUNDS: Bounds = Bounds {
    least: Duration::from_secs(600),
    unknown: Duration::from_secs(6 * 3600),
    most: Duration::from_secs(12 * 3600),
};

/// Why a connection is over.
pub(super) enum End {
    /// It is time to stop.
    Stopped,
    /// What went wrong; continues the server's address.
    Lost(Class, String),
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// What stays over all connections.
pub(super) struct Listener<'a> {
    name: &'a str,
    config: &'a XConfig,
    server: Url,
    http: Arc<Http>,
    stream: Http,
    position: Position,
    around: &'a Surroundings,
    /// Posts that came lately: X sends some twice, and an edit may overtake its post.
    recent: Recent,
    /// When the position was handed over last.
    noted: Option<Timestamp>,
    /// The search at work for the first of what was missed; it outlives the connection.
    asking: Option<JoinHandle<Result<Found, Nothing>>>,
    /// The search is left alone until then.
    ask_from: Option<Timestamp>,
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        if let Some(asking) = &self.asking {
            asking.abort();
        }
    }
}

impl<'a> Listener<'a> {
    pub(super) fn new(
        name: &'a str,
        config: &'a XConfig,
        server: Url,
        http: Http,
        stream: Http,
        position: Position,
        around: &'a Surroundings,
    ) -> Self {
        let http = Arc::new(http);
        let (recent, noted, asking, ask_from) = (Recent::default(), None, None, None);
        Self { name, config, server, http, stream, position, around, recent, noted, asking, ask_from }
    }

    /// Makes the rules ours and listens, as long as it lasts.
    pub(super) async fn listen(&mut self, retry: &mut Retry) -> End {
        let stop = self.around.stop.clone();
        tokio::select! {
            biased;
            () = stop.cancelled() => End::Stopped,
            ended = self.connected(retry) => ended.unwrap_or_else(|end| end),
        }
    }

    async fn connected(&mut self, retry: &mut Retry) -> Result<End, End> {
        self.sync().await?;
        let mut url = below(&self.server, "/2/tweets/search/stream");
        url.query_pairs_mut().extend_pairs(tweet::FIELDS);
        let lost = |why| End::Lost(Class::Network, why);
        let mut response = self.stream.open(&url).await.map_err(lost)?;
        if !response.status().is_success() {
            let (status, headers) = (response.status(), response.headers().clone());
            let start = timeout(SILENCE, response.chunk()).await.ok().and_then(Result::ok).flatten();
            return Err(self.refused(&Answer { status, headers, body: start.unwrap_or_default().to_vec() }));
        }
        let (mut rest, mut last_post) = (Vec::new(), Instant::now());
        let mut allowed = None;
        self.stands(true).await?;
        let mut silent_at = Instant::now() + SILENCE;
        loop {
            if self.asking.as_ref().is_some_and(JoinHandle::is_finished) {
                let found = answer_of(&mut self.asking).await;
                self.caught_up(found).await?;
                self.catch_up();
            }
            // What is there at once may have waited for us; what is waited for comes when it is sent.
            let at_once = response.chunk().now_or_never();
            let waits = at_once.is_none();
            let heard = match at_once {
                Some(heard) => Ok(heard),
                None => tokio::select! {
                    biased;
                    found = answer_of(&mut self.asking) => {
                        self.caught_up(found).await?;
                        self.catch_up();
                        continue;
                    }
                    heard = timeout_at(silent_at, response.chunk()) => heard,
                },
            };
            let chunk = match heard {
                Err(_) => {
                    let why = format!("has been silent for {} seconds, which it never is", SILENCE.as_secs());
                    return Ok(End::Lost(Class::Dropped, why));
                }
                Ok(Err(e)) => {
                    return Ok(End::Lost(Class::Dropped, format!("broke off the stream: {}", causes(&e))));
                }
                Ok(Ok(None)) => return Ok(End::Lost(Class::Dropped, "ended the stream".to_owned())),
                Ok(Ok(Some(chunk))) => chunk,
            };
            silent_at = Instant::now() + SILENCE;
            rest.extend_from_slice(&chunk);
            if rest.len() > MAX_LINE {
                return Ok(End::Lost(Class::Server, format!("sends a line of more than {MAX_LINE} bytes")));
            }
            let mut batch = Batch::empty(self.name);
            while let Some(end) = rest.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                self.take(&line, waits, &mut batch)?;
            }
            if !(batch.items.is_empty() && batch.rejects.is_empty()) {
                retry.reset();
                self.position.patience.heard(self.around.clock.now());
                (last_post, allowed) = (Instant::now(), None);
                self.hand_over(batch).await?;
            }
            let may = *allowed
                .get_or_insert_with(|| self.position.patience.allowed(self.around.clock.now(), BOUNDS));
            if last_post.elapsed() >= may.wait {
                self.position.patience.opened_anew();
                let minutes = last_post.elapsed().as_secs() / 60;
                return Ok(End::Lost(
                    Class::Dropped,
                    format!("brought no post for {minutes} minutes: {}", may.why),
                ));
            }
            self.stands(false).await?;
            self.catch_up();
            self.look_after().await?;
        }
    }

    /// Takes one line in; it `is_fresh` if it was waited for.
    fn take(&mut self, line: &[u8], is_fresh: bool, batch: &mut Batch) -> Result<(), End> {
        match tweet::read(line, self.name, self.around.clock.now()) {
            Line::Alive if is_fresh => self.position.heard = Some(self.around.clock.now()),
            Line::Alive => {}
            Line::Ends(said) => return Err(End::Lost(Class::Dropped, format!("ends the stream: {said}"))),
            Line::Other(why) if batch.rejects.len() < MAX_BATCH_ITEMS => {
                batch.rejects.push(Reject::new("a line of the stream", why, line));
            }
            Line::Other(_) => {}
            Line::Post(post, version) => {
                // Up to here all has come. Where we have fallen behind, that was a while ago, and a cut takes what is on the way.
                self.position.heard = self.position.heard.max(Some(post.created_at));
                if self.recent.is_newer(&post, version) {
                    self.position.after.add(&post);
                    batch.items.push(Incoming::Post(post));
                }
            }
        }
        Ok(())
    }

    /// The stream stands at this moment: said when it begins, and noted each minute. What was said in a break before that is
    /// asked for; without that, a longer one is a gap.
    async fn stands(&mut self, begins: bool) -> Result<(), End> {
        let now = self.around.clock.now();
        if !begins && self.noted.is_some_and(|at| plus_ms(at, NOTED) > now) {
            return Ok(());
        }
        self.noted = Some(now);
        let mut batch = Batch::empty(self.name);
        if begins {
            let before = self.position.heard.replace(now);
            self.around.health.peer(Some(self.server.to_string()));
            self.around.health.state(State::Listening, now);
            self.position.patience.missed_until(now);
            match before.filter(|at| *at < now) {
                Some(from) if self.config.catch_up => {
                    missed::add(&mut self.position.missed, from, now, self.asking.is_some());
                }
                Some(from) => batch.gap = self.gap(from, now, "X does not bring it later"),
                None => {}
            }
        }
        self.hand_over(batch).await
    }

    /// What nobody will bring any more, if it is long enough to be one; it is said.
    fn gap(&self, from: Timestamp, to: Timestamp, why: &str) -> Option<(Timestamp, Timestamp)> {
        if to.as_millisecond() - from.as_millisecond() <= GAP {
            return None;
        }
        self.around
            .complain(self.name, &format!("what was said from {from} to {to} was missed, and {why}: a gap"));
        Some((from, to))
    }

    /// Sets about asking for what was missed, when it is time.
    fn catch_up(&mut self) {
        let now = self.around.clock.now();
        let may = self.asking.is_none() && self.ask_from.is_none_or(|at| at <= now);
        if let Some(missed) = self.position.missed.first().copied().filter(|m| may && m.is_seen(now)) {
            let search = Search {
                name: self.name.to_owned(),
                server: self.server.clone(),
                rules: self.config.rules.clone(),
                http: Arc::clone(&self.http),
                around: self.around.clone(),
            };
            self.asking = Some(tokio::spawn(async move { search.ask(missed).await }));
        }
    }

    /// The search has answered: what it found is handed over, and what it did not is a gap.
    async fn caught_up(&mut self, found: Result<Found, Nothing>) -> Result<(), End> {
        self.asking = None;
        let now = self.around.clock.now();
        let Some(first) = self.position.missed.first_mut() else { return Ok(()) };
        let (from, to) = (first.from, first.to);
        let (found, lost) = match found {
            Err(Nothing::Stopped) => return Err(End::Stopped),
            Ok(mut found) => {
                let lost = found.lost.take();
                (found, lost)
            }
            Err(Nothing::Never(why)) => (Found::default(), Some((from, to, format!("its search {why}")))),
            Err(Nothing::Later(why, asked)) => match first.wait() {
                Some(wait) => {
                    let wait = i64::try_from(wait.max(asked.unwrap_or_default()).as_millis());
                    self.ask_from = Some(plus_ms(now, wait.unwrap_or(i64::MAX)));
                    let said =
                        format!("the search of {} {why}; it is asked again for what was missed", self.server);
                    self.around.complain(self.name, &said);
                    return self.hand_over(Batch::empty(self.name)).await;
                }
                None => (Found::default(), Some((from, to, format!("its search {why}")))),
            },
        };
        self.position.missed.remove(0);
        let gap = lost.and_then(|(from, to, why)| self.gap(from, to, &why));
        let mut items = Vec::new();
        for (post, version) in found.posts {
            if self.recent.is_newer(&post, version) {
                self.position.after.add(&post);
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        tracing::info!(
            source = self.name,
            posts = items.len(),
            "asked for what was missed from {from} to {to}"
        );
        if !found.rejects.is_empty() {
            let mut rejects = found.rejects;
            rejects.truncate(MAX_BATCH_ITEMS);
            self.around.hand_over(Batch { rejects, ..Batch::empty(self.name) }).await?;
        }
        let cursor = serde_json::to_string(&self.position).ok();
        Ok(poll::hand_over(self.name, items, gap, cursor, self.around).await?)
    }

    async fn hand_over(&self, mut batch: Batch) -> Result<(), End> {
        batch.cursor = serde_json::to_string(&self.position).ok();
        Ok(self.around.hand_over(batch).await?)
    }

    /// Asks for what we have, when it is time: what X does not find is gone.
    async fn look_after(&mut self) -> Result<(), End> {
        let now = self.around.clock.now();
        let every = i64::try_from(self.config.look_after_every.as_millis()).unwrap_or(i64::MAX);
        if self.position.looked.is_some_and(|at| plus_ms(at, every) > now) {
            return Ok(());
        }
        let first = self.position.looked.replace(now).is_none();
        let ids = if first { Vec::new() } else { self.position.after.next(usize::MAX, now) };
        let gone = match self.gone(&ids).await {
            Ok(gone) => gone,
            // Who is not answered about what is gone goes on listening.
            Err(End::Lost(_, why)) => {
                self.around.complain(self.name, &format!("the address {}2/tweets {why}", self.server));
                self.position.looked = Some(plus_ms(now, LOOKED_IN_VAIN.min(every) - every));
                return Ok(());
            }
            Err(End::Stopped) => return Err(End::Stopped),
        };
        let mut batch = Batch::empty(self.name);
        for id in gone {
            self.position.after.remove(&id);
            batch.items.push(Incoming::Delete(PostKey { source: self.name.to_owned(), id }));
        }
        self.hand_over(batch).await
    }

    /// Those of these posts that X does not have any more.
    async fn gone(&self, ids: &[String]) -> Result<Vec<String>, End> {
        let mut gone = Vec::new();
        for some in ids.chunks(PAGE) {
            let mut url = below(&self.server, "/2/tweets");
            url.query_pairs_mut().append_pair("ids", &some.join(","));
            let answer: Value = self.get(&url).await?;
            let errors = answer.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
            // Not found, or seen by nobody but its author: another error of one post says nothing about it.
            let hidden = ["/resource-not-found", "/not-authorized-for-resource"];
            let is_gone = |e: &Value| {
                let kind = e.get("type").and_then(Value::as_str).unwrap_or_default();
                hidden.iter().any(|h| kind.ends_with(h))
            };
            let ids = errors.iter().filter(|e| is_gone(e)).filter_map(|e| e.get("resource_id")?.as_str());
            gone.extend(ids.filter(|id| some.iter().any(|s| s == id)).map(str::to_owned));
        }
        Ok(gone)
    }

    /// Makes the rules that X keeps for us those of the settings.
    async fn sync(&self) -> Result<(), End> {
        let url = below(&self.server, "/2/tweets/search/stream/rules");
        let kept = self.get(&url).await?;
        for change in rules::changes(&kept, &self.config.rules, self.name) {
            let answer = self.http.post(&url, &change, self.around).await.map_err(trouble)?;
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if let Some(refused) = rules::refused(&said) {
                let message = format!("X does not take some of `rules`: {refused}");
                self.around.health.notice(Some(message.clone()));
                self.around.complain(self.name, &message);
            } else if !answer.status.is_success() {
                return Err(self.refused(&answer));
            }
        }
        Ok(())
    }

    async fn get(&self, url: &Url) -> Result<Value, End> {
        let answer = self.http.get(url, &[], self.around).await.map_err(trouble)?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        if let Some((left, reset)) = crate::edges::sources::http::limit_of(&answer, self.around.clock.now()) {
            let seconds = reset.unwrap_or_default().as_secs();
            self.around.health.limit(format!("{left} requests are left, for {seconds} seconds"));
        }
        answer.json().map_err(trouble)
    }

    /// What an answer means that is no success.
    fn refused(&self, answer: &Answer) -> End {
        let said = tweet::said(&answer.body);
        let status = answer.status.as_u16();
        match status {
            429 => {
                let wait = wait_of(answer, self.around.clock.now());
                End::Lost(Class::Limit(wait), format!("asks to be left alone for a while (429 {said})"))
            }
            401..=403 => End::Lost(
                Class::Refused,
                format!(
                    "refuses us ({status} {said}): X gives its stream only to those who pay for it; `token_file` has to hold the app-only \
                     bearer token of an app within a project that has credits (developer.x.com), and one connection at a time"
                ),
            ),
            500..=599 => End::Lost(Class::Server, format!("answers {status}")),
            _ => End::Lost(Class::Refused, format!("answers {status} {said}")),
        }
    }
}

/// The answer of the search, once there is one; never without a question.
async fn answer_of(asking: &mut Option<JoinHandle<Result<Found, Nothing>>>) -> Result<Found, Nothing> {
    match asking {
        Some(asking) => {
            asking.await.unwrap_or_else(|e| Err(Nothing::Later(format!("could not be asked: {e}"), None)))
        }
        None => std::future::pending().await,
    }
}

/// What trouble means for the next try.
fn trouble(trouble: Trouble) -> End {
    match trouble {
        Trouble::Stopped => End::Stopped,
        Trouble::Later(why, wait) => End::Lost(Class::Limit(wait), why),
        Trouble::Failed(why) if why.starts_with("does not answer") => End::Lost(Class::Network, why),
        Trouble::Failed(why) | Trouble::Gone(why) => End::Lost(Class::Server, why),
    }
}
