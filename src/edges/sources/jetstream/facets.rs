//! Links in a text of Bluesky: facets, which name their place by bytes of UTF-8.

use std::borrow::Cow;

use serde::Deserialize;

/// Most facets that are looked at.
const MAX_FACETS: usize = 100;
/// Longest address that is written out.
const MAX_LINK_BYTES: usize = 2048;

#[derive(Deserialize)]
struct Facet {
    index: Index,
    #[serde(default)]
    features: Vec<Feature>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    byte_start: usize,
    byte_end: usize,
}

#[derive(Deserialize)]
struct Feature {
    uri: Option<String>,
}

/// The text with links that were shortened for show (`example.org/long/wa...`) written out as what they lead to. Everything
/// else stays as people see it; facets that cannot be are passed over.
pub(super) fn with_whole_links<'a>(text: &Cow<'a, str>, facets: &str) -> Cow<'a, str> {
    let as_it_is = text.clone();
    if !text.contains("...") && !text.contains('…') {
        return as_it_is;
    }
    let Ok(mut facets) = serde_json::from_str::<Vec<Facet>>(facets) else { return as_it_is };
    facets.truncate(MAX_FACETS);
    facets.sort_by_key(|f| f.index.byte_start);
    let (mut whole, mut at) = (String::with_capacity(text.len() + 128), 0);
    for Facet { index, features } in facets {
        let Some(shown) = text.get(index.byte_start..index.byte_end) else { continue };
        let link = features.into_iter().find_map(|f| f.uri).filter(|uri| uri.len() <= MAX_LINK_BYTES);
        let Some(link) = link.filter(|_| index.byte_start >= at && is_shortened(shown)) else { continue };
        whole.push_str(text.get(at..index.byte_start).unwrap_or_default());
        whole.push_str(&link);
        at = index.byte_end;
    }
    whole.push_str(text.get(at..).unwrap_or_default());
    whole.into()
}

/// Whether it is an address with its end cut off, and no words.
fn is_shortened(shown: &str) -> bool {
    (shown.ends_with("...") || shown.ends_with('…')) && !shown.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(start: usize, end: usize) -> String {
        format!(
            r##"{{"index":{{"byteStart":{start},"byteEnd":{end}}},"features":[{{"$type":"app.bsky.richtext.facet#link","uri":"https://acme.example/kettles/leak"}}]}}"##
        )
    }

    fn whole(text: &str, facets: &[String]) -> String {
        with_whole_links(&text.into(), &format!("[{}]", facets.join(","))).into_owned()
    }

    #[test]
    fn a_shortened_link_is_written_out_and_places_are_bytes() {
        let text = "Ünser Kessel läuft aus: acme.example/ket... seht";
        let start = text.find("acme").unwrap();
        let facet = link(start, start + "acme.example/ket...".len());
        assert_eq!(whole(text, &[facet]), "Ünser Kessel läuft aus: https://acme.example/kettles/leak seht");
    }

    #[test]
    fn words_that_are_links_stay_and_impossible_places_are_passed_over() {
        let text = "look here... or not ü...";
        let (ü, end) = (text.find('ü').unwrap(), text.len());
        // In the middle of a letter, beyond the end, backwards, words, and one that can be done.
        let facets = [link(ü + 1, end), link(0, 999), link(9, 3), link(0, 12), link(ü, end), link(ü, end)];
        assert_eq!(whole(text, &facets), "look here... or not https://acme.example/kettles/leak");
        assert_eq!(whole(text, &["{}".into()]), text);
        assert_eq!(with_whole_links(&text.into(), "nonsense"), text);
    }
}
