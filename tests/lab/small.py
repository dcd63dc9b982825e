#!/usr/bin/env python3
"""Small products: a few complaints in months, and four outbreaks one after another. How many are found?

    tests/lab/small.py BINARY LABELLED.tsv [--streams 40]

LABELLED.tsv has two columns, label and text; a label is one complaint. Each stream has five labels of which people speak now
and then, chatter, and four labels that nobody spoke of and that five to twelve people tell of within one to six days. An alert
finds an outbreak when most of its evidence has that label and it opens by four days after; others are false or repeats.
"""
import argparse, collections, datetime as dt, json, os, random, subprocess, tempfile

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bank-rules")
START = dt.datetime(2025, 1, 6, tzinfo=dt.timezone.utc)
DAYS = 150


def when(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def stream(texts, seed):
    """Rows (time, label, text) and outbreaks (label, from, to)."""
    dice, rows, outbreaks = random.Random(seed), [], []
    labels, rate = dice.sample(sorted(texts), 9), dice.choice([0.1, 0.3, 0.6])

    def say(label, day, text):
        rows.append((START + dt.timedelta(days=day, hours=dice.uniform(8, 22)), label, text))

    def complain(label, day):
        text = dice.choice(texts[label])
        say(label, day, f"Monza Bank {text}" if dice.random() < 0.5 else f"{text} @MonzaBank")

    for day in range(DAYS):
        for label in labels[:5]:
            if dice.random() < rate / 5:
                complain(label, day)
        for _ in range(2):
            say("chatter", day, f"Monza Bank made my day number {dice.random()}, lovely")
    for number, label in enumerate(labels[5:]):
        first, people, span = 45 + 25 * number, dice.choice([5, 8, 12]), dice.choice([1, 3, 6])
        outbreaks.append((label, START + dt.timedelta(days=first), START + dt.timedelta(days=first + span + 5)))
        for _ in range(people):
            complain(label, first + dice.randrange(span))
    return sorted(rows, key=lambda row: row[0]), outbreaks


def alerts(binary, rows):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for number, (at, _, text) in enumerate(rows):
            at = at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
            post = {"id": str(number), "source": "forum", "author": f"u{number}", "text": text, "created_at": at}
            file.write(json.dumps(post) + "\n")
        file.flush()
        command = [binary, "backtest", "--rules", RULES, "--mentions", file.name, "--format", "jsonl"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return [event for event in map(json.loads, ran.stdout.splitlines()) if event["event"] == "opened"]


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("binary")
    asked.add_argument("texts")
    asked.add_argument("--streams", type=int, default=40)
    asked = asked.parse_args()
    texts = collections.defaultdict(list)
    with open(asked.texts, encoding="utf-8") as file:
        for line in file:
            label, text = line.rstrip("\n").split("\t", 1)
            texts[label].append(text)
    found = total = false = repeats = people = 0
    for seed in range(asked.streams):
        rows, outbreaks = stream(texts, seed)
        got, total = set(), total + len(outbreaks)
        for event in alerts(asked.binary, rows):
            label, most = collections.Counter(rows[int(i)][1] for i in event["mention_ids"]).most_common(1)[0]
            at = when(event["at"])
            hit = any(l == label and 2 * most > len(event["mention_ids"]) and a <= at <= b for l, a, b in outbreaks)
            if not hit:
                false += 1
            elif label in got:
                repeats += 1
            else:
                got.add(label)
                people += len(event["mention_ids"])
        found += len(got)
    months = asked.streams * DAYS / 30
    print(f"outbreaks found {found} of {total} ({found / total:.2f}), after {people / max(1, found):.1f} people; "
          f"false {false / months:.2f} in 30 days; repeats {repeats}")


if __name__ == "__main__":
    main()
