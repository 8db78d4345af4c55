"""Words: concepts that are browsed, read and, with a key, changed."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.own import Own
from tests.web.visits import DESK, PHONE, Visit

REFUSED = "Failed to load resource"
"""What Chromium writes into its console of an answer that is an error."""


@pytest.fixture
def desk(browser: Browser, own: Own) -> Iterator[Visit]:
    """A visitor of a service that may be written to."""
    with Visit.begun(browser, own.site) as visit:
        yield visit


def keys(page: Page) -> list[str]:
    """Those of the concepts that are listed."""
    found: list[str] = page.locator(".concepts a").evaluate_all(
        "all => all.map(one => one.dataset.key)"
    )
    return found


def opened(page: Page) -> Locator:
    return page.locator(".concept-open")


def group(page: Page, language: str) -> Locator:
    """The words of a language, of the concept that is open."""
    return opened(page).locator(f".word-group[data-language={language}]")


def concept(own: Own, key: str) -> dict[str, Any]:
    found: dict[str, Any] = own.ask("GET", f"/v1/concepts/{quote(key, safe='')}")
    return found


def editing(visit: Visit, key: str, write: str = "") -> Page:
    """The form over a concept, with the key that may write if one is given."""
    page = visit.go(f"/words?concept={key}&edit=true")
    expect(opened(page).get_by_role("heading", name=f"Edit {key}")).to_be_visible()
    if write:
        page.get_by_label("Write key").fill(write)
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def saved(page: Page) -> None:
    """Wait until the concept is shown as it is stored."""
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()


def test_concepts_are_filtered_and_the_address_says_how(visit: Visit) -> None:
    page = visit.go("/words")
    assert len(keys(page)) == 40
    page.get_by_label("Semantic field").select_option("motion")
    page.get_by_label("Part of speech").select_option("verb")
    expect(page.get_by_label("Semantic field")).to_have_value("motion")
    page.get_by_label("A word begins with").fill("ಈಜ")
    expect(page.locator(".concepts a")).to_have_count(1)
    expect(page.locator(".concepts .word", has_text="ಈಜ")).to_have_attribute("lang", "kn")
    assert visit.parameters() == {"field": "motion", "pos": "verb", "prefix": "ಈಜ"}
    [swim] = keys(page)
    page.reload()
    expect(page.locator(".concepts a")).to_have_count(1)
    assert keys(page) == [swim] == ["swim.verb.1"]
    expect(page.get_by_label("A word begins with")).to_have_value("ಈಜ")
    page.get_by_label("Language", exact=True).select_option("fr")
    expect(page.get_by_text("No concept is like that.")).to_be_visible()
    page.go_back()
    expect(page.locator(".concepts a")).to_have_count(1)


def test_pages_follow_one_another(visit: Visit) -> None:
    page = visit.go("/words?field=water")
    first = keys(page)
    assert len(first) == 40
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="First page")).to_be_visible()
    second = keys(page)
    assert second[0] > first[-1]
    assert set(visit.parameters()) == {"field", "cursor"}
    expect(page.locator(".concept-list h2")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name="First page")).to_have_count(0)
    assert keys(page) == first


def test_a_concept_is_opened_read_and_left(visit: Visit) -> None:
    page = visit.go("/words?prefix=wat")
    page.locator("a[data-key='water.noun.1']").click()
    expect(opened(page).locator("h2")).to_be_focused()
    assert visit.parameters() == {"prefix": "wat", "concept": "water.noun.1"}
    for text in ("clear liquid", "noun", "semantic-lexicon", "water.noun.1"):
        expect(opened(page).locator(".concept-facts")).to_contain_text(text)
    for language, words in {"fr": ["eau"], "kn": ["ನೀರು", "ಜಲ", "ಉದಕ"]}.items():
        expect(group(page, language).locator("li .word")).to_have_text(words)
        expect(group(page, language).locator("li .word").first).to_have_attribute("lang", language)
    assert visit.faults() == []
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("a[data-key='water.noun.1']")).to_be_focused()
    page.go_back()
    group(page, "kn").get_by_role("link", name="ನೀರು").click()
    page.wait_for_url("**/?q=*")
    assert visit.parameters() == {"q": "ನೀರು", "from": "kn"}


def test_nonsense_in_the_address_ends_in_a_sentence(visit: Visit) -> None:
    visit.tolerated.append(REFUSED)
    for address, said in (
        ("concept=no.such.thing", "unknown concept 'no.such.thing'"),
        ("pos=zzz", "pos='zzz'"),
        ("language=xx", "unknown language 'xx'"),
        ("cursor=!", "cursor"),
        ("field=nowhere", "No concept is like that."),
    ):
        page = visit.go(f"/words?{address}")
        expect(page.locator("#view")).to_contain_text(said)
        expect(page.get_by_role("heading", name="Words", exact=True)).to_be_visible()


def test_an_edit_with_a_key_is_found_by_the_search(desk: Visit, own: Own) -> None:
    key = "waterfall.noun.1"
    before = concept(own, key)["forms"]["kn"]
    page = editing(desk, key, own.key)
    page.get_by_label("Gloss").fill("a place where a river falls")
    page.get_by_label("Semantic field").nth(1).fill("landscape")
    words = group(page, "kn")
    words.get_by_role("button", name="Add a word").click()
    added = words.get_by_label(f"Kannada, word {len(before) + 1}")
    expect(added).to_be_focused()
    page.keyboard.type("ನೀರುಬೀಳು")
    # By keyboard to the first place; the button goes along with its word and keeps the focus.
    for _ in before:
        words.get_by_role("button", name="Move ನೀರುಬೀಳು up").press("Enter")
    expect(words.get_by_role("button", name="Move ನೀರುಬೀಳು down")).to_be_focused()
    save(page)
    saved(page)
    found = concept(own, key)
    assert found["gloss"] == "a place where a river falls"
    assert found["field"] == "landscape"
    assert found["forms"]["kn"] == ["ನೀರುಬೀಳು", *before]
    assert found["forms"]["fr"] == ["cascade", *found["forms"]["fr"][1:]]
    expect(group(page, "kn").locator("li .word").first).to_have_text("ನೀರುಬೀಳು")
    assert desk.parameters() == {"concept": key}
    # The key is of the tab, and nowhere that is kept, shared or logged.
    assert not [address for address in desk.asked if own.key in address]
    assert page.evaluate("() => JSON.stringify(localStorage)").find(own.key) == -1
    page = desk.go(f"/?q={quote('ನೀರುಬೀಳು')}&from=kn&to=fr")
    expect(page.locator("#view")).to_contain_text("cascade")


def test_without_a_key_nothing_is_written_and_nothing_is_lost(desk: Visit, own: Own) -> None:
    desk.tolerated.append(REFUSED)
    before = concept(own, "watch.noun.1")
    page = editing(desk, "watch.noun.1")
    page.get_by_label("Gloss").fill("a small clock")
    save(page)
    write = page.get_by_label("Write key")
    expect(write).to_be_focused()
    expect(write).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("this needs a key that may write")).to_be_visible()
    expect(page.get_by_label("Gloss")).to_have_value("a small clock")
    assert desk.faults() == []
    write.fill("lex_0a1b2c3d_" + "x" * 43)
    save(page)
    expect(page.get_by_text("the key is unknown, revoked or expired")).to_be_visible()
    assert concept(own, "watch.noun.1") == before
    write.fill(own.key)
    save(page)
    saved(page)
    assert concept(own, "watch.noun.1") == {**before, "gloss": "a small clock"}


def test_what_is_wrong_is_said_beside_its_field(desk: Visit, own: Own) -> None:
    desk.tolerated.append(REFUSED)
    before = concept(own, "pot.noun.1")
    page = editing(desk, "pot.noun.1", own.key)
    page.get_by_label("Gloss").fill(" ")
    save(page)
    expect(page.get_by_label("Gloss")).to_be_focused()
    expect(page.get_by_label("Gloss")).to_have_accessible_description(
        "Write what the words mean. What the words mean, in English."
    )
    page.get_by_label("Gloss").fill(before["gloss"])
    words = group(page, "kn")
    words.get_by_role("button", name="Add a word").click()
    page.keyboard.type("kettle")
    page.keyboard.press("Enter")
    wrong = words.locator("[aria-invalid=true]")
    expect(wrong).to_have_value("kettle")
    expect(wrong).to_be_focused()
    expect(words.locator(".fault")).to_contain_text("is written in Latn, not Knda")
    expect(page.get_by_label("Gloss")).to_have_attribute("aria-invalid", "false")
    assert desk.faults() == []
    page.get_by_label("Take words in another script").check()
    save(page)
    saved(page)
    assert concept(own, "pot.noun.1")["forms"]["kn"] == [*before["forms"]["kn"], "kettle"]


def test_two_editors_do_not_overwrite_one_another(desk: Visit, own: Own) -> None:
    desk.tolerated.append(REFUSED)
    address = "/v1/concepts/watermelon.noun.1"
    forms = concept(own, "watermelon.noun.1")["forms"]
    page = editing(desk, "watermelon.noun.1", own.key)
    page.get_by_label("Gloss").fill("mine")
    own.ask(
        "PATCH", address, json={"gloss": "theirs", "add": [{"language": "en", "lemma": "melon"}]}
    )
    save(page)
    notice = page.get_by_role("group", name="Somebody else changed this concept meanwhile")
    expect(notice).to_be_focused()
    expect(notice.locator("tbody tr")).to_have_count(2)
    expect(notice.locator("tbody tr").first.locator("td")).to_have_text(["theirs", "mine"])
    expect(page.get_by_label("Gloss")).to_have_value("mine")
    assert concept(own, "watermelon.noun.1")["gloss"] == "theirs"
    assert desk.faults() == []
    notice.get_by_role("button", name="Save yours over it").click()
    saved(page)
    assert concept(own, "watermelon.noun.1")["gloss"] == "mine"
    assert concept(own, "watermelon.noun.1")["forms"] == forms
    page = editing(desk, "watermelon.noun.1")
    page.get_by_label("Gloss").fill("mine again")
    own.ask("PATCH", address, json={"gloss": "theirs again"})
    save(page)
    page.get_by_role("button", name="Take theirs").click()
    saved(page)
    expect(opened(page).locator(".concept-facts")).to_contain_text("theirs again")


def test_a_concept_is_added_and_removed_after_a_question(desk: Visit, own: Own) -> None:
    page = desk.go("/words")
    page.get_by_role("link", name="New concept").click()
    expect(opened(page).get_by_role("heading", name="New concept")).to_be_focused()
    page.get_by_label("Gloss").fill("spiced milk tea")
    page.get_by_label("Write key").fill(own.key)
    page.get_by_role("button", name="Add the concept").click()
    expect(page.get_by_text("Give at least one word in some language.").first).to_be_visible()
    for language, lemma in (("en", "chaimasala"), ("kn", "ಮಸಾಲಾ ಚಹಾ")):
        group(page, language).get_by_role("button", name="Add a word").click()
        page.keyboard.type(lemma)
    page.get_by_role("button", name="Add the concept").click()
    saved(page)
    assert desk.parameters() == {"concept": "chaimasala.noun.1"}
    assert concept(own, "chaimasala.noun.1")["forms"] == {
        "en": ["chaimasala"],
        "kn": ["ಮಸಾಲಾ ಚಹಾ"],
    }
    page.get_by_role("link", name="Edit", exact=True).click()
    # The key is still that of this tab.
    page.get_by_role("button", name="Remove the concept").click()
    question = page.get_by_role("dialog", name="Remove chaimasala.noun.1?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    assert desk.faults() == []
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    assert concept(own, "chaimasala.noun.1")["gloss"] == "spiced milk tea"
    page.get_by_role("button", name="Remove the concept").click()
    question.get_by_role("button", name="Remove", exact=True).click()
    expect(opened(page)).to_be_hidden()
    assert desk.parameters() == {}
    assert own.ask("GET", "/v1/concepts?prefix=chaimasala")["concepts"] == []


def test_a_service_that_is_away_takes_nothing_from_the_form(desk: Visit, own: Own) -> None:
    desk.tolerated.append(REFUSED)
    page = editing(desk, "watchman.noun.1", own.key)
    page.get_by_label("Gloss").fill("one who guards at night")
    page.route("**/v1/**", lambda route: route.abort())
    save(page)
    expect(page.get_by_text("The service does not answer.").first).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    page.unroute("**/v1/**")
    page.go_back()
    # Whoever strays and comes back finds what was typed.
    expect(page.get_by_label("Gloss")).to_have_value("one who guards at night")
    save(page)
    saved(page)
    assert concept(own, "watchman.noun.1")["gloss"] == "one who guards at night"
    page.route("**/v1/**", lambda route: route.abort())
    page.get_by_label("A word begins with").fill("ab")
    expect(page.get_by_role("alert").first).to_contain_text("The service does not answer.")
    page.unroute("**/v1/**")
    page.locator(".concept-list").get_by_role("button", name="Try again").click()
    expect(page.locator(".concepts a").first).to_contain_text("ab")


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit.go("/words")
    page.get_by_label("A word begins with").focus()
    page.keyboard.type("waterf")
    expect(page.locator(".concepts a")).to_have_count(1)
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.locator(".concepts a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(opened(page).locator("h2")).to_be_focused()
    page.get_by_role("link", name="Edit", exact=True).press("Enter")
    expect(opened(page).locator("h2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Gloss")).to_be_focused()
    words = group(page, "en")
    words.get_by_role("button", name="Remove waterfall").press("Enter")
    # The next word takes its place, and the focus.
    expect(words.get_by_label("English, word 1")).to_be_focused()
    expect(words.get_by_label("English, word 1")).to_have_value("cascade")


@pytest.mark.parametrize("locale", ["fr-FR", "hi-IN"])
def test_a_phone_in_the_dark(browser: Browser, site: str, locale: str) -> None:
    options = {"viewport": PHONE, "color_scheme": "dark", "locale": locale}
    with Visit.begun(browser, site, **options) as visit:
        for address in ("?prefix=wat", "?concept=water.noun.1", "?concept=water.noun.1&edit=true"):
            page = visit.go(f"/words{address}")
            expect(page.locator(".concepts a, .concept-open h2").first).to_be_attached()
            assert visit.overflows() == []
            assert visit.faults() == []
        expect(page.locator(".concepts")).to_be_hidden()
        page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
        expect(page.locator(".concepts")).to_be_visible()
