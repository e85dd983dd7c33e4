"""The stage at every size: the whole equation is seen, nothing is cut off, and nothing moves when one steps."""

from typing import Any

import pytest
from playwright.sync_api import expect

from backprop_explorer.examples import examples
from tests.amount import some
from tests.browser.explorer import Explorer

SIZES = [(1440, 900), (1280, 720), (1366, 768), (1920, 1080), (1024, 768), (390, 844), (720, 450)]
LEAST = 12
"""Pixels of the smallest type."""

SEEN = """() => {
    const box = element => element.getBoundingClientRect();
    const within = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1
        && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
    const picture = document.querySelector("#tensors .picture");
    const result = picture.querySelector("[data-result]");
    const faults = [];
    if (!within(box(result), box(picture))) faults.push("the result is outside of the stage");
    if (picture.scrollWidth > picture.clientWidth + 1 || picture.scrollHeight > picture.clientHeight + 1)
        faults.push("the picture is cut off");
    for (const cell of picture.querySelectorAll(".cell"))
        if (cell.scrollWidth > cell.clientWidth + 1) faults.push(`${cell.getAttribute("aria-label")} is cut off`);
    const line = document.querySelector("#program [aria-current=step]");
    if (!line || !within(box(line), box(document.querySelector("#program .lines-box"))))
        faults.push("the line of the step is out of sight");
    const strip = document.querySelector("#graph .graph-plot");
    if (strip.scrollHeight > strip.clientHeight + 1) faults.push("the graph is cut off");
    for (const part of document.querySelectorAll("#explanation :is(.aspect, .index-form)"))
        if (part.scrollWidth > part.clientWidth + 4) faults.push(`${part.className} is wider than its place`);
    return faults;
}"""
SMALL = """least => {
    const small = new Set();
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        if (element.closest("math, noscript")) continue;
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (size < least) small.add(`${element.tagName} ${element.className} ${size}`);
    }
    return [...small];
}"""
PLACES = """() => ["program", "graph", "tensors", "explanation", "training"].map(id => {
    const {left, top, width, height} = document.getElementById(id).getBoundingClientRect();
    return [id, left, top, width, height].map(part => typeof part === "number" ? Math.round(part) : part).join(" ");
})"""


def looked_at(explorer: Explorer) -> dict[str, Any]:
    """What is wrong with the picture of each step, by its number, and whether a region has moved."""
    places = explorer.page.evaluate(PLACES)
    faults: dict[str, Any] = {}
    count = len(explorer.trace()["steps"])
    for index in range(count):
        expect(explorer.step).to_have_attribute("data-index", str(index))
        expect(explorer.region("Tensors").locator(".pending")).to_have_count(0)
        found = [*explorer.page.evaluate(SEEN)]
        if explorer.page.evaluate(PLACES) != places:
            found.append("the page has moved")
        if found:
            faults[f"step {index}"] = found
        if index < count - 1:
            explorer.page.keyboard.press("ArrowRight")
    return faults


@pytest.mark.parametrize("size", some([f"{width}x{height}" for width, height in SIZES], "1280x720"))
def test_every_step_of_the_lesson_is_seen_whole(explorer: Explorer, size: str) -> None:
    width, height = map(int, size.split("x"))
    explorer.page.emulate_media(reduced_motion="reduce")
    explorer.page.set_viewport_size({"width": width, "height": height})
    explorer.open()
    if explorer.region("Lesson").is_visible():  # a low window has no room for it
        offer = explorer.button("Start the lesson")
        expect(offer).to_be_visible()
        explorer.button("Close lesson").click()
        expect(offer).to_be_hidden()
    assert explorer.page.evaluate(SMALL, LEAST) == []
    assert looked_at(explorer) == {}


@pytest.mark.parametrize("size", some(["1440x900", "1280x720"]))
@pytest.mark.parametrize("example", some(list(examples)))
def test_every_step_of_an_example_is_seen_whole(kept: None, explorer: Explorer, example: str, size: str) -> None:
    width, height = map(int, size.split("x"))
    explorer.page.emulate_media(reduced_motion="reduce")
    explorer.page.set_viewport_size({"width": width, "height": height})
    explorer.begin(example)
    assert looked_at(explorer) == {}


@pytest.mark.long  # every step of the lesson is looked at above
def test_a_tensor_keeps_its_size_from_step_to_step(kept: None, explorer: Explorer) -> None:
    explorer.page.emulate_media(reduced_motion="reduce")
    explorer.begin()
    sizes: dict[str, set[tuple[int, int]]] = {}
    for _ in explorer.trace()["steps"]:
        for name, width, height in (
            explorer.region("Tensors")
            .locator("[data-tensor]")
            .evaluate_all(
                """figures => figures.flatMap(figure => {
                const matrix = figure.querySelector(".matrix .cell");
                if (!matrix) return [];
                const {width, height} = matrix.getBoundingClientRect();
                return [[`${figure.dataset.tensor} ${figure.dataset.field}`, Math.round(width), Math.round(height)]];
            })"""
            )
        ):
            sizes.setdefault(name, set()).add((width, height))
        explorer.page.keyboard.press("ArrowRight")
    assert len(sizes) > 10
    assert {name: seen for name, seen in sizes.items() if len(seen) > 1} == {}


def test_equal_numbers_have_equal_tints(kept: None, explorer: Explorer) -> None:
    explorer.page.emulate_media(reduced_motion="reduce")
    explorer.begin()
    for _ in range(2):
        explorer.page.keyboard.press("ArrowRight")
    expect(explorer.step).to_have_attribute("data-index", "2")
    tints = (
        explorer.region("Tensors")
        .get_by_role("gridcell")
        .evaluate_all("cells => cells.map(cell => [cell.dataset.value, getComputedStyle(cell).backgroundColor])")
    )
    by_number: dict[str, set[str]] = {}
    for number, tint in tints:
        by_number.setdefault(number.removeprefix("-") if float(number) == 0 else number, set()).add(tint)
    assert len(by_number) > 3
    assert {number: seen for number, seen in by_number.items() if len(seen) > 1} == {}


def test_a_phone_shows_the_numbers_of_the_first_step(kept: None, explorer: Explorer) -> None:
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    explorer.begin()
    for cell in ("x[5, 9] value", "w1[9, 1] value", "l1.matmul[5, 1] value"):
        expect(explorer.cell(cell)).to_be_visible()


def test_the_explanation_follows_the_steps_that_one_walks(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    claim = explorer.region("Explanation").get_by_role("heading", level=3)
    explorer.cell("l1.matmul[1, 0] value").click()
    expect(claim).to_contain_text("l1.matmul[1, 0]")
    explorer.button("Next step").click()
    expect(claim).to_contain_text("l1[")
    explorer.cell("l1.matmul[0, 0] value").click()
    expect(claim).to_contain_text("l1.matmul[0, 0]")
    explorer.region("Program").get_by_role("button").filter(has_text="out.g = ").first.click()
    expect(claim).to_contain_text("out.g[")


def test_nothing_moves_below_the_pointer_in_the_program(kept: None, explorer: Explorer) -> None:
    """The steps of a line stay unfolded while one clicks on; when the pointer has left they fold."""
    explorer.begin()
    lines = explorer.region("Program").get_by_role("button")
    inside = explorer.region("Program").locator(".inside")
    aim = lines.filter(has_text="out.g = ").first
    before = aim.bounding_box()
    aim.click()
    expect(explorer.step).to_contain_text("backward")
    expect(inside).to_have_count(1)
    assert aim.bounding_box() == before
    explorer.region("Tensors").hover()
    expect(inside).to_have_count(0)
