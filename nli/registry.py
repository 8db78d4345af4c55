"""Which classifiers there are, and what a name of one says.

A name is ``embedded-nli``, ``xlmr-base-xnli``, ``xlmr-large-xnli``, the hub id of a pulled
checkpoint or the path of a folder. Checkpoints take options after a question mark, as in
``xlmr-base-xnli?max_length=256&precision=fp32``.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from indexer.checkpoints import known, stored
from lexicon.errors import ExtraMissing, InvalidInput, UnknownClassifier
from lexicon.settings import Settings
from nli.checkpoint import CheckpointNli
from nli.options import Options, named, split
from nli.protocol import NliClassifier


def _embedded(_settings: Settings) -> NliClassifier:
    # Its tables are not what most commands that name a classifier are for.
    from nli.embedded.classifier import EmbeddedNli

    return EmbeddedNli()


NAMED: dict[str, Callable[[Settings], NliClassifier]] = {"embedded-nli": _embedded}
"""Classifiers that need nothing else."""

PULLED = ("xlmr-base-xnli", "xlmr-large-xnli")
"""Classifiers whose files ``lexicon models pull`` brings."""

KNOWN = (*NAMED, *PULLED)

PRODUCTION = (
    "embedded-nli is a baseline; for production: lexicon models pull xlmr-base-xnli, then "
    "LEXICON_NLI=xlmr-base-xnli"
)


def open_classifier(name: str, settings: Settings) -> NliClassifier:
    """The classifier called ``name``.

    Cheap: weights are read when something is classified. Raises :class:`UnknownClassifier`,
    :class:`ExtraMissing`, :class:`ModelMissing` or :class:`InvalidInput`.
    """
    if make := NAMED.get(name):
        return make(settings)
    base, options = split(name)
    if base in NAMED:
        raise InvalidInput(
            f"classifier {base!r} has no options; leave {name.partition('?')[2]!r} out"
        )
    short, folder = _found(base, settings)
    # Looked up, not imported: torch takes seconds, and the answer may be "not installed".
    if find_spec("transformers") is None or find_spec("torch") is None:
        raise ExtraMissing(f"nli {base!r}", "models")
    return CheckpointNli(_spelt(short, options), folder, settings, options)


def notes(classifier: NliClassifier) -> tuple[str, ...]:
    """What whoever reads its answers ought to know, a line each; reads its weights."""
    if classifier.spec.kind == "baseline":
        return (PRODUCTION,)
    found: tuple[str, ...] = getattr(classifier, "notes", ())
    return found


def _spelt(short: str, options: Options) -> str:
    return named(
        short,
        ",".join(options.labels) if options.labels else None,
        options.max_length,
        options.precision,
    )


def _found(base: str, settings: Settings) -> tuple[str, Path]:
    """The one name of a checkpoint, and its folder."""
    try:
        folder = Path(base).expanduser()
        if base and base not in PULLED and folder.is_dir():
            return str(folder.resolve()), folder.resolve()
        if base in PULLED or "/" in base:
            # No folder of this machine, so a repository of the hub, if it can be one.
            short = known.named(base)
            path = stored.path(settings, base)
            return (short.name if base in PULLED or short.name in PULLED else base), path
    except (OSError, RuntimeError, ValueError, InvalidInput):
        pass
    raise UnknownClassifier(base, sorted(KNOWN))
