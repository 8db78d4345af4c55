"""``lexicon nli train``: fine-tuning a checkpoint for inference."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.output import Format

if TYPE_CHECKING:
    from nli.training.records import TrainingRecord
    from nli.training.run import Evaluated


def train(
    base: Annotated[
        str,
        typer.Option("--base", help="xlm-roberta-base, bigscience/bloom-560m, or a folder."),
    ],
    train_file: Annotated[Path, typer.Option("--train", help="Pairs to learn from.")],
    dev_file: Annotated[
        Path, typer.Option("--dev", help="Pairs that decide when to stop, and nothing else.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the checkpoint to come.")],
    language: Annotated[
        str | None,
        typer.Option(
            "--language", "-l", help="What the files are written in; English when not given."
        ),
    ] = None,
    epochs: Annotated[int, typer.Option("--epochs", help="Times that each pair is seen.")] = 3,
    lr: Annotated[float, typer.Option("--lr", help="The highest learning rate.")] = 2e-5,
    batch: Annotated[int, typer.Option("--batch", help="Pairs in a step.")] = 32,
    max_length: Annotated[
        int, typer.Option("--max-length", help="Tokens of a pair that are read.")
    ] = 128,
    warmup: Annotated[
        float, typer.Option("--warmup", help="Share of the steps with a rising learning rate.")
    ] = 0.06,
    weight_decay: Annotated[float, typer.Option("--weight-decay", help="Of AdamW.")] = 0.01,
    clip: Annotated[float, typer.Option("--clip", help="The longest gradient.")] = 1.0,
    evaluations: Annotated[
        int, typer.Option("--evaluations", help="Checkpoints of a run that are scored.")
    ] = 10,
    patience: Annotated[
        int,
        typer.Option("--patience", help="Scores without a better one that end a run; 0 for none."),
    ] = 3,
    seed: Annotated[
        list[int] | None, typer.Option("--seed", help="Of a run; repeatable. 42 when not given.")
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="Runs, with seeds from the first one on.")
    ] = 1,
    average: Annotated[
        str,
        typer.Option(
            "--average", help="Checkpoints that are averaged: all, last, best; none for the best."
        ),
    ] = "last",
    average_of: Annotated[
        int, typer.Option("--average-of", help="How many the last or the best are, of each run.")
    ] = 5,
    precision: Annotated[
        str, typer.Option("--precision", help="auto, fp32 or bf16; auto is bf16 on a GPU.")
    ] = "auto",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget what was begun before, and begin anew.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print.")] = Format.TABLE,
) -> None:
    """Fine-tune a checkpoint on premises and hypotheses with gold labels.

    English only, unless --language says otherwise. What was stopped goes on with the same command.
    """
    from lexicon.errors import InvalidInput
    from lexicon.settings import load_settings
    from nli.training import recipe
    from nli.training.train import Request
    from nli.training.train import train as fine_tune

    if seed and seeds > 1:
        first = seed[0]
        if len(seed) > 1:
            raise InvalidInput("--seeds counts on from one --seed; give all of them, or one")
        seed = list(range(first, first + seeds))
    wanted = recipe.checked(
        base=base,
        language=language,
        seeds=tuple(seed or range(42, 42 + seeds)),
        epochs=epochs,
        lr=lr,
        batch=batch,
        max_length=max_length,
        warmup=warmup,
        weight_decay=weight_decay,
        clip=clip,
        evaluations=evaluations,
        patience=patience,
        average=average,
        average_of=average_of,
        precision=precision,
    )
    request = Request(wanted, train_file, dev_file, out, fresh)
    with output.progress() as bars:
        made = fine_tune(load_settings(), request, _Told(bars))
    if form is Format.JSON:
        print(made.model_dump_json())
    elif form is Format.CSV:
        output.write_csv(_COLUMNS, _rows(made))
    else:
        _show(made)
    _notes(made, out)


_COLUMNS = ("seed", "step", "epoch", "train_loss", "dev_loss", "dev_accuracy", "dev_macro_f1")


class _Told:
    """Bars of what is done, and above them a line for each checkpoint that was scored."""

    def __init__(self, bars: output.Bars) -> None:
        self._bars = bars

    def advance(self, name: str, done: int, total: int) -> None:
        self._bars.advance(name, done, total)

    def evaluated(self, seed: int, scores: "Evaluated", planned: int) -> None:
        self._bars.say(
            f"seed {seed}, step {scores.step:,} of {planned:,}: loss {scores.train_loss:.4f}, "
            f"dev loss {scores.dev_loss:.4f}, dev accuracy {scores.dev_accuracy:.4f}"
        )


def _rows(made: "TrainingRecord") -> list[tuple[object, ...]]:
    return [
        (run.seed, *one.model_dump(include=set(_COLUMNS)).values())
        for run in made.runs
        for one in run.evaluations
    ]


def _show(made: "TrainingRecord") -> None:
    averaged = {(one.seed, one.step) for one in made.members}
    rows = [
        (
            str(run.seed),
            f"{one.step:,}",
            f"{one.epoch:.2f}",
            output.number(one.train_loss, 4),
            output.number(one.dev_loss, 4),
            output.number(one.dev_accuracy, 4),
            output.number(one.dev_macro_f1, 4),
            "✓" if (run.seed, one.step) in averaged else "",
        )
        for run in made.runs
        for one in run.evaluations
    ]
    columns = (
        ">seed",
        ">step",
        ">epoch",
        ">loss",
        ">dev loss",
        ">dev accuracy",
        ">dev macro-F1",
        "kept",
    )
    output.console().print(output.table("Checkpoints on the development set", columns, rows))
    dev = made.dev
    low, high = dev.accuracy_interval
    print(
        f"accuracy {dev.accuracy:.4f} ({low:.4f}–{high:.4f}), macro-F1 {dev.macro_f1:.4f}, "
        f"calibration error {dev.calibration_error:.4f} on {dev.pairs:,} development pairs"
    )


def _notes(made: "TrainingRecord", out: Path) -> None:
    for facts in (made.begun.train, made.begun.dev):
        if facts.assumed and made.begun.recipe.language is None:
            output.warn(f"{facts.name} does not say its language and was taken for English")
        if facts.rejected:
            output.warn(
                f"{facts.name}: bad lines, left out: {facts.rejected:,}, such as "
                f"{facts.first_reject}"
            )
        if facts.unlabelled:
            output.warn(f"{facts.name}: pairs without a gold label, left out: {facts.unlabelled:,}")
    if made.in_both:
        output.warn(
            f"development pairs that were learnt from as well: {made.in_both:,}; "
            "scores on them flatter"
        )
    if made.train_truncated or made.dev_truncated:
        output.warn(
            f"pairs cut to {made.begun.recipe.max_length} tokens: {made.train_truncated:,} of "
            f"those learnt from, {made.dev_truncated:,} of the development set"
        )
    for run in made.runs:
        if run.stopped_early:
            output.warn(
                f"seed {run.seed} was stopped after {run.steps:,} of {run.planned_steps:,} steps, "
                f"since nothing got better (--patience {made.begun.recipe.patience})"
            )
    if made.best.dev_accuracy > made.dev.accuracy:
        output.warn(
            f"the best single checkpoint, step {made.best.step:,} of seed {made.best.seed}, scores "
            f"{made.best.dev_accuracy:.4f}; --average none keeps that one"
        )
    for remark in made.remarks:
        output.warn(remark)
    output.notes().print(f"written  {out}; use it with: --model {shlex.quote(str(out))}")
