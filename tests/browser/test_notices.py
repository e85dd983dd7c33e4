"""What the page says of how long runs are kept, and of a server that has no time."""

import re

import pytest
from playwright.sync_api import expect

from tests.amount import LONG, every
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean
from tests.browser.traffic import Traffic
from tests.browser.trouble import Trouble

KEPT = "Runs that nobody has touched for 90 days are removed"


def refuse(traffic: Traffic, pattern: str, status: int, times: int | None = None, method: str | None = None) -> None:
    """Answers such requests as a server without time does, so often; by default always."""
    told = {429: "Too many requests", 503: "the runs' database cannot be used at the moment"}[status]
    content = {"detail": told, "hint": None, "status": status, "code": "later", "where": {}}
    traffic.answer(pattern, content, status=status, after=1, times=times, method=method)


@pytest.mark.long
def test_how_long_runs_are_kept_is_said_where_one_looks(explorer: Explorer, traffic: Traffic) -> None:
    explorer.open()
    explorer.button("Share").click()
    panel = explorer.page.get_by_role("dialog", name="Share", exact=True)
    expect(panel).to_contain_text("Copied")
    explorer.page.keyboard.press("Escape")
    explorer.mode("History")
    expect(explorer.region("History")).to_contain_text("one colour scale per kind")
    expect(explorer.page.get_by_text("nobody has touched")).to_have_count(0)

    kept = {"status": "ok", "version": "1", "retention_days": 90}
    traffic.answer("/api/health", kept)
    explorer.page.reload()
    expect(explorer.status).to_contain_text("Opened")
    expect(explorer.page.get_by_text("nobody has touched")).to_have_count(0)
    explorer.button("Share").click()
    expect(panel).to_contain_text(f"{KEPT}; this link does not need one.")
    explorer.page.keyboard.press("Escape")
    explorer.mode("History")
    expect(explorer.region("History")).to_contain_text(f"{KEPT}.")


@pytest.mark.parametrize("status", every(2, [429, 503]))
def test_reads_are_made_again_by_the_page(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic, status: int
) -> None:
    trouble.allow(f"status of {status}")
    explorer.begin()
    refuse(traffic, r"/explain\?", status)
    explorer.cell("l1.matmul[2, 1] value").click()
    explorer.page.get_by_role("tab", name="Terms", exact=True).click()
    expect(explorer.region("Training")).to_contain_text(re.compile(r"The page asks again in [1-4] s\."))
    traffic.forget()
    expect(explorer.region("Explanation")).to_contain_text("sum of 10 products")
    expect(explorer.region("Training")).not_to_contain_text("asks again")
    expect(explorer.alert).to_have_count(0)
    explorer.button("Next step").click()
    explorer.expect_step({"index": 1, "phase": "forward"})


@pytest.mark.parametrize("status", every(2, [429, 503]))
def test_a_number_that_was_typed_waits_for_another_try(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic, status: int
) -> None:
    trouble.allow(f"status of {status}")
    explorer.begin()
    refuse(traffic, "/tensors/", status, times=2, method="PATCH")
    explorer.cell("w1[0, 1] value").dblclick()
    editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill("0.75")
    editor.press("Enter")
    expect(explorer.alert).to_contain_text("What you typed is kept: try again in 1 s.")
    expect(editor).to_have_value("0.75")
    assert explorer.state()["version"] == 1
    if LONG:
        assert_clean(explorer.page, "refused", "#alert", "#tensors")
    explorer.button("Try again").click()
    expect(explorer.alert).to_contain_text("What you typed is kept")
    expect(editor).to_have_value("0.75")
    editor.press("Enter")
    expect(explorer.status).to_contain_text("w1[0, 1] is 0.75")
    expect(explorer.alert).to_have_count(0)
    assert explorer.state()["version"] == 2
    explorer.assert_agreement("w1")


def test_a_training_that_was_refused_is_begun_by_a_button(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.allow("status of 429")
    explorer.begin()
    refuse(traffic, "/iterations", 429, times=1)
    explorer.button("Train").click()
    expect(explorer.alert).to_contain_text("Too many requests")
    explorer.expect_iteration(0)
    explorer.button("Try again").click()
    expect(explorer.status).to_contain_text("Trained 20 iterations")
    expect(explorer.alert).to_have_count(0)
    assert explorer.state()["iteration"] == 20


def test_a_program_that_was_refused_stays_in_its_editor(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.allow("status of 503")
    explorer.begin()
    refuse(traffic, rf"/api/runs/{explorer.run}(\?|$)", 503, times=1, method="PATCH")
    text = explorer.state()["document"]["program"].replace("relu", "tanh")
    explorer.write_program(text)
    expect(explorer.region("Program")).to_contain_text("What you typed is kept: try again in 1 s.")
    expect(explorer.program_text).to_have_value(text)
    explorer.button("Apply").click()
    expect(explorer.status).to_contain_text("The program is changed")
    assert explorer.state()["document"]["program"] == text


def test_a_run_that_cannot_be_read_now_is_not_exchanged_for_another(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.allow("status of 503|status of 502")
    explorer.begin()
    explorer.train(2)
    address = explorer.page.url
    traffic.answer("/api/runs/", status=503, after=90)
    explorer.page.reload()
    expect(explorer.alert).to_contain_text("The server cannot answer at the moment.")
    assert explorer.page.url == address
    traffic.forget()
    explorer.button("Try again").click()
    expect(explorer.status).to_contain_text("Opened")
    explorer.expect_iteration(2)
    assert explorer.page.url == address
