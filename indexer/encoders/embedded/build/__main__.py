"""``python -m indexer.encoders.embedded.build``: teach, measure, and write the model folder."""

import argparse
import sys
from pathlib import Path

from indexer.encoders.embedded.build import teacher as teaching
from indexer.encoders.embedded.build.card import card
from indexer.encoders.embedded.build.distil import Recipe, distil, save
from indexer.encoders.embedded.build.evaluate import evaluate
from indexer.encoders.embedded.encoder import FOLDER
from lexicon import bundled
from lexicon.errors import LexiconError


def main() -> None:
    parser = argparse.ArgumentParser(prog="indexer.encoders.embedded.build", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="model folder to write")
    out: Path = parser.parse_args().out
    recipe = Recipe()
    entries = list(bundled.everything())
    teacher = teaching.Remembering(teaching.MiniLm())
    origin = {
        "name": teaching.NAME,
        "package": teaching.PACKAGE,
        "sha256": teaching.WEIGHTS_SHA256,
    }
    print(f"teaching {len(entries):,} concepts")
    student = distil(entries, teacher, recipe)
    save(student, entries, recipe, origin, out)
    print("measuring")
    figures = evaluate(entries, teacher, recipe)
    (out / "README.md").write_text(card(student, entries, recipe, origin, figures), "utf-8")
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"wrote {out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    try:
        main()
    except LexiconError as error:
        sys.exit(str(error))
