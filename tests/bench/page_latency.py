"""How long a person waits for the page: from an empty cache to the first painted numbers and to the drawn graph, over
the loopback and over an emulated network; from Enter in a cell to the painted loss, and how many requests that takes;
from a key to the next step; how many pictures a second there are while a weight is dragged; how long the graph takes.

Run it as a script; `--edits 30 --loads 5`, fewer for a fast run. The clock is the browser's own. A cold page is opened
in a context of its own, whose network is slowed down by the DevTools protocol; a moment counts when the frame that
shows it is done. An edit and a step begin with the time stamp of the key's event; a step is drawn when its elements are
right, and painted when their frame is done. A drag moves the pointer once a frame, and a frame counts when it has
another loss than the one before.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Browser, Page, sync_playwright

from tests import node
from tests.browser import provision
from tests.server import running

CELL = "w1[0, 1] value"
DRAGS: dict[str, tuple[str | None, str]] = {"lesson13, w1": (None, "w1"), "digits, b1": ("digits", "b1")}
WARM_UP = 5
FURTHEST = 20
"""So many steps there are from the first one of lesson13 to the last."""
VIEWPORT = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Network:
    """What is between page and server: milliseconds there and back, and megabits a second."""

    name: str
    milliseconds: float = 0
    megabits: float = 0


NETWORKS = (Network("loopback"), Network("40 ms, 20 Mbit/s", 40, 20), Network("100 ms, 10 Mbit/s", 100, 10))

WATCH = """() => {
    const moments = { numbers: "[role=gridcell][data-value]", graph: ".js-plotly-plot .main-svg .trace" };
    const marks = window.marks = {};
    window.reached = new Promise((resolve) => {
        const look = () => {
            for (const [name, selector] of Object.entries(moments)) {
                if (name in marks || !document.querySelector(selector)) continue;
                marks[name] = null;
                requestAnimationFrame(() => {
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => {
                        marks[name] = performance.now();
                        if (Object.keys(moments).every((one) => marks[one])) resolve(marks);
                    };
                    port2.postMessage(null);
                });
            }
        };
        new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
    });
}"""
REQUESTS = "performance.getEntriesByType('resource').length + 1"
BYTES = """performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .reduce((sum, { transferSize }) => sum + transferSize, 0)"""

ARM = """([id, attribute]) => {
    let start = 0;
    const element = document.getElementById(id), before = element.getAttribute(attribute);
    performance.clearResourceTimings();
    document.addEventListener("keydown", (event) => { start = event.timeStamp; }, {capture: true, once: true});
    window.painted = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            if (element.getAttribute(attribute) === before) return;
            observer.disconnect();
            const drawn = performance.now() - start;
            requestAnimationFrame(() => {
                const {port1, port2} = new MessageChannel();
                port1.onmessage = () => resolve([drawn, performance.now() - start]);
                port2.postMessage(null);
            });
        });
        observer.observe(element, {attributes: true, attributeFilter: [attribute]});
    });
}"""
LOSS = ["loss", "data-value"]
STEP = ["step", "data-index"]
SENT = """performance.getEntriesByType("resource").filter(({name}) => name.includes("/api/"))
    .map(({duration}) => duration)"""

# The graph is drawn by a function of this name, which a timer calls.
TIMED = """(() => {
    const redraws = window.redraws = [];
    const plain = window.setTimeout;
    window.setTimeout = (work, ...others) => plain(work.name !== "redrawAll" ? work : () => {
        const start = performance.now();
        work();
        redraws.push(performance.now() - start);
    }, ...others);
})()"""
DRAG = """(cell, milliseconds) => new Promise((resolve) => {
    const { left, top, width, height } = cell.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const send = (type, at) => (type === "pointerdown" ? cell : window).dispatchEvent(new PointerEvent(type, {
        pointerId: 1, isPrimary: true, button: 0, buttons: 1, bubbles: true, clientX: x + at, clientY: y,
    }));
    const loss = document.getElementById("loss");
    let [seen, frames, at, start] = [loss.dataset.value, 0, 0, 0];
    send("pointerdown", 0);
    const go = (now) => {
        start ||= now;
        if (loss.dataset.value !== seen) frames += 1;
        seen = loss.dataset.value;
        if (now - start > milliseconds) {
            send("pointermove", 0);
            send("pointerup", 0);
            return resolve(frames * 1000 / (now - start));
        }
        at += 1;
        send("pointermove", 10 + 10 * (at % 40));
        requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
})"""
DRAG_MILLISECONDS = 2000


@dataclass(frozen=True)
class Load:
    """A cold page: milliseconds to the first painted numbers and to the drawn graph; requests, and bytes received."""

    numbers: float
    graph: float
    requests: int
    size: int


def load(browser: Browser, address: str, network: Network) -> Load:
    """Opens the page with an empty cache."""
    context = browser.new_context(viewport=VIEWPORT)
    try:
        page = context.new_page()
        page.add_init_script(f"({WATCH})()")
        if network.megabits:
            speed = network.megabits * 1e6 / 8
            devtools = context.new_cdp_session(page)
            devtools.send("Network.enable")
            devtools.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": network.milliseconds,
                    "downloadThroughput": speed,
                    "uploadThroughput": speed,
                },
            )
        page.goto(address)
        marks = page.evaluate("window.reached")
        page.wait_for_load_state("networkidle")
        return Load(marks["numbers"], marks["graph"], page.evaluate(REQUESTS), page.evaluate(BYTES))
    finally:
        context.close()


def edit(page: Page, number: float) -> tuple[float, list[float]]:
    """Milliseconds from Enter to paint, and those that each request took."""
    page.get_by_role("gridcell", name=CELL, exact=True).press("Enter")
    editor = page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
    editor.fill(str(number))
    page.evaluate(ARM, LOSS)
    editor.press("Enter")
    _, milliseconds = page.evaluate("window.painted")
    page.get_by_role("status").filter(has_text="w1[0, 1] is").filter(has_text=f"{number:g}").wait_for()
    page.wait_for_load_state("networkidle")
    return milliseconds, page.evaluate(SENT)


def opened(browser: Browser, address: str, example: str | None = None) -> Page:
    """A page with an example."""
    page = browser.new_page(base_url=address, viewport=VIEWPORT)
    page.add_init_script(TIMED)
    page.goto("/")
    status = page.get_by_role("status")
    status.filter(has_text="Opened").wait_for()
    if example is not None:
        page.get_by_role("button", name="Example", exact=True).click()
        page.locator(f"[role=option][data-name={example}]").click()
        page.locator(f"#examples [aria-selected=true][data-name={example}]").wait_for(state="attached")
    page.locator(".js-plotly-plot .main-svg .trace").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    return page


def edits(browser: Browser, address: str, count: int) -> list[tuple[float, list[float]]]:
    """Edits of the page that is open, without the first ones."""
    page = opened(browser, address)
    return [edit(page, (at + 1) / 100) for at in range(WARM_UP + count)][WARM_UP:]


@dataclass(frozen=True)
class Steps:
    """Milliseconds from a key to the next step, drawn and painted, and those that the graph took afterwards."""

    drawn: list[float]
    painted: list[float]
    graph: list[float]


def steps(browser: Browser, address: str, count: int) -> Steps:
    """Through lesson13 and back, without the first way."""
    page = opened(browser, address)
    drawn, painted = [], []
    for at in range(WARM_UP + count):
        backwards = at // FURTHEST % 2 == 1
        page.evaluate(ARM, STEP)
        page.get_by_role("button", name="Previous step" if backwards else "Next step", exact=True).press("Enter")
        one, other = page.evaluate("window.painted")
        page.wait_for_load_state("networkidle")
        drawn.append(one)
        painted.append(other)
    return Steps(drawn[WARM_UP:], painted[WARM_UP:], page.evaluate("window.redraws")[WARM_UP:])


def drag(browser: Browser, address: str, example: str | None, tensor: str) -> float:
    """Frames a second with new numbers while a number of that tensor is dragged."""
    page = opened(browser, address, example)
    cell = page.locator(f'[role=gridcell][aria-label^="{tensor}["][aria-label$=" value"]')
    if not cell.count():  # on the stage it is a picture; beside it there are its numbers
        page.get_by_label("Nodes", exact=True).select_option(tensor)
        page.wait_for_load_state("networkidle")
    return cell.first.evaluate(f"(cell) => ({DRAG})(cell, {DRAG_MILLISECONDS})")


def middle(numbers: Sequence[float]) -> str:
    """The median, with the least and the greatest."""
    return f"{statistics.median(numbers):7.0f}  ({min(numbers):.0f}–{max(numbers):.0f})"


def main(count: int, loads: int) -> None:
    """Prints the tables."""
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.EXECUTABLE))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = provision.provide(playwright).launch(playwright)
        with running(Path(folder, "runs.sqlite3"), Path(folder, "server.log")) as server:
            load(browser, server.url, NETWORKS[0])  # the server's first answers
            cold = {network: [load(browser, server.url, network) for _ in range(loads)] for network in NETWORKS}
            made = edits(browser, server.url, count)
            stepped = steps(browser, server.url, count)
            drags = {name: [drag(browser, server.url, *what) for _ in range(loads)] for name, what in DRAGS.items()}
        browser.close()
    print(f"A cold page, milliseconds: median of {loads} (least and greatest)")
    print(f"{'network':20}{'numbers painted':>24}{'graph drawn':>24}{'requests':>10}{'kB':>8}")
    for network, found in cold.items():
        numbers, graph = middle([one.numbers for one in found]), middle([one.graph for one in found])
        requests, size = max(one.requests for one in found), max(one.size for one in found)
        print(f"{network.name:20}{numbers:>24}{graph:>24}{requests:>10}{size / 1000:>8.0f}")
    times = [milliseconds for milliseconds, _ in made]
    low, median, high = statistics.quantiles(times, n=4)
    first = [sent[0] for _, sent in made if sent]
    print(f"\n{count} edits of {CELL}, milliseconds from Enter to the painted loss")
    print(
        f"  median {median:.1f}, quartiles {low:.1f} and {high:.1f}, best {min(times):.1f}, worst {max(times):.1f}\n"
        f"  the first request took {statistics.median(first):.1f}; requests an edit: "
        f"{statistics.median(len(sent) for _, sent in made):g}"
    )
    print(f"\n{count} steps of lesson13, milliseconds: median (least and greatest)")
    for name, found in (("drawn", stepped.drawn), ("painted", stepped.painted), ("graph redrawn", stepped.graph)):
        print(f"{name:20}{middle(found):>24}")
    print("\nFrames a second with new numbers while a weight is dragged")
    for name, frames in drags.items():
        print(f"{name:20}{middle(frames):>24}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--edits", type=int, default=30)
    arguments.add_argument("--loads", type=int, default=5)
    given = arguments.parse_args()
    main(given.edits, given.loads)
