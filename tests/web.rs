//! The pages behind the links of letters, as the world reaches them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails may stop")]

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use std::sync::Arc;

use groundswell::edges::web::{Answer, Fixed, Hubs, Question, listen, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Pages whose questions are answered by what was asked; with `queue` places for those that wait.
async fn pages(queue: usize, answers: bool) -> (SocketAddr, CancellationToken, mpsc::Receiver<Question>) {
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (ask, mut questions) = mpsc::channel::<Question>(queue);
    let stop = CancellationToken::new();
    let page = |status, html: &str| Answer { status, html: html.into() };
    let fixed = Fixed {
        origin: "https://alerts.example".into(),
        style: "p{}",
        nowhere: page(404, "nowhere"),
        later: page(503, "later"),
    };
    tokio::spawn(serve(listener, ask, fixed, hubs(), stop.clone()));
    if !answers {
        return (address, stop, questions);
    }
    tokio::spawn(async move {
        while let Some(question) = questions.recv().await {
            let what = if question.act { "do" } else { "ask" };
            let html = format!("{what}{} {}", if question.leave { " leaving" } else { "" }, question.token);
            let _ = question.answer.send(Answer { status: 200, html });
        }
    });
    (address, stop, mpsc::channel(1).1)
}

/// One address is known, `t0`; it answers with what came.
fn hubs() -> Option<Hubs> {
    let call = |call: groundswell::edges::web::Call| {
        let body = call.body.map_or("nothing".to_owned(), |b| String::from_utf8_lossy(&b).into_owned());
        (202, format!("{} {} {:?} {body}", call.token, call.query, call.signature))
    };
    Some(Hubs { knows: Arc::new(|token| token == "t0"), call: Arc::new(call) })
}

async fn say(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn request(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: inside.example\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[test]
fn a_get_asks_and_a_post_acts() {
    wait(async {
        let (address, _stop, _) = pages(8, true).await;
        assert!(say(address, &request("GET", "/act/a.b", "")).await.ends_with("ask a.b"));
        assert!(say(address, &request("GET", "/leave/a.b", "")).await.ends_with("ask leaving a.b"));
        assert!(say(address, &request("POST", "/act/a.b", "sure=yes")).await.ends_with("do a.b"));
        assert!(
            say(address, &request("POST", "/leave/a.b", "List-Unsubscribe=One-Click"))
                .await
                .ends_with("do leaving a.b")
        );
        // One that does not say that it is meant asks, and a form on another site's page does nothing.
        assert!(say(address, &request("POST", "/act/a.b", "")).await.ends_with("ask a.b"));
        assert!(say(address, &request("POST", "/act/a.b", "sure=no")).await.ends_with("ask a.b"));
        let parts =
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        assert!(say(address, &request("POST", "/leave/a.b", parts)).await.ends_with("do leaving a.b"));
        for (site, done) in
            [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)]
        {
            for path in ["/act/a.b", "/leave/a.b"] {
                let pressed = request("POST", path, "sure=yes")
                    .replace("Connection", &format!("Sec-Fetch-Site: {site}\r\nConnection"));
                let said = say(address, &pressed).await;
                assert_eq!(said.contains("do "), done, "{site}: {said}");
                assert_eq!(said.starts_with("HTTP/1.1 403"), !done, "{site}: {said}");
            }
        }
        // A browser that does not know that header says where the page was from.
        for (origin, done) in [
            ("https://alerts.example", true),
            ("https://inside.example", true),
            ("https://evil.example", false),
            ("https://inside.example:8443", false),
            ("https://alerts.example.evil", false),
            ("http://alerts.example", false),
            ("null", false),
            ("inside.example", false),
            ("", false),
        ] {
            for path in ["/act/a.b", "/leave/a.b"] {
                let pressed = request("POST", path, "sure=yes")
                    .replace("Connection", &format!("Origin: {origin}\r\nConnection"));
                let said = say(address, &pressed).await;
                assert_eq!(said.contains("do "), done, "{origin}: {said}");
                assert_eq!(said.starts_with("HTTP/1.1 403"), !done, "{origin}: {said}");
            }
        }
        // One that knows both is believed in the first: a proxy may have made another name of it.
        let both = "Sec-Fetch-Site: same-origin\r\nOrigin: https://inside.example\r\nConnection";
        let pressed = request("POST", "/act/a.b", "sure=yes").replace("Connection", both);
        assert!(say(address, &pressed).await.ends_with("do a.b"));
        let head = say(address, &request("HEAD", "/act/a.b", "")).await;
        assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let said = say(address, &request(method, "/act/a.b", "")).await;
            assert!(said.starts_with("HTTP/1.1 405"), "{method}: {said}");
        }
    });
}

#[test]
fn every_answer_forbids_what_pages_need_not() {
    wait(async {
        let (address, _stop, _) = pages(8, true).await;
        let large = "x".repeat(5_000);
        for (wanted, request) in [
            ("200", request("GET", "/act/a.b", "")),
            ("200", request("GET", "/act.css", "")),
            ("404", request("GET", "/elsewhere", "")),
            ("404", request("GET", "/act/", "")),
            ("405", request("PUT", "/act/a.b", "")),
            ("413", request("POST", "/act/a.b", &large)),
        ] {
            let said = say(address, &request).await.to_lowercase();
            assert!(said.starts_with(&format!("http/1.1 {wanted}")), "{said}");
            for header in [
                "content-security-policy: default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n",
                "referrer-policy: same-origin\r\n",
                "cache-control: no-store\r\n",
                "x-content-type-options: nosniff\r\n",
            ] {
                assert!(said.contains(header), "{header} is not in {said}");
            }
            assert!(!said.contains("set-cookie") && !said.contains("location:"), "{said}");
        }
    });
}

#[test]
fn when_nobody_can_answer_it_says_so_at_once() {
    wait(async {
        let (address, _stop, questions) = pages(1, false).await;
        let first = tokio::spawn(async move { say(address, &request("GET", "/act/first", "")).await });
        // The first is in the queue when the second is told that there is no room.
        while questions.is_empty() {
            tokio::task::yield_now().await;
        }
        let second = say(address, &request("POST", "/act/second", "")).await;
        assert!(second.starts_with("HTTP/1.1 503") && second.ends_with("later"), "{second}");
        drop(questions);
        assert!(first.await.unwrap().ends_with("later"));
    });
}

#[test]
fn heads_without_end_are_refused_and_stopping_closes_connections() {
    wait(async {
        let (address, stop, _) = pages(1, true).await;
        let many = format!("GET /act/a HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-A: b\r\n".repeat(200));
        assert!(say(address, &many).await.starts_with("HTTP/1.1 431"));
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET /act/a HTTP/1.1\r\n").await.unwrap();
        stop.cancel();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), idle.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a stopped daemon waits for nobody");
    });
}

#[test]
fn hubs_are_heard_at_addresses_that_are_open_and_within_bounds() {
    wait(async {
        let (address, _stop, _) = pages(8, true).await;
        let asked = say(address, &request("GET", "/hub/t0?hub.challenge=%3Cb%3E", "")).await;
        assert!(
            asked.starts_with("HTTP/1.1 202") && asked.ends_with("t0 hub.challenge=%3Cb%3E None nothing"),
            "{asked}"
        );
        assert!(asked.contains("content-type: text/plain") && asked.contains("nosniff"), "{asked}");
        let signed = request("POST", "/hub/t0", "<rss/>").replace("Host", "X-Hub-Signature: sha1=00\r\nHost");
        assert!(say(address, &signed).await.ends_with("t0  Some(\"sha1=00\") <rss/>"));
        for method in ["GET", "POST"] {
            let said = say(address, &request(method, "/hub/t1", "x")).await;
            assert!(said.starts_with("HTTP/1.1 404"), "{method}: {said}");
        }
        // More than letters need, and less than can hurt.
        let large = say(address, &request("POST", "/hub/t0", &"x".repeat(1 << 20))).await;
        assert!(large.starts_with("HTTP/1.1 202"));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(
                b"POST /hub/t0 HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\nConnection: close\r\n\r\n",
            )
            .await
            .unwrap();
        let mut answer = [0; 12];
        // The answer comes before the body, or as soon as there is too much of it.
        let _ = stream.write_all(&vec![b'x'; 3_000_000]).await;
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413");
    });
}
