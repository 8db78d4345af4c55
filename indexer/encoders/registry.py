"""Which encoders there are, and what a name of one says.

A name is ``embedded``, ``labse``, ``bloom-560m``, ``bloom-1b7``, the hub id of a pulled checkpoint
or the path of a folder. Checkpoints take options after a question mark, as in
``bloom-560m?layer=12&pooling=mean``. Last comes post-processing, as in ``labse+center`` or
``bloom-560m?layer=12+whiten``.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from indexer.checkpoints import known, stored
from indexer.checkpoints.precision import PRECISIONS
from indexer.encoders.checkpoint import Options
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.encoders.pooling import require_pooling
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.postprocessed.methods import METHODS
from indexer.encoders.protocol import Encoder
from indexer.encoders.sentence_transformer import LABSE, SentenceTransformerEncoder
from indexer.encoders.transformer import TransformerEncoder
from lexicon.errors import ExtraMissing, InvalidInput, UnknownEncoder
from lexicon.settings import Settings


def _embedded(_settings: Settings) -> Encoder:
    return EmbeddedEncoder()


NAMED: dict[str, Callable[[Settings], Encoder]] = {"embedded": _embedded}
"""Encoders that need nothing else."""

PULLED = ("labse", "bloom-560m", "bloom-1b7")
"""Encoders whose files ``lexicon models pull`` brings."""

KNOWN = (*NAMED, *PULLED)


def named(name: str, pooling: str | None, layer: int | None, precision: str | None) -> str:
    """``name`` with options, in the one order that makes two equal ones the same."""
    whole, method = separate(name)
    base, given = split(whole)
    numbers = precision or given.precision
    chosen = {
        "pooling": pooling or given.pooling,
        "layer": given.layer if layer is None else layer,
        "precision": None if numbers == "auto" else numbers,
    }
    said = {key: value for key, value in chosen.items() if value is not None}
    options = f"?{urlencode(said)}" if said else ""
    return base + options + (f"+{method}" if method else "")


def variants(
    name: str,
    settings: Settings,
    pooling: str | None = None,
    layer: str | None = None,
    precision: str | None = None,
) -> list[str]:
    """The names of ``name`` with options; one for every layer, input included, for ``all``."""
    if layer != "all":
        if layer is not None and not layer.removeprefix("-").isdecimal():
            raise InvalidInput(f"layer {layer!r} is neither a whole number nor all")
        return [named(name, pooling, int(layer) if layer is not None else None, precision)]
    base = separate(name)[0]
    some = open_encoder(named(base, pooling, -1, precision), settings)
    assert isinstance(some, TransformerEncoder), "a layer makes it one"
    # The input embeddings lie below every layer, so they are one encoder.
    only_input = (pooling or split(base)[1].pooling) == "input"
    layers = 1 if only_input else some.layers + 1
    return [named(name, pooling, one, precision) for one in range(layers)]


def separate(name: str) -> tuple[str, str | None]:
    """The name without its post-processing, and the method of that. Raises :class:`InvalidInput`.

    The plus sign in the path of a folder says nothing.

    >>> separate("bloom-560m?layer=12+whiten")
    ('bloom-560m?layer=12', 'whiten')
    """
    if name in NAMED:
        return name, None
    where, _, options = name.partition("?")
    if "+" not in options:
        base, plus, method = where.rpartition("+")
        if not plus or "/" in method or (base not in KNOWN and _is_folder(where)):
            return name, None
        if options and method in METHODS:
            raise InvalidInput(
                f"post-processing comes after the options of encoder {base!r}; "
                f"write {base}?{options}+{method}"
            )
    base, _, method = name.rpartition("+")
    if not base:
        raise InvalidInput(
            f"{name!r} is the post-processing of no encoder; name one, such as embedded+center"
        )
    if method not in METHODS:
        raise InvalidInput(
            f"unknown post-processing {method!r} of encoder {base!r}; known: {', '.join(METHODS)}"
        )
    if separate(base)[1] is not None:
        raise InvalidInput(
            f"encoder {name!r} is post-processed twice; name one of {', '.join(METHODS)}, all of "
            "which centre as well"
        )
    return base, method


def _is_folder(path: str) -> bool:
    try:
        return Path(path).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):
        return False


def split(name: str) -> tuple[str, Options]:
    """The name without its options, and those. Raises :class:`InvalidInput`."""
    base, _, query = name.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    for key in given:
        if key not in ("pooling", "layer", "precision"):
            raise InvalidInput(
                f"unknown option {key!r} of encoder {base!r}; known: pooling, layer, precision"
            )
    layer = given.get("layer")
    if layer is not None and not layer.removeprefix("-").isdecimal():
        raise InvalidInput(f"layer {layer!r} of encoder {base!r} is not a whole number")
    precision = given.get("precision", "auto")
    if precision not in PRECISIONS:
        raise InvalidInput(f"unknown precision {precision!r}; known: {', '.join(PRECISIONS)}")
    pooling = given.get("pooling")
    return base, Options(
        require_pooling(pooling) if pooling is not None else None,
        int(layer) if layer is not None else None,
        precision,
    )


def open_encoder(
    name: str, settings: Settings, opened: Callable[[str], Encoder] | None = None
) -> Encoder:
    """The encoder called ``name``. ``opened`` gives the one that it post-processes, if there is
    one that is open already.

    Cheap: weights are read when something is encoded, a fit when the spec is asked for. Raises
    :class:`UnknownEncoder`, :class:`ExtraMissing`, :class:`ModelMissing` or :class:`ModelDamaged`.
    """
    if make := NAMED.get(name):
        return make(settings)
    whole, method = separate(name)
    if method is not None:
        under = opened(whole) if opened else open_encoder(whole, settings)
        return PostProcessed(name, under, method, settings.home)
    base, options = split(name)
    if base in NAMED:
        raise InvalidInput(f"encoder {base!r} has no options; leave {name.partition('?')[2]!r} out")
    folder = _folder(base, settings)
    _require_models_extra(base)
    if options.own and _known_as(base) == "labse":
        return SentenceTransformerEncoder(name, folder, settings, options, LABSE)
    if base not in PULLED and options.own:
        # Without a choice, only a folder that says how it is pooled will do.
        return SentenceTransformerEncoder(name, folder, settings, options)
    return TransformerEncoder(name, folder, settings, options)


def _folder(base: str, settings: Settings) -> Path:
    if base in PULLED:
        _require_models_extra(base)
        return stored.path(settings, base)
    try:
        folder = Path(base).expanduser()
        if folder.is_dir():
            return folder.resolve()
        if "/" in base:
            # No folder of this machine, so a repository of the hub, if it can be one.
            return stored.path(settings, base)
    except (OSError, RuntimeError, ValueError, InvalidInput):
        pass
    raise UnknownEncoder(base, sorted(KNOWN))


def _known_as(base: str) -> str | None:
    """The short name of a checkpoint that is named by it or by its hub id."""
    if base in PULLED:
        return base
    is_folder = "/" not in base or Path(base).expanduser().is_dir()
    return None if is_folder else known.named(base).name


def _require_models_extra(name: str) -> None:
    # Looked up, not imported: torch takes seconds, and the answer may be "not installed".
    if find_spec("sentence_transformers") is None or find_spec("torch") is None:
        raise ExtraMissing(f"encoder {name!r}", "models")
