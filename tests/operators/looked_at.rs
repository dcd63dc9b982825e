//! What is looked at without a daemon: files that the settings name, and what the last run wrote down.

use super::*;

#[test]
fn the_doctor_sees_that_the_token_of_a_source_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        path.display().to_string()
    };
    let (blank, good) = (file("blank", " \n"), file("good", "token\n"));
    let handed = "/run/credentials/groundswell.service/gh";
    let cases = [
        (
            "mastodon",
            "server = 'https://m.example'\ntags = ['a']\ntoken_file = '/nonexistent/t'",
            "`token_file` cannot be read",
        ),
        ("github", &format!("repo = 'a/b'\ntoken_file = '{blank}'"), "it is empty"),
        (
            "github",
            &format!("repo = 'a/b'\ntoken_file = '{handed}'"),
            "is to be handed over by systemd, and the unit does not do so",
        ),
        (
            "youtube",
            "key_file = '/dev'\nvideos = ['dQw4w9WgXcQ']",
            "`key_file` cannot be read: /dev: it is a folder",
        ),
        ("x", "token_file = '/nonexistent/t'\nrules = ['a']", "`token_file` cannot be read"),
        (
            "reddit",
            "client_id = 'c'\nsecret_file = '/nonexistent/s'\nsubreddits = ['bikes']",
            "`secret_file` cannot be read",
        ),
        ("stackexchange", "tags = ['a']\nkey_file = '/nonexistent/k'", "`key_file` cannot be read"),
        (
            "nats",
            "stream = 'a'\nconsumer = 'c'\ntoken_file = '/nonexistent/n'",
            "`token_file` cannot be read",
        ),
    ];
    let sources: String = cases
        .iter()
        .enumerate()
        .map(|(n, (kind, keys, _))| format!("[[source]]\nname = 's{n}'\nkind = '{kind}'\n{keys}\n"))
        .collect();
    let sound = format!("[[source]]\nname = 'sound'\nkind = 'github'\nrepo = 'a/b'\ntoken_file = '{good}'\n");
    let (_, said) = Home::new(&format!("{sources}{sound}")).run(&["doctor"]);
    for (n, (kind, keys, words)) in cases.iter().enumerate() {
        let begin = format!("WRONG sources   s{n}: ");
        let line = said.lines().find(|line| line.starts_with(&begin)).unwrap_or_default();
        assert!(line.contains(words), "{kind} {keys}: {line:?} in {said}");
    }
    assert!(said.contains("ok    sources   sound: `token_file` can be read"), "{said}");
}

#[test]
fn what_the_last_run_said_is_told_as_that_and_not_when_it_is_mended() {
    let home = Home::new("").with_a_post();
    let file = home.path("export.jsonl").display().to_string();
    let jsonl = format!("[[source]]\nname = 'export'\nkind = 'jsonl'\npath = '{file}'\n");
    let feed =
        |name: &str| format!("[[source]]\nname = '{name}'\nkind = 'feed'\nurl = 'http://127.0.0.1:1/feed'\n");
    let settings = std::fs::read_to_string(home.path("g.toml")).unwrap();
    home.write("g.toml", &format!("{settings}{jsonl}{}{}", feed("press"), feed("shut")));
    let at = "2026-01-01T10:00:30Z";
    let note = serde_json::json!({
        "export": {"state": "failed", "since": at, "tried_again": true, "last_error_at": at,
            "last_error": format!("source \"export\": cannot open {file}: No such file or directory (os error 2)")},
        "press": {"state": "failed", "since": at, "last_error_at": at, "last_error": "source \"press\": is gone for good"},
        "shut": {"state": "retrying", "since": at, "last_error_at": at, "refused_outright": true, "last_error": "answers 404"},
        "removed": {"state": "failed", "since": at, "last_error_at": at, "last_error": "is wrong"},
    });
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    db.execute("INSERT INTO notes VALUES ('sources', ?)", [note.to_string()]).unwrap();
    let daemon = serde_json::json!({"pid": 1, "started_at": at, "at": "2026-01-01T11:00:00Z"}).to_string();
    db.execute("INSERT INTO notes VALUES ('daemon', ?)", [daemon]).unwrap();
    let then = "failed in the last run, which ended at 2026-01-01 11:00 UTC: ";
    let (_, said) = home.run(&["status"]);
    assert!(said.contains(&format!("source export {then}cannot open")), "{said}");
    assert!(
        said.contains(&format!("source press {then}is gone for good; the next start tries it again")),
        "{said}"
    );
    assert!(said.contains("; last trouble at 2026-01-01 10:00 UTC: answers 404"), "{said}");
    assert!(!said.contains("source removed") && !said.contains("is wrong"), "{said}");
    // Mended, it is accused by nobody any more; what the other side says is not known before it is asked.
    home.write("export.jsonl", "");
    for command in ["status", "doctor"] {
        let (_, said) = home.run(&[command]);
        assert!(!said.contains("source export") && said.contains(&format!("source press {then}")), "{said}");
    }
    let (_, said) = home.run(&["doctor"]);
    assert!(said.contains("shut: when it was asked last (2026-01-01 10:00 UTC), answers 404"), "{said}");
}

#[test]
fn what_is_no_file_of_settings_or_no_model_is_refused_before_it_is_read() {
    let home = Home::new("[clusters]\nmodel = '/dev/zero'\n");
    let (code, said) = home.run(&["status"]);
    assert!(code == 78 && said.contains("/dev/zero cannot be read: it is no ordinary file"), "{code} {said}");
    let ran = Command::cargo_bin("groundswell")
        .unwrap()
        .args(["status", "--config", "/dev/zero"])
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.code() == Some(78) && said.contains("it is no ordinary file"), "{said}");
}

#[test]
fn letters_that_are_let_go_again_are_counted_apart() {
    let home = Home::new("").with_a_post();
    let (code, said) = home.run(&["mail", "retry"]);
    assert!(code == 0 && said.contains("no letter is parked, and none waits to be sent"), "{said}");
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    db.execute(
        "INSERT INTO outbox (message_id, alert, number, recipients, state, attempts, made_at, next_at, said)
         VALUES ('<a>', 'a', 1, '[]', 'parked', 1, 0, 0, '')",
        [],
    )
    .unwrap();
    let (_, said) = home.run(&["mail", "retry"]);
    assert!(said.contains("1 letter that was parked is in the queue again. No daemon is running"), "{said}");
}
