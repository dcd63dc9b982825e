//! Letters about whatever strangers write, in header and body: read back by another parser there is one From, the readers
//! as To, no header more, text and HTML, and nothing in it that acts. `cargo fuzz run letters -- -max_total_time=600` (needs
//! cargo-fuzz).
#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // A form feed ends one thing that is said.
    let said: Vec<&str> = text.split('\u{c}').collect();
    hostile::check(&hostile::event(&said));
});
