"""What words that were written over HTTP leave to be done: vectors that are kept, and builds."""

import logging
import threading

from fastapi import BackgroundTasks, Depends, Request

from api.deps import ServiceDep
from indexer.service import LexiconService
from indexer.upkeep import keep_up
from lexicon.changes import Mark, mark
from lexicon.errors import LexiconError

OFTEN = 50
"""Words that come and go between two looks; so many are encoded again whenever one more comes,
which is quicker than looking through every index after each word."""

log = logging.getLogger("lexicon.api")


class Upkeep:
    """Looks after the indices of the default encoder when words were written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Mark | None = None

    def look(self, service: LexiconService) -> None:
        """Keep up with what was written, unless it is little or somebody is at it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            with service.sessions() as session:
                now = mark(session)
            if self._kept is None or _distance(self._kept, now) >= OFTEN:
                # Before, not after: what cannot be done now is not tried again with each word.
                self._kept = now
                keep_up(service, service.encoder(None))
        except LexiconError as error:
            # The words are written, and what cannot be done for them now can be done later.
            log.warning("the indices do not keep up with the words: %s", error)
        finally:
            self._lock.release()


def _distance(one: Mark, other: Mark) -> int:
    """How many words came or went between two marks."""
    return other.lexeme - one.lexeme + other.departed - one.departed


def _after(request: Request, background: BackgroundTasks, service: ServiceDep) -> None:
    # When the answer has been sent: nobody waits for it.
    held: Upkeep = request.app.state.upkeep
    background.add_task(held.look, service)


KeepsUp = Depends(_after)
"""For routes that write words: ``dependencies=[Writes, KeepsUp]``."""
