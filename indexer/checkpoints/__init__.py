"""Checkpoints: pulling them, what lies on this machine, and running them."""
