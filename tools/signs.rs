//! What tools/train_tone.py learns from: a line of JSON with the signs and words of each post of a file, a text a line, by the
//! lexicons of a folder (`lexicon/*.toml` in it).
//!
//! cargo run --example signs -- FOLDER POSTS > OUT

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::ground::post::{Incoming, parse_line};
use groundswell::logic::assess::Assessor;
use groundswell::logic::text::{Kind, Lang, tokenize};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, posts] = args.as_slice() else { bail!("signs FOLDER POSTS: two arguments, please") };
    let (assessor, problems) = Assessor::load(&lexicons(Path::new(folder))?);
    ensure!(problems.is_empty(), "the lexicons in {folder} have errors: {problems:?}");
    let posts = std::fs::read_to_string(posts).with_context(|| format!("cannot read {posts}"))?;
    let mut out = std::io::stdout().lock();
    for text in posts.lines() {
        let line =
            serde_json::json!({"id": "1", "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"});
        let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
            bail!("this is no post: {text}")
        };
        let lang = Lang::of(text, None);
        let tokens = tokenize(text, lang);
        let words: Vec<&str> = tokens
            .iter()
            .filter(|t| matches!(t.kind, Kind::Word | Kind::Tag))
            .map(|t| t.folded.as_str())
            .collect();
        let signs = assessor.signs(&post, text, &tokens, lang);
        writeln!(out, "{}", serde_json::json!({"signs": signs, "words": words}))?;
    }
    Ok(())
}

/// The lexicon files of a folder, in the place of the built-in ones where they say so.
fn lexicons(folder: &Path) -> Result<RuleFiles> {
    let mut files = Vec::new();
    let inner = folder.join("lexicon");
    for entry in std::fs::read_dir(&inner).with_context(|| format!("cannot read {}", inner.display()))? {
        let path = entry?.path();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.push(RuleFile { path: format!("lexicon/{name}"), text });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(RuleFiles { folder: folder.display().to_string(), files })
}
