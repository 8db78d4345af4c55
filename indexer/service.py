"""What answers questions: the store, the encoders and their live indices, held together.

One object serves a command or a whole HTTP process; every method may be called from any thread.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import event

from indexer.building.neighbourhoods import means_towards
from indexer.csls import NEIGHBOURHOOD, neighbourhood_means
from indexer.delta import changes
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import Encoded, Encoder
from indexer.encoders.registry import open_encoder
from indexer.generations.arrays import Means
from indexer.generations.backend import open_generations
from indexer.generations.records import Live
from indexer.indices.live import LiveIndex
from indexer.indices.stored import StoredIndex
from lexicon import queries
from lexicon.changes import changed_since, mark
from lexicon.errors import IndexDamaged, IndexMissing, LexiconError, NoWords
from lexicon.facts import EditionOver, Facts
from lexicon.settings import Settings
from lexicon.store import Sessions, close, location, open_store

NOTICE = 0.25
"""Seconds after which words that another process has written are looked for."""


@dataclass(frozen=True)
class _Open:
    """An index as it was when the store had seen ``commits`` of ours, looked at ``looked``."""

    live: Live
    index: LiveIndex
    commits: int
    looked: float


@dataclass(frozen=True)
class _Read:
    """Facts as they were when the store had seen ``commits`` of ours, looked at ``looked``."""

    facts: Facts
    commits: int
    looked: float


@dataclass(frozen=True)
class AtHand:
    """All that a search between two languages takes."""

    encoder: Encoder
    source: LiveIndex
    target: LiveIndex
    facts: Facts


@dataclass(frozen=True)
class Neighbourhood:
    """(rows, 2) means of an index's words towards another language, and the bounds of each."""

    means: Means
    least: tuple[float, float]
    greatest: tuple[float, float]


Encode = Callable[[Encoder, Sequence[str], str | None], Encoded]
"""How texts of questions become vectors: an encoder's own way, or one that many share."""


def _encode(encoder: Encoder, texts: Sequence[str], language: str | None) -> Encoded:
    return encoder.encode(texts, language)


class LexiconService:
    """Opens encoders and indices when they are first asked for, and again when they change."""

    def __init__(
        self, settings: Settings, sessions: Sessions, encode: Encode | None = None
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.encode = encode or _encode
        self.generations = open_generations(settings, sessions)
        self._lock = threading.RLock()
        self._reading = threading.Lock()
        self._looking = threading.Event()
        self._facts: _Read | None = None
        self._encoders: dict[str, Encoder] = {}
        self._indices: dict[tuple[str, str], _Open] = {}
        self._means: dict[tuple[tuple[str, int, int], str], Neighbourhood] = {}
        self._damaged: dict[str, IndexDamaged] = {}
        self._unverified: set[str] = set()
        self._commits = 0
        # A session tells after its commit, a connection of its own only just before.
        event.listen(sessions, "after_commit", self._committed)
        event.listen(sessions.kw["bind"], "commit", self._committed)

    def _committed(self, _of: object) -> None:
        # What this process has written, it finds at once.
        self._commits += 1

    def close(self) -> None:
        """Give the store's connections back; the next question opens new ones."""
        close(self.sessions)

    @property
    def location(self) -> str:
        """The database's URL, its password hidden."""
        return location(self.settings)

    def encoder(self, name: str | None) -> Encoder:
        """The encoder called ``name``, or the default one."""
        wanted = name or self.settings.encoder
        with self._lock:
            held = self._encoders.get(wanted)
            if held is None:
                held = open_encoder(wanted, self.settings, self.encoder)
            elif isinstance(held, PostProcessed):
                # Another process may have fitted it again.
                held = held.latest()
            self._encoders[wanted] = held
            return held

    def index(self, encoder: Encoder, language: str, encode: bool = True) -> LiveIndex:
        """The live index with the words that have come and gone since it was built.

        The pointer is read every time, so a new generation is seen at once; so is what this
        process writes, and what others write within a second. Without ``encode``, new words that
        have no vector yet are left out, and nothing is kept.
        """
        live = self._pointer(encoder, language)
        key = (encoder.spec.identity, language)
        held = self._indices.get(key)
        if held is None or held.live != live or held.commits != self._commits:
            with self._lock:
                held = self._refreshed(encoder, language, live, encode)
        elif time.monotonic() - held.looked > NOTICE and self._lock.acquire(blocking=False):
            # Whoever comes meanwhile is answered from what is there.
            try:
                held = self._refreshed(encoder, language, live, encode)
            finally:
                self._lock.release()
        if damage := self._damaged.get(live.generation):
            raise damage
        if not held.index.rows and not held.index.changes.pending:
            raise NoWords(language)
        return held.index

    def pair(self, encoder: Encoder, source: str, target: str) -> tuple[LiveIndex, LiveIndex]:
        """The live indices of two languages, both from before a publishing or both from after it:
        two that were never live together have no neighbourhoods of each other."""
        first = self.index(encoder, source)
        while True:
            second = self.index(encoder, target)
            again = self.index(encoder, source)
            if again.generation == first.generation:
                return again, second
            first = again

    def facts(self, over: Facts | None = None) -> Facts:
        """What is known of the words, as new as :meth:`index`; newer than ``over``, if that is no
        more."""
        held = self._facts
        if held is None or held.commits != self._commits or held.facts is over:
            with self._reading:
                return self._looked()
        if time.monotonic() - held.looked > NOTICE and self._reading.acquire(blocking=False):
            try:
                return self._looked()
            finally:
                self._reading.release()
        return held.facts

    def _looked(self) -> Facts:
        now, commits, held = time.monotonic(), self._commits, self._facts
        with self.sessions() as session:
            newest, lemmas = changed_since(session, held.facts.edition if held else "")
        if held is not None and held.facts.edition == newest:
            facts = held.facts
        elif held is not None and lemmas is not None:
            facts = held.facts.after(newest, lemmas)
        else:
            facts = Facts(newest)
        self._facts = _Read(facts, commits, now)
        return facts

    def read_facts(self, encoder: Encoder) -> None:
        """Read what searches by an encoder will say of words, so that the first ones need not."""
        with self.sessions() as session:
            written = queries.written_languages(session)
        facts = self.facts()
        # Of every language alike, where there is no room for all.
        share = facts.room // max(1, len(written))
        try:
            for language in written:
                ids = self.index(encoder, language).ids
                facts.read_all(ids[:share].tolist(), self.sessions)
        except EditionOver:
            # Somebody writes; the rest is read when it is asked for.
            return

    def at_hand(self, name: str | None, source: str, target: str) -> AtHand | None:
        """What a search by the encoder called ``name`` would be given, if all of it is open, as new
        as it has to be and searched in about a millisecond. Nothing is waited for."""
        encoder = self._encoders.get(name or self.settings.encoder)
        # Looked at again beside the answers, before those are too old.
        held, since = self._facts, time.monotonic() - 2 * NOTICE
        # A post-processed encoder may have been fitted again.
        if encoder is None or isinstance(encoder, PostProcessed) or not self.generations.at_hand:
            return None
        if held is None or held.commits != self._commits or held.looked < since:
            return None
        first, second = (self._at_hand(encoder, code, since) for code in (source, target))
        # Two that were never live together have no means of each other here.
        if first is None or second is None or (second.version, first.generation) not in self._means:
            return None
        if held.looked < since + NOTICE and not self._looking.is_set():
            self._looking.set()
            threading.Thread(target=self._look, args=(encoder, source, target), daemon=True).start()
        return AtHand(encoder, first, second, held.facts)

    def _look(self, encoder: Encoder, source: str, target: str) -> None:
        """Look for news; what is wrong is told to the next search that waits."""
        try:
            self.facts()
            self.pair(encoder, source, target)
        except LexiconError:
            return
        finally:
            self._looking.clear()

    def _at_hand(self, encoder: Encoder, language: str, since: float) -> LiveIndex | None:
        held = self._indices.get((encoder.spec.identity, language))
        if held is None or held.commits != self._commits or held.looked < since:
            return None
        if not held.index.quick or not held.index.rows or held.live.generation in self._damaged:
            return None
        try:
            live = self.generations.live(encoder.spec.identity, language)
        except IndexDamaged:
            return None
        return held.index if live == held.live else None

    def _pointer(self, encoder: Encoder, language: str) -> Live:
        live = self.generations.live(encoder.spec.identity, language)
        if live is None:
            with self.sessions() as session:
                if language not in queries.written_languages(session):
                    raise NoWords(language)
            if isinstance(encoder, PostProcessed):
                encoder.require(language)
            raise IndexMissing(
                encoder.spec.name,
                language,
                f"build it with: lexicon index build --encoder {encoder.spec.name}",
            )
        return live

    def _refreshed(self, encoder: Encoder, language: str, live: Live, encode: bool) -> _Open:
        """The index as it is now; a new one only if something has changed."""
        key = (encoder.spec.identity, language)
        held = self._indices.get(key)
        now, commits = time.monotonic(), self._commits
        if held is not None and held.live == live:
            with self.sessions() as session:
                same = vars(mark(session)) == held.index.changes.watermark.model_dump()
            if same:
                held = _Open(live, held.index, commits, now)
                self._indices[key] = held
                return held
            base = held.index.base
        else:
            base = self.generations.load(encoder.spec, language)
            self._verify_later(base)
        found = LiveIndex(base, changes(self.sessions, encoder, base, encode))
        opened = _Open(live, found, commits, now)
        if encode:
            self._indices[key] = opened
            used = {item.index.version for item in self._indices.values()}
            self._means = {pair: held for pair, held in self._means.items() if pair[0] in used}
        return opened

    # Large generations are opened before they are checked

    @property
    def unverified(self) -> frozenset[str]:
        """Generations that answer while their digests are still being checked."""
        return frozenset(self._unverified)

    def _verify_later(self, base: StoredIndex) -> None:
        if base.verified or base.generation in self._unverified:
            return
        self._unverified.add(base.generation)
        threading.Thread(target=self._verify, args=(base,), daemon=True).start()

    def _verify(self, base: StoredIndex) -> None:
        try:
            self.generations.verify(base.manifest)
        except IndexDamaged as damage:
            self._damaged[base.generation] = damage
        finally:
            self._unverified.discard(base.generation)

    @property
    def answering(self) -> list[tuple[str, str, str]]:
        """(encoder, language, generation) of every index that is open here."""
        manifests = [held.index.base.manifest for held in list(self._indices.values())]
        return sorted((one.encoder, one.language, one.generation) for one in manifests)

    def live_generations(self, encoder: Encoder) -> dict[str, str]:
        """The live generation of every language that has words, each opened and checked."""
        with self.sessions() as session:
            written = queries.written_languages(session)
        return {language: self.index(encoder, language).generation for language in written}

    def neighbourhood(self, index: LiveIndex, other: LiveIndex) -> Neighbourhood:
        """Means of the words of ``index`` towards those of ``other``.

        Read from whichever of the two generations was built later; where neither knows the other,
        taken now. Words that came since are compared with what is there now.
        """
        pair = (index.version, other.generation)
        found = self._means.get(pair)
        if found is None:
            with self._lock:
                found = self._means.get(pair)
                if found is None:
                    found = self._means[pair] = _neighbourhood(index, other)
        return found


def _neighbourhood(index: LiveIndex, other: LiveIndex) -> Neighbourhood:
    mine, theirs = index.base, other.base
    stored = None
    if mine.manifest.neighbourhoods.get(theirs.language) == theirs.generation:
        stored = mine.neighbourhood(theirs.language)
    elif theirs.manifest.reverse.get(mine.language) == mine.generation:
        stored = theirs.reverse(mine.language, mine.rows)
    if stored is None:
        stored = means_towards(mine.half, theirs.searcher)
    new = neighbourhood_means(other.search(index.changes.vectors, NEIGHBOURHOOD).cosine)
    means = index.dense(stored, new)
    some = means if len(means) else np.zeros((1, 2), dtype=np.float32)
    (wide, narrow), (most_wide, most_narrow) = some.min(axis=0).tolist(), some.max(axis=0).tolist()
    return Neighbourhood(means, (wide, narrow), (most_wide, most_narrow))


def open_service(settings: Settings, encode: Encode | None = None) -> LexiconService:
    """A service on an existing store, or the store's own error."""
    sessions = open_store(settings)
    try:
        return LexiconService(settings, sessions, encode)
    except BaseException:
        close(sessions)
        raise
