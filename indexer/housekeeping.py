"""Looking after generations: what is there, whether it is whole, which go, which answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from indexer.building.record import record
from indexer.delta import changes
from indexer.encoders.protocol import Encoder
from indexer.generations.manifest import Manifest
from indexer.generations.records import Listed
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import (
    IndexDamaged,
    IndexMissing,
    InvalidInput,
    UnknownLanguage,
)

_MEGABYTE = 1_000_000

Advance = Callable[[int, int], None]
"""Told (megabytes done, megabytes in all)."""


@dataclass(frozen=True)
class Entry:
    """A generation and the name of its encoder, or the identity where nothing says a name;
    ``known`` whether the store knows that encoder."""

    encoder: str
    known: bool
    item: Listed

    @property
    def name(self) -> str:
        """The generation's, or what stands for it."""
        return f"generation {self.item.generation}" if self.item.generation else "the pointer"


def entries(
    service: LexiconService,
    encoders: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
) -> list[Entry]:
    """Every generation, or those of these encoders (by name or identity) and languages.

    Raises :class:`UnknownEncoder` or whatever keeps a name from being opened, and
    :class:`UnknownLanguage`.
    """
    with service.sessions() as session:
        recorded = queries.encoder_identities(session)
        codes = set(queries.languages(session))
    found = sorted(
        (_entry(item, recorded) for item in service.generations.listed()),
        key=lambda one: (one.item.identity, one.item.language, one.item.generation),
    )
    codes.update(one.item.language for one in found)
    for code in languages or ():
        if code not in codes:
            raise UnknownLanguage(code, sorted(codes))
    wanted = None if encoders is None else _identities(service, encoders, found, recorded)
    return [
        one
        for one in found
        if (wanted is None or one.item.identity in wanted)
        and (languages is None or one.item.language in languages)
    ]


def _entry(item: Listed, recorded: dict[str, str]) -> Entry:
    said = item.manifest.encoder if item.manifest else item.identity
    return Entry(recorded.get(item.identity, said), item.identity in recorded, item)


def _identities(
    service: LexiconService,
    encoders: Sequence[str],
    found: Sequence[Entry],
    recorded: dict[str, str],
) -> set[str]:
    """Identities of the encoders that are meant; an encoder need not be on this machine any more
    for its indices to be."""
    pairs = {*recorded.items(), *((one.item.identity, one.encoder) for one in found)}
    wanted: set[str] = set()
    for name in encoders:
        meant = {identity for identity, said in pairs if name in (identity, said)}
        wanted |= meant or {service.encoder(name).spec.identity}
    return wanted


@dataclass(frozen=True)
class Damage:
    """What is wrong with a generation."""

    entry: Entry
    why: str


def damages(
    service: LexiconService,
    chosen: Sequence[Entry],
    advance: Advance = lambda _done, _total: None,
) -> list[Damage]:
    """Read every byte of these generations; returns what is wrong with which."""
    found = []
    total, done = sum(one.item.bytes for one in chosen), 0
    for one in chosen:
        why = _damage(service, one.item)
        # A build or a prune may have removed it meanwhile.
        if why is not None and _still_there(service, one.item):
            found.append(Damage(one, why))
        done += one.item.bytes
        advance(done // _MEGABYTE, max(total // _MEGABYTE, 1))
    return found


def _damage(service: LexiconService, item: Listed) -> str | None:
    if item.problem is not None:
        return item.problem
    if item.manifest is None:
        return "it has no manifest"
    try:
        service.generations.verify(item.manifest)
    except IndexDamaged as error:
        return error.why
    return None


def _still_there(service: LexiconService, item: Listed) -> bool:
    return any(
        (one.identity, one.language, one.generation)
        == (item.identity, item.language, item.generation)
        for one in service.generations.listed()
    )


def builder(service: LexiconService, entry: Entry) -> Encoder:
    """The encoder that can build this generation again.

    Raises :class:`UnknownLanguage`, :class:`InvalidInput` for an encoder that has changed, or what
    keeps it from being opened.
    """
    with service.sessions() as session:
        queries.require_language(session, entry.item.language)
    encoder = service.encoder(entry.encoder)
    if encoder.spec.identity != entry.item.identity:
        raise InvalidInput(
            f"encoder {entry.encoder!r} is {encoder.spec.identity} by now, not "
            f"{entry.item.identity}; bring back the files that it had"
        )
    return encoder


def superfluous(found: Sequence[Entry], keep: int = 0) -> list[Entry]:
    """Generations that :meth:`Generations.prune` removes: neither live nor among the ``keep``
    newest others. A language of which none is live keeps all of them."""
    gone: list[Entry] = []
    for _, group in groupby(found, key=lambda one: (one.item.identity, one.item.language)):
        held = list(group)
        if any(one.item.live and one.item.generation for one in held):
            others = [one for one in held if not one.item.live]
            gone += others[: max(len(others) - keep, 0)]
    return gone


@dataclass(frozen=True)
class RolledBack:
    """The generation that answers again and the one that did; ``came`` forms have come since it
    was built, of which ``pending`` have no vector yet."""

    manifest: Manifest
    before: str | None
    came: int
    pending: int


def roll_back(
    service: LexiconService, encoder: Encoder, language: str, to: str | None = None
) -> RolledBack:
    """Let an earlier generation answer again: ``to``, or the newest one older than the live one.

    Words that came since it was built get vectors, so that searches find them at once. Raises
    :class:`InvalidInput` where there is none, :class:`IndexDamaged` for one that is not whole.
    """
    with service.sessions() as session:
        queries.require_language(session, language)
        store = queries.store_identity(session)
    spec = encoder.spec
    held = [
        item
        for item in service.generations.listed()
        if (item.identity, item.language) == (spec.identity, language)
    ]
    live = next((item.generation for item in held if item.live), None)
    chosen = _earlier(held, live, to, spec.name, language)
    if chosen.manifest is not None and chosen.manifest.watermark.store != store:
        raise IndexDamaged(chosen.generation, "its words are those of another store")
    manifest = service.generations.rollback(spec.identity, language, chosen.generation)
    record(service.sessions, encoder, manifest)
    # A build may have come between the pointer and SQL.
    while (now := service.generations.manifest(spec.identity, language)) != manifest:
        manifest = now
        record(service.sessions, encoder, manifest)
    base = service.generations.load(spec, language)
    since = changes(service.sessions, encoder, base, keep=True)
    return RolledBack(manifest, live or None, len(since.forms) + since.pending, since.pending)


def _earlier(
    held: Sequence[Listed], live: str | None, to: str | None, encoder: str, language: str
) -> Listed:
    if not held:
        raise IndexMissing(
            encoder, language, f"build it with: lexicon index build --encoder {encoder}"
        )
    others = {item.generation: item for item in held if not item.live}
    kept = ", ".join(others) or "none"
    of = f"of encoder {encoder!r}, language {language!r}"
    if to is not None and to == live:
        raise InvalidInput(f"generation {to} {of} answers already; kept beside it: {kept}")
    if to is not None and to not in others:
        raise InvalidInput(f"unknown generation {to!r} {of}; kept beside the live one: {kept}")
    older = [name for name in others if not live or name < live]
    if to is None and not older:
        remedy = f"name one with --to: {kept}" if others else "a build keeps the one before it"
        raise InvalidInput(f"no generation {of} is older than the live one; {remedy}")
    return others[to or older[-1]]
