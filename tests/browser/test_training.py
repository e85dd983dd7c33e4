"""A long training on the page: its bar, its end at any time, and what divergence looks like."""

import re

from playwright.sync_api import expect

from tests.api.stream import endless_document
from tests.browser.explorer import Explorer


def test_a_long_training_shows_how_far_it_is_and_can_be_stopped(kept: None, explorer: Explorer) -> None:
    run = explorer.api.post("/runs", json=endless_document()).json()["id"]
    explorer.turn(run)
    training = explorer.region("Training")
    explorer.iterations.fill("100000")
    explorer.button("Train").click()
    expect(training).to_contain_text(re.compile(r"Training: [\d,]+ of 100,000"))
    expect(training).to_contain_text(re.compile(r"loss .* a second, .* left"))
    expect(training.get_by_role("progressbar")).to_be_visible()
    training.get_by_role("button", name="Stop", exact=True).press("Enter")
    expect(explorer.status).to_contain_text(re.compile(r"Trained \d+ of 100000 iterations, then stopped: the loss is"))
    expect(training.get_by_role("progressbar")).to_have_count(0)
    state = explorer.state()
    assert 0 < state["iteration"] < 100_000
    explorer.expect_iteration(state["iteration"])
    explorer.expect_loss(state["loss"])
    explorer.button("Undo").click()
    expect(explorer.status).to_contain_text("Undone: iteration 0")
    explorer.expect_iteration(0)


def test_divergence_is_told_in_words_until_it_is_undone(kept: None, explorer: Explorer) -> None:
    document = {"program": "loss = (w * x) ** 2", "inputs": {"x": 1.0}, "parameters": {"w": 3.0}}
    run = explorer.api.post("/runs", json={**document, "optimizer": {"name": "sgd", "lr": 1e60}}).json()["id"]
    explorer.turn(run)
    explorer.iterations.fill("20")
    explorer.button("Train").click()
    expect(explorer.status).to_contain_text("diverged")
    state = explorer.state()
    told = explorer.page.locator(".diverged")
    expect(explorer.status).to_contain_text(state["divergence"])
    expect(explorer.button("Undo this")).to_be_visible()
    expect(told).to_have_count(0)
    explorer.button("Next step").click()
    expect(explorer.status).to_have_text("")
    expect(told).to_contain_text(state["divergence"])
    told.get_by_role("button", name="Undo training", exact=True).click()
    expect(explorer.status).to_contain_text("Undone")
    expect(told).to_have_count(0)
