//! One connection to one server: what is asked for, and how its answer is understood.

use std::collections::HashMap;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{SEC_WEBSOCKET_PROTOCOL, USER_AGENT};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, handshake::client::Request};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use super::dictionary::{self, Dictionary};
use super::event::{POSTS, Version};
use super::{JetstreamConfig, MAX_MESSAGE_BYTES};

/// From here on a cursor is microseconds since 1970; below it is a sequence number.
pub(super) const FIRST_TIME_US: i64 = 1_000_000_000_000_000;
/// What the second version's frames are called in the handshake.
const SUBPROTOCOL: &str = "xrpc.v1.json";

/// An open connection.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// With what comes now.
    Live,
    /// With what the server saw at this moment, in microseconds since 1970.
    At(i64),
}

/// Why there is no connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoConnection {
    /// The server does not keep what we ask for any more.
    TooOld,
    /// Anything else, as a sentence that continues the server's address.
    Other(String),
}

/// What is known of the servers, for all connections.
#[derive(Default)]
pub(super) struct Known {
    /// Their dictionaries, by address; none where a server has none.
    dictionaries: HashMap<String, Option<Dictionary>>,
    /// Servers that do not answer to the name of the frames; they send them all the same.
    nameless: Vec<String>,
}

impl Known {
    /// The dictionary that the server's frames are packed with.
    pub(super) fn dictionary(&mut self, host: &Url) -> Option<&mut Dictionary> {
        self.dictionaries.get_mut(host.as_str())?.as_mut()
    }

    /// Connects. What cannot be had but is not needed (compression) is said in the second part.
    pub(super) async fn connect(
        &mut self,
        host: &Url,
        config: &JetstreamConfig,
        begin: Begin,
        user_agent: &str,
    ) -> (Result<Socket, NoConnection>, Option<String>) {
        let version = version(host);
        let mut lacking = None;
        if config.compress && !self.dictionaries.contains_key(host.as_str()) {
            let fetched = dictionary::fetch(host, version, user_agent, config.connect_timeout).await;
            if let Err(why) = &fetched {
                lacking = Some(format!("the dictionary of {host} {why}; its frames come uncompressed"));
            }
            self.dictionaries.insert(host.to_string(), fetched.ok());
        }
        let packed = self.dictionary(host).map(|d| d.id);
        let named = version == Version::Two && !self.nameless.iter().any(|n| n == host.as_str());
        let socket = match request(&subscription(host, begin, packed), named, user_agent) {
            Ok(request) => open(request, config).await,
            Err(why) => Err(WsErrorOr::Other(why)),
        };
        (socket.map_err(|e| self.understand(host, e)), lacking)
    }

    /// What a failed connection means, also for the next try.
    fn understand(&mut self, host: &Url, error: WsErrorOr) -> NoConnection {
        let error = match error {
            WsErrorOr::Other(why) => return NoConnection::Other(why),
            WsErrorOr::Ws(error) => error,
        };
        match *error {
            WsError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
                self.nameless.push(host.to_string());
                NoConnection::Other("does not know its frames by name; asked again without".to_owned())
            }
            WsError::Http(answer) => {
                let body = answer.body().as_deref().unwrap_or_default();
                let said = String::from_utf8_lossy(body.get(..500).unwrap_or(body)).trim().to_owned();
                if said.contains("CursorTooOld") {
                    return NoConnection::TooOld;
                }
                if said.contains("UnknownZstdDictionary") {
                    // It was replaced: the next try asks for the new one.
                    self.dictionaries.remove(host.as_str());
                }
                let said = if said.is_empty() { said } else { format!(": {said}") };
                NoConnection::Other(format!("answers {} to a WebSocket request{said}", answer.status()))
            }
            error => NoConnection::Other(format!("cannot be reached: {error}")),
        }
    }
}

enum WsErrorOr {
    Ws(Box<WsError>),
    Other(String),
}

/// Which protocol an address is of.
pub(super) fn version(host: &Url) -> Version {
    if host.path().ends_with("subscribeEvents") { Version::Two } else { Version::One }
}

/// The address with what we want of it.
fn subscription(host: &Url, begin: Begin, dictionary: Option<u32>) -> Url {
    let mut url = host.clone();
    {
        let mut query = url.query_pairs_mut();
        match version(host) {
            // Events of accounts pass this filter.
            Version::One => {
                query.append_pair("wantedCollections", POSTS);
                if dictionary.is_some() {
                    query.append_pair("compress", "true");
                }
            }
            Version::Two => {
                query.append_pair("kinds", "commit").append_pair("kinds", "account");
                query.append_pair("collections", POSTS);
                if let Some(id) = dictionary {
                    query.append_pair("zstdDictionary", &id.to_string());
                }
            }
        }
        // A larger one would break the connection, and again after each reconnect. No deletion is that large.
        query.append_pair("maxMessageSizeBytes", &MAX_MESSAGE_BYTES.to_string());
        if let Begin::At(time_us) = begin
            && time_us >= FIRST_TIME_US
        {
            query.append_pair("cursor", &time_us.to_string());
        }
    }
    url
}

fn request(url: &Url, named: bool, user_agent: &str) -> Result<Request, String> {
    let mut request = url.as_str().into_client_request().map_err(|e| format!("cannot be asked: {e}"))?;
    if let Ok(agent) = user_agent.parse() {
        request.headers_mut().insert(USER_AGENT, agent);
    }
    if named {
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    Ok(request)
}

async fn open(request: Request, config: &JetstreamConfig) -> Result<Socket, WsErrorOr> {
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES));
    match timeout(config.connect_timeout, connect_async_with_config(request, Some(limits), true)).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(WsErrorOr::Ws(Box::new(error))),
        Err(_) => {
            let waited = config.connect_timeout.as_secs_f64();
            Err(WsErrorOr::Other(format!("did not answer within {waited} seconds")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, begin: Begin, dictionary: Option<u32>) -> String {
        subscription(&Url::parse(host).unwrap(), begin, dictionary).to_string()
    }

    #[test]
    fn the_first_version_is_asked_for_posts_from_a_moment() {
        let host = "wss://jetstream1.us-east.bsky.network/subscribe";
        insta::assert_snapshot!(asked(host, Begin::At(1_777_636_805_123_456), None), @"wss://jetstream1.us-east.bsky.network/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=1048576&cursor=1777636805123456");
        assert!(asked(host, Begin::Live, Some(1)).ends_with("&compress=true&maxMessageSizeBytes=1048576"));
    }

    #[test]
    fn the_second_is_asked_for_kinds_and_never_with_a_moment_that_would_be_a_number() {
        let host = "wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents";
        insta::assert_snapshot!(asked(host, Begin::At(FIRST_TIME_US), Some(7)), @"wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents?kinds=commit&kinds=account&collections=app.bsky.feed.post&zstdDictionary=7&maxMessageSizeBytes=1048576&cursor=1000000000000000");
        assert!(!asked(host, Begin::At(FIRST_TIME_US - 1), None).contains("cursor"));
    }
}
