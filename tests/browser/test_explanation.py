"""Explanations on the page: any number opens into its terms, and the learner's questions are answered at once."""

import re
from math import prod
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import count, some
from tests.browser.explorer import Explorer


@pytest.fixture(autouse=True)
def _opened(kept: None, explorer: Explorer) -> None:
    explorer.begin()


def tab(explorer: Explorer, name: str) -> Locator:
    return explorer.region("Explanation").get_by_role("tab", name=name, exact=True)


def panel(explorer: Explorer) -> Locator:
    return explorer.region("Explanation").get_by_role("tabpanel")


def line(explorer: Explorer, code: str) -> Locator:
    return explorer.region("Program").get_by_role("button", name=code)


def heading(explorer: Explorer) -> Locator:
    return explorer.region("Explanation").get_by_role("heading", level=3)


def question(explorer: Explorer, title: str | re.Pattern[str]) -> Locator:
    """Opens a question; its answer."""
    asked = panel(explorer).locator("details").filter(has=explorer.page.locator("summary", has_text=title)).first
    if asked.get_attribute("open") is None:
        asked.locator("summary").first.click()
    return asked.locator(".answer").first


def known_step(explorer: Explorer) -> Locator:
    return explorer.region("Explanation").locator(".what")


# Each of these is found in at most three clicks from the start page.


def test_why_the_weights_gradient_is_this_product(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    story = told(explorer, step=15)
    expect(panel(explorer).locator(".first")).to_have_text(shown(story["product"]["text"]))
    expect(question(explorer, "Why not x * l1.g?")).to_have_text(shown(story["not_elementwise"]["text"]))
    expect(question(explorer, "Could it be anything else?")).to_have_text(shown(story["choice"]["text"]))
    expect(question(explorer, "Why does it have the shape of w1?")).to_contain_text("one slope for each element")


def told(explorer: Explorer, **asked: Any) -> dict[str, Any]:
    """The reasons as the API tells them, by their kind."""
    return {one["kind"]: one for one in explorer.get(f"/runs/{explorer.run}/why", **asked)["story"]}


def shown(text: str) -> str:
    """A sentence of the API as the page writes it: without backticks, and with the sign for minus in code."""
    pieces = text.split("`")
    return "".join(piece.replace("-", "\u2212") if at % 2 else piece for at, piece in enumerate(pieces))


@pytest.mark.long
def test_why_the_bias_is_a_sum_over_the_batch(explorer: Explorer) -> None:
    line(explorer, "b1.g = l1.g.sum(0)").click()
    expect(question(explorer, "Why a sum over the batch?")).to_contain_text("each of its numbers 6 times")
    expect(panel(explorer)).to_contain_text("b1 is the same for every sample of the batch")


def test_why_the_transpose(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    expect(question(explorer, "Why the transpose?")).to_contain_text("6 samples")
    tab(explorer, "Shapes").click()
    expect(panel(explorer).locator(".first")).to_contain_text("Summed over axis b (6)")
    expect(panel(explorer).get_by_role("table", name="How the axes meet")).to_contain_text("summed over")
    question(explorer, "What else could one write?")
    expect(panel(explorer).get_by_role("row", name=re.compile(r"x @ l1\.g does not run"))).to_be_visible()


def test_what_the_jacobian_looks_like_and_why_it_is_never_built(explorer: Explorer) -> None:
    tab(explorer, "Jacobian").click()
    answer = panel(explorer)
    image = "The Jacobian of l1.matmul with respect to {}: 12 rows, {} columns"
    expect(answer.get_by_role("combobox", name="with respect to")).to_have_value("w1")
    expect(answer.get_by_role("img", name=image.format("w1", 20))).to_be_visible()
    expect(answer).to_contain_text("12 × 20 = 240 derivatives")
    expect(question(explorer, "Why is it never built?")).to_contain_text("That is why the Jacobian is never built.")
    answer.get_by_role("combobox", name="with respect to").select_option("x")
    expect(answer.get_by_role("img", name=image.format("x", 60))).to_be_visible()


# The head and the tabs


def test_head_and_tabs_never_move_and_all_tabs_are_always_there(explorer: Explorer) -> None:
    explanation = explorer.region("Explanation")
    tabs = explanation.get_by_role("tab")
    places = "tabs => tabs.map(tab => ({...tab.getBoundingClientRect().toJSON(), name: tab.innerText}))"
    before = tabs.evaluate_all(places)
    assert [tab["name"] for tab in before] == ["Why", "Terms", "Shapes", "Jacobian", "Path"]
    steps = explorer.trace()["steps"]
    for step in steps[: count(5, len(steps))]:
        explorer.expect_step(step)
        expect(heading(explorer)).to_contain_text(step["of"]["tensor"])
        expect(known_step(explorer)).to_contain_text(f"step {step['index'] + 1}, {step['phase']}")
        expect(panel(explorer).locator(".first").first).to_be_visible()
        assert tabs.evaluate_all(places) == before
        explorer.button("Next step").click()


def test_the_number_of_the_example_is_the_apis(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    expect(heading(explorer)).to_have_text(re.compile(r"w1\.g\[\d, \d\] = "))
    name = heading(explorer).locator("code").inner_text()
    row, column = (int(digit) for digit in re.findall(r"\d", name.removeprefix("w1.g")))
    gradient = explorer.get(f"/runs/{explorer.run}/tensors/w1", field="gradient")["value"][row][column]
    assert float(heading(explorer).locator("b").get_attribute("data-value") or "nan") == gradient
    expect(panel(explorer).get_by_role("table", name=f"Terms of {name}")).to_be_visible()


def test_a_tab_that_makes_no_sense_says_why(explorer: Explorer) -> None:
    explorer.cell("w1[3, 1] value").first.click()
    expect(tab(explorer, "Terms")).to_have_attribute("aria-disabled", "true")
    expect(tab(explorer, "Terms")).to_have_attribute("title", re.compile("w1 is given"))
    tab(explorer, "Terms").click(force=True)
    expect(tab(explorer, "Why")).to_have_attribute("aria-selected", "true")
    tab(explorer, "Why").press("ArrowRight")
    expect(tab(explorer, "Shapes")).to_be_focused()


# Elements


def test_a_number_opens_into_its_terms_and_these_into_theirs(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[9, 1] gradient").first.click()
    expect(heading(explorer)).to_contain_text("w1.g[9, 1] =")
    terms = panel(explorer).get_by_role("table", name="Terms of w1.g[9, 1]")
    expect(terms.get_by_role("row")).to_have_count(8)
    answer = explorer.get(f"/runs/{explorer.run}/explain", tensor="w1", field="gradient", index="9,1")
    amounts = terms.locator("td.amount").evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")
    assert amounts == [term["value"] for term in answer["terms"]] + [answer["value"]]
    terms.get_by_role("button", name=re.compile(r"l1\.g\[3, 1\] is")).click()
    expect(heading(explorer)).to_contain_text("l1.g[3, 1]")
    trail = explorer.region("Explanation").get_by_role("navigation", name="Trail")
    trail.get_by_role("button", name="w1.g[9, 1]").click()
    expect(heading(explorer)).to_contain_text("w1.g[9, 1]")


def test_a_term_that_is_0_says_why(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[1, 0] gradient").first.click()
    terms = panel(explorer).get_by_role("table", name="Terms of w1.g[1, 0]")
    expect(terms.get_by_role("row").filter(has_text="relu blocks it").first).to_be_visible()
    expect(terms.get_by_role("row").nth(1)).to_contain_text("x[0, 1] is 0")
    expect(panel(explorer).locator(".first")).to_have_text(
        "Raise w1[1, 0] by 0.1 and the loss rises by about 0.033. All of it comes from sample 4."
    )


def test_pointing_at_a_term_or_a_letter_lights_what_it_is_about(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[1, 0] gradient").first.click()
    terms = panel(explorer).get_by_role("table", name="Terms of w1.g[1, 0]")
    terms.get_by_role("row").filter(has_text="0.333").first.hover()
    expect(explorer.cell("x[4, 1] value").first).to_contain_class("lit")
    expect(explorer.cell("x[3, 1] value").first).not_to_contain_class("lit")
    tab(explorer, "Shapes").click()
    panel(explorer).get_by_role("button", name="b", exact=True).focus()
    expect(explorer.cell("x[0, 1] value").first).to_contain_class("lit")
    expect(explorer.cell("x[5, 1] value").first).to_contain_class("lit")
    expect(explorer.cell("x[0, 2] value").first).not_to_contain_class("lit")


def test_a_weight_is_no_dead_end(explorer: Explorer) -> None:
    explorer.cell("w1[3, 1] value").first.click()
    expect(heading(explorer)).to_have_text("w1[3, 1] = 1")
    expect(known_step(explorer)).to_have_text("weight · gradient 0.333")
    answer = panel(explorer)
    expect(answer.locator(".first").first).to_have_text("Raise w1[3, 1] by 0.1 and the loss rises by about 0.033.")
    expect(answer.get_by_role("img", name=re.compile("At w1.3, 1. = 1 the loss is")).locator(".losses")).to_be_visible()
    expect(answer).to_contain_text("The update makes it 1 − 0.5 × 0.333 = 0.833")
    expect(answer.get_by_role("button", name="1 l1.matmul = x @ w1", exact=True)).to_be_visible()
    expect(question(explorer, "Where is the loss lowest?")).to_contain_text("0.65")
    answer.get_by_role("button", name="(its terms)", exact=True).click()
    expect(heading(explorer)).to_contain_text("w1[3, 1] becomes 0.833")


def test_labels_have_no_gradient_and_still_an_answer(explorer: Explorer) -> None:
    explorer.begin("softmax_classifier")
    name = next(name for name, one in explorer.trace()["tensors"].items() if one["dtype"].startswith("int"))
    explorer.select(name)
    explorer.cell(f"{name}[0] value").click()
    expect(panel(explorer).locator(".first")).to_have_text(f"{name} is an input: its numbers are given.")
    for dead in ("Terms", "Shapes", "Jacobian"):
        expect(tab(explorer, dead)).to_have_attribute("aria-disabled", "true")


@pytest.mark.long
def test_from_a_weights_gradient_back_to_the_inputs(explorer: Explorer) -> None:
    """Always the last link of the terms: at the end stands a number that is given."""
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[9, 1] gradient").first.click()
    expect(heading(explorer)).to_contain_text("w1.g[9, 1]")
    terms = explorer.region("Explanation").get_by_role("table", name=re.compile("^(Terms|All terms) of"))
    link = terms.locator("button.name-link").last
    given = explorer.region("Explanation").locator("[role=tab][aria-disabled=true]", has_text="Terms")
    end = panel(explorer).get_by_text("The backward pass starts here").or_(given)
    for _ in range(12):
        expect(link.or_(end).first).to_be_visible()  # heading and terms come at once
        if end.count():
            break
        before = heading(explorer).inner_text()
        link.click()
        expect(heading(explorer)).not_to_have_text(before)
    expect(end).to_be_visible()


def test_the_path_of_a_weight_to_the_loss(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[9, 1] gradient").first.click()
    tab(explorer, "Path").click()
    answer = panel(explorer)
    expect(answer.get_by_role("table", name="What it changes in l1.matmul").get_by_role("row")).to_have_count(8)
    path = answer.get_by_role("group", name="The strongest path to the loss")
    expect(path.get_by_role("listitem")).to_have_count(8)
    expect(path.get_by_role("listitem").last).to_contain_text("loss")
    uses = explorer.get(f"/runs/{explorer.run}/uses", tensor="w1", field="value", index="9,1")
    products = [float(one.get_attribute("title").replace("\u2212", "-")) for one in path.locator("li > b").all()]  # type: ignore[union-attr]
    derivatives = [link["derivative"] for link in uses["chain"]][1:]
    assert products == [pytest.approx(prod(derivatives[at:])) for at in range(len(derivatives) + 1)]
    path.get_by_role("listitem").nth(3).hover()
    link = uses["chain"][3]
    line(explorer, "l2 = relu(l1)").click()
    path.get_by_role("listitem").nth(3).hover()
    expect(explorer.cell(f"{link['tensor']}{link['index']} value").first).to_contain_class("lit")


def test_the_selected_tensor_is_inside_with_all_its_numbers(explorer: Explorer) -> None:
    selected = explorer.select("w1")
    inside = explorer.region("Explanation").get_by_role("complementary", name="Selected: w1", exact=True)
    expect(inside).to_be_visible()
    expect(selected.get_by_role("gridcell")).to_have_count(40)
    record = explorer.trace()["tensors"]["w1"]
    cell = selected.get_by_role("gridcell", name="w1[9, 1] gradient", exact=True)
    assert float(cell.get_attribute("data-value") or "nan") == record["gradient"][9][1]
    selected.get_by_role("button", name="step 16", exact=True).click()
    explorer.expect_step({"index": 15, "phase": "backward"})
    expect(selected.get_by_role("button", name="step 16", exact=True)).to_have_count(0)
    selected.get_by_role("button", name="Close w1", exact=True).click()
    expect(inside).to_have_count(0)


def test_dragging_a_weight_compares_what_was_promised_with_what_happened(explorer: Explorer) -> None:
    explorer.select("w1").get_by_role("gridcell", name="w1[3, 1] value", exact=True).focus()
    for _ in range(4):
        explorer.page.keyboard.press("]")
    expect(heading(explorer)).to_have_text("w1[3, 1] = 1.4 was 1")
    expect(known_step(explorer)).to_have_text("weight · gradient now 0.733, was 0.333")
    expect(panel(explorer)).to_contain_text("The gradient promised 0.333 × 0.4 = 0.133. The loss rose by 0.213")
    explorer.page.keyboard.press("Escape")
    expect(panel(explorer)).not_to_contain_text("promised")


def test_where_a_number_that_is_none_was_born(explorer: Explorer) -> None:
    document = {
        "program": "a = sqrt(x)\nb = a * w\nloss = b.sum()",
        "inputs": {"x": [4.0, -1.0]},
        "parameters": {"w": [1.0, 2.0]},
    }
    run = explorer.api.post("/runs", json=document).raise_for_status().json()["id"]
    explorer.turn(run)
    line(explorer, "b = a * w").click()
    explorer.cell("b[1] value").first.click()
    expect(heading(explorer)).to_have_text("b[1] = NaN")
    born = known_step(explorer).get_by_role("button")
    expect(born).to_contain_text("a[1] is NaN: sqrt(-1)")
    born.click()
    explorer.expect_step({"index": 0, "phase": "forward"})


def test_sums_of_many_samples_have_a_bar_each(explorer: Explorer) -> None:
    explorer.begin("convnet")
    explorer.select("k1")
    explorer.cell("k1[0, 0, 0, 1] gradient").click()
    table = panel(explorer).get_by_role("table", name="Terms of k1.g[0, 0, 0, 1] per sample")
    expect(table).to_be_visible()
    answer = explorer.get(f"/runs/{explorer.run}/explain", tensor="k1", field="gradient", index="0,0,0,1")
    largest = sorted(answer["samples"], key=lambda one: -abs(one["value"]))[:7]
    rows = table.locator("tbody tr").filter(has=explorer.page.locator("canvas"))
    expect(rows).to_have_count(7)
    amounts = rows.locator("td.amount").evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")
    assert amounts == [one["value"] for one in largest]
    expect(table).to_contain_text("30 samples")


def test_an_explanation_follows_an_edit(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[0, 0] gradient").first.click()
    expect(heading(explorer)).to_contain_text("w1.g[0, 0]")
    value = heading(explorer).locator("b")
    before = value.get_attribute("data-value")
    tab(explorer, "Why").click()
    explorer.select("b2")
    explorer.cell("b2[0] value").focus()
    explorer.page.keyboard.type("3")
    explorer.page.keyboard.press("Enter")
    expect(value).not_to_have_attribute("data-value", before or "")
    gradient = explorer.get(f"/runs/{explorer.run}/tensors/w1", field="gradient")["value"][0][0]
    assert float(value.get_attribute("data-value") or "nan") == gradient


def test_equal_dimensions_are_pointed_out(explorer: Explorer) -> None:
    lines = ("l1 = x @ w1 + b1", "square = l1.T @ l1", "again = square @ square")
    explorer.write_program("\n".join((*lines, "loss = mean(again ** 2) + sum(w2) + sum(b2) + sum(y)")))
    expect(explorer.status).to_contain_text("rogram")
    line(explorer, "square.g__1").first.click()
    tab(explorer, "Shapes").click()
    answer = question(explorer, "What else could one write?")
    expect(answer).to_contain_text("The shape alone does not decide here")
    expect(answer).to_contain_text("right shape, wrong numbers")


def test_weights_can_be_turned(explorer: Explorer) -> None:
    loss = explorer.loss()
    tab(explorer, "Shapes").click()
    question(explorer, "How are the weights stored?").get_by_role("button", name="Show them as (out, in)").click()
    expect(line(explorer, "w1.g = l1.g.T @ x")).to_be_visible()
    expect(line(explorer, "l1 = x @ w1.T + b1")).to_be_visible()
    explorer.expect_loss(loss)
    explorer.button("Undo").click()
    expect(line(explorer, "w1.g = x.T @ l1.g")).to_be_visible()


# Composites


def test_composites_open_in_place(explorer: Explorer) -> None:
    explorer.begin("softmax_classifier")
    line(explorer, "scores.g =").click()
    long = question(explorer, "Does the chain rule through cross_entropy give the same numbers?")
    expect(long).to_contain_text(re.compile("which is rounding|to the last digit"))
    toggle = explorer.region("Program").get_by_role("button", name="Expand")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    line(explorer, "loss = cross_entropy(scores, labels)").click()
    inner = line(explorer, "loss.exp = exp(loss.z)")
    inner.click()
    expect(heading(explorer)).to_contain_text("loss.exp[0, 0] =")
    explorer.cell("loss.exp[0, 0] value").first.click()
    expect(heading(explorer)).to_contain_text("loss.exp[0, 0]")
    toggle.click()
    expect(inner).to_have_count(0)


# Keyboard


def test_everything_by_keyboard(explorer: Explorer) -> None:
    keyboard = explorer.page.keyboard
    line(explorer, "w1.g = x.T @ l1.g").focus()
    keyboard.press("Enter")
    explorer.cell("w1[9, 1] gradient").first.focus()
    keyboard.press("e")
    expect(heading(explorer)).to_contain_text("w1.g[9, 1]")
    tab(explorer, "Terms").focus()
    keyboard.press("ArrowLeft")
    expect(tab(explorer, "Why")).to_be_focused()
    expect(tab(explorer, "Why")).to_have_attribute("aria-selected", "true")
    keyboard.press("End")
    expect(tab(explorer, "Path")).to_be_focused()
    keyboard.press("Tab")
    expect(panel(explorer)).to_be_focused()
    keyboard.press("Escape")
    expect(explorer.button("Close the explanation")).to_have_count(0)


EXAMPLES = ("lesson13", "scalar", "mazur", "xor", "softmax_classifier", "digits")


@pytest.mark.parametrize("example", some(EXAMPLES))
def test_every_step_of_every_example_has_its_reasons(explorer: Explorer, example: str) -> None:
    if example != "lesson13":
        explorer.choose(example)
    steps = explorer.trace()["steps"]
    for step in steps:
        explorer.expect_step(step)
        expect(heading(explorer)).to_contain_text(step["of"]["tensor"])
        expect(panel(explorer).locator(".first").first).to_be_visible()
        expect(explorer.region("Explanation").locator("[aria-busy=true]")).to_have_count(0)
        expect(panel(explorer).locator(".trouble")).to_have_count(0)
        if step is not steps[-1]:
            explorer.button("Next step").click()
