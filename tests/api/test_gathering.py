"""What requests share: the queue in front of the models, its limit and its figures."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from api.counted import EncodingCounts
from api.deps import Classifiers
from indexer.asking.encoding import SharedEncoding
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, Overloaded
from lexicon.settings import Settings
from nli.protocol import NliPair, NliScores, NliSpec

PATIENCE = 20


def figure(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


def test_the_figures_of_encoding_are_those_of_prometheus(
    tiny: TestClient, service: LexiconService
) -> None:
    names = (
        "lexicon_vector_cache_hits_total",
        "lexicon_vector_cache_misses_total",
        "lexicon_encode_batch_texts_sum",
        "lexicon_encode_seconds_count",
        "lexicon_encode_queue_texts",
    )
    before = [figure(name) for name in names]
    for texts in (["flurbish", "blurfish"], ["flurbish"]):
        body = {"model": "axis", "input": texts}
        assert tiny.post("/v1/embeddings", json=body).status_code == HTTPStatus.OK
    # One batch of two texts; the third was held.
    after = [figure(name) for name in names]
    assert [late - early for early, late in zip(before, after, strict=True)] == [1, 2, 2, 1, 0]
    refused = figure("lexicon_encode_refused_total")
    EncodingCounts().refused()
    assert figure("lexicon_encode_refused_total") == refused + 1


def test_with_too_many_texts_waiting_the_answer_is_503_at_once(
    tiny: TestClient, service: LexiconService
) -> None:
    encoding: SharedEncoding = tiny.app.state.services.encoding  # type: ignore[attr-defined]
    encoding.room.enter(2_048)
    answer = tiny.post("/v1/embeddings", json={"model": "axis", "input": "flurbish"})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["type"] == "urn:semantic-lexicon:overloaded"
    assert answer.headers["retry-after"] == "1"
    known = {"q": "water", "source": "en", "target": "kn"}
    assert tiny.get("/v1/translations", params=known).status_code == HTTPStatus.OK
    encoding.room.leave(2_048)


class Slow:
    """Waits with the first pair until ``go``."""

    spec = NliSpec(
        "slow", "tests/slow", "1", ("entailment", "neutral", "contradiction"), "fp32", 9, "stub"
    )

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()
        self.batches: list[list[str]] = []

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        self.batches.append([pair.premise for pair in pairs])
        self.began.set()
        assert self.go.wait(PATIENCE)
        return [NliScores(1.0, 0.0, 0.0, truncated=False) for _ in pairs]


def test_pairs_of_waiting_requests_are_classified_together(settings: Settings) -> None:
    slow, held = Slow(), Classifiers(settings.model_copy(update={"queue": 2}))
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(held.classify, slow, [NliPair("1", "a")])
        assert slow.began.wait(PATIENCE)
        later = [pool.submit(held.classify, slow, [NliPair(name, "a")]) for name in "23"]
        while held.room.waiting < 2:
            threading.Event().wait(0.005)
        with pytest.raises(Overloaded, match="2 pairs wait already and 2 may"):
            held.classify(slow, [NliPair("4", "a")])
        with pytest.raises(InvalidInput, match="pair 2: empty hypothesis"):
            held.classify(slow, [NliPair("5", "a"), NliPair("6", " ")])
        slow.go.set()
        assert [len(one.result(PATIENCE)) for one in (first, *later)] == [1, 1, 1]
    assert [sorted(batch) for batch in slow.batches] == [["1"], ["2", "3"]]
