"""``lexicon index``: building what searches read."""

from enum import StrEnum
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cli import index_housekeeping, index_list, output
from cli.opened import open_service

if TYPE_CHECKING:
    from indexer.encoders.postprocessed.encoder import PostProcessed
    from indexer.encoders.protocol import Encoder
    from indexer.service import LexiconService

app = typer.Typer(help="Vector indices.", no_args_is_help=True)
app.command("list")(index_list.list_)
app.command()(index_housekeeping.verify)
app.command()(index_housekeeping.prune)
app.command()(index_housekeeping.rollback)


class Kind(StrEnum):
    AUTO = "auto"
    FLAT = "flat"
    SQ = "sq"
    RABITQ = "rabitq"
    HNSW = "hnsw"
    IVF = "ivf"
    PG_EXACT = "pg-exact"
    PG_HNSW = "pg-hnsw"


@app.command()
def build(
    encoder: Annotated[
        list[str] | None, typer.Option("--encoder", "-e", help="Encoder to build; repeatable.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", "-l", help="Language to build; repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even what is up to date.")] = False,
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Of checkpoints: mean, weightedmean, last, cls or input."),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option("--layer", help="Of checkpoints: 0 (input) up, -1 (last) down, or all."),
    ] = None,
    precision: Annotated[
        str | None, typer.Option("--precision", help="auto, fp32, bf16, fp16 or int8.")
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(
            "--kind", help="Of index, from now on; auto goes by size and measured recall."
        ),
    ] = None,
    refit: Annotated[
        bool,
        typer.Option("--refit", help="Fit post-processing, such as +center, to today's words."),
    ] = False,
) -> None:
    """Bring the indices up to date with the store; damaged ones are rebuilt.

    A build that was stopped goes on where it was.
    """
    from indexer.encoders.postprocessed.encoder import PostProcessed
    from indexer.encoders.registry import variants
    from lexicon.errors import InvalidInput
    from lexicon.settings import load_settings

    settings = load_settings()
    service = open_service(settings)
    # Opened before anything is built: a name that is not known must not leave half a job.
    encoders = [
        service.encoder(one)
        for name in encoder or [settings.encoder]
        for one in variants(name, settings, pooling, layer, precision)
    ]
    for item in encoders:
        # Says what is wrong with any of them, such as a layer that it does not have.
        _ = (item.base if isinstance(item, PostProcessed) else item).spec
        if refit and not isinstance(item, PostProcessed):
            raise InvalidInput(
                f"encoder {item.spec.name!r} has nothing to fit; leave --refit out, or name its "
                f"post-processing, such as {item.spec.name}+center"
            )
    if refit and language:
        raise InvalidInput("--refit fits and builds all languages; leave --language out")
    wanted = kind.value if kind else None
    for item in encoders:
        if isinstance(item, PostProcessed):
            _build_fitted(service, item, language, force, wanted, refit)
        else:
            build_with_progress(service, item, language, force, kind=wanted)


def _build_fitted(
    service: "LexiconService",
    encoder: "PostProcessed",
    languages: list[str] | None,
    force: bool,
    kind: str | None,
    refit: bool,
) -> None:
    from indexer.building.fitting import fitted

    with fitted(service, encoder, lambda base: build_with_progress(service, base), refit) as made:
        if made is not encoder:
            sizes = ", ".join(
                f"{language} {to.forms:,} forms" + (f" and {to.pairs:,} pairs" if to.pairs else "")
                for language, to in made.fit.record.languages.items()
            )
            output.notes().print(f"fit     {made.name}: {sizes}")
        build_with_progress(service, made, languages, force, kind=kind)


def build_with_progress(
    service: "LexiconService",
    encoder: "Encoder",
    languages: list[str] | None = None,
    force: bool = False,
    patience: float = 0,
    kind: str | None = None,
) -> None:
    """Build, with a bar per language, and say what came of it."""
    from indexer.build import build as build_indices
    from indexer.indices.gpu import gpu

    with output.progress() as bars:
        made = build_indices(
            service.sessions,
            service.generations,
            encoder,
            languages,
            force,
            bars.of_languages(encoder.spec.name),
            patience,
            kind,
            gpu(service.settings.device),
        )
    say = output.notes()
    for language, why in made.repaired.items():
        say.print(f"index   {encoder.spec.name} {language}: rebuilt, because {why}")
    if made.built:
        sizes = ", ".join(f"{language} {rows:,}" for language, rows in made.built.items())
        say.print(f"index   {encoder.spec.name}: built {sizes} forms")
    if made.stood_in:
        output.warn(f"the CPU stood in for the GPU: {made.stood_in}")
    for language, recall in made.weak.items():
        output.warn(
            f"{encoder.spec.name} {language}: this kind of index finds {recall:.1%} of the first "
            "ten; leave --kind out for one that finds 99% or more"
        )
    if made.current:
        say.print(f"index   {encoder.spec.name}: up to date for {', '.join(made.current)}")
    if made.empty:
        say.print(f"index   {encoder.spec.name}: no words in {', '.join(made.empty)}")
    if made.unfitted:
        output.warn(
            f"{encoder.spec.name} was not fitted to {', '.join(made.unfitted)}; fit it again with: "
            f"lexicon index build --encoder {quote(encoder.spec.name)} --refit"
        )
    if uncovered := sum(made.uncovered.values()):
        output.warn(
            f"{uncovered:,} forms are not in the vocabulary of {encoder.spec.name!r}; "
            "their vectors are guesses, and results mark them as not covered"
        )
