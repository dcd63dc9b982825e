//! Letters about what hostile strangers write, read back by an independent parser.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may stop")]

mod hostile;

use proptest::prelude::*;

/// What somebody would try.
const TRICKS: [&str; 22] = [
    "\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>",
    "\nTo: x@example.org\n",
    "\u{2028}Subject: mine\u{85}X: y",
    "</td></table><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onload='x",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "https://a.example/\"onclick=\"x",
    "https://bank.example@evil.example/",
    "https://аpple.example/",
    "\u{202e}gnp.exe\u{2066}\u{2069}",
    "a\u{200b}b\u{200d}c\u{feff}d\u{e0041}",
    "=?utf-8?q?=0d=0aBcc:_x@example.org?=",
    "--=_related_0\r\nContent-Type: text/html\r\n\r\n<b>",
    ".\r\n.\r\nQUIT\r\n",
    "{{ 7*7 }}{% include 'x' %}&lt;&#x3c;",
    "<style>*{display:none}</style><base href=//evil.example>",
    "z\u{351}\u{352}\u{353}\u{354}\u{355}\u{356}\u{357}a",
    "\0\u{1}\u{7f}\u{1b}[2J",
];

#[test]
fn every_trick_everywhere_and_a_word_of_four_thousand_letters() {
    let long = "W".repeat(4_000);
    let wide = "🙂".repeat(4_000);
    for trick in TRICKS.iter().copied().chain([long.as_str(), wide.as_str(), ""]) {
        hostile::check(&hostile::event(&[trick]));
    }
    hostile::check(&hostile::event(&TRICKS));
}

fn said() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(TRICKS.to_vec()).prop_map(str::to_owned),
        any::<String>(),
        "[<>\"'&=:;/ \r\n\tA-Za-z.@-]{0,60}",
        ("\\PC{1,3}", 1_usize..2_000).prop_map(|(piece, n)| piece.repeat(n)),
    ];
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    // Each builds two letters with their pictures, which takes a while; the fuzz target `letters` does more.
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_they_write_the_letter_is_ours(said in prop::collection::vec(said(), 0..12)) {
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        hostile::check(&hostile::event(&said));
    }
}
