"""Practice: gradients written by oneself, checked and diagnosed, from the loss back to the first layer."""

import re
from math import prod

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
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
def _opened(explorer: Explorer) -> None:
    explorer.open()


def field(explorer: Explorer, tensor: str) -> Locator:
    return explorer.region("Practice").get_by_role("textbox", name=f"Formula for {tensor}.g", exact=True)


def choose(explorer: Explorer, tensor: str) -> None:
    explorer.region("Practice").get_by_role("combobox", name="Gradient to find", exact=True).select_option(tensor)


def answer(explorer: Explorer, tensor: str, formula: str) -> Locator:
    choose(explorer, tensor)
    verdict = explorer.region("Practice").locator(".verdict")
    expect(verdict).to_have_count(0)
    field(explorer, tensor).fill(formula)
    field(explorer, tensor).press("Enter")
    expect(verdict).to_be_visible()
    return verdict


def test_the_shape_is_told_while_one_types(explorer: Explorer) -> None:
    choose(explorer, "w1")
    practice = explorer.region("Practice")
    expect(practice).to_contain_text("Wanted: the shape (10, 2).")
    field(explorer, "w1").fill("l1.g.T @ x")
    expect(practice).to_contain_text("✗ shape (2, 10), not (10, 2)")
    field(explorer, "w1").fill("l1.g.T @")
    expect(practice).to_contain_text("This does not run yet.")
    expect(field(explorer, "w1")).to_have_attribute("aria-invalid", "true")
    field(explorer, "w1").fill("x.T @ l1.g")
    expect(practice).to_contain_text("✓ shape (10, 2)")


def test_names_are_put_where_the_caret_is(explorer: Explorer) -> None:
    practice, keyboard = explorer.region("Practice"), explorer.page.keyboard
    names = practice.get_by_role("group", name="Names for the formula", exact=True)
    choose(explorer, "w1")
    names.get_by_role("button", name="x (6, 10)", exact=True).click()
    expect(field(explorer, "w1")).to_be_focused()
    keyboard.type(".T @")
    names.get_by_role("button", name="l1.g (6, 2)", exact=True).focus()
    keyboard.press("Enter")
    expect(field(explorer, "w1")).to_have_value("x.T @ l1.g")
    expect(practice).to_contain_text("✓ shape (10, 2)")
    keyboard.press("Home")
    names.get_by_role("button", name="y (6,)", exact=True).click()
    expect(field(explorer, "w1")).to_have_value("y x.T @ l1.g")
    keyboard.press("Control+z")
    expect(field(explorer, "w1")).to_have_value("x.T @ l1.g")
    expect(names.get_by_role("button", name="w1.g")).to_have_count(0)
    choose(explorer, "l2")
    expect(names.get_by_role("button", name="l1.g")).to_have_count(0)
    expect(names.get_by_role("button", name="out.g (6, 1)", exact=True)).to_be_visible()


WRONG = [
    ("-x.T @ l1.g", "The shape fits, the numbers do not.", "Every element has the other sign"),
    ("l1.g.T @ x", "The shape does not fit.", "rows and columns are mixed up"),
    ("x * l1.g", "This does not run.", "adds nothing up"),
    ("x.T @ l2.g", "The shape fits, the numbers do not.", "where another tensor belongs"),
]


def test_a_wrong_formula_is_diagnosed(explorer: Explorer) -> None:
    differences = explorer.region("Practice").get_by_role("img", name=re.compile("Differences of your w1.g, 10 by 2"))
    for formula, glance, says in WRONG:
        verdict = answer(explorer, "w1", formula)
        expect(verdict).to_contain_text(glance)
        expect(verdict).to_contain_text(says)
        expect(field(explorer, "w1")).to_have_value(formula)
        expect(differences).to_have_count(1 if "numbers do not" in glance else 0)


def test_an_element_of_ones_own_formula_opens_into_its_terms(explorer: Explorer) -> None:
    answer(explorer, "w1", "x.T @ l2.g")
    explorer.region("Practice").get_by_role("button", name="[0, 1]", exact=True).click()
    terms = explorer.region("Practice").get_by_role("table", name="Terms of your formula at [0, 1]")
    expect(terms.get_by_role("row")).to_have_count(7)
    expect(terms).to_contain_text("x[0, 0] × l2.g[0, 1]")


def test_what_does_not_run_is_marked_at_its_place(explorer: Explorer) -> None:
    verdict = answer(explorer, "w1", "x.T @ l2.grap")
    expect(verdict).to_contain_text("This does not run.")
    expect(verdict.locator("mark")).to_have_text("l2.grap")
    expect(field(explorer, "w1")).to_have_value("x.T @ l2.grap")


def test_a_verdict_says_that_it_is_old(explorer: Explorer) -> None:
    answer(explorer, "w1", "x.T @ l1.g")
    explorer.edit("w1[0, 1] value", "0.5")
    expect(explorer.region("Practice")).to_contain_text("The numbers have changed since; check again.")


def test_what_is_right_in_the_past_is_checked_there_and_not_kept(explorer: Explorer) -> None:
    explorer.train(3)
    explorer.page.get_by_role("slider", name="Iteration on the screen").press("ArrowLeft")
    explorer.expect_iteration(2)
    expect(answer(explorer, "w1", "x.T @ l1.g")).to_contain_text("Right: shape and numbers.")
    expect(explorer.region("Practice")).to_contain_text("0 of 7 found")


@pytest.mark.parametrize("look", looks("narrow light"))
def test_axe_finds_nothing_while_one_practises(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    practice = explorer.region("Practice")

    def clean(chapter: str, *parts: str) -> None:
        assert_clean(explorer.page, chapter, *(() if LONG else parts))

    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("button", name="Cover the answers").click()
    explorer.region("Program").get_by_role("button", name="w1.g = ?").click()
    clean("covered")
    for formula in ("x.T @ nobody", "l1.g.T @ x", "-x.T @ l1.g", "x.T @ l1.g"):
        answer(explorer, "w1", formula)
        clean(formula, "#practice")
    choose(explorer, "w2")
    for count, name in enumerate(("Hint", "Next hint", "Next hint", "Show the solution"), 1):
        practice.get_by_role("button", name=name, exact=True).click()
        expect(practice.locator(".hints > li")).to_have_count(count)
    clean("hints", "#practice")
    practice.get_by_role("button", name="Check numerically").click()
    expect(practice.get_by_role("table", name="Central differences")).to_be_visible()
    clean("numeric")


def test_hints_lead_to_the_solution(explorer: Explorer) -> None:
    choose(explorer, "w1")
    practice = explorer.region("Practice")
    practice.get_by_role("button", name="Hint", exact=True).click()
    expect(practice).to_contain_text("`w1.g` must be".replace("`", ""))
    for shown in (1, 2):
        expect(practice.locator(".hints > li")).to_have_count(shown)
        practice.get_by_role("button", name="Next hint", exact=True).click()
    practice.get_by_role("button", name="Show the solution", exact=True).click()
    expect(practice.locator(".hints")).to_contain_text("x.T @ l1.g")
    expect(practice.get_by_role("button", name=re.compile("hint|solution"))).to_have_count(0)


def test_the_lesson_is_solved_by_keyboard_with_two_wrong_turns(explorer: Explorer) -> None:
    keyboard = explorer.page.keyboard
    practice = explorer.region("Practice")
    expect(practice).to_contain_text("0 of 7 found")
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
        expect(practice.locator(".verdict")).to_contain_text("Right: shape and numbers.")
        expect(practice).to_contain_text(f"{found} of 7 found")
        if found < len(ANSWERS):
            expect(practice.get_by_role("button", name=re.compile("^Next: "))).to_be_visible()
            keyboard.press("Enter")
    keyboard.press("Escape")
    expect(field(explorer, "b1")).not_to_be_focused()
    assert explorer.get(f"/runs/{explorer.run}/exercises")["done"]


def test_covered_answers_come_back_when_they_are_found(explorer: Explorer) -> None:
    practice, program = explorer.region("Practice"), explorer.region("Program")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("button", name="Cover the answers").click()
    expect(program.get_by_role("button", name="w1.g = ?")).to_be_visible()
    program.get_by_role("button", name="w1.g = ?").click()
    expect(explorer.region("Explanation")).to_contain_text("Covered until it is found")
    cell = explorer.cell("w1[0, 0] gradient").first
    expect(cell).to_have_text("?")
    assert cell.get_attribute("data-value") is None
    cell.click()
    expect(field(explorer, "w1")).to_be_visible()
    answer(explorer, "w1", "x.T @ l1.g")
    expect(program.get_by_role("button", name="w1.g = x.T @ l1.g")).to_be_visible()
    expect(cell).to_have_attribute("data-value", re.compile(r"\d"))


def test_a_practice_link_covers_the_answers(explorer: Explorer) -> None:
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("button", name="Copy a practice link").click()
    expect(explorer.status).to_contain_text("Practice link copied")
    link = explorer.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("&practice=1")
    explorer.page.goto(EMPTY)
    explorer.open(link)
    expect(explorer.region("Program").get_by_role("button", name="w1.g = ?")).to_be_visible()
    assert "practice=1" in explorer.page.url
    explorer.page.reload()
    expect(explorer.region("Program").get_by_role("button", name="w1.g = ?")).to_be_visible()


def test_nothing_covered_is_told_anywhere(explorer: Explorer) -> None:
    true = explorer.trace()
    explorer.open(f"/?run={explorer.run}&practice=1")
    expect(explorer.region("Program").get_by_role("button", name="w1.g = ?")).to_be_visible()
    ways = [step["code"] for step in true["steps"] if step["phase"] == "backward" and len(step["code"]) > 3]
    for step in true["steps"]:
        explorer.expect_step(step)
        text = " ".join(explorer.page.locator("main, footer").all_inner_texts())
        assert not [way for way in ways if f".g = {way}" in text]
        explorer.button("Next step").click()
    for name in true["tensors"]:
        numbers = explorer.select(name).get_by_role("gridcell", name=re.compile("gradient$"))
        expect(numbers).to_have_text(["1"] if name == "loss" else ["?"] * prod(true["tensors"][name]["shape"]))
    answer(explorer, "w1", "x.T @ l2.g")
    worst = explorer.region("Practice").get_by_role("table", name="Where it differs most", exact=True)
    expect(worst.get_by_role("columnheader")).to_have_text(["element", "yours", "off by"])
    answer(explorer, "w1", "x.T @ l1.g")
    answer(explorer, "w1", "x.T @ l2.g")
    expect(worst.get_by_role("columnheader")).to_have_text(["element", "yours", "true"])


def test_an_exercise_opens_as_a_run(explorer: Explorer) -> None:
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("combobox", name="Exercise", exact=True).select_option("scale")
    expect(explorer.status).to_contain_text("Opened Exercise 1")
    expect(explorer.region("Program")).to_contain_text("w.g = ?")
    expect(practice).to_contain_text("One multiplication by a number.")


def test_training_by_ones_own_gradient_is_drawn_beside_the_true_one(explorer: Explorer) -> None:
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
    expect(practice.get_by_role("button", name="Train 20 by my formula")).to_be_disabled()
    answer(explorer, "w1", "-x.T @ l1.g")
    expect(practice).to_contain_text("✓ shape (10, 2)")
    practice.get_by_role("button", name="Train 20 by my formula").click()
    expect(explorer.status).to_contain_text("Trained 20 iterations by your formula for w1.g")
    expect(practice.get_by_role("img", name=re.compile("Loss by your formula for w1.g"))).to_be_visible()
    explorer.expect_iteration(20)


def test_the_numeric_check(explorer: Explorer) -> None:
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("button", name="Check numerically").click()
    expect(practice).to_contain_text("Central differences agree with the backward pass.")
    table = practice.get_by_role("table", name="Central differences")
    expect(table.get_by_role("row")).to_have_count(5)
    table.get_by_role("button").first.click()
    expect(practice.get_by_role("img", name=re.compile("The loss as a function of w1"))).to_be_visible()
    slider = practice.get_by_role("slider")
    before = practice.locator(".slice p").last.inner_text()
    slider.press("ArrowRight")
    expect(practice.locator(".slice p").last).not_to_have_text(before)


def paste_a_wrong_pass(explorer: Explorer) -> Locator:
    """A backward pass whose step l2 is twice too large, and all that follows from it."""
    tensors = explorer.trace()["tensors"]
    twice = {"l2", "l1", "w1", "b1"}
    lines = []
    for name in ("out", "w2", "b2", "l2", "l1", "w1", "b1"):
        numbers = np.array(tensors[name]["gradient"]) * (2 if name in twice else 1)
        lines.append(f"{name} = {np.array2string(numbers, precision=17)}")
    practice = explorer.region("Practice")
    practice.get_by_text("Find the wrong step of my backward pass").click()
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
    expect(explorer.region("Explanation")).to_contain_text("l2.g")


@pytest.mark.parametrize("look", looks("wide light", "wide dark"))
def test_axe_finds_nothing_in_a_pasted_pass(explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    paste_a_wrong_pass(explorer)
    assert_clean(explorer.page, look, "#practice")
