"""How a checkpoint is fine-tuned: everything that decides its weights but the data."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from lexicon.errors import InvalidInput

AVERAGES = ("none", "all", "last", "best")
PRECISIONS = ("auto", "fp32", "bf16")


def _one_of(*known: str) -> Any:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return value

    return AfterValidator(check)


class Recipe(BaseModel):
    """The defaults are those of the literature on XNLI.

    ``patience`` evaluations without a better score on the development set end a run; 0 never
    ends one early. ``average`` is ``none`` for the best checkpoint, or what is averaged in each
    run: ``all`` checkpoints, the ``last`` or the ``best`` ``average_of``. ``language`` is what the
    files are written in; None is English where they do not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    base: str
    language: str | None = None
    seeds: tuple[int, ...] = Field(default=(42,), min_length=1)
    epochs: int = Field(default=3, ge=1, le=1_000)
    lr: float = Field(default=2e-5, gt=0, le=1)
    batch: int = Field(default=32, ge=1, le=65_536)
    max_length: int = Field(default=128, ge=8, le=4_096)
    warmup: float = Field(default=0.06, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0, lt=1)
    clip: float = Field(default=1.0, gt=0)
    evaluations: int = Field(default=10, ge=1, le=1_000)
    patience: int = Field(default=3, ge=0)
    average: Annotated[str, _one_of(*AVERAGES)] = "last"
    average_of: int = Field(default=5, ge=1, le=1_000)
    precision: Annotated[str, _one_of(*PRECISIONS)] = "auto"


def checked(**values: Any) -> Recipe:
    """The recipe of these values.

    Raises :class:`InvalidInput` naming the option that cannot be, and why.
    """
    try:
        made = Recipe(**values)
    except ValidationError as error:
        fault = error.errors()[0]
        option = "--" + str(fault["loc"][0]).replace("_", "-")
        reason = fault["msg"].removeprefix("Value error, ").replace("Input should", "must")
        raise InvalidInput(f"{option} {fault['input']}: {reason}") from error
    if repeated := sorted({seed for seed in made.seeds if made.seeds.count(seed) > 1}):
        raise InvalidInput(f"--seed {repeated[0]} is given twice; two equal runs tell nothing")
    return made


def learning_rate(step: int, total: int, recipe: Recipe) -> float:
    """The rate of step ``step`` of ``total``, from 1: up in a line over the share ``warmup``, down
    in a line to 0 after the last step.

    >>> made = Recipe(base="b", lr=0.5, warmup=0.5)
    >>> [learning_rate(step, 4, made) for step in (1, 2, 3, 4)]
    [0.25, 0.5, 0.5, 0.25]
    """
    warm = round(total * recipe.warmup)
    if step <= warm:
        return recipe.lr * step / warm
    return recipe.lr * (total - step + 1) / (total - warm)


def evaluation_steps(total: int, evaluations: int) -> list[int]:
    """The steps after which a run is evaluated, evenly spread; the last one always is among them.

    >>> evaluation_steps(10, 4), evaluation_steps(2, 4)
    ([2, 5, 8, 10], [1, 2])
    """
    return sorted({max(1, round(total * part / evaluations)) for part in range(1, evaluations + 1)})
