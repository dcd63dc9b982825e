//! "Did you mean": the known name that is nearest to what was written.

/// Names that are compared at most: a hostile file could hold a hundred thousand.
const LOOKED_AT: usize = 1_000;
/// Names that are listed at most.
const LISTED: usize = 12;

/// The names for a message, the first few where there are many.
pub(in crate::logic::rules) fn few(names: &[&str], separator: &str) -> String {
    let shown: Vec<&str> = names.iter().take(LISTED).copied().collect();
    let more = if names.len() > LISTED { " …" } else { "" };
    format!("{}{more}", shown.join(separator))
}

/// The nearest of `known`, if it is near enough to be a slip of the pen.
pub(in crate::logic::rules) fn closest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Nothing that long is a slip; the measure is quadratic.
    if written.len() > 64 {
        return None;
    }
    let most = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .take(LOOKED_AT)
        .filter(|name| name.len() <= 64)
        .map(|name| (strsim::osa_distance(written, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

/// Whether `near` is surely what was meant, so that it may be put in the place of `written` without asking: one letter is wrong,
/// missing or too many, in a name that is long enough and not told from others by a number.
pub(in crate::logic::rules) fn is_slip(written: &str, near: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (written, near) = (written.to_lowercase(), near.to_lowercase());
    near.chars().count() > 3
        && digits(&written) == digits(&near)
        && strsim::osa_distance(&written, &near) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        assert_eq!(closest("macth", ["match", "name"]), Some("match"));
        assert_eq!(closest("colour", ["match", "name"]), None);
    }

    #[test]
    fn what_tells_names_apart_is_no_slip() {
        assert!(is_slip("netbook", "netbooks") && is_slip("Hihg", "high"));
        for (written, near) in
            [("support-de", "support-fr"), ("brixo2", "brixo"), ("it", "pt"), ("team-1", "team-2")]
        {
            assert!(!is_slip(written, near), "{written}");
        }
    }
}
