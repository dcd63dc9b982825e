//! Why something happened to an alert.

use serde::{Deserialize, Serialize};

/// Why it opened, changed or ended: one name for log line, e-mail, console and `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// More people than usual, and not by chance: the evidence passed the team's bar.
    MoreThanUsual,
    /// A second person said something that is dangerous.
    SecondSafetyVoice,
    /// Twice as many people as at the last mail.
    Doubled,
    /// It is about safety, and many more speak of the same without telling of danger.
    MoreAround,
    /// It reached a source or region it had not been in.
    NewPlace,
    /// It became a matter of safety.
    TurnedSevere,
    /// For some days no more than usual.
    BackToUsual,
    /// Nobody spoke of it for four weeks, or it has been open that long at a steady rate: the new usual.
    NewUsual,
    /// A person said that it is over.
    ResolvedByHand,
    /// A person said that it is not an issue.
    NotAnIssue,
    /// It came back after it was over.
    CameBack,
    /// Its rule was taken away.
    RuleRemoved,
    /// A person said that it is fixed: from here on it is watched whether that holds.
    SaidFixed,
    /// Since it was fixed, far fewer people have said it than would have by the rate before.
    FixHolds,
    /// It was said to be fixed, and people say it again.
    BackAfterFix,
    /// One person's complaint is passed on by far more people than this product's complaints usually are.
    SharedWidely,
    /// It turned out to be the same matter as another open alert, which goes on.
    Merged,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::MoreThanUsual,
        Self::SecondSafetyVoice,
        Self::Doubled,
        Self::MoreAround,
        Self::NewPlace,
        Self::TurnedSevere,
        Self::BackToUsual,
        Self::NewUsual,
        Self::ResolvedByHand,
        Self::NotAnIssue,
        Self::CameBack,
        Self::RuleRemoved,
        Self::SaidFixed,
        Self::FixHolds,
        Self::BackAfterFix,
        Self::SharedWidely,
        Self::Merged,
    ];

    /// Why something is back that ended for this reason.
    pub fn back_after(ended_by: Option<Self>) -> Self {
        match ended_by {
            Some(Self::SaidFixed) => Self::BackAfterFix,
            _ => Self::CameBack,
        }
    }

    /// The name as it is written in logs and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::MoreThanUsual => "more-than-usual",
            Self::SecondSafetyVoice => "second-safety-voice",
            Self::Doubled => "doubled",
            Self::MoreAround => "more-around",
            Self::NewPlace => "new-place",
            Self::TurnedSevere => "turned-severe",
            Self::BackToUsual => "back-to-usual",
            Self::NewUsual => "new-usual",
            Self::ResolvedByHand => "resolved-by-hand",
            Self::NotAnIssue => "not-an-issue",
            Self::CameBack => "came-back",
            Self::RuleRemoved => "rule-removed",
            Self::SaidFixed => "said-fixed",
            Self::FixHolds => "fix-holds",
            Self::BackAfterFix => "back-after-fix",
            Self::SharedWidely => "shared-widely",
            Self::Merged => "merged",
        }
    }

    /// The sentence for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::MoreThanUsual => "More people than usual say this.",
            Self::SecondSafetyVoice => "A second person reports something that could hurt somebody.",
            Self::Doubled => "Twice as many people say this as when we last wrote.",
            Self::MoreAround => "Many more people speak of the same, though not of danger.",
            Self::NewPlace => "It has reached a place where it had not been heard before.",
            Self::TurnedSevere => "It has become a matter of safety.",
            Self::BackToUsual => "It has been quiet: for days no more people than usual have said this.",
            Self::NewUsual => "It has gone on at the same rate for four weeks: that is now the usual.",
            Self::ResolvedByHand => "Somebody on your side said that it is over.",
            Self::NotAnIssue => "Somebody on your side said that this is not an issue.",
            Self::CameBack => "It was over, and people say it again.",
            Self::RuleRemoved => "The rule that watched for it was taken away.",
            Self::SaidFixed => "Somebody on your side said that it is fixed. We watch whether that holds.",
            Self::FixHolds => "The fix holds: people have stopped saying this.",
            Self::BackAfterFix => "It was said to be fixed, and people say it again.",
            Self::Merged => "It turned out to be the same matter as another open alert, which goes on.",
            Self::SharedWidely => {
                "One person's complaint is shared by far more people than this product's complaints usually are."
            }
        }
    }
}
