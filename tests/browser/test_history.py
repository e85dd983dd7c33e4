"""The past in the browser: every edit and iteration again, undone branches, copies, comparisons."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer, exact, numbers_of
from tests.browser.looks import assert_clean


@pytest.fixture(autouse=True)
def _travelled(explorer: Explorer) -> None:
    """3 iterations, an edit, 4 iterations that are undone, another optimizer, 5 iterations."""
    api = explorer.api
    run = api.post("/runs", json={"example": "lesson13"}).raise_for_status().json()["id"]
    api.post(f"/runs/{run}/iterations", json={"count": 3}).raise_for_status()
    api.patch(f"/runs/{run}/tensors/w1", json={"cells": [{"index": [0, 1], "value": 2.5}]}).raise_for_status()
    api.post(f"/runs/{run}/iterations", json={"count": 4}).raise_for_status()
    api.post(f"/runs/{run}/undo").raise_for_status()
    api.patch(f"/runs/{run}", json={"optimizer": {"name": "adam", "lr": 0.1}}).raise_for_status()
    api.post(f"/runs/{run}/iterations", json={"count": 5}).raise_for_status()
    explorer.open(f"/?run={run}")
    explorer.expect_iteration(8)


def scrubber(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("slider", name="Iteration on the screen")


def dialog(explorer: Explorer) -> Locator:
    """The dialog, once the comparison that it begins with is there."""
    explorer.button("History").click()
    found = explorer.page.get_by_role("dialog", name="History")
    expect(found.get_by_role("img", name="Both losses")).to_be_visible()
    return found


def w1(explorer: Explorer, **moment: int) -> str:
    return exact(explorer.get(f"/runs/{explorer.run}/tensors/w1", **moment)["value"][0][1])


def test_the_scrubber_stops_at_every_iteration_and_every_edit(explorer: Explorer) -> None:
    expect(scrubber(explorer)).to_have_attribute("max", "10")
    scrubber(explorer).fill("4")
    expect(explorer.status).to_contain_text("Iteration 3, after w1[0, 1] = 2.5 of 8, as it was.")
    explorer.select("w1")
    expect(explorer.cell("w1[0, 1] value")).to_have_attribute("data-value", "2.5")
    scrubber(explorer).fill("3")
    expect(explorer.status).to_contain_text("Iteration 3 of 8, as it was.")
    expect(explorer.cell("w1[0, 1] value")).to_have_attribute("data-value", w1(explorer, event=2))
    explorer.button("Finish iteration").click()
    expect(explorer.cell("w1[0, 1] value")).to_have_attribute("data-value", "2.5")
    explorer.button("Return to the present").click()
    explorer.expect_iteration(8)
    expect(explorer.cell("w1[0, 1] value")).to_have_attribute("data-value", w1(explorer))


def test_what_was_undone_is_seen_and_explained(explorer: Explorer) -> None:
    undone = explorer.get(f"/runs/{explorer.run}/trace", event=4)
    shown = dialog(explorer)
    expect(shown.get_by_role("listitem").filter(has_text="undone")).to_have_count(1)
    shown.get_by_role("button", name="Show 4 iterations").click()
    expect(shown).to_have_count(0)
    explorer.expect_loss(undone["loss"])
    explorer.expect_numbers(explorer.select("w2"), numbers_of("w2", undone["tensors"]["w2"]))
    explorer.cell("w2[1, 0] gradient").click()
    terms = explorer.get(f"/runs/{explorer.run}/explain", tensor="w2", field="gradient", index="1,0", event=4)
    expect(explorer.status).to_contain_text(f"{terms['term_count']} terms make it")


def test_a_copy_goes_on_by_itself(explorer: Explorer) -> None:
    before = explorer.state()
    dialog(explorer).get_by_role("button", name="Copy the run after w1[0, 1] = 2.5").click()
    expect(explorer.status).to_contain_text("A copy that goes on from iteration 3")
    assert explorer.run != before["id"]
    explorer.expect_iteration(3)
    explorer.train(2)
    explorer.expect_iteration(5)
    original = explorer.get(f"/runs/{before['id']}")
    assert {key: original[key] for key in ("version", "loss", "losses")} == {
        key: before[key] for key in ("version", "loss", "losses")
    }


def test_two_moments_are_compared(explorer: Explorer) -> None:
    shown = dialog(explorer)
    shown.get_by_role("combobox", name="This").select_option(label="iteration 3, after 3 iterations")
    expect(shown).to_contain_text("Only here: w1[0, 1] = 2.5; optimizer sgd → adam, lr 0.1; 5 iterations.")
    expect(shown.get_by_role("row", name="optimizer")).to_contain_text("adam")
    shown.get_by_role("button", name="w1", exact=True).click()
    table = shown.get_by_role("table", name="Difference of w1 value, this minus the other")
    expect(table.get_by_role("cell")).to_have_count(20)
    values = [explorer.get(f"/runs/{explorer.run}/tensors/w1", **moment)["value"] for moment in ({"event": 2}, {})]
    expect(table.get_by_role("cell").nth(1)).to_have_attribute("title", exact(values[0][0][1] - values[1][0][1]))
    assert_clean(explorer.page, "a comparison")
