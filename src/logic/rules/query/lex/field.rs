//! Field tests: `lang:en`, `followers >= 1000`.

use super::super::Node;
use super::super::field::{Compare, Field, NUMBERS, TEXTS};
use super::{Lexer, QUOTES, bad};
use crate::logic::rules::lint;

impl Lexer<'_> {
    /// A field test, when `word` (which starts at byte `start`) is the beginning of one.
    pub(super) fn field(&mut self, word: &str, start: usize) -> Option<Node> {
        let text = self.text.get(start..)?;
        self.problems.extend(lint::comparison::of_field(text, start));
        self.problems.extend(lint::field_blank::told(word, text.get(word.len()..)?, start));
        let signs = [':', '<', '>', '='];
        let head_len = word.find(signs).unwrap_or(word.len());
        let head = word.get(..head_len)?.to_owned();
        if head.is_empty() || !head.chars().all(|c| c.is_alphabetic() || c == '_') {
            return None;
        }
        let name = head.to_ascii_lowercase();
        let known = TEXTS.contains(&name.as_str()) || NUMBERS.contains(&name.as_str());
        // `followers >= 1000` with blanks is one test too.
        let mut at = start + head_len;
        let blanks = |text: &str| text.len() - text.trim_start().len();
        if head_len == word.len() {
            let rest = self.text.get(at..)?;
            if !known || !rest.trim_start().starts_with(['<', '>', '=']) {
                return None;
            }
            at += blanks(rest);
        }
        let rest = self.text.get(at..)?;
        let sign_len = rest.find(|c| !signs.contains(&c)).unwrap_or(rest.len());
        let sign = rest.get(..sign_len)?.to_owned();
        at += sign_len;
        if sign != ":" && known {
            at += blanks(self.text.get(at..)?);
        }
        let rest = self.text.get(at..)?;
        let value_at = at;
        let value = if sign == ":" && rest.starts_with(QUOTES) {
            self.at = at;
            self.phrase()?
        } else {
            let stop = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
            let len = rest.find(stop).unwrap_or(rest.len());
            self.at = at + len;
            rest.get(..len)?.to_owned()
        };
        let whole = start..self.at;
        if !known {
            if value.is_empty() {
                // `title:(a OR b)`: the name would be one more word to find. A sad face is no group.
                let group = sign == ":" && rest.starts_with('(') && rest.contains(')');
                if group {
                    self.problems.push(lint::fields::group(start..start + head_len, &head));
                }
                return group.then(bad);
            }
            // What stands in quotes keeps them.
            let written = self.text.get(value_at..self.at).unwrap_or_default();
            let problem = lint::fields::unknown(start..start + head_len, &head, written, self.at);
            // What asks that posts are not what no post says to be goes as a whole.
            let goes = lint::elsewhere::denied(&head.to_lowercase(), self.text, start..self.at);
            self.problems.push(match goes {
                Some(whole) => problem.fix(whole, ""),
                None => problem,
            });
            return Some(bad());
        }
        let compare = match sign.as_str() {
            ">=" | "=>" => Some(Compare::AtLeast),
            "<=" | "=<" => Some(Compare::AtMost),
            ">" => Some(Compare::Over),
            "<" => Some(Compare::Under),
            "=" | "==" => Some(Compare::Is),
            _ => None,
        };
        let is_text = TEXTS.contains(&name.as_str());
        let made = match compare {
            None if is_text && sign == ":" => match value.trim() {
                "" => Err("a value right after the colon; several are joined by OR: (lang:en OR lang:pt)"),
                value => Field::of_text(&name, value),
            },
            Some(compare) if !is_text => Field::of_number(&name, compare, &value),
            _ if is_text => Err("a colon and a value, such as source:reddit"),
            _ => Err("a comparison and a number, such as followers>=1000, rating<=2 or sentiment<=-0.3"),
        };
        let value_range = value_at..self.at;
        let written = self.text.get(value_range.clone()).unwrap_or_default();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let problem = match &made {
            Err(expected) => Some(lint::fields::value(whole, &name, expected, value_range, &value)),
            Ok(Field::Lang(_)) => lint::codes::language(value_range, &value, str::to_owned),
            Ok(Field::Region(_)) => lint::codes::region(value_range, &value, str::to_owned),
            Ok(Field::Followers(..)) => lint::numbers::read_otherwise(value_range, &value, rest)
                .or_else(|| lint::numbers::unit(self.at, rest)),
            Ok(field @ (Field::Rating(..) | Field::Sentiment(..))) => {
                lint::scale::ends(whole, field).or_else(|| lint::numbers::unit(self.at, rest))
            }
            Ok(_) if written.starts_with(QUOTES) => None,
            Ok(Field::Author(_)) => lint::field_several::name(whole.clone(), &value, rest)
                .or_else(|| lint::field_several::told(whole, &name, &value)),
            Ok(_) => lint::field_several::told(whole, &name, &value),
        };
        self.problems.extend(problem);
        Some(made.map_or_else(|_| bad(), Node::Field))
    }
}
