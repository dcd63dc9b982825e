//! Who may send: whoever signs the body with the shared secret.

use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::edges::sources::poll::read_secret;

/// Shorter secrets than this can be guessed; they work, and are warned of.
pub(super) const GOOD_SECRET_BYTES: usize = 16;

/// The shared secret. It is never printed.
#[derive(Debug)]
pub(super) struct Secret(SecretSlice<u8>);

/// Why a request is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SignatureError {
    #[error(
        "the request has no X-Groundswell-Signature header; sign the body: sha256=<hex HMAC-SHA256 of the body>"
    )]
    Missing,
    #[error(
        "the request has no X-Hub-Signature-256 header; give the webhook at GitHub the secret of `secret_file`"
    )]
    MissingGithub,
    #[error("the request has no X-GitHub-Event and X-GitHub-Delivery, which GitHub sends with each event")]
    NoEvent,
    #[error(
        "the request has no X-Groundswell-Delivery and X-Groundswell-Timestamp, which this source asks for; send both and \
         sign \"<delivery>.<timestamp>.<body>\""
    )]
    NotFresh,
    #[error(
        "X-Groundswell-Delivery has to be an id of at most 200 plain characters, and X-Groundswell-Timestamp the seconds \
         since 1970; send both or neither"
    )]
    Form,
    #[error("X-Groundswell-Timestamp is more than five minutes off; sign anew with the time of now")]
    Stale,
    #[error(
        "the signature does not fit the body: check the secret, and sign exactly the bytes that are sent"
    )]
    Wrong,
}

impl Secret {
    /// Reads the secret from a file, without the white space around it.
    ///
    /// # Errors
    /// The file cannot be read or is empty; the message names it.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let bytes = read_secret(path).map_err(|e| format!("cannot read `secret_file` {shown}: {e}"))?;
        let secret = bytes.trim_ascii();
        if secret.is_empty() {
            return Err(format!(
                "`secret_file` {shown} is empty; put at least {GOOD_SECRET_BYTES} random characters in it"
            ));
        }
        Ok(Self(secret.to_vec().into()))
    }

    /// Whether the secret is long enough to be one.
    pub(super) fn is_good(&self) -> bool {
        self.0.expose_secret().len() >= GOOD_SECRET_BYTES
    }

    /// Whether `header` signs these parts, one after the other. Takes as long for a wrong signature as for a right one.
    pub(super) fn check(&self, header: &[u8], signed: &[&[u8]]) -> Result<(), SignatureError> {
        let given =
            header.trim_ascii().strip_prefix(b"sha256=").ok_or(SignatureError::Wrong)?.to_ascii_lowercase();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).map_err(|_| SignatureError::Wrong)?;
        for part in signed {
            mac.update(part);
        }
        let ours: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
        if bool::from(ours.as_bytes().ct_eq(&given)) { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The second test case of RFC 4231, whose key is "Jefe".
    const BODY: &[u8] = b"what do ya want for nothing?";
    const HEX: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    fn secret(content: &[u8]) -> Result<Secret, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        Secret::read(file.path()).map_err(|e| e.replace(&*file.path().to_string_lossy(), "FILE"))
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        let secret = secret(b"Jefe\n").unwrap();
        assert_eq!(secret.check(format!("sha256={HEX}").as_bytes(), &[BODY]), Ok(()));
        assert_eq!(secret.check(format!(" sha256={} ", HEX.to_uppercase()).as_bytes(), &[BODY]), Ok(()));
        for wrong in
            [HEX.to_owned(), format!("sha1={HEX}"), format!("sha256={}", &HEX[..62]), "sha256=".into()]
        {
            assert_eq!(secret.check(wrong.as_bytes(), &[BODY]), Err(SignatureError::Wrong), "{wrong}");
        }
        assert_eq!(secret.check(format!("sha256={HEX}").as_bytes(), &[b"other"]), Err(SignatureError::Wrong));
    }

    #[test]
    fn a_secret_is_never_shown_and_an_empty_one_is_none() {
        let short = secret(b"Jefe").unwrap();
        assert!(!format!("{short:?}").contains("Jefe"));
        assert!(!short.is_good() && secret(b"0123456789abcdef").unwrap().is_good());
        insta::assert_snapshot!(secret(b" \n").unwrap_err(), @"`secret_file` FILE is empty; put at least 16 random characters in it");
    }
}
