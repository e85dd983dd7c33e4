"""A number that is dragged: everything follows, and nothing is kept until it is let go."""

from playwright.sync_api import expect

from tests.browser.explorer import Explorer, exact
from tests.browser.test_keyboard import Keyboard

CELL = "w1[3, 1] value"


def drag(explorer: Explorer, cell: str, pixels: int) -> None:
    """Presses on a cell and moves sideways; the button stays down."""
    box = explorer.cell(cell).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    explorer.page.mouse.move(x, y)
    explorer.page.mouse.down()
    explorer.page.mouse.move(x + pixels / 2, y)
    explorer.page.mouse.move(x + pixels, y)


def test_a_dragged_weight_moves_every_number_and_is_one_change(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.state()
    drag(explorer, CELL, 40)
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "1.4")
    preview = explorer.api.post(
        f"/runs/{explorer.run}/preview", json={"tensors": {"w1": {"cells": [{"index": [3, 1], "value": 1.4}]}}}
    ).json()
    explorer.expect_loss(preview["loss"])
    l1 = preview["tensors"]["l1.matmul"]["value"]
    for row in range(6):
        expect(explorer.cell(f"l1.matmul[{row}, 1] value")).to_have_attribute("data-value", f"{l1[row][1]:g}")
    box = explorer.page.get_by_role("complementary", name="The loss along w1[3, 1]", exact=True)
    expect(box).to_contain_text("slope 0.733")
    assert explorer.state() == before, "nothing is kept while it is dragged"

    explorer.page.mouse.up()
    expect(explorer.status).to_contain_text("w1[3, 1] is 1.4; the loss went from 1 to 1.2133")
    expect(box).to_have_count(0)
    after = explorer.state()
    assert after["document"]["parameters"]["w1"][3][1] == 1.4
    assert after["version"] == before["version"] + 1
    explorer.assert_agreement("w1", "l1")
    explorer.button("Undo").click()
    expect(explorer.status).to_contain_text("Undone")
    assert explorer.state()["document"] == before["document"]


def test_a_finger_drags_a_weight_and_the_page_stays_where_it_is(kept: None, explorer: Explorer) -> None:
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    explorer.begin()
    cell = explorer.cell(CELL)
    cell.hover()
    box = cell.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = explorer.page.context.new_cdp_session(explorer.page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for along in range(4, 44, 4):
            moved = {"type": "touchMove", "touchPoints": [{"x": x + along, "y": y + along / 10}]}
            finger.send("Input.dispatchTouchEvent", moved)
        expect(cell).to_have_attribute("data-value", "1.4")
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(explorer.status).to_contain_text("w1[3, 1] is 1.4; the loss went from 1 to 1.2133")
    finally:
        finger.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        finger.detach()


def test_escape_brings_back_what_was(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.state()
    drag(explorer, CELL, -70)
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "0.3")
    readout = explorer.region("Tensors").locator(".readout")
    expect(readout).to_contain_text(CELL.removesuffix(" value"))  # though the pointer is over its neighbour
    explorer.page.keyboard.press("Escape")
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "1")
    explorer.page.mouse.up()
    explorer.expect_loss(before["loss"])
    assert explorer.state() == before


def test_a_press_that_does_not_move_explains(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.cell(CELL).click()
    expect(explorer.region("Explanation")).to_contain_text("w1[3, 1]")
    expect(explorer.page.get_by_role("complementary", name="The loss along w1[3, 1]", exact=True)).to_have_count(0)


def test_brackets_scrub_enter_keeps_and_escape_returns(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    explorer.cell(CELL).focus()
    explorer.page.keyboard.press("]")
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "1.1")
    keyboard.press("Shift+]")
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "2.1")
    keyboard.press("[")
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "2")
    keyboard.press("Escape")
    expect(explorer.cell(CELL)).to_have_attribute("data-value", "1")
    assert not explorer.state()["can_undo"]

    keyboard.press("[", "Enter")
    expect(explorer.status).to_contain_text("w1[3, 1] is 0.9; the loss went from")
    assert explorer.state()["document"]["parameters"]["w1"][3][1] == 0.9
    assert explorer.loss() == exact(explorer.state()["loss"])
    expect(explorer.cell(CELL)).to_be_focused()
