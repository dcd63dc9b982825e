//! Asking a query of a post. Every part of a query looks at each token once, so the cost is linear in the text.

use super::build::is_written;
use super::{Exact, Node, Query, Word};
use crate::logic::rules::Subject;
use crate::logic::text::{Kind, Token};

/// Most words that are told of one match.
const WORDS_TOLD: usize = 32;

/// Tokens `first..=last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    first: usize,
    last: usize,
}

/// A post as queries look at it.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    subject: &'a Subject<'a>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(subject: &'a Subject<'a>) -> Self {
        Self { subject }
    }

    /// The words that make the query match, as the post spells them and in its order; `None` when it does not match.
    /// A match by fields alone has no words.
    pub(crate) fn matched(&self, query: &Query) -> Option<Vec<String>> {
        let mut spans = Vec::new();
        self.holds(query.root(), &mut spans).then(|| self.spelt(spans))
    }

    /// The same for one part of a query.
    pub(super) fn part(&self, node: &Node) -> Option<Vec<String>> {
        let mut spans = Vec::new();
        self.holds(node, &mut spans).then(|| self.spelt(spans))
    }

    /// The words of a part that the post has, whether the part holds or not.
    pub(super) fn present(&self, node: &Node) -> Vec<String> {
        let mut spans = Vec::new();
        self.gather(node, &mut spans);
        self.spelt(spans)
    }

    /// How many words the two sides of a NEAR are apart at the nearest, when `ordered` with the left side first;
    /// `None` where a side is absent or the order is never so.
    pub(super) fn apart(&self, left: &Node, right: &Node, ordered: bool) -> Option<usize> {
        let (mut lefts, mut rights) = (Vec::new(), Vec::new());
        self.spans(left, &mut lefts);
        self.spans(right, &mut rights);
        rights.sort_unstable();
        let mut by_last = rights.clone();
        by_last.sort_unstable_by_key(|span| (span.last, span.first));
        let mut nearest: Option<usize> = None;
        for span in lefts {
            let after = rights.get(rights.partition_point(|right| right.first <= span.last));
            let before = by_last.partition_point(|right| right.last < span.first).checked_sub(1);
            let before = before.and_then(|at| by_last.get(at)).filter(|_| !ordered);
            let gaps = [after.map(|r| r.first - span.last), before.map(|r| span.first - r.last)];
            nearest = gaps.into_iter().flatten().chain(nearest).min();
        }
        nearest
    }

    /// Words of the post that begin as `folded` does (three letters or more) and are another word all the same.
    pub(super) fn similar(&self, folded: &str) -> Option<&'a str> {
        let (at, last) = folded.char_indices().take(4).last().filter(|(at, _)| *at >= 2)?;
        let head = folded.get(..at + last.len_utf8())?;
        let token = self.tokens().iter().find(|t| t.kind == Kind::Word && t.folded.starts_with(head))?;
        self.subject.text.get(token.start..token.end)
    }

    pub(super) fn subject(&self) -> &'a Subject<'a> {
        self.subject
    }

    fn tokens(&self) -> &'a [Token] {
        self.subject.tokens
    }

    fn spelt(&self, mut spans: Vec<Span>) -> Vec<String> {
        spans.sort_unstable();
        spans.dedup();
        let mut words: Vec<String> = Vec::new();
        for span in spans {
            let from = self.tokens().get(span.first).map(|t| t.start);
            let to = self.tokens().get(span.last).map(|t| t.end);
            let spelt = from.zip(to).and_then(|(from, to)| self.subject.text.get(from..to));
            if let Some(spelt) = spelt
                && !words.iter().any(|w| w == spelt)
            {
                words.push(spelt.to_owned());
            }
            if words.len() >= WORDS_TOLD {
                break;
            }
        }
        words
    }

    /// Does the node hold? Where the words that make it hold stand goes to `out`.
    fn holds(&self, node: &Node, out: &mut Vec<Span>) -> bool {
        match node {
            Node::And(parts) => {
                let mark = out.len();
                let all = parts.iter().all(|part| self.holds(part, out));
                if !all {
                    out.truncate(mark);
                }
                all
            }
            // All are asked, so that the words of all are told.
            Node::Or(parts) => parts.iter().filter(|part| self.holds(part, out)).count() > 0,
            Node::Not(part) => !self.holds(part, &mut Vec::new()),
            Node::Field(field) => field.holds(self.subject),
            Node::Near { left, right, distance, ordered } => {
                let mark = out.len();
                self.near(left, right, *distance as usize, *ordered, out);
                out.len() > mark
            }
            term => {
                let mark = out.len();
                self.spans(term, out);
                out.len() > mark
            }
        }
    }

    fn gather(&self, node: &Node, out: &mut Vec<Span>) {
        match node {
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| self.gather(part, out)),
            Node::Near { left, right, .. } => {
                self.gather(left, out);
                self.gather(right, out);
            }
            Node::Not(_) | Node::Field(_) => {}
            term => self.spans(term, out),
        }
    }

    /// Where the words of a side of NEAR stand. AND, NOT, NEAR and fields stand nowhere.
    fn spans(&self, node: &Node, out: &mut Vec<Span>) {
        match node {
            Node::And(_) | Node::Not(_) | Node::Near { .. } | Node::Field(_) => {}
            Node::Or(parts) => parts.iter().for_each(|part| self.spans(part, out)),
            Node::List(list) => list.entries.iter().for_each(|part| self.spans(part, out)),
            Node::Word(word) => self.each(out, |token| word.is(token, self.subject.lang, false)),
            Node::Phrase { words, exact } => self.phrase(words, *exact, out),
            Node::Prefix { folded, kind } => self.each(out, |token| {
                let kind = token.kind == *kind || (*kind == Kind::Word && token.kind == Kind::Tag);
                kind && token.folded.starts_with(folded.as_str())
            }),
            Node::Exact(exact) => self.exact(exact, out),
            Node::Tag(tag) => self.each(out, |token| token.kind == Kind::Tag && token.folded == *tag),
            Node::Handle(name) => self.each(out, |token| token.kind == Kind::Handle && token.folded == *name),
            Node::Emoji(emoji) => self.each(out, |token| token.kind == Kind::Emoji && token.folded == *emoji),
        }
    }

    fn each(&self, out: &mut Vec<Span>, is: impl Fn(&Token) -> bool) {
        let found = self.tokens().iter().enumerate().filter(|(_, token)| is(token));
        out.extend(found.map(|(at, _)| Span { first: at, last: at }));
    }

    fn phrase(&self, words: &[Word], exact: bool, out: &mut Vec<Span>) {
        let Some(last) = words.len().checked_sub(1) else { return };
        for (first, window) in self.tokens().windows(words.len()).enumerate() {
            let is = |(word, token): (&Word, &Token)| word.is(token, self.subject.lang, exact);
            if words.iter().zip(window).all(is) {
                out.push(Span { first, last: first + last });
            }
        }
    }

    fn exact(&self, exact: &Exact, out: &mut Vec<Span>) {
        let Some(last) = exact.words.len().checked_sub(1) else { return };
        for (first, window) in self.tokens().windows(exact.words.len()).enumerate() {
            let spelt = |(word, token): (&String, &Token)| is_written(self.subject.text, token, word);
            if exact.words.iter().zip(window).all(spelt) {
                out.push(Span { first, last: first + last });
            }
        }
    }

    /// Both sides at most `distance` words apart, without sharing a word. For each place of the left side only the
    /// nearest places of the right side matter.
    fn near(&self, left: &Node, right: &Node, distance: usize, ordered: bool, out: &mut Vec<Span>) {
        let mut lefts = Vec::new();
        self.spans(left, &mut lefts);
        if lefts.is_empty() {
            return;
        }
        let mut by_first = Vec::new();
        self.spans(right, &mut by_first);
        by_first.sort_unstable();
        let mut by_last = by_first.clone();
        by_last.sort_unstable_by_key(|span| (span.last, span.first));
        for span in lefts {
            let after = by_first.get(by_first.partition_point(|right| right.first <= span.last));
            if let Some(after) = after.filter(|right| right.first - span.last <= distance) {
                out.extend([span, *after]);
            }
            if ordered {
                continue;
            }
            let before = by_last.partition_point(|right| right.last < span.first).checked_sub(1);
            let before = before.and_then(|at| by_last.get(at));
            if let Some(before) = before.filter(|right| span.first - right.last <= distance) {
                out.extend([span, *before]);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::parse_query;
    use super::*;
    use crate::ground::post::Post;
    use crate::ground::time::Timestamp;
    use crate::logic::text::{Lang, tokenize};

    pub(crate) fn post(text: &str) -> Post {
        Post {
            id: "1".into(),
            source: "bluesky".into(),
            author: Some("did:plc:1".into()),
            author_name: Some("Ana".into()),
            followers: Some(310),
            text: text.into(),
            title: None,
            url: Some("https://bsky.app/profile/ana/post/1".into()),
            created_at: Timestamp::UNIX_EPOCH,
            arrived_at: Timestamp::UNIX_EPOCH,
            lang: None,
            region: Some("CA".into()),
            in_reply_to: None,
            repost_of: None,
            rating: Some(2.0),
        }
    }

    /// The words by which `query` matches `text`.
    fn ask(query: &str, text: &str, lang: Lang) -> Option<Vec<String>> {
        let post = post(text);
        let tokens = tokenize(text, lang);
        let subject = Subject { post: &post, text, tokens: &tokens, lang, sentiment: Some(-0.5) };
        Text::new(&subject).matched(&parse_query(query).unwrap())
    }

    #[test]
    fn each_construct_finds_what_it_should_and_nothing_else() {
        // query, a text that matches, a text that does not
        let cases = [
            ("key", "my Keys stick", "my monkey sticks"),
            ("réglages", "les REGLAGES", "le regal"),
            ("mini9", "so #Mini9", "@mini9 hello"),
            ("#mini9", "so #MINI9", "so mini9"),
            ("@aster", "hey @Aster", "hey aster #aster"),
            ("\"return key\"", "the Return key", "the return keys"),
            ("cras*", "it crashed", "the cat crawls"),
            ("#mini*", "#mini9", "mini9"),
            ("{Mini 9}", "a Mini 9's key", "a mini 9"),
            ("{Mini9}", "a #Mini9", "a #mini9"),
            ("{#Mini9}", "a #Mini9", "a Mini9"),
            ("{@Ana}", "hi @Ana", "hi Ana"),
            ("wi-fi", "the Wi-Fi", "wi and fi"),
            ("😡", "no 😡!", "no 😀"),
            ("键盘", "我的键盘坏了", "键 x 盘"),
            ("a NEAR/2 b", "b x a", "b x x a"),
            ("a NEAR/2f b", "a x b", "b a"),
            ("keys NEAR/3 \"next to\"", "keys are next to it", "keys are far and far next to"),
            ("keys NOT golf", "keys", "golf keys"),
            ("(a OR b) c", "c b", "a b"),
            ("a NEAR/3 a", "a a", "a"),
        ];
        for (query, yes, no) in cases {
            assert!(ask(query, yes, Lang::English).is_some(), "{query} should match {yes}");
            assert!(ask(query, no, Lang::English).is_none(), "{query} should not match {no}");
        }
    }

    #[test]
    fn fields_are_asked_of_the_post() {
        for yes in [
            "source:Bluesky",
            "region:ca",
            "author:ana",
            "author:did:plc:1",
            "site:bsky.app",
            "followers>=310",
            "followers < 311",
            "rating<=2",
            "sentiment<=-0.3",
            "lang:en",
        ] {
            assert_eq!(ask(yes, "x", Lang::English), Some(vec![]), "{yes}");
        }
        for no in [
            "source:reddit",
            "region:us",
            "author:an",
            "site:sky.app",
            "followers>310",
            "sentiment>0",
            "lang:pt",
        ] {
            assert_eq!(ask(no, "x", Lang::English), None, "{no}");
        }
    }

    #[test]
    fn words_are_told_as_the_post_spells_them() {
        let words = ask(
            "(return OR enter OR key) NEAR/8 close",
            "The Return and ENTER keys sit too Close",
            Lang::English,
        );
        assert_eq!(words.unwrap(), ["Return", "ENTER", "keys", "Close"]);
        let words = ask("mini9 OR #mini9 OR \"mini 9\"", "#Mini9 or Mini 9?", Lang::English);
        assert_eq!(words.unwrap(), ["#Mini9", "Mini 9"]);
    }

    #[test]
    fn stems_are_those_of_the_posts_language() {
        assert!(ask("tecla", "as teclas", Lang::Portuguese).is_some());
        assert!(ask("crashing", "it crashed", Lang::Other).is_some());
        assert!(ask("\"tecla\"", "as teclas", Lang::Portuguese).is_none());
    }

    #[test]
    fn words_of_scripts_without_blanks_are_found_inside_of_sentences() {
        let cases = [
            ("键盘", "我买的笔记本键盘用了两天就坏了", "我买的钢琴键的盘子"),
            ("\"電池\"", "新しいスマホの電池がすぐ切れる", "電車の池袋駅で待っています"),
            ("#电池", "又鼓包了#电池 不敢用", "又鼓包了#电池门 不敢用"),
            ("电池", "又鼓包了#电池门 不敢用", "电影里的池塘"),
            ("バッテリー", "昨日からスマホバッテリーが膨らんでいる", "バッグがテーブルの上にある"),
            ("แบตเตอรี่", "โทรศัพท์เครื่องใหม่แบตเตอรี่หมดเร็วมาก", "โทรศัพท์เครื่องใหม่สวยมาก"),
            ("배터리가", "새로 산 노트북 배터리는 반나절도 못 가요", "새로 산 노트북 화면이 예뻐요"),
            ("배터리", "어제부터 배터리에서 냄새가 나요", "어제부터 냄새가 나요"),
            ("电池 NEAR/4 鼓包", "这手机的电池已经鼓包了", "电池没事,只是昨天去外面散步的时候买了一个菜包"),
        ];
        for (query, yes, no) in cases {
            for lang in [None, Some("en")] {
                assert!(ask(query, yes, Lang::of(yes, lang)).is_some(), "{query} should match {yes}");
                assert!(ask(query, no, Lang::of(no, lang)).is_none(), "{query} should not match {no}");
            }
        }
        assert_eq!(ask("电池", "这电池鼓包了", Lang::Chinese).unwrap(), ["电池"]);
    }

    #[test]
    fn a_hostile_text_costs_no_more_than_its_length() {
        // Four thousand places on both sides; pairs would be sixteen million.
        let text = "a b ".repeat(2_000);
        assert!(ask("(a OR b) NEAR/100 (a OR b) \"a b a b a b x\"", &text, Lang::English).is_none());
    }
}
