"""Markdown as it is read on GitHub."""

import re

from indexer.reports.documents.alignment import Wanted, document
from indexer.reports.formats import markdown
from tests.indexer.reports.formats.reported import pair, reported


def rows(text: str) -> list[list[str]]:
    """The cells of every line of every table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_tables_hold_every_pair_with_intervals_and_verdicts() -> None:
    text = markdown.write(document([reported()]))
    assert text.startswith("# Alignment under axis, evaluation: zero-shot\n")
    head, rule, first, second, *whole = rows(text)
    assert head[0] == "pair"
    assert set(rule) == {"---", "---:"}
    assert (first[0], first[-1]) == ("en→fr", "weakly aligned")
    assert (second[0], second[-1]) == ("en→kn", "aligned")
    assert "0.500 [0.400, 0.600]" in first
    assert {len(row) for row in (head, rule, first, second)} == {len(head)}
    assert len(whole) == 4


def test_every_metric_has_one_footnote_and_every_footnote_a_metric() -> None:
    text = markdown.write(document([reported()], Wanted(all_metrics=True, by=("pos",))))
    named = re.findall(r"\[\^([a-z0-9_]+)\](?!:)", text)
    explained = re.findall(r"^\[\^([a-z0-9_]+)\]: ", text, flags=re.MULTILINE)
    assert sorted(named) == sorted(explained)
    assert len(named) == len(set(named)) > 30
    assert "[^p_at_1]: a translation is among the first 1; n counts forms." in text


def test_below_each_table_stands_what_intervals_and_cosines_are() -> None:
    text = markdown.write(document([reported()], Wanted(all_metrics=True)))
    tables = len(re.findall(r"^\| --- \|", text, flags=re.MULTILINE))
    assert tables == 4
    assert text.count("95% intervals by a bootstrap over groups of concepts") == tables
    assert text.count("A bare cosine shows nothing") == tables


def test_what_markdown_would_obey_is_shown() -> None:
    text = markdown.write(document([reported(pair("en", "fr"), encoder="a|b_c*d`<e>")]))
    assert r"a\|b\_c\*d\`\<e\>" in text
    assert "a|b" not in text
