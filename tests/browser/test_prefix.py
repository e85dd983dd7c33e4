"""The page below a path prefix, as behind nginx or JupyterHub; and the page without the library that draws."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.proxy import PrefixProxy, proxied
from tests.browser.service import REQUESTS, SERVER
from tests.browser.trouble import Trouble
from tests.server import Server

PREFIX = "/user/ann/proxy/8117/"
LIBRARY = "**/vendor/plotly-*"
LOADED = 60_000
"""Milliseconds in which a page with all its modules, or the library, has come even on a busy machine."""


def drawn(explorer: Explorer, place: Locator) -> None:
    """Waits for the library, then for the place's plot."""
    expect(place.locator(".js-plotly-plot")).to_be_visible(timeout=LOADED)
    explorer.plot(place)


@pytest.fixture
def behind(server: Server) -> Iterator[tuple[PrefixProxy, str]]:
    with proxied(PREFIX, server.port) as found:
        yield found


@SERVER
def test_everything_works_below_a_path_prefix(
    explorer: Explorer, trouble: Trouble, behind: tuple[PrefixProxy, str]
) -> None:
    proxy, address = behind
    trouble.allow(f"^foreign: [A-Z]+ {re.escape(address)}")
    explorer.page.set_default_navigation_timeout(LOADED)  # a connection for each of the page's modules
    explorer.open(address)
    drawn(explorer, explorer.region("Computation graph"))
    explorer.button("Next step").click()
    explorer.expect_step({"index": 1, "phase": "forward"})
    explorer.train(3)
    explorer.expect_iteration(3)
    explorer.assert_agreement("w1", "l2")

    explorer.mode("Plots")
    plots = explorer.region("Plots")
    expect(plots.locator("#plot-text")).to_contain_text("the loss")
    explorer.plot(plots.get_by_role("tabpanel"))
    explorer.mode("Explore")

    explorer.button("Share").click()
    panel = explorer.page.get_by_role("dialog", name="Share", exact=True)
    link = panel.get_by_role("textbox", name="Link", exact=True).input_value()
    assert link.startswith(f"{address}#doc=")
    loss = explorer.state()["loss"]
    if LONG:  # its address begins as that which was opened
        explorer.page.goto("about:blank")
        explorer.open(link)
        explorer.expect_loss(loss)
        explorer.page.reload()
        expect(explorer.status).to_contain_text("Opened")
        explorer.expect_loss(loss)

    [title] = [known["title"] for known in explorer.get("/formats") if known["name"] == "json"]
    explorer.more("Export")
    with explorer.page.expect_download() as download:
        explorer.page.get_by_role("link", name=title, exact=True).click()
    assert download.value.suggested_filename.endswith(".json")
    explorer.page.keyboard.press("Escape")

    if LONG:
        explorer.button("More").click()
        explorer.page.get_by_role("link", name="Operations", exact=True).click()
        expect(explorer.page).to_have_url(re.compile(f"^{re.escape(address)}ops"))
        expect(explorer.page.get_by_role("link", name="matmul", exact=True).first).to_be_visible(timeout=LOADED)
        explorer.page.get_by_role("link", name="Open matmul in the explorer", exact=True).click()
        expect(explorer.status).to_contain_text("Opened", timeout=LOADED)
        drawn(explorer, explorer.region("Computation graph"))
    assert explorer.page.url.startswith(address)
    assert [line for line in proxy.outside if "favicon.ico" not in line] == []


@SERVER
def test_the_origin_of_another_site_is_refused_behind_the_proxy_too(behind: tuple[PrefixProxy, str]) -> None:
    _, address = behind
    own = address.removesuffix(PREFIX)
    for origin, status in ((own, 201), ("http://elsewhere.example", 403)):
        answer = httpx.post(
            f"{address}api/runs", json={"example": "xor"}, headers={"Origin": origin}, trust_env=False, timeout=30
        )
        assert answer.status_code == status


@REQUESTS
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
    drawn(explorer, plots.get_by_role("tabpanel"))
    explorer.mode("Explore")
    drawn(explorer, graph)
    expect(explorer.page.locator("[data-undrawn]")).to_have_count(0)


@REQUESTS
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
    drawn(explorer, graph)
