"""The page as people see it: the real service with the bundled lexicon, in a real Chromium."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.hostile import wait_until_ready
from benchmarks.loading.processes import LEXICON, Server
from tests.web.browsing import chromium, environment, launched
from tests.web.visits import Visit

SAMPLES = 20
"""Few bootstrap samples: the intervals are drawn, not believed."""

PAIRS = """\
id\tlabel\tpremise\thypothesis
1\tentailment\tA dog sleeps in the house.\tAn animal sleeps.
2\tcontradiction\tThe man is eating.\tThe man is not eating.
3\tneutral\tA woman reads a book.\tThe woman reads a book about birds.
4\tneutral\tA dog sleeps.\tAn animal sleeps.
5\tcontradiction\tA child drinks water.\tA child drinks water.
6\tentailment\tThe red car is fast.\tThe car is fast.
"""
"""Two of them are labelled wrongly, so that a classifier has something to disagree with."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium() is None:
        why = "no Chromium on this machine: apt-get install chromium fonts-noto-core"
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def web_home(bundled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled home with a report of two pairs of languages and six classified pairs."""
    home = tmp_path_factory.mktemp("web") / "home"
    shutil.copytree(bundled_home, home)
    pairs = home.parent / "pairs.tsv"
    pairs.write_text(PAIRS, encoding="utf-8")
    for command in (
        ["report", "--pair", "en-fr", "--pair", "en-kn", "--samples", str(SAMPLES)],
        ["pairs", "import", str(pairs), "--dataset", "ours", "--split", "test", "--language", "en"],
        ["nli", "predict", "--dataset", "ours", "--language", "en"],
    ):
        subprocess.run(
            [LEXICON, *command],
            env=environment(home),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    return home


@pytest.fixture(scope="session")
def site(web_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service listens."""
    served = Server(environment(web_home), 1, tmp_path_factory.mktemp("log") / "server.log")
    try:
        wait_until_ready(served)
        yield f"http://{served.address[0]}:{served.address[1]}"
    finally:
        served.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launched(playwright)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """A visitor with an English desktop browser; the test fails if the page complained or asked
    another host for anything."""
    with Visit.begun(browser, site) as visit:
        yield visit
