"""A classifier over tokens: logits for learning, probabilities for scoring."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from nli.evaluation.metrics import Floats
from nli.training.tokens import Tokens


@dataclass(frozen=True)
class Forward:
    """A model where it runs. ``labels`` is the order of its outputs; what comes out of here is in
    the order of ``NLI_LABELS``."""

    torch: Any
    model: Any
    labels: tuple[str, ...]
    pad: int
    device: str
    precision: str
    batch: int

    def logits(self, tokens: Tokens, places: NDArray[np.int64]) -> Any:
        """(pairs, 3) float32."""
        torch = self.torch
        inputs = {
            name: torch.from_numpy(rows).to(self.device)
            for name, rows in tokens.batch(places, self.pad).items()
        }
        if "use_cache" in signature(self.model.forward).parameters:
            # A decoder would keep keys and values for a next token that never comes.
            inputs["use_cache"] = False
        lower = self.precision == "bf16"
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=lower):
            found = self.model(**inputs).logits
        return found.float()[:, [self.labels.index(label) for label in NLI_LABELS]]

    def loss(self, tokens: Tokens, places: NDArray[np.int64], gold: NDArray[np.int64]) -> Any:
        """Mean cross-entropy of some pairs; ``gold`` is of all."""
        wanted = self.torch.from_numpy(gold[places]).to(self.device)
        return self.torch.nn.functional.cross_entropy(self.logits(tokens, places), wanted)

    def probabilities(self, tokens: Tokens) -> Floats:
        """(pairs, 3) of all pairs in their order; longest first, so that what does not fit into
        memory is found out at once."""
        found = np.empty((len(tokens.lengths), len(NLI_LABELS)))
        longest = np.argsort(-tokens.lengths, kind="stable")
        self.model.eval()
        with self.torch.inference_mode():
            for start in range(0, len(longest), self.batch):
                places = longest[start : start + self.batch]
                logits = self.logits(tokens, places).double()
                found[places] = logits.softmax(dim=-1).cpu().numpy()
        return found

    @contextmanager
    def fitting(self) -> Iterator[None]:
        """Say in one line that a batch does not fit onto the GPU."""
        try:
            yield
        except self.torch.OutOfMemoryError as error:
            raise InvalidInput(
                f"the memory of the GPU is too small for batches of {self.batch}; "
                f"begin again with --batch {max(1, self.batch // 2)} and --fresh, "
                "or on the CPU with LEXICON_DEVICE=cpu"
            ) from error
