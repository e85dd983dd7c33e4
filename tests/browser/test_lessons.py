"""Lessons: each is played to its end by what the service says is right, by mouse, by keyboard alone, and on a phone."""

import json
import re

import pytest
from playwright.sync_api import expect

from backprop_explorer.lessons import lessons
from tests.amount import LONG, count, some
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks
from tests.browser.player import Player, spoken
from tests.browser.trouble import Trouble

PHONE = {"width": 390, "height": 844}
LISTED = list(lessons)
TRIES = 2
"""After so many wrong answers the right one may be shown."""


def play(player: Player, *, by_keyboard: bool = False) -> None:
    """From the first chapter to the end; nothing is to be right before it is answered."""
    name = player.lesson
    assert isinstance(name, str)
    chapters = lessons[name]["chapters"]
    for number in range(1, len(chapters) + 1):
        chapter = player.chapter(number)
        player.expect_text(chapter)
        if chapter["question"]:
            expect(player.strip.locator(".ask")).to_have_text(spoken(chapter["question"]["ask"]))
            expect(player.answer).to_be_visible()
            (player.type if by_keyboard else player.give)(chapter, player.solution(number))
            expect(player.answer.locator(".lesson-verdict.right")).to_be_visible()
        button = player.strip.locator("button.next")
        expect(button).to_have_class("next primary")
        if by_keyboard:
            player.reach(button)
            player.page.keyboard.press("Enter")
        elif number < len(chapters):
            button.click()
    progress = json.loads(player.page.evaluate("localStorage.getItem('backprop-explorer.lessons')"))
    assert progress[name]["done"]
    assert len(progress[name]["settled"]) == sum("question" in chapter for chapter in chapters)


@pytest.mark.parametrize("name", some(LISTED, "one-weight"))
def test_a_lesson_is_played_with_the_thumb(explorer: Explorer, name: str) -> None:
    explorer.page.set_viewport_size(PHONE)
    explorer.go(f"/#lesson={name}&chapter=1")
    play(Player(explorer, name))


@pytest.mark.parametrize("name", some(LISTED))
def test_a_lesson_is_played_by_mouse(kept: None, explorer: Explorer, name: str) -> None:
    explorer.learn(name, 1)
    play(Player(explorer, name))


@pytest.mark.parametrize("name", some(LISTED))
def test_a_lesson_is_played_by_keyboard_alone(kept: None, explorer: Explorer, name: str) -> None:
    explorer.learn(name, 1)
    play(Player(explorer, name), by_keyboard=True)


def test_a_wrong_answer_is_helped_and_after_two_the_right_one_is_shown(kept: None, explorer: Explorer) -> None:
    explorer.learn("training-step", 2)
    player = Player(explorer, "training-step")
    player.chapter(2)
    covered = explorer.cell("l1.matmul[5, 0] value")
    expect(covered).to_have_text("?")
    terms = explorer.region("Explanation").get_by_role("tab", name="Terms", exact=True)
    expect(terms).to_be_disabled()
    assert covered.get_attribute("data-value") is None
    box = player.answer.bounding_box()
    for answer in ("7", "1/3"):
        expect(player.answer.get_by_role("button", name="Show me")).to_have_count(0)
        player.answer.get_by_role("textbox").fill(answer)
        player.answer.get_by_role("button", name="Check").click()
        expect(player.answer.locator(".lesson-verdict.wrong")).to_contain_text("Look where row 5")
    assert player.answer.bounding_box() == box, "nothing moves for a verdict"
    player.answer.get_by_role("textbox").fill("three")
    player.answer.get_by_role("button", name="Check").click()
    expect(player.answer).to_contain_text("Type a number")
    player.answer.get_by_role("button", name="Show me").click()
    expect(player.answer).to_contain_text("It is −3")
    expect(covered).to_have_text("−3")
    expect(terms).to_be_enabled()


def test_the_numbers_of_a_lesson_follow_an_edit(kept: None, explorer: Explorer) -> None:
    explorer.learn("training-step", 4)
    player = Player(explorer, "training-step")
    before = player.chapter(4)["text"]
    explorer.select("w1")
    explorer.edit("w1[0, 0] value", "3")
    after = player.chapter(4)["text"]
    assert after != before
    player.expect_text(player.chapter(4))


def test_names_in_a_sentence_light_their_tensors(kept: None, explorer: Explorer) -> None:
    explorer.learn("shapes", 1)
    player = Player(explorer, "shapes")
    player.chapter(1)
    figure = explorer.region("Tensors").locator('figure[data-tensor="w"]')
    expect(figure).not_to_have_class(re.compile("lit-tensor"))
    player.strip.get_by_text("w", exact=True).first.hover()
    expect(figure).to_have_class(re.compile("lit-tensor"))
    result = explorer.region("Tensors").locator("figure[data-result]")
    expect(result.locator(".shape")).to_have_text("( ? )")
    expect(explorer.region("Tensors").locator(".equation .shapes")).to_have_text("(4, 3) @ (3, 2) → ?")


def test_progress_goes_on_where_one_left(explorer: Explorer) -> None:
    explorer.open()
    explorer.more("Lessons")
    dialog = explorer.page.get_by_role("dialog", name="Lessons", exact=True)
    expect(dialog.get_by_role("listitem")).to_have_count(len(LISTED))
    dialog.locator('[data-name="one-weight"]').click()
    player = Player(explorer, "one-weight")
    player.chapter(1)
    expect(explorer.button("Next step")).not_to_have_class("primary")
    player.strip.locator("button.next").click()
    player.give(player.chapter(2), player.solution(2))
    expect(player.answer.locator(".right")).to_be_visible()
    player.strip.locator("button.next").click()
    player.chapter(3)
    run = explorer.run
    assert "lesson=one-weight&chapter=3" in explorer.page.url
    explorer.page.reload()
    player.chapter(3)
    assert explorer.run == run
    explorer.button("Close lesson").click()
    assert "lesson" not in explorer.page.url
    explorer.more("Lessons")
    expect(dialog.locator('[data-name="one-weight"]')).to_contain_text(f"3 of {len(lessons['one-weight']['chapters'])}")
    dialog.locator('[data-name="one-weight"]').click()
    player.chapter(3)
    assert explorer.run == run


@pytest.mark.long
def test_a_fresh_chapter_has_a_run_of_its_own_and_another_document_ends_the_lesson(
    kept: None, explorer: Explorer
) -> None:
    last = len(lessons["one-weight"]["chapters"])
    explorer.learn("one-weight", last)
    player = Player(explorer, "one-weight")
    fresh = player.chapter(last)
    player.expect_text(fresh)
    other = explorer.run
    player.strip.get_by_role("button", name="Back", exact=False).click()
    own = player.chapter(last - 1)
    player.expect_text(own)
    assert explorer.run != other
    assert explorer.state()["document"]["inputs"] == lessons["one-weight"]["document"]["inputs"]
    explorer.choose("xor")
    expect(player.strip.get_by_role("button", name="Next")).to_have_count(0)
    assert "lesson" not in explorer.page.url


def test_a_weight_that_was_dragged_goes_back_when_one_goes_on(kept: None, explorer: Explorer) -> None:
    explorer.learn("one-weight", 3)
    player = Player(explorer, "one-weight")
    chapter = player.chapter(3)
    start = explorer.state()["document"]["parameters"]["w"]
    player.drag(chapter["question"]["of"], start + 1)
    expect(player.answer.locator(".wrong")).to_contain_text("Go the other way")
    cell = explorer.cell("w value")
    cell.focus()
    for key in ("Shift+[", "Enter"):
        cell.press(key)
    expect(player.answer.locator(".lesson-verdict.right")).to_be_visible()
    assert explorer.state()["document"]["parameters"]["w"] < start
    player.strip.locator("button.next").click()
    player.chapter(4)
    assert explorer.state()["document"]["parameters"]["w"] == start


def test_a_first_visitor_is_offered_the_first_lesson_until_one_goes_on(explorer: Explorer) -> None:
    explorer.open()
    strip = explorer.region("Lesson")
    expect(strip).to_contain_text(lessons[LISTED[0]]["description"])
    black = explorer.page.locator(".primary:visible")
    expect(black).to_have_text(["Start the lesson"])
    expect(explorer.page.get_by_role("region", name="About this example")).to_have_count(0)
    explorer.button("Next step").click()
    expect(black).to_have_text([re.compile("Next step")])
    expect(strip.get_by_role("button", name="Start the lesson")).to_have_count(0)
    expect(strip).to_contain_text("Six samples")
    explorer.page.evaluate("localStorage.clear()")
    explorer.open()
    strip.get_by_role("button", name="Start the lesson").click()
    Player(explorer, LISTED[0]).chapter(1)


def test_a_lesson_of_one_s_own_from_a_file_and_behind_a_link(explorer: Explorer, beside: Explorer) -> None:
    own = {
        **lessons["one-weight"],
        "title": "Of my own",
        "chapters": lessons["one-weight"]["chapters"][:3],
    }
    explorer.open()
    explorer.page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([text], "mine.json", {type: "application/json"}));
          document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        json.dumps(own),
    )
    player = Player(explorer, own)
    player.expect_text(player.chapter(1))
    player.strip.locator("button.next").click()
    player.chapter(2)
    explorer.button("Share").click()
    expect(explorer.status).to_contain_text("Link copied")
    link = explorer.page.evaluate("navigator.clipboard.readText()")
    assert "lesson=z." in link
    beside.go(link)
    theirs = Player(beside, own)
    theirs.expect_text(theirs.chapter(2))
    theirs.give(theirs.chapter(2), theirs.solution(2))
    expect(theirs.answer.locator(".right")).to_be_visible()


def test_a_link_to_no_lesson_says_so(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 404")
    explorer.go("/#lesson=training-stop")
    expect(explorer.page.locator("#loss")).to_have_attribute("data-value", "1")
    expect(explorer.alert).to_contain_text("no lesson")


@pytest.mark.parametrize("look", looks("wide light"))
def test_axe_finds_nothing_in_a_lesson(kept: None, explorer: Explorer, look: str) -> None:
    look_at(explorer.page, look)
    chapters = (("training-step", 3), ("shapes", 2), ("one-weight", 3), ("bias", 2), ("bias", 5), ("bias", 7))
    for name, number in chapters if LONG else chapters[-1:]:
        explorer.learn(name, number)
        player = Player(explorer, name)
        player.chapter(number)
        if LONG:
            assert_clean(explorer.page, f"{name} {number}")

    for at in range(TRIES):
        player.answer.get_by_role("textbox").fill(f"z.g.sum(1) * {at + 1}")
        player.answer.get_by_role("button", name="Check").click()
        expect(player.answer.locator(".wrong")).to_be_visible()
    expect(player.answer.get_by_role("button", name="Show me")).to_be_visible()
    assert_clean(explorer.page, "a wrong answer", *(() if LONG else ("#lesson",)))
    explorer.more("Lessons")
    expect(explorer.page.get_by_role("dialog", name="Lessons", exact=True)).to_be_visible()
    assert_clean(explorer.page, "the list", *(() if LONG else ("#dialogs",)))


@pytest.mark.parametrize("size", some(["1280x720", "720x450"], "720x450"))
def test_in_a_small_window_the_whole_question_is_seen(kept: None, explorer: Explorer, size: str) -> None:
    width, height = map(int, size.split("x"))
    explorer.page.set_viewport_size({"width": width, "height": height})
    for name, number in (("bias", 7), ("training-step", 3))[: count(1, 2)]:
        explorer.learn(name, number)
        player = Player(explorer, name)
        player.chapter(number)
        for part in (player.strip, player.answer, explorer.region("Tensors").locator("[data-result]")):
            expect(part).to_be_in_viewport(ratio=0.99)


@pytest.mark.long
@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_at_the_end_of_a_lesson(kept: None, explorer: Explorer, size: dict[str, int] | None) -> None:
    if size:
        explorer.page.set_viewport_size({**size})
    last = len(lessons["one-weight"]["chapters"])
    explorer.learn("one-weight", last)
    player = Player(explorer, "one-weight")
    player.chapter(last)
    player.strip.locator("button.next").click()
    expect(player.strip.get_by_role("heading", name="End of the lesson")).to_be_visible()
    assert_clean(explorer.page, "the end", *(() if LONG else ("#lesson",)))
