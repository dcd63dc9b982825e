//! `check`: every problem of the rule files in one run.

use std::io::{IsTerminal, Write};
use std::path::Path;

use crate::assembly::cli::{CheckArgs, Format};
use crate::assembly::commands::standing::analysis_now;
use crate::assembly::configured::templates_of;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{colour, coloured_stdout, counted, diff, each_post, stdout, tell};
use crate::edges::rules_folder::{read_what_can_be, strays, write_rule};
use crate::edges::store::Store;
use crate::ground::diagnostic::{Diagnostic, Level};
use crate::ground::entry::{Body, RuleFiles};
use crate::ground::post::Post;
use crate::ground::time::{DAY_MS, plus_ms};
use crate::logic::assess::{Assessor, Extension};
use crate::logic::rules::fix::fixed;
use crate::logic::rules::measure::Measure;
use crate::logic::rules::{RuleSet, Subject, load_scenarios, not_read, renamed, report, with_unreadable};
use crate::logic::text::{Lang, tokenize};

/// Entries of the log that are looked at for the posts of the last week.
const MOST_ENTRIES: u64 = 50_000;

/// Runs `check`.
///
/// # Errors
/// The folder cannot be read, or its rules have an error.
pub fn check(args: &CheckArgs) -> Result<(), Failure> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    let mut out = coloured_stdout();
    let (mut files, unreadable) = read_what_can_be(&args.rules.rules)?;
    let unreadable: Vec<_> = unreadable.into_iter().map(|(path, error)| (path, error.to_string())).collect();
    if args.fix && !unreadable.is_empty() {
        // What is in a file that cannot be opened may be what another one names.
        tell("nothing is mended while a file cannot be opened");
    } else if args.fix {
        for file in fixed(&files) {
            if let Some(old) = files.files.iter_mut().find(|old| old.path == file.path) {
                let name = args.rules.rules.join(&file.path).display().to_string();
                // With --format json the output is for a program.
                if args.format == Format::Text {
                    write!(out, "{}", diff(&name, &old.text, &file.text))?;
                }
                write_rule(&args.rules.rules, &file)?;
                *old = file;
            }
        }
    }
    let (set, mut problems) = RuleSet::load(&files);
    let (assessor, more) = Assessor::load(&files);
    problems.extend(more);
    problems.extend(not_read(&strays(&args.rules.rules)));
    if let Some(set) = &set {
        problems.extend(load_scenarios(&files, set).1);
        problems.extend(beside_posts(args, set, &assessor.naming(set))?);
    }
    let problems = with_unreadable(&unreadable, problems);
    print(&mut out, args, &problems, &files)?;
    out.flush()?;
    for extension in assessor.extensions() {
        lexicon_told(extension);
    }
    let errors = problems.iter().filter(|p| p.level == Level::Error).count();
    let warnings = problems.len() - errors;
    let what = set.map_or_else(String::new, |set| {
        let topics: usize = set.products.iter().map(|p| p.topics.len()).sum();
        format!(
            " in {}, {} and {}",
            counted(set.products.len() as u64, "product", "products"),
            counted(topics as u64, "topic", "topics"),
            // Recipients with times of their own are no teams to those who wrote them.
            counted(set.teams.values().filter(|team| team.of.is_none()).count() as u64, "team", "teams")
        )
    });
    if problems.is_empty() {
        tell(format!("{}: no problem{what}", args.rules.rules.display()));
    } else {
        let can_fix = problems.iter().filter(|p| p.fix.is_some()).count();
        let fix = if can_fix > 0 && !args.fix {
            format!("; {can_fix} of them can be mended by groundswell check --fix")
        } else {
            String::new()
        };
        tell(format!(
            "{}: {} and {}{fix}",
            args.rules.rules.display(),
            counted(errors as u64, "error", "errors"),
            counted(warnings as u64, "warning", "warnings")
        ));
    }
    let sound = args.templates.as_deref().is_none_or(templates_told);
    match (unreadable.is_empty(), errors > 0 || !sound) {
        (false, _) => Err(Failure { exit: Exit::NoInput, error: None }),
        (true, true) => Err(Failure::said()),
        (true, false) => Ok(()),
    }
}

/// Says what is wrong with the templates of a folder: true, when nothing is.
fn templates_told(folder: &Path) -> bool {
    let (_, problems) = templates_of(folder);
    for problem in &problems {
        tell(format!("error: {problem}"));
    }
    match problems.len() {
        0 => tell(format!("{}: no problem in the templates", folder.display())),
        n => tell(format!(
            "{}: {} in the templates; the built-in ones take their place until that is mended",
            folder.display(),
            counted(n as u64, "problem", "problems")
        )),
    }
    problems.is_empty()
}

/// What a lexicon of the rules does to the built-in list: nobody should have to guess whether it adds or replaces.
fn lexicon_told(extension: &Extension) {
    let Extension { file, replaces, change } = extension;
    let added = counted(change.added as u64, "phrase", "phrases");
    if *replaces {
        tell(format!("{file}: {added} in place of the built-in list"));
    } else if change.added + change.changed > 0 {
        let changed = match change.changed {
            0 => String::new(),
            n => format!(" and gives another weight to {n}"),
        };
        tell(format!("{file}: adds {added} to the built-in list{changed}"));
    }
}

fn print(
    out: &mut impl Write,
    args: &CheckArgs,
    problems: &[Diagnostic],
    files: &RuleFiles,
) -> std::io::Result<()> {
    match args.format {
        Format::Json => write!(out, "{}", report::to_json(problems)),
        Format::Text if problems.is_empty() => Ok(()),
        Format::Text => {
            let shown = report::to_text(problems, files, colour(std::io::stdout().is_terminal()));
            writeln!(out, "{}", shown.trim_end())
        }
    }
}

fn explain(code: &str) -> Result<(), Failure> {
    let Some(entry) = report::explain(code) else {
        let near = super::standing::did_you_mean(code, report::codes());
        return Err(Failure::say(
            Exit::Usage,
            format!("there is no code \"{code}\"{near}; docs/rules-diagnostics.md lists all"),
        ));
    };
    let mut out = stdout();
    write!(out, "{entry}")?;
    out.flush()?;
    Ok(())
}

/// What shows only beside posts and beside the rules in force.
fn beside_posts(args: &CheckArgs, set: &RuleSet, assessor: &Assessor) -> Result<Vec<Diagnostic>, Failure> {
    let mut told = Vec::new();
    let feelings = set.uses_sentiment();
    let take = |measure: &mut Measure<'_>, post: &Post| {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let sentiment = feelings.then(|| assessor.assess(post, &text, &tokens, lang).sentiment);
        measure.take(&Subject { post, text: &text, tokens: &tokens, lang, sentiment });
    };
    if !args.sample.is_empty() {
        let mut measure = Measure::new(set);
        each_post(&args.sample, |post| {
            take(&mut measure, post);
            Ok(())
        })?;
        told.extend(measure.told("the sample", true));
        tell(format!("measured on {}", counted(measure.posts() as u64, "post", "posts")));
    }
    if let Some(folder) = &args.data {
        let store = Store::open_existing(folder)?;
        told.extend(renamed(analysis_now(&store)?.rules(), set));
        let mut measure = Measure::new(set);
        of_last_week(&store, folder, |post| take(&mut measure, post))?;
        told.extend(measure.told("last week's mentions", false));
    }
    Ok(told)
}

/// The posts of the log's last seven days.
fn of_last_week(store: &Store, folder: &Path, mut each: impl FnMut(&Post)) -> Result<(), Failure> {
    let Some(last) = store.last_time()? else {
        tell(format!("{}: the log is empty, so nothing was measured", folder.display()));
        return Ok(());
    };
    let from = plus_ms(last, -7 * DAY_MS);
    let end = store.last_position()?;
    let mut position = end.saturating_sub(MOST_ENTRIES);
    while position < end {
        let entries = store.read(position, 1_000)?;
        let Some(newest) = entries.last() else { break };
        position = newest.seq;
        for entry in entries.iter().filter(|entry| entry.at >= from) {
            if let Body::Post { post, history: false } = &entry.body {
                each(post);
            }
        }
    }
    Ok(())
}
