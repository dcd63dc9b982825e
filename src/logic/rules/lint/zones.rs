//! `team-zone-fixed`: a time zone that knows no summer, or says the opposite of what it seems to say; and a place for the letters
//! and the hours that people write in place of one.
//!
//! Why: "Etc/GMT+1" is an hour *behind* UTC, and "EST" has no summer. Fix: continent and city.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "team-zone-fixed",
    "A time zone without summer, or with its sign the other way round",
    "`EST` stays as it is when New York puts its clocks forward, and `Etc/GMT+1` is an hour behind UTC. Of a place both are right.",
    Shown::Teams(
        r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Etc/GMT+1""#,
    ),
    r#"[team.netbooks]
email = ["netbooks@example.org"]
zone  = "Europe/Berlin""#,
)];

/// Letters of a zone, and a large place that keeps it.
const PLACES: [(&str, &str); 32] = [
    ("CEST", "Europe/Berlin"),
    ("CET", "Europe/Berlin"),
    ("MEZ", "Europe/Berlin"),
    ("MESZ", "Europe/Berlin"),
    ("WEST", "Europe/Lisbon"),
    ("WET", "Europe/Lisbon"),
    ("EEST", "Europe/Athens"),
    ("EET", "Europe/Athens"),
    ("BST", "Europe/London"),
    ("MSK", "Europe/Moscow"),
    ("EST", "America/New_York"),
    ("EDT", "America/New_York"),
    ("ET", "America/New_York"),
    ("CST", "America/Chicago"),
    ("CDT", "America/Chicago"),
    ("CT", "America/Chicago"),
    ("MST", "America/Denver"),
    ("MDT", "America/Denver"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("PT", "America/Los_Angeles"),
    ("BRT", "America/Sao_Paulo"),
    ("BRST", "America/Sao_Paulo"),
    ("ART", "America/Argentina/Buenos_Aires"),
    ("IST", "Asia/Kolkata"),
    ("SGT", "Asia/Singapore"),
    ("HKT", "Asia/Hong_Kong"),
    ("JST", "Asia/Tokyo"),
    ("KST", "Asia/Seoul"),
    ("AEST", "Australia/Sydney"),
    ("AEDT", "Australia/Sydney"),
    ("NZST", "Pacific/Auckland"),
];

/// The place, in the form that a zone is written in.
pub(super) fn place_of(letters: &str) -> Option<&'static str> {
    let letters = letters.trim().to_uppercase();
    let named = PLACES.iter().find(|(name, _)| *name == letters).map(|(_, place)| *place);
    named.or_else(|| ahead_of(offset(&letters)?))
}

/// `team-zone-fixed`: the zone `name` stands at `range`, perhaps after a day and a time.
pub(in crate::logic::rules) fn fixed(range: Range<usize>, name: &str) -> Option<Problem> {
    let name = name.trim();
    let say = |message: String| Problem::warning("team-zone-fixed", range.clone(), message);
    if let Some(shift) = name.strip_prefix("Etc/GMT").and_then(|rest| offset(&format!("UTC{rest}"))) {
        let (hours, side) = (shift.abs() / 60, if shift > 0 { "behind" } else { "ahead of" });
        let meant = ahead_of(shift).map_or_else(String::new, |place| {
            format!(": \"{place}\" for UTC{}{hours}", if shift > 0 { "+" } else { "-" })
        });
        return (shift != 0).then(|| {
            say(format!(
                "\"{name}\" is {hours} h {side} UTC: in these names the signs are the other way round"
            ))
            .help(format!("write continent and city{meant}"))
        });
    }
    let place = ["EST", "MST", "HST"].contains(&name).then(|| ahead_of(offset_of(name)?)).flatten()?;
    Some(
        say(format!("\"{name}\" stays the same in summer"))
            .help(format!("write a place: \"{place}\", or another city there")),
    )
}

/// Minutes ahead of UTC of the letters that are a zone by themselves.
fn offset_of(letters: &str) -> Option<i32> {
    [("EST", -300), ("MST", -420), ("HST", -600)].iter().find(|(name, _)| *name == letters).map(|(_, at)| *at)
}

/// Minutes ahead of UTC of `UTC+2`, `GMT-3`, `+05:30`.
fn offset(text: &str) -> Option<i32> {
    let rest = text.trim_start_matches("UTC").trim_start_matches("GMT").trim();
    let (sign, rest) = match rest.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes) = (hours.trim().parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then(|| sign * (hours * 60 + minutes))
}

/// A large place whose clocks are so many minutes ahead of UTC in winter.
fn ahead_of(minutes: i32) -> Option<&'static str> {
    AHEAD.iter().find(|(ahead, _)| *ahead == minutes).map(|(_, place)| *place)
}

/// Minutes ahead of UTC in winter, and a large place there.
const AHEAD: [(i32, &str); 24] = [
    (-600, "Pacific/Honolulu"),
    (-540, "America/Anchorage"),
    (-480, "America/Los_Angeles"),
    (-420, "America/Denver"),
    (-360, "America/Chicago"),
    (-300, "America/New_York"),
    (-240, "America/Halifax"),
    (-210, "America/St_Johns"),
    (-180, "America/Sao_Paulo"),
    (-60, "Atlantic/Azores"),
    (0, "Europe/London"),
    (60, "Europe/Berlin"),
    (120, "Europe/Athens"),
    (180, "Europe/Istanbul"),
    (210, "Asia/Tehran"),
    (240, "Asia/Dubai"),
    (300, "Asia/Karachi"),
    (330, "Asia/Kolkata"),
    (420, "Asia/Bangkok"),
    (480, "Asia/Singapore"),
    (540, "Asia/Tokyo"),
    (570, "Australia/Adelaide"),
    (600, "Australia/Sydney"),
    (720, "Pacific/Auckland"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_a_zone() {
        for (letters, place) in PLACES {
            assert!(jiff::tz::TimeZone::get(place).is_ok(), "{letters}: {place}");
        }
        for (_, place) in AHEAD {
            assert!(jiff::tz::TimeZone::get(place).is_ok(), "{place}");
        }
        assert_eq!((place_of("cest"), place_of("Lisbon")), (Some("Europe/Berlin"), None));
        let hours = ["UTC+1", "gmt-5", "+05:30", "UTC +2", "-20", "UTC", "Lisbon+1"].map(place_of);
        let places =
            [Some("Europe/Berlin"), Some("America/New_York"), Some("Asia/Kolkata"), Some("Europe/Athens")];
        assert_eq!(hours, [places[0], places[1], places[2], places[3], None, None, None]);
    }

    #[test]
    fn zones_that_stand_still_are_told() {
        let told = |name: &str| fixed(0..1, name).map(|problem| (problem.message, problem.help));
        let (message, help) = told("Etc/GMT+1").unwrap();
        assert!(message.contains("1 h behind UTC") && help.contains("Europe/Berlin"), "{message} {help}");
        assert!(told("Etc/GMT-3").unwrap().0.contains("3 h ahead of UTC"));
        assert!(told("EST").unwrap().1.contains("America/New_York"));
        for fine in ["UTC", "Etc/GMT", "Etc/UTC", "Europe/Lisbon", "CET", "GMT"] {
            assert_eq!(told(fine), None, "{fine}");
        }
    }
}
