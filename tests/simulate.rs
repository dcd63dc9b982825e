//! A few seeds of the simulator at each `cargo test` (more in .ci/run), and that it finds what is broken on purpose.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod simulator;

use simulator::run;

#[test]
fn nothing_is_lost_doubled_or_made_up_whatever_happens() {
    for seed in 1..=12 {
        if let Err(why) = run(seed, None) {
            panic!("seed {seed}: {why} (cargo run --release --example simulate -- --seeds 1 --from {seed})");
        }
    }
}

#[test]
fn a_seed_decides_everything() {
    for seed in [3, 7] {
        assert_eq!(run(seed, None), run(seed, None));
    }
}

#[test]
fn what_is_broken_on_purpose_is_found() {
    for broken in simulator::BREAKS {
        let found = (1..=30).find(|seed| run(*seed, Some(broken)).is_err());
        assert!(found.is_some(), "{broken:?} is not found within thirty seeds");
    }
}
