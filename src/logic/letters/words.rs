//! Numbers, times and names in the words that a person would use, in the reader's language.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::clean;
use super::tongue::Tongue;
use crate::ground::time::{DAY_MS, Timestamp, from_ms};

/// Chance that comes so rarely leaves little doubt, in years.
const VERY_SURE: f64 = 100.0;
/// … and this rarely, some.
const FAIRLY_SURE: f64 = 2.0;
/// Rarer than once in so many years is not counted.
const NEVER: f64 = 1_000.0;

/// What these clocks are called: `CEST`, or `UTC−3` where people have no letters for them.
fn clocks(at: &Zoned) -> String {
    let letters = at.strftime("%Z").to_string();
    if letters.chars().all(|c| c.is_ascii_alphabetic()) {
        return letters;
    }
    let minutes = at.offset().seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// People expected in a stretch of time below which nobody is usual there: more than three of four such stretches bring none.
/// So a day and the week around it are told in the same words, where nobody had said it before.
const HARDLY: f64 = 0.25;

impl Tongue {
    /// `1 person`, `9 people`, `1,240 people`.
    pub(super) fn people(&self, count: u32) -> String {
        self.count("people", u64::from(count))
    }

    /// The people, or `nobody`.
    pub(super) fn people_or_nobody(&self, count: u32) -> String {
        if count == 0 { self.say("nobody") } else { self.people(count) }
    }

    /// The count with the noun of this key.
    pub(super) fn count(&self, key: &str, count: u64) -> String {
        self.tell(key, &[("count", count.into())])
    }

    /// `in a day`, `in 3 days`.
    pub(super) fn in_days(&self, days: u32) -> String {
        self.tell("in-days", &[("days", days.max(1).into())])
    }

    /// How many are usual: `none`, `fewer than one`, `1`, `about 2`. Without a noun.
    pub(super) fn usual(&self, expected: f64) -> String {
        match expected {
            e if e.is_nan() || e < HARDLY => self.say("usual-none"),
            e if e < 0.75 => self.say("usual-below-one"),
            e if e < 1.25 => self.say("usual-one"),
            e if e < 1.75 => self.say("usual-one-or-two"),
            e => self.count("usual-about", about(e)),
        }
    }

    /// How sure it is, and how often chance alone would bring it; nothing where the figure says nothing.
    pub(super) fn chance(&self, years: f64) -> Option<String> {
        let years_of = |key, years: u64| self.tell(key, &[("years", years.into())]);
        let often = match years {
            y if y.is_nan() || y <= 0.0 => return None,
            y if y < 0.2 => self.say("often-several"),
            y if y < 0.75 => self.tell("often-months", &[("months", (y * 12.0).round().into())]),
            y if y < 1.5 => self.say("often-year"),
            y if y >= NEVER => years_of("often-never", NEVER as u64),
            y => years_of("often-years", about(y)),
        };
        let sure = match years {
            y if y >= VERY_SURE => "chance-very-sure",
            y if y >= FAIRLY_SURE => "chance-fairly-sure",
            _ => "chance-not-sure",
        };
        Some(self.tell(sure, &[("often", often.into())]))
    }

    /// The tone of what was said, from −1 to 1.
    pub(super) fn tone(&self, sentiment: f64) -> String {
        self.say(match sentiment {
            s if s <= -0.6 => "tone-very-negative",
            s if s <= -0.25 => "tone-negative",
            s if s <= -0.05 => "tone-little-negative",
            s if s < 0.05 => "tone-neutral",
            s if s < 0.25 => "tone-mild",
            s if s.is_nan() => "tone-unknown",
            _ => "tone-friendly",
        })
    }

    /// `3 March 2025`, by the reader's clocks.
    pub(super) fn date(&self, at: Timestamp) -> String {
        let at = self.on_the_wall(at);
        let (day, month) = self.day_and_month(&at);
        self.tell("date", &[("day", day), ("month", month.into()), ("year", at.year().to_string().into())])
    }

    /// `3 March 2025, 14:05 UTC`.
    pub(super) fn date_and_time(&self, at: Timestamp) -> String {
        self.with_time(self.date(at), at)
    }

    /// `3 March, 14:05 UTC`, with the year where it is not the year of `now`.
    pub(super) fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let year = |at: Timestamp| self.on_the_wall(at).year();
        if year(at) == year(now) { self.with_time(self.day_at(at), at) } else { self.date_and_time(at) }
    }

    /// `3 March`, of a day counted from 1970. Such days are those of UTC whatever the reader's clocks show.
    pub(super) fn day(&self, day: i64) -> String {
        self.day_of(&from_ms(day.saturating_mul(DAY_MS)).to_zoned(TimeZone::UTC))
    }

    /// `3 March`, by the reader's clocks.
    pub(super) fn day_at(&self, at: Timestamp) -> String {
        self.day_of(&self.on_the_wall(at))
    }

    fn day_of(&self, at: &Zoned) -> String {
        let (day, month) = self.day_and_month(at);
        self.tell("day", &[("day", day), ("month", month.into())])
    }

    fn day_and_month(&self, at: &Zoned) -> (super::tongue::Value<'static>, String) {
        (at.day().into(), self.tell("month", &[("month", at.month().into())]))
    }

    fn with_time(&self, day: String, at: Timestamp) -> String {
        let at = self.on_the_wall(at);
        let time = at.strftime("%H:%M").to_string();
        self.tell("moment", &[("day", day.into()), ("time", time.into()), ("zone", clocks(&at).into())])
    }

    /// `less than a day`, `a day`, `12 days`, `5 weeks`, from a span of days.
    pub(super) fn span(&self, days: f64) -> String {
        let of = |key, days: f64| self.tell(key, &[("count", days.round().into())]);
        match days {
            d if d.is_nan() || d < 0.75 => self.say("span-below-day"),
            d if d < 21.0 => of("span-days", d),
            d if d < 100.0 => of("span-weeks", d / 7.0),
            d if d < 700.0 => of("span-months", d / 30.44),
            d => of("span-years", d / 365.25),
        }
    }

    /// `a`, `a and b`, `a, b and c`.
    pub(super) fn list(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [most @ .., last] => {
                self.tell("list", &[("most", most.join(", ").into()), ("last", last.as_str().into())])
            }
        }
    }

    /// Names with their counts, the greatest first, at most `limit` of them: `bluesky 5, reddit 3 and 2 more`.
    /// A count is left out where there is one name alone.
    pub(super) fn shares(
        &self,
        counts: &BTreeMap<String, u32>,
        limit: usize,
        name: impl Fn(&str) -> String,
    ) -> String {
        let mut ranked: Vec<(&String, u32)> = counts.iter().map(|(name, count)| (name, *count)).collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        if let [(only, _)] = ranked.as_slice() {
            return name(only);
        }
        let mut parts: Vec<String> = ranked
            .iter()
            .take(limit)
            .map(|(key, count)| format!("{} {}", name(key), self.number(u64::from(*count))))
            .collect();
        if ranked.len() > limit {
            parts.push(self.count("more", (ranked.len() - limit) as u64));
        }
        self.list(&parts)
    }

    /// `name:`, before what it is.
    pub(super) fn colon(&self, name: &str) -> String {
        self.tell("colon", &[("name", name.into())])
    }

    /// Between the quotation marks of the language.
    pub(super) fn quoted(&self, label: &str) -> String {
        self.tell("quoted", &[("label", label.into())])
    }

    /// The number as it is written.
    pub(super) fn number(&self, count: u64) -> String {
        self.count("number", count)
    }

    /// The language's name where it is a common one, or its tag.
    pub(super) fn tongue(&self, tag: &str) -> String {
        let base = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
        self.named("language", &base, &clean::clip(tag, 12))
    }

    /// The country's name where it is a common one, or the tag.
    pub(super) fn region(&self, tag: &str) -> String {
        self.named("region", &tag.to_ascii_uppercase(), &clean::clip(tag, 24))
    }

    /// `in Brazil`, `in the Netherlands`.
    pub(super) fn in_region(&self, tag: &str) -> String {
        self.named("in-region", &tag.to_ascii_uppercase(), &self.region(tag))
    }

    fn named(&self, key: &str, tag: &str, name: &str) -> String {
        self.tell(key, &[("tag", tag.into()), ("name", name.into())])
    }
}

/// Rounded as people say it: whole numbers up to 20, then two figures.
fn about(value: f64) -> u64 {
    let whole = value.round().clamp(0.0, 1e15);
    if whole <= 20.0 {
        return whole as u64;
    }
    let unit = 10_f64.powf(whole.log10().floor() - 1.0);
    ((value.min(1e15) / unit).round() * unit) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::language::Language;

    fn english() -> &'static Tongue {
        Tongue::of(Language::English)
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let t = english();
        let said: Vec<String> =
            [0.0, 0.3, 0.8, 1.0, 1.4, 2.2, 19.6, 23.4, 1_234.0].map(|e| t.usual(e)).into();
        assert_eq!(
            said,
            ["none", "fewer than one", "1", "1", "1 or 2", "about 2", "about 20", "about 23", "about 1,200"]
        );
        assert_eq!(t.usual(f64::NAN), "none");
        assert_eq!(t.people(1), "1 person");
        assert_eq!(t.people(1_240), "1,240 people");
        assert_eq!(t.in_days(1), "in a day");
    }

    #[test]
    fn numbers_and_plural_forms_are_those_of_the_language() {
        let said: Vec<String> = Language::ALL
            .map(|language| {
                let t = Tongue::of(language);
                let people = [0, 1, 2, 12_400].map(|n| t.people(n)).join(", ");
                let at = "2025-03-01T14:05:59Z".parse().unwrap();
                format!("{people}; {}; {}", t.date_and_time(at), t.decimal(-0.5, 2))
            })
            .into();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn chance_is_a_waiting_time_with_how_sure_that_is_and_never_a_p_value() {
        let chance = |years| english().chance(years);
        assert_eq!(
            chance(41.3).unwrap(),
            "We are fairly sure that something is behind this: the usual ups and downs alone would bring as many people about once in 41 years."
        );
        assert_eq!(
            chance(0.25).unwrap(),
            "We are not certain yet that something is behind this: the usual ups and downs alone would bring as many people about every 3 months."
        );
        assert_eq!(
            chance(1e12).unwrap(),
            "We are very sure that something is behind this: the usual ups and downs alone would bring as many people less than once in 1,000 years."
        );
        assert_eq!(chance(f64::INFINITY), chance(1e12));
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
        assert_eq!(english().shares(&counts, 3, str::to_owned), "c 9, a 2, b 2 and 1 more");
        assert_eq!(english().shares(&BTreeMap::from([("x".to_owned(), 5)]), 3, str::to_owned), "x");
    }

    #[test]
    fn spans_and_dates() {
        let t = english();
        assert_eq!(
            [0.1, 1.0, 12.2, 33.0, 200.0, 800.0].map(|d| t.span(d)).join("; "),
            "less than a day; a day; 12 days; 5 weeks; 7 months; 2 years"
        );
        assert_eq!(t.date_and_time("2025-03-03T14:05:59Z".parse().unwrap()), "3 March 2025, 14:05 UTC");
        let at = "2024-12-31T14:05:59Z".parse().unwrap();
        assert_eq!(t.moment(at, at), "31 December, 14:05 UTC");
        assert_eq!(t.moment(at, "2025-01-01T00:00:00Z".parse().unwrap()), "31 December 2024, 14:05 UTC");
        assert_eq!(t.day(0), "1 January");
        assert_eq!(t.tongue("pt-BR"), "Portuguese");
        assert_eq!(t.region("br"), "Brazil");
        assert_eq!(t.in_region("nl"), "in the Netherlands");
        assert_eq!(t.region("ZZ"), "ZZ");
    }
}
