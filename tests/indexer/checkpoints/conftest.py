"""A loopback hub that every pull of these tests goes to."""

from collections.abc import Iterator

import pytest

from tests.indexer.checkpoints.hub_server import Hub, running

_VARIABLES = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with running() as made:
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        yield made
