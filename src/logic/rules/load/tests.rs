//! What loading gives, and what it does with broken and hostile files.

use std::fmt::Write as _;

use super::super::{ClusterMode, ProductMatch, RuleSet, Subject};
use super::*;
use crate::ground::alert::Severity;
use crate::ground::diagnostic::Place;
use crate::ground::entry::RuleFile;
use crate::ground::post::{Incoming, Post, parse_line};
use crate::logic::text::{Lang, tokenize};

const TEAMS_TOML: &str = "[team.netbooks]\nemail = [\"netbooks@example.org\"]\n";
const PRODUCT: &str = "[product]\nid = \"p\"\nname = \"P\"\nmatch = 'mini'\nteam = \"netbooks\"\n";

fn folder(files: &[(&str, &str)]) -> RuleFiles {
    let file = |(path, text): &(&str, &str)| RuleFile { path: (*path).to_owned(), text: (*text).to_owned() };
    RuleFiles { folder: "rules".to_owned(), files: files.iter().map(file).collect() }
}

fn shipped() -> RuleFiles {
    folder(&[
        ("lexicon/en.toml", "read elsewhere"),
        ("mini-9.toml", include_str!("../../../../rules/mini-9.toml")),
        ("README.md", include_str!("../../../../rules/README.md")),
        ("teams.toml", include_str!("../../../../rules/teams.toml")),
    ])
}

fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
    RuleSet::load(&folder(files)).1.into_iter().map(|d| d.code).collect()
}

fn post(text: &str) -> Post {
    let line =
        serde_json::json!({"id": "1", "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"});
    match parse_line(line.to_string().as_bytes(), None).unwrap() {
        Incoming::Post(post) => *post,
        Incoming::Delete(_) => unreachable!("it is a post"),
    }
}

fn ask(rules: &RuleSet, text: &str) -> Vec<ProductMatch> {
    let post = post(text);
    let lang = Lang::of(text, None);
    let tokens = tokenize(text, lang);
    rules.match_post(&Subject { post: &post, text, tokens: &tokens, lang, sentiment: None })
}

#[test]
fn the_shipped_rules_load_without_a_word() {
    let (rules, told) = RuleSet::load(&shipped());
    assert_eq!(told, []);
    let rules = rules.unwrap();
    let product = &rules.products[0];
    assert_eq!((product.id.as_str(), product.clusters), ("mini-9", ClusterMode::Complaints));
    assert_eq!(product.topics[0].severity, Severity::Normal);
    assert_eq!(product.topics[1].severity, Severity::Safety);
    assert_eq!(product.topics[0].examples.len(), 3);
    assert_eq!((product.origin.file.as_str(), product.origin.line), ("rules/mini-9.toml", 4));
    assert_eq!(rules.teams["netbooks"].false_alarms_a_year, 4.0);
    assert_eq!(rules.teams["netbooks"].digest.as_deref(), Some("monday 08:00 America/New_York"));
    assert!(!rules.uses_sentiment());
}

#[test]
fn what_the_readme_shows_can_be_pasted() {
    // Every block of TOML with a topic in it goes after a product; the others stand alone.
    let readme = include_str!("../../../../rules/README.md");
    let blocks: Vec<&str> =
        readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 3);
    let teams = blocks.iter().find(|b| b.contains("[team.")).unwrap();
    let product = blocks.iter().find(|b| b.contains("[product]")).unwrap();
    let topics: Vec<&str> = blocks.iter().filter(|b| b.contains("[[topic]]")).copied().collect();
    let file = format!("{product}\n{}", topics.join("\n"));
    let (_, told) = RuleSet::load(&folder(&[("teams.toml", teams), ("kettle.toml", &file)]));
    assert_eq!(told, []);
}

#[test]
fn what_the_readme_says_of_queries_holds() {
    // Rows of the table: | `query` | finds | does not find |
    let readme = include_str!("../../../../rules/README.md");
    let mut rows = 0;
    let table = readme.split("## Queries").nth(1).unwrap().split("Fields ask").next().unwrap();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split(" | ").map(|cell| cell.trim_matches([' ', '|'])).collect();
        let [query, yes, no] = cells[..] else { continue };
        rows += 1;
        let asked = super::super::parse_query(query.trim_matches('`')).unwrap();
        for (text, expected) in [(yes, true), (no, false)] {
            let text = text.trim_matches('"');
            let post = post(text);
            let tokens = tokenize(text, Lang::English);
            let subject =
                Subject { post: &post, text, tokens: &tokens, lang: Lang::English, sentiment: None };
            let found = super::super::query::Text::new(&subject).matched(&asked).is_some();
            assert_eq!(found, expected, "{query} on {text}");
        }
    }
    assert!(rows >= 10, "{rows} rows");
}

#[test]
fn a_post_is_matched_to_product_and_topic_with_its_words() {
    let rules = RuleSet::load(&shipped()).0.unwrap();
    let found = ask(&rules, "My Mini 9: Apostrophe and Return sit too CLOSE");
    assert_eq!(found[0].words, ["Mini 9"]);
    assert_eq!(found[0].topics[0].words, ["Apostrophe", "Return", "CLOSE"]);
    assert_eq!(ask(&rules, "mini 9 hole golf"), []);
    assert_eq!(ask(&rules, "the keys are too close"), [], "a topic alone is not the product");
}

#[test]
fn places_survive_every_way_of_writing_a_string() {
    for (written, exact) in [
        ("'mini (x'", true),
        ("\"mini (x\"", true),
        ("'''mini (x'''", true),
        ("'''\nmini (x'''", true),
        ("\"\"\"\nmini (x\"\"\"", true),
        ("\"mini\\u0020(x\"", false),
    ] {
        let text = PRODUCT.replace("'mini'", written);
        let told = RuleSet::load(&folder(&[("teams.toml", TEAMS_TOML), ("p.toml", &text)])).1;
        let place = told[0].place.clone().unwrap();
        let expected = if exact { "(" } else { written };
        assert_eq!(&text[place.start..place.end], expected, "{written}");
        assert_eq!(place, Place::new("rules/p.toml", &text, place.start, place.end));
    }
}

#[test]
fn what_windows_editors_write_is_read() {
    let text = PRODUCT.replace("'mini'", "'''\nmini\nOR (x\n'''").replace('\n', "\r\n");
    let text = format!("\u{feff}{text}");
    let told = RuleSet::load(&folder(&[("teams.toml", TEAMS_TOML), ("p.toml", &text)])).1;
    assert_eq!(told.iter().map(|d| d.code).collect::<Vec<_>>(), ["query-parenthesis"]);
    let place = told[0].place.clone().unwrap();
    assert!(text[place.start..place.end].starts_with(['(', '\'']), "{place:?}");
}

#[test]
fn a_broken_file_says_no_more_than_it_knows() {
    // The line with the team is lost: neither is it missing, nor is the team unknown.
    let text = "[product]\nid = \"p\"\nname = \"P\"\nmatch = 'mini'\nteam = netbooks\"\n";
    let told = codes(&[("teams.toml", TEAMS_TOML), ("p.toml", text)]);
    assert!(told.iter().all(|code| *code == "toml-syntax") && !told.is_empty(), "{told:?}");
    let told = codes(&[("teams.toml", "[team.netbooks\nemail=["), ("p.toml", PRODUCT)]);
    assert!(told.iter().all(|code| *code == "toml-syntax") && !told.is_empty(), "{told:?}");
}

#[test]
fn all_problems_of_all_files_are_told_in_one_run() {
    let two =
        "[product]\nid = \"q\"\nname = \"Q\"\nmatch = 'cr*'\nteam = \"nobody\"\n[words]\nunused = [\"x\"]\n";
    let told = codes(&[
        ("teams.toml", "[team.netbooks]\nemail = [\"nobody\"]\n"),
        ("p.toml", PRODUCT),
        ("q.toml", two),
    ]);
    assert_eq!(told, ["query-wildcard-short", "product-unknown-team", "list-unused", "team-bad-address"]);
}

#[test]
fn warnings_leave_the_rules_in_force() {
    let text = PRODUCT.replace("'mini'", "'mini or maxi'");
    let (rules, told) = RuleSet::load(&folder(&[("teams.toml", TEAMS_TOML), ("p.toml", &text)]));
    assert_eq!(told.iter().map(|d| d.code).collect::<Vec<_>>(), ["query-lowercase-operator"]);
    assert!(rules.is_some());
}

#[test]
fn other_files_are_passed_over_and_folders_are_told() {
    let told = codes(&[
        (".p.toml.swp.toml", "x"),
        ("README.md", "x"),
        ("lexicon/en.toml", "x"),
        ("old/p.toml", "x"),
        ("p.toml", PRODUCT),
        ("teams.toml", TEAMS_TOML),
        ("tests/p.toml", "x"),
    ]);
    assert_eq!(told, ["file-not-read"]);
    assert_eq!(codes(&[]), ["no-product"]);
    assert_eq!(codes(&[("teams.toml", TEAMS_TOML)]), ["no-product"]);
}

#[test]
fn sentiment_is_seen_wherever_it_is_tested() {
    let text = format!("{PRODUCT}\n[[topic]]\nid='t'\ntitle='T'\nmatch='x AND (y OR sentiment<=-0.3)'\n");
    let rules = RuleSet::load(&folder(&[("teams.toml", TEAMS_TOML), ("p.toml", &text)])).0.unwrap();
    assert!(rules.uses_sentiment());
}

#[test]
fn bounds_hold() {
    let large = format!("{PRODUCT}# {}", "x".repeat(MAX_FILE_BYTES));
    assert_eq!(codes(&[("teams.toml", TEAMS_TOML), ("p.toml", &large)]), ["file-too-large"]);

    let mut many = PRODUCT.to_owned();
    for n in 0..=MAX_TOPICS {
        let _ = write!(many, "[[topic]]\nid='t{n}'\ntitle='T'\nmatch='word{n}'\n");
    }
    assert_eq!(codes(&[("teams.toml", TEAMS_TOML), ("p.toml", &many)]), ["too-many-topics"]);

    let mut slips = PRODUCT.to_owned();
    for n in 0..5_000 {
        let _ = write!(slips, "[[topic]]\nid='t{n}'\ntitle='T'\nmatch='('\n");
    }
    let told = codes(&[("teams.toml", TEAMS_TOML), ("p.toml", &slips)]);
    assert_eq!((told.len(), told.last()), (501, Some(&"too-many-problems")));
}

#[test]
fn hostile_files_end_in_errors() {
    let wide = |part: &str| part.repeat(20_000 / part.len());
    for hostile in [
        format!("a = {}", wide("[")),
        format!("a = {}", wide("{a=")),
        wide("[a."),
        wide("\"'"),
        wide("=\n"),
        wide("[[topic]]\n"),
        (0..2_000).fold("[words]\n".to_owned(), |all, n| format!("{all}w{n} = '$x{n}'\n")),
        format!("[product]\nmatch = '{}'", wide("(NOT $a ")),
    ] {
        let (rules, told) = RuleSet::load(&folder(&[("teams.toml", TEAMS_TOML), ("p.toml", &hostile)]));
        assert!(rules.is_none() && !told.is_empty() && told.len() <= 1_000);
    }
}

#[test]
fn the_format_of_the_manual_is_read() {
    let product = r#"
[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = '"mini 9" OR mini9 OR #mini9'
not   = '"mini 9 hole golf"'
team  = "netbooks"
clusters = "all"

[words]                                   # lists to use in queries as $broken
close = ["close", "cramped", "squashed", "next to"]

[[topic]]
id       = "keys-too-close"
title    = "Keys too close together"
match    = '(apostrophe OR return OR enter OR keys) NEAR/8 $close'
severity = "high"
[[topic.example]]
text   = "the apostrophe and return keys are too close together"
expect = true
"#;
    let teams =
        "[team.netbooks]\nemail = [\"a@example.org\", \"b@example.org\"]\nfalse_alarms_a_year = 0.5\n";
    let (rules, told) = RuleSet::load(&folder(&[("mini-9.toml", product), ("teams.toml", teams)]));
    assert_eq!(told, []);
    let rules = rules.unwrap();
    assert_eq!(rules.teams["netbooks"].email.len(), 2);
    assert_eq!(rules.teams["netbooks"].false_alarms_a_year, 0.5);
    assert_eq!(rules.products[0].clusters, ClusterMode::All);
    assert_eq!(rules.products[0].topics[0].severity, Severity::High);
    let found = ask(&rules, "on the Mini 9 the enter key sits next to the apostrophe");
    assert_eq!(found[0].topics[0].words, ["enter", "key", "next to", "apostrophe"]);
}

#[test]
fn lists_that_name_lists_neither_loop_nor_grow_without_end() {
    let with = |words: &str| {
        let text = format!("{}\n[words]\n{words}", PRODUCT.replace("'mini'", "'$a'"));
        codes(&[("teams.toml", TEAMS_TOML), ("p.toml", &text)])
    };
    assert_eq!(with("a = [\"x\", \"$b\"]\nb = [\"y\", \"next to\"]\n"), [""; 0]);
    assert!(with("a = [\"$b\"]\nb = [\"$c\"]\nc = [\"$a\"]\n").contains(&"list-loop"));
    // Each list names the next twice: 2^60 if it were spelt out blindly.
    let mut doubling = String::new();
    for n in 0..60 {
        let _ = writeln!(doubling, "l{n:02} = [\"w{n}\", \"$l{:02}\", \"$l{:02}\"]", n + 1, n + 1);
    }
    let told = with(&format!("a = [\"$l00\"]\n{doubling}l60 = [\"end\"]\n"));
    assert!(told.contains(&"list-too-deep"), "{told:?}");
    let wide: String = (0..6_000).map(|n| format!("\"w{n}\",")).collect();
    assert!(with(&format!("a = [{wide}]\n")).contains(&"list-too-large"));
}

proptest::proptest! {
    #[test]
    fn no_file_brings_the_loader_down(
        text in "(\\[product\\]\n|\\[words\\]\n|\\[\\[topic\\]\\]\n|\\[\\[topic.example\\]\\]\n|id|match|text|expect|a| = |'|\"|\\[|\\]|\\$a|true|1|\n|\\PC){0,60}"
    ) {
        let (rules, told) = RuleSet::load(&folder(&[("teams.toml", TEAMS_TOML), ("p.toml", &text)]));
        proptest::prop_assert_eq!(
            rules.is_none(),
            told.iter().any(|d| d.level == Level::Error && d.code != lint::examples::CODE)
        );
        for place in told.iter().filter_map(|d| d.place.as_ref()) {
            let file = if place.file == "rules/p.toml" { text.as_str() } else { TEAMS_TOML };
            proptest::prop_assert!(file.get(place.start..place.end).is_some(), "{:?}", place);
        }
        let shown = super::super::report::to_text(&told, &folder(&[("p.toml", &text)]), false);
        proptest::prop_assert_eq!(shown.is_empty(), told.is_empty());
    }
}
