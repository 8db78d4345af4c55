"""Where a page ended, as a word for the next request: opaque, and safe in a URL."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from lexicon.errors import MalformedCursor

_BETWEEN = "\n"
"""No text of the lexicon holds it."""


def cursor(place: Sequence[str]) -> str:
    """The cursor of a place in some order.

    >>> cursor(("en", "water", "noun"))
    'ZW4Kd2F0ZXIKbm91bg'
    """
    return urlsafe_b64encode(_BETWEEN.join(place).encode()).decode().rstrip("=")


def place(given: str, size: int) -> tuple[str, ...]:
    """The ``size`` texts that a cursor was made of, or :class:`MalformedCursor`.

    >>> place("ZW4Kd2F0ZXIKbm91bg", 3)
    ('en', 'water', 'noun')
    """
    try:
        text = urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
    except ValueError:
        text = ""
    parts = tuple(text.split(_BETWEEN))
    # Whatever else decodes to the same is no cursor that was ever given.
    if len(parts) != size or not all(parts) or "\0" in text or cursor(parts) != given:
        raise MalformedCursor(given)
    return parts
