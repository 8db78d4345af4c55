"""Indices of several makers over the same rows, each in a process of its own."""
