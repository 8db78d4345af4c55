"""Single words added to concepts, corrected in all of them, and removed from all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from lexicon.changes import lemmas_of, new_edition
from lexicon.concept_edits import change, held_concept
from lexicon.edits import LOCAL, lexeme_number, remove_orphans
from lexicon.entries import ConceptEntry, checked_lists, require_scripts
from lexicon.errors import WordConflict
from lexicon.ingest.merge import lock_writers
from lexicon.ingest.words import record_source
from lexicon.models import Concept, Language, Lexeme, Sense
from lexicon.queries import require_language
from lexicon.word_listing import StoredWord, find_word, word_number

_CHUNK = 10_000


def add(
    session: Session,
    language: str,
    lemma: str,
    key: str,
    rank: int | None = None,
    any_script: bool = False,
) -> tuple[StoredWord, bool]:
    """Give a concept a word, the last of its language unless ``rank`` says otherwise; returns the
    word, and whether the concept has it only now. One that was there takes the rank that is said.

    Raises :class:`UnknownConcept`, :class:`UnknownLanguage` or :class:`InvalidInput`.
    """
    held = held_concept(session, key)
    entry = held.entry()
    [tidy] = checked_lists(key, entry.pos, entry.field, entry.gloss, {language: [lemma]}).forms[
        require_language(session, language)
    ]
    before = entry.forms.get(language, ())
    lemmas = [one for one in before if one != tidy]
    if rank is not None or tidy not in before:
        lemmas.insert(len(lemmas) if rank is None else rank, tidy)
        forms = {**entry.forms, language: tuple(lemmas)}
        change(session, held, replace(entry, forms=forms), any_script)
    number = lexeme_number(session, language, tidy, entry.pos)
    return find_word(session, number), tidy not in before


def respell(
    session: Session, number: int, lemma: str, merge: bool = False, any_script: bool = False
) -> StoredWord:
    """Correct the spelling of a word in all of its concepts; returns the corrected word, which has
    another id: an index knows a spelling by its id.

    A concept that has both spellings is a :class:`WordConflict`, unless ``merge`` makes one word
    of the two there, of the better rank. Raises :class:`UnknownWord` or :class:`InvalidInput`.
    """
    lock_writers(session.connection())
    word = find_word(session, number)
    tidy = _checked(session, word, lemma, any_script)
    if tidy == word.lemma:
        return word
    ranks = _ranks(session, number)
    # Ranks of others may change where two spellings become one.
    new_edition(session.connection(), {tidy, *lemmas_of(session, ranks)})
    twin = word_number(session, word.language, tidy, word.pos)
    twins = _ranks(session, twin) if twin is not None else {}
    both = sorted(ranks.keys() & twins.keys())
    if both and not merge:
        raise WordConflict(
            f"{tidy!r} ({word.language}) is a word of {_named(session, both)} already; "
            f"correct {word.lemma!r} there by hand, or say merge to make one word of the two"
        )
    made = lexeme_number(session, word.language, tidy, word.pos)
    source = record_source(session.connection(), LOCAL)
    moved = [
        {"concept_id": concept, "lexeme_id": made, "rank": rank, "source_id": source}
        for concept, rank in ranks.items()
        if concept not in twins
    ]
    if moved:
        session.execute(insert(Sense), moved)
    better = [(concept, made, min(ranks[concept], twins[concept])) for concept in both]
    _remove_senses(session, number)
    _set_ranks(session, better)
    _close_ranks(session, both, word.language)
    return find_word(session, made)


def remove(session: Session, number: int) -> None:
    """Remove a word from all of its concepts.

    Raises :class:`UnknownWord`, or :class:`WordConflict` where it is the only word of a concept.
    """
    lock_writers(session.connection())
    word = find_word(session, number)
    concepts = list(_ranks(session, number))
    if alone := _without_another(session, number):
        raise WordConflict(
            f"{word.lemma!r} ({word.language}) is the only word of {_named(session, alone)}; give "
            "it another word first, or remove the concept with: DELETE /v1/concepts/{key}"
        )
    new_edition(session.connection(), lemmas_of(session, concepts))
    _remove_senses(session, number)
    _close_ranks(session, concepts, word.language)


def _checked(session: Session, word: StoredWord, lemma: str, any_script: bool) -> str:
    entry: ConceptEntry = checked_lists("-", word.pos, "-", "-", {word.language: [lemma]})
    [tidy] = entry.forms[word.language]
    if tidy != word.lemma and not any_script:
        scripts = dict(session.execute(select(Language.code, Language.script)).all())
        require_scripts(entry, scripts, "say any_script=true")
    return tidy


def _ranks(session: Session, number: int) -> dict[int, int]:
    """The rank of a word in each of its concepts."""
    rows = session.execute(select(Sense.concept_id, Sense.rank).where(Sense.lexeme_id == number))
    return {row.concept_id: row.rank for row in rows}


def _without_another(session: Session, number: int) -> list[int]:
    """Concepts that have this word and no other."""
    mine = select(Sense.concept_id).where(Sense.lexeme_id == number)
    rows = session.scalars(
        select(Sense.concept_id)
        .where(Sense.concept_id.in_(mine))
        .group_by(Sense.concept_id)
        .having(func.count() == 1)
    )
    return sorted(rows)


def _named(session: Session, concepts: Sequence[int]) -> str:
    """The keys of a few of the concepts."""
    some = select(Concept.key).where(Concept.id.in_(concepts[:5])).order_by(Concept.key)
    keys = [key[:100] for key in session.scalars(some)]
    more = len(concepts) - len(keys)
    return ", ".join(keys) + (f" and {more:,} more" if more else "")


def _remove_senses(session: Session, number: int) -> None:
    session.execute(delete(Sense).where(Sense.lexeme_id == number))
    remove_orphans(session, [number])


def _close_ranks(session: Session, concepts: Sequence[int], language: str) -> None:
    """Let the words of a language count from 0 in each of these concepts."""
    for start in range(0, len(concepts), _CHUNK):
        rows = session.execute(
            select(Sense.concept_id, Sense.lexeme_id, Sense.rank)
            .join(Lexeme, Lexeme.id == Sense.lexeme_id)
            .where(
                Sense.concept_id.in_(concepts[start : start + _CHUNK]),
                Lexeme.language == language,
            )
            .order_by(Sense.concept_id, Sense.rank, Lexeme.lemma, Lexeme.pos)
        )
        changed = []
        concept, rank = 0, 0
        for row in rows:
            rank = rank + 1 if row.concept_id == concept else 0
            concept = row.concept_id
            if row.rank != rank:
                changed.append((concept, row.lexeme_id, rank))
        _set_ranks(session, changed)


def _set_ranks(session: Session, ranks: Iterable[tuple[int, int, int]]) -> None:
    """Write (concept, lexeme, rank)."""
    table = cast(Table, Sense.__table__)
    rows = [{"of": concept, "word": lexeme, "place": rank} for concept, lexeme, rank in ranks]
    if rows:
        session.connection().execute(
            update(table)
            .where(table.c.concept_id == bindparam("of"), table.c.lexeme_id == bindparam("word"))
            .values(rank=bindparam("place")),
            rows,
        )
