"""axe finds nothing, in any colours, wide and narrow; nothing scrolls sideways; whoever wants no motion sees none."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble

SIZES = {"wide": (1440, 900), "narrow": (320, 640)}
COLOURS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "forced dark": {"forced_colors": "active", "color_scheme": "dark"},
}


def at_step_0(explorer: Explorer) -> None:
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "0")


def in_the_middle_of_backward(explorer: Explorer) -> None:
    explorer.region("Program").get_by_role("button", name="w2.g = l2.T @ out.g").click()
    expect(explorer.page.locator("#step")).to_have_attribute("data-phase", "backward")


def with_a_tensor_selected(explorer: Explorer) -> None:
    explorer.select("w1")


def with_a_cell_in_edit(explorer: Explorer) -> None:
    explorer.cell("w1[0, 1] value").dblclick()


def with_a_number_refused(explorer: Explorer) -> None:
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("one")
    editor.press("Enter")
    expect(explorer.alert).to_contain_text("is not a number")


def with_a_program_refused(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.write_program("l1 = x @ nowhere")
    expect(explorer.alert).to_contain_text("Line 1")


def with_the_help_open(explorer: Explorer) -> None:
    explorer.button("Keys and help").click()
    expect(explorer.page.get_by_role("dialog", name="Keys", exact=True)).to_be_visible()


def with_a_document_refused(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.button("Open").click()
    dialog = explorer.page.get_by_role("dialog", name="Open a document", exact=True)
    dialog.get_by_role("textbox", name="Document", exact=True).fill("{")
    dialog.get_by_role("button", name="Open", exact=True).click()
    expect(dialog).to_contain_text("This is not JSON")


def with_the_files_to_save(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.button("Export").click()
    expect(explorer.page.get_by_role("dialog", name="Export", exact=True)).to_contain_text("PyTorch script")


def in_the_past(explorer: Explorer) -> None:
    explorer.page.keyboard.press("Escape")
    explorer.train(3)
    explorer.page.get_by_role("slider", name="Iteration on the screen").press("ArrowLeft")
    explorer.expect_iteration(2)


STORY: tuple[Callable[[Explorer], None], ...] = (
    at_step_0,
    in_the_middle_of_backward,
    with_a_tensor_selected,
    with_a_cell_in_edit,
    with_a_number_refused,
    with_a_program_refused,
    with_the_help_open,
    with_a_document_refused,
    with_the_files_to_save,
    in_the_past,
)


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_along_the_story(explorer: Explorer, trouble: Trouble, size: str, colours: str) -> None:
    trouble.allow("status of 422")
    width, height = SIZES[size]
    explorer.page.set_viewport_size({"width": width, "height": height})
    explorer.page.emulate_media(**COLOURS[colours])
    explorer.open()
    for chapter in STORY:
        chapter(explorer)
        result = Axe().run(explorer.page)
        assert result.violations_count == 0, f"{chapter.__name__}:\n{result.generate_report()}"
        assert sideways(explorer.page) == [], chapter.__name__


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_in_the_theme_that_one_chooses(explorer: Explorer, theme: str) -> None:
    explorer.page.emulate_media(color_scheme="dark" if theme == "Light" else "light")
    explorer.open()
    explorer.page.get_by_role("combobox", name="Theme", exact=True).select_option(label=theme)
    ground = explorer.page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    brightness = [int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(",")]
    assert (min(brightness) > 200) if theme == "Light" else (max(brightness) < 60)
    for chapter in STORY[:3]:
        chapter(explorer)
        result = Axe().run(explorer.page)
        assert result.violations_count == 0, f"{chapter.__name__}:\n{result.generate_report()}"


@pytest.mark.parametrize("example", ["mazur", "softmax_classifier", "digits"])
def test_other_examples_fit_a_narrow_screen(explorer: Explorer, example: str) -> None:
    explorer.page.set_viewport_size({"width": 320, "height": 640})
    explorer.open()
    explorer.choose(example)
    for step in explorer.trace(values="none")["steps"]:
        explorer.expect_step(step)
        assert sideways(explorer.page) == [], f"step {step['index']}"
        explorer.button("Next step").click()
    explorer.expect_iteration(1)


SIDEWAYS = """() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter(element => element.getBoundingClientRect().right > root.clientWidth + 1)
        .map(element => element.outerHTML.slice(0, 100));
}"""


def sideways(page: Page) -> list[str]:
    """What makes the page wider than its window."""
    return page.evaluate(SIDEWAYS)


def test_text_has_glyphs(explorer: Explorer) -> None:
    explorer.open()
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
    for chapter in STORY[:4]:
        chapter(explorer)
        assert explorer.page.evaluate(moving) == []
