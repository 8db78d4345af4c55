"""Vector indices: one engine per file, one contract."""
