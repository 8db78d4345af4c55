"""The page and what it loads, from memory."""

import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.etags import is_held

VIEWS = ("/", "/map", "/alignment", "/inference", "/words")
"""Addresses of the page; which view one shows is decided in the browser."""

PLOTLY = "plotly.js"
FRAME = "plot.html"
"""The document that draws plots, see :data:`FRAME_POLICY`."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

# Plotly writes styles into the document, and its WebGL programs are made from strings. So it lives
# in a document without an origin: it can neither fetch anything nor read the page around it.
FRAME_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'self' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)

_SAFE = {
    # What is the same is not sent again, and what is new is met at once.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}

_FOLDER = Path(__file__).parent / "assets"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: ``plain`` or ``packed`` by gzip, whichever the browser takes."""

    plain: bytes
    packed: bytes
    media: str
    etag: str


@cache
def assets() -> Mapping[str, Path]:
    """The files of the page by the name that their address has under ``/assets/``."""
    found = {path.relative_to(_FOLDER).as_posix(): path for path in _FOLDER.rglob("*.*")}
    # Plotly's own Python package has its bundle; importing it would take longer.
    return found | {PLOTLY: Path(str(files("plotly") / "package_data" / "plotly.min.js"))}


@cache
def asset(name: str) -> Asset:
    """A file of the page. Raises :class:`KeyError` for a name that is none of them."""
    path = assets()[name]
    plain = path.read_bytes()
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media.startswith("text/") or media in {"application/json", "image/svg+xml"}:
        media += "; charset=utf-8"
    digest = sha256(plain).hexdigest()[:32]
    return Asset(plain, gzip.compress(plain, 6, mtime=0), media, f'"{digest}"')


def sent(request: Request, name: str, policy: str) -> Response:
    """The answer with a file of the page, or 304 where the browser has it already."""
    held = asset(name)
    headers = {**_SAFE, "Content-Security-Policy": policy, "ETag": held.etag}
    if policy is FRAME_POLICY:
        headers["X-Frame-Options"] = "SAMEORIGIN"
    if is_held(request.headers.get("if-none-match"), held.etag):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(held.packed, media_type=held.media, headers=headers)
    return Response(held.plain, media_type=held.media, headers=headers)


def page(request: Request) -> Response:
    """The page, whatever view its address is of."""
    return sent(request, "index.html", PAGE_POLICY)


for _path in VIEWS:
    router.add_api_route(_path, page, methods=["GET"])


@router.get("/assets/{name:path}")
def file(request: Request, name: str) -> Response:
    """A file that the page loads."""
    if name not in assets():
        raise HTTPException(404)
    return sent(request, name, FRAME_POLICY if name == FRAME else PAGE_POLICY)
