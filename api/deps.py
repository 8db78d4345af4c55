"""What routes are handed."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Query, Request

from api.counted import EncodingCounts
from api.refusals import Crowded
from indexer.asking.encoding import SharedEncoding
from indexer.asking.gathering import MicroBatcher, Room
from indexer.encoders.postprocessed.methods import METHODS
from indexer.encoders.registry import KNOWN
from indexer.reverse import ReverseDictionary
from indexer.service import LexiconService, open_service
from lexicon.errors import UnknownClassifier, UnknownEncoder
from lexicon.settings import Settings
from nli import registry
from nli.protocol import NliClassifier, NliPair, NliScores
from nli.runs import PredictionRuns
from nli.texts import tidy

AT_ONCE = 32
"""Requests whose pairs are being classified; others wait without holding a thread."""

MOST_PAIRS = 256
"""Pairs that are classified together."""

Batcher = MicroBatcher[None, NliPair, NliScores]

WARM = NliPair("A dog sleeps.", "An animal sleeps.")
"""What a classifier is asked first, to read its weights."""

T = TypeVar("T")
log = logging.getLogger("lexicon.nli")


class Threads:
    """Worker threads of their own for one kind of work, with a bounded queue in front of them."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.limiter = CapacityLimiter(at_once)
        self._waiting = waiting

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """The work's result. Raises :class:`Crowded` when the queue is full."""
        require_room(self.limiter, self._waiting)
        return await to_thread.run_sync(work, *arguments, limiter=self.limiter)


def require_room(limiter: CapacityLimiter, waiting: int) -> None:
    """Raise :class:`Crowded` if ``waiting`` wait for a thread already."""
    if limiter.available_tokens <= 0 and limiter.statistics().tasks_waiting >= waiting:
        raise Crowded(f"{waiting} requests wait for a worker thread")


class ServiceHolder:
    """Opens the service at the first request that needs it, and again until that succeeds, so
    that a store made after the start is found."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.encoding = SharedEncoding(
            settings.queue, settings.vector_cache_mib * 2**20, EncodingCounts()
        )
        self._service: LexiconService | None = None
        self._reverse: ReverseDictionary | None = None
        self._lock = threading.Lock()

    @property
    def opened(self) -> LexiconService | None:
        """The service, if it is open already: asking for it waits for nothing."""
        return self._service

    def get(self) -> LexiconService:
        if self._service is None:
            with self._lock:
                if self._service is None:
                    self._service = open_service(self.settings, self.encoding)
        return self._service

    def close(self) -> None:
        """Give the store's connections back; a late request opens new ones."""
        if self._service is not None:
            self._service.close()

    def reverse(self, service: LexiconService) -> ReverseDictionary:
        """The reverse dictionary over the service."""
        with self._lock:
            if self._reverse is None:
                self._reverse = ReverseDictionary(service)
            return self._reverse


async def service(request: Request) -> LexiconService:
    """The service, for a request that may wait for a thread. FastAPI lets any number of plain
    functions wait for anyio's threads, so the length of that queue is looked at here, before a
    request joins it; and here rather than around all routes, because those that need no thread
    are not to be refused."""
    holder: ServiceHolder = request.app.state.services
    require_room(to_thread.current_default_thread_limiter(), holder.settings.max_waiting)
    opened = holder.opened
    return opened if opened is not None else await to_thread.run_sync(holder.get)


ServiceDep = Annotated[LexiconService, Depends(service)]


# Nothing here waits, and a thread would take longer to begin than this takes.
async def services(request: Request) -> ServiceHolder:
    holder: ServiceHolder = request.app.state.services
    return holder


ServicesDep = Annotated[ServiceHolder, Depends(services)]


async def encoder_name(
    request: Request,
    encoder: Annotated[
        str | None, Query(description="Encoder; the default one if left out.")
    ] = None,
) -> str | None:
    """A named encoder or the configured one."""
    holder: ServiceHolder = request.app.state.services
    return known_encoder(holder.settings, encoder)


def known_encoder(settings: Settings, encoder: str | None) -> str | None:
    """``encoder`` if it is known or the configured one, or one of them with post-processing. Paths
    are for whoever sits at the machine: over HTTP they would open any folder of it."""
    known = sorted({*KNOWN, settings.encoder})
    if encoder is None or encoder in known:
        return encoder
    # A plus sign that is not written %2B arrives as a space.
    base, _, method = encoder.rpartition("+" if "+" in encoder else " ")
    if base not in known or method not in METHODS:
        raise UnknownEncoder(encoder, known, paths=False)
    return f"{base}+{method}"


EncoderName = Annotated[str | None, Depends(encoder_name)]


class Classifiers:
    """The classifiers of this process, each opened once, and the right to run them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.threads = Threads(AT_ONCE, settings.max_waiting)
        self._warm = False
        self._lock = threading.Lock()
        self._open: dict[str, NliClassifier] = {}
        self.room = Room(settings.queue, what="pairs")
        self._batchers: dict[str, Batcher] = {}
        self._told: set[str] = set()

    def get(self, name: str | None) -> NliClassifier:
        """A known classifier or the configured one, which answers when none is named. Paths are
        for whoever sits at the machine."""
        known = sorted({*registry.KNOWN, self.settings.nli})
        if name is not None and name not in known:
            raise UnknownClassifier(name, known, paths=False)
        wanted = name or self.settings.nli
        with self._lock:
            if wanted not in self._open:
                self._open[wanted] = registry.open_classifier(wanted, self.settings)
            return self._open[wanted]

    def classify(self, classifier: NliClassifier, pairs: Sequence[NliPair]) -> list[NliScores]:
        """What the classifier says of the pairs, asked together with those of other requests.
        Raises :class:`Overloaded` where too many wait."""
        # A pair that is refused is named by its place in its own request.
        tidied = tidy(pairs)
        identity = classifier.spec.identity
        with self._lock:
            if identity not in self._batchers:
                self._batchers[identity] = MicroBatcher(
                    lambda _group, some: classifier.classify(some),
                    self.room,
                    MOST_PAIRS,
                    name=f"classifying by {classifier.spec.name}",
                )
            batcher = self._batchers[identity]
        return batcher.ask(None, tidied)

    def warm(self) -> None:
        """Open the configured classifier and let it read its weights, once."""
        if not self._warm:
            self.get(None).classify([WARM])
            self._warm = True

    def tell(self, classifier: NliClassifier) -> None:
        """Log once what whoever reads its answers ought to know."""
        identity = classifier.spec.identity
        with self._lock:
            new = identity not in self._told
            self._told.add(identity)
        if new:
            for note in registry.notes(classifier):
                log.warning(note)


async def classifiers(request: Request) -> Classifiers:
    held: Classifiers = request.app.state.classifiers
    return held


async def runs(request: Request) -> PredictionRuns:
    held: PredictionRuns = request.app.state.runs
    return held


ClassifiersDep = Annotated[Classifiers, Depends(classifiers)]
RunsDep = Annotated[PredictionRuns, Depends(runs)]
