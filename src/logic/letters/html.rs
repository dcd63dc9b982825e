//! The letter as HTML, for the e-mail programs that there are: tables and inline styles where Outlook needs them,
//! dark where the reader's screen is, no picture from elsewhere.

use askama::Template;

use super::story::Story;

/// The template `templates/alert.html`. Every value is escaped by it.
#[derive(Template)]
#[template(path = "alert.html")]
struct Alert<'a> {
    story: &'a Story,
    from_name: &'a str,
    chart: &'a str,
    actions: &'a str,
    leave: &'a str,
}

/// The HTML of the letter. The chart is `cid:chart`.
pub(super) fn html(story: &Story, from_name: &str) -> String {
    // Rendering into memory cannot fail; if it did, the plain text still says all.
    let (actions, leave) = (super::text::ACTIONS, super::text::LEAVE);
    Alert { story, from_name, chart: super::CHART, actions, leave }.render().unwrap_or_default()
}
