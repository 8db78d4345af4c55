"""``python -m nli.embedded.build.refresh``: bring the model to the bundled lexicon as it now is.

Words get new rows and the body stays, so that correcting a word needs neither pairs nor training.
"""

import argparse
import sys
from pathlib import Path

from lexicon import bundled, frequencies
from lexicon.errors import LexiconError
from nli.embedded.build.artefact import refresh
from nli.embedded.build.base import minilm
from nli.embedded.classifier import FOLDER


def main(arguments: list[str] | None = None) -> None:
    found = argparse.ArgumentParser(prog="nli.embedded.build.refresh", description=__doc__)
    found.add_argument("--out", type=Path, default=FOLDER, help="model folder to change")
    out: Path = found.parse_args(arguments).out
    entries = list(bundled.everything())
    refresh(minilm(), entries, frequencies.load(), out)
    print(f"{out} knows the {len(entries):,} concepts of the bundled lexicon")


if __name__ == "__main__":
    try:
        main()
    except LexiconError as error:
        sys.exit(str(error))
