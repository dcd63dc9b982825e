//! Standard input.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::edges::sources::Health;
use crate::ground::time::{SimulatedClock, Timestamp};

fn surroundings() -> (Surroundings, mpsc::Receiver<Batch>) {
    let (out, batches) = mpsc::channel(100);
    let around = Surroundings {
        clock: Arc::new(SimulatedClock::new("2026-01-02T00:00:00Z".parse::<Timestamp>().unwrap())),
        out,
        stop: CancellationToken::new(),
        health: Arc::new(Health::new()),
        contact: "ops@example.org".into(),
        seed: 1,
        filter: Arc::new(|_| true),
        callbacks: None,
    };
    (around, batches)
}

#[tokio::test]
async fn standard_input_is_read_to_its_end_with_bounded_batches() {
    let (around, mut batches) = surroundings();
    let mut text = String::new();
    for n in 0..1200 {
        text += &format!(
            "{{\"id\":{n},\"source\":\"s\",\"text\":\"t\",\"created_at\":\"2026-01-01T00:00:00Z\"}}\n"
        );
    }
    text += "{\"id\":\"cut in ha";
    let reader = Reader::new("in", &around);
    assert!(reader.read_stream(pump(io::Cursor::new(text))).await.is_ok());
    let (mut items, mut rejects) = (0, Vec::new());
    while let Ok(batch) = batches.try_recv() {
        assert!(batch.items.len() <= MAX_BATCH_ITEMS && batch.cursor.is_none());
        items += batch.items.len();
        rejects.extend(batch.rejects);
    }
    assert_eq!(items, 1200);
    assert_eq!(rejects.len(), 1);
    assert_eq!(rejects[0].place, "line 1201");
}

#[tokio::test]
async fn standard_input_cannot_be_followed() {
    let (around, _batches) = surroundings();
    let config = toml::from_str("path = '-'\nfollow = true").unwrap();
    let said = run("in", &config, None, &around).await.unwrap_err().to_string();
    assert!(said.contains("cannot be followed"), "{said}");
}
