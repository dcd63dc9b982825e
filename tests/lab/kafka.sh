#!/bin/bash
# The feature `kafka` and its tests, against the mock broker of librdkafka. Builds librdkafka (C++ compiler, make): minutes
# the first time, so it is not part of .ci/run; KAFKA_LAB=1 has .ci/run do it.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo clippy --locked --features kafka --all-targets -- -D warnings
cargo test --locked --features kafka --test sources_kafka
