//! A digest: what a team is told by the day or the week, beside the letters about single alerts.

use serde::{Deserialize, Serialize};

use super::alert::{AlertEvent, EventKind, Severity};
use super::reason::Reason;
use super::time::Timestamp;

/// What was heard in one stretch of days, and what was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digest {
    /// Days that it is about: 7, or 1.
    pub days: u32,
    /// What happened to alerts, oldest first.
    pub told: Vec<ToldAlert>,
    /// More of it than is listed.
    pub more_told: u32,
    /// Alerts that are open now.
    pub open: Vec<ToldAlert>,
    /// Product by product.
    pub products: Vec<ProductDigest>,
    /// Alerts that people judged since the beginning: worth it, and not an issue.
    pub judged: (u32, u32),
    /// Alerts whose day is known on which the company would have known otherwise, and their median lead in days.
    pub leads: Option<(u32, f64)>,
}

/// An alert in one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldAlert {
    /// When this happened.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// Why.
    pub reason: Reason,
    /// Id of the alert.
    pub alert: String,
    /// The product's name.
    pub product: String,
    /// Name of the complaint.
    pub label: String,
    /// People in all.
    pub people: u32,
    /// How much it matters.
    #[serde(default)]
    pub severity: Severity,
}

impl ToldAlert {
    /// What a digest says of an event.
    pub fn of(event: &AlertEvent) -> Self {
        Self {
            at: event.at,
            kind: event.kind,
            reason: event.reason,
            alert: event.alert.clone(),
            product: event.product_name.clone(),
            label: event.label.clone(),
            people: event.total,
            severity: event.severity,
        }
    }
}

/// One product in a digest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductDigest {
    /// Its name.
    pub name: String,
    /// Posts about it, and in the stretch before.
    pub posts: (u32, u32),
    /// Complaints among them, and in the stretch before.
    pub complaints: (u32, u32),
    /// Followers of those who wrote, added up.
    pub reach: u64,
    /// The feeling of its posts in this stretch, in the one before, and in the quarter before this one.
    pub feeling: [Option<Feeling>; 3],
    /// Complaints that more people make than before, and that no alert tells of.
    pub growing: Vec<Growing>,
    /// What people wish for.
    pub ideas: Vec<Growing>,
}

/// The mean feeling of posts, from −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feeling {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
}

/// A complaint or a wish in one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growing {
    /// Its id, as `clusters` lists it.
    pub cluster: String,
    /// Its name.
    pub label: String,
    /// People in this stretch.
    pub people: u32,
    /// People in the one before.
    pub before: u32,
}
