"""The map: words of a field or of the whole lexicon, lines between translations."""

import re
from collections.abc import Mapping
from math import dist
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.web.visits import PATIENCE, PHONE, Visit

STALLS = "GPU stall due to ReadPixels"
"""What Chromium says of WebGL without a graphics card."""

PCA = "/map?method=pca"


def atlas(visit: Visit, **parameters: str | int) -> Mapping[str, Any]:
    """What the service says of a map that is there at once."""
    query = {"concepts": 0, "method": "pca", **parameters}
    answer = visit.page.request.get(f"{visit.site}/v1/map?{urlencode(query)}")
    found: dict[str, Any] = answer.json()
    return found


def frame(page: Page) -> Locator:
    return page.locator("iframe.plot")


def opened(visit: Visit, address: str) -> Page:
    page = visit.go(address)
    visit.drawn(frame(page))
    return page


def inside(page: Page, script: str, argument: object = None) -> Any:
    """What a script says in the frame, given Plotly's element and an argument."""
    handle = frame(page).element_handle()
    held = handle.content_frame()
    assert held is not None
    return held.evaluate(f"given => (({script})(document.getElementById('plot'), given))", argument)


def drawings(page: Page) -> int:
    return int(frame(page).get_attribute("data-drawn") or 0)


def wait_for_drawing(page: Page, after: int) -> None:
    page.wait_for_function(
        "n => Number(document.querySelector('iframe.plot').dataset.drawn) > n", arg=after
    )


def names(page: Page) -> list[str]:
    """Of the traces that a legend would have."""
    found: list[str] = inside(page, "plot => plot.data.map(one => one.name).filter(Boolean)")
    return found


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where in the window a point of the map lies."""
    box = frame(page).bounding_box()
    assert box is not None
    left, top = inside(
        page,
        """(plot, [x, y]) => {
          const {xaxis, yaxis} = plot._fullLayout;
          return [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];
        }""",
        [x, y],
    )
    return box["x"] + left, box["y"] + top


def loneliest(words: Mapping[str, list[Any]]) -> int:
    """The word that lies farthest from its nearest neighbour."""
    points: list[tuple[float, float]] = list(zip(words["x"], words["y"], strict=True))

    def room(at: int) -> float:
        x, y = points[at]
        return min(dist((x, y), one) for i, one in enumerate(points) if i != at)

    return max(range(len(points)), key=room)


def about(page: Page) -> Locator:
    return page.get_by_label("Words of", exact=True)


def chosen(page: Page) -> Locator:
    return page.get_by_role("region", name="Highlighted word")


def test_the_first_look_is_a_small_field(visit: Visit) -> None:
    page = opened(visit, "/map")
    held = atlas(visit, field="colour")
    words = held["words"]["form"]
    said = f"{len(words)} words of {held['concepts']} concepts of the field “colour”"
    expect(page.locator(".facts")).to_contain_text(said)
    assert visit.parameters() == {}
    assert names(page) == ["English", "French", "Hindi", "Kannada"]
    drawn = inside(
        page,
        "plot => plot.data.filter(one => one.name).reduce((sum, one) => sum + one.x.length, 0)",
    )
    assert drawn == len(words)
    kannada = held["words"]["language"].count("kn")
    expect(page.locator(".legend label").filter(has_text="Kannada")).to_contain_text(str(kannada))
    expect(page.get_by_text("was trained on this lexicon")).to_be_visible()


def test_a_click_highlights_the_word_and_offers_to_search_for_it(visit: Visit) -> None:
    page = opened(visit, PCA)
    held = atlas(visit, field="colour")
    words = held["words"]
    at = loneliest(words)
    word, language = words["form"][at], words["language"][at]
    before = inside(page, "plot => plot.layout.xaxis.range")
    left, top = spot(page, words["x"][at], words["y"][at])
    page.mouse.move(left, top)
    hover = frame(page).content_frame.locator(".hoverlayer")
    expect(hover).to_contain_text(word)
    expect(hover).to_contain_text(words["gloss"][at][:20])
    drawn = drawings(page)
    page.mouse.click(left, top)
    heading = chosen(page).get_by_role("heading", level=2)
    expect(heading).to_contain_text(word)
    expect(heading.locator(".word")).to_have_attribute("lang", language)
    assert visit.parameters() == {"method": "pca", "word": word, "from": language}
    joined = {one if two == at else two for one, two in held["lines"] if at in (one, two)}
    expect(chosen(page).get_by_role("list").first.get_by_role("listitem")).to_have_count(
        len(joined) or 6
    )
    # Whoever points at a word sees it: the map stays where it is.
    wait_for_drawing(page, drawn)
    assert inside(page, "plot => plot.layout.xaxis.range") == pytest.approx(before)
    page.get_by_role("link", name="Search for this word").click()
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Search")
    assert visit.parameters() == {"q": word, "from": language}


def test_a_word_is_found_among_those_of_the_map_and_shown_from_near(visit: Visit) -> None:
    page = opened(visit, PCA)
    wide = inside(page, "plot => plot.layout.xaxis.range")
    box = page.get_by_role("combobox", name="Find a word on the map")
    box.press_sequentially("nīl")
    options = page.get_by_role("listbox", name="Words on the map").get_by_role("option")
    # Accents do not matter, nor that the word is written in another script.
    expect(options.filter(has_text="नीला").first).to_be_visible()
    box.fill("BLU")
    expect(options.first).to_contain_text("blue")
    drawn = drawings(page)
    box.press("ArrowDown")
    box.press("Enter")
    expect(chosen(page).get_by_role("heading", level=2)).to_contain_text("blue")
    assert visit.parameters()["word"] == "blue"
    expect(page.locator("#said")).to_have_text(re.compile("blue is highlighted, with 3 trans"))
    wait_for_drawing(page, drawn)
    near = inside(page, "plot => plot.layout.xaxis.range")
    assert near[1] - near[0] < (wide[1] - wide[0]) / 2
    words = atlas(visit, field="colour")["words"]
    assert near[0] < words["x"][words["form"].index("blue")] < near[1]
    flags = inside(page, "plot => plot.layout.annotations.map(one => one.text)")
    assert "<b>blue</b>" in flags
    assert {"bleu", "नीला", "ನೀಲಿ"} <= set(flags)

    box.fill("zebra")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_text("“zebra” is not among the words shown")).to_be_visible()
    expect(chosen(page)).to_contain_text("Choose a point")


def test_languages_and_lines_are_switched_in_the_address(visit: Visit) -> None:
    page = opened(visit, PCA)
    assert inside(page, "plot => plot.data[0].mode") == "lines"
    drawn = drawings(page)
    page.get_by_label("French").uncheck()
    wait_for_drawing(page, drawn)
    assert names(page) == ["English", "Hindi", "Kannada"]
    assert page.url.endswith("&language=en&language=hi&language=kn")
    # What is shown has moved nowhere; the map of these alone is another.
    before = inside(page, "plot => Array.from(plot.data[1].x).slice(0, 5)")
    drawn = drawings(page)
    page.get_by_label("Place these languages alone").check()
    wait_for_drawing(page, drawn)
    assert inside(page, "plot => Array.from(plot.data[1].x).slice(0, 5)") != before
    expect(page.get_by_label("French")).not_to_be_checked()
    drawn = drawings(page)
    page.get_by_label("Lines between translations").uncheck()
    wait_for_drawing(page, drawn)
    assert inside(page, "plot => plot.data[0].mode") == "markers"
    for _ in range(3):
        drawn = drawings(page)
        page.go_back()
        wait_for_drawing(page, drawn)
    expect(page.get_by_label("French")).to_be_checked()
    assert names(page) == ["English", "French", "Hindi", "Kannada"]
    assert visit.parameters() == {"method": "pca"}
    for name in ("English", "French", "Hindi"):
        page.get_by_label(name).uncheck()
    page.get_by_label("Kannada").click()
    expect(page.get_by_label("Kannada")).to_be_checked()
    expect(page.locator("#said")).to_have_text("One language has to stay.")


def test_principal_components_are_shown_until_tsne_is_there(visit: Visit) -> None:
    visit.page.goto(f"{visit.site}/map?concepts=160")
    page = visit.page
    bar = page.get_by_role("progressbar", name="Rounds of t-SNE")
    expect(bar).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".progress")).to_contain_text("Meanwhile the map shows principal comp")
    visit.drawn(frame(page))
    assert inside(page, "plot => plot.layout.xaxis.title?.text").startswith("Component 1: ")
    # A word may be highlighted meanwhile.
    box = page.get_by_role("combobox", name="Find a word on the map")
    form = atlas(visit, concepts=160)["words"]["form"][0]
    box.fill(form)
    box.press("Enter")
    expect(chosen(page).get_by_role("heading", level=2)).to_contain_text(form)
    expect(bar).to_be_hidden(timeout=3 * PATIENCE)
    expect(page.get_by_text("Distances between groups that lie far apart")).to_be_visible()
    page.wait_for_function(
        "() => document.querySelector('#said').textContent === 'The t-SNE map is shown.'"
    )
    assert inside(page, "plot => plot.layout.xaxis.visible") is False
    expect(chosen(page).get_by_role("heading", level=2)).to_contain_text(form)


def test_twelve_thousand_words_are_drawn_by_webgl(visit: Visit) -> None:
    visit.tolerated.append(STALLS)
    page = opened(visit, "/map?concepts=1700&method=pca")
    held = atlas(visit, concepts=1700)
    count = len(held["words"]["form"])
    assert count > 11_000
    expect(page.locator(".facts")).to_contain_text(f"Lines are not drawn: {len(held['lines']):,}")
    kinds = inside(page, "plot => plot.data.map(one => [one.type, one.mode, one.x.length])")
    assert {(kind, mode) for kind, mode, _ in kinds} == {("scattergl", "markers")}
    assert sum(number for *_, number in kinds) == count
    # Nor are there as many rows.
    page.get_by_text(f"The {count:,} words as a table").click()
    rows = page.locator(".words tbody tr")
    expect(rows).to_have_count(50)
    first = rows.first.inner_text()
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_text(f"51–100 of {count:,}")).to_be_visible()
    expect(rows).to_have_count(50)
    assert rows.first.inner_text() != first
    assert visit.parameters()["page"] == "2"
    # From near enough, words are written.
    assert "text" not in str(kinds)
    drawn = drawings(page)
    rows.first.get_by_role("button").click()
    wait_for_drawing(page, drawn)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(
        "n => Number(document.querySelector('iframe.plot').dataset.drawn) > n", arg=drawn + 1
    )
    modes = inside(page, "plot => plot.data.map(one => one.mode)")
    assert "markers+text" in modes


def test_what_is_too_much_for_tsne_is_shown_by_principal_components(visit: Visit) -> None:
    visit.tolerated += [STALLS, "the server responded with a status of 422"]
    page = opened(visit, "/map?concepts=0")
    expect(page.get_by_role("alert")).to_contain_text("would have more than 20,000 words")
    expect(page.locator(".progress")).to_contain_text("it shows principal components")
    assert inside(page, "plot => plot.layout.xaxis.title?.text").startswith("Component 1: ")
    # Nothing is asked again for what is known.
    asked = [one for one in visit.asked if "/v1/map" in one]
    page.get_by_label("English").uncheck()
    expect(page.locator(".legend input:checked")).to_have_count(4)
    expect(page.get_by_role("alert")).to_contain_text("would have more than 20,000 words")
    assert [one for one in visit.asked if "/v1/map" in one] == asked


def test_the_address_is_the_whole_state(visit: Visit) -> None:
    page = opened(
        visit, "/map?field=emotion&method=pca&lines=off&language=en&language=kn&word=ಸಂತೋಷ&page=2"
    )
    expect(about(page)).to_have_value("femotion")
    expect(page.get_by_label("Method")).to_have_value("pca")
    expect(page.get_by_label("Lines between translations")).not_to_be_checked()
    assert names(page) == ["English", "Kannada"]
    expect(chosen(page).get_by_role("heading", level=2)).to_contain_text("ಸಂತೋಷ")
    expect(page.get_by_text(re.compile(r"^51–100 of \d+$"))).to_be_visible()
    expect(page).to_have_title("Map of words: emotion · Semantic Lexicon")
    about(page).select_option("fcolour")
    expect(page.locator(".facts")).to_contain_text("of the field “colour”")
    assert "word" not in visit.parameters()
    page.go_back()
    expect(page.locator(".facts")).to_contain_text("of the field “emotion”")
    expect(chosen(page).get_by_role("heading", level=2)).to_contain_text("ಸಂತೋಷ")
    # The whole lexicon is more than t-SNE is asked for.
    about(page).select_option("c0")
    expect(page.get_by_label("Method")).to_have_value("pca")
    assert visit.parameters()["concepts"] == "0"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("field=colours", "did you mean colour"),
        ("encoder=nobody", "nobody"),
        ("concepts=many", "concepts"),
        ("method=guess", "method"),
    ],
)
def test_nonsense_in_the_address_is_said(visit: Visit, parameters: str, said: str) -> None:
    visit.tolerated.append("the server responded with a status of 4")
    page = visit.go(f"/map?{parameters}")
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(frame(page)).to_be_hidden()
    # And there is a way out.
    about(page).select_option("fwater")
    page.get_by_label("Method").select_option("pca")
    if "encoder" in parameters:
        page.get_by_label("Encoder").select_option("embedded")
    expect(page.locator(".facts")).to_contain_text("of the field “water”")
    expect(frame(page)).to_be_visible()


def test_a_service_that_is_away_is_said_and_asked_again(visit: Visit) -> None:
    visit.tolerated.append("ERR_FAILED")
    page = opened(visit, PCA)

    def away(route: Route) -> None:
        route.abort()

    page.route("**/v1/map?*", away)
    about(page).select_option("fweather")
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer")
    page.unroute("**/v1/map?*", away)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".facts")).to_contain_text("of the field “weather”")
    expect(frame(page)).to_be_visible()


def test_the_keyboard_comes_to_every_word(visit: Visit) -> None:
    page = opened(visit, PCA)
    box = page.get_by_role("combobox", name="Find a word on the map")
    box.focus()
    page.keyboard.type("noir")
    page.keyboard.press("Enter")
    heading = chosen(page).get_by_role("heading", level=2)
    expect(heading).to_contain_text("noir")
    chosen(page).get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    expect(heading).not_to_contain_text("noir")
    # The button is gone; who pressed it stands where the other word begins.
    expect(heading).to_be_focused()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    words = page.locator(".words tbody button")
    words.nth(2).focus()
    page.keyboard.press("Enter")
    expect(words.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(words.nth(2)).to_be_focused()
    expect(heading).to_contain_text(words.nth(2).inner_text())
    later = page.get_by_role("button", name="Later")
    later.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^51–100 of \d+$"))).to_be_visible()
    expect(later).to_be_focused()
    before = inside(page, "plot => plot.layout.xaxis.range")
    page.get_by_role("button", name="Show all").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.textContent === 'Show all'")
    after = inside(page, "plot => plot.layout.xaxis.range")
    assert after[1] - after[0] > before[1] - before[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_all_of_it(browser: Browser, site: str, scheme: str) -> None:
    options = {"viewport": PHONE, "color_scheme": scheme, "locale": "kn-IN", "has_touch": True}
    with Visit.begun(browser, site, **options) as visit:
        page = opened(visit, "/map?method=pca&field=weather&word=ಮಳೆ&page=1")
        expect(page.get_by_role("heading", level=1)).to_have_text("ಪದಗಳ ನಕ್ಷೆ")
        assert visit.overflows() == []
        assert visit.faults() == []
        words = atlas(visit, field="weather")["words"]
        at = words["form"].index("ಮಳೆ")
        ring = inside(page, "plot => plot.data.find(one => one.marker?.line?.width > 2).x[0]")
        assert ring == pytest.approx(words["x"][at])
        ink = inside(page, "plot => plot.layout.font.color")
        assert (ink == "#eef1f4") == (scheme == "dark")


def test_the_map_is_saved_as_a_picture(visit: Visit) -> None:
    page = opened(visit, PCA)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    assert download.value.suggested_filename == "map-colour-embedded-pca.png"
    content = download.value.path().read_bytes()
    assert content.startswith(b"\x89PNG")
    width = int.from_bytes(content[16:20], "big")
    box = frame(page).bounding_box()
    assert box is not None
    assert width == pytest.approx(2 * box["width"], abs=4)
