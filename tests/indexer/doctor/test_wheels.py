"""Python, versions and FAISS wheels, of environments that are made up."""

from dataclasses import replace
from importlib import metadata

import pytest

from indexer.doctor import wheels
from indexer.doctor.findings import State
from indexer.doctor.probe import Probe
from tests.indexer.doctor.engines import FAISS, ONE_WHEEL, SOUND


def only(monkeypatch: pytest.MonkeyPatch, **installed: str) -> None:
    """Make these the only distributions; ``faiss_cpu`` stands for faiss-cpu."""
    named = {name.replace("_", "-"): version for name, version in installed.items()}

    def version(name: str) -> str:
        if name not in named:
            raise metadata.PackageNotFoundError(name)
        return named[name]

    monkeypatch.setattr(metadata, "version", version)


def test_a_package_that_is_not_there_is_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only(monkeypatch, numpy="2.4", faiss_cpu="1.15.1")
    told = wheels.versions()
    assert (told["numpy"], told["faiss-cpu"], told["torch"]) == ("2.4", "1.15.1", "not installed")
    assert told["python"].startswith("3.")


@pytest.mark.parametrize(
    ("installed", "problem"),
    [
        ([], ['no FAISS wheel; install one with: pip install "semantic-lexicon[cpu]"']),
        (["faiss-cpu"], []),
        (["faiss-gpu-cuvs"], []),
        (
            ["faiss-gpu", "faiss-cpu"],
            [
                (
                    "faiss-cpu, faiss-gpu share one import name; uninstall all of them and "
                    "install one: pip uninstall faiss-cpu faiss-gpu, then "
                    'pip install "semantic-lexicon[gpu]"'
                )
            ],
        ),
    ],
)
def test_one_faiss_wheel_is_right(installed: list[str], problem: list[str]) -> None:
    missing = dict.fromkeys(wheels.FAISS_WHEELS, "not installed")
    assert wheels.problems({**missing, **dict.fromkeys(installed, "1.15")}) == problem
    assert wheels.problems(dict.fromkeys(installed, "1.15")) == problem


def test_the_extras_are_those_of_the_distribution() -> None:
    extras = metadata.metadata("semantic-lexicon").get_all("Provides-Extra")
    assert extras is not None
    assert set(wheels.FAISS_WHEELS.values()) <= set(extras)


def test_a_faiss_that_no_wheel_brought_is_a_warning_that_names_its_file() -> None:
    found = wheels.faiss_wheels({}, SOUND)
    assert found.state is State.WARNING
    assert "/lib/faiss/__init__.py" in found.found
    assert wheels.faiss_wheels({}, Probe()).state is State.FAILED


@pytest.mark.parametrize(
    ("options", "level", "state"),
    [
        (["OPTIMIZE", "DD", "AVX2", "AVX512"], "AVX512", State.OK),
        (["OPTIMIZE", "DD"], "NONE", State.WARNING),
        (["OPTIMIZE", "AVX2"], None, State.OK),
        (["OPTIMIZE", "NEON"], None, State.OK),
        (["GENERIC"], None, State.WARNING),
        ([], None, State.OK),
    ],
)
def test_generic_instructions_are_a_warning(
    options: list[str], level: str | None, state: State
) -> None:
    seen = Probe(faiss=replace(FAISS, options=options, level=level))
    assert wheels.faiss(seen, ONE_WHEEL).state is state


def test_instructions_that_a_variable_forces_are_freed_by_unsetting_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAISS_SIMD_LEVEL", "NONE")
    found = wheels.faiss(Probe(faiss=replace(FAISS, level="NONE")), ONE_WHEEL)
    assert found.remedy == "unset FAISS_SIMD_LEVEL"


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (
            "ImportError: libcublas.so.12: cannot open shared object file",
            'install it again: pip uninstall faiss-gpu, then pip install "semantic-lexicon[gpu]"',
        ),
        (
            "the process ended with signal SIGABRT: what():  Invalid SIMD level string: avx2",
            "unset FAISS_SIMD_LEVEL",
        ),
        ("no answer within 60 seconds", "run it again when the machine is less busy"),
    ],
)
def test_a_faiss_that_cannot_be_imported_fails_with_the_reason(fault: str, remedy: str) -> None:
    found = wheels.faiss(Probe(faults={"faiss": fault}), {"faiss-gpu": "1.15.1"})
    assert found == (State.FAILED, f"import faiss fails ({fault})", remedy)


def test_a_faiss_that_is_not_installed_fails() -> None:
    found = wheels.faiss(Probe(), {})
    assert found.state is State.FAILED
    assert found.remedy == 'install it with: pip install "semantic-lexicon[cpu]"'


def test_installed_distributions_are_listed_by_their_normal_names() -> None:
    found = wheels.distributions()
    assert found["semantic-lexicon"] == metadata.version("semantic-lexicon")
    assert found["fastapi-offline"] == metadata.version("fastapi_offline")


def about(monkeypatch: pytest.MonkeyPatch, wanted: str | None) -> None:
    """Make the distribution ask for this Python."""
    said = type("Said", (), {"get_all": lambda _self, _name: wanted and [wanted]})()
    monkeypatch.setattr(metadata, "metadata", lambda _name: said)


@pytest.mark.parametrize(
    ("wanted", "state"),
    [
        (">=3.11", State.OK),
        (">= 3.11", State.OK),
        (">=3.99", State.FAILED),
        ("~=3.11", State.OK),
        (None, State.OK),
    ],
)
def test_python_is_what_the_distribution_asks_for(
    monkeypatch: pytest.MonkeyPatch, wanted: str | None, state: State
) -> None:
    about(monkeypatch, wanted)
    assert wheels.python().state is state
