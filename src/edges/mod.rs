//! Floor 2: where the world is touched. The edges do not know one another.

pub mod mail;
