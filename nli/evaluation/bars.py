"""A bar chart of accuracy by language and model, with intervals and what guessing gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.plots.canvas import (
    FAINT,
    GREY,
    INK,
    LINE,
    SMALL,
    TEXT,
    Body,
    Box,
    Ruler,
    axes,
    inches,
)
from indexer.plots.page import Interactive, Said, Table, plain
from indexer.plots.palette import LOOKS, Look
from lexicon.errors import InvalidInput
from nli.evaluation.metrics import CLASSES
from nli.evaluation.results import Interval, Published, Report
from nli.evaluation.tables import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHANCE = 1 / CLASSES
_GUESSING = "guessing"

_HEIGHT = 2.6
_WIDEST, _NARROWEST = 0.5, 0.28
"""Inches of a bar; a narrower one has no room for its number."""
_BETWEEN = 0.25
"""Inches between the bars of two places."""
_AXIS = 0.5
_ENTRY = 1.6 * inches(SMALL)
"""Height of a line of the legend."""
_HATCHES = ("", "///", "\\\\\\", "xxx", "...", "---")


@dataclass(frozen=True)
class Bar:
    """``pairs_of`` is a data set with its split; the study gives no interval and no number of
    pairs."""

    pairs_of: str
    languages: str
    series: str
    accuracy: float
    interval: Interval | None
    pairs: int | None


@dataclass(frozen=True)
class AccuracyBars:
    """A picture of a report: a group of bars for each language, a bar for each model."""

    bars: tuple[Bar, ...]

    @property
    def title(self) -> str:
        sets = self._sets
        return f"Accuracy{f' on {sets[0]}' if len(sets) == 1 else ''} by language and model"

    @property
    def notes(self) -> Sequence[str]:
        return (
            "Whiskers are 95% intervals over premises.",
            "The line is what guessing gives where labels are equally frequent: 33.33%.",
            *(
                ("Bars without whiskers are the study's figures, of its own checkpoints.",)
                if any(bar.interval is None for bar in self.bars)
                else ()
            ),
        )

    @property
    def _sets(self) -> list[str]:
        return list(dict.fromkeys(bar.pairs_of for bar in self.bars))

    @property
    def _series(self) -> list[str]:
        return list(dict.fromkeys(bar.series for bar in self.bars))

    def _label(self, bar: Bar) -> str:
        """What stands below a bar's group: its languages, and its data set if there are others."""
        return bar.languages if len(self._sets) == 1 else f"{bar.languages}\n{bar.pairs_of}"

    def words(self) -> list[str]:
        lines = [line for bar in self.bars for line in self._label(bar).split("\n")]
        return [*dict.fromkeys(lines), *self._series, "accuracy in per cent", _GUESSING]

    def body(self, ruler: Ruler, width: float) -> Body:
        groups: dict[str, list[Bar]] = {}
        for bar in self.bars:
            groups.setdefault(self._label(bar), []).append(bar)
        labels = [ruler.widest(label.split("\n"), TEXT) for label in groups]
        right = ruler.width(_GUESSING, SMALL) + 0.1

        def widths(bar: float) -> list[float]:
            return [
                max(label, bar * len(bars)) + _BETWEEN
                for label, bars in zip(labels, groups.values(), strict=True)
            ]

        steps = [_WIDEST - 0.02 * step for step in range(int((_WIDEST - _NARROWEST) / 0.02) + 1)]
        fitting = [bar for bar in steps if _AXIS + sum(widths(bar)) + right <= width]
        if not fitting:
            raise InvalidInput(
                f"{len(self.bars)} bars cannot be told apart on {width:.1f} inches; choose with "
                "--language and --model, or end the file's name in .html"
            )
        lay = Layout(fitting[0], list(groups.items()), widths(fitting[0]), self._series)
        below = inches(TEXT) * LINE * (1 + len(self._sets[:2])) + _ENTRY * len(self._series) + 0.1
        legend = _AXIS + ruler.widest(self._series, SMALL) + 0.4

        def draw(figure: "Figure", box: Box) -> None:
            place = Box(box.left + _AXIS, box.bottom + below, sum(lay.widths), _HEIGHT)
            _draw(figure, place, below, lay)

        return Body(
            max(_AXIS + sum(lay.widths) + right, min(legend, width)), below + _HEIGHT + 0.1, draw
        )

    def interactive(self) -> Interactive:
        series = [self._trace(name, look) for name, look in _looks(self._series)]
        chance = {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": 100 * CHANCE,
            "y1": 100 * CHANCE,
            "line": {"dash": "dash", "color": GREY},
        }
        layout = {
            "barmode": "group",
            "yaxis": {"title": {"text": "accuracy in per cent"}, "range": [0, 105]},
            "xaxis": {"type": "category"},
            "shapes": [chance],
            "legend": {"orientation": "h"},
        }
        rows: list[Sequence[str | Said]] = [
            (
                f"{bar.pairs_of} {bar.languages}",
                bar.series,
                "–" if bar.pairs is None else f"{bar.pairs:,}",
                percent(bar.accuracy),
                "–" if bar.interval is None else "–".join(map(percent, bar.interval)),
            )
            for bar in self.bars
        ]
        table = Table(("pairs of", "model", "n", "accuracy", "95% interval"), rows)
        return Interactive(series, layout, 480, table)

    def _trace(self, name: str, look: Look) -> dict[str, Any]:
        bars = [bar for bar in self.bars if bar.series == name]
        # The study's bars have no whiskers.
        low, high = (
            [100 * abs(bar.interval[side] - bar.accuracy) if bar.interval else 0 for bar in bars]
            for side in (0, 1)
        )
        return {
            "type": "bar",
            "name": plain(name),
            "x": [plain(f"{bar.pairs_of} {bar.languages}") for bar in bars],
            "y": [100 * bar.accuracy for bar in bars],
            "error_y": {"type": "data", "symmetric": False, "array": high, "arrayminus": low},
            "marker": {"color": look.colour},
            "hovertemplate": "%{x}<br>%{y:.2f}%<extra>%{fullData.name}</extra>",
        }


@dataclass(frozen=True)
class Layout:
    """``bar`` and ``widths`` of the groups are in inches."""

    bar: float
    groups: list[tuple[str, list[Bar]]]
    widths: list[float]
    series: list[str]

    def middles(self) -> list[tuple[float, str, list[tuple[float, Bar]]]]:
        """The middle of each group and of each of its bars, in inches from the left."""
        found = []
        start = 0.0
        for (label, bars), width in zip(self.groups, self.widths, strict=True):
            middle = start + width / 2
            first = middle - self.bar * (len(bars) - 1) / 2
            places = [(first + self.bar * number, bar) for number, bar in enumerate(bars)]
            found.append((middle, label, places))
            start += width
        return found


def accuracy_bars(report: Report) -> AccuracyBars:
    """The picture of a report; the study's figures stand with ours of the same language."""
    ours = [
        Bar(
            f"{one.dataset}/{one.split}",
            one.languages,
            one.model,
            one.accuracy,
            one.accuracy_interval,
            one.pairs,
        )
        for one in report.evaluations
    ]
    bars = [*ours, *(bar for one in report.published for bar in _theirs(one, ours))]
    order = list(dict.fromkeys((bar.pairs_of, bar.languages) for bar in bars))
    return AccuracyBars(
        tuple(sorted(bars, key=lambda bar: order.index((bar.pairs_of, bar.languages))))
    )


def _theirs(one: Published, ours: Sequence[Bar]) -> list[Bar]:
    beside = dict.fromkeys(bar.pairs_of for bar in ours if bar.languages == one.language)
    return [
        Bar(pairs_of, one.language, f"{one.model} (study)", one.accuracy, None, None)
        for pairs_of in beside
    ]


def _looks(series: Sequence[str]) -> list[tuple[str, Look]]:
    return [(name, LOOKS[place % len(LOOKS)]) for place, name in enumerate(series)]


def _draw(figure: "Figure", box: Box, below: float, lay: Layout) -> None:
    on = axes(figure, box)
    places = lay.middles()
    for number, (name, look) in enumerate(_looks(lay.series)):
        own = [one for *_, bars in places for one in bars if one[1].series == name]
        on.bar(
            [middle for middle, _ in own],
            [100 * bar.accuracy for _, bar in own],
            0.86 * lay.bar,
            color=look.colour,
            edgecolor="white",
            hatch=_HATCHES[number % len(_HATCHES)],
            linewidth=0,
            label=name,
        )
        for middle, bar in own:
            _whisker(on, middle, bar)
    on.axhline(100 * CHANCE, color=GREY, linestyle="--", linewidth=0.8, zorder=0.5)
    on.annotate(
        _GUESSING,
        (box.width, 100 * CHANCE),
        xytext=(3, 0),
        textcoords="offset points",
        fontsize=SMALL,
        color=GREY,
        va="center",
        annotation_clip=False,
    )
    on.set_xlim(0, box.width)
    on.set_ylim(0, 105)
    on.set_ylabel("accuracy in per cent")
    on.yaxis.grid(visible=True, color=FAINT, linewidth=0.4)
    on.set_axisbelow(True)
    on.set_xticks([middle for middle, *_ in places], [label for _, label, _ in places])
    on.tick_params(axis="x", length=0, labelsize=TEXT)
    entries = _ENTRY * len(lay.series)
    on.legend(
        loc="upper left",
        bbox_to_anchor=(0, (entries - below) / box.height),
        frameon=False,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.6,
        labelspacing=0.4,
    )


def _whisker(on: Any, middle: float, one: Bar) -> None:
    top = 100 * one.accuracy
    if one.interval is not None:
        low, high = (100 * bound for bound in one.interval)
        on.errorbar(
            middle,
            top,
            # A percentile interval may lie to one side of the figure itself.
            yerr=[[max(0.0, top - low)], [max(0.0, high - top)]],
            color=INK,
            linewidth=0.8,
            capsize=2,
        )
        top = max(top, high)
    on.annotate(
        f"{100 * one.accuracy:.1f}",
        (middle, top),
        xytext=(0, 1.5),
        textcoords="offset points",
        fontsize=SMALL,
        ha="center",
        va="bottom",
    )
