//! The grammar. NOT binds tightest, then NEAR, then AND (which blanks stand for), then OR.
//!
//! ```text
//! query  = all { "OR" all }
//! all    = near { ["AND"] near }
//! near   = not [ "NEAR/n" not ]
//! not    = { "NOT" } term
//! term   = "(" query ")" | word | "phrase" | prefix* | {As Written} | $list | #tag | @handle | emoji | field
//! ```
//!
//! The parser never stops at a mistake: it tells it, puts something in its place, and goes on.

use std::ops::Range;
use std::sync::Arc;

use super::lex::{Piece, Pieces, bad, pieces};
use super::unsure::drop_unsure;
use super::{List, MAX_DEPTH, MAX_QUERY_BYTES, Node, Query, Shape};
use crate::logic::rules::lint::{self, Problem};

/// Where `$lists` come from.
pub(crate) trait Lists {
    /// The list of that name.
    fn find(&self, name: &str) -> Option<Arc<List>>;
    /// What to say about a list that was not found; nothing when it has been said elsewhere.
    fn missing(&self, range: Range<usize>, name: &str) -> Option<Problem>;
}

/// A query that stands alone has no lists.
pub(crate) struct NoLists;

impl Lists for NoLists {
    fn find(&self, _: &str) -> Option<Arc<List>> {
        None
    }

    fn missing(&self, range: Range<usize>, name: &str) -> Option<Problem> {
        Some(lint::lists::unknown(range, name, &[]))
    }
}

/// Reads a query. `None` when something in it (or in a list that it names) is an error; warnings leave a query.
pub(crate) fn parse(text: &str, lists: &dyn Lists, problems: &mut Vec<Problem>) -> Option<Query> {
    let known = problems.len();
    let query = parse_as_it_is(text, lists, problems);
    drop_unsure(text, lists, problems.get_mut(known..).unwrap_or_default());
    query
}

/// … with fixes that nobody has looked at.
pub(super) fn parse_as_it_is(text: &str, lists: &dyn Lists, problems: &mut Vec<Problem>) -> Option<Query> {
    let known = problems.len();
    if text.len() > MAX_QUERY_BYTES {
        problems.push(lint::size::query_long(0..text.len(), text.len()));
        return None;
    }
    problems.extend(lint::invisible::within(text, 0));
    let Pieces { pieces, broken_list } = pieces(text, lists, problems);
    if pieces.is_empty() {
        problems.push(lint::looking::empty(0..text.len()));
        return None;
    }
    let mut parser =
        Parser { pieces, at: 0, end: text.len(), depth: 0, gave_up: false, first_not: None, problems };
    let (root, shape) = parser.whole();
    let first_not = parser.first_not.take();
    let failed = |problems: &[Problem]| broken_list || problems.iter().skip(known).any(Problem::is_error);
    if !failed(problems) && !asks_for_something(&root) {
        problems.push(lint::operators::only_not(first_not.unwrap_or(0..text.len())));
    }
    if failed(problems) { None } else { Some(Query::new(text, root, shape)) }
}

/// Does a match need something that is there, and not only something that is absent?
fn asks_for_something(node: &Node) -> bool {
    match node {
        Node::And(parts) => parts.iter().any(asks_for_something),
        Node::Or(parts) => parts.iter().all(asks_for_something),
        Node::Not(_) => false,
        _ => true,
    }
}

/// A part of the tree with its place; `grouped` when parentheses stand around it.
struct Part {
    node: Node,
    range: Range<usize>,
    grouped: bool,
    /// Shapes of the parts of the node, where it has such.
    parts: Vec<Shape>,
}

impl Part {
    /// A part without parts of its own.
    fn leaf(node: Node, range: Range<usize>, grouped: bool) -> Self {
        Self { node, range, grouped, parts: Vec::new() }
    }

    fn shape(&self) -> Shape {
        Shape { range: self.range.clone(), parts: self.parts.clone() }
    }
}

struct Parser<'a> {
    pieces: Vec<(Piece, Range<usize>)>,
    at: usize,
    end: usize,
    depth: usize,
    gave_up: bool,
    first_not: Option<Range<usize>>,
    problems: &'a mut Vec<Problem>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Piece> {
        if self.gave_up { None } else { self.pieces.get(self.at).map(|(piece, _)| piece) }
    }

    fn here(&self) -> Range<usize> {
        self.pieces.get(self.at).map_or(self.end..self.end, |(_, range)| range.clone())
    }

    fn before(&self) -> Range<usize> {
        self.at.checked_sub(1).and_then(|at| self.pieces.get(at)).map_or(0..0, |(_, range)| range.clone())
    }

    fn say(&mut self, problem: Problem) {
        if !self.gave_up {
            self.problems.push(problem);
        }
    }

    fn too_deep(&mut self, range: Range<usize>) {
        self.say(lint::size::too_deep(range));
        self.gave_up = true;
    }

    /// The query, and what follows a parenthesis that closes nothing.
    fn whole(&mut self) -> (Node, Shape) {
        let mut parts = Vec::new();
        while self.peek().is_some() {
            if matches!(self.peek(), Some(Piece::Close)) {
                self.say(lint::brackets::closes_nothing(self.here()));
                self.at += 1;
            } else {
                parts.push(self.query());
            }
        }
        let part = self.joined(parts, Node::And);
        let shape = part.shape();
        (part.node, shape)
    }

    fn query(&mut self) -> Part {
        let mut parts = vec![self.all()];
        while matches!(self.peek(), Some(Piece::Or)) {
            self.at += 1;
            parts.push(self.all());
        }
        if parts.len() > 1
            && let Some(mixed) = parts
                .iter()
                .find(|p| !p.grouped && matches!(&p.node, Node::And(parts) if !parts.contains(&bad())))
        {
            let problem = lint::operators::mixed(mixed.range.clone());
            self.say(problem);
        }
        self.joined(parts, Node::Or)
    }

    fn all(&mut self) -> Part {
        let mut parts = vec![self.near()];
        loop {
            match self.peek() {
                Some(Piece::And) => {
                    self.at += 1;
                    parts.push(self.near());
                }
                Some(Piece::Open | Piece::Not | Piece::Term(_)) => parts.push(self.near()),
                Some(Piece::Near { .. }) => {
                    // A second NEAR in a row.
                    self.say(lint::near::chain(self.here()));
                    self.at += 1;
                    parts.push(self.not());
                }
                _ => break,
            }
        }
        self.joined(parts, Node::And)
    }

    fn near(&mut self) -> Part {
        let left = self.not();
        let Some(&Piece::Near { distance, ordered }) = self.peek() else { return left };
        self.at += 1;
        let right = self.not();
        for side in [&left, &right] {
            if let Some(what) = unfit_for_near(&side.node) {
                self.say(lint::near::operand(side.range.clone(), what));
            }
        }
        Part {
            range: left.range.start..right.range.end,
            grouped: false,
            parts: vec![left.shape(), right.shape()],
            node: Node::Near { left: Box::new(left.node), right: Box::new(right.node), distance, ordered },
        }
    }

    fn not(&mut self) -> Part {
        if !matches!(self.peek(), Some(Piece::Not)) {
            return self.term();
        }
        let start = self.here();
        self.first_not.get_or_insert(start.clone());
        self.at += 1;
        if self.depth >= MAX_DEPTH {
            self.too_deep(start.clone());
            return Part::leaf(bad(), start, false);
        }
        if let Some(&Piece::Near { distance, .. }) = self.peek() {
            self.say(lint::near::not_near(start.start..self.here().end, distance));
            self.at += 1;
        }
        self.depth += 1;
        let part = self.not();
        self.depth -= 1;
        Part {
            range: start.start..part.range.end,
            grouped: false,
            parts: vec![part.shape()],
            node: Node::Not(Box::new(part.node)),
        }
    }

    fn term(&mut self) -> Part {
        let range = self.here();
        let node = match self.peek() {
            Some(Piece::Term(node)) => {
                let node = node.clone();
                self.at += 1;
                node
            }
            Some(Piece::Open) => return self.group(range),
            _ => {
                // Point at the operator that lacks something, or else at what stands where it should.
                let before = self.pieces.get(self.at.wrapping_sub(1)).map(|(piece, _)| piece);
                let operator =
                    matches!(before, Some(Piece::And | Piece::Or | Piece::Not | Piece::Near { .. }));
                let place = if operator { self.before() } else { range.clone() };
                self.say(lint::operators::operand(place, operator));
                bad()
            }
        };
        Part::leaf(node, range, false)
    }

    fn group(&mut self, open: Range<usize>) -> Part {
        self.at += 1;
        if matches!(self.peek(), Some(Piece::Close)) {
            let range = open.start..self.here().end;
            self.say(lint::brackets::empty_group(range.clone()));
            self.at += 1;
            return Part::leaf(bad(), range, true);
        }
        if self.depth >= MAX_DEPTH {
            self.too_deep(open.clone());
            return Part::leaf(bad(), open, true);
        }
        if self.peek().is_none() {
            self.say(lint::brackets::stays_open(open.clone()));
            return Part::leaf(bad(), open, true);
        }
        self.depth += 1;
        let part = self.query();
        self.depth -= 1;
        let range = open.start..self.here().end;
        if matches!(self.peek(), Some(Piece::Close)) {
            self.at += 1;
        } else {
            self.say(lint::brackets::stays_open(open));
        }
        Part { range, grouped: true, ..part }
    }

    fn joined(&self, mut parts: Vec<Part>, kind: fn(Vec<Node>) -> Node) -> Part {
        if parts.len() == 1
            && let Some(part) = parts.pop()
        {
            return part;
        }
        let start = parts.first().map_or(0, |p| p.range.start);
        let end = parts.last().map_or(start, |p| p.range.end);
        let shapes = parts.iter().map(Part::shape).collect();
        let node = join(parts.into_iter().map(|p| p.node).collect(), kind);
        Part { node, range: start..end, grouped: false, parts: shapes }
    }
}

fn join(mut nodes: Vec<Node>, kind: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        Some(last) => {
            nodes.push(last);
            kind(nodes)
        }
        None => bad(),
    }
}

/// What in this side of a NEAR has no place in a text.
fn unfit_for_near(node: &Node) -> Option<&'static str> {
    match node {
        Node::And(_) => Some("AND"),
        Node::Not(_) => Some("NOT"),
        Node::Near { .. } => Some("another NEAR"),
        Node::Field(_) => Some("a field test"),
        Node::Or(parts) => parts.iter().find_map(unfit_for_near),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let mut problems = Vec::new();
        parse(text, &NoLists, &mut problems);
        problems.into_iter().map(|p| p.code).collect()
    }

    fn shape(text: &str) -> String {
        fn show(node: &Node) -> String {
            let all = |parts: &[Node], sep: &str| {
                format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(sep))
            };
            match node {
                Node::And(parts) => all(parts, " & "),
                Node::Or(parts) => all(parts, " | "),
                Node::Not(part) => format!("!{}", show(part)),
                Node::Word(word) => word.folded.clone(),
                Node::Near { left, right, distance, .. } => {
                    format!("<{} {distance} {}>", show(left), show(right))
                }
                other => format!("{other:?}"),
            }
        }
        let mut problems = Vec::new();
        show(parse(text, &NoLists, &mut problems).unwrap().root())
    }

    #[test]
    fn blanks_are_and_which_binds_tighter_than_or() {
        assert_eq!(shape("a b OR c AND NOT d"), "((a & b) | (c & !d))");
        assert_eq!(shape("a NEAR/3 (b OR c) d"), "(<a 3 (b | c)> & d)");
        assert_eq!(shape("a NOT b"), "(a & !b)");
    }

    #[test]
    fn every_mistake_of_a_query_is_told_in_one_run() {
        assert_eq!(
            codes("(keys AND ) OR cr* OR foo:x NEAR b"),
            ["query-wildcard-short", "query-field-unknown", "query-near-number", "query-operand"]
        );
        assert_eq!(codes("a AND OR b"), ["query-operand"]);
        assert_eq!(codes("a ) b"), ["query-parenthesis"]);
        assert_eq!(codes("((a OR b)"), ["query-parenthesis"]);
        assert_eq!(codes("a NEAR/2 b NEAR/2 c"), ["query-near-operand"]);
        assert_eq!(codes("a NEAR/2 (b OR NOT c)"), ["query-near-operand"]);
        assert_eq!(codes("NOT a"), ["query-only-not"]);
        assert_eq!(codes("a OR NOT b"), ["query-only-not"]);
        assert_eq!(codes("a AND (b OR NOT c)"), [""; 0]);
        assert_eq!(codes("()"), ["query-empty-group"]);
        assert_eq!(codes("  "), ["query-empty"]);
    }

    #[test]
    fn hostile_nesting_ends_in_one_message() {
        for hostile in ["(".repeat(30_000), "NOT ".repeat(8_000), format!("{}a", "(a OR ".repeat(5_000))] {
            assert_eq!(codes(&hostile), ["query-too-deep"]);
        }
        let long = "a ".repeat(20_000);
        assert_eq!(codes(&long), ["query-too-long"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_brings_the_parser_down(text in "([a-z*]{0,4}|[ ()\"{}$#@:<>=/!|&-]|AND|OR|NOT|NEAR/|\\PC){0,40}") {
            let mut problems = Vec::new();
            let query = parse(&text, &NoLists, &mut problems);
            proptest::prop_assert_eq!(query.is_none(), problems.iter().any(Problem::is_error));
            for problem in problems {
                proptest::prop_assert!(text.get(problem.range.clone()).is_some(), "{:?}", problem);
            }
        }
    }
}
