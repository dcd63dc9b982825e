//! `cargo run --release --example simulate -- --seeds 10000 --from 1`: see `mod.rs`. A seed that fails is printed, and
//! `--seeds 1 --from SEED` lives through it again. `--break NAME` breaks an invariant on purpose: then each seed that finds it is
//! printed, and finding none is the failure.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "mod.rs"]
mod simulator;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use clap::Parser;

#[derive(Parser)]
struct Args {
    /// So many seeds
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// From this one on
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// So many at once
    #[arg(long, default_value_t = 2)]
    jobs: u64,
    /// An invariant that is broken on purpose: CursorFirst, MarkForgotten, SentBefore250, PositionAhead, Twice, EventLost
    #[arg(long = "break", value_name = "NAME")]
    broken: Option<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let broken =
        args.broken.as_ref().map(|name| simulator::BREAKS.iter().find(|b| format!("{b:?}") == *name));
    if broken == Some(None) {
        eprintln!("--break takes a name of --help");
        return ExitCode::from(2);
    }
    let broken = broken.flatten().copied();
    let (next, end) = (Arc::new(AtomicU64::new(args.from)), args.from + args.seeds);
    let (failed, sums) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(simulator::Counts::new())));
    let workers: Vec<_> = (0..args.jobs.max(1))
        .map(|_| {
            let (next, failed, sums) = (Arc::clone(&next), Arc::clone(&failed), Arc::clone(&sums));
            std::thread::spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    match simulator::run(seed, broken) {
                        Ok(counts) => {
                            let mut sums = sums.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                            for (what, n) in counts {
                                *sums.entry(what).or_default() += n;
                            }
                        }
                        Err(why) => {
                            failed.fetch_add(1, Ordering::Relaxed);
                            println!("seed {seed}: {why}");
                        }
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        if worker.join().is_err() {
            failed.fetch_add(1, Ordering::Relaxed);
        }
    }
    for (what, n) in sums.lock().unwrap().iter() {
        println!("{n:>12} {what}");
    }
    let failed = failed.load(Ordering::Relaxed);
    println!("{} seeds, {failed} failed", args.seeds);
    if (failed > 0) == broken.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
