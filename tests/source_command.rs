//! `groundswell source`: which sources there are, and whether one works.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use assert_cmd::Command;
use serde_json::Value;

/// Code, standard output and standard error of a run.
fn run(args: &[&str]) -> (i32, String, String) {
    let ran = Command::cargo_bin("groundswell")
        .unwrap()
        .args(args)
        .env_remove("GROUNDSWELL_CONFIG")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[test]
fn every_kind_of_source_is_shown_with_settings_that_can_be_used() {
    let (code, listed, _) = run(&["source", "list"]);
    assert_eq!(code, 0);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("golden/commands");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("source_list", listed));
    // All of it together is a settings file.
    let file: toml::Table = toml::from_str(&listed).unwrap();
    assert_eq!(file["source"].as_array().unwrap().len(), listed.matches("[[source]]").count());
    let (_, one, _) = run(&["source", "list", "feed", "--format", "json"]);
    let kind: Value = serde_json::from_str(&one).unwrap();
    assert!(kind["example"].as_str().unwrap().contains("kind = \"feed\""));
    let (code, _, said) = run(&["source", "list", "fax"]);
    assert_eq!(code, 2);
    assert!(said.contains("\"fax\"") && said.contains("jetstream"), "{said}");
}

#[test]
fn a_source_is_tried_without_storing_anything() {
    let dir = tempfile::tempdir().unwrap();
    let (posts, config) = (dir.path().join("posts.jsonl"), dir.path().join("groundswell.toml"));
    let line = |n: i32| {
        format!(
            "{{\"id\":\"{n}\",\"source\":\"it\",\"text\":\"kettle {n}\",\"created_at\":\"2026-01-01T00:00:00Z\"}}\n"
        )
    };
    std::fs::write(&posts, format!("nonsense\n{}", (0..30).map(line).collect::<String>())).unwrap();
    let settings = format!(
        "[data]\nfolder = \"{}\"\n[[source]]\nname = \"it\"\nkind = \"jsonl\"\npath = \"{}\"\n\
         [[source]]\nname = \"away\"\nkind = \"feed\"\nurl = \"http://127.0.0.1:1/feed\"\n",
        dir.path().join("data").display(),
        posts.display()
    );
    std::fs::write(&config, settings).unwrap();
    let config = config.to_str().unwrap();
    let (code, out, said) = run(&["source", "test", "it", "--config", config]);
    assert_eq!((code, out.lines().count()), (0, 10), "{said}");
    let first: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((&first["id"], &first["text"]), (&"0".into(), &"kettle 0".into()));
    for words in
        ["no post: line 1", "position: {", "limit: it names none", "10 posts shown", "nothing was stored"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!dir.path().join("data").exists());
    let (code, _, said) = run(&["source", "test", "away", "--config", config, "--seconds", "1"]);
    assert_eq!(code, 69);
    assert!(said.contains("http://127.0.0.1:1/feed does not answer"), "{said}");
    assert!(said.contains("not connected to: http://127.0.0.1:1/feed"), "{said}");
    let (code, _, said) = run(&["source", "test", "fax", "--config", config]);
    assert_eq!(code, 2);
    assert!(said.contains("they have it, away"), "{said}");
}

#[test]
fn who_has_no_access_is_told_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    // Whoever asks is refused.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            use std::io::{Read, Write};
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).unwrap();
            let body = "{\"title\":\"Unauthorized\",\"detail\":\"Unauthorized\",\"status\":401}";
            let answer = format!(
                "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let key = dir.path().join("key");
    std::fs::write(&key, "k3y").unwrap();
    let key = key.display();
    let config = dir.path().join("groundswell.toml");
    let settings = format!(
        "[data]\nfolder = \"{}\"\n[[source]]\nname = \"x\"\nkind = \"x\"\ntoken_file = \"{key}\"\nrules = [\"kettle\"]\nserver = \"{server}\"\n\
         [[source]]\nname = \"youtube\"\nkind = \"youtube\"\nkey_file = \"{key}\"\nvideos = [\"abc\"]\nserver = \"{server}\"\n\
         [[source]]\nname = \"reddit\"\nkind = \"reddit\"\nclient_id = \"a\"\nsecret_file = \"{key}\"\nsubreddits = [\"kettles\"]\n\
         server = \"{server}\"\nlogin = \"{server}\"\n\
         [[source]]\nname = \"bus\"\nkind = \"kafka\"\nservers = [\"127.0.0.1:1\"]\ntopics = [\"mentions\"]\n",
        dir.path().join("data").display(),
    );
    std::fs::write(&config, settings).unwrap();
    let mut kinds = vec![
        ("x", "bearer token of an app within a project that has credits"),
        ("youtube", "switched on (console.cloud.google.com"),
        ("reddit", "only to applications that it has approved"),
    ];
    if !cfg!(feature = "kafka") {
        kinds.push(("bus", "build it with `cargo build --release --features kafka`"));
    }
    for (name, words) in kinds {
        let (code, _, said) =
            run(&["source", "test", name, "--config", config.to_str().unwrap(), "--seconds", "1"]);
        assert_ne!(code, 0, "{said}");
        assert!(said.replace('\n', " ").contains(words) && !said.contains("k3y"), "{name}: {said}");
    }
}

#[test]
fn a_feed_readers_list_becomes_tables_that_can_be_appended() {
    let dir = tempfile::tempdir().unwrap();
    let (list, config) = (dir.path().join("feeds.opml"), dir.path().join("groundswell.toml"));
    std::fs::write(
        &list,
        r#"<opml version="2.0"><body><outline text="Press" xmlUrl="https://a.example/rss"/><outline text="Press" xmlUrl="https://b.example/rss"/>
           <outline text="once more" xmlUrl="https://a.example/rss"/><outline text="old" xmlUrl="ftp://f.example/rss"/>
           <outline text="known" xmlUrl="https://known.example/rss"/></body></opml>"#,
    )
    .unwrap();
    let before = "[[source]]\nname = \"press\"\nkind = \"feed\"\nurl = \"https://known.example/rss\"\n";
    std::fs::write(&config, before).unwrap();
    let args = ["source", "import", list.to_str().unwrap(), "--config", config.to_str().unwrap()];
    let (code, out, said) = run(&args);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 feeds; 1 were in the settings already"), "{said}");
    let file: toml::Table = toml::from_str(&format!("{before}{out}")).unwrap();
    let names: Vec<&str> =
        file["source"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["press", "press-2", "press-3"]);
    std::fs::write(&list, "<html>").unwrap();
    let (code, _, said) = run(&args);
    assert_eq!(code, 65);
    assert!(said.contains("feeds.opml is no list of feeds: it is no OPML"), "{said}");
    assert_eq!(run(&["source", "import", "/nonexistent"]).0, 66);
}
