"""Files of sentence pairs for the store, and what it then holds."""

from pathlib import Path

from lexicon import store
from lexicon.formats.reading import Input
from lexicon.ingest.report import IngestReport
from lexicon.ingest.sentences import PairImport
from lexicon.languages import SEED
from lexicon.models import Language
from lexicon.pairs import StoredPair, list_pairs
from lexicon.store import Sessions

WANTED = PairImport("xnli", "dev", "en", licence="CC-BY-NC-4.0", version="1.0")
THREE = (("1", "neutral", "a", "b"), ("2", "-", "c", "d"), ("3", "entailment", "e", "f"))


def know_languages(sessions: Sessions) -> None:
    """Give the store the four languages."""
    with store.writing(sessions) as session:
        session.add_all(Language(**vars(seed)) for seed in SEED)


def file(folder: Path, *rows: tuple[str, ...], name: str = "pairs.tsv") -> Input:
    """A file in the plain layout."""
    lines = [("id", "label", "premise", "hypothesis"), *rows]
    path = folder / name
    path.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    return Input(path)


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return (report.added, report.updated, report.unchanged, report.retired)


def stored(sessions: Sessions) -> list[StoredPair]:
    with sessions() as session:
        return list_pairs(session, limit=100_000)
