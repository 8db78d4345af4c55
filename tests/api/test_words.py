"""``/v1/words`` and ``/v1/languages``."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.service import LexiconService
from tests.api.test_concepts import answers, problem

PATH = "/v1/words"
SHORE, MONEY, WATER = "bank.noun.1", "bank.noun.2", "water.noun.1"


def listed(client: TestClient, **parameters: str | int) -> list[dict[str, Any]]:
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == 200, answer.text
    words: list[dict[str, Any]] = answer.json()["words"]
    return words


def number(client: TestClient, language: str, lemma: str) -> int:
    [found] = (word["id"] for word in listed(client, language=language) if word["lemma"] == lemma)
    return int(found)


class TestListing:
    def test_pages_lead_from_one_to_the_next(self, tiny: TestClient) -> None:
        seen, cursor = [], None
        while True:
            page = tiny.get(
                PATH, params={"limit": 5} | ({"cursor": cursor} if cursor else {})
            ).json()
            seen.append(" ".join(one["lemma"] for one in page["words"]))
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == ["bank run shore water banque", "courir eau rive ಓಡು ಜಲ", "ದಡ ನೀರು ಬ್ಯಾಂಕ್"]

    def test_a_word_comes_with_its_concepts(self, tiny: TestClient) -> None:
        [bank] = listed(tiny, prefix="BAN", language="en", pos="noun", field="money")
        assert bank == {
            "id": bank["id"],
            "language": "en",
            "lemma": "bank",
            "pos": "noun",
            "script": "Latn",
            "frequency": None,
            "concepts": [
                {"key": SHORE, "gloss": "land beside a river", "rank": 0},
                {"key": MONEY, "gloss": "house that keeps money", "rank": 0},
            ],
        }
        assert tiny.get(f"{PATH}/{bank['id']}").json() == bank

    @pytest.mark.parametrize(
        ("name", "value", "kind"),
        [
            ("limit", "0", "invalid-request"),
            ("language", "de", "unknown-language"),
            ("language", "", "invalid-request"),
            ("cursor", "YQ", "malformed-cursor"),
        ],
    )
    def test_what_cannot_be_listed_is_refused(
        self, tiny: TestClient, name: str, value: str, kind: str
    ) -> None:
        problem(tiny.get(PATH, params={name: value}), 422, kind)

    @pytest.mark.parametrize("which", ["0", "-1", "x", str(2**63)])
    def test_what_is_no_id_is_refused(self, tiny: TestClient, which: str) -> None:
        problem(tiny.get(f"{PATH}/{which}"), 422, "invalid-request", f"number='{which}'")

    def test_an_unknown_id_is_not_found(self, tiny: TestClient) -> None:
        problem(tiny.get(f"{PATH}/{2**63 - 1}"), 404, "unknown-word", "GET /v1/words")


class TestWriting:
    def test_a_word_is_added_once_and_found_at_once(self, writer: TestClient) -> None:
        body = {"language": "fr", "lemma": "onde", "concept": WATER}
        made = writer.post(PATH, json=body)
        assert made.status_code == 201, made.text
        assert made.json()["concepts"] == [{"key": WATER, "gloss": "clear liquid", "rank": 1}]
        assert writer.get(made.headers["Location"]).json() == made.json()
        assert "onde" in answers(writer, "water")
        again = writer.post(PATH, json=body)
        assert (again.status_code, again.json()) == (200, made.json())
        first = writer.post(PATH, json={**body, "rank": 0})
        assert first.status_code == 200
        assert writer.get(f"/v1/concepts/{WATER}").json()["forms"]["fr"] == ["onde", "eau"]

    @pytest.mark.parametrize(
        ("changes", "status", "kind"),
        [
            ({"concept": "none"}, 404, "unknown-concept"),
            ({"language": "de"}, 422, "unknown-language"),
            ({"lemma": "чай"}, 422, "invalid-input"),
            ({"rank": 1_001}, 422, "invalid-request"),
            ({"rank": True}, 422, "invalid-request"),
            ({"rank": "0"}, 422, "invalid-request"),
        ],
    )
    def test_what_cannot_be_added_is_refused(
        self, writer: TestClient, changes: dict[str, Any], status: int, kind: str
    ) -> None:
        body = {"language": "fr", "lemma": "onde", "concept": WATER, **changes}
        problem(writer.post(PATH, json=body), status, kind)

    def test_a_spelling_is_corrected_and_found_at_once(self, writer: TestClient) -> None:
        old = number(writer, "fr", "eau")
        assert "eau" in answers(writer, "water")
        answer = writer.patch(f"{PATH}/{old}", json={"lemma": "eaux"})
        assert answer.headers["Content-Location"] == f"{PATH}/{answer.json()['id']}"
        assert writer.get(answer.headers["Content-Location"]).json() == answer.json()
        problem(writer.get(f"{PATH}/{old}"), 404, "unknown-word")
        found = answers(writer, "water")
        assert "eaux" in found
        assert "eau" not in found

    def test_two_spellings_of_one_concept_are_merged_only_when_told(
        self, writer: TestClient
    ) -> None:
        path = f"{PATH}/{number(writer, 'en', 'bank')}"
        problem(writer.patch(path, json={"lemma": "shore"}), 409, "word-conflict", SHORE)
        merged = writer.patch(path, json={"lemma": "shore", "merge": True}).json()
        assert [one["key"] for one in merged["concepts"]] == [SHORE, MONEY]

    def test_a_removed_word_is_gone_at_once_unless_a_concept_has_no_other(
        self, writer: TestClient
    ) -> None:
        which = number(writer, "kn", "ಜಲ")
        assert "ಜಲ" in answers(writer, "water", "kn")
        answer = writer.delete(f"{PATH}/{which}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert "ಜಲ" not in answers(writer, "water", "kn")
        writer.patch("/v1/concepts/run.verb.1", json={"forms": {"en": [], "kn": []}})
        last = writer.delete(f"{PATH}/{number(writer, 'fr', 'courir')}")
        problem(last, 409, "word-conflict", "the only word of run.verb.1")


def test_languages_say_how_much_there_is_of_each(
    writer: TestClient, service: LexiconService
) -> None:
    def told() -> dict[str, tuple[int, int]]:
        found = writer.get("/v1/languages").json()["languages"]
        return {one["code"]: (one["words"], one["concepts"]) for one in found}

    assert told() == {"en": (4, 4), "fr": (4, 4), "hi": (0, 0), "kn": (5, 4)}
    writer.post(PATH, json={"language": "hi", "lemma": "पानी", "concept": WATER})
    assert told()["hi"] == (1, 1)
    assert writer.get("/v1/languages").json()["languages"][3] == {
        "code": "kn",
        "name": "Kannada",
        "autonym": "ಕನ್ನಡ",
        "script": "Knda",
        "words": 5,
        "concepts": 4,
    }
