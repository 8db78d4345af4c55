"""What answers questions: the store, the encoders and their live indices, held together.

One object serves a command or a whole HTTP process; every method may be called from any thread.
"""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.build import means_towards
from indexer.encoders.protocol import Encoder
from indexer.encoders.registry import open_encoder
from indexer.generation import Generations, Live
from indexer.indices.faiss import FaissIndex
from lexicon import queries
from lexicon.errors import IndexMissing, NoWords
from lexicon.settings import Settings
from lexicon.store import Sessions, location, open_store


@dataclass(frozen=True)
class _Open:
    live: Live
    index: FaissIndex


class LexiconService:
    """Opens encoders and indices when they are first asked for, and again when they change."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self.settings = settings
        self.sessions = sessions
        self.generations = Generations(settings.indices)
        self._lock = threading.Lock()
        self._encoders: dict[str, Encoder] = {}
        self._indices: dict[tuple[str, str], _Open] = {}
        self._means: dict[tuple[str, str], NDArray[np.float32]] = {}

    @property
    def location(self) -> str:
        """The database's URL, its password hidden."""
        return location(self.settings)

    def encoder(self, name: str | None) -> Encoder:
        """The encoder called ``name``, or the default one."""
        wanted = name or self.settings.encoder
        with self._lock:
            if wanted not in self._encoders:
                self._encoders[wanted] = open_encoder(wanted, self.settings)
            return self._encoders[wanted]

    def index(self, encoder: Encoder, language: str) -> FaissIndex:
        """The live index. The pointer is read every time, so a new generation is seen at once."""
        identity = encoder.spec.identity
        live = self.generations.live(identity, language)
        if live is None:
            with self.sessions() as session:
                if language not in queries.written_languages(session):
                    raise NoWords(language)
            raise IndexMissing(
                encoder.spec.name,
                language,
                f"build it with: lexicon index build --encoder {encoder.spec.name}",
            )
        held = self._indices.get((identity, language))
        if held is None or held.live != live:
            with self._lock:
                held = self._indices.get((identity, language))
                if held is None or held.live != live:
                    held = _Open(live, self.generations.load(encoder.spec, language))
                    self._indices[identity, language] = held
                    open_now = {item.live.generation for item in self._indices.values()}
                    self._means = {
                        pair: means for pair, means in self._means.items() if open_now >= {*pair}
                    }
        return held.index

    def live_generations(self, encoder: Encoder) -> dict[str, str]:
        """The live generation of every language that has words, each opened and checked."""
        with self.sessions() as session:
            written = queries.written_languages(session)
        return {language: self.index(encoder, language).manifest.generation for language in written}

    def neighbourhood(self, index: FaissIndex, other: FaissIndex) -> NDArray[np.float32]:
        """(rows of ``index``,) CSLS means towards ``other``.

        Read from the generation when they were taken against this very ``other``, else taken now:
        the other language may have been rebuilt since.
        """
        pair = (index.manifest.generation, other.manifest.generation)
        with self._lock:
            if pair not in self._means:
                language = other.manifest.language
                stored = None
                if index.manifest.neighbourhoods.get(language) == other.manifest.generation:
                    stored = index.neighbourhood(language)
                self._means[pair] = (
                    means_towards(index.all_vectors(), other.all_vectors())
                    if stored is None
                    else stored
                )
            return self._means[pair]


def open_service(settings: Settings) -> LexiconService:
    """A service on an existing store, or the store's own error."""
    return LexiconService(settings, open_store(settings))
