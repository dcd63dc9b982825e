//! Teams that nobody can write to.
//!
//! Why: an alert that reaches nobody is worse than none. Fix: an address in teams.toml.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::suggest::{closest, few, is_slip};
use super::zones;
use crate::logic::rules::schedule::Schedule;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 14] = [
    Doc::error(
        "product-unknown-team",
        "A product of a team that does not exist",
        "Its alerts would reach nobody.",
        Shown::Product(
            r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = 'mini9'
team  = "netbook""#,
        ),
        r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = 'mini9'
team  = "netbooks""#,
    ),
    Doc::error(
        "team-no-address",
        "A team without an address",
        "Its alerts would reach nobody.",
        Shown::Teams(
            r#"[team.netbooks]
email = []"#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]"#,
    ),
    Doc::error(
        "team-bad-address",
        "An address that is none",
        "Its alerts would reach nobody.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks"]"#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]"#,
    ),
    Doc::error(
        "team-bad-budget",
        "A false-alarm budget that means nothing",
        "It is over 0 and at most 1000 a year.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
false_alarms_a_year = 0"#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
false_alarms_a_year = 4"#,
    ),
    Doc::error(
        "team-bad-viral",
        "A number of viral alerts that means nothing",
        "It is over 0 and at most 1000 a year. Without the key nobody is told when a complaint is only shared.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
viral_alerts_a_year = 0"#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
viral_alerts_a_year = 6"#,
    ),
    Doc::error(
        "team-bad-mails",
        "A limit of mails that means nothing",
        "It is a whole number from 1 to 1000. What is beyond it a day is told in one collected mail; safety alerts are always told at once.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
mails_a_day = 0"#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
mails_a_day = 12"#,
    ),
    Doc::error(
        "team-bad-digest",
        "A digest without a day and a time",
        "It would never go out.",
        Shown::Teams(
            r#"[team.netbooks]
email  = ["netbooks@example.org"]
digest = "mondays at 8""#,
        ),
        r#"[team.netbooks]
email  = ["netbooks@example.org"]
digest = "monday 08:00 America/New_York""#,
    ),
    Doc::error(
        "team-bad-zone",
        "A time zone that does not exist",
        "Quiet hours and digests would be those of another place.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
zone = "Lisbon""#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
zone = "Europe/Lisbon""#,
    ),
    Doc::error(
        "team-bad-alerts",
        "Alert letters at a time that cannot be read",
        "They would never go out.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
alerts = "sometimes""#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
alerts = "daily 08:00 Europe/Lisbon""#,
    ),
    Doc::error(
        "team-alerts-without-digest",
        "Alerts that a digest is to tell, and no digest",
        "Nobody would hear of them.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
alerts = "digest""#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
alerts = "digest"
digest = "monday 08:00 Europe/Lisbon""#,
    ),
    Doc::error(
        "team-bad-quiet",
        "Quiet hours or days that cannot be read",
        "The team would be written to in the night.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Europe/Lisbon"
quiet = "8pm-7am""#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Europe/Lisbon"
quiet = "20:00-07:00""#,
    ),
    Doc::error(
        "team-always-quiet",
        "Quiet hours without an end",
        "What waits for them to end would wait for ever.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Europe/Lisbon"
quiet = ["07:00-19:00", "19:00-07:00"]"#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Europe/Lisbon"
quiet = "19:00-07:00""#,
    ),
    Doc::warning(
        "team-quiet-without-zone",
        "Quiet hours without a time zone",
        "They are then those of Greenwich, all year.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]
quiet = "20:00-07:30""#,
        ),
        r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Europe/Lisbon"
quiet = "20:00-07:30""#,
    ),
    Doc::warning(
        "team-unused",
        "A team that no product and no route names",
        "It gets no mail.",
        Shown::Teams(
            r#"[team.netbooks]
email = ["netbooks@example.org"]

[team.kitchen]
email = ["kitchen@example.org"]"#,
        ),
        "",
    ),
];

/// `product-unknown-team`. `owner` is the team that has this address, where an address stands instead of a name.
pub(in crate::logic::rules) fn unknown(
    range: Range<usize>,
    team: &str,
    known: &[&str],
    owner: Option<&str>,
) -> Problem {
    let say = |message: String| Problem::error("product-unknown-team", range.clone(), message);
    if is_address(team.trim()) {
        let problem = say(format!("\"{team}\" is an address, and the name of a team belongs here"));
        let name = team.split('@').next().unwrap_or_default();
        let name: String = name
            .to_ascii_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        return match owner {
            Some(owner) => problem
                .help(format!("write \"{owner}\": that team has this address in teams.toml"))
                .fix(range.clone(), format!("\"{owner}\"")),
            None => problem.help(format!(
                "write team = \"{name}\" here, and into teams.toml [team.{name}] and below it email = [\"{team}\"]"
            )),
        };
    }
    let near = closest(team, known.iter().copied());
    let help = match (near, known) {
        (Some(near), _) => format!("did you mean \"{near}\"?"),
        (None, []) => {
            format!("write it into teams.toml: [team.{team}] and below it email = [\"{team}@example.org\"]")
        }
        (None, known) => {
            format!("add [team.{team}] to teams.toml, or take one of: {}", few(known, ", "))
        }
    };
    let problem = say(format!("there is no team \"{team}\" in teams.toml")).help(help);
    match near {
        Some(near) if is_slip(team, near) => problem.fix(range, format!("\"{near}\"")),
        Some(_) => problem,
        None => problem,
    }
}

/// `team-no-address`
pub(in crate::logic::rules) fn no_address(range: Range<usize>, team: &str) -> Problem {
    Problem::error(
        "team-no-address",
        range,
        format!("team \"{team}\" has no address: its alerts would reach nobody"),
    )
    .help("write email = [\"name@example.org\"]")
}

/// `team-bad-address`
pub(in crate::logic::rules) fn bad_address(range: Range<usize>, address: &str) -> Problem {
    Problem::error("team-bad-address", range, format!("\"{address}\" is not an e-mail address"))
        .help("write name@example.org, one address an entry, without the person's name")
}

/// `team-bad-budget`
pub(in crate::logic::rules) fn bad_budget(range: Range<usize>) -> Problem {
    Problem::error(
        "team-bad-budget",
        range,
        "the false-alarm budget has to be over 0 and at most 1000 a year",
    )
    .help("4 is usual; 1 for a team that wants certainty, 12 for one that wants to hear early")
}

/// `team-bad-viral`
pub(in crate::logic::rules) fn bad_viral(range: Range<usize>) -> Problem {
    Problem::error(
        "team-bad-viral",
        range,
        "the viral alerts have to be a number over 0 and at most 1000 a year",
    )
    .help("6 is usual; leave the key out, and nobody is told when a complaint is only shared")
}

/// `team-bad-mails`
pub(in crate::logic::rules) fn bad_mails(range: Range<usize>) -> Problem {
    Problem::error("team-bad-mails", range, "the most mails a day have to be a whole number from 1 to 1000")
        .help("12 is usual; what is beyond it is told in one collected mail, and safety alerts are always told at once")
}

/// `team-bad-digest`
pub(in crate::logic::rules) fn bad_digest(range: Range<usize>, digest: &str) -> Problem {
    let problem = Problem::error(
        "team-bad-digest",
        range.clone(),
        format!("\"{digest}\" does not say when to send the digest"),
    );
    if let Some((when, zone)) = digest.trim().rsplit_once(' ')
        && let Some(place) = zones::place_of(zone)
    {
        return problem.help(format!(
            "\"{zone}\" is half of a time zone, for summer or winter: write \"{when} {place}\""
        ));
    }
    problem.help("write a weekday (or daily), a time and a time zone: \"monday 08:00 America/New_York\"")
}

/// `team-unused`
pub(in crate::logic::rules) fn unused(range: Range<usize>, team: &str) -> Problem {
    Problem::warning(
        "team-unused",
        range,
        format!("no product and no route names the team \"{team}\": it gets no mail"),
    )
    .help(format!("write team = \"{team}\" in a product, or take the team away"))
}

/// `team-bad-zone`
pub(in crate::logic::rules) fn bad_zone(range: Range<usize>, zone: &str) -> Problem {
    let problem = Problem::error("team-bad-zone", range.clone(), format!("there is no time zone \"{zone}\""));
    if let Some(place) = zones::place_of(zone) {
        return problem.help(format!(
            "write a place that has it, so that summer and winter are right: \"{place}\", or another city there"
        ));
    }
    problem.help("write it as continent and city: \"Europe/Lisbon\", \"America/Sao_Paulo\", \"Asia/Tokyo\"; or \"UTC\"")
}

/// `team-bad-alerts`
pub(in crate::logic::rules) fn bad_alerts(range: Range<usize>, alerts: &str) -> Problem {
    Problem::error("team-bad-alerts", range, format!("\"{alerts}\" does not say when alert letters go out"))
        .help("write \"instant\", \"daily 08:00\", \"monday 08:00\", or \"digest\" for those who want the digest and nothing else")
}

/// `team-alerts-without-digest`
pub(in crate::logic::rules) fn no_digest(range: Range<usize>) -> Problem {
    Problem::error("team-alerts-without-digest", range, "the digest is to tell the alerts, and there is none")
        .help("add a line such as: digest = \"monday 08:00 Europe/Lisbon\"")
}

/// `team-bad-quiet`: hours.
pub(in crate::logic::rules) fn bad_quiet(range: Range<usize>, hours: &str) -> Problem {
    let message = format!("\"{hours}\" does not say from when to when it is quiet");
    // Midnight is the beginning of the next day here.
    let midnight = hours.replace("24:00", "00:00");
    if midnight != hours && crate::logic::rules::quiet::hours(&midnight).is_some() {
        return Problem::error("team-bad-quiet", range.clone(), message)
            .help(format!("midnight is written 00:00: \"{midnight}\""))
            .fix(range, format!("\"{midnight}\""));
    }
    Problem::error("team-bad-quiet", range, message).help("write two times with a hyphen: \"20:00-07:30\"")
}

/// `team-bad-quiet`: a day.
pub(in crate::logic::rules) fn bad_day(range: Range<usize>, day: &str) -> Problem {
    let known = crate::logic::rules::quiet::weekdays();
    let near = closest(&day.to_lowercase(), known);
    let help = near.map_or_else(
        || "write days such as [\"saturday\", \"sunday\"]".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    Problem::error("team-bad-quiet", range, format!("\"{day}\" is no day of the week")).help(help)
}

/// `team-always-quiet`
pub(in crate::logic::rules) fn always_quiet(range: Range<usize>) -> Problem {
    Problem::error("team-always-quiet", range, "it would always be quiet, and what waits would wait for ever")
        .help("for a team that wants no letters about alerts write alerts = \"digest\"")
}

/// `team-quiet-without-zone`
pub(in crate::logic::rules) fn quiet_without_zone(range: Range<usize>) -> Problem {
    Problem::warning("team-quiet-without-zone", range, "without `zone` these are hours of UTC")
        .help("add a line such as: zone = \"Europe/Lisbon\"")
}

/// Is it an address that mail can be sent to? Only the shape is looked at.
pub(in crate::logic::rules) fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && address.len() <= 254
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && (domain == "localhost" || domain.contains('.'))
        && domain.split('.').all(label)
}

/// Does it say when a digest goes out: `monday 08:00 America/New_York`?
pub(in crate::logic::rules) fn is_digest(digest: &str) -> bool {
    Schedule::parse(digest).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in ["a@example.org", "first.last+tag@mail.example.org", "x@localhost", "é@exämple.org"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "a", "@b.org", "a@", "a@b", "a b@c.org", "Ana <a@b.org>", "a@b..org", "a@b.org, c@d.org"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_digest_has_a_day_and_a_time() {
        for good in ["monday 08:00 America/New_York", "Daily 23:59 UTC", "friday 00:00"] {
            assert!(is_digest(good), "{good}");
        }
        for bad in [
            "",
            "monday",
            "monday 8:00",
            "moonday 08:00",
            "monday 24:00",
            "monday 08:00 Mars",
            "monday 08:00 UTC x",
        ] {
            assert!(!is_digest(bad), "{bad}");
        }
    }
}
