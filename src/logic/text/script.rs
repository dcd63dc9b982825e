//! Scripts whose words cannot be told by blanks: Chinese, Japanese, Thai and its neighbours, and Korean, whose particles are
//! written onto the word.

/// Particles of Korean, longer ones before those that they end in.
const PARTICLES: [&str; 43] = [
    "으로부터",
    "에서부터",
    "에게서",
    "한테서",
    "이라고",
    "에서는",
    "에서도",
    "으로는",
    "으로도",
    "에게는",
    "까지는",
    "까지도",
    "부터는",
    "이라도",
    "에서",
    "에게",
    "한테",
    "으로",
    "까지",
    "부터",
    "보다",
    "처럼",
    "마다",
    "조차",
    "마저",
    "밖에",
    "이나",
    "이랑",
    "하고",
    "에는",
    "에도",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "도",
    "만",
    "와",
    "과",
];
/// Syllables that a Korean word keeps: many of fewer end in what looks like a particle (종이, paper).
const FEWEST_SYLLABLES: usize = 2;

/// A character of a script that is written without blanks between words. Each is a token, and a word is a phrase of them.
pub(super) fn is_unspaced(c: char) -> bool {
    is_kana(c)
        || is_south_east_asian(c)
        || matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々')
}

/// Hiragana and katakana, also the narrow ones. Katakana is the one of these scripts whose runs Unicode calls words, and runs of
/// several words at that (スマホケース).
pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{3098}' | '\u{309d}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}')
}

/// Thai, Lao, Burmese and Khmer: no language that we know, and none that statistics over letters know.
pub(super) fn is_south_east_asian(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// A Korean word without its particle; `None` where there is none, or the word is not Korean.
pub(super) fn without_particle(word: &str) -> Option<&str> {
    let hangul = |c: char| matches!(c, '\u{ac00}'..='\u{d7a3}');
    if !word.chars().next_back().is_some_and(hangul) {
        return None;
    }
    let head = PARTICLES.iter().find_map(|particle| word.strip_suffix(particle))?;
    (head.chars().filter(|c| hangul(*c)).count() >= FEWEST_SYLLABLES).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_go_and_short_words_stay() {
        for word in ["배터리가", "배터리는", "배터리를", "배터리에서도", "배터리까지", "배터리와"]
        {
            assert_eq!(without_particle(word), Some("배터리"), "{word}");
        }
        for word in ["종이", "배터리", "mini", "键盘", ""] {
            assert_eq!(without_particle(word), None, "{word}");
        }
    }
}
