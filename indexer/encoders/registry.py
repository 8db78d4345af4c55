"""Which encoders there are, by name."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.encoders.protocol import Encoder
from indexer.encoders.sentence_transformer import SentenceTransformerEncoder
from lexicon.errors import ExtraMissing, ModelMissing, UnknownEncoder
from lexicon.settings import Settings


def _embedded(_settings: Settings) -> Encoder:
    return EmbeddedEncoder()


def _labse(settings: Settings) -> Encoder:
    return _local("labse", settings.models / "labse", "sentence-transformers/LaBSE")


def _local(name: str, folder: Path, origin: str) -> Encoder:
    _require_models_extra(name)
    if not folder.is_dir():
        raise ModelMissing(
            f"encoder {name!r} is not on this machine; put a copy of {origin} into {folder}"
        )
    return SentenceTransformerEncoder(name, folder)


def _require_models_extra(name: str) -> None:
    # Looked up, not imported: torch takes seconds, and the answer may be "not installed".
    if find_spec("sentence_transformers") is None or find_spec("torch") is None:
        raise ExtraMissing(f"encoder {name!r}", "models")


NAMED: dict[str, Callable[[Settings], Encoder]] = {"embedded": _embedded, "labse": _labse}


def open_encoder(name: str, settings: Settings) -> Encoder:
    """The encoder called ``name``, or the sentence-transformers folder at that path.

    Cheap: weights are read when something is encoded. Raises :class:`UnknownEncoder`,
    :class:`ExtraMissing` or :class:`ModelMissing`.
    """
    if make := NAMED.get(name):
        return make(settings)
    try:
        folder = Path(name).expanduser()
        found = folder.is_dir()
    except (OSError, RuntimeError, ValueError):
        found = False
    if not found:
        raise UnknownEncoder(name, sorted(NAMED))
    _require_models_extra(name)
    return SentenceTransformerEncoder(str(folder.resolve()), folder.resolve())
