#!/usr/bin/env python3
"""Streams that cannot be resumed, as badly as they can come: Mastodon's beside its hashtag timeline, and X's, with kill -9 of either side.

    chaos_live.py --bin target/release/groundswell [--source mastodon|x] [--events 100000] [--kills 12] [--seed 1]

A server on loopback (needs nothing but Python) lives through events at their own pace, whether anybody listens or not: posts, of
which a third are wanted, edits and deletions. The stream sends them in another order than that of their times, one in fifty
twice, and is cut every few seconds in the middle of a message; what is said meanwhile is said to nobody. Posts that come late have
ids below those that are known. The timeline of Mastodon and the search of X know what there is, X's not the last ten seconds.
Server and daemon are killed in turn. Every few thousand events there is a rest, in which some of the newest posts are deleted.

Prints the counts and exits 1 if a post is lost, stored twice or not as its newest version, or if a word of a deleted post is left
in the log, in the index, in what was learnt, or anywhere else in the data folder. Where deletions and edits are told
once (Mastodon's stream), those told while nobody listened count only for the newest 500 posts, which are looked after; the others are
counted and shown.
"""
import argparse, base64, bisect, collections, hashlib, json, os, random, signal, socket, sqlite3, struct, subprocess, sys, tempfile
import threading, time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from chaos_jetstream import memory, word
from listening import free_port, settings

RATE = {"mastodon": 500, "x": 400}  # events a second
ROUND = 5000        # events between two rests
REST = 6.0          # seconds of a rest
NEWEST = 250        # posts of which some go in a rest
WINDOW = 12         # events that may come in any order


class Post:
    __slots__ = ("key", "id", "at", "text", "word", "version", "edited", "gone_at", "history", "born")


def make(kind, count, seed, start):
    """What happens, in order: (second, what, post, text); and the posts."""
    rng, events, posts, alive = random.Random(seed), [], [], []
    rate, now = RATE[kind], start
    gone = set()
    for n in range(count):
        now += 1 / rate
        roll = rng.random()
        if roll < 0.03 and alive:
            post = alive[rng.randrange(max(0, len(alive) - 300), len(alive))]
            if post.key not in gone:
                events.append((now, "edit", post, f"mini 9: the keys broke, version {n} {post.word}"))
                continue
        if kind == "mastodon" and roll < 0.06 and alive:
            post = alive[rng.randrange(max(0, len(alive) - 300), len(alive))]
            if post.key not in gone:
                gone.add(post.key)
                events.append((now, "delete", post, None))
                continue
        post = Post()
        wanted = rng.random() < 0.35
        # One in thirty was under way for a while: its number is that of when it was written.
        late = rng.uniform(0, 8 / rate) if rng.random() < 0.033 else 0
        post.key, post.at, post.born = n, now - late, now
        post.id = (int(post.at * 1000) << 16 | n & 0xFFFF) if kind == "mastodon" else (int(post.at * 1000) << 22 | n & 0x3FFFFF)
        post.word = word(n) if wanted else None
        text = f"mini 9: the keys broke {word(n)}" if wanted else "a lovely day at the lake"
        posts.append(post)
        if wanted:
            alive.append(post)
        events.append((now, "post", post, text))
        if (n + 1) % ROUND == 0 or n == count - 1:
            now += 0.5
            newest = [p for p in sorted(posts[-2 * NEWEST:], key=lambda p: p.at)[-NEWEST:] if p.word and p.key not in gone]
            for post in rng.sample(newest, min(20, len(newest))):
                gone.add(post.key)
                events.append((now, "delete", post, None))
            now += REST
    return events, posts


def iso(at):
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class World:
    """What the server has at this moment; it is the same after a kill, since the clock alone decides."""

    def __init__(self, args):
        self.args, self.lock, self.done = args, threading.Condition(), 0
        self.events, self.posts = make(args.source, args.events, args.seed, args.start)
        self.times = [e[0] for e in self.events]
        self.by_id, self.ids = {}, []
        # X's search knows the newest version of each, by the time of that.
        self.newest, self.versions = {}, []
        self.heard = open(f"{args.folder}/heard.log", "a", buffering=1)

    def live(self):
        """Brings the world to now, and gives how many events there were."""
        with self.lock:
            until = bisect.bisect_right(self.times, time.time())
            for at, what, post, text in self.events[self.done:until]:
                if what == "post":
                    post.text, post.edited, post.history = text, None, [post.id]
                    self.by_id[post.id] = post
                    bisect.insort(self.ids, post.id)
                    self.version(post, None)
                elif what == "edit":
                    post.text, post.edited = text, at
                    # X gives each version an id of its own.
                    before = post.history[-1]
                    post.history = post.history + [int(at * 1000) << 22 | post.key & 0x3FFFFF]
                    self.version(post, before)
                elif self.by_id.pop(post.id, None):
                    del self.ids[bisect.bisect_left(self.ids, post.id)]
                    self.version(None, post.history[-1])
            self.done = max(self.done, until)
            return self.done

    def version(self, post, before):
        if before is not None and self.newest.pop(before, None):
            del self.versions[bisect.bisect_left(self.versions, before)]
        if post is not None:
            self.newest[post.history[-1]] = post
            bisect.insort(self.versions, post.history[-1])

    def status(self, post, text=None, edited=None, first=False):
        return {"id": str(post.id), "created_at": iso(post.at), "visibility": "public", "language": "en", "content": f"<p>{text or post.text} <a>#acme</a></p>",
                "edited_at": iso(edited or post.edited) if (edited or post.edited) and not first else None,
                "account": {"acct": f"user{post.key % 400}@far.example", "note": ""}}

    def tweet(self, post, text=None, at=None, first=False):
        history = [post.id] if first else list(post.history)
        if at:
            history = [h for h in history if h >> 22 <= int(at * 1000)]
        return {"id": str(history[-1]), "text": text or post.text, "author_id": str(post.key % 400), "created_at": iso(post.at), "lang": "en",
                "edit_history_tweet_ids": [str(h) for h in history]}

    def message(self, event):
        at, what, post, text = event
        if self.args.source == "mastodon":
            said = {"stream": ["hashtag", "acme"], "event": {"post": "update", "edit": "status.update"}.get(what, what)}
            said["payload"] = str(post.id) if what == "delete" else json.dumps(self.status(post, text, at if what == "edit" else None, what == "post"))
            body = json.dumps(said).encode()
            return b"\x81" + (bytes([len(body)]) if len(body) < 126 else b"\x7e" + struct.pack(">H", len(body))) + body
        if what == "delete":
            return b""
        tweet = self.tweet(post, text, at if what == "edit" else None, what == "post")
        return json.dumps({"data": tweet, "includes": {"users": [{"id": tweet["author_id"], "username": "ana"}]}}).encode() + b"\r\n"

    def stream(self, link):
        """Sends what happens from now on, until it is cut."""
        rng = random.Random(os.urandom(8))
        at, until = self.live(), time.time() + rng.uniform(3, 9)
        opened, last = time.time(), time.time()
        try:
            while True:
                time.sleep(0.02)
                now = self.live()
                part = self.events[at:now]
                at = now
                part += [e for e in part if rng.random() < 0.02]
                for start in range(0, len(part), WINDOW):
                    some = part[start:start + WINDOW]
                    rng.shuffle(some)
                    part[start:start + WINDOW] = some
                said = b"".join(map(self.message, part))
                if not said and time.time() - last > 1:
                    said = b"\x89\x00" if self.args.source == "mastodon" else b"\r\n"
                # In a rest nothing is cut, so that what is deleted is told.
                if said and part and time.time() > until:
                    link.sendall(said[:rng.randrange(len(said))])
                    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                if said:
                    link.sendall(said)
                    last = time.time()
        except OSError:
            pass
        finally:
            self.heard.write(f"{opened} {time.time()}\n")
            link.close()


def serve(args):
    world = World(args)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def say(self, body, code=200, more=()):
            body = json.dumps(body).encode()
            self.send_response(code)
            for name, value in (("content-type", "application/json"), ("content-length", str(len(body))), *more):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            world.rules = [{"id": str(n), **r} for n, r in enumerate(body.get("add", []))]
            self.say({"meta": {}}, 201)

        def do_GET(self):
            url = urlsplit(self.path)
            asked = {k: v[0] for k, v in parse_qs(url.query).items()}
            world.live()
            getattr(self, args.source)(url.path, asked)

        def mastodon(self, path, asked):
            if path == "/api/v1/streaming":
                key = self.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
                self.wfile.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
                self.close_connection = True
                # What is subscribed to is the one hashtag; it need not be read.
                return world.stream(self.connection)
            if path == "/api/v2/instance":
                return self.say({"configuration": {"urls": {"streaming": f"ws://127.0.0.1:{args.port}"}}})
            with world.lock:
                if path.startswith("/api/v1/statuses/"):
                    post = world.by_id.get(int(path.rsplit("/", 1)[1]))
                    return self.say(world.status(post)) if post else self.say({"error": "Record not found"}, 404)
                if "min_id" in asked:
                    first = bisect.bisect_right(world.ids, int(asked["min_id"]))
                    page = world.ids[first:first + 40]
                else:
                    last = bisect.bisect_left(world.ids, int(asked["max_id"])) if "max_id" in asked else len(world.ids)
                    page = world.ids[max(0, last - 40):last]
                body = [world.status(world.by_id[i]) for i in reversed(page)]
            here = f"http://127.0.0.1:{args.port}/x"
            link = f'<{here}?max_id={page[0]}>; rel="next", <{here}?min_id={page[-1]}>; rel="prev"' if page else "<x>; rel=none"
            self.say(body, more=[("link", link)])

        def x(self, path, asked):
            if path == "/2/tweets/search/stream/rules":
                return self.say({"data": getattr(world, "rules", []), "meta": {}})
            if path == "/2/tweets/search/stream":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n\r\n")
                self.close_connection = True
                return world.stream(self.connection)
            with world.lock:
                if path == "/2/tweets":
                    ids = [int(i) for i in asked["ids"].split(",")]
                    errors = [{"resource_id": str(i), "type": "https://api.twitter.com/2/problems/resource-not-found"} for i in ids if i not in world.by_id]
                    return self.say({"data": [world.tweet(world.by_id[i]) for i in ids if i in world.by_id], "errors": errors})
                begin, end = (datetime.fromisoformat(asked[k].replace("Z", "+00:00")).timestamp() for k in ("start_time", "end_time"))
                if end > time.time() - 10:
                    return self.say({"title": "Invalid Request", "detail": "'end_time' must be a minimum of 10 seconds prior to the request time."}, 400)
                lo, hi = (bisect.bisect_left(world.versions, int(t * 1000) << 22) for t in (begin, end))
                # The next page is what is older than the last of this one.
                hi = min(hi, bisect.bisect_left(world.versions, int(asked["next_token"]))) if "next_token" in asked else hi
                ids = world.versions[max(lo, hi - 100):hi]
                page = [world.newest[i] for i in reversed(ids)]
                meta = {"result_count": len(page)}
                if hi - 100 > lo:
                    meta["next_token"] = str(ids[0])
                self.say({"data": [world.tweet(p) for p in page], "meta": meta})

    class Server(ThreadingHTTPServer):
        daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

        def handle_error(self, *_):
            pass  # whoever was killed does not say goodbye

    Server(("127.0.0.1", args.port), Handler).serve_forever()


SOURCES = {
    "mastodon": '[[source]]\nname = "it"\nkind = "mastodon"\nserver = "http://127.0.0.1:{port}"\ntags = ["acme"]\ntoken_file = "{folder}/token"\ninterval = "400ms"\n',
    "x": '[[source]]\nname = "it"\nkind = "x"\nserver = "http://127.0.0.1:{port}"\nrules = ["#acme"]\ntoken_file = "{folder}/token"\nlook_after_every = "500ms"\n',
}


def standing(folder):
    """How far the log goes, and whether anything is still to be asked for."""
    try:
        with sqlite3.connect(f"file:{folder}/data/groundswell.db?mode=ro", uri=True, timeout=5) as db:
            cursor = db.execute("SELECT cursor FROM cursors").fetchone()
            return db.execute("SELECT max(seq) FROM log").fetchone()[0], bool(cursor and json.loads(cursor[0]).get("missed"))
    except sqlite3.Error:
        return None, True


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--source", choices=sorted(RATE), default="mastodon")
    ap.add_argument("--events", type=int, default=100_000)
    ap.add_argument("--kills", type=int, default=12)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--keep", help="leave the data here")
    ap.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    ap.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    ap.add_argument("--start", type=float, default=0, help=argparse.SUPPRESS)
    ap.add_argument("--folder", help=argparse.SUPPRESS)
    args = ap.parse_args()
    if args.serve:
        return serve(args)
    rng = random.Random(args.seed)
    holder = tempfile.TemporaryDirectory()
    folder = args.folder = args.keep or holder.name
    os.makedirs(folder, exist_ok=True)
    args.port, args.start = free_port(), round(time.time() + 8, 3)
    events, posts = make(args.source, args.events, args.seed, args.start)
    end = events[-1][0]
    with open(f"{folder}/token", "w") as f:
        f.write("t0ken")
    path = settings(folder, SOURCES[args.source].format(port=args.port, folder=folder), "Mini 9")
    own = [sys.executable, os.path.abspath(__file__), "--bin", args.bin, "--serve", "--source", args.source, "--port", str(args.port),
           "--events", str(args.events), "--seed", str(args.seed), "--start", str(args.start), "--folder", folder]
    log = open(f"{folder}/daemon.log", "w")
    run = lambda: subprocess.Popen([args.bin, "run", "--config", path], stderr=log)
    server = subprocess.Popen(own)
    time.sleep(3)
    daemon = run()
    began, kills, peak, downs = time.time(), [0, 0], 0, []
    # Evenly over the run, and not in its last seconds.
    each = (end - args.start) / (args.kills + 1)
    planned = [args.start + each * (n + 1) + rng.uniform(-each / 3, each / 3) for n in range(args.kills)]
    before, still = None, time.time()
    # Mastodon's posts are looked after five at a poll: the newest 500 take a hundred polls.
    least = end + REST + (60 if args.source == "mastodon" else 0)
    while True:
        time.sleep(0.1)
        # Over when nothing has come for a while, and X's search has answered (it sees what there was half a minute later).
        if time.time() > least:
            at = standing(folder)
            if at != before or at[1]:
                before, still = at, time.time()
            if time.time() - still > 10:
                break
            time.sleep(0.4)
        if time.time() > end + 600:
            sys.exit(f"not done ten minutes after the last event; see {folder}/daemon.log")
        peak = max(peak, memory(daemon.pid))
        if daemon.poll() is not None:
            sys.exit(f"the daemon ended with status {daemon.returncode}; see {folder}/daemon.log")
        if planned and time.time() > planned[0]:
            planned.pop(0)
            which = sum(kills) % 2
            kills[which] += 1
            down = time.time()
            if which == 0:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
                daemon = run()
            else:
                server.send_signal(signal.SIGKILL)
                server.wait()
                server = subprocess.Popen(own)
            downs.append(down)
    took = time.time() - began
    daemon.send_signal(signal.SIGTERM)
    if daemon.wait(timeout=120) != 0:
        sys.exit(f"the daemon ended with status {daemon.returncode}")
    server.kill()
    server.wait()

    # What has to be there.
    text, gone_at = {}, {}
    for at, what, post, said in events:
        if what == "delete":
            gone_at[post.key] = at
        elif post.word:
            text[post.key] = said
    wanted = [p for p in posts if p.word]
    shown = {str(p.id): (text[p.key], p.word) for p in wanted if p.key not in gone_at}
    gone = {str(p.id): p for p in wanted if p.key in gone_at}
    with open(f"{folder}/heard.log") as f:
        stood = [tuple(map(float, line.split())) for line in f]
    # A kill of the server leaves no line; its last connection ended then, and what is not noted counts as not listened to.
    newest = {str(p.id) for p in sorted(posts, key=lambda p: p.at)[-400:]}

    db = sqlite3.connect(f"{folder}/data/groundswell.db")
    # How long it took, at worst, until what was said in a second was stored: what is not read yet is lost with its connection.
    born, slow = {str(p.id): p.born for p in posts}, collections.Counter()
    for key, at in db.execute("SELECT post, at FROM log WHERE kind = 'post'"):
        second = int(born[key])
        slow[second] = max(slow[second], at / 1000 - born[key])

    with open(f"{folder}/daemon.log") as f:
        deaf = [datetime.fromisoformat(l.split("Z ")[0] + "+00:00").timestamp() for l in f if "it is opened anew" in l]

    def told(key, at):
        """Whether somebody listened to it for certain, or has to find it by looking after."""
        if key in newest or args.source == "x":
            return True
        # A stream that fell behind is opened anew, and what was still on the way in it is gone.
        if any(at - 1 < d < at + 8 for d in deaf):
            return False
        late = at + 2 + max(slow[int(at) + n] for n in (-1, 0, 1))
        return any(a + 1 < at and late < b for a, b in stood) and not any(at - 1 < d < late for d in downs)

    rows = db.execute("SELECT post, body FROM log WHERE kind IN ('post', 'edit') AND body IS NOT NULL ORDER BY seq").fetchall()
    live = dict(rows)
    said_of = lambda body: json.loads(body)["post"]["post"]["text"].removesuffix(" #acme")
    wrong = sorted(k for k, (said, _) in shown.items() if k in live and said_of(live[k]) != said)
    edited = {str(post.id): at for at, what, post, _ in events if what == "edit"}
    untold = [k for k in wrong if not told(k, edited.get(k, 0))]
    wrong = [k for k in wrong if k not in untold]
    lost, extra, twice = set(shown) - set(live), set(live) - set(shown), len(rows) - len(live)
    missed = {k for k in extra if k in gone and not told(k, gone_at[gone[k].key])}
    extra -= missed
    gaps = db.execute("SELECT count(*) FROM log WHERE kind = 'gap'").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    everything = b"".join(open(os.path.join(d, f), "rb").read() for d, _, fs in os.walk(f"{folder}/data") for f in fs)
    sure = sorted(k for k in gone if k not in missed)
    sample = rng.sample(sure, min(400, len(sure)))
    left = [k for k in sample if gone[k].word.encode() in everything]
    there = [k for k in rng.sample(sorted(shown), min(200, len(shown))) if shown[k][1].encode() in everything]

    def found(words):
        ran = subprocess.run([args.bin, "search", words, "--config", path, "--format", "json"], capture_output=True, text=True)
        if ran.returncode:
            print(f"search {words}: status {ran.returncode}: {ran.stderr.strip()}")
        return words in ran.stdout

    searched = [k for k in sample[:15] if found(gone[k].word)]
    shown_found = [k for k in sorted(shown)[:10] if found(shown[k][1])]
    print(f"{args.source}: {args.events} events in {took:.1f} s, {kills[0]} kills of the daemon and {kills[1]} of the server, {len(stood)} connections cut or ended; peak memory {peak} MB")
    print(f"posts there {len(set(live) & set(shown))} of {len(shown)}; lost {len(lost)}, too many {len(extra)}, stored twice {twice}, not the newest version {len(wrong)} of {len(edited)} edited; gaps {gaps}")
    sure_of = sum(1 for k in gone if told(k, gone_at[gone[k].key]))
    print(f"deleted {len(gone)}, {sure_of} of them told for certain: left in files {len(left)} of {len(sample)} looked for, in the index {len(searched)} of {len(sample[:15])}; told while nobody listened: {len(missed)} deletions and {len(untold)} edits")
    print(f"(the same look finds {len(there)} of {min(200, len(shown))} posts that are there, and search {len(shown_found)} of 10)")
    bad = lost or extra or twice or wrong or left or searched or gaps or len(there) < min(200, len(shown)) or len(shown_found) < 10
    print("1 passed, 0 failed" if not bad else "0 passed, 1 failed")
    if bad and args.keep:
        with open(f"{folder}/wrong.json", "w") as f:
            json.dump({"lost": sorted(lost)[:50], "extra": sorted(extra)[:50], "wrong": wrong[:50], "left": left[:50], "downs": downs, "stood": stood}, f)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
