"""The page as a person sees it, by role and name, beside the run as the REST API tells it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.amount import LONG
from tests.browser.window import EMPTY

Numbers = dict[str, str]
"""A cell's name, such as `w1[0, 1] value`, and its number as Python writes it, the sign of a zero included."""

WRITTEN = "numbers => numbers.map(number => Object.is(number, -0) ? '-0' : String(number))"

TWO_FRAMES = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"

TURN = """async (hash) => {
    if (!document.getElementById("step") || (window.tabbed && !hash.startsWith("lesson="))) return false;
    if (innerWidth < 1000 && document.body.dataset.tab !== "stage") return false;
    document.querySelector("#lesson [aria-label='Close lesson']")?.click();
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "1", bubbles: true}));
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    location.hash = hash;
    return true;
}"""
"""The mode Explore, the first Tab to come and another address; false where the page is not open or keeps which tab was
chosen, as it does until a chapter chooses one."""
REMEMBERED = "run => localStorage.getItem('backprop-explorer.runs')?.includes(run)"
"""What the page does with a run that is on the screen."""


class Explorer:
    """One page and the API of its server."""

    def __init__(self, page: Page, api: httpx.Client) -> None:
        self.page = page
        self.api = api

    # the page's handles

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, name: str) -> Locator:
        return self.page.get_by_role("gridcell", name=name, exact=True)

    @property
    def nodes(self) -> Locator:
        return self.page.get_by_role("listbox", name="Nodes", exact=True)

    @property
    def iterations(self) -> Locator:
        return self.page.get_by_role("spinbutton", name="Iterations", exact=True)

    @property
    def examples(self) -> Locator:
        """The list that the button "Example" opens."""
        return self.page.get_by_role("listbox", name="Examples", exact=True)

    @property
    def step(self) -> Locator:
        return self.page.locator("#step")

    @property
    def status(self) -> Locator:
        return self.page.get_by_role("status")

    @property
    def alert(self) -> Locator:
        """The alert that says something; the empty ones wait for their turn."""
        return self.page.get_by_role("alert").filter(has_text=".")

    def plot(self, place: Locator, within: float | None = None) -> Locator:
        """The place's plot, as soon as it is drawn with what the page knows now. `within` so many milliseconds the
        first one is there, where the library that draws has yet to come."""
        plot = place.locator(".js-plotly-plot")
        expect(plot).to_be_visible(timeout=within)
        plot.evaluate(TWO_FRAMES)  # a new size is noticed in the frame after it
        expect(plot).not_to_have_attribute("aria-busy", "true")
        return plot

    # what a person does

    def open(self, address: str = "/") -> None:
        """Returns when a run is on the screen."""
        self.go(address)
        expect(self.status).to_contain_text("Opened")

    def go(self, address: str) -> None:
        """Loads the page anew, also where its address differs only behind `#`."""
        if "#" in self.page.url:
            self.page.goto(EMPTY)
        self.page.goto(address)

    def begin(self, what: str | dict[str, Any] = "lesson13", more: str = "") -> str:
        """A new run of an example or a document: on the page that is open, if one is (see `kept`), as when its address
        is changed by hand, else by opening the page. `more` follows in the address."""
        body = {"example": what} if isinstance(what, str) else what
        run: str = self.api.post("/runs", json=body).raise_for_status().json()["id"]
        self.turn(run, more)
        return run

    def turn(self, run: str, more: str = "") -> None:
        """Another run on the page that is open, if one is."""
        if self.page.evaluate(TURN, f"run={run}{more}"):
            self.page.wait_for_function(REMEMBERED, arg=run)
            expect(self.status).to_contain_text("Opened")
        else:
            self.open(f"/#run={run}{more}")

    def learn(self, lesson: str, chapter: int) -> None:
        """A chapter of a lesson, without what was answered before: on the page that is open, if one is."""
        if not self.page.evaluate(TURN, f"lesson={lesson}&chapter={chapter}"):
            self.go(f"/#lesson={lesson}&chapter={chapter}")

    def go_to_step(self, index: int) -> None:
        """On the run that is open, by its address."""
        self.page.evaluate("hash => location.hash = hash", f"run={self.run}&step={index}")
        expect(self.step).to_have_attribute("data-index", str(index))

    def choose(self, example: str) -> None:
        before = self.page.url
        self.button("Example").click()
        self.examples.locator(f'[data-name="{example}"]').click()
        expect(self.page).not_to_have_url(before)
        expect(self.status).to_contain_text("Opened")
        expect(self.page.locator("#step")).to_have_attribute("data-index", "0")

    def mode(self, name: str) -> None:
        """What stands in the stage's place."""
        self.page.get_by_role("radiogroup", name="Mode", exact=True).get_by_role("radio", name=name, exact=True).click()

    def more(self, name: str) -> None:
        """Chooses what is needed less often."""
        self.button("More").click()
        self.page.get_by_role("dialog", name="More", exact=True).get_by_role("button", name=name, exact=True).click()

    def show(self, part: str) -> None:
        """A part of the page, where a narrow window shows one at a time."""
        button = self.page.get_by_role("group", name="Part of the page").get_by_role("button", name=part, exact=True)
        if button.is_visible():
            button.click()

    def select(self, tensor: str) -> Locator:
        """Chooses a tensor in the list box; what is shown of it."""
        self.nodes.select_option(tensor)
        return self.shown(tensor)

    def shown(self, tensor: str) -> Locator:
        selected = self.page.get_by_role("complementary", name=f"Selected: {tensor}", exact=True)
        expect(selected).to_be_visible()
        return selected

    def edit(self, cell: str, text: str) -> None:
        """Writes a number by double click and Enter, and waits until the page has read what follows from it."""
        self.cell(cell).dblclick()
        editor = self.page.get_by_role("textbox", name=f"New number for {cell.removesuffix(' value')}", exact=True)
        expect(editor).to_be_focused()
        editor.fill(text)
        editor.press("Enter")
        expect(self.status).to_contain_text(f"{cell.removesuffix(' value')} is {float(text):g}; the loss ")

    def train(self, count: int) -> None:
        self.iterations.fill(str(count))
        self.page.locator("#training").get_by_role("button", name="Train", exact=True).first.click()
        expect(self.status).to_contain_text(f"Trained {count} iterations")

    def write_program(self, text: str) -> None:
        """Opens the editor where it is closed, and applies the text."""
        if not self.program_text.count():
            self.region("Program").get_by_role("button", name="Edit", exact=True).click()
        self.program_text.fill(text)
        self.button("Apply").click()

    @property
    def program_text(self) -> Locator:
        return self.page.get_by_role("textbox", name="Program text", exact=True)

    # what the page says

    def expect_step(self, step: dict[str, Any]) -> None:
        expect(self.page.locator("#step")).to_have_attribute("data-index", str(step["index"]))
        expect(self.page.locator("#step")).to_have_attribute("data-phase", step["phase"])

    def expect_iteration(self, iteration: int) -> None:
        expect(self.page.locator("#iteration")).to_have_attribute("data-value", str(iteration))

    def loss(self) -> str:
        return exact(self.page.locator("#loss").get_attribute("data-value"))

    def expect_loss(self, loss: float | str) -> None:
        """Waits for the loss, which is to be right to the last digit."""
        (written,) = self.page.evaluate(WRITTEN, [float(loss)])
        expect(self.page.locator("#loss")).to_have_attribute("data-value", written)

    def expect_numbers(self, place: Locator, expected: Numbers) -> None:
        """Waits for the numbers, which are to be right to the last digit, and to be all that there are."""
        with suppress(AssertionError):  # a cell may be on its way
            if self.numbers(place) == expected:
                return
        written = self.page.evaluate(WRITTEN, [float(number) for number in expected.values()])
        right = [f'[aria-label="{name}"][data-value="{text}"]' for name, text in zip(expected, written, strict=True)]
        with suppress(AssertionError):  # what follows says which of them are not
            expect(place.locator(", ".join(right))).to_have_count(len(expected))
        assert self.numbers(place) == expected

    def numbers(self, place: Locator) -> Numbers:
        """Every cell's number as it is now, by its name; names are unique."""
        cells = place.get_by_role("gridcell").evaluate_all(
            "cells => cells.map(cell => [cell.getAttribute('aria-label'), cell.dataset.value])"
        )
        numbers = {name: exact(value) for name, value in cells}
        assert len(numbers) == len(cells)
        return numbers

    # what the API says

    @property
    def run(self) -> str:
        """The run's id, as the address has it."""
        return parse_qs(urlsplit(self.page.url).fragment)["run"][0]

    def state(self) -> dict[str, Any]:
        return self.get(f"/runs/{self.run}")

    def trace(self, **query: Any) -> dict[str, Any]:
        return self.get(f"/runs/{self.run}/trace", **query)

    def get(self, path: str, **query: Any) -> Any:
        return self.api.get(path, params=query).raise_for_status().json()

    # both

    def assert_agreement(self, *few: str) -> None:
        """Loss, iteration and every cell of every tensor, value and gradient, are the API's to the last digit.

        Where a test says it of the page more than once: of a few tensors only, but of all under --long.
        """
        state, trace = self.state(), self.trace()
        self.expect_iteration(state["iteration"])
        self.expect_loss(trace["loss"])
        assert exact(trace["loss"]) == exact(state["loss"])
        assert self.nodes.get_by_role("option").all_text_contents() == list(trace["tensors"])
        for name in few if few and not LONG else trace["tensors"]:
            record = trace["tensors"][name]
            expected = numbers_of(name, record)
            self.expect_numbers(self.select(name), expected)
            assert self.cell(next(iter(expected))).count() == 1, "a cell's name is unique on the whole page"


def exact(number: float | str | None) -> str:
    """A number in the shortest form that reads back to the same bits; `-0.0` is not `0.0`."""
    assert number is not None
    return repr(float(number))


def numbers_of(name: str, record: dict[str, Any]) -> Numbers:
    """Every cell of a trace's tensor, value and gradient."""
    fields = [field for field in ("value", "gradient") if record[field] is not None]
    return {cell: number for field in fields for cell, number in cells(name, field, record[field])}


def cells(name: str, field: str, nested: Any, index: tuple[int, ...] = ()) -> Iterator[tuple[str, str]]:
    """The names and numbers of a tensor's cells, row by row."""
    if isinstance(nested, list):
        for at, item in enumerate(nested):
            yield from cells(name, field, item, (*index, at))
        return
    place = f"[{', '.join(map(str, index))}]" if index else ""
    yield f"{name}{place} {field}", exact(nested)
