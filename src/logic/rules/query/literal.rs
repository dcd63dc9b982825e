//! Strings that a text has to hold for a query to match: what is looked for in the raw text, before it is cut into words.

use super::{LANGS, Node, Word};
use crate::logic::text::{Kind, Lang, fold};

/// Strings of which a text, as [`raw`] writes it, holds at least one if the query matches; `None` where a match needs no
/// word.
pub(in crate::logic::rules) fn literals(node: &Node) -> Option<Vec<String>> {
    match node {
        Node::Not(_) | Node::Field(_) => None,
        Node::And(parts) => best(parts.iter().filter_map(literals)),
        Node::Near { left, right, .. } => best([left, right].into_iter().filter_map(|side| literals(side))),
        Node::Or(parts) => all(parts),
        Node::List(list) => all(&list.entries),
        Node::Word(word) => Some(of_word(word, false)),
        Node::Phrase { words, exact } => best(words.iter().map(|word| of_word(word, *exact))),
        Node::Exact(exact) => best(exact.folded.iter().map(|word| vec![raw(word)])),
        Node::Prefix { folded, .. } => Some(vec![raw(folded)]),
        Node::Tag(word) | Node::Handle(word) | Node::Emoji(word) => Some(vec![raw(word)]),
    }
}

/// A text as the literals are looked for in it, but for capitals: folded, without apostrophes.
pub(in crate::logic::rules) fn raw(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|b| !b.is_ascii() || b == b'\'').unwrap_or(rest.len());
        out.push_str(rest.get(..plain).unwrap_or_default());
        rest = rest.get(plain..).unwrap_or_default();
        let other = rest.bytes().position(|b| b.is_ascii() && b != b'\'').unwrap_or(rest.len());
        let folded = rest.get(..other).map(fold).unwrap_or_default();
        out.extend(folded.chars().filter(|c| *c != '\''));
        rest = rest.get(other..).unwrap_or_default();
    }
    out
}

/// Of sets of which each will do, the one whose shortest string is longest.
fn best(sets: impl Iterator<Item = Vec<String>>) -> Option<Vec<String>> {
    let shortest = |set: &Vec<String>| set.iter().map(String::len).min().unwrap_or(0);
    sets.max_by(|a, b| shortest(a).cmp(&shortest(b)).then_with(|| b.len().cmp(&a.len())))
}

fn all(parts: &[Node]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for part in parts {
        found.extend(literals(part)?);
    }
    Some(found)
}

fn of_word(word: &Word, exact: bool) -> Vec<String> {
    let mut found = vec![raw(&word.folded)];
    if !exact && word.kind == Kind::Word {
        for lang in LANGS {
            found.push(raw(surely(lang, word.stem(lang))));
        }
    }
    found.sort_unstable();
    found.dedup();
    // What begins as a shorter one does is found with it.
    let mut kept: Vec<String> = Vec::new();
    for text in found {
        if kept.last().is_none_or(|last| !text.starts_with(last.as_str())) {
            kept.push(text);
        }
    }
    kept
}

/// The part of a stem with which every word begins that has this stem. Snowball mostly cuts endings off; where it writes
/// others in their place (happy → happi, hoping → hope, possibility → possibl, journaux → journal), they go.
fn surely(lang: Lang, stem: &str) -> &str {
    let ends = |end: &str| stem.ends_with(end);
    let before_last = stem.chars().rev().nth(1);
    let vowel = |c: char| "aeiouy".contains(c);
    let less = match lang {
        Lang::English | Lang::Other => {
            if ends("ble") || ends("ie") {
                2
            } else {
                let hard_y = ends("y") && !before_last.is_some_and(vowel);
                usize::from(ends("bl") || ends("i") || ends("e") || hard_y)
            }
        }
        Lang::Portuguese | Lang::Spanish | Lang::Italian => match () {
            () if ends("ente") => 2,
            () => usize::from(ends("ent")),
        },
        Lang::French => {
            if ends("qu") || ends("ent") || ends("ant") {
                2
            } else {
                usize::from(ends("x") || ends("l") || ends("i"))
            }
        }
        // "heden" becomes "heid", and a vowel that is written twice is written once.
        Lang::Dutch if ends("heid") || ends("ss") => 2,
        Lang::Dutch => 1,
        Lang::Turkish if ends("i") || ends("u") => 2,
        Lang::Turkish => usize::from(ends("p") || ends("c") || ends("t") || ends("k")),
        Lang::German
        | Lang::Swedish
        | Lang::Russian
        | Lang::Arabic
        | Lang::Chinese
        | Lang::Japanese
        | Lang::Korean
        | Lang::Hindi
        | Lang::Vietnamese => 0,
    };
    let end = stem.char_indices().rev().take(less).last().map_or(stem.len(), |(at, _)| at);
    stem.get(..end).unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::tokenize;

    fn holds(lang: Lang, word: &str) -> Result<(), String> {
        for token in tokenize(word, lang).iter().filter(|t| t.kind == Kind::Word) {
            let begins = surely(lang, &token.stem);
            if !raw(&token.folded).starts_with(&raw(begins)) {
                return Err(format!("{lang:?}: {word}: stem {}, surely {begins}", token.stem));
            }
        }
        Ok(())
    }

    #[test]
    fn every_word_begins_as_its_stem_is_said_to() {
        let texts = [
            include_str!("../../../../rules/lexicon/en.toml"),
            include_str!("../../../../rules/lexicon/pt.toml"),
            include_str!("../../../../rules/lexicon/de.toml"),
            include_str!("../../../../rules/lexicon/fr.toml"),
            include_str!("../../../../rules/lexicon/es.toml"),
            include_str!("../../../../ARCHITECTURE.md"),
            "dying lying tying skies ties cries hoping conflated relational possibility readability sensibly tendency agreed \
             journaux heureuse publication brillamment évidemment fréquences tendência consciência tendencia ücret kitabı \
             maan brood bakken lieden gehoorzaam löst fullt rasgulla",
        ];
        let mut wrong = Vec::new();
        for text in texts {
            for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
                wrong.extend(LANGS.into_iter().filter_map(|lang| holds(lang, word).err()));
            }
        }
        wrong.sort();
        wrong.dedup();
        assert_eq!(wrong, Vec::<String>::new());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 500, ..Default::default() })]

        #[test]
        fn so_does_any_string_of_letters(
            head in "[a-zçéèêãõñäöüßığş]{1,8}",
            middle in "(at|iz|bil|iv|al|ic|enc|ent|ant|amm|emm|eus|ier|log|u|i|e|aa|oo|dd|g|b|k)?",
            tail in "(ing|ed|ly|y|ies|es|s|ity|ation|ational|izer|ment|ements|aux|euse|euses|ence|ences|ência|encia|enza|ando|ava|en|heid|heden|igung|ungen|lar|ler|ı|i|de|da|e)?",
        ) {
            let word = format!("{head}{middle}{tail}");
            for lang in LANGS {
                proptest::prop_assert_eq!(holds(lang, &word), Ok(()));
            }
        }
    }
}
