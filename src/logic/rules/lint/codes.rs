//! Codes of languages and countries that no post has, or that are another's.
//!
//! Why: `lang:br` asks for Breton, `region:UK` for a country that does not exist, and both are silent for ever. Fix: the code that
//! was meant.

use std::ops::Range;
use std::str::FromStr;

use celes::Country;
use isolang::Language;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::warning(
        "unknown-language-code",
        "A language code that is none, or that of another language",
        "No post has it, and what asks for it is silent for ever. `br` is Breton, and `jp` is a country.",
        Shown::Query("keys lang:jp"),
        "keys lang:ja",
    ),
    Doc::warning(
        "unknown-region-code",
        "A country code that is none",
        "No post has it, and what asks for it is silent for ever. Great Britain is `GB`, and `EN` is a language.",
        Shown::Query("keys region:UK"),
        "keys region:GB",
    ),
];

/// Languages that are written as their country's code, by those who think of the country.
const LANGUAGE_OF: [(&str, &str); 22] = [
    ("ae", "ar"),
    ("at", "de"),
    ("au", "en"),
    ("br", "pt"),
    ("ch", "de"),
    ("cn", "zh"),
    ("cz", "cs"),
    ("dk", "da"),
    ("gb", "en"),
    ("gr", "el"),
    ("il", "he"),
    ("ir", "fa"),
    ("jp", "ja"),
    ("kr", "ko"),
    ("mx", "es"),
    ("nz", "en"),
    ("ph", "tl"),
    ("pk", "ur"),
    ("se", "sv"),
    ("tw", "zh"),
    ("us", "en"),
    ("vn", "vi"),
];

/// Languages that do not tell which country is meant.
const SPOKEN_IN_MANY: [&str; 6] = ["en", "es", "pt", "de", "fr", "ar"];
/// Names that more than one country, or a part of another, has.
const MANY_COUNTRIES: [&str; 5] = ["georgia", "congo", "korea", "guinea", "america"];

/// Codes that look like those of countries, and the country's.
const COUNTRY_OF: [(&str, &str); 11] = [
    ("uk", "GB"),
    ("en", "GB"),
    ("ja", "JP"),
    ("ko", "KR"),
    ("da", "DK"),
    ("cs", "CZ"),
    ("el", "GR"),
    ("zh", "CN"),
    ("hi", "IN"),
    ("fa", "IR"),
    ("he", "IL"),
];

/// `unknown-language-code`: `tag` is a code with perhaps a country after it, and stands at `range`; a fix replaces that with what
/// `put` makes of the right one.
pub(in crate::logic::rules) fn language(
    range: Range<usize>,
    tag: &str,
    put: impl Fn(&str) -> String,
) -> Option<Problem> {
    let tag = tag.trim().replace('_', "-");
    let (code, region) =
        tag.split_once('-').map_or((tag.as_str(), None), |(code, region)| (code, Some(region)));
    let code = code.to_ascii_lowercase();
    let with_region =
        |code: &str| region.map_or_else(|| code.to_owned(), |region| format!("{code}-{region}"));
    let meant = LANGUAGE_OF.iter().find(|(country, _)| *country == code).map(|(_, language)| *language);
    let say = |message: String| Problem::warning("unknown-language-code", range.clone(), message);
    let known = match code.len() {
        2 => Language::from_639_1(&code),
        _ => Language::from_639_3(&code),
    };
    match (known, meant) {
        // A real language that is nearly never meant: a person decides.
        (Some(language), Some(meant)) => {
            let country = with_country(meant, &code);
            Some(say(format!("\"{code}\" is {}", language.to_name())).help(format!(
                "did you mean {meant}, or {country}? Where {} is meant, leave it",
                language.to_name()
            )))
        }
        (Some(language), None) => {
            if let (3, Some(short)) = (code.len(), language.to_639_1()) {
                let meant = with_region(short);
                let problem = say(format!("posts say \"{short}\" for {}", language.to_name()));
                return Some(problem.help(format!("write {meant}")).fix(range.clone(), put(&meant)));
            }
            let wrong = region.filter(|region| region.len() == 2)?;
            let right = country(wrong).err()??;
            let meant = format!("{code}-{right}");
            let problem = say(format!("there is no country \"{wrong}\""));
            Some(problem.help(format!("did you mean {meant}?")).fix(range.clone(), put(&meant)))
        }
        (None, Some(meant)) => {
            let problem = say(format!("\"{code}\" is a country, and no language"));
            let country = with_country(meant, &code);
            let problem = problem.help(format!("did you mean {meant}, or {country}?"));
            // Of a language that many countries speak a person decides which of the two it is.
            if SPOKEN_IN_MANY.contains(&meant) {
                return Some(problem);
            }
            Some(problem.fix(range.clone(), put(&with_region(meant))))
        }
        (None, None) if let Some(meant) = language_named(&tag) => {
            let problem = say(format!("posts have the code of a language: \"{tag}\" is its name"));
            Some(problem.help(format!("write {meant}")).fix(range.clone(), put(meant)))
        }
        (None, None) => Some(
            say(format!("no language has the code \"{code}\""))
                .help("write the code of ISO 639 that posts have, such as en, pt, es, or pt-BR"),
        ),
    }
}

/// `unknown-region-code`: `tag` is a country with perhaps a part after it.
pub(in crate::logic::rules) fn region(
    range: Range<usize>,
    tag: &str,
    put: impl Fn(&str) -> String,
) -> Option<Problem> {
    let tag = tag.trim().replace('_', "-");
    let (code, part) = tag.split_once('-').map_or((tag.as_str(), None), |(code, part)| (code, Some(part)));
    if let Some(meant) = country_named(&tag) {
        let problem = Problem::warning(
            "unknown-region-code",
            range.clone(),
            format!("posts have the code of a country: \"{tag}\" is its name"),
        );
        if MANY_COUNTRIES.contains(&tag.to_lowercase().as_str()) {
            return Some(problem.help(format!("did you mean {meant}? More than one place has that name")));
        }
        return Some(problem.help(format!("write {meant}")).fix(range, put(meant)));
    }
    let meant = country(code).err()?;
    let problem = Problem::warning(
        "unknown-region-code",
        range.clone(),
        format!("no country has the code \"{code}\": no post would ever have it"),
    );
    Some(match meant {
        Some(meant) => {
            let meant = part.map_or_else(|| meant.to_owned(), |part| format!("{meant}-{part}"));
            let problem = problem.help(format!("did you mean {meant}?"));
            // English is spoken in more than one country.
            if code.eq_ignore_ascii_case("en") { problem } else { problem.fix(range, put(&meant)) }
        }
        None if code.eq_ignore_ascii_case("eu") => {
            problem.help("posts have a country: name those that you mean, (region:DE OR region:FR) in a query, [\"DE\", \"FR\"] in a route")
        }
        None => problem.help("write the two letters of ISO 3166, such as US, GB or BR"),
    })
}

/// Is there such a country? If not, the code that was perhaps meant.
fn country(code: &str) -> Result<(), Option<&'static str>> {
    let code = code.to_ascii_lowercase();
    // Kosovo has a code that everybody uses and no standard has.
    if code == "xk" || Country::from_alpha2(&code).is_ok() {
        return Ok(());
    }
    Err(COUNTRY_OF.iter().find(|(other, _)| *other == code).map(|(_, country)| *country))
}

/// `pt-BR`
fn with_country(language: &str, country: &str) -> String {
    format!("{language}-{}", country.to_ascii_uppercase())
}

/// The code of a language that is written out in English.
pub(in crate::logic::rules) fn language_named(name: &str) -> Option<&'static str> {
    let mut letters = name.trim().chars();
    let first = letters.next()?.to_uppercase();
    let name: String = first.chain(letters.flat_map(char::to_lowercase)).collect();
    // Greek and Norwegian have a longer name in the standard.
    if let Some(code) = match name.as_str() {
        "Greek" => Some("el"),
        "Norwegian" => Some("no"),
        "Farsi" => Some("fa"),
        "Brazilian" => Some("pt"),
        _ => None,
    } {
        return Some(code);
    }
    Language::from_name(&name)?.to_639_1()
}

/// The code of a country that is written out in English.
pub(in crate::logic::rules) fn country_named(name: &str) -> Option<&'static str> {
    let name: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    if name.len() < 3 {
        return None;
    }
    match name.as_str() {
        "usa" | "unitedstates" | "america" => Some("US"),
        "unitedkingdom" | "greatbritain" | "britain" => Some("GB"),
        "korea" => Some("KR"),
        _ => Country::from_str(&name).ok().map(|country| country.alpha2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(problem: Option<Problem>) -> Option<String> {
        problem.map(|p| p.fix.map_or_else(|| p.help.clone(), |f| f.1))
    }

    #[test]
    fn what_was_meant_is_told() {
        let lang = |tag: &str| fix(language(0..1, tag, str::to_owned));
        let region = |tag: &str| fix(region(0..1, tag, str::to_owned));
        assert_eq!(lang("English").as_deref(), Some("en"));
        assert_eq!(region("germany").as_deref(), Some("DE"));
        for fine in ["en", "pt", "pt-BR", "zh-hans", "uk", "ca", "ar", "yue", "gsw", "en_GB"] {
            assert_eq!(lang(fine), None, "{fine}");
        }
        assert!(lang("br").unwrap().contains("pt, or pt-BR"));
        assert_eq!(lang("jp").as_deref(), Some("ja"));
        assert_eq!(lang("por-BR").as_deref(), Some("pt-BR"));
        assert_eq!(lang("en-UK").as_deref(), Some("en-GB"));
        assert!(lang("qq").is_some());
        for fine in ["US", "br", "BR-SP", "XK", "gb"] {
            assert_eq!(region(fine), None, "{fine}");
        }
        assert_eq!(region("UK").as_deref(), Some("GB"));
        assert_eq!(region("uk-sct").as_deref(), Some("GB-sct"));
        assert!(region("EU").unwrap().contains("region:DE"));
        assert!(region("QQ").is_some());
    }

    #[test]
    fn names_are_understood() {
        let languages = ["Portuguese", "german", "GREEK", "klingonese"].map(language_named);
        assert_eq!(languages, [Some("pt"), Some("de"), Some("el"), None]);
        let countries = ["Brazil", "united states", "USA", "Germany", "UK", "Mars"].map(country_named);
        assert_eq!(countries, [Some("BR"), Some("US"), Some("US"), Some("DE"), None, None]);
    }

    #[test]
    fn the_tables_hold_codes() {
        for (country, language) in LANGUAGE_OF {
            assert!(
                Country::from_alpha2(country).is_ok() && Language::from_639_1(language).is_some(),
                "{country}"
            );
        }
        for (other, country) in COUNTRY_OF {
            assert!(Country::from_alpha2(other).is_err(), "{other}");
            assert!(Country::from_alpha2(country.to_ascii_lowercase()).is_ok(), "{country}");
        }
    }
}
