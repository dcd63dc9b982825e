use super::*;
use crate::logic::text::{Lang, tokenize};

fn features(text: &str) -> Features {
    Features::of(&tokenize(text, Lang::English), Lang::English)
}

fn member(id: &str, text: &str, day: i64) -> Member {
    let quote = Quote {
        key: PostKey { source: "s".into(), id: id.into() },
        author_name: None,
        followers: None,
        text: text.into(),
        url: None,
        at: crate::ground::time::from_ms(day * crate::ground::time::DAY_MS),
        lang: "en".into(),
        region: None,
    };
    Member { quote, voice: 0, sentiment: 0.0 }
}

fn heard(texts: &[&str]) -> (Clusters, Vec<u32>) {
    let mut clusters = Clusters::new(Tuning::default());
    for chatter in ["my mini 9 is here", "mini 9 in blue", "the mini 9 review is out", "mini 9 mini 9"] {
        clusters.vocabulary.learn(&features(chatter));
    }
    let mut numbers = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        clusters.vocabulary.learn(&features(text));
        numbers.push(clusters.assign(&features(text), member(&i.to_string(), text, i as i64)).cluster);
    }
    (clusters, numbers)
}

const KEYS: [&str; 3] = [
    "the apostrophe and return keys are too close together on the mini 9",
    "mini 9: return key too close to the apostrophe",
    "I hit return instead of the apostrophe key all day, mini 9",
];
const FAN: [&str; 2] = ["the mini 9 fan is so loud", "loud fan noise from my mini 9 at night"];

#[test]
fn the_same_complaint_in_other_words_is_one_cluster() {
    let (_, numbers) = heard(&[KEYS[0], FAN[0], KEYS[1], FAN[1], KEYS[2]]);
    assert_eq!(numbers, [1, 2, 1, 2, 1]);
}

#[test]
fn what_a_person_split_is_not_merged_again() {
    let (mut clusters, _) = heard(&KEYS);
    let leave = [PostKey { source: "s".into(), id: "2".into() }];
    let new = clusters.split(1, &leave, None, |q| features(&q.text)).unwrap();
    clusters.tuning.merge = 0.0;
    assert_eq!(clusters.maintain(crate::ground::time::from_ms(0)), Regrouped::default());
    assert_eq!((clusters.of_post(&leave[0]), clusters.get(1).unwrap().size), (Some(new), 2));
}

#[test]
fn a_merge_that_is_taken_back_gives_number_and_days_back() {
    let (mut clusters, numbers) = heard(&[FAN[0], KEYS[0], KEYS[1], FAN[1]]);
    let (fan, keys) = (numbers[0], numbers[1]);
    let days = |clusters: &Clusters, n: u32| clusters.live.get(&n).map(|c| (c.born, c.last, c.size));
    let before = (days(&clusters, fan), days(&clusters, keys));
    clusters.join(fan, keys);
    let leave: Vec<PostKey> =
        ["0", "3"].map(|id| PostKey { source: "s".into(), id: id.into() }).into_iter().collect();
    let again = clusters.split(keys, &leave, Some(fan), |q| features(&q.text));
    assert_eq!((again, clusters.resolve(fan)), (Some(fan), fan));
    assert_eq!((days(&clusters, fan), days(&clusters, keys)), before);
    // A number that lives, or ended elsewhere, is nobody else's.
    let other = clusters
        .split(keys, &[PostKey { source: "s".into(), id: "1".into() }], Some(fan), |q| features(&q.text));
    assert!(other.is_some_and(|n| n != fan && n != keys), "{other:?}");
}

#[test]
fn a_merge_keeps_the_larger_number_and_is_followed() {
    let (mut clusters, _) = heard(&[KEYS[0], KEYS[1], FAN[0]]);
    clusters.join(1, 2);
    assert_eq!((clusters.resolve(1), clusters.get(1).unwrap().size), (2, 3));
    assert_eq!(clusters.of_post(&PostKey { source: "s".into(), id: "0".into() }), Some(2));
}

#[test]
fn a_deleted_post_leaves_nothing_behind() {
    let (mut clusters, _) = heard(&[KEYS[0], FAN[0]]);
    clusters.forget(&PostKey { source: "s".into(), id: "1".into() }, |q| features(&q.text));
    assert!(clusters.get(2).is_none());
    assert!(!format!("{clusters:?}").contains("fan"));
}

#[test]
fn the_days_of_a_cluster_are_those_of_the_posts_it_has() {
    let (mut clusters, numbers) = heard(&KEYS);
    assert_eq!(numbers, [1, 1, 1]);
    let day = |n: i64| crate::ground::time::from_ms(n * crate::ground::time::DAY_MS);
    let days = |clusters: &Clusters| clusters.get(1).map(|c| (c.born, c.last));
    assert_eq!(days(&clusters), Some((day(0), day(2))));
    for id in ["0", "2"] {
        clusters.forget(&PostKey { source: "s".into(), id: id.into() }, |q| features(&q.text));
    }
    assert_eq!(days(&clusters), Some((day(1), day(1))));
    // … nor does counting it afresh bring back what was taken away.
    clusters.recount(1);
    assert_eq!(days(&clusters), Some((day(1), day(1))));
}

#[test]
fn silent_clusters_are_forgotten() {
    let (mut clusters, _) = heard(&[FAN[0]]);
    clusters.maintain(crate::ground::time::from_ms(200 * crate::ground::time::DAY_MS));
    assert_eq!(clusters.iter().count(), 0);
    assert!(clusters.is_gone(1) && !clusters.is_gone(0) && !clusters.is_gone(2));
    assert!(clusters.index.is_empty() && clusters.of_post.is_empty() && clusters.strands.is_empty());
}

#[test]
fn what_a_person_joined_stays_one_and_keeps_its_name() {
    let (mut clusters, numbers) = heard(&[KEYS[0], KEYS[1], FAN[0], FAN[1]]);
    let (keys, fan) = (numbers[0], numbers[2]);
    assert_ne!(keys, fan);
    clusters.name(fan, "two things at once");
    clusters.join(fan, keys);
    for _ in 0..3 {
        clusters.since_regroup = 1;
        assert_eq!(clusters.maintain(crate::ground::time::from_ms(0)), Regrouped::default());
    }
    let cluster = clusters.get(fan).unwrap();
    assert_eq!((cluster.number, cluster.size), (keys, 4));
    assert_eq!(cluster.name.as_deref(), Some("two things at once"));
}

#[test]
fn what_a_person_ignores_stays_ignored_through_merges() {
    let (mut clusters, numbers) = heard(&[KEYS[0], KEYS[1], KEYS[2], FAN[0]]);
    clusters.ignore(numbers[0], true);
    clusters.since_regroup = 1;
    clusters.maintain(crate::ground::time::from_ms(0));
    assert!(clusters.get(numbers[0]).unwrap().ignored);
    assert!(!clusters.get(numbers[3]).unwrap().ignored);
}

#[test]
fn languages_meet_in_one_cluster() {
    let english = "the enter key is too close to the apostrophe";
    let (mut clusters, _) =
        heard(&[english, "the fan is loud at night", "the screen is dark", "battery died again"]);
    let spanish = tokenize("la tecla enter está demasiado cerca del apóstrofo", Lang::Spanish);
    let found = clusters.assign(&Features::of(&spanish, Lang::Spanish), member("es", "…", 5));
    assert_eq!(found.cluster, 1, "{found:?}");
}

#[test]
fn a_snapshot_holds_it_all() {
    let (clusters, _) = heard(&[KEYS[0], FAN[0], KEYS[1]]);
    let bytes = postcard::to_stdvec(&clusters).unwrap();
    let again: Clusters = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(clusters.iter().collect::<Vec<_>>(), again.iter().collect::<Vec<_>>());
    assert_eq!(clusters.nearest(&features(FAN[1])), again.nearest(&features(FAN[1])));
}

#[test]
fn a_campaign_slogan_is_no_cluster_of_its_own_making() {
    let said = [
        "battery swollen",
        "screen flickers green",
        "delivery late again",
        "invoice charged twice",
        "fan howls",
        "wifi drops upstairs",
        "hinge snapped",
        "camera blurry",
        "speaker crackles",
        "update erased photos",
        "charger sparks",
        "keyboard letters fade",
        "support never answers",
        "return refused",
        "webcam led stays on",
        "touchpad jumps",
        "paint peels",
        "smells of glue",
        "lid scratches",
        "microphone mumbles",
    ];
    let text = |i: usize| format!("mini 9 think small dream big {}", said[i % said.len()]);
    let (mut clusters, _) = heard(&[]);
    for i in 0..1_000 {
        clusters.vocabulary.learn(&features(&text(i)));
    }
    let mut found = BTreeMap::new();
    for i in 0..1_000 {
        let post = member(&format!("p{i}"), &text(i), 0);
        let cluster = clusters.assign(&features(&text(i)), post).cluster;
        found.entry(cluster).or_insert_with(BTreeSet::new).insert(i % said.len());
        if clusters.wants_regroup() {
            clusters.maintain(crate::ground::time::from_ms(0));
        }
    }
    let widest = found.values().map(BTreeSet::len).max();
    assert!(widest < Some(5), "{widest:?} matters in one cluster: {found:?}");
}

#[test]
fn bridges_do_not_pull_two_complaints_together() {
    let fan = "the fan howls loudly at night while idle";
    let bill = "charged twice on the monthly invoice";
    let (mut clusters, _) = heard(&[]);
    let say = |clusters: &mut Clusters, id: String, text: &str| {
        clusters.vocabulary.learn(&features(text));
        let found = clusters.assign(&features(text), member(&id, text, 0)).cluster;
        if clusters.wants_regroup() {
            clusters.maintain(crate::ground::time::from_ms(0));
        }
        found
    };
    for i in 0..40 {
        say(&mut clusters, format!("f{i}"), fan);
        say(&mut clusters, format!("b{i}"), bill);
    }
    for i in 0..60 {
        say(&mut clusters, format!("x{i}"), "the fan howls at night and I was charged twice on the invoice");
    }
    clusters.maintain(crate::ground::time::from_ms(0));
    let place = |id: &str| clusters.of_post(&PostKey { source: "s".into(), id: id.into() });
    assert_ne!(place("f39"), place("b39"));
}

#[test]
fn a_stream_of_random_words_stays_within_bounds() {
    let (mut clusters, _) = heard(&[]);
    let mut state = 7u64;
    for i in 0..6_000i64 {
        let words: Vec<String> = (0..8)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                format!("w{}", state >> 44)
            })
            .collect();
        let text = words.join(" ");
        clusters.vocabulary.learn(&features(&text));
        clusters.assign(&features(&text), member(&i.to_string(), &text, i / 40));
        if clusters.wants_regroup() {
            clusters.maintain(crate::ground::time::from_ms(i / 40 * crate::ground::time::DAY_MS));
        }
    }
    // Small clusters are forgotten after ninety days: 3,600 posts.
    assert!(clusters.strands.len() < 4_700, "{} strands", clusters.strands.len());
    assert_eq!(clusters.strands.len(), clusters.live.values().map(|c| c.strands.len()).sum::<usize>());
    assert!(clusters.of_post.len() <= clusters.live.values().map(|c| c.members.len()).sum::<usize>());
}

#[test]
fn odd_posts_are_taken_as_they_are() {
    let (mut clusters, _) = heard(&KEYS);
    let log =
        "2025-01-06T00:47:16Z ERROR [main] java.lang.NullPointerException at com.example.Foo(Foo.java:17)\n";
    let odd = [
        "🔥🔥🔥".to_owned(),
        "https://example.org/a?b=c".to_owned(),
        (0..20).map(|i| format!("#tag{i} ")).collect(),
        "keyboard teclado clavier Tastatur teclado 键盘 คีย์บอร์ด".to_owned(),
        log.repeat(40),
        "broken ".repeat(1_000),
        "apostrophe key too close to return ".repeat(3_000),
        String::new(),
    ];
    for (i, text) in odd.iter().enumerate() {
        let found = clusters.assign(&features(text), member(&format!("odd{i}"), text, 0));
        assert!(found.fit.is_finite(), "{i}");
    }
    clusters.since_regroup = 1;
    clusters.maintain(crate::ground::time::from_ms(0));
    assert_eq!(clusters.of_post(&PostKey { source: "s".into(), id: "odd6".into() }), Some(1));
}

#[test]
fn what_a_person_named_or_ignored_is_not_forgotten() {
    let (mut clusters, numbers) = heard(&[KEYS[0], FAN[0], "the hinge snapped in two"]);
    clusters.name(numbers[0], "keys");
    clusters.ignore(numbers[1], true);
    clusters.maintain(crate::ground::time::from_ms(2_000 * crate::ground::time::DAY_MS));
    let left: Vec<u32> = clusters.iter().map(|c| c.number).collect();
    assert_eq!(left, numbers[..2]);
}
