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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        assert_eq!(closest("macth", ["match", "name"]), Some("match"));
        assert_eq!(closest("colour", ["match", "name"]), None);
    }
}
