"""The graph as a strip, and large: folded loops, a search, a drawing that is zoomed and moved, and traced paths."""

import random
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG, count
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
def _opened(kept: None, explorer: Explorer) -> None:
    explorer.begin(document())


def plot(explorer: Explorer) -> Locator:
    return explorer.plot(explorer.region("Computation graph"))


def drawing(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("group", name="Drawing of the graph", exact=True)


def enlarge(explorer: Explorer) -> None:
    explorer.page.locator("body").press("g")
    expect(explorer.button("Close graph")).to_be_visible()
    expect(drawing(explorer)).to_be_focused()


def fold(explorer: Explorer) -> Locator:
    return explorer.button(f"Collapse loop h (×{STEPS})")


def finder(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("combobox", name="Find a node", exact=True)


def size(explorer: Explorer) -> Locator:
    return explorer.page.get_by_role("button", name=re.compile("back to original size"))


def text(explorer: Explorer, written: str) -> Locator:
    return plot(explorer).get_by_text(written, exact=True)


def unfold(explorer: Explorer) -> None:
    enlarge(explorer)
    fold(explorer).click()
    expect(text(explorer, "tanh")).to_have_count(STEPS)


def test_the_strip_has_the_drawing_alone_and_is_one_tab_stop(explorer: Explorer) -> None:
    explorer.page.reload()  # the list remembers where one was in it
    expect(explorer.status).to_contain_text("Opened")
    graph = explorer.region("Computation graph")
    expect(text(explorer, "loss")).to_be_visible()
    for tool in (fold(explorer), finder(explorer), size(explorer)):
        expect(tool).to_have_count(0)
    stops = "graph => [...graph.querySelectorAll('*')].filter(one => one.tabIndex >= 0).map(one => one.id)"
    assert graph.evaluate(stops) == ["nodes"]
    assert explorer.nodes.bounding_box()["width"] <= 1
    explorer.nodes.focus()
    assert explorer.nodes.bounding_box()["width"] > 100
    explorer.nodes.press("ArrowDown")
    explorer.shown(next(iter(explorer.trace(values="none")["tensors"])))


def test_stepping_moves_nothing_in_the_strip(explorer: Explorer) -> None:
    places = """plot => [...plot.querySelectorAll(".points path")].map(target => {
        const {x, y} = target.getBoundingClientRect();
        return [Math.round(x), Math.round(y)];
    })"""
    before = plot(explorer).evaluate(places)
    assert len(before) > STEPS
    height = explorer.region("Computation graph").bounding_box()["height"]
    for index in range(1, count(3, 5)):
        explorer.button("Next step").click()
        expect(explorer.page.locator("#step")).to_have_attribute("data-index", str(index))
        assert plot(explorer).evaluate(places) == before
        assert explorer.region("Computation graph").bounding_box()["height"] == height


def test_a_loop_is_one_node_until_it_is_unfolded(explorer: Explorer) -> None:
    expect(text(explorer, f"h ×{STEPS}")).to_be_visible()
    expect(text(explorer, "tanh")).to_have_count(0)
    assert explorer.nodes.get_by_role("option").all_text_contents() == list(explorer.trace(values="none")["tensors"])
    enlarge(explorer)
    expect(fold(explorer)).to_have_attribute("aria-pressed", "true")
    fold(explorer).focus()
    explorer.page.keyboard.press("Enter")
    expect(fold(explorer)).to_have_attribute("aria-pressed", "false")
    expect(text(explorer, "tanh")).to_have_count(STEPS)
    expect(text(explorer, f"h ×{STEPS}")).to_have_count(0)


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def click_the_folded_loop(explorer: Explorer) -> None:
    place = middle(text(explorer, f"h ×{STEPS}"))
    explorer.page.mouse.move(*place)
    expect(plot(explorer).locator(".hoverlayer")).to_contain_text(f"{STEPS} repeats of a loop")
    explorer.page.mouse.click(*place, delay=100)


def test_a_click_selects_in_the_strip_and_unfolds_in_the_large_graph(explorer: Explorer) -> None:
    click_the_folded_loop(explorer)
    explorer.shown(f"h__{STEPS}")
    enlarge(explorer)
    click_the_folded_loop(explorer)
    expect(explorer.status).to_contain_text(f"Loop h is expanded ({STEPS} times)")
    expect(text(explorer, "tanh")).to_have_count(STEPS)


def test_a_folded_loop_goes_along_with_the_steps(explorer: Explorer) -> None:
    marked = plot(explorer).locator("[style*=bold]", has_text=f"h ×{STEPS}")
    expect(marked.first).to_be_visible()
    explorer.region("Program").get_by_role("button", name="loss = mse(h @ wo, y)").click()
    expect(explorer.page.locator("#step")).to_contain_text("Step")
    expect(text(explorer, f"h ×{STEPS}")).to_be_visible()
    expect(marked).to_have_count(0)


def test_the_large_graph_opens_and_closes(explorer: Explorer) -> None:
    strip = explorer.region("Computation graph").bounding_box()
    stage = explorer.region("Tensors").bounding_box()
    for way in ("g", "Escape", "button"):
        if way == "button":
            explorer.region("Computation graph").hover()
            explorer.button("Enlarge").click()
            expect(explorer.button("Close graph")).to_be_visible()
        else:
            enlarge(explorer)
        large = explorer.region("Computation graph").bounding_box()
        assert large["height"] >= strip["height"] + stage["height"] - 1
        if way == "button":
            explorer.button("Close graph").click()
        else:
            explorer.page.keyboard.press(way)
        expect(explorer.button("Close graph")).to_have_count(0)
        assert explorer.region("Computation graph").bounding_box() == strip
        assert explorer.region("Tensors").bounding_box() == stage


def test_an_unfolded_loop_runs_in_rows_and_is_never_wider_than_its_place(explorer: Explorer) -> None:
    unfold(explorer)
    place = drawing(explorer)
    assert place.evaluate("place => place.scrollWidth <= place.clientWidth")
    tops = {round(box["y"] / 60) for one in text(explorer, "tanh").all() if (box := one.bounding_box())}
    assert len(tops) > 1
    expect(text(explorer, "wh")).to_have_count(STEPS)


def test_a_node_is_found_and_comes_into_view(explorer: Explorer) -> None:
    unfold(explorer)
    explorer.page.set_viewport_size({"width": 1280, "height": 500})
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


def test_what_is_not_found_is_said(explorer: Explorer) -> None:
    explorer.page.locator("body").press("/")
    expect(finder(explorer)).to_be_focused()
    finder(explorer).fill("nowhere")
    expect(explorer.region("Computation graph")).to_contain_text("No node has this name or operation")
    finder(explorer).press("Escape")
    expect(finder(explorer)).to_have_value("")


def test_the_drawing_is_zoomed_and_fitted(explorer: Explorer) -> None:
    unfold(explorer)
    place = drawing(explorer)
    expect(size(explorer)).to_have_text("100 %")
    explorer.button("Zoom in (+)").click()
    expect(size(explorer)).to_have_text("125 %")
    place.press("-")
    expect(size(explorer)).to_have_text("100 %")
    place.hover()
    explorer.page.keyboard.down("Control")
    explorer.page.mouse.wheel(0, -60)
    explorer.page.keyboard.up("Control")
    expect(size(explorer)).to_have_text("122 %")
    explorer.button("Fit the graph").click()
    plot(explorer)
    whole = "place => place.scrollWidth <= place.clientWidth + 1 && place.scrollHeight <= place.clientHeight + 1"
    assert place.evaluate(whole)
    size(explorer).click()
    expect(size(explorer)).to_have_text("100 %")


def test_the_drawing_is_moved_by_keys_and_hand(explorer: Explorer) -> None:
    unfold(explorer)
    place = drawing(explorer)
    for zoom in ("125 %", "156 %", "195 %"):
        place.press("+")
        expect(size(explorer)).to_have_text(zoom)
    plot(explorer)
    place.evaluate("place => place.scrollTo(0, 0)")
    step = explorer.page.locator("#step").get_attribute("data-index")
    for _ in range(3):
        place.press("ArrowRight")
    expect_scrolled(explorer, 150)
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", step or "")
    box = place.bounding_box()
    assert box
    explorer.page.mouse.move(box["x"] + 400, box["y"] + 3)
    explorer.page.mouse.down()
    explorer.page.mouse.move(box["x"] + 100, box["y"] + 3)
    explorer.page.mouse.up()
    expect_scrolled(explorer, 400)


def expect_scrolled(explorer: Explorer, least: int) -> None:
    """Waits until the drawing, which began at its left end, has moved by so many pixels."""
    moved = "([place, least]) => place.scrollLeft >= least"
    explorer.page.wait_for_function(moved, arg=[drawing(explorer).element_handle(), least])


def test_a_path_has_its_factors_and_products(explorer: Explorer) -> None:
    explorer.begin()
    steps = explorer.trace(values="none")["steps"]
    line = next(step for step in steps if step["output"] == "w1.g")
    explorer.region("Program").get_by_role("button", name=f"w1.g = {line['code']}").click()
    explorer.cell("w1[1, 0] gradient").click()
    explorer.page.get_by_role("tab", name="Path", exact=True).click()
    told = explorer.get(f"/runs/{explorer.run}/uses", tensor="w1", index="1,0")
    derivatives = [link["derivative"] for link in told["chain"] if link["derivative"] is not None]
    for derivative in derivatives:
        written = f"{derivative:.3f}".rstrip("0").rstrip(".") if derivative % 1 else f"{derivative:.0f}"
        expect(text(explorer, f"× {written.replace('-', chr(0x2212))}").first).to_be_visible()
    expect(text(explorer, "w1[1, 0]")).to_be_visible()
    for name in ("l1.g", "l2.g", "out.g"):
        expect(text(explorer, name)).to_be_visible()
    explorer.button("Next step").click()
    explorer.page.get_by_role("tab", name="Why", exact=True).click()
    expect(text(explorer, "l1.g")).to_have_count(0)


@pytest.mark.parametrize("look", looks("wide light"))
def test_axe_finds_nothing(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    explorer.page.locator("body").press("/")
    finder(explorer).fill("h")
    expect(
        explorer.page.get_by_role("listbox", name="Nodes that were found").get_by_role("option").first
    ).to_be_visible()
    assert_clean(explorer.page, "nodes that were found", *(() if LONG else ("#graph",)))
    finder(explorer).fill("nowhere")
    expect(explorer.region("Computation graph")).to_contain_text("No node has this name")
    assert_clean(explorer.page, "nothing found", *(() if LONG else ("#graph",)))
