"""What the labs that deliver by a real SMTP server share: settings, a port, a start of the daemon, its store, the server."""
import os, sqlite3, struct, subprocess

from aiosmtpd.controller import Controller
from listening import free_port


def serve(ledger):
    """A mail server that hands every letter to `ledger.handle_DATA`."""
    # Port 0 would not be known to the controller's own check, so a free one is chosen here.
    server = Controller(ledger, hostname="127.0.0.1", port=free_port())
    server.start()
    return server


def settings(folder, rules, mentions, port, more=""):
    """Writes settings that live through `mentions` once and deliver to `port`; gives their path."""
    path = os.path.join(folder, "groundswell.toml")
    with open(path, "w") as f:
        f.write(f'''
[data]
folder = "{folder}/data"
[rules]
folder = "{os.path.abspath(rules)}"
[mail]
transport = "smtp"
from = "groundswell <groundswell@example.org>"
[mail.smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
{more}
[[source]]
name = "history"
kind = "jsonl"
path = "{os.path.abspath(mentions)}"
replay = true
''')
    return path


def start(binary, path, log=subprocess.DEVNULL):
    """The daemon, until all is read and all letters are out."""
    return subprocess.Popen([binary, "run", "--config", path, "--until-done"], stderr=log)


def store(folder):
    """The daemon's store, with the checksum that its rows carry as a function of SQL (`src/edges/store/sum.rs`)."""
    import xxhash

    def framed(value):
        if value is None:
            return 0, b""
        if isinstance(value, int):
            return 1, struct.pack("<q", value)
        if isinstance(value, float):
            return 2, struct.pack("<d", value)
        if isinstance(value, str):
            return 3, value.encode()
        return 4, bytes(value)

    def row_sum(*row):
        hashed = xxhash.xxh3_64()
        for value in row:
            kind, data = framed(value)
            hashed.update(bytes([kind]) + struct.pack("<Q", len(data)) + data)
        return struct.unpack("<q", struct.pack("<Q", hashed.intdigest()))[0]

    db = sqlite3.connect(f"{folder}/data/groundswell.db", timeout=60)
    db.create_function("groundswell_sum", -1, row_sum, deterministic=True)
    return db
