"""What words that were written leave to be done: vectors that one can trust."""

from cli import output
from cli.opened import open_service
from lexicon.settings import Settings


def after_writing(settings: Settings) -> None:
    """Make the words findable under the default encoder; say, for every encoder that has indices,
    how many forms have no vector or a guessed one."""
    from indexer.status import vector_gaps
    from indexer.upkeep import keep_up
    from lexicon.errors import LexiconError

    service = open_service(settings)
    try:
        encoder = service.encoder(None)
        with output.progress() as bars:
            done = keep_up(service, encoder, bars.of_languages(encoder.spec.name))
        if done.built and done.built.built:
            sizes = ", ".join(f"{code} {rows:,}" for code, rows in done.built.built.items())
            output.notes().print(f"index   {encoder.spec.name}: built {sizes} forms")
    except LexiconError as error:
        # The words are written, and what cannot be done for them now can be done later.
        output.warn(str(error))
    for gap in vector_gaps(service):
        remedy = "lexicon index build"
        if gap.encoder != settings.encoder:
            remedy += f" --encoder {gap.encoder}"
        if gap.problem:
            output.warn(f"{gap.encoder}: {gap.problem}")
        elif gap.missing:
            guessed = f", {gap.uncovered:,} a guessed one" if gap.uncovered else ""
            output.warn(
                f"{gap.encoder}: {gap.missing:,} forms have no vector yet{guessed}; "
                f"all are found by their spelling; to search by meaning run: {remedy}"
            )
        elif gap.uncovered:
            output.warn(
                f"{gap.encoder}: {gap.uncovered:,} forms have a guessed vector, because its "
                "vocabulary does not have them; all are found by their spelling"
            )
