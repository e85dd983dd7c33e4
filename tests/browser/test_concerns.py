"""What goes wrong is said on the main screen when it happens, with the way back beside."""

from playwright.sync_api import expect

from tests.browser.explorer import Explorer


def test_a_unit_that_dies_is_said_with_undo_beside(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.select("b1")
    explorer.edit("b1[1] value", "-9")
    message = "Unit 1 of l2 is off for all 6 samples from the start: its bias b1[1] is −9."
    expect(explorer.status).to_contain_text(message)
    explorer.button("Undo this").click()
    expect(explorer.status).to_contain_text("Undone")
    expect(explorer.button("Undo this")).to_have_count(0)
    assert not [one for one in explorer.trace()["warnings"] if one["code"] == "dead_unit"]


def test_what_was_said_goes_when_one_goes_on(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.button("Next step").click()
    expect(explorer.status).to_have_text("")
