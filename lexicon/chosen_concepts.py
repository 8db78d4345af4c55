"""Some concepts of many, with their words: choosing reads numbers only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lexicon.models import Concept, Lexeme, Sense

_CHUNK = 10_000


@dataclass(frozen=True)
class ChosenConcept:
    """``words``: by language the (lemma, lexeme id) of each, by rank."""

    gloss: str
    words: dict[str, tuple[tuple[str, int], ...]]


def concept_ids(session: Session, field: str | None, languages: Sequence[str]) -> list[int]:
    """The concepts that have a word of one of the languages, or those of a field, by field and
    key."""
    said = (
        select(Sense.concept_id)
        .join(Lexeme, Lexeme.id == Sense.lexeme_id)
        .where(Sense.concept_id == Concept.id, Lexeme.language.in_(languages))
    )
    statement = select(Concept.id).where(said.exists())
    if field is not None:
        statement = statement.where(Concept.field == field)
    return list(session.scalars(statement.order_by(Concept.field, Concept.key)))


def chosen_concepts(
    session: Session, ids: Sequence[int], languages: Sequence[str]
) -> list[ChosenConcept]:
    """The concepts with these numbers in the order of these, with their words of the languages;
    one that is no more is left out."""
    glosses: dict[int, str] = {}
    senses: dict[int, list[tuple[int, int]]] = {}
    for some in _chunks(ids):
        named = select(Concept.id, Concept.gloss).where(Concept.id.in_(some))
        glosses |= {row.id: row.gloss for row in session.execute(named)}
        ranked = select(Sense.concept_id, Sense.rank, Sense.lexeme_id)
        for concept, rank, lexeme in session.execute(ranked.where(Sense.concept_id.in_(some))):
            senses.setdefault(concept, []).append((rank, lexeme))
    # In two steps: joined, SQLite goes through all words of the languages.
    words = _words(session, {lexeme for one in senses.values() for _, lexeme in one}, languages)
    return [
        ChosenConcept(glosses[one], _by_language(senses.get(one, ()), words))
        for one in ids
        if one in glosses
    ]


def _words(
    session: Session, lexemes: Collection[int], languages: Sequence[str]
) -> dict[int, tuple[str, str]]:
    """(language, lemma) of those lexemes that are of one of the languages."""
    found: dict[int, tuple[str, str]] = {}
    for some in _chunks(sorted(lexemes)):
        named = select(Lexeme.id, Lexeme.language, Lexeme.lemma).where(Lexeme.id.in_(some))
        for number, language, lemma in session.execute(named):
            if language in languages:
                found[number] = language, lemma
    return found


def _by_language(
    senses: Sequence[tuple[int, int]], words: Mapping[int, tuple[str, str]]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """The words of (rank, lexeme), by rank and letters."""
    ranked = sorted((rank, *words[number], number) for rank, number in senses if number in words)
    found: dict[str, list[tuple[str, int]]] = {}
    for _, language, lemma, number in ranked:
        found.setdefault(language, []).append((lemma, number))
    return {language: tuple(some) for language, some in found.items()}


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _CHUNK):
        yield numbers[start : start + _CHUNK]
