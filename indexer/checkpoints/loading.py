"""How checkpoints of the transformers library are loaded: where they run, without noise, and only
if nothing of them was made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from safetensors import SafetensorError

from lexicon.errors import ExtraMissing, InvalidInput, ModelDamaged
from lexicon.settings import Settings

UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
    ImportError,
    SafetensorError,
    UnpicklingError,
)
"""What the library raises for a folder that is no sound checkpoint."""


def import_torch(what: str, settings: Settings) -> Any:
    """PyTorch with as many threads as the settings say; ``what`` cannot do without."""
    try:
        import torch
    except ModuleNotFoundError:
        raise ExtraMissing(what, "models") from None
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    return torch


def import_transformers(what: str) -> Any:
    try:
        import transformers
    except ModuleNotFoundError:
        raise ExtraMissing(what, "models") from None
    return transformers


def device(torch: Any, settings: Settings) -> str:
    """``cpu`` or ``cuda``. Raises :class:`InvalidInput` for a GPU that is not there."""
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise InvalidInput("LEXICON_DEVICE=cuda, but PyTorch finds no GPU; set it to auto or cpu")
    return "cuda" if there and settings.device != "cpu" else "cpu"


@contextmanager
def quietly() -> Iterator[None]:
    """Without the libraries' own bars and tables: loading takes seconds, ours would break, and
    what matters of the tables is an error."""
    from transformers.utils import logging

    shown, told = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(told)
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Quietly, and with :class:`ModelDamaged` for what the library raises where ``folder`` is no
    sound checkpoint; other errors are ours."""
    try:
        with quietly():
            yield
    except UNREADABLE as error:
        raise damaged(folder, error) from error
    except Exception as error:
        # The library of tokenizers raises nothing more precise for a file that is damaged.
        if type(error) is not Exception:
            raise
        raise damaged(folder, error) from error


def complete(model: Any, folder: Path, unread: tuple[str, ...] = ()) -> Any:
    """``model``, unless weights were missing: the library makes those up at random. Those whose
    name holds one of ``unread`` are not needed."""
    weights = dict(model.named_parameters())
    read = {name for name, one in weights.items() if getattr(one, "_is_hf_initialized", False)}
    lost = [
        name for name in weights if name not in read and not any(part in name for part in unread)
    ]
    if read and lost:
        raise damaged(folder, ValueError(f"it has no weights {lost[0]}"))
    return model


def worded(tokenizer: Any, folder: Path) -> Any:
    """``tokenizer``, unless its files were missing: the library makes do with no words."""
    if len(tokenizer) <= len(tokenizer.all_special_tokens):
        raise damaged(folder, ValueError("its tokenizer has no words"))
    return tokenizer


def damaged(folder: Path, error: Exception) -> ModelDamaged:
    reason = str(error).partition("\n")[0]
    return ModelDamaged(
        f"{folder} cannot be read as a checkpoint ({reason}); copy or pull it again"
    )
