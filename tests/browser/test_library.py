"""The page without the library that draws, and before it has come."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble
from tests.browser.window import Windows

LIBRARY = "**/vendor/plotly-*"
LOADED = 60_000
"""Milliseconds in which a page with all its modules, or the library, has come even on a busy machine."""


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[Windows]:
    """Of a browser that keeps no files of a site, so that each is asked for."""
    windows = Windows(browser, service_workers="block")
    yield windows
    windows.close()


@pytest.fixture(autouse=True)
def _keeps_nothing(trouble: Trouble) -> None:
    trouble.allow("Service Worker registration blocked")


def test_without_plotly_the_page_says_so_and_all_else_works(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("plotly-|ERR_FAILED")
    explorer.page.route(LIBRARY, lambda route: route.abort("failed"))
    explorer.open()
    graph = explorer.region("Computation graph")
    expect(graph).to_contain_text("The graph cannot be drawn: the plotting library (Plotly) could not be loaded.")
    expect(explorer.page.locator("[aria-busy=true]")).to_have_count(0)

    explorer.edit("w1[0, 1] value", "0.5")
    explorer.cell("w1[0, 1] value").click()
    expect(explorer.region("Explanation")).to_contain_text("w1[0, 1]")
    explorer.button("Next step").click()
    explorer.expect_step({"index": 1, "phase": "forward"})
    explorer.train(5)
    explorer.assert_agreement("w1", "l2")

    explorer.mode("Plots")
    plots = explorer.region("Plots")
    expect(plots.locator("#plot-text")).to_contain_text("the loss")
    expect(plots).to_contain_text("The plot cannot be drawn: the plotting library (Plotly) could not be loaded.")
    expect(plots.get_by_role("button", name="Save as PNG")).to_have_count(0)

    plots.get_by_role("button", name="Load it again", exact=True).click()
    expect(plots).to_contain_text("The plot cannot be drawn")

    explorer.page.unroute(LIBRARY)
    plots.get_by_role("button", name="Load it again", exact=True).click()
    explorer.plot(plots.get_by_role("tabpanel"), within=LOADED)
    explorer.mode("Explore")
    explorer.plot(graph, within=LOADED)
    expect(explorer.page.locator("[data-undrawn]")).to_have_count(0)


def test_the_page_does_not_wait_for_plotly(explorer: Explorer) -> None:
    held = []
    explorer.page.route(LIBRARY, lambda route: held.append(route))
    explorer.page.goto("/", wait_until="commit")
    expect(explorer.status).to_contain_text("Opened", timeout=LOADED)
    explorer.button("Next step").click()
    explorer.expect_step({"index": 1, "phase": "forward"})
    graph = explorer.region("Computation graph")
    expect(graph.locator(".plot")).to_have_attribute("aria-busy", "true")
    expect(graph).not_to_contain_text("cannot be drawn")
    assert held  # fetched ahead, and then to be run
    for route in held:
        route.continue_()
    explorer.plot(graph, within=LOADED)
