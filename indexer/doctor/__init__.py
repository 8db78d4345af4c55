"""What is wrong with an installation, and what to do about it; one kind of check per file."""

NOT_INSTALLED = "not installed"
"""Stands for the version of a package that is not there."""
