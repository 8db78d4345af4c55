"""What was read of words holds as long as their edition stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from lexicon import changes, edits, pair_edits, store
from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats.pairs.entry import PairEntry
from tests.conftest import TINY
from tests.lexicon.importing import file, run, written

WATER, SHORE, MONEY, RUN = TINY


def edition(sessions: store.Sessions) -> str:
    with sessions() as session:
        return changes.edition(session)


def add(sessions: store.Sessions, *entries: ConceptEntry) -> None:
    with store.writing(sessions) as session:
        for entry in entries:
            edits.add(session, entry)


def test_a_new_store_is_of_the_first_edition(sessions: store.Sessions) -> None:
    assert edition(sessions) == ""


def test_every_writer_of_words_begins_another(seeded: store.Sessions, tmp_path: Path) -> None:
    seen = [edition(seeded)]

    def another() -> None:
        seen.append(edition(seeded))

    add(seeded, WATER)
    another()
    with store.writing(seeded) as session:
        edits.edit(session, replace(WATER, gloss="h2o"))
    another()
    run(seeded, file(tmp_path, "tiny.tsv", written([SHORE, MONEY], "tsv")))
    another()
    with store.writing(seeded) as session:
        edits.remove(session, [SHORE.key])
    another()
    assert len(set(seen)) == 5


def test_it_stays_where_no_word_changes(seeded: store.Sessions) -> None:
    add(seeded, WATER)
    before = edition(seeded)
    with pytest.raises(InvalidInput):
        add(seeded, RUN, WATER)
    with store.writing(seeded) as session:
        pair_edits.add(session, "d", "s", PairEntry("", "It rains.", "It pours.", "en", "en", None))
    assert edition(seeded) == before
