"""What a lesson's question covers while it is open, and what one finds when one comes back to it."""

import re

import pytest
from playwright.sync_api import Locator, expect

from backprop_explorer.lessons import lessons
from tests.amount import some
from tests.browser.explorer import Explorer
from tests.browser.player import Player, written

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def stand(explorer: Explorer, name: str, number: int) -> Player:
    explorer.go(f"/#lesson={name}&chapter={number}")
    player = Player(explorer, name)
    player.chapter(number)
    expect(player.answer).to_be_visible()
    return player


def test_the_loss_that_is_asked_for_stands_nowhere_until_it_is_answered(explorer: Explorer) -> None:
    player = stand(explorer, "one-weight", 2)
    loss = explorer.state()["loss"]
    explanation = explorer.region("Explanation")
    bar = explorer.page.locator("#loss")
    graph = explorer.plot(explorer.region("Computation graph"))
    expect(bar).to_have_text("?")
    expect(explanation.get_by_role("heading", level=3)).to_have_text("loss")
    expect(explanation.get_by_role("tabpanel")).to_have_text("Hidden until you answer the question.")
    expect(graph.get_by_text("?", exact=True)).to_be_visible()
    for place in (explanation, graph, explorer.region("Tensors"), explorer.page.locator(".figures, .curve")):
        told = " ".join(place.all_inner_texts())
        assert f"{loss:g}" not in [word.strip("+\u2212,.") for word in told.split()], told
    player.give(player.chapter(2), player.solution(2))
    expect(bar).to_have_attribute("data-value", f"{loss:g}")
    expect(explanation.get_by_role("heading", level=3)).to_have_text(f"loss = {loss:g}")
    expect(graph.get_by_text(f"{loss:g}", exact=True)).to_be_visible()


def test_the_shares_of_a_gradient_that_is_asked_for_are_covered(explorer: Explorer) -> None:
    player = stand(explorer, "chain", 6)
    operands = explorer.region("Tensors").get_by_role("gridcell")
    expect(operands).to_have_text(["?", "?", "?"])
    player.give(player.chapter(6), player.solution(6))
    expect(player.answer.locator(".right")).to_be_visible()
    expect(operands.filter(has_text="?")).to_have_count(0)


def test_nothing_marks_the_cells_that_are_asked_for(explorer: Explorer) -> None:
    stand(explorer, "bias", 3)
    figure = explorer.region("Tensors").locator("figure[data-result]")
    moves = lessons["bias"]["chapters"][2]["question"]["moves"]
    cell = explorer.cell(f"{moves} value").first
    cell.click()
    expect(cell).to_have_class(re.compile("hit"))
    expect(figure.locator(".cell.lit")).to_have_count(0)


def test_a_question_that_was_answered_has_its_answer_again(explorer: Explorer) -> None:
    player = stand(explorer, "one-weight", 7)
    chapter, solution = player.chapter(7), player.solution(7)
    player.give(chapter, solution)
    right = player.answer.locator(".lesson-verdict.right")
    expect(right).to_be_visible()
    said = right.locator("p").inner_text()
    player.strip.locator("button.next").click()
    player.chapter(8)
    expect(explorer.status).not_to_contain_text("Right.")
    player.strip.get_by_role("button", name="Back", exact=False).click()
    player.chapter(7)
    field = player.answer.get_by_role("textbox")
    expect(field).to_have_value(written(solution))
    expect(right.locator("p")).to_have_text(said)
    expect(player.answer.get_by_role("button", name="Check")).to_have_count(0)
    player.answer.get_by_role("button", name="Answer again").click()
    expect(field).to_have_value(chapter["question"]["start"])
    expect(player.answer.get_by_role("button", name="Check")).to_be_enabled()
    player.give(chapter, solution)
    expect(right).to_be_visible()


def test_a_lesson_is_begun_afresh_from_the_list(explorer: Explorer) -> None:
    player = stand(explorer, "one-weight", 2)
    player.give(player.chapter(2), player.solution(2))
    expect(player.answer.locator(".lesson-verdict.right")).to_be_visible()
    before = explorer.run
    explorer.more("Lessons")
    explorer.button(f"Start again: {lessons['one-weight']['title']}").click()
    player.chapter(1)
    assert explorer.run != before
    player.strip.locator("button.next").click()
    player.chapter(2)
    expect(player.answer.get_by_role("button", name="Check")).to_be_visible()
    expect(player.answer.get_by_role("textbox")).to_have_value("")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_number_and_the_loss_are_seen_while_one_drags(explorer: Explorer, size: dict[str, int]) -> None:
    explorer.page.set_viewport_size({**size})
    player = stand(explorer, "one-weight", 3)
    task = player.strip.locator(".ask").inner_text()
    cell = player.cell(player.chapter(3)["question"]["of"], [])
    start = cell.get_attribute("data-value")
    up = player.solution(3)["number"] > float(start or 0)
    box = cell.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = explorer.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + (40 if up else -40), y, steps=6)
    curve = explorer.page.get_by_role("complementary", name="The loss along w", exact=True)
    label = curve.locator("text.slope")
    expect(label).to_be_visible()
    assert apart(curve, cell)
    assert within(label, curve)
    assert cell.evaluate("cell => getComputedStyle(cell).color !== getComputedStyle(cell).backgroundColor")
    if size is DESK:
        loss = explorer.page.locator("#loss").inner_text()
        graph = explorer.region("Computation graph").locator(".js-plotly-plot")
        expect(graph.get_by_text(loss[:4], exact=False).first).to_be_visible()
    mouse.up()
    expect(player.answer.locator(".lesson-verdict.right")).to_be_visible()
    expect(player.answer).to_contain_text(f"It goes back to {start} when you go on.")
    expect(player.strip.locator(".ask")).to_have_text(task)


def apart(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a
    assert b
    beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return beside or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]


def within(inner: Locator, outer: Locator) -> bool:
    a, b = inner.bounding_box(), outer.bounding_box()
    assert a
    assert b
    return b["x"] <= a["x"] and a["x"] + a["width"] <= b["x"] + b["width"]


@pytest.mark.parametrize("name", some(list(lessons), "training-step"))
def test_the_strip_names_the_lesson_and_keeps_its_height(explorer: Explorer, name: str) -> None:
    explorer.go(f"/#lesson={name}&chapter=1")
    player = Player(explorer, name)
    count = len(lessons[name]["chapters"])
    heights: dict[int, set[float]] = {size["width"]: set() for size in (DESK, PHONE)}
    for number in range(1, count + 1):
        player.chapter(number)
        for size in (DESK, PHONE):
            explorer.page.set_viewport_size({**size})
            box = player.strip.bounding_box()
            assert box
            heights[size["width"]].add(round(box["height"]))
            expect(player.strip).to_contain_text(f"Lesson {list(lessons).index(name) + 1} · {lessons[name]['title']}")
        expect(player.strip.get_by_text(f"{number} of {count}", exact=True)).to_be_visible()
        explorer.page.set_viewport_size({**DESK})
        if number < count:
            player.strip.locator("button.next").click()
    assert all(len(found) == 1 for found in heights.values()), heights
