//! How well posts are assessed, on sentences of the project's own, and what the assessor does with hard inputs.
//! `cargo test --test assess -- --nocapture` prints the figures.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a test may panic: that is how it fails"
)]

use groundswell::ground::entry::RuleFiles;
use groundswell::ground::post::{Incoming, parse_line};
use groundswell::logic::assess::{Assessment, Assessor};
use groundswell::logic::text::{Lang, tokenize};

/// Where a reader of the sentiment parts neutral from good and bad.
const NEUTRAL: f64 = 0.05;
const LANGUAGES: [&str; 5] = ["en", "pt", "es", "fr", "de"];

struct Reader(Assessor);

impl Reader {
    fn new() -> Self {
        let (assessor, problems) = Assessor::load(&RuleFiles::default());
        assert_eq!(problems, []);
        Self(assessor)
    }

    fn read(&self, text: &str, declared: Option<&str>) -> Assessment {
        let line =
            serde_json::json!({"id": "1", "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"});
        let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
            panic!("no post: {text}")
        };
        let text = post.full_text();
        let lang = Lang::of(&text, declared);
        self.0.assess(&post, &text, &tokenize(&text, lang), lang)
    }
}

/// The lines of a file of `tests/assess`, cut at tabs.
fn lines(file: &str) -> Vec<Vec<String>> {
    let path = format!("{}/tests/assess/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn f1(right: usize, said: usize, meant: usize) -> f64 {
    2.0 * right as f64 / (said + meant).max(1) as f64
}

struct Figures {
    feeling: f64,
    complaint: f64,
    /// Ideas that are found, of all; and what is taken for an idea and is none.
    ideas: (usize, usize, usize),
    language: f64,
}

/// Macro-F1 of feeling, F1 of complaints, and how often the language is known, on one file.
fn measure(reader: &Reader, set: &str, lang: &str) -> Figures {
    let rows = lines(&format!("{set}_{lang}.tsv"));
    let (mut classes, mut complaint) = ([[0usize; 3]; 3], [0usize; 3]);
    let (mut ideas, mut known) = ((0, 0, 0), 0);
    for row in &rows {
        let seen = reader.read(&row[2], None);
        let class = |c: &str| ["n", "0", "p"].iter().position(|x| *x == c).unwrap();
        let said = if seen.sentiment >= NEUTRAL {
            "p"
        } else if seen.sentiment <= -NEUTRAL {
            "n"
        } else {
            "0"
        };
        classes[class(&row[0])][class(said)] += 1;
        let (is, meant) = (seen.is_complaint(), row[1] == "c");
        complaint[0] += usize::from(is && meant);
        complaint[1] += usize::from(is);
        complaint[2] += usize::from(meant);
        ideas.0 += usize::from(seen.is_idea() && row[1] == "i");
        ideas.1 += usize::from(row[1] == "i");
        ideas.2 += usize::from(seen.is_idea() && row[1] != "i");
        known += usize::from(seen.lang.code() == lang);
    }
    let of_class =
        |c: usize| f1(classes[c][c], classes.iter().map(|row| row[c]).sum(), classes[c].iter().sum());
    Figures {
        feeling: (of_class(0) + of_class(1) + of_class(2)) / 3.0,
        complaint: f1(complaint[0], complaint[1], complaint[2]),
        ideas,
        language: known as f64 / rows.len() as f64,
    }
}

/// Six sets. The first three were each written before a turn of work on the lexicons and looked at in it, and the wording is
/// learnt from them too, so that their figures say that nothing got worse, and no more. The fourth was written before the
/// wording was learnt and is not learnt from; it is by the same authors, so strangers' posts get less. The fifth has the classes
/// of sentences that a stranger's trial found wrong, in other words than theirs; the lexicons were then mended with it in view. The sixth has those
/// of a second trial, and was measured once when the lexicons stood: complaint F1 1.0 in English, 0.89 in the others.
#[test]
fn feeling_and_complaints_reach_their_floors() {
    let reader = Reader::new();
    let mut below = Vec::new();
    for (set, feeling_floor, complaint_floor) in [
        ("first", 0.85, 0.85),
        ("second", 0.85, 0.78),
        ("third", 0.80, 0.85),
        ("fourth", 0.80, 0.78),
        ("fifth", 0.70, 0.90),
        ("sixth", 0.60, 0.85),
    ] {
        for lang in LANGUAGES {
            let f = measure(&reader, set, lang);
            println!(
                "{set} {lang}: feeling macro-F1 {:.3}, complaint F1 {:.3}, ideas {} of {} and {} false, language {:.2}",
                f.feeling, f.complaint, f.ideas.0, f.ideas.1, f.ideas.2, f.language
            );
            let posts_in_another = f.language < 0.93;
            if f.feeling < feeling_floor || f.complaint < complaint_floor || posts_in_another {
                below.push(format!("{set} {lang}"));
            }
        }
    }
    assert_eq!(below, Vec::<String>::new());
}

#[test]
fn praise_news_adverts_jobs_and_shares_are_hardly_ever_complaints() {
    let reader = Reader::new();
    let rows = lines("none.tsv");
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| reader.read(&row[2], Some(&row[0])).is_complaint())
        .map(|row| row.join(" | "))
        .collect();
    println!("{} of {} are taken for complaints: {wrong:#?}", wrong.len(), rows.len());
    assert!(wrong.len() * 10 <= rows.len());
}

#[test]
fn irony_contrast_and_wishes_are_read_as_meant() {
    let reader = Reader::new();
    for text in [
        "great, another update that bricks it",
        "Thanks for nothing.",
        "what a wonderful product /s",
        "screen cracked after a week, amazing quality 👏 👏",
        "love it but it keeps crashing",
        "my old one never did this",
        "in six months three chargers",
        "why is my phone so hot?",
        "how do I get my deposit back?",
        "@acme anyone else unable to log in?",
        "ótimo, mais uma atualização que trava tudo",
        "genial, otra actualización que no funciona",
        "super, encore une mise à jour qui plante",
        "na toll, das Update macht alles kaputt",
    ] {
        let seen = reader.read(text, None);
        assert!(seen.is_complaint() && seen.sentiment < 0.0, "{text}: {seen:?}");
    }
    for text in [
        "I wish it had a lamp",
        "please add a dark mode",
        "would be nice to have two ports",
        "wäre schön, wenn es Widgets gäbe",
    ] {
        let seen = reader.read(text, None);
        assert!(seen.is_idea() && !seen.is_complaint(), "{text}: {seen:?}");
    }
    for text in [
        "not bad at all",
        "I can't wait for the weekend!",
        "nothing to complain about :)",
        "@acme thanks so much for finding my bag",
        "it never gets old, loooove it",
    ] {
        let seen = reader.read(text, None);
        assert!(!seen.is_complaint() && seen.sentiment > 0.0, "{text}: {seen:?}");
    }
}

#[test]
fn hard_inputs_are_read_without_harm() {
    let reader = Reader::new();
    let log =
        "2025-01-06 00:00:01 ERROR [main] java.lang.NullPointerException: failed at Foo.bar(Foo.java:12)\n"
            .repeat(40);
    let tags: String = (0..20).map(|i| format!("#tag{i} ")).collect();
    for text in [
        "my phone stopped charging and I love my cat. ".repeat(2_300),
        "😡😂🤬❤️👏🏽🫠".repeat(50),
        "https://example.org/a/very/long/link?with=parts".to_owned(),
        tags,
        "I love it mas não funciona pero bueno c'est nul und kaputt".to_owned(),
        log,
        "not ".repeat(1_000),
        "great ".repeat(1_000),
        "why ".repeat(1_000),
        ":) ".repeat(1_000),
        "#".repeat(3_000),
        "a".repeat(30_000),
    ] {
        let seen = reader.read(&text, None);
        assert!(
            (-1.0..=1.0).contains(&seen.sentiment) && (0.0..=1.0).contains(&seen.complaint),
            "{text:.40}"
        );
        assert_eq!(seen, reader.read(&text, None), "the same post, the same assessment");
    }
    assert_eq!(reader.read("https://example.org/a", None).complaint, 0.0);
    assert!(reader.read("😡😡", None).sentiment < 0.0);
}

#[test]
fn a_language_without_a_lexicon_is_read_by_its_emoji() {
    let seen = Reader::new().read("Baterijata na telefona e mnogo slaba 😡", Some("ko"));
    assert!(seen.no_lexicon && seen.sentiment < 0.0, "{seen:?}");
}
