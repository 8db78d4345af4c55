"""Who may read and write: keys in ``Authorization: Bearer``."""

import time
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.types import Scope

from api.deps import ServiceHolder, Threads
from lexicon.errors import KeyMissing, KeyRefused, KeyTooNarrow, WritesClosed
from lexicon.keys import StoredKey, find, matches, prefix_of

TRUSTED = 1.0
"""Seconds for which a key that was looked up is not looked up again."""

MOST = 1_000
"""Prefixes remembered; strangers can name any number of them."""

AT_ONCE = 2
"""Keys being looked up; requests beyond it wait without holding a thread."""

_bearer = HTTPBearer(
    scheme_name="key", description="Made with: lexicon keys create NAME", auto_error=False
)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Keys:
    """The keys that this process has looked up lately."""

    def __init__(self, services: ServiceHolder) -> None:
        self._services = services
        self._threads = Threads(AT_ONCE, services.settings.max_waiting)
        self._known: dict[str, tuple[float, StoredKey | None]] = {}

    async def holder(self, key: str) -> StoredKey:
        """Whose key it is. Raises :class:`KeyRefused` unless it may be used now."""
        prefix = prefix_of(key)
        if prefix is None:
            raise KeyRefused
        looked, found = self._known.get(prefix, (0.0, None))
        if not looked or time.monotonic() - looked > TRUSTED:
            # Counted from before the look, or a slow one would keep a revoked key for longer.
            looked = time.monotonic()
            found = await self._threads.run(self._find, prefix)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[prefix] = (looked, found)
        if not matches(found, key) or found is None or found.state(datetime.now(UTC)) != "active":
            raise KeyRefused
        return found

    def _find(self, prefix: str) -> StoredKey | None:
        with self._services.get().sessions() as session:
            return find(session, prefix)


async def _admitted(
    request: Request, given: HTTPAuthorizationCredentials | None, scope: str
) -> StoredKey:
    if given is None:
        raise KeyMissing(scope)
    keys: Keys = request.app.state.keys
    found = await keys.holder(given.credentials)
    request.state.key = found.prefix
    return found


async def may_write(request: Request, given: Given) -> None:
    """Let pass whoever has a key that may write or, where writes are open, is on this machine."""
    services: ServiceHolder = request.app.state.services
    if services.settings.writes == "open":
        if not is_local(request.scope):
            raise WritesClosed
        return
    found = await _admitted(request, given, "write")
    if found.scope != "write":
        raise KeyTooNarrow(found.name)


async def may_read(request: Request, given: Given) -> None:
    """Let pass whoever has a key."""
    await _admitted(request, given, "read")


def is_local(scope: Scope) -> bool:
    """Whether a request came in at an address that only this machine can reach.

    >>> [is_local({"server": (host, 80)}) for host in ("127.0.0.1", "::1", "10.0.0.1", "lexicon")]
    [True, True, False, False]
    """
    host, port = scope.get("server") or ("", 0)
    if port is None:
        return True  # a socket of the file system
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


Writes = Depends(may_write)
"""For routes that change something: ``dependencies=[Writes]``."""

Reads = Depends(may_read)
"""For every route under /v1, where the settings ask for it."""
