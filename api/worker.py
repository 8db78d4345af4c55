"""A worker of ``lexicon serve --workers``: ``python -m api.worker LISTENER LIFELINE FORMAT``."""

import os
import signal
import socket
import sys
import threading
from typing import cast

from api.logs import Format
from api.server import serve
from lexicon.settings import load_settings


def main(listener: int, lifeline: int, form: Format) -> None:
    """Answer on the socket with that number until told to stop, or until nobody holds the other
    end of ``lifeline``."""
    threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()
    with socket.socket(fileno=listener) as held:
        serve(load_settings(), held, form)


def _watch(lifeline: int) -> None:
    # Nothing is ever written: reading ends when the supervisor does, however it does.
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), cast(Format, sys.argv[3]))
