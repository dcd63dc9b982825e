//! Numbers, times and names in the words that a person would use.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::ground::time::Timestamp;

/// `1 person`, `9 people`, `1,240 people`.
pub(super) fn people(count: u32) -> String {
    count_of(u64::from(count), "person", "people")
}

/// `1 follower`, `1,240 followers`.
pub(super) fn followers(count: u64) -> String {
    count_of(count, "follower", "followers")
}

/// The count with the noun in its right form.
pub(super) fn count_of(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `in a day`, `in 3 days`.
pub(super) fn in_days(days: u32) -> String {
    if days <= 1 { "in a day".to_owned() } else { format!("in {} days", grouped(u64::from(days))) }
}

/// How many are usual: `none`, `fewer than one`, `1`, `about 2`. Without a noun.
pub(super) fn usual(expected: f64) -> String {
    match expected {
        e if e.is_nan() || e < 0.05 => "none".to_owned(),
        e if e < 0.75 => "fewer than one".to_owned(),
        e if e < 1.25 => "1".to_owned(),
        e if e < 1.75 => "1 or 2".to_owned(),
        e => format!("about {}", grouped(about(e))),
    }
}

/// How often chance alone would bring it, or nothing where the figure says nothing.
pub(super) fn chance(years: f64) -> Option<String> {
    let often = match years {
        y if y.is_nan() || y <= 0.0 => return None,
        y if y < 0.2 => "several times a year".to_owned(),
        y if y < 0.75 => format!("about every {} months", (y * 12.0).round()),
        y if y < 1.5 => "about once a year".to_owned(),
        y if y >= 1_000.0 => "less than once in 1,000 years".to_owned(),
        y => format!("about once in {} years", grouped(about(y))),
    };
    Some(format!("Chance alone would bring this {often}."))
}

/// The tone of what was said, from −1 to 1.
pub(super) fn tone(sentiment: f64) -> &'static str {
    match sentiment {
        s if s <= -0.6 => "very negative",
        s if s <= -0.25 => "negative",
        s if s <= -0.05 => "a little negative",
        s if s < 0.05 => "neutral: people state it rather than rant about it",
        s if s < 0.25 => "mild: the complaint comes with friendly words",
        s if s.is_nan() => "unknown",
        _ => "friendly on the whole: people complain about this one thing",
    }
}

/// `3 March 2025` (UTC).
pub(super) fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string()
}

/// `3 March 2025, 14:05 UTC`.
pub(super) fn date_and_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// `3 March, 14:05 UTC`, with the year where it is not the year of `now`.
pub(super) fn moment(at: Timestamp, now: Timestamp) -> String {
    let (zoned, now) = (at.to_zoned(TimeZone::UTC), now.to_zoned(TimeZone::UTC));
    if zoned.year() == now.year() {
        zoned.strftime("%-d %B, %H:%M UTC").to_string()
    } else {
        date_and_time(at)
    }
}

/// `3 March`, of a day counted from 1970.
pub(super) fn day(day: i64) -> String {
    let at = crate::ground::time::from_ms(day.saturating_mul(crate::ground::time::DAY_MS));
    at.to_zoned(TimeZone::UTC).strftime("%-d %B").to_string()
}

/// `less than a day`, `a day`, `12 days`, `5 weeks`, from a span of days.
pub(super) fn span(days: f64) -> String {
    match days {
        d if d.is_nan() || d < 0.75 => "less than a day".to_owned(),
        d if d < 1.5 => "a day".to_owned(),
        d if d < 21.0 => format!("{} days", d.round()),
        d if d < 100.0 => format!("{} weeks", (d / 7.0).round()),
        d if d < 700.0 => format!("{} months", (d / 30.44).round()),
        d => format!("{} years", (d / 365.25).round()),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Names with their counts, the greatest first, at most `limit` of them: `bluesky 5, reddit 3 and 2 more`.
/// A count is left out where there is one name alone.
pub(super) fn shares(counts: &BTreeMap<String, u32>, limit: usize, name: impl Fn(&str) -> String) -> String {
    let mut ranked: Vec<(&String, u32)> = counts.iter().map(|(name, count)| (name, *count)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    if let [(only, _)] = ranked.as_slice() {
        return name(only);
    }
    let mut parts: Vec<String> = ranked
        .iter()
        .take(limit)
        .map(|(key, count)| format!("{} {}", name(key), grouped(u64::from(*count))))
        .collect();
    if ranked.len() > limit {
        parts.push(format!("{} more", ranked.len() - limit));
    }
    list(&parts)
}

/// The language's name where it is a common one, or its tag.
pub(super) fn language(tag: &str) -> String {
    let base = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
    look_up(LANGUAGES, &base).map_or_else(|| super::clean::clip(tag, 12), str::to_owned)
}

/// The country's name where it is a common one, or the tag.
pub(super) fn region(tag: &str) -> String {
    look_up(REGIONS, &tag.to_ascii_uppercase()).map_or_else(|| super::clean::clip(tag, 24), str::to_owned)
}

/// Thousands apart: `12,400`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Rounded as people say it: whole numbers up to 20, then two figures.
fn about(value: f64) -> u64 {
    let whole = value.round().clamp(0.0, 1e15);
    if whole <= 20.0 {
        return whole as u64;
    }
    let unit = 10_f64.powf(whole.log10().floor() - 1.0);
    ((value / unit).round() * unit) as u64
}

fn look_up(table: &[(&str, &'static str)], key: &str) -> Option<&'static str> {
    table.iter().find(|(tag, _)| *tag == key).map(|(_, name)| *name)
}

const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("de", "German"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("hi", "Hindi"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("und", "language unknown"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

const REGIONS: &[(&str, &str)] = &[
    ("AR", "Argentina"),
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CH", "Switzerland"),
    ("CL", "Chile"),
    ("CN", "China"),
    ("CO", "Colombia"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("ES", "Spain"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("IE", "Ireland"),
    ("IN", "India"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("KR", "South Korea"),
    ("MX", "Mexico"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("NZ", "New Zealand"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("SE", "Sweden"),
    ("UA", "Ukraine"),
    ("US", "United States"),
    ("ZA", "South Africa"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let said: Vec<String> = [0.0, 0.3, 0.8, 1.0, 1.4, 2.2, 19.6, 23.4, 1_234.0].map(usual).into();
        assert_eq!(
            said,
            ["none", "fewer than one", "1", "1", "1 or 2", "about 2", "about 20", "about 23", "about 1,200"]
        );
        assert_eq!(usual(f64::NAN), "none");
        assert_eq!(people(1), "1 person");
        assert_eq!(people(1_240), "1,240 people");
        assert_eq!(in_days(1), "in a day");
    }

    #[test]
    fn chance_is_a_waiting_time_and_never_a_p_value() {
        assert_eq!(chance(41.3).unwrap(), "Chance alone would bring this about once in 41 years.");
        assert_eq!(chance(0.25).unwrap(), "Chance alone would bring this about every 3 months.");
        assert_eq!(chance(1e12).unwrap(), "Chance alone would bring this less than once in 1,000 years.");
        assert_eq!(chance(f64::INFINITY).unwrap(), chance(1e12).unwrap());
        assert_eq!(chance(f64::NAN), None);
    }

    #[test]
    fn shares_name_the_greatest_first_and_count_the_rest() {
        let counts = BTreeMap::from([
            ("b".to_owned(), 2),
            ("a".to_owned(), 2),
            ("c".to_owned(), 9),
            ("d".to_owned(), 1),
        ]);
        assert_eq!(shares(&counts, 3, str::to_owned), "c 9, a 2, b 2 and 1 more");
        assert_eq!(shares(&BTreeMap::from([("x".to_owned(), 5)]), 3, str::to_owned), "x");
    }

    #[test]
    fn spans_and_dates() {
        assert_eq!(
            [0.1, 1.0, 12.2, 33.0, 200.0, 800.0].map(span).join("; "),
            "less than a day; a day; 12 days; 5 weeks; 7 months; 2 years"
        );
        assert_eq!(date_and_time("2025-03-03T14:05:59Z".parse().unwrap()), "3 March 2025, 14:05 UTC");
        let at = "2024-12-31T14:05:59Z".parse().unwrap();
        assert_eq!(moment(at, at), "31 December, 14:05 UTC");
        assert_eq!(moment(at, "2025-01-01T00:00:00Z".parse().unwrap()), "31 December 2024, 14:05 UTC");
        assert_eq!(day(0), "1 January");
        assert_eq!(language("pt-BR"), "Portuguese");
        assert_eq!(region("br"), "Brazil");
        assert_eq!(region("ZZ"), "ZZ");
    }
}
