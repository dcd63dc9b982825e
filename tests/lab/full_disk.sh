#!/bin/bash
# A disk that fills while history is taken in, and then has room again: nothing may be lost and nobody has to help.
#   full_disk.sh BIN RULES MENTIONS       needs root (a small tmpfs is mounted)
set -euo pipefail
bin=$(readlink -f "$1") rules=$(readlink -f "$2") mentions=$(readlink -f "$3")
work=$(mktemp -d)
mkdir "$work/disk" "$work/calm"
mount -t tmpfs -o size=1m tmpfs "$work/disk"
daemon=
trap '[ -z "$daemon" ] || kill -9 $daemon 2>/dev/null || true; umount -l "$work/disk"; rm -rf "$work"' EXIT
settings() { printf '[data]\nfolder = "%s"\n[rules]\nfolder = "%s"\n[mail]\ntransport = "spool"\nfrom = "a@example.org"\n[mail.spool]\nfolder = "%s/mail"\n[[source]]\nname = "history"\nkind = "jsonl"\npath = "%s"\nreplay = true\n' "$1" "$rules" "$work" "$mentions"; }
settings "$work/calm" > "$work/calm.toml"
settings "$work/disk" > "$work/full.toml"
"$bin" run --config "$work/calm.toml" --until-done 2> /dev/null
"$bin" run --config "$work/full.toml" --until-done 2> "$work/log" & daemon=$!
for _ in $(seq 100); do grep -q 'is full' "$work/log" && break; sleep 0.2; done
grep -m1 'is full' "$work/log" || { echo "the disk did not fill:"; tail -5 "$work/log"; echo "0 passed, 1 failed"; exit 1; }
sleep 3
kill -0 $daemon || { echo "the daemon gave up:"; tail -5 "$work/log"; echo "0 passed, 1 failed"; exit 1; }
mount -o remount,size=200m "$work/disk"
wait $daemon || { tail -5 "$work/log"; echo "0 passed, 1 failed"; exit 1; }
daemon=
# A stopped daemon, and no byte of room: what is there can be looked at, and a backup names the disk that has no room for it.
cat /dev/zero > "$work/disk/fill" 2> /dev/null || true
failed=
for how in "status" "status --format prometheus" "backup $work/disk/copy.db"; do
  # shellcheck disable=SC2086
  "$bin" $how --config "$work/full.toml" > "$work/said" 2>&1 && code=0 || code=$?
  echo "$how: exit $code"
  grep -qi 'I/O error' "$work/said" && failed="$failed; $how speaks of I/O"
  case $how in
    status) grep -q 'is full' "$work/said" && [ $code = 1 ] || failed="$failed; $how" ;;
    status*) grep -q '^groundswell_posts' "$work/said" || failed="$failed; $how" ;;
    backup*) grep -q 'no room for the copy' "$work/said" && [ $code = 73 ] || failed="$failed; $how" ;;
  esac
done
[ -z "$failed" ] || { tail -3 "$work/said"; echo "on a full disk$failed"; echo "0 passed, 1 failed"; exit 1; }
rm "$work/disk/fill"
python3 - "$work/calm/groundswell.db" "$work/disk/groundswell.db" <<'P'
import sqlite3, sys
def read(path):
    db = sqlite3.connect(path)
    return (db.execute("SELECT count(*) FROM posts").fetchone()[0], db.execute("SELECT alert, number, json FROM events ORDER BY 1, 2").fetchall())
calm, full = map(read, sys.argv[1:])
print(f"calm: {calm[0]} posts, {len(calm[1])} events; after the full disk: {full[0]} posts, {len(full[1])} events; equal: {calm == full}")
print("1 passed, 0 failed" if calm == full else "0 passed, 1 failed")
sys.exit(calm != full)
P
