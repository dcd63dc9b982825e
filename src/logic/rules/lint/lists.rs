//! `$lists`: unknown, unused, looping, too large, or with entries that are queries.
//!
//! Why: an unknown list would match nothing; an unused one shows that a query lost its words. Fix: as suggested.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::in_quotes::listed;
use super::suggest::{closest, few};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 10] = [
    Doc::error(
        "query-unknown-list",
        "A list that does not exist",
        "It would match nothing.",
        Shown::Below(
            r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $clsoe'

[words]
close = ["close"]"#,
        ),
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'

[words]
close = ["close"]"#,
    ),
    Doc::warning(
        "list-unused",
        "A list that no query uses",
        "It shows that a query lost its words.",
        Shown::Below(
            r#"[words]
close = ["close"]"#,
        ),
        "",
    ),
    Doc::error(
        "list-loop",
        "A list that contains itself",
        "It would never end.",
        Shown::Below(
            r#"[words]
near = ["$close"]
close = ["$near"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
        ),
        "",
    ),
    Doc::error(
        "list-too-large",
        "A list with more entries than are read",
        "Everything that grows has a bound.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "list-too-deep",
        "Lists that name lists that name lists, too deep",
        "Nobody could follow them.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "list-empty",
        "A list without entries",
        "It would match nothing.",
        Shown::Below(
            r#"[words]
close = []

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
        ),
        r#"[words]
close = ["close"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
    ),
    Doc::error(
        "list-heading",
        "A heading of its own for some lists",
        "All lists of a file stand below the one heading [words], and queries call them by their name alone.",
        Shown::Below(
            r#"[words.more]
close = ["close"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
        ),
        r#"[words]
close = ["close"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
    ),
    Doc::error(
        "list-entry",
        "An entry of a list that is a query",
        "A list takes words and phrases.",
        Shown::Below(
            r#"[words]
close = ["close OR near"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
        ),
        r#"[words]
close = ["close", "near"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
    ),
    Doc::warning(
        "list-entry-commas",
        "An entry of a list that is a list",
        "Commas inside of the quotes separate nothing: only posts that have these words one after the other are found.",
        Shown::Below(
            r#"[words]
close = ["close, cramped, tight"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
        ),
        r#"[words]
close = ["close", "cramped", "tight"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
    ),
    Doc::warning(
        "list-entry-twice",
        "An entry that stands twice in a list",
        "It changes nothing, but one of the two was perhaps to be another word.",
        Shown::Below(
            r#"[words]
close = ["close", "cramped", "close"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
        ),
        r#"[words]
close = ["close", "cramped"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
    ),
];

/// `query-unknown-list`
pub(in crate::logic::rules) fn unknown(range: Range<usize>, name: &str, known: &[&str]) -> Problem {
    if name.is_empty() {
        return Problem::error("query-unknown-list", range, "a $ needs the name of a list right after it")
            .help("write $name, and the list under [words]; or take the $ away");
    }
    let help = match (closest(name, known.iter().copied()), known) {
        (Some(near), _) => format!("did you mean ${near}?"),
        (None, []) => format!("write it under [words]: {name} = [\"one\", \"two words\"]"),
        (None, known) => format!("the lists of this file are ${}", few(known, ", $")),
    };
    let problem =
        Problem::error("query-unknown-list", range.clone(), format!("there is no list ${name}")).help(help);
    match closest(name, known.iter().copied()) {
        Some(near) => problem.fix(range, format!("${near}")),
        None => problem,
    }
}

/// `list-unused`
pub(in crate::logic::rules) fn unused(range: Range<usize>, name: &str) -> Problem {
    if ["team", "match", "not", "name", "id", "clusters"].contains(&name) {
        return Problem::warning(
            "list-unused",
            range,
            format!("below [words] this is a list, ${name}, and no query uses it"),
        )
        .help(format!("`{name}` of the product stands below [product], above [words]"));
    }
    Problem::warning("list-unused", range, format!("no query uses the list ${name}"))
        .help(format!("write ${name} in a query, or take the list away"))
}

/// `list-loop`
pub(in crate::logic::rules) fn loops(range: Range<usize>, path: &[String]) -> Problem {
    let first = path.first().map_or("", String::as_str);
    Problem::error("list-loop", range, format!("the list ${first} contains itself"))
        .label(format!("${}", path.join(" → $")))
        .help("take one of these entries away")
}

/// `list-too-large`
pub(in crate::logic::rules) fn large(range: Range<usize>, name: &str, most: usize) -> Problem {
    Problem::error("list-too-large", range, format!("the list ${name} has more than {most} entries"))
        .help("split it, or use prefix* for words that begin alike")
}

/// `list-too-deep`
pub(in crate::logic::rules) fn deep(range: Range<usize>, name: &str, most: usize) -> Problem {
    Problem::error(
        "list-too-deep",
        range,
        format!("the list ${name} names lists that name lists, over {most} deep"),
    )
    .help("write the words themselves into the list")
}

/// `list-heading`: `[words.more]`, whose lists have these names.
pub(in crate::logic::rules) fn heading<'n>(
    range: Range<usize>,
    name: &str,
    lists: impl Iterator<Item = &'n str>,
) -> Problem {
    let lists: Vec<&str> = lists.collect();
    let below = match lists.first() {
        Some(list) => format!(
            "move its lines up below [words], as in {list} = [\"one\", \"two words\"], and take this one away"
        ),
        None => format!("write it below [words], as {name} = [\"one\", \"two words\"]"),
    };
    Problem::error(
        "list-heading",
        range,
        format!("[words.{name}] is a second heading, and lists have one: [words]"),
    )
    .help(below)
}

/// `list-empty`
pub(in crate::logic::rules) fn empty(range: Range<usize>, name: &str) -> Problem {
    Problem::error("list-empty", range, format!("the list ${name} is empty: it would match nothing"))
        .help("write its words between the brackets, or take it away")
}

/// `list-entry`
pub(in crate::logic::rules) fn entry_is_query(range: Range<usize>, entry: &str) -> Problem {
    let shown: String = entry.chars().take(60).collect();
    Problem::error("list-entry", range, format!("\"{shown}\" is a query; a list takes words and phrases"))
        .help("write every alternative as an entry of its own, and put AND, NOT and NEAR into the query that uses the list")
}

/// `list-entry-twice`
pub(in crate::logic::rules) fn twice(range: Range<usize>, name: &str, entry: &str) -> Problem {
    let shown: String = entry.chars().take(60).collect();
    Problem::warning("list-entry-twice", range, format!("\"{shown}\" stands twice in the list ${name}"))
        .help("take one away; it changes nothing, but one of the two was perhaps to be another word")
}

/// `list-entry-commas`: `entry` stands at `range`, quotes and all; `alone` where no brackets stand around it.
pub(in crate::logic::rules) fn commas(range: Range<usize>, entry: &str, alone: bool) -> Option<Problem> {
    let parts = listed(entry)?;
    let entries = format!("\"{}\"", parts.join("\", \""));
    let meant = if alone { format!("[{entries}]") } else { entries };
    let shown: String = meant.chars().take(100).collect();
    Some(
        Problem::warning("list-entry-commas", range.clone(), "commas inside of the quotes separate nothing")
            .label("one phrase")
            .help(format!("write {shown}"))
            .fix(range, meant),
    )
}
