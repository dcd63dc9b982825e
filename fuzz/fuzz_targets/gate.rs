//! The gate against the queries behind it, with whatever comes: a line of query, then a post. A post that matches is never
//! turned away unread. `cargo fuzz run gate -- -max_total_time=600` (needs cargo-fuzz).
#![no_main]

use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::ground::post::Post;
use groundswell::ground::time::Timestamp;
use groundswell::logic::rules::{RuleSet, Subject};
use groundswell::logic::text::{Lang, tokenize};
use libfuzzer_sys::fuzz_target;

const TAGS: [&str; 8] = ["en", "pt", "fr", "de", "nl", "tr", "ru", "ko"];

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let Some((query, text)) = std::str::from_utf8(data).ok().and_then(|text| text.split_once('\n')) else { return };
    let declared = TAGS.get(usize::from(*first) % 16).copied();
    let file = |path: &str, text: String| RuleFile { path: path.into(), text };
    let product = format!("[product]\nid='p'\nname='P'\nteam='t'\nmatch='''{}'''\n", query.replace("'''", ""));
    let files =
        vec![file("p.toml", product), file("teams.toml", "[team.t]\nemail = ['t@example.org']\n".into())];
    let (Some(set), _) = RuleSet::load(&RuleFiles { folder: "rules".into(), files }) else { return };
    let post = Post {
        id: "1".into(),
        source: "s".into(),
        author: None,
        author_name: None,
        followers: None,
        text: text.into(),
        title: None,
        url: None,
        created_at: Timestamp::UNIX_EPOCH,
        arrived_at: Timestamp::UNIX_EPOCH,
        lang: declared.map(Into::into),
        region: None,
        in_reply_to: None,
        repost_of: None,
        rating: None,
    };
    let lang = Lang::of(text, declared);
    let tokens = tokenize(text, lang);
    let subject = Subject { post: &post, text, tokens: &tokens, lang, sentiment: None };
    let Some(product) = set.products.first() else { return };
    let matched = product.query.matches(&subject).is_some();
    assert_eq!(!set.match_post(&subject).is_empty(), matched, "the index: {query} on {text}");
    assert!(!matched || set.may_match(text, declared), "the gate: {query} on {text}");
});
