"""``GET /v1/translations``."""

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from cli.main import app as commands
from indexer import delta
from indexer.build import build
from indexer.service import NOTICE, LexiconService
from lexicon.entries import checked
from lexicon.settings import Settings
from tests.api.conftest import Refused
from tests.conftest import TINY, AxisEncoder, fill

PATH = "/v1/translations"
WATER = {"q": "water", "source": "en", "target": "kn"}


def lemmas(client: TestClient, **parameters: str | int) -> list[str]:
    answer = client.get(PATH, params={**WATER, **parameters})
    assert answer.status_code == 200, answer.text
    return [result["lemma"] for result in answer.json()["results"]]


def live_index(service: LexiconService, encoder: AxisEncoder, language: str) -> Path:
    identity = encoder.spec.identity
    live = service.generations.live(identity, language)
    assert live is not None
    return service.generations.folder(identity, language) / live.generation / "index.faiss"


@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ({"q": "water", "k": 5}, ["water", "-k", "5"]),
        ({"q": "bank", "score": "csls"}, ["bank", "--score", "csls"]),
        ({"q": "bank", "concept": "bank.noun.2"}, ["bank", "--concept", "bank.noun.2"]),
        ({"q": "run", "pos": "verb", "encoder": "axis"}, ["run", "--pos", "verb", "-e", "axis"]),
        ({"q": " flur\tbish "}, [" flur\tbish "]),
    ],
)
def test_the_answer_is_the_object_that_the_command_prints(
    tiny: TestClient,
    service: LexiconService,
    monkeypatch: pytest.MonkeyPatch,
    parameters: dict[str, str | int],
    options: list[str],
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(service.settings.home))
    monkeypatch.setenv("LEXICON_ENCODER", "axis")
    said = CliRunner().invoke(
        commands, ["search", *options, "--from", "en", "--to", "kn", "--format", "json"]
    )
    answer = tiny.get(PATH, params={"source": "en", "target": "kn", **parameters})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(said.stdout)


def test_the_nearest_forms_come_first(tiny: TestClient) -> None:
    assert lemmas(tiny, k=2) == ["ನೀರು", "ಜಲ"]
    assert lemmas(tiny, q="bank", score="csls", k=2) == ["ಬ್ಯಾಂಕ್", "ದಡ"]
    assert lemmas(tiny, q="ನೀರು", source="kn", target="fr", k=1) == ["eau"]


def test_all_forms_of_a_small_lexicon_are_fewer_than_ten(tiny: TestClient) -> None:
    assert len(lemmas(tiny)) == len(lemmas(tiny, k=1000)) == 5


def test_an_uncovered_query_says_so(tiny: TestClient) -> None:
    query = tiny.get(PATH, params={**WATER, "q": "flurbish"}).json()["query"]
    assert query == {"text": "flurbish", "language": "en", "covered": False, "lexeme_ids": []}


@pytest.mark.parametrize(
    ("parameters", "kind", "detail"),
    [
        ({"source": "xx"}, "unknown-language", "unknown language 'xx'; known: en, fr, hi, kn"),
        ({"target": "EN"}, "unknown-language", "unknown language 'EN'; known: en, fr, hi, kn"),
        (
            {"encoder": "word2vec"},
            "unknown-encoder",
            "unknown encoder 'word2vec'; known: axis, bloom-1b7, bloom-560m, embedded, labse",
        ),
        (
            {"encoder": "/etc"},
            "unknown-encoder",
            "unknown encoder '/etc'; known: axis, bloom-1b7, bloom-560m, embedded, labse",
        ),
        ({"q": ""}, "invalid-input", "empty query ''; give at least one letter"),
        ({"q": " \t"}, "invalid-input", "empty query ' \\t'; give at least one letter"),
        (
            {"q": "w" * 10_000},
            "invalid-input",
            (
                "query of 10,000 characters ('wwwwwwwwwwwwwwwwwwww'…) is longer than 1,000; "
                "shorten it to a word, phrase or definition"
            ),
        ),
        (
            {"q": "wa\x00ter"},
            "invalid-input",
            "query 'wa\\x00ter' holds the character U+0000, which is not text; remove it",
        ),
        ({"k": 0}, "invalid-input", "k=0 is not between 1 and 1,000"),
        ({"k": -1}, "invalid-input", "k=-1 is not between 1 and 1,000"),
        ({"k": 10**9}, "invalid-input", "k=1000000000 is not between 1 and 1,000"),
        (
            {"target": "en"},
            "invalid-input",
            "source and target are both 'en'; choose two different languages",
        ),
        (
            {"pos": "verb"},
            "invalid-input",
            "'water' (en) is no verb in the lexicon; leave the part of speech out",
        ),
        (
            {"pos": "substantive"},
            "invalid-input",
            (
                "unknown part of speech 'substantive'; known: noun, verb, adj, adv, pron, adp, "
                "conj, det, num, intj, part, propn, x"
            ),
        ),
        (
            {"concept": "bank.noun.1"},
            "invalid-input",
            "'water' (en) does not express 'bank.noun.1'; it expresses: water.noun.1",
        ),
    ],
)
def test_a_value_that_cannot_be_answered_is_named_with_the_remedy(
    tiny: TestClient,
    refused: Refused,
    parameters: dict[str, str | int],
    kind: str,
    detail: str,
) -> None:
    problem = refused(PATH, 422, **{**WATER, **parameters})
    assert problem["type"] == f"urn:semantic-lexicon:{kind}"
    assert problem["detail"] == detail


def test_an_unknown_concept_is_not_found(tiny: TestClient, refused: Refused) -> None:
    assert refused(PATH, 404, **WATER, concept="bank.noun.9") == {
        "type": "urn:semantic-lexicon:unknown-concept",
        "title": "Not Found",
        "status": 404,
        "detail": "unknown concept 'bank.noun.9'; list the keys with: lexicon words export",
    }


@pytest.mark.parametrize("missing", list(WATER))
def test_a_missing_parameter_is_named(tiny: TestClient, refused: Refused, missing: str) -> None:
    given = {name: value for name, value in WATER.items() if name != missing}
    problem = refused(PATH, 422, **given)
    assert problem["type"] == "urn:semantic-lexicon:invalid-request"
    assert problem["detail"] == f"{missing}: Field required; see /docs"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("k", "many", "k='many': Input should be a valid integer"),
        ("k", "2.5", "k='2.5': Input should be a valid integer"),
        ("k", "9" * 5_000, f"k='{'9' * 80}': "),
        ("score", "dot", "score='dot': Input should be 'cosine', 'csls' or 'margin'"),
    ],
)
def test_a_parameter_of_the_wrong_type_is_named_with_its_value(
    tiny: TestClient, refused: Refused, name: str, value: str, said: str
) -> None:
    problem = refused(PATH, 422, **{**WATER, name: value})
    assert problem["type"] == "urn:semantic-lexicon:invalid-request"
    assert problem["detail"].startswith(said)
    assert problem["detail"].endswith("; see /docs")


def test_without_a_store_the_service_is_unavailable(refused: Refused, settings: Settings) -> None:
    problem = refused(PATH, 503, **WATER)
    assert problem["type"] == "urn:semantic-lexicon:store-missing"
    assert problem["detail"] == (
        f"no lexicon store at sqlite:///{settings.home}/lexicon.sqlite3; "
        "create it with: lexicon init"
    )
    assert not settings.home.exists()


def test_a_store_that_appears_is_found_by_the_same_app(
    client: TestClient, request: pytest.FixtureRequest
) -> None:
    assert client.get(PATH, params=WATER).status_code == 503
    request.getfixturevalue("service")
    assert lemmas(client, k=1) == ["ನೀರು"]


def test_without_an_index_the_service_is_unavailable_until_one_is_built(
    tiny: TestClient, refused: Refused, service: LexiconService, axis: AxisEncoder
) -> None:
    shutil.rmtree(service.settings.indices)
    problem = refused(PATH, 503, **WATER)
    assert problem["type"] == "urn:semantic-lexicon:index-missing"
    assert problem["detail"] == (
        "no index for encoder 'axis', language 'en'; "
        "build it with: lexicon index build --encoder axis"
    )
    build(service.sessions, service.generations, axis)
    assert lemmas(tiny, k=1) == ["ನೀರು"]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, Path.unlink])
def test_a_damaged_index_is_never_served_and_its_repair_is_seen(
    tiny: TestClient,
    refused: Refused,
    service: LexiconService,
    axis: AxisEncoder,
    damage: Callable[[Path], None],
) -> None:
    damage(live_index(service, axis, "kn"))
    problem = refused(PATH, 503, **WATER)
    assert problem["type"] == "urn:semantic-lexicon:index-damaged"
    assert problem["detail"].endswith("rebuild it with: lexicon index build")
    assert lemmas(tiny, target="fr", k=1) == ["eau"]
    build(service.sessions, service.generations, axis)
    assert lemmas(tiny, k=1) == ["ನೀರು"]


def test_an_index_of_another_identity_is_refused_by_name(
    tiny: TestClient, refused: Refused, service: LexiconService, axis: AxisEncoder
) -> None:
    other = AxisEncoder(revision="2")
    build(service.sessions, service.generations, other)
    own = service.generations.folder(axis.spec.identity, "kn")
    shutil.rmtree(own)
    shutil.copytree(service.generations.folder(other.spec.identity, "kn"), own)
    problem = refused(PATH, 503, **WATER)
    assert problem["type"] == "urn:semantic-lexicon:identity-mismatch"
    assert f"encoder {other.spec.identity}, not by {axis.spec.identity};" in problem["detail"]


def test_a_new_generation_is_seen_without_a_restart(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder
) -> None:
    assert lemmas(tiny, k=3) == ["ನೀರು", "ಜಲ", "ಓಡು"]
    words = {"en": "water", "fr": "eau", "kn": "ನೀರು|ಉದಕ"}
    fill(service.sessions, [checked("water.noun.1", "noun", "w", "liquid", words), *TINY[1:]])
    axis.table = {**axis.table, "kn": {**axis.table["kn"], "ಉದಕ": [1, 0, 0, 0]}}
    build(service.sessions, service.generations, axis)
    assert lemmas(tiny, k=3) == ["ನೀರು", "ಉದಕ", "ಓಡು"]


def test_many_at_once_are_all_answered(tiny: TestClient) -> None:
    asked = ["water", "bank", "shore", "run"] * 8
    expected = {"water": "ನೀರು", "bank": "ದಡ", "shore": "ದಡ", "run": "ಓಡು"}
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda word: lemmas(tiny, q=word, k=1), asked))
    assert found == [[expected[word]] for word in asked]


def test_an_answer_is_given_while_a_new_generation_is_built(
    tiny: TestClient, service: LexiconService, axis: AxisEncoder
) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(lemmas, tiny, k=1) for _ in range(20)]
        for _ in range(3):
            build(service.sessions, service.generations, axis, force=True)
        assert [answer.result() for answer in answers] == [["ನೀರು"]] * 20


def test_words_that_came_since_the_build_are_found_at_once(
    tiny: TestClient, service: LexiconService
) -> None:
    tea = checked("tea.noun.1", "noun", "food", "hot drink", {"en": "tea", "kn": "ಚಹಾ"})
    assert "ಚಹಾ" not in lemmas(tiny, k=100)
    fill(service.sessions, [*TINY, tea])
    # Sooner, somebody may be answered while another one still looks.
    time.sleep(2 * NOTICE)
    answer = tiny.get(PATH, params={**WATER, "q": "tea"}).json()
    known = [result["lemma"] for result in answer["results"] if result["known_translation"]]
    assert (known, answer["pending"]) == (["ಚಹಾ"], 0)
    fill(service.sessions)
    time.sleep(2 * NOTICE)
    assert "ಚಹಾ" not in lemmas(tiny, k=100)


def test_words_that_came_and_are_not_among_the_results_are_counted(
    tiny: TestClient, service: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "FEW", 0)
    tea = checked("tea.noun.1", "noun", "food", "hot drink", {"en": "tea", "kn": "ಚಹಾ|ಟೀ"})
    fill(service.sessions, [*TINY, tea])
    assert tiny.get(PATH, params=WATER).json()["pending"] == 2


def test_what_is_wrong_is_told_also_where_words_are_known(
    tiny: TestClient, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.service.NOTICE", 3_600)
    assert tiny.get(PATH, params=WATER).status_code == 200
    assert tiny.get(PATH, params=WATER).status_code == 200
    for wrong in ({"encoder": "none"}, {"target": "xx"}, {"k": 0}, {"q": " "}, {"score": "none"}):
        refused(PATH, 422, **{**WATER, **wrong})


def test_a_word_that_was_asked_for_needs_no_thread(
    tiny: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.service.NOTICE", 3_600)
    first = tiny.get(PATH, params=WATER)

    async def refuse(*_: object) -> None:
        raise AssertionError("a thread")

    monkeypatch.setattr("api.routes.translations.run_in_threadpool", refuse)
    again = tiny.get(PATH, params=WATER)
    assert again.status_code == 200
    assert (again.content, again.headers["content-type"]) == (first.content, "application/json")
