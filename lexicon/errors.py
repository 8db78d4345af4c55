"""Every failure that a user can meet: one line that names the value and the remedy.

The edges translate these once: the command line prints the line and exits 1, the HTTP service
answers with the status that ``api.errors`` keeps beside each class.
"""

from errno import EACCES, EADDRINUSE
from pathlib import Path
from shlex import quote


class LexiconError(Exception):
    """Something the caller can put right; ``str(error)`` is the whole message."""


class InvalidInput(LexiconError):
    """A value that no store could answer: empty text, k of 0, a malformed file."""


class UnknownLanguage(InvalidInput):
    def __init__(self, code: str, known: list[str]) -> None:
        # A damaged header may hold a megabyte.
        super().__init__(f"unknown language {code[:40]!r}; known: {', '.join(known)}")


class UnknownEncoder(InvalidInput):
    def __init__(self, name: str, known: list[str], paths: bool = True) -> None:
        folder = ", or the path of a sentence-transformers folder" if paths else ""
        super().__init__(f"unknown encoder {name[:200]!r}; known: {', '.join(known)}{folder}")


class UnknownClassifier(InvalidInput):
    def __init__(self, name: str, known: list[str], paths: bool = True) -> None:
        folder = ", or the path of a folder with a checkpoint" if paths else ""
        super().__init__(f"unknown classifier {name[:200]!r}; known: {', '.join(known)}{folder}")


class UnknownPair(InvalidInput):
    def __init__(self, number: int) -> None:
        super().__init__(f"no stored pair has the id {number}; see which have with: GET /v1/pairs")


class UnknownRun(InvalidInput):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name[:40]!r} names no prediction run; start one with: POST /v1/nli/predictions"
        )


class PairConflict(LexiconError):
    """The store holds another pair under the same data set, split, languages and key."""


class UnknownConcept(InvalidInput):
    def __init__(self, key: str, remedy: str) -> None:
        super().__init__(f"unknown concept {key[:200]!r}; {remedy}")


class UnknownSource(InvalidInput):
    def __init__(self, name: str, known: str) -> None:
        super().__init__(f"unknown source {name!r}; known: {known}")


class MalformedCursor(InvalidInput):
    def __init__(self, given: str) -> None:
        super().__init__(
            f"cursor {given[:40]!r} is none that a page ended with; begin again without a cursor"
        )


class UnknownWord(InvalidInput):
    def __init__(self, number: int) -> None:
        super().__init__(f"no word has the id {number}; see which have with: GET /v1/words")


class ConceptExists(InvalidInput):
    """The key of a new concept is that of another."""


class WordConflict(LexiconError):
    """A change of a word that would spoil a concept."""


class EditedMeanwhile(LexiconError):
    """What was to be changed is no longer what the editor has seen."""


class UnknownKey(InvalidInput):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"no key in use is called {name[:100]!r}; see which there are with: lexicon keys list"
        )


class KeyMissing(LexiconError):
    """A request that needs a key has none."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"this needs a key that may {scope}; make one with: lexicon keys create NAME "
            f"--scope {scope}, and send it as the header Authorization: Bearer KEY"
        )


class KeyRefused(LexiconError):
    """A key that opens nothing. Which of its faults it is, only the operator is told."""

    def __init__(self) -> None:
        super().__init__(
            "the key is unknown, revoked or expired; make another with: lexicon keys create NAME"
        )


class KeyTooNarrow(LexiconError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"the key {name!r} may only read; make one that may write with: "
            "lexicon keys create NAME --scope write"
        )


class WritesClosed(LexiconError):
    """Writes without a key, asked for from another machine."""

    def __init__(self) -> None:
        super().__init__(
            "without keys (LEXICON_WRITES=open) only this machine may write, and the service is "
            "reached at an address of the network; set LEXICON_WRITES=key"
        )


class InvalidSettings(LexiconError):
    """A ``LEXICON_*`` variable that cannot be used."""


class StoreMissing(LexiconError):
    def __init__(self, url: str) -> None:
        super().__init__(f"no lexicon store at {url}; create it with: lexicon init")


class StoreOutdated(LexiconError):
    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"the store is at schema revision {found}, this version needs {wanted}; "
            "upgrade it with: lexicon init"
        )


class StoreTooNew(LexiconError):
    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"the store is at schema revision {found}, which is newer than this version's "
            f"{wanted}; upgrade the semantic-lexicon package"
        )


class StoreUnavailable(LexiconError):
    """The database or the home folder cannot be reached or written."""


class IndexMissing(LexiconError):
    def __init__(self, encoder: str, language: str, remedy: str) -> None:
        super().__init__(f"no index for encoder {encoder!r}, language {language!r}; {remedy}")


class NoWords(InvalidInput):
    def __init__(self, language: str) -> None:
        super().__init__(f"the lexicon has no words of language {language!r}; add some first")


class IndexDamaged(LexiconError):
    def __init__(self, what: str, why: str) -> None:
        self.why = why
        super().__init__(
            f"index generation {what} is damaged ({why}) and is not used; "
            "rebuild it with: lexicon index build"
        )


class IdentityMismatch(LexiconError):
    def __init__(self, what: str, found: str, wanted: str) -> None:
        super().__init__(
            f"index generation {what} was built by encoder {found}, not by {wanted}; "
            "rebuild it with: lexicon index build"
        )


class IndexBusy(LexiconError):
    """Another process is building the same encoder's indices."""


class ReportMissing(LexiconError):
    def __init__(self, encoder: str) -> None:
        super().__init__(
            f"no alignment report is stored for encoder {encoder!r}; "
            f"make one with: lexicon report --encoder {encoder}"
        )


class LayersMissing(InvalidInput):
    def __init__(self, encoder: str, layers: int) -> None:
        super().__init__(
            f"reports of {layers} layers of {encoder!r} are stored, too few for a curve; "
            f"build them with: lexicon index build --encoder {quote(encoder)} --layer all; "
            f"report them with: lexicon report --encoder {quote(encoder)} --layer all"
        )


class ExtraMissing(LexiconError):
    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra {extra!r}; install it with: "
            f'pip install "semantic-lexicon[{extra}]"'
        )


class FontMissing(LexiconError):
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"no installed font can show {what}; {remedy}")


class PackageMissing(LexiconError):
    """A package that no extra brings, because few checkpoints need it."""


class ModelMissing(LexiconError):
    """The files of a named encoder are not on this machine."""


class ModelDamaged(LexiconError):
    """The files of an encoder are there but cannot be read as one."""


class EncoderFault(LexiconError):
    """An encoder returned something that is not a unit vector."""


class AddressUnusable(LexiconError):
    """Nothing can listen there: the port is taken, or the host is not this machine's."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        remedy = "listen on an address of this machine: lexicon serve --host 127.0.0.1"
        if error.errno in (EADDRINUSE, EACCES):
            free = port + 1 if port < 65_535 else 8_000
            remedy = f"choose another port: lexicon serve --port {free}"
        super().__init__(f"cannot listen on {host}:{port} ({error.strerror or error}); {remedy}")


class AddressUnguarded(LexiconError):
    def __init__(self, host: str) -> None:
        super().__init__(
            f"other machines can reach {host}, and without keys (LEXICON_WRITES=open) all of them "
            "could write; set LEXICON_WRITES=key, or listen on this machine only: "
            "lexicon serve --host 127.0.0.1"
        )


class WorkersFail(LexiconError):
    def __init__(self, number: int, code: int) -> None:
        super().__init__(
            f"{number} workers ended one after another, the last with code {code}; their log lines "
            "say why, and so does: lexicon serve --workers 1"
        )


class BackupDamaged(LexiconError):
    def __init__(self, file: Path, why: str) -> None:
        super().__init__(
            f"{file} is damaged or no backup ({why}) and is not restored; use another copy of it"
        )


class BackupTooNew(LexiconError):
    def __init__(self, file: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"the backup {file} is of {found}, which is newer than this version's {wanted}; "
            "upgrade the semantic-lexicon package"
        )


class BackupRefused(LexiconError):
    """A backup that cannot be written there, or not be restored into this store."""


class PrecisionRefused(LexiconError):
    """A checkpoint in fewer bits is not the checkpoint any more."""


class LabelsRefused(LexiconError):
    """A classifier's labels are not what its configuration says they are."""


class HubUnreachable(LexiconError):
    """The hub of checkpoints does not answer, breaks off, or must not be asked."""


class HubRefused(LexiconError):
    """The hub answers, and does not give what was asked for."""


class Overloaded(LexiconError):
    """More texts wait for a model than may; the same request succeeds a little later."""


class ModelBusy(LexiconError):
    """Another process is changing the same checkpoint."""
