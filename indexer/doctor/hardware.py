"""The GPU, CUDA and OpenMP: whether the engines agree with the machine and each other."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from indexer.doctor.findings import Finding, failed, ok, together, warning
from indexer.doctor.probe import NOT_REACHED, Driver, Probe
from indexer.doctor.wheels import installed_faiss, pip_install, remedy_after

DRIVERS = {13: 580, 12: 525, 11: 450}
"""The oldest driver of each major version of CUDA."""
# Their name has no -cu13, and unlike other NVIDIA wheels they are numbered as CUDA is.
NUMBERED_AS_CUDA = ("nvidia-cublas", "nvidia-cuda-nvrtc", "nvidia-cuda-runtime")

_ENDED = "mend what ended the process, see above"
_DRIVER = "look at what nvidia-smi says, and mend NVIDIA's driver"


def gpu(
    seen: Probe, nvidia: Driver | None, installed: Mapping[str, str], device: str = "auto"
) -> Finding:
    """Whether torch and FAISS see the GPU that is there."""
    torch = seen.torch
    told: list[Finding] = []
    fault = seen.faults.get("torch")
    if fault is not None and fault.startswith(NOT_REACHED):
        told.append(warning("torch was not looked at", _ENDED))
    elif fault is not None:
        again = f"install it again: pip uninstall torch, then {pip_install('models')}"
        told.append(failed(f"import torch fails ({fault})", remedy_after(fault, again)))
    elif torch is None:
        told.append(ok("torch is not installed (extra models)"))
    elif device == "cuda" and not torch.available:
        told.append(
            failed(
                f"LEXICON_DEVICE=cuda, but torch {torch.version} finds no GPU",
                "set LEXICON_DEVICE to auto or cpu",
            )
        )
    if "gpus" in seen.faults:
        told.append(warning(f"faiss.get_num_gpus() fails ({seen.faults['gpus']})", _DRIVER))
    ours = torch is not None and torch.available
    # torch also finds GPUs of other makers, for which there is no FAISS wheel.
    nvidias = (nvidia is not None and nvidia.version is not None) or seen.gpus > 0
    if not ours and not nvidias:
        if nvidia is not None and nvidia.fault is not None:
            told.append(warning(f"CPU only: {nvidia.fault}", _DRIVER))
        else:
            told.append(ok("CPU only"))
        return together(told)
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return together([*told, ok("CPU only: CUDA_VISIBLE_DEVICES hides the GPU")])
    if torch is not None and (torch.available or device == "auto"):
        told.append(_torch_gpu(torch.version, torch.cuda, torch.available))
    if seen.faiss is not None and nvidias and "gpus" not in seen.faults:
        told.append(_faiss_gpu(seen.gpus, installed_faiss(installed)))
    return together(told or [ok("a GPU that nothing here uses")])


def _torch_gpu(version: str, built_for: str | None, available: bool) -> Finding:
    if available:
        return ok(f"torch {version} sees the GPU")
    if built_for is None:
        return warning(
            f"a GPU, but torch {version} is built for the CPU",
            "for checkpoints on the GPU, pip uninstall torch and install the CUDA build that "
            "https://pytorch.org/get-started/locally names",
        )
    return warning(
        f"a GPU, but torch {version} (CUDA {built_for}) does not see it",
        "update NVIDIA's driver, or install a torch of an older CUDA",
    )


def _faiss_gpu(gpus: int, wheels: Sequence[str]) -> Finding:
    if gpus:
        return ok(f"faiss sees {gpus} GPU{'s' if gpus > 1 else ''}")
    if wheels == ["faiss-cpu"]:
        return warning(
            "a GPU, but faiss-cpu does not use it",
            "for searches on the GPU: pip uninstall faiss-cpu, then "
            f"{pip_install('gpu')} (CUDA 12) or {pip_install('gpu-cuvs')} (CUDA 13)",
        )
    return warning(f"a GPU, but {', '.join(wheels) or 'faiss'} does not see it", _DRIVER)


def cuda_wheels(installed: Mapping[str, str]) -> dict[int, list[str]]:
    """The wheels that carry CUDA, by its major version.

    >>> cuda_wheels({"nvidia-cublas-cu12": "12.6.4.1", "nvidia-cublas": "13.2.0", "numpy": "2.4"})
    {12: ['nvidia-cublas-cu12'], 13: ['nvidia-cublas']}
    """
    found: dict[int, list[str]] = {}
    for name, number in sorted(installed.items()):
        if suffix := re.search(r"-cu(1\d)\d?$", name):
            found.setdefault(int(suffix[1]), []).append(name)
        elif name in NUMBERED_AS_CUDA and number.partition(".")[0].isdigit():
            found.setdefault(int(number.partition(".")[0]), []).append(name)
    return dict(sorted(found.items()))


def cuda(seen: Probe, nvidia: Driver | None, installed: Mapping[str, str]) -> Finding:
    """Whether torch, the wheels that carry CUDA and the driver agree on its major version."""
    wheels = cuda_wheels(installed)
    told = [
        ok(f"CUDA {major} in {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else ""))
        for major, names in wheels.items()
    ]
    majors = set(wheels)
    if seen.torch is not None and seen.torch.cuda is not None:
        told.append(ok(f"torch {seen.torch.version} is built for CUDA {seen.torch.cuda}"))
        majors.add(int(seen.torch.cuda.partition(".")[0]))
    if len(majors) > 1:
        told.append(
            warning(
                f"more than one CUDA ({', '.join(map(str, sorted(majors)))})",
                "install torch and FAISS for the same one: faiss-gpu 1.15 is built for CUDA 12, "
                "faiss-gpu-cuvs 1.15 for CUDA 13, torch for the one that its index names, as in "
                "https://download.pytorch.org/whl/cu126; then pip uninstall what is left of the "
                "other",
            )
        )
    if nvidia is not None and nvidia.version is not None:
        told.append(_driver_of(nvidia.version, majors))
    return together(told) if told else ok("no CUDA")


def _driver_of(version: str, majors: Iterable[int]) -> Finding:
    branch = int(version.partition(".")[0])
    known = next((major for major, least in DRIVERS.items() if branch >= least), None)
    if known is None:
        return warning(f"driver {version}, which is older than CUDA 11", "update NVIDIA's driver")
    newer = [major for major in majors if major > known and major in DRIVERS]
    if newer:
        return warning(
            f"driver {version} runs CUDA {known}, not {max(newer)}",
            f"update NVIDIA's driver to {DRIVERS[max(newer)]} or newer, or install wheels of "
            f"CUDA {known}",
        )
    return ok(f"driver {version} runs CUDA {known}")


def openmp_files(maps: Iterable[str]) -> dict[str, str]:
    """The kind of each OpenMP library that lines of a memory map name, by its path.

    >>> openmp_files(["7f0-7f1 r-xp 00000000 fe:00 12   /usr/lib/libgomp.so.1.0.0"])
    {'/usr/lib/libgomp.so.1.0.0': 'libgomp'}
    """
    found: dict[str, str] = {}
    for line in maps:
        fields = line.split(maxsplit=5)
        path = fields[5].strip() if len(fields) == 6 else ""
        if kind := re.search(r"/(libgomp|libiomp5|libomp)5?\b[^/]*\.(?:so|dylib)[^/]*$", path):
            found[path] = kind[1]
    return dict(sorted(found.items()))


def openmp(seen: Probe) -> Finding:
    """Whether numpy, FAISS and torch bring OpenMP libraries that disturb each other."""
    setting = os.environ.get("OMP_NUM_THREADS")
    threads = "OMP_NUM_THREADS " + (f"is {setting}" if setting else "is not set")
    counts = [
        f"{name} takes {engine.threads}"
        for name, engine in (("faiss", seen.faiss), ("torch", seen.torch))
        if engine is not None
    ]
    threads = ", ".join([threads, *counts])
    remedy = (
        "use engines that bring the same OpenMP (wheels of PyPI, or all of conda), else set "
        "OMP_NUM_THREADS=1; KMP_DUPLICATE_LIB_OK=TRUE only as a last resort"
    )
    fault = next((fault for fault in seen.faults.values() if "OMP: Error" in fault), None)
    if fault is not None:
        return failed(f"two OpenMP libraries end the process ({fault}); {threads}", remedy)
    if "maps" in seen.faults:
        return warning(f"not checked ({seen.faults['maps']}); {threads}", _ENDED)
    if seen.maps is None:
        return ok(f"not checked: this system has no /proc; {threads}")
    files = openmp_files(seen.maps)
    names = ", ".join(files)
    if len(files) > 1 and set(files.values()) != {"libgomp"}:
        return warning(f"different OpenMP libraries in one process: {names}; {threads}", remedy)
    if len(files) > 1:
        # Each keeps its own threads; measured with FAISS and torch at work at once.
        return ok(f"{len(files)} copies of libgomp, which do no harm: {names}; {threads}")
    return ok(f"{names or 'none'}; {threads}")
