"""Pairs of texts as tokens: encoded as a pair, cut where they are too long, and that is told."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TextPair = tuple[str, str]

CHARACTERS = 32
"""For each token that is read; a text of more characters is cut before it is tokenised."""

SHORTEST = 8
"""Tokens; fewer leave no room for two texts and what stands between them."""


@dataclass(frozen=True)
class PairTokens:
    """``ids`` of one pair, ``types`` where the model is told which text a token is of."""

    ids: list[int]
    types: list[int] | None
    truncated: bool


class PairTokenizer:
    """At most ``most`` tokens a pair, those that mark its texts included; the longer text loses
    tokens first, at its end. ``types``: whether the model reads token types."""

    def __init__(self, tokenizer: Any, most: int, types: bool) -> None:
        self._tokenizer = tokenizer
        self._most = most
        self._types = types

    def __call__(self, pairs: Sequence[TextPair]) -> list[PairTokens]:
        """The tokens of each pair in order, of one pair at least."""
        bounded = [(self._bounded(first), self._bounded(second)) for first, second in pairs]
        whole = self._encoded(bounded)
        long = [place for place, ids in enumerate(whole["input_ids"]) if len(ids) > self._most]
        if long:
            cut = self._encoded(
                [bounded[place] for place in long],
                truncation="longest_first",
                max_length=self._most,
            )
            for values, shorter in ((whole[key], cut[key]) for key in whole):
                for place, row in zip(long, shorter, strict=True):
                    values[place] = row
        types = whole.get("token_type_ids", [None] * len(pairs))
        truncated = frozenset(long)
        return [
            PairTokens(ids, kinds, place in truncated)
            for place, (ids, kinds) in enumerate(zip(whole["input_ids"], types, strict=True))
        ]

    def _bounded(self, text: str) -> str:
        """The text, or so much of its beginning that every token that is read is in it."""
        most = CHARACTERS * self._most
        if len(text) <= most:
            return text
        beginning = self._tokenizer(text[:most], add_special_tokens=False, verbose=False)
        # A tokenizer may have one token for a word of any length.
        return text if len(beginning["input_ids"]) <= self._most else text[:most]

    def _encoded(self, pairs: Sequence[TextPair], **options: Any) -> dict[str, list[Any]]:
        made = self._tokenizer(
            [first for first, _ in pairs],
            [second for _, second in pairs],
            **{"truncation": False, "verbose": False, **options},
        )
        wanted = ("input_ids", "token_type_ids") if self._types else ("input_ids",)
        return {key: made[key] for key in wanted if key in made}


def reads_types(model: Any) -> bool:
    """Whether a model is told which text a token is of: some know a single type only, some none.

    Their tokenizers may give types nevertheless.
    """
    kinds = getattr(model.config, "type_vocab_size", None)
    takes = "token_type_ids" in inspect.signature(model.forward).parameters
    return takes and (kinds is None or kinds > 1)
