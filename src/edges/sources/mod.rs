//! Sources: where people talk. Each hands over posts in batches, with a position to go on from after a restart.
//!
//! A source pushes into a bounded channel and waits while it is full, so a slow disk slows the sources down and
//! nothing is dropped. Posts and position are stored in one transaction by whoever holds the other end; on start
//! the last stored position is handed back. What lies between is sent again: the store knows posts by
//! `(source, id)`.

mod appstore;
mod backoff;
mod callbacks;
mod check;
mod discourse;
mod feed;
mod github;
mod hackernews;
mod health;
mod html;
mod http;
mod jetstream;
mod jsonl;
mod kafka;
mod kinds;
mod lemmy;
mod markdown;
mod mastodon;
mod nats;
mod newest;
mod poll;
mod reach;
mod reddit;
mod shape;
mod stackexchange;
mod strange;
mod webhook;
mod x;
mod youtube;

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::ground::account::AccountNews;
use crate::ground::post::{Incoming, Post};
use crate::ground::time::{Clock, Timestamp};

pub use self::appstore::AppstoreConfig;
pub use self::callbacks::{Call, Callbacks};
pub use self::check::{check, secret_file};
pub use self::discourse::DiscourseConfig;
pub use self::feed::{FeedConfig, Listed, Listing, read_opml};
pub use self::github::GithubConfig;
pub use self::hackernews::HackernewsConfig;
pub use self::health::{Health, HealthSnapshot, State, in_the_last_hour};
pub use self::jetstream::JetstreamConfig;
pub use self::jsonl::JsonlConfig;
pub use self::kafka::KafkaConfig;
pub use self::kinds::{KINDS, Kind};
pub use self::lemmy::LemmyConfig;
pub use self::mastodon::MastodonConfig;
pub use self::nats::NatsConfig;
pub use self::reddit::RedditConfig;
pub use self::stackexchange::StackexchangeConfig;
#[doc(hidden)]
pub use self::strange::{WAYS, read_strange};
pub use self::webhook::{Form, WebhookConfig};
pub use self::x::XConfig;
pub use self::youtube::YoutubeConfig;

/// Most posts and deletions in one batch; a webhook's request may hold more and stays one batch.
pub const MAX_BATCH_ITEMS: usize = 500;
/// Bytes of input after which a batch is handed over.
pub const MAX_BATCH_BYTES: usize = 1 << 20;
/// Most bytes of a rejected line that are kept to look at.
pub const MAX_REJECT_BYTES: usize = 4096;

/// What the complaint of a source begins with that is to be sent to, and cannot listen.
pub const CANNOT_LISTEN: &str = "cannot listen on";

/// What a source hands over at once: posts in order, and the position that covers them.
#[derive(Debug)]
pub struct Batch {
    /// Name of the configured source.
    pub source: String,
    /// Posts and deletions, in the order of the source.
    pub items: Vec<Incoming>,
    /// Accounts that the platform hid, deleted or let back in, in order. They come after the items.
    pub accounts: Vec<AccountNews>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
    /// The source was deaf from the first moment to the second, and cannot make it up.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// Position after this batch, for the source alone to understand. Store it in the transaction that stores
    /// the items; hand it to [`run`] on the next start. `None` leaves the stored one as it is.
    pub cursor: Option<String>,
    /// Answered once the batch is durable, with what became of it, or refused (`None`); dropping it counts as refused.
    pub stored: Option<oneshot::Sender<Option<Kept>>>,
}

/// What became of a batch that is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Posts that are new, or new versions.
    pub stored: usize,
    /// Posts that were there as they are.
    pub known: usize,
    /// Posts that no rule is about, or that were deleted before.
    pub unwanted: usize,
    /// Posts that were there and are deleted now.
    pub deleted: usize,
    /// Deletions of what was not there: it is kept away if it comes later.
    pub absent: usize,
    /// Items that were not taken, by their place in the batch (from 0), and why.
    pub refused: Vec<(usize, String)>,
}

impl Batch {
    fn empty(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            items: Vec::new(),
            accounts: Vec::new(),
            rejects: Vec::new(),
            gap: None,
            cursor: None,
            stored: None,
        }
    }
}

/// Something that came from a source and is no post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Where: `line 17`, or the id of an item.
    pub place: String,
    /// Why, in one sentence.
    pub reason: String,
    /// What came, at most [`MAX_REJECT_BYTES`]; bytes that are no UTF-8 are replaced.
    pub raw: String,
}

impl Reject {
    fn new(place: impl Into<String>, reason: impl Into<String>, raw: &[u8]) -> Self {
        let kept = raw.get(..MAX_REJECT_BYTES).unwrap_or(raw);
        let mut raw = String::from_utf8_lossy(kept).into_owned();
        // A replaced byte takes three, so the bound is held once more after replacing.
        shape::cut(&mut raw, MAX_REJECT_BYTES);
        Self { place: place.into(), reason: reason.into(), raw }
    }
}

/// One `[[source]]` table of the settings: a name, a kind, and the keys of that kind.
#[derive(Clone, Debug, Deserialize)]
pub struct SourceSettings {
    /// What people call it; also the `source` of its posts, save where the posts say it themselves
    /// (`jsonl` and `webhook`).
    pub name: String,
    /// `kind = "…"` and the keys that belong to it.
    #[serde(flatten)]
    pub kind: SourceConfig,
}

/// The kinds of sources and their settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SourceConfig {
    /// A file with one post as JSON a line.
    Jsonl(JsonlConfig),
    /// RSS, Atom or JSON Feed.
    Feed(FeedConfig),
    /// Bluesky's stream of everything.
    Jetstream(JetstreamConfig),
    /// Posts that somebody sends to us.
    Webhook(WebhookConfig),
    /// Hashtags of Mastodon and what speaks its API.
    Mastodon(MastodonConfig),
    /// Stories and comments of Hacker News.
    Hackernews(HackernewsConfig),
    /// A forum that runs on Discourse.
    Discourse(DiscourseConfig),
    /// Issues of a GitHub repository.
    Github(GithubConfig),
    /// Posts and comments of a Lemmy server.
    Lemmy(LemmyConfig),
    /// Reviews in Apple's App Store.
    Appstore(AppstoreConfig),
    /// Questions and answers of a site of Stack Exchange.
    Stackexchange(StackexchangeConfig),
    /// A stream of NATS JetStream.
    Nats(NatsConfig),
    /// Topics of Kafka.
    Kafka(KafkaConfig),
    /// Comments below videos of YouTube.
    Youtube(YoutubeConfig),
    /// Posts and comments of Reddit.
    Reddit(RedditConfig),
    /// X's filtered stream.
    X(XConfig),
}

impl SourceConfig {
    /// The address of a feed.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Feed(config) => Some(&config.url),
            _ => None,
        }
    }
}

/// Everything a source needs of its surroundings.
#[derive(Clone)]
pub struct Surroundings {
    /// Who knows the time.
    pub clock: Arc<dyn Clock>,
    /// Where batches go.
    pub out: mpsc::Sender<Batch>,
    /// Says that it is time to stop.
    pub stop: CancellationToken,
    /// How the source is, for people to see.
    pub health: Arc<Health>,
    /// Where a server's operator can complain: goes into the User-Agent. An address or a URL.
    pub contact: String,
    /// Seed of the jitter; different for each source, so that they do not knock in step.
    pub seed: u64,
    /// Which posts anybody may want. Only `jetstream` asks it, since it carries the whole network: a new post for
    /// which this is false is dropped at once. Edits and deletions always pass, because an earlier version may be
    /// stored. The other sources are small and pass everything on.
    pub filter: Arc<dyn Fn(&Post) -> bool + Send + Sync>,
    /// Addresses at which the hubs of feeds can call, where the world can reach us.
    pub callbacks: Option<Arc<Callbacks>>,
}

/// The batch could not be handed over, because the daemon stops.
struct Stopped;

impl Surroundings {
    /// Hands a batch over, waiting while the receiver is full, and counts it.
    async fn hand_over(&self, batch: Batch) -> Result<(), Stopped> {
        let posts = batch.items.len();
        let rejects = batch.rejects.len();
        self.give(batch).await?;
        self.health.count(posts, rejects, self.clock.now());
        Ok(())
    }

    /// The same for who hears what became of the batch, and counts that.
    async fn give(&self, batch: Batch) -> Result<(), Stopped> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Stopped),
            sent = self.out.send(batch) => sent.map_err(|_| Stopped),
        }
    }

    /// Waits for `delay`, or not that long when it is time to stop.
    async fn pause(&self, delay: std::time::Duration) -> Result<(), Stopped> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Stopped),
            () = tokio::time::sleep(delay) => Ok(()),
        }
    }

    /// Notes a failure that the source gets over by itself.
    fn complain(&self, source: &str, message: &str) {
        tracing::warn!(source, "{message}");
        self.health.error(message, self.clock.now());
    }

    fn user_agent(&self) -> String {
        let contact: String = self.contact.chars().filter(|c| (' '..='~').contains(c)).collect();
        format!("groundswell/{} (+{contact})", env!("CARGO_PKG_VERSION"))
    }
}

/// Why a source can never work, or has ended for good. Everything else it gets over by itself, and says so in its
/// [`Health`].
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The settings cannot work.
    #[error("source \"{name}\": {message}")]
    Settings {
        /// Name of the source.
        name: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A file or port that the settings name cannot be used.
    #[error("source \"{name}\": {what}: {error}")]
    Io {
        /// Name of the source.
        name: String,
        /// What was tried on what.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The other side says that there will be nothing any more.
    #[error("source \"{name}\": {message}")]
    Gone {
        /// Name of the source.
        name: String,
        /// What it said and what to do.
        message: String,
    },
}

/// Runs one source from `cursor`, the last position that was stored. Returns when told to stop, when the source has
/// ended (a file that is not followed), or when the receiver is gone.
///
/// # Errors
/// The source cannot ever work with these settings, or its other side has ended it for good.
pub async fn run(
    settings: SourceSettings,
    cursor: Option<String>,
    around: Surroundings,
) -> Result<(), SourceError> {
    let SourceSettings { name, kind } = settings;
    let health = Arc::clone(&around.health);
    let clock = Arc::clone(&around.clock);
    let stop = around.stop.clone();
    // What is tried again has failed until it works.
    if !health.has_failed() {
        health.state(State::Starting, clock.now());
    }
    let ended = match kind {
        SourceConfig::Jsonl(config) => jsonl::run(&name, &config, cursor, &around).await,
        SourceConfig::Feed(config) => feed::run(&name, &config, cursor, &around).await,
        SourceConfig::Jetstream(config) => jetstream::run(&name, &config, cursor, &around).await,
        SourceConfig::Webhook(config) => webhook::run(&name, &config, cursor, &around).await,
        SourceConfig::Mastodon(config) => mastodon::run(&name, &config, cursor, &around).await,
        SourceConfig::Hackernews(config) => hackernews::run(&name, &config, cursor, &around).await,
        SourceConfig::Discourse(config) => discourse::run(&name, &config, cursor, &around).await,
        SourceConfig::Github(config) => github::run(&name, &config, cursor, &around).await,
        SourceConfig::Lemmy(config) => lemmy::run(&name, &config, cursor, &around).await,
        SourceConfig::Appstore(config) => appstore::run(&name, &config, cursor, &around).await,
        SourceConfig::Kafka(config) => kafka::run(&name, &config, &around).await,
        SourceConfig::Youtube(config) => youtube::run(&name, &config, cursor, &around).await,
        SourceConfig::Reddit(config) => reddit::run(&name, &config, cursor, &around).await,
        SourceConfig::X(config) => x::run(&name, &config, cursor, &around).await,
        SourceConfig::Nats(config) => nats::run(&name, &config, cursor, &around).await,
        SourceConfig::Stackexchange(config) => stackexchange::run(&name, &config, cursor, &around).await,
    };
    match &ended {
        Ok(()) if stop.is_cancelled() => health.state(State::Stopped, clock.now()),
        Ok(()) => health.state(State::Ended, clock.now()),
        Err(error) => {
            health.error(&error.to_string(), clock.now());
            health.state(State::Failed, clock.now());
        }
    }
    ended
}

/// Chooses ring as the process's cryptography, once. Building a TLS client without a choice panics.
fn prepare_tls() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    // An error means that somebody has chosen before: then there is a choice, which is all we need.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        source: Vec<SourceSettings>,
    }

    #[test]
    fn every_kind_is_read_with_its_defaults() {
        let file: File = toml::from_str(
            r#"
            [[source]]
            name = "exports"
            kind = "jsonl"
            path = "/var/spool/posts.jsonl"
            [[source]]
            name = "forum"
            kind = "feed"
            url = "https://forum.example.org/latest.rss"
            interval = "5m"
            [[source]]
            name = "bluesky"
            kind = "jetstream"
            [[source]]
            name = "crm"
            kind = "webhook"
            secret_file = "/run/secrets/crm"
            "#,
        )
        .unwrap();
        let kinds: Vec<_> = file.source.iter().map(|s| (s.name.as_str(), &s.kind)).collect();
        assert!(matches!(kinds[0], ("exports", SourceConfig::Jsonl(c)) if !c.follow));
        assert!(matches!(kinds[1], ("forum", SourceConfig::Feed(c)) if c.interval.as_secs() == 300));
        assert!(
            matches!(kinds[2], ("bluesky", SourceConfig::Jetstream(c)) if c.hosts.len() == 6 && !c.compress)
        );
        assert!(matches!(kinds[3], ("crm", SourceConfig::Webhook(c)) if c.path == "/posts"));
    }

    #[test]
    fn a_key_that_does_not_exist_is_named() {
        let said =
            toml::from_str::<SourceSettings>("name = 'f'\nkind = 'feed'\nurl = 'http://x'\nintervall = '5m'")
                .unwrap_err()
                .to_string();
        assert!(said.contains("intervall"), "{said}");
        let said = toml::from_str::<SourceSettings>(
            "name = 'f'\nkind = 'feed'\nurl = 'http://x'\ninterval = 'soon'",
        )
        .unwrap_err()
        .to_string();
        assert!(said.contains("\"10m\""), "{said}");
        let said = toml::from_str::<SourceSettings>("name = 'f'\nkind = 'fax'").unwrap_err().to_string();
        assert!(said.contains("jsonl"), "{said}");
    }

    #[test]
    fn a_reject_keeps_four_kilobytes_of_what_came() {
        let reject = Reject::new("line 1", "no", &[0xff; 9000]);
        assert!(reject.raw.len() <= MAX_REJECT_BYTES && reject.raw.len() > MAX_REJECT_BYTES - 3);
    }
}
