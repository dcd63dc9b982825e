//! Terms from words: what the tokenizer makes of a word in a query is what it makes of it in a post.

use super::{Exact, LANGS, Node, Word};
use crate::logic::rules::lint::{self, Problem};
use crate::logic::text::{Kind, Lang, Token, tokenize};

/// Most entries of one `$list`, the lists it names spelt out.
pub(crate) const WORDS_A_LIST: usize = 5_000;
/// Fewest letters before the star of a prefix.
const PREFIX_LETTERS: usize = 3;

/// The words of `text` with their stems in every language.
pub(super) fn words_of(text: &str) -> Vec<Word> {
    let by_lang: Vec<(Lang, Vec<Token>)> =
        LANGS.into_iter().map(|lang| (lang, tokenize(text, lang))).collect();
    let Some((_, first)) = by_lang.first() else { return Vec::new() };
    first
        .iter()
        .enumerate()
        .map(|(i, token)| {
            let mut stems: Vec<(u32, String)> = Vec::new();
            for (lang, tokens) in &by_lang {
                let Some(stem) = tokens.get(i).map(|t| &t.stem) else { continue };
                let bit = 1u32 << (*lang as u32);
                match stems.iter_mut().find(|(_, known)| known == stem) {
                    Some((langs, _)) => *langs |= bit,
                    None => stems.push((bit, stem.clone())),
                }
            }
            Word { folded: token.folded.clone(), kind: token.kind, stems }
        })
        .collect()
}

/// What a bare word looks for; `None` where it has neither letters nor emoji. A word that the tokenizer takes
/// apart (`wi-fi`, Chinese) is a phrase.
pub(super) fn bare(text: &str) -> Option<Node> {
    let mut words = words_of(text);
    if let Some(tag) = whole_tag(text) {
        return Some(Node::Tag(tag));
    }
    if words.len() > 1 {
        return Some(Node::Phrase { words, exact: false });
    }
    let word = words.pop()?;
    Some(match word.kind {
        Kind::Word | Kind::Link => Node::Word(word),
        Kind::Tag => Node::Tag(word.folded),
        Kind::Handle => Node::Handle(word.folded),
        Kind::Emoji => Node::Emoji(word.folded),
    })
}

/// The tag that all of this is. In scripts without blanks the characters of a tag are words as well.
fn whole_tag(text: &str) -> Option<String> {
    let first = tokenize(text, Lang::Other).into_iter().next()?;
    (first.kind == Kind::Tag && first.start == 0 && first.end == text.len()).then_some(first.folded)
}

/// A phrase in quotes; `None` where it holds nothing.
pub(super) fn quoted(text: &str) -> Option<Node> {
    let words = words_of(text);
    (!words.is_empty()).then_some(Node::Phrase { words, exact: true })
}

/// What stands between braces; `None` where it holds nothing.
pub(super) fn as_written(text: &str) -> Option<Node> {
    let tokens = tokenize(text, Lang::Other);
    if tokens.is_empty() {
        return None;
    }
    let words = tokens.iter().map(|t| surface(text, t).to_owned()).collect();
    let folded = tokens.into_iter().map(|t| t.folded).collect();
    Some(Node::Exact(Exact { text: text.to_owned(), words, folded }))
}

/// Is the token written just so in its text? A tag may go without its sign.
pub(super) fn is_written(text: &str, token: &Token, word: &str) -> bool {
    let spelt = surface(text, token);
    spelt == word || (token.kind == Kind::Tag && spelt.trim_start_matches(['#', '＃']) == word)
}

/// A token as its text spells it, without the possessive.
fn surface<'a>(text: &'a str, token: &Token) -> &'a str {
    let spelt = text.get(token.start..token.end).unwrap_or_default();
    spelt.strip_suffix("'s").or_else(|| spelt.strip_suffix("’s")).unwrap_or(spelt)
}

/// A word with a star in it, which starts at byte `at` of the query.
pub(super) fn starred(text: &str, at: usize) -> Result<Node, Problem> {
    let range = at..at + text.len();
    let Some(stem) = text.strip_suffix('*').filter(|stem| !stem.contains('*')) else {
        return Err(lint::wildcard::misplaced(range, text));
    };
    if let Some(folded) = whole_tag(stem).filter(|tag| !tag.is_ascii()) {
        return Ok(Node::Prefix { folded, kind: Kind::Tag });
    }
    let mut words = words_of(stem);
    // Scripts without spaces: every word that begins so is these characters and more.
    if words.len() > 1 && words.iter().all(|w| !w.folded.is_ascii() && w.folded.chars().count() == 1) {
        return Ok(Node::Phrase { words, exact: true });
    }
    match (words.pop(), words.is_empty()) {
        (Some(Word { folded, kind: kind @ (Kind::Word | Kind::Tag), .. }), true) => {
            if folded.chars().count() < PREFIX_LETTERS {
                return Err(lint::wildcard::short(range, text));
            }
            Ok(Node::Prefix { folded, kind })
        }
        _ => Err(lint::wildcard::misplaced(range, text)),
    }
}

/// What one entry of a `$list` looks for: a word, several words as a phrase in any of their forms, or what a query
/// writes with signs (`"exact"`, `{Case}`, `prefix*`, `#tag`, `@handle`, emoji). The lists an entry names are not
/// looked up here.
pub(crate) fn term_of_entry(text: &str) -> Result<Node, Problem> {
    let trimmed = text.trim();
    let at = text.find(trimmed).unwrap_or(0);
    let whole = at..at + trimmed.len();
    let inner = |open: &[char], close: &[char]| {
        let rest = trimmed.strip_prefix(open)?.strip_suffix(close)?;
        (!rest.contains(open) && !rest.contains(close)).then_some(rest)
    };
    let node = if let Some(phrase) = inner(&super::lex::QUOTES, &super::lex::QUOTES) {
        quoted(phrase)
    } else if let Some(exact) = inner(&['{'], &['}']) {
        as_written(exact)
    } else if trimmed.contains(['(', ')', '"', '{', '}'])
        || trimmed.split_whitespace().any(|w| matches!(w, "AND" | "OR" | "NOT") || w.starts_with("NEAR/"))
    {
        return Err(lint::lists::entry_is_query(whole, trimmed));
    } else if trimmed.contains('*') {
        return starred(trimmed, at);
    } else {
        bare(trimmed)
    };
    node.ok_or_else(|| lint::looking::nothing(whole, trimmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_what_the_tokenizer_makes_of_it() {
        assert!(matches!(bare("#Mini9"), Some(Node::Tag(tag)) if tag == "mini9"));
        assert!(matches!(bare("@Ana.bsky.social"), Some(Node::Handle(h)) if h == "ana.bsky.social"));
        assert!(matches!(bare("😡"), Some(Node::Emoji(_))));
        assert!(matches!(bare("键盘"), Some(Node::Phrase { words, exact: false }) if words.len() == 2));
        assert!(matches!(bare("#键盘"), Some(Node::Tag(tag)) if tag == "键盘"));
        assert!(matches!(bare("Réglages"), Some(Node::Word(w)) if w.folded == "reglages"));
        assert_eq!(bare("..."), None);
    }

    #[test]
    fn a_star_needs_three_letters_and_the_last_place() {
        assert!(matches!(starred("cras*", 0), Ok(Node::Prefix { folded, .. }) if folded == "cras"));
        assert!(matches!(starred("#mini*", 0), Ok(Node::Prefix { kind: Kind::Tag, .. })));
        assert_eq!(starred("cr*", 3).unwrap_err().range, 3..6);
        assert_eq!(starred("cr*sh", 0).unwrap_err().code, "query-wildcard-place");
        assert!(matches!(starred("键盘*", 0), Ok(Node::Phrase { .. })));
        assert!(matches!(starred("#键盘*", 0), Ok(Node::Prefix { kind: Kind::Tag, .. })));
    }

    #[test]
    fn an_entry_of_several_words_is_a_phrase_in_any_form() {
        assert!(matches!(term_of_entry("next to"), Ok(Node::Phrase { exact: false, .. })));
        assert!(matches!(term_of_entry("\"next to\""), Ok(Node::Phrase { exact: true, .. })));
        assert_eq!(term_of_entry("a OR b").unwrap_err().code, "list-entry");
        assert_eq!(term_of_entry(" ").unwrap_err().code, "query-nothing");
    }
}
