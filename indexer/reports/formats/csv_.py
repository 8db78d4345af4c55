"""CSV in long format: one row per figure, with all that it rests on."""

import csv
from io import StringIO

from indexer.reports.documents.document import Document


def write(document: Document) -> str:
    """A header line and the records; what does not exist is empty."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(document.header)
    writer.writerows(document.records)
    return stream.getvalue()
