"""What an import leaves to be done: words that have no vector one can trust."""

from cli import output
from lexicon.settings import Settings


def tell(settings: Settings) -> None:
    """Say, for every encoder that has indices, how many forms have none or a guessed vector."""
    from indexer.service import open_service
    from indexer.status import vector_gaps

    for gap in vector_gaps(open_service(settings)):
        if gap.problem:
            output.warn(f"{gap.encoder}: {gap.problem}")
        elif gap.missing or gap.uncovered:
            default = gap.encoder == settings.encoder
            remedy = "lexicon index build" + ("" if default else f" --encoder {gap.encoder}")
            guessed = f", {gap.uncovered:,} a guessed one" if gap.uncovered else ""
            output.warn(
                f"{gap.encoder}: {gap.missing:,} forms have no vector yet{guessed}; "
                f"all are found by their spelling; to search by meaning run: {remedy}"
            )
