//! Scenarios from `tests/*.toml`.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use toml::de::DeTable;

use super::file::File;
use super::table::{Table, Words};
use crate::ground::diagnostic::{Diagnostic, Level};
use crate::ground::entry::RuleFiles;
use crate::ground::post::Post;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};
use crate::logic::rules::scenario::{Expected, Scenario, USUAL};
use crate::logic::rules::{RuleSet, lint};

/// The first day of a scenario that names none: a Monday.
const FIRST_DAY: &str = "2025-01-06";
/// Most posts of one scenario.
const MOST_POSTS: usize = 20_000;
/// Most days that a scenario may last.
const MOST_DAYS: i64 = 2_000;
/// Hours of the day in which usual posts are written, from and to.
const WAKING: (i64, i64) = (8, 22);
/// What a post of a scenario may have beside its time and text.
const FIELDS: [&str; 7] = ["title", "source", "author", "url", "lang", "region", "repost_of"];

/// Reads the scenarios of a folder. The products, topics and teams that they name have to be in `rules`.
pub(in crate::logic::rules) fn load(files: &RuleFiles, rules: &RuleSet) -> (Vec<Scenario>, Vec<Diagnostic>) {
    let (mut scenarios, mut told) = (Vec::new(), Vec::new());
    for rule_file in &files.files {
        if !rule_file.path.starts_with("tests/") || !rule_file.path.ends_with(".toml") {
            continue;
        }
        let file = File::new(&files.folder, rule_file);
        if rule_file.text.len() > super::MAX_FILE_BYTES {
            told.push(lint::size::file_large(file.place(0..0), super::MAX_FILE_BYTES));
            continue;
        }
        let (table, errors) = DeTable::parse_recoverable(file.text);
        for error in errors.iter().take(super::MOST_SYNTAX_ERRORS) {
            file.syntax(error);
        }
        let root = Table::root(&file, table.get_ref());
        root.only(&["scenario"]);
        for table in root.tables("scenario", "[[scenario]]") {
            scenarios.extend(scenario(&table, rules));
        }
        told.extend(file.take());
    }
    let broken: Vec<&str> = told
        .iter()
        .filter(|d| d.level == Level::Error)
        .filter_map(|d| d.place.as_ref().map(|place| place.file.as_str()))
        .collect();
    // A scenario that was only half read would fail for a reason that is not its own.
    scenarios.retain(|s| !broken.contains(&s.place.file.as_str()));
    (scenarios, told)
}

fn scenario(table: &Table<'_, '_>, rules: &RuleSet) -> Option<Scenario> {
    table.only(&["name", "start", "post", "usual", "alert", "quiet"]);
    let name = table.required("name", "\"three people in two days\"");
    let start = match table.text("start", "\"2025-01-06\"") {
        None => FIRST_DAY.parse::<Date>().ok(),
        Some(words) => {
            let date = words.value.trim().parse::<Date>().ok();
            if date.is_none() {
                table.file.say(lint::scenario::time(words.range, words.value));
            }
            date
        }
    };
    let start = midnight(start?)?;
    let when = When { table, start };
    let mut posts = Vec::new();
    for usual in table.tables("usual", "[[scenario.usual]]") {
        when.usual(&usual, &mut posts);
    }
    for post in table.tables("post", "[[scenario.post]]") {
        posts.extend(when.post(&post, posts.len()));
    }
    let expected = |key: &str| -> Vec<Expected> {
        table.tables(key, &format!("[[scenario.{key}]]")).iter().map(|e| when.expected(e, rules)).collect()
    };
    let (alerts, quiet) = (expected("alert"), expected("quiet"));
    // What is there and could not be read is told already.
    let has = |keys: [&str; 2]| keys.iter().any(|key| table.key_range(key).is_some());
    if posts.is_empty() && !has(["post", "usual"]) {
        table.file.say(lint::scenario::no_posts(table.range.clone()));
    } else if !has(["alert", "quiet"]) {
        table.file.say(lint::scenario::expects_nothing(table.range.clone()));
    }
    if posts.len() > MOST_POSTS {
        table.file.say(lint::scenario::too_long(table.range.clone(), MOST_POSTS));
        return None;
    }
    posts.sort_by_key(|post| post.arrived_at);
    Some(Scenario { name: name?.value.to_owned(), posts, alerts, quiet, place: table.place() })
}

/// Times of a scenario, counted from its first day.
struct When<'a, 't, 'i> {
    table: &'a Table<'t, 'i>,
    start: Timestamp,
}

impl When<'_, '_, '_> {
    /// The time under `key`. A day without an hour is its beginning, or its end.
    fn time(&self, table: &Table<'_, '_>, key: &str, end_of_day: bool) -> Option<Timestamp> {
        let words = table.text(key, "\"day 3 09:30\"")?;
        let time = self.read(words.value.trim(), end_of_day);
        if time.is_none() {
            table.file.say(lint::scenario::time(words.range, words.value));
        }
        time
    }

    fn read(&self, text: &str, end_of_day: bool) -> Option<Timestamp> {
        let late = if end_of_day { DAY_MS - 1 } else { 0 };
        let plain = text.to_lowercase().replace(',', " ");
        if let Some(rest) = plain.strip_prefix("day") {
            let (day, hour) = rest.trim().split_once(' ').map_or((rest.trim(), None), |(d, h)| (d, Some(h)));
            let day: i64 = day.trim().parse().ok().filter(|day| (1..=MOST_DAYS).contains(day))?;
            let within = match hour {
                None => late,
                Some(hour) => {
                    let (hour, minute) = hour.trim().split_once(':')?;
                    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
                    ((0..24).contains(&hour) && (0..60).contains(&minute))
                        .then_some((hour * 60 + minute) * 60_000)?
                }
            };
            return Some(plus_ms(self.start, (day - 1) * DAY_MS + within));
        }
        let near = |at: &Timestamp| {
            let days = crate::ground::time::days_between(self.start, *at);
            (0.0..=MOST_DAYS as f64).contains(&days)
        };
        if let Ok(date) = text.parse::<Date>()
            && text.len() <= 10
        {
            return midnight(date).map(|at| plus_ms(at, late)).filter(near);
        }
        let at = text.parse::<Timestamp>().ok().or_else(|| {
            let local: DateTime = text.replace(' ', "T").parse().ok()?;
            Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
        });
        at.filter(near)
    }

    fn post(&self, table: &Table<'_, '_>, number: usize) -> Option<Post> {
        let known: Vec<&str> = ["at", "text", "followers", "rating"].into_iter().chain(FIELDS).collect();
        table.only(&known);
        table.post_codes();
        table.required("at", "\"day 3 09:30\"");
        let at = self.time(table, "at", false);
        let text = table.required("text", "\"what somebody could say\"");
        Some(one(table, number, at?, text?.value))
    }

    /// Posts that come as they always do: so many a day, each from somebody else.
    fn usual(&self, table: &Table<'_, '_>, posts: &mut Vec<Post>) {
        let known: Vec<&str> =
            ["days", "a_day", "texts", "followers", "rating"].into_iter().chain(FIELDS).collect();
        table.only(&known);
        table.post_codes();
        let days = table.required("days", "\"1-30\"");
        let texts = table.texts("texts", "[\"one post\", \"another\"]").unwrap_or_default();
        let range = days.as_ref().and_then(|words| day_range(words.value));
        if let (Some(words), None) = (&days, &range) {
            table.file.say(lint::scenario::days(words.range.clone(), words.value));
        }
        let a_day = match table.number("a_day", "2") {
            None => 1.0,
            Some((n, _)) if n > 0.0 && n <= 1_000.0 => n,
            Some((_, range)) => {
                table.file.say(lint::scenario::a_day(range));
                return;
            }
        };
        if texts.is_empty() {
            table.file.say(lint::keys::missing(
                table.range.clone(),
                "[[scenario.usual]]",
                "texts",
                "[\"one post\", \"another\"]",
            ));
            return;
        }
        let Some(range) = range else { return };
        let (mut owed, waking) = (0.0, (WAKING.1 - WAKING.0) * 3_600_000);
        for day in range {
            owed += a_day;
            let today = owed as i64;
            owed -= today as f64;
            for nth in 0..today {
                if posts.len() > MOST_POSTS {
                    return;
                }
                let within = WAKING.0 * 3_600_000 + waking * nth / today.max(1);
                let at = plus_ms(self.start, (day - 1) * DAY_MS + within);
                let Some(words) = texts.get(posts.len() % texts.len()) else { return };
                posts.push(Post {
                    id: format!("{USUAL}{}", posts.len() + 1),
                    ..one(table, posts.len(), at, words.value)
                });
            }
        }
    }

    fn expected(&self, table: &Table<'_, '_>, rules: &RuleSet) -> Expected {
        table.only(&["product", "topic", "team", "from", "by", "told_by"]);
        let product = table.text("product", "\"mini-9\"");
        let topic = table.text("topic", "\"keys-too-close\"");
        let team = table.text("team", "\"netbooks\"");
        let known = |words: &Option<Words<'_>>, what: &str, names: Vec<&str>| {
            if let Some(words) = words.as_ref().filter(|words| !names.contains(&words.value)) {
                table.file.say(lint::scenario::unknown(words.range.clone(), what, words.value, &names));
            }
        };
        known(&product, "product", rules.products.iter().map(|p| p.id.as_str()).collect());
        let named = product.as_ref().and_then(|id| rules.products.iter().find(|p| p.id == id.value));
        let of_named = |id: &str| named.is_none_or(|p| p.topics.iter().any(|t| t.id == id));
        let has = |id: &str| rules.products.iter().find(|p| p.topics.iter().any(|t| t.id == id));
        match (&topic, named, topic.as_ref().and_then(|topic| has(topic.value))) {
            (Some(topic), Some(product), Some(other)) if !of_named(topic.value) => {
                table.file.say(lint::scenario::of_another(
                    topic.range.clone(),
                    topic.value,
                    &product.id,
                    &other.id,
                ));
            }
            _ => {
                let all = rules.products.iter().filter(|p| named.is_none_or(|named| named.id == p.id));
                let of: Vec<&str> = all.flat_map(|p| &p.topics).map(|t| t.id.as_str()).collect();
                let none = of.is_empty() && !rules.products.iter().all(|p| p.topics.is_empty());
                match (&topic, named) {
                    (Some(topic), Some(product)) if none => {
                        table.file.say(lint::scenario::without_topics(
                            topic.range.clone(),
                            topic.value,
                            &product.id,
                        ));
                    }
                    _ => known(&topic, "topic", of),
                }
            }
        }
        known(&team, "team", rules.teams.keys().map(String::as_str).collect());
        let text = |words: Option<Words<'_>>| words.map(|words| words.value.to_owned());
        let (from, by) = (self.time(table, "from", false), self.time(table, "by", true));
        if let (Some(from), Some(by)) = (from, by)
            && from > by
            && let Some(range) = table.key_range("from")
        {
            table.file.say(lint::scenario::backwards(range));
        }
        Expected {
            product: text(product),
            topic: text(topic),
            team: text(team),
            from,
            by,
            told_by: self.time(table, "told_by", true),
            place: self.table.file.place(table.range.clone()),
        }
    }
}

/// A post of a scenario. Without an author it is of somebody who has not spoken before.
fn one(table: &Table<'_, '_>, number: usize, at: Timestamp, text: &str) -> Post {
    let field = |key: &str| table.text(key, "\"…\"").map(|words| words.value.to_owned());
    let amount = |key: &str| table.number(key, "1").map(|(number, _)| number);
    Post {
        id: format!("post-{}", number + 1),
        source: field("source").unwrap_or_else(|| "scenario".to_owned()),
        author: Some(field("author").unwrap_or_else(|| format!("somebody-{}", number + 1))),
        author_name: None,
        followers: amount("followers").filter(|n| *n >= 0.0).map(|n| n as u64),
        text: text.to_owned(),
        title: field("title"),
        url: field("url"),
        created_at: at,
        arrived_at: at,
        lang: field("lang"),
        region: field("region"),
        in_reply_to: None,
        repost_of: field("repost_of"),
        rating: amount("rating"),
    }
}

/// `3`, `1-30`.
fn day_range(text: &str) -> Option<std::ops::RangeInclusive<i64>> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let day = |text: &str| text.trim().parse::<i64>().ok().filter(|day| (1..=MOST_DAYS).contains(day));
    let Range { start, end } = day(from)?..day(to)?;
    (start <= end).then_some(start..=end)
}

fn midnight(date: Date) -> Option<Timestamp> {
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}
