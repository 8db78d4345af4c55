"""How soon the page can be used: from the address to a field that takes text, in a new browser.

    python -m benchmarks.first_view [--home HOME] [--rounds 7]

Beside it stands the floor: a document of one input field from the same service. Needs Chromium.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import homes
from benchmarks.loading.processes import Server, wait_until_ready
from benchmarks.results import show
from tests.web.browsing import environment, launched

FLOOR = "<!doctype html><title>floor</title><input>"

SEEN = """
new MutationObserver(() => {
  if (!window.usable && document.querySelector("input")) window.usable = performance.now();
}).observe(document, {childList: true, subtree: true});
"""
"""Notes when the first field is there."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--document", action="store_true")
    chosen = parser.parse_args()
    with homes.home(chosen.home) as home, tempfile.TemporaryDirectory() as folder:
        served = Server(environment(home), 1, Path(folder, "server.log"))
        try:
            wait_until_ready(served)
            site = f"http://{served.address[0]}:{served.address[1]}"
            with sync_playwright() as playwright:
                browser = launched(playwright)
                # In turn, so that both meet the same machine.
                rounds = [
                    (visited(browser, site), floor(browser, site)) for _ in range(1 + chosen.rounds)
                ]
                browser.close()
        finally:
            served.kill()
    # The first one starts the browser's own processes.
    seen = [ours for ours, _ in rounds[1:]]
    floors = [least for _, least in rounds[1:]]
    figures = {
        "page": {key: [one[key] for one in seen] for key in seen[0]},
        "floor": {key: [one[key] for one in floors] for key in floors[0]},
    }
    rows = []
    for name, some in figures.items():
        times = some["usable_ms"]
        rows.append(
            [
                name,
                f"{statistics.median(times):.0f}",
                f"{min(times):.0f}–{max(times):.0f}",
                f"{statistics.median(times) / statistics.median(floors_of(figures)):.1f}",
                f"{some['bytes'][0] / 1000:.0f}",
                f"{some['requests'][0]:.0f}",
            ]
        )
    show(
        "first view",
        f"The first view until a field takes text, new browser, {chosen.rounds} rounds",
        ["document", "ms", "min–max", "÷ floor", "kB unpacked", "requests"],
        rows,
        figures,
        ["semantic-lexicon", "plotly", "playwright"],
        chosen.json,
        chosen.document,
    )


def floors_of(figures: dict[str, dict[str, list[float]]]) -> list[float]:
    return figures["floor"]["usable_ms"]


def visited(browser: Browser, site: str) -> dict[str, float]:
    return measured(browser, site, None)


def floor(browser: Browser, site: str) -> dict[str, float]:
    return measured(browser, site, FLOOR)


def measured(browser: Browser, site: str, instead: str | None) -> dict[str, float]:
    """Milliseconds until a field is there, bytes and requests until nothing more comes; of the
    page, or of a document ``instead``."""
    context = browser.new_context()
    page = context.new_page()
    sizes: list[int] = []
    page.add_init_script(SEEN)
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    if instead is not None:
        page.route(f"{site}/", lambda route: route.fulfill(body=instead, content_type="text/html"))
    page.goto(site + "/", wait_until="networkidle")
    for _ in range(100):
        usable = page.evaluate("() => window.usable ?? null")
        if usable is not None:
            break
        time.sleep(0.05)
    else:
        raise SystemExit(f"no field on {site}/")
    context.close()
    return {"usable_ms": usable, "bytes": sum(sizes), "requests": len(sizes)}


if __name__ == "__main__":
    main()
