"""Holds so many MiB, and tells of them."""

import sys

from benchmarks.alone import tell

if __name__ == "__main__":
    held = bytearray(int(sys.argv[1]) << 20)
    tell()
    assert len(held) > 0
