"""Several workers on one socket: started, replaced when they die, and ended together."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from tempfile import mkdtemp

from prometheus_client.multiprocess import mark_process_dead

from api import logs, metrics
from api.server import serve
from lexicon.errors import WorkersFail
from lexicon.settings import Settings

TICK = 0.1
"""Seconds between looks at the workers."""

LASTING = 10.0
"""Seconds after which a worker has proved that it can work."""

TRIES = 5
"""Workers that die one after another, none of them lasting, before it is given up."""

LINGER = 8.0
"""Seconds beyond the grace period until a worker is killed."""

log = logging.getLogger("lexicon.serve")


def run(settings: Settings, listener: socket.socket, workers: int, form: logs.Format) -> None:
    """Answer on ``listener`` until told to stop: in this process, or in several others."""
    # PyTorch's threads spin while they wait for one another, on processors that those who answer
    # need: read when its library is loaded, here and in workers.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if workers == 1:
        serve(settings, listener, form)
    else:
        Supervisor(settings, listener, workers, form).run()


@dataclass
class _Worker:
    process: "subprocess.Popen[bytes]"
    since: float = field(default_factory=time.monotonic)


class Supervisor:
    """Keeps ``number`` workers answering on ``listener``."""

    # -P: modules of whatever folder this was started in must not come first.
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "api.worker")

    def __init__(
        self, settings: Settings, listener: socket.socket, number: int, form: logs.Format
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._number = number
        self._form = form
        self._workers: list[_Worker] = []
        self._failures = 0
        self._next = 0.0
        self._ended = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT, and until every worker has finished what it was doing."""
        logs.configure(self._form)
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._end) for number in signals}
        folder = mkdtemp(prefix="lexicon-metrics-")
        # Workers die with the last holder of the other end, also of one that was killed.
        lifeline, held = os.pipe()
        try:
            while not self._ended:
                self._bury(folder)
                self._start(folder, lifeline)
                time.sleep(TICK)
        finally:
            self._listener.close()
            self._finish()
            os.close(held)
            os.close(lifeline)
            shutil.rmtree(folder, ignore_errors=True)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, *_: object) -> None:
        self._ended = True

    def _start(self, folder: str, lifeline: int) -> None:
        while len(self._workers) < self._number and time.monotonic() >= self._next:
            descriptor = self._listener.fileno()
            process = subprocess.Popen(
                [*self.command, str(descriptor), str(lifeline), self._form],
                pass_fds=(descriptor, lifeline),
                # What threads free stays with their arenas, of which there may be eight a core.
                env={"MALLOC_ARENA_MAX": "2", **os.environ, metrics.FOLDER: folder},
            )
            self._workers.append(_Worker(process))
            log.info("worker started", extra={"worker": process.pid})

    def _bury(self, folder: str) -> None:
        for worker in list(self._workers):
            code = worker.process.poll()
            if code is None:
                continue
            self._workers.remove(worker)
            mark_process_dead(worker.process.pid, folder)  # type: ignore[no-untyped-call]
            lasted = time.monotonic() - worker.since
            log.error(
                "worker died",
                extra={"worker": worker.process.pid, "code": code, "seconds": round(lasted, 1)},
            )
            self._failures = 0 if lasted > LASTING else self._failures + 1
            if self._failures >= TRIES:
                raise WorkersFail(self._failures, code)
            self._next = time.monotonic() + TICK * 2**self._failures

    def _finish(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
        until = time.monotonic() + (
            self._settings.drain_seconds + self._settings.grace_seconds + LINGER
        )
        for worker in self._workers:
            try:
                worker.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("worker killed", extra={"worker": worker.process.pid})
                worker.process.kill()
                worker.process.wait()
