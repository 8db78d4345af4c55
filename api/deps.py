"""What routes are handed."""

import logging
import threading
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Query, Request

from indexer.encoders.postprocessed.methods import METHODS
from indexer.encoders.registry import KNOWN
from indexer.service import LexiconService, open_service
from lexicon.errors import UnknownClassifier, UnknownEncoder
from lexicon.settings import Settings
from nli import registry
from nli.protocol import NliClassifier
from nli.runs import PredictionRuns

AT_ONCE = 8
"""Requests whose pairs are being classified; others wait without holding a thread."""

log = logging.getLogger("lexicon.nli")


class ServiceHolder:
    """Opens the service at the first request that needs it, and again until that succeeds, so
    that a store made after the start is found."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._service: LexiconService | None = None
        self._lock = threading.Lock()

    def get(self) -> LexiconService:
        if self._service is None:
            with self._lock:
                if self._service is None:
                    self._service = open_service(self.settings)
        return self._service


def service(request: Request) -> LexiconService:
    holder: ServiceHolder = request.app.state.services
    return holder.get()


ServiceDep = Annotated[LexiconService, Depends(service)]


def encoder_name(
    request: Request,
    encoder: Annotated[
        str | None, Query(description="Encoder; the default one if left out.")
    ] = None,
) -> str | None:
    """A named encoder or the configured one, or one of them with post-processing. Paths are for
    whoever sits at the machine: over HTTP they would open any folder of it."""
    holder: ServiceHolder = request.app.state.services
    known = sorted({*KNOWN, holder.settings.encoder})
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
        self.limiter = CapacityLimiter(AT_ONCE)
        self._lock = threading.Lock()
        self._open: dict[str, NliClassifier] = {}
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

    def tell(self, classifier: NliClassifier) -> None:
        """Log once what whoever reads its answers ought to know."""
        identity = classifier.spec.identity
        with self._lock:
            new = identity not in self._told
            self._told.add(identity)
        if new:
            for note in registry.notes(classifier):
                log.warning(note)


def classifiers(request: Request) -> Classifiers:
    held: Classifiers = request.app.state.classifiers
    return held


def runs(request: Request) -> PredictionRuns:
    held: PredictionRuns = request.app.state.runs
    return held


ClassifiersDep = Annotated[Classifiers, Depends(classifiers)]
RunsDep = Annotated[PredictionRuns, Depends(runs)]
