"""JSON as the service gives it."""

import json

from indexer.reports.documents.alignment import document
from indexer.reports.formats import json_
from indexer.reports.report import AlignmentReport
from tests.indexer.reports.formats.reported import kept, reported


def test_one_report_is_the_object_that_the_service_answers_with() -> None:
    report = reported()
    text = json_.write(document([report]))
    assert AlignmentReport.model_validate_json(text) == report
    assert text == f"{report.model_dump_json()}\n"


def test_several_reports_are_a_list() -> None:
    some = [reported(), kept(7)]
    found = json.loads(json_.write(document(some)))
    assert found == [json.loads(one.model_dump_json()) for one in some]
