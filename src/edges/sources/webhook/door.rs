//! The connections of a webhook: how many there may be, and how long one may say nothing.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::edges::sources::backoff::Backoff;
use crate::edges::sources::{CANNOT_LISTEN, State, Surroundings};
use crate::ground::listening::cannot_listen;

/// First and longest wait while the port is taken.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);
/// Connections at once; further ones wait. More than there is room for bodies, so that those alone cannot take them all.
const MOST: u32 = 512;
/// Longest time until a request's head has come, and between two requests of a connection.
const HEAD: Duration = Duration::from_secs(5);
/// How long requests under way may take to end when the daemon stops.
const GRACE: Duration = Duration::from_secs(5);
/// Wait after a connection could not be taken: out of files, most likely.
const BREATH: Duration = Duration::from_millis(100);

/// Listens at an address; while another program has it, or the machine does not have the address yet, again and again.
/// Nothing when it is time to stop.
///
/// # Errors
/// The address can never be listened at.
pub(super) async fn listen(
    name: &str,
    address: SocketAddr,
    around: &Surroundings,
) -> std::io::Result<Option<TcpListener>> {
    let mut backoff = Backoff::new(FIRST_RETRY, LAST_RETRY, around.seed);
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(Some(listener)),
            Err(error) if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable) => {
                let hint = cannot_listen(&error);
                around.complain(name, &format!("{CANNOT_LISTEN} {address}: {error}; tried again ({hint})"));
                around.health.state(State::Retrying, around.clock.now());
            }
            Err(error) => return Err(error),
        }
        if around.pause(backoff.next()).await.is_err() {
            return Ok(None);
        }
    }
}

/// Answers until stopped; what is under way then may end.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: &CancellationToken) {
    let room = Arc::new(Semaphore::new(MOST as usize));
    let places = async || Arc::clone(&room).acquire_owned().await;
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = async { Ok::<_, tokio::sync::AcquireError>((places().await?, listener.accept().await)) } => accepted,
        };
        let Ok((place, accepted)) = accepted else { break };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(BREATH).await;
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
            tokio::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => return,
                () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = timeout(GRACE, connection).await;
        });
    }
    drop(listener);
    let _ = timeout(GRACE, room.acquire_many(MOST)).await;
}
