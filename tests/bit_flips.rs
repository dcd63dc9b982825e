//! Bits that flip in what is kept: found and said, mended from the log, or without any effect; never silently used.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use groundswell::assembly::daemon::catch_up;
use groundswell::edges::index::PostIndex;
use groundswell::edges::store::{Committed, Store, ToAppend};
use groundswell::edges::store::{NewPost, OutboxItem};
use groundswell::ground::alert::AlertEvent;
use groundswell::ground::entry::Entry;
use groundswell::ground::post::{Incoming, parse_line};
use groundswell::ground::time::{from_ms, plus_ms};

const POSTS: i64 = 120;

/// A data folder that is closed in order, or, with `open`, one whose writes are in the write-ahead log still.
fn made(folder: &Path) -> Store {
    let mut store = Store::open(folder).unwrap();
    for n in 0..POSTS {
        let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": format!("a{n}"),
            "text": format!("the hinge of my widget broke, number {n}"), "created_at": "2025-01-06T00:00:00Z"});
        let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), Some(from_ms(n))) else {
            continue;
        };
        let posts = vec![NewPost { post: *post, matched: true }];
        let cursor = Some(format!("position {n}"));
        store
            .append(from_ms(n), &ToAppend { source: "s".into(), posts, cursor, ..ToAppend::default() })
            .unwrap();
    }
    let snapshot = Some((0..20_000_u32).flat_map(u32::to_le_bytes).collect());
    store
        .commit(from_ms(POSTS), &Committed { position: POSTS as u64, snapshot, ..Committed::default() })
        .unwrap();
    let mut index = PostIndex::open(folder).unwrap();
    catch_up(&store, &mut index, &AtomicBool::new(false)).unwrap();
    store
}

type Used = (Vec<Entry>, Vec<AlertEvent>, Option<String>, Option<(u64, Vec<u8>)>, Vec<OutboxItem>, u64);

/// All that the daemon would use, or what it says instead.
fn used(folder: &Path) -> Result<Used, String> {
    let said = |e: groundswell::edges::store::StoreError| e.to_string();
    let store = Store::open_existing(folder).map_err(said)?;
    store.decided().map_err(said)?;
    Ok((
        store.read(0, 10_000).map_err(said)?,
        store.events(None).map_err(said)?,
        store.cursor("s").map_err(said)?,
        store.snapshot().map_err(said)?,
        store.due(plus_ms(from_ms(0), 1_000_000), 100).map_err(said)?,
        store.position().map_err(said)?,
    ))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.sort();
    found
}

/// Turns one bit round, at a place that `n` decides.
fn flip(file: &Path, n: u64) {
    let mut bytes = std::fs::read(file).unwrap();
    let chance = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n << 17);
    let place = (chance >> 8) % bytes.len() as u64;
    bytes[place as usize] ^= 1 << (chance % 8);
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_flipped_bit_in_the_database_is_found_or_changes_nothing_that_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    drop(made(&whole));
    let right = used(&whole).unwrap();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for n in 0..250 {
        let broken = dir.path().join(format!("broken{n}"));
        copy(&whole, &broken);
        flip(&broken.join("groundswell.db"), n);
        let became = match used(&broken) {
            Err(_) => "refused, and said",
            Ok(now) if now == right => "no effect on what is used",
            Ok(now) => {
                // A position of a source or a snapshot that does not fit is left out: both are made again.
                let mended = now.0 == right.0
                    && now.1 == right.1
                    && (now.2 == right.2 || now.2.is_none())
                    && (now.3 == right.3 || now.3.is_none())
                    && now.4 == right.4
                    && now.5 <= right.5;
                assert!(mended, "flip {n} is silently used");
                "left out, and made again"
            }
        };
        *counts.entry(became).or_default() += 1;
        let copied = Store::open_existing(&broken)
            .ok()
            .map(|store| store.back_up(&broken.join("copy.db"), &[]).is_ok());
        if copied == Some(true) {
            // What a backup hands on is what was there.
            let restored = dir.path().join(format!("restored{n}"));
            Store::restore(&broken.join("copy.db"), &restored, &[]).unwrap();
            let back = used(&restored).unwrap();
            assert!(back.0 == right.0 && back.1 == right.1 && back.3 == right.3, "flip {n} is in a backup");
        }
        std::fs::remove_dir_all(&broken).unwrap();
    }
    println!("database: {counts:?}");
    // Flips that hit nothing would prove nothing.
    assert!(counts.get("refused, and said").is_some_and(|n| *n > 25), "{counts:?}");
}

#[test]
fn a_flipped_bit_in_the_write_ahead_log_loses_the_end_at_most() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let open = made(&whole);
    let (mut cut, mut refused) = (0, 0);
    let right = used(&whole).unwrap();
    for n in 0..60 {
        let broken = dir.path().join(format!("broken{n}"));
        copy(&whole, &broken);
        let _ = std::fs::remove_file(broken.join("groundswell.db-shm"));
        flip(&broken.join("groundswell.db-wal"), n);
        match used(&broken) {
            Err(_) => refused += 1,
            Ok(now) => {
                let as_far = now.0.len();
                assert!(now.0[..] == right.0[..as_far], "flip {n} is silently used");
                let store = Store::open_existing(&broken).unwrap();
                let ahead =
                    PostIndex::open_for_reading(&broken).unwrap().position() > store.last_entry().unwrap();
                assert!(as_far == right.0.len() || ahead, "flip {n}: the end is lost and nothing tells");
                cut += u32::from(ahead);
            }
        }
        std::fs::remove_dir_all(&broken).unwrap();
    }
    println!("write-ahead log: {cut} lost their end, which the index tells; {refused} refused");
    drop(open);
}

#[test]
fn a_flipped_bit_in_the_index_is_found_and_in_a_backup_refused() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let store = made(&whole);
    let (mut found, mut nothing) = (0, 0);
    for n in 0..60 {
        let broken = dir.path().join(format!("broken{n}"));
        copy(&whole.join("index-1"), &broken.join("index-1"));
        let all = files(&broken.join("index-1"));
        let file = &all[n as usize % all.len()];
        if std::fs::metadata(file).unwrap().len() == 0 {
            continue;
        }
        flip(file, n);
        let damaged = PostIndex::open_for_reading(&broken).and_then(|index| index.damaged_files());
        if damaged.map_or(true, |files| !files.is_empty()) {
            found += 1;
        } else {
            // The lists of files and of locks carry no checksum; what they say is compared with the files.
            assert!(!file.extension().is_some_and(|e| e != "json" && e != "lock"), "{}", file.display());
            nothing += 1;
        }
    }
    println!("index: {found} found, {nothing} without effect");
    assert!(found > 20);
    let backup = dir.path().join("backup.db");
    store.back_up(&backup, &[]).unwrap();
    let new = dir.path().join("new");
    let mut refused = 0;
    for n in 0..120 {
        let bad = dir.path().join("bad.db");
        std::fs::copy(&backup, &bad).unwrap();
        flip(&bad, n);
        match Store::restore(&bad, &new, &[]) {
            Err(_) => refused += 1,
            Ok(()) => {
                assert_eq!(used(&new).unwrap(), used(&whole).unwrap(), "flip {n} came through");
                std::fs::remove_dir_all(&new).unwrap();
            }
        }
    }
    println!("backup: {refused} of 120 refused, the others flipped what holds nothing");
    assert!(refused > 60);
}

#[test]
fn what_is_damaged_can_be_let_go_of_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("data");
    drop(made(&folder));
    let db = rusqlite::Connection::open(folder.join("groundswell.db")).unwrap();
    db.execute("UPDATE log SET body = replace(body, 'number 7', 'number 8') WHERE post = '7'", []).unwrap();
    db.execute("UPDATE cursors SET cursor = 'position 999'", []).unwrap();
    drop(db);
    let mut store = Store::open(&folder).unwrap();
    let said = store.read(0, 1_000).unwrap_err().to_string();
    assert!(said.contains("entry 8 of the log") && said.contains("doctor --deep"), "{said}");
    let rows: Vec<String> = store.verify().unwrap().into_iter().map(|d| d.row).collect();
    assert_eq!(rows, ["entry 8", "position of source s"]);
    assert!(store.back_up(&dir.path().join("copy.db"), &[]).unwrap_err().to_string().contains("entry 8"));
    assert_eq!(store.let_go_of_damaged().unwrap(), 2);
    assert_eq!((store.verify().unwrap(), store.read(0, 1_000).unwrap().len()), (vec![], POSTS as usize - 1));
    store.back_up(&dir.path().join("copy.db"), &[]).unwrap();
    // Rules that were let go of are rules that there are none of.
    let db = rusqlite::Connection::open(folder.join("groundswell.db")).unwrap();
    db.execute("INSERT INTO log (at, kind, body, sum) VALUES (1, 'rules', NULL, NULL)", []).unwrap();
    assert!(store.rules_after(0).unwrap().is_none());
}
