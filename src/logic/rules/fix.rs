//! Applying fixes to rule files.

use std::collections::{BTreeMap, BTreeSet};

use super::RuleSet;
use super::load::shown_name;
use crate::ground::diagnostic::{Diagnostic, Level};
use crate::ground::entry::{NOT_UTF8, RuleFile, RuleFiles};

/// Times that fixes are looked for: one may bring another mistake to light.
const ROUNDS: usize = 5;
/// Fixes that are tried one by one, where together they make errors.
const MOST_ALONE: usize = 100;

/// The files with every fix applied that the check offers; those that did not change are left out. Nothing is
/// changed unless there are fewer of the problems that were mended.
pub fn fixed(files: &RuleFiles) -> Vec<RuleFile> {
    let mut now = files.clone();
    let mut problems = RuleSet::load(&now).1;
    for _ in 0..ROUNDS {
        let tried = with_fixes(&now, &harmless(&now, &problems));
        let after = RuleSet::load(&tried).1;
        // What a broken line hid may come to light, so the whole need not be less: those that were mended must be.
        let codes: BTreeSet<_> = problems.iter().filter(|d| d.fix.is_some()).map(|d| d.code).collect();
        let left = |all: &[Diagnostic]| all.iter().filter(|d| codes.contains(d.code)).count();
        if tried.files == now.files || left(&after) >= left(&problems) {
            break;
        }
        (now, problems) = (tried, after);
    }
    let changed = now.files.into_iter().zip(&files.files).filter(|(new, old)| new.text != old.text);
    changed.map(|(new, _)| new).collect()
}

/// Those problems whose fixes make no errors: rules that were taken before are taken after. Where there are errors already one
/// may hide another that comes to light elsewhere; what stands on the lines of the fix itself is of its making.
fn harmless(files: &RuleFiles, problems: &[Diagnostic]) -> Vec<Diagnostic> {
    let is_error = |d: &Diagnostic| d.level == Level::Error;
    if !RuleSet::load(&with_fixes(files, problems)).1.iter().any(is_error) {
        return problems.to_vec();
    }
    let sound = !problems.iter().any(is_error);
    let alone = |d: &&Diagnostic| {
        let tried = with_fixes(files, std::slice::from_ref(*d));
        let after = RuleSet::load(&tried).1;
        if sound {
            return !after.iter().any(is_error);
        }
        let (Some(fix), Some(place)) = (&d.fix, &d.place) else { return true };
        let lines = |files: &RuleFiles, from: usize, to: usize| {
            let file = files.files.iter().find(|file| shown_name(&files.folder, &file.path) == place.file);
            let line =
                |at| file.and_then(|file| file.text.get(..at)).map_or(0, |text| text.matches('\n').count());
            line(from) + 1..=line(to) + 1
        };
        // What has a fix of its own is mended in the next round.
        let left = |all: &[Diagnostic], lines: std::ops::RangeInclusive<usize>| {
            let there = |d: &&Diagnostic| {
                d.place.as_ref().is_some_and(|p| p.file == place.file && lines.contains(&p.line))
            };
            all.iter().filter(|d| is_error(d) && d.fix.is_none()).filter(there).count()
        };
        let end = fix.start + fix.text.len();
        left(&after, lines(&tried, fix.start, end)) <= left(problems, lines(files, fix.start, fix.end))
    };
    problems.iter().filter(|d| d.fix.is_some()).take(MOST_ALONE).filter(alone).cloned().collect()
}

fn with_fixes(files: &RuleFiles, problems: &[Diagnostic]) -> RuleFiles {
    let mut by_file: BTreeMap<&str, Vec<(usize, usize, &str)>> = BTreeMap::new();
    for problem in problems {
        if let (Some(place), Some(fix)) = (&problem.place, &problem.fix) {
            by_file.entry(place.file.as_str()).or_default().push((fix.start, fix.end, fix.text.as_str()));
        }
    }
    let apply = |file: &RuleFile| {
        // What could not be read would be lost.
        if file.text.contains(NOT_UTF8) {
            return file.clone();
        }
        let name = shown_name(&files.folder, &file.path);
        let mut fixes = by_file.get(name.as_str()).cloned().unwrap_or_default();
        fixes.sort_unstable();
        let (mut text, mut at) = (String::with_capacity(file.text.len()), 0);
        for (start, end, with) in fixes {
            // Of two that overlap the first is taken; the other comes in the next round.
            let Some(before) = file.text.get(at..start).filter(|_| start >= at) else { continue };
            text.push_str(before);
            // `a||b` needs blanks around OR, `a || b` has them.
            let blank = text.ends_with(char::is_whitespace);
            text.push_str(if blank { with.trim_start() } else { with });
            at = end;
            if text.ends_with(' ') && file.text.get(at..).is_some_and(|rest| rest.starts_with(' ')) {
                text.pop();
            }
        }
        text.push_str(file.text.get(at..).unwrap_or_default());
        RuleFile { path: file.path.clone(), text }
    };
    RuleFiles { folder: files.folder.clone(), files: files.files.iter().map(apply).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEAMS: &str = "[team.netbooks]\nemail = [\"netbooks@example.org\"]\n";
    const PRODUCT: &str =
        "[product]\nid = \"mini-9\"\nname = \"Mini 9\"\nmatch = '\"mini 9\" OR mini9'\nteam = \"netbooks\"\n";

    fn mended(product: &str) -> (String, Vec<&'static str>) {
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let teams = "[team.netbooks]\nemail = [\"a@example.org\"]\n";
        let mut files = RuleFiles {
            folder: "rules".into(),
            files: vec![file("mini-9.toml", product), file("teams.toml", teams)],
        };
        let changed = fixed(&files);
        if let Some(new) = changed.first() {
            files.files[0] = new.clone();
        }
        let left = RuleSet::load(&files).1.into_iter().map(|d| d.code).collect();
        (files.files[0].text.clone(), left)
    }

    #[test]
    fn what_is_surely_meant_is_mended_and_the_rest_is_left() {
        let wrong = "# ours\n[product]\nid = \"mini-9\"\nnmae = \"Mini 9\"\nmatch = '“mini 9” || mini9 or kеys W/8 close'  # here\nteam = \"netbook\"\n\n[topic]\nid = \"t\"\ntitle = \"T\"\nmatch = '-golf keys'\nseverity = \"Hihg\"\n[[topic.example]]\ntext = \"keys\"\nexpect = True\n";
        let right = "# ours\n[product]\nid = \"mini-9\"\nname = \"Mini 9\"\nmatch = '\"mini 9\" OR mini9 OR keys NEAR/8 close'  # here\nteam = \"netbooks\"\n\n[[topic]]\nid = \"t\"\ntitle = \"T\"\nmatch = 'NOT golf keys'\nseverity = \"high\"\n[[topic.example]]\ntext = \"keys\"\nexpect = true\n";
        assert_eq!(mended(wrong), (right.to_owned(), vec![]));
    }

    #[test]
    fn no_fix_ends_in_an_error_of_its_own() {
        let with = |query: &str| PRODUCT.replace("'\"mini 9\" OR mini9'", query);
        for (wrong, right) in [
            ("'mini9 -is:retweet'", "'mini9'"),
            ("'mini9 NOT is:retweet keys'", "'mini9 keys'"),
            ("`mini9 OR \"mini 9\"`", "'mini9 OR \"mini 9\"'"),
            ("'mini9 url:forum.example.org'", "'mini9 site:forum.example.org'"),
            ("'mini9 XOR netbook'", "'mini9 OR netbook'"),
        ] {
            assert_eq!(mended(&with(wrong)), (with(right), vec![]), "{wrong}");
        }
        // Nobody knows what was meant: it stays as it was written.
        let segment = format!("{PRODUCT}[[segment]]\nid = \"pro\"\nmatch = 'pro'\n");
        for left in [with("'mini9 url:reviews'"), with("'(is:retweet OR mini9)'"), segment] {
            assert_eq!(mended(&left).0, left);
        }
        let lists = |text: &str| format!("{}\n[words]\n{text}", with("'$brake'"));
        for key in ["$brake", "\"$brake\""] {
            let wrong = lists(&format!("{key} = [\"brake\"]\n"));
            assert_eq!(mended(&wrong), (lists("brake = [\"brake\"]\n"), vec![]), "{key}");
        }
        let topic = |open: &str, id: &str, close: &str| {
            format!("{open}topic{close}\nid = \"{id}\"\ntitle = \"{id}\"\nmatch = '{id}'\n")
        };
        let right = format!("{PRODUCT}{}{}", topic("[[", "keys", "]]"), topic("[[", "lids", "]]"));
        for (one, other) in [(("[", "]"), ("[[", "]]")), (("[[", "]]"), ("[", "]"))] {
            let two = format!("{PRODUCT}{}{}", topic(one.0, "keys", one.1), topic(other.0, "lids", other.1));
            assert_eq!(mended(&two), (right.clone(), vec![]));
        }
    }

    #[test]
    fn keys_of_other_tools_are_mended() {
        let product = "[product]\nid = \"mini-9\"\nname = \"Mini 9\"\nquery = 'mini9'\nexclude = 'golf'\nteam = \"netbooks\"\n";
        let right = product.replace("query", "match").replace("exclude", "not");
        assert_eq!(mended(product), (right, vec![]));
        let teams = |lines: &str| format!("{TEAMS}{lines}\n");
        let wrong = teams("timezone = \"Europe/Lisbon\"\nquiet = \"20:00-24:00\"");
        assert_eq!(changed(PRODUCT, &wrong), teams("zone = \"Europe/Lisbon\"\nquiet = \"20:00-00:00\""));
    }

    #[test]
    fn sound_rules_stay_as_they_are() {
        let sound = "[product]\nid = \"mini-9\"\nname = \"M\"\nmatch = 'mini9'\nteam = \"netbooks\"\n";
        assert_eq!(mended(sound).0, sound);
        let lost = sound.replace("'mini9'", "'(mini9'");
        assert_eq!(mended(&lost).0, lost, "nobody knows where it was to end");
    }

    /// What `--fix` makes of these files, by the text of the first that it changes.
    fn changed(text: &str, teams: &str) -> String {
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let files = vec![file("teams.toml", teams), file("mini-9.toml", text)];
        let fixed = fixed(&RuleFiles { folder: "rules".into(), files });
        fixed.into_iter().next().map(|file| file.text).unwrap_or_default()
    }

    #[test]
    fn slips_are_mended() {
        let with = |query: &str| PRODUCT.replace("'\"mini 9\" OR mini9'", query);
        for (slip, meant) in [
            ("“mini9 OR \u{201e}mini 9\"”", ""),
            ("“mini9”", "'mini9'"),
            ("\"mini 9\" OR mini9", "'\"mini 9\" OR mini9'"),
            ("'mini9    # ours", "'mini9'    # ours"),
            ("\"mini9\";", "\"mini9\""),
            ("\"mini9 OR\nnetbook\"", "\"mini9 OR netbook\""),
            ("\"mini9\" -- ours", "\"mini9\"  # ours"),
            ("'mini9 oder netbook'", "'mini9 OR netbook'"),
            ("'mini9 NEAR:3 keys'", "'mini9 NEAR/3 keys'"),
        ] {
            let meant = if meant.is_empty() { String::new() } else { with(meant) };
            assert_eq!(changed(&with(slip), TEAMS), meant, "{slip}");
        }
        let more = |more: &str| format!("{}\n{more}", with("'$leak'"));
        for (slip, meant) in [
            ("[words]\nleak = \"leak, drip\"\n", "[words]\nleak = [\"leak\", \"drip\"]\n"),
            ("[words]\nleak = (leak, drip)\n", "[words]\nleak = [\"leak\", \"drip\"]\n"),
            ("[words]\nleak = [\"leak\"\n", "[words]\nleak = [\"leak\"]\n"),
            ("[words\nleak = [\"leak\"]\n", "[words]\nleak = [\"leak\"]\n"),
        ] {
            assert_eq!(changed(&more(slip), TEAMS), more(meant), "{slip}");
        }
        assert_eq!(changed(&PRODUCT.replace('\n', "\r"), TEAMS), PRODUCT);
        let topic = |id: &str, open: &str, close: &str| {
            format!("{open}topic{close}\nid = \"{id}\"\ntitle = \"{id}\"\nmatch = '{id}'\n")
        };
        let two = |open: &str, close: &str| {
            format!("{PRODUCT}{}{}", topic("keys", open, close), topic("lids", open, close))
        };
        assert_eq!(changed(&two("[", "]"), TEAMS), two("[[", "]]"));
        let own = |open: &str, close: &str| {
            format!(
                "{TEAMS}{open}team.netbooks.recipient{close}\nemail = \"b@example.org\"\nalerts = \"daily 08:00\"\n"
            )
        };
        assert_eq!(changed(PRODUCT, &own("[", "]")), own("[[", "]]"));
    }
}
