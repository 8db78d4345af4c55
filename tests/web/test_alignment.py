"""Alignment: stored reports beside each other, with what keeps them from misleading."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect
from sqlalchemy.orm import Session

from indexer.service import LexiconService
from lexicon import models
from lexicon.settings import Settings
from lexicon.store import open_store, writing
from tests.indexer.plots.reports import keep
from tests.web.browsing import environment
from tests.web.own import Own, served
from tests.web.visits import PATIENCE, PHONE, Visit

HELD_OUT = "embedded, held out"
PAIR = "/alignment?open=pair&pair=en-fr&under=embedded"


def answer(visit: Visit, path: str = "", **parameters: str) -> Any:
    """What the service itself says of the embedded encoder."""
    asked: dict[str, str | float | bool] = {"encoder": "embedded", **parameters}
    found = visit.page.request.get(f"{visit.site}/v1/alignment{path}", params=asked)
    assert found.ok
    return found.json()


def figure(report: Any, target: str, metric: str, stratum: str = "distinct") -> Any:
    (pair,) = (one for one in report["pairs"] if one["target"] == target)
    return pair[stratum][metric]


def cell(page: Page, pair: str, column: int) -> Locator:
    """Of the table of encoders and pairs: the encoder comes first, then its held-out words."""
    row = page.locator(".matrix tbody tr").filter(has=page.get_by_role("rowheader", name=pair))
    return row.get_by_role("cell").nth(column)


def plot(page: Page) -> Locator:
    return page.locator("figure:not([hidden]) iframe.plot")


@contextmanager
def saved(page: Page, button: str) -> Iterator[list[Download]]:
    """What a button of that name saves."""
    found: list[Download] = []
    with page.expect_download() as waited:
        yield found
        page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).click()
    found.append(waited.value)


def bytes_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


@contextmanager
def changed(home: Path) -> Iterator[Session]:
    """The store of a home, which somebody serves."""
    sessions = open_store(Settings(home=home))
    try:
        with writing(sessions) as session:
            yield session
    finally:
        sessions.kw["bind"].dispose()


@pytest.fixture(scope="module")
def bare(
    bundled_home: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Own]:
    """A service over a home without reports."""
    copy = tmp_path_factory.mktemp("bare") / "home"
    with served(bundled_home, copy, environment(bundled_home)) as own:
        yield own


@pytest.fixture
def layered(bare: Own) -> Iterator[Own]:
    """The same with reports of three layers, as long as the test takes."""
    settings = Settings(home=bare.home)
    sessions = open_store(settings)
    service = LexiconService(settings, sessions)
    for layer, value in enumerate((0.2, 0.7, 0.4)):
        scored = {("en", "fr"): {"p_at_1": value}, ("en", "kn"): {"p_at_1": value / 2}}
        keep(service, f"bloom-560m?layer={layer}", scored, layer, stratum="distinct")
    yield bare
    with writing(sessions) as session:
        for run in session.query(models.AlignmentRun):
            session.query(models.AlignmentScore).filter_by(run_id=run.id).delete()
            session.delete(run)
    sessions.kw["bind"].dispose()


def test_encoders_and_pairs_stand_with_intervals_and_verdicts(visit: Visit) -> None:
    page = visit.go("/alignment")
    expect(page.locator(".matrix tbody tr")).to_have_count(2)
    said = answer(visit)
    held_out = {**said, "pairs": said["held_out"]}
    found = figure(held_out, "kn", "p_at_1")
    shown = cell(page, "English to Kannada", 1)
    expect(shown).to_contain_text(f"{found['value']:.3f}")
    expect(shown).to_contain_text(f"{found['low']:.3f} to {found['high']:.3f}")
    expect(shown).to_contain_text(f"n = {found['n']:,} words")
    expect(shown).to_contain_text("chance P@1 0.0002")
    assert [one["verdict"] for one in said["held_out"]] == ["weakly aligned"] * 2
    expect(shown.locator(".badge")).to_have_text("weakly aligned")
    memory = cell(page, "English to Kannada", 0)
    expect(memory).to_contain_text(f"{figure(said, 'kn', 'p_at_1')['value']:.3f}†")
    expect(memory.locator(".badge")).to_have_text(re.compile("†.memorised"))
    expect(page.locator(".notes")).to_contain_text("trained on this lexicon")
    visit.drawn(plot(page))
    cells = page.frame_locator("iframe.plot").locator("text")
    expect(cells.filter(has_text=f"{found['value']:.3f}")).to_have_count(1)
    expect(page.locator("figure")).to_contain_text("Memorised figures have no colour")
    assert visit.faults() == []
    assert visit.overflows() == []


def test_figure_and_pairs_of_words_are_in_the_address(visit: Visit) -> None:
    page = visit.go("/alignment?metric=auc")
    said = answer(visit)
    expect(cell(page, "English to French", 0)).to_contain_text("1.000†")
    chooser = page.get_by_label("Figure", exact=True)
    chooser.focus()
    chooser.select_option("gap")
    expect(cell(page, "English to French", 0)).to_contain_text(
        f"{figure(said, 'fr', 'gap')['value']:.3f}"
    )
    expect(chooser).to_be_focused()
    page.get_by_label("Pairs of words", exact=True).select_option("all")
    everything = f"{figure(said, 'fr', 'gap', 'all')['value']:.3f}"
    expect(cell(page, "English to French", 0)).to_contain_text(everything)
    assert visit.parameters() == {"metric": "gap", "stratum": "all"}
    page.reload()
    expect(cell(page, "English to French", 0)).to_contain_text(everything)
    page.go_back()
    page.go_back()
    expect(chooser).to_have_value("auc")
    expect(page.get_by_label("Pairs of words", exact=True)).to_have_value("distinct")
    expect(cell(page, "English to French", 0)).to_contain_text("1.000†")
    page.get_by_label("Figure", exact=True).select_option("cosine_mean")
    random = figure(said, "fr", "random_cosine_mean")["value"]
    expect(cell(page, "English to French", 0)).to_contain_text(f"random pairs {random:.3f}")


def test_one_pair_has_every_figure_and_its_parts(visit: Visit) -> None:
    page = visit.go("/alignment")
    cell(page, "English to French", 0).get_by_role("link").click()
    expect(page.get_by_role("heading", name="English to French under embedded")).to_be_focused()
    assert visit.parameters() == {"open": "pair", "under": "embedded", "pair": "en-fr"}
    (said,) = answer(visit, source="en", target="fr")["pairs"]
    row = page.locator(".metrics tr").filter(has=page.get_by_role("rowheader", name=r"hubness"))
    expect(row).to_contain_text("Skewness of how often a target word is among the 10 nearest")
    for place, stratum in enumerate(("all", "distinct")):
        found = said[stratum]["hubness"]
        expect(row.get_by_role("cell").nth(place)).to_contain_text(
            f"{found['value']:.3f}†{found['low']:.3f} to {found['high']:.3f}n = {found['n']:,}"
        )
    expect(page.locator(".metrics .metric")).to_have_count(sum(map(bool, said["all"].values())))
    parts = page.locator(".broken-down tbody tr")
    expect(parts.first).to_contain_text("noun")
    chooser = page.get_by_label("Broken down by", exact=True)
    chooser.focus()
    chooser.select_option("frequency")
    expect(parts.first).to_contain_text("3 to 4")
    bands = [name for name in said["strata"] if name.startswith("frequency=")]
    expect(parts).to_have_count(len(bands))
    expect(chooser).to_be_focused()
    found = said["strata"]["frequency=3 to 4"]["p_at_1"]
    expect(parts.first).to_contain_text(f"{found['low']:.3f} to {found['high']:.3f}")
    page.go_back()
    expect(parts.first).to_contain_text("noun")
    page.go_back()
    expect(page.locator(".matrix")).to_be_visible()


def test_translations_are_drawn_against_random_pairs(visit: Visit) -> None:
    page = visit.go(PAIR)
    visit.drawn(plot(page))
    said = answer(visit, "/distributions", source="en", target="fr", distinct="true")
    means, area = said["means"], said["auc"]
    spread = page.locator(".spread")
    expect(spread).to_contain_text(
        f"translations {means['translations']:.3f}†, of random pairs {means['random']:.3f}†"
    )
    expect(spread).to_contain_text(f"random pair: {area['value']:.3f} ({area['low']:.3f} to")
    inside = page.frame_locator("iframe.plot")
    expect(inside.locator(".legendtext")).to_have_text(["translations", "random pairs"])
    expect(inside.locator(".trace.bars")).to_have_count(2)
    spread.get_by_text("The same as a table").click()
    expect(spread.locator("tbody tr")).to_have_count(len(said["translations"]))
    assert visit.faults() == []
    page.get_by_label("Pairs of words", exact=True).select_option("all")
    expect(spread).to_contain_text("7,021 concepts; All pairs")


def test_table_1_of_the_study_stands_beside_ours(visit: Visit) -> None:
    page = visit.go("/alignment?open=table1")
    rows = page.locator(".study tbody tr")
    expect(rows.first).to_contain_text(re.compile(r"English to French\s*0\.98\s*0\.95\s*0\.90"))
    said = answer(visit, "/table1")
    ours = next(one for one in said["ours"] if one["target"] == "fr")
    expect(rows.first).to_contain_text(f"embedded †{ours['mean_first']:.3f}†")
    expect(rows.first).to_contain_text(f"{ours['random']['value']:.3f}†")
    expect(rows.first.locator(".badge")).to_have_text(re.compile("memorised"))
    expect(rows.nth(1)).to_contain_text("embedded, held out")
    expect(rows.nth(1).locator(".badge")).to_have_text("weakly aligned")
    expect(rows.nth(2)).to_contain_text("-0.003")
    expect(rows.nth(2)).to_contain_text("no report")
    expect(page.locator(".alignment")).to_contain_text("0.98 as random pairs and 0 once that mean")
    assert visit.faults() == []
    assert visit.overflows() == []
    with saved(page, "Download CSV") as files:
        pass
    lines = list(csv.DictReader(StringIO(bytes_of(files[0]).decode("utf-8-sig"))))
    studied = [float(one["mean_cosine"]) for one in lines if one["of"] == "study"]
    assert studied[:3] == [0.98, 0.95, 0.9]
    assert min(studied) == -0.18


def test_what_is_shown_can_be_saved(visit: Visit) -> None:
    page = visit.go("/alignment?metric=auc")
    expect(cell(page, "English to French", 0)).to_be_visible()
    said = answer(visit)
    with saved(page, "Download CSV") as files:
        pass
    assert files[0].suggested_filename == "alignment-auc-distinct.csv"
    text = bytes_of(files[0]).decode("utf-8-sig")
    assert text.count("\r\n") == len(text.splitlines()) == 5
    lines = list(csv.DictReader(StringIO(text)))
    (one,) = (line for line in lines if (line["encoder"], line["target"]) == (HELD_OUT, "kn"))
    found = figure({"pairs": said["held_out"]}, "kn", "auc")
    assert {name: float(one[name]) for name in ("value", "low", "high", "n")} == found
    assert one["verdict"] == "weakly aligned"
    with saved(page, "Download JSON: embedded") as files:
        pass
    assert json.loads(bytes_of(files[0])) == said
    visit.drawn(plot(page))
    with saved(page, "Download PNG") as files:
        pass
    assert bytes_of(files[0]).startswith(b"\x89PNG\r\n\x1a\n")


def test_no_cell_of_a_csv_is_a_formula(visit: Visit) -> None:
    page = visit.go("/alignment")
    text = page.evaluate(
        """async () => (await import("/assets/js/downloads.js")).csv([
             ["=1+1", " @SUM(A1)", "-x", 'a "b", c'], [-0.5, null, true, "two\\nlines"]])"""
    )
    assert list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        ["'=1+1", "' @SUM(A1)", "'-x", 'a "b", c'],
        ["-0.5", "", "true", "two\nlines"],
    ]


def test_a_cell_of_the_heat_map_leads_to_its_pair(visit: Visit) -> None:
    page = visit.go("/alignment")
    visit.drawn(plot(page))
    field = page.frame_locator("iframe.plot").locator(".nsewdrag").first
    size = field.bounding_box()
    assert size is not None
    field.click(position={"x": size["width"] * 0.75, "y": size["height"] * 0.75})
    expect(page.get_by_role("heading", name="English to Kannada under embedded")).to_be_visible()
    assert visit.parameters() == {"open": "pair", "under": HELD_OUT, "pair": "en-kn"}
    expect(page.locator(".spread .notice")).to_contain_text("was trained on these words")


def test_what_no_report_has_is_said(visit: Visit) -> None:
    page = visit.go("/alignment?metric=beauty&stratum=some&encoder=labse&pair=xx-yy&open=sesame")
    said = page.locator("ul.notice li")
    expect(said).to_have_count(5)
    expect(said.first).to_have_text(re.compile("“labse”.*lexicon report --encoder labse"))
    expect(page.locator(".matrix")).to_be_visible()
    visit.go("/alignment?open=layers")
    expect(page.locator(".alignment")).to_contain_text("No checkpoint has stored reports")
    expect(page.locator(".alignment")).to_contain_text("lexicon report --encoder NAME --layer all")


def test_without_reports_the_page_says_how_to_make_one(browser: Browser, bare: Own) -> None:
    with Visit.begun(browser, bare.site) as visit:
        page = visit.go("/alignment?metric=auc")
        expect(page.get_by_role("heading", name="No report is stored yet")).to_be_visible()
        expect(page.locator(".nothing")).to_contain_text("lexicon report --encoder NAME")
        assert visit.faults() == []
        page.get_by_role("link", name="Table 1 of the study").click()
        expect(page.locator(".study tbody tr")).to_have_count(4)
        expect(page.locator(".study tbody tr").first).to_contain_text("0.980.950.90no report")


def test_layers_of_a_checkpoint_make_curves(browser: Browser, layered: Own) -> None:
    with Visit.begun(browser, layered.site) as visit:
        # Whole reports of what is not on this machine cannot be had, their curves can.
        visit.tolerated.append("status of 422")
        page = visit.go("/alignment?open=layers")
        visit.drawn(plot(page))
        inside = page.frame_locator("iframe.plot")
        expect(inside.locator(".legendtext")).to_have_text(["en→fr", "en→kn"])
        page.get_by_text("The same as a table").click()
        expect(page.locator("details tbody tr").nth(1)).to_have_text(
            re.compile(r"1\s*0\.700 \(0\.600 to 0\.800\)\s*0\.350 \(0\.250 to 0\.450\)")
        )
        page.goto(f"{layered.site}/alignment?open=layers&pair=en-kn")
        expect(page.locator("details thead th")).to_have_text(["Layer", "en→kn"])
        expect(page.get_by_label("Checkpoint")).to_have_value("bloom-560m")
        assert visit.faults() == []


def test_a_report_that_is_out_of_date_is_marked(browser: Browser, own: Own) -> None:
    with changed(own.home) as session:
        run = session.query(models.AlignmentRun).one()
        kept: Mapping[str, Any] = dict(run.generations)
        run.generations = {**kept, "fr": "an-older-one"}
    with Visit.begun(browser, own.site) as visit:
        page = visit.go("/alignment")
        expect(page.locator(".matrix thead .badge")).to_have_text(["out of date"])
        expect(page.locator(".notes")).to_contain_text("built again since this report")
        visit.go(PAIR)
        expect(page.locator(".facts .badge").nth(1)).to_have_text("out of date")
    with changed(own.home) as session:
        session.query(models.AlignmentRun).one().generations = dict(kept)


def test_a_service_that_is_away_is_said_and_asked_again(visit: Visit) -> None:
    visit.tolerated.append("ERR_FAILED")
    page = visit.page
    page.route("**/v1/alignment/runs*", lambda route: route.abort())
    page.goto(visit.site + "/alignment")
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer")
    expect(page.get_by_role("heading", name="Alignment", exact=True)).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(cell(page, "English to French", 0)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "width", "address", "title"),
    [
        ("kn-IN", PHONE["width"], PAIR, "ಹೊಂದಾಣಿಕೆ"),
        ("fr-FR", 360, "/alignment?metric=cosine_mean", "Alignement"),
        ("hi-IN", 360, "/alignment?open=table1", "संरेखण"),
    ],
)
def test_on_a_phone_in_the_dark(
    browser: Browser, site: str, language: str, width: int, address: str, title: str
) -> None:
    options = {"viewport": {**PHONE, "width": width}, "locale": language, "color_scheme": "dark"}
    with Visit.begun(browser, site, **options) as visit:
        page = visit.go(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator(".alignment table").first).to_be_attached()
        visit.settled()
        assert visit.overflows() == []
        assert visit.faults() == []
