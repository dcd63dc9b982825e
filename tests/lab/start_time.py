#!/usr/bin/env python3
"""How long does a start take with a log of a million mentions, and how much memory?

    start_time.py --bin target/release/groundswell [--mentions 1000000] [--most 2.0] [--folder DIR]

Imports so many mentions of the demo's product (a year of them), starts the daemon three times, and measures the time until it
tells systemd READY=1; it is ended with `kill -9` each time, but for the last. Exits 1 when the slowest start after the first
takes longer than --most seconds: the first after an import has its snapshot to make. With --folder, what was imported before is
taken again.
"""
import argparse, json, os, random, shutil, signal, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ["the keys", "the hinge", "the fan", "the screen", "the charger", "the trackpad", "the speaker", "the lid", "the battery"]
TROUBLES = ["broke after a week", "is too close to the edge", "rattles all night", "gets far too hot", "is dead again", "came loose"]


def mentions(path, count, rng):
    day = 86_400
    begin = int(time.time()) - 370 * day
    with open(path, "w") as f:
        for n in range(count):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begin + n * 365 * day // count))
            text = f"mini 9: {rng.choice(PARTS)} {rng.choice(TROUBLES)}, number {rng.randrange(10**6)}"
            f.write(json.dumps({"id": str(n), "source": "forum", "author": f"a{rng.randrange(count // 5 + 1)}", "text": text, "created_at": at}) + "\n")


def start(binary, config):
    """Seconds until the daemon is ready, and the daemon."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(path)
            told.settimeout(600)
            began = time.monotonic()
            daemon = subprocess.Popen([binary, "run", "--config", config], env={**os.environ, "NOTIFY_SOCKET": path}, stderr=subprocess.DEVNULL)
            while b"READY=1" not in told.recv(65536):
                pass
            return time.monotonic() - began, daemon


def memory(daemon):
    with open(f"/proc/{daemon.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) // 1024


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--mentions", type=int, default=1_000_000)
    ap.add_argument("--most", type=float, default=2.0)
    ap.add_argument("--folder")
    args = ap.parse_args()
    binary = os.path.abspath(args.bin)
    folder = args.folder or tempfile.mkdtemp(prefix="groundswell-start-")
    os.makedirs(folder, exist_ok=True)
    config = f"{folder}/groundswell.toml"
    with open(config, "w") as f:
        f.write(f'[data]\nfolder = "{folder}/data"\n[rules]\nfolder = "{HERE}/../../fixtures/demo/rules"\n'
                f'[[source]]\nname = "export"\nkind = "jsonl"\npath = "{folder}/none"\nfollow = true\n')
    open(f"{folder}/none", "w").close()
    if not os.path.exists(f"{folder}/data"):
        mentions(f"{folder}/mentions.jsonl", args.mentions, random.Random(1))
        began = time.monotonic()
        subprocess.run([binary, "import", "--config", config, f"{folder}/mentions.jsonl"], check=True, stderr=subprocess.DEVNULL)
        print(f"imported in {time.monotonic() - began:.0f} s", flush=True)
    times, most = [], 0
    for last in (False, False, False, True):
        took, daemon = start(binary, config)
        times.append(took)
        time.sleep(3)
        most = max(most, memory(daemon))
        daemon.send_signal(signal.SIGTERM if last else signal.SIGKILL)
        daemon.wait()
    size = sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(f"{folder}/data") for name in names)
    shown = ", ".join(f"{took:.2f}" for took in times)
    print(f"{args.mentions} mentions, {size >> 20} MB: ready after {shown} s; peak memory {most} MB")
    if not args.folder:
        shutil.rmtree(folder)
    sys.exit(1 if max(times[1:]) > args.most else 0)


if __name__ == "__main__":
    main()
