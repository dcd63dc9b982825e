//! Compressed frames: zstd with a dictionary that the server hands out.

use std::time::Duration;

use reqwest::Client;
use url::Url;
use zstd::bulk::Decompressor;

use super::event::Version;

/// What the first version compresses with; it is not asked which.
const DICTIONARY_ONE: u32 = 1_612_007_021;
/// Largest dictionary.
const MAX_DICTIONARY_BYTES: usize = 1 << 20;
/// What a dictionary begins with (RFC 8878, section 5).
const MAGIC: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];

/// A dictionary, ready to unpack with.
pub(super) struct Dictionary {
    /// Its number.
    pub(super) id: u32,
    decompressor: Decompressor<'static>,
}

impl Dictionary {
    /// Takes a dictionary as it came.
    ///
    /// # Errors
    /// The bytes are no dictionary.
    fn new(bytes: &[u8]) -> Result<Self, String> {
        let id = match (bytes.get(..4), bytes.get(4..8).map(<[u8; 4]>::try_from)) {
            (Some(magic), Some(Ok(id))) if magic == MAGIC => u32::from_le_bytes(id),
            _ => return Err("it sends something else than a dictionary".to_owned()),
        };
        let decompressor = Decompressor::with_dictionary(bytes).map_err(|e| e.to_string())?;
        Ok(Self { id, decompressor })
    }

    /// Unpacks one frame into at most `most` bytes; not a byte more is ever written.
    ///
    /// # Errors
    /// It is none of this dictionary's, or larger.
    pub(super) fn unpack(&mut self, frame: &[u8], most: usize) -> Result<String, String> {
        // The size that the frame declares is its word; a frame that declares none gets room for the usual first.
        let declared = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
        let room = match declared {
            Some(size) if size > most as u64 => {
                return Err(format!("a compressed frame is {size} bytes long; at most {most} are read"));
            }
            Some(size) => usize::try_from(size).unwrap_or(most),
            None => most,
        };
        let bytes = self
            .decompressor
            .decompress(frame, room)
            .map_err(|e| format!("a compressed frame cannot be unpacked into {most} bytes: {e}"))?;
        String::from_utf8(bytes).map_err(|_| "a compressed frame is no UTF-8".to_owned())
    }
}

/// Asks the server at `host` for its dictionary.
///
/// # Errors
/// One sentence that continues "the dictionary of …".
pub(super) async fn fetch(
    host: &Url,
    version: Version,
    user_agent: &str,
    patience: Duration,
) -> Result<Dictionary, String> {
    let mut url = host.clone();
    let scheme = if host.scheme() == "wss" { "https" } else { "http" };
    if url.set_scheme(scheme).is_err() {
        return Err("cannot be asked for".to_owned());
    }
    url.set_path("/xrpc/network.bsky.jetstream.getZstdDictionary");
    url.set_query((version == Version::One).then(|| format!("id={DICTIONARY_ONE}")).as_deref());
    let client = Client::builder()
        .user_agent(user_agent)
        .timeout(patience)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| e.to_string())?;
    let mut answer = client.get(url).send().await.map_err(|e| format!("cannot be had: {e}"))?;
    if !answer.status().is_success() {
        return Err(format!("cannot be had: the server answers {}", answer.status()));
    }
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|e| format!("broke off: {e}"))? {
        if bytes.len() + part.len() > MAX_DICTIONARY_BYTES {
            return Err(format!("is over {MAX_DICTIONARY_BYTES} bytes long"));
        }
        bytes.extend_from_slice(&part);
    }
    let dictionary = Dictionary::new(&bytes)?;
    if version == Version::One && dictionary.id != DICTIONARY_ONE {
        return Err(format!("has the number {} and not {DICTIONARY_ONE}", dictionary.id));
    }
    Ok(dictionary)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dictionary of its own, from texts like those it is for.
    fn dictionary() -> Vec<u8> {
        let samples: Vec<String> = (0..400)
            .map(|n| {
                format!(
                    r#"{{"did":"did:plc:{:x}","time_us":{n},"kind":"commit","text":"{}"}}"#,
                    n * 7919,
                    n * n
                )
            })
            .collect();
        zstd::dict::from_samples(&samples, 4096).unwrap()
    }

    fn packed(text: &[u8], dictionary: &[u8]) -> Vec<u8> {
        zstd::bulk::Compressor::with_dictionary(3, dictionary).unwrap().compress(text).unwrap()
    }

    #[test]
    fn frames_are_unpacked_with_the_dictionary_and_never_beyond_the_bound() {
        let bytes = dictionary();
        let mut it = Dictionary::new(&bytes).unwrap();
        assert_eq!(
            it.unpack(&packed(b"{\"kind\":\"commit\"}", &bytes), 1000).unwrap(),
            "{\"kind\":\"commit\"}"
        );
        // 1 GiB of nothing in some 30 KB, with its size declared and without.
        let bomb = packed(&vec![0; 64 << 20], &bytes);
        assert!(bomb.len() < 10_000);
        assert!(it.unpack(&bomb, 1 << 20).unwrap_err().contains("67108864"));
        let mut stream = zstd::stream::Encoder::with_dictionary(Vec::new(), 3, &bytes).unwrap();
        std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 64 << 20), &mut stream).unwrap();
        let undeclared = stream.finish().unwrap();
        assert!(it.unpack(&undeclared, 1 << 20).is_err());
        assert!(it.unpack(b"nonsense", 1 << 20).is_err());
        assert!(it.unpack(&packed(&[0xff; 9], &bytes), 1 << 20).unwrap_err().contains("UTF-8"));
        assert_eq!(it.unpack(&packed(b"still well", &bytes), 1 << 20).unwrap(), "still well");
    }

    #[test]
    fn what_is_no_dictionary_is_refused() {
        assert!(Dictionary::new(b"<html>").is_err() && Dictionary::new(b"").is_err());
    }
}
