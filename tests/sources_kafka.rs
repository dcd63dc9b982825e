//! Kafka as a source, against the mock broker of librdkafka. Only with the feature: `cargo test --features kafka --test sources_kafka`.
#![cfg(feature = "kafka")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod listening;

use groundswell::edges::sources::{Batch, Kept, State};
use groundswell::ground::post::Incoming;
use listening::{Source, secret};
use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{DefaultProducerContext, FutureProducer, FutureRecord};
use std::time::Duration;

async fn send(producer: &FutureProducer, key: &str, payload: &str) {
    let record = FutureRecord::to("mentions").key(key).payload(payload);
    producer.send(record, Duration::from_secs(20)).await.unwrap();
}

fn post(id: usize, text: &str) -> String {
    format!(r#"{{"id":"{id}","source":"bus","text":"{text}","created_at":"2026-01-01T00:00:00Z"}}"#)
}

fn start(servers: &str) -> Source {
    // The mock broker forgets a member of a group only after its session.
    let options = secret("# for the mock broker\nsession.timeout.ms=6000\nheartbeat.interval.ms=500\n");
    let settings = format!(
        "kind = 'kafka'\nservers = ['{servers}']\ntopics = ['mentions']\noptions_file = '{}'",
        options.path().display()
    );
    let mut source = Source::start(&settings, None);
    source.kept.push(options);
    source
}

/// The next batch, stored or not: what it holds, as `id text`, `-id`, and `!` for what is no post.
async fn next(source: &mut Source, stored: bool) -> Vec<String> {
    let Batch { items, rejects, stored: answer, .. } = source.batch().await;
    answer.unwrap().send(stored.then(Kept::default)).unwrap();
    let shown = |item: &Incoming| match item {
        Incoming::Post(post) => format!("{} {}", post.id, post.text),
        Incoming::Delete(key) => format!("-{}", key.id),
    };
    items.iter().map(shown).chain(rejects.iter().map(|_| "!".to_owned())).collect()
}

async fn until(source: &mut Source, n: usize) -> Vec<String> {
    let mut all = Vec::new();
    while all.len() < n {
        all.extend(next(source, true).await);
    }
    all
}

#[tokio::test]
async fn offsets_are_committed_after_the_durable_write() {
    let cluster = MockCluster::<DefaultProducerContext>::new(1).unwrap();
    cluster.create_topic("mentions", 3, 1).unwrap();
    let servers = cluster.bootstrap_servers();
    let producer: FutureProducer = ClientConfig::new().set("bootstrap.servers", &servers).create().unwrap();
    for n in 0..20 {
        send(&producer, &n.to_string(), &post(n, "it leaks")).await;
    }
    send(&producer, "x", "nonsense").await;
    send(&producer, "3", &post(3, "it leaks badly")).await;
    send(&producer, "4", r#"{"op":"delete","source":"bus","id":"4"}"#).await;

    // Not stored: all of it comes again.
    let mut source = start(&servers);
    assert!(!next(&mut source, false).await.is_empty());
    let all = until(&mut source, 23).await;
    source.until(|h| h.state == State::Listening).await;
    let place = |what: &str| all.iter().position(|i| i == what).unwrap_or_else(|| panic!("{what}: {all:?}"));
    assert!(place("3 it leaks") < place("3 it leaks badly") && place("4 it leaks") < place("-4"));
    assert_eq!(all.iter().filter(|i| *i == "!").count(), 1);
    assert!((0..20).all(|n| all.contains(&format!("{n} it leaks"))), "{all:?}");
    assert!(source.error().await.contains("sends again what could not be stored"));
    source.stop().await;

    // Stored: after a restart only what is new comes.
    send(&producer, "99", &post(99, "it leaks")).await;
    let mut source = start(&servers);
    assert_eq!(until(&mut source, 1).await, ["99 it leaks"]);
    source.stop().await;
}

#[tokio::test]
async fn a_cluster_that_is_away_is_said() {
    let source = start("127.0.0.1:1");
    let said = source.error().await;
    assert!(said.contains("127.0.0.1:1 cannot be read"), "{said}");
    source.stop().await;
}
