"""The main job by mouse: see, edit and step through an iteration, train, go back, and find every number in the API."""

import re

import pytest
from playwright.sync_api import expect

from tests.amount import some
from tests.browser.explorer import Explorer, exact
from tests.browser.trouble import Trouble

REGIONS = ("Program", "Computation graph", "Tensors", "Explanation", "Training", "Lesson")
BUTTONS = ("Previous step", "Next step", "Finish iteration", "Train", "Undo", "Redo", "Share")


def test_the_page_opens_with_the_handles_of_the_contract(explorer: Explorer) -> None:
    explorer.open()
    for name in REGIONS:
        expect(explorer.region(name)).to_be_visible()
    for name in BUTTONS:
        expect(explorer.button(name)).to_be_visible()
    for locator in (explorer.iterations, explorer.button("Example"), explorer.status):
        expect(locator).to_be_visible()
    expect(explorer.nodes).to_be_attached()
    modes = explorer.page.get_by_role("radiogroup", name="Mode", exact=True).get_by_role("radio")
    assert modes.all_text_contents() == ["Explore", "Practice", "Build", "Plots", "History"]
    expect(modes.first).to_be_checked()
    explorer.button("Example").click()
    expect(explorer.examples.get_by_role("option", selected=True)).to_have_attribute("data-name", "lesson13")
    explorer.page.keyboard.press("Escape")
    expect(explorer.examples).to_be_hidden()
    assert explorer.state()["iteration"] == 0
    explorer.expect_step(explorer.trace()["steps"][0])
    explorer.assert_agreement("x", "l1", "loss")


def test_an_edited_weight_changes_every_number_that_depends_on_it(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.loss()
    explorer.edit("w1[0, 1] value", "0.3")
    assert explorer.state()["document"]["parameters"]["w1"][0][1] == 0.3
    assert explorer.loss() != before
    explorer.assert_agreement()
    expect(explorer.button("Undo")).to_be_enabled()


@pytest.mark.parametrize("name", some(["w2", "x", "b1"], "w2"))
def test_the_graph_s_nodes_tell_their_shape_and_select_by_mouse(kept: None, explorer: Explorer, name: str) -> None:
    explorer.begin()
    drawing = explorer.page.get_by_role("group", name="Drawing of the graph", exact=True)
    expect(drawing.get_by_text(name, exact=True)).to_be_visible()
    explorer.plot(drawing)
    box = drawing.get_by_text(name, exact=True).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    explorer.page.mouse.move(*middle)
    expect(drawing.locator(".hovertext")).to_contain_text(name)
    explorer.page.mouse.click(
        *middle, delay=100
    )  # as long as a person's: Plotly drops what is faster than its hovering
    explorer.shown(name)
    expect(explorer.nodes).to_have_value(name)


@pytest.mark.long  # test_keyboard goes to the end step by step
def test_steps_to_the_end(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    steps = explorer.trace()["steps"]
    assert [step["phase"] for step in steps] == ["forward"] * 7 + ["backward"] * 10 + ["update"] * 4
    for step in steps:
        explorer.expect_step(step)
        expect(explorer.step).to_contain_text(f"Step {step['index'] + 1} of {len(steps)}")
        result = explorer.region("Tensors").locator("[data-result]")
        expect(result).to_have_attribute("data-tensor", step["of"]["tensor"])
        explorer.button("Next step").click()
    explorer.expect_step(steps[0])
    explorer.expect_iteration(1)
    assert explorer.state()["iteration"] == 1
    explorer.assert_agreement("w1", "loss")


@pytest.mark.long  # by keyboard always
def test_and_back(explorer: Explorer) -> None:
    explorer.open()
    steps = explorer.trace()["steps"]
    explorer.button("Finish iteration").click()
    explorer.expect_iteration(1)
    explorer.button("Previous step").click()
    for step in reversed(steps):
        explorer.expect_iteration(0)
        explorer.expect_step(step)
        if step["index"]:
            explorer.button("Previous step").click()
    assert explorer.loss() == exact(explorer.trace(iteration=0)["loss"])
    expect(explorer.button("Previous step")).to_be_disabled()
    assert explorer.state()["iteration"] == 1, "looking back changes nothing"


def test_an_update_step_shows_the_numbers_of_the_next_iteration(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    update = next(step for step in explorer.trace()["steps"] if step["output"] == "w1" and step["phase"] == "update")
    explorer.region("Program").get_by_role("button", name=f"{update['output']} = {update['code']}").click()
    explorer.expect_step(update)
    grid = explorer.page.get_by_role("grid", name="w1 after the update", exact=True)
    expect(grid.get_by_role("gridcell")).to_have_count(20)
    after = explorer.numbers(grid)
    explorer.button("Finish iteration").click()
    explorer.expect_iteration(1)
    w1 = explorer.trace()["tensors"]["w1"]["value"]
    assert list(after.values()) == [exact(number) for row in w1 for number in row]


def test_finish_iteration_lands_on_the_first_step_of_the_next(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    steps = explorer.trace()["steps"]
    explorer.go_to_step(9)
    explorer.button("Finish iteration").click()
    explorer.expect_iteration(1)
    explorer.expect_step(steps[0])
    assert explorer.state()["iteration"] == 1

    explorer.button("Previous step").click()
    explorer.expect_step(steps[-1])
    explorer.button("Finish iteration").click()
    explorer.expect_iteration(1)
    explorer.expect_step(steps[0])
    assert explorer.state()["iteration"] == 1, "the past is walked through, not trained again"


def test_training_undoing_and_reloading(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.edit("w1[0, 1] value", "0.25")
    edited = explorer.state()
    explorer.train(20)
    trained = explorer.state()
    assert trained["iteration"] == 20
    assert trained["loss"] < edited["loss"]
    explorer.assert_agreement("out")
    assert curve(explorer) == [exact(explorer.trace(iteration=at, values="none")["loss"]) for at in range(21)]

    explorer.button("Undo").click()
    expect(explorer.status).to_contain_text("Undone")
    assert explorer.state()["document"] == edited["document"]
    explorer.assert_agreement("l1", "loss")
    explorer.button("Undo").click()
    expect(explorer.button("Undo")).to_be_disabled()
    explorer.assert_agreement("w1", "w2")
    assert explorer.state()["document"]["parameters"]["w1"][0][1] == 0
    for _ in range(2):
        explorer.button("Redo").click()
    expect(explorer.button("Redo")).to_be_disabled()
    assert explorer.state()["document"] == trained["document"]
    explorer.assert_agreement("b1")

    address, loss = explorer.page.url, explorer.loss()
    explorer.page.reload()
    explorer.expect_loss(loss)
    expect(explorer.status).to_contain_text("Opened")
    assert explorer.page.url == address
    explorer.assert_agreement("l2")
    expect(explorer.button("Undo")).to_be_enabled()


def curve(explorer: Explorer) -> list[str]:
    """The losses of the drawn curve."""
    line = explorer.region("Training").locator("[data-losses]")
    count = explorer.state()["iteration"] + 1
    expect(line).to_have_attribute("data-losses", re.compile(rf"^(\S+ ){{{count - 1}}}\S+$"))
    return [exact(loss) for loss in (line.get_attribute("data-losses") or "").split()]


def test_an_edit_of_what_is_computed_is_refused(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.state()
    explorer.select("l1")
    for cell, why in (("l1[2, 1] value", "computed by the program"), ("l1[2, 1] gradient", "computed by the backward")):
        explorer.cell(cell).dblclick()
        expect(explorer.status).to_contain_text(why)
        expect(explorer.region("Tensors").get_by_role("textbox")).to_have_count(0)
    assert explorer.state() == before
    explorer.assert_agreement("l1")


def test_typing_replaces_the_number_that_is_there_and_a_digit_begins_one(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.select("x")
    expect(explorer.cell("x[0, 0] value")).to_have_attribute("data-value", "1")
    explorer.cell("x[0, 0] value").dblclick()
    editor = explorer.page.get_by_role("textbox", name="New number for x[0, 0]", exact=True)
    expect(editor).to_be_focused()
    explorer.page.keyboard.type("0.75")
    expect(editor).to_have_value("0.75")
    editor.press("Enter")
    expect(explorer.cell("x[0, 0] value")).to_have_attribute("data-value", "0.75")
    expect(explorer.cell("x[0, 0] value")).to_be_focused()
    explorer.page.keyboard.press("2")
    expect(editor).to_be_focused()
    explorer.page.keyboard.type(".5")
    expect(editor).to_have_value("2.5")
    editor.press("Escape")
    expect(explorer.cell("x[0, 0] value")).to_have_attribute("data-value", "0.75")


def test_what_is_no_number_is_refused_and_kept(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.state()
    explorer.cell("w1[0, 1] value").dblclick()
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    for text in ("one", "1,5", "1e999", "NaN", "0x10", "1 2", ""):
        editor.fill(text)
        editor.press("Enter")
        why = "is too large" if text == "1e999" else "is not a number"
        expect(explorer.alert).to_contain_text(f"“{text}” {why}")
        expect(editor).to_have_value(text)
        expect(editor).to_be_focused()
    editor.press("Escape")
    expect(editor).to_have_count(0)
    expect(explorer.alert).to_have_count(0)
    assert explorer.state() == before
    explorer.assert_agreement("w1")


def test_a_wrong_program_keeps_what_was_typed_and_the_last_good_picture(
    kept: None, explorer: Explorer, trouble: Trouble
) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    before = explorer.state()
    right = before["document"]["program"]
    wrong = right.replace("l2 @ w2", "l2 @ w1")
    explorer.write_program(wrong)
    expect(explorer.alert).to_contain_text("Line 3")
    expect(explorer.alert).to_contain_text("matmul")
    expect(explorer.program_text).to_have_value(wrong)
    assert explorer.state() == before
    explorer.assert_agreement("w2")

    explorer.write_program(right.replace("relu", "tanh"))
    expect(explorer.status).to_contain_text("The program is changed")
    expect(explorer.alert).to_have_count(0)
    expect(explorer.region("Program")).to_contain_text("l2 = tanh(l1)")
    assert explorer.state()["document"]["program"] == right.replace("relu", "tanh")
    explorer.assert_agreement("l2", "w1")


@pytest.mark.long  # that a link carries it: tests/page/sharing.test.js; that the button makes one: test_sharing
def test_a_shared_link_carries_the_document(explorer: Explorer, other: Explorer) -> None:
    explorer.open()
    explorer.edit("w1[0, 1] value", "0.125")
    explorer.button("Share").click()
    expect(explorer.status).to_contain_text("Link copied")
    link = explorer.page.evaluate("navigator.clipboard.readText()")
    assert "#doc=" in link
    other.open(link)
    assert other.run != explorer.run
    assert other.state()["document"] == explorer.state()["document"]
    other.assert_agreement("w1")


def test_a_run_that_does_not_exist_is_said_so(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 404")
    explorer.page.goto("/#run=no-such-run")
    expect(explorer.alert).to_contain_text("No run with this id")


def test_a_run_that_is_not_there_is_said_and_the_lesson_shown_instead(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 404")
    explorer.page.goto("/#run=nobodys-run-at-all-000")
    expect(explorer.page.get_by_role("alert")).to_contain_text("No run with this id")
    expect(explorer.page.locator("#loss")).to_have_attribute("data-value", "1")
    assert "nobodys" not in explorer.page.url


def test_nothing_to_undo_is_said_and_not_asked_for(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.page.keyboard.press("Control+z")
    expect(explorer.page.get_by_role("status")).to_contain_text("nothing to undo")
