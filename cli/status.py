"""``lexicon status``: what there is."""

from cli import output
from cli.opened import open_service
from cli.output import Format
from cli.search import OutputFormat

_COLUMNS = ("encoder", "language", "rows", "uncovered", "missing", "generation", "state")


def status(form: OutputFormat = Format.TABLE) -> None:
    """Show the store, the encoders, their live index generations and versions."""
    from indexer import status as indexer_status
    from indexer.doctor import NOT_INSTALLED
    from lexicon.settings import load_settings

    found = indexer_status.status(open_service(load_settings()))
    if form is Format.JSON:
        print(found.model_dump_json(indent=2))
        return
    rows: list[tuple[object, ...]] = [
        (
            encoder.name,
            index.language,
            index.rows,
            index.uncovered,
            index.missing,
            index.generation,
            index.state,
        )
        for encoder in found.encoders
        for index in encoder.indices
    ]
    rows += [(e.name, None, None, None, None, None, e.problem) for e in found.encoders if e.problem]
    if form is Format.CSV:
        output.write_csv(_COLUMNS, rows)
        return
    facts = {
        "home": found.home,
        "store": f"{found.store.url} (revision {found.store.revision})",
        "concepts": f"{found.store.concepts:,}, {found.store.senses:,} senses",
        "forms": ", ".join(f"{code} {count:,}" for code, count in found.store.forms.items()),
        "sources": "; ".join(
            f"{source.name} {source.version} ({source.licence})" for source in found.store.sources
        ),
        "encoders": f"{', '.join(found.known_encoders)}, or a sentence-transformers folder",
        "versions": ", ".join(
            f"{name} {version}"
            for name, version in found.versions.items()
            if version != NOT_INSTALLED
        ),
    }
    screen = output.console()
    screen.print(output.table("store", ("", ""), facts.items()))
    columns = (
        "encoder",
        "language",
        ">forms",
        ">not covered",
        ">no vector",
        "live generation",
        "state",
    )
    screen.print(
        output.table("\nindices", columns, [tuple(map(output.shown, row)) for row in rows])
    )
    for problem in found.problems:
        output.warn(problem)
