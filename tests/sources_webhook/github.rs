//! GitHub's own webhooks.

use super::*;

#[tokio::test]
async fn githubs_events_are_taken_as_github_signs_them() {
    let mut hook = Hook::start("form = 'github'").await;
    let send = |event: &str, id: &str, body: String, signature: String| {
        drop(rustls::crypto::ring::default_provider().install_default());
        let request = reqwest::Client::new().post(&hook.url).header("X-GitHub-Event", event);
        let request =
            request.header("X-GitHub-Delivery", id).header("X-Hub-Signature-256", signature).body(body);
        tokio::spawn(async move {
            let answer = timeout(LONG, request.send()).await.unwrap().unwrap();
            let status = answer.status().as_u16();
            (status, serde_json::from_slice::<Value>(&answer.bytes().await.unwrap()).unwrap())
        })
    };
    let event = |action: &str, updated: &str| {
        serde_json::json!({"action": action, "repository": {"full_name": "acme/kettle"}, "issue": {"id": 1, "number": 7,
            "title": "It leaks", "body": action, "html_url": "https://github.com/acme/kettle/issues/7",
            "user": {"login": "ana", "type": "User"}, "created_at": "2026-01-01T10:00:00Z", "updated_at": updated}}).to_string()
    };
    let (ping, opened) = (r#"{"zen":"x"}"#.to_owned(), event("opened", "2026-01-01T10:00:00Z"));
    assert_eq!(send("ping", "d0", ping.clone(), sign(ping.as_bytes())).await.unwrap().0, 200);
    let (status, said) = send("issues", "d1", opened.clone(), sign(b"another")).await.unwrap();
    assert!(status == 401 && said["error"].as_str().unwrap().contains("does not fit"), "{said}");
    // Not stored: GitHub is told so, and the same delivery is taken when it comes again.
    let first = send("issues", "d1", opened.clone(), sign(opened.as_bytes()));
    let batch = timeout(LONG, hook.batches.recv()).await.unwrap().unwrap();
    assert!(!first.is_finished(), "it must not answer before the post is stored");
    drop(batch);
    assert_eq!(first.await.unwrap().0, 503);
    let again = send("issues", "d1", opened.clone(), sign(opened.as_bytes()));
    let batch = timeout(LONG, hook.batches.recv()).await.unwrap().unwrap();
    assert!(
        matches!(&batch.items[..], [Incoming::Post(p)] if p.id == "acme/kettle/issue/7" && p.source == "hook")
    );
    batch.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(again.await.unwrap(), (200, serde_json::json!({"stored": 1})));
    assert_eq!(
        send("issues", "d1", opened.clone(), sign(opened.as_bytes())).await.unwrap().1["repeated"],
        true
    );
    let deleted = event("deleted", "2026-01-01T11:00:00Z");
    let gone = send("issues", "d2", deleted.clone(), sign(deleted.as_bytes()));
    let batch = timeout(LONG, hook.batches.recv()).await.unwrap().unwrap();
    assert!(matches!(&batch.items[..], [Incoming::Delete(key)] if key.id == "acme/kettle/issue/7"));
    let cursor = batch.cursor.clone();
    batch.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(gone.await.unwrap().0, 200);
    // Recorded, and sent again under another id after a restart: what is gone stays gone.
    let again = Hook::resume("form = 'github'", cursor).await;
    let request = reqwest::Client::new().post(&again.url).header("X-GitHub-Event", "issues");
    let request =
        request.header("X-GitHub-Delivery", "d9").header("X-Hub-Signature-256", sign(opened.as_bytes()));
    let said: Value =
        serde_json::from_slice(&request.body(opened).send().await.unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(said["why"], "older than what is stored");
    let bare = reqwest::Client::new().post(&again.url).body("x").send().await.unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    assert!(bare.text().await.unwrap().contains("X-Hub-Signature-256"));
}
