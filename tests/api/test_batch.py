"""``POST /v1/translations/batch``."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.answers import SearchRequest
from indexer.search import search
from tests.conftest import AxisEncoder

PATH = "/v1/translations/batch"
QUERIES: list[dict[str, Any]] = [
    {"q": "water"},
    {"q": "bank", "target": "kn", "k": 1, "score": "csls"},
    {"q": "flurbish"},
    {"q": "eau", "source": "fr", "target": "en", "pos": None},
    {"q": "run", "pos": "verb"},
    {"q": "bank", "concept": "bank.noun.2"},
    {"q": "water", "target": "xx"},
    {"q": "water", "source": "xx"},
    {"q": "water", "pos": "verb"},
    {"q": " "},
]


def answers(client: TestClient, queries: list[dict[str, Any]], **shared: Any) -> Any:
    body = {"queries": queries, "source": "en", "target": "fr", **shared}
    answer = client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["answers"]


def test_each_answer_is_that_of_a_single_query(tiny: TestClient) -> None:
    found = answers(tiny, QUERIES, k=3)
    assert [one["index"] for one in found] == list(range(len(QUERIES)))
    problems = 0
    for query, one in zip(QUERIES, found, strict=True):
        asked = {"source": "en", "target": "fr", "k": 3, **query}
        alone = tiny.get("/v1/translations", params={k: v for k, v in asked.items() if v})
        if alone.status_code == 200:
            assert one["answer"] == alone.json()
        else:
            problems += 1
            expected = alone.json()
            for problem in (one["problem"], expected):
                assert problem.pop("instance")
            assert one["problem"] == expected
    assert problems == 4


def test_a_line_each_where_lines_are_accepted(tiny: TestClient) -> None:
    body = {"queries": QUERIES, "source": "en", "target": "fr"}
    answer = tiny.post(PATH, json=body, headers={"Accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    for one in (expected := answers(tiny, QUERIES)) + lines:
        one.get("problem", {}).pop("instance", None)
    assert lines == expected


def test_only_unknown_texts_are_encoded_and_together(tiny: TestClient, axis: AxisEncoder) -> None:
    batches = []
    encode = axis.encode

    def counted(texts: Any, language: str | None = None) -> Any:
        batches.append(sorted(texts))
        return encode(texts, language)

    axis.encode = counted  # type: ignore[method-assign]
    answers(tiny, [{"q": "water"}, {"q": "flurbish"}, {"q": "bank"}, {"q": "blurfish"}])
    assert batches == [["blurfish", "flurbish"]]


def test_a_query_without_a_language_is_a_problem_in_its_place(tiny: TestClient) -> None:
    body = {"queries": [{"q": "water"}, {"q": "water", "source": "en"}], "target": "fr"}
    first, second = tiny.post(PATH, json=body).json()["answers"]
    assert first["problem"]["detail"].startswith("the query has no source language; give it one")
    assert second["answer"]["results"][0]["lemma"] == "eau"


def test_what_goes_wrong_in_one_query_is_no_end_of_the_others(
    tiny: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(service: Any, request: SearchRequest) -> Any:
        if request.text == "bank":
            raise ZeroDivisionError
        return search(service, request)

    monkeypatch.setattr("api.routes.batch.search", breaks)
    first, second = answers(tiny, [{"q": "bank"}, {"q": "water"}])
    assert (first["problem"]["status"], "answer" in second) == (500, True)
    assert "unexpected error in a batch" in caplog.text


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"queries": [{"q": "a"}] * 101, "k": 1000}, "the queries ask for 101,000 results, more"),
        ({"queries": [{"q": "a"}] * 1_001}, "queries="),
        ({"queries": []}, "queries='[]'"),
        ({"queries": [{"q": "a", "k": 0}]}, "queries.0.k="),
        ({"queries": [{"q": "a"}], "encoder": "/etc"}, "unknown encoder '/etc'"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(
    tiny: TestClient, body: dict[str, Any], detail: str
) -> None:
    answer = tiny.post(PATH, json={"source": "en", "target": "fr", **body})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)
