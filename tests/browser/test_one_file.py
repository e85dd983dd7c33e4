"""An iteration in one file, or several, opened from the disk: it steps, explains and asks nobody."""

import re
from functools import cache
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import backprop_explorer as bx
from backprop_explorer.bundle import bundled_styles, page_folder
from backprop_explorer.examples import examples
from backprop_explorer.export.snapshot import STYLES
from tests.amount import some
from tests.api.conftest import RunClient, client_of
from tests.browser.explorer import cells, exact
from tests.browser.looks import assert_clean
from tests.browser.trouble import Trouble

# With the tests of a site on one worker, so that the script of such a page is put together once.
pytestmark = pytest.mark.xdist_group("site")


@pytest.fixture(autouse=True)
def _from_the_disk(trouble: Trouble) -> None:
    trouble.allow("^foreign: GET file:")


@cache
def written(name: str) -> tuple[Any, str]:
    """An example, and its page."""
    plan = bx.compile(examples[name])
    return plan, plan.html()


def opened(page: Page, folder: Path, name: str) -> Any:
    """The page of an example from the disk, and the requests that it makes from then on."""
    plan, text = written(name)
    return plan, shown(page, folder / f"{name}.html", text)


def shown(page: Page, file: Path, text: str) -> list[str]:
    """The requests that a page from the disk makes."""
    file.write_text(text, "utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    expect(page.locator("#step")).to_have_attribute("data-index", "0")
    return asked


def several(name: str, count: int, folder: Path) -> tuple[str, list[Any], list[Any]]:
    """The page of a run of an example with so many iterations, and the run's trace and an explanation at each."""
    with client_of(folder, processes=0) as client:
        run = RunClient(client, {"example": name})
        run("POST", "/iterations", {"count": count - 1})
        text = run("GET", "/export?format=html&first_iteration=0").text
        traces = [run.get("/trace", iteration=at) for at in range(count)]
        explained = [run.get("/explain", iteration=at, **EXPLAINED) for at in range(count)]
    return text, traces, explained


def beginning(number: float) -> re.Pattern[str]:
    """The first digits of a number, by which the page has caught up."""
    return re.compile(rf"^{re.escape(repr(number)[:12])}")


EXPLAINED = {"tensor": "w2", "field": "gradient", "index": "1,0"}


def expect_moment(page: Page, iteration: int, step: int, trace: Any) -> None:
    expect(page.locator("#iteration")).to_have_attribute("data-value", str(iteration))
    expect(page.locator("#step")).to_have_attribute("data-index", str(step))
    assert exact(page.locator("#loss").get_attribute("data-value")) == exact(trace["loss"])


def test_it_goes_from_iteration_to_iteration_both_ways(page: Page, tmp_path: Path) -> None:
    text, traces, explained = several("lesson13", 3, tmp_path)
    page.emulate_media(reduced_motion="reduce")
    asked = shown(page, tmp_path / "several.html", text)
    last = len(traces[0]["steps"]) - 1
    expect(page.locator("#iteration")).to_have_text("0 of 0–2")
    expect(page.get_by_role("button", name="Previous step")).to_have_attribute("aria-disabled", "true")
    page.get_by_label("Step", exact=True).fill(str(last + 1))
    page.get_by_role("button", name="Next step").click()
    expect_moment(page, 1, 0, traces[1])
    page.keyboard.press("ArrowLeft")
    expect_moment(page, 0, last, traces[0])
    page.get_by_role("slider", name="Viewing iteration").fill("2")
    expect_moment(page, 2, last, traces[2])
    expect(page.get_by_role("button", name="Next step")).to_have_attribute("aria-disabled", "true")

    page.get_by_role("button", name="w2.g = l2.T @ out.g").click()
    cell = page.locator("#tensors").get_by_role("gridcell", name="w2[1, 0] gradient", exact=True)
    cell.click()
    column = page.get_by_role("region", name="Explanation")
    column.get_by_role("tab", name="Terms").click()
    for iteration in (2, 1):
        page.get_by_role("slider", name="Viewing iteration").fill(str(iteration))
        expect_moment(page, iteration, 11, traces[iteration])
        for name, value in cells("w2", "gradient", traces[iteration]["tensors"]["w2"]["gradient"]):
            number = page.locator("#tensors").get_by_role("gridcell", name=name, exact=True)
            assert exact(number.get_attribute("data-value")) == value
        told = explained[iteration]
        expect(column.locator(".claim b")).to_have_attribute("data-value", beginning(told["value"]))
        shown_there = {exact(one.get_attribute("data-value")) for one in column.locator("[data-value]").all()}
        assert exact(told["value"]) in shown_there
        assert {exact(term["value"]) for term in told["terms"] if term["value"]} <= shown_there
    same_looks(page)
    page.emulate_media(media="print")
    expect(page.locator("#iteration")).to_have_text("1 of 0–2")
    expect(page.locator(".curve polyline")).to_be_visible()
    expect(page.locator("#training input:visible")).to_have_count(0)
    assert asked == [page.url]


@pytest.mark.parametrize("size", some([(1440, 900), (720, 800), (390, 844)]))
def test_several_iterations_have_room_and_axe_finds_nothing(page: Page, tmp_path: Path, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    shown(page, tmp_path / "several.html", bx.compile(examples["lesson13"]).html(iterations=12))
    page.get_by_role("slider", name="Viewing iteration").fill("11")
    expect(page.locator("#iteration")).to_have_text("11 of 0–11")
    assert page.locator("#training").evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    assert page.locator("#step").evaluate("text => text.scrollWidth <= text.clientWidth")
    assert_clean(page, "several iterations")


def test_it_steps_both_ways_and_explains(page: Page, tmp_path: Path) -> None:
    plan, asked = opened(page, tmp_path, "lesson13")
    assert exact(page.locator("#loss").get_attribute("data-value")) == exact(plan.loss)
    page.get_by_role("button", name="w1.g = x.T @ l1.g").click()
    expect(page.locator("#step")).to_have_attribute("data-phase", "backward")
    for name, value in cells("w1", "gradient", plan["w1.g"].tolist()):
        number = page.locator("#tensors").get_by_role("gridcell", name=name, exact=True)
        assert exact(number.get_attribute("data-value")) == value
    page.locator("#tensors").get_by_role("gridcell", name="w1[2, 1] gradient", exact=True).click()
    column = page.get_by_role("region", name="Explanation")
    expect(column).to_contain_text("w1.g[2, 1] = 0")
    column.get_by_role("tab", name="Terms").click()
    expect(column).to_contain_text("x[b, 2]")
    column.get_by_role("tab", name="Jacobian").click()
    expect(column.locator("svg rect").first).to_be_visible()
    column.get_by_role("tab", name="Path").click()
    expect(column).to_contain_text("loss")
    page.get_by_role("button", name="Previous step").click()
    expect(page.locator("#step")).to_have_attribute("data-index", "14")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#step")).to_have_attribute("data-index", "15")
    assert asked == [page.url]


def test_the_graph_is_drawn_and_leads_to_its_tensors(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, "lesson13")
    graph = page.get_by_role("region", name="Computation graph")
    expect(graph.get_by_text("matmul", exact=True).first).to_be_visible()
    expect(graph.get_by_text("values →")).to_be_visible()
    page.get_by_label("Nodes", exact=True).select_option("l2")
    expect(page.get_by_role("complementary", name="Selected: l2")).to_be_visible()
    graph.get_by_role("button", name="Enlarge").click()
    page.get_by_role("combobox", name="Find a node").fill("w1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Selected: w1")).to_be_visible()


@pytest.mark.parametrize("name", some([*examples]))
def test_every_step_is_drawn(page: Page, tmp_path: Path, name: str) -> None:
    _, asked = opened(page, tmp_path, name)
    steps = int(page.get_by_label("Step", exact=True).get_attribute("max") or 0)
    for at in range(0, steps, 1 + steps // 12):
        page.get_by_label("Step", exact=True).fill(str(at + 1))
        expect(page.locator("#step")).to_have_attribute("data-index", str(at))
        expect(page.locator("#tensors .equation")).to_be_visible()
        expect(page.locator("#tensors [data-result]").first).to_be_visible()
    assert asked == [page.url]


@pytest.mark.long  # its parts are the page's, and it has all of their styles
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_axe_finds_nothing(page: Page, tmp_path: Path, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, tmp_path, "lesson13")
    page.get_by_role("button", name="Next step").click()
    assert_clean(page, "one file")


LOOKS = """
() => [...document.querySelectorAll("body, body *:not(script, math *)")].map((element) =>
  ["", "::before", "::after"].map((part) => getComputedStyle(element, part).cssText).join())
"""


def same_looks(page: Page) -> None:
    """Each element looks as it does with all of the page's styles."""
    short = page.evaluate(LOOKS)
    kept = page.evaluate(
        "text => { const style = document.querySelector('style'); const kept = style.textContent;"
        " style.textContent = text; return kept; }",
        bundled_styles(page_folder(), [f"styles/{name}.css" for name in STYLES]),
    )
    whole = page.evaluate(LOOKS)
    page.evaluate("text => { document.querySelector('style').textContent = text; }", kept)
    assert len(short) > 100
    assert short == whole


WIDE, NARROW = (1440, 900), (390, 844)
LOOKED_AT = some(product(examples, (WIDE, NARROW)), ("lesson13", WIDE))


@pytest.mark.parametrize("looked_at", LOOKED_AT, ids=str)
def test_no_style_is_left_out_that_shows(page: Page, tmp_path: Path, looked_at: tuple[str, tuple[int, int]]) -> None:
    name, (width, height) = looked_at
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(reduced_motion="reduce")
    opened(page, tmp_path, name)
    steps = int(page.get_by_label("Step", exact=True).get_attribute("max") or 0)
    tabs = ("why", "terms", "shapes", "jacobian", "uses")
    for tab, at in zip(cycle(tabs), range(0, steps, 1 + steps // 7)):  # one of them after the other
        page.get_by_label("Step", exact=True).fill(str(at + 1))
        expect(page.locator("#step")).to_have_attribute("data-index", str(at))
        page.evaluate("document.querySelector('#tensors [role=gridcell]')?.click()")  # pictures have none
        page.locator(f"#aspect-{tab}").dispatch_event("click")
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        same_looks(page)
    page.locator(".enlarge").dispatch_event("click")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    same_looks(page)
