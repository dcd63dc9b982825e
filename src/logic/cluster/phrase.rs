//! Phrases of a post that could be the name of what it complains of: whole as people say them, with the "not" and the
//! "how" that they hang on.

use std::collections::{BTreeMap, BTreeSet};

use super::features::content_words;
use super::phrase_words::{BREAKS, HEADS, JOINS, OPEN_ENDS, PRAISES, TAILS};
use crate::logic::text::{Kind, Lang, Token};

/// Longest phrase, in words.
const LONGEST: usize = 8;
/// A phrase must say so many things, where the posts do.
const FEWEST_CONTENT: usize = 2;
/// What each word more costs, as a share of the heaviest word.
const COST: f64 = 0.22;
/// What it is worth that a phrase begins where its clause does, and ends where it does.
const WHOLE_FRONT: f64 = 0.15;
const WHOLE_BACK: f64 = 0.15;
/// Longest word that a phrase may hold, in bytes: longer ones are no words.
const LONGEST_WORD: usize = 30;

/// Every phrase of a text that could be a name, with its score: the weight of what it says, less for each word more, and
/// a little for being whole. `weights` are those of stems.
pub(super) fn phrases(
    text: &str,
    tokens: &[Token],
    lang: Lang,
    weights: &BTreeMap<String, f64>,
) -> Vec<(f64, String)> {
    let content: BTreeSet<usize> = content_words(tokens, lang).map(|t| t.start).collect();
    let heaviest = weights.values().copied().fold(0.0, f64::max);
    let mut out = Vec::new();
    for clause in clauses(text, tokens, &content) {
        for first in 0..clause.len() {
            out.extend(from(clause, first, &content, weights, heaviest, lang).filter_map(|(score, last)| {
                let words = clause.get(first..=last).unwrap_or_default();
                let spelled = words.first().zip(words.last()).and_then(|(a, b)| text.get(a.start..b.end));
                let spelled: Vec<&str> = spelled.unwrap_or_default().split_whitespace().collect();
                // "my dad's" leads on to what is his.
                if spelled.last().is_some_and(|word| word.ends_with("'s") || word.ends_with("’s")) {
                    return None;
                }
                // German begins its nouns with a capital wherever they stand.
                let begins = is_head(words) || first == 0 && lang != Lang::German;
                Some((score, tidy(&spelled.join(" "), begins)))
            }));
        }
    }
    out
}

/// The phrases that begin at one word of a clause: score, and where each ends.
fn from<'a>(
    clause: &'a [Token],
    first: usize,
    content: &'a BTreeSet<usize>,
    weights: &'a BTreeMap<String, f64>,
    heaviest: f64,
    lang: Lang,
) -> impl Iterator<Item = (f64, usize)> + 'a {
    let says = move |t: &Token| content.contains(&t.start) && weights.contains_key(&t.stem);
    let is = |t: Option<&Token>, words: &[&str]| t.is_some_and(|t| words.contains(&t.folded.as_str()));
    let head = clause.get(first);
    let before = first.checked_sub(1).and_then(|at| clause.get(at));
    // "not" and "how" are not left behind; a small word in front is no beginning.
    let begins =
        head.is_some_and(|t| says(t) || is(Some(t), HEADS) && !is_joined(t, lang)) && !is(before, HEADS);
    let (mut score, mut said) = (0.0, BTreeSet::new());
    (first..clause.len().min(first + LONGEST)).filter(move |_| begins).filter_map(move |last| {
        let tail = clause.get(last)?;
        if says(tail) && said.insert(tail.stem.as_str()) {
            score += weights.get(&tail.stem).copied().unwrap_or(0.0);
        }
        let after = clause.get(last + 1);
        let leads_on = is(Some(tail), HEADS) || is(Some(tail), OPEN_ENDS);
        // "The router is fine" is what it is not.
        let denied = clause
            .get(first..last)
            .unwrap_or_default()
            .iter()
            .any(|t| is(Some(t), HEADS) || is(Some(t), TAILS));
        let praises = is(Some(tail), PRAISES) && !denied;
        let says_last = says(tail) && !leads_on && !praises || last > first && is(Some(tail), TAILS);
        let ends = says_last && !is(after, TAILS);
        if !ends || said.len() < FEWEST_CONTENT {
            return None;
        }
        let whole =
            if first == 0 { WHOLE_FRONT } else { 0.0 } + if after.is_none() { WHOLE_BACK } else { 0.0 };
        Some((score + heaviest * (whole - COST * (last - first) as f64), last))
    })
}

fn is_head(words: &[Token]) -> bool {
    words.first().is_some_and(|word| HEADS.contains(&word.folded.as_str()))
}

/// The French "plus" and the German "zu" begin a phrase in their own language alone.
fn is_joined(token: &Token, lang: Lang) -> bool {
    match token.folded.as_str() {
        "zu" => lang != Lang::German,
        "ne" | "sans" => lang != Lang::French,
        "sin" | "nada" => lang != Lang::Spanish,
        "sem" | "nem" => lang != Lang::Portuguese,
        _ => false,
    }
}

/// Words that follow one another within one thought.
fn clauses<'t>(text: &str, tokens: &'t [Token], content: &BTreeSet<usize>) -> Vec<&'t [Token]> {
    let mut out = Vec::new();
    let mut begun = 0;
    for (at, token) in tokens.iter().enumerate() {
        let word = token.kind == Kind::Word && token.folded.len() < LONGEST_WORD;
        let folded = token.folded.as_str();
        let says = |t: Option<&Token>| t.is_some_and(|t| content.contains(&t.start));
        // "apostrophe and return", but not "declined and I".
        let joins = JOINS.contains(&folded)
            && !(says(at.checked_sub(1).and_then(|b| tokens.get(b))) && says(tokens.get(at + 1)));
        let parts = !word || BREAKS.contains(&folded) || joins;
        let stop = tokens
            .get(at + 1)
            .is_none_or(|next| text.get(token.end..next.start).is_none_or(|between| between.contains(MARKS)));
        if parts || stop {
            let end = if parts { at } else { at + 1 };
            out.extend(tokens.get(begun..end).filter(|clause| !clause.is_empty()));
            begun = at + 1;
        }
    }
    out
}

/// Marks at which a thought ends.
const MARKS: &[char] = &[
    '.', '!', '?', '\n', ';', ':', '(', ')', '"', '“', '”', '«', '»', ',', '…', '—', '–', '/', '|', '*',
    '\'', '’',
];

/// Capitals only where they mean something: what is shouted, or begins a sentence, is written small.
fn tidy(phrase: &str, begins: bool) -> String {
    let letters = phrase.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = phrase.chars().filter(|c| c.is_uppercase()).count();
    if capitals * 2 > letters {
        return phrase.to_lowercase();
    }
    let mut chars = phrase.chars();
    match (chars.next(), phrase.chars().nth(1)) {
        (Some(first), Some(second)) if begins && first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => phrase.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::tokenize;

    fn best(text: &str, lang: Lang, words: &[&str]) -> String {
        let tokens = tokenize(text, lang);
        let weights = words.iter().map(|w| (lang.stem(w), 1.0)).collect();
        let found = phrases(text, &tokens, lang, &weights);
        found.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|f| f.1).unwrap_or_default()
    }

    #[test]
    fn small_words_that_turn_the_meaning_stay() {
        for (text, words, name) in [
            ("why is my top up not working today", &["top", "working"][..], "top up not working"),
            (
                "How long does it take for transfers?",
                &["long", "take", "transfers"],
                "how long does it take for transfers",
            ),
            ("google pay top up failed again", &["google", "pay", "top"], "google pay top up"),
            ("the card hasn't arrived", &["card", "arrived"], "card hasn't arrived"),
            ("they say the cash deposit never showed", &["showed", "deposit"], "deposit never showed"),
        ] {
            assert_eq!(best(text, Lang::English, words), name);
        }
    }

    #[test]
    fn a_name_stays_within_one_thought() {
        for (text, words, name) in [
            (
                "I made a purchase and my card keeps getting declined",
                &["purchase", "card", "declined"][..],
                "card keeps getting declined",
            ),
            (
                "the apostrophe and return keys are too close",
                &["apostrophe", "return", "keys"],
                "apostrophe and return keys",
            ),
            ("lost my phone, stolen card", &["phone", "card", "lost", "stolen"], "stolen card"),
        ] {
            assert_eq!(best(text, Lang::English, words), name);
        }
    }

    #[test]
    fn other_languages_keep_theirs() {
        for (text, lang, words, name) in [
            ("le clavier ne marche plus", Lang::French, &["clavier", "marche"][..], "clavier ne marche plus"),
            ("die Tastatur geht nicht mehr", Lang::German, &["tastatur", "geht"], "Tastatur geht nicht mehr"),
            ("a tela não liga", Lang::Portuguese, &["tela", "liga"], "tela não liga"),
        ] {
            assert_eq!(best(text, lang, words), name);
        }
    }

    #[test]
    fn a_name_does_not_end_where_it_leads_on_or_says_when() {
        for (text, lang, words, name) in [
            (
                "Mahlwerk blockiert seit",
                Lang::German,
                &["mahlwerk", "blockiert", "seit"][..],
                "Mahlwerk blockiert",
            ),
            (
                "hinge squeaking every time I move it",
                Lang::English,
                &["hinge", "squeaking", "every"],
                "hinge squeaking",
            ),
            (
                "broken lid hinge after a month",
                Lang::English,
                &["broken", "lid", "hinge", "month"],
                "broken lid hinge",
            ),
            ("wifi gone on my dad's", Lang::English, &["wifi", "gone", "dad's"], "wifi gone"),
            (
                "volant qui tremble depuis hier",
                Lang::French,
                &["volant", "tremble", "hier"],
                "volant qui tremble",
            ),
        ] {
            assert_eq!(best(text, lang, words), name);
        }
    }

    #[test]
    fn a_name_does_not_end_with_what_is_well_unless_that_is_denied() {
        for (text, lang, words, name) in [
            ("no wifi though the router is fine", Lang::English, &["wifi", "router", "fine"][..], ""),
            ("screen is not fine", Lang::English, &["screen", "fine"], "screen is not fine"),
            (
                "l'écran ne marche pas bien",
                Lang::French,
                &["écran", "marche", "bien"],
                "l'écran ne marche pas",
            ),
            (
                "das Display geht nicht gut",
                Lang::German,
                &["display", "geht", "gut"],
                "Display geht nicht gut",
            ),
        ] {
            assert_eq!(best(text, lang, words), name);
        }
    }

    #[test]
    fn what_is_shouted_is_written_small() {
        assert_eq!(
            best("APOSTROPHE KEY TOO CLOSE", Lang::English, &["apostrophe", "key", "close"]),
            "apostrophe key too close"
        );
    }
}
