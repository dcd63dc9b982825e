//! By which words people name a product.

use std::collections::BTreeSet;

use super::Product;
use super::query::Node;
use crate::logic::text::{Lang, tokenize};

impl Product {
    /// The words by which people name the product, folded: those of its name and id, and those that `match` takes for
    /// enough. They say nothing about what is complained of.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = [&self.name, &self.id]
            .into_iter()
            .flat_map(|text| tokenize(text, Lang::Other))
            .flat_map(|t| t.folded.split('-').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        alone(self.query.root(), &mut names);
        names
    }
}

/// The words of a query that are enough by themselves.
fn alone(node: &Node, names: &mut BTreeSet<String>) {
    match node {
        Node::Or(parts) => parts.iter().for_each(|part| alone(part, names)),
        Node::Word(word) => {
            names.insert(word.folded.clone());
        }
        Node::Phrase { words, .. } => names.extend(words.iter().map(|w| w.folded.clone())),
        Node::Tag(tag) => {
            names.insert(tag.clone());
        }
        Node::Exact(exact) => names.extend(exact.folded.iter().cloned()),
        Node::List(list) => list.entries.iter().for_each(|entry| alone(entry, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::ground::entry::{RuleFile, RuleFiles};
    use crate::logic::rules::RuleSet;

    #[test]
    fn names_are_what_is_enough_by_itself() {
        let product = "[product]\nid = \"mini-9\"\nname = \"Aster Mini 9\"\nteam = \"t\"\n\
            match = '\"mini nine\" OR #mini9 OR (netbook AND aster)'\n";
        let teams = "[team.t]\nemail = [\"t@example.org\"]\nfalse_alarms_a_year = 4\n";
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let files = RuleFiles {
            folder: "rules".into(),
            files: vec![file("mini-9.toml", product), file("teams.toml", teams)],
        };
        let rules = RuleSet::load(&files).0.unwrap();
        let names: Vec<String> = rules.products[0].names().into_iter().collect();
        assert_eq!(names, ["9", "aster", "mini", "mini9", "nine"]);
    }
}
