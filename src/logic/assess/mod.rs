//! What a post feels and whether it complains: two questions, answered apart. "The apostrophe and return keys are
//! too close together" has no feeling in it, and is a complaint.

mod around;
mod assessment;
mod feeling;
mod lexicon;
mod pattern;
mod reading;
mod signs;
mod tone;
mod words;
mod written;

pub use assessment::{Assessment, Assessor, COMPLAINT_FROM, Cue};
pub use lexicon::{CueKind, Extension, Lexicon, Lexicons};
pub use written::Change;
