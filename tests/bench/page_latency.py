"""How long an edit of lesson13 takes on the page: from the Enter key to the frame that shows the new loss.

Run it as a script; `--edits 30`. The clock is the browser's own: it starts with the time stamp of the key's event, and
stops in the first task after the animation frame that follows the change of `#loss`. Prints the median, quartiles and
how long the request took.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Page, sync_playwright

from tests import node
from tests.browser import provision
from tests.server import running

CELL = "w1[0, 1] value"
WARM_UP = 5

ARM = """() => {
    let start = 0;
    const loss = document.getElementById("loss"), before = loss.dataset.value;
    document.addEventListener("keydown", (event) => { start = event.timeStamp; }, {capture: true, once: true});
    window.painted = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            if (loss.dataset.value === before) return;
            observer.disconnect();
            requestAnimationFrame(() => {
                const {port1, port2} = new MessageChannel();
                port1.onmessage = () => resolve(performance.now() - start);
                port2.postMessage(null);
            });
        });
        observer.observe(loss, {attributes: true, attributeFilter: ["data-value"]});
    });
}"""
SERVER = """() => performance.getEntriesByType("resource").filter(({name}) => name.includes("/tensors/"))
    .map(({duration}) => duration)"""


def edit(page: Page, number: float) -> float:
    """Milliseconds from Enter to paint."""
    page.get_by_role("gridcell", name=CELL, exact=True).press("Enter")
    editor = page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill(str(number))
    page.evaluate(ARM)
    editor.press("Enter")
    milliseconds = page.evaluate("window.painted")
    page.get_by_role("status").filter(has_text=f"w1[0, 1] is {number};").wait_for()
    return milliseconds


def main(edits: int) -> None:
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.EXECUTABLE))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = provision.provide(playwright).launch(playwright)
        with running(Path(folder, "runs.sqlite3"), Path(folder, "server.log")) as server:
            page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
            page.goto("/")
            page.get_by_role("status").filter(has_text="Opened").wait_for()
            times = [edit(page, (at + 1) / 100) for at in range(WARM_UP + edits)][WARM_UP:]
            server_times = page.evaluate(SERVER)[WARM_UP:]
        browser.close()
    low, median, high = statistics.quantiles(times, n=4)
    print(f"Chromium, {edits} edits of {CELL}: from Enter to the painted loss")
    print(
        f"  median {median:.1f} ms, quartiles {low:.1f} and {high:.1f}, best {min(times):.1f}, worst {max(times):.1f}"
    )
    print(f"  of which the request took {statistics.median(server_times):.1f} ms (median)")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--edits", type=int, default=30)
    main(arguments.parse_args().edits)
