"""``/v1/nli``: pairs in a request, and stored ones in the background."""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.deps import AT_ONCE
from api.errors import PROBLEM_JSON
from indexer.service import LexiconService
from lexicon.errors import EncoderFault
from lexicon.settings import Settings
from nli import registry
from nli.protocol import NliPair, NliScores
from tests.conftest import AxisEncoder
from tests.nli.stub import SPEC, StubNli, add_pairs

PATH = "/v1/nli"
RUNS = "/v1/nli/predictions"
ME = SPEC.identity
PATIENCE = 30.0
PAIR = {"premise": "a dog", "hypothesis": "an animal"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose default classifier is the stub."""
    return Settings(home=tmp_path / "home", encoder="axis", nli="stub")


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> StubNli:
    made = StubNli()
    monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: made)
    return made


@pytest.fixture
def client(settings: Settings, axis: AxisEncoder, stub: StubNli) -> TestClient:
    """A client of an app whose home does not exist until ``service`` makes it."""
    return TestClient(create_app(settings), raise_server_exceptions=False)


def asked(client: TestClient, *pairs: dict[str, str], **others: str) -> Any:
    answer = client.post(PATH, json={"pairs": pairs, **others})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_JSON
    problem: dict[str, Any] = answer.json()
    return problem


def ended(client: TestClient, run: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = client.get(f"{RUNS}/{run}").json()
        if found["state"] != "running":
            return found
        assert time.monotonic() < deadline
        time.sleep(0.005)


class TestClassifying:
    def test_each_pair_has_its_answer_in_order_without_a_store(
        self, client: TestClient, settings: Settings
    ) -> None:
        found = asked(
            client,
            PAIR,
            {"premise": "a dog", "hypothesis": "the cat", "premise_language": "en"},
            {"premise": "one " * 10, "hypothesis": "two"},
        )
        assert found == {
            "model": ME,
            "results": [
                {
                    "label": "entailment",
                    "scores": {"entailment": 0.75, "neutral": 0.125, "contradiction": 0.125},
                    "truncated": False,
                    "covered": None,
                    "model": ME,
                },
                {
                    "label": "neutral",
                    "scores": {"entailment": 0.25, "neutral": 0.5, "contradiction": 0.25},
                    "truncated": False,
                    "covered": None,
                    "model": ME,
                },
                {
                    "label": "contradiction",
                    "scores": {"entailment": 0.0, "neutral": 0.125, "contradiction": 0.875},
                    "truncated": True,
                    "covered": None,
                    "model": ME,
                },
            ],
        }
        assert not (settings.home / "lexicon.sqlite3").exists()

    def test_languages_and_the_known_share_are_handed_on(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[NliPair] = []

        class Baseline(StubNli):
            spec = replace(SPEC, name="base", kind="baseline")

            def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
                seen.extend(pairs)
                return [replace(one, covered=0.5) for one in super().classify(pairs)]

        monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: Baseline())
        pair = {**PAIR, "premise_language": "fr", "hypothesis_language": "kn"}
        [result] = asked(client, pair)["results"]
        assert result["covered"] == 0.5
        assert seen == [NliPair(**pair)]

    def test_256_pairs_are_answered_and_one_more_is_refused(
        self, client: TestClient, stub: StubNli
    ) -> None:
        assert len(asked(client, *[PAIR] * 256)["results"]) == 256
        for pairs in ([], [PAIR] * 257):
            problem = refused(client.post(PATH, json={"pairs": pairs}), 422)
            assert problem["type"] == "urn:semantic-lexicon:invalid-request"
        assert stub.asked == 256

    def test_a_hundred_thousand_characters_are_cut_and_more_are_refused(
        self, client: TestClient
    ) -> None:
        long = ("word " * 20_000).strip()[:100_000]
        [result] = asked(client, {"premise": long, "hypothesis": "x"})["results"]
        assert result["truncated"] is True
        answer = client.post(PATH, json={"pairs": [{"premise": "a", "hypothesis": "w" * 100_001}]})
        problem = refused(answer, 422)
        assert problem["detail"].startswith("pairs.0.hypothesis='wwww")
        assert "at most 100000 characters" in problem["detail"]
        assert len(problem["detail"]) < 300

    @pytest.mark.parametrize(
        ("pair", "kind", "said"),
        [
            ({"premise": "", "hypothesis": "x"}, "invalid-request", "pairs.1.premise=''"),
            ({"premise": "x"}, "invalid-request", "pairs.1.hypothesis: Field required"),
            ({**PAIR, "premisse": "x"}, "invalid-request", "pairs.1.premisse='x'"),
            ({"premise": 1, "hypothesis": "x"}, "invalid-request", "pairs.1.premise='1'"),
            ({"premise": " \n", "hypothesis": "x"}, "invalid-input", "pair 2: empty premise"),
            ({"premise": "x", "hypothesis": "a\0b"}, "invalid-input", "pair 2: hypothesis 'a\\x00"),
            ({"premise": "x\x07", "hypothesis": "a"}, "invalid-input", "U+0007, which is not text"),
        ],
    )
    def test_what_is_no_pair_is_refused_by_its_place(
        self, client: TestClient, pair: dict[str, Any], kind: str, said: str
    ) -> None:
        problem = refused(client.post(PATH, json={"pairs": [PAIR, pair]}), 422)
        assert problem["type"] == f"urn:semantic-lexicon:{kind}"
        assert said in problem["detail"]

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"pairs": [{"premise": "\xff"}]}'])
    def test_what_is_no_request_is_refused(self, client: TestClient, body: bytes) -> None:
        answer = client.post(PATH, content=body, headers={"content-type": "application/json"})
        assert refused(answer, 422 if body != b'{"pairs": [{"premise": "\xff"}]}' else 400)

    def test_half_a_character_is_refused(self, client: TestClient) -> None:
        body = b'{"pairs": [{"premise": "\\ud800", "hypothesis": "x"}]}'
        answer = client.post(PATH, content=body, headers={"content-type": "application/json"})
        assert "pairs.0.premise" in refused(answer, 422)["detail"]


class TestModels:
    def test_known_ones_and_the_configured_one_may_be_named(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Other(StubNli):
            spec = replace(SPEC, name="other")

        assert asked(client, PAIR, model="stub")["model"] == ME
        monkeypatch.setitem(registry.NAMED, "other", lambda _settings: Other())
        monkeypatch.setattr(registry, "KNOWN", ("other",))
        assert asked(client, PAIR, model="other")["model"] == Other.spec.identity

    @pytest.mark.parametrize("name", ["/etc", "word2vec", "org/name", "stub?max_length=9", ""])
    def test_others_are_refused_with_the_known_ones(self, client: TestClient, name: str) -> None:
        problem = refused(client.post(PATH, json={"pairs": [PAIR], "model": name}), 422)
        assert problem["type"] == "urn:semantic-lexicon:unknown-classifier"
        assert problem["detail"] == (
            f"unknown classifier {name!r}; known: embedded-nli, stub, xlmr-base-xnli, "
            "xlmr-large-xnli"
        )

    def test_one_that_is_not_here_is_unavailable_with_the_remedy(self, client: TestClient) -> None:
        body = {"pairs": [PAIR], "model": "xlmr-base-xnli"}
        problem = refused(client.post(PATH, json=body), 503)
        assert problem["type"] == "urn:semantic-lexicon:model-missing"
        assert problem["detail"].endswith("get it with: lexicon models pull xlmr-base-xnli")

    def test_one_is_opened_once_for_all_and_told_once(
        self,
        client: TestClient,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        made: list[StubNli] = []

        class Weak(StubNli):
            notes = ("is hardly better than guessing",)

        def make(_settings: Settings) -> StubNli:
            made.append(Weak())
            return made[-1]

        monkeypatch.setitem(registry.NAMED, "stub", make)
        with caplog.at_level(logging.WARNING, "lexicon.nli"), ThreadPoolExecutor(8) as pool:
            assert len(list(pool.map(lambda _: asked(client, PAIR), range(16)))) == 16
        assert len(made) == 1
        assert [record.message for record in caplog.records] == list(Weak.notes)

    def test_waiting_requests_leave_threads_for_the_others(
        self, client: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go = threading.Event()

        class Held(StubNli):
            def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
                assert go.wait(PATIENCE)
                return super().classify(pairs)

        monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: Held())
        with client, ThreadPoolExecutor(60) as pool:
            waiting = [pool.submit(asked, client, PAIR) for _ in range(50)]
            limiter = client.app.state.classifiers.threads.limiter  # type: ignore[attr-defined]
            deadline = time.monotonic() + PATIENCE
            while limiter.statistics().tasks_waiting < 50 - AT_ONCE:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            asked_for = {"q": "water", "source": "en", "target": "kn"}
            assert client.get("/v1/translations", params=asked_for).status_code == 200
            go.set()
            assert len([one.result(PATIENCE) for one in waiting]) == 50


class TestRuns:
    @pytest.mark.usefixtures("writer")
    def test_a_run_is_begun_and_followed(
        self, client: TestClient, service: LexiconService, stub: StubNli
    ) -> None:
        add_pairs(service.sessions, 8)
        add_pairs(service.sessions, 3, languages=("fr", "kn"))
        body = {"dataset": "xnli", "split": "test", "language": "kn"}
        answer = client.post(RUNS, json=body)
        assert answer.status_code == 202
        begun = answer.json()
        assert {**body, "model": ME}.items() <= begun.items()
        last = ended(client, begun["id"])
        assert (last["state"], last["done"], last["total"], last["error"]) == ("done", 3, 3, None)
        rest = ended(client, client.post(RUNS, json={"model": "stub"}).json()["id"])
        assert (rest["done"], rest["total"], stub.asked) == (11, 11, 11)

    @pytest.mark.usefixtures("writer")
    def test_the_same_pairs_are_one_run(
        self, client: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go = threading.Event()

        class Held(StubNli):
            def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
                assert go.wait(PATIENCE)
                return super().classify(pairs)

        monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: Held())
        add_pairs(service.sessions)
        one, two = (client.post(RUNS, json={}).json() for _ in range(2))
        assert one["id"] == two["id"]
        assert one["state"] == "running"
        go.set()
        assert ended(client, one["id"])["done"] == 4

    @pytest.mark.usefixtures("writer")
    def test_a_run_that_fails_says_why(
        self, client: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Faulty(StubNli):
            def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
                raise EncoderFault("gives no probabilities")

        monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: Faulty())
        add_pairs(service.sessions)
        last = ended(client, client.post(RUNS, json={}).json()["id"])
        assert (last["state"], last["error"]) == ("failed", "gives no probabilities")

    @pytest.mark.usefixtures("writer")
    @pytest.mark.parametrize(
        ("body", "kind", "said"),
        [
            ({"language": "hi"}, "invalid-input", "no stored pair is like that"),
            ({"model": "/etc"}, "unknown-classifier", "unknown classifier '/etc'"),
            ({"dataset": "a\0"}, "invalid-request", "dataset="),
            ({"datasets": "x"}, "invalid-request", "datasets='x'"),
        ],
    )
    def test_what_cannot_be_begun_is_refused_at_once(
        self,
        client: TestClient,
        service: LexiconService,
        body: dict[str, str],
        kind: str,
        said: str,
    ) -> None:
        add_pairs(service.sessions)
        problem = refused(client.post(RUNS, json=body), 422)
        assert problem["type"] == f"urn:semantic-lexicon:{kind}"
        assert said in problem["detail"]

    def test_a_run_that_is_not_known_is_not_found(self, tiny: TestClient) -> None:
        problem = refused(tiny.get(f"{RUNS}/{'0' * 32}"), 404)
        assert problem["type"] == "urn:semantic-lexicon:unknown-run"
        assert problem["detail"].endswith("start one with: POST /v1/nli/predictions")

    def test_without_a_store_there_is_nothing_to_run(self, client: TestClient) -> None:
        key = {"Authorization": f"Bearer lex_0a1b2c3d_{'x' * 43}"}
        problem = refused(client.post(RUNS, json={}, headers=key), 503)
        assert problem["type"] == "urn:semantic-lexicon:store-missing"
