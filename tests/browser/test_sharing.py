"""Links that carry a document or lead to a run, what a teacher adds to them, and two windows on one run."""

import base64
import zlib
from random import Random

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG, some
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks
from tests.browser.traffic import Traffic
from tests.browser.trouble import Trouble

CELL = "w1[0, 1] value"


def packed(content: bytes) -> str:
    """As a compressed document stands in a link."""
    return "z." + base64.urlsafe_b64encode(zlib.compress(content, 9, -15)).decode().rstrip("=")


BOMB = "#doc=" + packed(b" " * 50_000_000)


def share(explorer: Explorer) -> Locator:
    """Presses the button; what comes up beside it, once the link is copied."""
    if explorer.button("Share").is_visible():
        explorer.button("Share").click()
    else:
        explorer.more("Share")
    expect(explorer.status).to_contain_text("Link copied")
    panel = explorer.page.get_by_role("dialog", name="Share", exact=True)
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("✓ Copied to the clipboard.")
    return panel


def link_of(panel: Locator) -> str:
    return panel.get_by_role("textbox", name="Link", exact=True).input_value()


def copied(explorer: Explorer) -> str:
    return explorer.page.evaluate("navigator.clipboard.readText()")


def large_run(explorer: Explorer) -> str:
    """A run whose document fits into no link."""
    random = Random(0)
    numbers = [[random.random() for _ in range(40)] for _ in range(60)]
    document = {"title": "large", "program": "loss = (x @ w).mean()", "inputs": {"x": numbers}}
    parameters = {"w": [[0.5] for _ in range(40)]}
    state = explorer.api.post("/runs", json={**document, "parameters": parameters, "optimizer": {"name": "sgd"}})
    return state.raise_for_status().json()["id"]


def test_a_teacher_says_where_a_link_starts_and_what_it_leaves_out(
    kept: None, explorer: Explorer, other: Explorer
) -> None:
    explorer.begin()
    explorer.button("Next step").click()
    explorer.expect_step({"index": 1, "phase": "forward"})
    panel = share(explorer)
    assert copied(explorer) == link_of(panel)
    panel.get_by_role("checkbox", name="Start at step").check()
    panel.get_by_role("spinbutton", name="Step to start at").fill("9")
    expect(panel).not_to_contain_text("Copied")
    panel.get_by_role("group", name="Hide").get_by_role("checkbox", name="Training").check()
    panel.get_by_role("group", name="Hide").get_by_role("checkbox", name="Explanation").check()
    panel.get_by_role("button", name="Copy link", exact=True).click()
    link = link_of(panel)
    assert link.endswith("&step=8&hide=explanation,training")
    explorer.page.wait_for_function("async link => await navigator.clipboard.readText() === link", arg=link)
    explorer.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)

    other.page.goto(link)
    other.expect_step({"index": 8, "phase": "backward"})
    expect(other.region("Training")).to_have_count(0)
    expect(other.region("Tensors")).to_be_visible()
    other.page.reload()
    expect(other.region("Tensors").locator("[data-result]").first).to_be_visible()
    expect(other.region("Training")).to_have_count(0)
    other.button("Show all").click()
    expect(other.region("Training")).to_be_visible()
    expect(other.region("Explanation")).to_be_visible()
    expect(other.button("Show all")).to_have_count(0)
    assert "hide" not in other.page.url


def test_a_large_run_is_looked_at_until_the_first_change(kept: None, explorer: Explorer, beside: Explorer) -> None:
    run = large_run(explorer)
    explorer.turn(run)
    panel = share(explorer)
    link = copied(explorer)
    before = explorer.state()
    assert link.endswith(f"/#view={before['view_id']}")
    expect(panel).to_contain_text("Nobody can change it by the link")

    beside.open(link)
    assert beside.page.url == link
    expect(beside.status).to_contain_text("It is a shared run: your first change makes a copy of your own.")
    expect(beside.region("Lesson")).to_have_text("A shared run: your first change makes your own copy.")
    beside.button("Finish iteration").click()
    beside.expect_iteration(1)
    expect(beside.status).to_contain_text("This is a copy of your own now. Iteration 1 begins.")
    expect(beside.region("Lesson")).to_contain_text("Your own copy now; the other run stays as it was.")
    beside.button("Close notice").click()
    expect(beside.region("Lesson")).to_be_hidden()
    assert beside.run != run
    assert beside.state()["iteration"] == 1
    assert explorer.state() == before
    beside.page.reload()
    expect(beside.status).to_contain_text("Opened")
    beside.expect_iteration(1)


ODD = {
    "?step=12&hide=moon": "no region “moon”",
    "?step=first": "“first”",
    "?step=999": "There is no step 999",
    "?colour=red": "“colour” in the address means nothing",
    "#doc=z.AAAA": "damaged",
    BOMB: "larger than 1,000,000 bytes",
}


@pytest.mark.parametrize("address", some(ODD, "?step=12&hide=moon", BOMB))
def test_what_a_link_has_that_cannot_be_understood_is_said(explorer: Explorer, address: str) -> None:
    """What is odd in an address: tests/page/sharing.test.js has more of it."""
    said = ODD[address]
    explorer.go("/" + address)
    expect(explorer.alert).to_contain_text(said)
    explorer.expect_loss(1)
    explorer.button("Next step").click()


def test_the_slower_of_two_windows_is_told_and_keeps_what_was_typed(
    kept: None, explorer: Explorer, beside: Explorer, trouble: Trouble
) -> None:
    trouble.allow("status of 412")
    explorer.begin()
    beside.open(explorer.page.url)
    beside.edit(CELL, "0.125")

    explorer.cell(CELL).dblclick()
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("0.75")
    editor.press("Enter")
    expect(explorer.alert).to_contain_text("This run was changed elsewhere")
    expect(editor).to_have_value("0.75")
    assert beside.state()["version"] == 2

    explorer.button("Reload").click()
    expect(explorer.status).to_contain_text("newest state")
    expect(explorer.alert).to_have_count(0)
    expect(editor).to_have_value("0.75")
    editor.press("Enter")
    expect(explorer.status).to_contain_text("w1[0, 1] is 0.75")
    explorer.assert_agreement("w1", "l1")
    assert explorer.run == beside.run


@pytest.mark.long  # the same in tests/page/sharing.test.js
def test_or_goes_on_in_a_copy(explorer: Explorer, beside: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 412")
    explorer.open()
    shared = explorer.run
    beside.open(explorer.page.url)
    beside.train(3)
    text = explorer.state()["document"]["program"].replace("relu", "tanh")
    explorer.write_program(text)
    expect(explorer.alert).to_contain_text("This run was changed elsewhere")
    expect(explorer.program_text).to_have_value(text)
    explorer.button("Make it my own copy").click()
    expect(explorer.status).to_contain_text("The program is changed")
    assert explorer.run != shared
    assert explorer.state()["document"]["program"] == text
    assert (explorer.state()["iteration"], beside.state()["iteration"]) == (0, 3)
    explorer.assert_agreement("l2")


@pytest.mark.parametrize("look", looks("wide light"))
def test_axe_finds_nothing(kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic, look: str) -> None:
    trouble.allow("status of 412")
    look_at(explorer.page, look)
    explorer.begin()
    share(explorer)
    assert_clean(explorer.page, "the link", *(() if LONG else ("[role=dialog]",)))
    if not LONG:
        return
    run = explorer.run
    view = explorer.state()["view_id"]
    traffic.answer("/api/health", {"status": "ok", "version": "1", "retention_days": 90})
    explorer.open(f"/#view={view}&hide=graph")
    expect(explorer.button("Show all")).to_be_visible()
    share(explorer)
    expect(explorer.page.get_by_text("Runs that nobody has touched for 90 days are removed")).to_be_visible()
    explorer.page.keyboard.press("Escape")
    assert_clean(explorer.page, "a run behind a link")
    explorer.open(f"/#run={run}")
    explorer.api.patch(f"/runs/{run}", json={"optimizer": {"name": "adam", "lr": 0.1}}).raise_for_status()
    explorer.page.keyboard.press("Shift+ArrowRight")
    expect(explorer.alert).to_contain_text("This run was changed elsewhere")
    assert_clean(explorer.page, "changed elsewhere")
