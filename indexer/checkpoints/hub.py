"""Pulling checkpoints: pinned to a commit, every byte checked, whole or not at all."""

from datetime import UTC, datetime

from indexer.checkpoints.digests import RECORD
from indexer.checkpoints.download import Advance, Download, wanted
from indexer.checkpoints.endpoint import Endpoint
from indexer.checkpoints.known import KNOWN, Repository, named
from indexer.checkpoints.stored import (
    Places,
    Record,
    Stored,
    discard,
    folders,
    holding,
    path,
    places,
    problems,
    read_record,
    read_stored,
    remove,
    restore,
    stored,
    verify,
)
from lexicon.disk import sync
from lexicon.errors import InvalidInput, ModelDamaged, ModelMissing, StoreUnavailable
from lexicon.settings import Settings

__all__ = [
    "KNOWN",
    "Repository",
    "Stored",
    "folders",
    "named",
    "path",
    "pull",
    "remove",
    "stored",
    "verify",
]


def _unheard(_name: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def pull(
    settings: Settings, name: str, revision: str | None = None, advance: Advance = _unheard
) -> Stored:
    """Bring a checkpoint of the hub onto this machine, at the commit that ``revision`` names now.

    ``name`` is a known name or a hub id. A checkpoint that is here at that commit is left as it
    is, and repaired where its files were changed; one at another commit stays until the new one
    is whole. What broke off is continued.

    Raises :class:`HubUnreachable`, :class:`HubRefused`, :class:`ModelDamaged`,
    :class:`ModelBusy`, :class:`StoreUnavailable` or :class:`InvalidInput`.
    """
    repository = named(name).repository
    asked = repository.revision if revision is None else revision
    if not asked or not asked.isprintable() or len(asked) > 250:
        raise InvalidInput(f"revision {asked[:80]!r} is not a branch, a tag or a commit")
    where = places(settings, name, revision)
    with holding(where):
        restore(where)
        held = _held(where)
        whole = held is not None and not problems(where.target, held)
        # A commit is what it is: nobody need be asked about one that is here.
        if held is not None and whole and held.commit == asked:
            return read_stored(where.target)
        hub = Endpoint.from_environment(where.again)
        snapshot = hub.snapshot(repository.id, asked)
        if held is not None and whole and held.commit == snapshot.commit:
            return read_stored(where.target)
        files = wanted(snapshot, repository.id)
        download = Download(hub, repository.id, snapshot.commit, where, advance)
        record = Record(
            repo=repository.id,
            revision=asked,
            commit=snapshot.commit,
            files=download.all(files),
            pulled_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        _publish(where, record)
        return read_stored(where.target)


def _held(where: Places) -> Record | None:
    """The record of what is here. A folder that no pull made is refused, rather than replaced."""
    if where.target.is_symlink() or where.target.exists():
        try:
            return read_record(where.target)
        except ModelDamaged:
            return None
        except ModelMissing:
            raise StoreUnavailable(
                f"{where.target} was put there by hand; to have it pulled instead, remove it with: "
                f"lexicon models remove {where.name}"
            ) from None
    return None


def _publish(where: Places, record: Record) -> None:
    """Seal the new folder with its record and put it into the old one's place."""
    sealed = where.part / RECORD
    sealed.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    sync(sealed)
    for folder in (where.part, *(one for one in where.part.rglob("*") if one.is_dir())):
        sync(folder)
    replaces = where.target.is_symlink() or where.target.exists()
    if replaces:
        where.target.rename(where.old)
    try:
        where.part.rename(where.target)
    except OSError:
        if replaces:
            where.old.rename(where.target)
        raise
    sync(where.target.parent)
    if replaces:
        discard(where.old)
