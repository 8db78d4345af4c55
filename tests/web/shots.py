"""Pictures of every view, to be looked at: python -m tests.web.shots --home HOME --out FOLDER.

HOME is a home with a stored report and classified pairs. Each view comes at the width of a desk and
of a phone, light and dark: a script cannot see whether vowel signs stand where they belong.
"""

import argparse
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.loading.processes import Server, wait_until_ready
from tests.web.browsing import environment, launched
from tests.web.visits import DESK, PHONE, Visit

STATES = {
    "start": "/",
    "search": "/?q=water&from=en&k=5",
    "search-kn": "/?q=ನೀರು&from=kn&to=hi",
    "search-unseen": "/?q=a+person+who+repairs+teeth&from=en",
    "map": "/map?field=animal&method=pca",
    "alignment": "/alignment",
    "alignment-pair": "/alignment?open=pair&pair=en-kn",
    "inference": "/inference?premise=Le+chien+dort.&hypothesis=Le+chien+ne+dort+pas.",
    "pairs": "/inference?open=pairs&dataset=ours&split=test&language=en",
    "words": "/words?field=animal",
    "concept": "/words?concept=water.noun.1",
}
"""Views by the name of their picture."""

WIDTHS = {"1280": DESK, "390": PHONE}
SCHEMES = ("light", "dark")

PAINTED = 1_000
"""Milliseconds in which a plot that came into the window is painted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[*STATES], default=[*STATES])
    parser.add_argument("--width", nargs="*", choices=[*WIDTHS], default=[*WIDTHS])
    parser.add_argument("--scheme", nargs="*", choices=SCHEMES, default=[*SCHEMES])
    parser.add_argument("--locale", default="en-GB")
    parser.add_argument("--window", action="store_true", help="what is in the window, no more")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        served = Server(environment(chosen.home), 1, Path(folder, "server.log"))
        browser = launched(playwright)
        try:
            wait_until_ready(served)
            site = f"http://{served.address[0]}:{served.address[1]}"
            for width, scheme in product(chosen.width, chosen.scheme):
                options = {"viewport": WIDTHS[width], "color_scheme": scheme}
                with Visit.begun(browser, site, locale=chosen.locale, **options) as visit:
                    for name in chosen.only:
                        visit.go(STATES[name])
                        for frame in visit.page.locator("iframe.plot:visible").all():
                            visit.drawn(frame)
                        visit.page.evaluate("() => scrollTo(0, 0)")
                        if not chosen.window:
                            # Frames outside of the window are not painted.
                            tall = visit.page.evaluate("() => document.body.scrollHeight")
                            visit.page.set_viewport_size(
                                {"width": WIDTHS[width]["width"], "height": tall}
                            )
                            visit.page.wait_for_timeout(PAINTED)
                        picture = chosen.out / f"{name}-{width}-{scheme}.png"
                        visit.page.screenshot(path=picture)
                        visit.page.set_viewport_size(WIDTHS[width])
                        print(picture)
        finally:
            browser.close()
            served.kill()


if __name__ == "__main__":
    main()
