//! The languages that letters are written in.

use serde::{Deserialize, Serialize};

/// The language of a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English, which every installation reads.
    #[default]
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Portuguese as it is written in Brazil.
    #[serde(rename = "pt")]
    Portuguese,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// German.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::English, Self::French, Self::Portuguese, Self::Spanish, Self::German];

    /// As `language` of a team says it, and as pages declare it: `en`, `fr`, `pt`, `es`, `de`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Portuguese => "pt",
            Self::Spanish => "es",
            Self::German => "de",
        }
    }

    /// The language of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}
