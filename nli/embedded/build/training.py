"""Fine-tuning the cross-encoder: seeded, on two cores, and able to go on where it stopped."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nli.embedded.packing import packed

if TYPE_CHECKING:
    import torch

POOL = 50
"""Batches that are sorted by length together: little padding, still shuffled."""


class Example(NamedTuple):
    """Row numbers of two texts, and the label's place among the three."""

    premise: tuple[int, ...]
    hypothesis: tuple[int, ...]
    label: int


@dataclass(frozen=True)
class Schedule:
    """One stage: rises to ``rate`` over ``warm_up`` of the steps, then falls to nothing."""

    epochs: int
    rate: float
    batch: int = 32
    warm_up: float = 0.06
    decay: float = 0.01
    norm: float = 1.0

    def rate_at(self, done: float) -> float:
        """The learning rate after a share ``done`` of the steps.

        >>> [round(Schedule(1, 1.0, warm_up=0.5).rate_at(done), 2) for done in (0.25, 0.5, 0.75)]
        [0.5, 1.0, 0.5]
        """
        return self.rate * min(done / self.warm_up, (1 - done) / (1 - self.warm_up))


@dataclass(frozen=True)
class Special:
    """Rows of [CLS], [SEP] and [PAD], and how many tokens the model reads."""

    start: int
    end: int
    pad: int
    most: int


def batches(examples: Sequence[Example], size: int, chance: random.Random) -> list[list[Example]]:
    """One epoch: every example once, those of a batch about equally long."""
    order = list(examples)
    chance.shuffle(order)
    found = []
    for start in range(0, len(order), size * POOL):
        pool = order[start : start + size * POOL]
        pool.sort(key=lambda example: len(example.premise) + len(example.hypothesis))
        found += [pool[place : place + size] for place in range(0, len(pool), size)]
    chance.shuffle(found)
    return found


def inputs(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]], special: Special
) -> dict[str, Any]:
    import torch

    ids, segments, mask, _ = packed(pairs, special.start, special.end, special.pad, special.most)
    return {
        "input_ids": torch.from_numpy(ids),
        "token_type_ids": torch.from_numpy(segments),
        "attention_mask": torch.from_numpy(mask),
    }


def train(
    model: "torch.nn.Module",
    examples: Sequence[Example],
    schedule: Schedule,
    seed: int,
    special: Special,
    say: Callable[[str], None],
    checkpoint: Path | None = None,
    every: int = 100,
) -> None:
    """Change ``model`` in place; rows of words stay as they are.

    With ``checkpoint``, state is written there every so many steps, and a run that finds one
    goes on from it.
    """
    import torch

    torch.manual_seed(seed)
    chance = random.Random(seed)
    plan = [
        batch for _ in range(schedule.epochs) for batch in batches(examples, schedule.batch, chance)
    ]
    for name, parameter in model.named_parameters():
        parameter.requires_grad = "word_embeddings" not in name
    taught = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(taught, lr=schedule.rate, weight_decay=schedule.decay)
    done = 0
    if checkpoint is not None and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"], strict=False)
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["chance"])
        done = state["done"]
        say(f"going on after step {done:,}")
    model.train()
    smooth = 0.0
    for step, batch in enumerate(plan[done:], done):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at((step + 0.5) / len(plan))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pairs = [(example.premise, example.hypothesis) for example in batch]
            logits = model(**inputs(pairs, special)).logits
        wanted = torch.tensor([example.label for example in batch])
        loss = torch.nn.functional.cross_entropy(logits.float(), wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(taught, schedule.norm)
        optimiser.step()
        optimiser.zero_grad()
        smooth = loss.item() if step == done else 0.98 * smooth + 0.02 * loss.item()
        if (step + 1) % every == 0:
            say(f"step {step + 1:,} of {len(plan):,}, loss {smooth:.3f}")
            if checkpoint is not None:
                save(checkpoint, model, optimiser=optimiser.state_dict(), done=step + 1)
    model.eval()


def save(path: Path, model: "torch.nn.Module", **more: object) -> None:
    """Everything but the rows of words, which the tokenizer's build gives anew."""
    import torch

    held = {name: t for name, t in model.state_dict().items() if "word_embeddings" not in name}
    part = path.with_suffix(".part")
    torch.save({"model": held, "chance": torch.get_rng_state(), **more}, part)
    part.replace(path)


def load(model: "torch.nn.Module", *paths: Path) -> None:
    """Give ``model`` the mean of what was saved at ``paths`` (Wortsman et al. 2022)."""
    import torch

    held = [torch.load(path, weights_only=True)["model"] for path in paths]
    mean = {name: sum(one[name] for one in held) / len(held) for name in held[0]}
    model.load_state_dict(mean, strict=False)


def logits(
    model: "torch.nn.Module",
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
    special: Special,
    batch: int = 64,
) -> NDArray[np.float32]:
    """(pairs, 3) in float32, in input order."""
    import torch

    model.eval()
    order = sorted(range(len(pairs)), key=lambda place: sum(map(len, pairs[place])))
    found = np.zeros((len(pairs), 3), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            read = inputs([pairs[place] for place in places], special)
            found[places] = model(**read).logits.numpy()
    return found
