//! The plain text: for those who read without pictures or with their ears. Says all that the HTML says.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;

use super::clean;
use super::story::Story;
use super::tongue::Tongue;

/// Longest line, links excepted: a broken link is of no use.
const WIDTH: usize = 76;
/// Longest bar of the table of weeks.
const MAX_BAR: u32 = 14;

/// The plain text of the letter.
pub(super) fn text(story: &Story, from_name: &str, t: &Tongue) -> String {
    let mut out = Page::default();
    out.line(&format!("{} {}", t.colon(&story.product), story.badge));
    out.wrapped("", &story.label);
    out.line(&"=".repeat(story.label.graphemes(true).count().min(WIDTH)));
    out.blank();
    out.wrapped("", &story.sentence);
    if let Some(newest) = &story.newest {
        out.blank();
        for part in &story.storm {
            out.wrapped_hanging(&format!("* {} {}", t.colon(&part.label), part.people), "  ");
        }
        out.blank();
        out.wrapped("", newest);
    }

    out.title(&story.compared_title);
    out.line(&clean::capital(&format!("{} {}", t.colon(&story.heard_in), story.heard)));
    out.line(&clean::capital(&format!("{} {}", t.colon(&story.usual_in), story.usual)));
    out.blank();
    out.wrapped("", &story.compared.join(" "));

    out.title(&t.say("chart-title"));
    if !story.weeks.is_empty() {
        weeks(&mut out, story, t);
        out.blank();
    }
    out.wrapped("", &story.chart_alt);
    if let Some(sum) = &story.chart_sum {
        out.wrapped("", sum);
    }

    steps(&mut out, story, t);

    if !story.quotes.is_empty() {
        out.title(&story.quotes_title);
        for (index, quote) in story.quotes.iter().enumerate() {
            if index > 0 {
                out.blank();
            }
            // Each line is marked, so that no stranger's line can pass for ours.
            out.wrapped("> ", &quote.text);
            out.wrapped("  ", &quote.byline);
            if let Some(link) = &quote.link {
                out.line(&format!("  {}", link.href));
            }
        }
    }

    out.title(&t.say("facts-title"));
    for (name, value) in &story.facts {
        out.wrapped_hanging(&format!("{} {value}", t.colon(name)), "  ");
    }

    out.title(&t.say("next-title"));
    out.wrapped("", &story.next);

    out.blank();
    out.line("--");
    out.wrapped("", from_name);
    out.wrapped("", &story.why);
    out.wrapped("", &story.less);
    if let Some(leave) = &story.leave {
        out.way_off(leave, t);
    }
    out.0
}

/// What can be done: by a link, or by those who run the service.
fn steps(out: &mut Page, story: &Story, t: &Tongue) {
    let linked = !story.actions.is_empty() || story.storm.iter().any(|part| !part.actions.is_empty());
    if !linked && story.commands.is_empty() {
        return;
    }
    out.title(&t.say("do-title"));
    out.wrapped("", &story.ask);
    if let Some(contact) = &story.contact {
        out.line(&format!("  {contact}"));
    }
    if !story.commands.is_empty() {
        for (name, command) in &story.commands {
            out.wrapped("", &t.colon(name));
            out.line(&format!("  {command}"));
        }
        return;
    }
    let of_storm = story.storm.iter().map(|part| (Some(&part.label), &part.actions));
    for (label, actions) in of_storm.chain([(None, &story.actions)]) {
        if let Some(label) = label {
            out.blank();
            out.wrapped("* ", label);
        }
        for action in actions {
            out.blank();
            out.line(&t.colon(&action.name));
            out.line(&format!("  {}", action.href));
        }
    }
}

fn weeks(out: &mut Page, story: &Story, t: &Tongue) {
    let most = story.weeks.iter().map(|w| w.heard).max().unwrap_or(0).max(1);
    let usual: Vec<String> = story
        .weeks
        .iter()
        .map(|week| t.tell("week-usual", &[("usual", week.usual.as_str().into())]))
        .collect();
    let days = story.weeks.iter().map(|w| width(&w.days)).max().unwrap_or(0);
    let said = usual.iter().map(|usual| width(usual)).max().unwrap_or(0);
    out.line(&t.say("weeks-title"));
    for (week, usual) in story.weeks.iter().zip(&usual) {
        let bar = if most > MAX_BAR { week.heard.saturating_mul(MAX_BAR).div_ceil(most) } else { week.heard };
        let bar = "#".repeat(bar as usize);
        let line = format!("  {:<days$} {:>4}, {usual:<said$} {bar}", week.days, week.heard);
        out.line(line.trim_end());
    }
}

/// Lines that are as wide as mail programs show them.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn done(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, line: &str) {
        let _ = writeln!(self.0, "{line}");
    }

    /// Who sends, why the reader gets it, and how to get no more.
    pub(super) fn foot(&mut self, from_name: &str, why: &str, leave: Option<&str>, t: &Tongue) {
        self.line("--");
        self.wrapped("", from_name);
        self.wrapped("", why);
        if let Some(href) = leave {
            self.way_off(href, t);
        }
    }

    fn way_off(&mut self, href: &str, t: &Tongue) {
        self.blank();
        self.line(&t.say("leave"));
        self.line(&format!("  {href}"));
    }

    pub(super) fn blank(&mut self) {
        self.0.push('\n');
    }

    fn title(&mut self, title: &str) {
        self.blank();
        self.line(&title.to_uppercase());
    }

    pub(super) fn wrapped(&mut self, mark: &str, text: &str) {
        self.fill(text, mark, mark);
    }

    pub(super) fn wrapped_hanging(&mut self, text: &str, hang: &str) {
        self.fill(text, "", hang);
    }

    /// Breaks at blanks; a word longer than a line is broken where the line ends.
    fn fill(&mut self, text: &str, first: &str, others: &str) {
        let mut line = first.to_owned();
        let (mut used, mut empty) = (width(first), true);
        for word in text.split(' ').filter(|w| !w.is_empty()) {
            let mut word = word;
            loop {
                let room = WIDTH.saturating_sub(used + usize::from(!empty));
                let needed = width(word);
                if needed <= room {
                    if !empty {
                        line.push(' ');
                    }
                    line.push_str(word);
                    used += needed + usize::from(!empty);
                    empty = false;
                    break;
                }
                if empty {
                    let cut = word.grapheme_indices(true).nth(room.max(1)).map_or(word.len(), |(at, _)| at);
                    let (head, tail) = word.split_at(cut);
                    line.push_str(head);
                    word = tail;
                }
                self.line(&line);
                line = others.to_owned();
                (used, empty) = (width(others), true);
                if word.is_empty() {
                    break;
                }
            }
        }
        if !empty {
            self.line(&line);
        }
    }
}

/// Characters as a reader counts them.
fn width(text: &str) -> usize {
    text.graphemes(true).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_word_without_end_is_broken_and_marked_on_every_line() {
        let mut page = Page::default();
        page.wrapped("> ", &format!("see {} end", "x".repeat(200)));
        let lines: Vec<&str> = page.0.lines().collect();
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(lines.iter().all(|l| l.starts_with("> ") && l.len() <= WIDTH));
        assert_eq!(page.0.matches('x').count(), 200);
    }

    proptest! {
        #[test]
        fn wrapping_keeps_all_words_and_the_width(text in "[a-zé]{1,100}( [a-zé]{1,12}){0,30}") {
            let mut page = Page::default();
            page.wrapped("", &text);
            prop_assert!(page.0.lines().all(|l| width(l) <= WIDTH));
            let kept: String = page.0.chars().filter(|c| !c.is_whitespace()).collect();
            let given: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(kept, given);
        }
    }
}
