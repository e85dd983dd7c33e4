"""What is told at an edge of the page covers nothing, and what is hidden leaves no gap."""

from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer


def edges(place: Locator) -> tuple[float, float]:
    """Its upper and its lower edge."""
    box = place.bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


def test_without_the_graph_practice_begins_at_the_top(kept: None, explorer: Explorer) -> None:
    explorer.page.set_viewport_size({"width": 1280, "height": 720})
    explorer.begin()
    explorer.mode("Practice")
    expect(explorer.page.locator("#graph")).to_be_hidden()
    _, end_of_head = edges(explorer.page.get_by_role("banner"))
    top, _ = edges(explorer.region("Practice"))
    assert top - end_of_head < 4


def test_that_one_views_the_past_covers_no_button(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.train(12)
    slider = explorer.page.get_by_role("slider", name="Viewing iteration")
    slider.focus()
    slider.press("ArrowLeft")
    bar = explorer.page.locator(".over-bar")
    expect(bar).to_contain_text("Viewing iteration 11")
    for mode, name in [("Practice", "End practice"), ("History", "Fork from B")]:
        explorer.mode(mode)
        button = explorer.button(name)
        expect(button).to_be_visible()
        assert edges(button)[1] <= edges(bar)[0], name


def test_on_a_phone_the_line_of_the_step_stays_when_one_views_the_past(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.train(4)
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    slider = explorer.page.get_by_role("slider", name="Viewing iteration")
    slider.focus()
    slider.press("ArrowLeft")
    bar = explorer.page.locator(".over-bar")
    expect(bar).to_contain_text("Viewing iteration 3")
    line = explorer.region("Program").locator("[aria-current=step]")
    assert edges(line)[1] <= edges(bar)[0] + 1
