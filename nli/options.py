"""What a classifier's name says behind its question mark."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from indexer.checkpoints.precision import PRECISIONS
from lexicon.errors import InvalidInput
from lexicon.labels import order

_KNOWN = ("labels", "max_length", "precision")


@dataclass(frozen=True)
class Options:
    """How a checkpoint is read. ``labels`` in the order in which it counts them, None to go by
    their names; ``max_length`` in tokens of a pair, None for 128 or as many as it takes."""

    labels: tuple[str, ...] | None = None
    max_length: int | None = None
    precision: str = "auto"


def named(
    name: str,
    labels: str | None = None,
    max_length: int | None = None,
    precision: str | None = None,
) -> str:
    """``name`` with options, in the one order and spelling that makes two equal ones the same.

    >>> named("a/b?precision=fp32", "Neutral,contradiction,entails", 64)
    'a/b?labels=neutral,contradiction,entailment&max_length=64&precision=fp32'
    """
    base, held = split(name)
    given = order(labels.split(",")) if labels else held.labels
    numbers = precision or held.precision
    options = {
        "labels": ",".join(given) if given else None,
        "max_length": held.max_length if max_length is None else max_length,
        "precision": None if numbers == "auto" else numbers,
    }
    said = {key: value for key, value in options.items() if value is not None}
    return f"{base}?{urlencode(said, safe=',')}" if said else base


def split(name: str) -> tuple[str, Options]:
    """The name without its options, and those. Raises :class:`InvalidInput`."""
    base, _, query = name.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    for key in given:
        if key not in _KNOWN:
            raise InvalidInput(
                f"unknown option {key!r} of classifier {base!r}; known: {', '.join(_KNOWN)}"
            )
    most = given.get("max_length")
    if most is not None and not (most.isascii() and most.isdigit() and len(most) < 8):
        raise InvalidInput(f"max_length {most[:40]!r} of classifier {base!r} is no whole number")
    precision = given.get("precision", "auto")
    if precision not in PRECISIONS:
        raise InvalidInput(f"unknown precision {precision!r}; known: {', '.join(PRECISIONS)}")
    labels = given.get("labels")
    return base, Options(
        order(labels.split(",")) if labels is not None else None,
        int(most) if most is not None else None,
        precision,
    )
