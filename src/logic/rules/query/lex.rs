//! A query as pieces: operators, parentheses and terms, each with its place.

mod field;

use std::ops::Range;

use super::build::{as_written, bare, quoted, starred};
use super::parse::Lists;
use super::{MAX_DISTANCE, Node};
use crate::logic::rules::lint::{self, Problem};

/// What opens or closes a phrase. The curly ones work, with a warning.
pub(super) const QUOTES: [char; 7] = ['"', '“', '”', '„', '‟', '«', '»'];

/// One piece of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Open,
    Close,
    And,
    Or,
    Not,
    Near { distance: u32, ordered: bool },
    Term(Node),
}

/// What stands for a term that could not be read: its error is already told.
pub(super) fn bad() -> Node {
    Node::Or(Vec::new())
}

/// A query in pieces.
pub(super) struct Pieces {
    /// The pieces, each with its place.
    pub(super) pieces: Vec<(Piece, Range<usize>)>,
    /// It names a list of which elsewhere is told what is wrong with it.
    pub(super) broken_list: bool,
}

/// The pieces of `text`, in order. What is wrong goes to `problems`, and something that parses takes its place.
pub(super) fn pieces(text: &str, lists: &dyn Lists, problems: &mut Vec<Problem>) -> Pieces {
    let mut lexer = Lexer { text, at: 0, lists, problems, broken_list: false, after_term: None };
    let mut pieces = Vec::new();
    while let Some(piece) = lexer.next() {
        lexer.after_term = Some(matches!(piece.0, Piece::Term(_) | Piece::Close));
        pieces.push(piece);
    }
    Pieces { pieces, broken_list: lexer.broken_list }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    lists: &'a dyn Lists,
    problems: &'a mut Vec<Problem>,
    broken_list: bool,
    /// Is the piece before a term, or the end of one? Nothing at the beginning.
    after_term: Option<bool>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<(Piece, Range<usize>)> {
        let blank = self.rest().len() - self.rest().trim_start().len();
        self.at += blank;
        let start = self.at;
        let first = self.rest().chars().next()?;
        let piece = match first {
            '(' => self.one(Piece::Open),
            ')' => self.one(Piece::Close),
            '{' => self.braces(),
            '}' => {
                self.at += 1;
                self.problems.push(lint::brackets::brace(start..self.at));
                Piece::Term(bad())
            }
            '$' => self.list(),
            _ if QUOTES.contains(&first) => match self.phrase() {
                Some(phrase) => {
                    self.problems.extend(lint::in_quotes::of_phrase(start..self.at, &phrase));
                    Piece::Term(quoted(&phrase).unwrap_or_else(|| {
                        self.problems.push(lint::brackets::empty_phrase(start..self.at));
                        bad()
                    }))
                }
                None => Piece::Term(bad()),
            },
            '|' | '&' | '!' | '+' | '-' | '\u{2212}' | '–' | '—' if self.foreign().is_some() => {
                let (piece, len) = self.foreign()?;
                let sign = self.rest().get(..len).unwrap_or_default();
                self.at += len;
                let problem = lint::html::at(start..self.at, sign);
                let problem = problem.unwrap_or_else(|| lint::operators::foreign(start..self.at, sign));
                self.problems.push(problem);
                // A plus says nothing that standing there would not say.
                return match piece {
                    Some(piece) => Some((piece, start..self.at)),
                    None => self.next(),
                };
            }
            _ => self.word(),
        };
        Some((piece, start..self.at))
    }

    fn one(&mut self, piece: Piece) -> Piece {
        self.at += 1;
        piece
    }

    /// The operator of other tools that stands here, and its length.
    fn foreign(&self) -> Option<(Option<Piece>, usize)> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        let run = rest.len() - rest.trim_start_matches(first).len();
        if let Some(sign) = lint::html::sign(rest) {
            return Some(((sign == "&amp;").then_some(Piece::And), sign.len()));
        }
        let before_word =
            rest.get(run..)?.starts_with(|c: char| c.is_alphanumeric() || "\"($#@{".contains(c));
        match first {
            '|' => Some((Some(Piece::Or), run)),
            '&' => Some((Some(Piece::And), run)),
            '+' if before_word => Some((None, run)),
            '!' | '-' | '\u{2212}' | '–' | '—' if before_word => Some((Some(Piece::Not), run)),
            _ => None,
        }
    }

    /// The text between quotes; `None` (and told) when they do not close.
    fn phrase(&mut self) -> Option<String> {
        let start = self.at;
        let rest = self.rest();
        let open = rest.chars().next()?;
        let inside = rest.get(open.len_utf8()..)?;
        let Some(end) = inside.find(QUOTES) else {
            self.at = self.text.len();
            self.problems.push(lint::brackets::quote(start..start + open.len_utf8()));
            return None;
        };
        let close = inside.get(end..)?.chars().next()?;
        self.at = start + open.len_utf8() + end + close.len_utf8();
        let phrase = inside.get(..end)?;
        if open != '"' || close != '"' {
            self.problems.push(lint::quotes::curly(start..self.at, phrase));
        }
        let phrase_at = start + open.len_utf8();
        if let Some(star) = phrase.find('*') {
            self.problems.push(lint::wildcard::in_phrase(phrase_at + star..phrase_at + star + 1));
        }
        self.problems.extend(lint::letters::mixed(phrase, phrase_at));
        self.problems.extend(lint::html::inside(phrase, phrase_at));
        Some(phrase.to_owned())
    }

    fn braces(&mut self) -> Piece {
        let start = self.at;
        let Some(end) = self.rest().find('}') else {
            self.at = self.text.len();
            self.problems.push(lint::brackets::brace(start..start + 1));
            return Piece::Term(bad());
        };
        let inside = self.rest().get(1..end).unwrap_or_default();
        self.at += end + 1;
        self.problems.extend(lint::letters::mixed(inside, start + 1));
        self.problems.extend(lint::in_braces::told(start..self.at, inside));
        Piece::Term(as_written(inside).unwrap_or_else(|| {
            self.problems.push(lint::brackets::empty_phrase(start..self.at));
            bad()
        }))
    }

    fn list(&mut self) -> Piece {
        let start = self.at;
        let rest = self.rest().get(1..).unwrap_or_default();
        let len = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
        let name = rest.get(..len).unwrap_or_default();
        self.at += 1 + len;
        match self.lists.find(name) {
            Some(list) => Piece::Term(Node::List(list)),
            None => {
                let range = start..self.at;
                match self.lists.missing(range, name) {
                    Some(problem) => self.problems.push(problem),
                    None => self.broken_list = true,
                }
                Piece::Term(bad())
            }
        }
    }

    fn word(&mut self) -> Piece {
        let start = self.at;
        let rest = self.rest();
        let stops = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '{' | '}') || QUOTES.contains(&c);
        let len = rest.find(stops).unwrap_or(rest.len());
        let word = rest.get(..len).unwrap_or_default();
        self.at += len;
        let range = start..self.at;
        match word {
            "AND" => return Piece::And,
            "OR" => return Piece::Or,
            "NOT" => return Piece::Not,
            _ if ["and", "or", "not"].contains(&word.to_lowercase().trim_end_matches(':')) => {
                self.problems.push(lint::operators::lower_case(range.clone(), word));
            }
            _ if self.is_between() => {
                let after = self.after_term == Some(true);
                if after && word.eq_ignore_ascii_case("near") && word != "NEAR" {
                    self.problems.push(lint::operators::small_near(range.clone(), word));
                }
                if after && matches!(word, "ADJ" | "WITHIN" | "ONEAR") {
                    self.problems.push(lint::foreign::without_distance(range.clone(), word));
                }
                let before = self.text.get(..start).unwrap_or_default().trim_end();
                let joins = before.ends_with([')', '"']) && self.rest().trim_start().starts_with(['(', '"']);
                self.problems.extend(lint::tongues::of_word(range.clone(), word, after, joins));
            }
            _ => {}
        }
        if let Some(near) = self.near(word, range.clone()) {
            return near;
        }
        if let Some(field) = self.field(word, start) {
            return Piece::Term(field);
        }
        if word.starts_with('\'') || word.starts_with('‘') || word.starts_with('`') {
            self.problems.push(lint::quotes::single(range.clone()));
        }
        if word.len() > 1 && word.ends_with([',', ';']) && !lint::html::ends(word) {
            self.problems.push(lint::operators::comma(self.at - 1..self.at, self.text));
        }
        self.problems.extend(lint::of_word(word, start));
        self.problems.extend(lint::elsewhere::around(word, self.rest(), self.at));
        if word.contains('*') {
            return Piece::Term(starred(word, start).unwrap_or_else(|problem| {
                // What is told of a pattern says all about its stars.
                match lint::regex::of_word(word, start).and_then(|_| self.problems.last_mut()) {
                    Some(told) => told.level = problem.level,
                    None => self.problems.push(problem),
                }
                bad()
            }));
        }
        Piece::Term(bare(word).unwrap_or_else(|| {
            self.problems.push(lint::looking::nothing(range, word));
            bad()
        }))
    }

    /// Does something stand before this word, and something that could be joined after it?
    fn is_between(&self) -> bool {
        let next = self.rest().split_whitespace().next().unwrap_or(")");
        self.after_term.is_some() && !next.starts_with(')') && !matches!(next, "AND" | "OR")
    }

    fn near(&mut self, word: &str, range: Range<usize>) -> Option<Piece> {
        if word == "NEAR"
            && self.rest().starts_with('(')
            && let Some(call) = lint::near::call(self.text.get(range.start..).unwrap_or_default())
        {
            self.at = range.start + call.len;
            self.problems.push(lint::near::as_call(range.start..self.at, &call));
            return Some(Piece::Term(bad()));
        }
        if let Some((distance, len)) = lint::near::apart(word, self.rest()) {
            self.at += len;
            self.problems.push(lint::near::sign(range.start..self.at, distance));
            return Some(Piece::Near { distance, ordered: false });
        }
        let (head, tail) = word.split_once('/').map_or((word, None), |(head, tail)| (head, Some(tail)));
        if !head.eq_ignore_ascii_case("near") || (tail.is_none() && head != "NEAR") {
            return None;
        }
        if head != "NEAR" {
            // With a distance it is told as one, and once is enough.
            if lint::foreign::of_word(word, range.start).is_none() {
                self.problems.push(lint::operators::lower_case(range, word));
            }
            return None;
        }
        let tail = tail.unwrap_or_default();
        let ordered = tail.ends_with(['f', 'F']);
        let digits = tail.trim_end_matches(['f', 'F']);
        let distance = digits.parse::<u32>().ok().filter(|n| (1..=MAX_DISTANCE).contains(n));
        if distance.is_none() || tail.len() > digits.len() + 1 {
            self.problems.push(lint::near::number(range, word));
        }
        Some(Piece::Near { distance: distance.unwrap_or(1), ordered })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Compare, Field, NoLists};
    use super::*;

    fn lex(text: &str) -> (Vec<Piece>, Vec<&'static str>) {
        let mut problems = Vec::new();
        let pieces = pieces(text, &NoLists, &mut problems).pieces;
        (pieces.into_iter().map(|(p, _)| p).collect(), problems.into_iter().map(|p| p.code).collect())
    }

    #[test]
    fn near_has_a_number_and_may_have_an_order() {
        assert_eq!(lex("NEAR/8").0, [Piece::Near { distance: 8, ordered: false }]);
        assert_eq!(lex("NEAR/3f").0, [Piece::Near { distance: 3, ordered: true }]);
        for wrong in ["NEAR", "NEAR/", "NEAR/x", "NEAR/0", "NEAR/3ff", "NEAR/1000"] {
            assert_eq!(lex(wrong).1, ["query-near-number"], "{wrong}");
        }
        assert_eq!(lex("near").1, [""; 0]);
    }

    #[test]
    fn fields_may_have_blanks_and_quotes() {
        let expected = Piece::Term(Node::Field(Field::Followers(Compare::AtLeast, 1000.0)));
        assert_eq!(lex("followers >= 1000").0, std::slice::from_ref(&expected));
        assert_eq!(lex("followers>=1000").0, [expected]);
        assert_eq!(
            lex("author:\"Ana Maria\"").0,
            [Piece::Term(Node::Field(Field::Author("ana maria".to_owned())))]
        );
        assert!(matches!(lex("followers").0[..], [Piece::Term(Node::Word(_))]));
        assert!(matches!(lex("12:30").0[..], [Piece::Term(_)]));
        assert_eq!(lex("rating:2").1, ["query-field-value"]);
    }

    #[test]
    fn a_hyphen_inside_a_word_is_no_operator() {
        assert_eq!(lex("wi-fi e-mail").1, [""; 0]);
        assert_eq!(lex("mini -golf").1, ["query-foreign-operator"]);
    }
}
