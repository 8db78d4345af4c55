"""Encode some words in one way, and tell of the memory; nothing is imported that it does not need.

    python -m benchmarks.encode_alone FOLDER NAME SPEC HOW

Ours is opened as ``SPEC`` in the home ``FOLDER``; a peer has none, and is called ``HOW``.
"""

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

from benchmarks.alone import tell
from indexer.encoders.registry import open_encoder
from lexicon import bundled
from lexicon.settings import Settings

WORDS = 256


def main(folder: Path, name: str, spec: str, how: str) -> None:
    texts = [form for entry in bundled.entries() for form in entry.forms["en"]][:WORDS]
    if spec:
        open_encoder(spec, Settings(home=folder, device="cpu")).encode(texts)
    else:
        from benchmarks.encode import PEERS

        dict(PEERS[name])[how](folder / "models" / name)(texts)
    tell()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
