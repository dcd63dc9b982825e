//! `clusters`: what people say about a product, complaint by complaint, and what they wish for.

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::json;

use super::standing::{analysis_now, clip, count, did_you_mean, minute, one_line};
use crate::assembly::cli::{ClustersArgs, Format};
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{as_json, stdout, tell};
use crate::edges::store::Store;
use crate::ground::alert::Quote;
use crate::logic::analysis::{ClusterId, Sort};
use crate::logic::cluster::{Cluster, Clusters, name_of, quotes, telling_words};

/// Posts shown of each.
const QUOTES: usize = 3;
/// Words shown of each.
const WORDS: usize = 6;
/// Characters shown of a post.
const QUOTE: usize = 110;

/// Runs `clusters`.
///
/// # Errors
/// There is no store, no such product, or the store cannot be read.
pub fn clusters(args: &ClustersArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let analysis = analysis_now(&store)?;
    let products = &analysis.rules().products;
    if let Some(id) = args.product.as_deref().filter(|id| products.iter().all(|p| p.id != **id)) {
        let near = did_you_mean(id, products.iter().map(|p| p.id.as_str()));
        return Err(Failure::say(Exit::Usage, format!("there is no product \"{id}\"{near}")));
    }
    let mut out = stdout();
    let mut shown = 0;
    for product in products.iter().filter(|p| args.product.as_ref().is_none_or(|id| p.id == *id)) {
        let Some(state) = analysis.product(&product.id) else { continue };
        let sort = if args.ideas { Sort::Ideas } else { Sort::Complaints };
        let all = state.of_sort(sort);
        let mut largest: Vec<&Cluster> = all.iter().collect();
        largest.sort_by(|a, b| b.size.cmp(&a.size).then(b.last.cmp(&a.last)).then(a.number.cmp(&b.number)));
        for cluster in largest.into_iter().take(args.most) {
            shown += 1;
            let id = ClusterId { product: product.id.clone(), sort, number: cluster.number }.to_string();
            let name = name_of(cluster, &all.vocabulary, product.language);
            match args.format {
                Format::Json => writeln!(out, "{}", as_json(&in_json(&id, &name, cluster, all))?)?,
                Format::Text => in_words(&mut out, &id, &name, cluster, all)?,
            }
        }
    }
    if shown == 0 && args.format == Format::Text {
        tell(if args.ideas { "Nobody has wished for anything yet." } else { "There is no complaint yet." });
    }
    Ok(out.flush()?)
}

fn typical(cluster: &Cluster, all: &Clusters) -> Vec<Quote> {
    quotes(&cluster.members, &all.vocabulary, QUOTES, |_| true)
}

fn in_words(
    out: &mut impl Write,
    id: &str,
    name: &str,
    cluster: &Cluster,
    all: &Clusters,
) -> std::io::Result<()> {
    let posts = count(u64::from(cluster.size), "post", "posts");
    let ignored = if cluster.ignored { ", ignored" } else { "" };
    writeln!(out, "{id}  \"{}\"", one_line(name))?;
    writeln!(out, "    {posts}, {} to {}{ignored}", minute(cluster.born), minute(cluster.last))?;
    for quote in typical(cluster, all) {
        // The id is what `split` takes.
        let id = one_line(&format!("{}:{}", quote.key.source, quote.key.id));
        writeln!(out, "    - {}  [{id}]", clip(&one_line(&quote.text), QUOTE))?;
    }
    Ok(())
}

fn in_json(id: &str, name: &str, cluster: &Cluster, all: &Clusters) -> serde_json::Value {
    let languages: BTreeSet<&str> = cluster.members.iter().map(|m| m.quote.lang.as_str()).collect();
    let quotes: Vec<_> = typical(cluster, all)
        .into_iter()
        .map(|q| json!({"source": q.key.source, "id": q.key.id, "at": q.at, "text": q.text, "url": q.url}))
        .collect();
    json!({
        "cluster": id, "label": name, "named": cluster.name.is_some(), "ignored": cluster.ignored,
        "posts": cluster.size, "first": cluster.born, "last": cluster.last, "languages": languages,
        "words": telling_words(&cluster.members, &all.vocabulary, WORDS), "quotes": quotes,
    })
}
