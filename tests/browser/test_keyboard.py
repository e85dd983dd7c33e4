"""The main job by keyboard alone: focus is always somewhere and always visible, and keys never fire while typing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.amount import LONG, count
from tests.browser.explorer import Explorer, numbers_of
from tests.browser.traffic import Traffic
from tests.browser.trouble import Trouble

FOCUS = """place => {
    const element = document.activeElement, {outlineStyle, outlineWidth} = getComputedStyle(element);
    return {
        lost: element === document.body || element === document.documentElement,
        visible: element.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
        seen: element.checkVisibility() && element.getBoundingClientRect().width > 0,
        there: element === place,
    };
}"""


class Keyboard:
    """Presses keys, and looks after each where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.expect_focus(self.page.evaluate(FOCUS), key)

    def walk_to(self, place: Locator, key: str = "Tab", most: int = 120) -> None:
        """Presses a key until a place has the focus."""
        for _ in range(most):
            self.page.keyboard.press(key)
            if self.expect_focus(place.evaluate(FOCUS), key):
                return
        raise AssertionError(f"{key} never came to {place}")

    def go_to(self, place: Locator, key: str = "Tab") -> None:
        """The same, on the way of the keys under --long only."""
        if LONG:
            self.walk_to(place, key)
        else:
            place.focus()

    def expect_focus(self, found: dict[str, bool], key: str) -> bool:
        """It is visible; whether it is there where one wants it."""
        there = found.pop("there")
        assert found == {"lost": False, "visible": True, "seen": True}, f"after {key}"
        return there


def test_the_lesson_s_steps_by_keyboard_alone(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    keyboard.press("Tab")
    steps = explorer.trace()["steps"]

    keyboard.walk_to(explorer.cell("w1[0, 0] value"))
    keyboard.press("ArrowRight", "Enter")
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    expect(editor).to_be_focused()
    explorer.page.keyboard.type("0.3")
    keyboard.press("Enter")
    expect(explorer.status).to_contain_text("w1[0, 1] is 0.3; the loss ")
    expect(explorer.cell("w1[0, 1] value")).to_be_focused()
    assert explorer.state()["document"]["parameters"]["w1"][0][1] == 0.3
    explorer.expect_loss(explorer.state()["loss"])

    keyboard.press("p")
    for step in steps:
        explorer.expect_step(step)
        keyboard.press("ArrowRight")
    explorer.expect_iteration(1)
    explorer.expect_step(steps[0])
    keyboard.press("ArrowLeft")
    explorer.expect_iteration(0)
    back = list(reversed(steps))
    for step in back[: count(4, len(back))]:
        explorer.expect_step(step)
        keyboard.press("ArrowLeft")
    explorer.go_to_step(0)
    keyboard.press("ArrowLeft")
    expect(explorer.status).to_contain_text("first step of the first iteration")


@pytest.mark.long
def test_the_lesson_s_training_by_keyboard_alone(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    keyboard.press("p", "Shift+ArrowRight")
    explorer.expect_iteration(1)
    keyboard.press("Shift+ArrowRight")
    explorer.expect_iteration(2)
    keyboard.press("t")
    expect(explorer.status).to_contain_text("Trained 20 iterations")
    explorer.expect_iteration(22)
    keyboard.press("Control+z")
    explorer.expect_iteration(2)
    keyboard.press("Control+Shift+Z")
    explorer.expect_iteration(22)

    keyboard.walk_to(explorer.nodes)
    tensors = explorer.trace()["tensors"]
    for name, record in list(tensors.items())[: count(3, len(tensors))]:
        keyboard.press("ArrowDown")
        explorer.expect_numbers(explorer.shown(name), numbers_of(name, record))

    explorer.page.reload()
    expect(explorer.status).to_contain_text("Opened")
    explorer.assert_agreement("w1")


def test_training_by_its_form(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    keyboard.press("Tab")
    explorer.page.keyboard.press("Enter")  # to the steps
    keyboard.walk_to(explorer.iterations)
    keyboard.press("Control+a", "7", "Enter")
    expect(explorer.status).to_contain_text("Trained 7 iterations")
    expect(explorer.iterations).to_be_focused()
    keyboard.go_to(explorer.button("Train"), "Shift+Tab")
    keyboard.press("Enter")
    explorer.expect_iteration(14)
    expect(explorer.button("Train")).to_be_focused()


def test_keys_do_not_fire_while_typing(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    before = explorer.state()
    keyboard.press("Tab")
    keyboard.walk_to(explorer.cell("w1[0, 0] value"))
    keyboard.press("Enter")
    keyboard.press("t", "g", "p", "?", " ", "ArrowRight", "Shift+ArrowRight", "ArrowLeft", "Control+z")
    expect(explorer.page.get_by_role("textbox", name="New number for w1[0, 0]", exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(explorer.cell("w1[0, 0] value")).to_be_focused()

    keyboard.walk_to(explorer.iterations)
    keyboard.press("t", "g", "p", "?", "ArrowRight", "Shift+ArrowRight", "ArrowLeft", "Control+z")
    expect(explorer.iterations).to_be_focused()

    expect(explorer.page.get_by_role("dialog")).to_have_count(0)
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "0")
    assert explorer.state() == before


def test_a_list_and_a_grid_keep_the_arrows_that_they_need(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    keyboard.press("p")
    keyboard.walk_to(explorer.nodes)
    keyboard.press("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowDown")
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "0")
    keyboard.walk_to(explorer.cell("w1[0, 0] value"))
    keyboard.press("ArrowRight", "ArrowRight", "ArrowDown", "End", "PageDown", "Control+End")
    expect(explorer.cell("w1[9, 1] value")).to_be_focused()
    keyboard.press("Control+Home")
    expect(explorer.cell("w1[0, 0] value")).to_be_focused()
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "0")


@pytest.mark.long  # a digit begins an edit in test_lesson, too, and Escape leaves it
def test_a_digit_begins_an_edit_and_escape_leaves_it(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.state()
    keyboard = Keyboard(explorer.page)
    keyboard.press("Tab")
    cell = explorer.cell("w1[0, 0] value")
    keyboard.walk_to(cell)
    number = cell.get_attribute("data-value")
    keyboard.press("-", "7")
    expect(explorer.page.get_by_role("textbox", name="New number for w1[0, 0]", exact=True)).to_have_value("-7")
    keyboard.press("Escape")
    expect(cell).to_be_focused()
    expect(cell).to_have_attribute("data-value", number)
    assert explorer.state() == before


def test_help_takes_the_focus_and_gives_it_back(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    keyboard.press("p", "?")
    dialog = explorer.page.get_by_role("dialog", name="Keyboard shortcuts", exact=True)
    expect(dialog).to_contain_text("next / previous step")
    close = dialog.get_by_role("button", name="Close", exact=True)
    expect(close).to_be_focused()
    for key in ("ArrowRight", "t", "g", "?"):
        keyboard.press(key)
        expect(close).to_be_focused()
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "0")
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(explorer.region("Program").locator("[aria-current=step]")).to_be_focused()


def test_the_program_is_edited_by_keyboard(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    keyboard = Keyboard(explorer.page)
    right = explorer.state()["document"]["program"]
    keyboard.press("Tab")
    edit = explorer.region("Program").get_by_role("button", name="Edit", exact=True)
    keyboard.walk_to(edit)
    keyboard.press("Enter")
    expect(explorer.program_text).to_be_focused()
    keyboard.press("Control+End", "t", "g", "?", "Control+Enter")
    expect(explorer.alert).to_contain_text("Line 4")
    expect(explorer.program_text).to_have_value(right + "tg?")
    keyboard.press("Backspace", "Backspace", "Backspace", "Enter")
    explorer.page.keyboard.type("more = l1 * 2")
    keyboard.press("Control+Enter")
    expect(explorer.status).to_contain_text("The program is changed")
    expect(edit).to_be_focused()
    assert "more" in explorer.trace()["tensors"]
    keyboard.press("Enter", "x", "Escape")
    expect(explorer.program_text).to_have_count(0)
    expect(edit).to_be_focused()


def test_what_vanishes_or_becomes_useless_does_not_take_the_focus_along(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.edit("w1[0, 1] value", "0.25")
    explorer.select("b1")
    keyboard = Keyboard(explorer.page)
    keyboard.press("p")
    keyboard.go_to(explorer.button("Undo"), "Shift+Tab")
    keyboard.press("Enter")
    expect(explorer.status).to_contain_text("Undone")
    expect(explorer.button("Undo")).to_be_disabled()
    expect(explorer.button("Undo")).to_be_focused()
    keyboard.press("Enter")
    keyboard.go_to(explorer.button("Next step"))
    keyboard.press("Enter", "Shift+Tab", "Enter")
    expect(explorer.button("Previous step")).to_be_disabled()
    expect(explorer.button("Previous step")).to_be_focused()

    if not LONG:
        return  # an alert that vanishes: below
    keyboard.walk_to(explorer.button("Close b1"), "Shift+Tab")
    keyboard.press("Enter")
    expect(explorer.button("Close b1")).to_have_count(0)
    keyboard.press("Tab", "t")
    expect(explorer.status).to_contain_text("Trained 20 iterations")
    keyboard.walk_to(explorer.page.get_by_role("slider", name="Viewing iteration"))
    keyboard.press("Home")
    expect(explorer.status).to_contain_text("Iteration 0 of 20, as it was")
    keyboard.walk_to(explorer.button("Back to latest"))
    keyboard.press("Enter")
    expect(explorer.status).to_contain_text("the latest")
    explorer.expect_iteration(20)
    keyboard.press("ArrowRight")


def test_a_dismissed_alert_leaves_the_focus_on_the_page(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 404")
    explorer.page.goto("/#run=nobodys-run-at-all-000")
    keyboard = Keyboard(explorer.page)
    expect(explorer.alert).to_contain_text("No run with this id")
    keyboard.press("p")
    keyboard.walk_to(explorer.button("Dismiss"))
    keyboard.press("Enter")
    expect(explorer.alert).to_have_count(0)
    keyboard.press("ArrowRight")
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "1")


def test_a_key_that_comes_before_the_answer_is_not_lost(kept: None, explorer: Explorer, traffic: Traffic) -> None:
    """What is on the screen is a change behind for a moment; the keys are not."""
    traffic.hold("/api/runs/.*/tensors/")
    explorer.begin()
    cell = explorer.cell("w1[0, 1] value")
    cell.press("Enter")
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("0.5")
    # In one go, as fast as nobody is: the answer cannot be there.
    editor.evaluate(
        """editor => {
            const key = name => document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
            key("Enter");
            key("7");
        }"""
    )
    expect(editor).to_have_value("7")
    explorer.page.keyboard.press("Escape")
    expect(cell).to_be_focused()
    traffic.await_held()
    traffic.forget()
    expect(explorer.status).to_contain_text("w1[0, 1] is 0.5")
