"""A run that another machine has recalculated: the page says from where on its numbers differ."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import Browser, expect

from backprop_explorer.engine import Plan
from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean
from tests.browser.window import Window
from tests.server import serving

RECALCULATED = "Recalculated on another machine: differs from iteration "
STEP = Plan.step


def other_step(plan: Plan) -> float:
    """On a processor that rounds one weight otherwise in every step."""
    loss = STEP(plan)
    w2 = plan["w2"].copy()
    w2.flat[0] *= 1 + 1e-12
    plan["w2"] = w2
    return loss


def api_of(server: SimpleNamespace) -> httpx.Client:
    return httpx.Client(base_url=f"{server.url}/api", trust_env=False, timeout=30)


@pytest.fixture
def elsewhere(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Explorer]:
    """A page on a server that rounds otherwise than the one on which its run was trained, 30 iterations."""
    database = tmp_path / "runs.sqlite3"
    with serving(database) as server, api_of(server) as api:
        run = api.post("/runs", json={"example": "lesson13"}).raise_for_status().json()["id"]
        api.post(f"/runs/{run}/iterations", json={"count": 30}).raise_for_status()
    monkeypatch.setattr(Plan, "step", other_step)
    with serving(database) as server, api_of(server) as api:
        window = Window(browser, server.url)
        explorer = Explorer(window.page, api)
        explorer.open(f"/#run={run}")
        yield explorer
        window.close()


def test_what_is_recalculated_is_said_beside_the_curve_and_in_the_history(elsewhere: Explorer) -> None:
    training = elsewhere.region("Training")
    elsewhere.expect_iteration(30)
    expect(training).not_to_contain_text("Recalculated")
    elsewhere.page.get_by_role("slider", name="Iteration").fill("20")
    expect(training).to_contain_text("Viewing iteration 20; the latest is 30.")
    expect(training).to_contain_text(RECALCULATED)
    expect(elsewhere.region("Program")).not_to_contain_text("Recalculated")
    elsewhere.mode("History")
    expect(training).to_contain_text(RECALCULATED)
    if LONG:
        assert_clean(elsewhere.page, "recalculated", "#training", "#history")
    elsewhere.button("Back to latest").click()
    expect(training).not_to_contain_text("Recalculated")

    if not LONG:
        return  # of a fork: tests/runs/test_recalculated.py
    elsewhere.mode("Explore")
    fork = elsewhere.api.post(f"/runs/{elsewhere.run}/fork", json={"iteration": 20}).raise_for_status().json()
    assert fork["recalculated"].startswith(RECALCULATED)
    elsewhere.open(f"/#run={fork['id']}")
    expect(training).to_contain_text(fork["recalculated"])
    elsewhere.mode("History")
    expect(training).to_contain_text(fork["recalculated"])
    elsewhere.page.get_by_role("slider", name="Iteration").fill("0")
    expect(elsewhere.region("History")).to_contain_text(fork["recalculated"])
