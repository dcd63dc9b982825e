#!/usr/bin/env python3
"""A feed whose hub sends what is new, through a whole daemon: subscribed, verified, pushed, forged, renewed, and polled all the while.

    websub.py --bin target/release/groundswell

Feed and hub are one server on loopback (needs nothing but Python). The hub promises leases of a minute, so that one has to
be renewed while the lab runs. Prints what came how, how long a push took from the hub to the log, and exits 1 where
something is missing, was taken though it was forged, or came twice.
"""
import argparse, hashlib, hmac, http.server, os, re, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time
import urllib.error, urllib.parse, urllib.request

from listening import free_port, settings

LEASE = 60  # seconds, the shortest that is believed; it is to be renewed when a fifth of it is left


class Place:
    """The feed and its hub."""

    def __init__(self):
        self.items, self.polls, self.asked, self.verified, self.refused = ["first"], 0, [], [], 0
        self.port = free_port()
        place = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                place.polls += 1
                self.answer(200, place.rss(place.items))

            def do_POST(self):
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                place.asked.append((time.monotonic(), dict(urllib.parse.parse_qsl(form))))
                self.answer(202, "")
                threading.Thread(target=place.verify, args=(place.asked[-1][1],), daemon=True).start()

            def answer(self, status, body):
                body = body.encode()
                self.send_response(status)
                self.send_header("content-type", "application/rss+xml")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.port}/feed"

    def rss(self, items):
        made = "".join(f"<item><guid>{i}</guid><description>the kettle leaks: {i}</description></item>" for i in items)
        return (f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>t</title><atom:link rel='hub' href='/hub'/>"
                f"<atom:link rel='self' href='{self.url()}'/>{made}</channel></rss>")

    def verify(self, form):
        query = urllib.parse.urlencode({"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c4", "hub.lease_seconds": LEASE})
        status, said = self.send(f"{form['hub.callback']}?{query}")
        # Nobody can subscribe us to something else.
        other = query.replace(urllib.parse.quote_plus(form["hub.topic"]), "http%3A%2F%2Fevil.example%2F")
        foreign, _ = self.send(f"{form['hub.callback']}?{other}")
        self.refused += foreign == 404
        if (status, said) == (200, "c4"):
            self.verified.append(time.monotonic())

    def send(self, url, body=None, headers={}):
        request = urllib.request.Request(url, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def push(self, item, secret=None):
        form = self.asked[-1][1]
        body = self.rss([item]).encode()
        mac = hmac.new((secret or form["hub.secret"]).encode(), body, hashlib.sha256).hexdigest()
        return self.send(form["hub.callback"], body, {"x-hub-signature": f"sha256={mac}", "content-type": "application/rss+xml"})[0]


def log(folder):
    try:
        with sqlite3.connect(f"file:{folder}/data/groundswell.db?mode=ro", uri=True, timeout=5) as db:
            return [post.split("/")[-1] for (post,) in db.execute("SELECT post FROM log WHERE kind IN ('post', 'edit') ORDER BY seq")]
    except sqlite3.Error:
        return []


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    args = ap.parse_args()
    place, web = Place(), free_port()
    holder = tempfile.TemporaryDirectory()
    folder = holder.name
    path = settings(folder, f'''[web]
listen = "127.0.0.1:{web}"
public_url = "http://127.0.0.1:{web}"
[[source]]
name = "forum"
kind = "feed"
url = "{place.url()}"
interval = "2s"
longest_interval = "4s"
''')
    run = lambda: subprocess.Popen([args.bin, "run", "--config", path], stderr=open(f"{folder}/daemon.log", "a"))
    daemon = run()
    passed, failed = 0, 0

    def until(so, seconds=20):
        end = time.monotonic() + seconds
        while not so() and time.monotonic() < end:
            time.sleep(0.005)
        return bool(so())

    def check(what, good):
        nonlocal passed, failed
        passed, failed = passed + bool(good), failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} {what}", flush=True)
        if not good:
            print(open(f"{folder}/daemon.log").read()[-1500:], log(folder), place.asked)

    check("the feed is polled", until(lambda: log(folder) == ["first"]))
    check("its hub is asked, with a secret, and verified", until(lambda: place.verified) and len(place.asked[0][1]["hub.secret"]) >= 32)
    took = []
    for n in range(20):
        began = time.monotonic()
        if place.push(f"push{n}") == 202 and until(lambda: f"push{n}" in log(folder)):
            took.append(time.monotonic() - began)
    check("twenty pushes are stored", len(took) == 20)
    check("a forged one is answered as the standard asks, and not taken", place.push("forged", "another secret") == 202)
    place.push("after")
    check("what comes after it is", until(lambda: "after" in log(folder)) and "forged" not in log(folder))
    polls = place.polls
    place.items = ["first", "unpushed"]
    check("what the hub does not push, a poll finds", until(lambda: "unpushed" in log(folder)) and place.polls > polls)
    check("the lease is renewed before it ends, at the same address", until(lambda: len(place.verified) >= 2, LEASE)
          and len({form["hub.callback"] for _, form in place.asked}) == 1)
    gaps = [b - a for a, b in zip(place.verified, place.verified[1:])]
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    daemon = run()
    began = time.monotonic()
    check("killed and started again, the same address is open", until(lambda: push_again(place), 30))
    again = time.monotonic() - began
    check("and what it brings is stored", until(lambda: "again" in log(folder)))
    stored = log(folder)
    check("nothing twice", len(stored) == len(set(stored)))
    check("nobody subscribes us to something else", place.refused == len(place.verified))
    daemon.send_signal(signal.SIGTERM)
    check("the daemon ends as it should", daemon.wait(timeout=60) == 0)
    took = sorted(took) or [0]
    print(f"from the push to the log: median {took[len(took) // 2] * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms; {place.polls} polls; "
          f"{len(place.verified)} leases of {LEASE} s, renewed after {min(gaps, default=0):.1f} to {max(gaps, default=0):.1f} s; open again {again:.1f} s after kill -9")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def push_again(place):
    try:
        return place.push("again") == 202
    except OSError:
        return False


if __name__ == "__main__":
    main()
