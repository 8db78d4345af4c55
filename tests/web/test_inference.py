"""Inference: two texts of one's own, and the stored pairs beside what was said of them."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.own import Own
from tests.web.visits import PHONE, Visit

BASELINE = "embedded-nli is a baseline; for production: lexicon models pull xlmr-base-xnli"
PAIRS = "/inference?open=pairs"


def verdict(page: Page) -> Locator:
    return page.locator(".nli-verdict h2")


def figures(page: Page) -> Sequence[float]:
    """The three probabilities in per cent, in the order of the table."""
    return [float(text.rstrip("%")) for text in page.locator(".figure").all_inner_texts()]


def rows(page: Page) -> Locator:
    return page.locator(".nli-pairs tbody tr")


@pytest.mark.parametrize(
    ("premise", "hypothesis", "language", "said", "place"),
    [
        ("Le chien dort dans la maison.", "The dog is not sleeping.", None, "contradicts", 2),
        ("ಮಗು ನೀರು ಕುಡಿಯುತ್ತಿದೆ.", "The child is drinking water.", "kn", "follows from", 0),
    ],
)
def test_two_texts_of_two_languages_are_classified(
    visit: Visit, premise: str, hypothesis: str, language: str | None, said: str, place: int
) -> None:
    page = visit.go("/inference")
    page.get_by_label("Premise", exact=True).fill(premise)
    page.get_by_label("Hypothesis", exact=True).fill(hypothesis)
    # Kannada is told by its letters; Latin ones leave French and English open.
    text = page.get_by_label("Premise", exact=True)
    assert (text.get_attribute("lang") or None) == language
    expect(page.get_by_label("Language of the premise")).to_be_visible(visible=language is None)
    page.get_by_role("button", name="Classify").click()
    expect(verdict(page)).to_contain_text(said)
    found = figures(page)
    assert len(found) == 3
    assert found[place] == max(found) > 50
    assert sum(found) == pytest.approx(100, abs=0.2)
    width = page.locator(".likeliest .bar > i").evaluate("one => one.style.width")
    assert float(width.rstrip("%")) == max(found)
    expect(page.locator(".nli-verdict")).to_contain_text(re.compile("embedded-nli-[0-9a-f]{16}"))
    expect(page.locator(".nli-verdict .notice")).to_contain_text(BASELINE)
    expect(page.locator(".nli-verdict")).to_contain_text("It knows 100% of the tokens.")
    assert visit.parameters() == {"premise": premise, "hypothesis": hypothesis}
    assert visit.faults() == []


def test_an_example_is_a_link_and_back_leaves_it(visit: Visit) -> None:
    page = visit.go("/inference")
    example = page.get_by_role("link", name="बच्चा पानी पी रहा है।")
    expect(example.locator(".word").first).to_have_attribute("lang", "hi")
    example.click()
    expect(verdict(page)).to_contain_text("contradicts")
    expect(page.get_by_label("Premise", exact=True)).to_have_value("बच्चा पानी पी रहा है।")
    page.go_back()
    expect(verdict(page)).to_have_count(0)
    expect(page.get_by_label("Premise", exact=True)).to_have_value("")


def test_the_address_is_the_whole_state(visit: Visit) -> None:
    texts = {"premise": "Pain", "hypothesis": "Bread."}
    page = visit.go("/inference?premise=Pain&hypothesis=Bread.")
    expect(verdict(page)).to_be_visible()
    before = figures(page)
    page.get_by_label("Language of the premise").select_option(label="French")
    page.get_by_role("button", name="Classify").click()
    expect(page.locator(".figure").first).not_to_have_text(f"{before[0]:.1f}%")
    assert visit.parameters() == {**texts, "premise_language": "fr"}
    after = figures(page)
    page.reload()
    expect(verdict(page)).to_be_visible()
    assert figures(page) == after
    expect(page.get_by_label("Language of the premise")).to_have_value("fr")
    expect(page.get_by_label("Premise", exact=True)).to_have_attribute("lang", "fr")


def test_what_is_not_read_or_not_known_is_said(visit: Visit) -> None:
    page = visit.go("/inference")
    page.get_by_label("Premise", exact=True).fill("A dog sleeps in the house. " * 40)
    page.get_by_label("Hypothesis", exact=True).fill("An animal sleeps.")
    page.keyboard.press("Control+Enter")
    notices = page.locator(".nli-verdict .notice")
    expect(notices.first).to_contain_text("did not read the end")
    page.get_by_label("Premise", exact=True).fill("Zxqv wvjq kkzz")
    page.get_by_label("Hypothesis", exact=True).fill("Qqwx zzvk")
    page.keyboard.press("Control+Enter")
    expect(notices.first).to_contain_text("unknown to the classifier")


def test_what_cannot_be_classified_is_said_where_it_is(visit: Visit) -> None:
    page = visit.go("/inference")
    page.get_by_role("button", name="Classify").click()
    premise = page.get_by_label("Premise", exact=True)
    expect(premise).to_be_focused()
    expect(premise).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Write a sentence here.")).to_have_count(2)
    assert visit.parameters() == {}
    premise.fill("ಮ" * 2_000)
    page.get_by_label("Hypothesis", exact=True).fill("It rains.")
    page.get_by_role("button", name="Classify").click()
    expect(page.locator("form .fault").last).to_contain_text("at most 7,500 work everywhere")
    assert visit.parameters() == {}
    # What an address may say: a classifier that is not here, and one that is nowhere.
    visit.tolerated.append("Failed to load resource|503: ")
    for model, said in (
        ("xlmr-base-xnli", "lexicon models pull"),
        ("oracle", "unknown classifier"),
    ):
        visit.go(f"/inference?premise=a&hypothesis=b&model={model}")
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_label("Classifier")).to_have_value(model)
    assert visit.faults() == []


def test_disagreements_are_filtered(visit: Visit) -> None:
    page = visit.go(PAIRS)
    expect(rows(page)).to_have_count(6)
    expect(rows(page).locator(".badge.bad")).to_have_count(2)
    page.get_by_label("Only where gold and predicted labels differ").check()
    expect(rows(page)).to_have_count(2)
    assert visit.parameters() == {"open": "pairs", "disagree": "true"}
    first = rows(page).first.locator("td")
    expect(first.nth(0)).to_have_text("A dog sleeps.")
    expect(first.nth(0).locator(".word")).to_have_attribute("lang", "en")
    expect(first.nth(2)).to_have_text("neutral")
    expect(first.nth(3)).to_contain_text("entailment")
    expect(rows(page).nth(1).locator("td").nth(2)).to_have_text("contradiction")
    page.go_back()
    expect(rows(page)).to_have_count(6)
    expect(page.get_by_label("Only where gold and predicted labels differ")).not_to_be_checked()
    rows(page).first.get_by_role("link").click()
    expect(verdict(page)).to_contain_text("follows from")


def test_scores_and_the_confusion_matrix_can_be_counted_by_hand(visit: Visit) -> None:
    page = visit.go(PAIRS)
    matrix = page.locator(".confusion table")
    heads = ["entailment", "neutral", "contradiction"]
    expect(matrix.locator("tbody th")).to_have_text(heads)
    expect(matrix.locator("thead th.number")).to_have_text(heads)
    # Of the four whose gold label is right, all are; the two others were called entailment.
    expect(matrix.locator("td")).to_have_text(["2", "0", "0", "1", "1", "0", "1", "0", "1"])
    depths = [
        cell.evaluate("one => one.style.getPropertyValue('--depth')")
        for cell in matrix.locator("td").all()
    ]
    assert depths[:4] == ["45.0%", "0.0%", "0.0%", "22.5%"]
    scores = page.locator(".measured .scroll tbody tr")
    expect(scores.locator("th")).to_have_text("test · English")
    cells = scores.locator("td").all_inner_texts()
    # Each F1 is two thirds: 2 of 2 with 2 false alarms, and twice 1 of 2 without.
    interval = r"0\.667 \[0\.\d{3}, [01]\.\d{3}\]"
    assert cells[0] == "6"
    assert re.fullmatch(interval, cells[1])
    assert re.fullmatch(interval, cells[2])
    assert cells[3:] == ["0.333", "0"]


def test_stored_pairs_that_are_not_there_end_in_a_sentence(visit: Visit) -> None:
    page = visit.go(f"{PAIRS}&dataset=nowhere")
    expect(page.get_by_text("No stored pair is like that.")).to_have_count(2)
    expect(page.get_by_label("Data set")).to_have_value("nowhere")
    visit.go(f"{PAIRS}&cursor=999999")
    expect(page.get_by_text("There is nothing behind the last page.")).to_be_visible()
    visit.tolerated.append("Failed to load resource")
    visit.go(f"{PAIRS}&model=oracle")
    expect(page.get_by_role("alert").first).to_contain_text("'oracle' has predicted none")
    visit.go(f"{PAIRS}&cursor=x")
    expect(page.get_by_role("alert").first).to_contain_text("cursor")


def test_pages_and_empty_states_name_the_commands(browser: Browser, own: Own) -> None:
    for number in range(21):
        pair = {"premise": f"Il y a {number} chats.", "hypothesis": "Il y a des chats."}
        own.ask(
            "POST",
            "/v1/pairs",
            json={**pair, "dataset": "many", "split": "dev", "premise_language": "fr"},
        )
    with Visit.begun(browser, own.site) as visit:
        page = visit.go(PAIRS)
        page.get_by_label("Data set").select_option("many")
        expect(rows(page)).to_have_count(20)
        expect(page.get_by_text("lexicon nli predict --dataset many")).to_be_visible()
        expect(page.get_by_label("Only where gold and predicted labels differ")).to_be_disabled()
        page.get_by_role("link", name="Next page").click()
        expect(rows(page)).to_have_count(1)
        expect(page.get_by_role("heading", name="Pairs", exact=True)).to_be_focused()
        expect(rows(page).locator("td").first).to_have_text("Il y a 20 chats.")
        page.get_by_role("link", name="First page").click()
        expect(rows(page)).to_have_count(20)
        for pair in own.ask("GET", "/v1/pairs?limit=500")["pairs"]:
            own.ask("DELETE", f"/v1/pairs/{pair['id']}")
        visit.go(PAIRS)
        expect(page.get_by_text("lexicon pairs import FILE")).to_be_visible()
        assert visit.faults() == []


def test_a_service_that_is_away_is_said_and_asked_again(visit: Visit) -> None:
    page = visit.go("/inference")
    visit.tolerated.append("Failed to load resource")
    page.route("**/v1/nli", lambda route: route.abort())
    page.get_by_role("link", name="ಬೆಕ್ಕು ಮಲಗಿಲ್ಲ.").click()
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer.")
    expect(page.get_by_label("Hypothesis", exact=True)).to_have_value("ಬೆಕ್ಕು ಮಲಗಿಲ್ಲ.")
    page.unroute("**/v1/nli")
    page.get_by_role("button", name="Try again").click()
    expect(verdict(page)).to_contain_text("contradicts")
    page.route("**/v1/nli/datasets", lambda route: route.abort())
    page.get_by_role("link", name="Stored pairs").click()
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer.")
    page.unroute("**/v1/nli/datasets")
    page.get_by_role("button", name="Try again").click()
    expect(rows(page)).to_have_count(6)


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit.go("/inference")
    page.get_by_label("Premise", exact=True).focus()
    page.keyboard.type("A man is playing a guitar.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Nobody is playing the guitar.")
    page.keyboard.press("Control+Enter")
    expect(verdict(page)).to_contain_text("contradicts")
    page.get_by_role("link", name="Stored pairs").focus()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(6)
    page.get_by_label("Only where gold and predicted labels differ").focus()
    page.keyboard.press("Space")
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_label("Only where gold and predicted labels differ")).to_be_focused()


@pytest.mark.parametrize("locale", ["fr-FR", "kn-IN"])
def test_a_phone_in_the_dark(browser: Browser, site: str, locale: str) -> None:
    options = {"viewport": PHONE, "color_scheme": "dark", "locale": locale}
    with Visit.begun(browser, site, **options) as visit:
        for address in ("/inference?premise=It+rains.&hypothesis=It+pours.", PAIRS):
            page = visit.go(address)
            expect(page.locator(".figure, .nli-pairs tbody tr").first).to_be_visible()
            assert visit.overflows() == []
            assert visit.faults() == []
