#!/bin/bash
# A daemon that is started on a full disk: it says so to systemd and to `status`, takes the time for it, and starts when there is room.
#   full_start.sh BIN RULES               needs root (a small tmpfs is mounted) and python3
set -euo pipefail
bin=$(readlink -f "$1") rules=$(readlink -f "$2")
work=$(mktemp -d)
mkdir "$work/disk"
mount -t tmpfs -o size=8m tmpfs "$work/disk"
daemon= listener=
trap 'for p in $daemon $listener; do kill -9 $p 2>/dev/null || true; done; umount -l "$work/disk"; rm -rf "$work"' EXIT
passed=0 failed=0
check() { if eval "$2"; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "WRONG $1"; fi; }
: > "$work/posts.jsonl"
printf '[data]\nfolder = "%s/disk/data"\n[rules]\nfolder = "%s"\n[[source]]\nname = "s"\nkind = "jsonl"\npath = "%s/posts.jsonl"\nfollow = true\n' "$work" "$rules" "$work" > "$work/g.toml"
run() { "$bin" "$@" --config "$work/g.toml"; }
# What systemd would hear.
cat > "$work/listen.py" <<'P'
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode().replace("\n", " | "), flush=True)
P
python3 "$work/listen.py" "$work/notify" > "$work/heard" & listener=$!
until [ -S "$work/notify" ]; do sleep 0.05; done
# A first run, so that there is somebody of before.
"$bin" run --config "$work/g.toml" > /dev/null 2>&1 & daemon=$!
old=$daemon
for _ in $(seq 100); do run status 2> /dev/null | grep -q "pid $old" && break; sleep 0.1; done
kill -TERM $daemon; wait $daemon || true
cat /dev/zero > "$work/disk/fill" 2> /dev/null || true
NOTIFY_SOCKET="$work/notify" "$bin" run --config "$work/g.toml" 2> "$work/log" & daemon=$!
for _ in $(seq 50); do grep -q 'STATUS=cannot start yet' "$work/heard" && break; sleep 0.1; done
check "systemd hears why it does not start" "grep -q 'STATUS=cannot start yet: the disk that holds .* is full' '$work/heard'"
check "systemd is asked for time" "grep -q 'EXTEND_TIMEOUT_USEC=' '$work/heard'"
check "it is not called ready" "! grep -q 'READY=1' '$work/heard'"
check "the journal says it once" "[ \$(grep -c 'is full' '$work/log') -le 2 ]"
run status > "$work/said" 2>&1 || true
check "status does not show who ran before" "! grep -q 'pid $old' '$work/said'"
check "status says that the disk is full" "grep -q 'is full' '$work/said'"
check "status shows that it starts" "grep -q 'starting, and not ready yet' '$work/said'"
check "it is still there" "kill -0 $daemon"
rm "$work/disk/fill"
for _ in $(seq 100); do grep -q 'READY=1' "$work/heard" && break; sleep 0.1; done
check "it starts when there is room" "grep -q 'READY=1' '$work/heard'"
for _ in $(seq 50); do run status > "$work/said" 2>&1 && break; sleep 0.2; done
check "and status shows who runs" "grep -q 'pid $daemon' '$work/said'"
[ $failed = 0 ] || { cat "$work/heard" "$work/said"; tail -5 "$work/log"; }
echo "$passed passed, $failed failed"
[ $failed = 0 ]
