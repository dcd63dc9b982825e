//! One golden file a mistake: everything that `check` would print about it (`tests/golden/rules`).

mod silent;
mod slips;

use super::RuleSet;
use super::report::to_text;
use crate::ground::entry::{RuleFile, RuleFiles};

const TEAMS: &str = "[team.netbooks]\nemail = [\"netbooks@example.org\"]\n";

/// A product whose lines can be changed.
const PRODUCT: &str = r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = '"mini 9" OR mini9'
team  = "netbooks"
"#;

fn check(name: &str, files: &[(&str, &str)]) {
    let mut all = RuleFiles { folder: "rules".to_owned(), files: Vec::new() };
    for (path, text) in files {
        all.files.push(RuleFile { path: (*path).to_owned(), text: (*text).to_owned() });
    }
    let (_, told) = RuleSet::load(&all);
    shown_as(name, &to_text(&told, &all, false));
}

fn shown_as(name: &str, shown: &str) {
    insta::with_settings!({
        snapshot_path => "../../../tests/golden/rules",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, shown) });
}

/// A product with this instead of its `match` line.
fn with_match(name: &str, query: &str) {
    let text = PRODUCT.replace("'\"mini 9\" OR mini9'", query);
    check(name, &[("teams.toml", TEAMS), ("mini-9.toml", &text)]);
}

/// A product and more lines.
fn with_more(name: &str, more: &str) {
    check(name, &[("teams.toml", TEAMS), ("mini-9.toml", &format!("{PRODUCT}\n{more}"))]);
}

fn with_team(name: &str, team: &str) {
    check(name, &[("teams.toml", team), ("mini-9.toml", PRODUCT)]);
}

#[test]
fn segments() {
    for (name, more) in [
        ("segment-without-a-name", "[segments]\n\"\" = 'pro'\n".to_owned()),
        (
            "segment-with-a-sentence-for-a-name",
            format!("[segments]\n\"{}\" = 'pro'\n", "the large one ".repeat(4)),
        ),
        ("segment-twice", "[segments]\n\"Mini 9 Pro\" = 'pro'\n\"mini 9 pro\" = 'professional'\n".to_owned()),
        (
            "segment-below-a-wider-one",
            "[segments]\n\"Mini 9\" = '\"mini 9\"'\n\"Mini 9 Pro\" = '\"mini 9 pro\"'\n".to_owned(),
        ),
        ("segment-with-a-slip-in-its-query", "[segments]\n\"Mini 9 Pro\" = 'pro AND'\nLite = 5\n".to_owned()),
        (
            "segments-sound",
            "[segments]\n\"Mini 9 Pro\" = '\"mini 9 pro\"'\n\"Mini 9\" = '\"mini 9\"'\n".to_owned(),
        ),
        (
            "segment-that-is-a-key-of-the-product",
            "[segments]\nPro = 'pro'\nteam = \"netbooks\"\nnot = 'golf'\n".to_owned(),
        ),
        (
            "list-that-is-a-key-of-the-product",
            "[words]\nclose = [\"near\"]\nnot = 'golf'\n[[topic]]\nid = 'a'\ntitle = 'A'\nmatch = '$close'\n"
                .to_owned(),
        ),
        ("segment-with-a-blank-and-no-quotes", "[segments]\nMini 9 Pro = 'pro'\n".to_owned()),
        ("segments-too-many", {
            let each = (0..51).map(|n| format!("s{n} = 'word{n}'\n"));
            format!("[segments]\n{}", each.collect::<String>())
        }),
    ] {
        with_more(name, &more);
    }
}

#[test]
fn queries() {
    for (name, query) in [
        ("query-empty", "''"),
        ("query-parenthesis-stays-open", "'keys AND (close OR cramped'"),
        ("query-parenthesis-closes-nothing", "'keys AND close) OR cramped'"),
        ("query-parentheses-empty", "'keys AND ()'"),
        ("query-quote-stays-open", "'keys OR \"mini 9'"),
        ("query-phrase-empty", "'keys OR \"\"'"),
        ("query-brace-stays-open", "'keys OR {Mini'"),
        ("query-operator-without-operand", "'keys AND OR close'"),
        ("query-lower-case-or", "'keys or buttons'"),
        ("query-not-alone", "'NOT golf'"),
        ("query-or-not", "'keys OR NOT golf'"),
        ("query-and-or-mixed", "'mini 9 OR mini9'"),
        ("query-operators-of-other-tools", "'(keys || buttons) && close -golf'"),
        ("query-comma", "'keys, buttons'"),
        ("query-wildcard-too-short", "'ke*'"),
        ("query-wildcard-in-the-middle", "'k*board'"),
        ("query-wildcard-in-a-phrase", "'\"return key*\"'"),
        ("query-near-without-a-number", "'keys NEAR close'"),
        ("query-near-of-not", "'keys NEAR/3 (NOT close)'"),
        ("query-near-of-and", "'keys NEAR/3 (too AND close)'"),
        ("query-near-chain", "'keys NEAR/3 too NEAR/3 close'"),
        ("query-unknown-field", "'keys langauge:pt'"),
        ("query-unknown-field-no-guess", "'https://example.org'"),
        ("query-field-value-region", "'keys region:Brazil'"),
        ("query-field-value-rating", "'keys rating:2'"),
        ("query-field-value-sentiment", "'keys sentiment<=-30'"),
        ("query-unknown-list", "'keys NEAR/8 $close'"),
        ("query-curly-quotes", "'“mini 9” OR mini9'"),
        ("query-single-quotes", "\"'mini 9' OR mini9\""),
        ("query-look-alike-letters", "'kеyboard OR mini9'"),
        ("query-punctuation-only", "'keys OR ...'"),
        ("query-in-escapes", "\"\\\"mini 9\\\" OR (mini9\""),
        ("query-on-several-lines", "'''\n\"mini 9\"\nOR (mini9\nOR mini-9\n'''"),
        ("query-never-matches", "'mini9 AND (keys NOT keys)'"),
        ("query-never-matches-fields", "'mini9 rating<=2 rating>=4'"),
        ("query-common-word", "'mini9 OR the OR keys'"),
        ("query-stem-collision", "'mini9 NEAR/3 customer'"),
        ("query-near-of-another-tool", "'keys W/8 close'"),
        ("query-near-in-german", "'keys NAHE/5 close'"),
        ("query-near-in-small-letters", "'keys near/8 close'"),
        ("query-near-with-a-colon", "'keys NEAR:8 close'"),
        ("query-near-with-a-blank", "'keys NEAR 8 close'"),
        ("query-operator-in-small-german", "'Deckel oder Kappe'"),
        ("query-operator-in-small-spanish", "'(tapa OR cierre) y \"no cierra\" o (gotea)'"),
        ("query-brackets", "'[keys OR buttons] (close~)'"),
        ("query-near-of-google", "'keys AROUND(5) close'"),
        ("query-field-of-a-tag", "'keys hashtag:mini9'"),
        ("query-field-of-a-day", "'keys since:2025-01-01'"),
        ("query-field-several-values", "'keys lang:en,de'"),
        ("query-field-value-in-words", "'keys sentiment:negative'"),
        ("query-operator-except", "'keys EXCEPT golf'"),
        ("query-tilde-of-another-tool", "'\"keys close\"~8'"),
        ("query-question-mark", "'keys stuc?'"),
        ("query-operator-in-german", "'Deckel ODER Kappe UND NICHT Topf'"),
        ("query-operator-in-portuguese", "'tampa ou capa E vazando'"),
        ("query-operator-in-quotes", "'\"lid OR cap\" OR mini9'"),
        ("query-comma-in-quotes", "'\"lid, screw cap, seal\"'"),
        ("query-comma-list", "'lid, cap, \"screw cap\"'"),
        ("query-slash-list", "'lid/cap/seal leaks'"),
        ("query-regular-expression", "'/leak.*/ OR lea[kc]'"),
        ("query-language-is-a-country", "'keys lang:jp'"),
        ("query-language-is-another", "'keys lang:br'"),
        ("query-language-written-out", "'keys lang:portuguese'"),
        ("query-region-is-none", "'keys (region:UK OR region:EU)'"),
        ("query-number-with-a-point", "'keys followers>1.000'"),
        ("query-number-with-a-letter", "'keys followers > 1k'"),
        ("query-invisible-character", "'keys\u{200b}OR butt\u{ad}ons'"),
        ("query-html", "'keys &amp; &quot;mini 9&quot;'"),
        ("query-near-as-a-call", "'NEAR(lid leak, 6)'"),
        ("query-several-mistakes", "'(keys AND ) OR cr* OR foo:x NEAR b'"),
    ] {
        with_match(name, query);
    }
    let deep = format!("'{}mini{}'", "(".repeat(60), ")".repeat(60));
    with_match("query-too-deep", &deep);
}

#[test]
fn lists() {
    let used = "[words]\nclose = [\"close\"]\nfar = [\"far\"]\n[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys NEAR/8 $clsoe'\n";
    with_more("list-misspelt", used);
    with_more("list-unused", "[words]\nclose = [\"close\"]\n");
    let of_lists = |words: &str| {
        format!("[words]\n{words}\n[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys NEAR/8 $close'\n")
    };
    with_more("list-contains-itself", &of_lists("close = [\"near\", \"$near\"]\nnear = [\"$close\"]"));
    with_more("list-empty", &of_lists("close = []"));
    with_more("list-entry-is-a-query", &of_lists("close = [\"close OR near\"]"));
    with_more("list-entry-twice", &of_lists("close = [\"close\", \"cramped\", \"close\"]"));
    with_more("list-comma-missing", &of_lists("close = [\n    \"close\"\n    \"cramped\"\n]"));
    with_more("list-entry-with-commas", &of_lists("close = [\"close, cramped, next to\"]"));
    with_more("list-of-numbers", &of_lists("close = [1, \"near\"]"));
}

#[test]
fn keys_and_values() {
    let changed = |name: &str, from: &str, to: &str| {
        assert!(PRODUCT.contains(from));
        check(name, &[("teams.toml", TEAMS), ("mini-9.toml", &PRODUCT.replace(from, to))]);
    };
    changed("toml-quote-missing", "\"Aster Mini 9\"", "\"Aster Mini 9");
    changed("toml-text-without-quotes", "\"Aster Mini 9\"", "Aster Mini 9");
    changed("toml-query-in-double-quotes", "'\"mini 9\" OR mini9'", "\"\"mini 9\" OR mini9\"");
    changed("toml-apostrophe-in-single-quotes", "\"Aster Mini 9\"", "'doesn't'");
    changed("toml-curly-quotes-around", "\"Aster Mini 9\"", "“Aster Mini 9”");
    changed("toml-note-after-a-missing-quote", "'\"mini 9\" OR mini9'", "'\"mini 9\" OR mini9   # ours");
    changed("toml-query-without-quotes", "'\"mini 9\" OR mini9'", "\"mini 9\" OR mini9");
    changed("toml-line-ends-of-old-macs", "\n", "\r");
    with_more("toml-list-in-parentheses", "[words]\nleak = (\"leak\", \"drip\")\n");
    with_more("toml-list-stays-open", "[words]\nleak = [\"leak\", \"drip\"   # two\ndrip = [\"drop\"]\n");
    with_more("toml-heading-stays-open", "[[topic]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\n");
    let single = "[topic]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\n";
    with_more("topic-in-single-brackets-twice", &format!("{single}{}", single.replace("\"k\"", "\"l\"")));
    changed("toml-key-twice", "team  =", "name  =");
    with_more(
        "two-products-in-one-file",
        "[product]\nid    = \"watch\"\nname  = \"Watch\"\nmatch = 'watch'\n",
    );
    changed("key-misspelt", "match", "macth");
    changed("key-unknown", "team  = \"netbooks\"", "team  = \"netbooks\"\ncolour = \"red\"");
    changed("key-missing", "name  = \"Aster Mini 9\"\n", "");
    changed("key-of-the-wrong-type", "\"Aster Mini 9\"", "9");
    changed("id-with-blanks", "\"mini-9\"", "\"Mini 9\"");
    changed("name-empty", "\"Aster Mini 9\"", "\"\"");
    changed("product-without-a-known-team", "\"netbooks\"", "\"netbook\"");
    changed("unknown-clusters", "team  =", "clusters = \"complaint\"\nteam  =");
    changed("product-table-missing", "[product]", "[produkt]");
    with_more("topic-in-single-brackets", "[topic]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\n");
    with_more("topic-without-match", "[[topic]]\nid = \"k\"\ntitle = \"K\"\n");
    with_more(
        "unknown-severity",
        "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\nseverity = \"hihg\"\n",
    );
    let topic = "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys'\n";
    with_more("topic-twice", &format!("{topic}{topic}"));
    let was = |id: &str| topic.replace("id = \"k\"", &format!("id = \"{id}\"\nwas = \"k\""));
    with_more("was-in-use", &format!("{topic}{}", was("keyboard")));
    with_more("was-twice", &format!("{}{}", was("keyboard"), was("buttons").replace("keys", "button")));
    changed("was-with-blanks", "name  =", "was   = \"Mini 9\"\nname  =");
    changed("team-is-an-address", "\"netbooks\"", "\"Netbooks@example.org\"");
    changed("team-is-an-unknown-address", "\"netbooks\"", "\"ana.silva@example.org\"");
    changed("toml-single-quote-missing", "OR mini9'", "OR mini9");
    check("teams-file-misnamed", &[("Team.toml", TEAMS), ("mini-9.toml", PRODUCT)]);
    check(
        "product-file-copied",
        &[("teams.toml", TEAMS), ("mini-10.toml", PRODUCT), ("mini-9.toml", PRODUCT)],
    );
    check(
        "product-file-copied-named",
        &[("teams.toml", TEAMS), ("Copy of kettle.toml", PRODUCT), ("kettle.toml", PRODUCT)],
    );
    let latin = PRODUCT.replace("Aster", "\0ster");
    check(
        "file-encoding",
        &[("teams.toml", TEAMS), ("mini-9.toml", &latin), ("b.toml", &PRODUCT.replace("name ", "nmae "))],
    );
    check("file-encoding-utf-16", &[("teams.toml", &format!("\0{TEAMS}")), ("mini-9.toml", PRODUCT)]);
    check("product-twice", &[("teams.toml", TEAMS), ("a.toml", PRODUCT), ("b.toml", PRODUCT)]);
}

#[test]
fn topics_and_products_beside_one_another() {
    let topic =
        |id: &str, query: &str| format!("[[topic]]\nid = \"{id}\"\ntitle = \"T\"\nmatch = '{query}'\n");
    with_more("topic-shadowed", &format!("{}{}", topic("keys", "keys"), topic("enter", "enter AND keys")));
    with_more("topic-the-same", &format!("{}{}", topic("a", "keys OR tabs"), topic("b", "tabs OR keys")));
    let other =
        PRODUCT.replace("\"mini-9\"", "\"mini-10\"").replace("'\"mini 9\" OR mini9'", "'mini10 OR mini9'");
    check("products-share-words", &[("teams.toml", TEAMS), ("a.toml", PRODUCT), ("b.toml", &other)]);
    let broad = |not: &str| {
        let text = PRODUCT.replace("\"mini-9\"", "\"mini\"").replace("'\"mini 9\" OR mini9'", "'mini'");
        text.replace("team  =", &format!("{not}team  ="))
    };
    let both = |name: &str, not: &str| {
        check(name, &[("teams.toml", TEAMS), ("mini.toml", &broad(not)), ("mini-9.toml", PRODUCT)]);
    };
    both("products-share-words-within", "");
    both("products-apart-by-not", "not   = '\"mini 9\"'\n");
    let not = PRODUCT.replace("team  =", "not   = 'mini9 OR mini'\nteam  =");
    check("product-takes-all-back", &[("teams.toml", TEAMS), ("mini-9.toml", &not)]);
    let nobody = format!("{TEAMS}[team.kitchen]\nemail = [\"kitchen@example.org\"]\n");
    check("team-without-product", &[("teams.toml", &nobody), ("mini-9.toml", PRODUCT)]);
}

#[test]
fn ids_that_were_renamed() {
    let load = |product: &str| {
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let files = vec![file("mini-9.toml", product), file("teams.toml", TEAMS)];
        let files = RuleFiles { folder: "rules".into(), files };
        (RuleSet::load(&files).0.unwrap(), files)
    };
    let topic = |id: &str| format!("{PRODUCT}\n[[topic]]\nid = \"{id}\"\ntitle = \"Keys\"\nmatch = 'keys'\n");
    let (old, _) = load(&topic("keys"));
    let told = |product: &str| {
        let (new, files) = load(product);
        to_text(&super::renamed(&old, &new), &files, false)
    };
    let product = |text: &str, id: &str| text.replace("\"mini-9\"", id);
    shown_as("id-renamed-topic", &told(&topic("keyboard")));
    shown_as("id-renamed-product", &told(&product(&topic("keys"), "\"mini9\"")));
    // A misspelt one says nothing.
    assert!(told(&topic("keyboard\"\nwas = \"kesy")).contains("was = \"keys\""));
    assert!(told(&product(&topic("keys"), "\"mini9\"\nwas = \"mini-8\"")).contains("was = \"mini-9\""));
    // What says whose history it has is told nothing, and neither is what has another query and another name.
    for said in [
        topic("keyboard\"\nwas = \"keys"),
        topic("keyboard\"\nwas = []\n#\""),
        product(&topic("keys"), "\"mini9\"\nwas = \"mini-9\""),
        topic("keyboard").replace("\"Keys\"", "\"Fan\"").replace("'keys'", "'fan'"),
    ] {
        assert_eq!(told(&said), "");
    }
    let both = product(&topic("keyboard"), "\"mini9\"\nwas = \"mini-9\"");
    assert!(
        told(&both).contains("the topic \"keys\" was renamed"),
        "topics of a renamed product are compared too"
    );
}

#[test]
fn teams() {
    with_team("team-without-address", "[team.netbooks]\nfalse_alarms_a_year = 4\n");
    with_team("team-with-empty-address-list", "[team.netbooks]\nemail = []\n");
    with_team("team-address-is-none", "[team.netbooks]\nemail = [\"netbooks\", \"Ana <ana@example.org>\"]\n");
    with_team(
        "team-budget-of-nothing",
        "[team.netbooks]\nemail = \"a@example.org\"\nfalse_alarms_a_year = 0\n",
    );
    with_team(
        "team-viral-of-nothing",
        "[team.netbooks]\nemail = \"a@example.org\"\nviral_alerts_a_year = 0\n",
    );
    with_team("team-mails-of-nothing", "[team.netbooks]\nemail = \"a@example.org\"\nmails_a_day = 0\n");
    with_team(
        "team-digest-unreadable",
        "[team.netbooks]\nemail = \"a@example.org\"\ndigest = \"mondays at 8\"\n",
    );
    with_team(
        "team-language-unknown",
        "[team.netbooks]\nemail = \"a@example.org\"\nlanguage = \"english\"\n",
    );
    check("teams-file-missing", &[("mini-9.toml", PRODUCT)]);
}

#[test]
fn examples() {
    let topic = |expect: &str, text: &str| {
        format!(
            "[[topic]]\nid = \"keys-too-close\"\ntitle = \"Keys too close\"\nmatch = 'keys NEAR/3 close'\n[[topic.example]]\ntext = \"{text}\"\nexpect = {expect}\n"
        )
    };
    with_more("example-is-missed", &topic("true", "the keys on this thing are really rather close"));
    with_more("example-has-no-word-of-it", &topic("true", "a lovely screen"));
    with_more("example-is-found", &topic("false", "keys so Close!"));
    with_more(
        "example-codes-written-out",
        &format!("{}lang = \"english\"\nregion = \"Germany\"\n", topic("true", "keys so close")),
    );
    with_more("example-expects-true-in-capitals", &topic("True", "keys so close"));
    with_more("example-expects-a-text", &topic("\"yes\"", "keys so close"));
    let mood = "[[topic]]\nid = \"k\"\ntitle = \"K\"\nmatch = 'keys sentiment<=-0.3'\n[[topic.example]]\ntext = \"bad keys\"\nexpect = true\n";
    with_more("example-without-sentiment", mood);
}

#[test]
fn folders() {
    check("no-product", &[("teams.toml", TEAMS)]);
    check("file-not-read", &[("teams.toml", TEAMS), ("mini-9.toml", PRODUCT), ("old/mini-8.toml", "x")]);
    let large = format!("{PRODUCT}# {}", "x".repeat(1_000_000));
    check("file-too-large", &[("teams.toml", TEAMS), ("mini-9.toml", &large)]);
}

#[test]
fn routes_and_quiet_hours() {
    let topic = "\n[[topic]]\nid = \"keys\"\ntitle = \"Keys\"\nmatch = 'keys'\nseverity = \"high\"\n";
    let with = |name: &str, teams: &str| {
        let teams = format!("{TEAMS}{teams}");
        check(name, &[("teams.toml", &teams), ("mini-9.toml", &format!("{PRODUCT}{topic}"))]);
    };
    with("route-team-unknown", "[[route]]\nregion = \"BR\"\nteam = [\"netbook\", \"netbooks\"]\n");
    with(
        "route-product-and-topic-unknown",
        "[[route]]\nproduct = \"mini9\"\nteam = \"netbooks\"\n[[route]]\ntopic = \"kyes\"\nteam = \"netbooks\"\n",
    );
    with(
        "route-values-that-are-none",
        "[[route]]\nregion = \"Brazil\"\nlanguage = \"portuguese\"\nseverity = \"hihg\"\nteam = \"netbooks\"\n",
    );
    with("route-codes-that-are-none", "[[route]]\nregion = \"UK\"\nlanguage = \"br\"\nteam = \"netbooks\"\n");
    with("route-segment-unknown", "[[route]]\nsegment = \"Mini 9 Pro\"\nteam = \"netbooks\"\n");
    with("route-key-misspelt", "[[route]]\nregoin = \"BR\"\nteam = \"netbooks\"\n");
    with("route-without-team", "[[route]]\nregion = \"BR\"\n");
    with("route-in-single-brackets", "[route]\nregion = \"BR\"\nteam = \"netbooks\"\n");
    with(
        "route-unreachable",
        "[[route]]\nproduct = \"mini-9\"\nregion = \"br\"\nteam = \"netbooks\"\n[[route]]\ntopic = \"keys\"\nregion = \"BR-SP\"\nteam = \"netbooks\"\n",
    );
    with("route-never", "[[route]]\nseverity = \"low\"\nteam = \"netbooks\"\n");
    with("route-takes-all", "[[route]]\nteam = \"netbooks\"\n[fallback]\nteam = \"netbooks\"\n");
    with("fallback-unknown", "[fallback]\nteam = \"suport\"\n");
    let of_team = |name: &str, lines: &str| with_team(name, &format!("{TEAMS}{lines}\n"));
    of_team("team-zone-unknown", "zone = \"Lisbon\"");
    of_team("team-zone-of-summer", "zone = \"CEST\"\ndigest = \"monday 08:00 CEST\"");
    of_team("team-alerts-unreadable", "alerts = \"sometimes\"");
    of_team("team-alerts-in-no-digest", "alerts = \"digest\"");
    of_team("team-quiet-unreadable", "zone = \"UTC\"\nquiet = \"8pm-7am\"\nquiet_days = [\"sonday\"]");
    of_team("team-quiet-for-ever", "zone = \"UTC\"\nquiet = [\"07:00-19:00\", \"19:00-07:00\"]");
    of_team("team-quiet-nowhere", "quiet = \"20:00-07:30\"");
    let recipient = "[[team.netbooks.recipient]]\n";
    of_team(
        "recipient-wrong",
        &format!(
            "{recipient}email = \"ana\"\n{recipient}alerts = \"daily\"\nmail = \"x\"\n{recipient}email = \"bo@example.org\"\nalerts = \"sometimes\""
        ),
    );
    of_team("recipient-twice", &format!("{recipient}email = \"Netbooks@example.org\""));
    of_team(
        "recipient-sound",
        &format!(
            "{recipient}email = \"ana@example.org\"\nalerts = \"daily 08:00 Europe/Lisbon\"\n{recipient}email = \"bo@example.org\"\ndigest = \"monday 08:00 UTC\"\nalerts = \"digest\""
        ),
    );
    // What is sound is told nothing.
    with(
        "route-sound",
        "zone = \"Europe/Lisbon\"\nalerts = \"daily 08:00\"\nquiet = [\"12:00-13:00\", \"20:00-07:30\"]\nquiet_days = [\"saturday\", \"sunday\"]\n\
         [[route]]\nseverity = \"safety\"\nteam = \"netbooks\"\nalso = true\n\
         [[route]]\nproduct = \"mini-9\"\ntopic = \"keys\"\nregion = [\"BR\", \"PT\"]\nlanguage = \"pt\"\nsource = \"reddit\"\nteam = \"netbooks\"\n",
    );
}
