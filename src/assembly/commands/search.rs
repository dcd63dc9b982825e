//! `search`: the stored posts, in the language of the rules.

use std::io::{IsTerminal, Write};

use super::standing::{clip, count, minute, one_line, snapshot};
use crate::assembly::cli::{Format, SearchArgs};
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{as_json, colour, coloured_stdout, tell, tell_problems};
use crate::edges::index::PostIndex;
use crate::edges::store::Store;
use crate::ground::post::Post;
use crate::logic::analysis::Analysis;
use crate::logic::rules::{Query, Subject, read_query, report};
use crate::logic::text::{Lang, tokenize};

/// Candidates taken from the index at a time.
const PAGE: usize = 500;
/// Candidates that are looked at only to count them; past that it is "at least".
const COUNTED: usize = 20_000;
/// Characters of a text that are shown.
const SHOWN: usize = 400;

/// One post that was found, with the words that matched.
struct Found {
    post: Post,
    words: Vec<String>,
}

/// Runs `search`.
///
/// # Errors
/// The query is wrong, or there is nothing to search in.
pub fn search(args: &SearchArgs) -> Result<(), Failure> {
    let text = args.query.join(" ");
    let (query, problems) = read_query(&text);
    tell_problems(&problems, &report::query_file(&text));
    let query = query.ok_or(Failure { exit: Exit::Usage, error: None })?;
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let index = PostIndex::open_for_reading(&settings.data.folder)?;
    let reader = Reader::new(query, &store)?;

    let mut found: Vec<Found> = Vec::new();
    let (mut matching, mut looked_at, mut skip) = (0u64, 0usize, 0usize);
    let mut last = u64::MAX;
    let mut all = true;
    loop {
        let page = index.candidates(&reader.query, PAGE, skip)?;
        skip += page.len();
        let ended = page.len() < PAGE;
        // The index may grow between two pages, and what was seen would come again.
        for seq in page {
            if seq >= last {
                continue;
            }
            last = seq;
            looked_at += 1;
            if let Some(post) = store.post_at(seq)?
                && let Some(words) = reader.words(&post)
            {
                matching += 1;
                if found.len() < args.limit {
                    found.push(Found { post, words });
                }
            }
        }
        if ended {
            break;
        }
        if found.len() >= args.limit && looked_at >= COUNTED {
            all = false;
            break;
        }
    }

    let mut out = coloured_stdout();
    let terminal = std::io::stdout().is_terminal();
    let bright = terminal && colour(terminal);
    for one in &found {
        match args.format {
            Format::Text => print(&mut out, one, bright)?,
            Format::Json => {
                let mut line = serde_json::to_value(&one.post).unwrap_or_default();
                if let Some(fields) = line.as_object_mut() {
                    fields.insert("words".into(), one.words.clone().into());
                }
                writeln!(out, "{}", as_json(&line)?)?;
            }
        }
    }
    out.flush()?;
    let least = if all { "" } else { "at least " };
    let shown = if (found.len() as u64) < matching {
        format!("; the {} stored last are shown (more with -n)", found.len())
    } else {
        String::new()
    };
    tell(format!("{least}{} found{shown}", count(matching, "post", "posts")));
    let behind = store.posts_after(index.position())?;
    if behind > 0 {
        tell(format!(
            "The index is {} behind the log: these cannot be found yet. The daemon catches up by itself.",
            count(behind, "post", "posts")
        ));
    }
    Ok(())
}

/// Checks posts exactly.
struct Reader {
    query: Query,
    /// For its lexicons, when the query tests the sentiment.
    analysis: Option<Analysis>,
}

impl Reader {
    fn new(query: Query, store: &Store) -> Result<Self, Failure> {
        let analysis = if query.uses_sentiment() { Some(snapshot(store)?.0) } else { None };
        Ok(Self { query, analysis })
    }

    fn words(&self, post: &Post) -> Option<Vec<String>> {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let sentiment = self
            .analysis
            .as_ref()
            .map(|analysis| analysis.assessor().assess(post, &text, &tokens, lang).sentiment);
        self.query.matches(&Subject { post, text: &text, tokens: &tokens, lang, sentiment })
    }
}

fn print(out: &mut impl Write, found: &Found, bright: bool) -> std::io::Result<()> {
    let post = &found.post;
    let author = post.author_name.as_deref().or(post.author.as_deref()).unwrap_or("nobody named");
    let reach = post.followers.map(|n| format!(" ({})", count(n, "follower", "followers")));
    let stars = post.rating.map(|r| format!("  {r} of 5 stars"));
    writeln!(
        out,
        "{}  {}  {}{}{}",
        minute(post.created_at),
        one_line(&post.source),
        clip(&one_line(author), 60),
        reach.unwrap_or_default(),
        stars.unwrap_or_default()
    )?;
    let text = one_line(&post.full_text());
    writeln!(out, "  {}", marked(&text, &found.words, bright))?;
    if let Some(url) = &post.url {
        writeln!(out, "  {}", one_line(url))?;
    }
    writeln!(out)
}

/// The text with its matched words in bold, or between asterisks where there is no colour; cut around the first of them.
fn marked(text: &str, words: &[String], bright: bool) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for word in words.iter().map(|w| one_line(w)).filter(|w| !w.is_empty()) {
        for (start, _) in text.match_indices(word.as_str()) {
            let end = start + word.len();
            let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let before = text.get(..start).and_then(|t| t.chars().next_back());
            let after = text.get(end..).and_then(|t| t.chars().next());
            let joined = (inside(before) && inside(word.chars().next()))
                || (inside(after) && inside(word.chars().next_back()));
            if !joined {
                ranges.push((start, end));
            }
        }
    }
    ranges.sort_unstable();
    let first = ranges.first().map_or(0, |r| r.0);
    // What is shown begins early enough to have the first matched word in it.
    let lead = text.get(..first).map_or(0, |t| t.chars().count());
    let from = if lead + 40 > SHOWN {
        text.char_indices().nth(lead.saturating_sub(100)).map_or(0, |(at, _)| at)
    } else {
        0
    };
    let to =
        text.get(from..).and_then(|t| t.char_indices().nth(SHOWN)).map_or(text.len(), |(at, _)| from + at);
    let (on, off) = if bright { ("\u{1b}[1m", "\u{1b}[0m") } else { ("*", "*") };
    let mut shown = String::from(if from > 0 { "… " } else { "" });
    let mut at = from;
    for (start, end) in ranges {
        if start < at || end > to {
            continue;
        }
        shown.push_str(text.get(at..start).unwrap_or_default());
        shown.push_str(on);
        shown.push_str(text.get(start..end).unwrap_or_default());
        shown.push_str(off);
        at = end;
    }
    shown.push_str(text.get(at..to).unwrap_or_default());
    if to < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn whole_words_are_marked_each_time() {
        assert_eq!(
            marked("keys, keyset and return keys", &words(&["keys", "return"]), false),
            "*keys*, keyset and *return* *keys*"
        );
        assert_eq!(marked("a key", &words(&["key"]), true), "a \u{1b}[1mkey\u{1b}[0m");
    }

    #[test]
    fn a_word_far_down_a_long_text_is_shown() {
        let text = format!("{}the keys {}", "é a ".repeat(900), "z ".repeat(900));
        let shown = marked(&text, &words(&["keys"]), false);
        assert!(shown.contains("*keys*") && shown.starts_with("… ") && shown.ends_with('…'), "{shown}");
        assert!(shown.chars().count() < SHOWN + 10);
    }
}
