"""The three labels of natural language inference, whatever a file or checkpoint calls them."""

import re
from collections.abc import Sequence
from typing import cast

from lexicon.errors import InvalidInput
from lexicon.labels import SYNONYMS, canonical, order
from lexicon.models import NLI_LABELS

__all__ = ["SYNONYMS", "Labels", "canonical", "of_checkpoint"]

Labels = tuple[str, str, str]
"""Entailment, neutral and contradiction in the order in which a checkpoint counts them."""

_UNNAMED = re.compile(r"LABEL_\d+")


def of_checkpoint(what: str, names: Sequence[str], given: Sequence[str] | None = None) -> Labels:
    """The labels as a checkpoint counts them: by the names in its configuration, or as ``given``.

    Never by position: checkpoints disagree about which number is entailment. Raises
    :class:`InvalidInput` where the names do not say it, naming ``what``.

    >>> of_checkpoint("nli", ["CONTRADICTION", "neutral", "entails"])
    ('contradiction', 'neutral', 'entailment')
    """
    shown = ", ".join(name[:40] for name in names[:8])
    if len(names) == 2:
        raise InvalidInput(
            f"{what} has two labels ({shown}): it cannot tell neutral from contradiction; "
            "name a checkpoint that was trained on three"
        )
    if len(names) != len(NLI_LABELS):
        raise InvalidInput(
            f"{what} has {len(names)} labels ({shown}), not {', '.join(NLI_LABELS)}; "
            "name a checkpoint for natural language inference"
        )
    if given is not None:
        return cast(Labels, order(given))
    remedy = "say what they are, as in --labels contradiction,neutral,entailment"
    if all(_UNNAMED.fullmatch(name) for name in names):
        raise InvalidInput(f"{what} does not name its labels ({shown}); {remedy}")
    try:
        return cast(Labels, order(names))
    except InvalidInput as error:
        raise InvalidInput(f"{what} calls its labels {shown} ({error}); {remedy}") from error
