"""How many CPU threads one pass through a model takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from lexicon.settings import Settings

SMALL = 16_000_000
"""Tokens times the square of a layer's width, below which a second thread that sleeps between its
turns is woken for longer than it works: about 110 tokens of MiniLM, 27 of LaBSE's size."""


@contextmanager
def of_pass(torch: Any, settings: Settings, tokens: int, width: int) -> Iterator[None]:
    """One thread for a small pass where threads sleep while they wait for one another, as under
    ``lexicon serve``; otherwise as many as PyTorch has chosen. A number in the settings stands."""
    asleep = os.environ.get("OMP_WAIT_POLICY", "").upper() == "PASSIVE"
    if settings.threads is not None or not asleep:
        yield
        return
    # Said before every pass: the number is one of each thread, and of those that begin meanwhile.
    most = _chosen(torch)
    torch.set_num_threads(1 if tokens * width**2 < SMALL else most)
    try:
        yield
    finally:
        torch.set_num_threads(most)


@cache
def _chosen(torch: Any) -> int:
    """What PyTorch has chosen, asked for before anything else is said."""
    return int(torch.get_num_threads())
