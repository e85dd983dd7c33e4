"""What the page asks the service for: no more than what is shown, and each of it once."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.explorer import Explorer
from tests.browser.service import REQUESTS

pytestmark = REQUESTS

EXPLAINED = {"GET explain", "GET why", "GET history"}
"""What the region Explanation and the curve of the losses show."""
FRAME = "new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"


class Asked:
    """The requests about runs from now on: the method, and what of the run is asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self.pending: set[Request] = set()
        page.on("request", self._note)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _note(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if path.startswith("/api/runs"):
            self.pending.add(request)
            self.found.append(f"{request.method} {'/'.join(path.split('/')[4:])}".strip())

    def _end(self, request: Request) -> None:
        self.pending.discard(request)

    def settled(self) -> list[str]:
        """Those until all are answered and nothing follows from the answers."""
        self.page.evaluate(FRAME)
        while self.pending:
            self.page.wait_for_event("requestfinished")
            self.page.evaluate(FRAME)
        found = self.found.copy()
        self.found.clear()
        return found


def test_a_page_opens_with_one_request_of_its_run(explorer: Explorer) -> None:
    asked = Asked(explorer.page)
    explorer.open()
    explorer.page.locator("[role=gridcell][data-value]").first.wait_for()
    found = asked.settled()
    assert found[0] == "POST"
    assert set(found[1:]) == EXPLAINED
    assert len(found) == 4

    explorer.page.reload()
    expect(explorer.status).to_contain_text("Opened")
    found = asked.settled()
    assert found[0] == "GET"
    assert set(found[1:]) == EXPLAINED
    assert len(found) == 4


def test_an_edit_is_one_request_and_what_is_explained_follows(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    asked = Asked(explorer.page)
    asked.settled()
    explorer.cell("w1[0, 1] value").press("Enter")
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("0.5")
    editor.press("Enter")
    expect(explorer.status).to_contain_text("w1[0, 1] is 0.5; the loss ")
    found = asked.settled()
    assert found[0] == "PATCH tensors/w1"
    assert sorted(found[1:]) == sorted(EXPLAINED)
    explorer.assert_agreement("w1", "l1")


@pytest.mark.parametrize("button", ["Finish iteration", "Train"])
def test_a_training_brings_its_trace_along(kept: None, explorer: Explorer, button: str) -> None:
    explorer.begin()
    asked = Asked(explorer.page)
    asked.settled()
    before = explorer.loss()
    explorer.button(button).click()
    expect(explorer.page.locator("#loss")).not_to_have_attribute("data-value", before)
    expect(explorer.status).to_contain_text("teration")
    found = asked.settled()
    assert found[0] == "POST iterations"
    assert sorted(found[1:]) == sorted(EXPLAINED)


def test_the_sheet_of_exercises_is_read_where_one_practises(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    asked = Asked(explorer.page)
    asked.settled()
    for _ in range(3):
        explorer.button("Next step").click()
    assert "GET exercises" not in asked.settled()
    explorer.mode("Practice")
    expect(explorer.region("Practice")).to_be_visible()
    assert asked.settled().count("GET exercises") == 1
