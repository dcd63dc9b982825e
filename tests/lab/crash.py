#!/usr/bin/env python3
"""Kill the daemon at random moments, and count what is lost and what is repeated.

    crash.py --bin target/release/groundswell --rules DIR --mentions FILE [--kills 10] [--lossy 0] [--seed 1]

One undisturbed run and runs with `kill -9` at random moments, as many as it takes for that many kills, take the same history
(`replay = true`) and deliver to a real SMTP server (`pip install aiosmtpd xxhash`) on loopback. With `--lossy 0.2` the server
loses that share of what it is sent: it puts off (451), or breaks the connection before it has taken the letter, or after it
has, without an answer; `groundswell mail retry` is called meanwhile, as an operator would who does not want to wait. Prints
the counts; exits 1 if an alert or a letter was lost or differs, or if letters were delivered twice more often than there were
kills and answers that did not come: the window that is left open.
"""
import argparse, collections, json, random, signal, subprocess, sys, tempfile, time

from setting_up import serve, settings, start, store


class Ledger:
    """What the mail server took responsibility for."""

    def __init__(self, lossy, seed):
        self.taken, self.unanswered, self.lost = collections.Counter(), 0, collections.Counter()
        self.lossy, self.rng = lossy, random.Random(seed)

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
        ids = [line.split(":", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("message-id:")]
        how = self.rng.choice(["451", "before", "after"]) if self.rng.random() < self.lossy else "taken"
        self.lost[how] += 1
        if how == "451":
            return "451 4.3.0 later"
        if how != "before":
            self.taken[ids[0] if ids else "without Message-ID"] += 1
        if how in ("before", "after"):
            self.unanswered += how == "after"
            server.transport.abort()
        return "250 2.0.0 taken"


def events(folder):
    db = store(folder)
    rows = [json.loads(j) for (j,) in db.execute("SELECT json FROM events ORDER BY at, alert, number")]
    posts = db.execute("SELECT count(*) FROM log WHERE kind = 'post'").fetchone()[0]
    doubled = db.execute("SELECT count(*) FROM (SELECT 1 FROM log WHERE kind = 'post' GROUP BY source, post HAVING count(*) > 1)").fetchone()[0]
    live = collections.Counter(db.execute("SELECT source, post FROM log WHERE kind = 'post' AND body IS NOT NULL"))
    return rows, posts, doubled, live


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--rules", required=True)
    ap.add_argument("--mentions", required=True)
    ap.add_argument("--kills", type=int, default=10)
    ap.add_argument("--each", type=int, default=25, help="kills of one life at the most")
    ap.add_argument("--lossy", type=float, default=0.0)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    rng = random.Random(args.seed)
    calm = run(args, rng, 0, 0)
    print(f"undisturbed: {calm.posts} posts, {len(calm.events)} alert events, {sum(calm.ledger.taken.values())} letters, {calm.took:.1f} s", flush=True)
    began, sums, all_kills = time.monotonic(), collections.Counter(), 0
    while all_kills < args.kills:
        killed = run(args, rng, min(args.each, args.kills - all_kills), calm.took)
        all_kills += killed.kills
        taken, ledger = killed.ledger.taken, killed.ledger
        again = sum(n - 1 for n in taken.values())
        # Between the server's taking and our commit a kill, or an answer that does not come, may repeat one letter each.
        one = {"rounds": 1, "posts lost": calm.posts - killed.posts, "posts stored twice": killed.doubled,
               "events lost": sum(e not in killed.events for e in calm.events), "other events": sum(e not in calm.events for e in killed.events),
               "letters lost": len(set(calm.ledger.taken) - set(taken)), "other letters": len(set(taken) - set(calm.ledger.taken)),
               "letters repeated": again, "letters": len(taken), "repeated beyond the window": max(0, again - killed.kills - ledger.unanswered),
               "index and log that differ": killed.index != killed.live}
        sums.update(one)
        sums.update({f"answers: {k}": n for k, n in ledger.lost.items()})
        if not killed.kills:
            sys.exit("a round ended before its first kill: the history is too short for this machine")
    print(f"{all_kills} kills in {time.monotonic() - began:.0f} s: " + "; ".join(f"{k} {n}" for k, n in sums.items()))
    right = ("rounds", "letters repeated", "letters")
    bad = any(n for k, n in sums.items() if k not in right and not k.startswith("answers"))
    print("1 passed, 0 failed" if not bad else "0 passed, 1 failed")
    sys.exit(1 if bad else 0)


def run(args, rng, kills, took):
    """One life of the history, with so many kills at the most, spread over the time that an undisturbed run took."""
    ledger = Ledger(args.lossy if kills else 0, rng.random())
    server = serve(ledger)
    it = argparse.Namespace(ledger=ledger, kills=0)
    with tempfile.TemporaryDirectory() as folder:
        path = settings(folder, args.rules, args.mentions, server.port)
        retry = lambda: subprocess.run([args.bin, "mail", "retry", "--config", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        began = time.monotonic()
        while it.kills < kills:
            daemon = start(args.bin, path)
            try:
                daemon.wait(timeout=rng.uniform(0.02, max(0.1, took / 4)))
                break
            except subprocess.TimeoutExpired:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
                it.kills += 1
                if args.lossy:
                    retry()
        daemon = start(args.bin, path)
        for _ in range(600):
            try:
                daemon.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if args.lossy and kills:
                    retry()
        if daemon.poll() != 0:
            sys.exit(f"the daemon ended with status {daemon.returncode}")
        it.took = time.monotonic() - began
        it.events, it.posts, it.doubled, it.live = events(folder)
        everything = " OR ".join(sorted({f"source:{source}" for source, _ in it.live}))
        found = subprocess.run([args.bin, "search", everything, "--config", path, "--limit", "1000000", "--format", "json"], capture_output=True, text=True)
        it.index = collections.Counter((post["source"], post["id"]) for post in map(json.loads, found.stdout.splitlines()))
    server.stop()
    return it


if __name__ == "__main__":
    main()
