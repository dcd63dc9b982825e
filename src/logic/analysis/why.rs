//! Why did it *not* alert? What was heard that is like a text, how far it is from the bar, and what it would take.

use std::collections::BTreeSet;

use super::apart::Kinship;
use super::around::Around;
use super::by_cluster::SHOWS;
use super::lacking::{Lacking, lacking};
use super::product::{ProductState, SeriesId};
use super::rehearse::{Opening, Reading, named_by};
use super::state::{Analysis, effective_bar, severity_of};
use crate::ground::alert::Severity;
use crate::ground::post::Post;
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::cluster::{Features, Saying, readable};
use crate::logic::lifecycle::{FEWEST_PEOPLE, Verdict, bar_for, should_open};
use crate::logic::rules::{ClusterMode, Product, Subject};
use crate::logic::spike::{FEWEST_DAYS, SHARES, Series};
use crate::logic::text::{Lang, Token, tokenize};

/// People beyond which "what it would take" is not counted further.
const MOST_MORE: u32 = 200;

/// Words that are named.
const WORDS: usize = 5;

/// A cluster near a text, and how far it is from an alert.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct NearCluster {
    /// Product id.
    pub product: String,
    /// Cluster or topic id.
    pub cluster: String,
    /// Its readable name.
    pub label: String,
    /// How well the text fits: 1 is just enough to join.
    pub fit: f32,
    /// It is the one that the text would go to: nearly the same words go before a better fit on the whole.
    pub joins: bool,
    /// Words of the text that it shares, the weightiest first; none for a topic.
    pub words: Vec<String>,
    /// Share of what they have in common that lies in the meaning of other words, 0 to 1.
    pub by_meaning: f32,
    /// Posts in it.
    pub posts: u32,
    /// Different people in the last 28 days.
    pub people_28_days: u32,
    /// Usual people a day.
    pub usual_a_day: f64,
    /// log10 of its evidence; of a cluster that around the text, if somebody said it now: that decides.
    pub score: f64,
    /// log10 of the bar.
    pub bar: f64,
    /// What holds an alert back where the evidence would do.
    pub held: Option<Held>,
    /// An alert about it is open.
    pub open: bool,
    /// The id of its alert, open or over.
    pub alert: Option<String>,
    /// The alert about it is over since then.
    pub over_since: Option<Timestamp>,
    /// A person called that alert no issue.
    pub no_issue: bool,
    /// A person does not want to hear of it.
    pub ignored: bool,
    /// A topic opens an alert with so many more people today; absent when over 200, and for a cluster, where [`WhyNot::opens`]
    /// says it.
    pub more_people_today: Option<u32>,
}

/// What an alert waits for besides evidence.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Held {
    /// Fewer people than an alert takes.
    TooFewPeople {
        /// Those who said it, with the one who would say it now.
        people: u32,
        /// So many it takes.
        fewest: u32,
    },
    /// Most of what is like it is in one complaint that is said all along, in other words.
    UsualInItsCluster {
        /// log10 of the evidence of that complaint's own series.
        score: f64,
        /// log10 of what is asked of it.
        bar: f64,
    },
    /// A topic tells of it.
    ToldByATopic,
}

/// The answer to "why did it not alert?".
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WhyNot {
    /// Products whose rules match the text.
    pub products: Vec<String>,
    /// Its complaint score, 0 to 1; 0.5 counts.
    pub complaint: f64,
    /// The cues behind it.
    pub cues: Vec<String>,
    /// The language that it was read in, where there is no lexicon for it: then only emoji and ratings tell of a complaint.
    pub no_lexicon: Option<String>,
    /// It is praise and nothing else, which counts for no topic (unless the product has `clusters = "all"`).
    pub praise: bool,
    /// It would be grouped with others like it: as a complaint, or because the product groups everything.
    pub grouped: bool,
    /// What is nearest, best fit first.
    pub near: Vec<NearCluster>,
    /// The alert that opens or comes back if enough people say this now.
    pub opens: Option<Opening>,
    /// Days of complaints that are known of the product, where they are too few for anything to rise against.
    pub too_young: Option<f64>,
    /// The rules that do not find the text, with what they lack of it.
    pub lacking: Vec<Lacking>,
}

/// The rise around a text, in figures.
struct AroundText {
    /// Usual people a day.
    usual: f64,
    /// log10 of the evidence if somebody said it now.
    score: f64,
    /// log10 of the bar.
    bar: f64,
    /// What holds it back besides.
    held: Option<Held>,
}

impl Analysis {
    /// What was heard that is like this post. Looks at every product when none matches it.
    pub fn why_not(&self, post: &Post) -> WhyNot {
        let (assessment, matches) = self.read(post);
        let matched: Vec<usize> = matches.iter().map(|m| m.product).collect();
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let features = Features::of_text(&text, &tokens, lang);
        let words = readable(&tokens, lang);
        let mut near = Vec::new();
        for (i, product) in self.rules.products.iter().enumerate() {
            if !matched.is_empty() && !matched.contains(&i) {
                continue;
            }
            let Some(state) = self.memory.products.get(&product.id) else { continue };
            let rise = self.rise_of(product, &tokens, lang);
            for (place, (number, fit)) in state.clusters.nearest(&features).into_iter().take(3).enumerate() {
                let mut found = self.distance(product, &SeriesId::Cluster(number), fit, rise.as_ref());
                if let Some(found) = &mut found {
                    found.joins = place == 0 && fit >= 1.0;
                    let (shared, by_meaning) = state.clusters.shared(&features, number);
                    // What adds nothing is in the text alone. Of two words that follow one another each is named by itself:
                    // in the text others may stand between them, and in the posts, too.
                    let common =
                        shared.iter().filter(|(_, adds)| *adds > 0.0).filter_map(|(f, _)| words.get(f));
                    let mut named: Vec<String> = Vec::new();
                    for word in common.flat_map(|words| words.split(' ')) {
                        if !named.iter().any(|known| known == word) && named.len() < WORDS {
                            named.push(word.to_owned());
                        }
                    }
                    found.words = named;
                    found.by_meaning = by_meaning;
                }
                near.extend(found);
            }
            for topic in matches.iter().filter(|m| m.product == i).flat_map(|m| &m.topics) {
                if let Some(topic) = product.topics.get(topic.topic) {
                    near.extend(self.distance(product, &SeriesId::Topic(topic.id.clone()), 1.0, None));
                }
            }
        }
        near.sort_by(|a, b| {
            (b.joins.cmp(&a.joins)).then(b.fit.total_cmp(&a.fit)).then_with(|| a.cluster.cmp(&b.cluster))
        });
        let sentiment = Some(assessment.sentiment);
        let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment };
        let read = Reading { assessment: &assessment, matches: &matches, features: &features };
        let modes = || matched.iter().filter_map(|i| self.rules.products.get(*i)).map(|p| p.clusters);
        WhyNot {
            opens: self.rehearse(post, &read),
            too_young: self.too_young(&matched),
            lacking: lacking(&self.rules, &named_by(&matches), &subject),
            products: matched
                .iter()
                .filter_map(|i| self.rules.products.get(*i))
                .map(|p| p.id.clone())
                .collect(),
            complaint: assessment.complaint,
            praise: assessment.is_praise() && !modes().any(|mode| mode == ClusterMode::All),
            grouped: modes().any(|mode| match mode {
                ClusterMode::All => true,
                ClusterMode::Complaints => assessment.is_complaint(),
                ClusterMode::None => false,
            }),
            cues: assessment.cues.iter().map(|c| format!("{} ({})", c.words, c.kind.name())).collect(),
            no_lexicon: assessment.no_lexicon.then(|| assessment.lang.code().to_owned()),
            near,
        }
    }

    /// The days that are known of the product that is known best, where even these are too few.
    fn too_young(&self, matched: &[usize]) -> Option<f64> {
        let products = matched.iter().filter_map(|i| self.rules.products.get(*i));
        let known = products.filter_map(|product| self.memory.products.get(&product.id));
        let watched =
            known.map(|state| state.watched(self.memory.now.unwrap_or_default())).max_by(f64::total_cmp)?;
        (watched < FEWEST_DAYS).then_some(watched)
    }

    /// What decides about clusters: the rise around a text if somebody said it now.
    fn rise_of(&self, product: &Product, tokens: &[Token], lang: Lang) -> Option<AroundText> {
        let (state, now) = (self.memory.products.get(&product.id)?, self.memory.now?);
        let saying = Saying::of(tokens, lang);
        let (near, cuts) = state.nearby.around(&self.memory.tongue, &saying, &SHARES);
        let around = Around { number: u64::MAX, voice: u64::MAX, at: now, dangerous: false, near, cuts };
        let rise = state.rise_around(&around, now);
        let posts: BTreeSet<u64> = rise.posts.iter().copied().collect();
        let known = state.cause_of(&posts, now);
        let known = known.filter(|id| state.kinship(id, &rise, &posts, now) != Kinship::Apart);
        let (bar, ..) = self.bar_of_rises(&product.team);
        let bar = bar_for(Severity::Normal, bar);
        let keys = state.keys_of(&posts);
        let held = match &known {
            _ if rise.people < FEWEST_PEOPLE => {
                Some(Held::TooFewPeople { people: rise.people, fewest: FEWEST_PEOPLE })
            }
            Some(_) => None,
            None if state.is_told_by_a_topic(&keys, now) => Some(Held::ToldByATopic),
            None => state
                .is_usual_in_its_cluster(&keys, Some(around.voice), now)
                .map(|score| Held::UsualInItsCluster { score, bar: SHOWS }),
        };
        let (score, bar) = match known.as_ref().and_then(|id| Some((id, state.alerts.get(id)?.ended))) {
            // Only what was said since an alert was over can bring it back.
            Some((id, Some((over, _)))) => {
                let others = state.voices_of(&rise.posts, over).len() as u32;
                let days = days_between(over, now).min(f64::from(rise.days));
                (rise.score_of(others, days), bar + state.raised.get(id).copied().unwrap_or(0.0))
            }
            Some((_, None)) => (rise.score, bar),
            None => (rise.score, bar + state.bar_beside(&posts, &SeriesId::Cluster(u32::MAX))),
        };
        Some(AroundText { usual: rise.level(), score, bar, held })
    }

    fn distance(
        &self,
        product: &Product,
        id: &SeriesId,
        fit: f32,
        rise: Option<&AroundText>,
    ) -> Option<NearCluster> {
        let state = self.memory.products.get(&product.id)?;
        let now = self.memory.now?;
        let mut series = match (state.series.get(id), id) {
            (Some(series), _) => series.clone(),
            // What a person took apart has no series until somebody says it again.
            (None, SeriesId::Cluster(number)) if state.clusters.get(*number).is_some() => {
                Series::new(now, &state.pool)
            }
            (None, _) => return None,
        };
        series.advance(now, &state.pool);
        let severity: Severity = severity_of(product, id)?;
        let (bar, ..) = self.bar_of(&product.team);
        let raised = state.raised.get(id).copied().unwrap_or(0.0);
        let reading = series.read(now, &state.pool);
        let open = state.alerts.get(id).is_some_and(|s| s.is_open());
        let ended = state.alerts.get(id).and_then(|standing| standing.ended);
        let over_since = ended.map(|(at, _)| at);
        let no_issue = ended.is_some_and(|(_, reason)| reason == Reason::NotAnIssue);
        let ignored = match id {
            SeriesId::Cluster(number) | SeriesId::Shared(number) => {
                state.clusters.get(*number).is_some_and(|c| c.ignored)
            }
            SeriesId::Topic(_) => false,
        };
        let opens = |series: &Series, now: Timestamp| {
            matches!(
                should_open(&series.read(now, &state.pool), series.people(28), severity, bar + raised),
                Verdict::Happened(..)
            )
        };
        let people = people_of(state, id, now).unwrap_or_else(|| series.people(28));
        let (mut usual, mut score) = (series.level(&state.pool), reading.score);
        let mut needed = effective_bar(severity, bar, raised);
        let mut more_people_today = None;
        if let Some(around) = rise {
            (usual, score, needed) = (around.usual, around.score, around.bar);
        }
        for more in (0..=MOST_MORE).take_while(|_| matches!(id, SeriesId::Topic(_))) {
            if opens(&series, now) {
                more_people_today = Some(more);
                break;
            }
            series.hear(now, now, u64::MAX - u64::from(more), &state.pool);
        }
        Some(NearCluster {
            product: product.id.clone(),
            cluster: id.name(&product.id),
            label: state.name(product, id),
            fit,
            joins: false,
            words: Vec::new(),
            by_meaning: 0.0,
            posts: match id {
                SeriesId::Topic(topic) => state.topics.get(topic).map_or(0, |m| m.len() as u32),
                SeriesId::Cluster(number) | SeriesId::Shared(number) => {
                    state.clusters.get(*number).map_or(0, |c| c.size)
                }
            },
            people_28_days: people,
            usual_a_day: usual,
            score,
            bar: needed,
            held: rise.filter(|around| around.score >= around.bar).and_then(|around| around.held),
            open,
            alert: state.alerts.get(id).map(|standing| standing.id.clone()),
            over_since,
            no_issue,
            ignored,
            more_people_today,
        })
    }
}

/// People of the last 28 days, by the posts of a cluster that keeps all of its own: a series does not follow those that
/// a person moves.
fn people_of(state: &ProductState, id: &SeriesId, now: Timestamp) -> Option<u32> {
    let (SeriesId::Cluster(number) | SeriesId::Shared(number)) = id else { return None };
    let cluster = state.clusters.get(*number).filter(|c| c.size as usize <= c.members.len())?;
    let lately = cluster.members.iter().filter(|m| days_between(m.quote.at, now) < 28.0);
    Some(lately.map(|m| m.voice).collect::<BTreeSet<u64>>().len() as u32)
}
