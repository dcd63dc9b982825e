//! Does one query find nothing that another does not find?

use super::Node;

/// Comparisons that are made at most; past that the answer is no. Queries are small, hostile files are not.
const MOST: usize = 200_000;

/// Is every post that `a` finds surely found by `b`? True only where it follows from how the two are written; `false`
/// says nothing.
pub(in crate::logic::rules) fn implies(a: &Node, b: &Node) -> bool {
    follows(a, b, &mut MOST.clone())
}

fn follows(a: &Node, b: &Node, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match (a, b) {
        // What stands for a part that could not be read.
        (Node::Or(parts), _) if parts.is_empty() => false,
        (_, Node::Or(parts)) if parts.is_empty() => false,
        (Node::Or(parts), _) => parts.iter().all(|part| follows(part, b, left)),
        (Node::List(list), Node::List(other)) if list == other => true,
        (Node::List(list), _) => list.entries.iter().all(|part| follows(part, b, left)),
        (_, Node::And(parts)) => parts.iter().all(|part| follows(a, part, left)),
        (Node::Not(a), Node::Not(b)) => follows(b, a, left),
        _ if a == b => true,
        (_, Node::Or(parts)) if parts.iter().any(|part| follows(a, part, left)) => true,
        (_, Node::List(list)) if list.entries.iter().any(|part| follows(a, part, left)) => true,
        (Node::And(parts), _) => parts.iter().any(|part| follows(part, b, left)),
        (
            Node::Near { left: x, right: y, distance, ordered },
            Node::Near { left: u, right: v, distance: wider, ordered: strict },
        ) if distance <= wider && (*ordered || !strict) && follows(x, u, left) && follows(y, v, left) => true,
        (Node::Near { left: x, right: y, .. }, _) => follows(x, b, left) || follows(y, b, left),
        (Node::Phrase { words, .. }, Node::Word(word)) => words.contains(word),
        (Node::Phrase { words, exact: true }, Node::Phrase { words: part, .. }) => {
            words.windows(part.len().max(1)).any(|window| window == part.as_slice())
        }
        (Node::Exact(exact), Node::Word(word)) => exact.folded.contains(&word.folded),
        (Node::Tag(tag), Node::Word(word)) => *tag == word.folded,
        (Node::Prefix { folded, kind }, Node::Prefix { folded: shorter, kind: other }) => {
            kind == other && folded.starts_with(shorter.as_str())
        }
        (Node::Tag(tag), Node::Prefix { folded, .. }) => tag.starts_with(folded.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_query;
    use super::*;

    #[test]
    fn what_follows_is_seen_and_nothing_else() {
        for (a, b, expected) in [
            ("keys", "keys OR tabs", true),
            ("keys OR tabs", "keys", false),
            ("keys AND close", "close", true),
            ("keys", "keys AND close", false),
            ("\"return key\"", "return", true),
            ("\"the return key\"", "\"return key\"", true),
            ("keys NEAR/3 close", "keys NEAR/8 close", true),
            ("keys NEAR/8 close", "keys NEAR/3 close", false),
            ("keys NEAR/8 close", "keys close", true),
            ("keys close", "keys NEAR/8 close", false),
            ("keyboards*", "keyb*", true),
            ("#mini9", "mini9", true),
            ("mini9", "#mini9", false),
            ("keys NOT golf", "keys", true),
            ("keys NOT golf", "keys NOT (golf AND club)", true),
        ] {
            let (x, y) = (parse_query(a).unwrap(), parse_query(b).unwrap());
            assert_eq!(implies(x.root(), y.root()), expected, "{a} → {b}");
        }
    }
}
