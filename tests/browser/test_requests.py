"""What the page asks the service for: no more than what is shown, and each of it once."""

import pytest
from playwright.sync_api import expect

from tests.browser.explorer import Explorer
from tests.browser.traffic import Traffic

EXPLAINED = {"GET explain", "GET why", "GET history"}
"""What the region Explanation and the curve of the losses show."""


def settled(traffic: Traffic) -> list[str]:
    """The requests about runs until nothing follows: the method, and what of the run is asked."""
    found = [one for one in traffic.settled() if one.path.partition("/api/")[2].startswith("runs")]
    return [f"{one.method} {'/'.join(one.path.split('/')[4:])}".strip() for one in found]


def test_a_page_opens_with_one_request_of_its_run(explorer: Explorer, traffic: Traffic) -> None:
    explorer.open()
    explorer.page.locator("[role=gridcell][data-value]").first.wait_for()
    found = settled(traffic)
    assert found[0] == "POST"
    assert set(found[1:]) == EXPLAINED
    assert len(found) == 4

    explorer.page.reload()
    expect(explorer.status).to_contain_text("Opened")
    found = settled(traffic)
    assert found[0] == "GET"
    assert set(found[1:]) == EXPLAINED
    assert len(found) == 4


def test_an_edit_is_one_request_and_what_is_explained_follows(kept: None, explorer: Explorer, traffic: Traffic) -> None:
    explorer.begin()
    settled(traffic)
    explorer.cell("w1[0, 1] value").press("Enter")
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("0.5")
    editor.press("Enter")
    expect(explorer.status).to_contain_text("w1[0, 1] is 0.5; the loss ")
    found = settled(traffic)
    assert found[0] == "PATCH tensors/w1"
    assert sorted(found[1:]) == sorted(EXPLAINED)
    explorer.assert_agreement("w1", "l1")


@pytest.mark.parametrize("button", ["Finish iteration", "Train"])
def test_a_training_brings_its_trace_along(kept: None, explorer: Explorer, traffic: Traffic, button: str) -> None:
    explorer.begin()
    settled(traffic)
    before = explorer.loss()
    explorer.button(button).click()
    expect(explorer.page.locator("#loss")).not_to_have_attribute("data-value", before)
    expect(explorer.status).to_contain_text("teration")
    found = settled(traffic)
    assert found[0] == "POST iterations"
    assert sorted(found[1:]) == sorted(EXPLAINED)


def test_the_sheet_of_exercises_is_read_where_one_practises(kept: None, explorer: Explorer, traffic: Traffic) -> None:
    explorer.begin()
    settled(traffic)
    for _ in range(3):
        explorer.button("Next step").click()
    assert "GET exercises" not in settled(traffic)
    explorer.mode("Practice")
    expect(explorer.region("Practice")).to_be_visible()
    assert settled(traffic).count("GET exercises") == 1
