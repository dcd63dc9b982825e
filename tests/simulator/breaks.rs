//! What may be broken on purpose.

/// An invariant that is broken on purpose, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The cursor is moved before what it covers is written.
    CursorFirst,
    /// That a letter is sent is forgotten.
    MarkForgotten,
    /// A letter counts as sent whatever the mail server said.
    SentBefore250,
    /// A crash leaves the position at the end of the log, whatever was decided.
    PositionAhead,
    /// A post is written a second time.
    Twice,
    /// An event is lost.
    EventLost,
}

pub const BREAKS: [Break; 6] = [
    Break::CursorFirst,
    Break::MarkForgotten,
    Break::SentBefore250,
    Break::PositionAhead,
    Break::Twice,
    Break::EventLost,
];
