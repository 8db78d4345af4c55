"""An XML file before a library parses it: no entities, well-formed, UTF-8, of bounded size.

Entities are how a kilobyte of XML becomes gigabytes of text, or reads a file of the machine that
parses it. No lexicon needs them, so a document that declares one is refused before the parser can
meet a reference to it.
"""

from itertools import chain
from typing import IO, NamedTuple, NoReturn
from xml.parsers import expat

from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input

CHUNK = 2**18

MAX_PROLOG = 2**20
"""Bytes before the first element of content."""

MAX_DOCUMENT = 2 * 2**30
"""Bytes unpacked, ten times the largest wordnet; a .gz can claim any size."""


class Prolog(NamedTuple):
    """How a document begins."""

    doctype: str
    """The system identifier of its DOCTYPE; empty without one."""
    root: str
    child: dict[str, str]
    """Attributes of the first element within the root; empty without one."""
    line: int
    """The line of the root element, from 1."""
    rest: bytes
    """What was read of the document, from the root element on."""


def prolog(source: Input, stream: IO[bytes]) -> Prolog:
    """Read ``stream`` up to the first element within the root.

    Raises :class:`InvalidInput` for XML entities, malformed XML and encodings other than UTF-8.
    """
    parser = expat.ParserCreate("utf-8")
    doctype, root, child = "", "", {}
    start, line, done = 0, 0, False

    def declare_doctype(_name: str, system: str | None, _public: str | None, _subset: bool) -> None:
        nonlocal doctype
        doctype = system or ""

    def declare_entity(name: str, *_definition: object) -> NoReturn:
        raise InvalidInput(
            f"{source.path} declares XML entities, which are refused ({name[:40]!r}); "
            "write the characters themselves"
        )

    def open_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal root, child, start, line, done
        if not root:
            root, start, line = name, parser.CurrentByteIndex, parser.CurrentLineNumber
        elif not done:
            child, done = attributes, True

    def close_element(_name: str) -> None:
        nonlocal done
        done = True

    parser.StartDoctypeDeclHandler = declare_doctype
    parser.EntityDeclHandler = declare_entity
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    data = b""
    while not done:
        if len(data) > MAX_PROLOG:
            raise InvalidInput(f"{source.path} has no content in its first {MAX_PROLOG:,} bytes")
        chunk = stream.read(CHUNK)
        data += chunk
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise malformed(source, error) from error
    return Prolog(doctype, root, child, line, data[start:])


def copy_content(
    source: Input, begun: Prolog, stream: IO[bytes], header: bytes, copy: IO[bytes]
) -> None:
    """Write ``header``, then the document from its root element on, on the line where it was.

    Raises :class:`InvalidInput` unless it is well-formed by itself: without a DOCTYPE, so that a
    reference to an entity is an error instead of a character silently lost.
    """
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    size = 0
    copy.write(header + b"\n" * (begun.line - 1 - header.count(b"\n")))
    try:
        parser.Parse(b"\n" * (begun.line - 1), False)
        for chunk in chain((begun.rest,), iter(lambda: stream.read(CHUNK), b"")):
            size += len(chunk)
            if size > MAX_DOCUMENT:
                raise InvalidInput(
                    f"{source.path} unpacks to more than {MAX_DOCUMENT:,} bytes; split it"
                )
            parser.Parse(chunk, False)
            copy.write(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise malformed(source, error) from error


def malformed(source: Input, error: expat.ExpatError) -> InvalidInput:
    return InvalidInput(
        f"{source.path} is not well-formed XML in UTF-8 (line {error.lineno}: "
        f"{expat.ErrorString(error.code)}); fetch or write it again"
    )
