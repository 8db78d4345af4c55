"""The least that such a service can do: a bare FastAPI endpoint around a raw FAISS search.

    python floor.py FOLDER PORT flat|rabitq

It has a dict from word to row and one from row to what is said of a word, searches on one thread
in the event loop, and gives the fields of the service's answer through orjson; what it does not
compute (CSLS, margins) repeats the cosine. Run by the peers' Python, which has no other part of
this project.
"""

import json
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import orjson
import uvicorn
from fastapi import FastAPI, Response
from numpy.typing import NDArray

K_FACTOR = 10
"""Candidates per result that are compared as they are stored, as the service does."""


def index_of(kind: str, rows: NDArray[np.float32]) -> Any:
    """An exact index, or RaBitQ refined by the rows in half precision."""
    dim, inner = rows.shape[1], faiss.METRIC_INNER_PRODUCT
    index: Any = faiss.IndexFlatIP(dim)
    if kind == "rabitq":
        rough: Any = faiss.IndexRaBitQFastScan(dim, inner)
        fine: Any = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, inner)
        index = faiss.IndexRefine(rough, fine)
        index.k_factor = K_FACTOR
        # Otherwise the two would be freed with the Python names for them.
        index.own_fields = index.own_refine_index = True
        rough.this.disown()
        fine.this.disown()
    index.train(rows)
    index.add(rows)
    return index


def create(folder: Path, kind: str) -> FastAPI:
    words = json.loads((folder / "floor.json").read_text(encoding="utf-8"))
    row_of = {word["lemma"]: row for row, word in enumerate(words["source"])}
    ids = [word["ids"] for word in words["source"]]
    targets = words["target"]
    vectors = np.load(folder / "source.npy")
    index = index_of(kind, np.load(folder / "target.npy"))
    app = FastAPI()

    @app.get("/search")
    async def search(q: str, k: int = 10) -> Response:
        # One setting per thread, and two threads make single searches slower.
        faiss.omp_set_num_threads(1)
        cosine, rows = index.search(vectors[row_of[q]][None], k)
        answer = {
            "query": {"text": q, "language": "en", "covered": True, "lexeme_ids": ids[row_of[q]]},
            "target_language": "fr",
            "encoder": words["encoder"],
            "score": "cosine",
            "results": [
                {
                    "lemma": targets[row]["lemma"],
                    "language": "fr",
                    "lexeme_ids": targets[row]["ids"],
                    "pos": targets[row]["pos"],
                    "concepts": targets[row]["concepts"],
                    "covered": True,
                    "cosine": score,
                    "csls": score,
                    "margin": score,
                    "margin_distance": score,
                    "known_translation": False,
                }
                for row, score in zip(
                    rows[0].tolist(), [round(one, 6) for one in cosine[0].tolist()], strict=True
                )
            ],
            "suggestions": [],
            "pending": 0,
        }
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


if __name__ == "__main__":
    app = create(Path(sys.argv[1]), sys.argv[3])
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
