//! `teams.toml`: who gets mail.

use super::Found;
use super::product::choice;
use super::table::{Table, is_id};
use crate::logic::rules::{Team, lint};
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
    root.only(&["team"]);
    let Some(teams) = root.table("team", "[team]") else { return };
    let ids: Vec<_> = teams.entries().map(|(id, range, _)| (id.to_owned(), range)).collect();
    for (id, range) in ids {
        if !is_id(&id) {
            root.file.say(lint::ids::shape(range, &id));
        }
        found.team_ids.push(id.clone());
        if let Some(table) = teams.table(&id, &format!("[team.{id}]"))
            && let Some(team) = team(&table, &id)
        {
            found.teams.insert(id, team);
        }
    }
}

fn team(table: &Table<'_, '_>, id: &str) -> Option<Team> {
    table.only(&["email", "false_alarms_a_year", "viral_alerts_a_year", "mails_a_day", "language", "digest"]);
    let addresses = table.texts("email", "[\"name@example.org\"]").unwrap_or_default();
    if addresses.is_empty() {
        let range = table.key_range("email").unwrap_or_else(|| table.range.clone());
        table.file.say(lint::teams::no_address(range, id));
    }
    let mut email = Vec::new();
    for address in addresses {
        if lint::teams::is_address(address.value.trim()) {
            email.push(address.value.trim().to_owned());
        } else {
            table.file.say(lint::teams::bad_address(address.range, address.value));
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
    let digest = table.text("digest", "\"monday 08:00 America/New_York\"");
    if let Some(digest) = &digest
        && !lint::teams::is_digest(digest.value)
    {
        table.file.say(lint::teams::bad_digest(digest.range.clone(), digest.value));
    }
    let language = choice(table, "language", "team-unknown-language", &LANGUAGES);
    (!email.is_empty()).then(|| Team {
        id: id.to_owned(),
        email,
        false_alarms_a_year: budget,
        viral_alerts_a_year: viral,
        mails_a_day: mails,
        language,
        digest: digest.map(|digest| digest.value.to_owned()),
        origin: table.place(),
    })
}
