"""Tensors of three to five axes: slices to pick, panels side by side, explanations that find their cells in them."""

import random
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks

PROGRAM = """a = x.reshape(-1, 2, 8, 8)
z = einsum('bcij,ocjk->boik', a, w)
p = z[:, :, :, :, None] * s
loss = (p * p).mean()"""


def numbers(draw: random.Random, *shape: int) -> Any:
    """Random numbers with two digits."""
    return [numbers(draw, *shape[1:]) for _ in range(shape[0])] if shape else round(draw.uniform(-1, 1), 2)


def document() -> dict[str, Any]:
    draw = random.Random(7)
    return {
        "title": "four axes",
        "program": PROGRAM,
        "inputs": {"x": numbers(draw, 6, 128)},
        "parameters": {"w": numbers(draw, 3, 2, 8, 5), "s": numbers(draw, 2)},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }


@pytest.fixture(autouse=True)
def _opened(kept: None, explorer: Explorer) -> None:
    explorer.begin(document())


def step(explorer: Explorer, output: str) -> Locator:
    """Goes on to the step that makes a tensor; its picture."""
    found = next(step for step in explorer.trace(values="none")["steps"] if step["output"] == output)
    if int(explorer.step.get_attribute("data-index") or 0) < found["index"] - 1:
        explorer.go_to_step(found["index"] - 1)
    explorer.button("Next step").click()
    explorer.expect_step(found)
    return explorer.page.get_by_role("group", name=f"Picture of {output} = {found['code']}", exact=True)


def pick(explorer: Explorer, name: str, position: int) -> None:
    picker = explorer.page.get_by_role("spinbutton", name=name, exact=True)
    picker.fill(str(position))
    picker.press("Enter")


def lit(place: Locator) -> Locator:
    return place.locator(".cell.lit")


def test_all_slices_of_a_small_tensor_are_there(explorer: Explorer) -> None:
    shown = explorer.select("w")
    expect(shown.get_by_role("spinbutton")).to_have_count(0)
    expect(shown.get_by_role("gridcell")).to_have_count(2 * 3 * 2 * 8 * 5)
    value = explorer.get(f"/runs/{explorer.run}/tensors/w")["value"]
    assert float(explorer.cell("w[2, 1, 7, 4] value").get_attribute("data-value") or "nan") == value[2][1][7][4]


def test_a_slice_is_picked_for_value_and_gradient(explorer: Explorer) -> None:
    shown = explorer.select("a")
    expect(explorer.cell("a[0, 1, 2, 3] value")).to_have_count(1)
    expect(explorer.cell("a[4, 1, 2, 3] value")).to_have_count(0)
    pick(explorer, "a: sample, 0 to 5", 4)
    expect(explorer.cell("a[4, 1, 2, 3] gradient")).to_be_visible()
    expect(shown.get_by_role("gridcell")).to_have_count(2 * 2 * 8 * 8)
    trace = explorer.trace()["tensors"]["a"]
    for field in ("value", "gradient"):
        cell = explorer.cell(f"a[4, 1, 2, 3] {field}")
        assert float(cell.get_attribute("data-value") or "nan") == trace[field][4][1][2][3]


def test_the_sample_that_is_picked_stays_along_the_steps(explorer: Explorer) -> None:
    step(explorer, "z")
    pick(explorer, "a: sample, 0 to 5", 3)
    expect(explorer.cell("z[3, 2, 7, 4] value")).to_be_visible()
    picture = step(explorer, "p")
    expect(picture.get_by_role("spinbutton", name="p: sample, 0 to 5", exact=True)).to_have_value("3")


def test_an_image_shows_its_numbers_when_asked(explorer: Explorer) -> None:
    shown = explorer.select("a")
    cell = explorer.cell("a[0, 0, 2, 3] value")
    expect(cell).to_have_text("")
    cell.hover()
    expect(explorer.region("Tensors").locator(".readout")).to_contain_text("a[0, 0, 2, 3] =")
    toggle = shown.get_by_role("button", name="Numbers in a", exact=True)
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(cell).not_to_have_text("")


def test_an_edit_in_a_slice_changes_the_loss_as_the_api_says(explorer: Explorer) -> None:
    before = explorer.loss()
    explorer.select("w")
    explorer.edit("w[1, 0, 2, 3] value", "0.75")
    trace = explorer.trace()
    assert trace["tensors"]["w"]["value"][1][0][2][3] == 0.75
    explorer.expect_loss(trace["loss"])
    assert explorer.loss() != before


def test_arrows_lead_from_panel_to_panel(explorer: Explorer) -> None:
    explorer.select("w")
    explorer.cell("w[0, 0, 2, 4] value").focus()
    explorer.page.keyboard.press("ArrowRight")
    expect(explorer.cell("w[0, 1, 2, 0] value")).to_be_focused()
    explorer.page.keyboard.press("ArrowLeft")
    expect(explorer.cell("w[0, 0, 2, 4] value")).to_be_focused()


def test_an_explanation_lights_its_cells_in_the_right_slices(explorer: Explorer) -> None:
    picture = step(explorer, "z")
    pick(explorer, "z: sample, 0 to 5", 2)
    explorer.cell("z[2, 1, 7, 4] value").click()
    terms = explorer.get(f"/runs/{explorer.run}/explain", tensor="z", field="value", index="2,1,7,4")["terms"]
    expect(explorer.region("Explanation").get_by_role("heading", level=3)).to_contain_text("z[2, 1, 7, 4]")
    cells = {
        f"{cell['tensor']}{cell['index']}" for term in terms for factor in term["factors"] for cell in factor["cells"]
    }
    sources = {name for name in cells if name.startswith("w")}
    assert len(sources) == 2 * 8
    for name in sources:
        expect(picture.get_by_role("gridcell", name=f"{name} value", exact=True)).to_contain_class("lit")


def test_cells_in_other_slices_are_told_and_shown(explorer: Explorer) -> None:
    picture = step(explorer, "w.g")
    explorer.cell("w[1, 0, 2, 3] gradient").click()
    expect(explorer.region("Explanation").get_by_role("heading", level=3)).to_contain_text("w.g[1, 0, 2, 3]")
    show = picture.get_by_role("button", name="Show a[1, 0, 0, 2]", exact=True)
    expect(show).to_have_text("[1, 0, 0, 2]")
    expect(picture).to_contain_text("40 of 48 lit cells are elsewhere")
    show.click()
    expect(explorer.cell("a[1, 0, 0, 2] value")).to_contain_class("lit")


def test_where_a_weight_goes_is_lit(explorer: Explorer) -> None:
    picture = step(explorer, "z")
    explorer.cell("w[1, 0, 2, 3] value").click()
    explorer.region("Explanation").get_by_role("tab", name="Path", exact=True).click()
    expect(explorer.region("Explanation").get_by_role("table", name="What it changes in z")).to_be_visible()
    explorer.page.mouse.move(1, 1)
    explorer.button("Finish iteration").focus()
    expect(explorer.cell("z[0, 1, 5, 3] value")).to_contain_class("lit")
    expect(explorer.cell("z[0, 1, 5, 2] value")).not_to_contain_class("lit")
    expect(lit(picture.get_by_role("figure").last)).to_have_count(8)
    expect(picture).to_contain_text("40 of 48 lit cells are elsewhere")


def test_the_window_of_a_large_image_is_framed(explorer: Explorer) -> None:
    draw = random.Random(5)
    large = {
        "program": "a = conv2d(x, k, padding=1)\nloss = (a * a).mean()",
        "inputs": {"x": numbers(draw, 3, 2, 24, 24)},
        "parameters": {"k": numbers(draw, 4, 2, 3, 3)},
    }
    explorer.begin(large)
    explorer.select("a")
    pick(explorer, "a: sample, 0 to 2", 2)
    cell = explorer.cell("a[2, 0, 3, 4] value")
    expect(cell).to_be_visible()
    cell.click()
    expect(explorer.region("Explanation").get_by_role("heading", level=3)).to_contain_text("a[2, 0, 3, 4]")
    picture = explorer.page.get_by_role("group", name="Picture of a = conv2d(x, k, padding=1)", exact=True)
    stage = explorer.region("Tensors")
    expect(stage.get_by_role("group", name="sample", exact=True).locator("b")).to_have_text("2")
    channel = stage.get_by_role("group", name="k axis 1", exact=True)
    shown = int(channel.locator("b").inner_text())
    window = "24 by 24 numbers; the window is at rows 2 to 4, columns 3 to 5"
    expect(picture.get_by_role("img", name=f"x[2, {shown}], {window}", exact=True)).to_be_visible()
    channel.get_by_role("button", name="Next: k axis 1", exact=True).click()
    expect(picture.get_by_role("img", name=f"x[2, {1 - shown}], {window}", exact=True)).to_be_visible()


@pytest.mark.parametrize("look", looks())
def test_axe_finds_nothing(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    step(explorer, "z")
    explorer.select("z")
    explorer.cell("z[0, 1, 7, 4] value").click()
    expect(explorer.region("Explanation").get_by_role("heading", level=3)).to_contain_text("z[0, 1, 7, 4]")
    assert_clean(explorer.page, "an element of a slice")
