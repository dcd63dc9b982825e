//! `route`: who would be written to, when, and by which line of the rule files.

mod names;
mod shown;

use std::collections::BTreeMap;
use std::io::Write;

use self::names::{sound_segment, unknown_source};
use self::shown::{as_json, write_text};
use super::acts::unknown_alert;
use super::load_rules;
use super::standing::{analysis_now, did_you_mean};
use super::status::{Silenced, silences};
use crate::assembly::cli::{Format, RouteArgs, SeverityArg};
use crate::assembly::configured::{All, settings};
use crate::assembly::decisions;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::{FILE, Store};
use crate::ground::alert::Severity;
use crate::ground::time::{Clock, Timestamp};
use crate::logic::links::those_who_left;
use crate::logic::rules::{ClusterMode, Facts, RuleSet, wrong_language, wrong_region};
use crate::logic::text::Lang;

/// What is asked about.
struct Asked {
    product: String,
    topic: Option<String>,
    severity: Severity,
    regions: BTreeMap<String, u32>,
    languages: BTreeMap<String, u32>,
    sources: BTreeMap<String, u32>,
    segments: BTreeMap<String, u32>,
    /// Teams that were told of it already.
    thread: Vec<String>,
    /// The alert, where one is asked about.
    alert: Option<String>,
    /// Why a text like this opens nothing by itself, where it does not.
    silent: Option<&'static str>,
}

/// Why posts that no topic names open nothing.
const TOPICS_ALONE: &str =
    "nothing opens for it: clusters = \"none\", so only the product's topics open alerts";
/// The same where they are read, and this one tells of no trouble.
const NO_COMPLAINT: &str =
    "nothing opens for it by itself: it does not read as a complaint (groundswell assess --text says why)";

/// What people decided that keeps letters back, as the daemon's store has it; nothing where there is none.
struct Standing {
    now: Timestamp,
    left: BTreeMap<String, BTreeMap<String, Timestamp>>,
    silences: BTreeMap<String, Silenced>,
}

impl Standing {
    fn of(settings: Option<&All>, now: Timestamp) -> Result<Self, Failure> {
        let mut standing = Self { now, left: BTreeMap::new(), silences: BTreeMap::new() };
        if let Some(settings) = settings.filter(|s| s.data.folder.join(FILE).exists()) {
            let store = Store::open_existing(&settings.data.folder)?;
            let acts = store.acts()?;
            standing.left = those_who_left(&acts);
            standing.silences = silences(&acts, decisions::time(&store, decisions::replays(settings), now)?);
        }
        Ok(standing)
    }

    fn has_left(&self, team: &str, address: &str) -> bool {
        self.left.get(team).is_some_and(|left| left.keys().any(|gone| gone.eq_ignore_ascii_case(address)))
    }

    /// The silences that keep a letter about this back. What could hurt somebody is kept back by its own name alone.
    fn silenced(&self, asked: &Asked) -> Vec<(&str, &Silenced)> {
        let topic = asked.topic.as_ref().map(|topic| format!("{}.{topic}", asked.product));
        let named = [topic.as_deref(), asked.alert.as_deref()];
        let wide = [Some("*"), Some(asked.product.as_str())];
        let wide = wide.into_iter().filter(|_| asked.severity != Severity::Safety);
        let scopes = named.into_iter().chain(wide).flatten();
        scopes
            .filter_map(|scope| self.silences.get_key_value(scope))
            .map(|(s, of)| (s.as_str(), of))
            .collect()
    }
}

/// Runs `route`.
///
/// # Errors
/// The rules cannot be read, what is named does not exist, or nobody would be written to.
pub fn route(args: &RouteArgs) -> Result<(), Failure> {
    sound_codes(args)?;
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    // The settings' folder where there are settings, as everywhere; without them, the one at hand.
    let given = args.config.config.exists().then(|| settings(&args.config)).transpose()?;
    let folder = || match (&args.rules, &given) {
        (Some(folder), _) => folder.clone(),
        (None, Some(settings)) => settings.rules.folder.clone(),
        (None, None) => "rules".into(),
    };
    let standing = Standing::of(given.as_ref(), now)?;
    let (rules, asked) = match (&args.alert, &args.text) {
        (Some(alert), _) => of_alert(args, alert)?,
        (None, Some(text)) => {
            let rules = load_rules(&folder())?;
            let asked = of_text(args, &rules, text);
            (rules.set, asked)
        }
        (None, None) => {
            let rules = load_rules(&folder())?.set;
            let asked = vec![of_names(args, &rules)?];
            (rules, asked)
        }
    };
    let of_one = args.text.is_none().then(|| asked.first().map(|asked| asked.product.as_str())).flatten();
    sound_segment(args.segment.as_deref(), of_one, &rules)?;
    unknown_source(args.source.as_deref(), &rules, given.as_ref());
    let mut out = stdout();
    let mut reached = 0;
    for asked in &asked {
        let facts = asked.facts();
        let told = rules.route(&facts);
        reached += told.len();
        match args.format {
            Format::Json => writeln!(out, "{}", as_json(asked, &told, &rules, &standing, args.explain))?,
            Format::Text => write_text(&mut out, asked, &told, &rules, &standing, args.explain)?,
        }
    }
    out.flush()?;
    match (asked.is_empty(), reached) {
        (true, _) => {
            tell(
                "no rule is about this text, so nobody would be written to (groundswell match --explain says why)",
            );
            Err(Failure::said())
        }
        (false, 0) => {
            tell("nobody would be written to");
            Err(Failure::said())
        }
        _ => Ok(()),
    }
}

/// A region or a language that no post can have would be answered as if nobody's route were about it.
fn sound_codes(args: &RouteArgs) -> Result<(), Failure> {
    let wrong =
        |flag: &str, tag: &str, said: String| Failure::say(Exit::Usage, format!("--{flag} {tag}: {said}"));
    if let Some(tag) = &args.region
        && let Some(said) = wrong_region(tag)
    {
        return Err(wrong("region", tag, said));
    }
    match args.language.as_ref().and_then(|tag| Some((tag, wrong_language(tag)?))) {
        Some((tag, (said, true))) => Err(wrong("language", tag, said)),
        Some((tag, (said, false))) => {
            tell(format!("--language {tag}: {said}"));
            Ok(())
        }
        None => Ok(()),
    }
}

impl Asked {
    fn facts(&self) -> Facts<'_> {
        Facts {
            product: &self.product,
            topic: self.topic.as_deref(),
            severity: self.severity,
            regions: &self.regions,
            languages: &self.languages,
            sources: &self.sources,
            segments: &self.segments,
        }
    }
}

fn of_alert(args: &RouteArgs, alert: &str) -> Result<(RuleSet, Vec<Asked>), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let events = store.events(Some(alert))?;
    let Some(last) = events.last() else {
        let mut known: Vec<String> = store.events(None)?.into_iter().map(|e| e.alert).collect();
        known.dedup();
        return Err(unknown_alert(alert, &known));
    };
    let rules = match &args.rules {
        Some(folder) => load_rules(folder)?.set,
        None => analysis_now(&store)?.rules().as_ref().clone(),
    };
    // What posts opened by themselves counts as its topic's, as it did when it was told.
    let of_topic = rules
        .products
        .iter()
        .find(|p| p.id == last.product)
        .and_then(|product| product.topics.iter().find(|t| Some(&t.id) == last.routing.topic.as_ref()));
    let told = of_topic.map_or(last.severity, |topic| topic.severity_for_routes(last.severity));
    let asked = Asked {
        product: last.product.clone(),
        topic: last.about().map(str::to_owned),
        severity: args.severity.map_or(told, severity),
        regions: given(&args.region).unwrap_or_else(|| last.regions.clone()),
        languages: given(&args.language).unwrap_or_else(|| last.languages.clone()),
        sources: given(&args.source).unwrap_or_else(|| last.sources.clone()),
        segments: given(&args.segment).unwrap_or_else(|| last.segments.clone()),
        alert: Some(alert.to_owned()),
        silent: None,
        thread: last.addressees().map(|(team, ..)| team.to_owned()).collect(),
    };
    Ok((rules, vec![asked]))
}

fn of_text(args: &RouteArgs, rules: &super::Rules, text: &str) -> Vec<Asked> {
    let mut post = super::standing::imagined(text, Timestamp::UNIX_EPOCH);
    post.lang.clone_from(&args.language);
    post.region.clone_from(&args.region);
    if let Some(source) = &args.source {
        post.source.clone_from(source);
    }
    let full = post.full_text();
    let lang = Lang::of(&full, post.lang.as_deref());
    let tokens = crate::logic::text::tokenize(&full, lang);
    let assessment = rules.assessor.assess(&post, &full, &tokens, lang);
    let sentiment = Some(assessment.sentiment);
    let danger = if assessment.is_dangerous() { Severity::Safety } else { Severity::Low };
    let subject = crate::logic::rules::Subject { post: &post, text: &full, tokens: &tokens, lang, sentiment };
    let language = args.language.clone().or_else(|| (lang != Lang::Other).then(|| lang.code().to_owned()));
    let mut asked = Vec::new();
    for matched in rules.set.match_post(&subject) {
        let Some(product) = rules.set.products.get(matched.product) else { continue };
        let mut topics: Vec<_> =
            matched.topics.iter().filter_map(|t| product.topics.get(t.topic)).map(Some).collect();
        if topics.is_empty() {
            topics.push(None);
        }
        let silent = match product.clusters {
            ClusterMode::None => Some(TOPICS_ALONE),
            ClusterMode::Complaints if !assessment.is_complaint() => Some(NO_COMPLAINT),
            ClusterMode::Complaints | ClusterMode::All => None,
        };
        let segment = args.segment.clone().or_else(|| product.segment_of(&subject).map(str::to_owned));
        asked.extend(topics.into_iter().map(|topic| Asked {
            silent: silent.filter(|_| topic.is_none()),
            product: product.id.clone(),
            topic: topic.map(|topic| topic.id.clone()),
            // What could hurt somebody is a matter of safety, whatever topic it is of.
            severity:
                args.severity.map_or_else(
                    || topic.map_or(Severity::Normal, |topic| topic.severity).max(danger),
                    severity,
                ),
            regions: given(&args.region).unwrap_or_default(),
            languages: given(&language).unwrap_or_default(),
            sources: given(&args.source).unwrap_or_default(),
            segments: given(&segment).unwrap_or_default(),
            thread: Vec::new(),
            alert: None,
        }));
    }
    asked
}

fn of_names(args: &RouteArgs, rules: &RuleSet) -> Result<Asked, Failure> {
    let id = args.product.as_deref().unwrap_or_default();
    let Some(product) = rules.products.iter().find(|p| p.id == id) else {
        let near = did_you_mean(id, rules.products.iter().map(|p| p.id.as_str()));
        return Err(Failure::say(Exit::Usage, format!("there is no product \"{id}\"{near}")));
    };
    let topic = match &args.topic {
        None => None,
        Some(id) => match product.topics.iter().find(|t| t.id == *id) {
            Some(topic) => Some(topic),
            None => {
                let near = did_you_mean(id, product.topics.iter().map(|t| t.id.as_str()));
                let say = format!("{} has no topic \"{id}\"{near}", product.id);
                return Err(Failure::say(Exit::Usage, say));
            }
        },
    };
    let usual = topic.map_or(Severity::Normal, |topic| topic.severity);
    Ok(Asked {
        product: product.id.clone(),
        topic: topic.map(|topic| topic.id.clone()),
        severity: args.severity.map_or(usual, severity),
        regions: given(&args.region).unwrap_or_default(),
        languages: given(&args.language).unwrap_or_default(),
        sources: given(&args.source).unwrap_or_default(),
        segments: given(&args.segment).unwrap_or_default(),
        thread: Vec::new(),
        alert: None,
        silent: Some(TOPICS_ALONE).filter(|_| topic.is_none() && product.clusters == ClusterMode::None),
    })
}

fn given(one: &Option<String>) -> Option<BTreeMap<String, u32>> {
    one.as_ref().map(|one| BTreeMap::from([(one.clone(), 1)]))
}

fn severity(given: SeverityArg) -> Severity {
    match given {
        SeverityArg::Low => Severity::Low,
        SeverityArg::Normal => Severity::Normal,
        SeverityArg::High => Severity::High,
        SeverityArg::Safety => Severity::Safety,
    }
}
