"""Answers of searches as JSON, put together from what the words in them were written as before.

The same bytes as those of the models in :mod:`indexer.answers`; making and reading those costs more
than the search.
"""

import json
from collections.abc import Sequence

from pydantic_core import to_json

from indexer.ranking import Ranked, Scores
from lexicon.facts import Word


def text(value: str) -> str:
    """A string of JSON, letters as they are."""
    return json.dumps(value, ensure_ascii=False)


def numbers(scores: Scores) -> str:
    """The scores in JSON, each with the fewest digits that mean it.

    >>> numbers(Scores(1.0, 0.25, -0.00005, 0.0))
    '"cosine":1.0,"csls":0.25,"margin":-0.00005,"margin_distance":0.0'
    """
    cosine, csls, margin, distance = scores
    made = f'"cosine":{cosine!r},"csls":{csls!r},"margin":{margin!r},"margin_distance":{distance!r}'
    # Python and the models put exponents to different numbers.
    return made if "e-" not in made else to_json(scores._asdict()).decode()[1:-1]


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _word(word: Word, language: str) -> str:
    """All that an answer says of a word whoever asked, up to whether it is covered."""
    concepts = [{"key": sense.key, "gloss": sense.gloss} for sense in word.senses]
    made = (
        f'{{"lemma":{text(word.lemma)},"language":{text(language)},'
        f'"lexeme_ids":{_compact(word.lexeme_ids)},"pos":{_compact(word.pos)},'
        f'"concepts":{_compact(concepts)},"covered":'
    )
    # A form is of one language, so whoever writes it writes the same.
    object.__setattr__(word, "written", made)
    return made


def results(
    ranked: Sequence[Ranked], covered: Sequence[bool], language: str, concepts: frozenset[int]
) -> str:
    """The array of results; ``concepts`` is what the query means."""
    parts = []
    for one, known in zip(ranked, covered, strict=True):
        translates = not concepts.isdisjoint(one.word.concepts)
        parts.append(
            f"{one.word.written or _word(one.word, language)}{'true' if known else 'false'},"
            f'{numbers(one.scores)},"known_translation":{"true" if translates else "false"}}}'
        )
    return f"[{','.join(parts)}]"
