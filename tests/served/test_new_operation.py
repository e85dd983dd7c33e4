"""An operation that was registered where the service runs."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.explorer import Explorer
from tests.browser.test_operations import at, entry, opened
from tests.new_operation import hinge
from tests.server import serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    with hinge(), serving(tmp_path_factory.mktemp("server") / "runs.sqlite3") as server:
        yield server


def test_an_operation_of_one_record_is_on_the_page_and_in_the_explorer(explorer: Explorer) -> None:
    page = explorer.page
    opened(page, "above")
    expect(page).to_have_url(at("hinge"))
    told = entry(page, "hinge")
    for text in ("How far a is above b.", "hinge(a, b)", "a.g = (a > b) * g", "differ in the last axis"):
        expect(told).to_contain_text(text)
    told.get_by_role("link", name="Open hinge in the explorer", exact=True).click()
    expect(explorer.status).to_contain_text("Opened")
    explorer.assert_agreement()
    explorer.select("y")
    explorer.cell("y[0, 0] value").click()
    expect(explorer.region("Explanation")).to_contain_text("hinge(a[0, 0], b[0, 0])")
    explorer.train(3)
