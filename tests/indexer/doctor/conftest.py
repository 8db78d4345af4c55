"""No variables of the engines, in any of these tests."""

import pytest


@pytest.fixture(autouse=True)
def no_variables_of_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings must not reach a test."""
    for name in (
        *("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"),
        *("FAISS_SIMD_LEVEL", "FAISS_OPT_LEVEL"),
    ):
        monkeypatch.delenv(name, raising=False)
