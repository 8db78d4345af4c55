"""The hub over HTTP: what a revision consists of, and the bytes of a file.

The standard library does it: the client of ``huggingface_hub`` depends on its release, reads its
settings when it is imported, and keeps copies, progress bars and retries of its own.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from importlib.metadata import version
from typing import IO
from urllib import request as http
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, Field, ValidationError

from indexer.checkpoints.refusals import refused, unreachable
from lexicon.errors import HubRefused, HubUnreachable, InvalidSettings, LexiconError

TIMEOUT = 30.0
"""Seconds that the hub may be silent."""

_PUBLIC = "https://huggingface.co"
_BLOCK = 1 << 20
_LISTING = 64 << 20
"""No listing of a repository is longer."""

_COMMIT = re.compile("[0-9a-f]{40}")
_TRUE = ("1", "ON", "YES", "TRUE")


class _Lfs(BaseModel):
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class _Sibling(BaseModel):
    rfilename: str
    size: int | None = Field(default=None, ge=0)
    blob: str | None = Field(default=None, alias="blobId", pattern="^[0-9a-f]{40}$")
    lfs: _Lfs | None = None


class _Info(BaseModel):
    sha: str = Field(pattern="^[0-9a-f]{40}$")
    siblings: list[_Sibling]


@dataclass(frozen=True)
class Offered:
    """A file of a commit. Its digest is the sha256 of a large file, or the git blob's sha1.

    Size and digest are None where the hub does not tell.
    """

    path: str
    bytes: int | None
    sha256: str | None
    blob: str | None


@dataclass(frozen=True)
class Snapshot:
    commit: str
    files: list[Offered]


@dataclass(frozen=True)
class Incoming:
    """The bytes of a file from ``start`` on; ``total`` is the whole file's size, if it is said."""

    start: int
    total: int | None
    blocks: Iterator[bytes]


class _Redirects(http.HTTPRedirectHandler):
    """Follows redirects, and shows the token to the endpoint's own address alone."""

    def __init__(self, origin: tuple[str, str], authorization: dict[str, str]) -> None:
        self._origin = origin
        self._authorization = authorization

    def redirect_request(
        self,
        req: http.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> http.Request | None:
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and _origin(newurl) == self._origin:
            for name, value in self._authorization.items():
                following.add_unredirected_header(name, value)
        return following


class Endpoint:
    """A hub. ``again`` is the command that errors tell to run when their cause is gone."""

    def __init__(self, url: str, token: str | None, again: str) -> None:
        self.url = url
        self._again = again
        # Never among the ordinary headers, which urllib repeats to wherever it is redirected.
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._opener = http.OpenerDirector()
        for handler in (
            http.ProxyHandler(),
            http.UnknownHandler(),
            http.HTTPHandler(),
            http.HTTPSHandler(),
            http.HTTPDefaultErrorHandler(),
            _Redirects(_origin(url), self._authorization),
            http.HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    @classmethod
    def from_environment(cls, again: str) -> "Endpoint":
        """The hub of ``HF_ENDPOINT`` with the token of ``HF_TOKEN``.

        Raises :class:`HubUnreachable` when ``HF_HUB_OFFLINE`` forbids to ask one.
        """
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            if os.environ.get(name, "").upper() in _TRUE:
                raise HubUnreachable(
                    f"{name}={os.environ[name]} forbids downloads; to allow this one run: "
                    f"{name}=0 {again}"
                )
        url = os.environ.get("HF_ENDPOINT", "").rstrip("/") or _PUBLIC
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or not url.isprintable() or " " in url or "@" in url:
            raise InvalidSettings(
                f"HF_ENDPOINT={url!r} is not the address of a hub; set it to one such as {_PUBLIC}"
            )
        name = "HF_TOKEN" if os.environ.get("HF_TOKEN") else "HUGGING_FACE_HUB_TOKEN"
        token = os.environ.get(name, "").strip()
        if not re.fullmatch(r"[!-~]*", token):
            raise InvalidSettings(f"{name} holds what no token does; set it to one, or unset it")
        return cls(url, token or None, again)

    def snapshot(self, repo: str, revision: str) -> Snapshot:
        """The commit that ``revision`` names now, and all of its files."""
        asked = f"/api/models/{repo}/revision/{quote(revision, safe='')}?blobs=true"
        what = f"{repo} at revision {revision!r}"
        body = b""
        with self._open(asked, what) as response:
            for block in self._blocks(response, what):
                body += block
                if len(body) > _LISTING:
                    break
        try:
            info = _Info.model_validate_json(body)
        except ValidationError as error:
            raise HubRefused(
                f"{self.url} does not list {what} as a hub does; "
                f"check HF_ENDPOINT, then run: {self._again}"
            ) from error
        if _COMMIT.fullmatch(revision) and info.sha != revision:
            raise HubRefused(
                f"{self.url} gives commit {info.sha} for {what}; check HF_ENDPOINT, then run: "
                f"{self._again}"
            )
        return Snapshot(
            info.sha,
            [
                Offered(one.rfilename, one.lfs.size, one.lfs.sha256, None)
                if one.lfs
                else Offered(one.rfilename, one.size, None, one.blob)
                for one in info.siblings
            ],
        )

    @contextmanager
    def read(self, repo: str, commit: str, path: str, start: int = 0) -> Iterator[Incoming]:
        """The bytes of a file from ``start`` on, or from 0 where the hub knows no ranges."""
        asked = f"/{repo}/resolve/{commit}/{quote(path)}"
        what = f"{path} of {repo}"
        with self._open(asked, what, {"Range": f"bytes={start}-"} if start else {}) as response:
            said = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
            if response.status == 206 and said and int(said[1]) == start:
                yield Incoming(start, int(said[2]), self._blocks(response, what))
                return
            if response.status == 200:
                yield self._whole(response, what)
                return
        # Another part than the one asked for.
        with self._open(asked, what) as response:
            yield self._whole(response, what)

    def _whole(self, response: HTTPResponse, what: str) -> Incoming:
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isdecimal() else None
        return Incoming(0, total, self._blocks(response, what))

    def _open(self, asked: str, what: str, headers: dict[str, str] | None = None) -> HTTPResponse:
        agent = f"semantic-lexicon/{version('semantic-lexicon')}"
        call = http.Request(self.url + asked, headers={"User-Agent": agent, **(headers or {})})
        for name, value in self._authorization.items():
            call.add_unredirected_header(name, value)
        try:
            response = self._opener.open(call, timeout=TIMEOUT)
        except HTTPError as error:
            with error:
                if error.code == 416 and headers:
                    # Nothing comes after what is here already: the whole will show what is wrong.
                    return self._open(asked, what)
                raise self._refused(error, what) from error
        except (OSError, HTTPException) as error:
            raise self._unreachable(error, what) from error
        assert isinstance(response, HTTPResponse)
        return response

    def _blocks(self, response: HTTPResponse, what: str) -> Iterator[bytes]:
        while True:
            try:
                block = response.read(_BLOCK)
            except (OSError, HTTPException) as error:
                raise self._unreachable(error, what) from error
            if not block:
                return
            yield block

    def _refused(self, error: HTTPError, what: str) -> LexiconError:
        return refused(error, what, self.url, bool(self._authorization), self._again)

    def _unreachable(self, error: OSError | HTTPException, what: str) -> HubUnreachable:
        cause = error.reason if isinstance(error, URLError) else error
        return unreachable(cause, what, self.url, TIMEOUT, self._again)


def _origin(url: str) -> tuple[str, str]:
    """Scheme and address, the port spelt out."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return parts.scheme, f"{parts.hostname}:{port}"
