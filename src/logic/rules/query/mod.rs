//! Queries: the boolean language of the rules, as a tree that can be looked at and asked.

mod build;
mod eval;
mod explain;
mod field;
mod implies;
mod lex;
mod literal;
mod parse;
mod unsure;

use std::ops::Range;
use std::sync::Arc;

pub use explain::{Held, HeldKind};
pub use field::{Compare, Field};

use super::lint::Problem;
use crate::ground::diagnostic::{Diagnostic, Level, Place};
use crate::logic::text::{Kind, Lang, Token};

pub(super) use build::{WORDS_A_LIST, term_of_entry};
pub(super) use eval::Text;
pub(super) use field::{NUMBERS, TEXTS};
pub(super) use implies::implies;
#[cfg(test)]
pub(super) use literal::raw;
pub(super) use literal::{Forms, Literal, literals};
pub(super) use parse::{Lists, NoLists, parse};

/// Longest query in bytes.
pub const MAX_QUERY_BYTES: usize = 32 * 1024;
/// Deepest nesting of parentheses and NOT.
pub const MAX_DEPTH: usize = 50;
/// Largest distance in words that NEAR takes.
pub const MAX_DISTANCE: u32 = 100;
/// The name under which a query that stands alone appears in [`Place::file`].
pub const ALONE: &str = "query";

/// A query that can be asked of posts.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    text: String,
    root: Node,
    shape: Shape,
}

/// Where the parts of a query stand in its text: AND and OR have their parts, NOT has one, NEAR has two, terms none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Bytes of the query's text.
    pub range: Range<usize>,
    /// The parts, in the order of the tree.
    pub parts: Vec<Shape>,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// All of these.
    And(Vec<Node>),
    /// At least one of these.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A word with any of the endings that its stem has; words and tags of the post are looked at.
    Word(Word),
    /// Words in this order, with nothing between them.
    Phrase {
        /// The words.
        words: Vec<Word>,
        /// In exactly these forms (it was written in quotes), or in any form of each word.
        exact: bool,
    },
    /// Words that begin so.
    Prefix {
        /// The beginning, folded.
        folded: String,
        /// [`Kind::Tag`] looks at tags only, [`Kind::Word`] at words and tags.
        kind: Kind,
    },
    /// Both, at most so many words apart: neighbours are 1 apart.
    Near {
        /// One side: words, phrases, lists, OR and NEAR of such.
        left: Box<Node>,
        /// The other side.
        right: Box<Node>,
        /// Largest distance in words.
        distance: u32,
        /// The left side has to come first.
        ordered: bool,
    },
    /// Exactly as written, case and accents too.
    Exact(Exact),
    /// `#tag`, folded, without the sign.
    Tag(String),
    /// `@name`, folded, without the sign.
    Handle(String),
    /// One emoji.
    Emoji(String),
    /// Something about the post beside its words.
    Field(Field),
    /// A `$list`: at least one of its entries.
    List(Arc<List>),
}

/// A list of words under `[words]`, with the lists it names spelt out.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Its name, without `$`.
    pub name: String,
    /// Its entries: words, phrases, prefixes, tags, handles, emoji. Never another list.
    pub entries: Vec<Node>,
}

/// What is looked for as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    /// As written between the braces.
    pub text: String,
    /// Its words as written.
    pub words: Vec<String>,
    /// Its words folded, as the tokenizer gives them.
    pub folded: Vec<String>,
}

/// A word, with its stem in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Case and accents folded.
    pub folded: String,
    /// What the word looks for: [`Kind::Word`] finds words and tags, the others only their own.
    pub kind: Kind,
    /// Distinct stems, each with the set of languages that have it (bit = language).
    stems: Vec<(u32, String)>,
}

/// Every language that has stems of its own.
const LANGS: [Lang; 17] = [
    Lang::English,
    Lang::Portuguese,
    Lang::French,
    Lang::Spanish,
    Lang::German,
    Lang::Italian,
    Lang::Dutch,
    Lang::Swedish,
    Lang::Russian,
    Lang::Turkish,
    Lang::Arabic,
    Lang::Chinese,
    Lang::Japanese,
    Lang::Korean,
    Lang::Hindi,
    Lang::Vietnamese,
    Lang::Other,
];

impl Word {
    /// The stem in `lang`, folded.
    pub fn stem(&self, lang: Lang) -> &str {
        let bit = 1u32 << (lang as u32);
        self.stems.iter().find(|(langs, _)| langs & bit != 0).map_or(self.folded.as_str(), |(_, stem)| stem)
    }

    /// The distinct stems over all languages.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.stems.iter().map(|(_, stem)| stem.as_str())
    }

    /// Is this token (of a text in `lang`) this word? `exact` takes no other form of the word.
    pub fn is(&self, token: &Token, lang: Lang, exact: bool) -> bool {
        let kind = match self.kind {
            Kind::Word => matches!(token.kind, Kind::Word | Kind::Tag),
            kind => token.kind == kind,
        };
        kind && (token.folded == self.folded
            || (!exact && self.kind == Kind::Word && token.stem == self.stem(lang)))
    }
}

impl Query {
    pub(super) fn new(text: &str, root: Node, shape: Shape) -> Self {
        Self { text: text.to_owned(), root, shape }
    }

    /// Where its parts stand.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The query as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words that make a post match, as the post spells them; `None` when it does not match.
    pub fn matches(&self, subject: &super::Subject<'_>) -> Option<Vec<String>> {
        eval::Text::new(subject).matched(self)
    }

    /// Does any part of it test the sentiment?
    pub fn uses_sentiment(&self) -> bool {
        self.root.any(&|node| matches!(node, Node::Field(Field::Sentiment(..))))
    }
}

impl Node {
    /// Does `test` hold for this node or any below it?
    pub fn any(&self, test: &dyn Fn(&Node) -> bool) -> bool {
        test(self)
            || match self {
                Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.any(test)),
                Self::Not(part) => part.any(test),
                Self::Near { left, right, .. } => left.any(test) || right.any(test),
                Self::List(list) => list.entries.iter().any(|part| part.any(test)),
                _ => false,
            }
    }
}

/// A query that stands alone, as `search` takes it: without `$lists`.
///
/// # Errors
/// Everything that is wrong with it, as diagnostics whose places are in the text itself ([`ALONE`] is the file's
/// name). Warnings alone are no error and are passed over.
pub fn parse_query(text: &str) -> Result<Query, Vec<Diagnostic>> {
    let (query, told) = read_query(text);
    query.ok_or(told)
}

/// The same, with the warnings too: for a query that a person has just typed. There is no query where one of the problems
/// is an error.
pub fn read_query(text: &str) -> (Option<Query>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let query = parse(text, &NoLists, &mut problems);
    let told: Vec<Diagnostic> = problems.into_iter().map(|problem| alone(text, problem)).collect();
    (query.filter(|_| !told.iter().any(|d| d.level == Level::Error)), told)
}

fn alone(text: &str, problem: Problem) -> Diagnostic {
    let place = Place::new(ALONE, text, problem.range.start, problem.range.end);
    problem.at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_alone_says_where_in_it_the_problem_is() {
        let problems = parse_query("keys AND (close OR cramped").unwrap_err();
        let place = problems[0].place.clone().unwrap();
        assert_eq!((problems[0].code, place.file.as_str(), place.column), ("query-parenthesis", "query", 10));
        assert!(parse_query("$close").unwrap_err()[0].message.contains("close"));
        assert!(parse_query("keys or close").is_ok(), "a warning is no error");
        let (query, told) = read_query("keys or close");
        assert_eq!((query.is_some(), told[0].code), (true, "query-lowercase-operator"));
    }

    #[test]
    fn languages_have_bits_of_their_own() {
        let mut seen = 0u32;
        for lang in LANGS {
            assert_eq!(seen & (1 << lang as u32), 0);
            seen |= 1 << lang as u32;
        }
    }
}
