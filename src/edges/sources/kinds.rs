//! All kinds of sources, for people to choose from.

use super::{
    appstore, discourse, feed, github, hackernews, jetstream, jsonl, kafka, lemmy, mastodon, nats, reddit,
    stackexchange, webhook, x, youtube,
};

/// One kind of source.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What `kind = "…"` says.
    pub name: &'static str,
    /// What it listens to, in one line.
    pub about: &'static str,
    /// A `[[source]]` table with every key filled in.
    pub example: &'static str,
}

/// Every kind, the most useful first.
pub const KINDS: [Kind; 16] = [
    Kind {
        name: "jetstream",
        about: "Bluesky, all of it, live; no account needed",
        example: jetstream::EXAMPLE,
    },
    Kind { name: "feed", about: "RSS, Atom or JSON Feed, by polling", example: feed::EXAMPLE },
    Kind { name: "webhook", about: "posts that another system sends, signed", example: webhook::EXAMPLE },
    Kind {
        name: "jsonl",
        about: "a file with one post as JSON a line, read once or followed",
        example: jsonl::EXAMPLE,
    },
    Kind {
        name: "mastodon",
        about: "hashtags on a server of Mastodon, or of what speaks its API",
        example: mastodon::EXAMPLE,
    },
    Kind {
        name: "hackernews",
        about: "stories and comments of Hacker News with certain words",
        example: hackernews::EXAMPLE,
    },
    Kind {
        name: "discourse",
        about: "every post of a forum that runs on Discourse",
        example: discourse::EXAMPLE,
    },
    Kind {
        name: "github",
        about: "issues and discussions of a GitHub repository, and comments on them",
        example: github::EXAMPLE,
    },
    Kind { name: "lemmy", about: "posts and comments of a Lemmy server", example: lemmy::EXAMPLE },
    Kind { name: "appstore", about: "reviews of an app in Apple's App Store", example: appstore::EXAMPLE },
    Kind {
        name: "stackexchange",
        about: "questions with certain tags on Stack Overflow and its sister sites, and their answers",
        example: stackexchange::EXAMPLE,
    },
    Kind {
        name: "nats",
        about: "posts that your company collects on NATS JetStream",
        example: nats::EXAMPLE,
    },
    Kind {
        name: "kafka",
        about: "posts that your company collects on Kafka; only in a build with the feature `kafka`",
        example: kafka::EXAMPLE,
    },
    Kind {
        name: "youtube",
        about: "comments below YouTube videos, with an API key (10,000 units a day are free)",
        example: youtube::EXAMPLE,
    },
    Kind {
        name: "reddit",
        about: "posts and comments of Reddit, for applications that Reddit has approved",
        example: reddit::EXAMPLE,
    },
    Kind {
        name: "x",
        about: "posts of X that fit rules, with a token that is paid for",
        example: x::EXAMPLE,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::sources::{SourceConfig, SourceSettings};

    #[derive(serde::Deserialize)]
    struct File {
        source: Vec<SourceSettings>,
    }

    #[test]
    fn every_example_is_read_and_names_every_key() {
        for kind in KINDS {
            let file: File = toml::from_str(kind.example).unwrap_or_else(|e| panic!("{}: {e}", kind.name));
            let [source] = &file.source[..] else { panic!("{}: one table each", kind.name) };
            assert!(kind.example.contains(&format!("kind = \"{}\"", kind.name)), "{}", kind.name);
            // The settings' own fields, as their Debug form names them.
            let shown = format!("{:#?}", source.kind);
            let keys =
                shown.lines().filter_map(|l| l.strip_prefix("        ").filter(|l| !l.starts_with(' ')));
            let keys: Vec<&str> = keys.filter_map(|l| Some(l.split_once(": ")?.0)).collect();
            assert!(!keys.is_empty(), "{shown}");
            for key in keys {
                let written = kind.example.lines().any(|l| l.starts_with(&format!("{key} = ")));
                assert!(written, "the example of {} lacks `{key}`", kind.name);
            }
        }
    }

    #[test]
    fn no_kind_is_forgotten() {
        let said = toml::from_str::<SourceSettings>("name = 'x'\nkind = 'fax'").unwrap_err().to_string();
        for kind in KINDS {
            assert!(said.contains(&format!("`{}`", kind.name)), "{said}");
        }
        assert_eq!(said.matches('`').count() / 2 - 1, KINDS.len(), "{said}");
        let _: Option<SourceConfig> = None;
    }
}
