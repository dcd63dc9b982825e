//! One rule file with its places, and what has been said about it.

use std::cell::RefCell;
use std::ops::Range;

use crate::ground::diagnostic::{Diagnostic, Place};
use crate::ground::entry::RuleFile;
use crate::logic::rules::lint::{self, Problem};

/// Most problems that are told of one file.
const MOST_TOLD: usize = 500;

/// A rule file that is being read.
pub(super) struct File<'a> {
    /// As it was named to us: folder and path.
    pub(super) name: String,
    /// Its text.
    pub(super) text: &'a str,
    line_starts: Vec<usize>,
    told: RefCell<Vec<Diagnostic>>,
}

/// How a file of the folder is named to people.
pub(in crate::logic::rules) fn shown_name(folder: &str, path: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => path.to_owned(),
        folder => format!("{folder}/{path}"),
    }
}

impl<'a> File<'a> {
    pub(super) fn new(folder: &str, file: &'a RuleFile) -> Self {
        let newlines = file.text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name: shown_name(folder, &file.path),
            text: &file.text,
            line_starts: std::iter::once(0).chain(newlines).collect(),
            told: RefCell::default(),
        }
    }

    /// The place of these bytes. [`Place::new`] would count the lines anew for each of ten thousand topics.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= range.start).max(1);
        let line_start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(line_start..range.start).unwrap_or_default();
        Place {
            file: self.name.clone(),
            start: range.start,
            end: range.end.max(range.start),
            line,
            column: before.chars().count() + 1,
        }
    }

    /// Tells a problem of the file.
    pub(super) fn say(&self, problem: Problem) {
        let place = self.place(problem.range.clone());
        self.tell(problem.at(place));
    }

    /// Tells a problem of `value`, a text that stands at `range` in the file with quotes around it. Where escapes
    /// make the bytes differ, it is told of the whole text.
    pub(super) fn say_within(&self, range: &Range<usize>, value: &str, mut problem: Problem) {
        match self.content_start(range, value) {
            Some(base) => {
                problem.range = base + problem.range.start..base + problem.range.end;
                // What cannot stand in this kind of quotes cannot be put there.
                let basic = self.text.get(range.clone()).is_some_and(|raw| raw.starts_with('"'));
                let fits = |text: &str| !text.contains(if basic { ['"', '\\'] } else { ['\'', '\n'] });
                let fix = problem.fix.take().filter(|fix| fits(&fix.1));
                if let Some(fix) = fix {
                    problem = problem.fix(base + fix.0.start..base + fix.0.end, fix.1);
                }
            }
            None => {
                problem.range = range.clone();
                problem.fix = None;
            }
        }
        self.say(problem);
    }

    /// Where the content of a TOML string begins, if it stands in the file just as it is.
    fn content_start(&self, range: &Range<usize>, value: &str) -> Option<usize> {
        let raw = self.text.get(range.clone())?;
        let triple = raw.starts_with("'''") || raw.starts_with("\"\"\"");
        let mut base = range.start + if triple { 3 } else { 1 };
        if triple {
            let rest = self.text.get(base..)?;
            base += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        }
        (self.text.get(base..base + value.len())? == value).then_some(base)
    }

    /// Tells an error of the TOML itself.
    pub(super) fn syntax(&self, error: &toml::de::Error) {
        let range = error.span().unwrap_or(0..0);
        let place = self.place(range.clone());
        let line_start = self.line_starts.get(place.line - 1).copied().unwrap_or(0);
        let problem = lint::syntax::toml(range, error.message(), self.text, line_start);
        let place = self.place(problem.range.clone());
        // Of one line the reader says several things, and one advice is enough.
        let told = self.told.borrow().iter().any(|d| {
            d.help.as_deref() == Some(problem.help.as_str())
                && d.place.as_ref().is_some_and(|p| p.line == place.line)
        });
        if !told {
            self.tell(problem.at(place));
        }
    }

    /// Tells what has its place already.
    pub(super) fn tell(&self, diagnostic: Diagnostic) {
        let mut told = self.told.borrow_mut();
        match told.len().cmp(&MOST_TOLD) {
            std::cmp::Ordering::Less => told.push(diagnostic),
            std::cmp::Ordering::Equal => {
                let end = self.text.len();
                told.push(lint::size::many_problems(self.place(end..end), MOST_TOLD));
            }
            std::cmp::Ordering::Greater => {}
        }
    }

    /// Has so much been told that more would not be shown?
    pub(super) fn is_full(&self) -> bool {
        self.told.borrow().len() > MOST_TOLD
    }

    /// What has been told. Where the file is no TOML in places, what may only follow from that is left out: all of
    /// the lines in question, and whatever lacks or is cut short (it may be in what was lost).
    pub(super) fn take(&self) -> Vec<Diagnostic> {
        const MAY_BE_LOST: [&str; 7] = [
            "missing-key",
            "empty-value",
            "wrong-type",
            "team-no-address",
            "list-empty",
            "list-entry-twice",
            "list-unused",
        ];
        let mut told = self.told.take();
        // What a text over several lines is taken for line by line is mended with it.
        let mended: Vec<Range<usize>> = told
            .iter()
            .filter(|d| d.code == lint::syntax::CODE)
            .filter_map(|d| d.fix.as_ref().map(|fix| fix.start..fix.end))
            .collect();
        let follows = |d: &Diagnostic| {
            let at = d.place.as_ref().map_or(0, |place| place.start);
            d.code == lint::syntax::CODE
                && mended.iter().any(|fix| {
                    fix.start < at && at <= fix.end && d.fix.as_ref().is_none_or(|own| own.start != fix.start)
                })
        };
        told.retain(|d| !follows(d));
        let line = |d: &Diagnostic| d.place.as_ref().map(|place| place.line);
        let broken: Vec<_> = told.iter().filter(|d| d.code == lint::syntax::CODE).map(line).collect();
        if !broken.is_empty() {
            // What follows a heading that cannot be read belongs to another table, or to none.
            let heading =
                |line: usize| self.text.lines().nth(line - 1).unwrap_or_default().trim().starts_with('[');
            let unread = broken.iter().flatten().copied().filter(|line| heading(*line)).min();
            told.retain(|d| d.code != "unknown-key" || unread.is_none_or(|from| line(d) < Some(from)));
            told.retain(|d| {
                d.code == lint::syntax::CODE || !(MAY_BE_LOST.contains(&d.code) || broken.contains(&line(d)))
            });
        }
        told
    }
}
