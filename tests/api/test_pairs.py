"""``/v1/pairs``: stored pairs, and what was said of them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.errors import PROBLEM_JSON
from indexer.service import LexiconService
from nli.predict import predict
from tests.nli.evaluation.stored import firsts
from tests.nli.evaluation.stored import predict as say
from tests.nli.stub import SPEC, StubNli, add_pairs

PATH = "/v1/pairs"
NEW = {
    "dataset": "own",
    "split": "test",
    "premise": "It  rains.",
    "hypothesis": "Il pleut.",
    "premise_language": "en",
    "hypothesis_language": "fr",
    "label": "entails",
}


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_JSON
    found: dict[str, Any] = answer.json()
    return found


def listed(client: TestClient, **parameters: str | int) -> Any:
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("writer")
class TestCreating:
    def test_a_pair_is_kept_once(self, tiny: TestClient) -> None:
        first = tiny.post(PATH, json=NEW)
        assert first.status_code == 201
        made = first.json()
        assert made == {
            **NEW,
            "premise": "It rains.",
            "label": "entailment",
            "id": made["id"],
            "key": made["key"],
        }
        again = tiny.post(PATH, json=NEW)
        assert (again.status_code, again.json()) == (200, made)
        assert listed(tiny)["pairs"] == [made]

    def test_the_hypothesis_is_in_the_language_of_the_premise_unless_told(
        self, tiny: TestClient
    ) -> None:
        body = {name: value for name, value in NEW.items() if name != "hypothesis_language"}
        made = tiny.post(PATH, json={**body, "label": None, "key": "7"}).json()
        assert (made["hypothesis_language"], made["label"], made["key"]) == ("en", None, "7")

    def test_a_key_of_another_pair_is_a_conflict(self, tiny: TestClient) -> None:
        held = tiny.post(PATH, json={**NEW, "key": "7"}).json()
        found = problem(tiny.post(PATH, json={**NEW, "key": "7", "label": "neutral"}), 409)
        assert found["type"] == "urn:semantic-lexicon:pair-conflict"
        assert found["detail"].endswith(f"remove it first with: DELETE /v1/pairs/{held['id']}")

    @pytest.mark.parametrize(
        ("changes", "kind", "said"),
        [
            ({"premise": ""}, "invalid-request", "premise=''"),
            ({"premise": "\t"}, "invalid-input", "empty premise"),
            ({"hypothesis": "a\0"}, "invalid-input", "U+0000"),
            ({"hypothesis": "x" * 10_001}, "invalid-request", "at most 10000 characters"),
            ({"label": "maybe"}, "invalid-input", "unknown NLI label 'maybe'"),
            ({"premise_language": "de"}, "unknown-language", "unknown language 'de'"),
            ({"split": "s" * 40}, "invalid-input", "split name of 40 characters"),
            ({"colour": "red"}, "invalid-request", "colour='red'"),
        ],
    )
    def test_what_is_no_pair_is_refused(
        self, tiny: TestClient, changes: dict[str, str], kind: str, said: str
    ) -> None:
        found = problem(tiny.post(PATH, json={**NEW, **changes}), 422)
        assert found["type"] == f"urn:semantic-lexicon:{kind}"
        assert said in found["detail"]
        assert listed(tiny)["pairs"] == []


@pytest.mark.usefixtures("writer")
class TestListing:
    def test_pages_lead_from_one_to_the_next(
        self, tiny: TestClient, service: LexiconService
    ) -> None:
        numbers = add_pairs(service.sessions, 7)
        seen: list[int] = []
        cursor: int | None = 0
        sizes = []
        while cursor is not None:
            page = listed(tiny, limit=3, cursor=cursor)
            sizes.append(len(page["pairs"]))
            seen += [pair["id"] for pair in page["pairs"]]
            cursor = page["next"]
        assert (seen, sizes) == (numbers, [3, 3, 1])
        assert listed(tiny, limit=7)["next"] is None

    def test_filters_go_together(self, tiny: TestClient, service: LexiconService) -> None:
        add_pairs(service.sessions, 4)
        add_pairs(service.sessions, 4, "snli", "dev", ("fr", "kn"))
        assert len(listed(tiny, dataset="snli")["pairs"]) == 4
        assert len(listed(tiny, split="test")["pairs"]) == 4
        assert len(listed(tiny, language="kn", label="neutral")["pairs"]) == 1
        assert len(listed(tiny, label="-")["pairs"]) == 2
        assert listed(tiny, dataset="none") == {"pairs": [], "next": None}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("limit", "0"),
            ("limit", "501"),
            ("cursor", "-1"),
            ("cursor", str(2**63)),
            ("label", "maybe"),
            ("dataset", "a\0"),
            ("language", ""),
        ],
    )
    def test_what_cannot_be_listed_is_refused(
        self, tiny: TestClient, name: str, value: str
    ) -> None:
        assert problem(tiny.get(PATH, params={name: value}), 422)["detail"]


class TestSaid:
    def test_each_pair_stands_beside_what_the_model_said(
        self, tiny: TestClient, service: LexiconService
    ) -> None:
        add_pairs(service.sessions, 2)
        assert all("prediction" not in pair for pair in listed(tiny)["pairs"])
        predict(service.sessions, StubNli())
        add_pairs(service.sessions, 1, "late")
        first, second, late = listed(tiny, model="stub")["pairs"]
        assert first["prediction"].pop("predicted_at").endswith("Z")
        assert first["prediction"] == {
            "label": "entailment",
            "scores": {"entailment": 0.75, "neutral": 0.125, "contradiction": 0.125},
            "truncated": False,
            "model": SPEC.identity,
        }
        assert (second["prediction"]["label"], late["prediction"]) == ("neutral", None)
        assert listed(tiny, model=SPEC.identity, dataset="late")["pairs"] == [late]

    def test_pages_of_disagreements_lead_from_one_to_the_next(
        self, tiny: TestClient, service: LexiconService
    ) -> None:
        add_pairs(service.sessions, 8)
        # Every fourth pair has no gold label.
        say(service.sessions, "other-0123456789abcdef", firsts(2))
        first = listed(tiny, model="other", disagree="true", limit=3)
        assert [pair["key"] for pair in first["pairs"]] == ["2", "4", "5"]
        assert all(pair["prediction"]["label"] != pair["label"] for pair in first["pairs"])
        second = listed(tiny, model="other", disagree="true", limit=3, cursor=first["next"])
        assert ([pair["key"] for pair in second["pairs"]], second["next"]) == (["6"], None)
        [one] = listed(tiny, model="other", disagree="true", label="neutral")["pairs"]
        assert one["key"] == "5"
        assert len(listed(tiny, model="other", disagree="false")["pairs"]) == 8

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({"disagree": "true"}, "disagree=true needs a model"),
            ({"model": "none"}, "'none' has predicted none of these pairs; predictions come with"),
            ({"model": ""}, "model=''"),
            ({"model": "a", "disagree": "1"}, "write true or false"),
        ],
    )
    @pytest.mark.usefixtures("service")
    def test_who_has_said_nothing_is_refused(
        self, client: TestClient, parameters: dict[str, str], said: str
    ) -> None:
        assert said in problem(client.get(PATH, params=parameters), 422)["detail"]


@pytest.mark.usefixtures("writer")
class TestOne:
    def test_a_pair_comes_with_what_was_said_of_it(
        self, tiny: TestClient, service: LexiconService
    ) -> None:
        first, *_, last = add_pairs(service.sessions)
        assert tiny.get(f"{PATH}/{first}").json()["predictions"] == []
        predict(service.sessions, StubNli())
        found = tiny.get(f"{PATH}/{last}").json()
        [said] = found["predictions"]
        assert said.pop("predicted_at").endswith("Z")
        assert said == {
            "label": "contradiction",
            "scores": {"entailment": 0.0, "neutral": 0.125, "contradiction": 0.875},
            "truncated": True,
            "model": SPEC.identity,
        }
        assert (found["id"], found["label"], found["hypothesis"]) == (last, None, "two")

    def test_a_removed_pair_is_gone_with_its_predictions(
        self, tiny: TestClient, service: LexiconService
    ) -> None:
        first, *rest = add_pairs(service.sessions)
        predict(service.sessions, StubNli())
        answer = tiny.delete(f"{PATH}/{first}")
        assert (answer.status_code, answer.content) == (204, b"")
        for found in (tiny.get(f"{PATH}/{first}"), tiny.delete(f"{PATH}/{first}")):
            assert problem(found, 404)["type"] == "urn:semantic-lexicon:unknown-pair"
        assert [pair["id"] for pair in listed(tiny)["pairs"]] == rest

    @pytest.mark.parametrize("number", ["0", "-1", "x", str(2**63)])
    def test_what_is_no_id_is_refused(self, tiny: TestClient, number: str) -> None:
        assert problem(tiny.get(f"{PATH}/{number}"), 422)["detail"].startswith(f"number='{number}'")


def test_without_a_store_the_service_is_unavailable(client: TestClient) -> None:
    assert problem(client.get(PATH), 503)["type"] == "urn:semantic-lexicon:store-missing"
