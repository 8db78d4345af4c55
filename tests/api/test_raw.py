"""What is read off a socket."""

import pytest

from tests.api.raw import parsed

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SIZED = HEAD + b"Content-Length: 3\r\n\r\n"


@pytest.mark.parametrize(
    ("held", "ended", "body", "rest"),
    [
        (SIZED + b"abc", False, b"abc", b""),
        (SIZED + b"abcHTTP/1.1", False, b"abc", b"HTTP/1.1"),
        (CHUNKED + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\nmore", False, b"abc", b"more"),
        (HEAD + b"\r\nabc", True, b"abc", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nmore", False, b"", b"more"),
    ],
)
def test_an_answer_ends_where_its_head_says(
    held: bytes, ended: bool, body: bytes, rest: bytes
) -> None:
    found = parsed(held, head=False, ended=ended)
    assert found is not None
    assert (found[0].body, found[1]) == (body, rest)


@pytest.mark.parametrize(
    "held",
    [
        b"",
        HEAD,
        SIZED + b"ab",
        CHUNKED + b"2\r\nab\r\n",
        CHUNKED + b"5\r\nab",
        CHUNKED + b"2",
        HEAD + b"\r\nabc",
        b"oops\r\n\r\n",
    ],
)
def test_half_an_answer_is_none(held: bytes) -> None:
    assert parsed(held, head=False, ended=False) is None


def test_the_answer_to_head_has_no_body() -> None:
    found = parsed(SIZED, head=True, ended=False)
    assert found is not None
    assert found[0].header("content-type") == "text/plain"
    assert found[0].body == b""
