#!/usr/bin/env python3
"""A real nats-server with JetStream, kill -9 of the daemon and of the server, and a count of what became of the posts.

    nats.py --bin target/release/groundswell [--messages 5000] [--kills 6] [--seed 1]

Needs nats-server (Debian has it: apt-get install nats-server). Messages are posts, newer versions of them, deletions (some of
posts that come later) and lines that are none. Prints the counts and exits 1 if a post is lost, stored twice, not its newest
version, or there although it was deleted, or if a message stays unacknowledged; 77 where there is no nats-server.
"""
import argparse, collections, json, os, random, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time


class Nats:
    """As much of the protocol as a publisher needs."""

    def __init__(self, port):
        for _ in range(200):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
                break
            except OSError:
                time.sleep(0.05)
        self.lines = self.socket.makefile("rb")
        self.lines.readline()
        self.socket.sendall(b'CONNECT {"verbose":false,"headers":false}\r\nSUB inbox 1\r\nPING\r\n')
        while self.lines.readline().strip() != b"PONG":
            pass

    def ask(self, subject, body):
        """Publishes and waits for the answer."""
        self.socket.sendall(b"PUB %s inbox %d\r\n%s\r\n" % (subject.encode(), len(body), body))
        while True:
            line = self.lines.readline()
            if line.startswith(b"MSG"):
                return json.loads(self.lines.read(int(line.split()[-1]) + 2))
            if line.startswith(b"PING"):
                self.socket.sendall(b"PONG\r\n")
            if line.startswith(b"-ERR") or not line:
                sys.exit(f"nats-server says {line}")


def messages(count, seed):
    rng = random.Random(seed)
    out, shown, gone, made = [], {}, set(), 0
    for n in range(count):
        roll = rng.random()
        if roll < 0.1 and shown:
            key = rng.choice(list(shown)[-200:])
            shown[key] = f"mini 9: the keys broke, version {n}"
            out.append(post(key, shown[key]))
        elif roll < 0.15 and shown:
            key = rng.choice(list(shown)[-200:])
            del shown[key]
            gone.add(key)
            out.append(json.dumps({"op": "delete", "source": "crm", "id": key}))
        elif roll < 0.16:
            out.append("no post")
        else:
            key = f"p{made}"
            made += 1
            if roll < 0.18:
                gone.add(key)
                out.append(json.dumps({"op": "delete", "source": "crm", "id": key}))
            else:
                shown[key] = f"mini 9: the keys broke, number {n}"
            out.append(post(key, f"mini 9: the keys broke, number {n}"))
    return out, shown, gone


def post(key, text):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    return json.dumps({"id": key, "source": "crm", "author": "a" + key, "text": text, "created_at": at})


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--bin", required=True)
    ask.add_argument("--messages", type=int, default=5000)
    ask.add_argument("--kills", type=int, default=6)
    ask.add_argument("--seed", type=int, default=1)
    args = ask.parse_args()
    if not shutil.which("nats-server"):
        print("not run: there is no nats-server (apt-get install nats-server)")
        sys.exit(77)
    here = os.path.dirname(os.path.abspath(__file__))
    folder = tempfile.mkdtemp(prefix="groundswell-nats-")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", f"{folder}/nats"]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    nats = Nats(port)
    made = nats.ask("$JS.API.STREAM.CREATE.MENTIONS", json.dumps({"name": "MENTIONS", "subjects": ["mentions.>"], "storage": "file"}).encode())
    assert "error" not in made, made
    with open(f"{folder}/groundswell.toml", "w") as settings:
        settings.write(f'[data]\nfolder = "{folder}/data"\n[rules]\nfolder = "{here}/../../fixtures/demo/rules"\n[[source]]\nname = "bus"\nkind = "nats"\n'
                       f'servers = ["nats://127.0.0.1:{port}"]\nstream = "MENTIONS"\nsubject = "mentions.>"\n')
    run = [args.bin, "run", "--config", f"{folder}/groundswell.toml"]
    log = open(f"{folder}/log", "w")
    daemon = subprocess.Popen(run, stderr=log)
    rng = random.Random(args.seed)
    sent, shown, gone = messages(args.messages, args.seed)
    kills = set(rng.sample(range(len(sent) // 10, len(sent)), args.kills))
    begun = time.time()
    for n, message in enumerate(sent):
        answer = nats.ask("mentions.crm", message.encode())
        assert "error" not in answer, answer
        if n in kills:
            if rng.random() < 0.7:
                daemon.kill()
                daemon.wait()
                daemon = subprocess.Popen(run, stderr=log)
                time.sleep(rng.random())
            else:
                server.kill()
                server.wait()
                server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                nats = Nats(port)
                # The answer says that a message is kept; the last may have been lost with the server all the same.
    rate = len(sent) / (time.time() - begun)
    wanted = time.time() + 180
    while time.time() < wanted:
        time.sleep(1)
        info = nats.ask("$JS.API.CONSUMER.INFO.MENTIONS.groundswell", b"")
        if not info.get("error") and info["num_pending"] == 0 and info["num_ack_pending"] == 0:
            break
    time.sleep(1)
    daemon.send_signal(signal.SIGTERM)
    stopped = daemon.wait(timeout=30)
    server.kill()
    db = sqlite3.connect(f"{folder}/data/groundswell.db")
    rows = db.execute("SELECT post, body FROM log WHERE kind IN ('post', 'edit') AND body IS NOT NULL ORDER BY seq").fetchall()
    entries = collections.Counter(p for (p,) in db.execute("SELECT post FROM log WHERE kind = 'post'"))
    last = {key: json.loads(body).get("text") or body for key, body in rows}
    lost = [key for key in shown if key not in last]
    old = [key for key in shown if key in last and shown[key] not in last[key]]
    back = [key for key in gone if key in last and key not in shown]
    twice = [key for key, n in entries.items() if n > 1]
    unacked = info.get("num_ack_pending", -1) + info.get("num_pending", -1)
    print(f"{len(sent)} messages at {rate:.0f} a second, {args.kills} kills: lost {len(lost)} of {len(shown)}, stored twice {len(twice)}, "
          f"not the newest {len(old)}, deleted and there {len(back)} of {len(gone)}, not acknowledged {unacked}, exit {stopped}")
    bad = lost or old or back or twice or unacked or stopped
    if bad:
        print(f"look at {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
