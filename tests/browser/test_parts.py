"""Steps of many operations in named parts: an optimizer's update, and what is inside of a call."""

import numpy as np
from playwright.sync_api import expect

from tests.browser.explorer import Explorer

DOCUMENT = {
    "program": "h = layer_norm(x @ w)\nloss = (h * h * h).mean()",
    "inputs": {"x": [[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]]},
    "parameters": {"w": [[1.0, -0.5, 0.25], [0.5, 2.0, -1.0]]},
    "optimizer": {"name": "adam", "lr": 0.1},
}


def test_one_goes_through_the_parts_of_an_update_and_of_a_call(kept: None, explorer: Explorer) -> None:
    run = explorer.begin(DOCUMENT)
    steps = explorer.trace(values="none")["steps"]
    stage = explorer.region("Tensors")
    tabs = stage.get_by_role("tablist", name="Parts of the step", exact=True)
    call = next(step for step in steps if step["output"] == "h")
    explorer.go_to_step(call["index"])
    expect(tabs.get_by_role("tab", selected=True)).to_have_text("whole step")
    parts = explorer.get(f"/runs/{run}/parts", step=str(call["index"]))["parts"]
    assert tabs.get_by_role("tab").all_inner_texts() == ["whole step", *(part["name"] for part in parts)]
    tabs.get_by_role("tab").nth(1).click()
    expect(stage.locator(".equation code")).to_have_text(f"{parts[0]['name']} = {parts[0]['code']}".replace("-", "−"))
    numbers = stage.locator("[data-result] [data-value]").evaluate_all(
        "cells => cells.map(c => Number(c.dataset.value))"
    )
    assert numbers == [*np.array(parts[0]["value"]).reshape(-1)]
    explorer.page.keyboard.press("ArrowRight")
    expect(tabs.get_by_role("tab", name=parts[1]["name"], exact=True)).to_be_focused()
    expect(stage.locator("p.note").first).to_have_text(parts[1]["summary"])

    update = steps[-1]
    explorer.go_to_step(update["index"])
    names = ["w.exp_avg", "w.exp_avg_sq", "m_hat", "v_hat", "w"]
    expect(tabs.get_by_role("tab")).to_have_text(names)
    expect(tabs.get_by_role("tab", selected=True)).to_have_text("w")
    expect(stage.locator(".equation code")).to_have_text("w = w − 0.1 * m_hat / (sqrt(v_hat) + 1e−08)")
    tabs.get_by_role("tab", name="w.exp_avg", exact=True).click()
    expect(explorer.step).to_have_attribute("data-index", str(update["index"] - 2))
    expect(tabs.get_by_role("tab")).to_have_text(names)
    tabs.get_by_role("tab", name="m_hat", exact=True).click()
    expect(explorer.step).to_have_attribute("data-index", str(update["index"]))
    expect(stage.locator(".equation code")).to_have_text("m_hat = w.exp_avg / (1 − 0.9 ** optimizer.step)")
    expect(stage.get_by_text("to make up for having started at 0")).to_be_visible()


def test_a_contribution_has_no_terms_of_another_step(kept: None, explorer: Explorer) -> None:
    explorer.begin("scalar")
    program, why = explorer.region("Program"), explorer.region("Explanation")
    program.get_by_role("button", name="a.g = ").click()
    expect(why.get_by_role("table")).to_have_count(1)
    expect(why).to_contain_text("sum of 2 terms")
    program.get_by_role("button", name="a.g__1 = ").click()
    expect(why.get_by_role("heading", level=3)).to_contain_text("a.g__1")
    expect(why.locator("[aria-busy]")).to_have_count(0)
    expect(why.get_by_role("table")).to_have_count(0)
    explorer.page.locator("#tensors [data-result] [role=gridcell]").first.click()
    expect(explorer.status).to_have_text("a.g__1 is explained with its step, not number by number.")
