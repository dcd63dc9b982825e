//! Posts of X that fit our rules, from its filtered stream (version 2 of its API), with a token that has to be paid for.
//!
//! X keeps the rules; those of ours carry our name as their tag and are made to be what the settings say, those of others
//! are left alone. The stream says something every 20 seconds, if only an empty line. What was missed it does not bring later
//! (`backfill_minutes` is for those with a contract): X's search is asked for it, and what that does not bring is a gap. An edited post has a new id and lists those before it: here it stays the post that it was. The
//! stream is silent about deletions, which X's terms ask to be kept within 24 hours: what we have is asked for every
//! six hours for three days, the newest 500; set `[data] keep_days` for the rest. How long to wait after which failure is
//! what X's documentation asks for.

mod listen;
mod missed;
mod retry;
mod rules;
mod tweet;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use url::Url;

use self::listen::{End, Listener};
use self::missed::Missed;
use self::retry::Retry;
use super::http::Http;
use super::poll::{self, LookedAfter};
use super::shape::duration;
use super::{SourceError, State, Surroundings};
use crate::ground::post::Post;
use crate::ground::time::Timestamp;
use crate::logic::patience::Patience;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "x"
kind = "x"
token_file = "/run/credentials/groundswell.service/x"   # an app-only bearer token, which X gives to those who pay
rules = ["(\"acme kettle\" OR #acmekettle) -is:retweet", "from:acme is:quote"]
catch_up = true                                         # ask X's search for what the stream missed; paid for like the stream
look_after_every = "6h"                                 # for deletions: each post that is asked for is paid for
server = "https://api.x.com"
"#;

/// Most rules, as of an account without a contract; longest rule in characters.
const MAX_RULES: usize = 1000;
const MAX_RULE_CHARS: usize = 1024;
/// An answer that has no end.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);

/// Settings of `kind = "x"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct XConfig {
    /// File with an app-only bearer token.
    pub token_file: PathBuf,
    /// What to listen for, in X's own rule language.
    pub rules: Vec<String>,
    /// Ask X's search for what the stream missed while it was away, up to seven days. Each post is paid for as if the stream had
    /// brought it. Without this, what was missed is noted as a gap. Default: true.
    #[serde(default = "yes")]
    pub catch_up: bool,
    /// How often those posts that we have are asked for, to find what was deleted. Default: `"6h"`.
    #[serde(default = "six_hours", deserialize_with = "duration")]
    pub look_after_every: Duration,
    /// Where the API is. Default: X's own.
    #[serde(default = "their_own")]
    pub server: String,
}

fn yes() -> bool {
    true
}
fn six_hours() -> Duration {
    Duration::from_secs(6 * 3600)
}
fn their_own() -> String {
    "https://api.x.com".to_owned()
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// When the stream was heard last: what comes between this and the next connection is missed.
    heard: Option<Timestamp>,
    /// What was missed, and is still to be asked for.
    #[serde(default)]
    missed: Vec<Missed>,
    /// When what we have was asked for last.
    looked: Option<Timestamp>,
    /// What is looked after.
    after: LookedAfter,
    /// How long it may bring no post.
    patience: Patience,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &XConfig) -> Result<Url, SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let fits = |rule: &String| !rule.trim().is_empty() && rule.chars().count() <= MAX_RULE_CHARS;
    if config.rules.is_empty() || config.rules.len() > MAX_RULES || !config.rules.iter().all(fits) {
        return Err(settings(format!(
            "`rules` has to hold one to {MAX_RULES} rules of at most {MAX_RULE_CHARS} characters, such as [\"\\\"acme kettle\\\" -is:retweet\"]"
        )));
    }
    poll::server(name, "server", &config.server)
}

/// Listens until stopped.
pub(super) async fn run(
    name: &str,
    config: &XConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let token = poll::secret(name, "token_file", &config.token_file)?;
    let http = Http::new(&server, around, Some(&token)).map_err(settings)?;
    let mut stream = Http::patient(&server, around, listen::SILENCE, FOR_EVER).map_err(settings)?;
    stream.show(AUTHORIZATION, &format!("Bearer {token}")).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let mut listener = Listener::new(name, config, server, http, stream, position, around);
    let mut retry = Retry::default();
    loop {
        let (class, why) = match listener.listen(&mut retry).await {
            End::Stopped => return Ok(()),
            End::Lost(class, why) => (class, why),
        };
        around.complain(name, &format!("the address {} {why}", config.server));
        around.health.state(State::Retrying, around.clock.now());
        if around.pause(retry.wait(class)).await.is_err() {
            return Ok(());
        }
    }
}

/// A line of the stream, as it is read without a network: for the fuzz target.
pub(super) fn strange(line: &[u8], now: Timestamp) -> Option<Post> {
    match tweet::read(line, "strange", now) {
        tweet::Line::Post(post, _) => Some(*post),
        _ => None,
    }
}
