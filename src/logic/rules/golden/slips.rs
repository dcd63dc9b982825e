//! Slips of people who have never seen TOML, and who know queries from other tools.

use super::{PRODUCT, TEAMS, shown_as, with_match, with_more, with_team};
use crate::ground::entry::{RuleFile, RuleFiles};
use crate::logic::rules::report::to_text;
use crate::logic::rules::{RuleSet, load_scenarios, with_unreadable};

#[test]
fn of_toml() {
    with_team("team-in-double-brackets", "[[team]]\nid = \"netbooks\"\nemail = [\"netbooks@example.org\"]\n");
    with_team("team-named-in-double-brackets", "[[team.netbooks]]\nemail = [\"netbooks@example.org\"]\n");
    with_team("team-in-single-brackets", "[team]\nname = \"netbooks\"\nemail = [\"netbooks@example.org\"]\n");
    with_team("team-name-with-a-blank", "[team.netbooks team]\nemail = [\"netbooks@example.org\"]\n");
    with_team(
        "team-list-without-quotes",
        "[team.netbooks]\nemail = [netbooks@example.org, ana@example.org]\n",
    );
    with_team("team-addresses-in-one-text", "[team.netbooks]\nemail = \"a@example.org; b@example.org\"\n");
    with_team("team-addresses-in-one-entry", "[team.netbooks]\nemail = [\"a@example.org, b@example.org\"]\n");
    with_more(
        "key-below-another-heading",
        "[words]\nteam = \"netbooks\"\n[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\nteam = \"netbooks\"\n\
         [[topic.example]]\ntext = \"keys\"\nexpect = true\nseverity = \"high\"\n",
    );
    let words = |words: &str| {
        format!("[words]\n{words}\n[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys NEAR/8 $close'\n")
    };
    with_more("toml-list-without-quotes", &words("close = [close, next to, cramped]"));
    with_more("toml-list-without-brackets", &words("close = \"close\", \"cramped\""));
    with_more("toml-list-without-anything", &words("close = close, next to"));
    with_more("list-with-its-dollar", &words("$close = [\"close\"]"));
    with_more("list-with-its-dollar-in-quotes", &words("\"$close\" = [\"close\"]"));
    let lid = "[topic]\nid = \"lid\"\ntitle = \"Lid\"\nmatch = 'lid'\n";
    with_more("topic-in-single-brackets-among-others", &format!("{}{lid}", words("close = [\"close\"]")));
    with_more("segment-of-a-list-of-tables", "[[segment]]\nid = \"pro\"\nmatch = 'pro'\n");
    with_more("key-of-another-tool", "[[topic]]\nid = \"lid\"\ntitle = \"Lid\"\nkeywords = 'lid'\n");
    let team = |line: &str| format!("{TEAMS}{line}\n");
    with_team("team-timezone", &team("timezone = \"Europe/Lisbon\""));
    with_team("team-quiet-until-24", &team("zone = \"Europe/Lisbon\"\nquiet = \"20:00-24:00\""));
    with_team(
        "route-in-single-brackets-among-others",
        &team(
            "[[route]]\nlanguage = \"de\"\nteam = \"netbooks\"\n[route]\nlanguage = \"fr\"\nteam = \"netbooks\"",
        ),
    );
    let topic = |text: &str| {
        format!(
            "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\n[[topic.example]]\n{text}\nexpect = true\n"
        )
    };
    with_more("toml-text-over-lines", &topic("text = \"the keys\nof mine are\ntoo close\""));
    with_more(
        "toml-query-over-lines",
        "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = '(keys OR buttons)\n  NEAR/3 close'\n",
    );
    with_more("toml-apostrophe-twice", &topic("text = 'can''t find the keys'"));
    with_more("toml-apostrophe-in-a-text", &topic("text = 'can't find the keys'"));
}

#[test]
fn of_queries() {
    for (name, query) in [
        ("query-ampersands-within", "'lid&&leak'"),
        ("query-plus-within", "'lid+leak'"),
        ("query-bar-within", "'lid|cap'"),
        ("query-number-in-words", "'keys rating<=2 stars'"),
        ("query-phrase-ends-in-an-operator", "'\"lid AND\" leak'"),
        ("query-phrase-begins-with-an-operator", "'mini9 \"NOT golf\"'"),
        ("query-operator-xor", "'mini9 XOR keys'"),
        ("query-adj-without-a-number", "'mini9 ADJ keys'"),
        ("query-author-of-two-words", "'mini9 author:Ana Maria'"),
        ("query-field-is-denied", "'mini9 -is:retweet'"),
        ("query-field-url-in-part", "'mini9 url:reviews'"),
        ("toml-backticks", "`mini9 OR \"mini 9\"`"),
        ("query-mixed-in-small-letters", "'mini9 keys or buttons'"),
    ] {
        with_match(name, query);
    }
}

#[test]
fn of_scenarios() {
    let scenario = "[[scenario]]\nname = \"s\"\n[[scenario.usual]]\ndays = \"1-3\"\ntexts = [\"love my mini9\"]\nlang = \"english\"\n\
        [[scenario.post]]\nat = \"day 1 09:00\"\ntext = \"my mini9 is on fire\"\nregion = \"Germany\"\n\
        [[scenario.quiet]]\nproduct = \"mini-9\"\n";
    let told = |name: &str, scenario: &str| {
        let other = PRODUCT.replace("mini-9", "sweep").replace("\"mini 9\" OR mini9", "sweep");
        let product = format!("{PRODUCT}[[topic]]\nid = \"keys\"\ntitle = \"K\"\nmatch = 'keys'\n");
        let files = [
            ("mini-9.toml", product.as_str()),
            ("sweep.toml", &other),
            ("teams.toml", TEAMS),
            ("tests/a.toml", scenario),
        ];
        let files = files.map(|(path, text)| RuleFile { path: path.into(), text: text.into() });
        let files = RuleFiles { folder: "rules".into(), files: files.to_vec() };
        let rules = RuleSet::load(&files).0.unwrap();
        shown_as(name, &to_text(&load_scenarios(&files, &rules).1, &files, false));
    };
    told("scenario-codes-written-out", scenario);
    let post = |at: &str| {
        format!("[[scenario]]\nname = \"s\"\n[[scenario.post]]\nat = \"{at}\"\ntext = \"my mini9\"\n")
    };
    let quiet = |of: &str| format!("[[scenario.quiet]]\n{of}\n");
    // The posts are there, and one mistake is told once.
    told(
        "scenario-key-of-an-alert",
        &format!("{}by = \"day 2\"\n{}", post("Day 1, 9:10"), quiet("product = \"mini-9\"")),
    );
    told("scenario-time-unreadable", &format!("{}{}", post("monday"), quiet("product = \"mini-9\"")));
    let backwards = quiet("product = \"mini-9\"\nfrom = \"day 3\"\nby = \"day 1\"");
    told("scenario-from-after-by", &format!("{}{backwards}", post("day 1")));
    let among = post("day 1").replace("[[scenario]]\nname = \"s\"\n", "");
    let among = format!("{}{}", post("day 1"), among.replace("[[scenario.post]]", "[scenario.post]"));
    told(
        "scenario-post-in-single-brackets-among-others",
        &format!("{among}{}", quiet("product = \"mini-9\"")),
    );
    told("scenario-post-in-single-brackets", &post("day 1").replace("[[scenario.post]]", "[scenario.post]"));
    // There are topics, though not of this product.
    let of_sweep = |topic: &str| {
        format!("{}{}", post("day 1"), quiet(&format!("product = \"sweep\"\ntopic = \"{topic}\"")))
    };
    told("scenario-topic-of-another-product", &of_sweep("keys"));
    told("scenario-topic-of-a-product-without", &of_sweep("lid"));
}

#[test]
fn of_permissions() {
    let files = [RuleFile { path: "mini-9.toml".into(), text: PRODUCT.replace("OR mini9", "or mini9") }];
    let files = RuleFiles { folder: "rules".into(), files: files.to_vec() };
    let said = "rules/teams.toml cannot be read: Permission denied (os error 13); let groundswell's user read it (chmod a+r), \
        or move it out of the rules folder";
    let told = with_unreadable(&[("teams.toml".into(), said.into())], RuleSet::load(&files).1);
    shown_as("file-unreadable", &to_text(&told, &files, false));
}
