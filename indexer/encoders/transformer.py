"""Any AutoModel checkpoint, such as BLOOM, with a pooling and a layer of one's choice."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from indexer.checkpoints import loading, precision
from indexer.encoders.checkpoint import UNLIMITED, UNREAD, CheckpointEncoder
from indexer.encoders.pooling import pool, require_pooling
from lexicon.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

MOST_TOKENS = 2_048
"""For checkpoints without an upper limit of their own: BLOOM counts positions relatively."""


class TransformerEncoder(CheckpointEncoder):
    """Hidden states of one layer, pooled over the tokens.

    ``layer`` counts as Python does: 0 is the input of the first layer, −1 (the default) the output
    of the last one.
    """

    @cached_property
    def _pooling(self) -> str:
        return require_pooling(self._options.pooling or "mean")

    @cached_property
    def layers(self) -> int:
        """How many layers there are above the input."""
        return int(self._config.num_hidden_layers)

    @cached_property
    def _layer(self) -> int:
        """From 0 (input) to ``layers``."""
        wanted = -1 if self._options.layer is None else self._options.layer
        if not -self.layers - 1 <= wanted <= self.layers:
            raise InvalidInput(
                f"encoder {self._name!r} has no layer {wanted}; "
                f"it has 0 (input) to {self.layers}, or -1 to {-self.layers - 1} from the end"
            )
        # The input embeddings lie below every layer, whatever layer is named.
        if self._pooling == "input":
            return 0
        return wanted if wanted >= 0 else wanted + self.layers + 1

    @cached_property
    def _transformers(self) -> Any:
        return loading.import_transformers(f"encoder {self._name!r}")

    @cached_property
    def _config(self) -> Any:
        with loading.reading(self._folder):
            return self._transformers.AutoConfig.from_pretrained(
                str(self._folder), local_files_only=True
            )

    @cached_property
    def _tokenizer(self) -> Any:
        with loading.reading(self._folder):
            made = self._transformers.AutoTokenizer.from_pretrained(
                str(self._folder), local_files_only=True
            )
        return loading.worded(made, self._folder)

    @cached_property
    def _facts(self) -> tuple[str, int, int, int]:
        positions = getattr(self._config, "max_position_embeddings", None) or MOST_TOKENS
        if "roberta" in self._config.model_type:
            # Its positions are counted from behind that of padding.
            positions -= self._config.pad_token_id + 1
        limits = (positions, self._tokenizer.model_max_length or UNLIMITED)
        return self._pooling, self._layer, int(self._config.hidden_size), int(min(limits))

    def _load(self) -> Any:
        torch = self._torch
        with loading.reading(self._folder):
            model = self._transformers.AutoModel.from_pretrained(
                str(self._folder),
                local_files_only=True,
                # A checkpoint would otherwise come in whatever numbers it was saved in.
                dtype=torch.float32,
                **self._attention(),
            )
        return loading.complete(model, self._folder, UNREAD).eval()

    def _attention(self) -> dict[str, str]:
        # BLOOM has no other kind, and asking for the default of others would be refused.
        return {"attn_implementation": "eager"} if self._config.model_type == "bloom" else {}

    def _convert(self, model: Any, numbers: str) -> Any:
        return precision.convert(model, numbers)

    def _vectors(self, model: Any, ids: "Tensor", lengths: "Sequence[int]") -> "Tensor":
        if self._pooling == "input":
            return pool(model.get_input_embeddings()(ids), None, "mean")
        if self._layer == self.layers:
            return pool(self._run(model, ids).last_hidden_state, None, self._pooling)
        every = self._run(model, ids, output_hidden_states=True).hidden_states
        return pool(every[self._layer], None, self._pooling)

    def _run(self, model: Any, ids: "Tensor", **wanted: bool) -> Any:
        if getattr(self._config, "use_cache", False):
            # A decoder would keep keys and values for a next token that never comes.
            wanted["use_cache"] = False
        return model(input_ids=ids, **wanted)
