//! Floor 2: where the world is touched. The edges do not know one another.

pub mod clock;
pub mod host;
pub mod index;
pub mod mail;
pub mod rules_folder;
pub mod rules_watch;
pub mod settings;
pub mod sources;
pub mod store;
pub mod template_folder;
pub mod web;
