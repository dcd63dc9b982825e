//! What the simulations share: chance, and the designs whose figures can be compared.
#![allow(dead_code, reason = "each program uses its part")]

pub(crate) mod dice;
pub(crate) mod hourly;
pub(crate) mod weekly;
