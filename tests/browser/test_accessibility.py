"""axe finds nothing, in any colours, wide and narrow; nothing scrolls sideways; whoever wants no motion sees none."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.amount import count, every, some
from tests.browser.explorer import Explorer
from tests.browser.looks import LOOKS, assert_clean, look_at, looks, sideways
from tests.browser.trouble import Trouble


def at_step_0(explorer: Explorer) -> None:
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "0")


def in_the_middle_of_backward(explorer: Explorer) -> None:
    explorer.show("Program")
    explorer.region("Program").get_by_role("button", name="w2.g = l2.T @ out.g").click()
    expect(explorer.page.locator("#step")).to_have_attribute("data-phase", "backward")


def with_a_tensor_selected(explorer: Explorer) -> None:
    explorer.select("w1")


def with_a_cell_in_edit(explorer: Explorer) -> None:
    explorer.show("Why")
    explorer.cell("w1[0, 1] value").dblclick()


def with_a_number_refused(explorer: Explorer) -> None:
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("one")
    editor.press("Enter")
    expect(explorer.alert).to_contain_text("is not a number")


def with_a_program_refused(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.show("Program")
    explorer.write_program("l1 = x @ nowhere")
    expect(explorer.alert).to_contain_text("Line 1")


def with_the_help_open(explorer: Explorer) -> None:
    explorer.more("Keyboard shortcuts")
    expect(explorer.page.get_by_role("dialog", name="Keyboard shortcuts", exact=True)).to_be_visible()


def with_a_document_refused(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.more("Open")
    dialog = explorer.page.get_by_role("dialog", name="Open a document", exact=True)
    dialog.get_by_text("Paste a document", exact=True).click()
    dialog.get_by_role("textbox", name="Document", exact=True).fill("{")
    dialog.get_by_role("button", name="Open", exact=True).click()
    expect(dialog).to_contain_text("This is not JSON")


def with_the_files_to_save(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.more("Export")
    expect(explorer.page.get_by_role("dialog", name="Export", exact=True)).to_contain_text("PyTorch script")


def in_the_past(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.show("Train")
    explorer.train(3)
    explorer.page.get_by_role("slider", name="Viewing iteration").press("ArrowLeft")
    explorer.expect_iteration(2)


Chapter = Callable[[Explorer], None]
STORY: dict[str, tuple[Chapter, ...]] = {
    "numbers": (
        at_step_0,
        in_the_middle_of_backward,
        with_a_tensor_selected,
        with_a_cell_in_edit,
        with_a_number_refused,
    ),
    "the rest": (
        with_a_program_refused,
        with_the_help_open,
        with_a_document_refused,
        with_the_files_to_save,
        in_the_past,
    ),
}
TURNS = list(reversed(LOOKS))


@pytest.mark.parametrize("look", looks())
@pytest.mark.parametrize("part", STORY)
def test_axe_finds_nothing_along_the_story(explorer: Explorer, trouble: Trouble, part: str, look: str) -> None:
    trouble.allow("status of 422")
    look_at(explorer.page, look)
    explorer.open()
    for chapter in STORY[part]:
        chapter(explorer)
        assert_clean(explorer.page, chapter.__name__)


@pytest.mark.long
@pytest.mark.parametrize("part", STORY)
def test_axe_finds_nothing_when_every_chapter_looks_otherwise(explorer: Explorer, trouble: Trouble, part: str) -> None:
    trouble.allow("status of 422")
    explorer.open()
    before = 0 if part == "numbers" else len(STORY["numbers"])
    for at, chapter in enumerate(STORY[part], before):
        look_at(explorer.page, "wide light")
        chapter(explorer)
        look = TURNS[at % len(TURNS)]
        look_at(explorer.page, look)
        assert_clean(explorer.page, f"{chapter.__name__}, {look}")


@pytest.mark.parametrize("theme", every(2, ["Dark", "Light"]))
def test_axe_finds_nothing_in_the_theme_that_one_chooses(explorer: Explorer, theme: str) -> None:
    explorer.open()
    for name in ("Light", "Dark") if theme == "Dark" else ("Dark", "Light"):
        explorer.page.emulate_media(color_scheme="dark" if name == "Light" else "light")
        explorer.button("More").click()
        explorer.page.get_by_role("combobox", name="Theme", exact=True).select_option(label=name)
        explorer.page.keyboard.press("Escape")
        ground = explorer.page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        brightness = [int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(",")]
        assert (min(brightness) > 200) if name == "Light" else (max(brightness) < 60)
    for chapter in STORY["numbers"][: count(1, 3)]:
        chapter(explorer)
        assert_clean(explorer.page, chapter.__name__)


@pytest.mark.parametrize("size", every(2, [(1440, 900), (390, 844)]))
def test_axe_finds_nothing_at_first(explorer: Explorer, size: tuple[int, int]) -> None:
    explorer.page.set_viewport_size({"width": size[0], "height": size[1]})
    explorer.open()
    assert_clean(explorer.page, f"{size}")


@pytest.mark.parametrize("example", some(["mazur", "softmax_classifier", "digits"]))
def test_other_examples_fit_a_narrow_screen(kept: None, explorer: Explorer, example: str) -> None:
    explorer.page.set_viewport_size({"width": 320, "height": 640})
    explorer.begin(example)
    for step in explorer.trace(values="none")["steps"]:
        explorer.expect_step(step)
        assert sideways(explorer.page) == [], f"step {step['index']}"
        explorer.button("Next step").click()
    explorer.expect_iteration(1)


def test_text_has_glyphs(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    places = [
        explorer.page.get_by_role("heading", level=1),
        explorer.button("Next step"),
        explorer.cell("x[0, 0] value"),
        explorer.region("Program").locator("code").first,
        explorer.page.locator("#loss"),
        explorer.page.locator("math").first,
    ]
    for place in places:
        width = place.evaluate(
            "element => {"
            "  const range = document.createRange(); range.selectNodeContents(element);"
            "  return range.getBoundingClientRect().width;"
            "}"
        )
        assert width > 4, place
    assert explorer.page.evaluate("document.fonts.check('12px monospace')")


def test_whoever_wants_no_motion_sees_none(explorer: Explorer) -> None:
    explorer.page.emulate_media(reduced_motion="reduce")
    explorer.open()
    moving = "() => document.getAnimations().map(animation => animation.animationName ?? animation.transitionProperty)"
    for chapter in STORY["numbers"][:4]:
        chapter(explorer)
        assert explorer.page.evaluate(moving) == []
