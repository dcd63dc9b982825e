//! `assess`: posts in, what is thought of them out.

use std::io::Write;

use serde_json::json;

use super::matching::post_of;
use crate::assembly::cli::AssessArgs;
use crate::assembly::failure::Failure;
use crate::assembly::output::{each_post, stdout, tell_problems};
use crate::edges::rules_folder::read_rules;
use crate::ground::entry::RuleFiles;
use crate::ground::post::Post;
use crate::logic::assess::Assessor;
use crate::logic::rules::RuleSet;
use crate::logic::text::{Lang, tokenize};

/// Runs `assess`.
///
/// # Errors
/// The lexicon or the posts cannot be read.
pub fn assess(args: &AssessArgs) -> Result<(), Failure> {
    let files = match &args.rules {
        Some(folder) => read_rules(folder)?,
        None => RuleFiles::default(),
    };
    let (assessor, problems) = Assessor::load(&files);
    if tell_problems(&problems, &files) {
        return Err(Failure::said());
    }
    // Rules with mistakes are told by `check`; here they only say how the products are called.
    let assessor = match RuleSet::load(&files).0 {
        Some(rules) => assessor.naming(&rules),
        None => assessor,
    };
    let mut out = stdout();
    let mut each = |post: &Post| {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let seen = assessor.assess(post, &text, &tokenize(&text, lang), lang);
        let round = |x: f64| (x * 1000.0).round() / 1000.0 + 0.0;
        let mut cues: Vec<String> =
            seen.cues.iter().map(|c| format!("{}: {}", c.kind.name(), c.words)).collect();
        if seen.no_lexicon {
            cues.push(format!("no lexicon for \"{}\": only emoji and rating were read", lang.code()));
        }
        writeln!(
            out,
            "{}",
            json!({
                "id": post.id, "lang": lang.code(), "sentiment": round(seen.sentiment),
                "complaint": round(if seen.idea { seen.complaint.min(0.49) } else { seen.complaint }),
                "idea": seen.is_idea(),
                "cues": cues
            })
        )?;
        Ok(())
    };
    let read = match &args.text {
        Some(text) => post_of(text).and_then(|post| each(&post)),
        None => each_post(&args.files, each),
    };
    out.flush()?;
    read
}
