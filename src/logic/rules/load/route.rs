//! `[[route]]` and `[fallback]` of teams.toml: read with the teams, and looked over when all products are known.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use super::product::SEVERITIES;
use super::table::{Table, Words};
use crate::ground::alert::Severity;
use crate::ground::diagnostic::{Diagnostic, Level, Place};
use crate::logic::rules::lint::{self, Problem};
use crate::logic::rules::query::Field;
use crate::logic::rules::{Product, Route};
use crate::logic::text::fold;

/// Most routes: they are looked through for each alert, and each is compared with those before it.
const MOST_ROUTES: usize = 500;

/// A route as it was read, with the places of what it names.
pub(super) struct Written {
    route: Route,
    origin: Place,
    products: Vec<(String, Place)>,
    topics: Vec<(String, Place)>,
    segments: Vec<(String, Place)>,
    teams: Vec<(String, Place)>,
    severities: Option<Place>,
}

/// The fallback as it was read.
pub(super) struct Fallback {
    /// Id of the team.
    pub(super) team: String,
    /// Where it is named.
    pub(super) place: Place,
}

/// Reads the routes of the teams file.
pub(super) fn read(root: &Table<'_, '_>, found: &mut Found) {
    if let Some(table) = root.table("fallback", "[fallback]") {
        table.only(&["team"]);
        if let Some(team) = table.required("team", "\"support\"") {
            let place = table.file.place(team.range.clone());
            found.teams_named.insert(team.value.to_owned());
            found.fallback = Some(Fallback { team: team.value.to_owned(), place });
        }
    }
    for (n, table) in root.tables("route", "[[route]]").iter().enumerate() {
        if n == MOST_ROUTES {
            table.file.say(lint::routes::many(table.range.clone(), MOST_ROUTES));
            return;
        }
        let route = route(table, found);
        found.routes.extend(route);
    }
}

fn route(table: &Table<'_, '_>, found: &mut Found) -> Option<Written> {
    const KEYS: [&str; 9] =
        ["product", "topic", "severity", "region", "language", "source", "segment", "team", "also"];
    table.only(&KEYS);
    let file = table.file;
    let named = |key: &str, example: &str| -> Vec<(String, Place)> {
        let words = table.texts(key, example).unwrap_or_default();
        words.into_iter().map(|w| (w.value.trim().to_owned(), file.place(w.range))).collect()
    };
    let teams = named("team", "\"netbooks\"");
    if teams.is_empty() {
        table.lacks("team", "\"netbooks\"");
    }
    found.teams_named.extend(teams.iter().map(|(id, _)| id.clone()));
    let (products, topics) = (named("product", "\"mini-9\""), named("topic", "\"keys-too-close\""));
    let segments = named("segment", "\"Mini 9 Pro\"");
    let severity: Vec<Severity> = table
        .texts("severity", "\"safety\"")
        .unwrap_or_default()
        .into_iter()
        .filter_map(|words| severity(file, &words))
        .collect();
    let in_quotes = |code: &str| format!("\"{code}\"");
    let tags = |key: &str, field: &str, example: &str| -> Vec<String> {
        let words = table.texts(key, example).unwrap_or_default();
        words
            .into_iter()
            .filter_map(|words| match Field::of_text(field, words.value) {
                Ok(Field::Region(tag)) => {
                    let problem = lint::codes::region(words.range, words.value, in_quotes);
                    problem.into_iter().for_each(|problem| file.say(problem));
                    Some(tag)
                }
                Ok(Field::Lang(tag)) => {
                    let problem = lint::codes::language(words.range, words.value, in_quotes);
                    problem.into_iter().for_each(|problem| file.say(problem));
                    Some(tag)
                }
                Ok(_) => None,
                Err(expected) => {
                    file.say(lint::routes::bad_value(words.range, key, words.value, expected));
                    None
                }
            })
            .collect()
    };
    let ids = |named: &[(String, Place)]| named.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    let route = Route {
        product: ids(&products),
        topic: ids(&topics),
        severity,
        region: tags("region", "region", "\"BR\""),
        language: tags("language", "lang", "\"pt\""),
        source: ids(&named("source", "\"reddit\"")),
        segment: ids(&segments),
        team: ids(&teams),
        also: table.bool("also").unwrap_or(false),
        origin: Some(table.place()),
    };
    let severities = table.value_range("severity").map(|range| file.place(range));
    let origin = table.place();
    (!teams.is_empty()).then_some(Written { route, origin, products, topics, segments, teams, severities })
}

fn severity(file: &super::file::File<'_>, words: &Words<'_>) -> Option<Severity> {
    let known = SEVERITIES.iter().find(|(name, _)| *name == words.value).map(|(_, severity)| *severity);
    if known.is_none() {
        let names: Vec<&str> = SEVERITIES.iter().map(|(name, _)| *name).collect();
        let (range, value) = (words.range.clone(), words.value);
        file.say(lint::values::unknown("unknown-severity", range, "severity", value, &names));
    }
    known
}

/// What is wrong with the routes, now that all teams, products and topics are known. Where `sound` is `false` something
/// else is wrong, and a product or topic may be in what could not be read.
pub(super) fn look_over(found: &Found, sound: bool) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut say = |problem: Problem, place: &Place| told.push(problem.at(place.clone()));
    let teams: Vec<&str> = found.team_ids.iter().map(String::as_str).collect();
    let of_teams = found.routes.iter().flat_map(|written| &written.teams);
    let fallback = found.fallback.as_ref().map(|f| (&f.team, &f.place));
    for (team, place) in of_teams.map(|(team, place)| (team, place)).chain(fallback) {
        if !found.teams_broken && !teams.contains(&team.as_str()) {
            say(lint::routes::unknown(place.start..place.end, "team", team, "", &teams), place);
        }
    }
    if !sound {
        return told;
    }
    let mut topics: BTreeMap<&str, Vec<&Product>> = BTreeMap::new();
    for product in &found.products {
        for topic in &product.topics {
            topics.entry(&topic.id).or_default().push(product);
        }
    }
    let products: Vec<&str> = found.products.iter().map(|p| p.id.as_str()).collect();
    let of_topic = |topic: &str| -> Vec<String> {
        topics.get(topic).into_iter().flatten().map(|p| p.id.clone()).collect()
    };
    for (n, written) in found.routes.iter().enumerate() {
        let route = &written.route;
        let mut known = true;
        for (id, place) in &written.products {
            if !products.contains(&id.as_str()) {
                known = false;
                say(lint::routes::unknown(place.start..place.end, "product", id, "", &products), place);
            }
        }
        for (id, place) in &written.topics {
            let within = |product: &&Product| route.product.is_empty() || route.product.contains(&product.id);
            let fits = topics.get(id.as_str()).is_some_and(|of| of.iter().any(within));
            if !fits && known {
                let here = found.products.iter().filter(within).flat_map(|p| &p.topics);
                let here: Vec<&str> = here.map(|t| t.id.as_str()).collect();
                let of = route.product.join(" or ");
                say(lint::routes::unknown(place.start..place.end, "topic", id, &of, &here), place);
                known = false;
            }
        }
        for (name, place) in &written.segments {
            let within = |product: &&Product| route.product.is_empty() || route.product.contains(&product.id);
            let here = || found.products.iter().filter(within).flat_map(|p| &p.segments);
            if known && !here().any(|segment| fold(&segment.name) == fold(name)) {
                let here: Vec<&str> = here().map(|segment| segment.name.as_str()).collect();
                let of = route.product.join(" or ");
                say(lint::routes::unknown(place.start..place.end, "segment", name, &of, &here), place);
                known = false;
            }
        }
        if !known {
            continue;
        }
        let place = &written.origin;
        let range = place.start..place.end;
        let before = found.routes.iter().take(n).filter(|b| !b.route.also);
        let covering = || before.clone().find(|before| before.route.covers(route, &of_topic));
        // Who gets it too gets it whatever decides.
        if let Some(earlier) = (!route.also).then(covering).flatten() {
            let at = format!("{}:{}", earlier.origin.file, earlier.origin.line);
            say(lint::routes::unreachable(range.clone(), &at), place);
        } else if let Some(place) = &written.severities
            && !possible(&found.products, route)
        {
            let asked: Vec<String> = route.severity.iter().map(ToString::to_string).collect();
            say(lint::routes::never(place.start..place.end, &asked.join(" or ")), place);
        }
        if route.takes_all() && !route.also {
            say(lint::routes::takes_all(range), place);
        }
    }
    if let Some(fallback) = &found.fallback
        && found.products.iter().all(|product| product.team_at.is_some())
        && !found.products.is_empty()
    {
        let place = &fallback.place;
        say(lint::routes::fallback_unused(place.start..place.end, &fallback.team), place);
    }
    told
}

/// Can any alert that a route could be about have one of its severities? Clusters are normal, and everything can turn out
/// to be dangerous.
fn possible(products: &[Product], route: &Route) -> bool {
    let mut can: BTreeSet<Severity> = [Severity::Safety].into();
    for product in products.iter().filter(|p| route.product.is_empty() || route.product.contains(&p.id)) {
        let named = product.topics.iter().filter(|t| route.topic.is_empty() || route.topic.contains(&t.id));
        can.extend(named.map(|topic| topic.severity));
        if route.topic.is_empty() {
            can.insert(Severity::Normal);
        }
    }
    route.severity.iter().any(|severity| can.contains(severity))
}

/// Is all else sound?
pub(super) fn all_sound(told: &[Diagnostic]) -> bool {
    told.iter().all(|d| d.level == Level::Warning || d.code == lint::examples::CODE)
}

/// The routes and the fallback, where they are sound.
pub(super) fn taken(found: &mut Found) -> (Vec<Route>, Option<(String, Place)>) {
    let routes = std::mem::take(&mut found.routes).into_iter().map(|written| written.route).collect();
    (routes, found.fallback.take().map(|fallback| (fallback.team, fallback.place)))
}
