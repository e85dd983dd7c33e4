"""Large graphs: loops folded into one node, a search over the nodes, and a drawing that is zoomed and moved."""

import random
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks

STEPS = 6
PROGRAM = f"""h = h0
for t in range({STEPS}):
    h = tanh(x[:, t] @ wx + h @ wh)
loss = mse(h @ wo, y)"""


def numbers(draw: random.Random, *shape: int) -> Any:
    """Random numbers with two digits."""
    return [numbers(draw, *shape[1:]) for _ in range(shape[0])] if shape else round(draw.uniform(-1, 1), 2)


def document() -> dict[str, Any]:
    draw = random.Random(3)
    return {
        "title": "a loop",
        "program": PROGRAM,
        "inputs": {"x": numbers(draw, 4, STEPS, 3), "h0": numbers(draw, 4, 5), "y": numbers(draw, 4, 1)},
        "parameters": {"wx": numbers(draw, 3, 5), "wh": numbers(draw, 5, 5), "wo": numbers(draw, 5, 1)},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }


@pytest.fixture(autouse=True)
def _opened(explorer: Explorer) -> None:
    run = explorer.api.post("/runs", json=document()).raise_for_status().json()["id"]
    explorer.open(f"/?run={run}")


def plot(explorer: Explorer) -> Locator:
    return explorer.plot(explorer.region("Computation graph"))


def drawing(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("group", name="Drawing of the graph", exact=True)


def fold(explorer: Explorer) -> Locator:
    return explorer.button(f"Fold h ×{STEPS}")


def finder(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("combobox", name="Find a node", exact=True)


def text(explorer: Explorer, written: str) -> Locator:
    return plot(explorer).get_by_text(written, exact=True)


def test_a_loop_is_one_node_until_it_is_unfolded(explorer: Explorer) -> None:
    expect(text(explorer, f"h ×{STEPS}")).to_be_visible()
    expect(text(explorer, "tanh")).to_have_count(0)
    assert explorer.nodes.get_by_role("option").all_text_contents() == list(explorer.trace(values="none")["tensors"])
    expect(fold(explorer)).to_have_attribute("aria-pressed", "true")
    fold(explorer).focus()
    explorer.page.keyboard.press("Enter")
    expect(fold(explorer)).to_have_attribute("aria-pressed", "false")
    expect(text(explorer, "tanh")).to_have_count(STEPS)
    expect(text(explorer, f"h ×{STEPS}")).to_have_count(0)


def test_a_click_unfolds_it(explorer: Explorer) -> None:
    expect(text(explorer, f"h ×{STEPS}")).to_be_visible()
    box = text(explorer, f"h ×{STEPS}").bounding_box()
    assert box
    explorer.page.mouse.move(box["x"] + 5, box["y"] + 5)
    expect(plot(explorer).locator(".hoverlayer")).to_contain_text("click to unfold")
    explorer.page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(explorer.status).to_contain_text(f"All {STEPS} repeats of h are drawn")
    expect(text(explorer, "tanh")).to_have_count(STEPS)


def test_a_folded_loop_goes_along_with_the_steps(explorer: Explorer) -> None:
    marked = plot(explorer).locator("[style*=bold]", has_text=f"h ×{STEPS}")
    expect(marked.first).to_be_visible()
    explorer.region("Program").get_by_role("button", name="loss = mse(h @ wo, y)").click()
    expect(explorer.page.locator("#step")).to_contain_text("loss.matmul")
    expect(text(explorer, f"h ×{STEPS}")).to_be_visible()
    expect(marked).to_have_count(0)


def test_a_node_is_found_and_comes_into_view(explorer: Explorer) -> None:
    fold(explorer).click()
    expect(text(explorer, "tanh")).to_have_count(STEPS)
    explorer.page.locator("body").press("/")
    expect(finder(explorer)).to_be_focused()
    explorer.page.keyboard.type("tanh")
    options = explorer.page.get_by_role("listbox", name="Nodes that were found").get_by_role("option")
    expect(options).to_have_count(STEPS)
    for _ in range(STEPS - 1):
        explorer.page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    explorer.page.keyboard.press("Enter")
    explorer.shown(f"h__{STEPS}")
    expect(finder(explorer)).to_have_value("")
    expect(explorer.nodes).to_have_value(f"h__{STEPS}")
    expect(text(explorer, "tanh").last).to_be_in_viewport()
    expect(text(explorer, "h0")).not_to_be_in_viewport()


def test_what_is_not_found_is_said(explorer: Explorer) -> None:
    finder(explorer).fill("nowhere")
    expect(explorer.region("Computation graph")).to_contain_text("No node has this name or operation")
    finder(explorer).press("Escape")
    expect(finder(explorer)).to_have_value("")


def test_the_drawing_is_zoomed_and_fitted(explorer: Explorer) -> None:
    fold(explorer).click()
    expect(text(explorer, "tanh")).to_have_count(STEPS)
    place = drawing(explorer)
    assert place.evaluate("place => place.scrollWidth > place.clientWidth")
    explorer.button("Fit the graph").click()
    expect(text(explorer, "tanh")).to_have_count(STEPS)
    assert place.evaluate("place => place.scrollWidth <= place.clientWidth + 1")
    expect(explorer.button("Original size")).not_to_have_text("100 %")
    explorer.button("Original size").click()
    expect(explorer.button("Original size")).to_have_text("100 %")
    explorer.button("Zoom in").click()
    expect(explorer.button("Original size")).to_have_text("125 %")
    place.press("-")
    expect(explorer.button("Original size")).to_have_text("100 %")
    place.hover()
    explorer.page.keyboard.down("Control")
    explorer.page.mouse.wheel(0, -60)
    explorer.page.keyboard.up("Control")
    expect(explorer.button("Original size")).to_have_text("122 %")


def test_the_drawing_is_moved_by_keys_wheel_and_hand(explorer: Explorer) -> None:
    fold(explorer).click()
    expect(text(explorer, "tanh")).to_have_count(STEPS)
    place = drawing(explorer)
    step = explorer.page.locator("#step").get_attribute("data-index")
    place.focus()
    for _ in range(5):
        place.press("ArrowRight")
    expect_scrolled(explorer, 250)
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", step or "")
    box = place.bounding_box()
    assert box
    explorer.page.mouse.move(box["x"] + 400, box["y"] + 3)
    explorer.page.mouse.down()
    explorer.page.mouse.move(box["x"] + 100, box["y"] + 3)
    explorer.page.mouse.up()
    expect_scrolled(explorer, 500)


def expect_scrolled(explorer: Explorer, least: int) -> None:
    """Waits until the drawing, which began at its left end, has moved by so many pixels."""
    moved = "([place, least]) => place.scrollLeft >= least"
    explorer.page.wait_for_function(moved, arg=[drawing(explorer).element_handle(), least])


@pytest.mark.parametrize("look", looks("narrow light"))
def test_axe_finds_nothing(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    finder(explorer).fill("h")
    expect(
        explorer.page.get_by_role("listbox", name="Nodes that were found").get_by_role("option").first
    ).to_be_visible()
    assert_clean(explorer.page, "nodes that were found")
    finder(explorer).fill("nowhere")
    expect(explorer.region("Computation graph")).to_contain_text("No node has this name")
    assert_clean(explorer.page, "nothing found")
