//! What people decide outlives changes of the rules and restarts.

use super::state::Analysis;
use crate::ground::entry::{Act, Body, Deed, Entry, RuleFile, RuleFiles};
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::{Timestamp, plus_ms};

fn rules(product: &str) -> Body {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let teams = file("teams.toml", "[team.t]\nemail = [\"t@example.org\"]\n");
    Body::Rules(RuleFiles { folder: "rules".into(), files: vec![file("p.toml", product), teams] })
}

fn said(id: usize, text: &str) -> Body {
    let line = serde_json::json!({"id": id.to_string(), "source": "s", "author": format!("voice {id}"),
        "text": text, "created_at": "2025-01-06T00:10:00Z", "lang": "en"});
    match parse_line(line.to_string().as_bytes(), None) {
        Ok(Incoming::Post(post)) => Body::Post { post, history: false },
        other => panic!("{other:?}"),
    }
}

/// Folds these after what came before; says in which cluster the last post went.
fn fold(analysis: &mut Analysis, seq: &mut u64, bodies: impl IntoIterator<Item = Body>) -> Option<u32> {
    let start: Timestamp = "2025-01-06T00:10:00Z".parse().unwrap();
    let mut home = None;
    for body in bodies {
        *seq += 1;
        let out = analysis.fold(&Entry { seq: *seq, at: plus_ms(start, *seq as i64 * 1_000), body });
        home = out.assigned.last().map(|a| a.cluster).or(home);
    }
    home
}

#[test]
fn names_merges_and_what_is_ignored_outlive_new_rules_refused_rules_and_a_restart() {
    const BEFORE: &str = "[product]\nid = 'p'\nname = 'P'\nmatch = 'widget'\nteam = 't'\n";
    const AFTER: &str = "[product]\nid = 'p'\nname = 'Q'\nmatch = 'widget OR gadget'\nteam = 't'\n\
        [[topic]]\nid = 'x'\ntitle = 'X'\nmatch = 'screen'\n";
    let (mut analysis, mut seq) = (Analysis::default(), 0);
    fold(&mut analysis, &mut seq, [rules(BEFORE)]);
    let mut hear = |text: &str| {
        let posts: Vec<Body> = (0..3).map(|n| said(seq as usize * 10 + n, text)).collect();
        fold(&mut analysis, &mut seq, posts).unwrap()
    };
    let battery = hear("the widget battery is swollen and broken");
    let screen = hear("terrible flickering screen, my widget display is useless");
    let charger = hear("widget charger refuses to plug in, so annoying, does not work");
    assert!(battery != screen && screen != charger && battery != charger);
    let act = |what: Deed| {
        Body::Act(Act { why: String::new(), by: "somebody".into(), what, posts: Default::default() })
    };
    let id = |number: u32| format!("p.c{number}");
    let acts = [
        act(Deed::Name { cluster: id(battery), name: "Swollen".into() }),
        act(Deed::Ignore { cluster: id(screen), why: String::new(), ignored: true }),
        act(Deed::Merge { from: id(charger), into: id(battery) }),
    ];
    fold(&mut analysis, &mut seq, acts);
    fold(&mut analysis, &mut seq, [rules(AFTER), rules("[product"), rules(BEFORE), rules(AFTER)]);
    let restored = Analysis::restore(&analysis.snapshot().unwrap()).unwrap();
    for analysis in [analysis, restored] {
        let clusters = &analysis.product("p").unwrap().clusters;
        assert_eq!(clusters.get(battery).unwrap().name.as_deref(), Some("Swollen"));
        assert!(clusters.get(screen).unwrap().ignored);
        assert_eq!(clusters.resolve(charger), battery);
    }
}
