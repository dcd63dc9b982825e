//! Answers those who follow a link of a letter: looks up what the link is about, and writes down what they decide. It has
//! a connection of its own to the store, and the engine reads its decisions from the log as it reads those of commands.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::assembly::decisions;
use crate::assembly::failure::{Exit, Failure};
use crate::edges::sources::{Call, Callbacks};
use crate::edges::store::{Store, StoreError};
use crate::edges::web::{self, Answer, Fixed, Hubs, Question};
use crate::ground::entry::Act;
use crate::ground::listening::cannot_listen;
use crate::ground::time::Clock;
use crate::logic::letters::{DeskPage, STYLE, Templates};
use crate::logic::links::{Key, Link, Purpose, Refused, decide};

/// Questions that may wait.
const QUEUE: usize = 32;

/// The clerk.
pub(super) struct Clerk {
    pub(super) store: Store,
    pub(super) key: Key,
    /// The public address.
    pub(super) url: String,
    pub(super) templates: Templates,
    pub(super) clock: Arc<dyn Clock>,
    /// History is lived through again.
    pub(super) replays: bool,
}

/// Listens, and answers until `stop`.
///
/// # Errors
/// Something else listens at the address.
pub(super) async fn start(
    clerk: Clerk,
    address: SocketAddr,
    callbacks: Arc<Callbacks>,
    stop: &CancellationToken,
) -> Result<JoinHandle<()>, Failure> {
    let listener = web::listen(address).await.map_err(|e| {
        Failure::say(
            Exit::Unavailable,
            format!(
                "the links of letters cannot be answered: {address} ([web] listen) cannot be listened on: {e}; {}",
                cannot_listen(&e)
            ),
        )
    })?;
    let (ask, questions) = mpsc::channel(QUEUE);
    let templates = clerk.templates.clone();
    let origin =
        url::Url::parse(&clerk.url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    std::thread::spawn(move || clerk.work(questions));
    tracing::info!(%address, "the links of letters are answered");
    let fixed = Fixed {
        origin,
        style: STYLE,
        nowhere: DeskPage::nowhere(&templates).into(),
        later: DeskPage::later(&templates).into(),
    };
    Ok(tokio::spawn(web::serve(listener, ask, fixed, Some(hubs(callbacks)), stop.clone())))
}

/// Hands the calls of hubs to the sources that subscribed.
fn hubs(callbacks: Arc<Callbacks>) -> Hubs {
    let known = Arc::clone(&callbacks);
    let call = move |call: web::Call| {
        let web::Call { token, query, signature, body } = call;
        callbacks.call(Call { token, query, signature, body })
    };
    Hubs { knows: Arc::new(move |token| known.knows(token)), call: Arc::new(call) }
}

impl Clerk {
    /// Answers until nobody can ask any more. Blocks its thread.
    fn work(mut self, mut questions: mpsc::Receiver<Question>) {
        while let Some(question) = questions.blocking_recv() {
            let page = self.page(&question.token, question.act, question.leave);
            if let Some(why) = &page.fallback {
                tracing::error!(
                    why,
                    "a template of [mail] templates cannot be used; the built-in one took its place"
                );
            }
            let _ = question.answer.send(Answer::from(page));
        }
    }

    fn page(&mut self, token: &str, act: bool, leave: bool) -> DeskPage {
        let link = match self.key.read(token, self.clock.now()) {
            Ok(link) if (link.purpose == Purpose::Leave) == leave => link,
            // A token works at the address that it was made for.
            Ok(_) => return DeskPage::refused(&Refused::Forged, &self.templates),
            Err(refused) => return DeskPage::refused(&refused, &self.templates),
        };
        self.answer(&link, act).unwrap_or_else(|e| {
            tracing::error!("{e}; somebody who followed a link was told to try again");
            DeskPage::later(&self.templates)
        })
    }

    fn answer(&mut self, link: &Link, act: bool) -> Result<DeskPage, StoreError> {
        let now = self.clock.now();
        let at = decisions::time(&self.store, self.replays, now)?;
        let last = match link.alert.as_str() {
            "" => None,
            alert => self.store.events(Some(alert))?.pop(),
        };
        let undo = |link: &Link| self.key.sign(&Link { expires: link.purpose.expires(now), ..link.clone() });
        let deed = match decide(link, last.as_ref(), &self.store.acts()?, at) {
            Ok(deed) => deed,
            Err(already) => {
                return Ok(DeskPage::already(link, last.as_ref(), &already, undo, &self.templates));
            }
        };
        if !act {
            return Ok(DeskPage::ask(link, last.as_ref(), &self.templates));
        }
        let by = format!("{} (team {}, by a link)", link.address, link.team);
        tracing::info!(by, purpose = ?link.purpose, alert = link.alert, "a person decided");
        decisions::write(
            &mut self.store,
            at,
            Act { why: String::new(), by, what: deed, posts: Default::default() },
        )?;
        Ok(DeskPage::done(link, last.as_ref(), undo, &self.templates))
    }
}

impl From<DeskPage> for Answer {
    fn from(page: DeskPage) -> Self {
        Self { status: page.status, html: page.html }
    }
}
