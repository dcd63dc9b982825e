//! `query-field-or`: alternatives of a field of which only the first has the field's name.
//!
//! Why: `lang:de OR fr` finds German posts, and every post that says "fr". Fix: a test for each.

use isolang::Language;

use super::Problem;
use super::documented::{Doc, Shown};
use crate::logic::rules::query::{Field, Node, Shape};
use crate::logic::text::Kind;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-field-or",
    "A value of a field without the field's name",
    "It is looked for as a word, and every post that says it is found: each value has the name before it.",
    Shown::Query("mini9 (lang:de OR fr)"),
    "mini9 (lang:de OR lang:fr)",
)];

/// One warning for each word that stands beside a test of a field and looks like one more value of it.
pub(in crate::logic::rules) fn values(root: &Node, shape: &Shape) -> Vec<Problem> {
    let mut found = Vec::new();
    look(root, shape, &mut found);
    found
}

fn look(node: &Node, shape: &Shape, found: &mut Vec<Problem>) {
    let (Node::And(parts) | Node::Or(parts)) = node else { return };
    let parts = || parts.iter().zip(&shape.parts);
    parts().for_each(|(part, shape)| look(part, shape, found));
    if !matches!(node, Node::Or(_)) {
        return;
    }
    // What comes first gives the others their name.
    let Some((Node::Field(field), _)) = parts().next() else { return };
    for (part, shape) in parts() {
        if let Node::Word(word) = part
            && word.kind == Kind::Word
            && let Some(meant) = test(field, &word.folded)
        {
            let message = format!("\"{}\" is looked for as a word here", word.folded);
            let problem =
                Problem::warning("query-field-or", shape.range.clone(), message).label("no test of a field");
            let help = format!("write {meant}; or the word in quotes, if you mean the word");
            found.push(problem.help(help).fix(shape.range.clone(), meant));
        }
    }
}

/// The test of the same field with this word as its value, where it can be one.
fn test(field: &Field, word: &str) -> Option<String> {
    match field {
        Field::Lang(_) if word.len() == 2 => Language::from_639_1(word).map(|_| format!("lang:{word}")),
        Field::Region(_) if word.len() == 2 => {
            celes::Country::from_alpha2(word).is_ok().then(|| format!("region:{}", word.to_uppercase()))
        }
        // `source:ourforum OR kettle` is all of our forum, and whoever says kettle.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::rules::query::parse_query;

    #[test]
    fn values_are_told_from_words() {
        let fix = |query: &str| {
            let query = parse_query(query).unwrap();
            let told = values(query.root(), query.shape());
            told.into_iter().filter_map(|p| p.fix).map(|fix| fix.1).collect::<Vec<_>>()
        };
        assert_eq!(fix("(lang:de OR fr OR es) lid"), ["lang:fr", "lang:es"]);
        assert_eq!(fix("lid (region:BR OR pt)"), ["region:PT"]);
        for fine in [
            "lang:de OR lid",
            "lid OR lang:de",
            "source:reddit OR kettle",
            "lang:de OR \"fr\"",
            "lang:de fr",
            "rating<=2 OR awful",
        ] {
            assert_eq!(fix(fine), [""; 0], "{fine}");
        }
    }
}
