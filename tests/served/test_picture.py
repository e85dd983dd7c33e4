"""A picture that the service draws, as a browser shows it."""

from playwright.sync_api import Page

from tests.server import Server

SHOWN = "() => [...document.querySelectorAll('.step')].map(one => getComputedStyle(one).visibility === 'visible')"
MOVING = "() => document.getAnimations().length"
SEEK = """at => document.getAnimations().forEach(one => { one.pause(); one.currentTime = at; })"""


def test_an_iteration_moves_unless_nothing_should(page: Page, server: Server) -> None:
    run = page.request.post(f"{server.url}/api/runs", data={"example": "lesson13"}).json()["id"]
    address = f"{server.url}/api/runs/{run}/picture?step=all"
    page.goto(address)
    count = len(page.evaluate(SHOWN))
    assert page.evaluate(MOVING) == count > 20
    for at in (0, 1, count - 1, count + 3):
        page.evaluate(SEEK, at * 1000 + 500)
        assert page.evaluate(SHOWN) == [k == at % count for k in range(count)]
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    assert page.evaluate(MOVING) == 0
    assert page.evaluate(SHOWN) == [k == 0 for k in range(count)]
