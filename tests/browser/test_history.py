"""The past in the browser: every edit and iteration again as a film strip, undone branches, forks, comparisons."""

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer, exact, numbers_of
from tests.browser.looks import assert_clean, look_at, looks
from tests.browser.window import EMPTY

MINUS = "\u2212"


@pytest.fixture(autouse=True)
def _travelled(kept: None, explorer: Explorer) -> None:
    """3 iterations, an edit, 4 iterations that are undone, another optimizer, 5 iterations."""
    api = explorer.api
    run = api.post("/runs", json={"example": "lesson13"}).raise_for_status().json()["id"]
    api.post(f"/runs/{run}/iterations", json={"count": 3}).raise_for_status()
    api.patch(f"/runs/{run}/tensors/w1", json={"cells": [{"index": [0, 1], "value": 2.5}]}).raise_for_status()
    api.post(f"/runs/{run}/iterations", json={"count": 4}).raise_for_status()
    api.post(f"/runs/{run}/undo").raise_for_status()
    api.patch(f"/runs/{run}", json={"optimizer": {"name": "adam", "lr": 0.1}}).raise_for_status()
    api.post(f"/runs/{run}/iterations", json={"count": 5}).raise_for_status()
    explorer.turn(run)
    explorer.expect_iteration(8)


def scrubber(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("slider", name="Viewing iteration")


def film(explorer: Explorer) -> Locator:
    """The strip, once the comparison that it begins with is there."""
    explorer.mode("History")
    found = explorer.region("History")
    found.get_by_role("tab", name="Compare", exact=True).click()
    expect(found.get_by_role("complementary", name="A to B", exact=True)).to_contain_text("iteration 0 → 8")
    return found


def tab(shown: Locator, name: str) -> Locator:
    shown.get_by_role("tab", name=name, exact=True).click()
    return shown.get_by_role("tabpanel", name=name, exact=True)


def brush(shown: Locator, name: str) -> Locator:
    return shown.get_by_role("slider", name=name, exact=True)


def w1(explorer: Explorer, **moment: int) -> str:
    return exact(explorer.get(f"/runs/{explorer.run}/tensors/w1", **moment)["value"][0][1])


def test_the_scrubber_stops_at_every_iteration_and_every_edit(explorer: Explorer) -> None:
    expect(scrubber(explorer)).to_have_attribute("max", "10")
    scrubber(explorer).fill("4")
    expect(explorer.status).to_contain_text("Iteration 3, after w1[0, 1] = 2.5 of 8, as it was.")
    explorer.select("w1")
    expect(explorer.cell("w1[0, 1] value").first).to_have_attribute("data-value", "2.5")
    scrubber(explorer).fill("3")
    expect(explorer.status).to_contain_text("Iteration 3 of 8, as it was.")
    expect(explorer.cell("w1[0, 1] value").first).to_have_attribute("data-value", w1(explorer, event=2))
    explorer.button("Finish iteration").click()
    expect(explorer.cell("w1[0, 1] value").first).to_have_attribute("data-value", "2.5")
    scrubber(explorer).press("End")
    explorer.expect_iteration(8)
    expect(explorer.cell("w1[0, 1] value").first).to_have_attribute("data-value", w1(explorer))


def test_every_moment_is_a_column_and_a_click_goes_to_it(explorer: Explorer) -> None:
    shown = film(explorer)
    columns = shown.get_by_role("group", name="Columns", exact=True).get_by_role("button")
    expect(columns).to_have_text(["0", "1", "2", "3", "3", "3", "4", "5", "6", "7", "8"])
    expect(shown.locator(".film-cell canvas")).to_have_count(4 * 11)
    columns.nth(2).click()
    explorer.expect_iteration(2)
    expect(columns.nth(2)).to_have_attribute("aria-current", "true")
    columns.nth(2).press("ArrowLeft")
    expect(columns.nth(1)).to_be_focused()
    explorer.page.keyboard.press("Enter")
    explorer.expect_iteration(1)
    explorer.expect_loss(explorer.get(f"/runs/{explorer.run}/trace", iteration=1)["loss"])


def test_a_column_that_one_points_at_shows_its_numbers(explorer: Explorer) -> None:
    shown = film(explorer)
    expect(shown.locator(".film-cell canvas")).to_have_count(4 * 11)
    shown.locator(".film-row").filter(has=explorer.page.locator("canvas")).nth(2).locator(".film-cell").nth(2).hover()
    look = shown.locator(".film-look")
    expect(look).to_contain_text("iteration 2")
    out = explorer.get(f"/runs/{explorer.run}/tensors/out", iteration=2)["value"]
    expect(look.locator(".cell")).to_have_text([f"{number:.3f}".replace("-", MINUS) for (number,) in out])
    explorer.page.mouse.move(5, 5)
    expect(look).to_have_count(0)


def test_brushes_are_dragged_and_moved_by_keys(explorer: Explorer) -> None:
    shown = film(explorer)
    aside = shown.get_by_role("complementary", name="A to B", exact=True)
    losses = explorer.state()["losses"]
    brush(shown, "A").press("ArrowRight")
    expect(brush(shown, "A")).to_have_attribute("aria-valuetext", f"iteration 1, loss {losses[1]:.3f}")
    change = round(100 * (losses[8] - losses[1]) / losses[1])
    sign = "+" if change > 0 else MINUS
    expect(aside).to_contain_text(f"A to B: loss {sign}{abs(change)}\u00a0%")
    grip = brush(shown, "B").bounding_box()
    assert grip is not None
    mouse = explorer.page.mouse
    mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + 20)
    mouse.down()
    target = shown.get_by_role("group", name="Columns", exact=True).get_by_role("button").nth(6).bounding_box()
    assert target is not None
    mouse.move(target["x"] + target["width"] / 2, grip["y"] + 20, steps=5)
    mouse.up()
    expect(brush(shown, "B")).to_have_attribute("aria-valuenow", "6")
    expect(aside).to_contain_text("iteration 1 → 4")
    before, after = (explorer.get(f"/runs/{explorer.run}/tensors/w1", iteration=moment)["value"] for moment in (1, 4))
    gained = aside.get_by_role("img", name="w1: B minus A, 20 numbers").locator(".cell")
    expect(gained).to_have_count(20)
    moved = after[0][1] - before[0][1]
    expect(gained.nth(1)).to_have_text(f"{moved:.2f}".replace("-", MINUS))


def test_rows_are_chosen(explorer: Explorer) -> None:
    shown = film(explorer)
    shown.get_by_role("button", name="Rows: w1, w1.g, out, l2").click()
    rows = shown.get_by_role("dialog", name="Rows", exact=True)
    rows.get_by_role("checkbox", name="l1.g", exact=True).check()
    rows.get_by_role("checkbox", name="w1", exact=True).uncheck()
    explorer.page.keyboard.press("Escape")
    expect(rows).not_to_be_visible()
    expect(shown.get_by_role("button", name="Rows: w1.g, out, l2, l1.g")).to_be_visible()
    expect(shown.locator(".film-cell canvas")).to_have_count(4 * 11)
    explorer.page.goto(EMPTY)  # they stay chosen on this page


def test_what_was_undone_is_seen_and_explained(explorer: Explorer) -> None:
    undone = explorer.get(f"/runs/{explorer.run}/trace", event=4)
    events = tab(film(explorer), "Events")
    expect(events.get_by_role("listitem").filter(has_text="undone")).to_have_count(1)
    events.get_by_role("button", name="Show 4 iterations").click()
    expect(explorer.page.get_by_role("radio", name="Explore", exact=True)).to_be_checked()
    explorer.expect_loss(undone["loss"])
    explorer.expect_numbers(explorer.select("w2"), numbers_of("w2", undone["tensors"]["w2"]))


@pytest.mark.long
def test_a_fork_goes_on_by_itself(explorer: Explorer) -> None:
    before = explorer.state()
    tab(film(explorer), "Events").get_by_role("button", name="Fork from here: w1[0, 1] = 2.5").click()
    expect(explorer.status).to_contain_text("Forked at iteration 3")
    assert explorer.run != before["id"]
    explorer.expect_iteration(3)
    explorer.train(2)
    explorer.expect_iteration(5)
    original = explorer.get(f"/runs/{before['id']}")
    assert {key: original[key] for key in ("version", "loss", "losses")} == {
        key: before[key] for key in ("version", "loss", "losses")
    }


def test_a_run_is_forked_from_a_brush_and_both_are_exported(explorer: Explorer) -> None:
    shown = film(explorer)
    brush(shown, "B").press("ArrowLeft")
    expect(shown).to_contain_text("iteration 0 → 7")
    names = []
    explorer.page.on("download", lambda download: names.append(download.suggested_filename))
    with explorer.page.expect_event("download", lambda download: "-7." in download.suggested_filename):
        shown.get_by_role("button", name="Export A and B", exact=True).click()
    assert [name.rsplit("-", 1)[1] for name in names] == ["0.json", "7.json"]
    shown.get_by_role("button", name="Fork from B", exact=True).click()
    expect(explorer.status).to_contain_text("Forked at iteration 7")
    explorer.expect_iteration(7)


def test_two_states_are_compared(explorer: Explorer) -> None:
    shown = tab(film(explorer), "Numbers")
    shown.get_by_role("combobox", name="A", exact=True).select_option(label="iteration 3, after 3 iterations")
    expect(shown).to_contain_text("Its own changes: w1[0, 1] = 2.5; optimizer sgd → adam, lr 0.1; 5 iterations.")
    expect(shown.get_by_role("row", name="optimizer")).to_contain_text("adam")
    table = shown.get_by_role("table", name="Difference of w1 value, B minus A")
    expect(table.get_by_role("cell")).to_have_count(20)
    values = [explorer.get(f"/runs/{explorer.run}/tensors/w1", **moment)["value"] for moment in ({"event": 2}, {})]
    expect(table.get_by_role("cell").nth(1)).to_have_attribute("title", exact(values[1][0][1] - values[0][0][1]))


@pytest.mark.parametrize("look", looks())
def test_axe_finds_nothing(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    shown = film(explorer)
    expect(shown.locator(".film-cell canvas")).to_have_count(4 * 11)
    for name in ("Compare", "Numbers", "Events"):
        tab(shown, name)
        if LONG or name == "Compare":
            assert_clean(explorer.page, f"{name} {look}", *(("#history",) if name != "Compare" or not LONG else ()))


@pytest.mark.long  # each test of this file begins with another run on the page that is open
def test_another_run_is_compared_with_itself(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.train(5)
    explorer.mode("History")
    history = explorer.region("History")
    expect(history).to_contain_text("iteration 0 → 5")
    explorer.choose("xor")
    expect(history).to_contain_text("iteration 0 → 0")
    explorer.train(3)
    expect(explorer.iterations).to_be_visible()
    expect(history.get_by_role("button", name="Fork from B", exact=True)).to_be_enabled()
    expect(history).to_contain_text("iteration 0 → 3")
    history.get_by_role("tab", name="Numbers", exact=True).click()
    right = history.evaluate("region => Math.max(...[...region.querySelectorAll('select')]"
                             ".map(one => one.getBoundingClientRect().right))")  # fmt: skip
    assert right <= 1440
