"""Moments in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lexicon import moments

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize("moment", [NOON, NOON.replace(tzinfo=None), NOON.astimezone(INDIA)])
def test_the_same_moment_is_the_same_in_utc(moment: datetime) -> None:
    assert moments.in_utc(moment).isoformat() == "2026-01-02T12:00:00+00:00"
    assert moments.written(moment) == "2026-01-02T12:00:00Z"
