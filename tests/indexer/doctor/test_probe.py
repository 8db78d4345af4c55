"""What a process of its own and ``nvidia-smi`` tell, where they answer and where they do not."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.doctor import probe
from indexer.doctor.probe import Driver, Faiss, Probe, Torch


def child(script: str, seconds: float = 30) -> Probe:
    return probe.probe(seconds, script)


def test_a_process_that_crashes_is_told_with_its_last_words() -> None:
    found = child(
        "import os, sys\n"
        "print('hello'); print('[1]')\n"
        """print('{"trying": "faiss"}', flush=True)\n"""
        "print('what():  bad level', file=sys.stderr, flush=True)\n"
        "os.abort()\n"
    )
    assert found.faiss is None
    assert found.faults["faiss"].startswith("the process ended with signal SIGABRT")
    assert "what():  bad level" in found.faults["faiss"]
    assert found.faults["torch"] == f"not reached: {found.faults['faiss']}"
    assert "gpus" not in found.faults


def test_what_was_known_before_a_crash_is_kept() -> None:
    found = child(
        "import sys\n"
        """print('{"trying": "faiss"}'); print('{"faiss": null}')\n"""
        """print('{"trying": "torch"}', flush=True)\n"""
        "print('OMP: Error #15: twice', file=sys.stderr)\n"
        "print('OMP: Hint set KMP_DUPLICATE_LIB_OK', file=sys.stderr)\n"
        "sys.exit(3)\n"
    )
    assert found.faults == {
        "torch": "the process ended with exit code 3: OMP: Error #15: twice",
        "maps": "not reached: the process ended with exit code 3: OMP: Error #15: twice",
    }


def test_a_process_that_does_not_answer_is_left() -> None:
    found = child("""print('{"trying": "faiss"}', flush=True)\nimport time; time.sleep(60)""", 2)
    assert found.faults["faiss"] == "no answer within 2 seconds"
    assert found.faults["maps"] == "not reached: no answer within 2 seconds"


def test_a_process_that_cannot_be_started_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    found = probe.probe()
    assert found.faults["faiss"] == (
        "/nowhere/python cannot be started (No such file or directory)"
    )


def engines(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> Probe:
    """What the real process finds where these modules come first."""
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return probe.probe()


OLD_FAISS = """
__version__ = "1.7.2"
class IndexFlatIP:
    def __init__(self, dim): ...
    def add(self, rows): ...
    def search(self, rows, k): ...
def get_compile_options(): return "GENERIC "
def omp_get_max_threads(): return 8
"""
SOME_TORCH = """
import types
__version__ = "2.6"
version = types.SimpleNamespace(cuda="12.4")
cuda = types.SimpleNamespace(is_available=lambda: True)
def get_num_threads(): return 4
"""


def test_engines_are_asked_in_a_process_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = engines(tmp_path, monkeypatch, faiss=OLD_FAISS, torch=SOME_TORCH)
    assert found.faiss == Faiss("1.7.2", ["GENERIC"], None, 8, str(tmp_path / "faiss.py"))
    assert found.torch == Torch("2.6", "12.4", True, 4)
    assert (found.gpus, found.faults) == (0, {})


def test_engines_that_raise_do_not_hide_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = engines(
        tmp_path,
        monkeypatch,
        faiss="import no_such_part",
        torch="raise OSError('libcudart.so.12: no such file')",
    )
    assert found.faults == {
        "faiss": "ModuleNotFoundError: No module named 'no_such_part'",
        "torch": "OSError: libcudart.so.12: no such file",
    }


def test_modules_of_the_current_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faiss.py").write_text("raise OSError('not me')", encoding="utf-8")
    (tmp_path / "torch.py").write_text("raise OSError('not me')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert probe.probe().faults == {}


def program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Driver | None]:
    """Asks for the driver with an ``nvidia-smi`` that is this shell script."""

    def ask(script: str) -> Driver | None:
        file = folder / "nvidia-smi"
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return probe.driver()

    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return ask


def test_the_driver_is_what_nvidia_smi_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = program(tmp_path, monkeypatch)
    assert ask("echo 580.65.06; echo 580.65.06") == Driver("580.65.06")
    assert ask("echo No devices were found; exit 6") == Driver(
        None, "nvidia-smi: No devices were found"
    )
    assert ask("exit 9") == Driver(None, "nvidia-smi: exit code 9")
    assert ask("echo") == Driver(None, "nvidia-smi: exit code 0")
    monkeypatch.setattr(probe, "DRIVER_SECONDS", 0.5)
    assert ask("exec sleep 30") == Driver(None, "nvidia-smi did not answer within 0.5 seconds")
    (tmp_path / "nvidia-smi").write_bytes(b"\x7fELF, but no program")
    told = probe.driver()
    assert told is not None
    assert str(told.fault).startswith("nvidia-smi cannot be started (")


def test_without_nvidia_smi_there_is_no_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert probe.driver() is None
