"""What learners ask is answered in words on the screen, in at most three clicks from the example.

With `ANSWERS=FOLDER` in the environment each answer is kept there as a picture.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backprop_explorer.examples import examples
from tests.amount import count, some
from tests.browser.explorer import Explorer

MOST = 3
OFTEN = [
    # what is clicked after the example: a line of the program, a tab, a question, a button; and what is then said
    ("lesson13", ["line w1.g", "cell w1[2, 1] gradient"], "None of the 6 samples contributes"),
    ("lesson13", ["line w1.g", "tab Shapes", "question How are the weights stored?"], "w1.g = l1.g.T @ x"),
    ("lesson13", ["button Finish iteration", "line l1.g", "question and not 0?"], "That is rounding"),
    ("convnet", ["line k1.g"], "The kernel is the same at every place and for every sample"),
    ("softmax_classifier", ["line scores.g"], "So the gradient is p − y"),
    ("rnn", ["line wh.g ="], "so their contributions are added"),
    ("scalar", [], "How do its two contributions make one gradient?"),
]
"""With what test_explanation asks: each kind of click, a product, a kernel, a formula of several steps, a loop."""
QUESTIONS = [
    *OFTEN,
    ("lesson13", ["line w1.g", "question Why the transpose?"], "`x` has to be transposed"),
    ("lesson13", ["line w1.g", "tab Jacobian"], "125,440,000 derivatives, 1.0 GB"),
    ("lesson13", ["line w1.g", "question Why not `x * l1.g`?"], "`@` also sums"),
    ("lesson13", ["line b1.g", "question Why a sum over the batch?"], "the same for every sample of the batch"),
    ("lesson13", ["line w1.g", "question Why does it have the shape of `w1`?"], "one slope for each element of `w1`"),
    ("lesson13", ["line l1.g", "question How much of the gradient gets through?"], "`l1.g[0, 1]`, `l1.g[3, 0]`"),
    ("lesson13", ["line w1.g", "question Aren't the weights constant?"], "what would happen if one of them were"),
    ("lesson13", ["line w2 =", "question Which weight moves most?"], "`b1[0]` and `w2[0, 0]` move farthest"),
    ("lesson13", ["line w2 =", "question Why minus?"], "the step goes the other way"),
    ("lesson13", ["line w2 =", "question What does the learning rate do?"], "Here it is 0.5."),
    ("lesson13", ["line out.g"], "its own error times 2 / 6"),
    ("lesson13", ["line y.g", "question Why is there a gradient of `y`, which is data?"], "what is trained"),
    ("attention_head", ["line scores.g"], "raise one score, and its own probability rises"),
    ("softmax_classifier", ["line scores.g", "question give the same numbers?"], "which is rounding"),
    ("layer_norm", ["line h.g"], "it moves all results of its row"),
    ("batch_norm", ["line h.g"], "every sample moves the results of all samples"),
]


def clicked(explorer: Explorer, what: str) -> None:
    kind, _, name = what.partition(" ")
    if kind == "line":
        lines = explorer.region("Program").locator(".lines .line").filter(has_text=name.removesuffix(" ="))
        lines.filter(has=explorer.page.locator("code", has_text=f"{name.removesuffix(' =')} =")).last.click()
    elif kind == "tab":
        explorer.page.get_by_role("tab", name=name, exact=True).click()
    elif kind == "cell":
        explorer.cell(name).first.click()
    elif kind == "button":
        explorer.button(name).click()
        explorer.expect_iteration(1)
    else:
        summary = explorer.region("Explanation").locator("summary").filter(has_text=name.replace("`", ""))
        summary.click()
        expect(explorer.region("Explanation").locator("details[open] > .answer").last).to_be_visible()


def unfolded(page: Page) -> None:
    """A long program folds the phases that are not stepped through."""
    folded = page.get_by_role("region", name="Program", exact=True).locator(".line[aria-expanded=false]")
    for _ in range(folded.count()):
        folded.first.click()


@pytest.mark.parametrize("asked", some(QUESTIONS, *OFTEN), ids=[f"{one[0]}-{one[2][:20]}" for one in QUESTIONS])
def test_a_question_is_answered_in_three_clicks(
    kept: None, explorer: Explorer, asked: tuple[str, list[str], str]
) -> None:
    example, clicks, said = asked
    assert len(clicks) <= MOST
    explorer.begin(example)
    unfolded(explorer.page)
    for what in clicks:
        clicked(explorer, what)
    expect(explorer.region("Explanation")).to_contain_text(said.replace("`", ""))
    if folder := os.environ.get("ANSWERS"):
        name = re.sub(r"\W+", "-", f"{example} {' '.join(clicks)}").strip("-")
        explorer.page.screenshot(path=Path(folder, f"{name}.png"))


def test_an_example_begins_with_its_question_and_what_to_try(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    for name in ("xor", "convnet")[: count(1, 2)]:
        listed = next(one for one in explorer.get("/examples") if one["name"] == name)
        explorer.choose(name)
        about = explorer.page.get_by_role("region", name="About this example", exact=True)
        expect(about).to_contain_text(listed["question"].replace("`", ""))
        expect(about).to_contain_text(listed["attempt"].replace("`", ""))


def test_the_gallery_is_walked_by_arrows(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.button("Example").click()
    names = list(examples)
    current = "() => document.activeElement.dataset.name"
    expect(explorer.examples.locator(":focus")).to_have_attribute("data-name", "lesson13")
    explorer.page.keyboard.press("ArrowRight")
    assert explorer.page.evaluate(current) == names[1]
    explorer.page.keyboard.press("ArrowDown")
    below = explorer.page.evaluate("() => document.activeElement.getBoundingClientRect().left")
    explorer.page.keyboard.press("ArrowUp")
    assert explorer.page.evaluate(current) == names[1]
    assert explorer.page.evaluate("() => document.activeElement.getBoundingClientRect().left") == below
    explorer.page.keyboard.press("End")
    assert explorer.page.evaluate(current) == names[-1]
    groups = explorer.examples.get_by_role("group")
    expect(groups).to_have_count(3)
    explorer.page.keyboard.press("Home")
    explorer.page.keyboard.press("ArrowRight")
    explorer.page.keyboard.press("Enter")
    expect(explorer.status).to_contain_text("Two numbers")
