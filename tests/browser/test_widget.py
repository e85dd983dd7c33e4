"""A run in a notebook: the widget in Python, and what it draws when a page calls it as anywidget does."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import backprop_explorer as bx
from backprop_explorer.bundle import page_folder
from backprop_explorer.examples import examples
from backprop_explorer.widget import bundle
from tests.amount import some
from tests.browser.explorer import cells, exact
from tests.server import Server

# What a notebook hands to a widget: a model with its traits, and an element. `change` stands for Python's side.
NOTEBOOK = """async ({ module, traits }) => {
    const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const { default: widget } = await import(address);
    const listeners = {};
    const model = {
        get: (name) => traits[name],
        set: (name, value) => { traits[name] = value; },
        save_changes: () => { window.saved = { step: traits.step }; },
        on: (event, listen) => { listeners[event] = listen; },
        off: (event) => { delete listeners[event]; },
    };
    window.change = (values) => {
        Object.assign(traits, values);
        for (const name of Object.keys(values)) listeners["change:" + name]?.();
    };
    const el = document.body.appendChild(document.createElement("div"));
    window.leave = await widget.render({ model, el });
    window.heard = () => Object.keys(listeners);
}"""


@pytest.fixture(scope="module")
def client(server: Server) -> Any:
    with bx.Client(server.url) as client:
        yield client


def show(page: Page, widget: Any) -> None:
    """The widget in a page of its own, as a notebook would show it."""
    page.goto("about:blank")  # under no policy of the server's
    page.set_content(
        "<!doctype html><title>notebook</title><style>button { display: none } body { margin: 8px }</style>"
    )
    traits = {"run": widget.run, "trace": widget.trace, "step": widget.step}
    page.evaluate(NOTEBOOK, {"module": widget._esm, "traits": traits})


def number(page: Page, name: str) -> Locator:
    return page.get_by_role("gridcell", name=name, exact=True)


def test_a_run_is_stepped_through(page: Page, client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    run.train(3)
    widget = bx.widget(run)
    show(page, widget)
    expect(page.get_by_text("iteration 3, loss")).to_be_visible()
    trace = run.trace()
    for name, value in cells("w1", "value", trace["tensors"]["w1"]["value"]):
        assert exact(number(page, name).get_attribute("data-value")) == value

    page.get_by_role("button", name="Next step").click()
    expect(page.locator("#step")).to_have_attribute("data-index", "1")
    assert page.evaluate("window.saved.step") == 1
    [step] = [step for step in trace["steps"] if step["output"] == "w1.g"]
    page.get_by_role("button", name=re.compile(r"w1\.g = x\.T @ l1\.g")).click()
    expect(page.locator("#step")).to_have_attribute("data-phase", "backward")
    for name, value in cells("w1", "gradient", trace["tensors"]["w1"]["gradient"]):
        assert exact(number(page, name).get_attribute("data-value")) == value
    assert page.evaluate("window.saved.step") == step["index"]
    number(page, "w1[0, 1] gradient").hover()
    expect(page.get_by_text("w1[0, 1] gradient = 1 × 0 + ")).to_be_visible()
    number(page, "x[0, 0] value").dblclick()
    expect(page.get_by_role("textbox")).to_have_count(0)


def test_a_plan_is_stepped_through_without_a_server(page: Page) -> None:
    plan = bx.compile(examples["lesson13"])
    widget = bx.widget(plan)
    show(page, widget)
    expect(page.get_by_text("iteration 0, loss")).to_be_visible()
    for name, value in cells("w1", "value", plan["w1"].tolist()):
        assert exact(number(page, name).get_attribute("data-value")) == value
    page.get_by_role("button", name=re.compile(r"w1\.g = x\.T @ l1\.g")).click()
    for name, value in cells("w1", "gradient", plan["w1.g"].tolist()):
        assert exact(number(page, name).get_attribute("data-value")) == value


def test_it_follows_python_and_leaves_nothing_behind(page: Page, client: bx.Client) -> None:
    run = client.create({"example": "xor"})
    widget = bx.widget(run)
    show(page, widget)
    expect(page.get_by_text("iteration 0, loss")).to_be_visible()
    run.train(2)
    widget.refresh()
    assert widget.run["iteration"] == 2
    page.evaluate("values => window.change(values)", {"run": widget.run, "trace": widget.trace})
    expect(page.get_by_text("iteration 2, loss")).to_be_visible()
    page.evaluate("window.change({ step: 4 })")
    expect(page.locator("#step")).to_have_attribute("data-index", "4")
    page.evaluate("window.leave()")
    assert page.evaluate("window.heard()") == []


@pytest.mark.parametrize("example", some(["convnet", "digits", "scalar", "transformer_block"], "scalar"))
def test_every_step_can_be_drawn(page: Page, client: bx.Client, example: str) -> None:
    widget = bx.widget(client.create({"example": example}))
    show(page, widget)
    for at in range(0, len(widget.trace["steps"]), 5):
        page.evaluate("step => window.change({ step })", at)
        expect(page.locator("#step")).to_have_attribute("data-index", str(at))
        expect(page.locator(".equation")).to_be_visible()


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "widget.js").write_text('import { a } from "./a.js";\n')
    (tmp_path / "a.js").write_text('import { b } from "./widget.js";\n')
    with pytest.raises(ValueError, match=r"widget\.js imports a\.js imports widget\.js"):
        bundle(tmp_path)


def test_the_widget_s_styles_touch_no_notebook() -> None:
    text = bundle(page_folder())
    assert ":root" not in text
    assert not re.search(r"\bbody\s*\{", text)
