"""Fine-tuning from files to a folder: English in, early stopping on English, checkpoints averaged.

Schmidt, Vulić and Glavaš (2023) average the checkpoints of a run, which makes zero-shot transfer
better and steadier without a look at the target language. Weights of independent runs have a mean
that means something only where the runs have one head: here all of them begin with the same head,
drawn with the first seed, and differ in the order of pairs and in dropout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.checkpoints import loading
from indexer.checkpoints.precision import resolve
from lexicon.errors import InvalidInput, ModelDamaged
from lexicon.settings import Settings
from nli.training import examples, publish, records, state
from nli.training.base import Base, open_base
from nli.training.examples import Examples
from nli.training.forward import Forward
from nli.training.recipe import Recipe
from nli.training.records import Begun, Member, TrainingRecord
from nli.training.run import Material, Run, RunRecord, Watch, checkpoints, finished
from nli.training.tokens import Tokens, tokenise
from nli.training.work import Work

_FLOAT = 4
"""Bytes of a number in fp32."""


@dataclass(frozen=True)
class Request:
    """What to learn, from what, and where it goes. ``fresh`` forgets what was begun before."""

    recipe: Recipe
    train: Path
    dev: Path
    out: Path
    fresh: bool = False


def train(settings: Settings, request: Request, watch: Watch) -> TrainingRecord:
    """Fine-tune a checkpoint and put it at ``request.out``; what was broken off goes on.

    Raises :class:`InvalidInput` for files, recipes and folders that will not do,
    :class:`ModelMissing` or :class:`ModelDamaged` for such a base, :class:`ModelBusy` and
    :class:`StoreUnavailable`.
    """
    work = Work(request.out)
    work.require_free()
    learnt = examples.read_examples(request.train, request.recipe.language, every_label=True)
    dev = examples.read_examples(request.dev, request.recipe.language, every_label=False)
    if learnt.facts.sha256 == dev.facts.sha256:
        raise InvalidInput(
            f"--dev {request.dev} is the same file as --train; what was learnt by heart tells "
            "nothing, so name pairs apart"
        )
    return _Training(settings, request, watch, work, learnt, dev).all()


class _Training:
    def __init__(
        self,
        settings: Settings,
        request: Request,
        watch: Watch,
        work: Work,
        learnt: Examples,
        dev: Examples,
    ) -> None:
        self._settings = settings
        self._recipe = request.recipe
        self._name = request.out.name
        self._fresh = request.fresh
        self._watch = watch
        self._work = work
        self._learnt = learnt
        self._dev = dev
        self._torch = loading.import_torch("fine-tuning", settings)
        self._device = loading.device(self._torch, settings)
        self._precision = _precision(self._recipe.precision, self._device)
        self._base = open_base(self._recipe.base, settings, self._recipe.max_length)

    def all(self) -> TrainingRecord:
        begun = Begun(
            recipe=self._recipe,
            base=self._base.source,
            base_revision=self._base.revision,
            train=self._learnt.facts,
            dev=self._dev.facts,
            precision=self._precision,
            device=self._device,
        )
        model = self._base.model(self._torch, self._recipe.seeds[0])
        with self._work.held(begun, self._fresh, self._bytes(model)):
            material = Material(
                self._recipe,
                self._tokens("training pairs", self._learnt, self._base, model),
                self._learnt.gold,
                self._tokens("development pairs", self._dev, self._base, model),
                self._dev.gold,
            )
            # A run has a model of its own, and there may be room for one only.
            del model
            runs = [self._run(seed, material) for seed in self._recipe.seeds]
            members = _members(runs, self._recipe.average)
            model = self._base.model(self._torch, self._recipe.seeds[0])
            state.load_weights(self._torch, model, state.average(self._files(members)))
            publish.write_checkpoint(self._work.checkpoint, model, self._base.tokenizer)
            record = TrainingRecord(
                begun=begun,
                labels=self._base.labels,
                remarks=self._base.remarks,
                train_truncated=int(material.train.truncated.sum()),
                dev_truncated=int(material.dev.truncated.sum()),
                in_both=examples.shared(self._learnt, self._dev),
                runs=runs,
                members=members,
                dev=self._score(material.dev),
                versions=records.versions(),
            )
            publish.write_documents(self._work.checkpoint, record, self._name)
            self._work.publish()
        return record

    def _run(self, seed: int, material: Material) -> RunRecord:
        folder = self._work.folder / str(seed)
        if (over := finished(folder)) is not None:
            return over
        # Weights of runs are averaged from one head on; a run that stands for itself has its own.
        head = seed if self._recipe.average == "none" else self._recipe.seeds[0]
        forward = self._forward(self._base, self._base.model(self._torch, head))
        return Run(forward, material, seed, folder, self._watch).go()

    def _score(self, tokens: Tokens) -> records.DevScores:
        """The development set under the checkpoint as any program will load it."""
        folder = self._work.checkpoint
        read = open_base(str(folder), self._settings, self._recipe.max_length)
        model = read.model(self._torch, 0)
        same = self._tokens("checking", self._dev, read, model)
        if read.labels != self._base.labels or not np.array_equal(same.ids, tokens.ids):
            raise ModelDamaged(
                f"{folder} does not read pairs as the model that was trained; its tokenizer "
                f"{type(self._base.tokenizer).__name__} cannot be saved, so choose another base"
            )
        probabilities = self._forward(read, model).probabilities(same)
        return publish.dev_scores(self._dev, probabilities, self._recipe.seeds[0])

    def _forward(self, base: Base, model: Any) -> Forward:
        return Forward(
            self._torch,
            model.to(self._device),
            base.labels,
            int(base.tokenizer.pad_token_id),
            self._device,
            self._precision,
            self._recipe.batch,
        )

    def _tokens(self, name: str, pairs: Examples, base: Base, model: Any) -> Tokens:
        return tokenise(
            base.pair_tokenizer(model, self._recipe.max_length),
            pairs.premises,
            pairs.hypotheses,
            lambda done: self._watch.advance(name, done, len(pairs)),
        )

    def _files(self, members: Sequence[Member]) -> list[Path]:
        return [
            file
            for one in members
            for file in checkpoints(self._work.folder / str(one.seed), [one.step])
        ]

    def _bytes(self, model: Any) -> int:
        """What all of it takes on disk: two states of three numbers a weight while one replaces
        the other, the checkpoints that are kept, one that is about to go, and the result."""
        recipe = self._recipe
        count = {"none": 1, "all": recipe.evaluations}.get(recipe.average, recipe.average_of)
        copies = 6 + count * len(recipe.seeds) + 2
        return copies * _FLOAT * sum(int(one.numel()) for one in model.parameters())


def _members(runs: Sequence[RunRecord], average: str) -> list[Member]:
    """The checkpoints that the result is the mean of; of single ones, the best of all runs."""
    found = [
        (one.rank, Member(seed=run.seed, step=one.step, dev_accuracy=one.dev_accuracy))
        for run in runs
        for one in run.evaluations
        if one.step in run.kept
    ]
    if average == "none":
        return [max(found, key=lambda one: one[0])[1]]
    return [member for _, member in found]


def _precision(wanted: str, device: str) -> str:
    """``auto`` made definite: bf16 where a GPU computes in it, else fp32; weights are always
    fp32."""
    if wanted != "auto":
        return wanted
    return resolve("auto", device) if device == "cuda" else "fp32"
