"""Practice: gradients written by oneself, checked and diagnosed, from the loss back to the first layer."""

import re
from math import prod

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG, count
from tests.browser.explorer import Explorer, numbers_of
from tests.browser.looks import assert_clean, look_at, looks
from tests.browser.window import EMPTY

ANSWERS = {
    "out": "(2 / 6 * (out[:, 0] - y))[:, None]",
    "l2": "out.g @ w2.T",
    "w2": "l2.T @ out.g",
    "b2": "out.g.sum(0)",
    "l1": "(l1 > 0) * l2.g",
    "w1": "x.T @ l1.g",
    "b1": "l1.g.sum(0)",
}


@pytest.fixture(autouse=True)
def _opened(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.mode("Practice")


def column(explorer: Explorer) -> Locator:
    """What stands beside the stage while one practises."""
    return explorer.region("Explanation")


def field(explorer: Explorer, tensor: str) -> Locator:
    return explorer.region("Practice").get_by_role("textbox", name=f"Formula for {tensor}.g", exact=True)


def choose(explorer: Explorer, tensor: str) -> None:
    exercises = column(explorer).get_by_role("list", name="Gradients to find", exact=True)
    if not column(explorer).is_visible():
        explorer.button("Why").click()
    exercises.get_by_role("button", name=re.compile(rf"^{re.escape(tensor)}\.g \(")).click()
    expect(field(explorer, tensor)).to_be_focused()


def answer(explorer: Explorer, tensor: str, formula: str) -> Locator:
    choose(explorer, tensor)
    verdict = explorer.region("Practice").locator(".verdict")
    expect(verdict).to_have_count(0)
    field(explorer, tensor).fill(formula)
    field(explorer, tensor).press("Enter")
    expect(verdict).to_be_visible()
    return verdict


def opened(explorer: Explorer, question: str) -> Locator:
    """A question of the right column, with what it opens."""
    if not column(explorer).is_visible():
        explorer.button("Why").click()
    found = column(explorer).locator("details").filter(has_text=question)
    found.locator("summary").click()
    return found


def covered(explorer: Explorer, tensor: str) -> Locator:
    return explorer.region("Program").get_by_role("button", name=f"{tensor}.g = ?")


@pytest.mark.long  # names that are put in tell theirs, and what does not run is marked, below
def test_the_shapes_are_told_while_one_types(explorer: Explorer) -> None:
    choose(explorer, "w1")
    practice = explorer.region("Practice")
    expect(practice).to_contain_text("Expected shape: (10, 2).")
    field(explorer, "w1").fill("l1.g.T @ x")
    expect(practice).to_contain_text("l1.g.T (2, 6) @ x (6, 10) → (2, 10) ✗ expected (10, 2)")
    field(explorer, "w1").fill("l1.g.T @")
    expect(practice.locator("mark")).to_be_visible()
    expect(field(explorer, "w1")).to_have_attribute("aria-invalid", "true")
    field(explorer, "w1").fill("x.T @ l1.g")
    expect(practice).to_contain_text("x.T (10, 6) @ l1.g (6, 2) → (10, 2) ✓ the shape fits")


def test_names_are_put_where_the_caret_is(explorer: Explorer) -> None:
    practice, keyboard = explorer.region("Practice"), explorer.page.keyboard
    names = column(explorer).get_by_role("group", name="Names for the formula", exact=True)
    choose(explorer, "w1")
    names.get_by_role("button", name="x", exact=True).click()
    expect(field(explorer, "w1")).to_be_focused()
    keyboard.type(".T @")
    names.get_by_role("button", name="l1.g", exact=True).focus()
    keyboard.press("Enter")
    expect(field(explorer, "w1")).to_have_value("x.T @ l1.g")
    expect(practice).to_contain_text("✓ the shape fits")
    keyboard.press("Home")
    names.get_by_role("button", name="y", exact=True).click()
    expect(field(explorer, "w1")).to_have_value("y x.T @ l1.g")
    keyboard.press("Control+z")
    expect(field(explorer, "w1")).to_have_value("x.T @ l1.g")
    expect(names.get_by_role("button", name="w1.g")).to_have_count(0)
    choose(explorer, "l2")
    expect(names.get_by_role("button", name="l1.g")).to_have_count(0)
    expect(names.get_by_role("button", name="out.g", exact=True)).to_be_visible()


def test_choosing_goes_to_the_step_and_a_step_is_chosen_by_going_to_it(explorer: Explorer) -> None:
    steps = explorer.trace()["steps"]
    at = {step["output"]: step for step in steps if step["phase"] == "backward"}
    explorer.expect_step(at["out.g"])
    choose(explorer, "w1")
    explorer.expect_step(at["w1.g"])
    expect(column(explorer)).to_contain_text("exercise 6 of 7 · 0 of 7 solved")
    covered(explorer, "l2").click()
    explorer.expect_step(at["l2.g"])
    expect(field(explorer, "l2")).to_be_visible()
    column(explorer).get_by_role("button", name="Skip", exact=True).click()
    expect(field(explorer, "w2")).to_be_focused()
    column(explorer).get_by_role("button", name="End practice", exact=True).click()
    expect(explorer.region("Practice")).to_have_count(0)
    expect(explorer.region("Program").get_by_role("button", name="w2.g = l2.T @ out.g")).to_be_visible()


WRONG = [
    ("-x.T @ l1.g", "The shape fits, 10 of 20 numbers differ.", "Every element has the other sign"),
    ("l1.g.T @ x", "The shape does not fit.", "rows and columns are mixed up"),
    ("x * l1.g", "This does not run.", "only multiplies element by element"),
    ("x.T @ l2.g", "The shape fits, 10 of 20 numbers differ.", "where another tensor belongs"),
]


def test_a_wrong_formula_is_diagnosed(explorer: Explorer) -> None:
    for formula, glance, says in WRONG:
        verdict = answer(explorer, "w1", formula)
        expect(verdict).to_contain_text(glance)
        expect(verdict).to_contain_text(says)
        expect(field(explorer, "w1")).to_have_value(formula)


def test_one_s_own_product_is_drawn_and_says_which_numbers_should_be_larger(explorer: Explorer) -> None:
    for tensor in ("out", "l2"):
        answer(explorer, tensor, ANSWERS[tensor])
    answer(explorer, "w1", "x.T @ l2.g")
    stage = explorer.region("Tensors")
    yours = stage.get_by_role("grid", name="Yours", exact=True)
    tensors = explorer.trace()["tensors"]
    made = np.array(tensors["x"]["value"]).T @ np.array(tensors["l2"]["gradient"])
    off = made - np.array(tensors["w1"]["gradient"])
    for (row, column_), number in np.ndenumerate(made):
        says = ", should be larger" if off[row, column_] < -1e-9 else ""
        says = ", should be smaller" if off[row, column_] > 1e-9 else says
        cell = yours.get_by_role("gridcell", name=f"yours[{row}, {column_}]{says}", exact=True)
        assert float(cell.get_attribute("data-value") or "nan") == number
    expect(stage).to_contain_text(f"{np.sum(np.abs(off) <= 1e-9)} of 20 are right")
    expect(stage.get_by_role("grid", name="x.T", exact=True).get_by_role("gridcell")).to_have_count(60)
    expect(stage.get_by_role("grid", name="l2.g", exact=True).get_by_role("gridcell")).to_have_count(12)
    answer(explorer, "w1", "x.T @ l1.g")
    expect(yours).to_have_count(0)
    right = {name: number for name, number in numbers_of("w1", tensors["w1"]).items() if "gradient" in name}
    explorer.expect_numbers(stage.get_by_role("grid", name=re.compile("^w1.g")), right)


def test_factors_that_are_covered_still_are_not_drawn(explorer: Explorer) -> None:
    answer(explorer, "w1", "x.T @ l2.g")
    stage = explorer.region("Tensors")
    expect(stage.get_by_role("grid", name="Yours", exact=True)).to_be_visible()
    expect(stage.get_by_role("grid", name="l2.g", exact=True)).to_have_count(0)


def test_an_element_of_ones_own_formula_opens_into_its_terms(explorer: Explorer) -> None:
    answer(explorer, "w1", "x.T @ l2.g")
    column(explorer).get_by_role("button", name="Explain my answer", exact=True).click()
    terms = column(explorer).get_by_role("table", name="Terms of your formula at [0, 1]")
    expect(terms.get_by_role("row")).to_have_count(7)
    expect(terms).to_contain_text("x[0, 0] × l2.g[0, 1]")
    cells = explorer.region("Tensors").get_by_role("grid", name="Yours", exact=True).get_by_role("gridcell")
    cells.first.focus()
    explorer.page.keyboard.press("ArrowDown")
    explorer.page.keyboard.press("Enter")
    expect(column(explorer).get_by_role("table", name="Terms of your formula at [1, 0]")).to_be_visible()


def test_what_does_not_run_is_marked_at_its_place(explorer: Explorer) -> None:
    verdict = answer(explorer, "w1", "x.T @ l2.grap")
    expect(verdict).to_contain_text("This does not run.")
    expect(verdict.locator("mark")).to_have_text("l2.grap")
    expect(field(explorer, "w1")).to_have_value("x.T @ l2.grap")


def test_a_verdict_says_that_it_is_old(explorer: Explorer) -> None:
    answer(explorer, "w1", "x.T @ l1.g")
    run = explorer.select("w1")
    expect(run).to_be_visible()
    explorer.edit("w1[0, 1] value", "0.5")
    expect(explorer.region("Practice")).to_contain_text("The numbers have changed since; check again.")


def test_what_is_right_in_the_past_is_checked_there_and_not_kept(explorer: Explorer) -> None:
    explorer.train(3)
    explorer.page.get_by_role("slider", name="Viewing iteration").press("ArrowLeft")
    explorer.expect_iteration(2)
    expect(answer(explorer, "w1", "x.T @ l1.g")).to_contain_text("Correct.")
    expect(column(explorer)).to_contain_text("0 of 7 solved")


@pytest.mark.parametrize("look", looks())
def test_axe_finds_nothing_while_one_practises(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    practice = explorer.region("Practice")

    def clean(chapter: str, *parts: str) -> None:
        assert_clean(explorer.page, chapter, *(() if LONG else parts))

    choose(explorer, "w1")
    clean("covered", "#program", "#practice", "#tensors", "#explanation")  # the rest is as ever
    for formula in ("-x.T @ l1.g", "x.T @ nobody", "l1.g.T @ x", "x.T @ l1.g")[: count(1, 4)]:
        answer(explorer, "w1", formula)
        clean(formula, "#practice", "#tensors")
    choose(explorer, "w2")
    for shown, name in enumerate(("Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Show the solution"), 1):
        practice.get_by_role("button", name=name, exact=True).click()
        expect(practice.locator(".a-hint")).to_have_count(shown)
    clean("hints", "#practice")
    numeric = opened(explorer, "Is the backward pass right?")
    numeric.get_by_role("button", name="Check numerically").click()
    expect(numeric.get_by_role("table", name="Central differences")).to_be_visible()
    clean("numeric", "#explanation")


def test_hints_lead_to_the_solution_and_the_field_stays_where_it_is(explorer: Explorer) -> None:
    choose(explorer, "w1")
    practice = explorer.region("Practice")
    before = field(explorer, "w1").bounding_box()
    practice.get_by_role("button", name="Hint 1 of 3", exact=True).click()
    expect(practice).to_contain_text("Hint 1 of 3. A gradient has the shape of its tensor: w1.g must be (10, 2).")
    for shown in (1, 2):
        expect(practice.locator(".a-hint")).to_have_count(shown)
        expect(practice.locator(".a-hint").first).to_be_in_viewport()
        practice.get_by_role("button", name=f"Hint {shown + 1} of 3", exact=True).click()
    practice.get_by_role("button", name="Show the solution", exact=True).click()
    expect(practice.locator(".a-hint").first).to_contain_text("x.T @ l1.g")
    expect(practice.get_by_role("button", name=re.compile("^Hint|solution$"))).to_have_count(0)
    assert field(explorer, "w1").bounding_box() == before
    expect(practice.locator(".a-hint").nth(1)).not_to_be_visible()


def test_the_lesson_is_solved_by_keyboard_with_two_wrong_turns(explorer: Explorer) -> None:
    keyboard = explorer.page.keyboard
    practice = explorer.region("Practice")
    expect(column(explorer)).to_contain_text("0 of 7 solved")
    keyboard.press("f")
    for found, (tensor, formula) in enumerate(ANSWERS.items(), 1):
        expect(field(explorer, tensor)).to_be_focused()
        wrong = {"l2": "out.g @ w2", "w1": "x.T @ l2.g"}.get(tensor)
        if wrong is not None:
            keyboard.type(wrong)
            keyboard.press("Enter")
            expect(practice.locator(".verdict")).to_have_class(re.compile("wrong"))
            keyboard.press("Control+a")
        keyboard.type(formula)
        keyboard.press("Enter")
        expect(practice.locator(".verdict")).to_contain_text("Correct.")
        expect(column(explorer)).to_contain_text(f"{found} of 7 solved")
        if found < len(ANSWERS):
            expect(practice.get_by_role("button", name=re.compile("^Next: "))).to_be_visible()
            keyboard.press("Enter")
    keyboard.press("Escape")
    expect(field(explorer, "b1")).not_to_be_focused()
    assert explorer.get(f"/runs/{explorer.run}/exercises")["done"]


def test_covered_answers_come_back_when_they_are_found(explorer: Explorer) -> None:
    program = explorer.region("Program")
    expect(covered(explorer, "w1")).to_be_visible()
    covered(explorer, "w1").click()
    cell = explorer.region("Tensors").get_by_role("gridcell", name="w1[0, 0] gradient", exact=True)
    expect(cell).to_have_text("?")
    assert cell.get_attribute("data-value") is None
    answer(explorer, "w1", "x.T @ l1.g")
    found = program.get_by_role("button", name="w1.g = x.T @ l1.g")
    expect(found).to_contain_text("✓")
    expect(cell).to_have_attribute("data-value", re.compile(r"\d"))
    explorer.region("Practice").get_by_role("button", name="Why is this correct?").click()
    expect(explorer.page.get_by_role("radio", name="Explore", exact=True)).to_be_checked()
    expect(explorer.region("Explanation")).to_contain_text("w1.g")


def test_a_practice_link_covers_the_answers(explorer: Explorer) -> None:
    opened(explorer, "Other exercises").get_by_role("button", name="Copy a practice link").click()
    expect(explorer.status).to_contain_text("Practice link copied")
    link = explorer.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("&practice=1")
    explorer.page.goto(EMPTY)
    explorer.open(link)
    expect(covered(explorer, "w1")).to_be_visible()
    expect(explorer.region("Practice")).to_be_visible()
    assert "practice=1" in explorer.page.url
    explorer.page.reload()
    expect(covered(explorer, "w1")).to_be_visible()
    expect(explorer.region("Practice")).to_be_visible()


def test_nothing_covered_is_told_anywhere(explorer: Explorer) -> None:
    true = explorer.trace()
    explorer.open(f"/#run={explorer.run}&practice=1")
    expect(explorer.region("Program").get_by_role("button", name="w1.g = ?")).to_be_visible()
    first = next(step["index"] for step in true["steps"] if step["output"] == "out.g")
    explorer.expect_step(true["steps"][first])
    if LONG:
        explorer.region("Program").get_by_role("button", name="l1 = x @ w1 + b1").first.click()
    ways = [step["code"] for step in true["steps"] if step["phase"] == "backward" and len(step["code"]) > 3]
    for step in true["steps"] if LONG else true["steps"][first : first + len(ways)]:
        explorer.expect_step(step)
        text = " ".join(explorer.page.locator("main, footer").all_inner_texts())
        assert not [way for way in ways if f".g = {way}" in text]
        explorer.button("Next step").click()
    for name in true["tensors"] if LONG else ("w1", "l1", "loss"):
        numbers = explorer.select(name).get_by_role("gridcell", name=re.compile("gradient$"))
        expect(numbers).to_have_text(["1"] if name == "loss" else ["?"] * prod(true["tensors"][name]["shape"]))


def test_an_exercise_opens_as_a_run(explorer: Explorer) -> None:
    others = opened(explorer, "Other exercises")
    others.get_by_role("combobox", name="Exercise", exact=True).select_option("scale")
    expect(explorer.status).to_contain_text("Opened Exercise 1")
    expect(covered(explorer, "w")).to_be_visible()
    expect(column(explorer)).to_contain_text("h.g = ?")
    expect(others).to_contain_text("One multiplication by a number.")


def test_training_with_ones_own_gradient_is_drawn_beside_the_true_one(explorer: Explorer) -> None:
    train = column(explorer).get_by_role("button", name="Train with these", exact=True)
    expect(train).to_be_disabled()
    answer(explorer, "w1", "-x.T @ l1.g")
    expect(explorer.region("Practice")).to_contain_text("✓ the shape fits")
    explorer.page.get_by_role("spinbutton", name="Iterations", exact=True).fill("20")
    train.click()
    expect(explorer.status).to_contain_text("Trained 20 iterations with your formula for w1.g")
    expect(column(explorer).get_by_role("img", name=re.compile("Loss with your w1.g"))).to_be_visible()
    explorer.expect_iteration(20)


def test_the_numeric_check(explorer: Explorer) -> None:
    numeric = opened(explorer, "Is the backward pass right?")
    numeric.get_by_role("button", name="Check numerically").click()
    expect(numeric).to_contain_text("Central differences agree with the backward pass.")
    table = numeric.get_by_role("table", name="Central differences")
    expect(table.get_by_role("row")).to_have_count(5)
    table.get_by_role("button").first.click()
    expect(numeric.get_by_role("img", name=re.compile("The loss as a function of w1"))).to_be_visible()
    slider = numeric.get_by_role("slider")
    before = numeric.locator(".slice p").last.inner_text()
    slider.press("ArrowRight")
    expect(numeric.locator(".slice p").last).not_to_have_text(before)


def paste_a_wrong_pass(explorer: Explorer) -> Locator:
    """A backward pass whose step l2 is twice too large, and all that follows from it."""
    tensors = explorer.trace()["tensors"]
    twice = {"l2", "l1", "w1", "b1"}
    lines = []
    for name in ("out", "w2", "b2", "l2", "l1", "w1", "b1"):
        numbers = np.array(tensors[name]["gradient"]) * (2 if name in twice else 1)
        lines.append(f"{name} = {np.array2string(numbers, precision=17)}")
    practice = opened(explorer, "Find the wrong step of my backward pass")
    practice.get_by_role("textbox", name="The gradients of your own code").fill("\n".join(lines))
    practice.get_by_role("button", name="Check all", exact=True).click()
    judged = practice.get_by_role("list", name="Your backward pass", exact=True)
    expect(judged).to_be_visible()
    return judged


def test_the_wrong_step_of_a_pasted_pass_is_marked_and_the_others_follow(explorer: Explorer) -> None:
    judged = paste_a_wrong_pass(explorer)
    expect(judged.locator("li")).to_have_count(7)
    wrong = judged.locator("li.first")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("l2.g")
    expect(wrong).to_contain_text("this step is wrong")
    expect(wrong.locator(".diagnosis")).to_contain_text("2 times")
    follows = judged.locator("li.follows")
    expect(follows).to_have_count(3)
    expect(follows.nth(0)).to_contain_text("follows from your l2.g")
    expect(judged).to_contain_text("follows from your l1.g")
    judged.get_by_role("button", name="l2.g", exact=True).click()
    expect(field(explorer, "l2")).to_be_focused()


@pytest.mark.parametrize("look", looks())
def test_axe_finds_nothing_in_a_pasted_pass(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    paste_a_wrong_pass(explorer)
    assert_clean(explorer.page, look, "#explanation")
