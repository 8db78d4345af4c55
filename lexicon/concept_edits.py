"""Concepts changed by editors who may be many: what is seen is what is changed."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from lexicon import edits
from lexicon.entries import ConceptEntry, require_scripts
from lexicon.errors import InvalidInput
from lexicon.ingest.merge import lock_writers
from lexicon.listing import StoredConcept, stored_concept
from lexicon.models import Language

MAX_WORDS = 1_000
"""Words of a concept over all languages: more than any language has for one meaning."""

UNADDRESSABLE = (".", "..")
"""Keys that no client can ask for: it would take them for steps in a path."""


def held_concept(session: Session, key: str) -> StoredConcept:
    """The concept, which nobody else can change until the transaction ends.

    Raises :class:`UnknownConcept`.
    """
    lock_writers(session.connection())
    return stored_concept(session, key)


def create(session: Session, entry: ConceptEntry, any_script: bool = False) -> StoredConcept:
    """Add a concept as :func:`lexicon.edits.add` does.

    Raises :class:`ConceptExists`, :class:`UnknownLanguage` or :class:`InvalidInput`.
    """
    if entry.key in UNADDRESSABLE:
        raise InvalidInput(f"concept key {entry.key!r} is a step in a path; give another")
    _require_fit(session, entry, {}, any_script)
    return stored_concept(session, edits.add(session, entry, any_script=True))


def change(
    session: Session, held: StoredConcept, entry: ConceptEntry, any_script: bool = False
) -> StoredConcept:
    """Make a concept that is held what the entry says; words that were there may stay, whatever
    their script.

    Raises :class:`UnknownLanguage` or :class:`InvalidInput`.
    """
    _require_fit(session, entry, held.forms, any_script)
    edits.edit(session, entry, any_script=True)
    return stored_concept(session, entry.key)


def _require_fit(
    session: Session, entry: ConceptEntry, before: dict[str, tuple[str, ...]], any_script: bool
) -> None:
    words = sum(map(len, entry.forms.values()))
    if words > max(MAX_WORDS, sum(map(len, before.values()))):
        raise InvalidInput(
            f"concept {entry.key[:80]!r} would have {words:,} words, and at most {MAX_WORDS:,} "
            "are taken; divide it into several"
        )
    if not any_script:
        scripts = dict(session.execute(select(Language.code, Language.script)).all())
        new = {
            code: tuple(lemma for lemma in lemmas if lemma not in before.get(code, ()))
            for code, lemmas in entry.forms.items()
            if code in scripts
        }
        require_scripts(replace(entry, forms=new), scripts, "say any_script=true")
