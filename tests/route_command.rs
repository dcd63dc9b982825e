//! `route`: who would be written to, when, and by which line; and scenarios that expect a letter in the morning.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may stop")]

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt as _;

fn run(args: &[&str]) -> (i32, String, String) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let ran = Command::cargo_bin("groundswell").unwrap().current_dir(here).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap_or(-1), text(ran.stdout), text(ran.stderr))
}

fn route(args: &[&str]) -> (i32, String, String) {
    run(&[&["route", "--rules", "two-products", "--at", "2025-01-11T12:00:00Z"], args].concat())
}

#[test]
fn a_route_is_told_with_its_line_and_when_the_letter_would_go() {
    let (code, out, err) = route(&["--product", "kettle", "--region", "BR", "--explain"]);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!(out, @r"
    kettle, a complaint that no topic names, severity normal, region BR
      team brazil: by the route in two-products/teams.toml:30
          brazil@example.org, not before 2025-01-13 11:00 UTC: the team has quiet hours

      The routes, in order
        two-products/teams.toml:25  does not fit: severity is normal, not safety
        two-products/teams.toml:30  fits: brazil, and that decides
    ");
    let (code, out, _) = route(&["--text", "burnt my finger on the steam of the aster kettle", "--explain"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r"
    kettle, topic burns, severity safety (told once a second person says it), language en
      team kitchen: owns the product (two-products/kettle.toml:8)
          kitchen@example.org, at once
      team safety: by the route in two-products/teams.toml:25
          safety@example.org, at once

      The routes, in order
        two-products/teams.toml:25  fits: safety too, whatever decides
        two-products/teams.toml:30  does not fit: region is not known, not br
        two-products/kettle.toml:8  the product's own team: kitchen
    ");
}

#[test]
fn danger_passes_quiet_hours_and_a_program_can_read_it() {
    let args =
        ["--product", "sweep", "--severity", "safety", "--region", "BR-SP", "--format", "json", "--explain"];
    let (code, out, _) = route(&args);
    let said: serde_json::Value = serde_json::from_str(&out).unwrap();
    let teams: Vec<_> = said["teams"].as_array().unwrap().iter().map(|t| (&t["team"], &t["waits"])).collect();
    assert_eq!((code, teams.len(), teams.iter().all(|(_, waits)| waits.is_null())), (0, 2, true), "{out}");
    assert_eq!((teams[0].0, said["routes"].as_array().unwrap().len()), (&"safety".into(), 2));
}

#[test]
fn what_is_unknown_is_named_and_what_reaches_nobody_is_said() {
    let (code, _, err) = route(&["--product", "ketle"]);
    assert_eq!(
        (code, err.contains("there is no product \"ketle\"; did you mean kettle?")),
        (2, true),
        "{err}"
    );
    let (code, _, err) = route(&["--product", "kettle", "--topic", "burnt"]);
    assert_eq!(
        (code, err.contains("kettle has no topic \"burnt\"; did you mean burns?")),
        (2, true),
        "{err}"
    );
    for (product, segment, said) in [
        ("sweep", "no-such", "--segment: sweep has no segment \"no-such\"; there are \""),
        (
            "kettle",
            "x",
            "--segment: kettle has no segment \"x\"; it has none; [segments] in kettle.toml makes them",
        ),
    ] {
        let (code, _, err) = route(&["--product", product, "--segment", segment]);
        assert!(code == 2 && err.contains(said), "{err}");
    }
    // Posts may be of sources that are named nowhere, so that is said and not refused.
    let (code, _, err) = route(&["--product", "kettle", "--source", "nowhere"]);
    assert!(code == 0 && err.contains("no [[route]] names a source \"nowhere\"; the routes name"), "{err}");
    let (code, _, err) = route(&["--text", "nothing of ours"]);
    assert_eq!((code, err.contains("no rule is about this text")), (1, true), "{err}");
    assert_eq!(route(&[]).0, 2, "something has to be asked");
}

#[test]
fn codes_that_no_post_has_are_told_as_in_a_rule() {
    for (args, said) in [
        (
            ["--region", "UK"],
            "--region UK: no country has the code \"UK\": no post would ever have it; did you mean GB?",
        ),
        (["--region", "Brazil"], "write BR"),
        (["--region", "EU"], "name those that you mean"),
        (["--language", "German"], "write de"),
        (["--language", "jp"], "did you mean ja"),
        (["--language", "German 1"], "write the code of ISO 639"),
    ] {
        let (code, _, err) = route(&[&["--product", "kettle"], &args[..]].concat());
        assert_eq!((code, err.contains(said)), (2, true), "{args:?}: {err}");
    }
    let (code, _, err) = route(&["--product", "kettle", "--language", "br"]);
    assert_eq!((code, err.contains("is Breton")), (0, true), "{err}");
}

#[test]
fn a_scenario_can_say_when_the_letter_has_to_be_out() {
    let (code, _, err) = run(&["test", "--rules", "two-products"]);
    assert_eq!(code, 0, "{err}");
    // The same a day earlier is more than quiet hours allow, and it is said until when the letter waits.
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("tests")).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/two-products");
    let mut changed = 0;
    for folder in ["", "tests"] {
        for entry in std::fs::read_dir(here.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let earlier = text.replace("told_by = \"day 29 11:00\"", "told_by = \"day 28 11:00\"");
            changed += usize::from(earlier != text);
            std::fs::write(dir.path().join(folder).join(path.file_name().unwrap()), earlier).unwrap();
        }
    }
    assert_eq!(changed, 1);
    let (code, out, _) = run(&["test", "--rules", dir.path().to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(out.contains("for team brazil (told at 2025-03-31 11:00: the team has quiet hours)"), "{out}");
    assert!(out.contains("is told too late"), "{out}");
    assert!(!out.contains("does not") && !out.contains("would open") && !out.contains("1 days"), "{out}");
}

#[test]
fn what_opens_nothing_by_itself_is_told() {
    let (code, out, err) = route(&["--text", "the aster kettle arrived today, thanks"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("does not read as a complaint") && out.contains("team kitchen"), "{out}");
    let (_, out, _) = route(&["--text", "the aster kettle arrived broken, awful"]);
    assert!(!out.contains("nothing opens"), "{out}");
}
