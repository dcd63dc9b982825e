//! What a platform says became of an account: everything of it may disappear, and may come back.

/// What became of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountNews {
    /// Name of the source that says so; its posts are those with this `source`.
    pub source: String,
    /// The account, as the source names people in `author`.
    pub author: String,
    /// How it stands now.
    pub standing: Standing,
}

/// How an account stands with its platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Open to all: what was hidden comes back.
    Active,
    /// Taken down, suspended or switched off: nothing of it is shown, and it may come back.
    Hidden,
    /// Gone for good.
    Deleted,
}
