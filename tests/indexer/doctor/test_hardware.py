"""GPUs, CUDA and OpenMP, on machines that are made up."""

from dataclasses import replace

import pytest

from indexer.doctor import hardware
from indexer.doctor.findings import State
from indexer.doctor.probe import Driver, Probe, Torch
from tests.indexer.doctor.engines import CPU_TORCH, CUDA_TORCH, DRIVER, FAISS, ONE_WHEEL, SOUND

MAPS = """\
7f10-7f20 r--p 00000000 fe:00 11  /env/faiss_cpu.libs/libgomp-e985bcbb.so.1.0.0
7f20-7f30 r-xp 00010000 fe:00 11  /env/faiss_cpu.libs/libgomp-e985bcbb.so.1.0.0
7f30-7f40 r-xp 00000000 fe:00 12  /my env/torch/lib/libgomp.so.1
7f40-7f50 r-xp 00000000 fe:00 13  /env/lib/libcompress.so.2
7f50-7f60 r-xp 00000000 fe:00 14  /env/lib/libomptarget.so
7f60-7f70 rw-p 00000000 00:00 0   [anon:omp]
""".splitlines(keepends=True)
INTEL = "7f80-7f90 r-xp 00000000 fe:00 15  /env/lib/libiomp5.so\n"
LLVM = "7f90-7fa0 r-xp 00000000 fe:00 16  /env/lib/libomp-3a1c.so.5 (deleted)\n"


@pytest.mark.parametrize(
    ("seen", "nvidia", "wheel", "state", "words"),
    [
        (SOUND, None, "faiss-cpu", State.OK, "CPU only"),
        (
            replace(SOUND, torch=None),
            None,
            "faiss-cpu",
            State.OK,
            "torch is not installed (extra models); CPU only",
        ),
        (
            replace(SOUND, torch=CUDA_TORCH, gpus=2),
            DRIVER,
            "faiss-gpu",
            State.OK,
            "torch 2.13.0 sees the GPU; faiss sees 2 GPUs",
        ),
        (SOUND, DRIVER, "faiss-gpu", State.WARNING, "torch 2.13.0+cpu is built for the CPU"),
        (
            replace(SOUND, torch=CUDA_TORCH),
            DRIVER,
            "faiss-cpu",
            State.WARNING,
            "faiss-cpu does not use it",
        ),
        (
            replace(SOUND, torch=replace(CUDA_TORCH, available=False), gpus=1),
            DRIVER,
            "faiss-gpu",
            State.WARNING,
            "torch 2.13.0 (CUDA 13.0) does not see it; faiss sees 1 GPU",
        ),
        (
            replace(SOUND, torch=CUDA_TORCH),
            DRIVER,
            "faiss-gpu",
            State.WARNING,
            "faiss-gpu does not see it",
        ),
        (
            SOUND,
            Driver(None, "nvidia-smi: No devices were found"),
            "faiss-gpu",
            State.WARNING,
            "CPU only: nvidia-smi: No devices were found",
        ),
        (
            # Another maker's GPU: no FAISS wheel would use it.
            replace(SOUND, torch=replace(CPU_TORCH, available=True)),
            None,
            "faiss-cpu",
            State.OK,
            "torch 2.13.0+cpu sees the GPU",
        ),
        (
            replace(SOUND, faults={"gpus": "RuntimeError: CUDA error 803"}),
            None,
            "faiss-gpu",
            State.WARNING,
            "faiss.get_num_gpus() fails (RuntimeError: CUDA error 803)",
        ),
        (
            Probe(faiss=FAISS, faults={"torch": "OSError: libcudart"}),
            None,
            "faiss-cpu",
            State.FAILED,
            "import torch fails (OSError: libcudart)",
        ),
        (
            Probe(faults={"faiss": "SIGILL", "torch": "not reached: SIGILL"}),
            None,
            "faiss-cpu",
            State.WARNING,
            "torch was not looked at; CPU only",
        ),
        (Probe(), DRIVER, "faiss-cpu", State.OK, "torch is not installed (extra models)"),
    ],
)
def test_a_gpu_is_used_or_it_is_said_why_not(
    seen: Probe, nvidia: Driver | None, wheel: str, state: State, words: str
) -> None:
    found = hardware.gpu(seen, nvidia, {wheel: "1.15.1"})
    assert found.state is state
    assert words in found.found
    assert (found.remedy is None) == (state is State.OK)


def test_a_gpu_that_is_hidden_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    found = hardware.gpu(SOUND, DRIVER, ONE_WHEEL)
    assert found == (State.OK, "CPU only: CUDA_VISIBLE_DEVICES hides the GPU", None)


def test_a_gpu_that_settings_ask_for_must_be_there() -> None:
    found = hardware.gpu(SOUND, None, ONE_WHEEL, "cuda")
    assert found.state is State.FAILED
    assert found.remedy == "set LEXICON_DEVICE to auto or cpu"


def test_a_torch_that_settings_keep_on_the_cpu_need_not_see_the_gpu() -> None:
    assert "torch" not in hardware.gpu(SOUND, DRIVER, ONE_WHEEL, "cpu").found


FAISS_12 = {"faiss-gpu": "1.15.1", "nvidia-cublas-cu12": "12.6.4.1", "nvidia-curand-cu12": "10.3"}
CUVS_13 = {"nvidia-cublas": "13.2.0", "libcuvs-cu13": "26.6.0", "nvidia-curand": "10.4"}


@pytest.mark.parametrize(
    ("torch", "nvidia", "installed", "state", "words"),
    [
        (None, None, {"numpy": "2.4"}, State.OK, "no CUDA"),
        (None, None, FAISS_12, State.OK, "CUDA 12 in nvidia-cublas-cu12 and 1 more"),
        (
            CUDA_TORCH,
            DRIVER,
            CUVS_13,
            State.OK,
            (
                "CUDA 13 in libcuvs-cu13 and 1 more; torch 2.13.0 is built for CUDA 13.0; "
                "driver 580.65.06 runs CUDA 13"
            ),
        ),
        (None, None, FAISS_12 | CUVS_13, State.WARNING, "more than one CUDA (12, 13)"),
        (CUDA_TORCH, None, FAISS_12, State.WARNING, "more than one CUDA (12, 13)"),
        (
            CUDA_TORCH,
            Driver("550.54.14"),
            CUVS_13,
            State.WARNING,
            "driver 550.54.14 runs CUDA 12, not 13",
        ),
        (None, Driver("390.157"), {}, State.WARNING, "driver 390.157, which is older than CUDA 11"),
        (CPU_TORCH, Driver(None, "broken"), {}, State.OK, "no CUDA"),
    ],
)
def test_everything_is_for_one_cuda(
    torch: Torch | None,
    nvidia: Driver | None,
    installed: dict[str, str],
    state: State,
    words: str,
) -> None:
    found = hardware.cuda(Probe(torch=torch), nvidia, installed)
    assert found.state is state
    assert words in found.found
    assert (found.remedy is None) == (state is State.OK)


def test_openmp_libraries_are_found_in_a_memory_map() -> None:
    assert hardware.openmp_files([*MAPS, INTEL, LLVM]) == {
        "/env/faiss_cpu.libs/libgomp-e985bcbb.so.1.0.0": "libgomp",
        "/env/lib/libiomp5.so": "libiomp5",
        "/env/lib/libomp-3a1c.so.5 (deleted)": "libomp",
        "/my env/torch/lib/libgomp.so.1": "libgomp",
    }


def test_two_copies_of_libgomp_are_named_and_well() -> None:
    found = hardware.openmp(replace(SOUND, maps=MAPS))
    assert found.state is State.OK
    assert found.found.startswith("2 copies of libgomp")
    assert "/my env/torch/lib/libgomp.so.1" in found.found


@pytest.mark.parametrize("maps", [[*MAPS, INTEL], [*MAPS[:2], LLVM], [INTEL, LLVM]])
def test_openmp_libraries_of_different_kinds_are_a_warning(maps: list[str]) -> None:
    found = hardware.openmp(replace(SOUND, maps=maps))
    assert found.state is State.WARNING
    assert "OMP_NUM_THREADS=1" in str(found.remedy)
    assert "KMP_DUPLICATE_LIB_OK=TRUE only as a last resort" in str(found.remedy)


def test_openmp_is_not_checked_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    found = hardware.openmp(replace(SOUND, maps=None))
    assert found == (
        State.OK,
        "not checked: this system has no /proc; OMP_NUM_THREADS is 4, faiss takes 2, torch takes 2",
        None,
    )


def test_openmp_is_not_checked_in_a_process_that_ended() -> None:
    found = hardware.openmp(Probe(faults={"faiss": "SIGILL", "maps": "not reached: SIGILL"}))
    assert found.state is State.WARNING
    assert "not checked (not reached: SIGILL)" in found.found


def test_an_openmp_that_ends_the_process_has_failed() -> None:
    fault = "the process ended with signal SIGABRT: OMP: Error #15: Initializing libiomp5.so"
    found = hardware.openmp(Probe(faiss=FAISS, faults={"torch": fault, "maps": "not reached"}))
    assert found.state is State.FAILED
    assert fault in found.found
