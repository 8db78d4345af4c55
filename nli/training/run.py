"""One run: a model that learns from English pairs under one seed, and can be stopped at any time.

What a step does depends on nothing but the state before it, so a run that was killed and goes on
from a state on disk ends, on a CPU, in the very weights of one that was not.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from lexicon.disk import whole_file
from lexicon.errors import InvalidInput
from nli.evaluation import metrics
from nli.evaluation.metrics import Labels
from nli.training import order, state
from nli.training.forward import Forward
from nli.training.recipe import Recipe, evaluation_steps, learning_rate
from nli.training.tokens import Tokens

SAVE_EVERY = 300.0
"""Seconds of work that a kill may undo, beside what lies between two evaluations."""

_STATE = "state.safetensors"
_OVER = "run.json"


class Evaluated(BaseModel):
    """What a checkpoint scored on the development set after ``step`` steps; ``train_loss`` is the
    mean since the evaluation before."""

    model_config = ConfigDict(frozen=True)

    step: int
    epoch: float
    train_loss: float
    dev_loss: float
    dev_accuracy: float
    dev_macro_f1: float

    @property
    def rank(self) -> tuple[float, float, int]:
        """Greater is better: accuracy, then loss; of equal ones the first."""
        return self.dev_accuracy, -self.dev_loss, -self.step


class RunRecord(BaseModel):
    """A run that is over: what it scored on the way, and which of its checkpoints are kept."""

    model_config = ConfigDict(frozen=True)

    seed: int
    steps: int
    planned_steps: int
    stopped_early: bool
    evaluations: list[Evaluated]
    kept: list[int]


class Watch(Protocol):
    """Who is told how far it is."""

    def advance(self, name: str, done: int, total: int) -> None: ...
    def evaluated(self, seed: int, scores: Evaluated, planned: int) -> None: ...


@dataclass(frozen=True)
class Material:
    """What all runs have in common: the recipe, and pairs as tokens with their gold labels."""

    recipe: Recipe
    train: Tokens
    train_gold: Labels
    dev: Tokens
    dev_gold: Labels


def kept(evaluations: list[Evaluated], recipe: Recipe) -> list[int]:
    """The steps of the checkpoints that the recipe averages, or of the best one, ascending."""
    match recipe.average:
        case "all":
            some = evaluations
        case "last":
            some = evaluations[-recipe.average_of :]
        case average:
            count = recipe.average_of if average == "best" else 1
            some = sorted(evaluations, key=lambda one: one.rank, reverse=True)[:count]
    return sorted(one.step for one in some)


class Run:
    """The run of one seed, in a folder of its own."""

    def __init__(
        self, forward: Forward, material: Material, seed: int, folder: Path, watch: Watch
    ) -> None:
        self._torch = forward.torch
        self._model = forward.model
        self._forward = forward
        self._material = material
        self._recipe = material.recipe
        self._seed = seed
        self._folder = folder
        self._watch = watch
        self._step = 0
        self._loss = 0.0
        self._evaluations: list[Evaluated] = []
        self._order: tuple[int, list[NDArray[np.int64]]] = (-1, [])

    def go(self) -> RunRecord:
        """Train from where the folder says to the end; checkpoints that are kept lie in it."""
        folder = self._folder
        with state.room_in(folder):
            folder.mkdir(exist_ok=True)
        self._begin()
        with self._forward.fitting():
            self._learn_all()
        record = RunRecord(
            seed=self._seed,
            steps=self._step,
            planned_steps=self._planned,
            stopped_early=self._step < self._planned,
            evaluations=self._evaluations,
            kept=kept(self._evaluations, self._recipe),
        )
        with state.room_in(folder):
            with whole_file(folder / _OVER) as stream:
                stream.write(record.model_dump_json(indent=1).encode())
            (folder / _STATE).unlink()
        return record

    def _learn_all(self) -> None:
        due = set(evaluation_steps(self._planned, self._recipe.evaluations))
        saved = time.monotonic()
        while self._step < self._planned and not self._no_better:
            self._learn()
            if self._step in due:
                self._evaluate()
            if self._step in due or time.monotonic() - saved >= SAVE_EVERY:
                self._save()
                saved = time.monotonic()
            self._watch.advance(f"seed {self._seed}", self._step, self._planned)

    # The state

    @cached_property
    def _optimizer(self) -> Any:
        """AdamW that leaves biases and the scales of layer norms undecayed."""
        parameters = [one for one in self._model.parameters() if one.requires_grad]
        groups = [
            {
                "params": [one for one in parameters if one.ndim > 1],
                "weight_decay": self._recipe.weight_decay,
            },
            {"params": [one for one in parameters if one.ndim <= 1], "weight_decay": 0.0},
        ]
        return self._torch.optim.AdamW(groups, lr=self._recipe.lr)

    def _begin(self) -> None:
        self._torch.manual_seed(self._seed)
        held = self._folder / _STATE
        if held.is_file():
            said = state.read_said(held)
            self._step, self._loss = said["step"], said["loss"]
            self._evaluations = [Evaluated(**one) for one in said["evaluations"]]
            state.read_state(self._torch, held, self._model, self._optimizer, self._step)

    def _save(self) -> None:
        said = {
            "step": self._step,
            "loss": self._loss,
            "evaluations": [one.model_dump() for one in self._evaluations],
        }
        held = self._folder / _STATE
        state.write_state(self._torch, held, self._model, self._optimizer, said)
        # After the state, which may name what goes: a kill in between leaves too much, never less.
        with suppress(OSError):
            for file in set(self._folder.glob("step-*")) - set(
                checkpoints(self._folder, kept(self._evaluations, self._recipe))
            ):
                file.unlink()

    @property
    def _no_better(self) -> bool:
        """Whether as many evaluations as are waited for have passed since the best one."""
        scores = [one.dev_accuracy for one in self._evaluations]
        since_best = len(scores) - 1 - scores.index(max(scores)) if scores else 0
        return 0 < self._recipe.patience <= since_best

    # Learning

    @cached_property
    def _steps(self) -> int:
        """Steps in an epoch."""
        return order.steps(len(self._material.train_gold), self._recipe.batch)

    @property
    def _planned(self) -> int:
        return self._steps * self._recipe.epochs

    def _batch(self) -> NDArray[np.int64]:
        """The pairs of the step that comes next."""
        epoch, place = divmod(self._step, self._steps)
        if self._order[0] != epoch:
            lengths = self._material.train.lengths
            found = order.epoch(lengths, self._recipe.batch, self._seed, epoch)
            self._order = (epoch, found)
        return self._order[1][place]

    def _learn(self) -> None:
        self._model.train()
        places = self._batch()
        self._step += 1
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(self._step, self._planned, self._recipe)
        loss = self._forward.loss(self._material.train, places, self._material.train_gold)
        loss.backward()
        norm = self._torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._recipe.clip)
        if not (isfinite(found := loss.item()) and isfinite(norm.item())):
            raise InvalidInput(
                f"step {self._step:,} of seed {self._seed}: the loss is no number any more; "
                f"begin again with a --lr below {self._recipe.lr:g} and --fresh"
            )
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._loss += found

    def _evaluate(self) -> None:
        """Score the development set, and keep the checkpoint that was scored."""
        gold, probabilities = (
            self._material.dev_gold,
            self._forward.probabilities(self._material.dev),
        )
        counts = metrics.confusion(gold, metrics.chosen(probabilities))
        likely = np.maximum(probabilities[np.arange(len(gold)), gold], np.finfo(np.float64).tiny)
        since = self._step - (self._evaluations[-1].step if self._evaluations else 0)
        scores = Evaluated(
            step=self._step,
            epoch=self._step / self._steps,
            train_loss=self._loss / since,
            dev_loss=float(-np.log(likely).mean()),
            dev_accuracy=float(metrics.accuracy(counts)),
            dev_macro_f1=float(metrics.macro_f1(counts)),
        )
        self._loss = 0.0
        self._evaluations.append(scores)
        [file] = checkpoints(self._folder, [self._step])
        state.write_tensors(file, state.weights(self._model))
        self._watch.evaluated(self._seed, scores, self._planned)


def checkpoints(folder: Path, steps: list[int]) -> list[Path]:
    """Where the weights after these steps of a run lie."""
    return [folder / f"step-{step}.safetensors" for step in steps]


def finished(folder: Path) -> RunRecord | None:
    """The record of a run that is over."""
    try:
        return RunRecord.model_validate_json((folder / _OVER).read_bytes())
    except FileNotFoundError:
        return None
