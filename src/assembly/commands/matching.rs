//! `match`: posts in, matches out.

use std::io::Write;

use serde_json::json;

use super::standing::{clip, one_line};
use super::{Rules, load_rules};
use crate::assembly::cli::MatchArgs;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{each_post, stdout};
use crate::ground::post::{Incoming, Post, parse_line};
use crate::logic::rules::Subject;
use crate::logic::text::{Lang, tokenize};

/// The source of a text that was typed.
const SHELL: &str = "shell";

/// Runs `match`.
///
/// # Errors
/// The rules or the posts cannot be read.
pub fn matching(args: &MatchArgs) -> Result<(), Failure> {
    let rules = load_rules(&args.rules.rules)?;
    let mut out = stdout();
    let mut each = |post: &Post| one(&mut out, &rules, post, args.explain);
    let read = match &args.text {
        Some(text) => each(&Post { lang: known_lang(args.lang.as_deref())?, ..post_of(text)? }),
        None => each_post(&args.files, each),
    };
    out.flush()?;
    read
}

fn one(out: &mut impl Write, rules: &Rules, post: &Post, explain: bool) -> Result<(), Failure> {
    let text = post.full_text();
    let lang = Lang::of(&text, post.lang.as_deref());
    let tokens = tokenize(&text, lang);
    let feelings = rules.set.uses_sentiment();
    let sentiment = feelings.then(|| rules.assessor.assess(post, &text, &tokens, lang).sentiment);
    let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment };
    if explain {
        return explained(out, rules, &subject);
    }
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
}

/// Every query beside the post, part by part.
fn explained(out: &mut impl Write, rules: &Rules, subject: &Subject<'_>) -> Result<(), Failure> {
    let (id, shown) = (one_line(&subject.post.id), clip(&one_line(subject.text), 200));
    writeln!(out, "post {id}  ({})  {shown}", read_as(subject))?;
    for product in &rules.set.products {
        let asked = product.query.explain(subject);
        let taken_back = product.not.as_ref().map(|not| not.explain(subject));
        let is = asked.held && !taken_back.as_ref().is_some_and(|not| not.held);
        writeln!(out, "  product {}: {}", product.id, if is { "matches" } else { "does not match" })?;
        let mut block = |name: &str, lines: Vec<String>| -> std::io::Result<()> {
            writeln!(out, "    {name}")?;
            lines.iter().try_for_each(|line| writeln!(out, "      {line}"))
        };
        block("match", asked.lines())?;
        if let Some(not) = taken_back.filter(|_| asked.held) {
            block("not", not.lines())?;
        }
        for topic in &product.topics {
            let asked = topic.query.explain(subject);
            let verdict = match (asked.held, is) {
                (true, true) => "matches",
                (true, false) => "would match, if the text were about the product",
                (false, _) => "does not match",
            };
            writeln!(out, "    topic {}: {verdict}", topic.id)?;
            asked.lines().iter().try_for_each(|line| writeln!(out, "      {line}"))?;
        }
    }
    writeln!(out)?;
    Ok(())
}

/// In which language the words are read, and how to say that it is another.
fn read_as(subject: &Subject<'_>) -> String {
    let name = isolang::Language::from_639_1(subject.lang.code()).map(|language| language.to_name());
    let read =
        name.map_or_else(|| "read as no language that is known".to_owned(), |name| format!("read as {name}"));
    match (&subject.post.lang, subject.post.source.as_str()) {
        (None, SHELL) => format!("{read}; if it is another language, say so: --lang de"),
        _ => read,
    }
}

/// The language that was named for a text.
///
/// # Errors
/// There is none of this code.
fn known_lang(code: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(code) = code else { return Ok(None) };
    let primary = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if isolang::Language::from_639_1(&primary).is_none() {
        return Err(Failure::say(
            Exit::Usage,
            format!("there is no language \"{}\"; write its code: en, pt, es, fr, de", one_line(code)),
        ));
    }
    Ok(Some(code.to_owned()))
}

/// A text as a post of nobody.
///
/// # Errors
/// The text cannot be a post, such as an empty one.
pub fn post_of(text: &str) -> Result<Post, Failure> {
    let line = json!({"id": "text", "source": SHELL, "text": text, "created_at": "2025-01-06T00:00:00Z"});
    match parse_line(line.to_string().as_bytes(), None) {
        Ok(Incoming::Post(post)) => Ok(*post),
        Ok(Incoming::Delete(_)) => Err(Failure::say(Exit::Usage, "the text is no post")),
        Err(e) => Err(Failure::new(Exit::BadData, e)),
    }
}
