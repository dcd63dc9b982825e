//! Letters that wait, and the links of letters.

use super::*;

#[test]
fn letters_wait_while_the_mail_server_is_down() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"groundswell@example.org\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
    );
    let source = format!(
        "[[source]]\nname = \"history\"\nkind = \"jsonl\"\npath = \"{}\"\nreplay = true\n",
        demo("mentions.jsonl").display()
    );
    let place = Place::new(&source, &mail);
    let mut child = place.start();
    let waiting = || {
        rusqlite::Connection::open(place.path("data/groundswell.db"))
            .and_then(|db| {
                db.query_row(
                    "SELECT count(*) FROM outbox WHERE state = 'waiting' AND attempts > 0",
                    [],
                    |row| row.get::<_, i64>(0),
                )
            })
            .unwrap_or(0)
    };
    wait_until("a letter that was tried", || waiting() > 0);
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
    assert!(waiting() > 0);
}

/// What an HTTP server on this machine answers: status and all that follows.
fn http(port: u16, method: &str, path: &str, body: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[test]
fn the_links_of_a_letter_ask_once_and_do_what_the_commands_do() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let source = format!(
        "[[source]]\nname = \"history\"\nkind = \"jsonl\"\npath = \"{}\"\nreplay = true\n",
        demo("mentions.jsonl").display()
    );
    let base = format!("http://127.0.0.1:{port}");
    let web = format!("[web]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{base}\"\n");
    let place = Place::new(&source, &web);
    let teams = place.path("rules/teams.toml");
    let two = std::fs::read_to_string(&teams)
        .unwrap()
        .replace("email", "email = [\"ana@example.org\", \"bo@example.org\"] #");
    std::fs::write(&teams, two).unwrap();
    let mut child = place.start();
    let db = || rusqlite::Connection::open(place.path("data/groundswell.db"));
    let count =
        |sql: &str| db().and_then(|db| db.query_row(sql, [], |row| row.get::<_, i64>(0))).unwrap_or(0);
    wait_until("every letter", || {
        count("SELECT count(*) FROM events") > 2
            && count("SELECT count(*) FROM outbox WHERE state = 'sent'") > 2
            && count("SELECT count(*) FROM outbox WHERE state = 'waiting'") == 0
    });
    // The two on the team got copies of their own, each with links that name its reader.
    let letters: Vec<String> = std::fs::read_dir(place.path("data/mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|x| x == "eml"))
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
            parsed.body_text(0).unwrap().into_owned()
        })
        .collect();
    assert_eq!(letters.len() as i64, 2 * count("SELECT count(*) FROM outbox"));
    let open = count("SELECT count(*) FROM events WHERE json_extract(json, '$.kind') = 'opened'");
    assert!(open > 0);
    let paths = |name: &str| -> Vec<String> {
        letters
            .iter()
            .flat_map(|text| {
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                let at = lines.iter().position(|line| *line == name)?;
                Some(lines.get(at + 1)?.strip_prefix(&base)?.to_owned())
            })
            .collect()
    };
    let acts = || count("SELECT count(*) FROM log WHERE kind = 'act'");
    for name in
        ["Seen it:", "Not an issue:", "Silence 7 days:", "Fixed:", "No more e-mails of this team to you:"]
    {
        let found = paths(name);
        assert!(!found.is_empty(), "{name} is in no letter");
        let (status, page) = http(port, "GET", &found[0], "");
        assert!(status == 200 || page.contains("already"), "{name} {page}");
        for header in [
            "content-security-policy: default-src 'none'",
            "referrer-policy: same-origin",
            "cache-control: no-store",
        ] {
            assert!(page.to_lowercase().contains(header), "{header} is not in {page}");
        }
    }
    assert_eq!(acts(), 0, "a GET changes nothing");

    // Silence: asked once, written down with who, and not done twice.
    let silence = paths("Silence 7 days:").remove(0);
    let (_, asked) = http(port, "GET", &silence, "");
    assert!(asked.contains("<form method=\"post\"") && asked.contains("for 7 days"), "{asked}");
    let (status, done) = http(port, "POST", &silence, "sure=yes");
    assert!(status == 200 && done.contains("<h1>Done</h1>"), "{done}");
    assert_eq!(acts(), 1);
    let (_, again) = http(port, "POST", &silence, "sure=yes");
    assert!(again.contains("silent already"), "{again}");
    assert_eq!(acts(), 1);
    // Pressed by mistake: the page that says so takes it back, once.
    let undo = done.split("action=\"../act/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let undo = format!("/act/{undo}");
    assert!(http(port, "POST", &undo, "sure=yes").1.contains("gets e-mails about this alert again"));
    assert!(http(port, "POST", &undo, "sure=yes").1.contains("nothing to take back"));
    assert_eq!(acts(), 2);
    let by: String = db()
        .unwrap()
        .query_row("SELECT json_extract(body, '$.act.by') FROM log WHERE kind = 'act'", [], |row| row.get(0))
        .unwrap();
    assert!(by.contains("@example.org (team netbooks, by a link)"), "{by}");

    // Forged: one letter of the link is another one.
    let mut forged = silence.clone().into_bytes();
    let last = forged.len() - 10;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let (status, page) = http(port, "POST", &String::from_utf8(forged).unwrap(), "sure=yes");
    assert!(status == 404 && page.contains("does not work"), "{page}");
    assert_eq!(http(port, "GET", "/", "").0, 404);

    // One click, as mail programs do it; both leave, and somebody is needed.
    let offs: std::collections::BTreeSet<String> =
        paths("No more e-mails of this team to you:").into_iter().collect();
    for off in &offs {
        let (status, _) = http(port, "POST", off, "List-Unsubscribe=One-Click");
        assert_eq!(status, 200);
    }
    assert_eq!(acts(), 4);
    let status = place.run(&["status"]);
    let text = String::from_utf8_lossy(&status.stdout).into_owned();
    assert_eq!(status.status.code(), Some(1), "{text}");
    assert!(text.contains("left      ana@example.org") && text.contains("nobody is left"), "{text}");
    let back = place.run(&["leave", "netbooks", "ana@example.org", "--undo"]);
    assert!(back.status.success(), "{}", said(&back));
    let text = String::from_utf8_lossy(&place.run(&["status"]).stdout).into_owned();
    assert!(!text.contains("left      ana@example.org") && !text.contains("nobody is left"), "{text}");
    assert_eq!(place.run(&["leave", "netbooks", "eve@example.org"]).status.code(), Some(2));
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
}
