"""Keys of the HTTP service. A key is shown once, when it is made; the store keeps its digest."""

import re
import secrets
import shlex
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from lexicon.errors import InvalidInput, UnknownKey
from lexicon.models import KEY_SCOPES, ApiKey
from lexicon.moments import in_utc
from lexicon.normalize import clean
from lexicon.store import lock

MAX_NAME = 100
_LOCK = 7_306_002
_PREFIX = len("lex_0a1b2c3d")
_WRITTEN = re.compile(r"lex_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")
_NOBODY = "0" * 64
_COLUMNS = (
    ApiKey.name,
    ApiKey.prefix,
    ApiKey.digest,
    ApiKey.scope,
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.revoked_at,
)


@dataclass(frozen=True)
class StoredKey:
    """What the store knows of a key; ``prefix`` may be shown, ``digest`` stays inside."""

    name: str
    prefix: str
    digest: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """``active``, ``revoked`` or ``expired``."""
        if self.revoked_at is not None:
            return "revoked"
        over = self.expires_at is not None and self.expires_at <= now
        return "expired" if over else "active"


def digest_of(key: str) -> str:
    """What is kept of a key. It has 256 random bits, so one round of SHA-256 is enough.

    >>> digest_of("lex_")[:8]
    '14f5a19b'
    """
    return sha256(key.encode()).hexdigest()


def prefix_of(key: str) -> str | None:
    """The part of a key that finds it, or None for what is no key.

    >>> prefix_of("lex_0a1b2c3d_" + "x" * 43)
    'lex_0a1b2c3d'
    """
    return key[:_PREFIX] if _WRITTEN.fullmatch(key) else None


def matches(found: StoredKey | None, key: str) -> bool:
    """Whether ``found`` is the key given; as long for a prefix that is there as for one that is
    not."""
    same = compare_digest(_NOBODY if found is None else found.digest, digest_of(key))
    return same and found is not None


def create(
    session: Session, name: str, scope: str, expires_at: datetime | None = None
) -> tuple[StoredKey, str]:
    """Make a key; returns what is stored and the key itself, which nobody can read again."""
    if scope not in KEY_SCOPES:
        raise InvalidInput(f"unknown scope {scope!r}; known: {', '.join(KEY_SCOPES)}")
    name = clean(name, "name of a key", MAX_NAME)
    if name.startswith("lex_"):
        raise InvalidInput(f"the name {name!r} looks like a key; choose one without lex_")
    lock(session.connection(), _LOCK)
    if _active(session, ApiKey.name == name) is not None:
        raise InvalidInput(
            f"a key called {name!r} is in use; choose another name, or revoke it first with: "
            f"lexicon keys revoke {shlex.quote(name)}"
        )
    prefix = f"lex_{secrets.token_hex(4)}"
    while find(session, prefix) is not None:
        prefix = f"lex_{secrets.token_hex(4)}"
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    made = StoredKey(
        name, prefix, digest_of(key), scope, datetime.now(UTC), expires_at, revoked_at=None
    )
    session.execute(insert(ApiKey), [vars(made)])
    return made, key


def find(session: Session, prefix: str) -> StoredKey | None:
    """The key with this prefix, whatever has become of it."""
    row = session.execute(select(*_COLUMNS).where(ApiKey.prefix == prefix)).one_or_none()
    return None if row is None else _stored(row)


def list_keys(session: Session) -> list[StoredKey]:
    """Every key there has been, in the order in which they were made."""
    rows = session.execute(select(*_COLUMNS).order_by(ApiKey.id))
    return [_stored(row) for row in rows]


def revoke(session: Session, name: str) -> StoredKey:
    """End the key of this name or prefix. Raises :class:`UnknownKey`."""
    lock(session.connection(), _LOCK)
    # Whoever pastes a whole key gets it revoked, and not printed.
    called = name[:_PREFIX]
    mine = ApiKey.prefix == called if name.startswith("lex_") else ApiKey.name == name
    found = _active(session, mine)
    if found is None:
        raise UnknownKey(called if name.startswith("lex_") else name)
    now = datetime.now(UTC)
    session.execute(update(ApiKey).where(ApiKey.prefix == found.prefix).values(revoked_at=now))
    return replace(found, revoked_at=now)


def _active(session: Session, mine: ColumnElement[bool]) -> StoredKey | None:
    row = session.execute(
        select(*_COLUMNS).where(mine, ApiKey.revoked_at.is_(None)).order_by(ApiKey.id).limit(1)
    ).one_or_none()
    return None if row is None else _stored(row)


def _stored(row: Any) -> StoredKey:
    held = StoredKey(**row._mapping)
    return replace(
        held,
        created_at=in_utc(held.created_at),
        expires_at=None if held.expires_at is None else in_utc(held.expires_at),
        revoked_at=None if held.revoked_at is None else in_utc(held.revoked_at),
    )
