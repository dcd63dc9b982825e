//! `test`: the examples and scenarios that support wrote beside the rules, through the real pipeline on a simulated
//! clock.

use std::io::{IsTerminal, Write};

use serde_json::json;

use crate::assembly::cli::{Format, TestArgs};
use crate::assembly::failure::Failure;
use crate::assembly::output::{colour, coloured_stdout, counted, tell};
use crate::assembly::replay::Replay;
use crate::edges::rules_folder::read_rules;
use crate::ground::diagnostic::{Diagnostic, Level};
use crate::ground::entry::RuleFiles;
use crate::ground::post::Incoming;
use crate::logic::assess::Assessor;
use crate::logic::rules::scenario::Scenario;
use crate::logic::rules::{RuleSet, load_scenarios, report};
use crate::logic::trial::{is, judge, why_not};

/// Runs `test`.
///
/// # Errors
/// The folder cannot be read, its rules have an error, or an example or a scenario fails.
pub fn test(args: &TestArgs) -> Result<(), Failure> {
    let files = read_rules(&args.rules.rules)?;
    let (set, mut problems) = RuleSet::load(&files);
    problems.extend(Assessor::problems(&files));
    let (mut examples, mut scenarios) = (0, Vec::new());
    let mut doubtful = Vec::new();
    if let Some(set) = &set {
        examples = set.products.iter().flat_map(|p| &p.topics).map(|t| t.examples.len()).sum();
        let (read, told) = load_scenarios(&files, set);
        scenarios = read;
        // What a scenario says that no post can be is why it comes out otherwise.
        doubtful.extend(told.iter().filter(|problem| problem.level == Level::Warning).cloned());
        problems.extend(told);
    }
    problems.retain(|problem| problem.level == Level::Error);
    for scenario in &scenarios {
        problems.extend(play(scenario, &files));
    }
    let mut out = coloured_stdout();
    let all: Vec<Diagnostic> = problems.iter().cloned().chain(doubtful).collect();
    match args.format {
        Format::Json => write!(out, "{}", report::to_json(&all))?,
        Format::Text if all.is_empty() => {}
        Format::Text => {
            let shown = report::to_text(&all, &files, colour(std::io::stdout().is_terminal()));
            writeln!(out, "{}", shown.trim_end())?;
        }
    }
    let failing = |code: &str| problems.iter().filter(|p| p.code == code).count();
    let counts = json!({
        "examples": examples, "examples_failed": failing("example-fails"),
        "scenarios": scenarios.len(), "expectations_failed": failing("scenario-fails"),
    });
    if args.format == Format::Json {
        writeln!(out, "{counts}")?;
    }
    out.flush()?;
    let name = args.rules.rules.display();
    let tried = format!(
        "{} and {}",
        counted(examples as u64, "example", "examples"),
        counted(scenarios.len() as u64, "scenario", "scenarios")
    );
    if !problems.is_empty() {
        tell(match &set {
            None => format!("{name}: the rules have errors, so nothing was tried"),
            Some(_) => {
                format!("{name}: {tried} tried, {}", counted(problems.len() as u64, "failure", "failures"))
            }
        });
        return Err(Failure::said());
    }
    if examples == 0 && scenarios.is_empty() {
        tell(format!(
            "{name}: nothing to try: no [[topic.example]] and no file in tests/ (rules/README.md shows both)"
        ));
    } else {
        tell(format!("{name}: {tried} tried, all hold"));
    }
    Ok(())
}

/// Plays a scenario as the daemon would live through it, and says what came otherwise.
fn play(scenario: &Scenario, files: &RuleFiles) -> Vec<Diagnostic> {
    let mut replay = Replay::new(files);
    let mut events = Vec::new();
    let mut lacking = Vec::new();
    // Why an alert did not open is asked at the moment at which it should have.
    let end = scenario.end();
    let mut deadlines: Vec<_> =
        scenario.alerts.iter().enumerate().filter_map(|(i, e)| Some((e.by.or(end)?, i))).collect();
    deadlines.sort_unstable();
    let mut deadlines = deadlines.into_iter().peekable();
    let mut posts = scenario.posts.iter().peekable();
    loop {
        let due = deadlines.next_if(|(by, _)| posts.peek().is_none_or(|post| post.arrived_at > *by));
        if let Some((by, i)) = due {
            events.extend(replay.pass_until(by).events);
            if let Some(expected) = scenario.alerts.get(i)
                && !events.iter().any(|event| is(expected, event))
            {
                lacking.push((i, why_not(expected, &events, &scenario.posts, &replay.analysis)));
            }
            continue;
        }
        let Some(post) = posts.next() else { break };
        events.extend(replay.arrive(Incoming::Post(Box::new(post.clone()))).events);
    }
    if let Some(end) = end {
        events.extend(replay.pass_until(end).events);
    }
    judge(scenario, &events, &lacking)
}
