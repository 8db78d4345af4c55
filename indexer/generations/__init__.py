"""Immutable index generations on disk: what is in one, and which of them answers."""
