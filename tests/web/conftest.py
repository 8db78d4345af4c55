"""The page as people see it: the real service with the bundled lexicon, in a real Chromium."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.loading.processes import LEXICON, Server, wait_until_ready
from indexer.reports.report import Parameters, report
from indexer.reports.stored import store
from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import open_store
from tests.web.browsing import chromium, environment, launched
from tests.web.own import Own, served
from tests.web.visits import Visit

SAMPLES = 20
"""Few bootstrap samples: the intervals are drawn, not believed."""

REPORTED = ["en-fr", "en-kn"]
"""Pairs of languages of the stored report."""

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
    _report(home)
    return home


def _report(home: Path) -> None:
    """Store what the command would, which keeps reports of all pairs only."""
    settings = Settings(home=home)
    sessions = open_store(settings)
    service = LexiconService(settings, sessions)
    parameters = Parameters(samples=SAMPLES)
    store(service, report(service, pairs=REPORTED, parameters=parameters))
    sessions.kw["bind"].dispose()


@pytest.fixture(scope="session")
def site(web_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service listens."""
    server = Server(environment(web_home), 1, tmp_path_factory.mktemp("log") / "server.log")
    try:
        wait_until_ready(server)
        yield f"http://{server.address[0]}:{server.address[1]}"
    finally:
        server.kill()


@pytest.fixture(scope="session")
def own(web_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """A service over a copy of that home, which tests may write to."""
    copy = tmp_path_factory.mktemp("own") / "home"
    with served(web_home, copy, environment(web_home)) as own:
        yield own


@pytest.fixture(scope="module")
def browser(site: str) -> Iterator[Browser]:
    """Of a file of tests: Playwright keeps an event loop in this thread while it is there, beside
    which nobody else could have one."""
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
