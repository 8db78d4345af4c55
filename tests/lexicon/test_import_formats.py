"""What each format brings, and that an export read into an empty store is exported again alike."""

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest

from lexicon import browse, bundled, queries, store
from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry
from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.ingest.words import seed_languages
from lexicon.models import Base
from tests.conftest import TINY
from tests.lexicon.importing import (
    CODES,
    counts,
    exported,
    file,
    held,
    lemmas,
    reasons,
    run,
    written,
)
from tests.lexicon.snapshot import everything

READABLE = "tsv, csv, jsonl, muse, wiktextract, wn-lmf"

RICH = (
    ConceptEntry("apple", "noun", "food", 'a "round", sweet | fruit', {"en": ("apple",)}),
    ConceptEntry(
        "car.noun.1",
        "noun",
        "traffic",
        "motor vehicle",
        {"en": ("car", "auto"), "fr": ("voiture", "l’auto"), "kn": ("ಮೋಟಾರು ಕಾರು",)},
        {"ili": ("i51622",), "oewn": ("02961779-n", "2")},
    ),
    ConceptEntry(
        "pair.en.light.fr.clair", "x", "unsensed", "light = clair",
        {"en": ("light",), "fr": ("clair",)}, {}, True,
    ),
    ConceptEntry("Zoo", "propn", "Ürt", "x < y & z > ' \\", {"hi": ("क्\u200dष", "X-किरण")}),
)  # fmt: skip
FREQUENT = (
    ConceptEntry(
        "tea", "noun", "food", "hot drink", {"en": ("tea",), "fr": ("thé",)},
        frequencies={("en", "tea"): 4.75, ("fr", "thé"): 0.1 + 0.2},
    ),
)  # fmt: skip
WIKTIONARY = (
    {
        "word": "bank",
        "lang_code": "en",
        "pos": "noun",
        "senses": [
            {"id": "en-bank-1", "glosses": ["An institution that keeps money."]},
            {
                "id": "en-bank-2",
                "glosses": ["The edge of a river."],
                "translations": [
                    {"lang_code": "fr", "word": "rive"},
                    {"lang_code": "kn", "word": "ದಡ"},
                    {"lang_code": "de", "word": "Ufer"},
                ],
            },
        ],
        "translations": [
            {"code": "fr", "word": "banque", "sense": "institution that keeps money"},
            {"code": "hi", "word": "बैंक", "sense": "institution that keeps money"},
        ],
    },
    {"word": "Bank", "lang_code": "de", "pos": "noun", "senses": [{"glosses": ["bank"]}]},
    {"word": "bank", "lang_code": "en", "pos": "verb", "senses": "none"},
    {"title": "banks", "redirect": "bank"},
)


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_a_wiktionary_extract_is_counted_line_by_line(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    path = file(tmp_path, "kaikki.jsonl", lines(*WIKTIONARY))
    for expected in ("added", "unchanged"):
        report = run(seeded, path, licence="CC-BY-SA-4.0")
        assert counts(report) == {expected: 2, "rejected": 1, "skipped": 2}
        assert reasons(report) == [(3, "senses is not a list of objects")]
    assert held(seeded) == {
        "wiktionary.en-bank-1": {"en": "bank", "fr": "banque", "hi": "बैंक"},
        "wiktionary.en-bank-2": {"en": "bank", "fr": "rive", "kn": "ದಡ"},
    }
    before = everything(seeded)
    assert counts(run(seeded, path, licence="CC-BY-SA-4.0", replace=True)) == {
        "unchanged": 2,
        "rejected": 1,
        "skipped": 2,
    }
    assert everything(seeded) == before


def test_a_language_added_with_the_import_is_skipped_no_more(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    path = file(tmp_path, "kaikki.jsonl", lines(*WIKTIONARY))
    report = run(seeded, path, new_languages=("de",))
    assert counts(report) == {"added": 3, "rejected": 1, "skipped": 1}
    assert {"de:Ufer", "de:Bank"} <= lemmas(seeded)


def test_pairs_of_words_become_unsensed_concepts_where_nothing_is_known(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    path = file(
        tmp_path, "en-fr.txt", "water eau\nbank banque\nbank rive\nwater eau\nice cold tea\n"
    )
    for expected in ({"added": 3, "unchanged": 1}, {"unchanged": 4}):
        report = run(seeded, path, form="muse", languages=("en", "fr"), pos="noun")
        assert counts(report) == expected | {"rejected": 1}
        assert reasons(report) == [(5, "3 columns, not 2; separate phrases by a tab")]
    assert held(seeded) == {
        "pair.en.water.fr.eau": {"en": "water", "fr": "eau"},
        "pair.en.bank.fr.banque": {"en": "bank", "fr": "banque"},
        "pair.en.bank.fr.rive": {"en": "bank", "fr": "rive"},
    }
    with seeded() as session:
        entry = browse.concept_entry(session, "pair.en.water.fr.eau")
        [source] = queries.sources(session)
    assert entry.unsensed
    assert (entry.pos, entry.field, entry.gloss) == ("noun", "unsensed", "water = eau")
    assert source.name == "en-fr"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "a dictionary of word pairs does not name its languages; add --from and --to"),
        ({"languages": ("en", "en")}, "--from and --to are both 'en'; choose two languages"),
        (
            {"languages": ("en", "fr"), "pos": "thing"},
            f"unknown part of speech 'thing'; known: {', '.join(PARTS_OF_SPEECH)}",
        ),
    ],
)
def test_pairs_of_words_need_two_languages_and_a_known_part_of_speech(
    seeded: store.Sessions, tmp_path: Path, options: dict[str, object], said: str
) -> None:
    before = everything(seeded)
    path = file(tmp_path, "en-fr.txt", "water eau\n")
    with pytest.raises(InvalidInput) as caught:
        run(seeded, path, **options)
    assert str(caught.value) == said
    assert everything(seeded) == before


def test_pairs_of_an_unknown_language_are_refused(seeded: store.Sessions, tmp_path: Path) -> None:
    path = file(tmp_path, "en-de.txt", "water Wasser\n")
    with pytest.raises(UnknownLanguage) as caught:
        run(seeded, path, languages=("en", "de"))
    assert str(caught.value) == "unknown language 'de'; known: en, fr, hi, kn"
    report = run(seeded, path, languages=("en", "de"), new_languages=("de",))
    assert counts(report) == {"added": 1}
    assert lemmas(seeded) == {"en:water", "de:Wasser"}


def test_formats_that_name_their_languages_take_none(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    path = file(tmp_path, "tiny.tsv", written(TINY, "tsv"))
    with pytest.raises(InvalidInput) as caught:
        run(seeded, path, languages=("en", "fr"))
    assert str(caught.value) == "the format tsv names its languages; leave --from and --to out"
    assert held(seeded) == {}


def test_the_format_is_found_out_whatever_the_file_is_called(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    for number, form in enumerate(("tsv", "csv", "jsonl", "wn-lmf")):
        text = written([TINY[number]], form).encode()
        report = run(seeded, file(tmp_path, f"file{number}.dat", gzip.compress(text)))
        assert counts(report) == {"added": 1}
    assert sorted(held(seeded)) == sorted(entry.key for entry in TINY)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "{} is empty; nothing was imported"),
        (
            "just one column of words\nand another\n",
            f"{{}}: the format cannot be told from what it holds; name it with --as: {READABLE}",
        ),
    ],
)
def test_a_file_of_no_format_is_refused(
    seeded: store.Sessions, tmp_path: Path, content: str, said: str
) -> None:
    path = file(tmp_path, "words.txt", content)
    with pytest.raises(InvalidInput) as caught:
        run(seeded, path)
    assert str(caught.value) == said.format(path)


@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl", "wn-lmf"])
def test_an_export_into_an_empty_store_is_exported_alike(
    seeded: store.Sessions, tmp_path: Path, form: str
) -> None:
    entries = [*islice(bundled.entries(), 300), *TINY]
    if form in ("jsonl", "wn-lmf"):
        entries += RICH[1:]
    if form == "jsonl":
        entries += [*FREQUENT, RICH[0]]
    run(seeded, file(tmp_path, "first.jsonl", written(entries, "jsonl")))
    first = exported(seeded, form)
    with store.writing(seeded) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        seed_languages(session)
    assert held(seeded) == {}
    report = run(seeded, file(tmp_path, f"second.{form}", first))
    assert counts(report) == {"added": len(entries)}
    assert exported(seeded, form) == first


def test_what_a_format_cannot_say_it_leaves_out(seeded: store.Sessions, tmp_path: Path) -> None:
    run(seeded, file(tmp_path, "rich.jsonl", written([*RICH[1:], *FREQUENT], "jsonl")))
    for form, keeps in (("wn-lmf", True), ("tsv", False)):
        again = file(tmp_path, f"again.{form}", exported(seeded, form))
        if not keeps:
            # The wide layout knows neither, so the same source takes them back.
            assert counts(run(seeded, again, source="rich")) == {"updated": 2, "unchanged": 2}
        else:
            assert counts(run(seeded, again, source="rich")) == {"unchanged": 4}
    with seeded() as session:
        entries = {entry.key: entry for entry in browse.concept_entries(session)}
    assert not any(entry.external or entry.unsensed for entry in entries.values())
    assert entries["tea"].frequencies == FREQUENT[0].frequencies
    assert set(CODES) >= {code for entry in entries.values() for code in entry.forms}


def test_of_two_frequencies_of_a_word_the_same_counts_each_time(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    rows = [
        ConceptEntry(key, "noun", "f", key, {"en": ("bank",)}, frequencies={("en", "bank"): zipf})
        for key, zipf in (("bank.1", 4.5), ("bank.2", 5.25), ("bank.3", 3.0))
    ]
    path = file(tmp_path, "banks.jsonl", written(rows, "jsonl"))
    run(seeded, path)
    before = everything(seeded)
    for _ in range(2):
        assert counts(run(seeded, path)) == {"unchanged": 3}
        assert everything(seeded) == before
