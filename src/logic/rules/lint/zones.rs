//! Time zones by the letters that people write: a place that has them.

/// Letters of a zone, and a large place that keeps it.
const PLACES: [(&str, &str); 34] = [
    ("CEST", "Europe/Berlin"),
    ("CET", "Europe/Berlin"),
    ("MEZ", "Europe/Berlin"),
    ("MESZ", "Europe/Berlin"),
    ("WEST", "Europe/Lisbon"),
    ("WET", "Europe/Lisbon"),
    ("EEST", "Europe/Athens"),
    ("EET", "Europe/Athens"),
    ("BST", "Europe/London"),
    ("GMT+1", "Europe/Berlin"),
    ("UTC+1", "Europe/Berlin"),
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
    PLACES.iter().find(|(name, _)| *name == letters).map(|(_, place)| *place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_a_zone() {
        for (letters, place) in PLACES {
            assert!(jiff::tz::TimeZone::get(place).is_ok(), "{letters}: {place}");
        }
        assert_eq!((place_of("cest"), place_of("Lisbon")), (Some("Europe/Berlin"), None));
    }
}
