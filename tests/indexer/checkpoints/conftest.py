"""A loopback hub that every pull of these tests goes to."""

from collections.abc import Iterator

import pytest

from tests.indexer.checkpoints.hub_server import Hub, serving


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(monkeypatch) as made:
        yield made
