"""Predicting in the background of a process that answers meanwhile."""

import logging
import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from secrets import token_hex
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lexicon import predictions
from lexicon.errors import LexiconError, UnknownRun
from lexicon.store import Sessions
from nli import run_ids
from nli.predict import predict, require_pairs
from nli.protocol import NliClassifier
from nli.run_ids import RunId

REMEMBERED = 100
"""Runs that can still be asked about."""

log = logging.getLogger("lexicon.nli")


State = Literal["running", "elsewhere", "done", "failed"]


class PredictionRun(BaseModel):
    """How far a run is: ``done`` of ``total`` pairs have a prediction by ``model``. ``error`` says
    why one has failed; what it wrote is kept, and starting it again goes on from there. One that
    another process works on, or did until it ended, is ``elsewhere`` until all pairs are done."""

    model_config = ConfigDict(frozen=True)

    id: str
    state: State
    model: str
    dataset: str | None
    split: str | None
    language: str | None
    done: int = 0
    total: int = 0
    pairs_per_second: float | None = None
    error: str | None = None
    started_at: datetime
    ended_at: datetime | None = None

    @property
    def selection(self) -> tuple[str | None, ...]:
        return self.model, self.dataset, self.split, self.language


class PredictionRuns:
    """The runs of this process, newest last. A process that ends leaves what they have written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, PredictionRun] = OrderedDict()

    def start(
        self,
        sessions: Sessions,
        classifier: NliClassifier,
        dataset: str | None = None,
        split: str | None = None,
        language: str | None = None,
    ) -> PredictionRun:
        """A run of these pairs by this classifier: the one that is on already, or a new one.

        Raises :class:`InvalidInput` when there is no such pair.
        """
        require_pairs(sessions, dataset, split, language)
        model = classifier.spec.identity
        own = RunId(token_hex(8), datetime.now(UTC), model, dataset, split, language)
        made = _run(own, "running")
        with self._lock:
            for run in self._runs.values():
                if run.state == "running" and run.selection == made.selection:
                    return run
            self._runs[made.id] = made
            self._forget()
        work = (made.id, sessions, classifier)
        threading.Thread(target=self._work, args=work, daemon=True).start()
        return made

    def get(self, name: str, sessions: Sessions) -> PredictionRun:
        """The run with that id, or :class:`UnknownRun`. Of one that this process does not know, the
        store says how far it is."""
        with self._lock:
            if held := self._runs.get(name):
                return held
        other = run_ids.read(name)
        if other is None:
            raise UnknownRun(name)
        with sessions() as session:
            done, total = predictions.progress(
                session, other.model, other.dataset, other.split, other.language
            )
        state: State = "done" if done == total else "elsewhere"
        return _run(other, state).model_copy(update={"done": done, "total": total})

    def known(self) -> list[str]:
        """Names of the runs that this process can tell more of than the store."""
        with self._lock:
            return list(self._runs)

    def _forget(self) -> None:
        ended = [name for name, run in self._runs.items() if run.state != "running"]
        for name in ended[: max(0, len(self._runs) - REMEMBERED)]:
            del self._runs[name]

    def _work(self, name: str, sessions: Sessions, classifier: NliClassifier) -> None:
        with self._lock:
            run = self._runs[name]
        started = time.perf_counter()
        before: int | None = None

        def advance(done: int, total: int) -> None:
            nonlocal before
            before = done if before is None else before
            rate = (done - before) / (time.perf_counter() - started)
            self._change(name, done=done, total=total, pairs_per_second=round(rate, 2) or None)

        try:
            predict(sessions, classifier, run.dataset, run.split, run.language, advance)
        except LexiconError as error:
            self._change(name, state="failed", error=str(error), ended_at=datetime.now(UTC))
        except Exception:
            log.exception("prediction run %s failed", name)
            why = "unexpected error; the server's log has its cause"
            self._change(name, state="failed", error=why, ended_at=datetime.now(UTC))
        else:
            self._change(name, state="done", ended_at=datetime.now(UTC))

    def _change(self, name: str, **facts: object) -> None:
        with self._lock:
            self._runs[name] = self._runs[name].model_copy(update=facts)


def _run(own: RunId, state: State) -> PredictionRun:
    return PredictionRun(
        id=run_ids.written(own),
        state=state,
        model=own.model,
        dataset=own.dataset,
        split=own.split,
        language=own.language,
        started_at=own.started_at,
    )
