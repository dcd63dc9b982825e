//! Posts of files in order of arrival, also where the files have them the other way round, as exports often do.

use std::path::PathBuf;

use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{Input, Rejected};
use crate::ground::post::Incoming;
use crate::ground::time::Timestamp;

/// What of the beginning is looked at to see whether it is in order: so many posts and deletions.
const LOOKED_AT: usize = 1_000;
/// If one in so many goes back in time it is not in order; fewer are late arrivals.
const ONE_IN: usize = 10;
/// Most posts that are put in order here: they are all in memory then.
const MOST: usize = 3_000_000;

/// Hands over every post and deletion of these files. Says whether they had to be sorted: then all were read before the
/// first was handed over, and deletions, which have no time, come last.
///
/// # Errors
/// A file cannot be read, it is out of order and too long to be sorted, or `each` fails.
pub(super) fn each_in_order(
    paths: &[PathBuf],
    rejected: &mut Rejected,
    mut each: impl FnMut(Incoming) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let mut waiting = Vec::new();
    let mut sorts = None;
    for path in paths {
        let mut input = Input::open(Some(path))?;
        while let Some(line) = input.next_line()? {
            match line.read {
                Err(reason) => rejected.add(&input.name, line.number, &reason),
                Ok(incoming) if sorts == Some(false) => each(incoming)?,
                Ok(incoming) => waiting.push(incoming),
            }
            if sorts.is_none() && waiting.len() >= LOOKED_AT {
                sorts = Some(goes_back(&waiting));
                if sorts == Some(false) {
                    waiting.drain(..).try_for_each(&mut each)?;
                }
            }
            if waiting.len() > MOST {
                return Err(Failure::say(
                    Exit::Usage,
                    format!(
                        "{}: these posts are not in order of time, and over {MOST} of them are too many to be sorted here: sort the file by arrived_at, the oldest first, or give it in parts",
                        input.name
                    ),
                ));
            }
        }
    }
    let sorted = sorts.unwrap_or_else(|| goes_back(&waiting));
    if sorted {
        sort(&mut waiting);
    }
    waiting.into_iter().try_for_each(each)?;
    Ok(sorted)
}

fn time(incoming: &Incoming) -> Option<Timestamp> {
    match incoming {
        Incoming::Post(post) => Some(post.arrived_at),
        Incoming::Delete(_) => None,
    }
}

/// Steps back in time, and all steps.
fn steps(all: &[Incoming]) -> (usize, usize) {
    let times: Vec<Timestamp> = all.iter().filter_map(time).collect();
    let back = times.windows(2).filter(|pair| matches!(pair, [a, b] if b < a)).count();
    (back, times.len().saturating_sub(1))
}

fn goes_back(all: &[Incoming]) -> bool {
    let (back, steps) = steps(all);
    back * ONE_IN > steps
}

fn sort(all: &mut [Incoming]) {
    let (back, steps) = steps(all);
    if back * 2 > steps {
        // Of what came at once the last line was the first.
        all.reverse();
    }
    all.sort_by_key(|incoming| (time(incoming).is_none(), time(incoming)));
}
