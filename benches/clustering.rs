//! What clustering costs: assessing a post, knowing copies, and putting it in its cluster, while 1,000 to 100,000
//! groups are alive; and what a group weighs. `cargo bench --bench clustering` prints both.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a bench"
)]

use std::time::Instant;

use groundswell::ground::alert::Quote;
use groundswell::ground::entry::RuleFiles;
use groundswell::ground::post::{Post, PostKey};
use groundswell::ground::time::{Timestamp, from_ms};
use groundswell::logic::assess::Assessor;
use groundswell::logic::cluster::{Clusters, Features, Member, NearCopies, Signature, Tuning};
use groundswell::logic::text::{Lang, tokenize};

/// Groups at which the cost is shown.
const STEPS: [usize; 4] = [1_000, 10_000, 30_000, 100_000];
/// Posts measured at each.
const MEASURED: usize = 2_000;

fn main() {
    let assessor = Assessor::load(&RuleFiles::default()).0;
    // Every post founds a group: the dearest case.
    let mut clusters = Clusters::new(Tuning { strand: 2.0, merge: 1e6, keep: 0.0 });
    let mut copies = NearCopies::default();
    let mut words = Words::new();
    let mut number = 0;
    println!("posts of about 200 bytes; microseconds a post");
    println!(
        "{:>8} {:>9} {:>7} {:>7} {:>7} {:>7}",
        "groups", "tokenize", "assess", "copies", "assign", "all"
    );
    for step in STEPS {
        let before = number;
        let mut spent = [0.0f64; 4];
        while number < step {
            let measured = number + MEASURED >= step;
            let post = post(&mut words, number);
            let begun = Instant::now();
            let tokens = tokenize(&post.text, Lang::English);
            let read = Instant::now();
            let assessed = assessor.assess(&post, &post.text, &tokens, Lang::English);
            let known = Instant::now();
            let copy = Signature::of(&tokens).and_then(|s| copies.original_of(&s, &post.key()));
            let compared = Instant::now();
            let features = Features::of(&tokens, Lang::English);
            clusters.vocabulary.learn(&features);
            clusters.assign(&features, member(&post, assessed.sentiment as f32));
            let done = Instant::now();
            std::hint::black_box(copy);
            if measured {
                for (sum, part) in
                    spent.iter_mut().zip([read - begun, known - read, compared - known, done - compared])
                {
                    *sum += part.as_secs_f64() * 1e6;
                }
            }
            number += 1;
        }
        let posts = MEASURED.min(step - before) as f64;
        let [a, b, c, d] = spent.map(|s| s / posts);
        println!("{step:>8} {a:>9.1} {b:>7.1} {c:>7.1} {d:>7.1} {:>7.1}", a + b + c + d);
    }
    let bytes = resident();
    println!("{} MB resident in all, {} bytes a group of one post", bytes >> 20, bytes / STEPS[3] as u64);
}

fn post(words: &mut Words, number: usize) -> Post {
    let text = (0..34).map(|_| words.next().to_owned()).collect::<Vec<_>>().join(" ");
    let line = serde_json::json!({
        "id": number.to_string(), "source": "bench", "author": format!("a{number}"),
        "text": format!("my phone {text}"), "created_at": at(number),
        "arrived_at": at(number),
    });
    serde_json::from_value(line).unwrap()
}

fn at(number: usize) -> Timestamp {
    from_ms(1_704_067_200_000 + number as i64 * 1_000)
}

fn member(post: &Post, sentiment: f32) -> Member {
    let quote = Quote {
        key: PostKey { source: post.source.clone(), id: post.id.clone() },
        author_name: None,
        followers: None,
        text: post.text.clone(),
        url: None,
        at: post.created_at,
        lang: "en".into(),
        region: None,
    };
    Member { quote, voice: 0, sentiment }
}

/// Resident memory, in bytes; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

/// Words of five languages and more by Zipf's law, always the same: those that begin a word in the table of meanings,
/// the commonest first.
struct Words {
    state: u64,
    words: Vec<String>,
}

impl Words {
    fn new() -> Self {
        let table = include_bytes!("../models/meaning.bin");
        let mut rest = &table[20..];
        let mut words: Vec<(f32, String)> = Vec::new();
        for _ in 0..u32::from_le_bytes(table[8..12].try_into().unwrap()) {
            let length = usize::from(rest[0]);
            let score = f32::from_le_bytes(rest[1..5].try_into().unwrap());
            let key = std::str::from_utf8(&rest[5..5 + length]).unwrap();
            if let Some(word) = key.strip_prefix('▁').filter(|w| w.len() > 1) {
                words.push((score, word.to_owned()));
            }
            rest = &rest[5 + length..];
        }
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self { state: 1, words: words.into_iter().map(|w| w.1).collect() }
    }

    fn next(&mut self) -> &str {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let uniform = (self.state >> 33) as f64 / (1u64 << 31) as f64;
        let rank = (self.words.len() as f64).powf(uniform) as usize - 1;
        &self.words[rank]
    }
}
