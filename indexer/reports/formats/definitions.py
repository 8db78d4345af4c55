"""What the metrics of a document are, in a line each."""

from indexer.alignment.figures import METRICS

MORE = "Formulas and sources: docs/metrics.md of semantic-lexicon."


def definition(metric: str) -> str:
    """
    >>> definition("p_at_1")
    'a translation is among the first 1; n counts forms'
    """
    known = METRICS[metric]
    return f"{known.says}; n counts {known.unit}"
