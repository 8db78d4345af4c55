"""Moments, in UTC whichever database keeps them."""

from datetime import UTC, datetime


def in_utc(value: datetime) -> datetime:
    """The same moment in UTC. What says no zone is in UTC: SQLite forgets it, and everything
    stored is.

    >>> in_utc(datetime(2026, 1, 2, 3, 4)).isoformat()
    '2026-01-02T03:04:00+00:00'
    """
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def written(value: datetime) -> str:
    """A moment to the second.

    >>> written(datetime(2026, 1, 2, 3, 4))
    '2026-01-02T03:04:00Z'
    """
    return f"{in_utc(value).replace(tzinfo=None):%Y-%m-%dT%H:%M:%S}Z"
