"""Sound files of every format that words and sentence pairs come in, and ways to damage them."""

import gzip
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from lexicon.entries import checked
from lexicon.formats import jsonl, muse, wide, wn_lmf
from lexicon.languages import SEED
from tests.conftest import TINY

SCRIPTS = {seed.code: seed.script for seed in SEED}

# The last key belongs to the source ``tiny`` already.
SOUND = (
    checked("cat.noun.1", "noun", "animal", "small feline", {"en": "cat", "fr": "chat|matou"}),
    checked("dog.noun.1", "noun", "animal", "barks, often", {"en": "dog", "kn": "ನಾಯಿ"}),
    checked("sun.noun.1", "noun", "sky", 'the "day" star', {"en": "sun", "hi": "सूरज|सूर्य"}),
    checked("eat.verb.1", "verb", "food", "to take food", {"en": "eat", "fr": "manger"}),
    checked("sea.noun.1", "noun", "water", "salt water", {"en": "sea", "fr": "mer", "kn": "ಸಮುದ್ರ"}),
    checked("bank.noun.3", "noun", "money", "a reserve", {"en": "bank|store", "fr": "banque"}),
    checked("run.verb.1", "verb", "motion", "to move fast", {"en": "run", "fr": "courir"}),
)


def _written(form: str) -> bytes:
    stream = io.StringIO()
    codes = sorted(SCRIPTS)
    if form == "jsonl":
        jsonl.write(SOUND, stream)
    elif form == "muse":
        muse.write((*SOUND, *TINY), ("fr", "en"), stream)
    elif form == "wn-lmf":
        wn_lmf.write(SOUND, codes, stream, name="w", version="1", licence="CC0-1.0")
    else:
        wide.write(SOUND, codes, stream, form)
    return stream.getvalue().encode()


def _lines(*values: object) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _table(*rows: tuple[str, ...]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _entry(word: str, gloss: str, **translations: str) -> dict[str, Any]:
    found = [{"lang_code": code, "word": word} for code, word in translations.items()]
    senses = [{"id": f"en-{word}", "glosses": [gloss]}]
    return {
        "word": word, "lang_code": "en", "pos": "noun", "senses": senses, "translations": found
    }  # fmt: skip


SENTENCES = [
    ("7", "neutral", "It rains.", "The road is wet."),
    ("8", "entailment", "Two cats sleep.", "Cats sleep."),
    ("9", "-", "Nobody came.", 'He said "yes".'),
    ("10", "contradiction", "Il pleut à Paris.", "Il fait beau."),
    ("11", "entailment", "ಮಳೆ ಬರುತ್ತಿದೆ.", "ಮಳೆ."),
]
_NAMED = ("pairID", "gold_label", "sentence1", "sentence2")
_PLAIN = ("premise", "hypothesis")

FILES: dict[str, bytes] = {
    **{form: _written(form) for form in ("tsv", "csv", "jsonl", "muse", "wn-lmf")},
    "wiktextract": _lines(
        _entry("tree", "a tall plant", fr="arbre", kn="ಮರ", hi="पेड़"),
        _entry("moon", "it circles the earth", fr="lune"),
        {"word": "Baum", "lang_code": "de", "pos": "noun"},
        {"title": "a", "redirect": "b"},
        _entry("star", "a sun far away", fr="étoile"),
    ),
    "plain": _table(("id", "label", *_PLAIN), *SENTENCES),
    "xnli-tsv": _table(("language", *_NAMED), *(("en", *row) for row in SENTENCES)),
    "xnli-jsonl": _lines(*(dict(zip(_NAMED, row, strict=True)) for row in SENTENCES)),
    "huggingface": _lines(
        *({"premise": one, "hypothesis": two, "label": 1} for *_, one, two in SENTENCES)
    ),
    "indicxnli": json.dumps(
        [{"premise": one, "hypothesis": two, "label": "2"} for *_, one, two in SENTENCES],
        ensure_ascii=False,
        indent=1,
    ).encode(),
}
WORDS = ("tsv", "csv", "jsonl", "muse", "wiktextract", "wn-lmf")

# Kinds of damage. Each is told two numbers that say where and what.


def _insert(data: bytes, at: int, what: bytes) -> bytes:
    place = at % (len(data) + 1)
    return data[:place] + what + data[place:]


def _flip(data: bytes, at: int, bit: int) -> bytes:
    place = at % max(len(data), 1)
    return (
        data[:place]
        + bytes(byte ^ 1 << bit % 8 for byte in data[place : place + 1])
        + (data[place + 1 :])
    )


def _line(change: Callable[[bytes, int], bytes]) -> "Damage":
    """Damage to one line."""

    def damage(data: bytes, at: int, more: int) -> bytes:
        lines = data.splitlines(keepends=True) or [b""]
        place = at % len(lines)
        lines[place] = change(lines[place], more)
        return b"".join(lines)

    return damage


def _swap_columns(line: bytes, more: int) -> bytes:
    separator = b"\t" if b"\t" in line else b","
    cells = line.rstrip(b"\n").split(separator)
    one, other = more % len(cells), (more // 7) % len(cells)
    cells[one], cells[other] = cells[other], cells[one]
    return separator.join(cells) + b"\n"


def _cut_gzip(data: bytes, at: int, _more: int) -> bytes:
    packed = gzip.compress(data, mtime=0)
    return packed[: at % len(packed)]


def _utf_16(data: bytes, at: int, _more: int) -> bytes:
    encoding = ("utf-16", "utf-16-be", "utf-32")[at % 3]
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return mark + data.decode(errors="replace").encode(encoding)


NO_TEXT = b"\0", b"\xef\xbb\xbf", b"\xff\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"
"""NUL, a byte order mark, and bytes that are no UTF-8: a surrogate and a letter too far."""

Damage = Callable[[bytes, int, int], bytes]
DAMAGES: Mapping[str, Damage] = {
    "cut": lambda data, at, _: data[: at % max(len(data), 1)],
    "flip": _flip,
    "insert": lambda data, at, what: _insert(data, at, NO_TEXT[what % len(NO_TEXT)]),
    "sign": lambda data, at, what: _insert(
        data, at, (b"\\ud800", b'"', b"\\", b"{", b"]", b"<", b"&amp;", b"\r", b"\x0c", b"|", b",",
                   b"\t", b"\n\n", "\u2028".encode(), b"1e999", b"&x;")[what % 16]
    ),
    "long": lambda data, at, _: _insert(data, at, b"x" * 1_000_000),
    "marked": lambda data, _at, _more: b"\xef\xbb\xbf" + data,
    "windows": lambda data, _at, _more: data.replace(b"\n", b"\r\n"),
    "old mac": lambda data, _at, _more: data.replace(b"\n", b"\r"),
    "ragged": _line(lambda line, what: line.rstrip(b"\n") + (b"\tx\n" if what % 2 else b",x\n")),
    "shorter": _line(lambda line, _: re.split(rb"[\t,]", line)[0] + b"\n"),
    "twice": _line(lambda line, _: line + line),
    "gone": _line(lambda _line, _: b""),
    "swapped": _line(_swap_columns),
    "nested": _line(lambda line, what: b'{"a":' * (what * 7) + line),
    "no end": lambda data, _at, _more: data.rstrip(b"\n"),
    "gzip": lambda data, _at, _more: gzip.compress(data, mtime=0),
    "cut gzip": _cut_gzip,
    "flipped gzip": lambda data, at, bit: _flip(gzip.compress(data, mtime=0), at, bit),
    "two archives": lambda data, at, _: gzip.compress(data, mtime=0) + data[: at % 9],
    "utf-16": _utf_16,
    "nothing": lambda _data, _at, _more: b"",
    "zip": lambda data, _at, _more: b"PK\x03\x04\x14\x00\x08" + data,
}  # fmt: skip

_damage = st.tuples(st.sampled_from(sorted(DAMAGES)), st.integers(0, 4_000), st.integers(0, 999))
damages = st.lists(_damage, min_size=1, max_size=3)


def damaged(data: bytes, what: list[tuple[str, int, int]]) -> bytes:
    for name, at, more in what:
        data = DAMAGES[name](data, at, more)
    return data
