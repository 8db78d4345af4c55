"""The default classifier: shipped in the package, no torch, no download."""
