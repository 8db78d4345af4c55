"""The semantic fields that concepts are of."""

from lexicon import store
from lexicon.entries import checked
from lexicon.semantic_fields import SemanticField, semantic_fields
from tests.conftest import TINY, fill


def test_the_largest_fields_come_first(sessions: store.Sessions) -> None:
    fill(sessions, [*TINY, checked("sea", "noun", "water", "salt water", {"en": "sea"})])
    with sessions() as session:
        found = semantic_fields(session)
        assert found == [
            SemanticField("water", 2),
            SemanticField("landscape", 1),
            SemanticField("money", 1),
            SemanticField("motion", 1),
        ]
        assert semantic_fields(session, 2) == found[:2]
