"""The model card of a fine-tuned checkpoint: ``README.md`` as model hubs read it."""

from datetime import datetime

from lexicon.models import NLI_LABELS
from nli.training.records import Begun, TrainingRecord

_AVERAGES = {
    "none": "the checkpoint that scored best on the development set",
    "all": "the mean of all checkpoints",
    "last": "the mean of the last checkpoints",
    "best": "the mean of the checkpoints that scored best on the development set",
}


def card(record: TrainingRecord, name: str, finished: datetime) -> str:
    """The card of the checkpoint called ``name``; every number in it is of ``record``."""
    begun, dev = record.begun, record.dev
    recipe = begun.recipe
    low, high = dev.accuracy_interval
    f1_low, f1_high = dev.macro_f1_interval
    language = recipe.language or "en"
    lines = [
        "---",
        f"language: {language}",
        *([f"base_model: {begun.base}"] if "/" in begun.base else []),
        "pipeline_tag: text-classification",
        "library_name: transformers",
        "tags: [natural-language-inference]",
        "---",
        "",
        f"# {name}",
        "",
        (
            f"`{begun.base}`, fine-tuned to say of a premise and a hypothesis whether the first "
            "entails the second, contradicts it, or neither."
        ),
        "",
        f"Labels, as the outputs count them: {', '.join(record.labels)}.",
        "",
        "## Scores",
        "",
        (
            f"On the {dev.pairs:,} development pairs ({dev.premises:,} premises) of "
            f"`{begun.dev.name}`, language `{language}`, with 95% intervals from drawing premises:"
        ),
        "",
        "| accuracy | macro-F1 | calibration error |",
        "|---|---|---|",
        (
            f"| {dev.accuracy:.4f} ({low:.4f}–{high:.4f}) | {dev.macro_f1:.4f} "
            f"({f1_low:.4f}–{f1_high:.4f}) | {dev.calibration_error:.4f} |"
        ),
        "",
        "Rows are gold labels, columns predicted ones:",
        "",
        f"| | {' | '.join(NLI_LABELS)} |",
        "|---|---|---|---|",
        *(
            f"| {label} | {' | '.join(f'{count:,}' for count in row)} |"
            for label, row in zip(NLI_LABELS, dev.confusion, strict=True)
        ),
        "",
        (
            "No other language was looked at in training, so scores on other languages are "
            "zero-shot; none is measured here."
        ),
        "",
        "## Training",
        "",
        f"{begun.train.pairs:,} pairs of `{begun.train.name}`. Weights: {_kept(record)}.",
        "",
        *_table(begun),
        "",
        (
            "Everything that decides the weights, the score of every checkpoint and the sha256 of "
            "both files are in `training.json`."
        ),
        *(f"\nNote: {remark}." for remark in record.remarks),
        "",
        f"Finished {finished:%Y-%m-%d %H:%M} UTC.",
        "",
    ]
    return "\n".join(lines)


def _kept(record: TrainingRecord) -> str:
    members = ", ".join(f"{one.step:,} (seed {one.seed})" for one in record.members)
    return f"{_AVERAGES[record.begun.recipe.average]}, after steps {members}"


def _table(begun: Begun) -> list[str]:
    recipe = begun.recipe
    facts = {
        "epochs": recipe.epochs,
        "batch": recipe.batch,
        "learning rate": f"{recipe.lr:g}, up over {recipe.warmup:g} of the steps, then down to 0",
        "tokens": recipe.max_length,
        "weight decay": f"{recipe.weight_decay:g}",
        "gradient norm": f"at most {recipe.clip:g}",
        "seeds": ", ".join(map(str, recipe.seeds)),
        "patience": recipe.patience or "none",
        "numbers": f"{begun.precision} on {begun.device}",
    }
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())]
