//! `[segments]`: what letters and routes tell apart within a product.

use super::lists::FileLists;
use super::product::query;
use super::table::Table;
use crate::logic::rules::query::implies;
use crate::logic::rules::{Segment, lint};
use crate::logic::text::fold;

/// Most segments of a product: each is looked for in every complaint about it.
const MOST_SEGMENTS: usize = 50;
/// Longest name, in characters: it stands in a row of letters.
const LONGEST: usize = 40;

/// Reads the segments of a product's file, in the order in which they stand there.
pub(super) fn read(root: &Table<'_, '_>, lists: &FileLists) -> Vec<Segment> {
    let Some(table) = root.table("segments", "[segments]") else { return Vec::new() };
    let mut entries: Vec<_> = table.entries().map(|(name, range, _)| (range, name)).collect();
    entries.sort_by_key(|(range, _)| range.start);
    let mut segments: Vec<Segment> = Vec::new();
    for (n, (range, name)) in entries.into_iter().enumerate() {
        if n == MOST_SEGMENTS {
            table.file.say(lint::segments::many(range, MOST_SEGMENTS));
            break;
        }
        if lint::segments::is_key_of_product(name) {
            table.file.say(lint::segments::misplaced(range, name, "[segments]", "a segment"));
            continue;
        }
        if name.trim().is_empty() || name.chars().count() > LONGEST {
            table.file.say(lint::segments::name(range.clone(), name, LONGEST));
        }
        if let Some(first) = segments.iter().find(|first| fold(&first.name) == fold(name)) {
            table.file.say(lint::segments::twice(range, name, &first.name));
            continue;
        }
        let words = table.text(name, "'pro OR plus'");
        let place = words.as_ref().map(|words| words.range.clone());
        if let Some(query) = words.and_then(|words| query(&table, &words, lists)) {
            let wider = segments.iter().find(|wider| implies(query.root(), wider.query.root()));
            if let (Some(wider), Some(place)) = (wider, place) {
                table.file.say(lint::segments::shadowed(place, &wider.name));
            }
            segments.push(Segment { name: name.to_owned(), query });
        }
    }
    segments
}
