"""Search: a word of any language, its neighbours, and what the address says of both."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.web.visits import DESK, PHONE, Visit


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Word, phrase or definition")


def card(page: Page, language: str) -> Locator:
    """The results of a language."""
    return page.locator(f".results[data-language={language}]")


def first(page: Page, language: str) -> Locator:
    return card(page, language).locator("ol li").first


def named(page: Page, word: str) -> None:
    """Wait until the page shows what was found for a word."""
    expect(page.locator(".asked h2 .word")).to_have_text(word)


def test_start_invites_with_words_of_every_script(visit: Visit) -> None:
    page = visit.go("/")
    counts = page.locator(".beginning .count")
    expect(counts).to_have_count(4)
    total = sum(int(re.sub(r"\D", "", text)) for text in counts.all_inner_texts())
    expect(page.locator(".lead")).to_contain_text(f"{total:,} words")
    assert total > 40_000
    assert visit.faults() == []
    page.get_by_role("link", name="ಪ್ರೀತಿ").click()
    named(page, "ಪ್ರೀತಿ")
    expect(first(page, "en")).to_contain_text("love")
    assert visit.parameters() == {"q": "ಪ್ರೀತಿ", "from": "kn"}
    # Whoever followed a link reads on at what it led to.
    expect(page.locator(".asked h2")).to_be_focused()


def test_search_in_each_script(visit: Visit) -> None:
    page = visit.go("/")
    for typed, language, target, found in (
        ("water", "en", "kn", "ನೀರು"),
        ("पानी", "hi", "fr", "eau"),
        ("ನೀರು", "kn", "hi", "पानी"),
    ):
        box(page).fill(typed)
        page.get_by_label("From", exact=True).focus()
        expect(page.get_by_label("From", exact=True)).to_have_value(language)
        page.get_by_role("button", name="Search").click()
        named(page, typed)
        expect(page.locator(".asked h2 .word")).to_have_attribute("lang", language)
        result = card(page, target).locator("li", has=page.get_by_text(found, exact=True)).first
        expect(result).to_contain_text("known translation")
        expect(result.locator(".word")).to_have_attribute("lang", target)
    # French and English are written alike: the language is what was chosen.
    box(page).fill("eau")
    page.get_by_label("From", exact=True).select_option("fr")
    named(page, "eau")
    expect(first(page, "en")).to_contain_text("water")
    expect(card(page, "fr")).to_have_count(0)


def test_words_are_suggested_to_the_mouse_and_the_keyboard(visit: Visit) -> None:
    page = visit.go("/")
    offered = page.get_by_role("listbox", name="Suggested words")
    box(page).press_sequentially("libert")
    offered.get_by_role("option", name=re.compile("^liberté French")).click()
    named(page, "liberté")
    assert visit.parameters() == {"q": "liberté", "from": "fr"}
    expect(page.get_by_label("From", exact=True)).to_have_value("fr")

    box(page).fill("")
    box(page).press_sequentially("ಪುಸ್ತ")
    expect(offered.get_by_role("option").first).to_contain_text("ಪುಸ್ತಕ")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    box(page).press("ArrowDown")
    chosen = offered.get_by_role("option", selected=True)
    expect(box(page)).to_have_attribute(
        "aria-activedescendant", chosen.get_attribute("id") or "none"
    )
    word = chosen.locator(".word").inner_text()
    assert visit.faults() == []
    box(page).press("Enter")
    named(page, word)
    assert visit.parameters() == {"q": word, "from": "kn"}

    box(page).fill("paani")
    expect(offered.get_by_role("option").filter(has_text="पानी").first).to_be_visible()
    box(page).press("Escape")
    expect(offered).to_be_hidden()
    expect(box(page)).to_have_value("paani")


def test_the_language_of_the_page_is_a_guess(browser: Browser, site: str) -> None:
    with Visit.begun(browser, site, locale="kn-IN") as visit:
        page = visit.go("/")
        chosen = page.locator("select[name=from]")
        expect(chosen).to_have_value("kn")
        page.locator("input[name=q]").fill("water")
        expect(chosen).to_have_value("en")
        page.locator("input[name=q]").fill("ನೀರು")
        expect(chosen).to_have_value("kn")
        # What somebody has said is no guess: Kannada is typed in Latin letters too.
        chosen.select_option("hi")
        page.locator("input[name=q]").fill("paani")
        expect(chosen).to_have_value("hi")
        page.locator("input[name=q]").press("Enter")
        named(page, "paani")
        expect(page.locator(".results h3").first).to_have_text("ಇಂಗ್ಲಿಷ್")


def test_an_address_says_everything(visit: Visit) -> None:
    page = visit.go(f"/?q={quote('पानी')}&from=hi&to=fr&score=csls&k=5")
    named(page, "पानी")
    for label, value in (
        ("From", "hi"), ("To", "fr"), ("Ranked by", "csls"), ("Words each", "5"), ("Encoder", "")
    ):  # fmt: skip
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    expect(page.locator("ol li")).to_have_count(5)
    expect(first(page, "fr")).to_contain_text(re.compile(r"cosine [01]\.\d\d.*CSLS -?\d\.\d\d"))
    expect(card(page, "fr").locator(".random")).to_contain_text(re.compile(r"random pairs: 0\.\d"))
    expect(page.locator("#score-said")).to_contain_text("near to everything")
    expect(page).to_have_title(re.compile("^पानी · "))
    # A word of the other language is looked up in the other direction.
    first(page, "fr").get_by_role("link").click()
    expect(card(page, "hi")).to_be_visible()
    assert visit.parameters()["from"] == "fr"
    assert visit.parameters()["to"] == "hi"


def test_nonsense_in_an_address_is_told_and_mended(visit: Visit) -> None:
    visit.tolerated.append("422")
    page = visit.go("/?q=water&from=en&k=5000&encoder=nobody")
    expect(page.get_by_role("alert")).to_contain_text("nobody")
    expect(page.get_by_label("Encoder")).to_have_value("nobody")
    page.get_by_label("Encoder").select_option("")
    expect(page.get_by_role("alert")).to_contain_text("5000")
    page.get_by_label("Words each").select_option("5")
    expect(first(page, "fr")).to_contain_text("eau")
    expect(page.get_by_role("alert")).to_have_count(0)
    visit.go("/?q=water&from=xx")
    expect(page.get_by_role("alert")).to_contain_text("xx")


def test_back_and_forward(visit: Visit) -> None:
    page = visit.go("/")
    box(page).fill("friend")
    box(page).press("Enter")
    named(page, "friend")
    page.get_by_label("To", exact=True).select_option("fr")
    expect(card(page, "hi")).to_have_count(0)
    page.go_back()
    expect(card(page, "hi")).to_be_visible()
    expect(page.get_by_label("To", exact=True)).to_have_value("")
    page.go_back()
    expect(page.locator(".start")).to_be_visible()
    expect(page.locator(".asked")).to_have_count(0)
    expect(box(page)).to_have_value("")
    page.go_forward()
    named(page, "friend")
    expect(box(page)).to_have_value("friend")


def test_matrix_and_map_of_a_word(visit: Visit) -> None:
    page = visit.go("/?q=water&from=en")
    heat, near = page.locator(".picture").all()
    visit.drawn(heat.locator("iframe.plot"))
    expect(heat).to_contain_text("Random pairs of words score en–fr 0.")
    heat.get_by_text("The figures as a table").click()
    head = heat.locator("thead th .word").all_inner_texts()
    rows = heat.locator("tbody tr")
    expect(rows).to_have_count(len(head))
    assert head[:2] == ["water", "eau"]
    expect(rows.nth(0).locator("td").nth(0)).to_have_text("1.00")

    visit.drawn(near.locator("iframe.plot"))
    # Of every point, the one whose name the frame draws: what is clicked is what is searched for.
    frame = near.frame_locator("iframe.plot")
    points = frame.locator(".scatterlayer .trace").filter(has_text="eau").locator(".point")
    points.first.click(force=True)
    page.wait_for_url(lambda url: "from=fr" in url)
    named(page, visit.parameters()["q"])
    assert visit.parameters()["q"] != "water"
    page.go_back()
    named(page, "water")
    # The list of the word before goes when that of this one comes.
    listed = near.locator("details")
    expect(listed).to_contain_text("irrigate")
    visit.settled()
    if listed.get_attribute("open") is None:
        near.get_by_text("The neighbours as a list").click()
    near.get_by_role("link", name="irrigate").click()
    named(page, "irrigate")
    visit.settled()


def test_a_definition_is_answered_by_the_reverse_dictionary(visit: Visit) -> None:
    page = visit.go("/?q=a+person+who+repairs+teeth&from=en")
    meanings = page.locator(".meaning")
    expect(meanings.get_by_role("heading")).to_have_text("Words with this meaning")
    found = meanings.locator("ol > li").filter(has_text="doctor who treats teeth")
    for language, word in (("en", "dentist"), ("fr", "dentiste"), ("kn", "ದಂತವೈದ್ಯ")):
        link = found.locator(f"[data-language={language}]").get_by_role("link", name=word)
        expect(link.locator(".word")).to_have_attribute("lang", language)
    found.get_by_role("link", name="dentiste").click()
    named(page, "dentiste")
    expect(meanings).to_have_count(0)


def test_a_word_that_nobody_knows(visit: Visit) -> None:
    page = visit.go("/?q=paani&from=hi")
    expect(page.locator(".notice")).to_contain_text("guesses from its spelling")
    meant = page.get_by_role("navigation", name="Did you mean")
    expect(meant).to_contain_text("typed in Latin letters")
    meant.get_by_role("link", name="पानी", exact=True).click()
    named(page, "पानी")
    expect(page.locator(".notice")).to_have_count(0)
    # A word of another language than was said.
    visit.go("/?q=maison&from=en")
    meant.get_by_role("link", name="maison").click()
    expect(first(page, "en")).to_contain_text("house")
    assert visit.parameters()["from"] == "fr"


def test_service_that_is_away_is_asked_again(visit: Visit) -> None:
    visit.tolerated.append("Failed to load resource|ERR_FAILED")
    alert = visit.page.get_by_role("alert")
    visit.page.route("**/v1/languages", lambda route: route.abort())
    page = visit.go("/?q=friend&from=en")
    expect(alert).to_contain_text("The service does not answer")
    page.unroute("**/v1/languages")
    alert.get_by_role("button", name="Try again").click()
    named(page, "friend")
    page.route("**/v1/**", lambda route: route.abort())
    box(page).fill("water")
    box(page).press("Enter")
    expect(alert).to_contain_text("The service does not answer")
    expect(page.locator("#said")).to_contain_text("The service does not answer")
    page.unroute("**/v1/**")
    alert.get_by_role("button", name="Try again").click()
    expect(first(page, "fr")).to_contain_text("eau")
    expect(alert).to_have_count(0)
    # One part may fail without the others.
    page.route("**/v1/neighbourhood*", lambda route: route.abort())
    box(page).fill("friend")
    page.get_by_role("button", name="Search").click()
    named(page, "friend")
    expect(page.locator(".picture").nth(1).get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(1)
    page.unroute("**/v1/neighbourhood*")
    page.get_by_role("button", name="Try again").click()
    visit.drawn(page.locator(".picture").nth(1).locator("iframe.plot"))
    expect(alert).to_have_count(0)


def test_slow_service_keeps_what_is_there(visit: Visit) -> None:
    page = visit.go("/?q=water&from=en")
    named(page, "water")
    held: list[Route] = []
    page.route("**/v1/translations?*", lambda route: held.append(route))
    box(page).fill("friend")
    box(page).press("Enter")
    expect(page.locator(".answers")).to_have_attribute("aria-busy", "true")
    named(page, "water")
    # The next question makes the first one void.
    page.unroute("**/v1/translations?*")
    box(page).fill("house")
    box(page).press("Enter")
    named(page, "house")
    assert len(held) == 3
    expect(page.locator(".answers")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("alert")).to_have_count(0)
    named(page, "house")


def test_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()
    page.keyboard.type("river")
    page.keyboard.press("Enter")
    named(page, "river")
    expect(page.locator("#said")).to_contain_text("words found for river")
    for label in ("Search", "From", "To", "Encoder", "Ranked by"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_accessible_name(label)
    page.keyboard.press("ArrowDown")
    expect(first(page, "fr")).to_contain_text("CSLS")
    assert visit.parameters()["score"] == "csls"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("fleuve")
    page.keyboard.press("Enter")
    named(page, "fleuve")
    expect(page.locator(".asked h2")).to_be_focused()


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_phone_by_night_and_desk_by_day(
    browser: Browser, site: str, viewport: dict[str, int], scheme: str
) -> None:
    with Visit.begun(browser, site, viewport=viewport, color_scheme=scheme) as visit:
        for asked, pictures in (("water&score=margin&k=5", 2), ("tiny+house+in+woods&k=5", 1)):
            page = visit.go(f"/?q={asked}&from=en")
            tables = page.locator(".picture:visible summary")
            expect(tables).to_have_count(pictures)
            for table in tables.all():
                table.click()
            assert visit.overflows() == []
            assert visit.faults() == []
