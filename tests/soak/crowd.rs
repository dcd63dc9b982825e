//! Who says what: some products, each with matters that people complain of at a steady rate, matters that break out for some
//! days, and much that is about something else. One seed decides everything.

use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::ground::post::{Incoming, Post, PostKey, parse_line};
use groundswell::ground::time::{DAY_MS, Timestamp, plus_ms};

/// Products, by the words that name them.
const PRODUCTS: [&str; 4] = ["widget", "kettle", "scooter", "headset"];
/// What breaks, and how people say so. `{}` is the product.
const MATTERS: [&str; 16] = [
    "the hinge of my {} broke again, terrible quality",
    "my {} does not charge any more, the charger gets hot and the light stays off",
    "the screen of my {} flickers all day, i hate it",
    "my {} crashes whenever i open the app, useless update",
    "support for the {} never answers, i wait for weeks",
    "the {} leaks water all over the table, awful",
    "my {} arrived with a scratched lid and no manual, disappointed",
    "the {} rattles so loudly that nobody can sleep, annoying",
    "bluetooth of the {} loses the connection every minute, broken",
    "the strap of my {} tore after a week, cheap rubbish",
    "the {} was billed twice and the refund does not come",
    "the buttons of the {} are stuck, it does not react to anything",
    "the firmware of my {} deleted all settings, so angry",
    "the {} smells of burnt plastic, disgusting",
    "a wheel of my {} wobbles since the second ride, worried",
    "the volume of my {} jumps to the maximum by itself, painful",
];
/// Words that make each post somebody's own.
const OWN: [&str; 40] = [
    "yesterday",
    "again",
    "honestly",
    "my",
    "brother",
    "bought",
    "two",
    "in",
    "march",
    "and",
    "both",
    "have",
    "it",
    "what",
    "now",
    "anyone",
    "else",
    "shop",
    "says",
    "wait",
    "box",
    "kitchen",
    "train",
    "office",
    "morning",
    "third",
    "time",
    "warranty",
    "gone",
    "cannot",
    "believe",
    "this",
    "after",
    "only",
    "few",
    "days",
    "please",
    "fix",
    "soon",
    "really",
];
/// Of a thousand posts about the products, so many are changed and so many taken back by their authors.
const EDITED: u64 = 20;
const DELETED: u64 = 15;
/// An outbreak begins each so many days, lasts so many, and multiplies its matter by so much.
const OUTBREAK_EVERY: u64 = 9;
const OUTBREAK_DAYS: u64 = 4;
const OUTBREAK_TIMES: u64 = 12;

/// The people, with a memory of the newest posts.
pub struct Crowd {
    seed: u64,
    n: u64,
    /// Posts of the last days, for edits and deletions.
    recent: Vec<Post>,
}

impl Crowd {
    pub fn new(seed: u64) -> Self {
        Self { seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, n: 0, recent: Vec::new() }
    }

    /// From 0 to below `n` (xorshift64*).
    pub fn below(&mut self, n: u64) -> u64 {
        self.seed ^= self.seed >> 12;
        self.seed ^= self.seed << 25;
        self.seed ^= self.seed >> 27;
        (self.seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % n.max(1)
    }

    /// What somebody says now, on day `day` of the soak.
    pub fn speak(&mut self, day: u64, now: Timestamp) -> Incoming {
        let what = self.below(1000);
        let old = self.below(self.recent.len() as u64) as usize;
        if what < EDITED
            && let Some(post) = self.recent.get_mut(old)
        {
            post.text.push_str(" (edited)");
            return Incoming::Post(Box::new(post.clone()));
        }
        if what < EDITED + DELETED && old < self.recent.len() {
            let gone = self.recent.swap_remove(old);
            return Incoming::Delete(PostKey { source: gone.source, id: gone.id });
        }
        let text = if self.below(3) == 0 { self.elsewhere() } else { self.complaint(day) };
        let post = self.post(&text, now);
        if self.recent.len() < 2_000 {
            self.recent.push(post.clone());
        } else {
            self.recent[old] = post.clone();
        }
        Incoming::Post(Box::new(post))
    }

    fn complaint(&mut self, day: u64) -> String {
        let outbreak = day / OUTBREAK_EVERY;
        let loud = day % OUTBREAK_EVERY < OUTBREAK_DAYS && day >= OUTBREAK_EVERY;
        let all = (PRODUCTS.len() * MATTERS.len()) as u64;
        let which = match self.below(all + if loud { OUTBREAK_TIMES } else { 0 }) {
            steady if steady < all => steady,
            // Another matter of another product each time.
            _ => outbreak.wrapping_mul(29) % all,
        };
        let product = PRODUCTS[which as usize % PRODUCTS.len()];
        let mut text = MATTERS[which as usize / PRODUCTS.len()].replace("{}", product);
        self.own_words(&mut text);
        text
    }

    fn elsewhere(&mut self) -> String {
        let mut text = String::from("nothing about any of them:");
        self.own_words(&mut text);
        text
    }

    fn own_words(&mut self, text: &mut String) {
        for _ in 0..4 + self.below(8) {
            text.push(' ');
            text.push_str(OWN[self.below(OWN.len() as u64) as usize]);
        }
    }

    fn post(&mut self, text: &str, now: Timestamp) -> Post {
        self.n += 1;
        let written = plus_ms(now, -(self.below(600_000) as i64));
        let author = format!("a{}", self.below(50_000));
        let line = serde_json::json!({"id": self.n.to_string(), "source": super::SOURCE, "author": author, "text": text,
            "created_at": written, "lang": "en"});
        match parse_line(line.to_string().as_bytes(), Some(now)) {
            Ok(Incoming::Post(post)) => *post,
            other => unreachable!("{other:?}"),
        }
    }
}

/// Posts of one of 1,440 minutes: more by day than by night.
pub fn share_of_minute(minute: i64) -> f64 {
    let turn = 2.0 * std::f64::consts::PI * (minute.rem_euclid(1_440) as f64 / 1_440.0);
    (1.0 - 0.8 * turn.cos()) / 1_440.0
}

/// How many days lie between two moments.
pub fn day_since(start: Timestamp, now: Timestamp) -> u64 {
    ((now.as_millisecond() - start.as_millisecond()) / DAY_MS).unsigned_abs()
}

/// A product file for each product, two topics each, and a team.
pub fn rules() -> RuleFiles {
    let file = |path: String, text: String| RuleFile { path, text };
    let mut files: Vec<RuleFile> = PRODUCTS
        .iter()
        .map(|p| {
            let topic = |id: &str| format!("[[topic]]\nid = '{id}'\ntitle = '{id}'\nmatch = '{id}'\n");
            let product = format!("[product]\nid = '{p}'\nname = '{p}'\nmatch = '{p}'\nteam = 't'\n\n");
            file(format!("{p}.toml"), product + &topic("hinge") + &topic("refund"))
        })
        .collect();
    let team = "[team.t]\nemail = ['ana@example.org', 'bo@example.org']\nfalse_alarms_a_year = 24\ndigest = 'monday 08:00 UTC'\n";
    files.push(file("teams.toml".into(), team.into()));
    RuleFiles { folder: "rules".into(), files }
}
