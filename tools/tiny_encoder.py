#!/usr/bin/env python3
"""Makes fixtures/encoder: a transformer so small that tests can carry it, with the vectors it has to give.

    tools/tiny_encoder.py fixtures/encoder

Weights are random (seed 7), so the vectors mean nothing; what counts is that the program and this script, which share
no code, agree on them. Needs numpy alone: safetensors, WordPiece and BERT are written out below. The same numpy gives
the same files.
"""
import json
import math
import pathlib
import struct
import sys
import unicodedata

import numpy as np

WIDTH, WIDE, LAYERS, HEADS, PLACES, EPSILON = 32, 48, 2, 4, 24, 1e-12
WORDS = """the my a of is and to it key keyboard screen battery broke broken off fell still does not work after one day
day money back want ##s ##board ##y ##ing ##ed cafe crack . , ! ? ' $ 1 2 e ##e t ##t don n ##1 ##2""".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + sorted(set(WORDS))
TEXTS = [
    "The key broke off.",
    "My keyboards don't work, after one day!",
    "Café: I want my money back $12",
    "screen",
    "",
    "xylophone quartz",
    "The battery is broken and the screen cracked and it still does not work " * 3,
]


def pieces(text):
    """Cleaned, split at punctuation, in lower case without accents, then the longest pieces first."""
    text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    words, word = [], ""
    for c in text + " ":
        # Signs of ASCII count as punctuation for BERT, whatever Unicode calls them.
        alone = unicodedata.category(c).startswith("P") or (ord(c) < 128 and not c.isalnum() and not c.isspace())
        if c.isspace() or alone:
            words += [word] if word else []
            words += [c] if alone else []
            word = ""
        else:
            word += c
    found = [2]
    for word in words:
        start, parts = 0, []
        while start < len(word):
            for end in range(len(word), start, -1):
                part = ("##" if start else "") + word[start:end]
                if part in VOCABULARY:
                    parts.append(VOCABULARY.index(part))
                    start = end
                    break
            else:
                parts = [1]
                break
        found += parts
    return found[: PLACES - 1] + [3]


def weights():
    random = np.random.RandomState(7)
    shapes = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    linear = [
        ("attention.self.query", WIDTH, WIDTH), ("attention.self.key", WIDTH, WIDTH),
        ("attention.self.value", WIDTH, WIDTH), ("attention.output.dense", WIDTH, WIDTH),
        ("intermediate.dense", WIDE, WIDTH), ("output.dense", WIDTH, WIDE),
    ]
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        for part, rows, columns in linear:
            shapes[f"{name}{part}.weight"] = (rows, columns)
            shapes[f"{name}{part}.bias"] = (rows,)
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
    made = {name: random.standard_normal(shape) * 0.3 for name, shape in shapes.items()}
    for name in norms:
        made[f"{name}.weight"] = 1.0 + 0.2 * random.standard_normal(WIDTH)
        made[f"{name}.bias"] = 0.2 * random.standard_normal(WIDTH)
    return {name: tensor.astype("<f4") for name, tensor in made.items()}


def encode(tensors, ids):
    """BERT in double precision, by the paper; the mean over all pieces, to length one."""
    w = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        return centred / spread * w[f"{name}.weight"] + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    each = WIDTH // HEADS
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        heads = []
        for head in range(HEADS):
            part = slice(head * each, (head + 1) * each)
            q, k, v = (linear(x, f"{name}attention.self.{kind}")[:, part] for kind in ("query", "key", "value"))
            shares = np.exp(q @ k.T / math.sqrt(each))
            heads.append(shares / shares.sum(axis=1, keepdims=True) @ v)
        x = norm(x + linear(np.hstack(heads), f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm")
        wide = linear(x, f"{name}intermediate.dense")
        wide = wide * 0.5 * (1.0 + np.vectorize(math.erf)(wide / math.sqrt(2.0)))
        x = norm(x + linear(wide, f"{name}output.dense"), f"{name}output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def safetensors(tensors):
    head, body = {}, b""
    for name in sorted(tensors):
        figures = tensors[name].tobytes()
        head[name] = {
            "dtype": "F32",
            "shape": list(tensors[name].shape),
            "data_offsets": [len(body), len(body) + len(figures)],
        }
        body += figures
    head = json.dumps(head, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + body


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    tensors = weights()
    config = {
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": WIDTH, "intermediate_size": WIDE,
        "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "max_position_embeddings": PLACES,
        "vocab_size": len(VOCABULARY), "type_vocab_size": 2, "layer_norm_eps": EPSILON,
    }
    special = [
        {"id": i, "content": VOCABULARY[i], "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for i in range(4)
    ]
    tokenizer = {
        "version": "1.0",
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [],
            "special_tokens": {name: {"id": name, "ids": [i], "tokens": [name]}
                               for i, name in ((2, "[CLS]"), (3, "[SEP]"))},
        },
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {piece: i for i, piece in enumerate(VOCABULARY)}},
    }
    expected = [
        {"text": text, "vector": [round(float(x), 6) for x in encode(tensors, pieces(text))]} for text in TEXTS
    ]
    (folder / "model.safetensors").write_bytes(safetensors(tensors))
    for name, what in (("config", config), ("tokenizer", tokenizer), ("expected", expected)):
        (folder / f"{name}.json").write_text(json.dumps(what, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
