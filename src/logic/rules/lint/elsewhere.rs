//! `query-foreign-sign`: what other tools have and these queries have not, and would pass as text; and what their fields are
//! called here.
//!
//! Why: `leak~` finds the word "leak" alone, and `[lid OR cap] leak` groups nothing; both look as if they worked. Fix: what
//! says the same here.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::foreign;
use crate::logic::rules::query::MAX_DISTANCE;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-foreign-sign",
    "A sign of another tool that stands for nothing here",
    "It is taken as punctuation, and the query finds something else than it says: `leak~` finds the word alone, and brackets group nothing.",
    Shown::Query("[keys OR buttons] close"),
    "(keys OR buttons) close",
)];

/// `query-foreign-sign`, `query-foreign-near`: `leak~`, `leak^2`, `[lid`, `cap]`, `<lid>`, `/5`. `word` starts at byte `start`.
pub(in crate::logic::rules) fn of_word(word: &str, start: usize) -> Option<Problem> {
    let range = start..start + word.len();
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let letters = |text: &str| text.chars().next_back().is_some_and(char::is_alphanumeric);
    if let Some(n) = word.strip_prefix('/').and_then(distance) {
        return Some(foreign::near(range, word, n));
    }
    if let Some((stem, tail)) = word.split_once(['~', '^']).filter(|(stem, _)| letters(stem)) {
        let number = tail.replace('.', "");
        if !number.is_empty() && !digits(&number) {
            return None;
        }
        let sign = word.get(stem.len()..)?;
        let help = if sign.starts_with('~') {
            format!("words alike are not found: write those that you mean with OR, or {stem}* for any ending")
        } else {
            format!("no word counts more than another: write {stem}")
        };
        return Some(says_nothing(range.clone(), sign, help).fix(range, stem));
    }
    let inside =
        word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).filter(|inside| letters(inside));
    if let Some(inside) = inside {
        return Some(says_nothing(range.clone(), "<>", format!("write {inside}")).fix(range, inside));
    }
    let inside =
        word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inside| letters(inside));
    if let Some(inside) = inside.filter(|inside| !inside.contains(['[', ']'])) {
        let help = format!(
            "write {inside}; parentheses group: (lid OR cap) leak, and braces want a word exactly as written: {{Lid}}"
        );
        return Some(says_nothing(range.clone(), "[]", help).fix(range, inside));
    }
    let help = "parentheses group: (lid OR cap) leak";
    match (word.strip_prefix('['), word.strip_suffix(']')) {
        (Some(rest), None) if !rest.contains(['[', ']']) => Some(says_nothing(range, "[", help.to_owned())),
        (None, Some(rest)) if !rest.contains(['[', ']']) => Some(says_nothing(range, "]", help.to_owned())),
        _ => None,
    }
}

/// `query-foreign-near`: `lid AROUND(5) leak`, where `rest` follows the word that ends at byte `end`.
pub(in crate::logic::rules) fn around(word: &str, rest: &str, end: usize) -> Option<Problem> {
    let (inside, _) = rest.strip_prefix('(')?.split_once(')')?;
    let n = distance(inside.trim()).filter(|_| word == "AROUND")?;
    Some(foreign::near(end - word.len()..end + inside.len() + 2, &format!("AROUND({inside})"), n))
}

fn distance(text: &str) -> Option<u32> {
    text.parse().ok().filter(|n| (1..=MAX_DISTANCE).contains(n))
}

fn says_nothing(range: Range<usize>, sign: &str, help: String) -> Problem {
    Problem::warning("query-foreign-sign", range, format!("\"{sign}\" stands for nothing here"))
        .label("taken as punctuation")
        .help(help)
}

/// What to write for a field of another tool with this value (as written, with its quotes), and that text alone where it takes
/// the place of the whole test.
pub(super) fn field(name: &str, value: &str) -> Option<(String, Option<String>)> {
    let bare = value.trim_matches('"');
    let instead = |meant: String| Some((format!("write {meant}"), Some(meant)));
    match name {
        "hashtag" | "hashtags" | "tag" => instead(format!("#{}", bare.trim_start_matches('#').replace(' ', ""))),
        "to" | "mention" | "mentions" | "at_mentions" | "engagingwith" => instead(format!("@{}", bare.trim_start_matches('@'))),
        "raw" | "exact" | "casesensitive" => instead(format!("{{{bare}}}")),
        "emoji" => instead(bare.to_owned()),
        "title" | "intitle" | "allintitle" | "intext" | "allintext" | "text" | "body" | "content" | "headline" => Some((
            format!("title and text are looked through together: write {value}"),
            Some(value.to_owned()),
        )),
        "since" | "until" | "before" | "after" | "date" | "from_date" | "to_date" => Some((
            "take it away: rules look at posts as they come in, whatever the day".to_owned(),
            None,
        )),
        "is" | "has" | "filter" | "verified" | "filetype" | "ext" | "engagementtype" | "pagetype" | "contenttype" => Some((
            "take it away: posts do not say this here. Copies of a post are told from posts by themselves, and count as no further person"
                .to_owned(),
            None,
        )),
        _ => None,
    }
}

/// ` -is:retweet`, ` NOT is:retweet`: the test at `range` of a query with what denies it, where it is of a field that posts
/// do not have here. Denying it leaves out nothing.
pub(in crate::logic::rules) fn denied(name: &str, query: &str, range: Range<usize>) -> Option<Range<usize>> {
    if !matches!(name, "is" | "has" | "filter" | "verified") {
        return None;
    }
    let before = query.get(..range.start)?;
    let sign = before.strip_suffix(['-', '!']);
    let word =
        || before.trim_end().strip_suffix("NOT").filter(|rest| rest.ends_with([' ', '(']) || rest.is_empty());
    let rest = sign.or_else(word)?.trim_end();
    let rest = rest.strip_suffix(" AND").unwrap_or(rest).trim_end();
    // At the beginning the blank behind it goes, too.
    let behind = query.get(range.end..)?;
    let blanks = if rest.is_empty() { behind.len() - behind.trim_start().len() } else { 0 };
    Some(rest.len()..range.end + blanks)
}

/// The test that was meant by a value that another tool would take.
pub(super) fn value(name: &str, value: &str) -> Option<String> {
    let numbers = |text: &str| text.parse::<f64>().is_ok();
    match name {
        "sentiment" => match value.to_lowercase().as_str() {
            "negative" | "neg" | "bad" | "-1" => Some("sentiment<=-0.3".to_owned()),
            "positive" | "pos" | "good" => Some("sentiment>=0.3".to_owned()),
            "neutral" => Some("(sentiment>-0.3 sentiment<0.3)".to_owned()),
            _ => None,
        },
        "rating" | "followers" => {
            let (from, to) = value.split_once("..").or_else(|| value.split_once('-'))?;
            (numbers(from) && numbers(to)).then(|| format!("({name}>={from} {name}<={to})"))
        }
        _ => {
            // A site has a path.
            let signs: &[char] = if name == "site" { &[',', ';', '|'] } else { &[',', ';', '|', '/'] };
            let parts: Vec<&str> = value.split(signs).map(str::trim).collect();
            let several = parts.len() > 1 && parts.iter().all(|part| !part.is_empty());
            several.then(|| {
                let tests: Vec<String> = parts.iter().map(|part| format!("{name}:{part}")).collect();
                format!("({})", tests.join(" OR "))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_other_tools_are_told_from_words() {
        let fix = |word: &str| of_word(word, 0).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        for (word, meant) in [
            ("leak~", "leak"),
            ("leak~2", "leak"),
            ("leak^2.5", "leak"),
            ("[lid", ""),
            ("cap]", ""),
            ("<lid>", "lid"),
            ("[lid]", "lid"),
            ("/5", "NEAR/5"),
        ] {
            assert_eq!(fix(word).as_deref(), Some(meant), "{word}");
        }
        for word in ["~", "~5", "/r/kettles", "<3", "[]", "a~b", ":]", "leak"] {
            assert_eq!(fix(word).filter(|_| word != ":]"), None, "{word}");
        }
        assert!(around("AROUND", "(5) leak", 10).is_some() && around("AROUND", " leak", 10).is_none());
    }

    #[test]
    fn fields_and_values_of_other_tools_are_put_into_ours() {
        assert_eq!(value("lang", "en,de").as_deref(), Some("(lang:en OR lang:de)"));
        assert_eq!(value("sentiment", "Negative").as_deref(), Some("sentiment<=-0.3"));
        assert_eq!(value("followers", "1000..5000").as_deref(), Some("(followers>=1000 followers<=5000)"));
        assert_eq!(value("region", "BR/PT").as_deref(), Some("(region:BR OR region:PT)"));
        assert_eq!(value("rating", "2"), None);
        assert_eq!(field("hashtag", "kettle").unwrap().1.as_deref(), Some("#kettle"));
        assert_eq!(field("colour", "red"), None);
    }
}
