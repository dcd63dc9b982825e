//! Whether the settings of a source can work, as far as that is seen without opening or asking anything.

use super::{
    SourceConfig, SourceError, SourceSettings, appstore, discourse, feed, github, hackernews, jetstream,
    jsonl, kafka, lemmy, mastodon, nats, reddit, stackexchange, webhook, x, youtube,
};

/// Looks at the settings of a source. Each source begins with the same look when it is run, so what is refused here is
/// what fails there at once.
///
/// # Errors
/// They cannot work; the message says which key it is, and how to write it.
pub fn check(settings: &SourceSettings) -> Result<(), SourceError> {
    let name = &settings.name;
    match &settings.kind {
        SourceConfig::Jsonl(config) => jsonl::check(name, config),
        SourceConfig::Feed(config) => feed::check(name, config),
        SourceConfig::Jetstream(config) => jetstream::check(name, config).map(drop),
        SourceConfig::Webhook(config) => webhook::check(name, config),
        SourceConfig::Mastodon(config) => mastodon::check(name, config).map(drop),
        SourceConfig::Hackernews(config) => hackernews::check(name, config).map(drop),
        SourceConfig::Discourse(config) => discourse::check(name, config).map(drop),
        SourceConfig::Github(config) => github::check(name, config).map(drop),
        SourceConfig::Lemmy(config) => lemmy::check(name, config).map(drop),
        SourceConfig::Appstore(config) => appstore::check(name, config).map(drop),
        SourceConfig::Stackexchange(config) => stackexchange::check(name, config).map(drop),
        SourceConfig::Nats(config) => nats::check(name, config),
        SourceConfig::Kafka(config) => kafka::check(name, config),
        SourceConfig::Youtube(config) => youtube::check(name, config).map(drop),
        SourceConfig::Reddit(config) => reddit::check(name, config).map(drop),
        SourceConfig::X(config) => x::check(name, config).map(drop),
    }
}
