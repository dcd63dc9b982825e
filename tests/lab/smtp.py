#!/usr/bin/env python3
"""Give letters to mail servers that misbehave, and see whether what became of each is judged right.

    smtp.py --bin target/release/groundswell [--lab ../shared/tools/smtp-lab.sh]        (needs: pip install aiosmtpd)

Without --lab the servers are our own, below. With it they are those of that script (TLS, logins, certificates), which
takes `start DIR` and `stop DIR`. Each case is one `groundswell mail test`; right means: status 0 exactly when the server
said 250 at the end, 1 when it refused for good, 78 where the settings have to change, 75 otherwise, and nothing said to a server that is not what it should be.
At last a daemon delivers through a server that takes the letter and dies before it says so: it may come once more, under
the same Message-ID, and never again. Prints a line a case and the count; exits 1 if one is wrong.
"""
import argparse, asyncio, collections, concurrent.futures, hashlib, json, os, re, subprocess, sys, tempfile, threading, time

SENT, REFUSED, LATER, SETTINGS = 0, 1, 75, 78
# (name, what stands before the @, what is expected of each try in turn, what differs in the settings)
CASES = [
    ("taken", "ok", [SENT], {}),
    ("451 to the recipient, twice", "temp2", [LATER, LATER, SENT], {}),
    ("450 greylisted", "grey1", [LATER, SENT], {}),
    ("550 to the recipient", "perm", [REFUSED], {}),
    ("451 after the letter", "data1", [LATER, SENT], {}),
    ("554 after the letter", "permdata", [REFUSED], {}),
    ("taken, and cut before the 250", "drop1", [LATER, SENT], {}),
    ("cut within the letter", "cut1", [LATER, SENT], {}),
    ("a second before the 250", "slow1", [SENT], {}),
    ("nine seconds before the 250", "slow9", [SENT], {}),
    ("a reply that makes no sense", "badreply1", [LATER, SENT], {}),
    ("a reply of a megabyte", "longreply", [LATER], {}),
    ("452 mailbox full", "quota", [LATER], {}),
    ("421 instead of a greeting", "ok", [LATER], {"port": 2530}),
    ("accepts and never speaks", "ok", [LATER], {"port": 2529}),
]
# What only the servers of --lab can do.
SECURE = [
    ("wrong password", "ok", [SETTINGS], {"password": "wrong"}),
    ("no TLS where it is wanted", "ok", [LATER], {"tls": "none", "login": False}),
    ("STARTTLS taken away on the way", "ok", [SETTINGS], {"port": 2526}),
    ("a certificate of another name", "ok", [LATER], {"port": 2527}),
    ("a certificate that has expired", "ok", [LATER], {"port": 2528}),
    ("TLS from the first byte", "ok", [SENT], {"port": 2465, "tls": "implicit"}),
    ("replies slipped in before TLS", "ok", [LATER], {"port": 2531}),
]


class Own:
    """Our own servers: readable, one a port, faults by recipient."""

    secure = False

    def __init__(self, folder):
        from aiosmtpd.smtp import SMTP

        self.lines, self.seen, self.ports, self.folder = [], collections.Counter(), {}, folder
        self.loop, ready, lab = asyncio.new_event_loop(), threading.Event(), self

        class Handler:
            def fault(self, address, kind):
                match = re.match(kind + r"(\d*)@", address)
                if not match:
                    return False
                lab.seen[kind, address] += 1
                return lab.seen[kind, address] <= int(match[1] or 1)

            async def handle_RCPT(self, server, session, envelope, address, options):
                for kind, reply in (("temp", "451 4.3.0 later"), ("grey", "450 4.2.0 greylisted")):
                    if self.fault(address, kind):
                        return reply
                for kind, reply in (("perm", "550 5.1.1 nobody"), ("quota", "452 4.2.2 full")):
                    if address.startswith(kind + "@"):
                        return reply
                envelope.rcpt_tos.append(address)
                return "250 ok"

            async def handle_DATA(self, server, session, envelope):
                address = envelope.rcpt_tos[0]
                head = envelope.content.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
                mid = re.search(r"(?im)^message-id:\s*(\S+)", head)[1]
                line = {"ev": "accepted", "mid": mid, "rcpts": envelope.rcpt_tos, "confirmed": True}
                if self.fault(address, "data"):
                    return "451 4.3.0 queue full"
                if address.startswith("permdata@"):
                    return "554 5.7.1 refused"
                if self.fault(address, "drop"):
                    lab.lines.append({**line, "confirmed": False})
                    server.transport.abort()
                    await asyncio.sleep(3600)
                if self.fault(address, "cut"):
                    server.transport.abort()
                    await asyncio.sleep(3600)
                if self.fault(address, "badreply"):
                    lab.lines.append({**line, "confirmed": False})
                    server._writer.write(b"\xff\xfe???\r\n")
                    await server._writer.drain()
                    server.transport.close()
                    await asyncio.sleep(3600)
                if slow := re.match(r"slow(\d+)@", address):
                    await asyncio.sleep(int(slow[1]))
                if address.startswith("longreply@"):
                    server._writer.write(b"250-" + b"A" * (1 << 20) + b"\r\n")
                    await server._writer.drain()
                lab.lines.append(line)
                return "250 2.0.0 queued"

        class Says(asyncio.Protocol):
            said = b""

            def connection_made(self, transport):
                if self.said:
                    transport.write(self.said)
                    transport.close()

        class Down(Says):
            said = b"421 4.3.2 shutting down\r\n"

        async def serve():
            for port, made in ((2525, lambda: SMTP(Handler(), hostname="localhost", loop=self.loop)), (2529, Says), (2530, Down)):
                server = await self.loop.create_server(made, "127.0.0.1", 0)
                self.ports[port] = server.sockets[0].getsockname()[1]
            ready.set()

        self.loop.create_task(serve())
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        ready.wait()

    def ledger(self):
        return list(self.lines)

    def mail(self, port=2525, **_):
        return f'host = "127.0.0.1"\nport = {self.ports[port]}\ntls = "none"\n'

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


class Lab:
    """The servers of the script that is named."""

    secure = True

    def __init__(self, folder, script):
        self.folder, self.script = os.path.join(folder, "lab"), script
        self.run("start")

    def run(self, what):
        subprocess.run(["bash", self.script, what, self.folder], check=True, env={**os.environ, "PY": sys.executable})

    def ledger(self):
        """What the servers took. Another situation's line may be half written while we read: then read again."""
        for _ in range(500):
            with open(f"{self.folder}/ledger.jsonl") as f:
                text = f.read()
            if not text or text.endswith("\n"):
                return [json.loads(line) for line in text.splitlines()]
            time.sleep(0.01)
        raise RuntimeError(f"{self.folder}/ledger.jsonl: its last line was not ended in 5 s")

    def mail(self, port=2525, tls="starttls", password="lab-secret", login=True):
        port += int(os.environ.get("LAB_OFFSET", "0"))
        # Named by what it is for, not by what it holds, so that a path in a message is no leak; put in place
        # whole, since another situation's program may be reading it.
        path = f"{self.folder}/password-{hashlib.sha256(password.encode()).hexdigest()[:8]}"
        with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False) as f:
            f.write(password)
        os.replace(f.name, path)
        who = f'username = "groundswell"\npassword_file = "{path}"\n' if login else ""
        return f'host = "localhost"\nport = {port}\ntls = "{tls}"\nca_file = "{self.folder}/ca.pem"\n{who}'

    def stop(self):
        self.run("stop")


def settings(folder, mail, more=""):
    path = os.path.join(folder, "groundswell.toml")
    with open(path, "w") as f:
        f.write(f'[data]\nfolder = "{folder}/data"\n[mail]\ntransport = "smtp"\nfrom = "groundswell <groundswell@example.org>"\n[mail.smtp]\n{mail}\n{more}')
    return path


def try_case(args, lab, number, case):
    name, local, expected, differs = case
    address = f"{local}@case{number}.test"
    folder = tempfile.mkdtemp(dir=lab.folder if os.path.isdir(lab.folder) else None)
    path = settings(folder, lab.mail(**differs))
    wrong, began = [], time.time()
    for attempt, status in enumerate(expected, 1):
        before = [x for x in lab.ledger() if x["ev"] == "accepted" and address in x["rcpts"]]
        ran = subprocess.run([args.bin, "mail", "test", address, "--config", path], capture_output=True, text=True, timeout=400)
        taken = [x for x in lab.ledger() if x["ev"] == "accepted" and address in x["rcpts"]][len(before):]
        if ran.returncode != status:
            wrong.append(f"try {attempt}: status {ran.returncode}, not {status}: {ran.stderr.strip()[:200]}")
        if ran.returncode == SENT and not any(x["confirmed"] for x in taken):
            wrong.append(f"try {attempt}: called sent, and the server did not confirm it")
        if ran.returncode == REFUSED and taken:
            wrong.append(f"try {attempt}: called refused, and the server has it")
        if "lab-secret" in ran.stdout + ran.stderr:
            wrong.append(f"try {attempt}: the password is shown")
    return name, len(expected), wrong, time.time() - began


def repeats(args, lab):
    """A daemon, and a server that takes each letter and dies before it says so."""
    here = os.path.dirname(os.path.abspath(__file__))
    demo = os.path.join(here, "../../fixtures/demo")
    folder = tempfile.mkdtemp()
    os.mkdir(f"{folder}/rules")
    with open(f"{demo}/rules/mini-9.toml") as f, open(f"{folder}/rules/mini-9.toml", "w") as to:
        to.write(f.read())
    with open(f"{folder}/rules/teams.toml", "w") as f:
        f.write('[team.netbooks]\nemail = ["drop1@daemon.test"]\n')
    more = f'[rules]\nfolder = "{folder}/rules"\n[[source]]\nname = "history"\nkind = "jsonl"\npath = "{demo}/mentions.jsonl"\nreplay = true\n'
    daemon = subprocess.Popen([args.bin, "run", "--config", settings(folder, lab.mail(), more), "--until-done"], stderr=subprocess.DEVNULL)
    try:
        daemon.wait(timeout=400)
    except subprocess.TimeoutExpired:
        daemon.kill()
        return "a daemon's letters taken without a 250", 1, ["it was not done in 400 s"], 400.0
    taken = [x for x in lab.ledger() if x["ev"] == "accepted" and "drop1@daemon.test" in x["rcpts"]]
    ids = collections.Counter(x["mid"] for x in taken)
    confirmed = collections.Counter(x["mid"] for x in taken if x["confirmed"])
    wrong = []
    if not ids or any(n > 2 for n in ids.values()) or sum(n == 2 for n in ids.values()) != 1:
        wrong.append(f"one letter of {len(ids)} is to come twice, and none more often: {sorted(ids.values())}")
    if any(confirmed[mid] != 1 for mid in ids):
        wrong.append("a letter was not confirmed exactly once")
    return "a daemon's letter taken without a 250 comes once more under its Message-ID", 1, wrong, 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--lab", help="a script with servers of its own")
    args = parser.parse_args()
    args.bin = os.path.abspath(args.bin)
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder, args.lab) if args.lab else Own(folder)
        cases = CASES + (SECURE if lab.secure else [])
        try:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                running = [pool.submit(repeats, args, lab)]
                running += [pool.submit(try_case, args, lab, n, case) for n, case in enumerate(cases)]
                results = [job.result() for job in running]
        finally:
            lab.stop()
    for name, tries, wrong, _ in results:
        print(f"{'WRONG' if wrong else 'right'}  {name}" + (f" ({tries} tries)" if tries > 1 else ""))
        for line in wrong:
            print(f"       {line}")
    tries = sum(tries for _, tries, _, _ in results)
    bad = sum(bool(wrong) for _, _, wrong, _ in results)
    print(f"{len(results) - bad} of {len(results)} situations ({tries} tries) judged right")
    sys.exit(1 if bad else 0)


main()
