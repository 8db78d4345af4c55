"""Which store of generations the settings name."""

from indexer.generations.folder import Generations
from lexicon.errors import ExtraMissing, InvalidSettings
from lexicon.settings import Settings
from lexicon.store import Sessions


def open_generations(settings: Settings, sessions: Sessions) -> Generations:
    """The generations in the home folder, or in the store's own PostgreSQL database.

    Raises :class:`InvalidSettings` where the store is not on PostgreSQL.
    """
    if settings.vector_backend == "faiss":
        return Generations(settings.indices, settings.device)
    engine = sessions.kw["bind"]
    if engine.url.get_backend_name() != "postgresql":
        raise InvalidSettings(
            "LEXICON_VECTOR_BACKEND=pgvector keeps indices in the store's PostgreSQL database, and "
            f"the store is on {engine.url.get_backend_name()}; set LEXICON_DATABASE_URL to "
            "postgresql+psycopg://user@host/name, or LEXICON_VECTOR_BACKEND to faiss"
        )
    try:
        from indexer.pgvector.generations import PgGenerations
    except ModuleNotFoundError:
        raise ExtraMissing("LEXICON_VECTOR_BACKEND=pgvector", "postgres") from None
    return PgGenerations(engine, settings.home / "staging")
