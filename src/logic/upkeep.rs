//! What those who run the daemon are told, and when: that something stands still, that it goes on again, and once a week that
//! all is well. An early warning that is quietly dead is worse than none.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

/// Between two signs of life, in milliseconds.
const WEEK: i64 = 7 * DAY_MS;
/// A source that fails is told of after so long: most mend themselves.
const FAILING: i64 = HOUR_MS / 4;
/// One that is refused for a reason that waiting seldom mends is told of after so long.
const REFUSED: i64 = HOUR_MS / 12;
/// A silence is told of when it is so many times the longest there was …
const LONGER: i64 = 2;
/// … and at least so long.
const LEAST_SILENCE: i64 = HOUR_MS;
/// Nights and weekends are known after so long; until then …
const LEARNING: i64 = 8 * DAY_MS;
/// … a silence has to be this long.
const UNKNOWN_SILENCE: i64 = DAY_MS;
/// Who did not look for so long was not there, and has not heard a silence.
const ABSENT: i64 = HOUR_MS / 2;
/// Fewer posts than this say nothing about how often one comes.
const FEW: u64 = 24;
/// An index that is so far behind the log stands still, in seconds.
const LAG: i64 = 3_600;

/// What is remembered between two looks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// When the next sign of life is due.
    next: Option<Timestamp>,
    sources: BTreeMap<String, Habit>,
    /// What was told and is not over, by what it is about.
    told: BTreeSet<String>,
    /// When it was last looked.
    looked: Option<Timestamp>,
    /// Where the log ended at a look up to which the index has not read since, and when that was.
    #[serde(default)]
    behind: Option<(u64, Timestamp)>,
}

/// How a source speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Habit {
    since: Timestamp,
    last: Timestamp,
    /// Looks at which there was something new.
    heard: u64,
    /// Longest silence that nobody had to be told of, in milliseconds.
    longest: i64,
}

/// How it stands now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The sources by name.
    pub sources: BTreeMap<String, Source>,
    /// Letters that could not be sent for some time, and what the mail server says.
    pub letters_stuck: u64,
    /// Letters that are given up.
    pub letters_parked: u64,
    /// What the mail server said of one of these.
    pub said: String,
    /// Up to where the index has read the log, and where the log ends.
    pub index: (u64, u64),
}

/// How a source is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// It has ended, or was stopped: silence is right.
    pub over: bool,
    /// Since when it fails, if it does.
    pub failing_since: Option<Timestamp>,
    /// The other side refuses it: the address or a key is wrong.
    pub refused: bool,
    /// It gave up.
    pub failed: bool,
    /// What its last failure was.
    pub why: String,
    /// When its last post came.
    pub last_post: Option<Timestamp>,
}

/// Something that stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What, and why as far as is known.
    pub what: String,
    /// What follows from it, and what whoever runs the service does now.
    pub to_do: String,
}

impl Trouble {
    /// A source that has said nothing for so long, where the longest time before was that (milliseconds).
    pub fn silent(name: &str, silent: i64, longest: i64) -> Self {
        Trouble {
            what: format!(
                "source {name} has been silent for {}, though it reports no error; the longest silence before was {}",
                span(silent),
                span(longest)
            ),
            to_do: format!(
                "It may be a holiday, and then nothing has to be done. To be sure, run `groundswell source test {name}` on the machine: if it shows posts that are \
                 newer than that, restart groundswell; if it shows none, look at the place itself, whether anything is said there."
            ),
        }
    }
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// This stands still.
    Alarm(Trouble),
    /// What was told of before goes on again.
    Over(String),
    /// A week has passed.
    SignOfLife,
}

impl Watch {
    /// What was told and is not over.
    pub fn troubles(&self) -> impl Iterator<Item = &str> {
        self.told.iter().map(String::as_str)
    }

    /// For how long the index has been behind, in seconds. Counted from looks, since the entries of a log that was restored,
    /// imported or lived through again are old when they come.
    fn lag(&mut self, standing: &Standing, was_away: bool, now: Timestamp) -> i64 {
        let (read, end) = standing.index;
        match self.behind {
            Some((until, _)) if read < until && !was_away => {}
            _ => self.behind = (read < end).then_some((end, now)),
        }
        self.behind.map_or(0, |(_, since)| (now.as_second() - since.as_second()).max(0))
    }

    /// The last moment at which an index that has read so far was known to be up to date; nothing before the first look.
    pub fn index_was_up_to_date(&self, read: u64) -> Option<Timestamp> {
        match self.behind {
            Some((until, since)) if read < until => Some(since),
            _ => self.looked,
        }
    }

    /// When it was last looked. The analysis was up to date then: its own thread looks.
    pub fn looked(&self) -> Option<Timestamp> {
        self.looked
    }

    /// Looks at how things stand, at most once a minute. Each trouble is told once, and once more when it is over.
    pub fn look(&mut self, standing: &Standing, now: Timestamp) -> Vec<Word> {
        let mut troubles: BTreeMap<String, Trouble> = BTreeMap::new();
        let away = self.looked.map_or(0, |looked| now.as_millisecond() - looked.as_millisecond());
        if away > ABSENT {
            for habit in self.sources.values_mut() {
                habit.last = plus_ms(habit.last, away);
            }
        }
        self.looked = Some(now);
        for (name, source) in &standing.sources {
            let habit = self.sources.entry(name.clone()).or_insert(Habit {
                since: now,
                last: now,
                heard: 0,
                longest: 0,
            });
            let told = self.told.contains(&format!("source {name}"));
            if let Some(why) = habit.trouble(name, source, told, now) {
                troubles.insert(format!("source {name}"), why);
            }
        }
        self.sources.retain(|name, _| standing.sources.contains_key(name));
        let letters = standing.letters_stuck + standing.letters_parked;
        if letters > 0 {
            let said = if standing.said.is_empty() { String::new() } else { format!(": {}", standing.said) };
            let what = format!("mail is not going out: {letters} letters could not be sent{said}");
            let to_do = "Until this is mended, alerts do not reach their teams. On the machine, `groundswell mail test you@example.org` with your \
                         own address prints the whole conversation with the mail server. Correct [mail] in the settings as it says, restart \
                         groundswell, and let `groundswell mail retry` send what was given up."
                .into();
            troubles.insert("mail".into(), Trouble { what, to_do });
        }
        let lag = self.lag(standing, away > ABSENT, now);
        if lag > LAG {
            let what = format!("the search index is {} behind the log", span(lag * 1_000));
            let to_do = "Alerts go out all the same; `groundswell search` misses what is new. On the machine, look with `groundswell doctor` whether the \
                         disk is full or slow, then restart groundswell: the index reads on where it stopped."
                .into();
            troubles.insert("index".into(), Trouble { what, to_do });
        }
        let over = self.told.iter().filter(|key| !troubles.contains_key(*key));
        let mut words: Vec<Word> = over.map(|key| Word::Over(key.clone())).collect();
        words.extend(
            troubles
                .iter()
                .filter(|(key, _)| !self.told.contains(*key))
                .map(|(_, trouble)| Word::Alarm(trouble.clone())),
        );
        self.told = troubles.into_keys().collect();
        match self.next {
            Some(next) if next <= now => {
                words.push(Word::SignOfLife);
                self.next = Some(plus_ms(now, WEEK));
            }
            // A clock that was far ahead once must not silence it for years.
            Some(next) if next <= plus_ms(now, WEEK) => {}
            _ => self.next = Some(plus_ms(now, WEEK)),
        }
        words
    }
}

impl Habit {
    fn trouble(&mut self, name: &str, source: &Source, told: bool, now: Timestamp) -> Option<Trouble> {
        let between = |from: Timestamp, to: Timestamp| to.as_millisecond() - from.as_millisecond();
        if let Some(last) = source.last_post.filter(|last| *last > self.last) {
            // A silence that somebody was told of teaches nothing about what is usual, but at the beginning: then it is likelier
            // to be the first weekend.
            if !told || between(self.since, last) <= LEARNING {
                self.longest = self.longest.max(between(self.last, last));
            }
            self.last = last;
            self.heard += 1;
        }
        if source.over {
            return None;
        }
        let why = if source.why.is_empty() { "no reason is known" } else { source.why.as_str() };
        if source.failed {
            let what = format!("source {name} has failed: {why}");
            let to_do = format!(
                "Until this is mended, what is said there is not heard. A file that is made, or given to the user of the service, is found by itself within \
                 five minutes. Else correct the [[source]] of this name in the settings, try it with `groundswell source test {name}`, and restart groundswell."
            );
            return Some(Trouble { what, to_do });
        }
        let (patience, word) = if source.refused { (REFUSED, "been refused") } else { (FAILING, "failed") };
        if let Some(since) = source.failing_since.filter(|since| between(*since, now) > patience) {
            let what = format!("source {name} has {word} for {}: {why}", span(between(since, now)));
            let to_do = format!(
                "It is tried again by itself; until that works, what is said there is not heard. If the place is down, wait. If the reason is about a key, a \
                 login or an address, correct the [[source]] of this name in the settings, try it with `groundswell source test {name}`, and restart groundswell."
            );
            return Some(Trouble { what, to_do });
        }
        let known = between(self.since, now) > LEARNING;
        let most = if known { (LONGER * self.longest).max(LEAST_SILENCE) } else { UNKNOWN_SILENCE };
        let silent = between(self.last, now);
        (self.heard >= FEW && silent > most).then(|| Trouble::silent(name, silent, self.longest))
    }
}

fn span(ms: i64) -> String {
    match ms.max(0) / 60_000 {
        minutes if minutes < 120 => format!("{minutes} minutes"),
        minutes if minutes < 2_880 => format!("{} hours", minutes / 60),
        minutes => format!("{} days", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands still, in the words of the letters; each says what to do.
    fn alarming(told: &[Word]) -> Vec<&str> {
        told.iter()
            .filter_map(|word| match word {
                Word::Alarm(trouble) => Some(trouble),
                _ => None,
            })
            .inspect(|trouble| assert!(trouble.to_do.contains("`groundswell "), "{trouble:?}"))
            .map(|trouble| trouble.what.as_str())
            .collect()
    }

    const MINUTE: i64 = 60_000;

    fn at(ms: i64) -> Timestamp {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        plus_ms(start, ms)
    }

    /// Looks each ten minutes for so many days at a source that speaks when `speaks` says so.
    fn watched(days: i64, speaks: impl Fn(i64) -> bool) -> Vec<(i64, Word)> {
        let (mut watch, mut told) = (Watch::default(), Vec::new());
        let mut source = Source::default();
        for n in 0..days * 144 {
            let ms = n * 10 * MINUTE;
            if speaks(ms) {
                source.last_post = Some(at(ms));
            }
            let standing =
                Standing { sources: [("feed".to_owned(), source.clone())].into(), ..Standing::default() };
            told.extend(watch.look(&standing, at(ms)).into_iter().map(|word| (ms, word)));
            // As it is kept between two runs.
            watch = serde_json::from_str(&serde_json::to_string(&watch).unwrap()).unwrap();
        }
        told
    }

    fn office_hours(ms: i64) -> bool {
        let (day, hour) = (ms / DAY_MS % 7, ms % DAY_MS / HOUR_MS);
        day < 5 && (9..17).contains(&hour)
    }

    #[test]
    fn nights_and_weekends_are_no_silence_and_a_dead_source_is() {
        let alarms = |told: &[(i64, Word)]| -> Vec<String> {
            told.iter()
                .filter(|(_, w)| *w != Word::SignOfLife)
                .map(|(ms, w)| format!("{} {w:?}", ms / DAY_MS))
                .collect()
        };
        let healthy = watched(60, office_hours);
        // The first weekend is not known yet: it is told once, and over on Monday.
        assert!(alarms(&healthy).len() <= 2, "{:?}", alarms(&healthy));
        let after = |told: Vec<(i64, Word)>| -> Vec<(i64, Word)> {
            told.into_iter().filter(|(ms, _)| *ms > 14 * DAY_MS).collect()
        };
        assert!(alarms(&after(healthy)).is_empty());
        let dead = after(watched(60, |ms| office_hours(ms) && ms < 30 * DAY_MS));
        let dead = alarms(&dead);
        assert_eq!(dead.len(), 1, "{dead:?}");
        let steady = after(watched(30, |ms| !(20 * DAY_MS..21 * DAY_MS).contains(&ms)));
        assert_eq!(alarms(&steady).len(), 2, "told, and told that it is over: {:?}", alarms(&steady));
        assert!(steady[0].0 <= 20 * DAY_MS + 2 * HOUR_MS, "within two hours: {steady:?}");
    }

    #[test]
    fn a_sign_of_life_comes_once_a_week_even_after_a_clock_that_was_wrong() {
        let signs: Vec<i64> = watched(30, |_| true)
            .into_iter()
            .filter(|(_, w)| *w == Word::SignOfLife)
            .map(|(ms, _)| ms / DAY_MS)
            .collect();
        assert_eq!(signs, [7, 14, 21, 28]);
        let mut watch = Watch::default();
        watch.look(&Standing::default(), at(5_000 * DAY_MS));
        watch.look(&Standing::default(), at(0));
        assert_eq!(watch.look(&Standing::default(), at(7 * DAY_MS)), [Word::SignOfLife]);
    }

    #[test]
    fn a_source_that_is_refused_is_told_of_sooner_than_one_that_fails() {
        let mut watch = Watch::default();
        let refused = Source {
            refused: true,
            failing_since: Some(at(0)),
            why: "answers 404".into(),
            ..Source::default()
        };
        let standing = Standing { sources: [("b".to_owned(), refused)].into(), ..Standing::default() };
        assert_eq!(watch.look(&standing, at(4 * MINUTE)), []);
        let told = watch.look(&standing, at(6 * MINUTE));
        let [Word::Alarm(trouble)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(trouble.what, "source b has been refused for 6 minutes: answers 404");
    }

    #[test]
    fn each_trouble_is_told_once_and_once_more_when_it_is_over() {
        let mut watch = Watch::default();
        let failing = Source { failing_since: Some(at(0)), why: "refused".into(), ..Source::default() };
        let standing = Standing {
            sources: [("b".to_owned(), failing)].into(),
            letters_stuck: 2,
            said: "454 try later".into(),
            ..Standing::default()
        };
        assert_eq!(watch.look(&standing, at(MINUTE)).len(), 1, "a source may fail for a quarter of an hour");
        let told = watch.look(&standing, at(20 * MINUTE));
        assert_eq!(alarming(&told), ["source b has failed for 20 minutes: refused"]);
        assert_eq!(watch.look(&standing, at(30 * MINUTE)), []);
        let well = Standing { sources: [("b".to_owned(), Source::default())].into(), ..Standing::default() };
        let over: Vec<Word> = ["mail", "source b"].map(|key| Word::Over(key.into())).into();
        assert_eq!(watch.look(&well, at(40 * MINUTE)), over);
        let failed = Source { failed: true, ..Source::default() };
        let standing = Standing { sources: [("b".to_owned(), failed)].into(), ..Standing::default() };
        assert!(
            matches!(&watch.look(&standing, at(50 * MINUTE))[..], [Word::Alarm(trouble)] if trouble.what.contains("has failed"))
        );
        let over = Source { over: true, failed: false, ..Source::default() };
        let standing = Standing { sources: [("b".to_owned(), over)].into(), ..Standing::default() };
        assert_eq!(watch.look(&standing, at(60 * MINUTE)).len(), 1);
    }

    #[test]
    fn an_index_is_behind_when_it_does_not_come_to_where_the_log_ended_and_not_when_entries_are_old() {
        let mut watch = Watch::default();
        let mut look = |ms: i64, read: u64, end: u64| {
            let standing = Standing { index: (read, end), ..Standing::default() };
            let words = watch.look(&standing, at(ms));
            words.into_iter().filter(|word| *word != Word::SignOfLife).collect::<Vec<_>>()
        };
        // A log that grows while it is read, for three hours: at each look there is a little more.
        for minute in 0..180 {
            assert_eq!(look(minute * MINUTE, minute as u64 * 100, minute as u64 * 100 + 50), []);
        }
        // It stands still at 18,000.
        let told: Vec<Word> = (180..300).flat_map(|m| look(m * MINUTE, 18_000, 18_010)).collect();
        assert_eq!(alarming(&told), ["the search index is 61 minutes behind the log"]);
        assert_eq!(look(300 * MINUTE, 18_010, 18_010), [Word::Over("index".into())]);
        // The machine was off, and a backup of long ago stands in the folder: the index begins anew and nothing is wrong.
        assert_eq!(look(9_000 * MINUTE, 0, 18_010), []);
        assert_eq!(look(9_001 * MINUTE, 9_000, 18_010), []);
    }

    #[test]
    fn a_machine_that_was_off_has_not_heard_a_silence() {
        let mut watch = Watch::default();
        let look = |watch: &mut Watch, ms: i64, last: i64| {
            let source = Source { last_post: Some(at(last)), ..Source::default() };
            let standing = Standing { sources: [("b".to_owned(), source)].into(), ..Standing::default() };
            watch
                .look(&standing, at(ms))
                .into_iter()
                .filter(|word| *word != Word::SignOfLife)
                .collect::<Vec<_>>()
        };
        for n in 0..20 * 144 {
            assert_eq!(look(&mut watch, n * 10 * MINUTE, n * 10 * MINUTE), []);
        }
        let off = 20 * DAY_MS;
        // Three days later it is switched on, and the first post comes after ten minutes.
        assert_eq!(look(&mut watch, off + 3 * DAY_MS, off), []);
        assert_eq!(look(&mut watch, off + 3 * DAY_MS + 10 * MINUTE, off + 3 * DAY_MS + 5 * MINUTE), []);
        // And a silence is told as soon as before.
        let dead = off + 3 * DAY_MS + 5 * MINUTE;
        let told: Vec<Word> =
            (2..20).flat_map(|n| look(&mut watch, off + 3 * DAY_MS + n * 10 * MINUTE, dead)).collect();
        assert_eq!(told.len(), 1, "{told:?}");
    }
}
