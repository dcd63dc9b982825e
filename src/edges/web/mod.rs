//! The small web pages behind the links of letters, and the addresses at which hubs of feeds call. This knows HTTP alone: what a link means, and what is answered, is
//! said by whoever takes the [`Question`]s. A GET asks and changes nothing, since mail scanners follow links; a POST acts.
//!
//! Listen on the loopback address and let a reverse proxy speak TLS to the world.

mod key;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

pub use key::{KEY_FILE, KeyError, given_key, key};

/// Most bytes of a request's body: a form with one field.
const MAX_BODY: usize = 4 * 1024;
/// Longest time for a request, its body and the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest time until a request's head has come, and between two requests of a connection: who opens connections and says
/// nothing keeps others out for no longer.
const HEAD: Duration = Duration::from_secs(5);
/// Most bytes that a hub may bring at once; more than that is found by the next poll.
const MAX_DOCUMENT: usize = 2 << 20;
/// Bodies of hubs that are read at once; further ones are asked to wait.
const MAX_DOCUMENTS: usize = 4;
/// What is answered to a form of another site.
const ELSEWHERE: &str = "nothing was done: the button was on a page of another site. Open the link of the letter, and press the button there.\n";
/// Connections at once; further ones wait.
const MOST: usize = 512;
/// No page needs more than this: nothing from elsewhere, no scripts, no frames.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Somebody followed a link.
#[derive(Debug)]
pub struct Question {
    /// What the link holds.
    pub token: String,
    /// It is meant: do it. Otherwise only say what would happen.
    pub act: bool,
    /// It came by the address of those who want no more letters.
    pub leave: bool,
    /// Takes the page.
    pub answer: oneshot::Sender<Answer>,
}

/// A page to answer with.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// The page.
    pub html: String,
}

/// The pages that need no answer.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The origin that browsers name when a button of these pages is pressed: scheme, host and port of the public address.
    pub origin: String,
    /// The style sheet.
    pub style: &'static str,
    /// There is nothing here.
    pub nowhere: Answer,
    /// Not now.
    pub later: Answer,
}

/// A hub calls, with what a source subscribed to.
#[derive(Debug)]
pub struct Call {
    /// The end of the address.
    pub token: String,
    /// What stands behind the `?`.
    pub query: String,
    /// `X-Hub-Signature`, as it came.
    pub signature: Option<String>,
    /// The body of a POST; none for a GET.
    pub body: Option<Vec<u8>>,
}

/// Who takes the calls of hubs.
#[derive(Clone)]
pub struct Hubs {
    /// Whether there is such an address. Asked before a body is read.
    pub knows: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Takes a call, and says with which status and words to answer.
    pub call: Arc<dyn Fn(Call) -> (u16, String) + Send + Sync>,
}

/// What every request needs.
struct Desk {
    questions: mpsc::Sender<Question>,
    fixed: Fixed,
    hubs: Option<Hubs>,
    /// Bodies of hubs that are read at once.
    bodies: Semaphore,
}

/// Listens at an address.
///
/// # Errors
/// Something else listens there, or the address is not of this machine.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Answers until stopped.
pub async fn serve(
    listener: TcpListener,
    questions: mpsc::Sender<Question>,
    fixed: Fixed,
    hubs: Option<Hubs>,
    stop: CancellationToken,
) {
    let router = router(Arc::new(Desk { questions, fixed, hubs, bodies: Semaphore::new(MAX_DOCUMENTS) }));
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of files, most likely: the next may work.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (service, stop) = (TowerToHyperService::new(router.clone()), stop.clone());
        tokio::spawn(async move {
            let _place = place;
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .max_headers(64)
                .serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                _ = connection => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

fn router(
    desk: Arc<Desk>,
) -> impl tower_service::Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    Router::new()
        .route("/act/{token}", get(look).post(act))
        .route("/leave/{token}", get(look_at_leaving).post(leave))
        .route("/hub/{token}", get(hub_asks).post(hub_brings))
        .route("/act.css", get(style))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
        .layer(axum::middleware::map_response(harden))
        .with_state(desk)
}

async fn look(State(desk): State<Arc<Desk>>, Path(token): Path<String>) -> Response {
    desk.ask(token, false, false).await
}

async fn look_at_leaving(State(desk): State<Arc<Desk>>, Path(token): Path<String>) -> Response {
    desk.ask(token, false, true).await
}

async fn leave(
    State(desk): State<Arc<Desk>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    desk.press(token, true, &headers, &body).await
}

async fn act(
    State(desk): State<Arc<Desk>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    desk.press(token, false, &headers, &body).await
}

async fn hub_asks(
    State(desk): State<Arc<Desk>>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(hubs) = desk.hubs.as_ref().filter(|hubs| (hubs.knows)(&token)) else {
        return page(desk.fixed.nowhere.clone());
    };
    words((hubs.call)(Call { token, query: query.unwrap_or_default(), signature: None, body: None }))
}

/// A body is read only at an address that somebody has subscribed at, and few of them at once.
async fn hub_brings(
    State(desk): State<Arc<Desk>>,
    Path(token): Path<String>,
    request: Request<Body>,
) -> Response {
    let Some(hubs) = desk.hubs.as_ref().filter(|hubs| (hubs.knows)(&token)) else {
        return page(desk.fixed.nowhere.clone());
    };
    let Ok(_place) = desk.bodies.try_acquire() else {
        return words((503, "too much at once; try again later\n".to_owned()));
    };
    let signature = request.headers().get("x-hub-signature").and_then(|v| v.to_str().ok()).map(str::to_owned);
    match axum::body::to_bytes(request.into_body(), MAX_DOCUMENT).await {
        Ok(body) => {
            words((hubs.call)(Call { token, query: String::new(), signature, body: Some(body.to_vec()) }))
        }
        Err(_) => words((413, "too much for one delivery; the feed will be asked for it\n".to_owned())),
    }
}

/// Plain words: a hub's challenge goes back as it came, and must never be a page.
fn words((status, text): (u16, String)) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn style(State(desk): State<Arc<Desk>>) -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], desk.fixed.style).into_response()
}

async fn nowhere(State(desk): State<Arc<Desk>>) -> Response {
    page(desk.fixed.nowhere.clone())
}

/// Whether a browser says that the button was on another site's page. One that does not know the first header, or is not reached
/// by TLS, says where the page was from in the second: ours, and no `null`, since our pages let it be said to ourselves. A
/// mail server that unsubscribes with one click says nothing.
fn is_from_elsewhere(headers: &HeaderMap, ours: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN).map(HeaderValue::as_bytes) else { return false };
    // The host that was asked for: pages may be reached by another name than the public one, too.
    let asked = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let host = [&b"https://"[..], b"http://"].iter().find_map(|scheme| origin.strip_prefix(*scheme));
    !origin.eq_ignore_ascii_case(ours.as_bytes())
        && !host.zip(asked).is_some_and(|(host, asked)| host.eq_ignore_ascii_case(asked))
}

/// Whether a body says that it is meant: the page's form sends `sure=yes`, one-click unsubscribing (RFC 8058)
/// `List-Unsubscribe=One-Click`, in either of the forms that HTML knows.
fn is_meant(body: &[u8]) -> bool {
    let parts = String::from_utf8_lossy(body);
    let form = url::form_urlencoded::parse(body).any(|(key, value)| {
        (key == "sure" && value == "yes") || (key == "List-Unsubscribe" && value == "One-Click")
    });
    form || (parts.contains("name=\"List-Unsubscribe\"") && parts.contains("One-Click"))
}

impl Desk {
    /// A POST acts where it is meant; one that does not say so is answered like a GET.
    async fn press(&self, token: String, leave: bool, headers: &HeaderMap, body: &[u8]) -> Response {
        if is_from_elsewhere(headers, &self.fixed.origin) {
            return words((403, ELSEWHERE.to_owned()));
        }
        self.ask(token, is_meant(body), leave).await
    }

    async fn ask(&self, token: String, act: bool, leave: bool) -> Response {
        let (answer, wait) = oneshot::channel();
        // A full queue is not waited for: whoever fills it would make the others wait.
        if self.questions.try_send(Question { token, act, leave, answer }).is_err() {
            return page(self.fixed.later.clone());
        }
        page(wait.await.unwrap_or_else(|_| self.fixed.later.clone()))
    }
}

fn page(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], answer.html).into_response()
}

/// Every answer, errors too, says that nothing may be loaded, framed, kept or told on. (`no-referrer` would make browsers
/// say `Origin: null` of our own buttons, as of anybody's who wishes.)
async fn harden(mut response: Response<Body>) -> Response<Body> {
    let headers: [(HeaderName, &'static str); 7] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
