//! The words of a post as the assessor reads them: the tokens, with the text emoticons that a tokenizer drops, stretched
//! words ("sooo"), and the sentence that each stands in.

use crate::logic::text::{Kind, Token};

/// One word, emoji, emoticon or tag.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word<'t> {
    /// First byte in the text, and the byte after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Folded form. Emoticons are without nose and in lower case (":d").
    pub(super) folded: &'t str,
    /// Folded stem.
    pub(super) stem: &'t str,
    /// What it is; emoticons are [`Kind::Emoji`].
    pub(super) kind: Kind,
    /// Number of the sentence.
    pub(super) sentence: usize,
    /// A letter stands three times or more in a row.
    pub(super) stretched: bool,
    /// Written in capitals.
    pub(super) capitals: bool,
}

/// The words of `text`, whose tokens these are; `faces` holds its emoticons.
pub(super) fn words<'t>(text: &str, tokens: &'t [Token], faces: &'t [Face]) -> Vec<Word<'t>> {
    let mut out: Vec<Word<'t>> = Vec::with_capacity(tokens.len() + faces.len());
    let mut faces = faces.iter().peekable();
    let (mut sentence, mut end) = (0, 0);
    let mut push = |out: &mut Vec<Word<'t>>, mut word: Word<'t>| {
        let between = text.as_bytes().get(end..word.start).unwrap_or_default();
        if ends_a_sentence(between) {
            sentence += 1;
        }
        end = word.end.max(end);
        word.sentence = sentence;
        out.push(word);
    };
    for token in tokens {
        if matches!(token.kind, Kind::Handle | Kind::Link) {
            continue;
        }
        while let Some(face) = faces.next_if(|f| f.start < token.end) {
            push(&mut out, face.word());
        }
        // ":D" has a letter that is a token too.
        if out.last().is_some_and(|last| last.kind == Kind::Emoji && last.end > token.start) {
            continue;
        }
        let written = text.get(token.start..token.end).unwrap_or_default();
        let word = Word {
            start: token.start,
            end: token.end,
            folded: &token.folded,
            stem: &token.stem,
            kind: token.kind,
            sentence: 0,
            stretched: token.kind != Kind::Emoji && is_stretched(&token.folded),
            capitals: in_capitals(written),
        };
        push(&mut out, word);
    }
    for face in faces {
        push(&mut out, face.word());
    }
    out
}

/// A full stop, a mark of exclamation or question, a new line. Bytes are enough: the marks beyond ASCII (。！？) all end a
/// run of three bytes that no letter of a Latin text holds.
fn ends_a_sentence(between: &[u8]) -> bool {
    between.iter().any(|b| matches!(b, b'.' | b'!' | b'?' | b'\n' | b';'))
        || between.windows(3).any(|w| matches!(w, [0xe3, 0x80, 0x82] | [0xef, 0xbc, 0x81 | 0x9f]))
}

fn is_stretched(folded: &str) -> bool {
    let bytes = folded.as_bytes();
    bytes.windows(3).any(|w| matches!(w, [a, b, c] if a == b && b == c && a.is_ascii_alphabetic()))
}

fn in_capitals(written: &str) -> bool {
    let bytes = written.as_bytes();
    if bytes.len() < 3 || bytes.iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    written.chars().filter(|c| c.is_alphabetic()).count() > 2 && !written.chars().any(char::is_lowercase)
}

/// A stretched word with each run of three and more letters cut to `keep`: "sooo" is "so" (1) or "soo" (2).
pub(super) fn squeezed(folded: &str, keep: usize) -> String {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for c in folded.chars() {
        match runs.last_mut() {
            Some((same, n)) if *same == c => *n += 1,
            _ => runs.push((c, 1)),
        }
    }
    runs.into_iter().flat_map(|(c, n)| std::iter::repeat_n(c, if n >= 3 { keep } else { n })).collect()
}

/// A face in letters and signs, or a mark of tone ("/s").
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Face {
    start: usize,
    end: usize,
    form: String,
}

impl Face {
    fn word(&self) -> Word<'_> {
        Word {
            start: self.start,
            end: self.end,
            folded: &self.form,
            stem: &self.form,
            kind: Kind::Emoji,
            sentence: 0,
            stretched: false,
            capitals: false,
        }
    }
}

/// Every emoticon of a text, in order.
pub(super) fn faces(text: &str) -> Vec<Face> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|b| b":;=<^-/'T".contains(b)))
    {
        let start = at + found;
        match face_at(bytes, start) {
            Some((len, form)) => {
                out.push(Face { start, end: start + len, form });
                at = start + len;
            }
            None => at = start + 1,
        }
    }
    out
}

/// The normal form of one emoticon as a lexicon writes it, if `word` is nothing else.
pub(super) fn as_face(word: &str) -> Option<String> {
    face_at(word.as_bytes(), 0).filter(|(len, _)| *len == word.len()).map(|(_, form)| form)
}

/// Length in bytes and normal form of the emoticon that begins at `start`. The shape is eyes, a nose or a tear or not, and
/// a mouth, which may be drawn out (":))))"); letters as mouths need an end of word after them.
fn face_at(bytes: &[u8], start: usize) -> Option<(usize, String)> {
    let get = |i: usize| bytes.get(start + i).copied();
    let free = |i: usize| get(i).is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'/');
    let alone = start == 0 || bytes.get(start - 1).is_none_or(|b| !b.is_ascii_alphanumeric());
    for (sign, form) in [
        (&b"</3"[..], "</3"),
        (b"<3", "<3"),
        (b"^_^", "^^"),
        (b"^^", "^^"),
        (b"-_-", "-_-"),
        (b"-.-", "-_-"),
        (b"-__-", "-_-"),
        (b"T_T", ":'("),
        (b"T.T", ":'("),
        (b";_;", ":'("),
    ] {
        if bytes.get(start..).is_some_and(|rest| rest.starts_with(sign)) && (alone || sign.len() > 2) {
            return Some((sign.len(), form.to_owned()));
        }
    }
    if get(0)? == b'/' {
        let spaced = start == 0 || bytes.get(start - 1).is_some_and(u8::is_ascii_whitespace);
        return (spaced && matches!(get(1), Some(b's' | b'S')) && free(2)).then(|| (2, "/s".to_owned()));
    }
    let eyes = get(0).filter(|b| matches!(b, b':' | b';' | b'='))?;
    let mut i = 1;
    let tear = get(i) == Some(b'\'');
    if tear || matches!(get(i), Some(b'-' | b'o' | b'^')) {
        i += 1;
    }
    let mouth = get(i)?;
    let letter = mouth.is_ascii_alphanumeric();
    let known = matches!(
        mouth,
        b')' | b'('
            | b']'
            | b'['
            | b'D'
            | b'P'
            | b'p'
            | b'O'
            | b'o'
            | b'/'
            | b'\\'
            | b'|'
            | b'*'
            | b'3'
            | b'@'
            | b'S'
    );
    // "10:30", "a:b", "://": a letter or a stroke is a mouth only where a word could not go on.
    if !known
        || (letter && !(alone && free(i + 1)))
        || (matches!(mouth, b'/' | b'\\') && !(alone && free(i + 1)))
    {
        return None;
    }
    if mouth == b'@' && get(i + 1).is_some_and(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let mut len = i + 1;
    while get(len) == Some(mouth) && !letter {
        len += 1;
    }
    let mouth = match mouth {
        b']' => ')',
        b'[' => '(',
        b'\\' => '/',
        other => char::from(other.to_ascii_lowercase()),
    };
    let eyes = if eyes == b';' { ';' } else { ':' };
    Some((len, if tear { format!("{eyes}'{mouth}") } else { format!("{eyes}{mouth}") }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::{Lang, tokenize};

    fn read(text: &str) -> Vec<(String, usize)> {
        let tokens = tokenize(text, Lang::English);
        let faces = faces(text);
        words(text, &tokens, &faces).into_iter().map(|w| (w.folded.to_owned(), w.sentence)).collect()
    }

    fn forms(text: &str) -> Vec<String> {
        faces(text).into_iter().map(|f| f.form).collect()
    }

    #[test]
    fn emoticons_are_read_without_their_noses() {
        assert_eq!(
            forms("ok :-) :)))) ;D :'( <3 ^^ -_- great /s"),
            [":)", ":)", ";d", ":'(", "<3", "^^", "-_-", "/s"]
        );
    }

    #[test]
    fn times_links_and_ratios_are_no_faces() {
        assert_eq!(
            forms("at 10:30, https://x.org/s, 3:0, key:value, and/or, n/s, 8:3"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn words_and_faces_stand_in_their_order_and_sentence() {
        assert_eq!(
            read("@ana nice :D but. no"),
            [("nice".into(), 0), (":d".into(), 0), ("but".into(), 0), ("no".into(), 1)]
        );
    }

    #[test]
    fn stretched_words_shrink() {
        assert_eq!((squeezed("looooove", 1), squeezed("soooo", 2)), ("love".into(), "soo".into()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_its_faces_in_order(text in "[:;=<^'/sTD() é😡-]{0,60}") {
            let faces = faces(&text);
            for pair in faces.windows(2) {
                proptest::prop_assert!(pair[0].end <= pair[1].start);
            }
            for face in &faces {
                proptest::prop_assert!(text.get(face.start..face.end).is_some());
            }
        }
    }
}
