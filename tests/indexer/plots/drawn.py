"""Pictures read back from their files."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image

from indexer.plots.canvas import DPI, MARGIN
from indexer.plots.picture import Picture, Wanted, save

SVG = "{http://www.w3.org/2000/svg}"


def size_and_colours(path: Path) -> tuple[float, int]:
    """Width in inches of a PNG, and how many colours it has."""
    with Image.open(path) as image:
        colours = image.convert("RGB").getcolors(maxcolors=256**3)
    assert colours is not None
    return image.width / DPI, len(colours)


def outlines(path: Path) -> int:
    """How many paths there are in an SVG, which has no text and no bitmap."""
    root = ET.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert not root.findall(f".//{SVG}text")
    assert not root.findall(f".//{SVG}image")
    return len(root.findall(f".//{SVG}path"))


def page_of(path: Path) -> str:
    """A page without the drawing library, which speaks of addresses it never asks."""
    scripts = re.split(r"<script>|</script>", path.read_text(encoding="utf-8"))
    assert len(scripts) == 5, "the library, the call, and what is around them"
    return scripts[0] + "".join(scripts[2:])


def require_drawn(picture: Picture, folder: Path, width: float = 4.0) -> str:
    """A picture in all three kinds, each checked; returns its page."""
    png, svg, html = (folder / f"picture.{kind}" for kind in ("png", "svg", "html"))
    for out in (png, svg, html):
        save(picture, Wanted(out, width))
    wide, colours = size_and_colours(png)
    assert 3 * MARGIN < wide <= width + 1 / DPI
    assert colours > 10
    assert outlines(svg) > 10
    first = svg.read_bytes()
    save(picture, Wanted(svg, width))
    assert svg.read_bytes() == first
    said = page_of(html)
    assert not re.search(r"https?://|//cdn|@import|<link|src=", said)
    return said
