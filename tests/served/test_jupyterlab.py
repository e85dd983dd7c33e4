"""A notebook in a real JupyterLab: a plan, its widget, which is dragged and asked, and the page through its proxy."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import backprop_explorer as bx
from backprop_explorer.examples import examples
from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble
from tests.browser.window import VIEWPORT
from tests.served.jupyterlab import PREFIX, JupyterLab, NoJupyterLab, choose, installed, output, run_all

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("jupyterlab")]
CELLS = (
    "import backprop_explorer as bx\nfrom backprop_explorer.examples import examples\n"
    'plan = bx.compile(examples["lesson13"])\nplan',
    "bx.widget(plan)",
    'print(plan["w1"][1, 0], plan.loss)',
)
PAPER = {"Light": "rgb(252, 251, 248)", "Dark": "rgb(21, 23, 26)"}
LOADED = 60_000
"""Milliseconds in which JupyterLab, or a server that it starts, has come even on a busy machine."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    folder = tmp_path_factory.mktemp("jupyterlab")
    try:
        lab = JupyterLab(installed(folder), folder)
    except NoJupyterLab as error:
        pytest.fail(str(error), pytrace=False)
    lab.start(within=120)
    try:
        yield lab
    finally:
        lab.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={**VIEWPORT, "height": 1300})
    context.set_default_timeout(LOADED)
    yield context
    context.close()


@pytest.fixture
def notebook(context: BrowserContext, lab: JupyterLab) -> Page:
    """With all cells run, and the widget in view."""
    page = context.new_page()
    run_all(page, f"{lab.write('widget.ipynb', *CELLS)}?reset")
    page.get_by_role("button", name="Next step").scroll_into_view_if_needed()
    return page


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("gridcell", name=name, exact=True)


def run_last(page: Page) -> Locator:
    """Runs the last cell again; what it prints."""
    page.locator(".jp-Notebook .jp-Cell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return output(page, len(CELLS) - 1)


def test_a_plan_and_its_widget_share_numbers(notebook: Page) -> None:
    plan: Any = bx.compile(examples["lesson13"])
    plan.run()
    expect(output(notebook, 0)).to_contain_text("A training set small enough to follow · loss 1 · sgd lr 0.5")
    expect(output(notebook, 0).get_by_role("table")).to_have_count(2)

    weight, loss = cell(notebook, "w1[1, 0] value"), notebook.locator("#loss")
    expect(loss).to_have_attribute("data-value", "1")
    box = weight.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    notebook.mouse.move(x, y)
    notebook.mouse.down()
    notebook.mouse.move(x + 50, y, steps=10)
    moved = plan["w1"].copy()
    moved[1, 0] = 1.5
    plan["w1"] = moved
    expect(loss).to_have_attribute("data-value", repr(plan.run()))
    notebook.mouse.up()
    expect(notebook.get_by_role("status").filter(has_text="w1[1, 0] is 1.5; the loss went from 1 to")).to_be_visible()

    number = cell(notebook, "l1.matmul[4, 0] value")
    number.click()
    explanation = notebook.get_by_role("region", name="Explanation")
    expect(explanation).to_contain_text("l1.matmul[4, 0] = 1.500")
    explanation.get_by_role("tab", name="Terms").click()
    expect(explanation.get_by_role("rowheader", name="sum of 10 products")).to_be_visible()

    weight.dblclick()
    notebook.keyboard.type("0.75")
    notebook.keyboard.press("Enter")
    expect(weight).to_have_attribute("data-value", "0.75")
    expect(weight).to_be_focused()
    for key in "ddxx00":  # commands of the notebook's, if they came to it: delete and cut cells, restart the kernel
        notebook.keyboard.press(key)
    notebook.keyboard.press("Escape")
    expect(notebook.locator(".jp-Notebook .jp-Cell")).to_have_count(len(CELLS))
    moved[1, 0] = 0.75
    plan["w1"] = moved
    expect(run_last(notebook)).to_have_text(f"0.75 {plan.run()}\n")


def test_the_widget_is_light_or_dark_as_jupyterlab_is(notebook: Page) -> None:
    for theme, paper in PAPER.items():
        choose(notebook, "Settings", "Theme", f"JupyterLab {theme}")
        expect(notebook.locator(".page")).to_have_css("background-color", paper)


def test_the_launcher_opens_the_page_below_the_prefix(context: BrowserContext, lab: JupyterLab) -> None:
    launcher = context.new_page()
    launcher.goto(f"{lab.url}{PREFIX}/lab?reset")
    with context.expect_page() as opened:
        launcher.get_by_title("Backprop Explorer").first.click()
    page = opened.value
    home = f"{lab.url}{PREFIX}/backprop-explorer/"
    trouble = Trouble(page, home)
    expect(page.get_by_role("status")).to_contain_text("Opened", timeout=LOADED)
    assert page.url.startswith(home)
    with httpx.Client(base_url=f"{home}api", trust_env=False, timeout=30) as api:
        explorer = Explorer(page, api)
        explorer.plot(explorer.region("Computation graph"))
        explorer.edit("w1[0, 1] value", "0.5")
        explorer.train(3)
        explorer.expect_iteration(3)
        explorer.assert_agreement("w1", "l2")
    trouble.leave()
    assert not trouble.unexpected, "\n".join(trouble.unexpected)
