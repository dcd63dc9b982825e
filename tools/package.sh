#!/bin/bash
# Makes target/package/ from target/release/groundswell: manual pages, completions, a list of what is in the program (CycloneDX),
# and, where the tools are there (cargo install cargo-deb cargo-generate-rpm), a .deb and an .rpm.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=target/release/groundswell out=target/package
[ -x "$bin" ] || { echo "there is no $bin: cargo build --release" >&2; exit 66; }
rm -rf "$out" && mkdir -p "$out/completions"
"$bin" man --out "$out/man"
"$bin" completions bash > "$out/completions/groundswell.bash"
"$bin" completions zsh > "$out/completions/_groundswell"
"$bin" completions fish > "$out/completions/groundswell.fish"
cargo metadata --locked --format-version 1 --filter-platform x86_64-unknown-linux-gnu | python3 tools/sbom.py > "$out/groundswell.cdx.json"
if command -v cargo-deb > /dev/null; then
  cargo deb --no-build --no-strip --output "$out/"
else
  echo 'no .deb: cargo install cargo-deb' >&2
fi
if command -v cargo-generate-rpm > /dev/null; then
  cargo generate-rpm --output "$out/"
else
  echo 'no .rpm: cargo install cargo-generate-rpm' >&2
fi
ls -l "$out"
