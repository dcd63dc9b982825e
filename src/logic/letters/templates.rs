//! The templates of letters and of the pages behind their links. Each that is named in [`Templates::NAMES`] can be overridden;
//! one that cannot be used loses no letter, the built-in one takes its place.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, value::Serde};
use serde::Serialize;

use super::text::Page;
use super::tongue::Tongue;
use crate::ground::language::Language;

/// Steps that one rendering may take: a loop without end is a mistake with a place, and not a daemon that hangs. The longest
/// letter takes some thousands.
const MOST_STEPS: u64 = 500_000;

const BUILT_IN: [(&str, &str); 10] = [
    ("act.html", include_str!("../../../templates/act.html")),
    ("alert.html", include_str!("../../../templates/alert.html")),
    ("buttons.html", include_str!("../../../templates/buttons.html")),
    ("card.html", include_str!("../../../templates/card.html")),
    ("collected.html", include_str!("../../../templates/collected.html")),
    ("digest.html", include_str!("../../../templates/digest.html")),
    ("leave.html", include_str!("../../../templates/leave.html")),
    ("notice.html", include_str!("../../../templates/notice.html")),
    ("page.html", include_str!("../../../templates/page.html")),
    ("samples.html", include_str!("../../../templates/samples.html")),
];

static BUILT_IN_ENGINE: LazyLock<Arc<Environment<'static>>> =
    LazyLock::new(|| Arc::new(engine(&BTreeMap::new()).0));

/// The templates in force.
#[derive(Clone)]
pub struct Templates {
    engine: Arc<Environment<'static>>,
    overridden: Arc<BTreeMap<String, String>>,
}

/// A mistake in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// Name of the file.
    pub file: String,
    /// Line of the mistake, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub why: String,
}

impl std::fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.why),
            None => write!(f, "{}: {}", self.file, self.why),
        }
    }
}

impl Default for Templates {
    fn default() -> Self {
        Self { engine: Arc::clone(&BUILT_IN_ENGINE), overridden: Arc::default() }
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Templates").field(&self.overridden.keys()).finish()
    }
}

impl PartialEq for Templates {
    fn eq(&self, other: &Self) -> bool {
        self.overridden == other.overridden
    }
}

impl Eq for Templates {}

impl Templates {
    /// Plain texts of letters that can be overridden. The built-in ones are no templates: they say everything.
    pub const TEXTS: [&'static str; 4] = ["alert.txt", "collected.txt", "digest.txt", "notice.txt"];
    /// Templates of HTML that can be overridden.
    pub const NAMES: [&'static str; 8] = [
        "act.html",
        "alert.html",
        "buttons.html",
        "card.html",
        "collected.html",
        "digest.html",
        "leave.html",
        "notice.html",
    ];

    /// The built-in ones, and over them these (name → text). What is wrong with one is told, and the built-in one stays. Whether
    /// one can be filled in shows when it is: [`super::check_templates`] does that with one of every kind.
    pub fn with(files: &BTreeMap<String, String>) -> (Self, Vec<TemplateProblem>) {
        let mut problems = Vec::new();
        let mut taken = files.clone();
        taken.retain(|name, _| {
            let known = Self::all().any(|known| known == name);
            if !known {
                problems.push(unknown(name));
            }
            known
        });
        let (engine, wrong) = engine(&taken);
        for problem in &wrong {
            taken.remove(&problem.file);
        }
        problems.extend(wrong);
        (Self { engine: Arc::new(engine), overridden: Arc::new(taken) }, problems)
    }

    fn all() -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().chain(Self::TEXTS)
    }

    /// The text of a built-in template: what an override begins with.
    pub fn built_in(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// Whether any is overridden.
    pub fn is_overridden(&self) -> bool {
        !self.overridden.is_empty()
    }

    /// Both parts of a letter of this kind (`alert`), filled in: the HTML, the plain text (`text` makes the built-in one), and why
    /// a built-in one had to take the place of another.
    pub(super) fn letter(
        &self,
        kind: &str,
        values: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> (String, String, Option<TemplateProblem>) {
        let (html, wrong) = self.render(&format!("{kind}.html"), values);
        let name = format!("{kind}.txt");
        if !self.overridden.contains_key(&name) {
            return (html, text(), wrong);
        }
        let filled = self.engine.get_template(&name).and_then(|t| t.render(Value::from(Serde(values))));
        match filled {
            Ok(own) => (html, format!("{}\n", own.trim_end()), wrong),
            Err(e) => (html, text(), wrong.or_else(|| Some(problem(&name, &e)))),
        }
    }

    /// The template filled in, and why the built-in one had to take the place of another.
    pub(super) fn render(&self, name: &str, values: &impl Serialize) -> (String, Option<TemplateProblem>) {
        let values = Value::from(Serde(values));
        let fill = |engine: &Environment<'static>| engine.get_template(name).and_then(|t| t.render(&values));
        match fill(&self.engine) {
            Ok(html) => (html, None),
            // The plain text says all, should even the built-in one fail, which tests exclude.
            Err(wrong) => (fill(&BUILT_IN_ENGINE).unwrap_or_default(), Some(problem(name, &wrong))),
        }
    }
}

fn unknown(name: &str) -> TemplateProblem {
    let near = Templates::all()
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .min()
        .filter(|(far, _)| *far <= 3)
        .map(|(_, known)| format!("; did you mean {known}?"));
    let why = format!(
        "there is no template of this name{}: those that can be overridden are {}",
        near.unwrap_or_default(),
        Templates::all().collect::<Vec<_>>().join(", ")
    );
    TemplateProblem { file: name.to_owned(), line: None, why }
}

/// The built-in templates with these over them, as far as they can be read.
fn engine(over: &BTreeMap<String, String>) -> (Environment<'static>, Vec<TemplateProblem>) {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(MOST_STEPS));
    engine.set_debug(true);
    engine.set_formatter(|out, state, value| {
        if value.is_safe() || !matches!(state.auto_escape(), AutoEscape::Html) {
            return write!(out, "{value}").map_err(Error::from);
        }
        let text = value.to_string();
        write!(out, "{}", escaped(&text)).map_err(Error::from)
    });
    engine.add_function("t", |state: &minijinja::State<'_, '_>, key: String| -> Result<String, Error> {
        let code = state.lookup("language").map(|code| code.to_string()).unwrap_or_default();
        let t = Tongue::of(Language::from_code(&code).unwrap_or_default());
        if t.knows(&key) {
            return Ok(t.say(&key));
        }
        Err(Error::new(ErrorKind::InvalidOperation, format!("the catalogue has no message \"{key}\"")))
    });
    // Breaks lines as mail programs show them, each with a mark in front, so that no stranger's line can pass for ours.
    engine.add_filter("wrapped", |text: String, mark: Option<String>| {
        let mut page = Page::default();
        page.wrapped(&mark.unwrap_or_default(), &text);
        page.done().trim_end().to_owned()
    });
    let mut problems = Vec::new();
    for (name, text) in BUILT_IN {
        // A test reads each.
        let _ = engine.add_template_owned(name, text);
    }
    for (name, text) in over {
        if let Err(wrong) = engine.add_template_owned(name.clone(), text.clone()) {
            problems.push(problem(name, &wrong));
        }
    }
    (engine, problems)
}

fn problem(name: &str, wrong: &Error) -> TemplateProblem {
    // What is wrong with an included template is told by the innermost error.
    let mut innermost = wrong;
    while let Some(inner) = std::error::Error::source(innermost).and_then(|e| e.downcast_ref::<Error>()) {
        innermost = inner;
    }
    let what = match innermost.kind() {
        ErrorKind::OutOfFuel => "it goes on without end: a loop is too long".to_owned(),
        ErrorKind::UndefinedError => {
            "a value that does not exist is used here; docs/templates.md lists those that do".to_owned()
        }
        kind => innermost.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    let used = innermost
        .template_source()
        .zip(innermost.range())
        .and_then(|(source, range)| source.get(range))
        .map(|part| part.chars().filter(|c| !c.is_control()).take(60).collect::<String>());
    let mut why = what;
    if let Some(used) = used.filter(|used| !used.trim().is_empty()) {
        let _ = write!(why, " (at `{}`)", used.trim());
    }
    TemplateProblem {
        file: innermost.name().unwrap_or(name).to_owned(),
        line: innermost.line().filter(|line| *line > 0),
        why,
    }
}

/// Fit for text and for attributes in quotation marks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&#38;"),
            '<' => out.push_str("&#60;"),
            '>' => out.push_str("&#62;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Letter, Sender, check_templates, fixture, letter};
    use super::*;

    fn with(name: &str, text: &str) -> (Templates, Vec<TemplateProblem>) {
        Templates::with(&BTreeMap::from([(name.to_owned(), text.to_owned())]))
    }

    fn opened(templates: Templates) -> Letter {
        let (domain, from_name) = ("example.org".into(), "groundswell".into());
        letter(&fixture::opened(), &Sender { domain, from_name, contact: None, desk: None, templates })
    }

    #[test]
    fn the_built_in_ones_fill_every_letter_and_page() {
        assert_eq!(check_templates(&Templates::default()), Vec::<String>::new());
        assert!(Templates::NAMES.iter().all(|name| Templates::built_in(name).is_some()));
        let same: BTreeMap<String, String> = Templates::NAMES
            .iter()
            .map(|name| ((*name).to_owned(), Templates::built_in(name).unwrap().to_owned()))
            .collect();
        let (copies, problems) = Templates::with(&same);
        assert_eq!((problems.len(), check_templates(&copies).len()), (0, 0));
        assert_eq!(opened(copies).html, opened(Templates::default()).html);
    }

    #[test]
    fn an_override_is_used_and_what_is_filled_in_stays_escaped() {
        let text =
            "<h1>{{ story.label }}</h1>{{ t(\"do-title\") }} {{ language }} {{ story.actions|length }}";
        let (templates, problems) = with("alert.html", text);
        assert_eq!(problems, []);
        assert!(templates.is_overridden());
        let (domain, from_name) = ("example.org".into(), "groundswell".into());
        let sender = Sender { domain, from_name, contact: None, desk: None, templates };
        let event = crate::ground::alert::AlertEvent { language: Language::German, ..fixture::hostile() };
        let html = letter(&event, &sender).html;
        assert!(html.contains("&#60;script&#62;") && !html.contains("<script"), "{html}");
        assert!(html.ends_with("Was zu tun ist de 0"), "{html}");
    }

    #[test]
    fn the_plain_text_can_be_overridden_too() {
        let text = "{{ story.label }}: {{ story.heard }}\n{% for quote in story.quotes %}{{ quote.text|wrapped(\"> \") }}\n{% endfor %}";
        let (templates, problems) = with("alert.txt", text);
        assert_eq!((problems.len(), check_templates(&templates)), (0, Vec::new()));
        let sent = opened(templates);
        assert!(sent.text.starts_with("Apostrophe and return keys too close together: 9 people\n> My pinky"));
        assert!(
            sent.text.lines().skip(1).all(|line| line.starts_with("> ") && line.len() < 90),
            "{}",
            sent.text
        );
        // Nothing is escaped: it is no HTML.
        assert!(sent.text.contains("\"don't\""));
        assert_eq!(sent.html, opened(Templates::default()).html);
        let others = [
            (
                "collected.txt",
                "{% for group in groups %}{% for item in group.entries %}{{ item.said }}{% endfor %}{% endfor %}",
            ),
            ("digest.txt", "{% for section in sections %}{{ section.title }}{% endfor %}"),
            ("notice.txt", "{{ lead }}\n{{ paragraphs|join }}\n{{ printed }}\n{{ end|join }}"),
        ];
        let others = others.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(check_templates(&Templates::with(&others.into()).0), Vec::<String>::new());
        let (templates, _) = with("alert.txt", "\n{{ story.labell }}");
        assert!(check_templates(&templates)[0].starts_with("alert.txt:2: a value that does not exist"));
        assert_eq!(opened(templates).text, opened(Templates::default()).text);
        assert!(with("alerts.txt", "x").1[0].why.contains("did you mean alert.txt?"));
    }

    #[test]
    fn a_frame_that_is_overridden_frames_the_letters_that_use_it() {
        let (templates, problems) = with("card.html", "<p>our house</p>{% block content %}{% endblock %}");
        assert_eq!(problems, []);
        assert_eq!(check_templates(&templates), Vec::<String>::new());
        assert!(templates.render("notice.html", &Empty::new()).0.starts_with("<p>our house</p>"));
    }

    #[derive(Serialize)]
    struct Empty {
        lead: &'static str,
        paragraphs: [Vec<&'static str>; 0],
        printed: &'static str,
        end: [&'static str; 0],
        subject: &'static str,
        from_name: &'static str,
        language: &'static str,
    }

    impl Empty {
        fn new() -> Self {
            Self {
                lead: "x",
                paragraphs: [],
                printed: "",
                end: [],
                subject: "s",
                from_name: "f",
                language: "en",
            }
        }
    }

    #[test]
    fn a_mistake_has_a_file_and_a_line_and_loses_no_letter() {
        let (templates, problems) = with("alert.html", "<p>\n{% if story.label %}\n<p>{{ story.label }}");
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].file.as_str(), problems[0].line), ("alert.html", Some(3)));
        let sent = opened(templates);
        assert_eq!((sent.html, sent.fallback), (opened(Templates::default()).html, None));

        // What can be read and not be filled in.
        for (text, line, said) in [
            ("<p>\n{{ story.labell }}</p>", 2, "does not exist"),
            ("\n\n{{ t(\"do-titel\") }}", 3, "no message \"do-titel\""),
            ("{% include \"none.html\" %}", 1, "none.html"),
            (
                "\n{% for i in range(10000) %}{% for j in range(10000) %}{{ j }}{% endfor %}{% endfor %}",
                2,
                "without end",
            ),
        ] {
            let (templates, problems) = with("alert.html", text);
            assert_eq!(problems, []);
            let told = check_templates(&templates);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(
                told[0].starts_with(&format!("alert.html:{line}: ")) && told[0].contains(said),
                "{told:?}"
            );
            let sent = opened(templates);
            assert_eq!(
                (sent.html, sent.fallback.as_ref()),
                (opened(Templates::default()).html, told.first())
            );
        }
    }

    #[test]
    fn a_name_that_is_none_is_told_with_the_nearest() {
        let (templates, problems) = with("alerts.html", "x");
        assert!(problems[0].why.contains("did you mean alert.html?"), "{problems:?}");
        assert_eq!(templates, Templates::default());
    }
}
