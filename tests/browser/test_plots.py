"""Plots: each a picture, a sentence and a table, as the API says; by keyboard; kept as files; axe finds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks


class Plots:
    """The dialog, by role and name."""

    def __init__(self, explorer: Explorer) -> None:
        self.page: Page = explorer.page
        self.explorer = explorer
        self.button = explorer.region("Training").get_by_role("button", name="Plots", exact=True)
        self.dialog = self.page.get_by_role("dialog", name="Plots", exact=True)
        self.panel = self.dialog.get_by_role("tabpanel")
        self.sentence = self.panel.locator("#plot-text")

    def tab(self, title: str) -> Locator:
        return self.dialog.get_by_role("tab", name=title, exact=True)

    def says(self, name: str, **query: object) -> None:
        """Waits for the sentence that the API has for that plot, and for its picture."""
        expect(self.sentence).to_have_text(
            self.explorer.get(f"/runs/{self.explorer.run}/plots/{name}", **query)["text"]
        )
        expect(self.panel.locator("[data-old]")).to_have_count(0)
        self.explorer.plot(self.panel)


@pytest.fixture
def plots(explorer: Explorer) -> Plots:
    """A run of two features and two classes that was trained for 30 iterations."""
    run = explorer.api.post("/runs", json={"example": "xor"}).json()["id"]
    explorer.api.post(f"/runs/{run}/iterations", json={"count": 30}).raise_for_status()
    explorer.open(f"/?run={run}")
    return Plots(explorer)


@pytest.mark.parametrize("look", looks("wide light"))
def test_every_plot_has_a_picture_a_sentence_and_a_table(plots: Plots, look: str) -> None:
    look_at(plots.page, look)
    plots.button.click()
    parts = () if LONG else ("#plots",)  # the rest of the page is the same each time
    assert_clean(plots.page, "the page behind")
    for plot in plots.explorer.get(f"/runs/{plots.explorer.run}/plots"):
        plots.tab(plot["title"]).click()
        expect(plots.tab(plot["title"])).to_have_attribute("aria-selected", "true")
        plots.says(plot["name"])
        picture = plots.panel.get_by_role("img", name=plots.sentence.text_content(), exact=True)
        expect(picture).to_be_visible()
        plots.panel.get_by_text("As a table", exact=True).click()
        expect(plots.panel.get_by_role("table").get_by_role("row").nth(2)).to_be_attached()
        assert_clean(plots.page, plot["name"], *parts)


def test_by_keyboard(plots: Plots) -> None:
    keyboard = plots.page.keyboard
    plots.button.focus()
    keyboard.press("Enter")
    plots.says("loss")
    plots.tab("Loss").focus()
    keyboard.press("ArrowRight")
    expect(plots.tab("Norms")).to_be_focused()
    plots.says("norms")
    keyboard.press("End")
    expect(plots.tab("Confusion")).to_be_focused()
    plots.says("confusion")
    keyboard.press("Home")
    expect(plots.tab("Loss")).to_be_focused()
    keyboard.press("Escape")
    expect(plots.dialog).to_have_count(0)
    expect(plots.button).to_be_focused()


def test_a_point_brings_its_iteration_and_all_plots_follow(plots: Plots) -> None:
    plots.button.click()
    plots.says("loss")
    plots.explorer.plot(plots.panel).evaluate("plot => plot.emit('plotly_click', { points: [{ x: 10 }] })")
    expect(plots.dialog).to_contain_text("iteration 10 of 30")
    plots.explorer.expect_iteration(10)
    plots.says("loss")
    plots.tab("Decision surface").click()
    plots.says("surface", iteration=10)
    plots.dialog.get_by_role("slider", name="Iteration of the plots").press("Home")
    expect(plots.dialog).to_contain_text("iteration 0 of 30")
    plots.says("surface", iteration=0)


def test_what_it_is_of_is_chosen(plots: Plots) -> None:
    plots.button.click()
    plots.tab("Loss by a weight").click()
    plots.says("slice")
    plots.panel.get_by_role("combobox", name="Weight: parameter").select_option("w1")
    plots.says("slice", parameter="w1", index="0,0")
    plots.panel.get_by_role("spinbutton", name="Weight: index along axis 1").fill("2")
    plots.page.keyboard.press("Enter")
    plots.says("slice", parameter="w1", index="0,2")
    plots.panel.get_by_role("spinbutton", name="How far to both sides").fill("2.5")
    plots.page.keyboard.press("Enter")
    plots.says("slice", parameter="w1", index="0,2", reach=2.5)
    plots.tab("One weight").click()
    plots.says("weight", parameter="w1", index="0,2")
    plots.tab("Layers").click()
    plots.says("histograms", tensor="h")
    plots.panel.get_by_role("combobox", name="Layer").select_option("score")
    plots.says("histograms", tensor="score")


def test_a_plot_is_kept_as_a_file(plots: Plots, tmp_path: Path) -> None:
    plots.button.click()
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


def test_the_graph_and_a_heat_map_are_kept_as_files(explorer: Explorer, tmp_path: Path) -> None:
    explorer.open()
    explorer.choose("digits")
    explorer.plot(explorer.region("Computation graph"))
    with explorer.page.expect_download() as download:
        explorer.button("Save the graph as SVG").click()
    download.value.save_as(tmp_path / "graph.svg")
    assert "scores" in (tmp_path / "graph.svg").read_text("utf-8")
    heat_map = explorer.select("w1")
    explorer.plot(heat_map.locator(".heatmap").first)
    with explorer.page.expect_download() as download:
        heat_map.get_by_role("button", name="Save w1 as PNG", exact=True).first.click()
    assert download.value.suggested_filename == "w1-value.png"


def test_where_a_plot_makes_no_sense_it_says_why(plots: Plots) -> None:
    plots.explorer.open()
    plots.button.click()
    plots.tab("Decision surface").click()
    expect(plots.panel).to_have_text("Nothing to draw here: this data has 10 features; a decision surface needs two.")
    plots.tab("Confusion").click()
    plots.says("confusion")
