"""Tensors that are too large to be at hand: a picture of the whole, and exact numbers where its frame is."""

from typing import Any

import numpy as np
from playwright.sync_api import Locator, expect

from tests.browser.explorer import TWO_FRAMES, Explorer

DOCUMENT = {
    "title": "large",
    "program": "h = x @ w\nloss = (h * h).mean()",
    "inputs": {"x": {"shape": [600, 300], "init": "normal"}},
    "parameters": {"w": {"shape": [300, 150], "init": "normal"}},
    "optimizer": {"name": "sgd", "lr": 0.1},
}


def printed(picture: Locator) -> Any:
    """The numbers that are printed."""
    grid = picture.locator(".printed").get_by_role("grid")
    rows = grid.get_by_role("row").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('[data-value]')].map(cell => Number(cell.dataset.value)))"
    )
    return np.array(rows)


def test_a_frame_on_the_whole_is_moved_by_keys_and_by_the_pointer(explorer: Explorer) -> None:
    run = explorer.api.post("/runs", json=DOCUMENT).raise_for_status().json()["id"]
    explorer.open(f"/#run={run}")
    picture = explorer.page.get_by_role("group", name="Picture of h = x @ w", exact=True)
    expect(picture.get_by_role("img", name="x, all 600 by 300 numbers")).to_be_visible()
    numbers = {name: np.array(explorer.get(f"/runs/{run}/tensors/{name}")["value"]) for name in ("x", "w", "h")}
    caption = picture.locator(".printed figcaption")
    expect(caption).to_contain_text("rows 0–7, columns 0–3")
    expect(caption).to_contain_text("h")
    np.testing.assert_array_equal(printed(picture), numbers["h"][:8, :4])

    frame = picture.get_by_role("slider", name="Numbers of x", exact=True)
    frame.focus()
    expect(caption).to_contain_text("xrows 0–7, columns 0–3")
    for key in ("ArrowDown", "Shift+ArrowRight", "PageDown", "PageDown"):
        explorer.page.keyboard.press(key)
    expect(frame).to_have_attribute("aria-valuetext", "rows 121–128, columns 4–7")
    result = picture.get_by_role("slider", name="Numbers of h", exact=True)
    expect(result).to_have_attribute("aria-valuetext", "rows 121–128, columns 0–3")
    expect(picture.locator(".printed").get_by_role("gridcell").first).to_have_attribute(
        "data-value", str(numbers["x"][121, 4])
    )
    np.testing.assert_array_equal(printed(picture), numbers["x"][121:129, 4:8])

    whole = picture.locator("[data-result] .overview").bounding_box()
    assert whole
    mouse = explorer.page.mouse
    mouse.move(whole["x"] + 4, whole["y"] + 4)
    mouse.down()
    mouse.move(whole["x"] + whole["width"] - 1, whole["y"] + whole["height"] - 1, steps=4)
    mouse.up()
    expect(result).to_have_attribute("aria-valuetext", "rows 592–599, columns 146–149")
    expect(caption).to_contain_text("hrows 592–599, columns 146–149")
    expect(picture.locator(".printed").get_by_role("gridcell").first).to_have_attribute(
        "data-value", str(numbers["h"][592, 146])
    )
    np.testing.assert_array_equal(printed(picture), numbers["h"][592:, 146:])
    picture.locator(".printed").get_by_role("gridcell", name="h[599, 149] value", exact=True).click()
    expect(explorer.region("Explanation")).to_contain_text("h[599, 149]")


def test_a_number_stays_under_the_pointer_that_explains_it(kept: None, explorer: Explorer) -> None:
    explorer.begin("digits")
    shown, why = explorer.select("w1"), explorer.region("Explanation")
    cell = shown.get_by_role("gridcell", name="w1[5, 1] gradient", exact=True)
    body = why.locator(".explained-body")
    body.evaluate("body => { body.scrollTop = body.scrollHeight; }")
    cell.scroll_into_view_if_needed()
    before = cell.bounding_box()
    assert body.evaluate("body => body.scrollTop") > 50
    cell.click()
    expect(why.get_by_role("heading", level=3)).to_contain_text("w1.g[5, 1]")
    explorer.page.evaluate(TWO_FRAMES)
    assert cell.bounding_box() == before
    why.get_by_role("tab", name="Shapes", exact=True).click()
    explorer.page.evaluate(TWO_FRAMES)
    assert body.evaluate("body => body.scrollTop") == 0
