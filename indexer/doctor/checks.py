"""Every check of an installation, and what they come to."""

import sys
from collections.abc import Callable, Iterator
from functools import cache, partial

from pydantic import BaseModel

from indexer.doctor.findings import Finding, State, failed, from_error, worst
from indexer.doctor.hardware import cuda, gpu, openmp
from indexer.doctor.home import disk_space, file_locks, store_files, store_state
from indexer.doctor.probe import driver, probe
from indexer.doctor.terminal import terminal
from indexer.doctor.wheels import distributions, faiss, faiss_wheels, python, versions
from lexicon.errors import LexiconError
from lexicon.settings import Settings, load_settings


class Check(BaseModel):
    """What was looked at, what was found, and what to do unless it is well."""

    name: str
    state: State
    found: str
    remedy: str | None = None


class Diagnosis(BaseModel):
    """``state`` is the worst of all checks."""

    state: State
    checks: list[Check]


def examine() -> Diagnosis:
    """Every check, each of which ends in a finding whatever happens in it."""
    installed = cache(versions)
    seen = cache(probe)
    nvidia = cache(driver)
    try:
        settings = load_settings()
    except LexiconError as error:
        told, device = [_check("settings", partial(from_error, error))], "auto"
    else:
        told, device = list(_home_checks(settings)), settings.device
    checks = [
        _check("python", python),
        _check("FAISS wheels", lambda: faiss_wheels(installed(), seen())),
        _check("faiss", lambda: faiss(seen(), installed())),
        _check("GPU", lambda: gpu(seen(), nvidia(), installed(), device)),
        _check("CUDA", lambda: cuda(seen(), nvidia(), distributions())),
        _check("OpenMP", lambda: openmp(seen())),
        *told,
        _check("terminal", lambda: terminal(getattr(sys.stdout, "encoding", None))),
    ]
    return Diagnosis(state=worst(check.state for check in checks), checks=checks)


def _home_checks(settings: Settings) -> Iterator[Check]:
    yield _check("store", partial(store_state, settings))
    yield _check("store files", partial(store_files, settings))
    yield _check("disk space", partial(disk_space, settings))
    yield _check("file locks", partial(file_locks, settings))


def _check(name: str, look: Callable[[], Finding]) -> Check:
    try:
        finding = look()
    except Exception as error:
        finding = failed(
            f"the check itself failed ({type(error).__name__}: {error})",
            "run it again; if it stays so, report this line",
        )
    return Check(
        name=name,
        state=finding.state,
        found=_plain(finding.found),
        remedy=finding.remedy and _plain(finding.remedy),
    )


def _plain(text: str) -> str:
    """The text in one line of letters that exist; names of files may hold other bytes."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())
