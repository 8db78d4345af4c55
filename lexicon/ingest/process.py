"""Reading a large file in a process of its own, while this one feeds the database.

A plain child rather than multiprocessing's, which would run the caller's main module again.
"""

import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import IO, TypeVar

from lexicon.errors import InvalidInput, LexiconError

AHEAD = 8
"""Items that may wait for the database."""

BUFFER = 2**20
"""Bytes that the system keeps between the processes (as much as Linux gives whoever asks). An item
fits, so that its maker goes on to the next one without waiting for a thread of ours."""

T = TypeVar("T")
_Message = tuple[str, T | str | None]


def elsewhere(produce: Callable[[], Iterator[T]]) -> Generator[T]:
    """The items of ``produce()``, made by another process in order.

    ``produce`` and the items must be picklable. A :class:`LexiconError` of the other process is
    raised here as :class:`InvalidInput`; so is its sudden end, because nothing may be taken for a
    whole file that was read in part.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "lexicon.ingest.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=BUFFER,
        # Ctrl-C in a terminal reaches a whole group; who is in charge decides.
        process_group=0,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    waiting: queue.Queue[_Message[T]] = queue.Queue(AHEAD)
    stopped = threading.Event()
    drain = threading.Thread(target=_drain, args=(child.stdout, waiting, stopped), daemon=True)
    drain.start()
    try:
        with suppress(BrokenPipeError):
            pickle.dump(produce, child.stdin)
            child.stdin.close()
        while True:
            kind, item = waiting.get()
            if kind == "end":
                return
            if kind == "error":
                raise InvalidInput(str(item))
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        child.kill()
        child.wait()
        drain.join()
        child.stdout.close()


def _drain(
    stream: IO[bytes], waiting: "queue.Queue[_Message[T]]", stopped: threading.Event
) -> None:
    while not stopped.is_set():
        try:
            message = pickle.load(stream)
        except (EOFError, pickle.UnpicklingError):
            message = ("error", "the process that read the file ended before its end; try again")
        while not stopped.is_set():
            with suppress(queue.Full):
                waiting.put(message, timeout=0.1)
                break
        if message[0] != "item":
            return


def _work() -> None:
    out = sys.stdout.buffer
    # What a library prints must not get between the items.
    sys.stdout = sys.stderr
    # Who asked may be gone before having said what.
    with suppress(BrokenPipeError, EOFError):
        produce = pickle.load(sys.stdin.buffer)
        try:
            for item in produce():
                pickle.dump(("item", item), out, protocol=pickle.HIGHEST_PROTOCOL)
            pickle.dump(("end", None), out)
        except LexiconError as error:
            pickle.dump(("error", str(error)), out)
        out.flush()


if __name__ == "__main__":
    _work()
