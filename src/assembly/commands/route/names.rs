//! Segments and sources that are asked about, held against those that there are.

use std::collections::BTreeSet;

use crate::assembly::commands::standing::{did_you_mean, one_line};
use crate::assembly::configured::All;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::tell;
use crate::logic::rules::RuleSet;
use crate::logic::text::fold;

/// Whether a segment is one of the product's, or of any product's where none is named. No alert can be of another.
///
/// # Errors
/// It is none; the message says which there are.
pub(super) fn sound_segment(
    segment: Option<&str>,
    product: Option<&str>,
    rules: &RuleSet,
) -> Result<(), Failure> {
    let Some(segment) = segment else { return Ok(()) };
    let products = || rules.products.iter().filter(|p| product.is_none_or(|product| p.id == product));
    let known: BTreeSet<&str> = products().flat_map(|p| &p.segments).map(|s| s.name.as_str()).collect();
    if known.iter().any(|known| fold(known) == fold(segment)) {
        return Ok(());
    }
    let owner = product.unwrap_or("no product");
    let has = if product.is_some() { "has no" } else { "has a" };
    let there = match (known.is_empty(), product) {
        (false, _) => format!("there are {}", listed(&known)),
        (true, Some(product)) => format!("it has none; [segments] in {product}.toml makes them"),
        (true, None) => "there are none; [segments] in a product's file makes them".to_owned(),
    };
    let near = did_you_mean(segment, known.iter().copied());
    let segment = one_line(segment);
    Err(Failure::say(Exit::Usage, format!("--segment: {owner} {has} segment \"{segment}\"{near}; {there}")))
}

/// Says where neither the settings nor a route name a source, since posts may come from it all the same: whoever sends to
/// a webhook may name other sources.
pub(super) fn unknown_source(source: Option<&str>, rules: &RuleSet, settings: Option<&All>) {
    let Some(source) = source else { return };
    let configured = settings.iter().flat_map(|all| &all.source).map(|s| s.name.as_str());
    let routed = rules.routes.iter().flat_map(|route| &route.source).map(String::as_str);
    let known: BTreeSet<&str> = configured.chain(routed).collect();
    if known.iter().any(|known| fold(known) == fold(source)) {
        return;
    }
    let near = did_you_mean(source, known.iter().copied());
    let who =
        if settings.is_some() { "neither the settings nor a [[route]] name" } else { "no [[route]] names" };
    let there = if known.is_empty() { "no source at all".to_owned() } else { listed(&known) };
    let they = if settings.is_some() { "they name" } else { "the routes name" };
    tell(format!("--source: {who} a source \"{}\"{near}; {they} {there}", one_line(source)));
}

/// The first of them, in quotes.
fn listed(names: &BTreeSet<&str>) -> String {
    const MOST: usize = 20;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("\"{}\"", one_line(name))).collect();
    let more = if names.len() > MOST { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
