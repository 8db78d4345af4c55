"""LaTeX that compiles: nothing here can run it, so its rules are checked one by one."""

import re

import pytest

from indexer.alignment.resampling import Figure
from indexer.reports.documents.alignment import Wanted, document
from indexer.reports.documents.document import Column, Document, Named, Section, Table
from indexer.reports.formats import latex
from tests.indexer.reports.formats.reported import pair, reported


def environments(text: str) -> list[str]:
    """Names of the environments in the order in which they end; each must end what began last."""
    open_: list[str] = []
    done = []
    for what, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", text):
        if what == "begin":
            open_.append(name)
        else:
            assert open_.pop() == name
            done.append(name)
    assert not open_
    return done


def balanced(text: str) -> bool:
    """Whether every brace that is not escaped has its counterpart."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def tabulars(text: str) -> list[tuple[str, list[str]]]:
    """The columns and the lines with cells of each table."""
    found = re.findall(
        r"\\begin\{(?:tabular|longtable)\}\{([lr]+)\}(.*?)\\end\{(?:tabular|longtable)\}",
        text,
        flags=re.DOTALL,
    )
    return [
        (columns, [line for line in body.splitlines() if " & " in line or line.startswith(" &")])
        for columns, body in found
    ]


def one(*rows: tuple[str, float], title: str = "One") -> Document:
    """A document with one small table."""
    table = Table(
        "A b-1",
        title,
        (Column("word", text=True), Column(Named("gap"))),
        tuple((word, Figure(value, None, None, 1)) for word, value in rows),
    )
    return Document(
        "title", ("fact",), "legend", ("note",), (Section("s", "S", (table,)),), (), (), ()
    )


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(all_metrics=True, by=("pos",))])
def test_braces_environments_and_columns_are_right(wanted: Wanted) -> None:
    text = latex.write(document([reported(), reported(encoder="lab_se?layer=1&x")], wanted))
    assert balanced(text)
    assert set(environments(text)) == {"tabular", "minipage", "table*"}
    tables = tabulars(text)
    assert len(tables) == (2 if wanted == Wanted() else 10)
    for columns, lines in tables:
        assert lines
        for line in lines:
            assert len(re.findall(r"(?<!\\)&", line)) == len(columns) - 1
            assert re.search(r"\\\\(\*|\[2pt\])?$", line)
    for command in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert text.count(command) == len(tables)


def test_the_text_is_ascii_and_says_what_it_needs() -> None:
    text = latex.write(document([reported()], Wanted(all_metrics=True)))
    head, packages, *_ = text.splitlines()
    assert head == "% alignment under axis, evaluation: zero-shot"
    assert packages == r"% Needs in the preamble: \usepackage{booktabs}"
    assert text.isascii()
    assert r"en$\rightarrow$fr" in text
    assert "d$'$" in text


def test_letters_that_pdflatex_lacks_are_announced() -> None:
    text = latex.write(one(("ಆಹಾರ", 0.5)))
    assert "compile" not in text
    assert "% Some letters are not ASCII: LuaLaTeX or XeLaTeX" in text


def test_each_table_says_below_what_it_shows() -> None:
    text = latex.write(document([reported()], Wanted(all_metrics=True)))
    notes = re.findall(r"\\begin\{minipage\}(.*?)\\end\{minipage\}", text, flags=re.DOTALL)
    assert len(notes) == 4
    for note in notes:
        assert r"95\% intervals by a bootstrap" in note
        assert "seed 1" in note
        assert "1,000 bootstrap samples" in note
        assert "candidates fr 1,234, kn 1,234" in note
        assert "evaluation zero-shot" in note
        assert "generations en gen-en" in note
        assert "A bare cosine shows nothing" in note
        assert "P@1: a translation is among the first 1; n counts forms." in note


def test_every_label_is_its_own() -> None:
    text = latex.write(document([reported(), reported(encoder="labse")], Wanted(True, ("pos",))))
    labels = re.findall(r"\\label\{(.*?)\}", text)
    assert len(labels) == len(set(labels)) == 10
    assert labels[:3] == ["tab:lexicon-distinct", "tab:lexicon-all", "tab:lexicon-en-fr-1"]
    assert r"\label{tab:lexicon-a-b-1}" in latex.write(one(("x", 1.0)))


def test_intervals_stand_below_where_there_are_many() -> None:
    (_, lines), _ = tabulars(latex.write(document([reported(pair("en", "fr"))])))
    _, values, intervals = lines
    assert values.startswith(r"en$\rightarrow$fr & 40 & ")
    assert intervals.startswith(r" & ")
    assert r"{\scriptsize {[}0.400, 0.600]}" in intervals
    assert "[" not in values.replace(r"\\*", "")


def test_a_long_verdict_takes_both_lines_of_its_row() -> None:
    some = pair("en", "fr", "no alignment beyond anisotropy")
    (_, lines), _ = tabulars(latex.write(document([reported(some)])))
    assert lines[1].endswith(r"& no alignment beyond \\*")
    assert lines[2].endswith(r"& anisotropy \\[2pt]")


def test_columns_that_do_not_fit_are_named() -> None:
    made = document([reported()])
    table = next(iter(made.tables))
    kept = latex.fitted(table).columns
    assert len(kept) < len(table.columns)
    text = latex.write(made)
    for column in table.columns:
        if column not in kept and isinstance(column.title, Named):
            assert column.title.title in text.split("Not shown for want of room: ")[1]
    assert "Not shown" not in latex.write(one(("x", 1.0)))


def test_a_table_longer_than_a_page_goes_on() -> None:
    text = latex.write(one(*((f"word {place}", 0.5) for place in range(latex.LONGEST + 1))))
    assert environments(text) == ["longtable"]
    assert balanced(text)
    assert r"% Needs in the preamble: \usepackage{booktabs} \usepackage{longtable}" in text
    # The caption stands on the first page only, or its label would be given twice.
    first, others = text.index(r"\endfirsthead"), text.index(r"\endhead")
    assert text.index(r"\caption") < first < others
    assert text.count("word & gap") == 2


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        (r"a\b", r"a\textbackslash{}b"),
        ("50% & {x}_1 #$", r"50\% \& \{x\}\_1 \#\$"),
        ("~^<>|", r"\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"),
        # After the end of a row a bracket or a star would be its option.
        ("[a]*", "{[}a]{*}"),
        ("“a” – −1", "``a'' -- $-$1"),
    ],
)
def test_what_latex_would_obey_is_shown(plain: str, written: str) -> None:
    assert latex.escaped(plain) == written


def test_the_hyphen_of_a_number_is_a_minus() -> None:
    text = latex.write(one(("well-known", -0.25)))
    assert r"well-known & $-$0.250 \\" in text
    empty = Table("e", "E", (Column("a", text=True), Column("b")), (("x", None),))
    made = Document("t", (), "", (), (Section("s", "S", (empty,)),), (), (), ())
    assert r"x & -- \\" in latex.write(made)
