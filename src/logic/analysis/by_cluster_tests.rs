//! What the series of a cluster adds to what is around one post, on streams that were written for it.

use std::collections::BTreeSet;

use super::again_tests::{NOW_AND_THEN, PRODUCT, TEAMS};
use super::by_cluster::{About, SHOWS};
use super::product::SeriesId;
use super::state::Analysis;
use super::tests::{START, post};
use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
use crate::ground::time::{HOUR_MS, from_ms};

/// What is said of the noise, by people who do not know of one another, and how they end.
const LOUD: [&str; 8] = [
    "my kettle is so loud that nobody can talk",
    "what a loud noise this kettle makes",
    "the kettle is louder than my vacuum cleaner",
    "I hate how loud the kettle gets",
    "so noisy and loud, this kettle",
    "why is my kettle so loud and noisy?",
    "terribly loud kettle, a noise like a jet",
    "the loud noise of that kettle drives me mad",
];
const ENDS: [&str; 9] = [
    "terrible",
    "cannot sleep any more, awful",
    "very annoying for the neighbours",
    "bad design",
    "sending it back, disappointed",
    "poor quality for that price",
    "worse every week",
    "useless in an office",
    "horrible at six o'clock",
];
/// What has been heard of all that is said at these minutes, beside what is said now and then.
fn heard(mut said: Vec<(i64, String)>) -> Analysis {
    let last = said.iter().map(|(at, _)| *at).max().unwrap();
    let others =
        (0..40).map(|i| (i * 3 * 1440 + 300, format!("{} {}", NOW_AND_THEN[i as usize % 12], i / 12)));
    said.extend(others.filter(|(at, _)| *at < last));
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let files = vec![file("kettle.toml", PRODUCT), file("teams.toml", TEAMS)];
    let mut bodies: Vec<(i64, Body)> = (1..last / 60).map(|hour| (hour * 60, Body::Tick)).collect();
    bodies.extend(said.into_iter().enumerate().map(|(n, (at, text))| {
        let ms = at * HOUR_MS / 60;
        (at, Body::Post { post: Box::new(post(n, &format!("p{n}"), text, ms, ms)), history: false })
    }));
    bodies.sort_by_key(|(at, _)| *at);
    bodies.insert(0, (0, Body::Rules(RuleFiles { folder: "rules".into(), files })));
    let mut analysis = Analysis::default();
    for (seq, (at, body)) in bodies.into_iter().enumerate() {
        let at = from_ms(START + at * HOUR_MS / 60);
        analysis.fold(&Entry { seq: seq as u64, at, body });
    }
    analysis
}

/// The noise, said once every so many days, from the first day to the last, never twice in the same words.
fn noise(days: std::ops::Range<i64>, every: usize) -> Vec<(i64, String)> {
    let text = |day: i64| {
        let i = day as usize;
        format!("{}, {}", LOUD[i % 8], ENDS[i / 2 % 9])
    };
    days.step_by(every).map(|day| (day * 1440 + (day * 331) % 1200, text(day))).collect()
}

/// What the series of the largest complaint has against its latest three posts.
fn against_the_latest(analysis: &Analysis) -> Option<f64> {
    let state = analysis.product("kettle").unwrap();
    let largest = state.clusters.iter().max_by_key(|cluster| cluster.size).unwrap();
    assert!(largest.size >= 20, "{}", largest.size);
    let keys: Vec<_> = largest.members.iter().rev().take(3).map(|m| m.quote.key.clone()).collect();
    state.is_usual_in_its_cluster(&keys, None, analysis.now().unwrap())
}

#[test]
fn what_is_said_all_along_in_other_words_is_nothing_new() {
    assert!(against_the_latest(&heard(noise(0..110, 2))).is_some_and(|score| score < SHOWS));
    // Seven people on one day are, whatever was said before.
    let mut said = noise(0..110, 2);
    said.extend((0..7).map(|i| (110 * 1440 + i * 60, format!("{}, says {i}", LOUD[i as usize]))));
    assert_eq!(against_the_latest(&heard(said)), None);
}

#[test]
fn a_series_rises_by_those_who_say_what_the_post_says() {
    let mut said = noise(0..60, 12);
    said.extend(noise(60..80, 1));
    let analysis = heard(said);
    let (state, now) = (analysis.product("kettle").unwrap(), analysis.now().unwrap());
    let largest = state.clusters.iter().max_by_key(|cluster| cluster.size).unwrap();
    let id = SeriesId::Cluster(largest.number);
    let newest = &largest.members.back().unwrap().quote.key;
    let newest = state.nearby.all().find(|post| post.key == *newest).unwrap().number;
    let core = BTreeSet::from([newest]);
    let rise = |bar: f64, alike: f32| {
        state.rise_of_series(&id, bar, &About { core: &core, alike, since: None }, now)
    };
    let told = rise(1.0, 0.2).unwrap();
    assert!(told.posts.contains(&newest) && told.people >= 5 && told.score > 1.0, "{told:?}");
    // Of those who say it, not of all in the cluster; and not where the evidence is under the bar.
    let only = rise(1.0, 2.0).unwrap();
    assert_eq!((only.people, only.posts), (1, vec![newest]));
    assert!(rise(9.0, 0.2).is_none());
}
