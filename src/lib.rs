//! groundswell listens to what people say in public about a company's products, groups the complaints among
//! them, and e-mails the owning team when one begins to grow.
//!
//! The modules are floors: each imports only from those below it. `ARCHITECTURE.md` has the picture.

pub mod assembly;
pub mod edges;
pub mod ground;
pub mod logic;
