//! A product's file: the product, its lists, its topics and their examples.

use std::collections::BTreeMap;
use std::ops::Range;

use super::claims::Claimant;
use super::file::File;
use super::lists::FileLists;
use super::segments;
use super::table::{Table, Words};
use super::{Found, MAX_TOPICS, histories};
use crate::ground::alert::Severity;
use crate::ground::diagnostic::Place;
use crate::ground::post::Post;
use crate::ground::time::Timestamp;
use crate::logic::rules::query::{Query, Text, implies, parse};
use crate::logic::rules::{ClusterMode, Example, Product, Subject, Topic, lint};
use crate::logic::text::{Lang, tokenize};

/// Topics of a product that are compared with one another; with more it would take long and help little.
const COMPARED_TOPICS: usize = 200;
/// How much a topic can matter, by name.
pub(super) const SEVERITIES: [(&str, Severity); 4] = [
    ("low", Severity::Low),
    ("normal", Severity::Normal),
    ("high", Severity::High),
    ("safety", Severity::Safety),
];
const CLUSTERS: [(&str, ClusterMode); 3] =
    [("complaints", ClusterMode::Complaints), ("all", ClusterMode::All), ("none", ClusterMode::None)];

/// Reads the product of a file.
pub(super) fn read(root: &Table<'_, '_>, found: &mut Found) {
    root.only(&["product", "words", "segments", "topic"]);
    let lists = FileLists::read(root);
    let product = match root.table("product", "[product]") {
        Some(table) => product(&table, &lists, found),
        None => {
            let misspelt =
                root.entries().any(|(name, ..)| lint::suggest::closest(name, ["product"]).is_some());
            if !misspelt {
                root.file.say(lint::keys::no_product_table(root.range.clone()));
            }
            None
        }
    };
    let topics = topics(root, &lists, found, product.as_ref());
    let segments = segments::read(root, &lists);
    lists.tell_unused(root.file);
    if let Some(product) = product {
        found.teams_named.insert(product.team.clone());
        found.products.push(Product { topics, segments, ..product });
    }
}

fn product(table: &Table<'_, '_>, lists: &FileLists, found: &mut Found) -> Option<Product> {
    table.only(&["id", "was", "name", "match", "not", "team", "clusters"]);
    let file = table.file;
    let id = table.id("id", "\"mini-9\"");
    if let Some(id) = &id {
        let here = file.place(id.range.clone());
        if let Some(first) = found.product_ids.get(id.value) {
            // Files come in order of the alphabet, which says nothing about which was there first; their names may.
            let first = first.clone();
            let named = |place: &Place| lint::ids::is_named_after(&place.file, id.value);
            let copy = |place: &Place| lint::ids::is_named_copy(&place.file);
            let told_apart = |kept: &Place, copied: &Place| {
                named(kept) != named(copied) && named(kept) || copy(copied) != copy(kept) && copy(copied)
            };
            let (known, kept, copied) = match (told_apart(&first, &here), told_apart(&here, &first)) {
                (false, true) => (true, here, first),
                (known, also) => (known && !also, first, here),
            };
            let range = copied.start..copied.end;
            let problem = lint::ids::product_twice(range, id.value, &kept, &copied, known);
            found.told.push(problem.at(copied));
        } else {
            found.product_ids.insert(id.value.to_owned(), here);
        }
    }
    let was = table.ids("was", "\"old-id\"");
    found.product_was.extend(with_places(file, &was));
    let name = table.required("name", "\"Aster Mini 9\"");
    // What no team owns is the fallback's, where there is one.
    let team = match (&found.fallback, table.key_range("team")) {
        (Some(_), None) => None,
        _ => {
            let example = found.team_ids.first().map_or("netbooks", String::as_str);
            Some(table.required("team", &format!("\"{example}\""))?)
        }
    };
    if let Some(team) = &team
        && !found.team_ids.iter().any(|id| id == team.value)
        && !found.teams_broken
    {
        let known: Vec<&str> = found.team_ids.iter().map(String::as_str).collect();
        let has = |team: &&crate::logic::rules::Team, address: &str| {
            team.email.iter().any(|known| known.eq_ignore_ascii_case(address.trim()))
        };
        let owner = found.teams.values().find(|known| has(known, team.value)).map(|known| known.id.as_str());
        file.say(lint::teams::unknown(team.range.clone(), team.value, &known, owner));
    }
    let words = table.required("match", "'\"mini 9\" OR mini9'");
    let place = words.as_ref().map(|words| words.range.clone());
    let asked = words.and_then(|words| query(table, &words, lists));
    let not = table.text("not", "'golf'").and_then(|words| {
        let not = query(table, &words, lists);
        if let (Some(asked), Some(not)) = (&asked, &not)
            && implies(asked.root(), not.root())
        {
            let name = id.as_ref().map_or("", |id| id.value);
            file.say(lint::never::taken_back(words.range, name));
        }
        not
    });
    if let (Some(asked), Some(place), Some(id)) = (&asked, place, &id) {
        let new = Claimant { id: id.value, asked, not: not.as_ref() };
        found.claims.tell(file, &place, &new);
    }
    let clusters = choice(table, "clusters", "unknown-clusters", &CLUSTERS).unwrap_or_default();
    let team_at = team.as_ref().map(|team| file.place(team.range.clone()));
    let team = match (&team, &found.fallback) {
        (Some(team), _) => team.value,
        (None, fallback) => fallback.as_ref()?.team.as_str(),
    };
    Some(Product {
        id: id?.value.to_owned(),
        was: owned(was),
        name: name?.value.to_owned(),
        query: asked?,
        not,
        team: team.to_owned(),
        team_at,
        language: found.teams.get(team).and_then(|team| team.language),
        clusters,
        topics: Vec::new(),
        segments: Vec::new(),
        origin: table.place(),
    })
}

fn topics(
    root: &Table<'_, '_>,
    lists: &FileLists,
    found: &mut Found,
    product: Option<&Product>,
) -> Vec<Topic> {
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let mut topics = Vec::new();
    let mut places = Vec::new();
    let mut before = Vec::new();
    let tables = root.tables("topic", "[[topic]]");
    for table in &tables {
        found.topics += 1;
        if found.topics > MAX_TOPICS {
            if found.topics == MAX_TOPICS + 1 {
                root.file.say(lint::size::many_topics(table.range.clone(), MAX_TOPICS));
            }
            break;
        }
        let id = table.id("id", "\"keys-too-close\"");
        if let Some(id) = &id {
            let here = root.file.place(id.range.clone());
            match ids.get(id.value) {
                Some(first) => root.file.say(lint::ids::topic_twice(id.range.clone(), id.value, first)),
                None => {
                    ids.insert(id.value, format!("{}:{}", here.file, here.line));
                }
            }
        }
        let was = table.ids("was", "\"old-id\"");
        before.extend(with_places(root.file, &was));
        if let Some(topic) = topic(table, id, was, lists) {
            let place = table.value_range("match").unwrap_or_else(|| table.range.clone());
            // What no post at all satisfies is told already.
            let alone = lint::never::contradictions(topic.query.root(), topic.query.shape()).is_empty();
            if let Some(product) = product.filter(|_| alone) {
                let not = product.not.as_ref().map(Query::root);
                let (asked, of) = (topic.query.root(), product.query.root());
                let never = lint::never::of_product(place.clone(), asked, of, not, &product.id);
                never.into_iter().for_each(|problem| root.file.say(problem));
            }
            places.push(place);
            topics.push(topic);
        }
    }
    for problem in histories("topic", &before, |id| ids.contains_key(id)) {
        root.file.tell(problem);
    }
    tell_shadowed(root.file, &topics, &places);
    topics
}

/// Ids as they are kept.
fn owned(ids: Option<Vec<Words<'_>>>) -> Option<Vec<String>> {
    Some(ids?.into_iter().map(|id| id.value.to_owned()).collect())
}

/// Ids with where they stand.
fn with_places(file: &File<'_>, ids: &Option<Vec<Words<'_>>>) -> Vec<(String, Place)> {
    ids.iter().flatten().map(|id| (id.value.to_owned(), file.place(id.range.clone()))).collect()
}

fn topic(
    table: &Table<'_, '_>,
    id: Option<Words<'_>>,
    was: Option<Vec<Words<'_>>>,
    lists: &FileLists,
) -> Option<Topic> {
    table.only(&["id", "was", "title", "match", "severity", "example"]);
    let title = table.required("title", "\"Keys too close together\"");
    let asked = table.required("match", "'keys NEAR/8 close'").and_then(|words| query(table, &words, lists));
    let severity = choice(table, "severity", "unknown-severity", &SEVERITIES).unwrap_or_default();
    let name = id.as_ref().map_or("", |id| id.value);
    let examples = table.tables("example", "[[topic.example]]");
    let examples: Vec<Example> =
        examples.iter().filter_map(|example_table| example(example_table, name, asked.as_ref())).collect();
    Some(Topic {
        id: id?.value.to_owned(),
        was: owned(was),
        title: title?.value.to_owned(),
        query: asked?,
        severity,
        examples,
        origin: table.place(),
    })
}

/// Reads a query; its problems are told at their places in the file.
pub(super) fn query(table: &Table<'_, '_>, words: &Words<'_>, lists: &FileLists) -> Option<Query> {
    let mut problems = Vec::new();
    let query = parse(words.value, lists, &mut problems);
    // What a query that can be read says about itself.
    if let Some(query) = &query {
        problems.extend(lint::never::contradictions(query.root(), query.shape()));
        problems.extend(lint::field_or::values(query.root(), query.shape()));
        problems.extend(lint::common::alone(query.root(), query.shape()));
        problems.extend(lint::stems::collisions(query.root(), query.shape()));
    }
    for problem in problems {
        table.file.say_within(&words.range, words.value, problem);
    }
    query
}

/// Topics that find nothing of their own.
fn tell_shadowed(file: &File<'_>, topics: &[Topic], places: &[Range<usize>]) {
    if topics.len() > COMPARED_TOPICS {
        return;
    }
    for (i, topic) in topics.iter().enumerate() {
        let Some(place) = places.get(i) else { continue };
        for (j, other) in topics.iter().enumerate().filter(|(j, other)| *j != i && other.id != topic.id) {
            if !implies(topic.query.root(), other.query.root()) {
                continue;
            }
            let both = implies(other.query.root(), topic.query.root());
            // Of two that are the same the later one is told.
            if both && j < i {
                file.say(lint::shadow::same(place.clone(), &other.id));
                break;
            }
            if !both && topic.severity <= other.severity {
                file.say(lint::shadow::within(place.clone(), &other.id));
                break;
            }
        }
    }
}

/// What stands at a key that takes one of a few words; anything else is told as `code`.
pub(super) fn choice<T: Copy>(
    table: &Table<'_, '_>,
    key: &str,
    code: &'static str,
    choices: &[(&'static str, T)],
) -> Option<T> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let words = table.text(key, &format!("\"{}\"", names.first().unwrap_or(&"")))?;
    let chosen = choices.iter().find(|(name, _)| *name == words.value).map(|(_, choice)| *choice);
    if chosen.is_none() {
        table.file.say(lint::values::unknown(code, words.range, key, words.value, &names));
    }
    chosen
}

/// Reads an example, and tries it on the topic's query if that could be read. Beside its text it may have what the
/// query's fields ask for.
fn example(table: &Table<'_, '_>, topic: &str, query: Option<&Query>) -> Option<Example> {
    const FIELDS: [&str; 9] =
        ["title", "source", "author", "url", "lang", "region", "followers", "rating", "sentiment"];
    let known: Vec<&str> = ["text", "expect"].into_iter().chain(FIELDS).collect();
    table.only(&known);
    table.post_codes();
    let text = table.required("text", "\"what somebody could say\"");
    let expect = table.required_bool("expect");
    let field = |key: &str| table.text(key, "\"…\"").map(|words| words.value.to_owned());
    let number = |key: &str| table.number(key, "1").map(|(number, _)| number);
    let post = Post {
        id: "example".to_owned(),
        source: field("source").unwrap_or_else(|| "example".to_owned()),
        author: field("author"),
        author_name: None,
        followers: number("followers").filter(|n| *n >= 0.0).map(|n| n as u64),
        text: text.as_ref()?.value.to_owned(),
        title: field("title"),
        url: field("url"),
        created_at: Timestamp::UNIX_EPOCH,
        arrived_at: Timestamp::UNIX_EPOCH,
        lang: field("lang"),
        region: field("region"),
        in_reply_to: None,
        repost_of: None,
        rating: number("rating"),
    };
    let (words, expect) = (text?, expect?);
    if let Some(query) = query {
        let full = post.full_text();
        let lang = Lang::of(&full, post.lang.as_deref());
        let tokens = tokenize(&full, lang);
        let sentiment = number("sentiment");
        let subject = Subject { post: &post, text: &full, tokens: &tokens, lang, sentiment };
        let asked = Text::new(&subject);
        match (asked.matched(query), expect) {
            (Some(found), false) => table.file.say(lint::examples::found(words.range.clone(), topic, &found)),
            (None, true) => {
                let lacks_sentiment = sentiment.is_none() && query.uses_sentiment();
                let missing = query.explain(&subject).missing();
                table.file.say(lint::examples::missed(words.range.clone(), topic, &missing, lacks_sentiment));
            }
            _ => {}
        }
    }
    Some(Example { text: words.value.to_owned(), expect, place: table.file.place(words.range) })
}
