"""Every example opens from the list, its graph can be read, its steps are drawn, and its numbers are the API's."""

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from backprop_explorer.examples import examples
from tests.amount import LONG, some
from tests.browser.explorer import Explorer, cells, numbers_of
from tests.browser.trouble import Trouble

GRID_CELLS = 400
NAMES = list(examples)
GROUPS = [NAMES[at : at + 3] for at in range(0, len(NAMES), 3)]
SMALL = [name for name in NAMES if name != "digits"]


def open_example(explorer: Explorer, name: str) -> None:
    """A run of it, by its address."""
    explorer.begin(name)


def test_the_list_has_every_example(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.button("Example").click()
    options = explorer.examples.get_by_role("option")
    assert options.evaluate_all("options => options.map(option => option.dataset.name)") == list(examples)
    titles = [example["title"] for example in explorer.get("/examples")]
    assert options.evaluate_all("options => options.map(option => option.getAttribute('aria-label'))") == titles
    explorer.page.keyboard.press("Escape")
    expect(explorer.examples).to_be_hidden()


@pytest.mark.parametrize("few", some(GROUPS, *(few for few in GROUPS if "rnn" in few)), ids="-".join)
def test_each_opens_with_its_steps_and_a_graph_that_can_be_read(kept: None, explorer: Explorer, few: list[str]) -> None:
    explorer.begin()
    for name in few if LONG else (few[0], few[-1]):  # a loop, and a function that is called
        explorer.choose(name)
        assert explorer.state()["title"] == explorer.get(f"/examples/{name}")["title"]
        trace = explorer.trace(values="none")
        explorer.expect_loss(trace["loss"])
        derived = [f"{step['output']} = {step['code']}" for step in trace["steps"] if step["phase"] != "forward"]
        folded = explorer.region("Program").locator(".line[aria-expanded=false]")
        for _ in range(folded.count()):
            folded.first.click()
        lines = explorer.region("Program").locator(".lines > li > .line code")
        assert lines.all_text_contents() == [*explorer.state()["document"]["program"].strip().split("\n"), *derived]
        graph = explorer.region("Computation graph")
        expect_readable(explorer.plot(graph), graph)
        lines.last.click()
        picture = explorer.page.get_by_role("group", name=f"Picture of {derived[-1]}", exact=True)
        expect(picture.get_by_role("figure").last).to_contain_text(trace["steps"][-1]["output"])


@pytest.mark.parametrize("example", some(NAMES, "scalar"))
def test_the_numbers_are_the_api_s(kept: None, explorer: Explorer, example: str) -> None:
    open_example(explorer, example)
    assert explorer.state()["title"] == explorer.get(f"/examples/{example}")["title"]
    trace = explorer.trace()
    explorer.expect_loss(trace["loss"])
    large = [name for name, record in trace["tensors"].items() if size(record["shape"]) > GRID_CELLS]
    for name, record in trace["tensors"].items():
        if name not in large:
            explorer.expect_numbers(explorer.select(name), numbers_of(name, record))


@pytest.mark.parametrize("example", some(NAMES))
def test_the_steps_are_the_api_s_and_each_has_a_picture(kept: None, explorer: Explorer, example: str) -> None:
    open_example(explorer, example)
    steps = explorer.trace(values="none")["steps"]
    for step in steps:
        explorer.expect_step(step)
        picture = explorer.page.get_by_role("group", name=f"Picture of {step['output']} = {step['code']}", exact=True)
        expect(picture).to_be_visible()
        expect(picture.get_by_role("figure").last).to_contain_text(step["output"])
        if step in (steps[0], steps[-1]):
            last = picture.get_by_role("figure").last
            expect(last.get_by_role("gridcell").or_(last.get_by_role("img")).first).to_be_visible()
        explorer.button("Next step").click()
    explorer.expect_iteration(1)
    assert explorer.state()["iteration"] == 1


@pytest.mark.parametrize("width", some([1280, 1440, 1920], 1440))
@pytest.mark.parametrize("name", some(NAMES, "rnn"))
def test_the_graph_can_be_read(kept: None, explorer: Explorer, name: str, width: int) -> None:
    explorer.page.set_viewport_size({"width": width, "height": 900})
    open_example(explorer, name)
    plot = explorer.plot(explorer.region("Computation graph"))
    expect_readable(plot, explorer.region("Computation graph"))

    explorer.page.keyboard.press("g")
    drawing = explorer.page.get_by_role("group", name="Drawing of the graph", exact=True)
    expect(drawing).to_be_focused()
    loops = explorer.page.get_by_role("button", name="Collapse loop ", pressed=True)
    for _ in range(loops.count()):
        left = loops.count() - 1
        loops.first.click()
        expect(loops).to_have_count(left)
    plot = explorer.plot(drawing)
    texts = expect_readable(plot, plot)
    leaves = [leaf for leaf, role in roles(explorer).items() if role in ("input", "parameter")]
    assert not [leaf for leaf in leaves if leaf not in texts]
    steps = explorer.trace(values="none")["steps"]
    forward = [step for step in steps if step["phase"] == "forward"]
    assert plot.locator(".points path").count() >= len(forward) + len(leaves) + 1
    assert drawing.evaluate("place => place.scrollWidth <= place.clientWidth")


def expect_readable(plot: Locator, frame: Locator) -> list[str]:
    """No text is small, cut off or on another; all texts."""
    labels = plot.locator(".textpoint").evaluate_all(BOXES)
    assert labels
    assert not [label["text"] for label in labels if label["font"] < 12]
    assert not [(a["text"], b["text"]) for a, b in combinations(labels, 2) if overlap(a, b)]
    [around] = frame.evaluate_all(BOXES)
    assert not [label["text"] for label in labels if not inside(label, around)]
    return [label["text"] for label in labels]


@pytest.mark.parametrize("size", some([(1440, 900), (390, 844)]))
def test_a_graph_that_is_wider_than_its_window_follows_the_cursor(explorer: Explorer, size: tuple[int, int]) -> None:
    explorer.page.set_viewport_size({"width": size[0], "height": size[1]})
    count = 14 if size[0] < 400 else 30
    program = "\n".join(f"x{at} = {f'x{at - 1}' if at else 'x'} * w{at}" for at in range(count))
    run = explorer.api.post(
        "/runs",
        json={
            "program": f"{program}\nloss = x{count - 1}.sum()",
            "inputs": {"x": [1, 2, 3]},
            "parameters": {f"w{at}": [1, 1, 1] for at in range(count)},
        },
    )
    explorer.open(f"/#run={run.raise_for_status().json()['id']}")
    explorer.plot(explorer.region("Computation graph"))
    drawing = explorer.page.get_by_role("group", name="Drawing of the graph", exact=True)
    expect(drawing).to_have_js_property("scrollLeft", 0)
    before = 0
    for step in explorer.trace(values="none")["steps"][: count + 1]:
        plot = explorer.plot(explorer.region("Computation graph"))
        name = step["output"]
        expect(plot.get_by_text(name if name != "loss" else f"x{count - 1}", exact=True)).to_be_in_viewport()
        moved = drawing.evaluate("place => place.scrollLeft")
        assert moved >= before
        before = moved
        explorer.page.keyboard.press("ArrowRight")
        expect(explorer.page.locator("#step")).to_have_attribute("data-index", str(step["index"] + 1))
    assert before > size[0]


@pytest.mark.long  # test_large and test_slices have windows of other large tensors
def test_large_tensors_are_heatmaps_with_a_window(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("willReadFrequently")  # the test reads the drawings, the page does not
    explorer.begin("digits")
    large = {name: record["shape"] for name, record in explorer.trace(values="none")["tensors"].items()
             if size(record["shape"]) > GRID_CELLS}  # fmt: skip
    assert {"x", "w1"} <= set(large)
    for name in large if LONG else ("w1",):
        shown = explorer.select(name)
        for field in ("value", "gradient"):
            answer = explorer.get(f"/runs/{explorer.run}/tensors/{name}", field=field)
            code = name if field == "value" else f"{name}.g"
            rows, columns = large[name]
            heatmap = shown.get_by_role("img", name=f"{code}, {rows} by {columns} numbers drawn as colours")
            numbers = [float(text) for _, text in cells(name, field, answer["value"])]
            drawn = heatmap.locator("canvas").evaluate(SIGNS)
            assert len(drawn) == len(numbers)
            seen = max(map(abs, numbers)) / 100  # what is smaller may be too pale to tell
            wrong = [(sign, number) for sign, number in zip(drawn, numbers, strict=True)
                     if abs(number) > seen and sign != ("+" if number > 0 else "-")]  # fmt: skip
            assert not wrong
        expect(shown.get_by_role("gridcell")).to_have_count(2 * 8 * min(5, large[name][1]))
    w1 = explorer.select("w1")
    w1.get_by_role("spinbutton", name="grid from row").fill("50")
    w1.get_by_role("spinbutton", name="grid from row").press("Enter")
    explorer.edit("w1[53, 2] value", "0.75")
    assert explorer.get(f"/runs/{explorer.run}/tensors/w1", window="53:54,2:3")["value"] == [[0.75]]
    trace = explorer.trace()
    explorer.expect_loss(trace["loss"])
    expected = numbers_of("w1", trace["tensors"]["w1"])
    shown = explorer.shown("w1")
    expect(shown.get_by_role("gridcell")).to_have_count(2 * 8 * 5)
    names = explorer.numbers(shown)
    assert "w1[53, 2] value" in names
    explorer.expect_numbers(shown, {name: expected[name] for name in names})


@pytest.mark.parametrize("name", some(SMALL, "batch_norm"))
def test_two_iterations_on_the_page_are_two_in_the_api(kept: None, explorer: Explorer, name: str) -> None:
    open_example(explorer, name)
    for iteration in (1, 2):
        explorer.button("Finish iteration").click()
        explorer.expect_iteration(iteration)
    run = explorer.api.post("/runs", json={"example": name}).json()
    answer = explorer.api.post(f"/runs/{run['id']}/iterations", json={"count": 2}).json()
    explorer.expect_loss(answer["loss"])


def size(shape: list[int]) -> int:
    product = 1
    for length in shape:
        product *= length
    return product


def roles(explorer: Explorer) -> dict[str, str]:
    return {name: record["role"] for name, record in explorer.trace(values="none")["tensors"].items()}


SIGNS = """canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const signs = [];
    for (let at = 0; at < data.length; at += 4) {
        const [red, green] = [data[at], data[at + 1]];
        signs.push(green > red ? "+" : green < red ? "-" : "0");
    }
    return signs;
}"""
"""The sign of each number of a heat map, by the tint of its pixel."""

Box = dict[str, Any]

BOXES = """elements => elements.map(element => {
    const {left, right, top, bottom} = element.getBoundingClientRect();
    const font = parseFloat(getComputedStyle(element.querySelector("text") ?? element).fontSize);
    return {left, right, top, bottom, text: element.textContent, font};
})"""


def overlap(a: Box, b: Box) -> bool:
    """Do they share more than a hair's breadth?"""
    slack = 1
    across = min(a["right"], b["right"]) - max(a["left"], b["left"])
    down = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
    return across > slack and down > slack


def inside(a: Box, frame: Box) -> bool:
    slack = 1
    return (
        a["left"] >= frame["left"] - slack
        and a["right"] <= frame["right"] + slack
        and a["top"] >= frame["top"] - slack
        and a["bottom"] <= frame["bottom"] + slack
    )
