"""Bringing words and sentence pairs into the store: staged, then merged in one transaction."""
