"""Facts of words kept in memory: what was read of them holds for as long as their edition stays.

SQL stays the truth. Nothing is read before it is asked for, and what is not asked for is forgotten.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from sys import intern
from typing import Final, Generic, Literal, TypeVar, cast

from sqlalchemy.orm import Session

from lexicon import changes, queries
from lexicon.queries import Form, SenseRow
from lexicon.store import Sessions

MOST = 100_000
"""Forms kept in memory, about two kilobytes each once they have been in an answer."""

CHUNK = 2_000
"""Lexemes that are read at a time."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class NotInMemory(Exception):
    """A fact has to be read from the store, by whoever may wait for it."""


class EditionOver(Exception):
    """The store's words have changed since these facts were read."""


class Recent(Generic[_Key, _Value]):
    """A mapping of what was asked for lately, at most ``most`` items, for any number of threads.

    What was not asked for while half of that came is forgotten: as good as an exact order of use,
    and nothing has to be locked or moved.
    """

    def __init__(self, most: int) -> None:
        self._half = max(1, most // 2)
        self._young: dict[_Key, _Value] = {}
        self._old: dict[_Key, _Value] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def without(self, stays: Callable[[_Key, _Value], bool]) -> "Recent[_Key, _Value]":
        """Another mapping of what ``stays``."""
        made = Recent[_Key, _Value](2 * self._half)
        made._young, made._old = _kept(self._young, stays), _kept(self._old, stays)
        return made

    def get(self, key: _Key) -> _Value | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: _Key, value: _Value) -> None:
        young = self._young
        young[key] = value
        if len(young) >= self._half and young is self._young:
            self._young, self._old = {}, young


@dataclass(frozen=True, slots=True)
class Word:
    """A form with its senses, by rank, then concept key, unsensed ones last. ``frequency`` is the
    Zipf value of the form, 0 where its language has none; ``concepts`` are the ids of what it
    means, ``pos`` its parts of speech in the order of its senses."""

    lemma: str
    lexeme_ids: tuple[int, ...]
    senses: tuple[SenseRow, ...]
    frequency: float
    concepts: frozenset[int]
    pos: tuple[str, ...]
    written: str | None = None
    """The word in the JSON of an answer, where it has been there (see ``indexer.written``)."""

    def of(self, pos: str) -> "Word":
        """The same with the senses of one part of speech."""
        return word(self.lemma, self.lexeme_ids, [one for one in self.senses if one.pos == pos])


def word(lemma: str, lexeme_ids: tuple[int, ...], senses: Sequence[SenseRow]) -> Word:
    """The word with these senses, ordered."""
    ordered = sorted(senses, key=lambda sense: (sense.unsensed, sense.rank, sense.key))
    frequency = max((sense.frequency or 0.0 for sense in senses), default=0.0)
    concepts = frozenset(sense.concept_id for sense in ordered)
    pos = tuple(dict.fromkeys(sense.pos for sense in ordered))
    return Word(lemma, lexeme_ids, tuple(ordered), frequency, concepts, pos)


_GONE: Final = "gone"
"""Stands for the word of a lexeme that has left the store."""


def _kept(
    held: "dict[_Key, _Value]", stays: Callable[[_Key, _Value], bool]
) -> "dict[_Key, _Value]":
    # Copied in one step, so that whoever writes meanwhile does no harm.
    return {key: value for key, value in held.copy().items() if stays(key, value)}


class Facts:
    """What has been read of the words of one edition; any thread may ask.

    Where something is not in memory, it is read through ``sessions``; without them,
    :class:`NotInMemory`. Raises :class:`EditionOver` where the store's words are another edition
    by then, so that nothing is ever mixed of two.
    """

    def __init__(self, edition: str, most: int = MOST) -> None:
        self.edition = edition
        self._most = most
        self._languages: frozenset[str] = frozenset()
        self._forms = Recent[tuple[str, str], Form](most)
        self._words = Recent[int, Word | Literal["gone"]](most)

    def after(self, edition: str, lemmas: frozenset[str]) -> "Facts":
        """What is still known in another edition, in which only words spelt as one of ``lemmas``
        are other than in this one."""
        made = Facts(edition)
        made._languages = self._languages
        # A text that is not spelt as its form may now be a form itself.
        made._forms = self._forms.without(
            lambda key, form: form.lemma == key[1] and form.lemma not in lemmas
        )
        made._words = self._words.without(
            lambda _, held: not isinstance(held, Word) or held.lemma not in lemmas
        )
        return made

    @property
    def room(self) -> int:
        """Forms that are kept however long nobody asks for them."""
        return self._most // 2 - 1

    def read_all(self, ids: Sequence[int], sessions: Sessions) -> None:
        """Read what is to be known of these lexemes, in few statements."""
        for start in range(0, len(ids), CHUNK):
            self.words(ids[start : start + CHUNK], sessions)

    @contextmanager
    def reading(self, sessions: Sessions | None) -> Iterator[Session]:
        """A session to read with; what was read counts only if the block is left without error."""
        if sessions is None:
            raise NotInMemory
        with sessions() as session:
            yield session
            # Asked for last: as no edition comes back, all that was read is of this one.
            if changes.edition(session) != self.edition:
                raise EditionOver

    def require_language(self, code: str, sessions: Sessions | None) -> None:
        """Raise :class:`UnknownLanguage` naming the known ones unless ``code`` is one."""
        if code not in self._languages:
            with self.reading(sessions) as session:
                queries.require_language(session, code)
                known = frozenset(queries.languages(session))
            self._languages = known

    def form(self, language: str, text: str, sessions: Sessions | None) -> Form | None:
        """The form that :func:`known_form` gives. Texts that are none are not kept: there is no
        end of them."""
        found = self._forms.get((language, text))
        if found is None:
            with self.reading(sessions) as session:
                found = known_form(session, language, text)
            if found is not None:
                self._forms.put((intern(language), text), found)
        return found

    def words(self, ids: Sequence[int], sessions: Sessions | None) -> list[Word | None]:
        """For each lexeme, the form that it shares with its homographs; None for one that has
        left the store."""
        get = self._words.get
        found = [get(one) for one in ids]
        if None in found:
            missing = [one for one, held in zip(ids, found, strict=True) if held is None]
            read = self._read(missing, sessions)
            for one, held in read.items():
                self._words.put(one, held)
            found = [
                read[one] if held is None else held for one, held in zip(ids, found, strict=True)
            ]
        return [None if one is _GONE else cast(Word, one) for one in found]

    def _read(
        self, ids: Sequence[int], sessions: Sessions | None
    ) -> dict[int, Word | Literal["gone"]]:
        with self.reading(sessions) as session:
            forms = queries.forms_of_lexemes(session, ids)
            lexemes = [lexeme for form in forms.values() for lexeme in form.lexeme_ids]
            rows = queries.senses_of(session, lexemes)
        senses: dict[int, list[SenseRow]] = {}
        for row in rows:
            senses.setdefault(row.lexeme_id, []).append(row)
        read: dict[int, Word | Literal["gone"]] = dict.fromkeys(ids, _GONE)
        for one, form in forms.items():
            own = [row for lexeme in form.lexeme_ids for row in senses.get(lexeme, ())]
            read[one] = word(form.lemma, form.lexeme_ids, own)
            if own:
                self._forms.put((intern(own[0].language), form.lemma), form)
        return read


def known_form(session: Session, language: str, text: str) -> Form | None:
    """The form of the lexicon that ``text`` writes: spelt exactly so, else but for case,
    apostrophes and joiners."""
    matches = queries.lexemes_matching(session, language, text)
    if not matches:
        return None
    lemmas = [row.lemma for row in matches]
    # Lower case first: "terre" before "Terre" for a query that is spelt like neither.
    lemma = (
        text if text in lemmas else min(lemmas, key=lambda lemma: (lemma != lemma.lower(), lemma))
    )
    return Form(lemma, tuple(row.id for row in matches if row.lemma == lemma))
