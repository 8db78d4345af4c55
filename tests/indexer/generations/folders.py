"""Where a language's index generations lie."""

from pathlib import Path

from indexer.answers import SearchRequest
from indexer.generations.folder import Generations
from indexer.generations.sealed import MANIFEST
from indexer.search import search
from indexer.service import LexiconService
from tests.conftest import AxisEncoder

IDENTITY = AxisEncoder.spec.identity
FILES = [
    "covered.npy",
    "index.faiss",
    "lexemes.npy",
    MANIFEST,
    "neighbourhood.fr.npy",
    "neighbourhood.kn.npy",
    "order.npy",
    "starts.npy",
    "texts.npy",
    "vectors.npy",
]


def home_of(generations: Generations, language: str = "en") -> Path:
    return generations.folder(IDENTITY, language)


def live_of(generations: Generations, language: str = "en") -> str:
    live = generations.live(IDENTITY, language)
    assert live is not None
    return live.generation


def live_folder(generations: Generations, language: str = "en") -> Path:
    return home_of(generations, language) / live_of(generations, language)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def best(service: LexiconService, text: str = "eau") -> str:
    return search(service, SearchRequest(text, "fr", "en", k=1)).results[0].lemma
