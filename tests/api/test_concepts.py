"""``/v1/concepts``: pages, one concept, and editors who do not overwrite one another."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.errors import PROBLEM_JSON
from indexer.answers import SearchRequest
from indexer.search import search
from indexer.service import LexiconService
from lexicon.store import open_store

PATH = "/v1/concepts"
SHORE, MONEY, RUN, WATER = "bank.noun.1", "bank.noun.2", "run.verb.1", "water.noun.1"
TEA = {"gloss": "hot drink", "forms": {"en": ["tea"], "kn": ["ಚಹಾ"]}}
WATER_OUT = {
    "key": WATER,
    "pos": "noun",
    "field": "water",
    "gloss": "clear liquid",
    "unsensed": False,
    "source": "tiny",
    "forms": {"en": ["water"], "fr": ["eau"], "kn": ["ನೀರು", "ಜಲ"]},
    "external": {},
}


def problem(answer: Any, status: int, kind: str, said: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_JSON
    found = answer.json()
    assert found["type"] == f"urn:semantic-lexicon:{kind}"
    assert said in found["detail"]


def keys(client: TestClient, **parameters: str | int) -> list[str]:
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == 200, answer.text
    return [one["key"] for one in answer.json()["concepts"]]


def answers(client: TestClient, q: str, target: str = "fr") -> list[str]:
    found = client.get("/v1/translations", params={"q": q, "source": "en", "target": target})
    assert found.status_code == 200, found.text
    return [one["lemma"] for one in found.json()["results"]]


class TestListing:
    def test_pages_lead_from_one_to_the_next(self, tiny: TestClient) -> None:
        seen, cursor = [], None
        while True:
            page = tiny.get(
                PATH, params={"limit": 3} | ({"cursor": cursor} if cursor else {})
            ).json()
            seen.append([one["key"] for one in page["concepts"]])
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == [[SHORE, MONEY, RUN], [WATER]]

    def test_filters_go_together(self, tiny: TestClient) -> None:
        assert keys(tiny, pos="verb") == [RUN]
        assert keys(tiny, prefix="B", language="en", field="money", source="tiny") == [MONEY]
        assert keys(tiny, language="hi") == []
        assert tiny.get(PATH, params={"field": "water"}).json() == {
            "concepts": [WATER_OUT],
            "next": None,
        }

    @pytest.mark.parametrize(
        ("name", "value", "kind"),
        [
            ("limit", "501", "invalid-request"),
            ("pos", "thing", "invalid-request"),
            ("language", "de", "unknown-language"),
            ("source", "none", "unknown-source"),
            ("prefix", "a\0", "invalid-request"),
            ("field", "a\0", "invalid-request"),
            ("cursor", "%", "invalid-request"),
            ("cursor", "a", "malformed-cursor"),
            ("cursor", "_w", "malformed-cursor"),
            ("cursor", "AA", "malformed-cursor"),
            ("cursor", "YQph", "malformed-cursor"),
            ("cursor", "YR", "malformed-cursor"),
        ],
    )
    def test_what_cannot_be_listed_is_refused(
        self, tiny: TestClient, name: str, value: str, kind: str
    ) -> None:
        problem(tiny.get(PATH, params={name: value}), 422, kind)


class TestReading:
    def test_a_concept_has_a_tag_that_saves_reading_it_again(self, tiny: TestClient) -> None:
        first = tiny.get(f"{PATH}/{WATER}")
        assert first.json() == WATER_OUT
        tag = first.headers["ETag"]
        for given in (tag, f'"x", W/{tag}', "*"):
            again = tiny.get(f"{PATH}/{WATER}", headers={"If-None-Match": given})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert tiny.get(f"{PATH}/{WATER}", headers={"If-None-Match": '"x"'}).status_code == 200
        assert tiny.get(f"{PATH}/{RUN}").headers["ETag"] != tag

    @pytest.mark.parametrize("key", ["none", "../words", "water.noun.1\n", "\nwater.noun.1", "/"])
    def test_an_unknown_key_is_not_found(self, tiny: TestClient, key: str) -> None:
        answer = tiny.get(f"{PATH}/{quote(key, safe='')}")
        problem(answer, 404, "unknown-concept", "list the keys with: GET /v1/concepts")

    @pytest.mark.parametrize("key", ["", "a" * 2_001])
    def test_what_is_no_key_is_refused(self, tiny: TestClient, key: str) -> None:
        problem(tiny.get(f"{PATH}/{key}"), 422, "invalid-request", f"key='{key[:1]}")


class TestCreating:
    @pytest.mark.parametrize(
        "key", ["a/b", "/a//b/", "a b?c=d#e", "50%", "...", "पानी/eau", "caf\u0065\u0301"]
    )
    def test_keys_hold_any_letters(self, writer: TestClient, key: str) -> None:
        made = writer.post(PATH, json={**TEA, "key": key})
        assert made.status_code == 201, made.text
        read = writer.get(made.headers["Location"])
        assert (read.json(), read.headers["ETag"]) == (made.json(), made.headers["ETag"])
        assert writer.get(f"{PATH}/{quote(key)}").json() == made.json()
        assert writer.delete(made.headers["Location"]).status_code == 204

    def test_a_concept_without_a_key_gets_one(self, writer: TestClient) -> None:
        made = writer.post(PATH, json={**TEA, "external": {"ili": ["i2", "i1"]}})
        assert made.status_code == 201
        assert made.headers["Location"] == f"{PATH}/tea.noun.1"
        assert made.json() == {
            "key": "tea.noun.1",
            "pos": "noun",
            "field": "unsorted",
            "gloss": "hot drink",
            "unsensed": False,
            "source": "local",
            "forms": {"en": ["tea"], "kn": ["ಚಹಾ"]},
            "external": {"ili": ["i1", "i2"]},
        }

    def test_a_key_that_is_taken_is_a_conflict(self, writer: TestClient) -> None:
        problem(writer.post(PATH, json={**TEA, "key": WATER}), 409, "concept-exists", WATER)

    @pytest.mark.parametrize(
        ("changes", "kind", "said"),
        [
            ({"key": "k" * 1_001}, "invalid-request", "at most 1000 characters"),
            ({"key": "ಕ" * 700}, "invalid-input", "longer than 2,000"),
            ({"key": ".."}, "invalid-input", "step in a path"),
            ({"key": "a\x07"}, "invalid-input", "U+0007"),
            ({"gloss": " "}, "invalid-input", "empty gloss"),
            ({"gloss": "\ud800"}, "invalid-request", "gloss"),
            ({"pos": "thing"}, "invalid-request", "pos='thing'"),
            ({"forms": {}}, "invalid-request", "forms"),
            ({"forms": {"en": []}}, "invalid-request", "forms.en"),
            ({"forms": {"en": ["\u200d"]}}, "invalid-input", "empty en form"),
            ({"forms": {"en": ["w"] * 201}}, "invalid-request", "forms.en"),
            ({"forms": {"de": ["Tee"]}}, "unknown-language", "unknown language 'de'"),
            ({"forms": {"en": ["чай"]}}, "invalid-input", "any_script=true"),
            ({"external": {"s" * 33: ["1"]}}, "invalid-request", "external"),
            ({"external": {"s": ["ಕ" * 700]}}, "invalid-input", "longer than 2,000"),
            ({"unsensed": 1}, "invalid-request", "unsensed"),
            ({"colour": "red"}, "invalid-request", "colour='red'"),
        ],
    )
    def test_what_is_no_concept_is_refused(
        self, writer: TestClient, changes: dict[str, Any], kind: str, said: str
    ) -> None:
        # Written by hand: no client sends half a letter by itself.
        body = json.dumps({**TEA, **changes})
        answer = writer.post(PATH, content=body, headers={"Content-Type": "application/json"})
        problem(answer, 422, kind, said)
        assert len(keys(writer)) == 4

    def test_another_script_is_taken_when_told(self, writer: TestClient) -> None:
        body = {**TEA, "forms": {"en": ["чай"]}}
        made = writer.post(PATH, params={"any_script": "true"}, json=body)
        assert made.json()["forms"] == {"en": ["чай"]}
        refused = writer.post(PATH, params={"any_script": "yes"}, json=body)
        problem(refused, 422, "invalid-request", "write true or false")
        # And closes the concept to no other change.
        changed = writer.patch(made.headers["Location"], json={"gloss": "hot"})
        assert changed.json()["gloss"] == "hot"


class TestChanging:
    def test_put_replaces_all_of_a_concept(self, writer: TestClient) -> None:
        body = {**TEA, "pos": "verb", "field": "f", "external": {"ili": ["i1"]}, "unsensed": True}
        answer = writer.put(f"{PATH}/{WATER}", json=body)
        assert answer.json() == {**WATER_OUT, **body}
        assert writer.get(f"{PATH}/{WATER}").headers["ETag"] == answer.headers["ETag"]
        again = writer.put(f"{PATH}/{WATER}", json=body)
        assert again.headers["ETag"] == answer.headers["ETag"]
        problem(writer.put(f"{PATH}/none", json=body), 404, "unknown-concept")

    def test_patch_changes_some_of_it(self, writer: TestClient) -> None:
        body = {
            "gloss": "h2o",
            "forms": {"fr": ["onde", "eau"], "kn": []},
            "add": [{"language": "en", "lemma": " aqua "}],
            "remove": [{"language": "en", "lemma": "water"}],
        }
        assert writer.patch(f"{PATH}/{WATER}", json=body).json() == {
            **WATER_OUT,
            "gloss": "h2o",
            "forms": {"en": ["aqua"], "fr": ["onde", "eau"]},
        }
        same = writer.patch(f"{PATH}/{SHORE}", json={}).json()
        assert same == writer.get(f"{PATH}/{SHORE}").json()

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"remove": [{"language": "en", "lemma": "tea"}]}, "it has: water"),
            ({"forms": {"en": [], "fr": [], "kn": []}}, "has no word in any language"),
            ({"forms": {"en": ["чай"]}}, "any_script=true"),
        ],
    )
    def test_a_change_that_cannot_be_is_refused(
        self, writer: TestClient, body: dict[str, Any], said: str
    ) -> None:
        problem(writer.patch(f"{PATH}/{WATER}", json=body), 422, "invalid-input", said)
        assert writer.get(f"{PATH}/{WATER}").json() == WATER_OUT

    @pytest.mark.parametrize(
        "change",
        [
            lambda client, headers: client.put(f"{PATH}/{WATER}", json=TEA, headers=headers),
            lambda client, headers: client.patch(
                f"{PATH}/{WATER}", json={"gloss": "mine"}, headers=headers
            ),
            lambda client, headers: client.delete(f"{PATH}/{WATER}", headers=headers),
        ],
        ids=["put", "patch", "delete"],
    )
    def test_two_editors_do_not_overwrite_one_another(
        self, writer: TestClient, change: Callable[[TestClient, dict[str, str]], Any]
    ) -> None:
        seen = writer.get(f"{PATH}/{WATER}").headers["ETag"]
        theirs = writer.patch(f"{PATH}/{WATER}", json={"gloss": "theirs"})
        for stale in (seen, f"W/{theirs.headers['ETag']}"):
            problem(change(writer, {"If-Match": stale}), 412, "edited-meanwhile", "read it again")
        assert writer.get(f"{PATH}/{WATER}").json()["gloss"] == "theirs"
        listed = f'"x", {theirs.headers["ETag"]}'
        assert change(writer, {"If-Match": listed}).status_code in (200, 204)

    def test_any_version_that_is_there_can_be_meant(self, writer: TestClient) -> None:
        assert writer.delete(f"{PATH}/{WATER}", headers={"If-Match": "*"}).status_code == 204
        problem(writer.get(f"{PATH}/{WATER}"), 404, "unknown-concept")


class TestSearching:
    def test_words_are_found_as_soon_as_they_are_written(
        self, writer: TestClient, service: LexiconService
    ) -> None:
        other = LexiconService(service.settings, open_store(service.settings))
        assert answers(writer, "water") == ["eau", "banque", "courir", "rive"]
        made = writer.post(
            PATH, json={"gloss": "g", "key": "c", "forms": {"en": ["water"], "fr": ["onde"]}}
        )
        assert made.status_code == 201
        assert "onde" in answers(writer, "water")
        writer.patch(f"{PATH}/c", json={"forms": {"fr": ["flot"]}})
        found = answers(writer, "water")
        assert "flot" in found
        assert "onde" not in found
        assert "flot" in _elsewhere(other)
        writer.delete(f"{PATH}/c")
        assert answers(writer, "water") == ["eau", "banque", "courir", "rive"]
        assert "flot" not in _elsewhere(other)
        other.sessions.kw["bind"].dispose()


def _elsewhere(service: LexiconService) -> list[str]:
    """What another process answers, within a second."""
    time.sleep(0.3)
    return [one.lemma for one in search(service, SearchRequest("water", "en", "fr")).results]


def test_nothing_is_written_without_a_key(tiny: TestClient) -> None:
    for method, path in (("POST", PATH), ("PUT", WATER), ("PATCH", WATER), ("DELETE", WATER)):
        url = path if path == PATH else f"{PATH}/{path}"
        problem(tiny.request(method, url, json=TEA), 401, "key-missing")
    assert keys(tiny) == [SHORE, MONEY, RUN, WATER]
