"""CSV for programs."""

import csv
from io import StringIO

from indexer.reports.documents.alignment import document
from indexer.reports.formats import csv_
from tests.indexer.reports.formats.reported import pair, reported


def test_every_figure_is_a_row_of_its_own() -> None:
    made = document([reported(pair("en", "kn", None), evaluation="memorised")])
    rows = list(csv.DictReader(StringIO(csv_.write(made))))
    assert len(rows) == len(made.records) > 60
    (one,) = [row for row in rows if (row["stratum"], row["metric"]) == ("pos=noun", "p_at_1")]
    assert (one["value"], one["low"], one["high"], one["n"]) == ("0.5", "0.4", "0.6", "7")
    assert (one["verdict"], one["evaluation"]) == ("", "memorised")


def test_lines_end_alike_everywhere() -> None:
    text = csv_.write(document([reported()]))
    assert "\r" not in text
    assert text.startswith("encoder,source,target,stratum,metric,value,low,high,n,")
