//! Who is written to about an alert: the first `[[route]]` of teams.toml that fits decides, then the product's team,
//! then the fallback; who gets it `also` gets it whatever decides. A pure decision that names its reason, and its line.

use std::collections::BTreeMap;

use super::RuleSet;
use crate::ground::alert::Severity;
use crate::ground::diagnostic::Place;
use crate::logic::text::fold;

/// A `[[route]]`. What it does not name may be anything; of several that it names one is enough.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// Ids of products.
    pub product: Vec<String>,
    /// Ids of topics.
    pub topic: Vec<String>,
    /// How much it matters.
    pub severity: Vec<Severity>,
    /// Regions in small letters: `br`, `br-sp`.
    pub region: Vec<String>,
    /// Languages in small letters: `pt`, `pt-br`.
    pub language: Vec<String>,
    /// Sources, as the settings name them.
    pub source: Vec<String>,
    /// Segments of products, by their names.
    pub segment: Vec<String>,
    /// Ids of the teams that get it; they exist.
    pub team: Vec<String>,
    /// Those who would get it without this route get it too, and no route above keeps an alert from this one: who looks
    /// on, or has to know of danger, does so wherever the line stands.
    pub also: bool,
    /// Where it is.
    pub origin: Option<Place>,
}

/// What a route asks about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Id of the product.
    pub product: &'a str,
    /// Id of the topic, where a rule names the complaint.
    pub topic: Option<&'a str>,
    /// How much it matters.
    pub severity: Severity,
    /// Region → people, where known.
    pub regions: &'a BTreeMap<String, u32>,
    /// Language → people.
    pub languages: &'a BTreeMap<String, u32>,
    /// Source → people.
    pub sources: &'a BTreeMap<String, u32>,
    /// Segment → people, where they say which.
    pub segments: &'a BTreeMap<String, u32>,
}

/// A team that is written to, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Destination<'r> {
    /// Id of the team.
    pub team: &'r str,
    /// Why.
    pub why: RouteReason,
    /// The line that says so.
    pub at: Option<&'r Place>,
}

/// Why a team is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteReason {
    /// A route says so.
    Route,
    /// It owns the product.
    Owner,
    /// Nobody owns the product, and it gets what nobody owns.
    Fallback,
}

impl RouteReason {
    /// The name as it is written in logs and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Owner => "owner",
            Self::Fallback => "fallback",
        }
    }
}

/// Why a route does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The key that asks for something else.
    pub key: &'static str,
    /// What it asks for.
    pub asks: String,
    /// What there is.
    pub has: String,
}

impl Route {
    /// What about an alert does not fit, the first of it; `None` when the route is the alert's.
    ///
    /// Of an alert that was heard in several regions, languages, sources or segments, half of the people have to be in those that
    /// the route names, of the people of whom it is known.
    pub fn unmet(&self, facts: &Facts<'_>) -> Option<Unmet> {
        let unmet = |key, asks: &[String], has: String| Unmet { key, asks: asks.join(" or "), has };
        if !self.product.is_empty() && !self.product.iter().any(|id| id == facts.product) {
            return Some(unmet("product", &self.product, facts.product.to_owned()));
        }
        if !self.topic.is_empty() && !self.topic.iter().any(|id| Some(id.as_str()) == facts.topic) {
            let has = facts.topic.unwrap_or("no topic: no rule names this complaint");
            return Some(unmet("topic", &self.topic, has.to_owned()));
        }
        if !self.severity.is_empty() && !self.severity.contains(&facts.severity) {
            let asks: Vec<String> = self.severity.iter().map(ToString::to_string).collect();
            return Some(unmet("severity", &asks, facts.severity.to_string()));
        }
        let parts = [
            ("region", &self.region, facts.regions, tag_fits as Fits),
            ("language", &self.language, facts.languages, tag_fits),
            ("source", &self.source, facts.sources, same_name),
            ("segment", &self.segment, facts.segments, same_name),
        ];
        parts.into_iter().find(|(_, asks, heard, fits)| !asks.is_empty() && !is_half(heard, asks, *fits)).map(
            |(key, asks, heard, _)| {
                let mut heard: Vec<(&String, &u32)> = heard.iter().collect();
                heard.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
                let has: Vec<String> = heard.iter().take(5).map(|(what, n)| format!("{what} {n}")).collect();
                unmet(key, asks, if has.is_empty() { "not known".to_owned() } else { has.join(", ") })
            },
        )
    }

    /// Does it name nothing, so that every alert is its?
    pub(super) fn takes_all(&self) -> bool {
        self.severity.is_empty()
            && [&self.product, &self.topic, &self.region, &self.language, &self.source, &self.segment]
                .iter()
                .all(|names| names.is_empty())
    }

    /// Is every alert that fits `other` this one's too? `of_topic` has the products of a topic.
    pub(super) fn covers(&self, other: &Self, of_topic: &dyn Fn(&str) -> Vec<String>) -> bool {
        let mut products = other.product.clone();
        if products.is_empty() {
            products = other.topic.iter().flat_map(|topic| of_topic(topic)).collect();
        }
        let exact = |has: &str, asks: &str| has == asks;
        let severity = self.severity.is_empty()
            || (!other.severity.is_empty() && other.severity.iter().all(|s| self.severity.contains(s)));
        severity
            && within(&products, &self.product, exact)
            && within(&other.topic, &self.topic, exact)
            && within(&other.region, &self.region, tag_fits)
            && within(&other.language, &self.language, tag_fits)
            && within(&other.source, &self.source, same_name)
            && within(&other.segment, &self.segment, same_name)
    }
}

type Fits = fn(&str, &str) -> bool;

/// Is everything of `narrow` in `wide`? Naming nothing is naming all.
fn within(narrow: &[String], wide: &[String], fits: Fits) -> bool {
    wide.is_empty()
        || (!narrow.is_empty() && narrow.iter().all(|name| wide.iter().any(|other| fits(name, other))))
}

/// Names that people write in small letters or in large ones.
fn same_name(has: &str, asks: &str) -> bool {
    fold(has) == fold(asks)
}

/// `br-sp` is in `br`.
fn tag_fits(has: &str, asks: &str) -> bool {
    let has = has.to_ascii_lowercase().replace('_', "-");
    has.strip_prefix(asks).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Are half of the people in one of these?
fn is_half(heard: &BTreeMap<String, u32>, asks: &[String], fits: Fits) -> bool {
    let all: u64 = heard.values().map(|n| u64::from(*n)).sum();
    let here = heard.iter().filter(|(what, _)| asks.iter().any(|asks| fits(what, asks)));
    let here: u64 = here.map(|(_, n)| u64::from(*n)).sum();
    here > 0 && here * 2 >= all
}

impl RuleSet {
    /// The teams that are written to about such an alert, each once, the first the one that its thread is of. Nobody
    /// where the product is none of these rules and there is no fallback.
    pub fn route(&self, facts: &Facts<'_>) -> Vec<Destination<'_>> {
        let mut teams: Vec<Destination<'_>> = Vec::new();
        let mut decided = false;
        for route in self.routes.iter().filter(|route| route.unmet(facts).is_none()) {
            if decided && !route.also {
                continue;
            }
            for team in &route.team {
                if !teams.iter().any(|known| known.team == team) {
                    teams.push(Destination { team, why: RouteReason::Route, at: route.origin.as_ref() });
                }
            }
            decided |= !route.also;
        }
        if decided {
            return teams;
        }
        let product = self.products.iter().find(|p| p.id == facts.product);
        let owner = product.and_then(|p| Some((p.team.as_str(), p.team_at.as_ref()?)));
        let last = match (owner, &self.fallback) {
            (Some((team, at)), _) => Some(Destination { team, why: RouteReason::Owner, at: Some(at) }),
            (None, Some((team, at))) => Some(Destination { team, why: RouteReason::Fallback, at: Some(at) }),
            (None, None) => None,
        };
        // The owner's thread is the first, whoever gets it too.
        if let Some(last) = last.filter(|last| !teams.iter().any(|known| known.team == last.team)) {
            teams.insert(0, last);
        }
        teams
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::{RuleFile, RuleFiles};
    use proptest::prelude::*;

    const TEAMS: &str = r#"
[team.netbooks]
email = ["netbooks@example.org"]
[team.safety]
email = ["safety@example.org"]
[team.brazil]
email = ["brazil@example.org"]
[team.press]
email = ["press@example.org"]
[team.support]
email = ["support@example.org"]

[[route]]
severity = "safety"
team     = "safety"
also     = true

[[route]]
region   = "BR"
language = ["pt", "es"]
team     = ["brazil", "press"]

[[route]]
product = "mini-9"
topic   = "keys"
team    = "press"
also    = true

[[route]]
source = "Press"
team   = "press"

[fallback]
team = "support"
"#;

    fn rules(teams: &str) -> RuleSet {
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let topic = "[[topic]]\nid = 'keys'\ntitle = 'Keys'\nmatch = 'keys'\n";
        let owned =
            format!("[product]\nid = 'mini-9'\nname = 'Mini 9'\nmatch = 'mini9'\nteam = 'netbooks'\n{topic}");
        let nobodys = "[product]\nid = 'kettle'\nname = 'Kettle'\nmatch = 'kettle'\n";
        let files = vec![file("teams.toml", teams), file("a.toml", &owned), file("b.toml", nobodys)];
        let (rules, told) = RuleSet::load(&RuleFiles { folder: "rules".into(), files });
        rules.unwrap_or_else(|| panic!("{told:#?}"))
    }

    fn people(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
        of.iter().map(|(what, n)| ((*what).to_owned(), *n)).collect()
    }

    struct Heard {
        product: &'static str,
        topic: Option<&'static str>,
        severity: Severity,
        regions: BTreeMap<String, u32>,
        languages: BTreeMap<String, u32>,
        sources: BTreeMap<String, u32>,
        segments: BTreeMap<String, u32>,
    }

    fn heard(product: &'static str) -> Heard {
        let none = BTreeMap::new;
        let severity = Severity::Normal;
        let (regions, languages, sources, segments) = (none(), none(), none(), none());
        Heard { product, topic: None, severity, regions, languages, sources, segments }
    }

    impl Heard {
        fn facts(&self) -> Facts<'_> {
            let Self { product, topic, severity, regions, languages, sources, segments } = self;
            Facts { product, topic: *topic, severity: *severity, regions, languages, sources, segments }
        }

        fn told(&self, rules: &RuleSet) -> Vec<String> {
            let line = |to: &Destination<'_>| to.at.map_or(0, |at| at.line);
            let told = rules.route(&self.facts());
            told.iter().map(|to| format!("{} {} {}", to.team, to.why.name(), line(to))).collect()
        }
    }

    #[test]
    fn the_first_that_fits_decides_then_the_owner_then_the_fallback() {
        let rules = rules(TEAMS);
        assert_eq!(heard("mini-9").told(&rules), ["netbooks owner 5"]);
        assert_eq!(heard("kettle").told(&rules), ["support fallback 34"]);
        let danger = Heard { severity: Severity::Safety, ..heard("mini-9") };
        assert_eq!(danger.told(&rules), ["netbooks owner 5", "safety route 13"]);
        let brazil = Heard {
            regions: people(&[("BR-SP", 3), ("PT", 3)]),
            languages: people(&[("pt", 5), ("en", 1)]),
            ..heard("kettle")
        };
        assert_eq!(brazil.told(&rules), ["brazil route 18", "press route 18"]);
        let elsewhere = Heard { regions: people(&[("BR", 2), ("PT", 3)]), ..brazil };
        assert_eq!(elsewhere.told(&rules), ["support fallback 34"]);
        let keys = Heard { topic: Some("keys"), sources: people(&[("press", 4)]), ..heard("mini-9") };
        assert_eq!(keys.told(&rules), ["press route 23"]);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let rules = rules(TEAMS);
        let unmet = |n: usize, heard: &Heard| {
            rules.routes[n].unmet(&heard.facts()).map(|u| format!("{}: {}, not {}", u.key, u.has, u.asks))
        };
        let said = Heard { regions: people(&[("US", 1), ("BR", 5)]), ..heard("mini-9") };
        assert_eq!(unmet(0, &said).unwrap(), "severity: normal, not safety");
        assert_eq!(unmet(1, &said).unwrap(), "language: not known, not pt or es");
        assert_eq!(unmet(1, &heard("kettle")).unwrap(), "region: not known, not br");
        assert_eq!(unmet(2, &said).unwrap(), "topic: no topic: no rule names this complaint, not keys");
        let keys = Heard { topic: Some("keys"), ..heard("mini-9") };
        assert_eq!(unmet(2, &keys), None);
    }

    fn some(names: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(prop::sample::select(names), 0..3)
            .prop_map(|names| names.into_iter().map(str::to_owned).collect())
    }

    fn any_route() -> impl Strategy<Value = Route> {
        let severity = prop::collection::vec(
            prop::sample::select(vec![Severity::Low, Severity::Normal, Severity::Safety]),
            0..3,
        );
        let names = (
            some(&["a", "b"]),
            some(&["x", "y"]),
            some(&["br", "br-sp", "pt"]),
            some(&["pt", "en"]),
            some(&["s", "S"]),
        );
        (names, severity).prop_map(|((product, topic, region, language, source), severity)| Route {
            product,
            topic,
            severity,
            region,
            language,
            source,
            ..Route::default()
        })
    }

    proptest! {
        /// What a route that covers another does not take the other does not take either: only such a one makes it
        /// unreachable.
        #[test]
        fn what_is_covered_is_covered(
            wide in any_route(), narrow in any_route(), product in prop::sample::select(vec!["a", "b"]),
            topic in prop::option::of(prop::sample::select(vec!["x", "y"])), severity in 0_usize..3,
            br in 0_u32..4, sp in 0_u32..4, pt in 0_u32..4, language in 0_u32..3,
        ) {
            // Topic x is of product a alone, y of both.
            prop_assume!(topic != Some("x") || product == "a");
            let of_topic = |topic: &str| if topic == "x" { vec!["a".to_owned()] } else { vec!["a".into(), "b".into()] };
            let severity = [Severity::Low, Severity::Normal, Severity::Safety][severity];
            let heard = Heard {
                product, topic, severity,
                regions: people(&[("BR", br), ("BR-SP", sp), ("PT", pt)]),
                segments: BTreeMap::new(),
                languages: people(&[("pt", language), ("en", 1)]),
                sources: people(&[("s", 1)]),
            };
            if wide.covers(&narrow, &of_topic) && narrow.unmet(&heard.facts()).is_none() {
                prop_assert_eq!(wide.unmet(&heard.facts()), None);
            }
            prop_assert!(!wide.takes_all() || wide.unmet(&heard.facts()).is_none());
        }
    }
}
