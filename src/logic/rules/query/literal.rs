//! Strings that a text has to hold for a query to match: what is looked for in the raw text, before it is cut into words.

use super::{LANGS, Node, Word};
use crate::logic::text::{Kind, Lang, fold, is_stop_word};

/// Languages whose commonest words are known.
const WITH_STOP_WORDS: [Lang; 5] =
    [Lang::English, Lang::Portuguese, Lang::French, Lang::Spanish, Lang::German];

/// A string that a text may be asked to hold.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::logic::rules) struct Literal {
    /// With which a word begins, as [`raw`] writes it.
    pub(in crate::logic::rules) text: String,
    /// What the word may then be.
    pub(in crate::logic::rules) forms: Forms,
}

/// Words that are meant by the beginning that they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::logic::rules) struct Forms {
    /// Every one.
    pub(in crate::logic::rules) any: bool,
    /// These, as [`raw`] writes them.
    pub(in crate::logic::rules) whole: Vec<String>,
    /// Those with one of these stems in one of these languages (bit = language).
    pub(in crate::logic::rules) stems: Vec<(u32, String)>,
}

impl Literal {
    /// Words begin with a letter or a digit where the gate looks for them: of "_mini9" it finds "mini9", and asks no more.
    fn new(text: &str, forms: Forms) -> Self {
        let begins = text.trim_start_matches(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric());
        let any = forms.any || begins.len() < text.len();
        Self { text: begins.to_owned(), forms: Forms { any, ..forms } }
    }
}

impl Forms {
    /// These or those.
    pub(in crate::logic::rules) fn add(&mut self, other: Self) {
        self.any |= other.any;
        self.whole.extend(other.whole);
        self.whole.sort_unstable();
        self.whole.dedup();
        for (langs, stem) in other.stems {
            match self.stems.iter_mut().find(|(_, known)| *known == stem) {
                Some((known, _)) => *known |= langs,
                None => self.stems.push((langs, stem)),
            }
        }
    }
}

/// Strings with one of which a word of the text begins, as [`raw`] writes it, if the query matches; `None` where a match
/// needs no word.
pub(in crate::logic::rules) fn literals(node: &Node) -> Option<Vec<Literal>> {
    match node {
        Node::Not(_) | Node::Field(_) => None,
        Node::And(parts) => best(parts.iter().filter_map(literals)),
        Node::Near { left, right, .. } => best([left, right].into_iter().filter_map(|side| literals(side))),
        Node::Or(parts) => all(parts),
        Node::List(list) => all(&list.entries),
        Node::Word(word) => Some(of_word(word, false)),
        Node::Phrase { words, exact } => best(words.iter().map(|word| of_word(word, *exact))),
        Node::Exact(exact) => best(exact.folded.iter().map(|word| vec![whole(word)])),
        Node::Prefix { folded, .. } => {
            Some(vec![Literal::new(&raw(folded), Forms { any: true, ..Forms::default() })])
        }
        Node::Tag(word) | Node::Handle(word) | Node::Emoji(word) => Some(vec![whole(word)]),
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

/// Of sets of which each will do, the one whose shortest string is longest. Words that are in every text come last.
fn best(sets: impl Iterator<Item = Vec<Literal>>) -> Option<Vec<Literal>> {
    let common = |literal: &Literal| {
        literal.forms.whole.iter().any(|word| WITH_STOP_WORDS.iter().any(|lang| is_stop_word(word, *lang)))
    };
    let length = |literal: &Literal| if common(literal) { 0 } else { literal.text.len() };
    let shortest = |set: &Vec<Literal>| set.iter().map(length).min().unwrap_or(0);
    sets.max_by(|a, b| shortest(a).cmp(&shortest(b)).then_with(|| b.len().cmp(&a.len())))
}

fn all(parts: &[Node]) -> Option<Vec<Literal>> {
    let mut found = Vec::new();
    for part in parts {
        found.extend(literals(part)?);
    }
    Some(found)
}

fn whole(word: &str) -> Literal {
    let text = raw(word);
    Literal::new(&text, Forms { whole: vec![text.clone()], ..Forms::default() })
}

fn of_word(word: &Word, exact: bool) -> Vec<Literal> {
    let mut found = vec![whole(&word.folded)];
    if !exact && word.kind == Kind::Word {
        for lang in LANGS {
            let stem = word.stem(lang);
            let stems = vec![(1 << lang as u32, stem.to_owned())];
            let forms = Forms { stems, ..Forms::default() };
            found.extend(surely(lang, stem).iter().map(|head| Literal::new(&raw(head), forms.clone())));
        }
    }
    found.sort_by(|a, b| a.text.cmp(&b.text));
    // What begins as a shorter one does is found with it.
    let mut kept: Vec<Literal> = Vec::new();
    for literal in found {
        match kept.last_mut().filter(|last| literal.text.starts_with(&last.text)) {
            Some(last) => last.forms.add(literal.forms),
            None => kept.push(literal),
        }
    }
    kept
}

/// Beginnings of which every word has one that has this stem. Snowball mostly cuts endings off; where it writes others in
/// their place (happy → happi, hoping → hope, possibility → possibl, journaux → journal, maan → man, kitabı → kitap), these go,
/// or what they stand for is looked for too.
fn surely(lang: Lang, stem: &str) -> Vec<String> {
    match lang {
        Lang::Dutch => dutch(stem),
        Lang::Turkish => turkish(stem),
        _ => vec![without(stem, less(lang, stem)).to_owned()],
    }
}

/// A vowel that is written twice before a last consonant is written once; "heden" becomes "heid".
fn dutch(stem: &str) -> Vec<String> {
    let mut found = vec![without(stem, if stem.ends_with("heid") { 2 } else { 0 }).to_owned()];
    // Folded, the consonant may be two letters (ß), or a vowel (ø).
    for (at, vowel) in stem.char_indices().rev().skip(1).take(2).filter(|(_, c)| "aeou".contains(*c)) {
        let mut twice = stem.to_owned();
        twice.insert(at, vowel);
        found.push(twice);
    }
    found
}

/// A last b, c, d or ğ becomes p, ç, t or k, and vowels are put behind d and g.
fn turkish(stem: &str) -> Vec<String> {
    let soft = stem.chars().next_back().and_then(|last| match last {
        'p' => Some('b'),
        't' => Some('d'),
        'k' => Some('g'),
        _ => None,
    });
    let head = without(stem, if stem.ends_with(['i', 'u']) { 2 } else { 0 });
    let soft = soft.map(|soft| stem.chars().take(stem.chars().count() - 1).chain([soft]).collect());
    std::iter::once(head.to_owned()).chain(soft).collect()
}

/// The stem without its last letters. The first one stays: no stemmer writes another one for it.
fn without(stem: &str, letters: usize) -> &str {
    let cut = stem.char_indices().rev().take(letters).take_while(|(at, _)| *at > 0).last();
    stem.get(..cut.map_or(stem.len(), |(at, _)| at)).unwrap_or(stem)
}

/// How many letters of a stem are not sure to be those of the word.
fn less(lang: Lang, stem: &str) -> usize {
    let ends = |end: &str| stem.ends_with(end);
    let before_last = stem.chars().rev().nth(1);
    let vowel = |c: char| "aeiouy".contains(c);
    match lang {
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
                usize::from(ends("eux") || ends("al") || ends("i"))
            }
        }
        Lang::German
        | Lang::Dutch
        | Lang::Turkish
        | Lang::Swedish
        | Lang::Russian
        | Lang::Arabic
        | Lang::Chinese
        | Lang::Japanese
        | Lang::Korean
        | Lang::Hindi
        | Lang::Vietnamese => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::tokenize;

    fn holds(lang: Lang, word: &str) -> Result<(), String> {
        for token in tokenize(word, lang).iter().filter(|t| t.kind == Kind::Word) {
            let begins = surely(lang, &token.stem);
            if !begins.iter().any(|begins| raw(&token.folded).starts_with(&raw(begins))) {
                return Err(format!("{lang:?}: {word}: stem {}, surely {begins:?}", token.stem));
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

    #[test]
    fn so_does_every_word_of_three_letters() {
        let mut wrong = Vec::new();
        let letters = || ('a'..='z').chain(['é', 'ß', 'ı', 'æ', 'ø', 'ğ', 'я', '电', 'ก']);
        for (a, b) in letters().flat_map(|a| letters().map(move |b| (a, b))) {
            for word in std::iter::once(format!("{a}{b}")).chain(letters().map(|c| format!("{a}{b}{c}"))) {
                wrong.extend(LANGS.into_iter().filter_map(|lang| holds(lang, &word).err()));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 500, ..Default::default() })]

        #[test]
        fn so_does_any_string_of_letters(
            head in "[a-zçéèêãõñäöüßığşæøłđ]{1,8}",
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
