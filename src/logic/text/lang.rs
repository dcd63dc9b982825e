//! Which language a text is in.

use std::cell::RefCell;

use rust_stemmers::{Algorithm, Stemmer};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{function_words, script};

/// A language as far as we tell languages apart. The five first have lexicons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Lang {
    English,
    Portuguese,
    French,
    Spanish,
    German,
    Italian,
    Dutch,
    Swedish,
    Russian,
    Turkish,
    Arabic,
    Chinese,
    Japanese,
    Korean,
    Hindi,
    Vietnamese,
    /// Declared by the source as something else, or too short to tell.
    Other,
}

/// Fewer letters than this, and detection is a guess that we do not make.
const FEWEST_LETTERS: usize = 12;
/// A text of fewer letters shows its language by small words and accents; statistics over its letters are misled by names.
const ENOUGH_LETTERS: usize = 80;
/// Small words that a language has to have more than any other.
const CLEAR_LEAD: usize = 2;

impl Lang {
    /// The two-letter code (ISO 639-1); `und` where unknown.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::German => "de",
            Self::Italian => "it",
            Self::Dutch => "nl",
            Self::Swedish => "sv",
            Self::Russian => "ru",
            Self::Turkish => "tr",
            Self::Arabic => "ar",
            Self::Chinese => "zh",
            Self::Japanese => "ja",
            Self::Korean => "ko",
            Self::Hindi => "hi",
            Self::Vietnamese => "vi",
            Self::Other => "und",
        }
    }

    /// The language of a tag such as `pt`, `pt-BR` or `pt_BR`.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        [
            Self::English,
            Self::Portuguese,
            Self::French,
            Self::Spanish,
            Self::German,
            Self::Italian,
            Self::Dutch,
            Self::Swedish,
            Self::Russian,
            Self::Turkish,
            Self::Arabic,
            Self::Chinese,
            Self::Japanese,
            Self::Korean,
            Self::Hindi,
            Self::Vietnamese,
        ]
        .into_iter()
        .find(|lang| lang.code().eq_ignore_ascii_case(primary))
        .unwrap_or(Self::Other)
    }

    /// The language of `text`: what the source declares if it does, else what the letters say.
    pub fn of(text: &str, declared: Option<&str>) -> Self {
        match declared.map(Self::from_tag) {
            Some(Self::Other) | None => Self::detect(text),
            Some(lang) => lang,
        }
    }

    /// What the small words say if they are clear, else what the letters say. Texts of a few letters without a small word
    /// are taken for [`Lang::Other`], save in scripts that tell.
    fn detect(text: &str) -> Self {
        let letters = text.chars().filter(|c| c.is_alphabetic()).take(FEWEST_LETTERS).count();
        if letters == 0 {
            return Self::Other;
        }
        let strange = text.chars().filter(|c| c.is_alphabetic()).take(FEWEST_LETTERS);
        if 2 * strange.filter(|c| script::is_south_east_asian(*c)).count() > letters {
            return Self::Other;
        }
        let latin = text.chars().all(|c| !c.is_alphabetic() || (c as u32) < 0x250);
        let words = if latin { function_words::most(text) } else { None };
        if let Some((lang, hits, lead)) = words
            && (lead >= CLEAR_LEAD || hits == lead && letters < FEWEST_LETTERS)
        {
            return lang;
        }
        if latin && letters < FEWEST_LETTERS {
            return Self::Other;
        }
        let by_letters = Self::by_letters(text);
        match words {
            // One small word more than any other language has: enough against letters that say something else still.
            Some((lang, _, lead)) if lead > 0 => lang,
            // Names of products are what is left, and they look like Italian or Turkish: "kaffa duo, cortado, gardening".
            _ if text.is_ascii() && Self::is_short(text) => match words {
                // As many small words of two languages: the letters decide between those.
                Some((lang, ..)) if !by_letters.has_small_words_in(text) => lang,
                Some(_) => by_letters,
                None => Self::English,
            },
            _ if Self::is_short(text) => Self::by_accents(text).unwrap_or(by_letters),
            _ => by_letters,
        }
    }

    /// The language that alone, among those of a lexicon, has a letter or sign of the text.
    fn by_accents(text: &str) -> Option<Self> {
        text.chars().find_map(|c| match c {
            'ã' | 'õ' | 'Ã' | 'Õ' => Some(Self::Portuguese),
            'ñ' | 'Ñ' | '¿' | '¡' => Some(Self::Spanish),
            'ß' => Some(Self::German),
            'œ' | 'û' | 'î' | 'ù' => Some(Self::French),
            _ => None,
        })
    }

    fn is_short(text: &str) -> bool {
        text.chars().filter(|c| c.is_alphabetic()).take(ENOUGH_LETTERS).count() < ENOUGH_LETTERS
    }

    /// Whether a text has one of the language's small words at least.
    fn has_small_words_in(self, text: &str) -> bool {
        function_words::count(text, self) > 0
    }

    fn by_letters(text: &str) -> Self {
        match whichlang::detect_language(text) {
            whichlang::Lang::Ara => Self::Arabic,
            whichlang::Lang::Cmn => Self::Chinese,
            whichlang::Lang::Deu => Self::German,
            whichlang::Lang::Eng => Self::English,
            whichlang::Lang::Fra => Self::French,
            whichlang::Lang::Hin => Self::Hindi,
            whichlang::Lang::Ita => Self::Italian,
            whichlang::Lang::Jpn => Self::Japanese,
            whichlang::Lang::Kor => Self::Korean,
            whichlang::Lang::Nld => Self::Dutch,
            whichlang::Lang::Por => Self::Portuguese,
            whichlang::Lang::Rus => Self::Russian,
            whichlang::Lang::Spa => Self::Spanish,
            whichlang::Lang::Swe => Self::Swedish,
            whichlang::Lang::Tur => Self::Turkish,
            whichlang::Lang::Vie => Self::Vietnamese,
        }
    }

    /// The stem of a lower-cased word that still has its accents, folded. A text of unknown language is stemmed as
    /// English: most such texts are short and English, and the folded word matches in any case.
    pub fn stem(self, lower: &str) -> String {
        if !lower.is_ascii()
            && let Some(word) = script::without_particle(lower)
        {
            return super::fold(word);
        }
        let algorithm = match self {
            Self::English | Self::Other => Algorithm::English,
            Self::Portuguese => Algorithm::Portuguese,
            Self::French => Algorithm::French,
            Self::Spanish => Algorithm::Spanish,
            Self::German => Algorithm::German,
            Self::Italian => Algorithm::Italian,
            Self::Dutch => Algorithm::Dutch,
            Self::Swedish => Algorithm::Swedish,
            Self::Russian => Algorithm::Russian,
            Self::Turkish => Algorithm::Turkish,
            // rust-stemmers' Arabic is slow and these scripts do not inflect by suffix.
            Self::Arabic | Self::Chinese | Self::Japanese | Self::Korean | Self::Hindi | Self::Vietnamese => {
                return super::fold(lower);
            }
        };
        stem_cached(algorithm, lower)
    }
}

/// A stem that was looked for before.
struct Known {
    algorithm: Algorithm,
    word: Box<str>,
    stem: Box<str>,
}

thread_local! {
    // Posts repeat few words, and a look-up is many times faster than the stemmer. A word drives out the one whose place it
    // has, so that nobody can make it grow, or slow.
    static STEMS: RefCell<Vec<Option<Known>>> = RefCell::new((0..CACHED_WORDS).map(|_| None).collect());
}
/// Places for words; about 4 MB when all are taken.
const CACHED_WORDS: usize = 1 << 15;

/// The stem of a word, folded.
fn stem_cached(algorithm: Algorithm, word: &str) -> String {
    // Nothing longer is a word; stemmers are quadratic in places.
    if word.len() > 40 || word.bytes().any(|b| b.is_ascii_digit()) {
        return super::fold(word);
    }
    let place = xxh3_64_with_seed(word.as_bytes(), algorithm as u64) as usize % CACHED_WORDS;
    STEMS.with_borrow_mut(|stems| {
        let Some(place) = stems.get_mut(place) else { return String::new() };
        let known = place.as_ref().filter(|k| k.algorithm == algorithm && *k.word == *word);
        if let Some(known) = known {
            return known.stem.to_string();
        }
        let stem = super::fold(&Stemmer::create(algorithm).stem(word));
        *place = Some(Known { algorithm, word: word.into(), stem: stem.as_str().into() });
        stem
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_not_guessed() {
        assert_eq!(Lang::of("ok!", None), Lang::Other);
        assert_eq!(Lang::of("o teclado do meu netbook é horrível", None), Lang::Portuguese);
        assert_eq!(Lang::of("the keys are too close together", None), Lang::English);
        assert_eq!(Lang::of("les touches sont beaucoup trop proches", None), Lang::French);
    }

    #[test]
    fn names_of_products_are_no_language() {
        for text in [
            "kaffa duo, cortado, gardening",
            "kaffa duo error 41, anybody?",
            "brevo pods cost a fortune",
            "team brevo: please add a ristretto button",
            "Tarn Lumo Vela",
        ] {
            assert_eq!(Lang::of(text, None), Lang::English, "{text}");
        }
        assert_eq!(Lang::of("Brevo: não esquenta", None), Lang::Portuguese);
        assert_eq!(Lang::of("die Brevo tropft", None), Lang::German);
        assert_eq!(Lang::of("ma Brevo fuit partout", None), Lang::French);
    }

    #[test]
    fn a_script_of_no_language_we_know_is_none() {
        assert_eq!(Lang::of("แบตเตอรี่หมดเร็วมาก", None), Lang::Other);
        assert_eq!(Lang::of("배터리가 너무 빨리 닳아요", None), Lang::Korean);
    }

    #[test]
    fn what_the_source_declares_counts() {
        assert_eq!(Lang::of("the keys", Some("pt-BR")), Lang::Portuguese);
        assert_eq!(Lang::of("les touches sont beaucoup trop proches", Some("tlh")), Lang::French);
    }

    #[test]
    fn words_of_one_family_share_a_stem() {
        assert_eq!(Lang::English.stem("crashes"), Lang::English.stem("crashing"));
        assert_eq!(Lang::Portuguese.stem("teclas"), Lang::Portuguese.stem("tecla"));
    }
}
