"""How commands print."""

import pytest

from cli import output


@pytest.mark.parametrize(
    ("value", "places", "said"), [(None, 3, "–"), (0.12345, 3, "0.123"), (99.5, 1, "99.5")]
)
def test_numbers_are_rounded_and_none_is_a_dash(
    value: float | None, places: int, said: str
) -> None:
    assert output.number(value, places) == said


def test_csv_quotes_what_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_csv(("lemma", "gloss"), [("eau", 'clear, "wet"'), ("ನೀರು", None)])
    assert capsys.readouterr().out == 'lemma,gloss\neau,"clear, ""wet"""\nನೀರು,\n'


def test_tables_take_brackets_and_colons_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    made = output.table("[bold]x", (">n", "meaning"), [("1", ":water: [red]")])
    output.console().print(made)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "[bold]x",
        "n  meaning",
        "1  :water: [red]",
    ]


def test_warnings_and_progress_stay_off_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.warn("careful")
    with output.progress() as bars:
        bars.advance("words", 0, 2)
        bars.advance("words", 2, 2)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("note: careful\n")
    assert "2/2" in said.err


def test_nothing_is_drawn_before_there_is_something_to_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with output.progress():
        pass
    assert capsys.readouterr() == ("", "")


def test_bars_are_put_away_when_the_work_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with output.progress() as bars:
            bars.advance("words", 1, 2)
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()
    assert capsys.readouterr().err.count("1/2") == 1
