//! A scenario: posts with times, who would be alerted and when, and what must stay silent. Read from
//! `rules/tests/*.toml` ([`crate::logic::rules::load_scenarios`]), tried by `groundswell test`.

use crate::ground::diagnostic::Place;
use crate::ground::post::Post;
use crate::ground::time::Timestamp;

/// How the ids of posts begin that stand for what is usual.
pub const USUAL: &str = "usual-";

/// A scenario that can be played.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// The posts, in order of time.
    pub posts: Vec<Post>,
    /// Alerts that have to open.
    pub alerts: Vec<Expected>,
    /// Alerts that must not open.
    pub quiet: Vec<Expected>,
    /// Where it begins.
    pub place: Place,
}

/// An alert that should open, or should not.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Id of the product; any when absent.
    pub product: Option<String>,
    /// Id of the topic; any when absent, one that nobody named too.
    pub topic: Option<String>,
    /// Id of the team that is told; any when absent.
    pub team: Option<String>,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Not after this.
    pub by: Option<Timestamp>,
    /// A letter about it goes out by then: what waits for quiet hours to end goes later than it opens.
    pub told_by: Option<Timestamp>,
    /// Where it stands.
    pub place: Place,
}

impl Scenario {
    /// When the clock stops: after the last post, and after all that is expected could have happened.
    pub fn end(&self) -> Option<Timestamp> {
        let expected = self.alerts.iter().chain(&self.quiet).filter_map(|e| e.told_by.or(e.by));
        self.posts.last().map(|post| post.arrived_at).into_iter().chain(expected).max()
    }
}
