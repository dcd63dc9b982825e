//! From files to a rule set, with everything that is wrong told in one run.

mod claims;
mod file;
mod lists;
mod product;
mod route;
pub(super) mod scenario;
mod segments;
mod table;
mod team;

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::{Product, RuleSet, Team, lint};
use crate::ground::diagnostic::{Diagnostic, Level, Place};
use crate::ground::entry::{NOT_UTF8, RuleFiles};
use file::File;
use table::Table;

pub(super) use file::shown_name;
pub(super) use table::is_id;

/// The largest rule file, in bytes.
pub(super) const MAX_FILE_BYTES: usize = 1_000_000;
/// Most topics in all files together.
pub(super) const MAX_TOPICS: usize = 10_000;
/// Errors of the TOML itself that are told of one file: after a few, the rest mostly follows from them.
const MOST_SYNTAX_ERRORS: usize = 20;
/// The file that has the teams.
const TEAMS: &str = "teams.toml";

/// What the files so far have given, and what later files need to know of earlier ones.
#[derive(Default)]
struct Found {
    products: Vec<Product>,
    teams: BTreeMap<String, Team>,
    /// Ids of products and where they are, also of products that are otherwise broken.
    product_ids: BTreeMap<String, Place>,
    /// Ids that products had before, with where that stands.
    product_was: Vec<(String, Place)>,
    /// What alone is enough for a product.
    claims: claims::Claimants,
    /// Teams that a product names.
    teams_named: BTreeSet<String>,
    /// Ids of teams, also of those that are otherwise broken.
    team_ids: Vec<String>,
    /// Routes, in order.
    routes: Vec<route::Written>,
    /// Who gets what nobody owns.
    fallback: Option<route::Fallback>,
    /// The teams file could not be read in full: an unknown team may be in the part that is lost.
    teams_broken: bool,
    topics: usize,
    /// What only shows when a later file is read.
    told: Vec<Diagnostic>,
}

pub(super) fn load(files: &RuleFiles) -> (Option<RuleSet>, Vec<Diagnostic>) {
    let mut told = Vec::new();
    let mut sources = Vec::new();
    for rule_file in &files.files {
        let file = File::new(&files.folder, rule_file);
        if !rule_file.path.ends_with(".toml") || rule_file.path.starts_with('.') {
            continue;
        }
        match rule_file.path.split_once('/') {
            Some(("lexicon" | "tests", _)) => {}
            Some(_) => told.push(lint::files::not_read(file.place(0..0))),
            None if file.text.len() > MAX_FILE_BYTES => {
                told.push(lint::size::file_large(file.place(0..0), MAX_FILE_BYTES));
            }
            None => sources.push((rule_file.path == TEAMS, file)),
        }
        let is_read = !matches!(rule_file.path.split_once('/'), Some((folder, _)) if !matches!(folder, "lexicon" | "tests"));
        if let Some(at) = rule_file.text.find(NOT_UTF8).filter(|_| is_read) {
            let file = File::new(&files.folder, rule_file);
            told.push(lint::files::encoding(file.place(at..at + 1), at == 0));
        }
    }
    // Teams first: products name them.
    sources.sort_by(|(a_teams, a), (b_teams, b)| b_teams.cmp(a_teams).then_with(|| a.name.cmp(&b.name)));
    // Teams in a file of another name are not read, and nobody needs to be told of each that is then unknown.
    let strayed = |file: &File<'_>| {
        let begins = |what: &str| file.text.lines().any(|line| line.trim_start().starts_with(what));
        begins("[team.") && !begins("[product]")
    };
    let mut found = Found {
        teams_broken: sources.iter().any(|(teams, file)| !teams && strayed(file)),
        ..Found::default()
    };
    let mut product_files = 0;
    for (is_teams, file) in &sources {
        let (table, errors) = DeTable::parse_recoverable(file.text);
        // That the encoding is wrong is said already, and the rest can be looked at all the same.
        let in_words = !file.text.contains(NOT_UTF8);
        for error in errors.iter().filter(|_| in_words).take(MOST_SYNTAX_ERRORS) {
            file.syntax(error);
        }
        let root = Table::root(file, table.get_ref());
        if *is_teams {
            found.teams_broken |= !errors.is_empty();
            team::read(&root, &mut found);
        } else if strayed(file) {
            let named = file.name.rsplit('/').next().unwrap_or_default();
            file.say(lint::keys::teams_elsewhere(
                0..file.text.lines().next().unwrap_or_default().len(),
                named,
            ));
        } else {
            product_files += 1;
            product::read(&root, &mut found);
        }
        told.extend(file.take());
    }
    told.append(&mut found.told);
    told.extend(route::look_over(&found, route::all_sound(&told)));
    // Where a product could not be read, the team may be its.
    if !found.products.is_empty() && told.iter().all(|d: &Diagnostic| d.level == Level::Warning) {
        // Nobody names a single recipient: it goes with its team.
        let unnamed = |team: &&Team| team.of.is_none() && !found.teams_named.contains(&team.id);
        let unused = found.teams.values().filter(unnamed);
        told.extend(unused.map(|team| {
            let origin = &team.origin;
            lint::teams::unused(origin.start..origin.end, &team.id).at(origin.clone())
        }));
    }
    told.extend(histories("product", &found.product_was, |id| found.product_ids.contains_key(id)));
    if product_files == 0 && !told.iter().any(|d| d.code == "file-too-large") {
        told.push(lint::files::no_product(&files.folder));
    }
    told.sort_by(|a, b| {
        let key = |d: &Diagnostic| d.place.as_ref().map(|p| (p.file.clone(), p.start, p.end));
        key(a).cmp(&key(b)).then_with(|| b.level.cmp(&a.level))
    });
    told.dedup();
    // An example that fails says that the rules do not do what they are for, not that they cannot be understood.
    let broken = told.iter().any(|d| d.level == Level::Error && d.code != lint::examples::CODE);
    if broken {
        return (None, told);
    }
    let (routes, fallback) = route::taken(&mut found);
    (Some(RuleSet { routes, fallback, ..RuleSet::new(found.products, found.teams) }), told)
}

/// What is wrong with ids that products or topics had before: each is in nobody's use, and claimed once.
fn histories(what: &str, was: &[(String, Place)], in_use: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, String> = BTreeMap::new();
    let mut told = Vec::new();
    for (id, place) in was {
        let range = place.start..place.end;
        if in_use(id) {
            told.push(lint::was::in_use(range, what, id).at(place.clone()));
        } else if let Some(first) = first.get(id.as_str()) {
            told.push(lint::was::twice(range, id, first).at(place.clone()));
        } else {
            first.insert(id, format!("{}:{}", place.file, place.line));
        }
    }
    told
}

#[cfg(test)]
mod tests;
