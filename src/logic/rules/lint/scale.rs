//! `query-scale`: a comparison with the end of a scale, which no post passes, or every one.
//!
//! Why: stars go from 0 to 5, so `rating>5` finds nothing for ever, and nobody would notice. Fix: a number within the scale.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use crate::logic::rules::query::{Compare, Field};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-scale",
    "A comparison that no post passes, or every one",
    "Stars go from 0 to 5 and sentiment from -1 to 1: what asks for more than the most finds nothing, for ever.",
    Shown::Query("keys rating>5"),
    "keys rating=5",
)];

/// `query-scale`: the whole test stands at `range`.
pub(in crate::logic::rules) fn ends(range: Range<usize>, field: &Field) -> Option<Problem> {
    let (name, compare, bound, (least, most)) = match field {
        Field::Rating(compare, bound) => ("rating", *compare, *bound, (0.0, 5.0)),
        Field::Sentiment(compare, bound) => ("sentiment", *compare, *bound, (-1.0, 1.0)),
        _ => return None,
    };
    let scale = format!("`{name}` goes from {least} to {most}");
    let say = |message: String| Problem::warning("query-scale", range.clone(), message);
    let instead = |high: bool| match (name, high) {
        ("rating", true) => "write rating=5 for five stars, or rating>=4",
        ("rating", false) => "write rating<=2 for few stars",
        (_, true) => "write sentiment>=0.3 for what sounds pleased",
        (_, false) => "write sentiment<=-0.3 for what sounds annoyed",
    };
    let every = if name == "rating" {
        "take it away; or write rating>=1, if you mean posts that have stars at all"
    } else {
        "take it away; sentiment<=-0.3 finds what sounds annoyed, sentiment>=0.3 what sounds pleased"
    };
    match compare {
        Compare::Over if bound >= most => {
            Some(say(format!("no post passes this: {scale}")).label("never").help(instead(true)))
        }
        Compare::Under if bound <= least => {
            Some(say(format!("no post passes this: {scale}")).label("never").help(instead(false)))
        }
        Compare::AtLeast if bound <= least => {
            Some(say(format!("every number passes this: {scale}")).label("always").help(every))
        }
        Compare::AtMost if bound >= most => {
            Some(say(format!("every number passes this: {scale}")).label("always").help(every))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_known() {
        use Compare::{AtLeast, AtMost, Is, Over, Under};
        let told = |field: Field| ends(0..1, &field).map(|problem| problem.label);
        for field in [Field::Rating(Over, 5.0), Field::Rating(Under, 0.0), Field::Sentiment(Under, -1.0)] {
            assert_eq!(told(field).as_deref(), Some("never"));
        }
        for field in [Field::Rating(AtLeast, 0.0), Field::Sentiment(AtMost, 1.0)] {
            assert_eq!(told(field).as_deref(), Some("always"));
        }
        for field in [Field::Rating(Over, 4.0), Field::Rating(Is, 5.0), Field::Followers(AtLeast, 0.0)] {
            assert_eq!(told(field), None);
        }
    }
}
