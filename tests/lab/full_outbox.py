#!/usr/bin/env python3
"""Fill the outbox, kill the daemon again and again while it delivers, and count what is lost and what is repeated.

    full_outbox.py --bin target/release/groundswell --rules DIR --mentions FILE [--letters 10000] [--kills 200] [--seed 1]

A daemon lives through FILE once (`replay = true`), so that there are real alerts. What it wrote about them is copied, under
other ids, until so many letters wait: threads of four, every tenth letter to a team of three readers. Links are on, so each
reader gets a copy of his own. Then the daemon delivers to a real SMTP server (`pip install aiosmtpd xxhash`) on loopback,
is killed with `kill -9` each time when a random number of letters has arrived, and at last may finish. The server's ledger is
compared with what was queued: no copy may be lost, none may come under a Message-ID that was not queued, one that comes again
has to be the same to the byte, and no thread may come out of order to any of its readers. Prints the counts; exits 1 otherwise.
"""
import argparse, collections, hashlib, json, os, random, re, signal, sys, tempfile, time

from setting_up import free_port, serve, settings, start, store

THREAD = 4
READERS = ["ana@queue.test", "bo@queue.test", "chi@queue.test"]


class Ledger:
    """What the mail server took responsibility for: Message-ID and reader of each copy, with a hash of its bytes."""

    def __init__(self):
        self.taken, self.order = collections.defaultdict(list), []

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
        found = re.search(r"(?im)^message-id:\s*<?([^>\s]+)", head)
        mid = found[1] if found else "without Message-ID"
        digest = hashlib.sha256(envelope.content).hexdigest()
        for reader in envelope.rcpt_tos:
            self.taken[mid, reader].append(digest)
            self.order.append((mid, reader))
        return "250 2.0.0 taken"


def fill(folder, letters):
    """Copies the daemon's own events under other ids, and puts a letter about each into the outbox."""
    db = store(folder)
    kinds = [json.loads(j) for (j,) in db.execute("SELECT json FROM events ORDER BY at, alert, number")]
    domain = db.execute("SELECT message_id FROM outbox LIMIT 1").fetchone()[0].rsplit("@", 1)[1]
    expected, now = {}, int(time.time() * 1000)
    for n in range(letters):
        event = dict(kinds[n % len(kinds)])
        to = READERS if n // THREAD % 10 == 0 else READERS[:1]
        event.update(alert=f"queue-{n // THREAD:05}", number=n % THREAD, deliver_to=to)
        event.pop("held", None)
        mid = f"{event['alert']}.{event['number']}.{event['team']}@{domain}"
        # The daemon refuses a row whose checksum does not fit.
        db.execute("INSERT INTO events (alert, number, at, json, sum) VALUES (?1, ?2, ?3, ?4, groundswell_sum(?1, ?2, ?3, ?4))",
                   (event["alert"], event["number"], now, json.dumps(event)))
        db.execute("INSERT INTO outbox (message_id, alert, number, recipients, state, made_at, next_at, team, readers, sum) "
                   "VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, 0, ?6, ?4, groundswell_sum(?1, ?2, ?3, ?4, NULL, ?6, ?4))",
                   (mid, event["alert"], event["number"], json.dumps(to), now + n, event["team"]))
        for reader in to:
            expected[mid, reader] = n
    db.commit()
    db.close()
    return expected


def said(log):
    """The last that the daemon wrote."""
    log.flush()
    log.seek(0)
    return ":\n" + "".join(log.readlines()[-5:])


def killed(args, path, ledger, copies, rng, log):
    """Kills the daemon so often that the kills are spread over the whole delivery. Returns how often that was."""
    for kill in range(args.kills):
        left = copies - len(ledger.order)
        # Twice the even share on the average, so that the last kills still find something under way.
        until = len(ledger.order) + rng.uniform(0, 2 * max(left, 1) / (args.kills - kill + 1))
        daemon, began = start(args.bin, path, log), time.monotonic()
        while len(ledger.order) <= until and daemon.poll() is None:
            if time.monotonic() - began > 300:
                daemon.kill()
                sys.exit(f"no letter came for five minutes{said(log)}")
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.02))
        if daemon.poll() is not None:
            if daemon.returncode != 0:
                sys.exit(f"the daemon ended with status {daemon.returncode} after {kill} kills{said(log)}")
            return kill
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    return args.kills


def out_of_order(ledger):
    """Copies that came for the first time after a later one of their thread."""
    newest, seen, wrong = {}, set(), 0
    for mid, reader in ledger.order:
        if (mid, reader) in seen:
            continue
        seen.add((mid, reader))
        alert, number = mid.split(".")[:2]
        wrong += newest.get((alert, reader), -1) > int(number)
        newest[alert, reader] = max(int(number), newest.get((alert, reader), -1))
    return wrong


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--rules", required=True)
    ap.add_argument("--mentions", required=True)
    ap.add_argument("--letters", type=int, default=10_000)
    ap.add_argument("--kills", type=int, default=200)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    args.bin = os.path.abspath(args.bin)
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        log = open(f"{folder}/log", "w+")
        server = serve(Ledger())
        links = f'[web]\npublic_url = "https://groundswell.example.org"\nlisten = "127.0.0.1:{free_port()}"'
        daemon = start(args.bin, settings(folder, args.rules, args.mentions, server.port, links), log)
        if daemon.wait(timeout=900) != 0:
            sys.exit(f"the daemon ended with status {daemon.returncode} before anything was queued{said(log)}")
        server.stop()
        expected = fill(folder, args.letters)
        ledger = Ledger()
        server = serve(ledger)
        path, began = settings(folder, args.rules, args.mentions, server.port, links), time.monotonic()
        kills = killed(args, path, ledger, len(expected), rng, log)
        daemon = start(args.bin, path, log)
        if daemon.wait(timeout=3600) != 0:
            sys.exit(f"the daemon ended with status {daemon.returncode}{said(log)}")
        took = time.monotonic() - began
        server.stop()
        db = store(folder)
        states = dict(db.execute("SELECT state, count(*) FROM outbox WHERE alert LIKE 'queue-%' GROUP BY state"))
    lost = [copy for copy in expected if copy not in ledger.taken]
    foreign = [copy for copy in ledger.taken if copy not in expected]
    again = {copy: came for copy, came in ledger.taken.items() if len(came) > 1}
    differ = [copy for copy, came in again.items() if len(set(came)) > 1]
    wrong = out_of_order(ledger)
    repeated, most = sum(len(came) - 1 for came in again.values()), max((len(came) for came in again.values()), default=1)
    print(f"{args.letters} letters, {len(expected)} copies, {kills} kills, {took:.0f} s: {len(expected) / took:.0f} copies a second")
    print(f"lost {len(lost)}, under a Message-ID that was not queued {len(foreign)}, "
          f"repeated under the same Message-ID {repeated} (a copy came {most} times at the most), "
          f"of these not the same to the byte {len(differ)}, out of order in their thread {wrong}")
    print(f"in the outbox at the end: {', '.join(f'{n} {state}' for state, n in sorted(states.items()))}")
    # Four letters are under way at a time, and each may be between the server's 250 and our note of it.
    bad = lost or foreign or differ or wrong or repeated > 4 * kills or states != {"sent": args.letters}
    if kills < args.kills:
        print(f"all letters were out after {kills} kills; more letters would have made room for {args.kills}")
        bad = True
    print("0 passed, 1 failed" if bad else "1 passed, 0 failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
