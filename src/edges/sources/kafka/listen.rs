//! Listening to Kafka by librdkafka.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::KafkaConfig;
use crate::edges::sources::backoff::Backoff;
use crate::edges::sources::{
    Batch, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, Reject, SourceError, State, Stopped, Surroundings, poll,
};
use crate::ground::post::parse_line;

/// How long posts may gather.
const GATHER: Duration = Duration::from_millis(250);
/// Waits after failures.
const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(60);
/// Longest wait for going back.
const SEEK: Duration = Duration::from_secs(5);

/// An offset in each partition of each topic.
type Offsets = BTreeMap<(String, i32), i64>;

/// What one look brought.
enum Looked {
    Stored,
    /// The batch was refused: the messages have to come again, from these on.
    Refused(Offsets),
    /// librdkafka says that something is wrong; it mends by itself what it can.
    Failed(String),
}

pub(super) async fn run(name: &str, config: &KafkaConfig, around: &Surroundings) -> Result<(), SourceError> {
    let mut backoff = Backoff::new(FIRST, MOST, around.seed);
    let address = config.servers.join(", ");
    let mut said = String::new();
    let mut consumer = open(name, config)?;
    around.health.peer(Some(address.clone()));
    loop {
        let looked = tokio::select! {
            biased;
            () = around.stop.cancelled() => {
                close(consumer).await;
                return Ok(());
            }
            looked = look(name, &consumer, around) => looked,
        };
        let why = match looked {
            Err(Stopped) => return Ok(()),
            Ok(Looked::Stored) => {
                backoff.reset();
                said.clear();
                around.health.state(State::Listening, around.clock.now());
                continue;
            }
            Ok(Looked::Refused(first)) => match back(&consumer, &first) {
                Ok(()) => "sends again what could not be stored".to_owned(),
                Err(error) => {
                    // A new consumer begins with what was committed. The group waits for one that does not leave.
                    close(consumer).await;
                    consumer = open(name, config)?;
                    format!("does not go back to what could not be stored ({error}); connected anew")
                }
            },
            Ok(Looked::Failed(why)) => why,
        };
        if why != said {
            around.complain(name, &format!("{address} {why}"));
            said = why;
        }
        around.health.state(State::Retrying, around.clock.now());
        if around.pause(backoff.next()).await.is_err() {
            return Ok(());
        }
    }
}

/// Leaves the group, which takes a moment in which nothing else on this thread could go on.
async fn close(consumer: StreamConsumer) {
    if let Err(error) = tokio::task::spawn_blocking(move || drop(consumer)).await {
        tracing::debug!("librdkafka did not close: {error}");
    }
}

fn open(name: &str, config: &KafkaConfig) -> Result<StreamConsumer, SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let mut client = ClientConfig::new();
    client.set_log_level(RDKafkaLogLevel::Error);
    for (key, value) in [
        ("bootstrap.servers", config.servers.join(",").as_str()),
        ("group.id", &config.group),
        ("client.id", "groundswell"),
        // We say ourselves what is stored.
        ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"),
        ("auto.offset.reset", "earliest"),
        // A full disk lasts longer than five minutes.
        ("max.poll.interval.ms", "3600000"),
        // What waits in memory is bounded.
        ("queued.max.messages.kbytes", "8192"),
        ("fetch.message.max.bytes", "1048576"),
    ] {
        client.set(key, value);
    }
    if let Some(file) = &config.options_file {
        for (key, value) in options(name, file)? {
            client.set(key, value);
        }
    }
    let consumer: StreamConsumer =
        client.create().map_err(|e| settings(format!("librdkafka does not take the settings: {e}")))?;
    let topics: Vec<&str> = config.topics.iter().map(String::as_str).collect();
    consumer.subscribe(&topics).map_err(|e| settings(format!("`topics` cannot be subscribed to: {e}")))?;
    Ok(consumer)
}

fn options(name: &str, file: &Path) -> Result<Vec<(String, String)>, SourceError> {
    let text = poll::secret(name, "options_file", file)?;
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(n, line)| match line.split_once('=') {
            Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
            None => Err(SourceError::Settings {
                name: name.to_owned(),
                message: format!("line {n} of `options_file` {} is no name=value", file.display()),
            }),
        })
        .collect()
}

/// Takes what has gathered, and commits it when it is durable; until then nothing newer is taken.
async fn look(name: &str, consumer: &StreamConsumer, around: &Surroundings) -> Result<Looked, Stopped> {
    let mut batch = Batch::empty(name);
    // The first message of each partition, and the one after the last.
    let (mut first, mut offsets, mut bytes) = (Offsets::new(), Offsets::new(), 0);
    match consumer.recv().await {
        Ok(message) => bytes += take(&message, &mut batch, &mut first, &mut offsets, around),
        Err(error) => return Ok(Looked::Failed(explained(&error))),
    }
    let until = Instant::now() + GATHER;
    while batch.items.len() + batch.rejects.len() < MAX_BATCH_ITEMS && bytes < MAX_BATCH_BYTES {
        match timeout_at(until, consumer.recv()).await {
            Ok(Ok(message)) => bytes += take(&message, &mut batch, &mut first, &mut offsets, around),
            // What is wrong is heard of at the next look.
            Ok(Err(_)) | Err(_) => break,
        }
    }
    if !(batch.items.is_empty() && batch.rejects.is_empty()) {
        let (answer, answered) = oneshot::channel();
        batch.stored = Some(answer);
        around.hand_over(batch).await?;
        if !matches!(answered.await, Ok(Some(_))) {
            return Ok(Looked::Refused(first));
        }
    }
    let list = match list(&offsets) {
        Ok(list) => list,
        Err(error) => return Ok(Looked::Failed(explained(&error))),
    };
    match consumer.commit(&list, CommitMode::Async) {
        Ok(()) => Ok(Looked::Stored),
        Err(error) => Ok(Looked::Failed(format!("takes no offsets: {error}"))),
    }
}

/// Has the messages from these offsets on come again.
fn back(consumer: &StreamConsumer, first: &Offsets) -> Result<(), KafkaError> {
    consumer.seek_partitions(list(first)?, SEEK)?.elements().iter().try_for_each(|p| p.error())
}

fn list(offsets: &Offsets) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::new();
    for ((topic, partition), offset) in offsets {
        list.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
    }
    Ok(list)
}

/// Takes one message in; gives how many bytes it has. A message without a value is Kafka's way to let a key go: it names no post.
fn take(
    message: &BorrowedMessage<'_>,
    batch: &mut Batch,
    first: &mut Offsets,
    offsets: &mut Offsets,
    around: &Surroundings,
) -> usize {
    let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
    first.entry((topic.to_owned(), partition)).or_insert(offset);
    offsets.insert((topic.to_owned(), partition), offset + 1);
    let Some(payload) = message.payload() else { return 0 };
    match parse_line(payload, Some(around.clock.now())) {
        Ok(item) => batch.items.push(item),
        Err(e) => {
            let place = format!("message {offset} of partition {partition} of {topic}");
            batch.rejects.push(Reject::new(place, e.to_string(), payload));
        }
    }
    payload.len()
}

fn explained(error: &KafkaError) -> String {
    format!("cannot be read: {error}")
}
