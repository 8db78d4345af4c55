"""Scores of the predictions that the store holds: by classifier, data set, split and languages."""

from collections.abc import Callable, Collection, Sequence
from functools import cache

import numpy as np
from sqlalchemy.orm import Session

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from lexicon.pairs import PairCount, pair_counts
from lexicon.predictions import PredictionCount, prediction_counts
from lexicon.store import Sessions
from nli.evaluation import metrics, resampling
from nli.evaluation.answers import Answers, drawn_together, identity_of, read_answers
from nli.evaluation.metrics import Floats
from nli.evaluation.results import Comparison, Evaluation, LabelScores, Report, Transfer

ENGLISH = "en"


def evaluate(
    session: Session,
    dataset: str | None = None,
    split: str | None = None,
    languages: Collection[str] = (),
    models: Sequence[str] = (),
    seed: int = 0,
) -> list[Evaluation]:
    """An evaluation of every classifier on every data set, split and languages that it predicted.

    ``languages`` keep pairs whose premise or hypothesis is in one of them; ``models`` are names or
    identities. Raises :class:`InvalidInput` where nothing is left to evaluate.
    """
    every = prediction_counts(session, dataset, split)
    counts = _chosen(every, languages, models)

    @cache
    def read(count: PredictionCount) -> Answers:
        return read_answers(session, count)

    found = []
    for count in counts:
        if not len(read(count)):
            if len(counts) > 1:
                continue
            raise InvalidInput(
                f"the {count.predicted:,} predicted pairs of {count.dataset}/{count.split} have "
                "no gold label to compare with; import them with labels"
            )
        found.append(_evaluation(read(count), _english(count, every, read), seed))
    if not found:
        raise InvalidInput(
            "none of these predicted pairs has a gold label to compare with; "
            "import them with labels"
        )
    return found


def evaluated(
    sessions: Sessions,
    dataset: str | None,
    split: str | None,
    languages: Collection[str],
    models: Sequence[str],
) -> Report:
    """The evaluations as a report."""
    with sessions() as session:
        return Report(evaluations=evaluate(session, dataset, split, languages, models))


def counted(
    sessions: Sessions, dataset: str | None, split: str | None
) -> tuple[tuple[PairCount | PredictionCount, ...], ...]:
    """How many pairs of each label there are and how many each classifier has predicted: where this
    is another, so are evaluations."""
    with sessions() as session:
        return (
            tuple(pair_counts(session, dataset, split)),
            tuple(prediction_counts(session, dataset, split)),
        )


def compare(
    session: Session,
    first: str,
    second: str,
    dataset: str | None = None,
    split: str | None = None,
    languages: Collection[str] = (),
) -> list[Comparison]:
    """McNemar's test of two classifiers on each data set, split and languages that both predicted.

    Raises :class:`InvalidInput` where there is none, or both are the same.
    """
    every = prediction_counts(session, dataset, split)
    one, other = (_chosen(every, languages, [name]) for name in (first, second))
    if one[0].checkpoint == other[0].checkpoint:
        raise InvalidInput(f"{second!r} is the same classifier as {first!r}; name another")
    others = {_place(count): count for count in other}
    found = []
    for count in one:
        if (against := others.get(_place(count))) is not None:
            made = _comparison(read_answers(session, count), read_answers(session, against))
            found += [made] if made.pairs else []
    if not found:
        raise InvalidInput(
            f"no pair with a gold label was predicted by both {first!r} and {second!r}; "
            f"have the second predict them with: lexicon nli predict --model {second}"
        )
    return found


def _chosen(
    every: Sequence[PredictionCount], languages: Collection[str], models: Sequence[str]
) -> list[PredictionCount]:
    if not every:
        raise InvalidInput(
            "no pair like that was predicted; predict some with: lexicon nli predict"
        )
    wanted = {identity_of(name, every) for name in models}
    found = [
        count
        for count in every
        if (not wanted or count.checkpoint in wanted)
        and (not languages or {count.premise_language, count.hypothesis_language} & set(languages))
    ]
    if not found:
        there = sorted({count.premise_language for count in every})
        raise InvalidInput(
            f"no pair of language {', '.join(languages)} was predicted by it, only of "
            f"{', '.join(there)}; predict some with: lexicon nli predict"
        )
    return found


def _place(count: PredictionCount) -> tuple[str, str, str, str]:
    return count.dataset, count.split, count.premise_language, count.hypothesis_language


def _english(
    count: PredictionCount,
    every: Sequence[PredictionCount],
    read: Callable[[PredictionCount], Answers],
) -> Answers | None:
    """The same classifier's answers to the English pairs of the data set and split, if ``count``
    is of other pairs."""
    wanted = (count.dataset, count.split, ENGLISH, ENGLISH)
    if _place(count) == wanted:
        return None
    for one in every:
        if (_place(one), one.checkpoint) == (wanted, count.checkpoint) and len(read(one)):
            return read(one)
    return None


def _evaluation(answers: Answers, english: Answers | None, seed: int) -> Evaluation:
    sums = resampling.sums_by_group(answers.gold, answers.probabilities, answers.group)
    counts, bins = resampling.matrices(sums.sum(axis=0))
    drawn, drawn_bins = resampling.matrices(resampling.resampled(sums, seed))
    count = answers.count
    return Evaluation(
        dataset=count.dataset,
        split=count.split,
        premise_language=count.premise_language,
        hypothesis_language=count.hypothesis_language,
        model=count.checkpoint,
        pairs=len(answers),
        premises=len(sums),
        unpredicted=count.pairs - count.predicted,
        unlabelled=count.predicted - len(answers),
        truncated=answers.truncated,
        truncated_share=answers.truncated / count.predicted,
        accuracy=float(metrics.accuracy(counts)),
        accuracy_interval=resampling.interval(metrics.accuracy(drawn)),
        macro_f1=float(metrics.macro_f1(counts)),
        macro_f1_interval=resampling.interval(metrics.macro_f1(drawn)),
        calibration_error=float(metrics.calibration_error(bins)),
        calibration_error_interval=resampling.interval(metrics.calibration_error(drawn_bins)),
        labels=_by_label(counts, drawn),
        confusion=counts.astype(np.int64).tolist(),
        transfer=None if english is None else _transfer(answers, english, seed),
    )


def _by_label(counts: Floats, drawn: Floats) -> list[LabelScores]:
    scores = (metrics.precision, metrics.recall, metrics.f1)
    values = [(score(counts), score(drawn)) for score in scores]
    found = []
    for place, label in enumerate(NLI_LABELS):
        shown: dict[str, float | tuple[float, float]] = {}
        for score, (whole, samples) in zip(scores, values, strict=True):
            shown[score.__name__] = float(whole[place])
            shown[f"{score.__name__}_interval"] = resampling.interval(samples[:, place])
        found.append(
            LabelScores.model_validate(
                {
                    "label": label,
                    "gold": int(counts[place].sum()),
                    "predicted": int(counts[:, place].sum()),
                    **shown,
                }
            )
        )
    return found


def _transfer(target: Answers, english: Answers, seed: int) -> Transfer:
    target_group, source_group, paired = drawn_together(target, english)
    accuracy, source = float(target.right.mean()), float(english.right.mean())
    return Transfer(
        efficiency=accuracy / source if source else None,
        interval=resampling.ratio_interval(
            target.right, target_group, english.right, source_group, seed
        ),
        english_accuracy=source,
        english_pairs=len(english),
        paired=paired,
    )


def _comparison(first: Answers, second: Answers) -> Comparison:
    places = {key: place for place, key in enumerate(second.keys)}
    both = [(place, places[key]) for place, key in enumerate(first.keys) if key in places]
    one = first.right[[place for place, _ in both]]
    other = second.right[[place for _, place in both]]
    test = metrics.mcnemar(one, other)
    count = first.count
    return Comparison(
        dataset=count.dataset,
        split=count.split,
        premise_language=count.premise_language,
        hypothesis_language=count.hypothesis_language,
        first=count.checkpoint,
        second=second.count.checkpoint,
        pairs=len(both),
        first_accuracy=float(one.mean()) if both else 0.0,
        second_accuracy=float(other.mean()) if both else 0.0,
        first_only=test.first_only,
        second_only=test.second_only,
        p=test.p,
        exact=test.exact,
    )
