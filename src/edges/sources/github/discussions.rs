//! Discussions of a repository. They are to be had by GraphQL alone, which answers nobody without a token.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::edges::sources::markdown::plain;
use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::Post;
use crate::ground::time::Timestamp;

/// Newest change first: a page is read until what it lists is known.
const QUERY: &str = "query($owner: String!, $name: String!, $after: String) { repository(owner: $owner, name: $name) { \
    discussions(first: 25, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) { \
    pageInfo { hasNextPage endCursor } nodes { number title body url createdAt updatedAt author { login __typename } \
    comments(last: 30) { nodes { id body url createdAt author { login __typename } \
    replies(last: 10) { nodes { id body url createdAt author { login __typename } } } } } } } } }";
const DISCUSSION: &str = "query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { it: discussion(number: $number) { id } } }";
const COMMENT: &str = "query($id: ID!) { it: node(id: $id) { id } }";

/// The question for a page of discussions.
pub(super) fn page(repo: &str, after: Option<&str>) -> Value {
    let (owner, name) = repo.split_once('/').unwrap_or_default();
    json!({ "query": QUERY, "variables": { "owner": owner, "name": name, "after": after } })
}

/// The question whether something that we have is still there; nothing where it is neither discussion nor comment on one.
pub(super) fn is_there(repo: &str, id: &str) -> Option<Value> {
    let (owner, name) = repo.split_once('/')?;
    match id.split_once('/')? {
        ("discussion", number) => {
            let number: i64 = number.parse().ok()?;
            Some(
                json!({ "query": DISCUSSION, "variables": { "owner": owner, "name": name, "number": number } }),
            )
        }
        ("discussion-comment", id) => Some(json!({ "query": COMMENT, "variables": { "id": id } })),
        _ => None,
    }
}

/// Whether the answer to that says that it is gone. GraphQL says so with `null` and an error of its kind; an error of
/// another kind says nothing.
pub(super) fn is_gone(answer: &Value) -> bool {
    let it = answer.pointer("/data/repository/it").or_else(|| answer.pointer("/data/it"));
    let kinds = answer.get("errors").and_then(Value::as_array);
    let not_found =
        kinds.is_some_and(|e| e.iter().all(|e| e.get("type").and_then(Value::as_str) == Some("NOT_FOUND")));
    it.is_some_and(Value::is_null) && not_found
}

/// Why GraphQL refuses, which it says with a status of success: whether that passes by itself soon, and its words.
pub(super) fn refusal(answer: &Value) -> Option<(bool, String)> {
    let first = answer.get("errors")?.as_array()?.first()?;
    if answer.pointer("/data/repository/discussions").is_some() {
        return None;
    }
    let kind = first.get("type").and_then(Value::as_str).unwrap_or_default();
    let words = first.get("message").and_then(Value::as_str).unwrap_or_default();
    let words = words.chars().filter(|c| !c.is_control()).take(200).collect();
    Some((matches!(kind, "RATE_LIMITED" | "RATE_LIMIT"), words))
}

/// A page of discussions.
#[derive(Debug)]
pub(super) struct Page {
    /// What people wrote, with the last change of its discussion; each discussion before what is written below it.
    pub(super) posts: Vec<(Timestamp, Post)>,
    /// The last change of the discussion that was changed longest ago.
    pub(super) oldest: Option<Timestamp>,
    /// How to ask for the next page.
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    nodes: Vec<Option<Written>>,
    page_info: Option<PageInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    id: Option<String>,
    number: Option<u64>,
    title: Option<String>,
    #[serde(default)]
    body: String,
    url: String,
    created_at: String,
    updated_at: Option<String>,
    author: Option<Author>,
    comments: Option<Listed>,
    replies: Option<Listed>,
}

#[derive(Deserialize)]
struct Author {
    login: String,
    #[serde(rename = "__typename", default)]
    kind: String,
}

/// Reads a page.
///
/// # Errors
/// It is none; the message continues the address.
pub(super) fn read(answer: &Value, source: &str, now: Timestamp) -> Result<Page, String> {
    let listed = answer.pointer("/data/repository/discussions");
    let listed =
        listed.ok_or("shows no discussions: there is no such repository, or the token may not read it")?;
    let listed =
        Listed::deserialize(listed).map_err(|e| format!("answers with something else than expected: {e}"))?;
    let next = listed.page_info.filter(|p| p.has_next_page).and_then(|p| p.end_cursor);
    let (mut posts, mut oldest) = (Vec::new(), None);
    for it in listed.nodes.into_iter().flatten() {
        let Some(changed) = it.updated_at.as_ref().and_then(|at| at.parse::<Timestamp>().ok()) else {
            continue;
        };
        oldest = Some(oldest.map_or(changed, |o: Timestamp| o.min(changed)));
        let Some(number) = it.number else { continue };
        below(it, &format!("discussion/{number}"), None, source, now, &mut |post| {
            posts.push((changed, post))
        });
    }
    Ok(Page { posts, oldest, next })
}

/// One thing and what is written below it. What programs write, and what has no words, is passed over.
fn below(
    it: Written,
    id: &str,
    in_reply_to: Option<&str>,
    source: &str,
    now: Timestamp,
    take: &mut impl FnMut(Post),
) {
    let text = plain(&it.body);
    let title = it.title.filter(|t| !t.trim().is_empty()).map(post_text);
    let of_a_program = it.author.as_ref().is_some_and(|a| a.kind == "Bot");
    if !(of_a_program || text.is_empty() && title.is_none()) {
        take(Post {
            id: id.to_owned(),
            source: source.to_owned(),
            author: it.author.map(|a| a.login),
            author_name: None,
            followers: None,
            text: post_text(text),
            title,
            url: Some(it.url).filter(|u| u.starts_with("https://") || u.starts_with("http://")),
            created_at: written(it.created_at.parse().ok(), now, now),
            arrived_at: now,
            lang: None,
            region: None,
            in_reply_to: in_reply_to.map(str::to_owned),
            repost_of: None,
            rating: None,
        });
    }
    let lists = [it.comments, it.replies].into_iter().flatten();
    for comment in lists.flat_map(|l| l.nodes).flatten() {
        if let Some(own) = comment.id.as_ref().map(|own| format!("discussion-comment/{own}")) {
            below(comment, &own, Some(id), source, now, take);
        }
    }
}
