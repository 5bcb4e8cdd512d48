"""What is asked of every page: no console error, no serious finding of axe, no sideways scrolling."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

from tests.sources import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RESULTS = ROOT / "test-results"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SERIOUS = {"serious", "critical"}


class Watch:
    """Collects what goes wrong on a page. ``allow`` names what a test provokes on purpose."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("response", self._response)

    def allow(self, pattern: str) -> None:
        self.allowed.append(re.compile(pattern))

    def problems(self) -> list[str]:
        return [text for text in self.found if not any(pattern.search(text) for pattern in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"answer {response.status}: {response.url}")


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def axe(page: Page) -> None:
    """Fails with the serious findings of axe on the page as it stands (Q-15)."""
    session = page.context.new_cdp_session(page)  # the page's own policy forbids scripts from elsewhere
    session.send("Runtime.evaluate", {"expression": _axe_source()})
    session.detach()
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    serious = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + "; ".join(node["html"][:160] for node in rule["nodes"][:4])
        for rule in found
        if rule["impact"] in SERIOUS
    ]
    assert not serious, f"axe on {page.url}:\n" + "\n".join(serious)


def no_sideways_scroll(page: Page) -> None:
    """Fails when the page is wider than the window (Q-15: 360 px)."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"


def picture(page: Page, name: str) -> Path:
    """A screenshot of the page in test-results/, to be looked at."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def good_page(page: Page, name: str) -> None:
    """All that is asked of every page, and its picture."""
    picture(page, name)
    axe(page)
    no_sideways_scroll(page)


def within_a_phone(page: Page, selector: str, name: str) -> None:
    """Everything that the selector finds stands within 360 px, without scrolling sideways."""
    before = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 740})
    boxes = [found.bounding_box() for found in page.locator(selector).all()]
    assert boxes and all(box and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes), boxes
    good_page(page, name)
    if before:
        page.set_viewport_size(before)
