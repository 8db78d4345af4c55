"""What all views share: ways between them, languages, colours, faults."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browsing import environment
from tests.web.own import served
from tests.web.visits import DESK, PHONE, Visit

VIEWS = ("/", "/map", "/alignment", "/inference", "/words")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_for_everybody(
    browser: Browser, site: str, viewport: dict[str, int], scheme: str
) -> None:
    with Visit.begun(browser, site, viewport=viewport, color_scheme=scheme) as visit:
        for address in VIEWS:
            visit.go(address)
            assert visit.faults() == [], address
            assert visit.overflows() == [], address


def test_views_are_reached_by_links_and_by_the_way_back(visit: Visit) -> None:
    page = visit.go("/")
    for name, address in (("Map", "/map"), ("Words", "/words")):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page).to_have_url(visit.site + address)
        visit.settled()
        current = page.locator("nav a[aria-current=page]")
        expect(current).to_have_text(name)
        expect(page).to_have_title(f"{name} · Semantic Lexicon")
    page.go_back()
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Map")
    page.go_forward()
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Words")
    # One document all the while.
    assert [one for one in visit.asked if one in {visit.site + view for view in VIEWS}] == [
        visit.site + "/"
    ]


def test_the_keyboard_comes_past_the_navigation(visit: Visit) -> None:
    page = visit.go("/words")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_be_focused()


@pytest.mark.parametrize(
    ("language", "search"), [("fr", "Recherche"), ("hi", "खोज"), ("kn", "ಹುಡುಕು")]
)
def test_the_page_speaks_four_languages(visit: Visit, language: str, search: str) -> None:
    page = visit.go("/words")
    page.get_by_label("Language of the page").select_option(language)
    expect(page.locator("nav a").first).to_have_text(search)
    expect(page.locator("html")).to_have_attribute("lang", language)
    # And the next time.
    page.reload()
    expect(page.locator("nav a").first).to_have_text(search)


def test_the_language_is_that_of_the_browser(browser: Browser, site: str) -> None:
    with Visit.begun(browser, site, locale="kn-IN") as visit:
        expect(visit.go("/words").locator("html")).to_have_attribute("lang", "kn")


def test_colours_that_were_chosen_stay(visit: Visit) -> None:
    page = visit.go("/words")
    paper = "() => getComputedStyle(document.body.parentElement).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_label("Colours").select_option("dark")
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    visit.settled()
    assert page.evaluate(paper) == dark


def test_a_script_that_does_not_come_is_said(visit: Visit) -> None:
    visit.tolerated += ["Failed to load resource", "Failed to fetch", "dynamically imported"]
    visit.page.route("**/views/words.js", lambda route: route.abort())
    visit.page.goto(visit.site + "/words")
    expect(visit.page.get_by_role("alert")).to_contain_text("did not expect")


def test_the_first_view_is_small_and_loads_no_plots(visit: Visit) -> None:
    sizes: dict[str, int] = {}
    visit.page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    visit.go("/")
    visit.page.wait_for_load_state("networkidle")
    assert len(sizes) > 5
    assert not [url for url in sizes if "plot" in url.rpartition("/")[2].replace("plots.js", "")]
    assert sum(sizes.values()) < 150_000, sizes


def test_a_closed_service_asks_for_its_key(
    browser: Browser, web_home: Path, tmp_path: Path
) -> None:
    closed = {**environment(web_home), "LEXICON_READS": "key"}
    with (
        served(web_home, tmp_path / "home", closed) as own,
        Visit.begun(browser, own.site) as visit,
    ):
        visit.tolerated.append("status of 401")
        page = visit.page
        page.goto(own.site + "/words?concept=water.noun.1")
        page.get_by_label("Key of the service").first.fill(own.key)
        page.get_by_role("button", name="Try again").first.click()
        visit.settled()
        expect(page.locator("#view")).to_contain_text("ನೀರು")
