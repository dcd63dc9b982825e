//! What is measured, and what is made of it.

use std::collections::BTreeMap;
use std::path::Path;

/// What one stretch of the soak came to.
#[derive(Clone, Debug, Default)]
pub struct Month {
    pub posts: u64,
    /// Resident memory at the end, in bytes.
    pub memory: u64,
    /// What of it the program has asked for and not given back, and the snapshot of what was learnt, in bytes.
    pub asked: u64,
    pub learnt: u64,
    /// The parts of that snapshot.
    pub parts: BTreeMap<&'static str, usize>,
    /// Of the log's database (with alerts and outbox), its write-ahead log beside it, and of the index.
    pub database: u64,
    pub write_ahead: u64,
    pub index: u64,
    /// Bytes of the database in use, and posts whose text is kept.
    pub used: u64,
    pub kept: u64,
    /// What a new post took, in microseconds.
    pub half: u64,
    pub most: u64,
    /// The longest second of the engine, in microseconds.
    pub tick: u64,
    pub alerts: u64,
    pub letters: u64,
}

/// By how much memory may grow from the second quarter to the last one, the disk, and a post's time.
pub const MEMORY: f64 = 1.10;
pub const DISK: f64 = 1.10;
pub const TIME: f64 = 1.5;
/// The same for the slowest hundredth, in which others at work on the machine show first.
pub const WORST_TIME: f64 = 3.0;
/// What is left of a post that is gone, so that it never comes again: a mark, in bytes.
pub const STUB: u64 = 60;

/// The header of the table.
pub const HEAD: &str = "stretch   posts  memory   asked  learnt  database  (used)  w.-ahead   index     kept  post 50%  99%  longest tick  alerts  letters";

impl Month {
    pub fn line(&self, n: usize) -> String {
        let mb = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
        format!(
            "{n:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7} {:>9} {:>7} {:>8} {:>6} µs {:>5} {:>10.1} ms {:>7} {:>8}",
            self.posts,
            mb(self.memory),
            mb(self.asked),
            mb(self.learnt),
            mb(self.database),
            mb(self.used),
            mb(self.write_ahead),
            mb(self.index),
            self.kept,
            self.half,
            self.most,
            self.tick as f64 / 1e3,
            self.alerts,
            self.letters
        )
    }

    fn disk(&self) -> u64 {
        self.database + self.write_ahead + self.index
    }
}

/// What did not hold, in words; nothing when all did. The first quarter fills what is there to be filled, the second one is what the
/// last is compared with.
pub fn verdict(months: &[Month]) -> Vec<String> {
    let quarter = (months.len() / 4).max(1);
    let (Some(second), Some(last)) =
        (months.get(quarter..quarter * 2), months.len().checked_sub(quarter).and_then(|at| months.get(at..)))
    else {
        return vec!["too short for a verdict".into()];
    };
    let most = |of: &[Month], what: fn(&Month) -> u64| of.iter().map(what).max().unwrap_or(0);
    let middle = |of: &[Month], what: fn(&Month) -> u64| {
        let mut all: Vec<u64> = of.iter().map(what).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or(0)
    };
    let mut failed = Vec::new();
    let mut hold = |what: &str, now: u64, then: u64, may: f64, more: u64| {
        if now as f64 > then as f64 * may + more as f64 {
            failed.push(format!(
                "{what}: {now} in the last quarter, {then} in the second: more than {may} times as much"
            ));
        }
    };
    hold("resident memory, bytes", most(last, |m| m.memory), most(second, |m| m.memory), MEMORY, 0);
    // Marks of posts that are gone stay for a year, and are allowed for.
    let gone: u64 = months.get(quarter * 2..).into_iter().flatten().map(|m| m.posts).sum();
    hold("disk, bytes", most(last, Month::disk), most(second, Month::disk), DISK, gone * STUB);
    hold("half of the posts take, µs", middle(last, |m| m.half), middle(second, |m| m.half), TIME, 0);
    hold("99 of 100 posts take, µs", middle(last, |m| m.most), middle(second, |m| m.most), WORST_TIME, 0);
    if last.iter().all(|m| m.alerts == 0) {
        failed.push("alerts: none in the last quarter, which has outbreaks".into());
    }
    failed
}

/// What of the snapshot grew from the end of the second quarter to the end of the last, the most first.
pub fn grown(months: &[Month]) -> Vec<String> {
    let then = (months.len() / 2).checked_sub(1).and_then(|at| months.get(at));
    let (Some(then), Some(now)) = (then, months.last()) else { return Vec::new() };
    let mut parts: Vec<(i64, &str, usize)> = now
        .parts
        .iter()
        .map(|(part, bytes)| {
            (*bytes as i64 - then.parts.get(part).copied().unwrap_or(0) as i64, *part, *bytes)
        })
        .collect();
    parts.sort_by_key(|(more, ..)| -more);
    let line = |(more, part, bytes): (i64, &str, usize)| {
        let mb = |bytes: f64| bytes / 1e6;
        format!(
            "of what was learnt, {part}: {:.2} MB, {:+.2} since the middle",
            mb(bytes as f64),
            mb(more as f64)
        )
    };
    parts.into_iter().filter(|(.., bytes)| *bytes > 100_000).map(line).collect()
}

/// The nth of a hundred of what was measured.
pub fn share(times: &mut [u64], percent: usize) -> u64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or(0)
}

/// Resident memory of this process, in bytes; 0 where the system does not say.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().map_or(0, |kb| kb * 1024)
}

/// Bytes of a file, or of all in a folder.
pub fn bytes(path: &Path) -> u64 {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.filter_map(Result::ok).map(|e| bytes(&e.path())).sum(),
        Err(_) => std::fs::metadata(path).map_or(0, |meta| meta.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year() -> Vec<Month> {
        let month = Month {
            posts: 1_000,
            memory: 100,
            database: 10_000_000,
            half: 100,
            most: 900,
            alerts: 1,
            ..Month::default()
        };
        vec![month; 12]
    }

    #[test]
    fn a_year_without_change_holds_and_each_drift_is_named() {
        assert_eq!(verdict(&year()), Vec::<String>::new());
        let drift = |change: fn(&mut Month)| {
            let mut year = year();
            year[9..].iter_mut().for_each(change);
            verdict(&year)
        };
        for (named, change) in [
            ("resident memory", (|m: &mut Month| m.memory = 111) as fn(&mut Month)),
            ("disk", |m| m.index = 8_000_000),
            ("half of", |m| m.half = 151),
            ("99 of", |m| m.most = 2_701),
            ("alerts", |m| m.alerts = 0),
        ] {
            let failed = drift(change);
            assert!(failed.len() == 1 && failed[0].starts_with(named), "{named}: {failed:?}");
        }
        assert_eq!(drift(|m| m.memory = 110), Vec::<String>::new());
    }

    #[test]
    fn what_is_too_short_says_so() {
        assert_eq!(verdict(&[]), ["too short for a verdict"]);
    }
}
