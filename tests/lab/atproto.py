#!/usr/bin/env python3
"""Records as a real atproto PDS makes them, through its firehose and a Jetstream-shaped bridge, into the daemon's log.

    atproto.py --bin target/release/groundswell --node-modules FOLDER

FOLDER is one in which `npm install @atproto/dev-env` was done (Node 20 takes its version 0.3, Node 22 newer ones; where install
scripts are not run, `npm run build-release` in its node_modules/better-sqlite3 builds what needs building). Without it the
lab says so and exits 77.

Posts with facets, pictures, quotes, replies and languages, an edit, deletions (of one post, of several in one commit), accounts
that are deactivated, let back in, taken down and deleted, and a connection that is cut meanwhile. Prints what the log holds
after each step and exits 1 where that is wrong.
"""
import argparse, base64, json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time

from listening import settings

POST = "app.bsky.feed.post"
# The smallest PNG there is: one pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Pds:
    def __init__(self, folder):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "atproto_pds.js")
        self.process = subprocess.Popen(["node", script, os.path.abspath(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=open("/tmp/atproto_pds.log", "w") if os.environ.get("KEEP_LOG") else subprocess.DEVNULL, text=True)
        self.about = self.answer()

    def answer(self):
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("the PDS ended")
            if line.startswith('{"level"') or not line.startswith("{"):
                continue
            said = json.loads(line)
            if "error" in said:
                sys.exit(f"the PDS refused: {said['error']}")
            return said

    def do(self, what, **more):
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def post(self, name, did, text, **more):
        record = {"$type": POST, "text": text, "createdAt": now(), **more}
        made = self.do("call", name=name, method="com.atproto.repo.createRecord", body={"repo": did, "collection": POST, "record": record})
        return made


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def key(made):
    return made["uri"].split("/")[-1]


SOURCE = """[[source]]
name = "bluesky"
kind = "jetstream"
hosts = ["ws://127.0.0.1:{port}/subscribe"]
retry_first = "50ms"
retry_most = "200ms"
"""


def live(folder):
    """Posts of the log in their newest version: end of the id -> post."""
    try:
        with sqlite3.connect(f"file:{folder}/data/groundswell.db?mode=ro", uri=True, timeout=5) as db:
            rows = db.execute("SELECT post, body FROM log WHERE kind IN ('post', 'edit') AND body IS NOT NULL ORDER BY seq").fetchall()
    except sqlite3.Error:
        return {}
    return {post.split("/")[-1]: json.loads(body)["post"]["post"] for post, body in rows}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--node-modules", default=os.environ.get("ATPROTO_LAB", ""), help="folder with node_modules/@atproto/dev-env")
    args = ap.parse_args()
    if not shutil.which("node") or not os.path.isdir(os.path.join(args.node_modules, "node_modules/@atproto/dev-env")):
        print("not run: needs Node and a folder with @atproto/dev-env (--node-modules, or ATPROTO_LAB)")
        sys.exit(77)
    pds = Pds(args.node_modules)
    holder = tempfile.TemporaryDirectory()
    folder = holder.name
    path = settings(folder, SOURCE.format(port=pds.about["port"]))
    daemon = subprocess.Popen([args.bin, "run", "--config", path], stderr=open(f"{folder}/daemon.log", "w"))
    passed, failed = 0, 0

    def check(what, so):
        nonlocal passed, failed
        until = time.monotonic() + 20
        while not so(live(folder)) and time.monotonic() < until:
            time.sleep(0.05)
        good = bool(so(live(folder)))
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} {what}")
        if not good:
            print(open(f"{folder}/daemon.log").read()[-2000:])
            print(json.dumps(live(folder), indent=1, ensure_ascii=False)[:3000])

    ana, bo = (pds.do("account", name=name)["did"] for name in ("ana", "bob"))
    # The source begins with what comes now: what proves that it listens is asked for until it is there.
    probe, until = [], time.monotonic() + 30
    while not live(folder) and time.monotonic() < until:
        probe.append(key(pds.post("bob", bo, "kettle: is anybody there?")))
        time.sleep(0.5)
    check("what is said after it listens", lambda log: log)
    for rkey in probe:
        pds.do("call", name="bob", method="com.atproto.repo.deleteRecord", body={"repo": bo, "collection": POST, "rkey": rkey})
    check("deletions of what was there before", lambda log: not log)

    # Facet offsets count bytes of UTF-8: the kettle's emoji and the é shift characters, not bytes.
    text = "Ma bouilloire ☕️ kettle fuit, détails: acme.example/kettl… #acme @bob.test"
    at = text.encode().index(b"acme.example"), text.encode().index(" #acme".encode())
    tag, who = text.encode().index(b"#acme"), text.encode().index(b"@bob")
    facets = [
        {"index": {"byteStart": at[0], "byteEnd": at[1]}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.example/kettles/9?ref=x"}]},
        {"index": {"byteStart": tag, "byteEnd": tag + 5}, "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "acme"}]},
        {"index": {"byteStart": who, "byteEnd": who + 9}, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": bo}]},
    ]
    first = pds.post("ana", ana, text, langs=["fr"], facets=facets)
    check("facets: the link is whole, by its bytes; the language is the record's", lambda log: key(first) in log
          and "https://acme.example/kettles/9?ref=x" in log[key(first)]["text"] and "détails:" in log[key(first)]["text"]
          and log[key(first)]["lang"] == "fr" and log[key(first)]["author"] == ana)
    blob = pds.do("blob", name="ana", bytes=PNG, type="image/png")["blob"]
    picture = pds.post("ana", ana, "my kettle, broken", embed={"$type": "app.bsky.embed.images", "images": [{"alt": "a kettle in two halves", "image": blob}]})
    check("a picture, whose blob is a link in the record", lambda log: key(picture) in log)
    ref = {"uri": first["uri"], "cid": first["cid"]}
    answer = pds.post("bob", bo, "same kettle here", reply={"root": ref, "parent": ref})
    quote = pds.post("bob", bo, "look at this kettle", embed={"$type": "app.bsky.embed.record", "record": ref})
    check("a reply knows what it answers; a quote is there", lambda log: {key(answer), key(quote)} <= set(log)
          and (log[key(answer)]["in_reply_to"] or "").endswith(key(first)))
    pds.do("call", name="ana", method="com.atproto.repo.putRecord", body={"repo": ana, "collection": POST, "rkey": key(picture),
           "record": {"$type": POST, "text": "my kettle, mended", "createdAt": now()}})
    check("an edit is the same post", lambda log: log.get(key(picture), {}).get("text", "").startswith("my kettle, mended"))
    # Record keys of posts are times (TIDs) in an alphabet of their own; any that begin alike will do.
    tids = [f"3kettle2222{a}{b}" for a in "234567abcd" for b in "23"]
    writes = [{"$type": "com.atproto.repo.applyWrites#create", "collection": POST, "rkey": tids[n],
               "value": {"$type": POST, "text": f"kettle number {n}", "createdAt": now()}} for n in range(20)]
    pds.do("call", name="bob", method="com.atproto.repo.applyWrites", body={"repo": bo, "writes": writes})
    check("twenty posts in one commit", lambda log: sum(k.startswith("3kettle") for k in log) == 20)
    pds.do("cut")
    gone = [{"$type": "com.atproto.repo.applyWrites#delete", "collection": POST, "rkey": tids[n]} for n in range(10)]
    pds.do("call", name="bob", method="com.atproto.repo.applyWrites", body={"repo": bo, "writes": gone})
    check("ten deletions in one commit while the connection was cut", lambda log: sum(k.startswith("3kettle") for k in log) == 10)
    last = pds.post("bob", bo, "the last kettle", langs=["en"])
    pds.do("call", name="bob", method="com.atproto.repo.createRecord", body={"repo": bo, "collection": "app.bsky.feed.like",
           "record": {"$type": "app.bsky.feed.like", "subject": ref, "createdAt": now()}})
    check("a like is no post", lambda log: key(last) in log and len(log) == 15)
    mine = {key(first), key(picture)}
    pds.do("call", name="ana", method="com.atproto.server.deactivateAccount", body={})
    check("a deactivated account takes its posts along", lambda log: not mine & set(log) and key(answer) in log)
    pds.do("call", name="ana", method="com.atproto.server.activateAccount")
    check("and brings them back", lambda log: mine <= set(log))
    pds.do("takedown", name="ana", applied=True)
    check("a takedown hides them", lambda log: not mine & set(log))
    pds.do("takedown", name="ana", applied=False)
    check("a takedown that is lifted shows them", lambda log: mine <= set(log))
    pds.do("remove", name="ana")
    check("an account that is deleted is gone", lambda log: not mine & set(log))
    kinds = pds.do("seen")["kinds"]
    daemon.send_signal(signal.SIGTERM)
    status = daemon.wait(timeout=60)
    with sqlite3.connect(f"{folder}/data/groundswell.db") as db:
        held = db.execute("SELECT count(*) FROM hidden").fetchone()[0]
        rejects = db.execute("SELECT count(*) FROM rejects").fetchone()[0] if db.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'rejects'").fetchone()[0] else 0
    print(f"PDS {pds.about['pds']} on Node {pds.about['node']}: {len(kinds)} events, of them {sum(k.startswith('account') for k in kinds)} of accounts; "
          f"rejected {rejects}, still held as hidden {held}, daemon's exit status {status}")
    failed += bool(rejects or held or status)
    print(f"{passed} passed, {failed} failed")
    pds.process.stdin.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
