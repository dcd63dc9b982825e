//! The catalogue is whole: every language says everything, with the same arguments, and nothing that nobody says.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use insta::assert_snapshot;

use super::tests::words_of;
use super::*;
use crate::ground::letter::Letter;
use crate::ground::reason::Reason;
use crate::logic::links::{Already, Refused};

/// Messages of a language, and the arguments that each takes.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let (name, text) = tongue::file(language);
    let read = fluent_syntax::parser::parse(text)
        .unwrap_or_else(|(_, wrong)| panic!("lang/{name}.ftl cannot be read: {wrong:?}"));
    let mut messages = BTreeMap::new();
    for entry in read.body {
        let Entry::Message(message) = entry else { continue };
        let mut used = BTreeSet::new();
        arguments(message.value.as_ref().unwrap(), &mut used);
        let id = message.id.name.to_owned();
        assert!(messages.insert(id.clone(), used).is_none(), "lang/{name}.ftl says {id} twice");
    }
    messages
}

fn arguments(pattern: &Pattern<&str>, used: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => variable(inline, used),
            Expression::Select { selector, variants } => {
                variable(selector, used);
                variants.iter().for_each(|variant| arguments(&variant.value, used));
            }
        }
    }
}

fn variable(expression: &InlineExpression<&str>, used: &mut BTreeSet<String>) {
    match expression {
        InlineExpression::VariableReference { id } => {
            used.insert(id.name.to_owned());
        }
        other => panic!("{other:?}: only values stand in messages"),
    }
}

#[test]
fn every_language_has_every_message_with_the_same_arguments() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let other = messages(language);
        let keys = |all: &BTreeMap<String, _>| all.keys().cloned().collect::<BTreeSet<String>>();
        let missing: Vec<_> = keys(&english).symmetric_difference(&keys(&other)).cloned().collect();
        assert_eq!(missing, Vec::<String>::new(), "{language:?}: in one and not in the other");
        for (key, used) in &english {
            assert_eq!(used, &other[key], "{language:?}: the arguments of {key}");
        }
    }
}

#[test]
fn every_reason_has_its_message() {
    let known = messages(Language::English);
    for key in Reason::ALL.map(|reason| format!("reason-{}", reason.name())) {
        assert!(known.contains_key(&key), "{key} is missing");
    }
}

fn sender() -> Sender {
    let key = Key::new(&[7; 32]).unwrap();
    let desk = Some(Desk { url: "https://groundswell.example.org".into(), key });
    Sender { domain: "example.org".into(), from_name: "groundswell".into(), desk, ..Sender::default() }
}

/// The letters that teams get, of each kind.
fn to_teams(language: Language) -> Vec<(&'static str, Letter)> {
    let to_operators = |name: &str| name.starts_with("operators") || name == "mail-test";
    let all = samples(&sender(), language).into_iter().filter(|sample| !to_operators(sample.name));
    all.map(|sample| (sample.name, sample.letter)).collect()
}

/// The pages that links lead to.
fn pages(language: Language) -> Vec<DeskPage> {
    let (built_in, event) = (Templates::default(), fixture::opened());
    let mut pages = Vec::new();
    for purpose in Purpose::ALL {
        let (team, address) = ("netbooks".to_owned(), "ana@example.org".to_owned());
        let link = Link { purpose, alert: event.alert.clone(), team, address, language, expires: event.at };
        pages.push(DeskPage::ask(&link, Some(&event), &built_in));
        pages.push(DeskPage::ask(&link, Some(&fixture::resolved()), &built_in));
        pages.push(DeskPage::done(&link, Some(&event), |_| "token".to_owned(), &built_in));
        let (by, at) = (String::from("bo"), event.at);
        let (by_too, until) = (by.clone(), at);
        for already in [
            Already::Unknown,
            Already::Seen { by, at },
            Already::Over { at, reason: Reason::BackToUsual, by: String::new() },
            Already::Over { at, reason: Reason::NotAnIssue, by: String::from("bo") },
            Already::Silent { by: by_too, until },
            Already::Left { at },
            Already::Undone,
        ] {
            pages.push(DeskPage::already(&link, Some(&event), &already, |_| "token".to_owned(), &built_in));
        }
        pages.push(DeskPage::refused(&Refused::Expired(link), &built_in));
    }
    pages
}

/// Words that English alone has, and that no product, place or command is called.
const ENGLISH: [&str; 24] = [
    "the", "and", "people", "person", "usually", "usual", "with", "this", "that", "which", "wrote", "write",
    "letter", "letters", "from", "you", "your", "what", "over", "since", "there", "have", "of", "it",
];

#[test]
fn no_letter_and_no_page_has_english_left_in_it() {
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        let quoted: Vec<String> =
            [fixture::opened(), fixture::safety(), fixture::storm(), fixture::hostile()]
                .iter()
                .flat_map(|event| {
                    let quotes = event.quotes.iter().map(|q| words_of(&clean::clip(&q.text, 280)));
                    quotes.collect::<Vec<_>>()
                })
                .collect();
        let mut said: Vec<(String, String)> = to_teams(language)
            .into_iter()
            .filter(|(name, _)| !["hostile", "collected", "listed"].contains(name))
            .map(|(name, letter)| (name.to_owned(), format!("{}\n{}", letter.subject, letter.text)))
            .collect();
        said.extend(pages(language).iter().map(|page| {
            let body = page.html.split("<main>").nth(1).unwrap();
            ("a page".to_owned(), html2text::config::plain().string_from_read(body.as_bytes(), 500).unwrap())
        }));
        for (name, text) in said {
            let mut left = words_of(&text);
            for theirs in quoted.iter().map(String::as_str).chain(THEIRS) {
                left = left.replace(theirs, " ");
            }
            // Names of files, addresses and commands are the same in every language.
            let words = left.split(|c: char| !(c.is_alphanumeric() || "_./@:-".contains(c)));
            let english: Vec<&str> =
                words.filter(|word| ENGLISH.contains(&word.trim_matches([':', '.', '-']))).collect();
            assert_eq!(english, Vec::<&str>::new(), "{language:?}, {name}:\n{left}");
            assert!(
                !left.contains("{ $") && !left.contains("{$"),
                "{language:?}, {name}: a value is missing"
            );
        }
    }
}

/// What stands in the samples in the posts' own words, and signs that are no words.
const THEIRS: [&str; 12] = [
    "Apostrophe and return keys too close together",
    "Apostrophe and return keys…",
    "Screen stays black",
    "Update never ends",
    "Charger burns or sparks",
    "Fan whines on battery",
    "hinge creaks when it is cold",
    "charger gets hot",
    "a matte screen",
    "enter key 'too near'",
    "too close",
    "keyboard rev. C",
];

#[test]
fn subjects_of_every_kind_in_every_language() {
    let all: Vec<String> = Language::ALL
        .into_iter()
        .flat_map(|language| {
            let of = move |(name, letter): (&str, Letter)| {
                format!("{} {name}: {}", language.code(), letter.subject)
            };
            to_teams(language).into_iter().filter(|(name, _)| *name != "hostile").map(of).collect::<Vec<_>>()
        })
        .collect();
    assert_snapshot!(all.join("\n"));
}

#[test]
fn every_language_opens_an_alert() {
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        let event = AlertEvent { language, ..fixture::opened() };
        let plain = Sender { desk: None, ..sender() };
        assert_snapshot!(format!("opened_{}", language.code()), letter(&event, &plain).text);
    }
}

#[test]
fn every_language_tells_the_week_a_storm_and_an_end() {
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        let told = ["digest", "storm", "updated-new-place", "fix-holds", "perhaps-the-same"];
        let all: Vec<String> = to_teams(language)
            .into_iter()
            .filter(|(name, _)| told.contains(name))
            .map(|(_, letter)| {
                let lines = letter.text.lines().filter(|line| !line.trim_start().starts_with("http"));
                lines.take(26).collect::<Vec<_>>().join("\n")
            })
            .collect();
        assert_snapshot!(format!("others_{}", language.code()), all.join("\n\n=====\n"));
    }
}

#[test]
fn pages_speak_the_language_of_their_letter() {
    let title = |page: &DeskPage| page.html.split(['<', '>']).nth(22).unwrap_or_default().to_owned();
    for language in Language::ALL {
        let all = pages(language);
        assert!(all.iter().all(|page| page.html.contains(&format!("<html lang=\"{}\">", language.code()))));
        assert!(all.iter().all(|page| !title(page).contains('{')));
    }
}
