//! The index against asking every query, and the evaluation against a plain reading of what a query means.

use proptest::prelude::*;

use super::super::query::{List, Node};
use super::super::{RuleSet, Subject, query::parse_query};
use super::*;
use crate::ground::entry::{RuleFile, RuleFiles};
use crate::ground::post::{Incoming, Post, parse_line};
use crate::logic::text::{Lang, Token, tokenize};

/// What a node means, straight from its description and without a thought for cost.
fn means(node: &Node, subject: &Subject<'_>) -> bool {
    match node {
        Node::And(parts) => parts.iter().all(|part| means(part, subject)),
        Node::Or(parts) => parts.iter().any(|part| means(part, subject)),
        Node::Not(part) => !means(part, subject),
        Node::Field(field) => field.holds(subject),
        Node::Near { left, right, distance, ordered } => {
            let far = *distance as usize;
            places(left, subject).into_iter().any(|(a, b)| {
                places(right, subject)
                    .into_iter()
                    .any(|(c, d)| (c > b && c - b <= far) || (!ordered && a > d && a - d <= far))
            })
        }
        term => !places(term, subject).is_empty(),
    }
}

fn places(node: &Node, subject: &Subject<'_>) -> Vec<(usize, usize)> {
    let n = subject.tokens.len();
    let runs = |len: usize, is: &dyn Fn(usize, &Token) -> bool| -> Vec<(usize, usize)> {
        (0..n)
            .filter(|from| from + len <= n && (0..len).all(|i| is(i, &subject.tokens[from + i])))
            .map(|from| (from, from + len - 1))
            .collect()
    };
    match node {
        Node::Or(parts) => parts.iter().flat_map(|part| places(part, subject)).collect(),
        Node::List(list) => list.entries.iter().flat_map(|part| places(part, subject)).collect(),
        Node::Word(word) => runs(1, &|_, t| word.is(t, subject.lang, false)),
        Node::Phrase { words, exact } => runs(words.len(), &|i, t| words[i].is(t, subject.lang, *exact)),
        Node::Prefix { folded, kind } => runs(1, &|_, t| {
            (t.kind == Kind::Tag || (*kind == Kind::Word && t.kind == Kind::Word))
                && t.folded.starts_with(folded.as_str())
        }),
        Node::Exact(exact) => runs(exact.words.len(), &|i, t| {
            let spelt = &subject.text[t.start..t.end];
            spelt == exact.words[i] || (t.kind == Kind::Tag && spelt[1..] == exact.words[i])
        }),
        Node::Tag(tag) => runs(1, &|_, t| t.kind == Kind::Tag && t.folded == *tag),
        Node::Handle(name) => runs(1, &|_, t| t.kind == Kind::Handle && t.folded == *name),
        Node::Emoji(emoji) => runs(1, &|_, t| t.kind == Kind::Emoji && t.folded == *emoji),
        _ => Vec::new(),
    }
}

fn post(text: &str, source: &str) -> Post {
    let line =
        serde_json::json!({"id": "1", "source": source, "text": text, "created_at": "2025-01-06T00:00:00Z"});
    match parse_line(line.to_string().as_bytes(), None).unwrap() {
        Incoming::Post(post) => *post,
        Incoming::Delete(_) => unreachable!("it is a post"),
    }
}

const WORDS: [&str; 35] = [
    "key",
    "keys",
    "Keyboard",
    "close",
    "closing",
    "Réglage",
    "mini",
    "9",
    "#mini",
    "@ana",
    "😡",
    "键盘",
    "don’t",
    "dont",
    "l'écran",
    "possible",
    "possibility",
    "happy",
    "Happier",
    "ＭＩＮＩ",
    "แป้นพิมพ์",
    "👍🏽",
    "배터리가",
    "배터리는",
    "#键盘",
    "スマホバッテリー",
    "バッテリー",
    "a\u{3099}close",
    "カ_key",
    "__keys",
    "__key",
    "_2_2",
    "m\u{456}ni",
    "U\u{3b7}EU",
    "\u{3b7}",
];

fn texts() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(prop::sample::select(&WORDS[..]), 1..12);
    // Run together, with blanks, or with what may and may not end a word.
    (words, prop::sample::select(&[" ", " ", "", ". ", ".", "’", "\u{301} ", "\u{200b}", "-"][..]))
        .prop_map(|(words, between)| words.join(between))
}

/// Queries as text. Those that are refused (NOT alone and such) are passed over by the tests.
fn queries() -> impl Strategy<Value = String> {
    let term = prop_oneof![
        6 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        1 => prop::sample::select(&WORDS[..]).prop_map(|w| format!("{{{w}}}")),
        2 => (prop::sample::select(&WORDS[..]), prop::sample::select(&WORDS[..]))
            .prop_map(|(a, b)| format!("\"{a} {b}\"")),
        1 => Just("key*".to_owned()),
        1 => Just("#min*".to_owned()),
        1 => Just("source:reddit".to_owned()),
    ];
    let near = (term.clone(), term.clone(), term.clone(), 1..4u32, prop::bool::ANY)
        .prop_map(|(a, b, c, n, f)| format!("({a} OR {b}) NEAR/{n}{} {c}", if f { "f" } else { "" }));
    prop_oneof![4 => term, 2 => near].prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} NOT ({b}))")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

fn rules(queries: &[Query]) -> RuleSet {
    let folder = RuleFiles {
        folder: "rules".into(),
        files: vec![
            RuleFile { path: "teams.toml".into(), text: "[team.t]\nemail = ['t@example.org']".into() },
            RuleFile {
                path: "p.toml".into(),
                text: "[product]\nid='p'\nname='P'\nteam='t'\nmatch='p'\n[[topic]]\nid='t'\ntitle='T'\nmatch='t'".into(),
            },
        ],
    };
    let set = RuleSet::load(&folder).0.unwrap();
    let products = queries
        .iter()
        .map(|query| {
            let mut product = set.products[0].clone();
            product.query = query.clone();
            product.topics[0].query = queries[0].clone();
            product.not = queries.get(2).filter(|not| *not != query).cloned();
            product
        })
        .collect();
    RuleSet::new(products, set.teams)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_index_agrees_with_a_plain_reading(
        texts in prop::collection::vec(texts(), 1..6),
        queries in prop::collection::vec(queries(), 1..6),
        declared in prop::sample::select(vec![Some("en"), Some("fr"), Some("pt"), None]),
        source in prop::sample::select(vec!["reddit", "bluesky"]),
    ) {
        let queries: Vec<Query> = queries.iter().filter_map(|text| parse_query(text).ok()).collect();
        prop_assume!(!queries.is_empty());
        let rules = rules(&queries);
        for text in &texts {
            let post = post(text, source);
            let lang = Lang::of(text, declared);
            let tokens = tokenize(text, lang);
            let subject = Subject { post: &post, text, tokens: &tokens, lang, sentiment: None };
            let found = rules.match_post(&subject);
            prop_assert!(found.is_empty() || rules.may_match(text, declared), "the gate is shut: {}", text);
            for (at, product) in rules.products.iter().enumerate() {
                let not = product.not.as_ref().is_some_and(|not| means(not.root(), &subject));
                let expected = means(product.query.root(), &subject) && !not;
                let of = found.iter().find(|m| m.product == at);
                prop_assert_eq!(of.is_some(), expected, "{} on {}", product.query.text(), text);
                if let Some(of) = of {
                    let topic = means(product.topics[0].query.root(), &subject);
                    prop_assert_eq!(!of.topics.is_empty(), topic);
                    prop_assert!(of.words.iter().all(|word| text.contains(word.as_str())));
                }
            }
        }
    }
}

#[test]
fn a_latin_word_with_letters_of_another_alphabet_passes_the_gate() {
    // "η" looks like an n and is read as one in a word that is else Latin.
    for (query, text) in [
        ("rattle", "it does r\u{430}ttle"),
        ("mini", "my m\u{456}n\u{456}, loud"),
        ("U\u{3b7}EU", "H, U\u{3b7}EU"),
    ] {
        let rules = rules(&[parse_query(query).unwrap()]);
        let tokens = tokenize(text, Lang::English);
        let post = post(text, "reddit");
        let subject = Subject { post: &post, text, tokens: &tokens, lang: Lang::English, sentiment: None };
        assert!(!rules.match_post(&subject).is_empty(), "{query} is in {text}");
        assert!(rules.may_match(text, Some("en")), "{query} is not turned away in {text}");
    }
}

#[test]
fn only_queries_that_could_match_are_asked() {
    let queries: Vec<Query> = (0..500).map(|n| parse_query(&format!("brand AND word{n}")).unwrap()).collect();
    let rules = rules(&queries);
    let post = post("brand word7", "s");
    let tokens = tokenize(&post.text, Lang::English);
    let subject =
        Subject { post: &post, text: &post.text, tokens: &tokens, lang: Lang::English, sentiment: None };
    // "brand" would find all five hundred. (The topics are queries of their own, and all the same here.)
    let candidates = rules.index.candidates(&subject);
    let products = candidates.iter().filter(|slot| slot.topic.is_none()).map(|slot| slot.product);
    assert_eq!(products.collect::<Vec<_>>(), [7]);
    assert_eq!(rules.match_post(&subject).iter().map(|m| m.product).collect::<Vec<_>>(), [7]);
}

#[test]
fn a_list_is_found_by_any_of_its_entries() {
    let entries =
        vec![parse_query("cramped").unwrap().root().clone(), parse_query("squash*").unwrap().root().clone()];
    let list = Node::List(std::sync::Arc::new(List { name: "close".into(), entries }));
    let rules = rules(&[Query::new("$close", list, Default::default())]);
    for (text, expected) in [("so cramped", 1), ("all squashed", 1), ("fine", 0)] {
        let post = post(text, "s");
        let tokens = tokenize(text, Lang::English);
        let subject = Subject { post: &post, text, tokens: &tokens, lang: Lang::English, sentiment: None };
        assert_eq!(rules.match_post(&subject).len(), expected, "{text}");
    }
}
