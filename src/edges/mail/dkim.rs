//! DKIM (RFC 6376): letters signed with the domain's key, so that those who get them can check that they are ours, and
//! that the way off the list (RFC 8058) was written by us.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::settings::SettingsError;

/// Name of the systemd credential that holds the key.
const CREDENTIAL: &str = "dkim-key";
/// What lies before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410).
const ED25519_HEAD: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// Headers that are signed, whether the letter has them or not: then none can be added. Content-Type is not among them:
/// lettre writes it with the body, where its signing does not see it.
const SIGNED: [&str; 13] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Reply-To",
];

/// The section `[mail.dkim]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DkimSettings {
    /// The name under which the public key stands in the DNS: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The domain that signs; the sender's, unless given.
    pub domain: Option<String>,
    /// File with the private key in PEM: RSA, or Ed25519. Unless given, the systemd credential `dkim-key`.
    pub key_file: Option<PathBuf>,
}

/// Signs letters. The key is never printed.
pub struct Signer(DkimConfig);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// The signer of the settings, for letters of the domain `from`.
    ///
    /// # Errors
    /// The key is missing or is none.
    pub fn open(
        settings: &DkimSettings,
        from: &str,
        credentials: Option<&Path>,
    ) -> Result<Self, SettingsError> {
        let credential = || credentials.map(|folder| folder.join(CREDENTIAL)).filter(|file| file.exists());
        let file = settings.key_file.clone().or_else(credential).ok_or(SettingsError::NoKey)?;
        let bad = |why: String| SettingsError::File {
            path: file.display().to_string(),
            key: "mail.dkim.key_file",
            why,
        };
        let pem = SecretString::from(std::fs::read_to_string(&file).map_err(|e| bad(e.to_string()))?);
        let key = key(pem.expose_secret()).ok_or_else(|| {
            bad("it holds no private key in PEM, RSA or Ed25519 (openssl genrsa -out FILE 2048 makes one)".into())
        })?;
        let name = |text: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            (!text.is_empty() && text.chars().all(fits)).then(|| text.to_owned())
        };
        let domain = settings.domain.as_deref().unwrap_or(from).trim().to_ascii_lowercase();
        let domain = name(&domain).ok_or(SettingsError::Dkim { key: "domain", value: domain })?;
        let selector = name(settings.selector.trim())
            .ok_or(SettingsError::Dkim { key: "selector", value: settings.selector.clone() })?;
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let headers = SIGNED.into_iter().map(HeaderName::new_from_ascii_str).collect();
        Ok(Self(DkimConfig::new(selector, domain, key, headers, relaxed)))
    }

    pub(super) fn sign(&self, message: &mut lettre::Message) {
        message.sign(&self.0);
    }
}

/// The key in any of the forms that OpenSSL writes.
fn key(pem: &str) -> Option<DkimSigningKey> {
    if let Ok(key) = DkimSigningKey::new(pem.trim(), DkimSigningAlgorithm::Rsa) {
        return Some(key);
    }
    if let Ok(rsa) = RsaPrivateKey::from_pkcs8_pem(pem.trim()) {
        let pkcs1 = rsa.to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).ok()?;
        return DkimSigningKey::new(&pkcs1, DkimSigningAlgorithm::Rsa).ok();
    }
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let der = STANDARD.decode(lines).ok()?;
    let seed = der.strip_prefix(&ED25519_HEAD).filter(|seed| seed.len() == 32)?;
    DkimSigningKey::new(&STANDARD.encode(seed), DkimSigningAlgorithm::Ed25519).ok()
}
