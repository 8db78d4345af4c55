"""Whether the terminal can show the words."""

from indexer.doctor.findings import Finding, ok, warning

LETTERS = "ನೀರು पानी"


def terminal(encoding: str | None) -> Finding:
    """Whether standard output can write Kannada and Devanagari."""
    if encoding is None:
        return ok("not checked: standard output has no encoding")
    try:
        LETTERS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return warning(
            f"standard output is {encoding}, which cannot write Kannada and Devanagari",
            "set PYTHONUTF8=1",
        )
    return ok(f"standard output is {encoding}")
