//! The query parser, the rule loader, the scenarios and the layout with whatever comes: no panic, and the layout never
//! changes what can be read. `cargo fuzz run rules -- -max_total_time=600` (needs cargo-fuzz).
#![no_main]

use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::logic::rules::layout::layout;
use groundswell::logic::rules::{RuleSet, fix, load_scenarios, parse_query, report};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = parse_query(text);
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let teams = file("teams.toml", "[team.t]\nemail = ['t@example.org']\n");
    // As a query in a sound file, and as a file of its own.
    let product = format!("[product]\nid='p'\nname='P'\nteam='t'\nmatch='''{}'''\n", text.replace("'''", ""));
    for more in [file("p.toml", &product), file("p.toml", text), file("tests/a.toml", text)] {
        let files = RuleFiles { folder: "rules".into(), files: vec![more, teams.clone()] };
        let (set, told) = RuleSet::load(&files);
        let _ = report::to_text(&told, &files, false);
        let _ = fix::fixed(&files);
        if let Some(set) = set {
            let _ = load_scenarios(&files, &set);
        }
    }
    if let Ok(once) = layout(text) {
        assert_eq!(layout(&once).as_deref(), Ok(once.as_str()), "laid out twice it changed");
    }
});
