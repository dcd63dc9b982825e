//! `match`: posts in, matches out.

use std::io::Write;

use serde_json::json;

use super::load_rules;
use crate::assembly::cli::PostsArgs;
use crate::assembly::failure::Failure;
use crate::assembly::output::{each_post, stdout};
use crate::logic::rules::Subject;
use crate::logic::text::{Lang, tokenize};

/// Runs `match`.
///
/// # Errors
/// The rules or the posts cannot be read.
pub fn matching(args: &PostsArgs) -> Result<(), Failure> {
    let rules = load_rules(&args.rules.rules)?;
    let feelings = rules.set.uses_sentiment();
    let mut out = stdout();
    let read = each_post(&args.files, |post| {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let sentiment = feelings.then(|| rules.assessor.assess(post, &text, &tokens, lang).sentiment);
        let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment };
        let found = rules.set.match_post(&subject);
        let product = |i: usize| rules.set.products.get(i);
        let products: Vec<&str> =
            found.iter().filter_map(|m| product(m.product)).map(|p| p.id.as_str()).collect();
        let topics: Vec<_> = found
            .iter()
            .filter_map(|m| product(m.product).map(|p| (p, m)))
            .flat_map(|(p, m)| m.topics.iter().map(move |t| (p, t)))
            .filter_map(|(p, t)| {
                let topic = p.topics.get(t.topic)?;
                Some(json!({"product": p.id, "topic": topic.id, "words": t.words}))
            })
            .collect();
        writeln!(out, "{}", json!({"id": post.id, "products": products, "topics": topics}))?;
        Ok(())
    });
    out.flush()?;
    read
}
