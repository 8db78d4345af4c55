"""Engines, wheels and a driver that are made up."""

from indexer.doctor.probe import Driver, Faiss, Probe, Torch

FAISS = Faiss("1.15.1", ["OPTIMIZE", "DD", "AVX2"], "AVX2", 2, "/lib/faiss/__init__.py")
CPU_TORCH = Torch("2.13.0+cpu", None, False, 2)
CUDA_TORCH = Torch("2.13.0", "13.0", True, 2)
SOUND = Probe(faiss=FAISS, torch=CPU_TORCH, maps=[])
ONE_WHEEL = {"faiss-cpu": "1.15.1"}
DRIVER = Driver("580.65.06")
