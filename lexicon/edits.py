"""Adding, changing and removing concepts by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Table, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from lexicon import browse
from lexicon.changes import lemmas_of, new_edition
from lexicon.entries import ConceptEntry, checked_lists, require_scripts
from lexicon.errors import ConceptExists, InvalidInput, UnknownConcept, UnknownLanguage
from lexicon.folding import fold
from lexicon.ingest import staging
from lexicon.ingest.merge import lock_writers
from lexicon.ingest.report import IngestReport, SourceEntry
from lexicon.ingest.words import merge, record_source
from lexicon.lexemes import remove_lexemes, spellings
from lexicon.models import Concept, ExternalId, Language, Lexeme, Sense, SentencePair, Source

LOCAL = SourceEntry("local", "", "", "-")
"""The source of what was added by hand."""

MAX_SLUG = 200
"""Characters of a word that a key is made of: a key must itself not be longer than a word."""


def add(session: Session, entry: ConceptEntry, any_script: bool = False) -> str:
    """Add a concept under the source ``local``; returns its key.

    An empty key is made up: ``<word>.<part of speech>.<first free number>``. Raises
    :class:`ConceptExists` when the key is taken.
    """
    lock_writers(session.connection())
    _check(session, entry, any_script)
    if entry.key and session.scalar(select(Concept.id).where(Concept.key == entry.key)):
        raise ConceptExists(
            f"concept {entry.key!r} exists; change it with: lexicon words edit {entry.key}"
        )
    if not entry.key:
        entry = replace(entry, key=_free_key(session, entry))
    connection = session.connection()
    table = cast(Table, Concept.__table__)
    facts = {"key": entry.key, "gloss": entry.gloss, "pos": entry.pos, "field": entry.field}
    source = record_source(connection, LOCAL)
    connection.execute(insert(table).values(**facts, source_id=source, unsensed=entry.unsensed))
    _write_senses(session, entry)
    _write_external(session, entry)
    new_edition(connection, _lemmas(entry))
    return entry.key


def edit(session: Session, entry: ConceptEntry, any_script: bool = False) -> bool:
    """Make the concept of the entry's key exactly the entry, whichever source it is from.

    Returns whether anything changed. New words belong to the source ``local``; words that no
    concept has any more go. Raises :class:`UnknownConcept`.
    """
    lock_writers(session.connection())
    held = browse.concept_entry(session, entry.key)
    _check(session, entry, any_script)
    if replace(held, frequencies={}) == replace(entry, frequencies={}):
        return False
    session.execute(
        update(Concept)
        .where(Concept.key == entry.key)
        .values(gloss=entry.gloss, pos=entry.pos, field=entry.field, unsensed=entry.unsensed)
    )
    _write_senses(session, entry)
    if held.external != entry.external:
        _write_external(session, entry)
    new_edition(session.connection(), _lemmas(held) | _lemmas(entry))
    return True


def changed(
    entry: ConceptEntry,
    pos: str | None = None,
    field: str | None = None,
    gloss: str | None = None,
    forms: Mapping[str, Sequence[str]] | None = None,
    added: Iterable[tuple[str, str]] = (),
    removed: Iterable[tuple[str, str]] = (),
) -> ConceptEntry:
    """The entry with some of it changed: ``forms`` replaces a language's words, ``added`` and
    ``removed`` are (language, word). Raises :class:`InvalidInput` for a word to be removed that
    is not there.
    """
    lists = {language: list(lemmas) for language, lemmas in entry.forms.items()}
    for language, lemmas in (forms or {}).items():
        lists[language] = list(lemmas)
    for language, lemma in added:
        lists.setdefault(language, []).append(lemma)
    for language, lemma in removed:
        if lemma not in lists.get(language, ()):
            raise InvalidInput(
                f"concept {entry.key!r} has no {language} word {lemma!r}; "
                f"it has: {', '.join(lists.get(language, ())) or 'none'}"
            )
        lists[language].remove(lemma)
    return checked_lists(
        entry.key,
        entry.pos if pos is None else pos,
        entry.field if field is None else field,
        entry.gloss if gloss is None else gloss,
        lists,
        entry.external,
        # Whoever says what is meant has made a sense of it.
        entry.unsensed and gloss is None,
    )


def remove(session: Session, keys: Sequence[str]) -> int:
    """Remove concepts, and words that no other concept has; returns how many words went.

    Raises :class:`UnknownConcept`, and then nothing is removed.
    """
    lock_writers(session.connection())
    for key in keys:
        if session.scalar(select(Concept.id).where(Concept.key == key)) is None:
            raise UnknownConcept(
                key, f"find keys with: lexicon words find --prefix {key.split('.')[0]}"
            )
    gone = select(Concept.id).where(Concept.key.in_(keys))
    lemmas = lemmas_of(session, list(session.scalars(gone)))
    words = list(session.scalars(select(Sense.lexeme_id).where(Sense.concept_id.in_(gone))))
    session.execute(delete(Concept).where(Concept.key.in_(keys)))
    new_edition(session.connection(), lemmas)
    return remove_orphans(session, words)


def remove_source(session: Session, name: str) -> IngestReport:
    """Remove everything that a source brought, and the source unless sentence pairs are from it.

    What others have added to its concepts stays. Raises :class:`InvalidInput` for an unknown one.
    """
    source = browse.require_source(session, name)
    connection = session.connection()
    facts = SourceEntry(source.name, source.licence, source.version, source.checksum)
    with staging.staging(connection):
        report = merge(connection, facts, replace=True)
    session.execute(
        delete(Source).where(
            Source.id == source.id,
            ~select(SentencePair.id).where(SentencePair.source_id == source.id).exists(),
        )
    )
    session.expire_all()
    return report


def _lemmas(entry: ConceptEntry) -> set[str]:
    return {lemma for lemmas in entry.forms.values() for lemma in lemmas}


def _check(session: Session, entry: ConceptEntry, any_script: bool) -> None:
    scripts = dict(session.execute(select(Language.code, Language.script)).all())
    for language in entry.forms:
        if language not in scripts:
            raise UnknownLanguage(language, sorted(scripts))
    if not any_script:
        require_scripts(entry, scripts)


def _id(session: Session, key: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.key == key)).one()


def _free_key(session: Session, entry: ConceptEntry) -> str:
    """``<word>.<part of speech>.<number>``, by the English word where there is one."""
    word = entry.forms.get("en", next(iter(entry.forms.values())))[0]
    slug = "-".join(filter(None, map(fold, word.split())))[:MAX_SLUG] or "concept"
    stem = f"{slug}.{entry.pos}."
    taken = set(
        session.scalars(
            select(Concept.key).where(Concept.key >= stem, Concept.key < stem + chr(0x10FFFF))
        )
    )
    return next(
        key for number in range(1, len(taken) + 2) if (key := f"{stem}{number}") not in taken
    )


def _write_external(session: Session, entry: ConceptEntry) -> None:
    """Make the concept's external identifiers those of the entry."""
    concept_id = _id(session, entry.key)
    session.execute(delete(ExternalId).where(ExternalId.concept_id == concept_id))
    rows = [
        {"scheme": scheme, "identifier": identifier, "concept_id": concept_id}
        for scheme, identifiers in entry.external.items()
        for identifier in dict.fromkeys(identifiers)
    ]
    if rows:
        session.execute(insert(ExternalId), rows)


def _write_senses(session: Session, entry: ConceptEntry) -> None:
    """Make the concept's senses those of the entry."""
    connection = session.connection()
    concept_id = _id(session, entry.key)
    wanted: dict[int, int] = {}
    for language, lemmas in entry.forms.items():
        for rank, lemma in enumerate(lemmas):
            wanted[lexeme_number(session, language, lemma, entry.pos)] = rank
    held = {
        row.lexeme_id: row.rank
        for row in session.execute(
            select(Sense.lexeme_id, Sense.rank).where(Sense.concept_id == concept_id)
        )
    }
    gone = [lexeme for lexeme in held if lexeme not in wanted]
    of_concept = Sense.concept_id == concept_id
    session.execute(delete(Sense).where(of_concept, Sense.lexeme_id.in_(gone)))
    for lexeme, rank in wanted.items():
        if lexeme not in held:
            source = record_source(connection, LOCAL)
            session.add(Sense(concept_id=concept_id, lexeme_id=lexeme, rank=rank, source_id=source))
        elif held[lexeme] != rank:
            session.execute(
                update(Sense).where(of_concept, Sense.lexeme_id == lexeme).values(rank=rank)
            )
    session.flush()
    remove_orphans(session, gone)


def lexeme_number(session: Session, language: str, lemma: str, pos: str) -> int:
    """The id of the word that is written so; it is made if need be."""
    same = (Lexeme.language == language, Lexeme.lemma == lemma, Lexeme.pos == pos)
    held = session.scalar(select(Lexeme.id).where(*same))
    if held is not None:
        return held
    twin = session.scalar(
        select(Lexeme.frequency).where(*same[:2], Lexeme.frequency.is_not(None)).limit(1)
    )
    made = Lexeme(
        language=language,
        lemma=lemma,
        pos=pos,
        frequency=twin,
        **spellings(lemma)._asdict(),
    )
    session.add(made)
    session.flush()
    return made.id


def remove_orphans(session: Session, lexemes: Sequence[int]) -> int:
    """Remove those of the words that no concept has any more; returns how many went."""
    gone = 0
    for start in range(0, len(lexemes), 10_000):
        some = lexemes[start : start + 10_000]
        unused = ~select(Sense.lexeme_id).where(Sense.lexeme_id == Lexeme.id).exists()
        gone += remove_lexemes(session.connection(), and_(Lexeme.id.in_(some), unused))
    return gone
