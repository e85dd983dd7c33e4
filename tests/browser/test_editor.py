"""The editor and the current line of a program, hints, a scalar, and a loss that diverges."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import count, every, some
from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble

SIZES = [(1440, 900), (1280, 720)]

BOX = "element => { const { top, bottom } = element.getBoundingClientRect(); return [top, bottom]; }"
PAGE_TOP = "() => document.scrollingElement.scrollTop"


def within(element: Locator, panel: Locator) -> bool:
    """Whether it is inside of what one sees of the panel; of what is taller than the panel, its beginning."""
    (top, bottom), (upper, lower) = element.evaluate(BOX), panel.evaluate(BOX)
    return upper <= top and (bottom <= lower or (bottom - top > lower - upper and top < upper + 10))


def current_line(explorer: Explorer) -> Locator:
    return explorer.region("Program").locator("[aria-current=step]").last


def test_escape_keeps_what_was_typed_in_the_editor(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    program = explorer.region("Program")
    before = explorer.state()
    edit = program.get_by_role("button", name="Edit", exact=True)
    discard = program.get_by_role("button", name="Discard changes", exact=True)
    shape = program.get_by_role("form", name="Add nowhere").get_by_label("Shape or numbers")

    edit.click()
    explorer.program_text.press("Escape")
    expect(explorer.program_text).to_have_count(0)
    expect(discard).to_have_count(0)

    edit.click()
    explorer.program_text.fill("l1 = x @ nowhere")
    expect(program).to_contain_text("nowhere is not known yet")
    explorer.program_text.press("Escape")
    expect(explorer.program_text).to_have_count(0)
    expect(edit).to_be_focused()
    expect(program).to_contain_text("Unapplied changes are kept.")
    explorer.button("Next step").click()
    edit.click()
    expect(explorer.program_text).to_have_value("l1 = x @ nowhere")

    explorer.program_text.press("Control+Enter")
    expect(program.get_by_role("alert")).to_contain_text("nowhere")
    expect(shape).to_be_focused()
    shape.press("Escape")
    expect(edit).to_be_focused()
    edit.click()
    expect(explorer.program_text).to_have_value("l1 = x @ nowhere")
    expect(program.get_by_role("alert")).to_contain_text("nowhere")
    explorer.program_text.press("Escape")
    discard.click()
    expect(discard).to_have_count(0)
    edit.click()
    expect(explorer.program_text).to_have_value(before["document"]["program"])
    assert explorer.state() == before


@pytest.mark.parametrize(
    "where",
    some([("lesson13", SIZES[0]), ("lesson13", SIZES[1]), ("transformer_block", SIZES[1])], ("lesson13", SIZES[1])),
)
def test_the_current_line_stays_in_its_panel(
    kept: None, explorer: Explorer, where: tuple[str, tuple[int, int]]
) -> None:
    example, size = where
    explorer.page.set_viewport_size({"width": size[0], "height": size[1]})
    explorer.begin(example)
    steps: list[dict[str, Any]] = explorer.trace(values="none")["steps"]
    last = len(steps) - 1
    explorer.go_to_step(last // 2)
    panel = explorer.region("Program")

    def seen(step: int) -> None:
        explorer.expect_step(steps[step])
        line = current_line(explorer)
        assert within(line, panel), (steps[step]["output"], line.evaluate(BOX), panel.evaluate(BOX))
        assert explorer.page.evaluate(PAGE_TOP) == 0

    seen(last // 2)
    stride = count(3, 1) if last < 40 else 6
    for step in range(last // 2, last):
        explorer.page.keyboard.press("ArrowRight")
        if step % stride == 0:
            seen(step + 1)
    seen(last)
    explorer.region("Program").get_by_role("button", name="Edit", exact=True).click()
    explorer.program_text.press("Escape")
    expect(explorer.program_text).to_have_count(0)
    seen(last)
    explorer.page.set_viewport_size({"width": size[0], "height": size[1] - 100})
    expect(current_line(explorer)).to_be_in_viewport(ratio=1)
    seen(last)
    explorer.page.keyboard.press("ArrowRight")
    explorer.expect_iteration(1)
    seen(0)


def test_on_a_phone_stepping_does_not_scroll_the_page(kept: None, explorer: Explorer) -> None:
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    explorer.begin()
    for step in range(1, count(6, 16)):
        explorer.button("Next step").click()
        expect(explorer.page.locator("#step")).to_have_attribute("data-index", str(step))
        assert explorer.page.evaluate(PAGE_TOP) == 0


@pytest.mark.parametrize("size", every(3, [*SIZES, (390, 844)]))
def test_a_hint_appears_below_the_field_and_in_view(explorer: Explorer, size: tuple[int, int]) -> None:
    explorer.page.set_viewport_size({"width": size[0], "height": size[1]})
    explorer.open("/#practice=1")
    practice, bar = explorer.region("Practice"), explorer.region("Training")
    field = practice.get_by_role("textbox")

    def seen(element: Locator) -> None:
        """Below the field; both are in view, but for a fraction of a pixel."""
        expect(element).to_be_in_viewport(ratio=0.98)
        expect(field).to_be_in_viewport(ratio=0.98)
        (_, above), (top, bottom) = field.evaluate(BOX), element.evaluate(BOX)
        assert top >= above
        assert bottom <= bar.evaluate(BOX)[0]

    for hint in (1, 2, 3):
        practice.get_by_role("button", name=f"Hint {hint} of 3", exact=True).click()
        expect(practice.locator(".a-hint")).to_have_count(hint)
        seen(practice.locator(".a-hint").first)
    field.fill("out * 2")
    field.press("Enter")
    expect(practice.locator(".verdict")).to_be_visible()
    seen(practice.locator(".verdict"))


def test_the_answers_are_covered_beside_the_question(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.mode("Practice")
    line = explorer.region("Program").get_by_role("button", name="w1.g = ?")
    expect(line).to_be_visible()
    cover = explorer.region("Program").get_by_role("button", name="Hide answers", exact=True)
    expect(cover).to_have_attribute("aria-pressed", "true")
    cover.click()
    expect(explorer.region("Program").get_by_role("button", name="w1.g = x.T @ l1.g")).to_be_visible()
    cover.click()
    expect(line).to_be_visible()
    explorer.mode("Explore")
    expect(explorer.region("Program").get_by_role("button", name="w1.g = x.T @ l1.g")).to_be_visible()


def test_a_small_tensor_says_nothing_of_parts(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.select("w1")
    expect(explorer.page.locator(".part-drawn")).to_have_count(0)


@pytest.mark.parametrize(
    "training", every(2, [(10, 40, "The loss is diverging (1 → "), (1e300, 3, "The loss diverged at iteration ")])
)
def test_the_status_after_a_divergence_is_no_success(
    kept: None, explorer: Explorer, training: tuple[float, int, str]
) -> None:
    rate, iterations, says = training
    run = explorer.api.post("/runs", json={"example": "lesson13"}).json()["id"]
    explorer.api.patch(f"/runs/{run}", json={"optimizer": {"name": "sgd", "lr": rate}}).raise_for_status()
    explorer.turn(run)
    explorer.iterations.fill(str(iterations))
    explorer.button("Train").click()
    expect(explorer.status).to_contain_text(says)
    expect(explorer.status).to_contain_text("Try a smaller learning rate.")
    expect(explorer.status).not_to_contain_text("Trained")
    explorer.button("Undo").click()
    explorer.expect_iteration(0)


def test_a_scalar_is_edited_like_any_other_number(kept: None, explorer: Explorer) -> None:
    explorer.begin("scalar")
    explorer.edit("a value", "5")
    explorer.assert_agreement()
    assert explorer.trace()["tensors"]["a"]["value"] == 5
