//! A letter as MIME: multipart/alternative of the plain text and of multipart/related (the HTML and its pictures).

use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use lettre::address::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};

use super::dkim::Signer;
use crate::ground::letter::Letter;
use crate::ground::time::{from_ms, zone_of};

/// A letter ready to be handed over: bytes, and the envelope they travel in.
#[derive(Clone, Debug)]
pub struct Message {
    message_id: String,
    from: Address,
    to: Vec<Address>,
    bytes: Vec<u8>,
    view: String,
    /// One of several copies of one letter.
    is_copy: bool,
}

impl Message {
    /// Message-ID without angle brackets.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// Its name as a file: the Message-ID, with the reader where several get copies of their own.
    pub(super) fn name(&self) -> String {
        match (self.is_copy, self.to.first()) {
            (true, Some(reader)) => format!("{}.{reader}", self.message_id),
            _ => self.message_id.clone(),
        }
    }

    /// The whole message as it travels: headers and body with CRLF line ends.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The HTML with its pictures inside (`data:`), to look at in a browser.
    pub fn view(&self) -> &str {
        &self.view
    }

    /// Whom it is handed over for. The header `To` may name more.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        self.to.iter().map(AsRef::as_ref)
    }

    /// The same bytes for some of the recipients: for those that were left out of an earlier attempt. `None` when
    /// none of them is a recipient.
    pub fn only_to(&self, addresses: &[String]) -> Option<Self> {
        let mut message = self.clone();
        message.to.retain(|to| addresses.iter().any(|address| address == to.as_ref() as &str));
        (!message.to.is_empty()).then_some(message)
    }

    pub(super) fn from(&self) -> &Address {
        &self.from
    }

    pub(super) fn to(&self) -> &[Address] {
        &self.to
    }
}

/// Why a letter cannot be made into a message.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// It has nobody to go to.
    #[error("letter {letter} names no recipient: give the team an address in teams.toml")]
    NoRecipient {
        /// Message-ID.
        letter: String,
    },
    /// A recipient is no address.
    #[error(
        "letter {letter} is to go to \"{address}\", which is no e-mail address ({why}): correct it in teams.toml"
    )]
    BadAddress {
        /// Message-ID.
        letter: String,
        /// As given.
        address: String,
        /// What the parser says.
        why: String,
    },
    /// It cannot be put into MIME.
    #[error("letter {letter} cannot be made into a message: {why}")]
    Mime {
        /// Message-ID.
        letter: String,
        /// What is wrong.
        why: String,
    },
}

/// What all letters of one sender have in common.
#[derive(Clone, Debug)]
pub struct Stationery {
    /// The sender.
    pub from: Mailbox,
    /// Who signs, if somebody does.
    pub signer: Option<Arc<Signer>>,
}

impl From<Mailbox> for Stationery {
    fn from(from: Mailbox) -> Self {
        Self { from, signer: None }
    }
}

/// The letter as MIME. It is handed over for the reader it was written for, or else for all that it is addressed to. The
/// same letter makes the same bytes, but for the time that a signature holds.
///
/// # Errors
/// A recipient is no e-mail address, or there is none.
pub fn to_message(letter: &Letter, by: &Stationery) -> Result<Message, LetterError> {
    let from = &by.from;
    let name = || clean(&letter.message_id);
    let mut to = Vec::with_capacity(letter.to.len());
    for address in &letter.to {
        let mailbox: Mailbox = address.parse().map_err(|e: lettre::address::AddressError| {
            LetterError::BadAddress { letter: name(), address: address.clone(), why: e.to_string() }
        })?;
        to.push(mailbox);
    }
    let bracketed = |id: &str| format!("<{}>", clean(id));
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .date(SystemTime::UNIX_EPOCH)
        .subject(subject(letter))
        .message_id(Some(bracketed(&letter.message_id)));
    for mailbox in &to {
        builder = builder.to(mailbox.clone());
    }
    if let Some(root) = &letter.in_reply_to {
        builder = builder.in_reply_to(bracketed(root)).references(bracketed(root));
    }
    builder = builder
        .raw_header(header(HeaderName::new_from_ascii_str("List-Id"), &bracketed(&letter.list_id)))
        .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
        .raw_header(header(HeaderName::new_from_ascii_str("Precedence"), "bulk"))
        .raw_header(header(HeaderName::new_from_ascii_str("X-Groundswell-Alert"), &letter.alert));
    if let Some(reader) = &letter.reader {
        // In angle brackets an address of the web needs no further marks; a blank or a bracket would end it.
        let off = &reader.unsubscribe;
        if off.is_ascii() && !off.contains(|c: char| c.is_control() || matches!(c, ' ' | '<' | '>' | ',')) {
            builder = builder
                .raw_header(header(HeaderName::new_from_ascii_str("List-Unsubscribe"), &bracketed(off)));
            // RFC 8058 wants a protected connection for one click.
            if off.starts_with("https://") {
                let post = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");
                builder = builder.raw_header(header(post, "List-Unsubscribe=One-Click"));
            }
        }
    }
    let reader = letter.reader.as_ref().map(|reader| reader.address.as_str());
    let all: Vec<Address> = to.into_iter().map(|mailbox| mailbox.email).collect();
    let to: Vec<Address> = match reader.map(str::parse::<Mailbox>) {
        None => all,
        Some(Ok(reader)) => vec![reader.email],
        Some(Err(e)) => {
            let address = reader.unwrap_or_default().to_owned();
            return Err(LetterError::BadAddress { letter: name(), address, why: e.to_string() });
        }
    };
    if to.is_empty() {
        return Err(LetterError::NoRecipient { letter: name() });
    }
    let mut message = builder
        .multipart(body(letter))
        .map_err(|e| LetterError::Mime { letter: name(), why: e.to_string() })?;
    // lettre's own date knows no zone but that of Greenwich.
    message.headers_mut().insert_raw(header(HeaderName::new_from_ascii_str("Date"), &date(letter)));
    if let Some(signer) = &by.signer {
        signer.sign(&mut message);
    }
    Ok(Message {
        message_id: name(),
        from: from.email.clone(),
        to,
        bytes: message.formatted(),
        view: view(letter),
        is_copy: letter.reader.is_some() && letter.to.len() > 1,
    })
}

fn body(letter: &Letter) -> MultiPart {
    let mut related = MultiPart::related()
        .boundary(boundary(letter, "related"))
        .singlepart(SinglePart::html(letter.html.clone()));
    for picture in &letter.pictures {
        let file = format!("{}.png", clean(&picture.cid));
        let part = Attachment::new_inline_with_name(clean(&picture.cid), file);
        related = related.singlepart(part.body(base64_body(&picture.png), png()));
    }
    MultiPart::alternative()
        .boundary(boundary(letter, "alternative"))
        .singlepart(SinglePart::plain(letter.text.clone()))
        .multipart(related)
}

/// Always base64: an encoding made for text would change the line ends that happen to be in a picture.
fn base64_body(bytes: &[u8]) -> Body {
    let encoded = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64);
    encoded.unwrap_or_else(Body::new)
}

fn png() -> ContentType {
    ContentType::parse("image/png").unwrap_or(ContentType::TEXT_PLAIN)
}

/// A line that parts end at. Made from the letter, so that a repeat is the same message to the byte, and not from
/// its Message-ID alone: whoever knows that could write the line into a post.
fn boundary(letter: &Letter, part: &str) -> String {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    for piece in [&letter.message_id, &letter.text, &letter.html] {
        hash.update(piece.as_bytes());
        hash.update([0]);
    }
    hash.update(part.as_bytes());
    let digest = hash.finalize();
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("=_{part}_{hex}")
}

fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, clean(value))
}

/// The letter's time by the clocks of its readers (RFC 5322), in the years that a header can say.
fn date(letter: &Letter) -> String {
    const LAST: i64 = 253_402_214_400; // a day before the end of the year 9999
    let at =
        from_ms(letter.date.as_second().clamp(0, LAST) * 1_000).to_zoned(zone_of(letter.zone.as_deref()));
    at.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// The subject. What a stranger wrote as an encoded word (RFC 2047) would be decoded by whoever shows it, line breaks
/// and all: it is taken apart, so that it is shown as it was written.
fn subject(letter: &Letter) -> String {
    clean(&letter.subject).replace("=?", "= ?")
}

/// Control characters end headers: none gets into one.
fn clean(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn view(letter: &Letter) -> String {
    letter.pictures.iter().fold(letter.html.clone(), |html, picture| {
        let data = base64::engine::general_purpose::STANDARD.encode(&picture.png);
        html.replace(&format!("cid:{}", picture.cid), &format!("data:image/png;base64,{data}"))
    })
}
