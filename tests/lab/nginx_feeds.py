#!/usr/bin/env python3
"""Feeds as Debian's nginx serves them, the bad ones beside the good ones, and what became of each.

    nginx_feeds.py --bin target/release/groundswell [--seconds 20]

Needs nginx (apt-get install nginx-light; where it is not there and we are root, it is installed). Prints the requests that
nginx noted, the posts, the state of each source and the peak of memory, each judged right or wrong; exits 1 if anything is
wrong, 77 where there is no nginx.
"""
import argparse, collections, gzip, json, os, re, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time

CONF = """
pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; daemon off; {user}
events {{ worker_connections 256; }}
http {{
  types {{ application/rss+xml xml; text/html html; }}
  log_format lab '$uri $status'; access_log {folder}/access.log lab;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; root {folder}/www;
    location = /weak.xml {{ gzip on; gzip_types application/rss+xml; gzip_min_length 1; }}
    location = /undated.xml {{ etag off; }}
    location = /moved {{ return 301 /new.xml; }}
    location = /gone {{ return 410; }}
    location = /busy {{ add_header Retry-After 3600 always; return 429; }}
    location = /loop {{ return 302 /loop; }}
    location = /inside {{ return 302 http://169.254.169.254/latest/meta-data/; }}
    location = /bomb.xml {{ add_header Content-Encoding gzip; }}
    location = /slow.xml {{ limit_rate 200k; }}
    location = /broken {{ return 500; }}
  }}
}}
"""


def rss(items):
    made = "".join(f"<item><guid>{key}</guid><description>mini 9: {text}</description></item>" for key, text in items)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{made}</channel></rss>"


def install():
    if shutil.which("nginx"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "nginx-light"], check=False, **quiet)
    if not shutil.which("nginx"):
        print("not run: there is no nginx (apt-get install nginx-light)")
        sys.exit(77)


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--bin", required=True)
    ask.add_argument("--seconds", type=float, default=20)
    args = ask.parse_args()
    install()
    here = os.path.dirname(os.path.abspath(__file__))
    folder = tempfile.mkdtemp(prefix="groundswell-nginx-")
    os.chmod(folder, 0o755)
    www = f"{folder}/www"
    os.mkdir(www)
    write = lambda name, text: open(f"{www}/{name}", "w").write(text)
    for name in ["strong", "weak", "undated", "new", "found"]:
        write(f"{name}.xml", rss([(f"{name}-1", "the keys broke")]))
    write("page.html", '<!doctype html><link rel="alternate" type="application/rss+xml" href="/found.xml">')
    with gzip.open(f"{www}/bomb.xml", "wb", 9) as bomb:
        bomb.write(b"<rss version='2.0'><channel><title>t</title>")
        for _ in range(1024):
            bomb.write(b" " * (1 << 20))
    with open(f"{www}/slow.xml", "w") as slow:
        slow.write("<rss version='2.0'><channel><title>t</title>")
        slow.truncate(1 << 30)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = "user root;" if os.geteuid() == 0 else ""
    with open(f"{folder}/nginx.conf", "w") as conf:
        conf.write(CONF.format(folder=folder, port=port, user=user))
    nginx = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
    paths = {"strong": "/strong.xml", "weak": "/weak.xml", "undated": "/undated.xml", "moved": "/moved", "gone": "/gone", "busy": "/busy",
             "loop": "/loop", "inside": "/inside", "bomb": "/bomb.xml", "slow": "/slow.xml", "broken": "/broken", "page": "/page.html"}
    config = f"{folder}/groundswell.toml"
    with open(config, "w") as out:
        out.write(f'[data]\nfolder = "{folder}/data"\n[rules]\nfolder = "{here}/../../fixtures/demo/rules"\n')
        for name, path in paths.items():
            out.write(f'[[source]]\nname = "{name}"\nkind = "feed"\nurl = "http://127.0.0.1:{port}{path}"\ninterval = "500ms"\n'
                      f'longest_interval = "500ms"\ntotal_timeout = "5s"\n')
    with open(f"{folder}/log", "w") as log:
        daemon = subprocess.Popen([args.bin, "run", "--config", config], stderr=log)
    time.sleep(args.seconds / 2)
    for name in ["strong", "weak", "undated"]:
        write(f"{name}.xml", rss([(f"{name}-2", "it leaks"), (f"{name}-1", "the keys broke, now they work")]))
    time.sleep(args.seconds / 2)
    with open(f"/proc/{daemon.pid}/status") as status:
        peak = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) // 1024
    status = json.loads(subprocess.run([args.bin, "status", "--config", config, "--format", "json"], capture_output=True, text=True).stdout)
    daemon.send_signal(signal.SIGTERM)
    stopped = daemon.wait(timeout=30)
    nginx.terminate()
    nginx.wait()
    asked = collections.Counter(tuple(line.split()) for line in open(f"{folder}/access.log"))
    n = lambda path, status=None: sum(c for (p, s), c in asked.items() if p == path and status in (None, s))
    db = sqlite3.connect(f"{folder}/data/groundswell.db")
    posts = {key: body for key, body in db.execute("SELECT post, body FROM log WHERE kind IN ('post', 'edit') AND body IS NOT NULL ORDER BY seq")}
    said = {name: source.get("last_error") or "" for name, source in status["sources"].items()}
    state = {name: source["state"] for name, source in status["sources"].items()}
    wrong = 0

    def judge(what, right, figure):
        nonlocal wrong
        wrong += not right
        print(f"{'right' if right else 'WRONG'}  {what}: {figure}")

    for name in ["strong", "weak", "undated"]:
        path = paths[name]
        judge(f"{name}: fetched when it changed, else asked for changes", n(path, "200") == 2 and n(path, "304") >= 8, f"{n(path, '200')} fetched, {n(path, '304')} unchanged")
        judge(f"{name}: both items, the edit taken", f"{name}-2" in posts and "now they work" in posts.get(f"{name}-1", ""), [k for k in posts if k.startswith(name)])
    judge("moved for good: asked there from then on", n("/moved") == 1 and n("/new.xml") >= 8 and "new-1" in posts, f"{n('/moved')} old, {n('/new.xml')} new")
    judge("gone: asked once, and off", n("/gone") == 1 and state["gone"] == "failed" and "410" in said["gone"], f"{n('/gone')} request, {state['gone']}")
    judge("busy: left alone", n("/busy") == 1 and "429" in said["busy"], f"{n('/busy')} request in {args.seconds:g} s")
    judge("loop: given up after five, tried less and less", "redirects more than 5" in said["loop"] and n("/loop") <= 6 * 12, f"{n('/loop')} requests")
    judge("inside: not followed", "169.254.169.254" in said["inside"] and state["inside"] == "retrying", said["inside"][-90:])
    judge("bomb of 1 GB in 1 MB: refused", "sends more than" in said["bomb"], f"{n('/bomb.xml')} requests, {os.path.getsize(www + '/bomb.xml')} bytes each")
    judge("slow feed of 1 GB: given up", said["slow"] != "" and state["slow"] == "retrying", said["slow"][-90:])
    judge("failing server: said", "500" in said["broken"], f"{n('/broken')} requests")
    judge("page: its feed is read", "found-1" in posts, f"{n('/page.html')} page, {n('/found.xml')} feed")
    judge("memory", peak <= 512, f"{peak} MB at the most")
    judge("posts in all, and a clean stop", len(posts) == 8 and stopped == 0, f"{len(posts)} posts, exit {stopped}")
    if wrong:
        print(f"{wrong} wrong; look at {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
