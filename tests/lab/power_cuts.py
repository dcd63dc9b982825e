#!/usr/bin/env python3
"""Cut the power under the daemon while it takes posts in, and look whether anything is gone that it had answered for.

    power_cuts.py --bin target/release/groundswell --tool powercut.sh [--cuts 50]

`--tool` is a script that runs a writer on a real ext4, cuts the disk under it at a random moment, and hands what would be found
after the cut to a checker: N WRITER CHECK, with $MNT, $ACK and $ACKED. The writer is the daemon with a webhook, to which posts
are sent; each answer of 200 is a promise. The checker looks for every promised post in the log of the cut disk, has every
checksum looked at, and each tenth time starts the daemon on that disk, which has to come up, and finds the posts with `search`.
Needs root, and what the tool needs. Ends with the tool's count; exits 1 when a promise was lost, 77 where it cannot run.
"""
import argparse, hashlib, hmac, http.client, json, os, random, shlex, shutil, socket, sqlite3, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = b"a secret of thirty-two bytes or more"


def settings(folder, source):
    """Settings beside the disk that is cut, for a data folder on it."""
    with open(f"{folder}.secret", "wb") as f:
        f.write(SECRET)
    with open(f"{folder}.toml", "w") as f:
        f.write(f'[data]\nfolder = "{folder}/data"\n[rules]\nfolder = "{HERE}/../../fixtures/demo/rules"\n'
                f'[[source]]\nname = "crm"\n{source}\n')
    return f"{folder}.toml"


def write(binary):
    """The daemon, and somebody who sends it posts and notes what it has answered for, until both are killed."""
    disk, ack = os.environ["MNT"], os.environ["ACK"]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    path = settings(disk, f'kind = "webhook"\nlisten = "127.0.0.1:{port}"\nsecret_file = "{disk}.secret"')
    subprocess.Popen([binary, "run", "--config", path], stderr=open(f"{disk}.log", "a"))
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    with open(ack, "a") as promised:
        while True:
            ids = [f"p{random.getrandbits(60):x}" for _ in range(random.randint(1, 20))]
            posts = [{"id": i, "source": "crm", "author": "a" + i, "text": f"mini 9: the keys broke, {i}", "created_at": at} for i in ids]
            body = "".join(json.dumps(post) + "\n" for post in posts).encode()
            signed = {"X-Groundswell-Signature": "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()}
            try:
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                line.request("POST", "/posts", body, signed)
                taken = line.getresponse().status == 200
            except OSError:
                time.sleep(0.01)
                continue
            # Few enough that a thousand cuts do not fill the disk.
            time.sleep(0.03)
            if taken:
                promised.write("".join(f"{i}\n" for i in ids))
                promised.flush()


def check(binary):
    """What is on the cut disk, beside what was promised."""
    disk = os.environ["MNT"]
    with open(os.environ["ACKED"]) as f:
        # The last line may have been cut while it was noted.
        promised = {line.strip() for line in f if line.endswith("\n")}
    note = lambda what: open(os.environ["NOTES"], "a").write(f"{what}\n")
    note(len(promised))
    if not os.path.exists(f"{disk}/data/groundswell.db"):
        return not promised or f"no store, and {len(promised)} posts promised"
    db = sqlite3.connect(f"{disk}/data/groundswell.db")
    kept = {key for (key,) in db.execute("SELECT post FROM log WHERE kind = 'post' AND body IS NOT NULL")}
    db.close()
    if promised - kept:
        return f"{len(promised - kept)} of {len(promised)} promised posts are gone"
    path = settings(disk, f'kind = "jsonl"\npath = "{disk}.none"')
    open(f"{disk}.none", "w").close()
    looked = subprocess.run([binary, "doctor", "--deep", "--format", "json", "--config", path], capture_output=True, text=True)
    wrong = [f["says"] for f in map(json.loads, looked.stdout.splitlines()) if f["level"] == "bad" and f["about"] in ("data", "clock")]
    if wrong:
        return f"doctor --deep: {wrong}"
    if promised and random.random() < 0.1:
        ran = subprocess.run([binary, "run", "--config", path, "--until-done"], capture_output=True, text=True, timeout=120)
        if ran.returncode != 0:
            return f"it does not come up on the cut disk: {ran.stderr[-500:]}"
        note("came up")
        some = random.sample(sorted(promised), min(5, len(promised)))
        for key in some:
            found = subprocess.run([binary, "search", "--config", path, key], capture_output=True, text=True)
            if key not in found.stdout:
                return f"search does not find the promised post {key}: {found.stdout[-300:]}{found.stderr[-300:]}"
    return True


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--tool")
    ap.add_argument("--cuts", type=int, default=50)
    ap.add_argument("--as", dest="part", choices=["write", "check"], help=argparse.SUPPRESS)
    args = ap.parse_args()
    args.bin = os.path.abspath(args.bin)
    if args.part == "write":
        write(args.bin)
    if args.part == "check":
        said = check(args.bin)
        if said is not True:
            print(f"LOST: {said}", flush=True)
        sys.exit(0 if said is True else 1)
    lacks = [tool for tool in ("nbdkit", "nbdfuse", "mkfs.ext4") if not shutil.which(tool)]
    if lacks or os.getuid() != 0 or not args.tool:
        print(f"not run: needs root, --tool, and {', '.join(lacks) or 'nothing else'} (apt-get install nbdkit libnbd-bin)")
        sys.exit(77)
    ours = f"exec {shlex.quote(sys.executable)} {shlex.quote(os.path.abspath(__file__))} --bin {shlex.quote(args.bin)} --as"
    environment = {**os.environ, "SIZE": os.environ.get("SIZE", "160M"), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        environment["NOTES"] = f"{folder}/notes"
        ended = subprocess.run([args.tool, str(args.cuts), f"{ours} write", f"{ours} check"], env=environment).returncode
        with open(f"{folder}/notes") as f:
            notes = f.read().split("\n")
    counts = [int(n) for n in notes if n.isdigit()]
    new = sum(1 for before, n in zip([0, *counts], counts) if n > before)
    print(f"posts promised at the last cut {max(counts)}; cuts with new promises since the one before {new}; "
          f"starts on a cut disk {notes.count('came up')}")
    # Cuts of a daemon that promises nothing show nothing.
    sys.exit(ended or (0 if new > args.cuts / 4 else 1))


if __name__ == "__main__":
    main()
