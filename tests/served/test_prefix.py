"""The page below a path prefix, as behind nginx or JupyterHub."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble
from tests.served.proxy import PrefixProxy, proxied
from tests.server import Server

PREFIX = "/user/ann/proxy/8117/"
LOADED = 60_000
"""Milliseconds in which a page with all its modules, or the library, has come even on a busy machine."""


@pytest.fixture
def behind(server: Server) -> Iterator[tuple[PrefixProxy, str]]:
    with proxied(PREFIX, server.port) as found:
        yield found


def test_everything_works_below_a_path_prefix(
    explorer: Explorer, trouble: Trouble, behind: tuple[PrefixProxy, str]
) -> None:
    proxy, address = behind
    trouble.allow(f"^foreign: [A-Z]+ {re.escape(address)}")
    explorer.page.set_default_navigation_timeout(LOADED)  # a connection for each of the page's modules
    explorer.open(address)
    explorer.plot(explorer.region("Computation graph"), within=LOADED)
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
        explorer.plot(explorer.region("Computation graph"), within=LOADED)
    assert explorer.page.url.startswith(address)
    assert [line for line in proxy.outside if "favicon.ico" not in line] == []


def test_the_origin_of_another_site_is_refused_behind_the_proxy_too(behind: tuple[PrefixProxy, str]) -> None:
    _, address = behind
    own = address.removesuffix(PREFIX)
    for origin, status in ((own, 201), ("http://elsewhere.example", 403)):
        answer = httpx.post(
            f"{address}api/runs", json={"example": "xor"}, headers={"Origin": origin}, trust_env=False, timeout=30
        )
        assert answer.status_code == status
