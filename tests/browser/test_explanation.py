"""Explanations on the page: any number opens into its terms, and the learner's questions are answered at once."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import some
from tests.browser.explorer import Explorer


@pytest.fixture(autouse=True)
def _opened(explorer: Explorer) -> None:
    explorer.open()


def tab(explorer: Explorer, name: str) -> Locator:
    return explorer.region("Explanation").get_by_role("tab", name=name, exact=True)


def panel(explorer: Explorer) -> Locator:
    return explorer.region("Explanation").get_by_role("tabpanel")


def line(explorer: Explorer, code: str) -> Locator:
    return explorer.region("Program").get_by_role("button", name=code)


def heading(explorer: Explorer) -> Locator:
    return explorer.region("Explanation").get_by_role("heading", level=3)


# Each of these is found in at most two clicks from the start page.


def test_why_the_weights_gradient_is_this_product(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    answer = panel(explorer)
    expect(answer).to_contain_text("Why this product?")
    expect(answer).to_contain_text("Nudge w1[i, j]: each l1.matmul[b, j] moves by x[b, i] times as much")
    expect(answer).to_contain_text("Why not x * l1.g?")
    expect(answer).to_contain_text("It does not run")
    expect(answer).to_contain_text("x.T @ l1.g is the only one that has it")


def test_why_the_bias_is_a_sum_over_the_batch(explorer: Explorer) -> None:
    line(explorer, "b1.g = l1.g.sum(0)").click()
    expect(panel(explorer)).to_contain_text("Why a sum over the batch?")
    expect(panel(explorer)).to_contain_text("each of its numbers 6 times")
    expect(panel(explorer)).to_contain_text("b1 is the same for every sample of the batch")


def test_why_the_transpose(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    expect(panel(explorer)).to_contain_text("Why the transpose?")
    expect(panel(explorer)).to_contain_text("both stand for the 6 samples")
    tab(explorer, "Shapes").click()
    drawing = panel(explorer).get_by_role("table", name="How the axes meet")
    expect(drawing).to_contain_text("is summed over")
    expect(panel(explorer).get_by_role("row", name=re.compile(r"x @ l1\.g does not run"))).to_be_visible()


def test_what_the_jacobian_looks_like_and_why_it_is_never_built(explorer: Explorer) -> None:
    tab(explorer, "Jacobian").click()
    answer = panel(explorer)
    expect(answer.get_by_role("combobox", name="by")).to_have_value("w1")
    expect(answer.get_by_role("img", name="The Jacobian of l1.matmul by w1: 12 rows, 20 columns")).to_be_visible()
    expect(answer).to_contain_text("12 × 20 = 240 derivatives")
    expect(answer).to_contain_text("That is why the Jacobian is never built.")
    answer.get_by_role("combobox", name="by").select_option("x")
    expect(answer.get_by_role("img", name="The Jacobian of l1.matmul by x: 12 rows, 60 columns")).to_be_visible()


# Elements


def test_a_number_opens_into_its_terms_and_these_into_theirs(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[9, 1] gradient").first.click()
    terms = panel(explorer).get_by_role("table", name="Terms of w1.g[9, 1]")
    expect(terms.get_by_role("row")).to_have_count(8)
    expect(heading(explorer)).to_contain_text("w1.g[9, 1] = Σb x[b, 9] · l1.g[b, 1] =")
    terms.get_by_role("button", name=re.compile(r"l1\.g\[3, 1\] is")).click()
    expect(heading(explorer)).to_contain_text("l1.g[3, 1]")
    trail = explorer.region("Explanation").get_by_role("navigation", name="Trail")
    trail.get_by_role("button", name="w1.g[9, 1]").click()
    expect(heading(explorer)).to_contain_text("w1.g[9, 1]")


def test_from_a_weights_gradient_back_to_the_inputs(explorer: Explorer) -> None:
    """Always the last link of the terms: at the end stands a number that is given."""
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[9, 1] gradient").first.click()
    expect(heading(explorer)).to_contain_text("w1.g[9, 1]")
    link = panel(explorer).locator("td button.name-link.gradient, td button.name-link.value").last
    end = panel(explorer).get_by_text(re.compile("nothing in the program computes it|the backward pass begins here"))
    for _ in range(12):
        expect(link.or_(end)).to_be_visible()  # heading and terms come at once
        if end.is_visible():
            break
        before = heading(explorer).inner_text()
        link.click()
        expect(heading(explorer)).not_to_have_text(before)
    expect(end).to_be_visible()


def test_where_a_weight_goes(explorer: Explorer) -> None:
    line(explorer, "w1.g = x.T @ l1.g").click()
    explorer.cell("w1[9, 1] gradient").first.click()
    tab(explorer, "Where it goes").click()
    answer = panel(explorer)
    expect(answer.get_by_role("table", name="What it moves in l1.matmul").get_by_role("row")).to_have_count(8)
    expect(answer).to_contain_text("The strongest way to the loss")
    expect(answer.locator(".chain li")).to_have_count(8)
    expect(answer.locator(".chain li").last).to_contain_text("loss")


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
    expect(explorer.status).to_have_text("The program is changed.")
    line(explorer, "square.g__1").first.click()
    tab(explorer, "Shapes").click()
    expect(panel(explorer)).to_contain_text("The shape alone does not decide here")
    expect(panel(explorer)).to_contain_text("right shape, wrong numbers")


def test_weights_can_be_turned(explorer: Explorer) -> None:
    loss = explorer.loss()
    tab(explorer, "Shapes").click()
    panel(explorer).get_by_role("button", name="Show them as (out, in)").click()
    expect(line(explorer, "w1.g = l1.g.T @ x")).to_be_visible()
    expect(line(explorer, "l1 = x @ w1.T + b1")).to_be_visible()
    explorer.expect_loss(loss)
    explorer.button("Undo").click()
    expect(line(explorer, "w1.g = x.T @ l1.g")).to_be_visible()


# Composites


def test_composites_open_in_place(explorer: Explorer) -> None:
    explorer.choose("softmax_classifier")
    line(explorer, "scores.g =").click()
    expect(panel(explorer)).to_contain_text("What does cross_entropy pass back?")
    panel(explorer).get_by_text("The long way through cross_entropy gives the same numbers").click()
    expect(panel(explorer)).to_contain_text(re.compile("which is rounding|to the last digit"))
    toggle = explorer.region("Program").get_by_role("button", name="Open composites")
    toggle.click()
    expect(explorer.status).to_contain_text("Composites are open")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    inner = line(explorer, "loss.exp = exp(loss.z)")
    inner.click()
    expect(heading(explorer)).to_contain_text("loss.exp = exp(loss.z)")
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
    keyboard.press("ArrowRight")
    expect(tab(explorer, "Why")).to_be_focused()
    expect(tab(explorer, "Why")).to_have_attribute("aria-selected", "true")
    keyboard.press("End")
    expect(tab(explorer, "Where it goes")).to_be_focused()
    keyboard.press("Tab")
    expect(panel(explorer)).to_be_focused()
    keyboard.press("Escape")
    expect(heading(explorer)).to_contain_text("w1.g = x.T @ l1.g")


EXAMPLES = ("lesson13", "scalar", "mazur", "xor", "softmax_classifier", "digits")


@pytest.mark.parametrize("example", some(EXAMPLES, "scalar"))
def test_every_step_of_every_example_has_its_reasons(explorer: Explorer, example: str) -> None:
    if example != "lesson13":
        explorer.choose(example)
    steps = explorer.trace()["steps"]
    for step in steps:
        explorer.expect_step(step)
        expect(heading(explorer)).to_contain_text(f"{step['output']} =")
        expect(panel(explorer).get_by_role("heading", level=4).first).to_be_visible()
        if step is not steps[-1]:
            explorer.button("Next step").click()
