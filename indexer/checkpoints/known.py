"""Checkpoints by name: which repository of the hub each one is."""

import re
from dataclasses import dataclass

from lexicon.errors import InvalidInput

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")
_APART = "--"
"""Stands for the slash of a hub id in a folder's name; no hub id contains it."""


@dataclass(frozen=True)
class Repository:
    """A hub id, and the branch, tag or commit that is pulled when none is asked for."""

    id: str
    revision: str = "main"


KNOWN: dict[str, Repository] = {
    "labse": Repository("sentence-transformers/LaBSE"),
    "bloom-560m": Repository("bigscience/bloom-560m"),
    "bloom-1b7": Repository("bigscience/bloom-1b7"),
    "xlm-roberta-base": Repository("FacebookAI/xlm-roberta-base"),
    "xlmr-base-xnli": Repository("symanto/xlm-roberta-base-snli-mnli-anli-xnli"),
    "xlmr-large-xnli": Repository("joeddav/xlm-roberta-large-xnli"),
}
"""Names people type: three encoders, what classifiers are fine-tuned from, and two classifiers of
pairs of sentences."""


@dataclass(frozen=True)
class Named:
    """``name`` is the folder's name: the known one, or the hub id with ``--`` for its slash."""

    name: str
    repository: Repository


def named(name: str) -> Named:
    """The checkpoint of a known name, a hub id or a folder's name.

    >>> named("intfloat/multilingual-e5-small").name
    'intfloat--multilingual-e5-small'

    Raises :class:`InvalidInput` for what is none of them.
    """
    if known := KNOWN.get(name):
        return Named(name, known)
    repo = name if "/" in name else name.replace(_APART, "/", 1)
    if not _ID.fullmatch(repo) or _APART in repo or ".." in repo or repo.endswith("."):
        raise InvalidInput(
            f"unknown model {name[:80]!r}; known: {', '.join(KNOWN)}, "
            "or a hub id such as sentence-transformers/LaBSE"
        )
    for short, known in KNOWN.items():
        if known.id == repo:
            return Named(short, known)
    return Named(repo.replace("/", _APART), Repository(repo))
