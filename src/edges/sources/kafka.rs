//! Posts from topics of Kafka, for companies that collect what is said about them on a bus. Part of builds with the feature
//! `kafka` alone, since librdkafka takes minutes to build.
//!
//! A message holds one post as JSON, as a line of JSONL does. Its offset is committed after its posts are durable, so what was
//! under way at a crash comes again, and (source, id) tells it. Give all versions of a post the same key: only then does
//! Kafka keep them in order.

#[cfg(feature = "kafka")]
mod listen;

use std::path::PathBuf;

use serde::Deserialize;

use super::{SourceError, Surroundings};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "kafka"
kind = "kafka"
servers = ["127.0.0.1:9092"]
topics = ["mentions"]
group = "groundswell"
options_file = "/run/credentials/groundswell.service/kafka"   # further settings of librdkafka, a line each: security.protocol=sasl_plaintext
"#;

/// Settings of `kind = "kafka"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaConfig {
    /// Some brokers of the cluster, as `host:port`.
    pub servers: Vec<String>,
    /// Topics to read.
    pub topics: Vec<String>,
    /// Name of our consumer group. Nobody else may use it. Default: `"groundswell"`.
    #[serde(default = "groundswell")]
    pub group: String,
    /// File with further settings of librdkafka, one `name=value` a line, such as `sasl.password=…`; `#` begins a remark.
    pub options_file: Option<PathBuf>,
}

fn groundswell() -> String {
    "groundswell".to_owned()
}

/// What is said where Kafka is asked for and was left out.
const NOT_BUILT_IN: &str = "this groundswell was built without Kafka; build it with `cargo build --release --features kafka`, which takes a C++ \
                            compiler and make";

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &KafkaConfig) -> Result<(), SourceError> {
    let settings =
        |message: &str| SourceError::Settings { name: name.to_owned(), message: message.to_owned() };
    let plain = |word: &String| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == ',');
    if config.servers.is_empty() || !config.servers.iter().all(plain) {
        return Err(settings("`servers` has to hold brokers, such as [\"127.0.0.1:9092\"]"));
    }
    if config.topics.is_empty() || !config.topics.iter().all(plain) || !plain(&config.group) {
        return Err(settings(
            "`topics` has to hold names of topics, such as [\"mentions\"], and `group` a name",
        ));
    }
    if cfg!(feature = "kafka") { Ok(()) } else { Err(settings(NOT_BUILT_IN)) }
}

/// Listens until stopped.
pub(super) async fn run(name: &str, config: &KafkaConfig, around: &Surroundings) -> Result<(), SourceError> {
    check(name, config)?;
    connected(name, config, around).await
}

#[cfg(feature = "kafka")]
async fn connected(name: &str, config: &KafkaConfig, around: &Surroundings) -> Result<(), SourceError> {
    listen::run(name, config, around).await
}

/// [`check`] has refused it.
#[cfg(not(feature = "kafka"))]
async fn connected(_: &str, _: &KafkaConfig, _: &Surroundings) -> Result<(), SourceError> {
    Ok(())
}
