"""A run in a notebook: the widget in Python, and what it draws when a page calls it as anywidget does."""

import re
from itertools import count
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
NOTEBOOK = """async ({ module, traits, asked }) => {
    const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const { default: widget } = await import(address);
    const listeners = {};
    const model = {
        get: (name) => traits[name],
        set: (name, value) => { traits[name] = value; },
        save_changes: () => { window.saved = { step: traits.step }; },
        on: (event, listen) => { listeners[event] = listen; },
        off: (event) => { delete listeners[event]; },
        send: async (content) => {
            const answer = await window[asked](content);
            if (!answer) return;
            const { told, body, changed } = answer;
            if (changed) window.change(changed);
            listeners["msg:custom"]?.(told, [new DataView(new TextEncoder().encode(body).buffer)]);
        },
    };
    window.change = (values) => {
        Object.assign(traits, values);
        for (const name of Object.keys(values)) listeners["change:" + name]?.();
    };
    const el = document.body.appendChild(document.createElement("div"));
    window.leave = await widget.render({ model, el });
    window.heard = () => Object.keys(listeners);
}"""
SHOWN = count()


@pytest.fixture(scope="module")
def client(server: Server) -> Any:
    with bx.Client(server.url) as client:
        yield client


def show(page: Page, widget: Any, *, kernel: bool = True) -> None:
    """The widget in a page of its own, as a notebook would show it, also one that is only read."""
    page.goto("about:blank")  # under no policy of the server's
    page.set_content(
        "<!doctype html><title>notebook</title><style>button { display: none } body { margin: 8px }</style>"
    )
    traits = {"run": widget.run, "trace": widget.trace, "step": widget.step}
    asked = f"ask{next(SHOWN)}"
    page.expose_function(asked, lambda content: answered(widget, content) if kernel else None)
    page.evaluate(NOTEBOOK, {"module": widget._esm, "traits": traits, "asked": asked})


def answered(widget: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What a kernel sends to a widget that has sent it this: an answer, and before it the traits that have changed."""
    before, sent = widget.run, []
    widget.send = lambda content, buffers: sent.append((content, buffers))
    widget._handle_custom_msg(asked, [])
    [(told, [body])] = sent
    changed = None if widget.run == before else {"run": widget.run, "trace": widget.trace}
    return {"told": told, "body": body.decode(), "changed": changed}


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
    expect(page.get_by_text(re.compile(r"w1\.g\[0, 1\] = \S+ = 1 × 0 \+ "))).to_be_visible()


def test_a_plan_is_stepped_through_without_a_server(page: Page) -> None:
    plan = bx.compile(examples["lesson13"])
    widget = bx.widget(plan)
    show(page, widget)
    expect(page.get_by_text("loss 1", exact=True)).to_be_visible()
    for name, value in cells("w1", "value", plan["w1"].tolist()):
        assert exact(number(page, name).get_attribute("data-value")) == value
    page.get_by_role("button", name=re.compile(r"w1\.g = x\.T @ l1\.g")).click()
    for name, value in cells("w1", "gradient", plan["w1.g"].tolist()):
        assert exact(number(page, name).get_attribute("data-value")) == value


def test_a_number_of_a_plan_is_dragged_typed_and_explained(page: Page) -> None:
    plan = bx.compile(examples["lesson13"])
    show(page, bx.widget(plan))
    cell, loss, says = number(page, "w1[1, 0] value"), page.locator("#loss"), page.get_by_role("status")
    box = cell.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=5)
    expect(cell).to_have_attribute("data-value", "1.5")
    expect(loss).to_have_attribute("data-value", repr(loss_with(1.5)))
    expect(page.get_by_role("complementary", name="The loss along w1[1, 0]").locator(".losses")).to_be_visible()
    assert plan["w1"][1, 0] == 1  # until it is let go
    assert plan.loss == 1
    page.mouse.up()
    expect(says).to_contain_text("w1[1, 0] is 1.5; the loss went from 1 to")
    assert (plan["w1"][1, 0], plan.loss) == (1.5, loss_with(1.5))

    cell.dblclick()
    page.get_by_role("textbox", name="New number for w1[1, 0]").fill("much")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“much” is not a number.")
    page.get_by_role("textbox", name="New number for w1[1, 0]").fill("0.75")
    page.keyboard.press("Enter")
    expect(loss).to_have_attribute("data-value", repr(loss_with(0.75)))
    assert plan["w1"][1, 0] == 0.75
    expect(cell).to_be_focused()
    for key in ("]", "Escape", "["):
        page.keyboard.press(key)
    expect(cell).to_have_attribute("data-value", "0.7")
    page.keyboard.press("Enter")
    expect(loss).to_have_attribute("data-value", repr(loss_with(0.7)))

    page.get_by_role("button", name=re.compile(r"w1\.g = x\.T @ l1\.g")).click()
    number(page, "w1[1, 0] gradient").click()
    slope = format(plan["w1.g"][1, 0], ".3g")
    expect(page.get_by_role("region", name="Explanation")).to_contain_text(f"w1.g[1, 0] = {slope}")
    page.get_by_role("tab", name="Terms").click()
    expect(page.get_by_role("rowheader", name="sum over 6 samples")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Shapes")).to_be_focused()


def test_pictures_of_an_explanation_are_drawn(page: Page) -> None:
    show(page, bx.widget(bx.compile(examples["lesson13"])))
    number(page, "w1[1, 0] value").click()
    why = page.get_by_role("region", name="Explanation")
    expect(
        why.get_by_role("img", name=re.compile(r"^At w1\[1, 0\] = 1 the loss is 1")).locator(".losses")
    ).to_be_visible()
    page.get_by_role("button", name=re.compile(r"l1 = l1\.matmul \+ b1")).click()
    number(page, "l1[0, 0] value").click()
    page.get_by_role("tab", name="Jacobian").click()
    expect(why.locator(".plot svg rect").first).to_be_visible()


@pytest.mark.parametrize("scheme", some(["light", "dark"], "dark"))
def test_who_reads_a_notebook_without_a_kernel_is_told(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.clock.install()
    widget = bx.widget(bx.compile(examples["lesson13"]))
    show(page, widget, kernel=False)
    page.get_by_role("button", name="Next step").click()
    number(page, "l1[0, 0] value").click()
    expect(page.get_by_role("region", name="Explanation").locator("[aria-busy]")).to_be_visible()
    page.clock.run_for(5000)
    expect(page.get_by_role("status")).to_have_text(
        "The kernel does not answer: it is busy, or there is none. Run this cell again."
    )
    page.get_by_role("button", name="Next step").click()  # the rest goes on
    expect(page.locator("#step")).to_contain_text("3 of 21")


def loss_with(number: float) -> float:
    """The loss of lesson13 with that number as `w1[1, 0]`."""
    plan = bx.compile(examples["lesson13"])
    weights = plan["w1"].copy()
    weights[1, 0] = number
    plan["w1"] = weights
    return plan.run()


def test_a_plan_that_has_gone_on_is_explained_as_it_is(page: Page) -> None:
    plan = bx.compile(examples["lesson13"])
    show(page, bx.widget(plan))
    plan.step()
    number(page, "l1.matmul[1, 0] value").click()
    now = plan.run()
    expect(page.locator("#loss")).to_have_attribute("data-value", repr(now))
    value = format(plan["l1.matmul"][1, 0], ".3g").replace("-", "−")
    expect(page.get_by_role("region", name="Explanation")).to_contain_text(f"l1.matmul[1, 0] = {value}")


def test_a_number_of_a_run_is_written_where_it_may_be(page: Page, client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    show(page, bx.widget(run))
    number(page, "w1[0, 1] value").dblclick()
    page.get_by_role("textbox").fill("0.5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("w1[0, 1] is 0.5; the loss")
    assert run["w1"][0, 1] == 0.5
    number(page, "out[0, 0] value").or_(number(page, "l1.matmul[2, 1] value")).first.click()
    expect(page.get_by_role("rowheader", name="sum of 10 products")).to_be_visible()

    show(page, bx.widget(client.run(run.state()["view_id"])))
    number(page, "w1[0, 1] value").dblclick()
    page.get_by_role("textbox").fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This link is for looking at the run")
    assert run["w1"][0, 1] == 0.5


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
    assert not re.search(r"(?<![\w-])body\s*\{", text)
    assert ".explained-body" in text
