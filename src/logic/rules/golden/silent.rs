//! What used to pass in silence though it cannot mean what it says.

use super::{PRODUCT, TEAMS, check, with_match, with_more, with_team};

#[test]
fn of_queries() {
    for (name, query) in [
        ("query-rating-over-the-scale", "'keys rating>5'"),
        ("query-rating-under-the-scale", "'keys rating<0'"),
        ("query-sentiment-outside-of-the-scale", "'keys (sentiment>1 OR sentiment<-1)'"),
        ("query-sentiment-of-every-post", "'keys sentiment>=-1'"),
        ("query-number-is-not", "'keys rating!=5'"),
        ("query-language-is-not", "'keys lang!=en'"),
        ("query-sign-of-a-keyboard", "'keys rating≤2'"),
        ("query-sign-alone", "'keys rating ≤ 2'"),
        ("query-blank-before-the-colon", "'keys region :BR'"),
        ("query-colon-alone", "'keys region : BR'"),
        ("query-sources-with-a-bar", "'keys source:reddit|bluesky'"),
        ("query-sources-with-a-slash", "'keys source:reddit/bluesky'"),
        ("query-languages-with-or", "'keys (lang:de OR fr)'"),
        ("query-regions-with-a-slash", "'keys region:BR/PT'"),
        ("query-never-matches-alternatives", "'(lang:de OR lang:fr) lang:en'"),
        ("query-never-matches-a-beginning", "'lid NOT lid*'"),
        ("query-near-in-small-letters-alone", "'lid near leak'"),
        ("query-not-near-of-another-tool", "'lid NOTNEAR/5 leak'"),
        ("query-not-near", "'lid NOT NEAR/5 leak'"),
        ("query-operator-in-braces", "'{lid OR cap}'"),
        ("query-word-in-brackets", "'[lid]'"),
        ("query-field-of-a-route", "'keys language:de'"),
    ] {
        with_match(name, query);
    }
    let topic = |query: &str| format!("[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = '{query}'\n");
    with_more("topic-against-its-product", &topic("lid NOT mini9 NOT \"mini 9\""));
    let not = PRODUCT.replace("team  =", "not   = 'golf'\nteam  =");
    let text = format!("{not}{}", topic("lid golf"));
    check("topic-taken-back-by-its-product", &[("teams.toml", TEAMS), ("mini-9.toml", &text)]);
}

#[test]
fn of_lists() {
    let with = |name: &str, words: &str| {
        let topic = "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys NEAR/8 $close'\n";
        with_more(name, &format!("{words}\n{topic}"));
    };
    with("list-entry-with-a-minus", "[words]\nclose = [\"close\", \"-far\"]");
    with("list-entry-with-a-plus", "[words]\nclose = [\"close\", \"+near\"]");
    with("list-entry-with-a-bar", "[words]\nclose = [\"close|cramped\"]");
    with("list-entry-with-a-bar-alone", "[words]\nclose = \"close|cramped\"");
    with("list-entry-with-a-slash", "[words]\nclose = [\"close/cramped\"]");
    with("list-entry-of-a-field", "[words]\nclose = [\"close\", \"region:BR\"]");
    with("list-entry-with-a-wildcard", "[words]\nclose = [\"clos?\"]");
    with("list-below-a-heading-of-its-own", "[words.more]\nclose = [\"close\"]");
    with("list-of-a-number", "[words]\nclose = 5");
}

#[test]
fn of_tables() {
    let topic = "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\n";
    let example = "[[topic.example]]\ntext = \"keys\"\nexpect = true\n";
    with_more("example-above-its-topic", &format!("{example}{topic}"));
    with_more("topic-with-a-not", &format!("{topic}not = 'golf'\n"));
    with_more("topic-with-a-team", &format!("{topic}team = \"netbooks\"\n"));
    with_team("route-of-a-lang", &format!("{TEAMS}[[route]]\nlang = \"de\"\nteam = \"netbooks\"\n"));
}

#[test]
fn of_teams() {
    let team = |name: &str, lines: &str| with_team(name, &format!("{TEAMS}{lines}\n"));
    let email = "email = [\"netbooks@example.org\"]";
    with_team(
        "team-address-three-times",
        &TEAMS.replace(email, "email = [\"ana@example.org\", \"ana@example.org\", \"Ana@example.org\"]"),
    );
    team("team-list-in-quiet", "zone = \"UTC\"\nalerts = \"sunday 08:00\"\nquiet_days = [\"sunday\"]");
    team("team-zone-of-hours", "zone = \"UTC+1\"\nquiet = \"20:00-07:30\"");
    team("team-zone-turned-round", "zone = \"Etc/GMT+1\"");
    team("team-zone-without-summer", "digest = \"monday 08:00 EST\"");
}
