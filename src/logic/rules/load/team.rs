//! `teams.toml`: who gets mail.

mod heading;

use jiff::tz::TimeZone;

use super::Found;
use super::product::choice;
use super::table::{Table, is_id};
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};
use crate::logic::rules::quiet::{self, Quiet};
use crate::logic::rules::{Alerts, Schedule, Team, lint};
use crate::logic::text::Lang;

/// The budget of a team that does not name one.
const USUAL_BUDGET: f64 = 4.0;
/// The largest budget that means anything.
const LARGEST_BUDGET: f64 = 1_000.0;
/// Alert mails a day of a team that does not say how many. A team with the usual budget gets a dozen a year; so many in a
/// day are a flood.
const USUAL_MAILS: u32 = 12;
/// More a day is no limit.
const LARGEST_MAILS: f64 = 1_000.0;

/// Languages that a team may read in.
const LANGUAGES: [(&str, Lang); 5] = [
    ("en", Lang::English),
    ("pt", Lang::Portuguese),
    ("fr", Lang::French),
    ("es", Lang::Spanish),
    ("de", Lang::German),
];

/// Reads the teams of the teams file.
pub(super) fn read(root: &Table<'_, '_>, found: &mut Found) {
    root.only(&["team", "route", "fallback"]);
    super::route::read(root, found);
    if heading::is_unnamed(root, found) {
        return;
    }
    let Some(teams) = root.table("team", "[team]") else { return };
    let ids: Vec<_> = teams.entries().map(|(id, range, _)| (id.to_owned(), range)).collect();
    for (id, range) in ids {
        if !is_id(&id) {
            root.file.say(lint::ids::shape(range, &id));
        }
        found.team_ids.push(id.clone());
        if heading::is_double(&teams, &id) {
            found.teams_broken = true;
            continue;
        }
        if let Some(table) = teams.table(&id, &format!("[team.{id}]"))
            && let Some(team) = team(&table, &id)
        {
            let own = recipients(&table, &team);
            found.teams.extend(own.into_iter().map(|recipient| (recipient.id.clone(), recipient)));
            found.teams.insert(id, team);
        }
    }
}

fn team(table: &Table<'_, '_>, id: &str) -> Option<Team> {
    table.only(&[
        "email",
        "false_alarms_a_year",
        "viral_alerts_a_year",
        "mails_a_day",
        "language",
        "zone",
        "digest",
        "alerts",
        "quiet",
        "quiet_days",
        "recipient",
    ]);
    let addresses = table.texts("email", "[\"name@example.org\"]").unwrap_or_default();
    if addresses.is_empty() {
        let range = table.key_range("email").unwrap_or_else(|| table.range.clone());
        table.file.say(lint::teams::no_address(range, id));
    }
    let places: Vec<_> = addresses.iter().map(|address| (address.value, address.range.clone())).collect();
    lint::address_twice::told(&places, id).into_iter().for_each(|problem| table.file.say(problem));
    let mut email = Vec::new();
    for address in addresses {
        if lint::teams::is_address(address.value.trim()) {
            email.push(address.value.trim().to_owned());
        } else {
            let listed = table.value_is_array("email");
            let several = lint::recipients::several(address.range.clone(), address.value, listed);
            table.file.say(several.unwrap_or_else(|| lint::teams::bad_address(address.range, address.value)));
        }
    }
    let mut budget = USUAL_BUDGET;
    if let Some((number, range)) = table.number("false_alarms_a_year", "4") {
        if number > 0.0 && number <= LARGEST_BUDGET {
            budget = number;
        } else {
            table.file.say(lint::teams::bad_budget(range));
        }
    }
    let mut viral = None;
    if let Some((number, range)) = table.number("viral_alerts_a_year", "6") {
        if number > 0.0 && number <= LARGEST_BUDGET {
            viral = Some(number);
        } else {
            table.file.say(lint::teams::bad_viral(range));
        }
    }
    let mut mails = USUAL_MAILS;
    if let Some((number, range)) = table.number("mails_a_day", "12") {
        if number.fract() == 0.0 && (1.0..=LARGEST_MAILS).contains(&number) {
            mails = number as u32;
        } else {
            table.file.say(lint::teams::bad_mails(range));
        }
    }
    let zone = zone(table);
    let digest = digest(table);
    let language = choice(table, "language", "team-unknown-language", &LANGUAGES);
    let alerts = alerts(table, zone.as_ref(), digest.is_some());
    let quiet = quiet(table, zone.as_ref());
    tell_list_in_quiet(table, &alerts, quiet.as_ref());
    (!email.is_empty()).then(|| Team {
        id: id.to_owned(),
        email,
        false_alarms_a_year: budget,
        viral_alerts_a_year: viral,
        mails_a_day: mails,
        language,
        digest,
        zone,
        alerts,
        quiet,
        of: None,
        origin: table.place(),
    })
}

/// The recipients of a team who want its letters at times of their own. What one leaves out is as for the team.
fn recipients(table: &Table<'_, '_>, team: &Team) -> Vec<Team> {
    let mut found: Vec<Team> = Vec::new();
    for table in table.tables("recipient", &format!("[[team.{}.recipient]]", team.id)) {
        table.only(&["email", "language", "zone", "digest", "alerts", "quiet", "quiet_days"]);
        let Some(words) = table.required("email", "\"name@example.org\"") else { continue };
        let address = words.value.trim();
        if !lint::teams::is_address(address) {
            table.file.say(lint::teams::bad_address(words.range, words.value));
            continue;
        }
        let known = team.email.iter().chain(found.iter().flat_map(|other| &other.email));
        if known.into_iter().any(|other| other.eq_ignore_ascii_case(address)) {
            table.file.say(lint::recipients::twice(words.range, address, &team.id));
            continue;
        }
        let zone = zone(&table).or_else(|| team.zone.clone());
        let digest = digest(&table);
        let own = |key| table.key_range(key).is_some();
        let alerts = match own("alerts") {
            true => alerts(&table, zone.as_ref(), digest.is_some()),
            // Who has no digest would hear of nothing where the team's digest tells everything.
            false if team.alerts == Alerts::InDigest && digest.is_none() => Alerts::AtOnce,
            false => team.alerts.clone(),
        };
        let quiet = match own("quiet") || own("quiet_days") {
            true => quiet(&table, zone.as_ref()),
            false => team.quiet.clone(),
        };
        tell_list_in_quiet(&table, &alerts, quiet.as_ref());
        found.push(Team {
            id: format!("{}/{}", team.id, address.to_lowercase()),
            email: vec![address.to_owned()],
            language: choice(&table, "language", "team-unknown-language", &LANGUAGES).or(team.language),
            digest,
            zone,
            alerts,
            quiet,
            of: Some(team.id.clone()),
            origin: table.place(),
            ..team.clone()
        });
    }
    found
}

/// The zone that times are meant in.
fn zone(table: &Table<'_, '_>) -> Option<TimeZone> {
    let words = table.text("zone", "\"Europe/Lisbon\"")?;
    let zone = quiet::zone(words.value.trim());
    if zone.is_none() {
        table.file.say(lint::teams::bad_zone(words.range, words.value));
    } else if let Some(problem) = lint::zones::fixed(words.range, words.value) {
        table.file.say(problem);
    }
    zone
}

/// Tells where the list of a team's alerts is due at an hour at which it wants to be left alone.
fn tell_list_in_quiet(table: &Table<'_, '_>, alerts: &Alerts, quiet: Option<&Quiet>) {
    let (Alerts::Listed(schedule), Some(quiet)) = (alerts, quiet) else { return };
    let Some(range) = ["alerts", "quiet", "quiet_days"].iter().find_map(|key| table.value_range(key)) else {
        return;
    };
    // A daily one that is quiet at the weekend alone is what people mean.
    let mut days =
        std::iter::successors(schedule.next_after(Timestamp::UNIX_EPOCH), |at| schedule.next_after(*at));
    if days.by_ref().take(7).all(|at| quiet.ends(at).is_some()) {
        let written = table.plain_text("alerts").unwrap_or("the hour of the team's list");
        table.file.say(lint::list_in_quiet::told(range, written));
    }
}

/// When the digest goes out.
fn digest(table: &Table<'_, '_>) -> Option<String> {
    let digest = table.text("digest", "\"monday 08:00 America/New_York\"")?;
    if !lint::teams::is_digest(digest.value) {
        table.file.say(lint::teams::bad_digest(digest.range.clone(), digest.value));
    }
    let zone = digest
        .value
        .split_whitespace()
        .nth(2)
        .and_then(|zone| lint::zones::fixed(digest.range.clone(), zone));
    zone.into_iter().for_each(|problem| table.file.say(problem));
    Some(digest.value.to_owned())
}

/// When letters about alerts go out.
fn alerts(table: &Table<'_, '_>, zone: Option<&TimeZone>, has_digest: bool) -> Alerts {
    let Some(words) = table.text("alerts", "\"daily 08:00\"") else { return Alerts::AtOnce };
    match words.value.trim() {
        "instant" => Alerts::AtOnce,
        "digest" if has_digest => Alerts::InDigest,
        "digest" => {
            table.file.say(lint::teams::no_digest(words.range));
            Alerts::AtOnce
        }
        other => match Schedule::parse_in(other, zone) {
            Some(schedule) => Alerts::Listed(schedule),
            None => {
                table.file.say(lint::teams::bad_alerts(words.range, other));
                Alerts::AtOnce
            }
        },
    }
}

/// When the team wants to be left alone.
fn quiet(table: &Table<'_, '_>, zone: Option<&TimeZone>) -> Option<Quiet> {
    let mut quiet =
        Quiet { hours: Vec::new(), days: Vec::new(), zone: zone.cloned().unwrap_or(TimeZone::UTC) };
    for words in table.texts("quiet", "\"20:00-07:30\"").unwrap_or_default() {
        match quiet::hours(words.value.trim()) {
            Some(hours) => quiet.hours.push(hours),
            None => table.file.say(lint::teams::bad_quiet(words.range, words.value)),
        }
    }
    for words in table.texts("quiet_days", "[\"saturday\", \"sunday\"]").unwrap_or_default() {
        match quiet::weekday(words.value.trim()) {
            Some(day) => quiet.days.push(day),
            None => table.file.say(lint::teams::bad_day(words.range, words.value)),
        }
    }
    if quiet.hours.is_empty() && quiet.days.is_empty() {
        return None;
    }
    let range = ["quiet", "quiet_days"].iter().find_map(|key| table.key_range(key))?;
    // Any day will do: what is quiet on all days has no end on none.
    let some_day = Timestamp::UNIX_EPOCH;
    let hours = plus_ms(some_day, DAY_MS / 2);
    if [some_day, hours].iter().any(|at| quiet.ends(*at).is_some_and(|end| end > plus_ms(*at, 8 * DAY_MS))) {
        table.file.say(lint::teams::always_quiet(range));
        return None;
    }
    // One that cannot be read is told as such.
    if zone.is_none() && table.key_range("zone").is_none() {
        table.file.say(lint::teams::quiet_without_zone(range));
    }
    Some(quiet)
}
