"""The three labels of natural language inference, whatever a file or checkpoint calls them."""

from lexicon.labels import SYNONYMS, canonical

__all__ = ["SYNONYMS", "canonical"]
