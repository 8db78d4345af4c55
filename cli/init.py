"""``lexicon init``: everything a fresh machine needs."""

from cli import output
from cli.index import build_with_progress
from cli.opened import open_service

PATIENCE = 300.0
"""Seconds to wait for another process that is building the same indices."""


def init() -> None:
    """Create or upgrade the store, load the bundled lexicon, build the embedded indices.

    Safe to repeat: what is already there and up to date is left alone.
    """
    # Alembic and FAISS take a while to import and no other command needs all of them.
    from indexer.encoders.registry import open_encoder
    from lexicon import bundled, migrate, store
    from lexicon.settings import load_settings

    settings = load_settings()
    say = output.notes()
    store.make_home(settings)
    engine = store.connect(settings)
    try:
        before, after = migrate.upgrade(engine)
    finally:
        engine.dispose()
    if before != after:
        say.print(f"store   {'created' if before is None else 'upgraded'} at revision {after}")
    service = open_service(settings)
    with output.progress() as bars:
        loaded = bundled.load(
            service.sessions, lambda done, total: bars.advance("lexicon", done, total)
        )
    say.print(
        f"lexicon {loaded.added:,} concepts added, {loaded.updated:,} updated, "
        f"{loaded.unchanged:,} unchanged, {loaded.retired:,} retired"
    )
    # Two that start together, such as two services of one machine, both end with a ready home.
    build_with_progress(service, open_encoder("embedded", settings), patience=PATIENCE)
    say.print(f"ready   {settings.home}")
