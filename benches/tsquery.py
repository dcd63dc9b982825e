#!/usr/bin/env python3
"""The bench's posts and its 1,000 queries in PostgreSQL, as tsquery.

    MATCHING_EXPORT=/tmp/matching cargo bench --bench matching -- --ratios
    python3 benches/tsquery.py /tmp/matching [/usr/lib/postgresql/15/bin]

Starts a server of its own on a socket in a temporary folder and no port, and takes it away again. Every query is asked of
every post (to_tsvector once a post, then `vector @@ query` for each), as a server without our candidates has to.
Needs Debian's postgresql; not to be run as root (initdb refuses): use `su nobody -s /bin/bash -c`.
"""
import json
import os
import re
import subprocess
import sys
import tempfile


def tsquery(query):
    """Words and operators as PostgreSQL writes them; NEAR becomes its any-order equivalent within the distance's `&`."""
    text = re.sub(r'"([^"]+)"', lambda m: "(" + " <-> ".join(m.group(1).split()) + ")", query)
    text = text.replace("#", "").replace("@", "")
    text = re.sub(r"NEAR/\d+f?", "&", text)
    text = re.sub(r"\bAND NOT\b|\bNOT\b", "& !", text)
    return re.sub(r"\bAND\b", "&", re.sub(r"\bOR\b", "|", text))


def main():
    folder = sys.argv[1]
    bin_ = sys.argv[2] if len(sys.argv) > 2 else "/usr/lib/postgresql/15/bin"
    posts = [json.loads(line)["text"] for line in open(f"{folder}/posts.jsonl", encoding="utf-8")]
    queries = [line.strip() for line in open(f"{folder}/queries.txt", encoding="utf-8")]
    ours = float(open(f"{folder}/ours.txt").read())
    with tempfile.TemporaryDirectory() as data:
        run = lambda *words: subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        run(f"{bin_}/initdb", "-D", f"{data}/db", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        run(f"{bin_}/pg_ctl", "-D", f"{data}/db", "-w", "-l", f"{data}/log", "-o", f"-k {data} -c listen_addresses= -c max_parallel_workers_per_gather=0 -c jit=off", "start")
        try:
            def psql(sql):
                done = subprocess.run([f"{bin_}/psql", "-h", data, "-U", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1"], input=sql, text=True, capture_output=True)
                if done.returncode:
                    sys.exit(done.stderr)
                return done.stdout
            quote = lambda text: "'" + text.replace("'", "''") + "'"
            few = posts[:500]
            psql("CREATE TABLE posts (text text); CREATE TABLE queries (q tsquery);"
                 + "".join(f"INSERT INTO posts VALUES ({quote(p)});" for p in few)
                 + "".join(f"INSERT INTO queries VALUES (to_tsquery('english', {quote(tsquery(q))}));" for q in queries)
                 + "ANALYZE;")
            out = psql("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) WITH vectors AS MATERIALIZED (SELECT to_tsvector('english', text) v FROM posts) SELECT count(*) FROM vectors, queries WHERE v @@ q;")
            took = json.loads(out)[0]["Execution Time"] * 1000 / len(few)
            found = psql("WITH vectors AS MATERIALIZED (SELECT to_tsvector('english', text) v FROM posts) SELECT count(*) FROM vectors, queries WHERE v @@ q;").strip()
            print(f"PostgreSQL: {took:.0f} µs a post for {len(queries)} queries ({found} matches in {len(few)} posts); ours: {ours:.2f} µs; ratio {took / ours:.0f}")
        finally:
            run(f"{bin_}/pg_ctl", "-D", f"{data}/db", "-m", "immediate", "stop")


main()
