"""What a lesson's question covers while it is open, and what one finds when one comes back to it."""

import re

import pytest
from playwright.sync_api import Locator, expect

from backprop_explorer.lessons import lessons
from tests.amount import LONG, every, some
from tests.browser.explorer import TWO_FRAMES, Explorer
from tests.browser.player import Player, written

UNCUT = "title => title.scrollWidth <= title.clientWidth"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def stand(explorer: Explorer, name: str, number: int) -> Player:
    explorer.learn(name, number)
    player = Player(explorer, name)
    player.chapter(number)
    expect(player.answer).to_be_visible()
    return player


def test_the_loss_that_is_asked_for_stands_nowhere_until_it_is_answered(kept: None, explorer: Explorer) -> None:
    player = stand(explorer, "one-weight", 2)
    loss = explorer.state()["loss"]
    explanation = explorer.region("Explanation")
    bar = explorer.page.locator("#loss")
    graph = explorer.plot(explorer.region("Computation graph"))
    expect(bar).to_have_text("?")
    expect(explanation.get_by_role("heading", level=3)).to_have_text("loss")
    expect(explanation.get_by_role("tabpanel")).to_have_text("Explanations come after your answer.")
    expect(graph.get_by_text("?", exact=True)).to_be_visible()
    for place in (explanation, graph, explorer.region("Tensors"), explorer.page.locator(".figures, .curve")):
        told = " ".join(place.all_inner_texts())
        assert f"{loss:g}" not in [word.strip("+\u2212,.") for word in told.split()], told
    player.give(player.chapter(2), player.solution(2))
    expect(bar).to_have_attribute("data-value", f"{loss:g}")
    expect(explanation.get_by_role("heading", level=3)).to_have_text(f"loss = {loss:g}")
    expect(graph.get_by_text(f"{loss:g}", exact=True)).to_be_visible()


def test_the_shares_of_a_gradient_that_is_asked_for_are_covered(kept: None, explorer: Explorer) -> None:
    player = stand(explorer, "chain", 6)
    operands = explorer.region("Tensors").get_by_role("gridcell")
    expect(operands).to_have_text(["?", "?", "?"])
    player.give(player.chapter(6), player.solution(6))
    expect(player.answer.locator(".right")).to_be_visible()
    expect(operands.filter(has_text="?")).to_have_count(0)


def test_nothing_marks_the_cells_that_are_asked_for(kept: None, explorer: Explorer) -> None:
    stand(explorer, "bias", 3)
    figure = explorer.region("Tensors").locator("figure[data-result]")
    moves = lessons["bias"]["chapters"][2]["question"]["moves"]
    cell = explorer.cell(f"{moves} value").first
    cell.click()
    expect(cell).to_have_class(re.compile("hit"))
    expect(figure.locator(".cell.lit")).to_have_count(0)


@pytest.mark.long
def test_a_question_that_was_answered_has_its_answer_again(kept: None, explorer: Explorer) -> None:
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


@pytest.mark.long
def test_a_lesson_is_begun_afresh_from_the_list(kept: None, explorer: Explorer) -> None:
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


@pytest.mark.parametrize("size", every(2, [DESK, PHONE]), ids=["desk", "phone"])
def test_the_number_and_the_loss_are_seen_while_one_drags(kept: None, explorer: Explorer, size: dict[str, int]) -> None:
    explorer.page.set_viewport_size({**size})
    player = stand(explorer, "one-weight", 3)
    task = player.strip.locator(".ask").inner_text()
    cell = player.cell(player.chapter(3)["question"]["of"], [])
    start = cell.get_attribute("data-value")
    up = player.solution(3)["number"] > float(start or 0)
    cell.evaluate(TWO_FRAMES)  # the question moves the stage on a phone
    cell.hover()  # once it stands still
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


@pytest.mark.parametrize("name", some(list(lessons), "one-weight"))
def test_the_strip_names_the_lesson_and_keeps_its_height(kept: None, explorer: Explorer, name: str) -> None:
    count = len(lessons[name]["chapters"])
    first = 1 if LONG else count - 2
    explorer.learn(name, first)
    player = Player(explorer, name)
    heights: dict[int, set[float]] = {size["width"]: set() for size in (DESK, PHONE)}
    for number in range(first, count + 1):
        player.chapter(number)
        for size in (DESK, PHONE):
            explorer.page.set_viewport_size({**size})
            box = player.strip.bounding_box()
            assert box
            heights[size["width"]].add(round(box["height"]))
            for title in player.strip.locator(".which, h2").all():
                assert title.evaluate(UNCUT), (number, title.inner_text())
            expect(player.strip).to_contain_text(f"Lesson {list(lessons).index(name) + 1} · {lessons[name]['title']}")
        expect(player.strip.get_by_text(f"{number} of {count}", exact=True)).to_be_visible()
        explorer.page.set_viewport_size({**DESK})
        if number < count:
            player.strip.locator("button.next").click()
    assert all(len(found) == 1 for found in heights.values()), heights


def subject(explorer: Explorer) -> Locator:
    """What the explanation names."""
    return explorer.region("Explanation").get_by_role("heading", level=3)


def test_beside_a_verdict_stands_the_explanation_of_what_was_asked(kept: None, explorer: Explorer) -> None:
    player = stand(explorer, "convolution", 5)
    asked = player.chapter(5)["question"]["of"]
    expect(subject(explorer)).to_have_text("k.g[0, 0, 0, 0]")
    player.give(player.chapter(5), player.solution(5))
    expect(subject(explorer)).to_contain_text(f"k.g[{', '.join(map(str, asked['index']))}] = ")
    result = explorer.region("Tensors").locator("figure[data-result] .explained-cell")
    expect(result).to_have_attribute("data-index", ",".join(map(str, asked["index"])))
    if not LONG:
        return
    player = stand(explorer, "bias", 3)
    player.give(player.chapter(3), player.solution(3))
    expect(subject(explorer)).to_contain_text(f"z[{', '.join(map(str, player.solution(3)['cells'][0]))}] = ")


def test_the_picture_does_not_work_out_the_number_that_is_asked_for(kept: None, explorer: Explorer) -> None:
    player = stand(explorer, "convolution", 3)
    asked = ",".join(map(str, player.chapter(3)["question"]["of"]["index"]))
    result = explorer.region("Tensors").locator("figure[data-result]")
    told = explorer.region("Tensors").locator(".picture").inner_text()
    cell = result.locator(f'[data-index="{asked}"]')
    cell.hover()
    expect(cell).to_have_class(re.compile("hit"))
    assert explorer.region("Tensors").locator(".picture").inner_text() == told
    result.locator("[data-index]").last.hover()
    expect(explorer.region("Tensors").locator(".picture")).not_to_have_text(told)


def test_a_column_is_marked_by_drawing_across_it_and_by_one_key(kept: None, explorer: Explorer) -> None:
    player = stand(explorer, "bias", 3)
    chapter, cells = player.chapter(3), player.solution(3)["cells"]
    first, last = (player.cell(chapter["question"]["of"], index).bounding_box() for index in (cells[0], cells[-1]))
    assert first
    assert last
    mouse = explorer.page.mouse
    mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    mouse.down()
    mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2)
    mouse.up()
    marked = explorer.region("Tensors").get_by_role("gridcell", selected=True)
    expect(marked).to_have_count(len(cells))
    player.cell(chapter["question"]["of"], cells[0]).focus()
    explorer.page.keyboard.press("Control+Space")
    expect(marked).to_have_count(0)
    explorer.page.keyboard.press("Control+Space")
    expect(marked).to_have_count(len(cells))
    player.answer.get_by_role("button", name="Check").click()
    expect(player.answer.locator(".lesson-verdict.right")).to_be_visible()


def test_cells_that_are_asked_for_on_a_phone_are_as_large_as_a_target_must_be(kept: None, explorer: Explorer) -> None:
    explorer.page.set_viewport_size({**PHONE})
    for name, lesson in lessons.items():
        for number, chapter in enumerate(lesson["chapters"], 1):
            if chapter.get("question", {}).get("kind") != "cells" or not (LONG or name == "bias"):
                continue
            stand(explorer, name, number)
            cells = explorer.region("Tensors").locator(".mark-open")
            expect(cells.first).to_be_visible()
            box = cells.first.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 24, (name, number, box)
            wide = explorer.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], (name, number)


@pytest.mark.long
def test_a_chapter_that_names_a_tab_shows_it_on_a_phone(explorer: Explorer) -> None:
    explorer.page.set_viewport_size({**PHONE})
    explorer.go("/#lesson=jacobian&chapter=4")
    player = Player(explorer, "jacobian")
    player.chapter(4)
    expect(explorer.region("Explanation").get_by_role("tab", name="Jacobian", exact=True)).to_be_in_viewport()
    expect(explorer.region("Explanation").get_by_role("tab", selected=True)).to_have_text("Jacobian")
    player = stand(explorer, "jacobian", 6)
    player.give(player.chapter(6), player.solution(6))
    expect(explorer.region("Explanation")).to_be_hidden()
    player.answer.get_by_role("button", name="Explanation").click()
    expect(explorer.region("Explanation")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", some(list(lessons)))
def test_no_title_is_cut_off(kept: None, explorer: Explorer, name: str, size: dict[str, int]) -> None:
    explorer.page.set_viewport_size({**size})
    explorer.learn(name, 1)
    player = Player(explorer, name)
    for number in range(1, len(lessons[name]["chapters"]) + 1):
        player.chapter(number)
        for title in player.strip.locator(".which, h2").all():
            assert title.evaluate(UNCUT), (number, title.inner_text())
        if number < len(lessons[name]["chapters"]):
            player.strip.locator("button.next").click()


def test_the_end_of_a_lesson_says_what_there_is_next(kept: None, explorer: Explorer) -> None:
    listed = list(lessons)
    explorer.learn("one-weight", len(lessons["one-weight"]["chapters"]))
    player = Player(explorer, "one-weight")
    player.chapter(len(lessons["one-weight"]["chapters"]))
    run = explorer.run
    height = (player.strip.bounding_box() or {}).get("height")
    player.strip.get_by_role("button", name="Finish").click()
    expect(player.strip.get_by_role("heading", name="End of the lesson")).to_be_visible()
    expect(player.answer).to_have_count(0)
    assert (player.strip.bounding_box() or {}).get("height") == height
    player.strip.get_by_role("button", name="Back", exact=True).click()
    player.chapter(len(lessons["one-weight"]["chapters"]))
    player.strip.get_by_role("button", name="Finish").click()
    player.strip.get_by_role("button", name="All lessons").click()
    dialog = explorer.page.get_by_role("dialog", name="Lessons", exact=True)
    expect(dialog).to_be_visible()
    explorer.page.keyboard.press("Escape")
    player.strip.get_by_role("button", name="Explore this network yourself").click()
    expect(player.strip.get_by_role("heading", name="End of the lesson")).to_have_count(0)
    assert explorer.run == run
    explorer.go(f"/#lesson=one-weight&chapter={len(lessons['one-weight']['chapters'])}")
    player.chapter(len(lessons["one-weight"]["chapters"]))
    player.strip.get_by_role("button", name="Finish").click()
    player.strip.get_by_role("button", name=f"Next lesson: {lessons[listed[1]]['title']}").click()
    Player(explorer, listed[1]).chapter(1)


def test_a_lesson_is_in_the_address_while_it_is_opened(explorer: Explorer, beside: Explorer) -> None:
    """A reload in the middle loses nothing."""
    address = "window.history.replaceState"
    beside.page.add_init_script(
        f"window.addresses = []; const set = {address}.bind(window.history);"
        f"{address} = (...all) => (window.addresses.push(all[2]), set(...all));"
    )
    run = explorer.api.post("/runs", json=lessons["one-weight"]["document"]).raise_for_status().json()["id"]
    for named in ("#", f"#run={run}&") if LONG else (f"#run={run}&",):
        beside.go(f"/{named}lesson=one-weight&chapter=3")
        Player(beside, "one-weight").chapter(3)
        written = beside.page.evaluate("window.addresses")
        assert written
        assert [one for one in written if not one.endswith("&lesson=one-weight&chapter=3")] == []
    beside.go(f"/#run={run}&lesson=nothing")
    expect(beside.alert).to_contain_text("nothing")
    assert beside.page.evaluate("window.addresses.at(-1)").endswith(f"#run={run}")
    beside.page.close()  # so that no other test has its script
