//! Bad input, help, counts, and whoever has seen enough.

use groundswell::ground::time::{HOUR_MS, plus_ms};

use super::home::{Home, at, import};

#[test]
fn bad_input_is_named_and_told_what_to_do() {
    let home = Home::new();
    let nothing_there = home.run(&["search", "keys"]);
    assert!(
        nothing_there.code == 66 && nothing_there.err.contains("groundswell import"),
        "{}",
        nothing_there.err
    );
    let missing = home.run(&["import", "no-such-file.jsonl"]);
    assert!(
        missing.code == 66 && missing.err.contains("no-such-file.jsonl cannot be read"),
        "{}",
        missing.err
    );
    assert!(!home.path("data").exists(), "a slip makes no data folder");
    import(&home);
    let query = home.run(&["search", "keys AND (close"]);
    assert!(query.code == 2 && query.err.contains("query-parenthesis"), "{} {}", query.code, query.err);
    home.write("rules/mini-9.toml", "[product]\n");
    let rules = home.run(&["import", home.path("history.jsonl").to_str().unwrap()]);
    assert!(rules.code == 1 && rules.err.contains("mini-9.toml"), "{} {}", rules.code, rules.err);
    let settings = home.run(&["alerts", "--config", "/nonexistent/g.toml"]);
    assert!(settings.code == 78 && settings.err.contains("--config"), "{} {}", settings.code, settings.err);
}

#[test]
fn whoever_has_seen_enough_may_go() {
    let home = Home::new();
    let rows: String =
        (0..5_000).map(|i| format!("{},3\n", plus_ms(at("2024-01-01T00:00:00Z"), i * HOUR_MS))).collect();
    let file = home.write("many.csv", &rows);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("groundswell"))
        .args(["detect", file.to_str().unwrap()])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(74), ""));
}

#[test]
fn every_command_helps_a_newcomer() {
    let home = Home::new();
    for command in [
        "import",
        "search",
        "explain",
        "alerts",
        "ack",
        "resolve",
        "silence",
        "feedback",
        "merge",
        "split",
        "status",
        "detect",
        "clusters",
        "name",
        "ignore",
        "decisions",
    ] {
        let ran = home.run(&[command, "--help"]);
        assert!(
            ran.code == 0 && ran.out.contains("Usage:") && ran.out.contains("Example"),
            "{command}: {}",
            ran.out
        );
    }
}

#[test]
fn counts_are_judged_row_by_row() {
    let home = Home::new();
    let mut text = String::from("timestamp,value\n");
    for day in 0..90 {
        let at = plus_ms(at("2024-01-01T00:00:00Z"), day * 24 * HOUR_MS);
        let value = if (80..83).contains(&day) { 40 } else { 4 + day % 3 };
        text.push_str(&format!("{},{value}\n", at.strftime("%Y-%m-%d %H:%M:%S")));
    }
    text.push_str("2024-04-01,many\n2023-01-01,4\n");
    let file = home.write("counts.csv", &text);
    let ran = home.run(&["detect", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = ran.lines();
    let first = rows.iter().find(|row| row["alarm"] == true).unwrap();
    assert_eq!(
        (rows.len(), first["at"].as_str(), first["observed"].as_u64()),
        (90, Some("2024-03-21T00:00:00Z"), Some(40))
    );
    assert!((first["expected"].as_f64().unwrap() - 5.0).abs() < 1.0, "{first}");
    assert_eq!(rows.last().unwrap()["alarm"], false);
    assert!(ran.err.contains("line 92: passed over: \"many\" is no number"), "{}", ran.err);
    assert!(ran.err.contains("line 93") && ran.err.contains("rows of 1d, 1 alarm"), "{}", ran.err);

    let empty = home.run(&["detect", home.write("empty.csv", "timestamp,value\n").to_str().unwrap()]);
    assert!(
        empty.code == 65 && empty.err.contains("no row that can be read"),
        "{} {}",
        empty.code,
        empty.err
    );
    let interval = home.run(&["detect", "--interval", "soon", file.to_str().unwrap()]);
    assert!(
        interval.code == 2 && interval.err.contains("write 30s, 5m"),
        "{} {}",
        interval.code,
        interval.err
    );
    assert_eq!(home.run(&["detect", "no-such.csv"]).code, 66);
}

#[test]
fn what_strangers_wrote_cannot_act_on_a_terminal() {
    let home = Home::new();
    import(&home);
    let odd = "a\u{1b}]0;x\u{7}\u{202e}b\u{9b}2J\u{200b}c";
    let post = serde_json::json!({"id": odd, "source": odd, "author": odd, "text": format!("mini9 keys {odd}"),
        "created_at": "2025-01-06T09:30:00Z"});
    let posts = home.write("odd.jsonl", &format!("{post}\n{{{odd}\n"));
    let (posts, rules) = (posts.to_str().unwrap(), home.path("rules"));
    let rules = rules.to_str().unwrap();
    home.run(&["import", posts]);
    let commands: [&[&str]; 14] = [
        &["export", odd],
        &["forget", odd],
        &["search", "keys"],
        &["search", odd],
        &["explain", odd],
        &["silence", odd, "--days", "3"],
        &["route", "--product", odd],
        &["alerts", "--product", odd],
        &["status", "--format", odd],
        &["match", "--rules", rules, "--text", odd, "--explain"],
        &["match", "--rules", rules, "--explain", posts],
        &["match", "--rules", rules, posts],
        &["assess", "--text", odd],
        &["check", "--rules", odd],
    ];
    for args in commands {
        let ran = home.run(args);
        for said in [&ran.out, &ran.err] {
            let acts = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{200b}".contains(c);
            assert!(!said.contains(acts), "{args:?}: {said:?}");
        }
        assert!(!(ran.out.is_empty() && ran.err.is_empty()), "{args:?} says nothing");
    }
}
