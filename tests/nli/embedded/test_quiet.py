"""The runtime of the embedded classifier tells nobody of what it runs."""

import os
import subprocess
import sys
from pathlib import Path

CLASSIFY = """
from nli.embedded.classifier import EmbeddedNli
from nli.protocol import NliPair

print(EmbeddedNli().classify([NliPair("A dog sleeps.", "An animal sleeps.")])[0].label)
"""


def classified(home: Path) -> set[str]:
    """What a process that classifies leaves in an empty home folder."""
    kept = {"PATH", "VIRTUAL_ENV", "PYTHONPATH"}
    # Where CI is named, the runtime says nothing anyway.
    environment = {name: value for name, value in os.environ.items() if name in kept}
    subprocess.run(
        [sys.executable, "-c", CLASSIFY],
        check=True,
        env=environment | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parents[3],
    )
    return {str(path.relative_to(home)) for path in home.rglob("*")}


def test_nothing_is_kept_of_the_machine_or_sent(tmp_path: Path) -> None:
    assert classified(tmp_path) == set()
