//! Bringing foreign material into shape: durations in settings, texts and dates of posts.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::ground::post::MAX_TEXT_BYTES;
use crate::ground::time::{Timestamp, whole_ms};

/// Years in which a post can have been written; the same as for lines of JSONL.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2200;

/// Reads a duration as people write it: `"10m"`, `"1h 30m"`, `"500ms"`.
pub(super) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let wrong = || {
        serde::de::Error::custom(format!(
            "\"{text}\" is no duration; write a number and a unit, such as \"10m\", \"30s\" or \"500ms\""
        ))
    };
    let read: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(read).ok().filter(|d| !d.is_zero()).ok_or_else(wrong)
}

/// Cuts `text` to at most `bytes` at a character.
pub(super) fn cut(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let mut end = bytes;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}

/// The text of a post: at most [`MAX_TEXT_BYTES`], and without NUL.
pub(super) fn post_text(mut text: String) -> String {
    cut(&mut text, MAX_TEXT_BYTES);
    if text.contains('\0') { text.replace('\0', " ") } else { text }
}

/// When a post was written: what its author's clock said, or else `fallback`; never after `arrived`, never in a
/// year in which nobody can have written it.
pub(super) fn written(said: Option<Timestamp>, fallback: Timestamp, arrived: Timestamp) -> Timestamp {
    let sane = |at: &Timestamp| YEARS.contains(&at.to_zoned(jiff::tz::TimeZone::UTC).year());
    whole_ms(said.filter(sane).or(Some(fallback).filter(sane)).unwrap_or(arrived).min(arrived))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Held {
        #[serde(deserialize_with = "duration")]
        d: Duration,
    }

    #[test]
    fn durations_are_written_as_people_write_them() {
        let read = |s: &str| toml::from_str::<Held>(&format!("d = \"{s}\"")).map(|h| h.d);
        assert_eq!(read("1h 30m").unwrap(), Duration::from_secs(5400));
        assert_eq!(read("500ms").unwrap(), Duration::from_millis(500));
        for wrong in ["10", "-5s", "0s", "soon"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_date_nobody_can_have_written_at_gives_way() {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let (now, seen) = (at("2026-01-02T00:00:00Z"), at("2026-01-01T23:59:58Z"));
        assert_eq!(written(Some(at("2025-12-31T10:00:00Z")), seen, now), at("2025-12-31T10:00:00Z"));
        assert_eq!(written(Some(at("0001-01-01T00:00:00Z")), seen, now), seen);
        assert_eq!(written(Some(at("2031-01-01T00:00:00Z")), seen, now), now);
        assert_eq!(written(None, at("1970-01-01T00:00:00Z"), now), now);
    }

    #[test]
    fn a_text_is_cut_at_a_character_and_holds_no_nul() {
        assert_eq!(post_text("a\0b".into()), "a b");
        let mut text = "éé".to_owned();
        cut(&mut text, 3);
        assert_eq!(text, "é");
    }
}
