"""Concepts by what is said of them, for searches among meanings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lexicon.models import Concept, Lexeme, Sense


@dataclass(frozen=True)
class Said:
    """A concept with its gloss and its words of one language."""

    concept_id: int
    key: str
    pos: str
    gloss: str
    lemmas: tuple[str, ...]


def said(session: Session, language: str) -> list[Said]:
    """Every concept that tells meanings apart, by key; ``lemmas`` are its words of the language."""
    lemmas: dict[int, list[str]] = defaultdict(list)
    senses = (
        select(Sense.concept_id, Lexeme.lemma)
        .join(Lexeme, Lexeme.id == Sense.lexeme_id)
        .where(Lexeme.language == language)
        .order_by(Sense.concept_id, Sense.rank, Lexeme.id)
    )
    for concept, lemma in session.execute(senses):
        lemmas[concept].append(lemma)
    columns = (Concept.id, Concept.key, Concept.pos, Concept.gloss)
    concepts = select(*columns).where(~Concept.unsensed).order_by(Concept.key)
    return [Said(*row, tuple(lemmas.get(row[0], ()))) for row in session.execute(concepts)]


def words(session: Session, language: str, concepts: Sequence[int]) -> dict[int, list[str]]:
    """The words of a language for each of some hundred concepts that has any, by rank."""
    senses = session.execute(
        select(Sense.concept_id, Sense.lexeme_id)
        .where(Sense.concept_id.in_(concepts))
        .order_by(Sense.concept_id, Sense.rank, Sense.lexeme_id)
    ).all()
    # In two steps: joined, SQLite goes through all words of the language.
    named = select(Lexeme.id, Lexeme.lemma).where(
        Lexeme.id.in_({row.lexeme_id for row in senses}), Lexeme.language == language
    )
    lemmas = {row.id: row.lemma for row in session.execute(named)}
    found: dict[int, list[str]] = defaultdict(list)
    for concept, lexeme in senses:
        if lexeme in lemmas and lemmas[lexeme] not in found[concept]:
            found[concept].append(lemmas[lexeme])
    return dict(found)
