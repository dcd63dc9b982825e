//! Two sources: one with a position that is cut, mixed up and repeats itself, and one that sends and waits for an answer.

use std::collections::{BTreeMap, BTreeSet};

use groundswell::edges::sources::Batch;
use groundswell::ground::post::{Incoming, Post, PostKey, parse_line};
use groundswell::ground::time::{Timestamp, plus_ms};

use super::chance::Chance;

const TEXTS: [&str; 8] = [
    "my widget caught fire and burned my hand, smoke everywhere",
    "the battery of my widget exploded while charging",
    "the hinge of my widget broke again, terrible quality",
    "my widget does not charge any more, the charger is dead",
    "widget screen flickers all day and i hate it, broken",
    "love my widget, such a great thing",
    "my widget crashes when i open the lid, useless",
    "nothing about it at all",
];

/// What one source has said, in order, and what has come of it.
pub struct Stream {
    pub name: &'static str,
    said: Vec<Incoming>,
    /// What has been handed over, up to here.
    pub at: usize,
    /// Newest text of each post that a product wants.
    pub newest: BTreeMap<PostKey, String>,
    pub deleted: BTreeSet<PostKey>,
}

impl Stream {
    pub fn new(name: &'static str) -> Self {
        Self { name, said: Vec::new(), at: 0, newest: BTreeMap::new(), deleted: BTreeSet::new() }
    }

    /// Somebody says something: new, another version of before, or that it is gone.
    pub fn speak(&mut self, chance: &mut Chance, now: Timestamp) {
        let n = self.said.len();
        let known: Vec<PostKey> =
            self.newest.keys().filter(|key| !self.deleted.contains(*key)).cloned().collect();
        let old = known.get(chance.below(known.len() as u64) as usize).cloned();
        match (chance.below(100), old) {
            (0..7, Some(key)) => {
                self.deleted.insert(key.clone());
                self.said.push(Incoming::Delete(key));
            }
            (7..15, Some(key)) => {
                let text = format!("{} (edited {n})", self.newest[&key]);
                self.newest.insert(key.clone(), text.clone());
                self.said.push(Incoming::Post(Box::new(post(self.name, &key.id, &text, n as u64, now))));
            }
            _ => {
                let text = TEXTS[chance.below(TEXTS.len() as u64) as usize];
                let text = format!("{text} word{}{n}", self.name);
                let post = post(self.name, &n.to_string(), &text, chance.below(40), now);
                if text.contains("widget") {
                    self.newest.insert(post.key(), text);
                }
                self.said.push(Incoming::Post(Box::new(post)));
            }
        }
    }

    pub fn is_read(&self) -> bool {
        self.at >= self.said.len()
    }

    /// The connection is cut: it goes on somewhat before where it was.
    pub fn cut(&mut self, chance: &mut Chance) {
        self.at = self.at.saturating_sub(chance.below(12) as usize);
    }

    /// The next things, neighbours changed over now and then, with the position that covers them.
    pub fn next(&self, chance: &mut Chance) -> (Batch, usize) {
        let end = (self.at + 1 + chance.below(8) as usize).min(self.said.len());
        let mut items = self.said[self.at..end].to_vec();
        let key = |item: &Incoming| match item {
            Incoming::Post(post) => post.key(),
            Incoming::Delete(key) => key.clone(),
        };
        for i in 1..items.len() {
            if chance.percent(15) && key(&items[i]) != key(&items[i - 1]) {
                items.swap(i, i - 1);
            }
        }
        let batch = Batch {
            source: self.name.to_owned(),
            items,
            accounts: Vec::new(),
            rejects: Vec::new(),
            gap: None,
            cursor: Some(end.to_string()),
            stored: None,
        };
        (batch, end)
    }
}

fn post(source: &str, id: &str, text: &str, author: u64, now: Timestamp) -> Post {
    let line = serde_json::json!({"id": id, "source": source, "author": format!("a{}", author % 40), "text": text,
        "created_at": plus_ms(now, -60_000), "lang": "en"});
    match parse_line(line.to_string().as_bytes(), Some(now)) {
        Ok(Incoming::Post(post)) => *post,
        other => unreachable!("{other:?}"),
    }
}
