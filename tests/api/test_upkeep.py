"""Words that came over HTTP get vectors that are kept."""

import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api import upkeep
from indexer.service import LexiconService
from lexicon.errors import ModelMissing
from lexicon.models import WordVector
from tests.conftest import AxisEncoder

PATH = "/v1/words"


def add(client: TestClient, number: int) -> None:
    body = {"language": "en", "lemma": f"aqua {number}", "concept": "water.noun.1"}
    assert client.post(PATH, json=body).status_code == 201


def kept(service: LexiconService) -> int:
    with service.sessions() as session:
        return session.scalar(select(func.count()).select_from(WordVector)) or 0


def test_vectors_are_kept_at_the_first_word_and_after_many(
    writer: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "OFTEN", 3)
    told = []
    for number in range(8):
        add(writer, number)
        told.append(kept(service))
    assert told == [1, 1, 1, 4, 4, 4, 7, 7]


def test_words_that_are_kept_are_encoded_once(
    writer: TestClient, service: LexiconService, axis: AxisEncoder
) -> None:
    add(writer, 0)
    axis.encoded = 0
    parameters: dict[str, Any] = {"q": "eau", "source": "fr", "target": "en"}
    found = writer.get("/v1/translations", params=parameters).json()["results"]
    assert "aqua 0" in [one["lemma"] for one in found]
    assert axis.encoded == 0


def test_one_looks_at_a_time(service: LexiconService) -> None:
    looker = upkeep.Upkeep()
    with looker._lock:
        looker.look(service)
    assert looker._kept is None
    looker.look(service)
    assert looker._kept is not None


def test_what_cannot_be_done_is_told_to_the_operator(
    writer: TestClient,
    service: LexiconService,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def missing(*_: object) -> None:
        raise ModelMissing("model 'axis' is not on this machine")

    monkeypatch.setattr(upkeep, "keep_up", missing)
    with caplog.at_level(logging.WARNING, "lexicon.api"):
        add(writer, 0)
    assert "do not keep up with the words: model 'axis' is not" in caplog.text
    assert kept(service) == 0
