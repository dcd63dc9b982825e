//! What a post costs, stage by stage, as ratios in one run: reading its JSON with serde_json is 1.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may panic: that is how it fails"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::ground::post::{Incoming, Post, parse_line};
use groundswell::logic::assess::Assessor;
use groundswell::logic::rules::{RuleSet, Subject};
use groundswell::logic::text::{Lang, tokenize};

const POSTS: &str = include_str!("../fixtures/demo/mentions.jsonl");

fn stages(c: &mut Criterion) {
    let files = RuleFiles {
        folder: "rules".into(),
        files: vec![
            RuleFile { path: "mini-9.toml".into(), text: include_str!("../rules/mini-9.toml").into() },
            RuleFile { path: "teams.toml".into(), text: include_str!("../rules/teams.toml").into() },
        ],
    };
    let (rules, problems) = RuleSet::load(&files);
    assert!(problems.is_empty(), "{problems:?}");
    let rules = rules.unwrap();
    let (assessor, _) = Assessor::load(&files);
    let posts: Vec<Post> = POSTS
        .lines()
        .filter_map(|line| match parse_line(line.as_bytes(), None) {
            Ok(Incoming::Post(post)) => Some(*post),
            _ => None,
        })
        .collect();
    let mut group = c.benchmark_group("1,819 posts");
    group.sample_size(20);
    group.bench_function("1 serde_json alone", |b| {
        b.iter(|| {
            POSTS
                .lines()
                .map(|l| serde_json::from_str::<serde_json::Value>(l).is_ok() as usize)
                .sum::<usize>()
        });
    });
    group.bench_function("2 parse", |b| {
        b.iter(|| POSTS.lines().filter(|l| parse_line(black_box(l.as_bytes()), None).is_ok()).count());
    });
    group.bench_function("3 tokenize and stem", |b| {
        b.iter(|| posts.iter().map(|p| tokenize(&p.text, Lang::English).len()).sum::<usize>());
    });
    group.bench_function("4 match", |b| {
        b.iter(|| {
            posts
                .iter()
                .filter(|post| {
                    let text = post.full_text();
                    let tokens = tokenize(&text, Lang::English);
                    let subject =
                        Subject { post, text: &text, tokens: &tokens, lang: Lang::English, sentiment: None };
                    !rules.match_post(&subject).is_empty()
                })
                .count()
        });
    });
    group.bench_function("5 assess", |b| {
        b.iter(|| {
            posts
                .iter()
                .filter(|post| {
                    let text = post.full_text();
                    let lang = Lang::of(&text, post.lang.as_deref());
                    assessor.assess(post, &text, &tokenize(&text, lang), lang).is_complaint()
                })
                .count()
        });
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
