"""Services and browsers of tests of the page."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    named = os.environ.get("LEXICON_TEST_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


def launched(playwright: Playwright) -> Browser:
    """A running browser that keeps to itself."""
    return playwright.chromium.launch(
        executable_path=chromium(),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            # WebGL without a graphics card.
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
        ],
    )


def environment(home: Path) -> dict[str, str]:
    """That of a service on a home, whatever the caller's is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEXICON_")}
    return {**kept, "LEXICON_HOME": str(home), "NO_COLOR": "1"}
