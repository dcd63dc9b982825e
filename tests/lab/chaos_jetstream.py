#!/usr/bin/env python3
"""Bluesky's stream as badly as it can come, with kill -9 of either side, and a count of what became of it.

    chaos_jetstream.py --bin target/release/groundswell [--events 100000] [--kills 12] [--seed 1]

A server on loopback speaks both versions of the protocol (needs nothing but Python): it sends events in another order than
that of their times, one in fifty twice, cuts each connection after a moment, and numbers everything anew when it is started
again. The daemon and the server are killed in turn. Events are posts of which a third are wanted, edits, deletions (some
before their post), and accounts that are hidden, let back in, and deleted.

Prints the counts and exits 1 if a post is lost, stored twice or not as its newest version, or if a word of a deleted post is
left in the log, in the index, in what was learnt, or anywhere else in the data folder.
"""
import argparse, base64, collections, hashlib, json, os, random, signal, socket, sqlite3, struct, subprocess, sys, tempfile
import threading, time

from listening import free_port, settings

SPAN = 2000            # microseconds between two events: about five seconds are 2,500 events
WINDOW = 12            # events that may come in any order
COLLECTION = "app.bsky.feed.post"


def word(n):
    """A word that only this post has, without anything that a stemmer would cut off."""
    letters = "bdfghklmnprtvz"
    out = ""
    n += 1000
    while n:
        n, rest = divmod(n, len(letters))
        out += letters[rest] + "ao"[rest % 2]
    return "q" + out + "q"


def make(count, seed, start_us):
    """Every event in the order of its time, and what has to be there in the end: id -> (text, word) and gone words."""
    rng = random.Random(seed)
    events, shown, gone, hidden, free, edited = [], {}, {}, {}, {}, 0
    by_author = collections.defaultdict(set)
    last_account = {}
    for n in range(count):
        at = start_us + n * SPAN
        roll = rng.random()
        did = f"did:plc:{rng.randrange(400):04d}"
        if roll < 0.08 and free:
            key = rng.choice(list(free)[-300:])
            del free[key]
            gone[key] = shown.pop(key)
            events.append(event(at, *key.split("/"), "delete", None, f"{n:013d}"))
            continue
        if roll < 0.11 and free:
            key = rng.choice(list(free)[-300:])
            shown[key] = (f"mini 9: the keys broke, version {n} {shown[key][1]}", shown[key][1])
            edited += 1
            events.append(event(at, *key.split("/"), "update", shown[key][0], f"{n:013d}"))
            continue
        if roll < 0.115 and n - last_account.get(did, -10**9) > 5000 and hidden.get(did, {}) is not None:
            last_account[did] = n
            if did in hidden:
                mine = hidden.pop(did)
                if rng.random() < 0.7:
                    events.append(account(at, did, True, ""))
                    shown.update(mine)
                    by_author[did] |= set(mine)
                else:
                    events.append(account(at, did, False, "deleted"))
                    gone.update(mine)
                    hidden[did] = None
                continue
            status = rng.choice(["deactivated", "takendown", "suspended", "deleted"])
            events.append(account(at, did, False, status))
            mine = {key: shown.pop(key) for key in sorted(by_author[did]) if key in shown}
            for key in mine:
                free.pop(key, None)
            by_author[did] = set()
            hidden[did] = mine
            if status == "deleted":
                gone.update(mine)
                hidden[did] = None
            continue
        if did in hidden:
            did = next(d for d in (f"did:plc:{k:04d}" for k in range(400, 10**6)) if d not in hidden)
        rkey = f"{n:013d}"
        if rng.random() < 0.35:
            key, text = f"{did}/{rkey}", f"mini 9: the keys broke {word(n)}"
            shown[key] = (text, word(n))
            free[key] = key
            by_author[did].add(key)
        else:
            text = "a lovely day at the lake"
        events.append(event(at, did, rkey, "create", text, f"{n:013d}"))
    away = {key: said for mine in hidden.values() if mine for key, said in mine.items()}
    return events, shown, gone, away, edited


def event(at, did, rkey, operation, text, rev):
    commit = {"rev": rev, "operation": operation, "collection": COLLECTION, "rkey": rkey}
    if text is not None:
        commit["record"] = {"$type": COLLECTION, "createdAt": iso(at), "langs": ["en"], "text": text}
    return {"did": did, "time_us": at, "kind": "commit", "commit": commit}


def account(at, did, active, status):
    body = {"active": active, "did": did, "seq": at % 10**9, "time": iso(at)}
    if status:
        body["status"] = status
    return {"did": did, "time_us": at, "kind": "account", "account": body}


def iso(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 10**6)) + f".{at % 10**6:06d}Z"


def second(it, seq):
    payload = {"$type": f"network.bsky.jetstream.subscribeEvents#{it['kind']}", "seq": seq, "did": it["did"], "time": iso(it["time_us"])}
    payload.update(it["commit"] if it["kind"] == "commit" else {"account": it["account"]})
    return {"$type": "message", "payload": payload}


def serve(args):
    events, *_ = make(args.events, args.seed, args.start_us)
    rng = random.Random(os.urandom(8))
    base = rng.randrange(10**6)  # numbers are given anew at each start
    listener = socket.create_server(("127.0.0.1", args.port))
    while True:
        link, _ = listener.accept()
        threading.Thread(target=talk, args=(link, events, base, random.Random(rng.random()), args), daemon=True).start()


def talk(link, events, base, rng, args):
    try:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            got = link.recv(4096)
            if not got:
                return
            head += got
        lines = head.decode().split("\r\n")
        path = lines[0].split(" ")[1]
        headers = {k.lower(): v for k, v in (l.split(": ", 1) for l in lines[1:] if ": " in l)}
        accept = base64.b64encode(hashlib.sha1((headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        answer = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
        if "sec-websocket-protocol" in headers:
            answer += "Sec-WebSocket-Protocol: xrpc.v1.json\r\n"
        link.sendall((answer + "\r\n").encode())
        two = "subscribeEvents" in path
        cursor = int(path.split("cursor=")[1].split("&")[0]) if "cursor=" in path else args.start_us
        first = max(0, min(len(events), (cursor - args.start_us + SPAN - 1) // SPAN))
        began = time.monotonic()
        until = began + rng.uniform(0.3, 2.0)
        for start in range(first, len(events), WINDOW):
            part = [(start + i, e) for i, e in enumerate(events[start:start + WINDOW])]
            part += [p for p in part if rng.random() < 0.02]
            rng.shuffle(part)
            frames = b""
            for n, it in part:
                body = json.dumps(second(it, base + n) if two else it).encode()
                size = bytes([len(body)]) if len(body) < 126 else b"\x7e" + struct.pack(">H", len(body))
                frames += b"\x81" + size + body
            if time.monotonic() > until:
                link.sendall(frames[:rng.randrange(len(frames))])  # cut in the middle of a frame
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            link.sendall(frames)
            time.sleep(max(0, began + (start - first) / args.rate - time.monotonic()))
        time.sleep(3600)
    except OSError:
        pass
    finally:
        link.close()


SOURCE = """[[source]]
name = "bluesky"
kind = "jetstream"
hosts = ["ws://127.0.0.1:{port}/subscribe", "ws://127.0.0.1:{port}/xrpc/network.bsky.jetstream.subscribeEvents"]
retry_first = "50ms"
retry_most = "500ms"
"""


def position(folder):
    try:
        with sqlite3.connect(f"file:{folder}/data/groundswell.db?mode=ro", uri=True, timeout=5) as db:
            row = db.execute("SELECT cursor FROM cursors WHERE source = 'bluesky'").fetchone()
            return json.loads(row[0])["time_us"] if row else 0
    except sqlite3.Error:
        return 0


def memory(pid):
    try:
        with open(f"/proc/{pid}/status") as f:
            return next(int(l.split()[1]) for l in f if l.startswith("VmHWM:")) // 1024
    except (OSError, StopIteration):
        return 0


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--events", type=int, default=100_000)
    ap.add_argument("--kills", type=int, default=12)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--rate", type=int, default=5_000, help="events a second at most, so that there is time for the kills")
    ap.add_argument("--keep", help="leave the data here")
    ap.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    ap.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    ap.add_argument("--start-us", type=int, default=0, help=argparse.SUPPRESS)
    args = ap.parse_args()
    if args.serve:
        return serve(args)
    rng = random.Random(args.seed)
    args.start_us = int(time.time() * 1e6) - (args.events + 5000) * SPAN
    events, shown, gone, away, edited = make(args.events, args.seed, args.start_us)
    last = events[-1]["time_us"]
    args.port = free_port()
    own = [sys.executable, os.path.abspath(__file__), "--bin", args.bin, "--serve", "--port", str(args.port),
           "--events", str(args.events), "--seed", str(args.seed), "--start-us", str(args.start_us), "--rate", str(args.rate)]
    holder = tempfile.TemporaryDirectory()
    folder = args.keep or holder.name
    os.makedirs(folder, exist_ok=True)
    path = settings(folder, SOURCE.format(port=args.port), "Mini 9")
    log = open(f"{folder}/daemon.log", "w")
    run = lambda: subprocess.Popen([args.bin, "run", "--config", path], stderr=log)
    server, daemon = subprocess.Popen(own), run()
    began, kills, peak, stuck, before = time.monotonic(), [0, 0], 0, 0, -1
    # Evenly over the events, whatever they take.
    each = (last - args.start_us) / (args.kills + 1)
    planned = [args.start_us + each * (n + 1) + rng.uniform(-each / 3, each / 3) for n in range(args.kills)]
    while True:
        time.sleep(0.05)
        peak = max(peak, memory(daemon.pid))
        at = position(folder)
        if at >= last:
            # The last ones may come in any order: a moment longer.
            stuck += 1
            if stuck > 120:
                break
        if daemon.poll() is not None:
            sys.exit(f"the daemon ended with status {daemon.returncode}; see {folder}/daemon.log")
        if planned and at >= planned[0]:
            planned.pop(0)
            which = sum(kills) % 2
            kills[which] += 1
            if which == 0:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
                daemon = run()
            else:
                server.send_signal(signal.SIGKILL)
                server.wait()
                server = subprocess.Popen(own)
        if time.monotonic() - began > 900:
            sys.exit(f"not done after 15 minutes: at {at}, {last - at} microseconds before the end; see {folder}/daemon.log")
    took = time.monotonic() - began
    daemon.send_signal(signal.SIGTERM)
    if daemon.wait(timeout=120) != 0:
        sys.exit(f"the daemon ended with status {daemon.returncode}")
    server.kill()
    server.wait()
    db = sqlite3.connect(f"{folder}/data/groundswell.db")
    rows = db.execute("SELECT post, body FROM log WHERE kind IN ('post', 'edit') AND body IS NOT NULL ORDER BY seq").fetchall()
    live = dict(rows)
    wrong = sum(1 for key, (text, _) in shown.items() if key in live and json.loads(live[key])["post"]["post"]["text"] != text)
    lost, extra, twice = set(shown) - set(live), set(live) - set(shown), len(rows) - len(live)
    entries = collections.Counter(post for (post,) in db.execute("SELECT post FROM log WHERE kind = 'post'"))
    has_hidden = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'hidden'").fetchone()[0]
    held = dict(db.execute("SELECT id, body FROM hidden").fetchall()) if has_hidden else {}
    held_wrong = len(set(away) ^ set(held))
    order = [json.loads(body)["post"]["post"]["created_at"] for _, body in rows[-2000:]]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # Every file of the data folder, the database's free pages too; the words of hidden posts may stand in one table only.
    everything = b"".join(open(os.path.join(d, f), "rb").read() for d, _, fs in os.walk(f"{folder}/data") for f in fs)
    sample = rng.sample(sorted(gone), min(400, len(gone)))
    left = [key for key in sample if gone[key][1].encode() in everything]
    there = [key for key in rng.sample(sorted(shown), 200) if shown[key][1].encode() in everything]
    def found(words):
        ran = subprocess.run([args.bin, "search", words, "--config", path, "--format", "json"], capture_output=True, text=True)
        return words in ran.stdout
    searched = [key for key in sample[:15] if found(gone[key][1])]
    hidden_found = [key for key in sorted(away)[:10] if found(away[key][1])]
    shown_found = [key for key in sorted(shown)[:10] if found(shown[key][1])]
    print(f"{args.events} events in {took:.1f} s, {kills[0]} kills of the daemon and {kills[1]} of the server; peak memory {peak} MB")
    print(f"posts there {len(live)} of {len(shown)}; lost {len(lost)}, too many {len(extra)}, stored twice {twice}, not the newest version {wrong} of {edited} edits")
    print(f"deleted {len(gone)}: left in files {len(left)} of {len(sample)} looked for, in the index {len(searched)} of {len(sample[:15])}")
    print(f"hidden with their accounts {len(away)}: others held or missing {held_wrong}, found by search {len(hidden_found)} of {len(sorted(away)[:10])}")
    print(f"(the same look finds {len(there)} of 200 posts that are there, and search {len(shown_found)} of 10)")
    bad = lost or extra or twice or wrong or left or searched or hidden_found or held_wrong or len(there) < 200 or len(shown_found) < 10 or sum(kills) < args.kills
    print("1 passed, 0 failed" if not bad else "0 passed, 1 failed")
    if bad and args.keep:
        json.dump({"lost": sorted(lost)[:50], "extra": sorted(extra)[:50], "left": left[:50]}, open(f"{folder}/wrong.json", "w"))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
