//! Whether the settings of a source can work, as far as that is seen without opening or asking anything.

use std::path::Path;

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

/// The key of a source's settings that names a file with a secret, and that file. It is read when the source is run; where the
/// service alone may read it, others can only say whether it is handed over.
pub fn secret_file(settings: &SourceSettings) -> Option<(&'static str, &Path)> {
    let (key, file) = match &settings.kind {
        SourceConfig::Webhook(config) => ("secret_file", Some(&config.secret_file)),
        SourceConfig::Reddit(config) => ("secret_file", Some(&config.secret_file)),
        SourceConfig::Youtube(config) => ("key_file", Some(&config.key_file)),
        SourceConfig::Stackexchange(config) => ("key_file", config.key_file.as_ref()),
        SourceConfig::X(config) => ("token_file", Some(&config.token_file)),
        SourceConfig::Mastodon(config) => ("token_file", config.token_file.as_ref()),
        SourceConfig::Github(config) => ("token_file", config.token_file.as_ref()),
        SourceConfig::Nats(config) => match &config.token_file {
            Some(file) => ("token_file", Some(file)),
            None => ("credentials_file", config.credentials_file.as_ref()),
        },
        SourceConfig::Kafka(config) => ("options_file", config.options_file.as_ref()),
        SourceConfig::Jsonl(_)
        | SourceConfig::Feed(_)
        | SourceConfig::Jetstream(_)
        | SourceConfig::Hackernews(_)
        | SourceConfig::Discourse(_)
        | SourceConfig::Lemmy(_)
        | SourceConfig::Appstore(_) => return None,
    };
    Some((key, file?))
}
