"""Somebody who plays a lesson on the page, by mouse, thumb or keyboard, and knows the answers from the service."""

import json
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.explorer import TWO_FRAMES, Explorer


class Player:
    """Somebody who plays a lesson, and knows the answers from the service."""

    def __init__(self, explorer: Explorer, lesson: str | dict[str, Any]) -> None:
        self.explorer, self.page, self.lesson = explorer, explorer.page, lesson

    @property
    def strip(self) -> Locator:
        return self.explorer.region("Lesson")

    @property
    def answer(self) -> Locator:
        return self.page.get_by_role("group", name="Your answer", exact=True)

    def chapter(self, number: int) -> dict[str, Any]:
        """Waits for the chapter, and says what the service tells about it on the run's own numbers."""
        current = self.strip.get_by_role("img", name=f"Chapter {number} of ", exact=False)
        expect(current).to_be_attached()
        expect(self.strip.locator(".chapter-text p").first).not_to_be_empty()
        return self.post("chapter", number, {})

    def solution(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.post("answer", number, {"reveal": True})["solution"]
        return found

    def post(self, what: str, number: int, more: dict[str, Any]) -> dict[str, Any]:
        body = {"lesson": self.lesson, "chapter": number, **more}
        answer = self.explorer.api.post(f"/runs/{self.explorer.run}/{what}", json=body)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    def expect_text(self, chapter: dict[str, Any]) -> None:
        """The sentences on the page are those of the service, without the marks of code."""
        told = self.strip.locator(".chapter-text")
        expect(told.locator("p").first).to_have_text(spoken(chapter["text"]))
        expect(self.page.locator("#step")).to_have_attribute("data-index", str(chapter["index"]))
        self.explorer.expect_iteration(chapter["iteration"])

    # by mouse or thumb

    def give(self, chapter: dict[str, Any], solution: dict[str, Any]) -> None:
        kind = chapter["question"]["kind"]
        if "choices" in solution:
            self.answer.get_by_role("group", name="Choices").get_by_role("button").nth(solution["choices"][0]).click()
        elif kind == "cells":
            for index in solution["cells"]:
                self.cell(chapter["question"]["of"], index).click()
            self.answer.get_by_role("button", name="Check").click()
        elif kind == "drag":
            self.drag(chapter["question"]["of"], solution["number"])
        else:
            self.answer.get_by_role("textbox").fill(written(solution))
            self.answer.get_by_role("button", name="Check").click()

    def cell(self, place: dict[str, Any], index: list[int]) -> Locator:
        inside = f"[{', '.join(map(str, index))}]" if index else ""
        return self.explorer.region("Tensors").get_by_role(
            "gridcell", name=f"{place['tensor']}{inside} {place['field']}", exact=True
        ).first  # fmt: skip

    def drag(self, place: dict[str, Any], to: float) -> None:
        cell = self.cell(place, place.get("index", []))
        expect(self.answer).to_be_visible()  # which moves the stage on a phone
        cell.evaluate(TWO_FRAMES)
        cell.hover()  # once it stands still
        start = float(cell.get_attribute("data-value") or 0)
        box = cell.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + (30 if to > start else -30), y, steps=6)
        self.page.mouse.up()

    # by keyboard alone

    def type(self, chapter: dict[str, Any], solution: dict[str, Any]) -> None:
        kind = chapter["question"]["kind"]
        keyboard = self.page.keyboard
        if "choices" in solution:
            wanted = self.answer.get_by_role("group", name="Choices").get_by_role("button").nth(solution["choices"][0])
            self.reach(wanted)
            keyboard.press("Enter")
        elif kind == "cells":
            of = chapter["question"]["of"]
            for index in solution["cells"]:
                cell = self.cell(of, index)
                self.reach(cell.locator("xpath=ancestor::*[@role='grid']"))
                self.walk(cell)
                keyboard.press("Enter" if index == solution["cells"][0] else "Space")
                expect(cell).to_have_attribute("aria-selected", "true")
            self.reach(self.answer.get_by_role("button", name="Check"))
            keyboard.press("Enter")
        elif kind == "drag":
            place = chapter["question"]["of"]
            cell = self.cell(place, place.get("index", []))
            self.reach(cell.locator("xpath=ancestor::*[@role='grid']"))
            self.walk(cell)
            up = solution["number"] > float(cell.get_attribute("data-value") or 0)
            keyboard.press("]" if up else "[")
            keyboard.press("Enter")
        else:
            self.reach(self.answer.get_by_role("textbox"))
            keyboard.press("Control+a")
            keyboard.type(written(solution))
            keyboard.press("Enter")

    def reach(self, goal: Locator) -> None:
        """Tab until the focus is there, or within it."""
        for _ in range(120):
            if goal.evaluate("goal => goal.contains(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {goal}")

    def walk(self, cell: Locator) -> None:
        """Within a grid, by its arrows."""
        aim = json.loads(f"[{cell.get_attribute('data-index')}]")
        for key, axis in (("Home", None), ("ArrowUp", 0), ("ArrowDown", 0), ("ArrowRight", -1)):
            for _ in range(60):
                place = self.page.evaluate("document.activeElement.dataset.index ?? ''")
                here = [int(part) for part in place.split(",") if part]
                if here == aim:
                    return
                if key == "Home" or (key == "ArrowUp" and (len(aim) < 2 or here[0] <= aim[0])):
                    break
                arrived = axis is not None and here and (len(aim) > 1 or axis == -1) and here[axis] >= aim[axis]
                if arrived and key != "ArrowUp":
                    break
                self.page.keyboard.press(key)
            if key == "Home":
                self.page.keyboard.press("Home")
        raise AssertionError(f"the arrows do not lead to {aim}")


def spoken(text: str) -> str:
    """A sentence as the page shows it: the marks of code are gone, and code has the sign of minus."""
    return "".join(piece.replace("-", "\u2212") if at % 2 else piece for at, piece in enumerate(text.split("`")))


def written(solution: dict[str, Any]) -> str:
    """An answer as somebody types it."""
    if "shape" in solution:
        return f"({', '.join(map(str, solution['shape']))})"
    return str(solution["formula"] if "formula" in solution else solution["number"])
