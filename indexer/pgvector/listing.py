"""What generations there are in PostgreSQL, and what their manifests say of them."""

from hashlib import sha256

from psycopg import Connection

from indexer.generations.records import Listed
from indexer.generations.sealed import MANIFEST, parsed, require_named
from indexer.pgvector.database import SCHEMA
from indexer.pgvector.table import name_of
from lexicon.errors import IndexDamaged

_LISTED = f"""
SELECT identity, language, generation, one.manifest, live.manifest_sha256,
    (SELECT coalesce(sum(length(content)), 0)::bigint FROM {SCHEMA}.file
     WHERE (identity, language, generation) = (one.identity, one.language, one.generation))
FROM {SCHEMA}.generation one
FULL JOIN {SCHEMA}.live USING (identity, language, generation)
WHERE one.manifest IS NOT NULL OR live.manifest_sha256 IS NOT NULL
ORDER BY identity COLLATE "C", language COLLATE "C", generation COLLATE "C"
"""

_SIZE = "SELECT coalesce(pg_total_relation_size(to_regclass(%s)), 0)"


def listed(connection: Connection) -> list[Listed]:
    """Every generation that is there, by encoder, language and age."""
    rows = connection.execute(_LISTED).fetchall()
    found = []
    for identity, language, generation, text, pointed, files in rows:
        name = f"{SCHEMA}.{name_of(identity, language, generation)}"
        size = connection.execute(_SIZE, [name]).fetchone()
        table = 0 if size is None else size[0]
        found.append(_listed(identity, language, generation, text, pointed, files + table))
    return found


def _listed(
    identity: str,
    language: str,
    generation: str,
    text: bytes | None,
    pointed: str | None,
    size: int,
) -> Listed:
    manifest, problem = None, None
    try:
        if text is None:
            raise IndexDamaged(generation, f"no {MANIFEST}")
        manifest = parsed(text, generation)
        require_named(manifest, identity, language, generation)
        if pointed is not None and pointed != sha256(text).hexdigest():
            problem = f"its {MANIFEST} was changed"
    except IndexDamaged as error:
        manifest, problem = None, error.why
    live = pointed is not None
    return Listed(identity, language, generation, live, size, manifest, problem)
