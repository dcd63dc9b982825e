//! A cluster's readable name: the phrase from its own posts that says best what sets it apart.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use std::collections::VecDeque;

use super::clusters::{Cluster, Member};
use super::features::{Vocabulary, content_words, word};
use super::phrase::phrases;
use crate::logic::text::{Lang, tokenize};

/// A name of so many words is weak.
const WEAK: usize = 2;
/// A new name must be so much better than the one people know.
const BETTER: f64 = 1.4;
/// Of what says no word so many characters are shown.
const LONGEST_MARKS: usize = 24;

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
    // A word that one alone uses tells nothing about the others.
    let fewest = fewest(members);
    let mut ranked: Vec<(&String, f64)> = weights
        .iter()
        .filter(|(stem, weight)| **weight > fewest * idf(stem, vocabulary))
        .filter(|(stem, _)| !vocabulary.is_name(word(stem)))
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

/// The share of the posts that a word must be in: more than one of four posts and more.
fn fewest(members: &VecDeque<Member>) -> f64 {
    if members.len() > 3 { 1.5 / members.len() as f64 } else { 0.0 }
}

/// The name of a cluster: the one that a person gave it, or the phrase that says best what it is about.
pub fn name_of(cluster: &Cluster, vocabulary: &Vocabulary, reader: Option<Lang>) -> String {
    cluster.name.clone().unwrap_or_else(|| label(&cluster.members, vocabulary, &cluster.label, reader))
}

/// The name of what these posts say: `known`, the one people have seen, unless a clearly better one has appeared. It is
/// in the language that the `reader` wants where somebody speaks it, else in the one that most speak.
pub fn label(
    members: &VecDeque<Member>,
    vocabulary: &Vocabulary,
    known: &str,
    reader: Option<Lang>,
) -> String {
    let mut spoken: BTreeMap<Lang, VecDeque<Member>> = BTreeMap::new();
    for member in members {
        spoken.entry(Lang::from_tag(&member.quote.lang)).or_default().push_back(member.clone());
    }
    let mut spoken: Vec<(Lang, VecDeque<Member>)> = spoken.into_iter().collect();
    spoken.sort_by_key(|(lang, posts)| (Some(*lang) != reader, Reverse(posts.len()), *lang));
    // Not every language has said it in a phrase; and rather one person's phrase than a word alone.
    let named = [true, false].into_iter().find_map(|shared| {
        spoken.iter().find_map(|(lang, posts)| name(posts, *lang, vocabulary, known, shared))
    });
    match named {
        None => {
            let words = telling_words(members, vocabulary, 4).join(", ");
            if words.is_empty() { most_posted(members) } else { words }
        }
        Some((score, phrase, known_score)) => {
            let better = known_score > f64::MIN && score > known_score.max(0.0) * BETTER;
            if known.is_empty() || better { phrase } else { known.to_owned() }
        }
    }
}

/// What most of these posts are, of those that say no word: a few emoji, as a rule. Without any it is a dash, since
/// people have to see that there is something.
fn most_posted(members: &VecDeque<Member>) -> String {
    let mut posted: BTreeMap<String, usize> = BTreeMap::new();
    for member in members {
        let marks: String = member.quote.text.split_whitespace().collect::<Vec<_>>().join(" ");
        *posted.entry(marks.chars().take(LONGEST_MARKS).collect()).or_default() += 1;
    }
    let most = posted.into_iter().filter(|(marks, _)| !marks.is_empty()).max_by_key(|(_, posts)| *posts);
    most.map_or_else(|| "–".to_owned(), |(marks, _)| marks)
}

/// The best phrase of posts in one language with its score, and that of the known one. With `shared`, a word that one
/// post alone of four and more uses names nothing; the product's own name never does.
fn name(
    posts: &VecDeque<Member>,
    lang: Lang,
    vocabulary: &Vocabulary,
    known: &str,
    shared: bool,
) -> Option<(f64, String, f64)> {
    let mut weights = weights(posts, vocabulary);
    let fewest = if shared { fewest(posts) } else { 0.0 };
    weights
        .retain(|stem, weight| *weight > fewest * idf(stem, vocabulary) && !vocabulary.is_name(word(stem)));
    let mut best: Option<(f64, String)> = None;
    let mut known_score = f64::MIN;
    for post in posts {
        let text = post.quote.text.as_str();
        for (score, phrase) in phrases(text, &tokenize(text, lang), lang, &weights) {
            if phrase == known {
                known_score = known_score.max(score);
            }
            if best.as_ref().is_none_or(|(top, at)| score > *top || (score == *top && phrase < *at)) {
                best = Some((score, phrase));
            }
        }
    }
    // Two words are seldom enough to know what is meant, out of the sentence that they stood in.
    let fuller = best.as_ref().filter(|(_, phrase)| is_weak(phrase)).and_then(|(_, phrase)| {
        let around = posts.iter().flat_map(|post| {
            let text = post.quote.text.as_str();
            phrases(text, &tokenize(text, lang), lang, &weights)
        });
        let around = around.filter(|(_, fuller)| !is_weak(fuller) && holds(fuller, phrase));
        around.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)))
    });
    fuller.or(best).map(|(score, phrase)| (score, phrase, known_score))
}

/// Whether a phrase says too little by itself.
fn is_weak(phrase: &str) -> bool {
    phrase.split_whitespace().count() <= WEAK
}

/// Whether the words of `phrase` stand in `fuller`, one behind the other.
fn holds(fuller: &str, phrase: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let (fuller, phrase) = (words(fuller), words(phrase));
    fuller.windows(phrase.len()).any(|part| part == phrase.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::Quote;
    use crate::ground::post::PostKey;
    use crate::logic::cluster::{Clusters, Features, Member, Tuning, quotes};

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
        let label = label(&clusters.get(1).unwrap().members, &clusters.vocabulary, "", None);
        assert!(label.contains("return") && label.contains("apostrophe"), "{label}");
        assert!(label.split(' ').count() <= 8);
    }

    #[test]
    fn the_label_stays_while_the_meaning_does() {
        let clusters = clusters(&KEYS);
        let known = "return key too close";
        assert_eq!(label(&clusters.get(1).unwrap().members, &clusters.vocabulary, known, None), known);
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
        let chosen = quotes(&clusters.get(1).unwrap().members, &clusters.vocabulary, 2, |_| true);
        assert_eq!(chosen.len(), 2);
        assert_ne!(chosen[0].text, chosen[1].text);
    }

    #[test]
    fn it_is_named_in_the_language_of_the_team_where_somebody_speaks_it() {
        let mut clusters = clusters(&["o leite sai morno", "leite morno outra vez", "o leite vem morno"]);
        let english = "the milk is never hot";
        let mut members = clusters.get(1).unwrap().members.clone();
        for member in &mut members {
            member.quote.lang = "pt".into();
        }
        let mut one = members.front().unwrap().clone();
        (one.quote.text, one.quote.lang) = (english.into(), "en".into());
        members.push_back(one);
        clusters.vocabulary.learn(&Features::of(&tokenize(english, Lang::English), Lang::English));
        let named = |reader| label(&members, &clusters.vocabulary, "", reader);
        assert_eq!(named(Some(Lang::English)), "milk is never hot");
        assert!(named(None).contains("leite"), "{}", named(None));
        assert!(named(Some(Lang::German)).contains("leite"));
    }

    #[test]
    fn two_words_are_told_with_what_stood_around_them_where_others_said_that_too() {
        let named = |texts: &[&str]| {
            let clusters = clusters(texts);
            label(&clusters.get(1).unwrap().members, &clusters.vocabulary, "", None)
        };
        let squeaks = ["that door squeaks", "door squeaks", "the door squeaks"];
        assert_eq!(named(&squeaks), "door squeaks");
        let more = [
            "door squeaks",
            "door squeaks",
            "door squeaks in the morning",
            "the door squeaks in the morning",
        ];
        assert_eq!(named(&more), "door squeaks in the morning");
    }

    #[test]
    fn it_is_never_a_lone_word() {
        let clusters = clusters(&[
            "an email I sent in instalments",
            "what is wrong with your emails",
            "move the apostrophe, signed, who emailed a client",
            "he now sends emails in pieces",
        ]);
        let label = label(&clusters.get(1).unwrap().members, &clusters.vocabulary, "", None);
        assert!(label.split(' ').count() > 1, "{label}");
    }

    #[test]
    fn what_says_no_word_is_called_by_its_marks() {
        let clusters = clusters(&["😡😡 🔥", "😡😡  🔥", "🔥"]);
        let label = label(&clusters.get(1).unwrap().members, &clusters.vocabulary, "", None);
        assert_eq!(label, "😡😡 🔥");
    }
}
