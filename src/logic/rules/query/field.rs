//! Field tests: what a query may ask of a post beside its words.

use crate::logic::rules::Subject;
use crate::logic::text::{Lang, fold};

/// Fields that are compared with a text after a colon.
pub(crate) const TEXTS: [&str; 5] = ["source", "lang", "region", "author", "site"];
/// Fields that are compared with a number.
pub(crate) const NUMBERS: [&str; 3] = ["followers", "rating", "sentiment"];

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Over,
    /// `<`
    Under,
    /// `=`
    Is,
}

impl Compare {
    /// Does `value` stand so to `bound`?
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::AtMost => value <= bound,
            Self::Over => value > bound,
            Self::Under => value < bound,
            Self::Is => (value - bound).abs() < 1e-9,
        }
    }
}

/// A test of a post's field. A post that does not have the field fails the test.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Name of the source, folded.
    Source(String),
    /// Language: `pt`, or with its region as the source declares it: `pt-br`.
    Lang(String),
    /// Region as the source declares it, lower case: `br`, or with its part: `br-sp`.
    Region(String),
    /// The author's id or name, folded, without `@`.
    Author(String),
    /// Where the post stands: a host (its subdomains count) and perhaps the beginning of a path.
    Site(String),
    /// How many people follow the author.
    Followers(Compare, f64),
    /// Stars, 1 to 5.
    Rating(Compare, f64),
    /// Sentiment, −1 to 1.
    Sentiment(Compare, f64),
}

impl Field {
    /// The test of the text field `name` against `value`.
    ///
    /// # Errors
    /// What the value should have been.
    pub(in crate::logic::rules) fn of_text(name: &str, value: &str) -> Result<Self, &'static str> {
        let value = value.trim();
        let folded = fold(value);
        match name {
            "source" => Ok(Self::Source(folded)),
            "lang" => {
                let tag = value.to_ascii_lowercase().replace('_', "-");
                let primary = tag.split('-').next().unwrap_or_default();
                let fits = matches!(primary.len(), 2 | 3)
                    && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                if fits { Ok(Self::Lang(tag)) } else { Err("a language code such as en, pt or pt-BR") }
            }
            "region" => {
                let tag = value.to_ascii_lowercase().replace('_', "-");
                let primary = tag.split('-').next().unwrap_or_default();
                let fits = primary.len() == 2 && primary.bytes().all(|b| b.is_ascii_alphabetic());
                if fits {
                    Ok(Self::Region(tag))
                } else {
                    Err("a country code of two letters such as US, BR or CA")
                }
            }
            "author" => match folded.trim_start_matches('@') {
                "" => Err("a name such as author:ana or author:\"Ana Maria\""),
                name => Ok(Self::Author(name.to_owned())),
            },
            _ => {
                let site = value.to_ascii_lowercase();
                let site = site.split_once("://").map_or(site.as_str(), |(_, rest)| rest);
                let site = site.strip_prefix("www.").unwrap_or(site).trim_end_matches('/');
                let host = site.split('/').next().unwrap_or_default();
                let fits =
                    host.contains('.') && !host.starts_with('.') && !host.contains(char::is_whitespace);
                if fits { Ok(Self::Site(site.to_owned())) } else { Err("a site such as site:example.org") }
            }
        }
    }

    /// The test of the number field `name`.
    ///
    /// # Errors
    /// What the value should have been.
    pub(super) fn of_number(name: &str, compare: Compare, value: &str) -> Result<Self, &'static str> {
        let number = value.replace('\u{2212}', "-").parse::<f64>().ok().filter(|n| n.is_finite());
        match name {
            "followers" => number
                .filter(|n| *n >= 0.0)
                .map(|n| Self::Followers(compare, n))
                .ok_or("a number of people such as followers>=1000"),
            "rating" => number
                .filter(|n| (0.0..=5.0).contains(n))
                .map(|n| Self::Rating(compare, n))
                .ok_or("stars from 0 to 5, such as rating<=2"),
            _ => number
                .filter(|n| (-1.0..=1.0).contains(n))
                .map(|n| Self::Sentiment(compare, n))
                .ok_or("a number from -1 (bad) to 1 (good), such as sentiment<=-0.3"),
        }
    }

    /// Does the post pass the test?
    pub(in crate::logic::rules) fn holds(&self, subject: &Subject<'_>) -> bool {
        let post = subject.post;
        match self {
            Self::Source(source) => fold(&post.source) == *source,
            Self::Lang(tag) => {
                let declared = post.lang.as_deref().map(|l| l.to_ascii_lowercase().replace('_', "-"));
                let declared_fits = declared.is_some_and(|declared| within(&declared, tag, '-'));
                declared_fits || (subject.lang != Lang::Other && subject.lang.code() == tag)
            }
            Self::Region(tag) => post
                .region
                .as_deref()
                .is_some_and(|region| within(&region.to_ascii_lowercase().replace('_', "-"), tag, '-')),
            Self::Author(name) => [&post.author, &post.author_name]
                .into_iter()
                .flatten()
                .any(|author| fold(author).trim_start_matches('@') == name),
            Self::Site(site) => post.url.as_deref().is_some_and(|url| on_site(url, site)),
            Self::Followers(compare, bound) => {
                post.followers.is_some_and(|followers| compare.holds(followers as f64, *bound))
            }
            Self::Rating(compare, bound) => post.rating.is_some_and(|rating| compare.holds(rating, *bound)),
            Self::Sentiment(compare, bound) => {
                subject.sentiment.is_some_and(|sentiment| compare.holds(sentiment, *bound))
            }
        }
    }
}

/// Is `whole` the same as `part`, or `part` and more after `separator`?
fn within(whole: &str, part: &str, separator: char) -> bool {
    whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
}

fn on_site(url: &str, site: &str) -> bool {
    let url = url.to_ascii_lowercase();
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (site_host, site_path) = site.split_once('/').unwrap_or((site, ""));
    let host = host.split(':').next().unwrap_or_default();
    let host_fits = host.strip_suffix(site_host).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
    host_fits && (site_path.is_empty() || within(path, site_path, '/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_host_its_subdomains_and_a_path() {
        assert!(on_site("https://old.reddit.com/r/netbooks/x?y", "reddit.com/r/netbooks"));
        assert!(on_site("https://reddit.com", "reddit.com"));
        assert!(!on_site("https://notreddit.com/", "reddit.com"));
        assert!(!on_site("https://reddit.com/r/netbooksales", "reddit.com/r/netbooks"));
    }

    #[test]
    fn values_that_cannot_be_are_refused() {
        assert!(Field::of_text("lang", "portuguese").is_err());
        assert!(Field::of_text("region", "Brazil").is_err());
        assert!(Field::of_text("site", "reddit").is_err());
        assert!(Field::of_number("rating", Compare::Is, "7").is_err());
        assert!(Field::of_number("sentiment", Compare::AtMost, "-30").is_err());
        assert_eq!(
            Field::of_number("sentiment", Compare::AtMost, "-0.3"),
            Ok(Field::Sentiment(Compare::AtMost, -0.3))
        );
    }
}
