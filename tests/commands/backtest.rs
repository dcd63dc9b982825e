//! `backtest`: two rule sets over the same history, and encoders.

use std::path::PathBuf;

use serde_json::json;

use super::home::{Home, PRODUCT, TEAMS};

#[test]
fn two_rule_sets_are_compared_alert_by_alert_and_mail_by_mail() {
    let home = Home::new();
    let quiet = home.path("quiet");
    std::fs::create_dir(&quiet).unwrap();
    std::fs::write(
        quiet.join("mini-9.toml"),
        PRODUCT.replace("(smoke", "(zeppelin").replace(" OR burnt OR fire", ""),
    )
    .unwrap();
    std::fs::write(quiet.join("teams.toml"), TEAMS).unwrap();
    let line = |id: u32, at: &str, text: &str| {
        json!({"id": id.to_string(), "source": "s", "author": format!("a{id}"), "created_at": at, "text": text})
            .to_string()
    };
    let posts = [
        line(1, "2025-01-06T10:00:00Z", "smoke from the battery of my mini 9, and a smell in the whole room"),
        line(2, "2025-01-07T11:00:00Z", "who else sees smoke? mini 9, one year old, battery hot as an oven"),
    ];
    let posts = home.write("posts.jsonl", &posts.join("\n"));
    let (rules, quiet) = (home.path("rules"), quiet);
    let args = [
        "backtest",
        "--rules",
        rules.to_str().unwrap(),
        "--against",
        quiet.to_str().unwrap(),
        "--mentions",
        posts.to_str().unwrap(),
    ];
    let ran = home.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("0 gained, 1 lost, 0 earlier, 0 later, 0 the same"), "{}", ran.out);
    assert!(ran.out.contains("team netbooks: 0.00 e-mails a week instead of "), "{}", ran.out);
    let ran = home.run(&[&args[..], &["--format", "jsonl"]].concat());
    assert_eq!(ran.lines().last().unwrap()["event"], "compared-mails");
    // What alerts on other words does so later; an id that was changed is no other alert.
    let more = [
        line(3, "2025-01-10T10:00:00Z", "burnt fingers: mini 9 battery, it glows in the dark like a stove"),
        line(
            4,
            "2025-01-10T12:00:00Z",
            "a battery fire? my mini 9 went up at breakfast, all my files are gone",
        ),
    ];
    let posts = home
        .write("more.jsonl", &format!("{}\n{}", std::fs::read_to_string(posts).unwrap(), more.join("\n")));
    let late = PRODUCT.replace("(smoke OR ", "(").replace("\"mini-9\"", "\"mini-nine\"\nwas = \"mini-9\"");
    std::fs::write(
        quiet.join("mini-9.toml"),
        late.replace("\"battery-danger\"", "\"danger\"\nwas = \"battery-danger\""),
    )
    .unwrap();
    let (rules, quiet) = (rules.to_str().unwrap(), quiet.to_str().unwrap());
    let compared = |old: &str, new: &str| {
        home.run(&["backtest", "--rules", old, "--against", new, "--mentions", posts.to_str().unwrap()]).out
    };
    let later = compared(rules, quiet);
    assert!(
        later.contains("later    by 3.0 days") && later.contains("0 gained, 0 lost, 0 earlier, 1 later"),
        "{later}"
    );
    std::fs::write(home.path("quiet/mini-9.toml"), PRODUCT.replace("(smoke OR ", "(")).unwrap();
    let earlier = compared(quiet, rules);
    assert!(earlier.contains("0 gained, 0 lost, 1 earlier, 0 later"), "{earlier}");
    std::fs::write(home.path("quiet/mini-9.toml"), PRODUCT.replace("(smoke OR burnt OR fire)", "zeppelin"))
        .unwrap();
    assert!(compared(quiet, rules).contains("1 gained, 0 lost"), "the other way round");
}

/// The smallest encoder there is, which `tools/tiny_encoder.py` makes.
fn tiny_encoder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/encoder")
}

#[test]
fn an_encoder_says_what_posts_mean_if_it_is_named() {
    let home = Home::new();
    let posts: Vec<String> = (0..40)
        .map(|i| {
            let at = format!("2025-01-{:02}T10:00:00Z", i % 28 + 1);
            let what = ["the key broke off", "a keyboard key fell off", "screen cracked", "battery broken after a day"];
            let how = ["I hate it", "awful, I want my money back", "terrible", "what a disappointment, it still fails"];
            let text = format!("my mini 9: {}, {} ({i})", what[i % 4], how[i / 4 % 4]);
            json!({"id": i.to_string(), "source": "s", "author": format!("a{i}"), "created_at": at, "text": text})
                .to_string()
        })
        .collect();
    let posts = home.write("posts.jsonl", &posts.join("\n"));
    let (rules, assigned) = (home.path("rules"), home.path("assigned.jsonl"));
    let mut runs = Vec::new();
    for model in [tiny_encoder(), tiny_encoder().join("model.safetensors"), "built-in".into()] {
        let mut args = vec!["backtest", "--rules", rules.to_str().unwrap(), "--format", "jsonl", "--model"];
        args.extend([model.to_str().unwrap(), "--mentions", posts.to_str().unwrap()]);
        args.extend(["--assignments", assigned.to_str().unwrap()]);
        let ran = home.run(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        runs.push(std::fs::read_to_string(&assigned).unwrap());
    }
    assert!(runs[0].lines().count() > 10, "{}", runs[0]);
    assert_eq!(runs[0], runs[1], "a folder, and the weights in it, are the same encoder");
    assert_ne!(runs[0], runs[2], "and not the table");
}

#[test]
fn an_encoder_that_cannot_be_used_is_told_by_file_and_remedy() {
    let home = Home::new();
    let encoder = home.path("encoder");
    let posts = home.write("posts.jsonl", "");
    let refused = |model: &std::path::Path| {
        let model = model.to_str().unwrap();
        let ran = home.run(&["backtest", "--mentions", posts.to_str().unwrap(), "--model", model]);
        assert_ne!(ran.code, 0);
        ran.err
    };
    let err = refused(&encoder);
    assert!(err.contains("cannot be read") && err.contains("a path"), "{err}");
    std::fs::create_dir(&encoder).unwrap();
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(tiny_encoder().join(file), encoder.join(file)).unwrap();
    }
    let err = refused(&encoder);
    assert!(err.contains("tokenizer.json cannot be read") && err.contains("models/README.md"), "{err}");
    std::fs::copy(tiny_encoder().join("tokenizer.json"), encoder.join("tokenizer.json")).unwrap();
    let weights = std::fs::read(tiny_encoder().join("model.safetensors")).unwrap();
    std::fs::write(encoder.join("model.safetensors"), &weights[..weights.len() / 2]).unwrap();
    let err = refused(&encoder);
    assert!(err.contains("model.safetensors cannot be read") && err.contains("fetch it again"), "{err}");
    let config = std::fs::read_to_string(encoder.join("config.json")).unwrap();
    std::fs::write(encoder.join("config.json"), config.replace("\"bert\"", "\"mpnet\"")).unwrap();
    let err = refused(&encoder);
    assert!(err.contains("model_type is \"mpnet\"") && err.contains("all-MiniLM-L6-v2"), "{err}");
}

#[test]
fn an_export_with_the_newest_first_gives_what_it_gives_in_order() {
    let home = Home::new();
    let line = |id: u32, at: &str, text: &str| {
        json!({"id": id.to_string(), "source": "s", "author": format!("a{id}"), "created_at": at, "text": text})
            .to_string()
    };
    let mut posts = vec![
        line(1, "2025-01-06T10:00:00Z", "smoke from the battery of my mini 9, and a smell in the whole room"),
        line(2, "2025-01-07T11:00:00Z", "who else sees smoke? mini 9, one year old, battery hot as an oven"),
        line(3, "2025-01-10T10:00:00Z", "burnt fingers: mini 9 battery, it glows in the dark like a stove"),
    ];
    let of = |posts: &[String]| {
        let file = home.write("posts.jsonl", &posts.join("\n"));
        let (rules, file) = (home.path("rules"), file.to_str().unwrap().to_owned());
        home.run(&["backtest", "--rules", rules.to_str().unwrap(), "--mentions", &file])
    };
    let sorted = of(&posts);
    posts.reverse();
    let reversed = of(&posts);
    assert!(sorted.out.contains("1 alert opened") && sorted.err.is_empty(), "{}{}", sorted.out, sorted.err);
    assert_eq!(reversed.out, sorted.out);
    assert!(reversed.err.contains("put in order of arrival"), "{}", reversed.err);
}
