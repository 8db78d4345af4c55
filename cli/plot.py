"""``lexicon plot``: pictures for papers and for reading."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service
from cli.search import EncoderName, Source

if TYPE_CHECKING:
    from indexer.plots.picture import Picture, Wanted
    from indexer.service import LexiconService

app = typer.Typer(help="Pictures, as .png, .svg or .html.", no_args_is_help=True)


class Method(StrEnum):
    TSNE = "tsne"
    PCA = "pca"


Out = Annotated[
    Path, typer.Option("--out", "-o", help="File to write; its ending says what kind it is.")
]
Width = Annotated[float, typer.Option("--width", help="Inches on paper, at most.")]
Title = Annotated[
    str | None, typer.Option("--title", help="Heading instead of the usual one; empty for none.")
]
Pairs = Annotated[
    list[str] | None, typer.Option("--pair", help="Directed pair such as en-kn; repeatable.")
]
Stratum = Annotated[
    str,
    typer.Option(
        "--stratum", help="Only a part of the pairs: distinct, pos=noun, field=food and the like."
    ),
]


@app.command()
def word(
    text: Annotated[str, typer.Argument(metavar="WORD", help="A word of the lexicon.")],
    source: Source,
    out: Out,
    encoder: EncoderName = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Language of translations; repeatable.")
    ] = None,
    k: Annotated[int, typer.Option("-k", help="Translations into each language, at most.")] = 3,
    pos: Annotated[
        str | None, typer.Option("--pos", help="Only this part of speech, such as noun.")
    ] = None,
    concept: Annotated[
        str | None, typer.Option("--concept", help="Only this sense, by its concept key.")
    ] = None,
    width: Width = 7.0,
    title: Title = None,
) -> None:
    """Cosines of a word and its known translations, each with each."""
    from indexer.alignment.similarities import similarities
    from indexer.plots.word import WordPicture

    wanted, service = _opened(out, width, title)
    found = similarities(service, text, source, encoder, to or (), pos, concept, k)
    _saved(WordPicture(found), wanted)


@app.command()
def pairs(
    out: Out,
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder", "-e", help="Only this one; repeatable. All with a report if not given."
        ),
    ] = None,
    metric: Annotated[
        str, typer.Option("--metric", help="Of a report: p_at_1, auc, gap and the like.")
    ] = "p_at_1",
    pair: Pairs = None,
    stratum: Stratum = "",
    width: Width = 7.0,
    title: Title = None,
) -> None:
    """One metric of all stored reports: encoders by language pairs."""
    from indexer.plots.pairs import PairsPicture, pair_scores

    wanted, service = _opened(out, width, title)
    found = pair_scores(service, encoder or (), metric, pair or (), stratum)
    _saved(PairsPicture(found), wanted)


@app.command("map")
def map_(
    out: Out,
    encoder: EncoderName = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", "-l", help="Repeatable; all if not given.")
    ] = None,
    field: Annotated[
        str | None, typer.Option("--field", help="Only words of this semantic field.")
    ] = None,
    method: Annotated[Method, typer.Option("--method", help="How it is made flat.")] = Method.TSNE,
    n: Annotated[
        int, typer.Option("-n", help="Concepts at most, chosen at random; 0 for all.", min=0)
    ] = 1_000,
    width: Width = 7.0,
    title: Title = None,
) -> None:
    """Words as points, the nearer the likelier alike, with lines between translations.

    Where the points lie is worked out once and kept in the home folder.
    """
    from indexer.plots.map import MapPicture
    from indexer.projection import Selection, project

    wanted, service = _opened(out, width, title)
    selection = Selection(tuple(language or ()), field, n or None)
    with output.progress() as bars:
        made = project(
            service,
            encoder,
            selection,
            method.value,
            advance=lambda done, total: bars.advance("t-SNE", done, total),
        )
    _saved(MapPicture(made), wanted)


@app.command()
def layers(
    encoder: Annotated[
        str, typer.Option("--encoder", "-e", help="Checkpoint whose layers have stored reports.")
    ],
    out: Out,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", help="Of a report; repeatable. P@1 if not given."),
    ] = None,
    pair: Pairs = None,
    stratum: Stratum = "",
    width: Width = 7.0,
    title: Title = None,
) -> None:
    """Metrics of stored reports by layer of a checkpoint."""
    from indexer.plots.layers import METRICS, LayersPicture, layer_curves

    wanted, service = _opened(out, width, title)
    found = layer_curves(service, encoder, metric or METRICS, pair or (), stratum)
    _saved(LayersPicture(found), wanted)


@app.command()
def distributions(
    pair: Annotated[
        list[str], typer.Option("--pair", help="Directed pair such as en-kn; repeatable.")
    ],
    out: Out,
    encoder: EncoderName = None,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="Without identical spellings and without names.")
    ] = False,
    width: Width = 7.0,
    title: Title = None,
) -> None:
    """Cosines of translations against those of random pairs."""
    from indexer.plots.distributions import DistributionsPicture
    from indexer.reports.distributions import distributions as found

    wanted, service = _opened(out, width, title)
    _saved(DistributionsPicture(found(service, pair, encoder, distinct)), wanted)


def _opened(out: Path, width: float, title: str | None) -> "tuple[Wanted, LexiconService]":
    """What is wanted, once it is sure that it can be written, and what answers."""
    from indexer.plots.picture import Wanted, require_writable
    from lexicon.settings import load_settings

    wanted = Wanted(out, width, title)
    require_writable(wanted)
    return wanted, open_service(load_settings())


def _saved(picture: "Picture", wanted: "Wanted") -> None:
    from indexer.plots.picture import save

    save(picture, wanted)
    output.notes().print(f"picture {wanted.out}")
