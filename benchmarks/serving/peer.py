"""txtai's API over the same words: run by the peers' Python.

    python peer.py index FOLDER MODEL     make its index
    python peer.py serve FOLDER PORT      answer over HTTP

Ids are the words themselves, so that it needs no database to say them: its quickest way.
"""

import json
import os
import sys
from pathlib import Path


def index(folder: Path, model: str) -> None:
    from txtai import Embeddings

    words = json.loads((folder / "words.json").read_text(encoding="utf-8"))["fr"]
    embeddings = Embeddings({"path": model})
    embeddings.index((word, word, None) for word in words)
    embeddings.save(str(folder / "txtai"))
    # Its routes are there where its configuration names what they are of.
    said = f"path: {folder / 'txtai'}\nwritable: false\nembeddings:\n  path: {model}\n"
    (folder / "txtai.yml").write_text(said, encoding="utf-8")


def serve(folder: Path, port: int) -> None:
    os.environ["CONFIG"] = str(folder / "txtai.yml")
    import uvicorn

    uvicorn.run("txtai.api:app", host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    if sys.argv[1] == "index":
        index(Path(sys.argv[2]), sys.argv[3])
    else:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
