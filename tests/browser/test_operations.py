"""The page of operations: what the API tells of each, found by search and by address, opened and copied."""

import json
import re
import shlex
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.amount import LONG, count
from tests.browser.explorer import TWO_FRAMES, Explorer
from tests.browser.looks import assert_clean, look_at, looks, sideways
from tests.browser.service import SHELL
from tests.browser.traffic import Traffic
from tests.browser.trouble import Trouble

pytestmark = pytest.mark.xdist_group("operations")  # one worker makes the entries, and draws them, once

SLOW = 30_000
"""Milliseconds in which hundreds of entries are drawn even on a busy machine."""


def opened(page: Page, entry: str = "") -> None:
    """Goes there, or on the page that is there to that entry (see `kept`); returns when the entries are there."""
    if at().search(page.url.partition("#")[0]):
        search(page).fill("")
        page.evaluate("hash => { document.activeElement.blur(); scrollTo(0, 0); location.hash = hash; }", entry)
    else:
        page.goto(f"/ops#{entry}" if entry else "/ops")
    drawn(page)


def at(entry: str = "") -> re.Pattern[str]:
    """The address of that entry; a site's page has its ending."""
    return re.compile(rf"/ops(\.html)?{'#' if entry else ''}{entry}$")


def drawn(page: Page) -> None:
    expect(page.locator("#family-optimizer")).to_be_attached(timeout=SLOW)


# By role it takes seconds to find something among so many elements: it is looked for in a part of the page.


def entry(page: Page, name: str) -> Locator:
    return page.locator(f"article[id='{name}']")


def search(page: Page) -> Locator:
    return page.locator("header").get_by_role("searchbox", name="Search", exact=True)


def status(page: Page) -> Locator:
    return page.locator("#page-status[role=status]")


def entries_of(explorer: Explorer) -> dict[str, Any]:
    return {one["name"]: one for group in explorer.get("/reference")["groups"] for one in group["entries"]}


EACH_KIND = ("power", "softmax", "relu", "adam")


def shorten(explorer: Explorer, traffic: Traffic, words: int) -> None:
    """Leaves entries of each kind and some rules and words, where it is not about all of them: axe takes minutes for
    thousands."""
    reference = explorer.get("/reference")
    reference["language"] = reference["language"][:words]
    for group in reference["groups"]:
        group["entries"] = [entry for entry in group["entries"] if entry["name"] in EACH_KIND]
    for library in reference["words"]:
        library["entries"] = library["entries"][:words]
    traffic.answer("/api/reference$", reference)


def test_it_shows_every_entry_of_the_api(kept: None, explorer: Explorer) -> None:
    page, entries = explorer.page, entries_of(explorer)
    opened(page)
    groups = explorer.get("/reference")["groups"]
    shown = page.locator("main article")
    expect(shown).to_have_count(len(entries) + len(explorer.get("/reference")["language"]))
    contents = page.locator("nav")
    expect(contents).to_have_accessible_name("Contents")
    expect(page.locator("#family-optimizer")).to_have_accessible_name("Optimizers")
    words = explorer.get("/reference")["words"]
    titles = ["The language", *(group["title"] for group in (*groups, *words))]
    expect(contents.get_by_role("heading")).to_have_count(len(titles))
    assert [text.rstrip("0123456789") for text in contents.get_by_role("heading").all_text_contents()] == titles
    expect(contents.get_by_role("listitem")).to_have_text(list(entries))


def test_an_entry_tells_what_the_record_says(kept: None, explorer: Explorer) -> None:
    opened(explorer.page, "relu")
    told, record = entry(explorer.page, "relu"), entries_of(explorer)["relu"]
    expect(told).to_be_in_viewport()
    expect(told).to_have_accessible_name(re.compile("relu"))
    for text in (record["summary"], record["kink"]["text"], record["source"], "x.g = (x > 0) * g"):
        expect(told).to_contain_text(text)
    expect(told.get_by_role("math")).to_have_count(2)
    softmax = entry(explorer.page, "softmax")
    for text in ("return e / sum(e, axis, True)", "x.g = y * (g - sum(g * y, axis, True))", "axis=-1 (also dim)"):
        expect(softmax).to_contain_text(text)
    expect(softmax).to_contain_text(entries_of(explorer)["softmax"]["refusals"][0]["message"])


def test_the_search_filters_while_one_types(kept: None, page: Page) -> None:
    opened(page)
    page.keyboard.press("/")
    expect(search(page)).to_be_focused()
    search(page).press_sequentially("mse_l")
    shown = page.locator("main article:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("id", "mse")
    expect(status(page)).to_have_text("2 entries fit.")
    expect(page.locator("#words-torch").get_by_role("row", name="F.mse_loss")).to_be_visible()
    search(page).press_sequentially("zz")
    expect(page.locator("main .nothing")).to_contain_text("Nothing fits.")
    expect(shown).to_have_count(0)
    page.keyboard.press("Escape")
    expect(search(page)).to_have_value("")
    expect(entry(page, "relu")).to_be_visible()


def test_the_libraries_words_are_tables_that_the_search_filters(kept: None, explorer: Explorer) -> None:
    page, words = explorer.page, explorer.get("/reference")["words"]
    opened(page, "words-torch")
    for listed in words:
        table = page.locator(f"#words-{listed['library']} table")
        expect(table).to_have_accessible_name(listed["title"])
        expect(table.locator("tr")).to_have_count(1 + len(listed["entries"]))
    torchs = page.locator("#words-torch table")
    search(page).fill("addmm")
    row = torchs.get_by_role("row", name="torch.addmm")
    expect(row).to_contain_text("torch.addmm(input, mat1, mat2, *, beta=1, alpha=1)")
    expect(row).to_contain_text("beta * input + alpha * (mat1 @ mat2)")
    expect(page.locator("#words-numpy table")).to_be_hidden()


@pytest.mark.long
def test_the_contents_lead_by_keyboard(kept: None, page: Page) -> None:
    opened(page)
    link = page.locator("nav").get_by_role("link", name="matmul", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(at("matmul"))
    expect(entry(page, "matmul")).to_be_in_viewport()
    expect(link).to_have_attribute("aria-current", "true")
    expect(page.locator("nav [aria-current]")).to_have_count(1)


def test_an_example_is_copied_as_json(kept: None, explorer: Explorer) -> None:
    page, sample = explorer.page, entries_of(explorer)["matmul"]["sample"]["document"]
    opened(page)
    entry(page, "matmul").get_by_role("button", name="Copy matmul as JSON", exact=True).click()
    expect(status(page)).to_have_text("matmul copied as JSON.")
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == sample


@SHELL
def test_an_example_is_copied_for_a_shell(kept: None, explorer: Explorer) -> None:
    page = explorer.page
    opened(page)
    entry(page, "gelu").get_by_role("button", name="Copy gelu as curl", exact=True).click()
    expect(status(page)).to_have_text("gelu copied as a curl command.")
    words = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    assert words[:3] == ["curl", "-s", page.url.partition("/ops")[0] + "/api/trace"]
    assert json.loads(words[-1]) == entries_of(explorer)["gelu"]["sample"]["document"]


@pytest.mark.long
def test_nothing_scrolls_sideways_for_all_entries(kept: None, page: Page) -> None:
    look_at(page, "narrow dark")
    opened(page)
    assert sideways(page) == []


@pytest.mark.long
def test_an_address_leads_to_its_entry_also_by_another_name_and_behind_a_search(page: Page) -> None:
    opened(page, "mse_loss")
    expect(page).to_have_url(at("mse"))
    expect(entry(page, "mse")).to_be_in_viewport()
    search(page).fill("relu")
    expect(entry(page, "mse")).to_be_hidden()
    page.evaluate("location.hash = '#max'")
    expect(entry(page, "max")).to_be_in_viewport()
    expect(search(page)).to_have_value("")


@pytest.mark.long  # that of another operation is opened above
def test_an_example_opens_in_the_explorer_with_its_numbers(explorer: Explorer) -> None:
    sample = entries_of(explorer)["softmax"]["sample"]["document"]
    opened(explorer.page, "softmax")
    entry(explorer.page, "softmax").get_by_role("link", name="Open softmax in the explorer", exact=True).click()
    expect(explorer.status).to_contain_text("Opened")
    trace = explorer.api.post("/trace", json=sample).raise_for_status().json()
    explorer.expect_loss(trace["loss"])
    expect(explorer.examples.locator("[aria-selected=true]")).to_have_count(0)


@pytest.mark.long
def test_the_explorer_and_the_operations_lead_to_each_other_in_the_theme_of_one_s_choice(
    explorer: Explorer, traffic: Traffic
) -> None:
    shorten(explorer, traffic, words=1)
    explorer.open()
    address = explorer.page.url
    explorer.button("More").click()
    explorer.page.get_by_role("link", name="Operations", exact=True).click()
    expect(explorer.page.get_by_role("heading", name="Operations", exact=True, level=1)).to_be_visible()
    drawn(explorer.page)
    explorer.page.get_by_role("combobox", name="Theme", exact=True).select_option(label="Dark")
    expect(explorer.page.locator("html")).to_have_attribute("data-theme", "dark")
    explorer.page.get_by_role("link", name="Back to the explorer", exact=True).click()
    expect(explorer.page).to_have_url(address)
    expect(explorer.status).to_contain_text("Opened")
    expect(explorer.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_an_explanation_leads_to_its_operation(kept: None, explorer: Explorer, traffic: Traffic) -> None:
    explorer.begin()
    shorten(explorer, traffic, words=1)
    explorer.select("l2")
    explorer.cell("l2[0, 0] value").click()
    explorer.region("Explanation").get_by_role("link", name="relu under Operations", exact=True).click()
    expect(explorer.page).to_have_url(at("relu"))
    drawn(explorer.page)
    expect(entry(explorer.page, "relu")).to_be_in_viewport()


@pytest.mark.parametrize("look", looks("wide light"))
def test_axe_finds_nothing_and_nothing_scrolls_sideways(explorer: Explorer, traffic: Traffic, look: str) -> None:
    shorten(explorer, traffic, words=count(5, 200))
    look_at(explorer.page, look)
    opened(explorer.page, "power")
    expect(entry(explorer.page, "power")).to_be_in_viewport()
    for shown in explorer.page.locator("main article").all():  # what was never in sight has no size
        shown.scroll_into_view_if_needed()
        explorer.page.evaluate(TWO_FRAMES)
    assert_clean(explorer.page, "entries of each kind")
    look_at(explorer.page, look.replace("wide", "narrow"))
    assert sideways(explorer.page) == []
    look_at(explorer.page, look)
    search(explorer.page).fill("power")
    assert_clean(explorer.page, "what is found", *(() if LONG else ("header",)))


def test_what_the_service_refuses_is_said(page: Page, trouble: Trouble, traffic: Traffic) -> None:
    trouble.allow("status of 500")
    problem = {"detail": "The catalogue is away.", "hint": "Try again.", "status": 500}
    traffic.answer("/api/reference$", problem, status=500)
    page.goto("/ops")
    expect(page.get_by_role("alert")).to_have_text("The catalogue is away. Try again.")


def test_what_it_refuses_for_the_moment_is_asked_for_again(
    explorer: Explorer, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.allow("status of 429")
    shorten(explorer, traffic, words=1)
    page = explorer.page
    problem = {"detail": "Too many requests", "hint": None, "status": 429}
    traffic.answer("/api/reference$", problem, status=429, times=1)
    page.goto("/ops")
    expect(status(page)).to_have_text("Too many requests. The page asks again in 1 s.")
    drawn(page)
    expect(status(page)).to_be_empty()
    expect(page.locator("#page-alert")).to_be_empty()
