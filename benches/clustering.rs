//! What clustering costs: assessing a post, knowing copies, and putting it in its cluster, while 1,000 to 100,000
//! groups are alive; and what a group weighs. `cargo bench --bench clustering` prints both; with `-- million`, what a
//! million posts of random words leave in memory.
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
    if std::env::args().any(|a| a == "million") {
        return million();
    }
    println!(
        "posts of about 200 bytes, each a group of its own; microseconds a post, the median of {MEASURED}"
    );
    // Measured before anything else is: what is freed is used again.
    run("words at random", |words, _| (0..34).map(|_| words.next().to_owned()).collect::<Vec<_>>().join(" "));
    let written = written();
    run("as people write, two sentences of the fixtures", |words, number| {
        let pick = |words: &mut Words| written[(words.uniform() * written.len() as f64) as usize].clone();
        format!("{} {} {number}", pick(words), pick(words))
    });
}

fn run(what: &str, mut text: impl FnMut(&mut Words, usize) -> String) {
    let assessor = Assessor::load(&RuleFiles::default()).0;
    // Every post founds a group: the dearest case.
    let mut clusters = Clusters::new(Tuning { strand: 2.0, merge: 1e6, keep: 0.0 });
    let mut copies = NearCopies::default();
    let mut words = Words::new();
    let mut number = 0;
    let before = resident();
    println!("\n{what}");
    println!(
        "{:>8} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7}   seen afresh, once in 1,024 posts",
        "groups", "tokenize", "assess", "copies", "assign", "all", "bytes"
    );
    for step in STEPS {
        let mut spent: [Vec<f64>; 4] = Default::default();
        while number < step {
            let measured = number + MEASURED >= step;
            let post = post(text(&mut words, number), number);
            let begun = Instant::now();
            let tokens = tokenize(&post.text, Lang::English);
            let read = Instant::now();
            let assessed = assessor.assess(&post, &post.text, &tokens, Lang::English);
            let known = Instant::now();
            let copy =
                Signature::of(&tokens).and_then(|s| copies.original_of(&s, &post.key(), post.created_at));
            let compared = Instant::now();
            let features = Features::of(&tokens, Lang::English);
            clusters.vocabulary.learn(&features);
            clusters.assign(&features, member(&post, assessed.sentiment as f32));
            let done = Instant::now();
            std::hint::black_box(copy);
            if measured {
                for (all, part) in
                    spent.iter_mut().zip([read - begun, known - read, compared - known, done - compared])
                {
                    all.push(part.as_secs_f64() * 1e6);
                }
            }
            number += 1;
        }
        let bytes = resident().saturating_sub(before) / number as u64;
        let begun = Instant::now();
        clusters.maintain(at(number));
        let afresh = begun.elapsed().as_secs_f64();
        let [a, b, c, d] = spent.map(median);
        println!(
            "{step:>8} {a:>9.1} {b:>7.1} {c:>7.1} {d:>7.1} {:>7.1} {bytes:>7}   {:.0} ms, {:.0} µs a post",
            b + c + d,
            afresh * 1e3,
            afresh * 1e6 / 1_024.0
        );
    }
}

/// A stream of words at random, a million posts in a hundred days, with groups seen afresh as the daemon does: what is
/// held stays within bounds.
fn million() {
    let mut clusters = Clusters::new(Tuning::default());
    let mut copies = NearCopies::default();
    let mut words = Words::new();
    let begun = Instant::now();
    println!(
        "\na million posts of words at random\n{:>8} {:>8} {:>11} {:>8}",
        "posts", "groups", "MB resident", "seconds"
    );
    for number in 0..1_000_000 {
        let text: String = (0..20).map(|_| format!("{} ", words.next())).collect();
        let tokens = tokenize(&text, Lang::English);
        let post = post(text, number);
        std::hint::black_box(
            Signature::of(&tokens).and_then(|s| copies.original_of(&s, &post.key(), post.created_at)),
        );
        let features = Features::of(&tokens, Lang::English);
        clusters.vocabulary.learn(&features);
        clusters.assign(&features, member(&post, 0.0));
        if clusters.wants_regroup() {
            clusters.maintain(at(number * 9));
        }
        if (number + 1) % 100_000 == 0 {
            let groups = clusters.iter().count();
            println!(
                "{:>8} {groups:>8} {:>11} {:>8.0}",
                number + 1,
                resident() >> 20,
                begun.elapsed().as_secs_f64()
            );
        }
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// Sentences that the project's fixtures hold.
fn written() -> Vec<String> {
    let posts = include_str!("../fixtures/demo/mentions.jsonl").lines().map(|line| {
        let post: serde_json::Value = serde_json::from_str(line).unwrap();
        post["text"].as_str().unwrap().to_owned()
    });
    let sentences =
        [include_str!("../tests/assess/first_en.tsv"), include_str!("../tests/assess/third_en.tsv")];
    let sentences = sentences.iter().flat_map(|s| s.lines()).filter_map(|l| l.rsplit('\t').next());
    posts.chain(sentences.map(str::to_owned)).collect()
}

fn post(text: String, number: usize) -> Post {
    let line = serde_json::json!({
        "id": number.to_string(), "source": "bench", "author": format!("a{number}"),
        "text": format!("my phone {text}"), "created_at": at(number), "arrived_at": at(number),
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
        // The head of a table of two parts: models/README.md.
        let mut rest = table.strip_prefix(b"GSMEAN2\n").map(|rest| &rest[20..]).unwrap();
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

    /// 0 to below 1, always the same in turn.
    fn uniform(&mut self) -> f64 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as f64 / (1u64 << 31) as f64
    }

    fn next(&mut self) -> &str {
        let uniform = self.uniform();
        let rank = (self.words.len() as f64).powf(uniform) as usize - 1;
        &self.words[rank]
    }
}
