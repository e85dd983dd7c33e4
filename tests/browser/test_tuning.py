"""Training on batches and by an expression of the iteration, and what the update makes, as a person sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble

DOCUMENT = {
    "title": "batches",
    "program": "out = x @ w + b\nloss = cross_entropy(out, y)",
    "inputs": {"x": {"dataset": "iris", "field": "x"}, "y": {"dataset": "iris", "field": "y"}},
    "parameters": {"w": {"shape": [4, 3], "init": "kaiming_normal"}, "b": {"shape": [3], "init": "zeros"}},
    "optimizer": {"name": "adam", "lr": 0.1},
}


def opened(explorer: Explorer) -> Explorer:
    explorer.begin(DOCUMENT)
    return explorer


def training(explorer: Explorer) -> Locator:
    return explorer.region("Training")


def options(explorer: Explorer) -> Locator:
    """The popover with the optimizer and the batch, which is opened where it is closed."""
    popover = explorer.page.get_by_role("dialog", name="Optimizer and batch", exact=True)
    if not popover.is_visible():
        training(explorer).get_by_title("Optimizer, its options, and batches", exact=True).click()
    expect(popover).to_be_visible()
    return popover


def test_a_rate_is_an_expression(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    run = opened(explorer)
    field = options(run).get_by_role("textbox", name="lr", exact=True)
    expect(field).to_have_value("0.1")
    field.fill("0.1 * iteraton")
    field.press("Enter")
    expect(options(run).get_by_role("alert")).to_contain_text('Did you mean "iteration"?')
    expect(field).to_have_value("0.1 * iteraton")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert run.state()["document"]["optimizer"]["lr"] == 0.1

    field.fill("0.1 * 0.5 ** iteration")
    field.press("Enter")
    expect(run.status).to_contain_text("The optimizer is adam")
    expect(options(run).get_by_role("alert")).to_have_count(0)
    expect(options(run)).to_contain_text("= 0.1000")
    run.iterations.fill("2")
    run.button("Train").click()
    expect(run.page.locator("#iteration")).to_have_attribute("data-value", "2")
    expect(options(run)).to_contain_text("= 0.0250")
    assert run.state()["document"]["optimizer"]["lr"] == "0.1 * 0.5 ** iteration"


def test_nothing_is_trained_by_another_rate_than_one_reads(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    run = opened(explorer)
    field, alert = options(run).get_by_role("textbox", name="lr", exact=True), run.page.locator("#alert")
    expect(field).to_have_value("0.1")
    field.fill("abc(")
    run.button("Train").click()
    expect(alert).to_contain_text("The lr “abc(” is not understood. Correct it, or press Escape to go back to 0.1.")
    expect(field).to_be_focused()
    expect(field).to_have_value("abc(")
    assert run.state()["iteration"] == 0
    field.press("Escape")
    expect(field).to_have_value("0.1")
    expect(alert).to_be_empty()
    expect(options(run).get_by_role("alert")).to_have_count(0)

    field.fill("")
    field.press("Tab")
    expect(field).to_have_value("0.1")

    others, rows = (
        options(run).locator("summary", has_text="options"),
        options(run).locator("summary", has_text="Batch: "),
    )
    others.click()
    expect(options(run).get_by_role("spinbutton", name="Rows in a batch")).to_be_hidden()
    rows.click()
    expect(options(run).get_by_role("spinbutton", name="Rows in a batch")).to_be_visible()
    expect(options(run).locator("details[open]")).to_have_count(1)
    rows.press("Escape")
    expect(run.page.get_by_role("dialog", name="Optimizer and batch", exact=True)).to_be_hidden()


@pytest.mark.long
def test_batches_are_cut_and_told(explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    run = opened(explorer)
    options(run).get_by_text("Batch: all rows").click()
    size = options(run).get_by_role("spinbutton", name="Rows in a batch", exact=True)
    size.fill("151")
    run.button("Use batches").click()
    expect(options(run).get_by_role("alert")).to_contain_text("(x, y) has 150")
    size.fill("40")
    run.button("Use batches").click()
    told = options(run).locator("summary", has_text="Batch 1 of 3, epoch 1")
    expect(told).to_be_visible()
    rows = run.trace()["batch"]["rows"]
    expect(told).to_contain_text(f"rows {rows[0]}, {rows[1]}, {rows[2]}, … of 150")
    expect(run.region("Tensors")).to_contain_text("(40, 3)")

    run.iterations.fill("4")
    run.button("Train").click()
    expect(options(run).locator("summary", has_text="Batch 2 of 3, epoch 2")).to_be_visible()
    options(run).get_by_role("button", name="All rows", exact=True).click()
    expect(options(run).get_by_text("Batch: all rows")).to_be_visible()
    assert run.state()["batch"] is None


def test_what_the_update_makes_is_explained(kept: None, explorer: Explorer) -> None:
    run = opened(explorer)
    run.region("Program").get_by_role("button", name=re.compile(r"w\.exp_avg = ")).click()
    run.cell("w.exp_avg[1, 2] new value").click()
    heading = run.region("Explanation").get_by_role("heading", level=3)
    expect(heading).to_contain_text("w.exp_avg[1, 2] becomes")
    expect(run.region("Explanation").get_by_role("tabpanel")).to_contain_text("0.9 × w.exp_avg[1, 2]")
    expect(run.status).to_contain_text("the sum of 2 terms")
    run.region("Explanation").get_by_role("tab", name="Why", exact=True).click()
    expect(run.region("Explanation").get_by_role("tabpanel")).to_contain_text("A decaying mean of the gradients")
