"""The layer builder: by keyboard, with a preview that follows, and errors at their layer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks
from tests.browser.trouble import Trouble


class Builder:
    """The mode, by role and name."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.group = explorer.region("Build")
        self.preview = self.group.get_by_role("group", name="Preview", exact=True)

    def open(self) -> None:
        self.explorer.mode("Build")
        expect(self.layers).to_have_count(3)
        expect(self.shape(3)).to_have_text("(64, 2)")

    def build(self, title: str) -> None:
        """Builds what the preview shows, and waits until it is on the screen."""
        self.shows(title)
        self.button("Build this network").press("Enter")
        expect(self.explorer.status).to_contain_text(f"Built {title}: the loss is")
        expect(self.group).to_have_count(0)
        expect(self.explorer.page.locator("#step")).to_have_attribute("data-index", "0")

    def shows(self, title: str) -> None:
        """Waits until the preview is of that network."""
        expect(self.preview.locator(".preview-title")).to_have_text(title)

    @property
    def layers(self) -> Locator:
        return self.group.get_by_role("list", name="Layers", exact=True).get_by_role("listitem")

    def shape(self, layer: int) -> Locator:
        return self.layers.nth(layer - 1).locator(".shape")

    def type(self, layer: int) -> Locator:
        return self.group.get_by_role("combobox", name=f"Type of layer {layer}", exact=True)

    def units(self, layer: int) -> Locator:
        return self.group.get_by_role("spinbutton", name=f"units of layer {layer}", exact=True)

    def button(self, name: str) -> Locator:
        return self.group.get_by_role("button", name=name, exact=True)


@pytest.fixture
def builder(explorer: Explorer) -> Builder:
    explorer.open()
    return Builder(explorer)


def test_a_network_is_built_and_trained_by_keyboard(explorer: Explorer, builder: Builder) -> None:
    keyboard = explorer.page.keyboard
    keyboard.press("3")
    expect(builder.shape(3)).to_have_text("(64, 2)")
    builder.shows("linear 16, relu, linear 2 on moons")
    expect(explorer.region("Program")).to_have_count(0)
    for left in ("relu, linear 2", "linear 2"):
        builder.button("Remove layer 1").press("Enter")
        builder.shows(f"{left} on moons")
    expect(builder.layers).to_have_count(1)
    expect(builder.button("Remove layer 1")).to_be_focused()
    expect(builder.button("Remove layer 1")).to_have_attribute("aria-disabled", "true")

    new = builder.group.get_by_role("combobox", name="Type of the new layer", exact=True)
    for type, title in (("relu", "linear 2, relu on moons"), ("linear", "linear 16, relu, linear 2 on moons")):
        new.focus()
        keyboard.type(type)
        expect(new).to_have_value(type)
        keyboard.press("Tab")
        expect(builder.button("Add layer")).to_be_focused()
        keyboard.press("Enter")
        builder.shows(title)
        expect(builder.button("Add layer")).to_be_focused()
    builder.units(1).fill("7")
    builder.units(1).press("Enter")
    builder.shows("linear 7, relu, linear 2 on moons")
    expect(builder.units(1)).to_be_focused()
    expect(builder.shape(1)).to_have_text("(64, 7)")
    expect(builder.preview).to_contain_text("37 parameters, 64 samples")
    assert explorer.state()["document"]["title"].startswith("A training set"), (
        "nothing is opened before one asks for it"
    )

    builder.build("linear 7, relu, linear 2 on moons")
    state = explorer.state()
    lines = ["l1 = x @ w1 + b1", "l2 = relu(l1)", "out = l2 @ w2 + b2", "loss = cross_entropy(out, y)"]
    assert state["document"]["program"] == "\n".join(lines)
    assert len(state["document"]["parameters"]["w1"][0]) == 7
    explorer.expect_loss(state["loss"])
    explorer.iterations.fill("100")
    explorer.button("Train").press("Enter")
    expect(explorer.status).to_contain_text("Trained 100 iterations")
    after = explorer.state()
    assert after["loss"] < 0.7 * state["loss"]

    keyboard.press("Escape")
    explorer.mode("Build")
    builder.button("Move layer 2 up").press("Enter")
    builder.build("relu, linear 7, linear 2 on moons")
    expect(explorer.status).to_contain_text("The run before is kept; see More, Open.")
    explorer.expect_iteration(0)
    assert explorer.get(f"/runs/{after['id']}")["iteration"] == 100


@pytest.mark.long  # it follows what is built by keyboard, above
def test_the_preview_follows_every_change(explorer: Explorer, builder: Builder) -> None:
    before = explorer.run
    builder.open()
    program = builder.preview.get_by_label("Program", exact=True)
    builder.type(2).select_option("tanh")
    builder.shows("linear 16, tanh, linear 2 on moons")
    expect(program).to_contain_text("l2 = tanh(l1)")
    builder.button("Move layer 2 up").press("Enter")
    builder.shows("tanh, linear 16, linear 2 on moons")
    expect(builder.button("Move layer 1 up")).to_be_focused()
    expect(builder.shape(1)).to_have_text("(64, 2)")
    builder.group.get_by_role("combobox", name="Data", exact=True).select_option("iris")
    builder.shows("tanh, linear 16, linear 3 on iris")
    builder.group.get_by_role("spinbutton", name="samples", exact=True).fill("9")
    builder.group.get_by_role("spinbutton", name="samples", exact=True).press("Enter")
    expect(builder.shape(3)).to_have_text("(9, 3)")
    shapes = builder.preview.get_by_role("list", name="Shapes", exact=True).get_by_role("listitem")
    expect(shapes).to_have_text(["tanh(9, 4)", "linear(9, 16)", "linear(9, 3)"])
    assert explorer.run == before
    builder.build("tanh, linear 16, linear 3 on iris")
    explorer.assert_agreement("x", "w2")


def test_weights_loss_and_optimizer_are_chosen(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    builder.group.get_by_role("combobox", name="Weights", exact=True).select_option("xavier_uniform")
    seed = builder.group.get_by_role("spinbutton", name="seed", exact=True)
    seed.fill("5")
    seed.press("Enter")
    builder.group.get_by_role("combobox", name="Loss", exact=True).select_option("mse")
    program = builder.preview.get_by_label("Program", exact=True)
    expect(program).to_contain_text("loss = mse(out, one_hot(y, 2))")
    builder.group.get_by_role("combobox", name="Optimizer", exact=True).select_option("adam")
    rate = builder.group.get_by_role("spinbutton", name="Learning rate", exact=True)
    rate.fill("0.25")
    rate.press("Enter")
    builder.build("linear 16, relu, linear 2 on moons")
    document = explorer.state()["document"]
    assert (document["seed"], document["optimizer"]["name"], document["optimizer"]["lr"]) == (5, "adam", 0.25)


def test_an_error_stands_at_its_layer_and_the_last_good_preview_stays(
    explorer: Explorer, builder: Builder, trouble: Trouble
) -> None:
    trouble.allow("status of 422")
    builder.open()
    before = explorer.state()
    builder.units(1).fill("0")
    builder.units(1).press("Enter")
    expect(builder.layers.first.get_by_role("alert")).to_contain_text(
        "units must be a whole number from 1 to 1024; got 0"
    )
    expect(builder.type(1)).to_have_attribute("aria-invalid", "true")
    expect(builder.shape(2)).to_have_text("")
    builder.shows("linear 16, relu, linear 2 on moons")
    expect(builder.preview).to_contain_text("The last network without an error.")
    expect(builder.button("Build this network")).to_have_attribute("aria-disabled", "true")
    assert explorer.state() == before
    builder.units(1).fill("4")
    builder.units(1).press("Enter")
    builder.shows("linear 4, relu, linear 2 on moons")
    expect(builder.layers.first.get_by_role("alert")).to_have_text("")
    builder.build("linear 4, relu, linear 2 on moons")
    explorer.assert_agreement("x", "w2")


def test_it_says_how_the_layers_and_the_program_stand_to_each_other(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    notice = builder.group.locator("#builder-notice")
    title = "linear 16, relu, linear 2 on moons"
    expect(notice).to_contain_text("These layers differ from the program shown.")
    builder.build(title)
    explorer.mode("Build")
    expect(notice).to_contain_text("This network is built")
    builder.type(2).select_option("tanh")
    expect(notice).to_contain_text("changed since they were built")
    explorer.mode("Explore")
    program = explorer.state()["document"]["program"]
    explorer.write_program(program.replace("relu", "sigmoid"))
    expect(explorer.region("Program").get_by_role("button", name="l2 = sigmoid(l1)").first).to_be_visible()
    explorer.mode("Build")
    expect(notice).to_contain_text("edited by hand")
    builder.type(2).select_option("relu")
    builder.build(title)
    assert explorer.state()["document"]["program"] == program
    explorer.choose("xor")
    explorer.mode("Build")
    expect(notice).to_contain_text("These layers differ from the program shown.")


def test_every_type_that_the_service_offers_is_on_the_list(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    offered = [layer["type"] for layer in explorer.get("/layers")["layers"]]
    assert builder.type(1).get_by_role("option").all_text_contents() == offered


@pytest.mark.parametrize("look", looks())
def test_axe_finds_nothing(explorer: Explorer, trouble: Trouble, look: str) -> None:
    trouble.allow("status of 422")
    look_at(explorer.page, look)
    explorer.open()
    builder = Builder(explorer)
    builder.open()
    assert_clean(explorer.page, "the builder")
    builder.units(1).fill("0")
    builder.units(1).press("Enter")
    expect(builder.layers.first.get_by_role("alert")).to_contain_text("got 0")
    assert_clean(explorer.page, "an error at a layer", *(() if LONG else ("#build",)))
