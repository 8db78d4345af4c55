"""One page that needs nothing else."""

import sys
from html.parser import HTMLParser

import pytest

from indexer.reports.documents.alignment import EVERYTHING, document
from indexer.reports.formats import html
from tests.indexer.reports.formats.reported import pair, reported

VOID = {"meta"}


class Page(HTMLParser):
    """A page taken apart: every tag must end what began last."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self, tag: str) -> list[str]:
        return [data for name, data in self.said if name == tag]


@pytest.fixture
def no_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly.offline", None)


@pytest.fixture
def small_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of a few letters, which draws nothing."""
    monkeypatch.setattr(html, "_library", lambda: "const Plotly = 1 < 2")


@pytest.mark.usefixtures("no_plotly")
def test_without_plotly_there_are_tables_only_and_the_page_says_so() -> None:
    text = html.write(document([reported()], EVERYTHING))
    page = Page(text)
    assert html.NO_CHARTS in page.text("p")
    assert not page.all("script")
    assert len(page.all("table")) == 6


@pytest.mark.usefixtures("no_plotly")
def test_every_pair_has_its_section_with_all_metrics_and_parts() -> None:
    page = Page(html.write(document([reported()], EVERYTHING)))
    sections = [attributes["id"] for attributes in page.all("section")]
    assert sections == ["summary", "pair-en-fr", "pair-en-kn", "notes"]
    assert [link for link in page.text("a") if "→" in link] == ["en→fr", "en→kn"]
    assert {"Without identical spellings and without names", "All pairs"} <= set(
        page.text("caption")
    )
    assert "[0.400, 0.600]" in page.text("small")
    assert page.text("td").count("weakly aligned") == 1


@pytest.mark.usefixtures("no_plotly")
def test_every_link_leads_to_a_place_of_the_page_and_no_two_places_share_a_name() -> None:
    other = reported(encoder="labse")
    page = Page(html.write(document([reported(), other], EVERYTHING)))
    places = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(places) == len(set(places))
    links = [attributes["href"] or "" for attributes in page.all("a")]
    assert len(links) > 40
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(places)
    assert "metric-p_at_1" in places


@pytest.mark.usefixtures("no_plotly")
def test_below_each_table_stands_what_intervals_and_cosines_are() -> None:
    made = document([reported()], EVERYTHING)
    page = Page(html.write(made))
    assert page.text("p").count(made.legend) == len(page.all("table"))
    assert made.facts[0] in page.text("li")


def test_charts_are_drawn_by_what_is_in_the_page() -> None:
    text = html.write(document([reported()], EVERYTHING))
    page = Page(text)
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert (policy["content"] or "").startswith("default-src 'none'; ")
    # Nothing is fetched: no tag names an address.
    fetching = {"src", "srcset", "data", "action", "formaction", "poster"}
    assert not [tag for tag, attributes in page.tags if fetching & set(attributes)]
    assert not page.all("link")
    library, drawing = (data for tag, data in page.said if tag == "script")
    assert "plotly.js" in library[:200]
    assert drawing.count("Plotly.newPlot(") == 3
    drawn = [attributes["id"] for attributes in page.all("div") if "role" in attributes]
    assert drawn == ["chart-cosine", "chart-auc", "chart-p-at-1"]


@pytest.mark.usefixtures("small_plotly")
def test_points_and_intervals_of_a_chart() -> None:
    made = document([reported(pair("en", "fr", auc=0.75), pair("en", "kn", auc=None))])
    (trace,) = html._traces(made.charts[1])
    assert (trace["x"], trace["y"]) == ([0.75], [0.0])
    assert trace["error_x"]["array"] == pytest.approx([0.1])
    assert trace["error_x"]["arrayminus"] == pytest.approx([0.1])
    assert trace["text"] == ["0.750 [0.650, 0.850]"]
    layout = html._layout(made.charts[1])
    assert layout["yaxis"]["ticktext"] == ["en→fr", "en→kn"]
    assert [shape["x0"] for shape in layout["shapes"]] == [0.9, 0.55]
    first, second = html._traces(made.charts[0])
    # Side by side, not on top of each other.
    assert first["y"][0] < 0 < second["y"][0]
    assert first["marker"] != second["marker"]


@pytest.mark.usefixtures("small_plotly")
def test_a_figure_without_an_interval_reaches_nowhere() -> None:
    some = pair("en", "fr")
    bare = some.distinct["auc"]
    assert bare is not None
    some.distinct["auc"] = bare.model_copy(update={"low": None, "high": None})
    (trace,) = html._traces(document([reported(some)]).charts[1])
    assert trace["error_x"]["array"] == trace["error_x"]["arrayminus"] == [0.0]


@pytest.mark.usefixtures("small_plotly")
def test_what_html_would_obey_is_shown() -> None:
    name = "</script><b>&\"'"
    text = html.write(document([reported(encoder=name), reported()], EVERYTHING))
    page = Page(text)
    assert not page.all("b")
    assert len(page.all("script")) == 2
    assert any(name in said for said in page.text("li"))


@pytest.mark.usefixtures("small_plotly")
def test_the_same_report_gives_the_same_page() -> None:
    assert html.write(document([reported()])) == html.write(document([reported()]))
