//! The rules that X keeps for us, made to be those of the settings.

use serde::Deserialize;
use serde_json::{Value, json};

/// Rules of others carry other tags.
const TAG: &str = "groundswell:";

#[derive(Deserialize)]
struct Kept {
    id: String,
    value: String,
    #[serde(default)]
    tag: String,
}

/// What to change: what to take away, then what to add. Nothing where all is well.
///
/// `kept` is X's answer to the question for its rules.
pub(super) fn changes(kept: &Value, wanted: &[String], source: &str) -> Vec<Value> {
    let tag = format!("{TAG}{source}");
    let listed = kept.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
    let ours: Vec<Kept> =
        listed.into_iter().filter_map(|r| Kept::deserialize(r).ok()).filter(|r| r.tag == tag).collect();
    let gone: Vec<&str> = ours.iter().filter(|r| !wanted.contains(&r.value)).map(|r| r.id.as_str()).collect();
    let mut new: Vec<&String> = wanted.iter().filter(|w| !ours.iter().any(|r| r.value == **w)).collect();
    new.dedup();
    let mut changes = Vec::new();
    if !gone.is_empty() {
        changes.push(json!({ "delete": { "ids": gone } }));
    }
    if !new.is_empty() {
        let add: Vec<Value> = new.iter().map(|value| json!({ "value": value, "tag": tag })).collect();
        changes.push(json!({ "add": add }));
    }
    changes
}

/// The rules that X does not take, and why; the rest is taken.
pub(super) fn refused(answer: &Value) -> Option<String> {
    let errors = answer.get("errors")?.as_array()?;
    let said = errors.iter().filter(|e| e.get("title").and_then(Value::as_str) != Some("DuplicateRule"));
    let text = |e: &Value, key: &str| {
        let text = e.get(key).and_then(Value::as_str).unwrap_or_default();
        text.chars().filter(|c| !c.is_control()).take(200).collect::<String>()
    };
    let said: Vec<String> = said
        .map(|e| {
            let details = e.pointer("/details/0").and_then(Value::as_str).unwrap_or_default();
            let details: String = details.chars().filter(|c| !c.is_control()).take(200).collect();
            format!("\"{}\": {} {details}", text(e, "value"), text(e, "title"))
        })
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_rules_are_changed_and_only_where_they_differ() {
        let kept = json!({"data": [
            {"id": "1", "value": "kettle", "tag": "groundswell:x"},
            {"id": "2", "value": "teapot", "tag": "groundswell:x"},
            {"id": "3", "value": "teapot", "tag": "somebody else"},
            {"id": "4", "value": "untagged"}
        ]});
        let wanted = ["kettle".to_owned(), "acme".to_owned()];
        assert_eq!(
            changes(&kept, &wanted, "x"),
            [json!({"delete": {"ids": ["2"]}}), json!({"add": [{"value": "acme", "tag": "groundswell:x"}]})]
        );
        assert!(changes(&kept, &["kettle".to_owned(), "teapot".to_owned()], "x").is_empty());
        assert_eq!(changes(&json!({"meta": {}}), &wanted, "x").len(), 1);
    }

    #[test]
    fn a_rule_that_is_not_taken_is_named() {
        let answer = json!({"errors": [
            {"value": "kettle", "title": "DuplicateRule"},
            {"value": "is:nonsense", "title": "UnprocessableEntity", "details": ["unknown operator"]}
        ]});
        assert_eq!(refused(&answer).unwrap(), "\"is:nonsense\": UnprocessableEntity unknown operator");
        assert_eq!(refused(&json!({"data": []})), None);
    }
}
