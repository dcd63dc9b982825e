//! Files as sources: read to the end, followed through growth, rotation and truncation, and resumed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use groundswell::edges::sources::{
    Batch, Health, JsonlConfig, SourceConfig, SourceError, SourceSettings, State, Surroundings, run,
};
use groundswell::ground::post::{Incoming, MAX_LINE_BYTES};
use groundswell::ground::time::{Clock, SimulatedClock};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);

struct Source {
    batches: mpsc::Receiver<Batch>,
    stop: CancellationToken,
    health: Arc<Health>,
    clock: Arc<SimulatedClock>,
    task: JoinHandle<Result<(), SourceError>>,
    cursor: Option<String>,
}

impl Source {
    fn start(path: &Path, follow: bool, cursor: Option<String>) -> Self {
        let (out, batches) = mpsc::channel(4);
        let clock = Arc::new(SimulatedClock::new("2026-01-02T00:00:00Z".parse().unwrap()));
        let health = Arc::new(Health::new());
        let stop = CancellationToken::new();
        let around = Surroundings {
            clock: clock.clone(),
            out,
            stop: stop.clone(),
            health: health.clone(),
            contact: "ops@example.org".into(),
            seed: 1,
            filter: Arc::new(|_| panic!("only the whole network is filtered")),
            callbacks: None,
        };
        let kind = SourceConfig::Jsonl(JsonlConfig {
            replay: false,
            path: PathBuf::from(path),
            follow,
            poll: Duration::from_millis(10),
        });
        let task = tokio::spawn(run(SourceSettings { name: "export".into(), kind }, cursor.clone(), around));
        Self { batches, stop, health, clock, task, cursor }
    }

    async fn batch(&mut self) -> Batch {
        let batch =
            timeout(LONG, self.batches.recv()).await.expect("nothing came").expect("the source ended");
        if batch.cursor.is_some() {
            self.cursor.clone_from(&batch.cursor);
        }
        batch
    }

    /// The ids of the next `n` posts, and the places of what was rejected on the way.
    async fn ids(&mut self, n: usize) -> (Vec<String>, Vec<String>) {
        let (mut ids, mut rejected) = (Vec::new(), Vec::new());
        while ids.len() < n {
            let batch = self.batch().await;
            rejected.extend(batch.rejects.iter().map(|r| r.place.clone()));
            ids.extend(batch.items.iter().map(|item| match item {
                Incoming::Post(post) => post.id.clone(),
                Incoming::Delete(key) => format!("-{}", key.id),
            }));
        }
        (ids, rejected)
    }

    async fn end(self) -> Result<(), SourceError> {
        timeout(LONG, self.task).await.expect("it did not end").unwrap()
    }

    async fn stop(mut self) -> Option<String> {
        self.stop.cancel();
        let mut late = 0;
        while let Ok(batch) = self.batches.try_recv() {
            late += batch.items.len();
        }
        assert_eq!(late, 0, "something came that nobody expected");
        let cursor = self.cursor.clone();
        self.end().await.unwrap();
        cursor
    }
}

fn line(id: usize) -> String {
    format!(
        "{{\"id\":\"{id}\",\"source\":\"shop\",\"text\":\"it broke\",\"created_at\":\"2026-01-01T00:00:00Z\"}}\n"
    )
}

fn lines(ids: std::ops::Range<usize>) -> String {
    ids.map(line).collect()
}

fn append(path: &Path, text: &str) {
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn names(ids: std::ops::Range<usize>) -> Vec<String> {
    ids.map(|n| n.to_string()).collect()
}

#[tokio::test]
async fn a_file_is_read_to_its_end_and_wrong_lines_stop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    let long = format!("{{\"id\":\"{}\"}}\n", "x".repeat(3 * MAX_LINE_BYTES));
    let deletion = "{\"op\":\"delete\",\"id\":\"0\",\"source\":\"shop\"}\n";
    append(&path, &format!("{}\r\n\nnonsense\n{long}{deletion}{}", line(0).trim_end(), line(1).trim_end()));
    let mut source = Source::start(&path, false, None);
    let mut ids = Vec::new();
    let mut rejects = Vec::new();
    while let Some(batch) = timeout(LONG, source.batches.recv()).await.unwrap() {
        assert_eq!(batch.source, "export");
        ids.extend(batch.items);
        rejects.extend(batch.rejects);
    }
    assert!(matches!(&ids[0], Incoming::Post(p) if p.arrived_at == source.clock.now() && p.source == "shop"));
    assert!(matches!(&ids[1], Incoming::Delete(key) if key.id == "0"));
    assert!(matches!(&ids[2], Incoming::Post(p) if p.id == "1"), "a last line without newline counts");
    assert_eq!(rejects.len(), 2);
    assert_eq!((rejects[0].place.as_str(), rejects[0].raw.as_str()), ("line 3", "nonsense"));
    assert_eq!(rejects[1].place, "line 4");
    assert!(rejects[1].reason.contains("is 3145737 bytes long"), "{}", rejects[1].reason);
    assert_eq!(rejects[1].raw.len(), 4096);
    let health = source.health.snapshot(source.clock.now());
    assert_eq!((health.posts, health.rejects), (3, 2));
    let (health, clock) = (source.health.clone(), source.clock.clone());
    source.end().await.unwrap();
    assert_eq!(health.snapshot(clock.now()).state, State::Ended);
}

#[tokio::test]
async fn a_missing_file_is_said_by_name() {
    let source = Source::start(Path::new("/nonexistent/posts.jsonl"), false, None);
    let said = source.end().await.unwrap_err().to_string();
    assert!(said.contains("source \"export\": cannot open /nonexistent/posts.jsonl"), "{said}");
}

#[tokio::test]
async fn a_followed_file_may_come_late_grow_in_pieces_and_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    let mut source = Source::start(&path, true, None);
    append(&path, &lines(0..2));
    assert_eq!(source.ids(2).await.0, names(0..2));
    let (half, rest) = (line(2)[..20].to_owned(), line(2)[20..].to_owned());
    append(&path, &half);
    append(&path, &rest);
    append(&path, &half.replace("\"2\"", "\"3\""));
    assert_eq!(source.ids(1).await, (names(2..3), vec![]));
    let cursor = source.stop().await;
    append(&path, &rest);
    append(&path, &lines(4..6));
    let mut source = Source::start(&path, true, cursor);
    assert_eq!(source.ids(3).await, (names(3..6), vec![]), "the unfinished line was not taken as read");
    source.stop().await;
}

#[tokio::test]
async fn every_batch_can_be_resumed_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    append(&path, &lines(0..1200));
    let mut source = Source::start(&path, false, None);
    let first = source.batch().await;
    assert_eq!(first.items.len(), 500);
    source.stop.cancel();
    let mut source = Source::start(&path, false, first.cursor);
    assert_eq!(source.ids(700).await.0, names(500..1200));
    let cursor = source.cursor.clone();
    source.end().await.unwrap();
    Source::start(&path, false, cursor).stop().await;
}

#[tokio::test]
async fn a_rotated_file_is_read_to_its_end_before_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    append(&path, &lines(0..2));
    let mut source = Source::start(&path, true, None);
    assert_eq!(source.ids(2).await.0, names(0..2));
    let old = folder.path().join("posts.jsonl.1");
    std::fs::rename(&path, &old).unwrap();
    append(&old, line(2).trim_end());
    append(&path, &lines(3..5));
    assert_eq!(source.ids(3).await, (names(2..5), vec![]));
    source.stop().await;
}

#[tokio::test]
async fn a_followed_file_that_is_gone_is_said_until_it_is_there_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("posts.jsonl");
    append(&path, &lines(0..2));
    let mut source = Source::start(&path, true, None);
    assert_eq!(source.ids(2).await.0, names(0..2));
    let state = async |source: &Source, wanted: State| {
        let reached = async {
            while source.health.snapshot(source.clock.now()).state != wanted {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, reached).await.expect("the state did not come");
        source.health.snapshot(source.clock.now()).last_error.unwrap_or_default()
    };
    state(&source, State::Listening).await;
    let away = dir.path().join("away");
    std::fs::rename(&path, &away).unwrap();
    let said = state(&source, State::Retrying).await;
    assert!(said.contains("posts.jsonl is gone") && said.contains("waiting for it"), "{said}");
    // The same file at its place again, or a new one.
    std::fs::rename(&away, &path).unwrap();
    state(&source, State::Listening).await;
    std::fs::remove_file(&path).unwrap();
    state(&source, State::Retrying).await;
    append(&path, &lines(2..4));
    assert_eq!(source.ids(2).await.0, names(2..4));
    state(&source, State::Listening).await;
}

#[tokio::test]
async fn a_file_rotated_while_the_daemon_was_down_is_found_under_its_new_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    append(&path, &lines(0..2));
    let mut source = Source::start(&path, true, None);
    source.ids(2).await;
    let cursor = source.stop().await;
    append(&path, &lines(2..4));
    std::fs::rename(&path, folder.path().join("posts.jsonl-20260101")).unwrap();
    append(&path, &lines(4..5));
    let mut source = Source::start(&path, true, cursor);
    assert_eq!(source.ids(3).await.0, names(2..5));
    source.stop().await;
}

#[tokio::test]
async fn a_truncated_file_is_read_anew_even_when_it_has_grown_beyond_where_we_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    append(&path, &lines(0..3));
    let mut source = Source::start(&path, true, None);
    assert_eq!(source.ids(3).await.0, names(0..3));
    // Shorter than before.
    std::fs::write(&path, lines(10..11)).unwrap();
    assert_eq!(source.ids(1).await.0, names(10..11));
    let cursor = source.stop().await;
    // Same inode, longer than before, other content: only the fingerprint can tell.
    std::fs::write(&path, lines(20..25)).unwrap();
    let mut source = Source::start(&path, true, cursor);
    assert_eq!(source.ids(5).await, (names(20..25), vec![]));
    source.stop().await;
}

#[tokio::test]
async fn a_cursor_of_another_file_or_without_sense_reads_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    append(&path, &lines(0..3));
    append(&other, &lines(0..3));
    let mut source = Source::start(&path, false, None);
    source.ids(3).await;
    let cursor = source.cursor.clone();
    assert_eq!(Source::start(&other, false, cursor).ids(3).await.0, names(0..3));
    assert_eq!(Source::start(&path, false, Some("{nonsense".into())).ids(3).await.0, names(0..3));
}

#[tokio::test]
async fn a_slow_receiver_slows_the_source_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    append(&path, &lines(0..5000));
    let mut source = Source::start(&path, true, None);
    // The channel holds four batches: the source waits with the rest.
    timeout(LONG, async {
        while source.batches.len() < 4 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(source.health.snapshot(source.clock.now()).posts, 2000);
    assert_eq!(source.ids(5000).await.0, names(0..5000));
    source.stop().await;
}
