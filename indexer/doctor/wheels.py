"""Python, the versions of packages, and whether FAISS is installed once and works."""

import os
import platform
import re
import sys
from collections.abc import Mapping
from importlib import metadata

from indexer.doctor import NOT_INSTALLED
from indexer.doctor.findings import Finding, failed, ok, warning
from indexer.doctor.probe import SLOW, Probe

DISTRIBUTION = "semantic-lexicon"
PACKAGES = (DISTRIBUTION, "numpy", "sqlalchemy", "tokenizers", "babel")
FAISS_WHEELS = {"faiss-cpu": "cpu", "faiss-gpu": "gpu", "faiss-gpu-cuvs": "gpu-cuvs"}
"""The extra that brings each; they share the import name ``faiss``."""
OPTIONAL = (*FAISS_WHEELS, "torch", "transformers", "sentence-transformers")


def versions() -> dict[str, str]:
    """Python's version and those of the packages that matter, by name."""
    found = {"python": platform.python_version()}
    for package in (*PACKAGES, *OPTIONAL):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = NOT_INSTALLED
    return found


def problems(installed: Mapping[str, str]) -> list[str]:
    """What is wrong with the installation, as far as the names of packages tell.

    >>> problems({"faiss-cpu": "1.15.1"})
    []
    """
    finding = faiss_wheels(installed)
    return [] if finding.remedy is None else [f"{finding.found}; {finding.remedy}"]


def distributions() -> dict[str, str]:
    """The version of every installed distribution by its name."""
    # What was half uninstalled has no name or no version.
    return {
        found.name.lower().replace("_", "-"): found.version
        for found in metadata.distributions()
        if "Name" in found.metadata and "Version" in found.metadata
    }


def python() -> Finding:
    """Whether this Python is one that the distribution supports."""
    found = platform.python_version()
    said = metadata.metadata(DISTRIBUTION).get_all("Requires-Python")
    wanted = str(said[0]) if said else "any version"
    least = re.fullmatch(r">=(\d+)\.(\d+)", wanted.replace(" ", ""))
    if least is None:
        return ok(f"{found}; not checked: {DISTRIBUTION} asks for Python {wanted}")
    if sys.version_info[:2] < (int(least[1]), int(least[2])):
        return failed(
            f"{found}, but {DISTRIBUTION} needs {wanted}",
            f"install it into an environment of Python {least[1]}.{least[2]} or newer",
        )
    return ok(f"{found} ({wanted} is supported)")


def installed_faiss(installed: Mapping[str, str]) -> list[str]:
    return [name for name in FAISS_WHEELS if installed.get(name, NOT_INSTALLED) != NOT_INSTALLED]


def pip_install(extra: str) -> str:
    return f'pip install "{DISTRIBUTION}[{extra}]"'


def faiss_wheels(installed: Mapping[str, str], seen: Probe | None = None) -> Finding:
    """Whether there is exactly one wheel with FAISS.

    >>> faiss_wheels({"faiss-cpu": "1.15.1", "faiss-gpu": "1.15.1"}).found
    'faiss-cpu, faiss-gpu share one import name'
    """
    wheels = installed_faiss(installed)
    if len(wheels) > 1:
        # Each has overwritten files of the other, and takes them along when it goes.
        return failed(
            f"{', '.join(wheels)} share one import name",
            f"uninstall all of them and install one: pip uninstall {' '.join(wheels)}, then "
            + pip_install(FAISS_WHEELS[wheels[-1]]),
        )
    if wheels:
        return ok(f"{wheels[0]} {installed[wheels[0]]}")
    if seen is not None and seen.faiss is not None:
        return warning(
            f"none of {', '.join(FAISS_WHEELS)}, but {seen.faiss.file} is imported",
            "none, if you built it or conda brought it; else remove it, then " + pip_install("cpu"),
        )
    return failed("no FAISS wheel", f"install one with: {pip_install('cpu')}")


def faiss(seen: Probe, installed: Mapping[str, str]) -> Finding:
    """Whether FAISS can be imported and searches, and with which instructions."""
    wheels = installed_faiss(installed)
    install = pip_install(FAISS_WHEELS[wheels[0]] if wheels else "cpu")
    fault = seen.faults.get("faiss")
    if fault is not None:
        again = f"install it again: pip uninstall {' '.join(wheels) or 'faiss'}, then {install}"
        return failed(
            f"import faiss fails ({fault})",
            "unset FAISS_SIMD_LEVEL" if "SIMD level" in fault else remedy_after(fault, again),
        )
    found = seen.faiss
    if found is None:
        return failed("import faiss fails (not installed)", f"install it with: {install}")
    generic = found.level == "NONE" or (found.level is None and "GENERIC" in found.options)
    told = f"{found.version}, {found.level or ' '.join(found.options) or 'unknown'} instructions"
    if not generic:
        return ok(told)
    forced = [name for name in ("FAISS_SIMD_LEVEL", "FAISS_OPT_LEVEL") if os.environ.get(name)]
    return warning(
        f"{found.version}, generic instructions: searches are slower than they could be",
        f"unset {' and '.join(forced)}"
        if forced
        else f"on a processor with AVX2 or better, use a wheel of PyPI: {install}",
    )


def remedy_after(fault: str, remedy: str) -> str:
    """The remedy of a fault, unless the engine was only slow."""
    return "run it again when the machine is less busy" if SLOW in fault else remedy
