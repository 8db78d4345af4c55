"""What the bytes of a request must be before anything reads them as text."""

from urllib.parse import quote, unquote_to_bytes

MAX_DEPTH = 64
"""Brackets within brackets of a JSON body; routes take fewer than ten."""

_SQUARE = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b'"[]{}'))


def fault_of_target(path: bytes, query: bytes) -> str | None:
    """What is wrong with the text of a path or query, or None.

    >>> fault_of_target(b"/v1/words", b"q=%E0%A4")
    'the query string is not UTF-8'
    >>> fault_of_target(b"/v1/words", b"q=caf%C3%A9") is None
    True
    """
    for name, part in (("path", path), ("query string", query)):
        if b"%" in part or not part.isascii():
            try:
                unquote_to_bytes(part).decode()
            except UnicodeDecodeError:
                return f"the {name} is not UTF-8"
    # In a query, the route names the parameter that holds it.
    if b"\0" in path or b"%00" in path:
        return "the path holds the character U+0000"
    return None


def quoted(query: bytes) -> bytes:
    """A query whose letters are as they should have been sent.

    >>> quoted("q=caf\\u00e9&k=5".encode())
    b'q=caf%C3%A9&k=5'
    """
    return query if query.isascii() else quote(query, safe="".join(map(chr, range(128)))).encode()


def fault_of_json(body: bytes) -> str | None:
    """What no route would survive in a JSON body, or None; other faults are found in reading it.

    >>> fault_of_json(b"[" * 65 + b"]" * 65)
    'the body nests deeper than 64 brackets'
    >>> fault_of_json(b'["' + b"[" * 65 + b'"]') is None
    True
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        return "the body is not UTF-8"
    if b"\0" in body:
        return "the body holds the character U+0000"
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return f"the body nests deeper than {MAX_DEPTH} brackets" if _is_deep(body) else None


def _is_deep(body: bytes) -> bool:
    """Whether brackets outside of strings nest deeper than allowed; all steps run in C."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    # Where two quotation marks meet, what was inside of strings stays inside.
    marks = body.translate(_SQUARE, _OTHERS).replace(b'""', b"")
    left = b"".join(marks.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        if not left:
            return False
        left = left.replace(b"[]", b"")
    return bool(left)
