//! A letter about whatever strangers write, read back by a parser that is not ours. Shared by `tests/mail_hostile.rs` and the
//! fuzz target `letters`.

use groundswell::edges::mail::{Mailbox, Stationery, to_message};
use groundswell::ground::alert::AlertEvent;
use groundswell::ground::letter::Letter;
use groundswell::logic::letters::{Desk, Sender, letter, letter_for};
use groundswell::logic::links::Key;
use mail_parser::{MessageParser, MimeHeaders};

/// What a letter may have, each at most once.
const HEADERS: [&str; 14] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
    "precedence",
    "x-groundswell-alert",
    "mime-version",
];
/// What the HTML is made of; anything else came from outside.
const TAGS: [&str; 30] = [
    "!doctype",
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "span",
    "p",
    "h1",
    "h2",
    "h3",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "a",
    "img",
    "br",
    "code",
    "b",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "hr",
    "blockquote",
];

/// An event in which strangers have had their way with everything that can come from a post or from an id. `said` is
/// taken in turn; nothing of it is needed.
pub(crate) fn event(said: &[&str]) -> AlertEvent {
    let say = |n: usize| said.get(n % said.len().max(1)).copied().unwrap_or_default();
    // Ids come from rule files, and are short.
    let short = |n: usize| say(n).chars().take(60).collect::<String>();
    let quote = |n: usize| {
        serde_json::json!({
            "key": {"source": say(n), "id": say(n + 1)}, "author_name": say(n + 2), "followers": 7, "text": say(n),
            "url": say(n + 3), "at": "2025-01-06T00:00:00Z", "lang": say(n + 4), "region": say(n + 5)
        })
    };
    let kinds = ["opened", "updated", "resolved", "regressed"];
    let reasons = ["more-than-usual", "new-place", "back-to-usual", "came-back"];
    let n = said.len() % 4;
    let mut event = serde_json::json!({
        "kind": kinds[n], "at": "2025-01-06T12:00:00Z", "alert": short(6), "number": n, "product": short(7),
        "product_name": say(8), "topic": null, "cluster": say(9), "label": say(10), "severity": "normal",
        "reason": reasons[n], "observed": 9, "expected": 0.8, "window_days": 3, "authors": 9, "echoes": 2,
        "since": "2025-01-04T00:00:00Z", "evidence": [], "quotes": (0..5).map(quote).collect::<Vec<_>>(),
        "series": [{"day": 20_000, "people": 3, "expected": 0.5}, {"day": 20_001, "people": 9, "expected": 0.5}],
    });
    let rest = serde_json::json!({
        "sources": {say(11): 3}, "regions": {say(12): 2}, "languages": {say(13): 4}, "words": [say(14), say(15)],
        "sentiment": -0.4, "chance_years": 12.0,
        "sum": {"level": 0.3, "level_shape": 9.0, "dispersion": 0.1, "score": 4.0, "bar": 3.0, "series": 4, "budget": 4.0},
        "origin": say(16), "team": short(17), "deliver_to": ["ana@example.org", "bo@example.org"],
        "opened_at": "2025-01-05T00:00:00Z", "peak": 9, "total": 11, "routing": {"via": say(18)},
        "beside": {"new_places": [say(19)], "perhaps": {"alert": say(20), "label": say(21), "people": 3},
                   "fixed": {"at": "2025-01-05T00:00:00Z", "version": say(22), "heard": 1, "expected": 3.0}}
    });
    event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    serde_json::from_value(event).unwrap()
}

/// Builds the letter for all, and the copy of one reader with its links; panics where either is not what it should be.
pub(crate) fn check(event: &AlertEvent) {
    let plain = Sender {
        contact: None,
        domain: "example.org".into(),
        from_name: "groundswell".into(),
        desk: None,
        templates: Default::default(),
    };
    checked(&letter(event, &plain), &["ana@example.org", "bo@example.org"]);
    let key = Key::new(&[7; 32]).unwrap();
    let desk = Desk { url: "https://groundswell.example.org".into(), key };
    let sender = Sender { desk: Some(desk), ..plain };
    let copy = letter_for(event, &sender, "ana@example.org", event.at);
    checked(&copy, &["ana@example.org", "bo@example.org"]);
}

fn checked(letter: &Letter, to: &[&str]) {
    let from: Stationery = "groundswell <groundswell@example.org>".parse::<Mailbox>().unwrap().into();
    let message = to_message(letter, &from).unwrap();
    let raw = std::str::from_utf8(message.bytes()).unwrap();
    assert!(raw.is_ascii(), "old servers take nothing else");
    let broken = raw.split("\r\n").find(|line| line.len() > 998 || line.contains(['\r', '\n']));
    assert_eq!(broken, None, "a line is too long or broken");
    let parsed = MessageParser::default().parse(message.bytes()).unwrap();

    let mut names: Vec<String> = parsed.headers().iter().map(|h| h.name().to_ascii_lowercase()).collect();
    names.retain(|name| name != "content-type");
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(all, names.len(), "a header stands twice: {names:?}");
    assert!(names.iter().all(|name| HEADERS.contains(&name.as_str())), "{names:?}");
    let addresses = |of: Option<&mail_parser::Address<'_>>| -> Vec<String> {
        let of = of.into_iter().flat_map(mail_parser::Address::iter);
        of.map(|a| a.address().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(addresses(parsed.from()), ["groundswell@example.org"]);
    assert_eq!(addresses(parsed.to()), to);
    assert!(parsed.cc().is_none() && parsed.bcc().is_none());
    let id = parsed.message_id().unwrap();
    assert!(id.ends_with("@example.org") && !id.contains(char::is_whitespace), "{id}");

    let kinds: Vec<String> = parsed
        .parts
        .iter()
        .map(|part| {
            part.content_type().map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default())).unwrap()
        })
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]);
    let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    let html = parsed.body_html(0).unwrap().replace("\r\n", "\n");
    assert_eq!((text.as_str(), html.as_str()), (letter.text.as_str(), letter.html.as_str()));
    assert!(text.len() > 200 && html.len() < 100_000, "{} and {} bytes", text.len(), html.len());
    let subject = parsed.subject().unwrap_or_default();
    for shown in [subject, &text, &html] {
        let turned = shown.chars().find(|c| {
            matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                || (c.is_control() && *c != '\n')
        });
        assert_eq!(turned, None, "{shown}");
    }
    assert!(!subject.contains('\n') && subject.chars().count() < 400, "{subject}");
    harmless(&html);
}

/// Every tag is one of ours, has no handler, and leads to a web page or to the picture that came along.
fn harmless(html: &str) {
    for part in html.split('<').skip(1) {
        // Quotation marks may hold a ">"; ours do not, and a stranger's are escaped.
        let tag = part.split('>').next().unwrap_or_default();
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        assert!(TAGS.contains(&name.as_str()), "<{tag}>");
        for (at, _) in tag.match_indices('=') {
            let before = tag.get(..at).unwrap_or_default();
            // Within a value there may be anything.
            if before.matches('"').count() % 2 == 1 {
                continue;
            }
            let attribute =
                before.rsplit(char::is_whitespace).next().unwrap_or_default().to_ascii_lowercase();
            let value = tag.get(at + 1..).unwrap_or_default().trim_start_matches('"');
            assert!(!attribute.starts_with("on"), "<{tag}>");
            match attribute.as_str() {
                "href" => assert!(value.starts_with("https://") || value.starts_with("http://"), "<{tag}>"),
                "src" => assert!(value.starts_with("cid:"), "<{tag}>"),
                _ => {}
            }
        }
    }
}
