"""The page's address: whose run it opens, that nothing of it travels, and what becomes of it when it changes."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.amount import some
from tests.browser.explorer import Explorer
from tests.browser.traffic import Traffic


@pytest.fixture
def state(explorer: Explorer) -> dict:
    """Of a run with a past, in which something can be undone."""
    run = explorer.api.post("/runs", json={"example": "lesson13"}).raise_for_status().json()["id"]
    return explorer.api.post(f"/runs/{run}/iterations", json={"count": 3}).raise_for_status().json()


def test_a_run_is_opened_by_its_id_and_again_after_a_reload(explorer: Explorer, traffic: Traffic) -> None:
    explorer.open()
    path, hash, run = explorer.page.url.partition("#run=")
    assert (urlsplit(path).query, hash, run) == ("", "#run=", explorer.run)
    explorer.train(2)
    explorer.page.reload()
    expect(explorer.status).to_contain_text("Opened")
    explorer.expect_iteration(2)
    assert explorer.run == run
    explorer.choose("lesson13")
    explorer.mode("History")
    explorer.page.get_by_role("tab", name="Numbers", exact=True).click()
    sides = explorer.page.get_by_role("combobox", name="B", exact=True)
    other = sides.get_by_role("option").filter(has_text="opened").first
    sides.select_option(value=other.get_attribute("value"))
    expect(explorer.region("History")).to_contain_text("→ 2")
    explorer.mode("Explore")
    data = {"name": "rows.csv", "mimeType": "text/csv", "buffer": b"a,b,label\n1,2,0\n3,4,1\n5,6,0\n"}
    explorer.more("Open")
    explorer.page.get_by_label("Open a file").set_input_files(data)
    expect(explorer.page.get_by_role("dialog", name="Use this data", exact=True)).to_contain_text("rows.csv")
    assert [one for one in traffic.seen if one.path.endswith("/api/data")]
    told = "\n".join(one.told for one in traffic.seen)
    assert all(one not in told for one in (run, explorer.run))


def test_a_reload_and_the_way_back_lead_to_the_same_step(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    index = "9"
    explorer.go_to_step(int(index))
    expect(explorer.step).to_have_attribute("data-index", index)
    explorer.page.reload()
    expect(explorer.step).to_have_attribute("data-index", index)
    explorer.page.goto("ops.html")
    explorer.page.get_by_role("link", name="Back to the explorer").click()
    expect(explorer.step).to_have_attribute("data-index", index)


OLDER = {
    "?run={id}": ("#run={id}", 0),
    "?run={id}&step=3": ("#run={id}", 3),
    "?run={id}&hide=graph#step=2": ("#run={id}&hide=graph", 2),
    "?fork={id}": ("#view={view_id}", 0),
    "?fork={id}&step=3": ("#view={view_id}", 3),
    "#view={id}&step=3": ("#view={view_id}", 3),
    "#run={view_id}": ("#view={view_id}", 0),
}


@pytest.mark.parametrize("old", some(OLDER, "?fork={id}&step=3"))
def test_what_older_links_name_opens_and_stands_behind_the_hash(
    explorer: Explorer, traffic: Traffic, state: dict, old: str
) -> None:
    """How they are understood: tests/page/version010.test.js and sharing.test.js have all of them."""
    new, step = OLDER[old]
    explorer.open("/" + old.format(**state))
    explorer.expect_iteration(3)
    expect(explorer.step).to_have_attribute("data-index", str(step))
    assert explorer.page.evaluate("location.search + location.hash") == new.format(**state)
    assert state["id"] not in "\n".join(one.told for one in traffic.seen[1:])


def test_looking_at_a_run_shows_nothing_of_its_id(explorer: Explorer, traffic: Traffic, state: dict) -> None:
    explorer.open(f"/#view={state['view_id']}&step=0")
    explorer.cell("w1[0, 1] value").first.click()
    expect(explorer.region("Explanation")).to_contain_text("w1[0, 1]")
    explorer.page.get_by_role("slider", name="Iteration").fill("1")
    expect(explorer.page.get_by_role("button", name="Back to latest")).to_be_visible()
    explorer.button("Back to latest").click()
    for mode in ("Plots", "History", "Explore"):
        explorer.mode(mode)
        expect(explorer.region({"Explore": "Tensors"}.get(mode, mode))).to_be_visible()
    explorer.more("Export")
    explorer.page.get_by_role("dialog", name="Export", exact=True).get_by_role(
        "button", name="Close", exact=True
    ).click()
    explorer.button("Share").click()
    link = explorer.page.get_by_role("textbox", name="Link", exact=True)
    expect(link).to_be_visible()
    assert state["id"] not in link.input_value() + explorer.page.content() + "".join(
        one.address for one in traffic.seen
    )
    assert state["id"] not in explorer.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert not [one for one in traffic.seen if one.method != "GET"]
    assert explorer.get(f"/runs/{state['id']}") == explorer.get(f"/runs/{state['view_id']}") | {"id": state["id"]}


def train(explorer: Explorer) -> None:
    explorer.button("Train").click()


def undo(explorer: Explorer) -> None:
    explorer.button("Undo").click()


def edit(explorer: Explorer) -> None:
    explorer.edit("w1[0, 1] value", "0.125")


def rewrite(explorer: Explorer) -> None:
    explorer.write_program(explorer.program_text.input_value() if explorer.program_text.count() else "loss = mse(x, x)")


def scrub(explorer: Explorer) -> None:
    explorer.cell("w1[0, 1] value").first.click()
    explorer.page.keyboard.press("]")
    explorer.page.keyboard.press("Enter")


def other_numbers(explorer: Explorer) -> None:
    explorer.mode("Practice")
    explorer.button("Other shapes and numbers").click()


SAID: dict[Callable[[Explorer], None], str] = {
    train: "Trained 20 iterations",
    undo: "Undone: iteration 0",
    edit: "w1[0, 1] is 0.125",
    scrub: "w1[0, 1] is",
    rewrite: "The program is changed",
}


@pytest.mark.parametrize("change", some(SAID))
def test_a_change_of_it_makes_a_copy_and_says_so(
    explorer: Explorer, state: dict, change: Callable[[Explorer], None]
) -> None:
    """By default in test_sharing and tests/page/sharing.test.js."""
    explorer.open(f"/#view={state['view_id']}")
    explorer.expect_iteration(3)
    change(explorer)
    expect(explorer.status).to_contain_text("This is a copy of your own now. " + SAID[change])
    assert explorer.run not in (state["id"], state["view_id"])
    assert explorer.get(f"/runs/{state['id']}") | {"losses": 0, "document": 0, "stopped": 0} == {
        **state,
        "losses": 0,
        "document": 0,
        "stopped": 0,
    }
    explorer.page.reload()
    expect(explorer.status).to_contain_text("Opened")
    assert explorer.state()["version"] > 1


def test_an_address_that_is_changed_by_hand_opens_another_run(
    kept: None, explorer: Explorer, trouble, state: dict
) -> None:
    trouble.allow("status of 404")
    explorer.begin()
    first, loss = explorer.run, explorer.loss()
    explorer.page.evaluate("hash => location.hash = hash", f"run={state['id']}&step=4")
    explorer.expect_iteration(3)
    explorer.expect_step({"index": 4, "phase": "forward"})
    assert explorer.run == state["id"]

    explorer.page.go_back()
    explorer.expect_iteration(0)
    explorer.expect_loss(loss)
    assert explorer.run == first
    explorer.page.go_forward()
    explorer.expect_iteration(3)
    assert explorer.run == state["id"]
    explorer.edit("w1[0, 1] value", "0.75")

    explorer.page.evaluate("location.hash = 'run=nobodys-run-at-all-000'")
    expect(explorer.alert).to_contain_text("No run with this id")
    explorer.expect_iteration(3)
    expect(explorer.page).to_have_url(f"{explorer.page.url.partition('#')[0]}#run={state['id']}")
    explorer.assert_agreement("w1")


@pytest.mark.long  # the links: test_files; a change of the address: above
def test_a_recent_run_opens_by_its_link(explorer: Explorer) -> None:
    explorer.open()
    first = explorer.run
    explorer.train(2)
    explorer.choose("xor")
    explorer.more("Open")
    recent = explorer.page.get_by_role("region", name="Recent runs", exact=True)
    recent.get_by_role("link").nth(1).click()
    explorer.expect_iteration(2)
    expect(explorer.page.get_by_role("dialog", name="Open a document")).to_have_count(0)
    assert explorer.run == first


def test_the_link_to_the_steps_leaves_the_run_in_the_address(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    run = explorer.run
    explorer.page.keyboard.press("Tab")
    expect(explorer.page.get_by_role("link", name="Skip to the steps")).to_be_focused()
    explorer.page.keyboard.press("Enter")
    expect(explorer.region("Training")).to_be_focused()
    expect(explorer.page).to_have_url(f"{explorer.page.url.partition('#')[0]}#run={run}")
    explorer.page.keyboard.press("Tab")
    assert explorer.page.evaluate("document.activeElement.closest('#training') !== null")


@pytest.mark.long
def test_two_windows_on_two_runs_keep_apart(explorer: Explorer, other: Explorer) -> None:
    explorer.open()
    other.open()
    assert explorer.run != other.run
    explorer.train(2)
    other.page.reload()
    expect(other.status).to_contain_text("Opened")
    other.expect_iteration(0)
