//! How people name a cluster: `mini-9.c17` is a complaint, `mini-9.i3` a wish.

use std::fmt;

use super::product::ProductState;
use crate::logic::cluster::Clusters;

/// What a cluster is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// What people complain of.
    Complaints,
    /// What people wish for; it never alerts.
    Ideas,
}

/// The name of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterId {
    /// Id of the product.
    pub product: String,
    /// What it is made of.
    pub sort: Sort,
    /// Its number among those of its sort.
    pub number: u32,
}

impl ClusterId {
    /// Reads `mini-9.c17`; `None` where it is no name of a cluster.
    pub fn parse(id: &str) -> Option<Self> {
        let (product, short) = id.rsplit_once('.')?;
        let (sort, number) = match (short.strip_prefix('c'), short.strip_prefix('i')) {
            (Some(number), _) => (Sort::Complaints, number),
            (_, Some(number)) => (Sort::Ideas, number),
            _ => return None,
        };
        let is_number = number.bytes().all(|b| b.is_ascii_digit());
        Some(Self { product: product.to_owned(), sort, number: number.parse().ok().filter(|_| is_number)? })
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}{}", self.product, self.sort.mark(), self.number)
    }
}

impl Sort {
    /// The letter before the number.
    pub fn mark(self) -> char {
        match self {
            Self::Complaints => 'c',
            Self::Ideas => 'i',
        }
    }
}

impl ProductState {
    /// The clusters of a sort.
    pub fn of_sort(&self, sort: Sort) -> &Clusters {
        match sort {
            Sort::Complaints => &self.clusters,
            Sort::Ideas => &self.ideas,
        }
    }

    pub(super) fn of_sort_mut(&mut self, sort: Sort) -> &mut Clusters {
        match sort {
            Sort::Complaints => &mut self.clusters,
            Sort::Ideas => &mut self.ideas,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written_and_nothing_else_is_one() {
        for id in ["mini-9.c17", "mini.9.i3", "p.c0"] {
            assert_eq!(ClusterId::parse(id).unwrap().to_string(), id);
        }
        for none in ["", "mini-9", "mini-9.battery", "mini-9.c", "mini-9.i+3", "mini-9.c99999999999", "c17"] {
            assert_eq!(ClusterId::parse(none), None, "{none}");
        }
    }
}
