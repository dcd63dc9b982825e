//! A cluster's readable name: the phrase from its own posts that says best what sets it apart.

use std::collections::{BTreeMap, BTreeSet};

use std::collections::VecDeque;

use super::clusters::Member;
use super::features::{Features, Vocabulary, content_words, word};
use crate::ground::alert::Quote;
use crate::logic::text::stop::is_stop_word;
use crate::logic::text::{Kind, Lang, Token, tokenize};

/// Longest phrase, in words.
const LONGEST: usize = 8;
/// A phrase must say so many things, where the posts do.
const FEWEST_CONTENT: usize = 2;
/// A new name must be so much better than the one people know.
const BETTER: f64 = 1.4;

/// What the words of some posts weigh: share of the posts that hold a stem, times how rare the stem is elsewhere
/// (class-based TF-IDF, Grootendorst 2022, with the product's own posts as the other classes).
fn weights(members: &VecDeque<Member>, vocabulary: &Vocabulary) -> BTreeMap<String, f64> {
    let mut share: BTreeMap<String, f64> = BTreeMap::new();
    for member in members {
        let lang = Lang::from_tag(&member.quote.lang);
        let tokens = tokenize(&member.quote.text, lang);
        let stems: BTreeSet<String> = content_words(&tokens, lang).map(|t| t.stem.clone()).collect();
        for stem in stems {
            *share.entry(stem).or_default() += 1.0 / members.len() as f64;
        }
    }
    for (stem, weight) in &mut share {
        *weight *= idf(stem, vocabulary);
    }
    share
}

fn idf(stem: &str, vocabulary: &Vocabulary) -> f64 {
    f64::from(vocabulary.idf(word(stem)))
}

/// The words that set these posts apart, strongest first, as people wrote them.
pub fn telling_words(members: &VecDeque<Member>, vocabulary: &Vocabulary, most: usize) -> Vec<String> {
    let weights = weights(members, vocabulary);
    let mut spelled: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for member in members {
        let lang = Lang::from_tag(&member.quote.lang);
        for token in tokenize(&member.quote.text, lang) {
            if weights.contains_key(&token.stem) {
                *spelled.entry(token.stem).or_default().entry(token.folded).or_default() += 1;
            }
        }
    }
    // Of four posts and more, a word that one alone uses tells nothing about the others.
    let fewest = if members.len() > 3 { 1.5 / members.len() as f64 } else { 0.0 };
    let mut ranked: Vec<(&String, f64)> = weights
        .iter()
        .filter(|(stem, weight)| **weight > fewest * idf(stem, vocabulary))
        .map(|(stem, weight)| (stem, *weight))
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    ranked
        .into_iter()
        .filter_map(|(stem, _)| {
            let forms = spelled.get(stem)?;
            forms.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0))).map(|(form, _)| form.clone())
        })
        .take(most)
        .collect()
}

/// The name of what these posts say: `known`, the one people have seen, unless a clearly better one has appeared.
pub fn label(members: &VecDeque<Member>, vocabulary: &Vocabulary, known: &str) -> String {
    let weights = weights(members, vocabulary);
    let mut best: Option<(f64, String)> = None;
    let mut known_score = f64::MIN;
    for member in members {
        let lang = Lang::from_tag(&member.quote.lang);
        let text = member.quote.text.as_str();
        for (score, phrase) in phrases(text, &tokenize(text, lang), lang, &weights) {
            if phrase == known {
                known_score = known_score.max(score);
            }
            if best.as_ref().is_none_or(|(top, at)| score > *top || (score == *top && phrase < *at)) {
                best = Some((score, phrase));
            }
        }
    }
    match best {
        None => telling_words(members, vocabulary, 4).join(", "),
        Some((score, phrase)) => {
            let better = known_score > f64::MIN && score > known_score.max(0.0) * BETTER;
            if known.is_empty() || better { phrase } else { known.to_owned() }
        }
    }
}

/// Up to `most` quotes that differ: first the most typical, then each the least like those chosen, each from another
/// voice; `keep` says which may be quoted.
pub fn quotes(
    members: &VecDeque<Member>,
    vocabulary: &Vocabulary,
    most: usize,
    keep: impl Fn(&Quote) -> bool,
) -> Vec<Quote> {
    let mut voices = BTreeSet::new();
    let pool: Vec<(&Quote, super::vector::Vector)> = members
        .iter()
        .rev()
        .filter(|m| keep(&m.quote) && voices.insert(m.voice))
        .map(|m| {
            let lang = Lang::from_tag(&m.quote.lang);
            (&m.quote, vocabulary.vector(&Features::of(&tokenize(&m.quote.text, lang), lang)))
        })
        .collect();
    let typical =
        |v: &super::vector::Vector| pool.iter().map(|(_, o)| v.dot(o)).sum::<f32>() / pool.len() as f32;
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most.min(pool.len()) {
        let next = (0..pool.len())
            .filter(|i| !chosen.contains(i))
            .filter_map(|i| {
                let (quote, vector) = pool.get(i)?;
                let near = chosen
                    .iter()
                    .filter_map(|c| pool.get(*c))
                    .map(|(_, other)| vector.dot(other))
                    .fold(0.0, f32::max);
                // A reader wants a sentence or two, not a word and not a page.
                let length = quote.text.chars().count() as f32;
                let readable = if (30.0..=280.0).contains(&length) { 0.1 } else { 0.0 };
                Some((i, typical(vector) - near + readable))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((i, _)) = next else { break };
        chosen.push(i);
    }
    chosen.into_iter().filter_map(|i| pool.get(i)).map(|(q, _)| (*q).clone()).collect()
}

/// Every phrase of a text that could be a name, with its score: the weight of what it says, less for each word more.
fn phrases(text: &str, tokens: &[Token], lang: Lang, weights: &BTreeMap<String, f64>) -> Vec<(f64, String)> {
    let mut out = Vec::new();
    let heaviest = weights.values().copied().fold(0.0, f64::max);
    let says = |t: &Token| {
        matches!(t.kind, Kind::Word | Kind::Tag)
            && !is_stop_word(&t.folded, lang)
            && weights.contains_key(&t.stem)
    };
    for first in 0..tokens.len() {
        let Some(head) = tokens.get(first).filter(|t| t.kind == Kind::Word && t.folded.len() < 30) else {
            continue;
        };
        let (mut score, mut content) = (0.0, BTreeSet::new());
        for last in first..tokens.len().min(first + LONGEST) {
            let Some(tail) = tokens.get(last) else { break };
            if tail.kind != Kind::Word || crosses(text, tokens, first, last) {
                break;
            }
            if says(tail) && content.insert(tail.stem.as_str()) {
                score += weights.get(&tail.stem).copied().unwrap_or(0.0);
            }
            // A name begins and ends with a word that says something ("too close" may begin with "too").
            if !says(tail) || content.len() < FEWEST_CONTENT || (!says(head) && !opens(&head.folded)) {
                continue;
            }
            let phrase = text.get(head.start..tail.end).unwrap_or_default();
            let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
            let cost = 0.22 * heaviest * (last - first) as f64;
            out.push((score - cost, tidy(&phrase)));
        }
    }
    out
}

/// Function words that a name may begin with.
fn opens(folded: &str) -> bool {
    matches!(
        folded,
        "too" | "no" | "not" | "cant" | "wont" | "doesnt" | "didnt" | "never" | "trop" | "muito" | "zu"
    )
}

/// Whether a full stop, comma or line end stands inside.
fn crosses(text: &str, tokens: &[Token], first: usize, last: usize) -> bool {
    let (Some(a), Some(b)) = (tokens.get(first), tokens.get(last)) else { return true };
    text.get(a.start..b.end)
        .is_none_or(|t| t.contains(['.', '!', '?', '\n', ';', ':', '(', ')', '"', '“', '”', ',']))
}

/// Capitals only where they mean something: a shouted phrase is written small.
fn tidy(phrase: &str) -> String {
    let letters = phrase.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = phrase.chars().filter(|c| c.is_uppercase()).count();
    if capitals * 2 > letters {
        phrase.to_lowercase()
    } else {
        let mut chars = phrase.chars();
        match (chars.next(), phrase.chars().nth(1)) {
            (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
                first.to_lowercase().chain(chars).collect()
            }
            _ => phrase.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::post::PostKey;
    use crate::logic::cluster::{Clusters, Member, Tuning};

    fn clusters(texts: &[&str]) -> Clusters {
        let mut clusters = Clusters::new(Tuning { strand: -1.0, merge: 1.0, keep: 0.0 });
        for chatter in
            ["my mini 9 came today", "a mini 9 for school", "mini 9 is out", "so happy with my mini 9"]
        {
            clusters.vocabulary.learn(&Features::of(&tokenize(chatter, Lang::English), Lang::English));
        }
        for (i, text) in texts.iter().enumerate() {
            let features = Features::of(&tokenize(text, Lang::English), Lang::English);
            clusters.vocabulary.learn(&features);
            let quote = Quote {
                key: PostKey { source: "s".into(), id: i.to_string() },
                author_name: None,
                followers: None,
                text: (*text).into(),
                url: None,
                at: crate::ground::time::from_ms(0),
                lang: "en".into(),
                region: None,
            };
            clusters.assign(&features, Member { quote, voice: i as u64, sentiment: 0.0 });
        }
        clusters
    }

    const KEYS: [&str; 5] = [
        "the return and apostrophe keys are too close together on my mini 9",
        "return key too close to the apostrophe, mini 9",
        "who put return right next to the apostrophe key on the mini 9?!",
        "mini 9: hit return instead of apostrophe, again",
        "APOSTROPHE KEY and RETURN KEY: WHY SO CLOSE?",
    ];

    #[test]
    fn the_label_is_a_phrase_that_somebody_wrote_about_what_all_say() {
        let clusters = clusters(&KEYS);
        let label = label(&clusters.get(1).unwrap().members, &clusters.vocabulary, "");
        assert!(label.contains("return") && label.contains("apostrophe"), "{label}");
        assert!(label.split(' ').count() <= LONGEST);
    }

    #[test]
    fn the_label_stays_while_the_meaning_does() {
        let clusters = clusters(&KEYS);
        let known = "return key too close";
        assert_eq!(label(&clusters.get(1).unwrap().members, &clusters.vocabulary, known), known);
    }

    #[test]
    fn words_are_shown_as_people_spell_them() {
        let clusters = clusters(&KEYS);
        let words = telling_words(&clusters.get(1).unwrap().members, &clusters.vocabulary, 3);
        assert!(words.contains(&"apostrophe".to_owned()), "{words:?}");
    }

    #[test]
    fn quotes_differ_and_come_from_different_people() {
        let clusters = clusters(&[KEYS[0], KEYS[0], KEYS[3], "the fan is loud"]);
        let quotes = quotes(&clusters.get(1).unwrap().members, &clusters.vocabulary, 2, |_| true);
        assert_eq!(quotes.len(), 2);
        assert_ne!(quotes[0].text, quotes[1].text);
    }
}
