//! What can be wrong in the word lists of `lexicon/`. `logic/assess` finds it; here it is only explained.
//!
//! Why: a word list with a mistake wakes a team for nothing, or lets a complaint pass. Fix: the place that is shown.

use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 6] = [
    Doc::error(
        "lexicon-unreadable",
        "A word list that is not TOML, or has a key that does not exist",
        "Nothing of it would be used. rules/lexicon/README.md explains the form.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "lexicon-language",
        "A word list that does not say its language",
        "It begins with a line such as `language = \"pt\"`; only `emoji.toml` is for all.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "lexicon-phrase",
        "A phrase that cannot be looked for",
        "A phrase needs one whole word or the beginning of one (`leak*`), at most twelve words, and `...` only between words.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "lexicon-weight",
        "A weight outside of -1 to 1",
        "A weight is a chance, 0.65 for a clear report, or with a minus how much of it is taken away.",
        Shown::Words,
        "",
    ),
    Doc::warning(
        "lexicon-sign",
        "A weight on the wrong side of 0",
        "Wishes, praise, news, adverts, jobs and share talk speak against a complaint and have a weight below 0; all other \
         kinds have one above.",
        Shown::Words,
        "",
    ),
    Doc::warning(
        "lexicon-twice",
        "The same phrase of the same kind twice in one file",
        "It counts once, with the weight of the later place; the earlier one only misleads whoever reads it.",
        Shown::Words,
        "",
    ),
];
