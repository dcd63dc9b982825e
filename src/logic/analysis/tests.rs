//! Laws of the fold, over a small stream made here: complaints about several things, each in its own words.

use super::*;
use crate::ground::alert::{AlertEvent, Collected, EventKind, Severity};
use crate::ground::entry::{Act, Body, Deed, Entry, RuleFile, RuleFiles};
use crate::ground::language::Language;
use crate::ground::post::Post;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, from_ms, plus_ms};

pub(super) const START: i64 = 20_000 * DAY_MS;

/// A small generator of numbers: the same for the same seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Subjects, each by words of which a post takes some.
const SUBJECTS: [(&str, [&str; 8]); 4] = [
    ("fan", ["fan", "noise", "loud", "whine", "rattling", "cooling", "night", "vent"]),
    ("wifi", ["wifi", "drops", "router", "connection", "network", "signal", "disconnects", "wireless"]),
    ("hinge", ["hinge", "cracked", "lid", "plastic", "loose", "wobbles", "screen", "creaks"]),
    ("keys", ["return", "apostrophe", "keys", "close", "quote", "enter", "typing", "layout"]),
];

pub(super) fn text(dice: &mut Dice, subject: usize) -> String {
    let words = SUBJECTS[subject].1;
    let from = dice.next(8) as usize;
    let pick = |i: usize| words[(from + 3 * i) % 8];
    let noise = ["today", "again", "honestly", "really", "week", "desk", "train", "office", "cafe", "mum"];
    let mut extra = || noise[dice.next(10) as usize];
    let (a, b) = (extra(), extra());
    format!("mini 9 {a} {} {} {b} {} {} {}", pick(0), pick(1), pick(2), pick(3), pick(4))
}

pub(super) fn post(id: usize, author: &str, text: String, written: i64, arrived: i64) -> Post {
    Post {
        id: id.to_string(),
        source: "bluesky".into(),
        author: Some(author.into()),
        author_name: None,
        followers: None,
        text,
        title: None,
        url: None,
        created_at: from_ms(START + written),
        arrived_at: from_ms(START + arrived),
        lang: Some("en".into()),
        region: None,
        in_reply_to: None,
        repost_of: None,
        rating: None,
    }
}

fn rules() -> Entry {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let files = vec![
        file(
            "mini-9.toml",
            "[product]\nid = \"mini-9\"\nname = \"Mini 9\"\nmatch = '\"mini 9\"'\nteam = \"t\"\nclusters = \"all\"\n",
        ),
        file("teams.toml", "[team.t]\nemail = [\"t@example.org\"]\nfalse_alarms_a_year = 4\n"),
    ];
    Entry { seq: 0, at: Timestamp::MIN, body: Body::Rules(RuleFiles { folder: "rules".into(), files }) }
}

/// Sixty days of ordinary complaints, one of each of three kinds every three days; `more` adds to them.
pub(super) fn usual(more: impl FnOnce(&mut Vec<Post>, &mut Dice)) -> Vec<Entry> {
    let mut dice = Dice(7);
    let mut posts = Vec::new();
    for day in 0..60i64 {
        let at = day * DAY_MS + dice.next(24) as i64 * HOUR_MS;
        let text = text(&mut dice, (day % 3) as usize);
        posts.push(post(posts.len(), &format!("u{day}"), text, at, at));
    }
    more(&mut posts, &mut dice);
    posts.sort_by_key(|p| (p.arrived_at, p.id.parse::<usize>().unwrap()));
    let mut entries = vec![rules()];
    let mut hour = None;
    for p in posts {
        let now = p.arrived_at.as_millisecond() / HOUR_MS;
        for tick in hour.map_or(now, |h| h + 1)..=now {
            let at = from_ms(tick * HOUR_MS);
            entries.push(Entry { seq: entries.len() as u64, at, body: Body::Tick });
        }
        hour = Some(now);
        let at = p.arrived_at;
        let body = Body::Post { post: Box::new(p), history: false };
        entries.push(Entry { seq: entries.len() as u64, at, body });
    }
    entries
}

pub(super) fn fold(entries: &[Entry]) -> Vec<AlertEvent> {
    let mut analysis = Analysis::default();
    entries.iter().flat_map(|e| analysis.fold(e).events).collect()
}

pub(super) fn opened(events: &[AlertEvent]) -> Vec<&AlertEvent> {
    events.iter().filter(|e| matches!(e.kind, EventKind::Opened | EventKind::Regressed)).collect()
}

/// The keyboard complaint: eight people within three days.
pub(super) fn rising() -> Vec<Entry> {
    usual(|posts, dice| {
        for i in 0..8 {
            let at = 50 * DAY_MS + i * 9 * HOUR_MS;
            let text = text(dice, 3);
            posts.push(post(posts.len(), &format!("k{i}"), text, at, at));
        }
    })
}

#[test]
fn one_cause_is_one_alert_and_its_evidence_is_about_it() {
    let events = fold(&rising());
    let opened = opened(&events);
    assert_eq!(opened.len(), 1, "{opened:#?}");
    let about = opened[0].evidence.iter().filter(|k| k.id.parse::<usize>().unwrap() >= 60).count();
    assert!(about * 10 >= opened[0].evidence.len() * 8 && opened[0].authors >= 3);
}

#[test]
fn what_is_usual_is_no_alert_and_the_first_days_bring_no_storm() {
    assert_eq!(opened(&fold(&usual(|_, _| {}))), Vec::<&AlertEvent>::new());
    let first_day: Vec<Entry> = usual(|posts, dice| {
        posts.clear();
        for i in 0..40usize {
            let at = i as i64 * HOUR_MS / 2;
            let text = text(dice, i % 4);
            posts.push(post(i, &format!("u{i}"), text, at, at));
        }
    });
    assert_eq!(opened(&fold(&first_day)), Vec::<&AlertEvent>::new());
}

#[test]
fn one_author_reposts_and_a_late_backlog_are_no_alert() {
    let loud = usual(|posts, dice| {
        for i in 0..20 {
            let at = 50 * DAY_MS + i * 2 * HOUR_MS;
            let text = text(dice, 3);
            posts.push(post(posts.len(), "shouty", text, at, at));
        }
    });
    let copied = usual(|posts, dice| {
        let same = text(dice, 3);
        for i in 0..40 {
            let at = 50 * DAY_MS + i * HOUR_MS / 2;
            let mut copy = post(posts.len(), &format!("f{i}"), format!("RT @orig: {same}"), at, at);
            copy.repost_of = (i > 0).then(|| "60".into());
            posts.push(copy);
        }
    });
    let late = usual(|posts, dice| {
        for i in 0..8 {
            let text = text(dice, 3);
            let (written, arrived) = (46 * DAY_MS + i * 9 * HOUR_MS, 55 * DAY_MS + i * 1_000);
            posts.push(post(posts.len(), &format!("b{i}"), text, written, arrived));
        }
    });
    for entries in [loud, copied, late] {
        assert_eq!(opened(&fold(&entries)), Vec::<&AlertEvent>::new());
    }
}

#[test]
fn the_same_log_gives_the_same_events_and_so_it_does_across_a_snapshot() {
    let entries = rising();
    let whole = fold(&entries);
    assert_eq!(whole, fold(&entries));
    assert!(!whole.is_empty());
    let mut dice = Dice(3);
    for _ in 0..3 {
        let cut = dice.next(entries.len() as u64) as usize;
        let mut analysis = Analysis::default();
        let mut events: Vec<AlertEvent> =
            entries[..cut].iter().flat_map(|e| analysis.fold(e).events).collect();
        let mut restored = Analysis::restore(&analysis.snapshot().unwrap()).unwrap();
        events.extend(entries[cut..].iter().flat_map(|e| restored.fold(e).events));
        assert_eq!(events, whole, "cut at {cut}");
    }
}

/// What else happens, hour by hour, after `entries`: posts and decisions at their hours, up to `until`.
pub(super) fn and_then(mut entries: Vec<Entry>, mut more: Vec<(i64, Body)>, until: i64) -> Vec<Entry> {
    more.sort_by_key(|(at, _)| *at);
    let from = entries.last().map_or(0, |e| (e.at.as_millisecond() - START) / HOUR_MS);
    let mut more = more.into_iter().peekable();
    for hour in from + 1..=until / HOUR_MS {
        entries.push(Entry {
            seq: entries.len() as u64,
            at: from_ms(START + hour * HOUR_MS),
            body: Body::Tick,
        });
        while let Some((at, body)) = more.next_if(|(at, _)| *at < (hour + 1) * HOUR_MS) {
            entries.push(Entry { seq: entries.len() as u64, at: from_ms(START + at), body });
        }
    }
    entries
}

pub(super) fn act(what: Deed) -> Body {
    Body::Act(Act { why: String::new(), by: "ana".into(), what, posts: Default::default() })
}

pub(super) fn told(events: &[AlertEvent]) -> Vec<(EventKind, Reason)> {
    events.iter().map(|e| (e.kind, e.reason)).collect()
}

/// Alerts about what these people say on day 50 and the day after, of 60 days of the usual.
fn said_on_day_50(said: &[(&str, &str)]) -> Vec<AlertEvent> {
    let events = fold(&usual(|posts, _| {
        for (i, (who, text)) in said.iter().enumerate() {
            let at = 50 * DAY_MS + i as i64 * 20 * HOUR_MS;
            posts.push(post(posts.len(), who, (*text).to_owned(), at, at));
        }
    }));
    opened(&events).into_iter().cloned().collect()
}

#[test]
fn two_people_who_tell_of_the_same_danger_are_enough() {
    let smoke = "the battery of my mini 9 started smoking while charging and burned my desk";
    let again = "my mini 9 battery burned my desk, smoke coming out of it while charging";
    let alerts = said_on_day_50(&[("ana", smoke), ("bo", again)]);
    assert_eq!(alerts.len(), 1, "{alerts:#?}");
    assert_eq!((alerts[0].severity, alerts[0].reason), (Severity::Safety, Reason::SecondSafetyVoice));
    assert_eq!((alerts[0].observed, alerts[0].evidence.len()), (2, 2));

    let unlike = "what a shock, the mini 9 adapter caught fire on the sofa last night";
    assert_eq!(
        said_on_day_50(&[("ana", smoke), ("bo", unlike)]).len(),
        1,
        "danger is unusual here: any second voice counts"
    );
    assert!(said_on_day_50(&[("ana", smoke), ("ana", again)]).is_empty(), "one person twice is one person");
    let cable = "the charging cable of my mini 9 broke at the plug while charging";
    assert!(said_on_day_50(&[("ana", smoke), ("bo", cable)]).is_empty(), "another matter is no second voice");
    let harmless = "my mini 9 battery never burned my desk, no smoke coming out of it while charging";
    assert!(said_on_day_50(&[("ana", smoke), ("bo", harmless)]).is_empty(), "denied danger is none");
}

#[test]
fn an_event_carries_the_language_and_the_zone_of_its_team() {
    let mut entries = rising();
    let Body::Rules(files) = &mut entries[0].body else { panic!("no rules") };
    files.files[1].text += "language = \"de\"\nzone = \"Europe/Berlin\"\n";
    let (german, plain) = (fold(&entries), fold(&rising()));
    assert!(!german.is_empty() && german.iter().all(|event| event.language == Language::German));
    assert!(german.iter().all(|event| event.zone.as_deref() == Some("Europe/Berlin")));
    assert!(plain.iter().all(|event| event.language == Language::English && event.zone.is_none()));
}

/// Addresses told of each event about the rising complaint, from its opening on, which was silenced in its first hours.
fn silenced(until_worse: bool) -> Vec<(EventKind, usize)> {
    let rising = rising();
    let first = opened(&fold(&rising))[0].clone();
    let at = first.at.as_millisecond() - START + HOUR_MS;
    let until = from_ms(START + 90 * DAY_MS);
    let what = Deed::Silence { scope: first.alert, why: String::new(), until, until_worse };
    let cut = rising.iter().position(|e| e.at.as_millisecond() > START + at).unwrap();
    let mut entries = rising[..cut].to_vec();
    entries.push(Entry { seq: 0, at: from_ms(START + at), body: act(what) });
    entries.extend(rising[cut..].iter().cloned());
    let mut dice = Dice(5);
    let more = (0..20)
        .map(|i| {
            let at = 61 * DAY_MS + i as i64 * 3 * HOUR_MS;
            let post = post(800 + i, &format!("more{i}"), text(&mut dice, 3), at, at);
            (at, Body::Post { post: Box::new(post), history: false })
        })
        .collect();
    let events = fold(&and_then(entries, more, 66 * DAY_MS));
    events.iter().filter(|e| e.kind == EventKind::Updated).map(|e| (e.kind, e.deliver_to.len())).collect()
}

#[test]
fn a_silence_until_it_is_worse_ends_when_twice_as_many_say_it() {
    assert!(silenced(false).iter().all(|(_, told)| *told == 0), "{:?}", silenced(false));
    assert!(silenced(true).iter().any(|(_, told)| *told == 1), "{:?}", silenced(true));
}

#[test]
fn a_team_gets_its_digest_once_a_week_with_what_grows_and_what_was_judged() {
    let mut entries = rising();
    let first = opened(&fold(&entries))[0].clone();
    let Body::Rules(files) = &mut entries[0].body else { panic!("no rules") };
    files.files[1].text.push_str("digest = \"monday 08:00 Europe/Lisbon\"\n");
    let feedback = act(Deed::Feedback { alert: first.alert.clone(), useful: true, taken_back: false });
    let known = act(Deed::Known {
        alert: first.alert.clone(),
        at: plus_ms(first.at, 9 * DAY_MS),
        title: String::new(),
        withdrawn: false,
    });
    let entries = and_then(entries, vec![(61 * DAY_MS, feedback), (61 * DAY_MS, known)], 70 * DAY_MS);
    let mut analysis = Analysis::default();
    let letters: Vec<Collected> = entries.iter().flat_map(|e| analysis.fold(e).collected).collect();
    // Weeks are told while posts come: one each Monday at eight in Lisbon, which is eight UTC in winter.
    assert!(letters.len() >= 9, "{}", letters.len());
    assert!(letters.iter().all(|l| l.at.to_string().contains("T08:") || l.at.to_string().contains("T07:")));
    let of_the_rise = letters.iter().find(|l| l.at > first.at).unwrap().digest.clone().unwrap();
    assert_eq!(of_the_rise.told[0].alert, first.alert);
    assert_eq!(of_the_rise.products[0].name, "Mini 9");
    assert!(of_the_rise.products[0].posts.0 > 7, "{:?}", of_the_rise.products[0]);
    let last = letters.last().unwrap().digest.clone().unwrap();
    assert_eq!((last.judged, last.leads), ((1, 0), Some((1, 9.0))));
    // What was told is told once.
    let times =
        letters.iter().flat_map(|l| &l.digest.as_ref().unwrap().told).filter(|t| t.alert == first.alert);
    assert_eq!(times.filter(|t| t.kind == EventKind::Opened).count(), 1);
}

#[test]
fn a_first_start_on_the_day_of_the_digest_sends_none_of_a_week_in_which_nothing_was_heard() {
    let mut entries = usual(|_, _| {});
    let last = entries.last().unwrap().at;
    // History ended nine days ago, and the daemon is started an hour after the digest's.
    let started = plus_ms(last, 9 * DAY_MS);
    let due = plus_ms(started, -HOUR_MS).strftime("%A %H:00 UTC").to_string().to_lowercase();
    let Body::Rules(files) = &mut entries[0].body else { panic!("no rules") };
    files.files[1].text.push_str(&format!("digest = \"{due}\"\n"));
    let of = |entries: &[Entry], analysis: &mut Analysis| -> Vec<Timestamp> {
        let letters = entries.iter().flat_map(|e| analysis.fold(e).collected);
        letters.filter(|l| l.digest.is_some()).map(|l| l.at).collect()
    };
    let mut analysis = Analysis::default();
    let told = of(&entries, &mut analysis);
    assert!(told.len() >= 4, "{told:?}");
    let tick = |at| Entry { seq: 0, at, body: Body::Tick };
    // A week that ends with the last post is told, the one after it not.
    let week = of(&[tick(plus_ms(started, -7 * DAY_MS))], &mut analysis);
    assert_eq!(week.len(), 1);
    let quiet: Vec<Entry> = (1..=7).map(|day| tick(plus_ms(started, (day - 7) * DAY_MS))).collect();
    let said = of(&quiet, &mut analysis);
    assert_eq!(said, Vec::<Timestamp>::new(), "started {started}");
}

#[test]
fn a_digest_at_half_past_the_hour_is_not_lost_when_posts_come_in_that_hour() {
    let mut entries = rising();
    let Body::Rules(files) = &mut entries[0].body else { panic!("no rules") };
    // Eight in the morning there is half past two here.
    files.files[1].text.push_str("digest = \"daily 08:00 Asia/Kolkata\"\n");
    let day = START + 53 * DAY_MS + 2 * HOUR_MS;
    let ticks = [5, 25, 40, 55].map(|minute| Entry {
        seq: 0,
        at: from_ms(day + minute * HOUR_MS / 60),
        body: Body::Tick,
    });
    let mut all: Vec<Entry> = entries.into_iter().filter(|e| e.at < ticks[0].at).collect();
    all.extend(ticks);
    let mut analysis = Analysis::default();
    let letters: Vec<Collected> = all.iter().flat_map(|e| analysis.fold(e).collected).collect();
    let last = letters.last().unwrap();
    assert_eq!(
        last.at,
        from_ms(day + 40 * HOUR_MS / 60),
        "{:?}",
        letters.iter().map(|l| l.at).collect::<Vec<_>>()
    );
    assert_eq!(letters.iter().filter(|l| l.at >= from_ms(day)).count(), 1);
}

#[test]
fn posts_that_come_again_with_a_small_change_still_count() {
    let changed = |change: &dyn Fn(&mut Post)| {
        let mut entries = Vec::new();
        for entry in rising() {
            let again = match &entry.body {
                Body::Post { post, history } => {
                    let mut post = post.clone();
                    change(&mut post);
                    Some(Body::Post { post, history: *history })
                }
                _ => None,
            };
            let at = entry.at;
            entries.push(Entry { seq: entries.len() as u64, ..entry });
            if let Some(body) = again {
                entries.push(Entry { seq: entries.len() as u64, at: plus_ms(at, 120_000), body });
            }
        }
        opened(&fold(&entries)).into_iter().cloned().collect::<Vec<_>>()
    };
    let plain = opened(&fold(&rising()))[0].at;
    for change in
        [&(|p: &mut Post| p.followers = Some(7)) as &dyn Fn(&mut Post), &|p| p.text.push_str(" really")]
    {
        let alerts = changed(change);
        assert_eq!(alerts.len(), 1, "{alerts:#?}");
        assert!(alerts[0].at <= plus_ms(plain, 10 * HOUR_MS), "{} {}", alerts[0].at, plain);
    }
}
