"""Answers as JSON: what pydantic writes, for numbers that are seldom met."""

import json
import random

import pytest

from indexer.answers import Translation
from indexer.ranking import Ranked, Scores
from indexer.written import results
from lexicon.facts import word
from lexicon.queries import SenseRow


def sense(key: str, concept: int, gloss: str) -> SenseRow:
    return SenseRow(7, "fr", "eau", "noun", None, 0, concept, key, gloss, "", False)


@pytest.mark.parametrize("known", [True, False])
def test_results_are_what_the_models_write(known: bool) -> None:
    chance = random.Random(5)
    values = [0.0, -0.0, 1.0, -1.0, 0.1, 1e-06, -2e-05, 0.000123, 0.999999]
    values += [round(chance.uniform(-4, 4), 6) for _ in range(100)]
    ours = word("eau", (7, 9), [sense("w.noun.1", 1, 'é"\\'), sense("w.noun.2", 2, "")])
    bare = word("œuf", (8,), [])
    ranked = [
        Ranked(held, 0, Scores(*chance.sample(values, 4))) for held in (ours, bare) for _ in values
    ]
    expected = [
        Translation.model_validate(
            {
                "lemma": one.word.lemma,
                "language": "fr",
                "lexeme_ids": one.word.lexeme_ids,
                "pos": one.word.pos,
                "concepts": [{"key": s.key, "gloss": s.gloss} for s in one.word.senses],
                "covered": known,
                **one.scores._asdict(),
                "known_translation": one.word is ours,
            }
        ).model_dump_json()
        for one in ranked
    ]
    found = results(ranked, [known] * len(ranked), "fr", frozenset({2, 3}))
    assert found == f"[{','.join(expected)}]"
    assert len(json.loads(found)) == len(ranked)
