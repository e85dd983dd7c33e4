"""Plots: each a picture, a sentence and a table, as the API says; by keyboard; kept as files; axe finds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks


class Plots:
    """The mode, by role and name."""

    def __init__(self, explorer: Explorer) -> None:
        self.page: Page = explorer.page
        self.explorer = explorer
        self.region = explorer.region("Plots")
        self.panel = self.region.get_by_role("tabpanel")
        self.sentence = self.panel.locator("#plot-text")

    def tab(self, title: str) -> Locator:
        return self.region.get_by_role("tab", name=title, exact=True)

    def open(self) -> None:
        self.explorer.mode("Plots")

    def says(self, name: str, **query: object) -> None:
        """Waits for the sentence that the API has for that plot, and for its picture."""
        expect(self.sentence).to_have_text(
            self.explorer.get(f"/runs/{self.explorer.run}/plots/{name}", **query)["text"]
        )
        expect(self.panel.locator("[data-old]")).to_have_count(0)
        self.explorer.plot(self.panel)


@pytest.fixture
def plots(kept: None, explorer: Explorer) -> Plots:
    """A run of two features and two classes that was trained for 30 iterations."""
    run = explorer.api.post("/runs", json={"example": "xor"}).json()["id"]
    explorer.api.post(f"/runs/{run}/iterations", json={"count": 30}).raise_for_status()
    explorer.turn(run)
    return Plots(explorer)


@pytest.mark.parametrize("look", looks("wide light"))
def test_every_plot_has_a_picture_a_sentence_and_a_table(plots: Plots, look: str) -> None:
    look_at(plots.page, look)
    plots.open()
    parts = () if LONG else ("#plots",)  # the rest of the page is the same each time
    for plot in plots.explorer.get(f"/runs/{plots.explorer.run}/plots"):
        plots.tab(plot["title"]).click()
        expect(plots.tab(plot["title"])).to_have_attribute("aria-selected", "true")
        plots.says(plot["name"])
        picture = plots.panel.get_by_role("img", name=plots.sentence.text_content(), exact=True)
        expect(picture).to_be_visible()
        plots.panel.get_by_text("As a table", exact=True).click()
        expect(plots.panel.get_by_role("table").get_by_role("row").nth(2)).to_be_attached()
        if LONG or plot["name"] == "loss":
            assert_clean(plots.page, plot["name"], *parts)


def test_by_keyboard(plots: Plots) -> None:
    keyboard = plots.page.keyboard
    keyboard.press("4")
    expect(plots.page.get_by_role("radio", name="Plots", exact=True)).to_be_checked()
    plots.says("loss")
    plots.tab("Loss").focus()
    keyboard.press("ArrowRight")
    expect(plots.tab("Norms")).to_be_focused()
    plots.says("norms")
    keyboard.press("End")
    expect(plots.tab("Confusion matrix")).to_be_focused()
    plots.says("confusion")
    keyboard.press("Home")
    expect(plots.tab("Loss")).to_be_focused()
    keyboard.press("1")
    expect(plots.region).to_have_count(0)
    expect(plots.explorer.region("Tensors")).to_be_visible()


def test_a_point_brings_its_iteration_and_all_plots_follow(plots: Plots) -> None:
    plots.open()
    plots.says("loss")
    plots.explorer.plot(plots.panel).evaluate("plot => plot.emit('plotly_click', { points: [{ x: 10 }] })")
    plots.explorer.expect_iteration(10)
    plots.says("loss")
    plots.tab("Decision surface").click()
    plots.says("surface", iteration=10)
    plots.page.get_by_role("slider", name="Viewing iteration").press("Home")
    plots.explorer.expect_iteration(0)
    plots.says("surface", iteration=0)


def test_a_decision_surface_is_pinned_to_the_stage_and_follows(plots: Plots) -> None:
    plots.open()
    plots.tab("Decision surface").click()
    plots.says("surface")
    plots.panel.get_by_role("button", name="Pin to the stage", exact=True).click()
    plots.explorer.mode("Explore")
    stage = plots.explorer.region("Tensors")

    def follows(iteration: int) -> None:
        text = plots.explorer.get(f"/runs/{plots.explorer.run}/plots/surface", iteration=iteration)["text"]
        expect(stage.get_by_role("img", name=text, exact=True)).to_be_visible()
        plots.explorer.plot(stage)

    follows(30)
    plots.page.get_by_role("slider", name="Viewing iteration").press("Home")
    follows(0)
    if LONG:
        assert_clean(plots.page, "a pinned plot", ".pinned")
    stage.get_by_role("button", name="Decision surface", exact=True).click()
    expect(plots.tab("Decision surface")).to_have_attribute("aria-selected", "true")
    plots.explorer.mode("Explore")
    stage.get_by_role("button", name="Unpin: Decision surface", exact=True).click()
    expect(stage.locator(".pinned")).to_have_count(0)


def test_surfaces_are_drawn_to_scale(plots: Plots) -> None:
    plots.open()
    plots.tab("Decision surface").click()
    plots.says("surface")
    box = (
        plots.explorer.plot(plots.panel)
        .locator(".bglayer .bg, .plotbg, .cartesianlayer .xy .plot")
        .first.bounding_box()
    )
    assert box is not None
    surface = plots.explorer.get(f"/runs/{plots.explorer.run}/plots/surface")
    spans = [float(surface[axis][-1]) - float(surface[axis][0]) for axis in ("x", "y")]
    assert box["width"] / spans[0] == pytest.approx(box["height"] / spans[1], rel=0.03)


def test_what_it_is_of_is_chosen(plots: Plots) -> None:
    plots.open()
    plots.tab("Loss along a weight").click()
    plots.says("slice")
    plots.panel.get_by_role("combobox", name="Weight: parameter").select_option("w1")
    plots.says("slice", parameter="w1", index="0,0")
    plots.panel.get_by_role("spinbutton", name="Weight: index along axis 1").fill("2")
    plots.page.keyboard.press("Enter")
    plots.says("slice", parameter="w1", index="0,2")
    plots.panel.get_by_role("spinbutton", name="How far to both sides").fill("2.5")
    plots.page.keyboard.press("Enter")
    plots.says("slice", parameter="w1", index="0,2", reach=2.5)
    plots.tab("Weight over time").click()
    plots.says("weight", parameter="w1", index="0,2")
    plots.tab("Activations").click()
    plots.says("histograms", tensor="h")
    plots.panel.get_by_role("combobox", name="Layer").select_option("score")
    plots.says("histograms", tensor="score")


def test_a_plot_is_kept_as_a_file(plots: Plots, tmp_path: Path) -> None:
    plots.open()
    plots.tab("Decision surface").click()
    plots.says("surface")
    for ending, beginning in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with plots.page.expect_download() as download:
            plots.panel.get_by_role("button", name=f"Save as {ending.upper()}", exact=True).click()
        assert download.value.suggested_filename == f"surface-30.{ending}"
        download.value.save_as(tmp_path / "plot")
        content = (tmp_path / "plot").read_bytes()
        assert content.startswith(beginning)
        assert len(content) > 5_000


def test_where_a_plot_makes_no_sense_it_says_why(plots: Plots) -> None:
    plots.explorer.begin()
    plots.open()
    plots.tab("Decision surface").click()
    expect(plots.panel).to_have_text("Nothing to draw here: this data has 10 features; a decision surface needs two.")
    plots.tab("Confusion matrix").click()
    plots.says("confusion")
