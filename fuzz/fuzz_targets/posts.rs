//! What strangers' places send: feeds, pages and lists of feeds, Jetstream's frames, Mastodon's payloads, requests to a webhook, GitHub's
//! events and the pages of every place that is polled. The first byte says as what the rest is read. No panic, and every post that comes of
//! it is sound. `cargo fuzz run posts -- -max_total_time=600` (needs cargo-fuzz). Seeds to begin with are in `tests/strange`.
#![no_main]

#[path = "../../tests/strange/mod.rs"]
#[allow(dead_code)]
mod strange;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((way, data)) = data.split_first() else { return };
    strange::check(*way, data);
});
