#!/usr/bin/env python3
"""How well posts are clustered, in one pass, against known labels.

    tests/lab/clusters.py target/release/groundswell LABELLED [--shuffle SEED] [--model MODEL]

LABELLED is a table (label, tab, text) or JSON lines with a label (`clusterNo` or `label`) and a text (`textCleaned` or
`text`), in order of time; --shuffle puts them in another order. Every text is a post about one product whose rules
cluster all mentions. Printed are the scores of the cluster a post was put in on arrival, and of the one it was in at the
end: normalised mutual information (geometric), homogeneity, completeness, adjusted Rand index, B-cubed F1, clusters.
"""
import argparse
import datetime
import json
import math
import pathlib
import random
import subprocess
import tempfile
from collections import Counter


def read(path):
    rows = []
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("{"):
            row = json.loads(line)
            rows.append((str(row.get("clusterNo", row.get("label"))), row.get("textCleaned") or row.get("text")))
        elif "\t" in line:
            rows.append(tuple(line.split("\t")[:2]))
    return rows


def entropy(counts, n):
    return -sum(v / n * math.log(v / n) for v in counts.values())


def scores(truth, found):
    n = len(truth)
    classes, clusters, both = Counter(truth), Counter(found), Counter(zip(truth, found))
    hy, hc = entropy(classes, n), entropy(clusters, n)
    mutual = hy + hc - entropy(both, n)
    pairs = lambda counts: sum(v * (v - 1) / 2 for v in counts.values())
    expected = pairs(classes) * pairs(clusters) / (n * (n - 1) / 2)
    rand = (pairs(both) - expected) / ((pairs(classes) + pairs(clusters)) / 2 - expected)
    precision = sum(v * v / clusters[k[1]] for k, v in both.items()) / n
    recall = sum(v * v / classes[k[0]] for k, v in both.items()) / n
    return {
        "NMI": mutual / math.sqrt(hy * hc) if hy and hc else 0.0,
        "homogeneity": mutual / hy,
        "completeness": mutual / hc if hc else 1.0,
        "ARI": rand,
        "B3": 2 * precision * recall / (precision + recall),
        "clusters": len(clusters),
        "classes": len(classes),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("bin", type=pathlib.Path)
    arguments.add_argument("labelled", type=pathlib.Path)
    arguments.add_argument("--shuffle", type=int)
    arguments.add_argument("--model", default="built-in", help="what posts mean: built-in, off, the file of a\ntable, or the folder of a sentence encoder")
    arguments = arguments.parse_args()
    rows = read(arguments.labelled)
    if arguments.shuffle is not None:
        random.Random(arguments.shuffle).shuffle(rows)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rules = folder / "rules"
        rules.mkdir()
        (rules / "all.toml").write_text(
            '[product]\nid = "all"\nname = "All"\nmatch = "source:labelled"\nteam = "lab"\nclusters = "all"\n'
        )
        (rules / "teams.toml").write_text('[team.lab]\nemail = ["lab@example.org"]\nfalse_alarms_a_year = 4\n')
        start = datetime.datetime(2024, 1, 1)
        with open(folder / "posts.jsonl", "w") as posts:
            for i, (_, text) in enumerate(rows):
                at = (start + datetime.timedelta(minutes=10 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
                post = {"id": str(i), "source": "labelled", "author": f"a{i}", "text": text, "created_at": at, "lang": "en"}
                posts.write(json.dumps(post) + "\n")
        command = [arguments.bin.resolve(), "backtest", "--rules", rules, "--mentions", folder / "posts.jsonl"]
        command += ["--format", "jsonl", "--assignments", folder / "assigned.jsonl", "--model", arguments.model]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assigned = {}
        for line in (folder / "assigned.jsonl").read_text().splitlines():
            row = json.loads(line)
            assigned[int(row["id"])] = row
    kept = [i for i in range(len(rows)) if i in assigned]
    if not kept:
        raise SystemExit("nothing was clustered")
    print(f"{arguments.labelled.name}: {len(rows)} texts, {len(rows) - len(kept)} of them without a word to go by")
    for moment in ("cluster_on_arrival", "cluster_final"):
        found = scores([rows[i][0] for i in kept], [assigned[i][moment] for i in kept])
        line = "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in found.items())
        print(f"{moment:19} {line}")


if __name__ == "__main__":
    main()
