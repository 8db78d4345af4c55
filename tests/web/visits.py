"""A visitor of the page, who notices what must never happen."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

PATIENCE = 20_000
"""Milliseconds for what a busy machine may be slow with."""

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}

KNOWN = ["GPU stall due to ReadPixels"]
"""Complaints of a browser that draws WebGL without a graphics card."""


class Visit:
    """One tab. ``tolerated`` are patterns of complaints that a test provokes."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.tolerated = list(KNOWN)
        self.asked: list[str] = []
        self._complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._complaints.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    @classmethod
    @contextmanager
    def begun(cls, browser: Browser, site: str, **options: Any) -> Iterator["Visit"]:
        context = browser.new_context(**{"viewport": DESK, "locale": "en-GB", **options})
        visit = cls(context.new_page(), site)
        try:
            yield visit
            visit.require_calm()
        finally:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith((self.site, "data:", "blob:")):
            self._complaints.append(f"left the host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self._complaints.append(f"{response.status}: {response.url}")

    def require_calm(self) -> None:
        """Fail if the page complained."""
        worth = [
            one
            for one in self._complaints
            if not any(re.search(known, one) for known in self.tolerated)
        ]
        assert worth == []

    def go(self, address: str) -> Page:
        """Open an address of the site and wait until its view stands."""
        self.page.goto(self.site + address)
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until nothing is being loaded any more."""
        # By locators: what waits for a function evaluates strings, which the page's policy forbids.
        stands = self.page.locator("#view h1, #view [role=alert]").first
        expect(stands).to_be_visible(timeout=PATIENCE)
        waiting = self.page.locator("#view .busy, #view [aria-busy]")
        expect(waiting).to_have_count(0, timeout=PATIENCE)

    def drawn(self, frame: Locator) -> None:
        """Wait until a plot stands in its frame (``iframe.plot``)."""
        frame.scroll_into_view_if_needed()
        expect(frame).to_have_attribute("data-drawn", re.compile("[1-9]"), timeout=PATIENCE)

    def parameters(self) -> Mapping[str, str]:
        """Those of the address."""
        found: dict[str, str] = self.page.evaluate(
            "() => Object.fromEntries(new URLSearchParams(location.search))"
        )
        return found

    def faults(self) -> list[str]:
        """What axe-core finds wrong for people who use a keyboard, a screen reader or a large
        font: rule, element and why, by WCAG 2.2 AA and best practice."""
        # By the browser's own door: the page's policy would refuse the script.
        self.page.evaluate(axe())
        found: dict[str, Any] = self.page.evaluate(
            "() => axe.run(document, {iframes: false, resultTypes: ['violations']})"
        )
        return [
            f"{rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def overflows(self) -> list[str]:
        """Elements that make the page wider than the window."""
        wide: list[str] = self.page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
              [...document.querySelectorAll('body *')]
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1
                               && !one.closest('.scroll, .unseen'))
                .map(one => one.outerHTML.slice(0, 120))"""
        )
        return wide


@cache
def axe() -> str:
    """The source of axe-core."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
