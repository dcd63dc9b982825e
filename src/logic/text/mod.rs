//! Text as words: one tokenizer and one way of folding and stemming, so that rules, cues, clusters and the index
//! agree on what a word is.

pub mod fold;
mod function_words;
pub mod lang;
mod script;
pub mod stop;
pub mod token;

pub use fold::{fold, is_invisible};
pub use lang::Lang;
pub use stop::is_stop_word;
pub use token::{Kind, Token, tokenize};
