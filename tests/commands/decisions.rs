//! What people decide about alerts and complaints, and how it is taken back.

use groundswell::edges::store::Store;
use serde_json::{Value, json};

use super::home::{Home, at, hours_ago, import};

#[test]
fn what_people_decide_is_kept() {
    let home = Home::new();
    let id = home.with_alert(hours_ago(3));
    let acked = home.run(&["ack", &id]);
    assert!(acked.out.contains("takes effect when one starts"), "{}", acked.out);
    assert_eq!(home.run(&["alerts", "--format", "json"]).lines()[0]["acknowledged_by"], "ana");

    assert_eq!(home.run(&["resolve", &id, "--by", "bo"]).code, 0);
    // It has not been read from the log yet, and is not promised a second time.
    for again in [["resolve", &id], ["fixed", &id], ["ack", &id]] {
        let ran = home.run(&again);
        assert!(
            ran.out.is_empty() && ran.err.contains("by bo: nothing was changed"),
            "{again:?}: {}",
            ran.err
        );
    }
    // What the daemon would do next: read on.
    home.run(&["import", home.path("nothing.jsonl").to_str().unwrap()]);
    let listed = home.run(&["alerts", "--format", "json"]).lines();
    assert_eq!(
        (listed[0]["state"].as_str(), listed[0]["last"]["reason"].as_str()),
        (Some("resolved"), Some("resolved-by-hand"))
    );
    assert!(home.run(&["resolve", &id]).err.contains("nothing was changed"));
    assert!(home.run(&["alerts", "--open"]).err.contains("No alert is open"));
}

#[test]
fn what_is_not_there_cannot_be_acted_upon() {
    let home = Home::new();
    let id = home.with_alert(at("2025-03-01T10:00:00Z"));
    let mut slip = id.clone();
    slip.pop();
    let before = Store::open(&home.path("data")).unwrap().last_position().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["ack", &slip], &id),
        (&["explain", "nonsense"], "there is no alert \"nonsense\""),
        (&["feedback", "nonsense", "no"], "groundswell alerts"),
        (&["silence", "mini-8"], "did you mean mini-9?"),
        (&["silence", "mini-9", "--days", "0"], "more than 0"),
        (&["merge", "mini-9.c1", "mini-9.c999"], "there is no cluster \"mini-9.c999\""),
        (&["merge", "mini-9", "mini-9.c1"], "named like mini-9.c17"),
        (&["split", "mini-9.c1", "forum"], "write SOURCE:ID"),
    ];
    for (args, said) in cases {
        let ran = home.run(args);
        assert!(ran.code == 2 && ran.err.contains(said), "{args:?}: {} {}", ran.code, ran.err);
    }
    let after = Store::open(&home.path("data")).unwrap().last_position().unwrap();
    assert_eq!(before, after, "nothing was written to the log");
}

#[test]
fn clusters_are_merged_and_split_by_name() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let all_near = |text: &str| -> Vec<(String, u64)> {
        let line = &home.run(&["explain", "--not", text, "--format", "json"]).lines()[0];
        let near = line["near"].as_array().unwrap();
        near.iter()
            .map(|n| (n["cluster"].as_str().unwrap().to_owned(), n["posts"].as_u64().unwrap()))
            .collect()
    };
    let near = |text: &str| all_near(text).remove(0);
    let keys = near("mini 9 keys too close, I hate it").0;
    let crash = near("my mini 9 crashed again, terrible").0;
    assert_ne!(keys, crash);
    let ran = home.run(&["merge", &keys, &crash]);
    assert!(ran.out.contains(&format!("{keys} becomes part of {crash}")), "{}{}", ran.out, ran.err);
    let now = all_near("mini 9 keys too close, I hate it");
    assert!(now.iter().any(|n| n.0 == crash && n.1 >= 2) && now.iter().all(|n| n.0 != keys), "{now:?}");
    assert!(home.run(&["merge", &keys, &crash]).err.contains("one cluster already"));
    let elsewhere = home.run(&["split", &crash, "forum:nowhere"]);
    assert!(elsewhere.err.contains("forum:nowhere is not in"), "{}", elsewhere.err);
    let ran = home.run(&["split", &crash, "forum:1"]);
    assert!(ran.out.contains("1 post leaves"), "{}{}", ran.out, ran.err);
    let silenced = home.run(&["silence", &crash, "--days", "3", "--why", "known"]);
    assert!(silenced.code == 0 && silenced.out.contains("No mail about"), "{}", silenced.err);
}

#[test]
fn what_is_decided_can_be_taken_back_and_is_listed_with_who_and_why() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    // The complaint in which a post is quoted.
    let of_post = |text: &str| -> String {
        let all = home.run(&["clusters", "--format", "json"]).lines();
        let has = |c: &&Value| c["quotes"].to_string().contains(text);
        all.iter().find(has).unwrap()["cluster"].as_str().unwrap().to_owned()
    };
    let (keys, crash) = (of_post("too close"), of_post("crashed again"));
    assert!(home.run(&["merge", &keys, &crash, "--undo"]).err.contains("nobody said"));
    let ran = home.run(&["merge", &keys, &crash, "--why", "the same hinge"]);
    assert!(ran.code == 0 && ran.out.contains("--undo"), "{}{}", ran.out, ran.err);
    assert_eq!(of_post("too close"), crash);
    let listed = home.run(&["decisions"]).out;
    let words = format!(
        "ana  {keys} is part of {crash}: the same hinge\n    take it back: groundswell merge {keys} {crash} --undo"
    );
    assert!(listed.contains(&words), "{listed}");
    let ran = home.run(&["merge", &keys, &crash, "--undo"]);
    assert!(ran.code == 0 && ran.out.contains("leave"), "{}{}", ran.out, ran.err);
    assert_ne!(of_post("too close"), crash);
    let again = home.run(&["merge", &keys, &crash, "--undo"]);
    assert!(again.code == 2 && again.err.contains("nothing left"), "{}", again.err);
    // What took the merge back is a split, and can be taken back as such.
    let ran = home.run(&["split", &crash, "forum:1", "--undo"]);
    assert!(ran.code == 0, "{}{}", ran.out, ran.err);
    assert_eq!(of_post("too close"), crash);
    assert!(home.run(&["split", &crash, "forum:1", "--undo"]).err.contains("nothing was changed"));
    home.run(&["name", &crash, "Hinges"]);
    assert!(home.run(&["name", &crash, "--undo"]).out.contains("called again"));
    assert_eq!(home.run(&["name", &crash]).code, 2, "a name, or --undo");
    let nobody = home.run(&["leave", "netbooks", "netbooks@example.org", "--undo"]);
    assert!(nobody.code == 0 && nobody.err.contains("nothing was changed"), "{}", nobody.err);
    assert!(home.run(&["leave", "netbooks", "netbooks@example.org"]).out.contains("--undo"));
    assert!(home.run(&["leave", "netbooks", "netbooks@example.org"]).err.contains("nothing was changed"));
    let of = |about: &str| home.run(&["decisions", "--about", about, "--format", "json"]).lines().len();
    assert_eq!((of("mini-9"), of("netbooks"), of("kettle")), (5, 1, 0));
}

#[test]
fn the_day_of_an_alert_can_be_taken_back() {
    let home = Home::new();
    let id = home.with_alert(at("2025-03-01T10:00:00Z"));
    let known = || home.run(&["ledger", "--format", "json"]).lines()[0]["known_at"].clone();
    assert_eq!(home.run(&["known", &id, "--undo"]).code, 2, "nobody said so");
    home.run(&["known", &id, "2025-03-09", "--how", "tickets"]);
    assert!(!known().is_null());
    let ran = home.run(&["known", &id, "--undo"]);
    assert!(ran.code == 0 && ran.out.contains("2025-03-09"), "{}{}", ran.out, ran.err);
    assert!(known().is_null());
}

#[test]
fn a_cluster_gets_a_name_and_is_ignored_for_good() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let listed = || -> Vec<serde_json::Value> { home.run(&["clusters", "--format", "json"]).lines() };
    let before = listed();
    let id = before[0]["cluster"].as_str().unwrap().to_owned();
    assert!(before[0]["named"] == false && before[0]["ignored"] == false && !before[0]["quotes"].is_null());
    let ran = home.run(&["name", &id, "Enter beside the apostrophe"]);
    assert!(ran.code == 0 && ran.out.contains("from now on"), "{}{}", ran.out, ran.err);
    let ran = home.run(&["ignore", &id, "--why", "resellers"]);
    assert!(ran.code == 0 && ran.out.contains("--undo"), "{}{}", ran.out, ran.err);
    let now = listed().into_iter().find(|c| c["cluster"] == id.as_str()).unwrap();
    assert!(now["label"] == "Enter beside the apostrophe" && now["named"] == true && now["ignored"] == true);
    assert!(home.run(&["clusters"]).out.contains("ignored"));
    home.run(&["ignore", &id, "--undo"]);
    home.run(&["name", &id, ""]);
    let again = listed().into_iter().find(|c| c["cluster"] == id.as_str()).unwrap();
    assert!(again["named"] == false && again["ignored"] == false);
    assert!(home.run(&["clusters", "mini-8"]).err.contains("there is no product \"mini-8\""));
    assert!(home.run(&["name", "mini-9.c99", "x"]).err.contains("there is no cluster"));
    assert_eq!(home.run(&["name", &id, "two\nlines"]).code, 2);
}

/// The complaint in which a post is quoted, with all that is listed of it.
fn of_post(home: &Home, text: &str) -> Value {
    let all = home.run(&["clusters", "--format", "json"]).lines();
    all.into_iter().find(|c| c["quotes"].to_string().contains(text)).unwrap()
}

fn id_of(listed: &Value) -> String {
    listed["cluster"].as_str().unwrap().to_owned()
}

#[test]
fn the_id_of_a_part_is_told_from_the_whole() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let (keys, crash) = (of_post(&home, "too close"), of_post(&home, "crashed again"));
    let (part, whole) = (id_of(&keys), id_of(&crash));
    home.run(&["name", &part, "Keys"]);
    assert_eq!(home.run(&["merge", &part, &whole]).code, 0);
    let before = home.run(&["decisions", "--format", "json"]).out;
    for args in [
        &["name", &part, "x"][..],
        &["name", &part, "--undo"],
        &["ignore", &part],
        &["ignore", &part, "--undo"],
        &["split", &part, "forum:1"],
        &["merge", &whole, &part, "--undo"],
        &["ignore", &whole, "--undo"],
        &["split", &whole, "--undo"],
    ] {
        let ran = home.run(args);
        assert!(
            ran.code == 2 && ran.err.contains("nothing was changed")
                || ran.err.contains("Nothing was changed")
                || ran.err.contains("no posts were split"),
            "{args:?}: {}",
            ran.err
        );
    }
    let refused = home.run(&["ignore", &part]).err;
    assert!(
        refused.contains(&format!("{part} is part of {whole} since 20")) && refused.contains("as ana said"),
        "{refused}"
    );
    assert!(refused.contains(&format!("For all of {whole}: `groundswell ignore {whole}`")), "{refused}");
    assert!(refused.contains(&format!("`groundswell merge {part} {whole} --undo`")), "{refused}");
    let turned = home.run(&["merge", &whole, &part, "--undo"]).err;
    assert!(turned.contains("the other way round"), "{turned}");
    let again = home.run(&["merge", &part, &whole]).err;
    assert!(again.contains("since 20") && again.contains("one cluster already"), "{again}");
    assert_eq!(home.run(&["decisions", "--format", "json"]).out, before, "nothing was written");

    // Taken back, the part has its id, its name and its days again, and the whole has its own.
    let ran = home.run(&["merge", &part, &whole, "--undo"]);
    assert!(ran.code == 0 && ran.out.contains(&format!("as {part} again")), "{}{}", ran.out, ran.err);
    let (now, rest) = (of_post(&home, "too close"), of_post(&home, "crashed again"));
    for (now, then) in [(&now, &keys), (&rest, &crash)] {
        for key in ["cluster", "posts", "first", "last"] {
            assert_eq!(now[key], then[key], "{key}");
        }
    }
    assert_eq!((&now["label"], &now["named"], &rest["named"]), (&json!("Keys"), &json!(true), &json!(false)));
    assert!(home.run(&["name", &whole, "--undo"]).err.contains("nobody gave"));
    let near =
        |text: &str| home.run(&["explain", "--not", text, "--format", "json"]).lines()[0]["near"][0].clone();
    let first = near("the keys of my mini 9 are too close, I hate it");
    assert_eq!(
        (&first["cluster"], &first["joins"], &first["posts"], &first["people_28_days"]),
        (&json!(part), &json!(true), &keys["posts"], &keys["posts"])
    );
}

#[test]
fn what_nobody_knows_is_told_from_what_nobody_decided() {
    let home = Home::new();
    assert_eq!(import(&home).code, 0);
    let ran = home.run(&["decisions", "--about", "mini-9"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("Nobody has decided anything about mini-9 yet"), "{}", ran.err);
    let ran = home.run(&["decisions", "--about", "mini9"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("no product, topic, complaint, alert or team \"mini9\"; did you mean mini-9?"),
        "{}",
        ran.err
    );
    let ran = home.run(&["decisions", "--about", "watch"]);
    assert!(ran.err.contains("the products are mini-9"), "{}", ran.err);
}

#[test]
fn of_history_that_is_lived_through_again_it_is_said_whose_times_these_are() {
    let home = Home::new();
    let id = home.with_alert(hours_ago(3));
    assert_eq!(home.run(&["ack", &id]).code, 0);
    assert!(!home.run(&["decisions"]).err.contains("replay"));
    let settings = std::fs::read_to_string(home.path("groundswell.toml")).unwrap();
    let source = "[[source]]\nname = \"old\"\nkind = \"jsonl\"\npath = \"old.jsonl\"\nreplay = true\n";
    home.write("groundswell.toml", &format!("{settings}{source}"));
    let ran = home.run(&["decisions"]);
    assert!(ran.out.contains("saw ") && ran.err.contains("replay = true"), "{} {}", ran.out, ran.err);
}

#[test]
fn what_is_no_issue_says_why_and_what_would_alert_again() {
    let home = Home::new();
    let id = home.with_alert(hours_ago(3));
    let ran = home.run(&["feedback", &id, "no", "--why", "a test rig"]);
    // Of danger two people are enough, whatever was judged before.
    assert!(ran.out.contains("as soon as two more people say it"), "{} {}", ran.out, ran.err);
    let kept = home.run(&["decisions", "--format", "json"]).lines();
    assert!(kept.iter().any(|line| line["why"] == "a test rig"), "{kept:?}");
    // The ledger goes by what was said last.
    let outcome = || {
        home.run(&["import", home.path("nothing.jsonl").to_str().unwrap()]);
        home.run(&["ledger", "--format", "json"]).lines()[0]["outcome"].clone()
    };
    assert_eq!(outcome(), "not-an-issue");
    assert!(home.run(&["feedback", &id, "yes"]).out.contains("It stays closed"));
    assert_eq!(outcome(), "over");
    // Both words are in its life, and its end is told by the last one.
    let told = home.run(&["explain", &id]).out;
    let (no, yes) = (told.find("was not an issue: a test rig"), told.find("was an issue after all"));
    assert!(no.is_some() && no < told.find("not-an-issue:") && told.find("not-an-issue:") < yes, "{told}");
    assert!(told.contains("ana said that it was one after all: it stays closed"), "{told}");
    // Of a post that is gone, it says so.
    assert!(!told.contains("gone since"), "{told}");
    let delete = r#"{"op": "delete", "source": "forum", "id": "b1"}"#;
    assert_eq!(home.run(&["import", home.write("delete.jsonl", delete).to_str().unwrap()]).code, 0);
    let told = home.run(&["explain", &id]).out;
    assert!(told.contains("1 of them gone since"), "{told}");
    assert!(told.contains("forum:b1 (gone)") && !told.contains("forum:b2 (gone)"), "{told}");
}

#[test]
fn a_silence_of_a_history_lived_through_is_over_where_its_days_are_and_can_be_taken_back() {
    let home = Home::new();
    home.run(&["import", home.history(at("2025-01-06T10:00:00Z")).to_str().unwrap()]);
    let settings = std::fs::read_to_string(home.path("groundswell.toml")).unwrap();
    let source = "[[source]]\nname = \"old\"\nkind = \"jsonl\"\npath = \"old.jsonl\"\nreplay = true\n";
    home.write("groundswell.toml", &format!("{settings}{source}"));
    let query = "\"mini 9\" AND crash*";
    let silenced = home.run(&["silence", "--query", query, "--days", "2"]);
    assert!(silenced.out.contains("until 2025-01-1"), "{} {}", silenced.out, silenced.err);
    let undo = format!("silence --query '{query}' --undo");
    assert!(silenced.out.contains(&undo), "{}", silenced.out);
    assert!(home.run(&["decisions"]).out.contains(&format!("take it back: groundswell {undo}")));
    assert_eq!(home.run(&["silence", "--query", query, "--undo"]).code, 0);
    let told = home.run(&["decisions"]).out;
    assert!(
        told.lines().next().unwrap().contains("go out again") && !told.contains("take it back"),
        "{told}"
    );
}

#[test]
fn a_merge_that_was_taken_back_is_no_split_to_take_back() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let (keys, crash) = (id_of(&of_post(&home, "too close")), id_of(&of_post(&home, "crashed again")));
    assert_eq!(home.run(&["merge", &crash, &keys]).code, 0);
    assert_eq!(home.run(&["merge", &crash, &keys, "--undo"]).code, 0);
    let ran = home.run(&["split", &keys, "--undo"]);
    assert!(ran.code == 2 && ran.err.contains(&format!("no posts were split from {keys}")), "{}", ran.err);
    assert_ne!(id_of(&of_post(&home, "crashed again")), keys);
    // By its post it can be named: it is one again then.
    assert_eq!(home.run(&["split", &keys, "forum:2", "--undo"]).code, 0);
}

#[test]
fn praise_is_no_complaint_however_many_say_it() {
    let home = Home::new();
    assert_eq!(import(&home).code, 0);
    let told = home.run(&["explain", "--not", "I love the keys of my mini 9, wonderful"]).out;
    assert!(told.starts_with("It is praise"), "{told}");
    assert!(!told.contains("would open"), "{told}");
}

#[test]
fn why_nothing_opened_knows_what_was_split() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let (keys, crash) = (id_of(&of_post(&home, "too close")), id_of(&of_post(&home, "crashed again")));
    home.run(&["merge", &crash, &keys]);
    assert_eq!(home.run(&["split", &keys, "forum:2"]).code, 0);
    let new = id_of(&of_post(&home, "crashed again"));
    assert_ne!(new, keys);
    let told = home.run(&["explain", "--not", "my mini 9 crashed again, this is terrible"]).out;
    assert!(told.starts_with(&format!("No alert about {new} ")), "{told}");
    assert!(told.contains("1 post, 1 person in 28 days"), "{told}");
    // One text, one sum: two clusters near it cannot have two bars, nor one cluster two for two texts.
    assert_eq!(told.matches("the evidence is").count(), 1, "{told}");
    // What the rules lack of the text is named.
    assert!(told.contains("topic mini-9.battery-danger: the text has nothing of battery and"), "{told}");
    let strange = home.run(&["explain", "--not", "my mini crashed again, this is terrible"]).out;
    assert!(strange.contains("product mini-9: the text has no"), "{strange}");
    assert!(!strange.contains("it would join") && !strange.contains("the evidence is"), "{strange}");
}

#[test]
fn of_several_splits_the_one_that_is_meant_is_taken_back() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let of = |text: &str| id_of(&of_post(&home, text));
    let whole = of("too close");
    for text in ["crashed again", "still cramped"] {
        let other = of(text);
        assert!(other == whole || home.run(&["merge", &other, &whole]).code == 0);
    }
    for post in ["forum:1", "forum:2"] {
        let ran = home.run(&["split", &whole, post]);
        assert!(
            ran.out.contains(&format!("`groundswell split {whole} {post} --undo`")),
            "{}{}",
            ran.out,
            ran.err
        );
    }
    let offered = || home.run(&["decisions"]).out.matches("take it back: groundswell split").count();
    assert!(home.run(&["decisions"]).out.contains(&format!("groundswell split {whole} forum:1 --undo")));
    assert_eq!(offered(), 2);
    // The older of the two.
    let ran = home.run(&["split", &whole, "forum:1", "--undo"]);
    assert!(ran.code == 0, "{}{}", ran.out, ran.err);
    assert_eq!((of("too close") == whole, of("crashed again") == whole, offered()), (true, false, 1));
    let again = home.run(&["split", &whole, "forum:1", "--undo"]);
    assert!(again.code == 2 && again.err.contains("back in it"), "{}", again.err);
    assert!(home.run(&["split", &whole, "forum:5", "--undo"]).err.contains("never split"), "never left");
    // The newest that still stands, and then none.
    assert_eq!(home.run(&["split", &whole, "--undo"]).code, 0);
    assert_eq!((of("crashed again") == whole, offered()), (true, 0));
    assert_eq!(home.run(&["split", &whole, "--undo"]).code, 2);

    // What was split and then given to another comes back from there first.
    home.run(&["split", &whole, "forum:1"]);
    home.run(&["split", &whole, "forum:2"]);
    let (one, two) = (of("too close"), of("crashed again"));
    assert_eq!(home.run(&["merge", &one, &two]).code, 0);
    let refused = home.run(&["split", &whole, "forum:1", "--undo"]);
    let first = format!("`groundswell merge {one} {two} --undo`");
    assert!(refused.code == 2 && refused.err.contains(&first), "{}", refused.err);
    assert_eq!((offered(), of("crashed again")), (0, two.clone()));
    assert_eq!(home.run(&["merge", &one, &two, "--undo"]).code, 0);
    assert_eq!(home.run(&["split", &whole, "forum:1", "--undo"]).code, 0);
    assert_eq!((of("too close"), of("crashed again")), (whole, two));
}

#[test]
fn what_is_taken_back_or_overtaken_is_not_offered_again() {
    let home = Home::new();
    let id = home.with_alert(hours_ago(3));
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let (keys, crash) = (id_of(&of_post(&home, "too close")), id_of(&of_post(&home, "crashed again")));
    let offered = || -> Vec<String> {
        let all = home.run(&["decisions", "--format", "json"]).lines();
        all.iter().filter_map(|d| Some(d["undo"].as_str()?.to_owned())).collect()
    };
    let told = |args: &[&str]| assert_eq!(home.run(args).code, 0, "{args:?}");
    for (decided, undo) in [
        (
            vec![vec!["name", &keys, "Keys"], vec!["name", &keys, "Keys too close"]],
            vec!["name", &keys, "--undo"],
        ),
        (vec![vec!["ignore", &crash]], vec!["ignore", &crash, "--undo"]),
        (vec![vec!["silence", "mini-9"], vec!["silence", "mini-9"]], vec!["silence", "mini-9", "--undo"]),
        (vec![vec!["merge", &keys, &crash]], vec!["merge", &keys, &crash, "--undo"]),
        (vec![vec!["feedback", &id, "no"]], vec!["feedback", &id, "yes"]),
        (
            vec![vec!["leave", "netbooks", "netbooks@example.org"]],
            vec!["leave", "netbooks", "netbooks@example.org", "--undo"],
        ),
    ] {
        decided.iter().for_each(|args| told(args));
        // What took the merge back is a split, which can be taken back itself.
        let left = || -> Vec<String> { offered().into_iter().filter(|u| !u.starts_with("split")).collect() };
        assert_eq!(left(), [undo.join(" ")]);
        told(&undo);
        assert_eq!(left(), Vec::<String>::new());
        assert!(offered().len() <= 1, "{:?}", offered());
        if undo[0] == "merge" {
            let back = ["split", &crash, "forum:1", "--undo"];
            assert_eq!(home.run(&back).code, 0, "what took it back can be taken back");
            told(&undo);
        }
    }
    let text = home.run(&["decisions"]).out;
    assert!(text.contains("mails about mini-9 go out again"), "{text}");
}
