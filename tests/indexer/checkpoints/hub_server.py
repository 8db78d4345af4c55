"""A hub on the loopback address: the two routes that pulling uses, and how they can fail."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

REPO = "sentence-transformers/LaBSE"
WEIGHTS = "model.safetensors"
FILES: Mapping[str, bytes] = {
    ".gitattributes": b"*.safetensors filter=lfs\n",
    "1_Pooling/config.json": b'{"word_embedding_dimension": 4}',
    "README.md": b"# LaBSE\n",
    "config.json": b'{"model_type": "bert"}',
    WEIGHTS: bytes(range(256)) * 32,
    "modules.json": b"[]",
    "pytorch_model.bin": bytes(range(256)) * 32,
    "tokenizer.json": b'{"version": "1.0"}',
}
TAKEN = ("1_Pooling/config.json", "config.json", WEIGHTS, "modules.json", "tokenizer.json")


def commit_of(number: int) -> str:
    return f"{number:040x}"


@dataclass(frozen=True)
class Asked:
    """A request: which server it went to, for what, with which headers."""

    server: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Hub:
    """What the hub has and how it behaves; a test changes it while it runs."""

    url: str = ""
    elsewhere: str = ""
    commits: dict[str, dict[str, bytes]] = field(
        default_factory=lambda: {commit_of(1): dict(FILES)}
    )
    revisions: dict[str, str] = field(default_factory=lambda: {"main": commit_of(1)})
    large: set[str] = field(default_factory=lambda: {WEIGHTS, "pytorch_model.bin"})
    asked: list[Asked] = field(default_factory=list)
    redirects: bool = False
    """Large files lie on the other server."""
    ranges: bool = True
    served: dict[str, bytes] = field(default_factory=dict)
    """Bytes sent instead of those that were described."""
    breaks: dict[str, int] = field(default_factory=dict)
    """Files whose connection ends after so many bytes."""
    unannounced: set[str] = field(default_factory=set)
    """Files that are sent without their length."""
    shift: int = 0
    """How far from the part asked for the one lies that is sent."""
    fails: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    """Status and headers answered to paths that contain the key."""
    hangs: set[str] = field(default_factory=set)
    silent: threading.Event = field(default_factory=threading.Event)
    listing: bytes | None = None
    """Answered instead of the listing of a revision."""

    def paths(self) -> list[str]:
        """The files asked for, in order."""
        return [one.path.split("/", 5)[5] for one in self.asked if "/resolve/" in one.path]

    def described(self, commit: str) -> bytes:
        siblings: list[dict[str, Any]] = []
        for path, content in self.commits[commit].items():
            blob = sha1(b"blob %d\0" % len(content) + content).hexdigest()
            one: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": blob}
            if path in self.large:
                digest = sha256(content).hexdigest()
                one["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
            siblings.append(one)
        return json.dumps({"id": REPO, "sha": commit, "siblings": siblings}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub
    name: str

    def do_GET(self) -> None:
        hub = self.hub
        hub.asked.append(Asked(self.name, self.path, dict(self.headers)))
        if any(part in self.path for part in hub.hangs):
            hub.silent.wait(30)
            self.close_connection = True
            return
        for part, (status, headers) in hub.fails.items():
            if part in self.path:
                self._send(status, b'{"error": "no"}', headers)
                return
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if listing := re.fullmatch(rf"/api/models/{REPO}/revision/(.+)", path):
            self._list(unquote(listing[1]), parse_qs(parts.query))
        elif file := re.fullmatch(rf"/{REPO}/resolve/([0-9a-f]{{40}})/(.+)", path):
            self._file(file[1], file[2])
        elif path.startswith("/api/models/"):
            self._send(401, b"", {"X-Error-Code": "RepoNotFound"})
        else:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})

    def _list(self, revision: str, query: dict[str, list[str]]) -> None:
        assert query == {"blobs": ["true"]}
        commit = self.hub.revisions.get(revision, revision)
        if commit not in self.hub.commits:
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
        else:
            self._send(200, self.hub.listing or self.hub.described(commit))

    def _file(self, commit: str, path: str) -> None:
        hub = self.hub
        content = hub.served.get(path, hub.commits[commit].get(path))
        if content is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        headers = {"ETag": f'"{sha256(content).hexdigest()}"', "X-Repo-Commit": commit}
        if hub.redirects and path in hub.large and self.name == "hub":
            self._send(
                302,
                b"",
                {
                    **headers,
                    "Location": f"{hub.elsewhere}{self.path}?signature=secret",
                    "X-Linked-Size": str(len(content)),
                    "X-Linked-Etag": headers["ETag"],
                },
            )
            return
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if hub.ranges else None
        start = int(asked[1]) if asked else 0
        if asked and start >= len(content):
            self._send(416, b"")
            return
        if asked:
            start += hub.shift
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if path in hub.unannounced:
            headers["Content-Length"] = ""
        self._send(206 if asked else 200, content[start:], headers, hub.breaks.get(path))

    def _send(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        breaks: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            if value:
                self.send_header(name, value)
            else:
                self.close_connection = True
        self.end_headers()
        self.wfile.write(body[:breaks])
        if breaks is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing: the tests read ``Hub.asked``."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that leave early are part of the tests."""


@contextmanager
def _listening(hub: Hub, name: str) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub, "name": name}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        hub.silent.set()
        server.shutdown()
        server.server_close()
        thread.join()


_VARIABLES = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
)


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that pulls go to, and the server elsewhere that it may redirect to."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    hub = Hub()
    with _listening(hub, "hub") as hub.url, _listening(hub, "elsewhere") as hub.elsewhere:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub
