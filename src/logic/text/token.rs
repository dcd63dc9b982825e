//! Words, tags, handles, emoji and links of a text, in order, with the place each stands at.

use unicode_segmentation::UnicodeSegmentation;

use super::fold::{fold, is_invisible};
use super::lang::Lang;
use super::script;

/// Words past this many are not looked at: no post that a person wrote for others is longer.
pub const MAX_TOKENS: usize = 4_000;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A word or a number.
    Word,
    /// `#tag`, folded without the sign.
    Tag,
    /// `@name`, folded without the sign.
    Handle,
    /// One emoji.
    Emoji,
    /// A link; its folded form is the host.
    Link,
}

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Case and accents folded; possessive 's and elided articles (l', d') are gone, other apostrophes are dropped.
    pub folded: String,
    /// Stem by the text's language, folded.
    pub stem: String,
    /// What it is.
    pub kind: Kind,
}

/// The tokens of `text`, stemmed as `lang`. Linear in the length of the text.
pub fn tokenize(text: &str, lang: Lang) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 6);
    let mut sign: Option<(usize, usize, char)> = None;
    let mut skip_to = 0;
    for (start, piece) in text.split_word_bound_indices() {
        if tokens.len() >= MAX_TOKENS {
            break;
        }
        if start < skip_to {
            continue;
        }
        if let Some(end) = link_end(text, start, piece) {
            let whole = text.get(start..end).unwrap_or(piece);
            let host = fold(host_of(whole));
            tokens.push(Token { start, end, stem: host.clone(), folded: host, kind: Kind::Link });
            skip_to = end;
            sign = None;
            continue;
        }
        let Some(first) = piece.chars().next() else { continue };
        if first == '#' || first == '@' || first == '＃' || first == '＠' {
            sign = Some((start, start + piece.len(), if matches!(first, '#' | '＃') { '#' } else { '@' }));
            continue;
        }
        let end = start + piece.len();
        if piece.chars().any(char::is_alphanumeric) {
            let signed = sign.take().filter(|(_, end, _)| *end == start);
            match signed {
                Some((from, _, sign)) => {
                    // A handle runs on over dots and hyphens (@ana.bsky.social), a tag over the characters of a script
                    // without blanks, which are words of the text all the same.
                    let unspaced = sign == '#' && piece.starts_with(script::is_unspaced);
                    let end = match sign {
                        '@' => handle_end(text, start),
                        _ if unspaced => tag_end(text, start),
                        _ => end,
                    };
                    let folded = fold(text.get(start..end).unwrap_or(piece));
                    let kind = if sign == '#' { Kind::Tag } else { Kind::Handle };
                    let stem = if sign == '#' { lang.stem(&folded) } else { folded.clone() };
                    tokens.push(Token { start: from, end, stem, folded, kind });
                    if unspaced {
                        push_words(&mut tokens, piece, start, lang);
                    } else {
                        skip_to = end;
                    }
                }
                None => push_words(&mut tokens, piece, start, lang),
            }
        } else if is_emoji(first) {
            let folded: String = piece.chars().filter(|c| !is_invisible(*c)).collect();
            tokens.push(Token { start, end, stem: folded.clone(), folded, kind: Kind::Emoji });
        }
    }
    tokens
}

/// The words of a text that carry meaning for counting: stems of words and tags.
pub fn stems(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().filter(|t| matches!(t.kind, Kind::Word | Kind::Tag)).map(|t| t.stem.as_str())
}

/// A piece is a word, save katakana, whose every character is a token of its own; what stands between them is one.
fn push_words(tokens: &mut Vec<Token>, piece: &str, start: usize, lang: Lang) {
    if piece.is_ascii() || !piece.contains(script::is_kana) {
        return push_word(tokens, piece, start, lang);
    }
    let is_word = |character: &str| character.contains(char::is_alphanumeric);
    let mut other: Option<usize> = None;
    for (at, character) in piece.grapheme_indices(true).chain([(piece.len(), "")]) {
        let kana = character.starts_with(script::is_kana);
        if is_word(character) && !kana {
            other.get_or_insert(at);
            continue;
        }
        if let Some(between) = other.take().and_then(|from| Some((from, piece.get(from..at)?))) {
            push_word(tokens, between.1, start + between.0, lang);
        }
        if kana {
            push_word(tokens, character, start + at, lang);
        }
    }
}

fn push_word(tokens: &mut Vec<Token>, piece: &str, start: usize, lang: Lang) {
    let mut lower = if piece.is_ascii() {
        piece.to_ascii_lowercase()
    } else {
        piece.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect()
    };
    if lower.contains(['\'', '’', '‘', 'ʼ', '＇']) {
        lower = lower.replace(['’', '‘', 'ʼ', '＇'], "'");
        lower = without_apostrophe(&lower);
    }
    if lower.is_empty() {
        return;
    }
    let stem = lang.stem(&lower);
    let folded = if lower.is_ascii() { lower } else { fold(&lower) };
    tokens.push(Token { start, end: start + piece.len(), folded, stem, kind: Kind::Word });
}

/// "keyboard's" → "keyboard", "l'écran" → "écran", "don't" → "dont".
fn without_apostrophe(lower: &str) -> String {
    const ELIDED: [&str; 12] = ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu"];
    if let Some((head, tail)) = lower.split_once('\'') {
        if tail == "s" {
            return head.to_owned();
        }
        if ELIDED.contains(&head) && tail.chars().count() >= 2 {
            return tail.replace('\'', "");
        }
    }
    lower.replace('\'', "")
}

fn link_end(text: &str, start: usize, piece: &str) -> Option<usize> {
    // Word boundaries cut "https://x" after "https" and "www.x.org" not at all.
    if !matches!(piece.as_bytes().first(), Some(b'h' | b'H' | b'w' | b'W')) {
        return None;
    }
    let rest = text.get(start..)?;
    let head: String = rest.chars().take(8).flat_map(char::to_lowercase).collect();
    if !(head.starts_with("http://") || head.starts_with("https://") || head.starts_with("www.")) {
        return None;
    }
    let len = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(rest.len());
    Some(start + rest.get(..len)?.trim_end_matches(['.', ',', ')', '!', '?', ';', ':']).len())
}

fn host_of(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.get(..4).filter(|w| w.eq_ignore_ascii_case("www.")).map_or(host, |_| host.get(4..).unwrap_or(host))
}

fn handle_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let len = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@')))
        .unwrap_or(rest.len());
    start + rest.get(..len).unwrap_or_default().trim_end_matches(['.', '-', '@']).len()
}

fn tag_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    // What is no letter here is a mark that carries a vowel or a tone.
    let goes_on = |c: char| c.is_alphanumeric() || c == '_' || script::is_unspaced(c);
    start + rest.find(|c| !goes_on(c)).unwrap_or(rest.len())
}

/// Pictures that people speak with.
pub fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2300}'..='\u{23ff}')
        && !is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text, Lang::English).into_iter().map(|t| t.folded).collect()
    }

    #[test]
    fn apostrophes_neither_split_nor_stay() {
        assert_eq!(
            words("It won’t type, the keyboard's bad"),
            ["it", "wont", "type", "the", "keyboard", "bad"]
        );
        assert_eq!(words("l'écran d’accueil"), ["ecran", "accueil"]);
    }

    #[test]
    fn tags_handles_links_and_emoji_are_told_apart() {
        let tokens =
            tokenize("@ana.bsky.social look #Mini9 😡 https://www.Example.org/a?b=c.", Lang::English);
        let seen: Vec<_> = tokens.iter().map(|t| (t.folded.as_str(), t.kind)).collect();
        assert_eq!(
            seen,
            [
                ("ana.bsky.social", Kind::Handle),
                ("look", Kind::Word),
                ("mini9", Kind::Tag),
                ("😡", Kind::Emoji),
                ("example.org", Kind::Link)
            ]
        );
    }

    #[test]
    fn spans_point_into_the_text() {
        let text = "ça “casse” #oui";
        for token in tokenize(text, Lang::French) {
            assert!(!text[token.start..token.end].trim().is_empty());
        }
    }

    #[test]
    fn chinese_is_read_character_by_character() {
        assert_eq!(words("键盘坏了"), ["键", "盘", "坏", "了"]);
    }

    #[test]
    fn so_are_thai_and_japanese() {
        assert_eq!(words("สายชาร์จ").len(), 7);
        assert_eq!(words("スマホの電池"), ["ス", "マ", "ホ", "の", "電", "池"]);
        assert_eq!(words("ﾊﾞｯﾃﾘｰ"), words("バッテリー"));
        assert_eq!(words("キー_mini9_テスト"), ["キ", "ー", "mini9", "テ", "ス", "ト"]);
        // The fuzzer's: a mark of kana on a letter of ours makes no kana of it.
        assert_eq!(words("qa\u{3099}ec").len(), 1);
    }

    #[test]
    fn a_tag_of_such_a_script_is_whole_and_its_characters_are_words() {
        let tokens = tokenize("#电池不行 x", Lang::Chinese);
        let seen: Vec<_> = tokens.iter().map(|t| (t.folded.as_str(), t.kind == Kind::Tag)).collect();
        assert_eq!(
            seen,
            [("电池不行", true), ("电", false), ("池", false), ("不", false), ("行", false), ("x", false)]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in "\\PC{0,200}") {
            for token in tokenize(&text, Lang::English) {
                proptest::prop_assert!(text.get(token.start..token.end).is_some());
            }
        }
    }
}
