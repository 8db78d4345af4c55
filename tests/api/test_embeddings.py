"""``POST /v1/embeddings``, as OpenAI's own client asks for it."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import numpy as np
import openai
import pytest
from fastapi.testclient import TestClient

from tests.conftest import AxisEncoder

PATH = "/v1/embeddings"
BANK = [0.0, 0.707106769, 0.707106769, 0.0]


@pytest.fixture
def official(tiny: TestClient) -> Iterator[openai.OpenAI]:
    """OpenAI's client, whose requests reach the app without a socket."""

    def pass_on(request: httpx2.Request) -> httpx2.Response:
        answer = tiny.request(
            request.method,
            request.url.path,
            content=request.read(),
            headers=dict(request.headers),
        )
        stream = httpx2.ByteStream(answer.content)
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=stream)

    transport = httpx2.Client(transport=httpx2.MockTransport(pass_on))
    with openai.OpenAI(
        api_key="unused", base_url="http://lexicon/v1", http_client=transport, max_retries=0
    ) as client:
        yield client


def test_the_official_client_gets_floats_and_base64(official: openai.OpenAI) -> None:
    texts = ["bank", "water"]
    # What it asks for unless told otherwise is base64.
    found = official.embeddings.create(model="axis", input=texts, extra_body={"language": "en"})
    assert (found.object, found.model) == ("list", "axis")
    assert [one.index for one in found.data] == [0, 1]
    assert found.data[0].embedding == pytest.approx(BANK)
    floats = official.embeddings.create(
        model="axis", input=texts, encoding_format="float", extra_body={"language": "en"}
    )
    assert [one.embedding for one in floats.data] == [one.embedding for one in found.data]


def test_the_official_client_raises_its_own_errors(official: openai.OpenAI) -> None:
    for model, texts, detail in (
        ("ada", "water", "unknown encoder 'ada'; known: axis, "),
        ("axis", [[1, 2]], "input='[[1, 2]]': numbers of tokens are those of another tokenizer"),
    ):
        with pytest.raises(openai.UnprocessableEntityError) as refused:
            official.embeddings.create(model=model, input=texts)
        assert isinstance(refused.value.body, dict)
        assert refused.value.body["detail"].startswith(detail)


def post(client: TestClient, **body: Any) -> Any:
    answer = client.post(PATH, json={"model": "axis", "language": "en", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_text_is_a_list_of_one(tiny: TestClient) -> None:
    found = post(tiny, input="bank", user="somebody", dimensions=4)
    assert found == post(tiny, input=["bank"])
    assert found["data"][0]["embedding"] == pytest.approx(BANK)
    assert found["usage"] == {"prompt_tokens": 1, "total_tokens": 1}
    assert post(tiny, input=["a big cat", "cat"])["usage"]["total_tokens"] == 4


def test_base64_is_of_little_endian_floats(tiny: TestClient) -> None:
    (one,) = post(tiny, input="bank", encoding_format="base64")["data"]
    row = np.frombuffer(base64.b64decode(one["embedding"]), dtype="<f4")
    assert row.tolist() == pytest.approx(BANK)


def test_a_text_is_encoded_once(tiny: TestClient, axis: AxisEncoder) -> None:
    axis.encoded = 0
    for _ in range(2):
        post(tiny, input=["flurbish", "flurbish"])
    assert axis.encoded == 1


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"input": [1, 2]}, "input='[1, 2]': numbers of tokens are those of another tokenizer"),
        ({"input": "a", "dimensions": 3}, "dimensions=3 is not the 4 of encoder 'axis'; leave it"),
        ({"input": "a", "language": "xx"}, "unknown language 'xx'; known: en, fr, hi, kn"),
        ({"input": "a", "model": "/etc"}, "unknown encoder '/etc'; known: axis, "),
        ({"input": "a", "colour": "red"}, "colour='red': Extra inputs are not permitted"),
        ({"input": []}, "input."),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format='hex': Input should be"),
        ({"input": ["a"] * 2_049}, "input."),
        ({"input": None}, "input."),
    ],
)
def test_what_cannot_be_encoded_is_refused(
    tiny: TestClient, body: dict[str, Any], detail: str
) -> None:
    answer = tiny.post(PATH, json={"model": "axis", **body})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)
