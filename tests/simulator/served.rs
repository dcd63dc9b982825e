//! What the daemon is given to work with: sources that listen, and rules.

use std::collections::BTreeMap;

use groundswell::edges::sources::{HealthSnapshot, State};
use groundswell::ground::entry::{RuleFile, RuleFiles};

use super::world;

/// Both sources listen.
pub fn health() -> BTreeMap<String, HealthSnapshot> {
    let listening = || HealthSnapshot { state: State::Listening, ..HealthSnapshot::default() };
    ["stream", "hook"].map(|name| (name.to_owned(), listening())).into()
}

/// The rules; each reload changes a topic.
pub fn rules(n: u64) -> RuleFiles {
    let file = |path: &str, text: String| RuleFile { path: path.into(), text };
    let query = if n.is_multiple_of(2) { "hinge" } else { "hinge OR lid" };
    let topic = format!("[[topic]]\nid = 'hinge'\ntitle = 'Hinge'\nmatch = '{query}'\n");
    let product = format!("[product]\nid = 'p'\nname = 'P'\nmatch = 'widget'\nteam = 't'\n\n{topic}");
    let teams = format!(
        "[team.t]\nemail = ['ana@example.org', 'bo@example.org', '{}']\nmails_a_day = 3\nfalse_alarms_a_year = 24\ndigest = 'daily 08:00 UTC'\n",
        world::GONE
    );
    RuleFiles { folder: "rules".into(), files: vec![file("p.toml", product), file("teams.toml", teams)] }
}
