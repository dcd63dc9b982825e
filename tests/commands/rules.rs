//! `check`, `test`, `fmt` and `match` on rules as support staff write them.

use assert_cmd::Command;
use groundswell::edges::clock::SystemClock;
use groundswell::ground::time::{Clock, HOUR_MS, plus_ms};
use serde_json::{Value, json};

use super::home::{Home, PRODUCT};

/// The files and commands of the introduction for support staff, typed one after the other.
#[test]
fn the_ten_minutes_of_the_introduction_to_rules_are_true() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/README.md")).unwrap();
    let part =
        readme.split("## Ten minutes").nth(1).unwrap().split("## When they are written to").next().unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("rules/tests")).unwrap();
    let add = |file: &str, text: &str| {
        let path = dir.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, format!("{before}{text}\n")).unwrap();
    };
    let run = |line: &str| {
        // Words, and texts in quotes.
        let args: Vec<&str> = line
            .split('"')
            .enumerate()
            .flat_map(|(i, part)| if i % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
            .skip(1)
            .collect();
        let ran =
            Command::cargo_bin("groundswell").unwrap().current_dir(dir.path()).args(&args).output().unwrap();
        let shown =
            format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{line}: {shown}");
        shown
    };
    let mut shown = String::new();
    for (i, block) in part.split("```").enumerate().filter(|(i, _)| i % 2 == 1) {
        let (kind, text) = block.split_once('\n').unwrap();
        match (kind, i) {
            ("toml", _) if text.starts_with("# teams.toml") => add("rules/teams.toml", text),
            ("toml", _) if text.starts_with("# sweep.toml") => add("rules/sweep.toml", text),
            ("toml", _) => add("rules/kettle.toml", text),
            ("json", _) => add("posts.jsonl", text),
            _ if text.starts_with("[[scenario]]") => add("rules/tests/lid.toml", text),
            _ => text.lines().for_each(|line| shown.push_str(&run(line))),
        }
    }
    assert!(shown.contains("no problem in 1 product, 0 topics and 1 team"), "{shown}");
    assert!(shown.contains("3 examples"), "{shown}");
    assert!(shown.contains("\"topic\":\"lid-leaks\""), "{shown}");
    assert!(run("groundswell test --rules rules").contains("1 scenario"));
    assert!(
        shown.contains("team brazil: by the route") && shown.contains("team safety: by the route"),
        "{shown}"
    );
    assert!(
        run("groundswell check --rules rules").contains("no problem in 2 products"),
        "nothing is left to mend"
    );
}

const SCENARIO: &str = r#"
[[scenario]]
name = "two batteries"
[[scenario.post]]
at   = "day 1 10:00"
text = "steam came out of the battery of my mini 9"
[[scenario.post]]
at   = "day 1 16:00"
text = "the battery of my mini 9 smells of fire"
[[scenario.alert]]
topic = "battery-danger"
by    = "day 1"
[[scenario.quiet]]
by = "day 3"
"#;

#[test]
fn a_scenario_says_which_word_or_count_made_the_difference() {
    let home = Home::new();
    std::fs::create_dir(home.path("rules/tests")).unwrap();
    home.write("rules/tests/battery.toml", SCENARIO);
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let ran = home.run(&["test", "--rules", rules]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    for said in [
        "error[scenario-fails]: \"two batteries\": an alert about battery-danger should open, but does not",
        "tests/battery.toml:10:1",
        "1 person had said so",
        "one person more that day would open it",
        "for topic battery-danger: the text has nothing of (smoke OR burnt OR fire)",
    ] {
        assert!(ran.out.contains(said), "{said} in\n{}", ran.out);
    }
    // The word that was lacking.
    home.write("rules/mini-9.toml", &PRODUCT.replace("(smoke", "(steam OR smoke"));
    let ran = home.run(&["test", "--rules", rules]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("0 examples and 1 scenario tried, all hold"), "{}", ran.err);
    // And what should have been quiet is loud.
    let quiet = SCENARIO
        .replace("steam", "smoke")
        .replace("[[scenario.alert]]\ntopic = \"battery-danger\"\nby    = \"day 1\"\n", "");
    home.write("rules/tests/battery.toml", &quiet);
    let ran = home.run(&["test", "--rules", rules, "--format", "json"]);
    let lines = ran.lines();
    assert_eq!((ran.code, lines[0]["code"].as_str().unwrap()), (1, "scenario-fails"));
    assert!(lines[0]["help"].as_str().unwrap().contains("2 people"), "{}", lines[0]);
    assert_eq!(lines[1]["scenarios"], 1);
    let missing = home.run(&["test", "--rules", "/nonexistent"]);
    assert_eq!(missing.code, 66);
}

#[test]
fn a_scenario_says_that_it_takes_three_people_and_that_praise_counts_for_nothing() {
    let home = Home::new();
    std::fs::create_dir(home.path("rules/tests")).unwrap();
    let hinge = "[[topic]]\nid = \"hinge\"\ntitle = \"Hinge\"\nmatch = 'hinge'\n";
    home.write("rules/mini-9.toml", &format!("{PRODUCT}{hinge}"));
    let scenario = |posts: &[&str], expected: &str| {
        let posts = posts.iter().enumerate().map(|(n, text)| {
            format!("[[scenario.post]]\nat = \"day 31 {:02}:10\"\ntext = \"{text}\"\n", 9 + n)
        });
        format!(
            "[[scenario]]\nname = \"s\"\n[[scenario.usual]]\ndays = \"1-32\"\na_day = 2\ntexts = [\"my mini 9 boots in no time\"]\n\
             {}[[scenario.alert]]\n{expected}\n",
            posts.collect::<String>()
        )
    };
    let rules = home.path("rules");
    let said = |posts: &[&str], expected: &str| {
        home.write("rules/tests/a.toml", &scenario(posts, expected));
        let ran = home.run(&["test", "--rules", rules.to_str().unwrap()]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        ran.out
    };
    let two = said(
        &["the screen of my mini 9 is broken, awful", "broken screen on my mini 9, what a shame"],
        "product = \"mini-9\"",
    );
    assert!(two.contains("there have to be 3 different people in a week, too"), "{two}");
    let praised = said(&["I love the wonderful hinge of my mini 9, perfect"], "topic = \"hinge\"");
    assert!(praised.contains("it is praise, and praise does not count"), "{praised}");
}

#[test]
fn a_failing_example_fails_the_test_and_hinders_no_match() {
    let home = Home::new();
    let example = "[[topic.example]]\ntext = \"the battery burns\"\nexpect = true\n";
    home.write("rules/mini-9.toml", &format!("{PRODUCT}{example}"));
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let tried = home.run(&["test", "--rules", rules]);
    assert_eq!(tried.code, 1);
    assert!(tried.out.contains("the text has nothing of (smoke OR burnt OR fire)"), "{}", tried.out);
    assert_eq!(home.run(&["check", "--rules", rules]).code, 1);
    let ran = home.run(&["match", "--rules", rules, "--explain", "--text", "my mini9 battery is burning"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("product mini-9: matches") && ran.out.contains("- fire   (the text has no fire)")
    );
    assert!(ran.err.contains("example-fails"));
    let in_lang = |text: &str, more: &[&str]| {
        home.run(&[&["match", "--rules", rules, "--explain", "--text", text][..], more].concat())
    };
    let ran = in_lang("Deckel undicht kaputt", &[]);
    assert!(
        ran.out.contains("(read as English; if it is another language, say so: --lang de)"),
        "{}",
        ran.out
    );
    assert!(in_lang("Deckel undicht kaputt", &["--lang", "de"]).out.contains("(read as German)"));
    assert!(in_lang("x", &["--lang", "german"]).err.contains("there is no language \"german\""));
}

#[test]
fn what_can_be_mended_is_mended_and_shown() {
    let home = Home::new();
    let wrong = PRODUCT.replace("mini9'", "mini9 or netbook' # ours").replace("severity", "sevrity");
    home.write("rules/mini-9.toml", &wrong);
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let ran = home.run(&["check", "--rules", rules]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("2 of them can be mended by groundswell check --fix"), "{}", ran.err);
    let json = home.run(&["check", "--rules", rules, "--format", "json"]);
    assert!(json.lines().iter().any(|d| d["fix"]["text"] == "OR"), "{}", json.out);
    let ran = home.run(&["check", "--rules", rules, "--fix"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("-sevrity = \"safety\"\n+severity = \"safety\""), "{}", ran.out);
    let now = std::fs::read_to_string(home.path("rules/mini-9.toml")).unwrap();
    assert!(now.contains("mini9 OR netbook' # ours"), "{now}");
    let meant = home.run(&["check", "--explain", "query-near-number"]);
    assert!(meant.code == 0 && meant.out.contains("NEAR counts words"), "{}", meant.out);
    assert_eq!(home.run(&["check", "--explain", "query-near-numbr"]).code, 2);
}

#[test]
fn queries_are_measured_and_ids_compared() {
    let home = Home::new();
    let from = SystemClock.now();
    home.with_alert(plus_ms(from, -3 * HOUR_MS));
    let renamed = PRODUCT.replace("\"battery-danger\"", "\"battery-hot\"");
    home.write("rules/mini-9.toml", &renamed);
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let beside_data =
        || home.run(&["check", "--rules", rules, "--data", home.path("data").to_str().unwrap()]);
    let ran = beside_data();
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("id-renamed") && ran.out.contains("write was = \"battery-danger\""),
        "{}",
        ran.out
    );
    home.write(
        "rules/mini-9.toml",
        &renamed.replace("\"battery-hot\"", "\"battery-hot\"\nwas = \"battery-danger\""),
    );
    let ran = beside_data();
    assert!(ran.code == 0 && !ran.out.contains("id-renamed"), "{}", ran.out);
    let line = |n: u32, text: &str| {
        json!({"id": n.to_string(), "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"})
            .to_string()
    };
    let posts: Vec<String> = (0..40)
        .map(|n| line(n, if n % 4 == 0 { "a nice day" } else { "smoke from the battery of my mini 9" }))
        .collect();
    let sample = home.write("sample.jsonl", &posts.join("\n"));
    let ran = home.run(&["check", "--rules", rules, "--sample", sample.to_str().unwrap()]);
    assert!(
        ran.out.contains("product \"mini-9\" would have matched 75% of the sample (30 of 40)"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("topic \"battery-hot\" would have matched 100%"), "{}", ran.out);
}

#[test]
fn files_are_laid_out_in_one_way() {
    let home = Home::new();
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    home.write("rules/mini-9.toml", &PRODUCT.replace("id    =", "id="));
    let ran = home.run(&["fmt", "--rules", rules, "--check"]);
    assert!(ran.code == 1 && ran.out.contains("-id= \"mini-9\"\n+id    = \"mini-9\""), "{}", ran.out);
    assert_eq!(home.run(&["fmt", "--rules", rules]).code, 0);
    assert_eq!(std::fs::read_to_string(home.path("rules/mini-9.toml")).unwrap(), PRODUCT);
    assert_eq!(home.run(&["fmt", "--rules", rules, "--check"]).code, 0);
    home.write("rules/mini-9.toml", "[product");
    let ran = home.run(&["fmt", "--rules", rules]);
    assert!(ran.code == 1 && ran.err.contains("left as it is"), "{}", ran.err);
}

#[test]
fn a_lexicon_of_the_rules_adds_and_check_says_so() {
    let home = Home::new();
    let assess = |text: &str| {
        let out = Command::cargo_bin("groundswell")
            .unwrap()
            .args(["assess", "--rules", &home.path("rules").display().to_string(), "--text", text])
            .output()
            .unwrap();
        let line = String::from_utf8(out.stdout).unwrap();
        serde_json::from_str::<Value>(line.trim()).unwrap()["complaint"].as_f64().unwrap()
    };
    let check = || {
        let out = Command::cargo_bin("groundswell")
            .unwrap()
            .args(["check", "--rules", &home.path("rules").display().to_string()])
            .output()
            .unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    assert!(assess("the kaffa duo wets the bed") < 0.5);
    std::fs::create_dir(home.path("rules/lexicon")).unwrap();
    let words = "[[cue]]\nkind = \"malfunction\"\nweight = 0.7\nany = [\"wets the bed\"]\n";
    home.write("rules/lexicon/en.toml", &format!("language = \"en\"\n{words}"));
    assert!(assess("the kaffa duo wets the bed") >= 0.5, "a clear phrase stands by itself");
    assert!(assess("my phone stopped working") >= 0.5, "the built-in list is still there");
    assert!(check().contains("lexicon/en.toml: adds 1 phrase to the built-in list"), "{}", check());
    home.write("rules/lexicon/en.toml", &format!("language = \"en\"\nreplace = true\n{words}"));
    assert!(check().contains("lexicon/en.toml: 1 phrase in place of the built-in list"), "{}", check());
}

#[test]
fn a_rule_file_with_another_ending_is_told_of() {
    let rules = tempfile::tempdir().unwrap();
    std::fs::write(rules.path().join("kettle.toml.txt"), "[product]\n").unwrap();
    std::fs::write(rules.path().join("README.md"), "about").unwrap();
    let ran = Command::cargo_bin("groundswell")
        .unwrap()
        .args(["check", "--rules"])
        .arg(rules.path())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("kettle.toml.txt is not read"), "{said}");
    assert!(said.contains("under the name kettle.toml"), "{said}");
    assert!(!said.contains("README.md"), "{said}");
}

#[test]
fn a_file_in_another_encoding_hides_no_others_problem() {
    let home = Home::new();
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    std::fs::write(
        home.path("rules/latin.toml"),
        b"[product]\nid = \"latin\"\nname = \"K\xe4se\"\nmatch = 'latin'\nteam = \"netbooks\"\n",
    )
    .unwrap();
    home.write("rules/mini-9.toml", &PRODUCT.replace("severity", "sevrity"));
    let ran = home.run(&["check", "--rules", rules]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for said in ["error[file-encoding]", "latin.toml:3:10", "no key `sevrity`", "2 errors"] {
        assert!(ran.out.contains(said), "{said} in\n{}", ran.out);
    }
    home.run(&["check", "--rules", rules, "--fix"]);
    home.run(&["fmt", "--rules", rules]);
    assert!(std::fs::read(home.path("rules/latin.toml")).unwrap().contains(&0xe4), "it is left as it is");
    assert!(!home.run(&["check", "--rules", rules]).out.contains("sevrity"), "the other one is mended");
}

#[test]
fn a_file_that_cannot_be_opened_hides_no_other() {
    let home = Home::new();
    home.write(
        "rules/kettle.toml",
        &PRODUCT.replace("mini-9", "kettle").replace("'\"mini 9\" OR mini9'", "'(kettle or pot'"),
    );
    let rules = home.path("rules");
    std::fs::remove_file(rules.join("teams.toml")).unwrap();
    std::os::unix::fs::symlink("/nonexistent/teams.toml", rules.join("teams.toml")).unwrap();
    let before = std::fs::read_to_string(rules.join("kettle.toml")).unwrap();
    for fix in [None, Some("--fix")] {
        let args: Vec<&str> = ["check", "--rules", rules.to_str().unwrap()].into_iter().chain(fix).collect();
        let ran = home.run(&args);
        assert_eq!(ran.code, 66, "{}", ran.err);
        assert!(
            ran.out.contains("error[file-unreadable]") && ran.out.contains("leads to nothing"),
            "{}",
            ran.out
        );
        assert!(
            ran.out.contains("query-parenthesis") && ran.out.contains("query-lowercase-operator"),
            "{}",
            ran.out
        );
        assert!(
            !ran.out.contains("unknown-team"),
            "what is in the lost file is not known to be missing: {}",
            ran.out
        );
    }
    assert_eq!(std::fs::read_to_string(rules.join("kettle.toml")).unwrap(), before);
    // Whoever needs all of it is told of it, as before.
    let ran = home.run(&["match", "--rules", rules.to_str().unwrap(), "--text", "x"]);
    assert!(ran.code == 66 && ran.err.contains("leads to nothing"), "{}", ran.err);
}
