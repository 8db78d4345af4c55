"""Manifests: written when a generation is sealed, checked whenever one is opened."""

import re
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from indexer.generations.manifest import FORMAT, FileRecord, Manifest
from indexer.generations.records import Facts, Staged
from lexicon.disk import file_digest
from lexicon.errors import IdentityMismatch, IndexDamaged

MANIFEST = "manifest.json"


def manifest_of(
    staged: Staged, facts: Facts, files: dict[str, FileRecord], versions: dict[str, str]
) -> Manifest:
    """The manifest of a generation whose files are written; ``versions`` those of its engine."""
    return Manifest(
        format=FORMAT,
        generation=staged.generation,
        encoder=facts.spec.name,
        identity=facts.spec.identity,
        spec=asdict(facts.spec),
        language=facts.language,
        rows=facts.rows,
        dim=facts.spec.dim,
        covered=facts.covered,
        asked=facts.asked,
        kind=facts.kind,
        parameters=facts.parameters,
        recall=facts.recall,
        recall_queries=facts.recall_queries,
        form_digest=facts.form_digest,
        watermark=facts.watermark,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={
            "semantic-lexicon": version("semantic-lexicon"),
            "numpy": version("numpy"),
            **versions,
        },
        neighbourhoods=facts.neighbourhoods,
        reverse=facts.reverse,
        files=files,
    )


def written(manifest: Manifest) -> bytes:
    """A manifest as it is kept; its digest is that of these bytes."""
    return manifest.model_dump_json(indent=1).encode()


def parsed(text: bytes, generation: str) -> Manifest:
    """A manifest as it was kept, or :class:`IndexDamaged`."""
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise IndexDamaged(generation, _no_manifest(text)) from error
    if manifest.format != FORMAT:
        raise IndexDamaged(generation, f"format {manifest.format}, not {FORMAT}")
    return manifest


def require_own(manifest: Manifest, identity: str, language: str) -> None:
    """Raise unless it is of this encoder and language."""
    if manifest.identity != identity:
        raise IdentityMismatch(manifest.generation, manifest.identity, identity)
    if manifest.language != language:
        raise IndexDamaged(manifest.generation, f"it is of language {manifest.language!r}")


def require_named(manifest: Manifest, identity: str, language: str, generation: str) -> None:
    """Raise unless it is the manifest of this very generation."""
    says = (manifest.identity, manifest.language, manifest.generation)
    if says != (identity, language, generation):
        raise IndexDamaged(generation, f"its {MANIFEST} is that of {'/'.join(says)}")


def _no_manifest(text: bytes) -> str:
    """What is wrong with it: most likely, it was written by another version."""
    found = re.search(rb'"format":\s*(\d+)', text)
    if found and int(found[1]) != FORMAT:
        return f"format {int(found[1])}, not {FORMAT}"
    return f"its {MANIFEST} is not one"


def require_sizes(folder: Path, manifest: Manifest) -> None:
    """Raise :class:`IndexDamaged` for a file that is missing, too short or too long."""
    for name, record in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise IndexDamaged(manifest.generation, f"{name}: {error.strerror}") from error
        if size != record.bytes:
            raise IndexDamaged(
                manifest.generation, f"{name} has {size:,} bytes, not {record.bytes:,}"
            )


def require_digests(folder: Path, manifest: Manifest) -> None:
    """Raise :class:`IndexDamaged` for a file whose bytes are not those that were sealed."""
    for name, record in manifest.files.items():
        try:
            found = file_digest(folder / name)
        except OSError as error:
            raise IndexDamaged(manifest.generation, f"{name}: {error.strerror}") from error
        if found != record.sha256:
            raise IndexDamaged(manifest.generation, f"the content of {name} was changed")
