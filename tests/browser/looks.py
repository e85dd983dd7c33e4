"""How a page is looked at: in each size and colour axe finds nothing, and nothing scrolls sideways."""

from typing import Any

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.amount import some

SIZES = {"wide": (1440, 900), "narrow": (320, 640)}
COLOURS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "forced dark": {"color_scheme": "dark", "forced_colors": "active"},
}
LOOKS = [f"{size} {colours}" for size in SIZES for colours in COLOURS]
AXE = Axe()
RUN_AXE = "context => axe.run(context ?? document, {resultTypes: ['violations']})"
SIDEWAYS = """() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter(element => element.getBoundingClientRect().right > root.clientWidth + 1)
        .map(element => element.outerHTML.slice(0, 100));
}"""


ARRIVED = """() => Promise.all(document.getAnimations().map(({finished}) => finished.catch(() => null)))"""
"""What moves is looked at where it stands still."""


def looks(*always: str) -> list[Any]:
    """All of them as parameters of a test; those that are not named here under --long only."""
    return some(LOOKS, *always)


def look_at(page: Page, look: str) -> None:
    """Gives the window that size and those colours."""
    size, _, colours = look.partition(" ")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(**COLOURS[colours])


def assert_clean(page: Page, place: str, *parts: str) -> None:
    """axe finds nothing, on the whole page or in those parts of it, and nothing scrolls sideways."""
    expect(page.get_by_text("Loading…", exact=True)).to_have_count(0)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)  # what is old is pale until the new is here
    page.evaluate(ARRIVED)
    context = {"include": [[part] for part in parts]} if parts else None
    if not page.evaluate("() => typeof axe === 'object'"):  # a document keeps it from one look to the next
        page.evaluate(AXE.axe_script)
    result = AxeResults(page.evaluate(RUN_AXE, context))
    assert result.violations_count == 0, f"{place}:\n{result.generate_report()}"
    assert sideways(page) == [], place


def sideways(page: Page) -> list[str]:
    """What makes the page wider than its window."""
    return page.evaluate(SIDEWAYS)
