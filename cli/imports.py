"""What ``words import`` and ``pairs import`` say in the same way."""

from collections import Counter
from collections.abc import Sequence
from os.path import realpath
from pathlib import Path

from cli.output import notes
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Rejected
from lexicon.ingest.report import IngestReport

_SHOWN = 3
"""Reasons of rejection that are shown; all of them are in the file."""


def summary(report: IngestReport, retired: bool) -> str:
    """Counts of an import: ``12 added, 0 updated, 3 unchanged, 1 rejected``.

    >>> summary(IngestReport(added=2, skipped=1), retired=True)
    '2 added, 0 updated, 0 unchanged, 0 retired, 0 rejected, 1 skipped'
    """
    counts = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged}
    if retired or report.retired:
        counts["retired"] = report.retired
    counts["rejected"] = report.rejected
    if report.skipped:
        counts["skipped"] = report.skipped
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())


def require_kept(files: Sequence[Path], rejects: Path | None) -> None:
    """Refuse to write the rejected lines over a file that is imported."""
    # Path.resolve() fails where a link leads to itself.
    if rejects is not None and realpath(rejects) in map(realpath, files):
        raise InvalidInput(f"--rejects {rejects} is a file to import; name another for its rejects")


def write_rejects(rejects: Sequence[Rejected], file: Path) -> None:
    """Write rejected lines with their reasons, and say where they are."""
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            stream.write("line\treason\ttext\n")
            for reject in rejects:
                cells = (str(reject.line), reject.reason, reject.text)
                stream.write("\t".join(map(_cell, cells)) + "\n")
    except OSError as error:
        raise InvalidInput(
            f"the rejected lines cannot be written to {file} ({error.strerror}); "
            "the others were imported; name another file with --rejects"
        ) from error
    say = notes()
    say.print(f"  rejected lines: {file}, such as")
    reasons = Counter(_kind(reject.reason) for reject in rejects)
    first = {_kind(reject.reason): reject for reject in reversed(rejects)}
    for kind, count in reasons.most_common(_SHOWN):
        say.print(f"  line {first[kind].line}: {first[kind].reason} ({count:,} like this)")


def _cell(text: str) -> str:
    """One cell of a line that every tool can read, whatever the spoilt line held."""
    return "".join(
        letter
        if letter.isprintable() or letter in "\u200c\u200d"
        else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in " ".join(text.split())
    )


def _kind(reason: str) -> str:
    """The reason without what it quotes: what makes two of them alike."""
    return "'".join(reason.split("'")[::2])
