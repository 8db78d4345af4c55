"""``lexicon index``: building what searches read."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli import index_housekeeping, index_list, output

if TYPE_CHECKING:
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
) -> None:
    """Bring the indices up to date with the store; damaged ones are rebuilt.

    A build that was stopped goes on where it was.
    """
    from indexer.encoders.registry import variants
    from indexer.service import open_service
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
        _ = item.spec
    for item in encoders:
        build_with_progress(service, item, language, force, kind=kind.value if kind else None)


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
    if uncovered := sum(made.uncovered.values()):
        output.warn(
            f"{uncovered:,} forms are not in the vocabulary of {encoder.spec.name!r}; "
            "their vectors are guesses, and results mark them as not covered"
        )
