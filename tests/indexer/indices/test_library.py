"""The FAISS library: threads, processes, and machines without it."""

import subprocess
import sys
import threading

import pytest

from indexer.indices.library import every_core, library
from lexicon.errors import ExtraMissing


def test_a_missing_faiss_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ExtraMissing, match=r"pip install \"semantic-lexicon\[cpu\]\""):
        library()


def test_searches_run_on_one_thread() -> None:
    assert library().omp_get_max_threads() == 1


def test_searches_of_another_thread_run_on_one_thread_as_well() -> None:
    library()
    found: list[int] = []

    def ask() -> None:
        library()
        found.append(library().omp_get_max_threads())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [1]


def test_builds_run_on_every_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    with every_core() as faiss:
        assert faiss.omp_get_max_threads() == 3
        assert library().omp_get_max_threads() == 3
    assert faiss.omp_get_max_threads() == 1


def test_a_build_that_fails_leaves_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    with pytest.raises(KeyboardInterrupt), every_core():
        raise KeyboardInterrupt
    assert library().omp_get_max_threads() == 1


FORK = """
import os, sys
from indexer.indices.library import library
if {first}:
    library()
child = os.fork()
if child == 0:
    try:
        library()
    except Exception as error:
        print(f"{{type(error).__name__}}: {{error}}", flush=True)
        os._exit(3)
    os._exit(0)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
library()
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize("first", [True, False])
def test_a_child_of_a_process_that_has_searched_is_refused(first: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK.format(first=first)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    refusal = (
        "InvalidInput: this process was forked from one that had already searched, and would "
        "hang; start workers with the method spawn\n"
    )
    assert (done.returncode, done.stdout) == ((3, refusal) if first else (0, ""))
