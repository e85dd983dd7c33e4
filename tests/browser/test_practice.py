"""Practice: gradients written by oneself, checked and diagnosed, from the loss back to the first layer."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble

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
def _opened(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")  # what is half written is not a formula yet
    explorer.open()


def field(explorer: Explorer, tensor: str) -> Locator:
    return explorer.region("Practice").get_by_role("textbox", name=f"Formula for {tensor}.g", exact=True)


def choose(explorer: Explorer, tensor: str) -> None:
    explorer.region("Practice").get_by_role("combobox", name="Gradient to find", exact=True).select_option(tensor)


def answer(explorer: Explorer, tensor: str, formula: str) -> Locator:
    choose(explorer, tensor)
    field(explorer, tensor).fill(formula)
    field(explorer, tensor).press("Enter")
    return explorer.region("Practice").locator(".verdict")


def test_the_shape_is_told_while_one_types(explorer: Explorer) -> None:
    choose(explorer, "w1")
    practice = explorer.region("Practice")
    expect(practice).to_contain_text("Wanted: the shape (10, 2).")
    field(explorer, "w1").fill("l1.g.T @ x")
    expect(practice).to_contain_text("✗ shape (2, 10), wanted (10, 2)")
    field(explorer, "w1").fill("x.T @ l1.g")
    expect(practice).to_contain_text("✓ shape (10, 2)")


@pytest.mark.parametrize(
    ("formula", "glance", "says"),
    [
        ("-x.T @ l1.g", "The shape fits, the numbers do not.", "Every element has the other sign"),
        ("l1.g.T @ x", "The shape does not fit.", "rows and columns are mixed up"),
        ("x * l1.g", "This does not run.", "adds nothing up"),
        ("x.T @ l2.g", "The shape fits, the numbers do not.", "where another tensor belongs"),
    ],
)
def test_a_wrong_formula_is_diagnosed(explorer: Explorer, formula: str, glance: str, says: str) -> None:
    verdict = answer(explorer, "w1", formula)
    expect(verdict).to_contain_text(glance)
    expect(verdict).to_contain_text(says)
    expect(field(explorer, "w1")).to_have_value(formula)
    differences = explorer.region("Practice").get_by_role("img", name=re.compile("Differences of your w1.g, 10 by 2"))
    expect(differences).to_have_count(1 if "numbers do not" in glance else 0)


def test_an_element_of_ones_own_formula_opens_into_its_terms(explorer: Explorer) -> None:
    verdict = answer(explorer, "w1", "x.T @ l2.g")
    verdict.get_by_role("button", name="[0, 1]", exact=True).click()
    terms = explorer.region("Practice").get_by_role("table", name="Terms of your formula at [0, 1]")
    expect(terms.get_by_role("row")).to_have_count(7)
    expect(terms).to_contain_text("x[0, 0] × l2.g[0, 1]")


def test_hints_lead_to_the_solution(explorer: Explorer) -> None:
    choose(explorer, "w1")
    practice = explorer.region("Practice")
    practice.get_by_role("button", name="Hint", exact=True).click()
    expect(practice).to_contain_text("`w1.g` must be".replace("`", ""))
    for _ in range(2):
        practice.get_by_role("button", name="Next hint", exact=True).click()
    practice.get_by_role("button", name="Show the solution", exact=True).click()
    expect(practice.locator(".hints")).to_contain_text("x.T @ l1.g")
    expect(practice.get_by_role("button", name=re.compile("hint|solution"))).to_have_count(0)


def test_the_lesson_is_solved_by_keyboard_with_two_wrong_turns(explorer: Explorer) -> None:
    keyboard = explorer.page.keyboard
    practice = explorer.region("Practice")
    expect(practice).to_contain_text("0 of 7 found")
    field(explorer, "out").focus()
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
            onward = practice.get_by_role("button", name=re.compile("^Next: "))
            onward.focus()
            keyboard.press("Enter")


def test_covered_answers_come_back_when_they_are_found(explorer: Explorer) -> None:
    practice, program = explorer.region("Practice"), explorer.region("Program")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("button", name="Cover the answers").click()
    expect(program.get_by_role("button", name="w1.g = ?")).to_be_visible()
    program.get_by_role("button", name="w1.g = ?").click()
    expect(explorer.region("Explanation")).to_contain_text("Covered until it is found")
    expect(explorer.cell("w1[0, 0] gradient")).to_have_count(0)
    answer(explorer, "w1", "x.T @ l1.g")
    expect(program.get_by_role("button", name="w1.g = x.T @ l1.g")).to_be_visible()
    expect(explorer.cell("w1[0, 0] gradient").first).to_be_visible()


def test_a_practice_link_covers_the_answers(explorer: Explorer) -> None:
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("button", name="Copy a practice link").click()
    expect(explorer.status).to_contain_text("Practice link copied")
    link = explorer.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("&practice=1")
    explorer.page.goto("about:blank")
    explorer.open(link)
    expect(explorer.region("Program").get_by_role("button", name="w1.g = ?")).to_be_visible()


def test_an_exercise_opens_as_a_run(explorer: Explorer) -> None:
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
    practice.get_by_role("combobox", name="Exercise", exact=True).select_option("scale")
    expect(explorer.status).to_contain_text("Opened Exercise 1")
    expect(explorer.region("Program")).to_contain_text("w.g = ?")


def test_training_by_ones_own_gradient_is_drawn_beside_the_true_one(explorer: Explorer) -> None:
    answer(explorer, "w1", "-x.T @ l1.g")
    practice = explorer.region("Practice")
    practice.get_by_text("Exercises and more").click()
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
