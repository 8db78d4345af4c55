"""What routes are handed."""

import threading
from typing import Annotated

from fastapi import Depends, Query, Request

from indexer.encoders.registry import KNOWN
from indexer.service import LexiconService, open_service
from lexicon.errors import UnknownEncoder
from lexicon.settings import Settings


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
    """A named encoder or the configured one. Paths are for whoever sits at the machine: over HTTP
    they would open any folder of it."""
    holder: ServiceHolder = request.app.state.services
    known = sorted({*KNOWN, holder.settings.encoder})
    if encoder is not None and encoder not in known:
        raise UnknownEncoder(encoder, known, paths=False)
    return encoder


EncoderName = Annotated[str | None, Depends(encoder_name)]
