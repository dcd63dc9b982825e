//! Which parts of a query hold for a post, and what is lacking where one does not.

use serde::Serialize;

use super::eval::Text;
use super::{Field, Node, Query, Shape, Word};
use crate::logic::rules::Subject;

/// Words that are listed of what is lacking.
const LISTED: usize = 6;

/// A part of a query beside a post.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// The part as it is written.
    pub text: String,
    /// What kind of part.
    pub kind: HeldKind,
    /// Does it hold?
    pub held: bool,
    /// The words of the post that it found, as the post spells them; of a NEAR that fails, those of both sides.
    pub words: Vec<String>,
    /// What is lacking, in words; absent where it holds.
    pub lacks: Option<String>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Held>,
}

/// What kind of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeldKind {
    /// All parts are needed.
    And,
    /// One part is enough.
    Or,
    /// The part must not hold.
    Not,
    /// The parts must be near one another.
    Near,
    /// Words, a list, a field.
    Term,
}

impl Query {
    /// Which of its parts hold for a post.
    pub fn explain(&self, subject: &Subject<'_>) -> Held {
        let reader = Reader { query: self, post: Text::new(subject) };
        reader.read(self.root(), self.shape())
    }
}

impl Held {
    /// What made the difference, one sentence each: of what fails, the innermost parts. Empty when it holds.
    pub fn missing(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.gather(&mut found);
        found
    }

    fn gather(&self, found: &mut Vec<String>) {
        if self.held {
            return;
        }
        match self.kind {
            HeldKind::And => self.parts.iter().for_each(|part| part.gather(found)),
            // Of alternatives, those that have some of their words are worth a sentence of their own.
            HeldKind::Or if self.parts.iter().any(|part| !part.words.is_empty()) => {
                self.parts.iter().filter(|part| !part.words.is_empty()).for_each(|part| part.gather(found));
            }
            _ => found.extend(self.lacks.clone()),
        }
    }

    /// The parts as lines, `+` before what holds and `-` before what does not, each indented by its depth.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.line(0, &mut lines);
        lines
    }

    fn line(&self, depth: usize, lines: &mut Vec<String>) {
        let sign = if self.held { '+' } else { '-' };
        let said = match (&self.lacks, self.words.as_slice()) {
            (Some(lacks), _) if self.kind != HeldKind::And => format!("   ({lacks})"),
            (None, words) if !words.is_empty() && self.parts.is_empty() => {
                format!("   (by {})", quoted(words))
            }
            _ => String::new(),
        };
        let text: Vec<&str> = self.text.split_whitespace().collect();
        lines.push(format!("{}{sign} {}{said}", "  ".repeat(depth), text.join(" ")));
        for part in &self.parts {
            part.line(depth + 1, lines);
        }
    }
}

struct Reader<'a> {
    query: &'a Query,
    post: Text<'a>,
}

impl Reader<'_> {
    fn read(&self, node: &Node, shape: &Shape) -> Held {
        let none = Shape::default();
        let part = |i: usize, node: &Node| self.read(node, shape.parts.get(i).unwrap_or(&none));
        let (kind, parts) = match node {
            Node::And(nodes) => (HeldKind::And, nodes.iter().enumerate().map(|(i, n)| part(i, n)).collect()),
            Node::Or(nodes) => (HeldKind::Or, nodes.iter().enumerate().map(|(i, n)| part(i, n)).collect()),
            Node::Not(inner) => (HeldKind::Not, vec![part(0, inner)]),
            Node::Near { left, right, .. } => (HeldKind::Near, vec![part(0, left), part(1, right)]),
            _ => (HeldKind::Term, Vec::new()),
        };
        let found = self.post.part(node);
        let held = found.is_some();
        let text = self.query.text().get(shape.range.clone()).unwrap_or_default().to_owned();
        let lacks = (!held).then(|| self.lacks(node, &text, &parts));
        let words = found.unwrap_or_else(|| self.post.present(node));
        Held { text, kind, held, words, lacks, parts }
    }

    fn lacks(&self, node: &Node, text: &str, parts: &[Held]) -> String {
        match node {
            Node::Not(inner) => match self.post.part(inner).unwrap_or_default().as_slice() {
                [] => format!("NOT leaves it out: {} holds", parts.first().map_or("", |p| p.text.as_str())),
                words => format!("NOT leaves it out: the text has {}", quoted(words)),
            },
            Node::Near { left, right, distance, ordered } => {
                let lacking: Vec<String> = [left, right]
                    .into_iter()
                    .zip(parts)
                    .filter(|(_, part)| !part.held)
                    .map(|(side, part)| format!("{}{}", part.text, self.hint(side)))
                    .collect();
                if !lacking.is_empty() {
                    return format!("the text has nothing of {}", lacking.join(" and "));
                }
                match (self.post.apart(left, right, *ordered), ordered) {
                    (Some(apart), _) => {
                        let order = if *ordered { "f" } else { "" };
                        format!(
                            "{} are {apart} words apart, NEAR/{distance}{order} takes at most {distance}",
                            quoted(&self.post.present(node))
                        )
                    }
                    (None, true) => format!(
                        "{} stand in another order than NEAR/{distance}f asks for",
                        quoted(&self.post.present(node))
                    ),
                    (None, false) => "both sides are the same word of the text".to_owned(),
                }
            }
            Node::Field(field) => self.field(field, text),
            Node::Or(_) => format!("the text has nothing of {text}{}", self.hint(node)),
            Node::List(list) => format!("the text has nothing of ${}{}", list.name, self.hint(node)),
            _ => format!("the text has no {text}{}", self.hint(node)),
        }
    }

    /// A word of the text that is almost what is looked for.
    fn hint(&self, node: &Node) -> String {
        let mut wanted = Vec::new();
        words_of(node, &mut wanted);
        // What stands in the text and is found is not what is lacking, and neither is what it would be like.
        let found = self.post.present(node);
        wanted.retain(|word| self.post.present(&Node::Word((*word).clone())).is_empty());
        let near = wanted.iter().find_map(|word| {
            let folded = &word.folded;
            self.post
                .similar(folded)
                .filter(|like| !found.iter().any(|f| f == like))
                .map(|like| (like, folded))
        });
        near.map_or_else(String::new, |(found, word)| {
            format!(" (\"{found}\" is another word than \"{word}\")")
        })
    }

    fn field(&self, field: &Field, text: &str) -> String {
        let post = self.post.subject().post;
        let number = |n: Option<f64>| n.map(|n| n.to_string());
        let (name, has) = match field {
            Field::Source(_) => ("source", Some(post.source.clone())),
            Field::Lang(_) => (
                "lang",
                Some(post.lang.clone().unwrap_or_else(|| self.post.subject().lang.code().to_owned())),
            ),
            Field::Region(_) => ("region", post.region.clone()),
            Field::Author(_) => ("author", post.author_name.clone().or_else(|| post.author.clone())),
            Field::Site(_) => ("url", post.url.clone()),
            Field::Followers(..) => ("followers", post.followers.map(|n| n.to_string())),
            Field::Rating(..) => ("rating", number(post.rating)),
            Field::Sentiment(..) => {
                ("sentiment", number(self.post.subject().sentiment.map(|s| (s * 100.0).round() / 100.0)))
            }
        };
        match has {
            Some(has) => format!("{text} does not hold: the post has {name} {has}"),
            None => format!("{text} does not hold: the post has no {name}"),
        }
    }
}

/// Single words that a part looks for, the first few.
fn words_of<'n>(node: &'n Node, out: &mut Vec<&'n Word>) {
    if out.len() >= 64 {
        return;
    }
    match node {
        Node::Or(parts) | Node::And(parts) => parts.iter().for_each(|part| words_of(part, out)),
        Node::List(list) => list.entries.iter().for_each(|part| words_of(part, out)),
        Node::Near { left, right, .. } => {
            words_of(left, out);
            words_of(right, out);
        }
        Node::Word(word) => out.push(word),
        _ => {}
    }
}

fn quoted(words: &[String]) -> String {
    let shown: Vec<String> = words.iter().take(LISTED).map(|word| format!("\"{word}\"")).collect();
    let more = if words.len() > LISTED { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::eval::tests::post;
    use super::super::parse_query;
    use super::*;
    use crate::logic::text::{Lang, tokenize};

    fn explain(query: &str, text: &str) -> Held {
        let post = post(text);
        let tokens = tokenize(text, Lang::English);
        let subject =
            Subject { post: &post, text, tokens: &tokens, lang: Lang::English, sentiment: Some(-0.5) };
        parse_query(query).unwrap().explain(&subject)
    }

    #[test]
    fn what_made_the_difference_is_named() {
        for (query, text, expected) in [
            ("keys AND close", "my keys", "the text has no close"),
            (
                "keys NEAR/2 close",
                "keys a b c close",
                "\"keys\", \"close\" are 4 words apart, NEAR/2 takes at most 2",
            ),
            (
                "keys NEAR/2f close",
                "close keys",
                "\"close\", \"keys\" stand in another order than NEAR/2f asks for",
            ),
            ("keys NOT golf", "golf keys", "NOT leaves it out: the text has \"golf\""),
            (
                "key OR tab",
                "my keyboard",
                "the text has nothing of key OR tab (\"keyboard\" is another word than \"key\")",
            ),
            ("keys rating>4", "keys", "rating>4 does not hold: the post has rating 2"),
            ("(keys NEAR/3 close) OR cramped", "keys so far", "the text has nothing of close"),
            ("\"return key\"", "return the key", "the text has no \"return key\""),
        ] {
            assert_eq!(explain(query, text).missing(), [expected], "{query} on {text}");
        }
        assert_eq!(explain("keys", "keys").missing(), [""; 0]);
        let lines =
            explain("(key NEAR/2 close) OR (drip NEAR/2 lid)", "the lids of both dripped, keys ok").lines();
        assert!(!lines.join("\n").contains("is another word"), "{lines:#?}");
    }

    #[test]
    fn every_part_has_a_line_with_its_sign() {
        let lines = explain("(keys OR tabs) NEAR/3 close NOT golf", "the KEYS are close").lines();
        assert_eq!(
            lines,
            [
                "+ (keys OR tabs) NEAR/3 close NOT golf",
                "  + (keys OR tabs) NEAR/3 close",
                "    + (keys OR tabs)",
                "      + keys   (by \"KEYS\")",
                "      - tabs   (the text has no tabs)",
                "    + close   (by \"close\")",
                "  + NOT golf",
                "    - golf   (the text has no golf)",
            ]
        );
    }
}
