"""The default encoder: shipped in the package, no torch, no download."""
