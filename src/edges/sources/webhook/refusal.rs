//! Requests to a webhook that are turned away: why, and what is answered.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::body::BodyError;
use super::signature::SignatureError;

/// Seconds after which a sender is asked to try again.
const RETRY_SECONDS: &str = "5";

/// Why a request is not answered with 200.
pub(super) enum Refusal {
    Signature(SignatureError),
    TooLarge(usize),
    Body(BodyError),
    /// Signed rightly, and no event.
    NoEvent(String),
    /// Signed rightly, and the text of a delivery whose headers are missing.
    NoBody,
    Slow,
    Broken,
    /// We are behind.
    Busy(&'static str),
    /// Something is wrong with us.
    Later(&'static str),
}

impl Refusal {
    /// Status and words of the answer.
    pub(super) fn said(&self) -> (StatusCode, String) {
        match self {
            Self::Signature(error) => (StatusCode::UNAUTHORIZED, error.to_string()),
            Self::TooLarge(most) => {
                (StatusCode::PAYLOAD_TOO_LARGE, format!("the body is over {most} bytes; send it in parts"))
            }
            Self::Body(error @ BodyError::TooMany) => (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            Self::NoEvent(why) => (StatusCode::BAD_REQUEST, why.clone()),
            Self::Body(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::NoBody => (
                StatusCode::BAD_REQUEST,
                "the signature fits, but the body begins with the id and the time of a delivery, as what is signed does: send these two as \
                 X-Groundswell-Delivery and X-Groundswell-Timestamp, and the body alone"
                    .to_owned(),
            ),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive".to_owned()),
            Self::Broken => (StatusCode::BAD_REQUEST, "the body broke off".to_owned()),
            Self::Busy(why) => (StatusCode::TOO_MANY_REQUESTS, format!("{why}; try again later")),
            Self::Later(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}; try again later")),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = self.said();
        let answer = (status, Json(json!({ "error": message })));
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            ([(RETRY_AFTER, RETRY_SECONDS)], answer).into_response()
        } else {
            answer.into_response()
        }
    }
}
