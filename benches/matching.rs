//! The filter: what it costs to see which of many queries a post matches, beside reading the same posts from JSON.
//! `cargo bench --bench matching` prints the ratios at the end; with MATCHING_EXPORT=DIR it leaves posts and queries for
//! `benches/tsquery.py`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench measures time, and may panic: that is how it fails"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::ground::post::{Incoming, Post, parse_line};
use groundswell::logic::rules::{RuleSet, Subject};
use groundswell::logic::text::{Lang, tokenize};

const POSTS: usize = 5_000;
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// Numbers that look like chance and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn word(&mut self, syllables: usize) -> String {
        const HEADS: [&str; 20] = [
            "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "st", "tr",
            "sh", "pl",
        ];
        const TAILS: [&str; 15] =
            ["a", "e", "i", "o", "u", "an", "en", "in", "on", "er", "ar", "or", "al", "es", "ent"];
        (0..syllables).map(|_| format!("{}{}", HEADS[self.roll(20)], TAILS[self.roll(15)])).collect()
    }
}

/// Words that people use, the first ones far more often than the last.
fn vocabulary() -> Vec<String> {
    let mut dice = Dice(1);
    (0..4_000).map(|n| dice.word(1 + n / 1_000)).collect()
}

/// Each query watches a name of its own, and wants something said about it.
fn queries(n: usize) -> Vec<String> {
    let (mut dice, words) = (Dice(2), vocabulary());
    (0..n)
        .map(|i| {
            let name = name(i);
            let mut about = || &words[200 + dice.roll(3_000)];
            let (a, b, c) = (about().clone(), about().clone(), about().clone());
            match i % 4 {
                0 => format!("{name} OR #{name}"),
                1 => format!("\"{name} pro\" OR {name}"),
                2 => format!("{name} NEAR/12 ({a} OR {b} OR good)"),
                _ => format!("({name} OR @{name}) AND ({a} OR {b} OR good) NOT {c}"),
            }
        })
        .collect()
}

fn name(i: usize) -> String {
    Dice(1_000 + i as u64).word(3) + ["x", "k", "z", "q"][i % 4]
}

/// Posts of about 200 bytes; one in a hundred says something good about one of the first `n` names.
fn posts(n: usize) -> Vec<String> {
    let (mut dice, words) = (Dice(3), vocabulary());
    (0..POSTS)
        .map(|i| {
            let mut text = String::new();
            while text.len() < 190 {
                // Squared twice: the first words are the common ones.
                let r = dice.roll(10_000) as f64 / 10_000.0;
                let _ = write!(text, "{} ", words[(r * r * r * 3_999.0) as usize]);
            }
            if i % 100 == 0 {
                let _ = write!(text, "good {}", name(dice.roll(n)));
            }
            serde_json::json!({"id": format!("3k{i:08}"), "source": "bluesky", "author": format!("did:plc:{i:024}"),
                "author_name": "ana", "followers": 310, "text": text.trim(), "url": format!("https://example.org/{i}"),
                "created_at": "2025-01-06T00:47:16Z", "lang": "en"})
            .to_string()
        })
        .collect()
}

/// The same posts, none of them plain ASCII.
fn lively(n: usize) -> Vec<String> {
    let signs = "\"text\":\"It’s “réglé” 😡 ";
    posts(n).iter().map(|line| line.replacen("\"text\":\"", signs, 1)).collect()
}

fn rules(n: usize) -> RuleSet {
    let file = |path: String, text: String| RuleFile { path, text };
    let mut files: Vec<RuleFile> = queries(n)
        .iter()
        .enumerate()
        .map(|(i, query)| {
            let text = format!("[product]\nid = 'p{i}'\nname = 'P'\nmatch = '''{query}'''\nteam = 't'\n");
            file(format!("p{i:05}.toml"), text)
        })
        .collect();
    files.push(file("teams.toml".into(), "[team.t]\nemail = ['t@example.org']\n".into()));
    RuleSet::load(&RuleFiles { folder: "rules".into(), files }).0.unwrap()
}

fn read(lines: &[String]) -> Vec<Post> {
    let post = |line: &String| match parse_line(line.as_bytes(), None) {
        Ok(Incoming::Post(post)) => *post,
        other => unreachable!("{other:?}"),
    };
    lines.iter().map(post).collect()
}

/// As the daemon asks: the gate, then words, then queries.
fn matched(rules: &RuleSet, post: &Post) -> bool {
    let text = post.full_text();
    if !rules.may_match(&text, post.lang.as_deref()) {
        return false;
    }
    let lang = Lang::of(&text, post.lang.as_deref());
    let tokens = tokenize(&text, lang);
    let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment: None };
    !rules.match_post(&subject).is_empty()
}

fn many(c: &mut Criterion) {
    let mut group = c.benchmark_group("5,000 posts of 200 bytes");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(POSTS as u64));
    for n in SIZES {
        let (rules, posts) = (rules(n), read(&posts(n)));
        group.bench_with_input(BenchmarkId::new("queries", n), &n, |b, _| {
            b.iter(|| posts.iter().filter(|post| matched(&rules, black_box(post))).count());
        });
    }
    let lines = posts(1_000);
    group.bench_function("serde_json into Post", |b| {
        b.iter(|| {
            lines.iter().filter(|line| serde_json::from_str::<Line<'_>>(black_box(line)).is_ok()).count()
        });
    });
    group.finish();
}

/// A post as serde_json alone reads it: no dates, nothing checked.
#[derive(serde::Deserialize)]
#[allow(dead_code, reason = "only read")]
struct Line<'a> {
    id: &'a str,
    source: &'a str,
    author: Option<String>,
    author_name: Option<String>,
    followers: Option<u64>,
    text: String,
    url: Option<String>,
    created_at: &'a str,
    lang: Option<String>,
}

fn hostile_texts() -> Vec<(&'static str, &'static str)> {
    vec![
        ("one letter", "a "),
        ("half of a phrase", "mini mini 8 "),
        ("two sides of NEAR", "keys close "),
        ("apostrophes", "d'd'd'd' "),
        ("accents", "e\u{301}\u{301}\u{301} "),
        ("signs", "#@#@ "),
        ("addresses", "https://a.b/c "),
        ("one long word", "abcdefgh"),
    ]
}

fn hostile(rules: &RuleSet, text: &str) -> Duration {
    let line = serde_json::json!({"id": "1", "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z", "lang": "en"});
    let post = read(&[line.to_string()]).remove(0);
    let best = (0..7).map(|_| {
        let start = Instant::now();
        black_box(matched(rules, &post));
        start.elapsed()
    });
    best.min().unwrap()
}

/// Ratios, which hold on a busy machine as well.
fn ratios() {
    let time = |work: &dyn Fn() -> usize| {
        let rounds = (0..15).map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        });
        rounds.min().unwrap().as_secs_f64() / POSTS as f64
    };
    let lines = posts(1_000);
    let typed = time(&|| lines.iter().filter(|line| serde_json::from_str::<Line<'_>>(line).is_ok()).count());
    let value =
        time(&|| lines.iter().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count());
    let own = time(&|| lines.iter().filter(|line| parse_line(line.as_bytes(), None).is_ok()).count());
    println!(
        "\nserde_json: {:.2} µs a post into a struct, {:.2} into a Value; with our checks {:.2}",
        typed * 1e6,
        value * 1e6,
        own * 1e6
    );
    let mut costs = Vec::new();
    for n in SIZES {
        let (rules, posts) = (rules(n), read(&posts(n)));
        let found = posts.iter().filter(|post| matched(&rules, post)).count();
        let passed = posts.iter().filter(|post| rules.may_match(&post.text, post.lang.as_deref())).count();
        let cost = time(&|| posts.iter().filter(|post| matched(&rules, post)).count());
        println!(
            "{n:>6} queries: {:.2} µs a post = {:.2} × serde_json into a struct, {:.2} × into a Value; {found} of {POSTS} match, {passed} pass the gate",
            cost * 1e6,
            cost / typed,
            cost / value
        );
        costs.push(cost);
    }
    let lines = lively(1_000);
    let typed_lively =
        time(&|| lines.iter().filter(|line| serde_json::from_str::<Line<'_>>(line).is_ok()).count());
    let (rules_of, lively) = (rules(1_000), read(&lines));
    let cost = time(&|| lively.iter().filter(|post| matched(&rules_of, post)).count());
    println!(
        "  1000 queries, every post with an apostrophe, accents and an emoji: {:.2} µs a post = {:.2} × serde_json into a struct of the same posts",
        cost * 1e6,
        cost / typed_lively
    );
    println!("10,000 queries cost {:.2} × what 100 cost (wanted: at most 2)", costs[3] / costs[1]);
    println!("1,000 queries cost {:.2} × serde_json into a struct (wanted: at most 1)", costs[2] / typed);
    let files = RuleFiles {
        folder: "rules".into(),
        files: vec![
            RuleFile { path: "p.toml".into(), text: "[product]\nid='p'\nname='P'\nteam='t'\nmatch='''(a OR keys OR mini) NEAR/100 (close OR b) OR \"mini mini mini 9\" OR (abc* NEAR/50 abcd*) OR {Mini 8} OR -x9'''\n".replace(" OR -x9", "") },
            RuleFile { path: "teams.toml".into(), text: "[team.t]\nemail=['t@example.org']\n".into() },
        ],
    };
    let rules = RuleSet::load(&files).0.unwrap();
    println!("hostile texts, time a byte at 32 KB beside 4 KB (1 is linear):");
    for (name, part) in hostile_texts() {
        let long = |bytes: usize| part.repeat(bytes / part.len());
        let (small, large) = (hostile(&rules, &long(4_000)), hostile(&rules, &long(32_000)));
        println!(
            "  {name:20} {:.2}   ({:.0} µs at 32 KB)",
            large.as_secs_f64() / small.as_secs_f64() / 8.0,
            large.as_secs_f64() * 1e6
        );
    }
    if let Ok(folder) = std::env::var("MATCHING_EXPORT") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(format!("{folder}/posts.jsonl"), posts(1_000).join("\n")).unwrap();
        std::fs::write(format!("{folder}/queries.txt"), queries(1_000).join("\n")).unwrap();
        let (rules, posts) = (self::rules(1_000), read(&posts(1_000)));
        let cost = time(&|| posts.iter().filter(|post| matched(&rules, post)).count());
        std::fs::write(format!("{folder}/ours.txt"), format!("{}", cost * 1e6)).unwrap();
    }
}

criterion_group!(benches, many);

fn main() {
    // `cargo test --benches` only sees whether it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    if std::env::args().all(|arg| arg != "--ratios") {
        benches();
    }
    ratios();
}
