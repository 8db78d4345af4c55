"""Which encoders there are and what they have built, told without opening a model or an index."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from indexer.checkpoints import known, stored
from indexer.encoders.registry import KNOWN, NAMED, separate, split
from indexer.generations.records import Listed
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput, ModelMissing, UnknownEncoder
from lexicon.settings import Settings


class EncoderItem(BaseModel):
    """An encoder as it has built something (``identity``, ``dim``), or one that has built nothing
    yet. ``here``: its files are on this machine. ``languages`` have a live index of it; ``problem``
    says what is wrong with them."""

    name: str
    identity: str | None
    dim: int | None
    default: bool
    here: bool
    languages: list[str]
    problem: str | None


class GenerationItem(BaseModel):
    """A generation that is kept. ``generation`` is null for a pointer that names none, and what its
    manifest would say is null where ``problem`` says what is wrong with it."""

    encoder: str
    identity: str
    language: str
    generation: str | None
    live: bool
    rows: int | None
    dim: int | None
    kind: str | None
    recall: float | None
    created_at: datetime | None
    bytes: int
    problem: str | None


def encoders(service: LexiconService) -> list[EncoderItem]:
    """Every known encoder, and every other that has built something, by name."""
    with service.sessions() as session:
        recorded = {one.identity: one for one in queries.encoders(session)}
    built: dict[str, list[Listed]] = {identity: [] for identity in recorded}
    for item in service.generations.listed():
        built.setdefault(item.identity, []).append(item)
    found = []
    names = set()
    for identity, items in built.items():
        held = recorded.get(identity)
        name = held.name if held else _said(items) or identity
        names.add(name)
        dims = [held.dim] if held else [item.manifest.dim for item in items if item.manifest]
        problems = [_problem(item) for item in items if item.live and item.problem]
        found.append(
            EncoderItem(
                name=shown(name, identity, service.settings),
                identity=identity,
                dim=dims[0] if dims else None,
                default=name == service.settings.encoder,
                here=is_here(name, service.settings),
                languages=sorted(i.language for i in items if i.live and not i.problem),
                problem="; ".join(problems) or None,
            )
        )
    found += [
        EncoderItem(
            name=name,
            identity=None,
            dim=None,
            default=name == service.settings.encoder,
            here=is_here(name, service.settings),
            languages=[],
            problem=None,
        )
        for name in {*KNOWN, service.settings.encoder} - names
    ]
    return sorted(found, key=lambda one: (one.name, one.identity or ""))


def generations(
    service: LexiconService, encoder: str | None = None, language: str | None = None
) -> list[GenerationItem]:
    """Every generation that is kept, or those of an encoder (by name or identity) and language, by
    identity, language and age.

    Raises :class:`UnknownEncoder` or :class:`UnknownLanguage`.
    """
    with service.sessions() as session:
        if language is not None:
            queries.require_language(session, language)
        recorded = queries.encoder_identities(session)
    found = []
    names = {*KNOWN, service.settings.encoder}
    for item in service.generations.listed():
        name = recorded.get(item.identity) or _said([item]) or item.identity
        said = shown(name, item.identity, service.settings)
        names |= {said, item.identity}
        if encoder in (None, said, item.identity) and language in (None, item.language):
            found.append(_generation(said, item))
    if encoder is not None and encoder not in names:
        raise UnknownEncoder(encoder[:100], sorted(names), paths=False)
    return sorted(found, key=lambda one: (one.identity, one.language, one.generation or ""))


def shown(name: str, identity: str, settings: Settings) -> str:
    """The name of an encoder, or its identity where the name is a path: that of another machine's
    folder says nothing to whoever is elsewhere.

    >>> shown("/srv/models/mine", "mine-0123456789abcdef", Settings())
    'mine-0123456789abcdef'
    """
    if name in (identity, settings.encoder):
        return name
    try:
        base = split(separate(name)[0])[0]
        if base not in KNOWN:
            known.named(base)
    except InvalidInput:
        return identity
    return name


def is_here(name: str, settings: Settings) -> bool:
    """Whether an encoder's files are on this machine; post-processing is the encoder's that it
    follows."""
    try:
        base = split(separate(name)[0])[0]
        if base in NAMED or ("/" in base and Path(base).expanduser().is_dir()):
            return True
        stored.path(settings, base)
    except (InvalidInput, ModelMissing, OSError, RuntimeError, ValueError):
        return False
    return True


def _said(items: Sequence[Listed]) -> str | None:
    """The name of the encoder that the manifests give."""
    return next((item.manifest.encoder for item in items if item.manifest), None)


def _problem(item: Listed) -> str:
    return f"{item.language}: {item.problem}"


def _generation(encoder: str, item: Listed) -> GenerationItem:
    manifest = item.manifest
    return GenerationItem(
        encoder=encoder,
        identity=item.identity,
        language=item.language,
        generation=item.generation or None,
        live=item.live,
        rows=manifest.rows if manifest else None,
        dim=manifest.dim if manifest else None,
        kind=manifest.kind if manifest else None,
        recall=manifest.recall if manifest else None,
        created_at=_moment(manifest.created_at) if manifest else None,
        bytes=item.bytes,
        problem=item.problem,
    )


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        return None
