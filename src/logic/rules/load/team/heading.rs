//! Headings of teams that do not name them, or have double brackets.

use std::ops::Range;

use super::super::Found;
use super::super::table::{Table, is_id};
use crate::logic::rules::lint;

/// Keys that stand right below `[team]` where somebody gave the team no name of its own.
const OF_A_TEAM: [&str; 4] = ["email", "name", "id", "mails_a_day"];

/// `[[team]]` and `[team]` with the lines of a team below it: told, and true.
pub(super) fn is_unnamed(root: &Table<'_, '_>, found: &mut Found) -> bool {
    let several = root.value_is_array("team");
    let teams = if several {
        root.tables("team", "[[team]]")
    } else {
        root.table("team", "[team]").into_iter().collect()
    };
    let mut unnamed = false;
    for team in teams {
        let own =
            || OF_A_TEAM.iter().filter(|key| team.value_range(key).is_some() && !team.value_is_table(key));
        if !several && own().next().is_none() {
            continue;
        }
        let name = ["id", "name"]
            .into_iter()
            .find_map(|key| Some((key, team.plain_text(key).filter(|id| is_id(id))?)));
        let heading = heading_of(root, &team, several, &own().copied().collect::<Vec<_>>());
        let named = name.map(|(key, name)| {
            let below = team.key_range(key).zip(team.value_range(key));
            let first = below.filter(|(key, _)| {
                root.file.text.get(heading.end..key.start).is_some_and(|between| between.trim().is_empty())
            });
            (name, first.map(|(_, value)| value.end))
        });
        found.team_ids.extend(name.map(|(_, name)| name.to_owned()));
        let written = if several { "[[team]]" } else { "[team]" };
        root.file.say(lint::team_heading::without_name(heading, written, named));
        unnamed = true;
    }
    found.teams_broken |= unnamed;
    unnamed || several
}

/// `[[team.kitchen]]`: told, and true.
pub(super) fn is_double(teams: &Table<'_, '_>, id: &str) -> bool {
    if !teams.value_is_array(id) {
        return false;
    }
    let all = teams.tables(id, &format!("[[team.{id}]]"));
    let Some(first) = all.first() else { return false };
    teams.file.say(lint::team_heading::double(first.range.clone(), id, all.len()));
    true
}

/// Where the heading stands: the place of a table in single brackets is its name alone.
fn heading_of(root: &Table<'_, '_>, team: &Table<'_, '_>, several: bool, keys: &[&str]) -> Range<usize> {
    if several {
        return team.range.clone();
    }
    let first = keys
        .iter()
        .filter_map(|key| team.key_range(key))
        .map(|range| range.start)
        .min()
        .unwrap_or(team.range.end);
    let before = root.file.text.get(..first).unwrap_or_default();
    before.rfind("[team]").map_or_else(|| team.range.clone(), |at| at..at + "[team]".len())
}
