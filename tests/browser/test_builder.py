"""The layer builder: by keyboard, with the program, the graph and the tensors following, and errors at their layer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.looks import assert_clean, look_at, looks
from tests.browser.trouble import Trouble


class Builder:
    """The panel, by role and name."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.group = explorer.page.get_by_role("group", name="Build", exact=True)
        self.toggle = explorer.region("Program").get_by_role("button", name="Build", exact=True)

    def open(self) -> None:
        self.toggle.click()
        expect(self.layers).to_have_count(3)
        expect(self.shape(3)).to_have_text("(64, 2)")

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

    def built(self, title: str) -> None:
        """Waits until that network is on the screen."""
        expect(self.explorer.status).to_contain_text(f"Built {title}: the loss is")
        expect(self.explorer.page.locator("#step")).to_have_attribute("data-index", "0")


@pytest.fixture
def builder(explorer: Explorer) -> Builder:
    explorer.open()
    return Builder(explorer)


def test_a_network_is_built_and_trained_by_keyboard(explorer: Explorer, builder: Builder) -> None:
    keyboard = explorer.page.keyboard
    builder.toggle.focus()
    keyboard.press("Enter")
    expect(builder.toggle).to_have_attribute("aria-expanded", "true")
    expect(builder.shape(3)).to_have_text("(64, 2)")
    assert explorer.state()["document"]["title"].startswith("Lesson 13"), "opening the panel changes nothing"

    builder.button("Build these layers").press("Enter")
    builder.built("linear 16, relu, linear 2 on moons")
    for _ in range(2):
        builder.button("Remove layer 1").press("Enter")
    builder.built("linear 2 on moons")
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
        builder.built(title)
        expect(builder.button("Add layer")).to_be_focused()
    builder.units(1).fill("7")
    builder.units(1).press("Enter")
    builder.built("linear 7, relu, linear 2 on moons")
    expect(builder.units(1)).to_be_focused()
    expect(builder.shape(1)).to_have_text("(64, 7)")
    expect(explorer.region("Program")).to_contain_text("out = l2 @ w2 + b2")
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
    explorer.expect_loss(after["loss"])
    expect(builder.shape(1)).to_have_text("(64, 7)")
    builder.button("Move layer 2 up").press("Enter")
    builder.built("relu, linear 7, linear 2 on moons")
    expect(explorer.status).to_contain_text("The run before is kept, see Open.")
    explorer.expect_iteration(0)
    assert explorer.get(f"/runs/{after['id']}")["iteration"] == 100


def test_program_graph_and_tensors_follow_every_change(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    builder.button("Build these layers").click()
    builder.built("linear 16, relu, linear 2 on moons")
    builder.type(2).select_option("tanh")
    builder.built("linear 16, tanh, linear 2 on moons")
    expect(explorer.region("Program")).to_contain_text("l2 = tanh(l1)")
    builder.button("Move layer 2 up").press("Enter")
    builder.built("tanh, linear 16, linear 2 on moons")
    expect(builder.button("Move layer 1 up")).to_be_focused()
    expect(builder.shape(1)).to_have_text("(64, 2)")
    builder.group.get_by_role("combobox", name="Data", exact=True).select_option("iris")
    builder.built("tanh, linear 16, linear 3 on iris")
    builder.group.get_by_role("spinbutton", name="samples", exact=True).fill("9")
    builder.group.get_by_role("spinbutton", name="samples", exact=True).press("Enter")
    expect(builder.shape(3)).to_have_text("(9, 3)")
    expect(explorer.region("Program").get_by_role("button", name="l1 = tanh(x)")).to_contain_text("(9, 4)")
    explorer.assert_agreement()


def test_weights_loss_and_optimizer_are_chosen(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    title = "linear 16, relu, linear 2 on moons"
    builder.group.get_by_role("combobox", name="Weights", exact=True).select_option("xavier_uniform")
    builder.built(title)
    first = explorer.loss()
    seed = builder.group.get_by_role("spinbutton", name="seed", exact=True)
    seed.fill("5")
    seed.press("Enter")
    expect(explorer.page.locator("#loss")).not_to_have_attribute("data-value", first)
    builder.group.get_by_role("combobox", name="Loss", exact=True).select_option("mse")
    expect(explorer.region("Program")).to_contain_text("loss = mse(out, one_hot(y, 2))")
    builder.group.get_by_role("combobox", name="Learns by", exact=True).select_option("adam")
    expect(explorer.region("Training").get_by_role("combobox", name="Optimizer", exact=True)).to_have_value("adam")
    document = explorer.state()["document"]
    assert (document["seed"], document["optimizer"]["name"]) == (5, "adam")

    rate = explorer.region("Training").get_by_role("textbox", name="lr", exact=True)
    rate.fill("0.25")
    rate.press("Enter")
    expect(explorer.status).to_contain_text("The optimizer is adam")
    expect(builder.group.get_by_role("spinbutton", name="lr", exact=True)).to_have_value("0.25")
    builder.type(2).select_option("tanh")
    builder.built("linear 16, tanh, linear 2 on moons")
    assert explorer.state()["document"]["optimizer"]["lr"] == 0.25


def test_an_error_stands_at_its_layer_and_the_last_good_program_stays(
    explorer: Explorer, builder: Builder, trouble: Trouble
) -> None:
    trouble.allow("status of 422")
    builder.open()
    builder.button("Build these layers").click()
    builder.built("linear 16, relu, linear 2 on moons")
    before = explorer.state()
    builder.units(1).fill("0")
    builder.units(1).press("Enter")
    expect(builder.layers.first.get_by_role("alert")).to_contain_text(
        "units must be a whole number from 1 to 1024; got 0"
    )
    expect(builder.type(1)).to_have_attribute("aria-invalid", "true")
    expect(builder.shape(2)).to_have_text("")
    assert explorer.state() == before
    builder.units(1).fill("4")
    builder.units(1).press("Enter")
    builder.built("linear 4, relu, linear 2 on moons")
    expect(builder.layers.first.get_by_role("alert")).to_have_text("")
    explorer.assert_agreement()


def test_a_program_that_is_edited_by_hand_is_the_truth(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    notice = builder.group.locator("#builder-notice")
    expect(notice).to_contain_text("not what is on the screen")
    builder.button("Build these layers").click()
    builder.built("linear 16, relu, linear 2 on moons")
    expect(notice).to_contain_text("Each change here writes the program anew")
    program = explorer.state()["document"]["program"]
    explorer.write_program(program.replace("relu", "sigmoid"))
    expect(explorer.status).to_contain_text("The program is changed")
    expect(notice).to_contain_text("Edited by hand")
    assert explorer.state()["document"]["program"] == program.replace("relu", "sigmoid")
    builder.button("Write it anew").click()
    builder.built("linear 16, relu, linear 2 on moons")
    expect(notice).to_contain_text("Each change here writes the program anew")
    assert explorer.state()["document"]["program"] == program

    explorer.choose("xor")
    expect(notice).to_contain_text("not what is on the screen")
    builder.toggle.click()
    expect(builder.group).to_have_count(0)


def test_every_type_that_the_service_offers_is_on_the_list(explorer: Explorer, builder: Builder) -> None:
    builder.open()
    offered = [layer["type"] for layer in explorer.get("/layers")["layers"]]
    assert builder.type(1).get_by_role("option").all_text_contents() == offered


@pytest.mark.parametrize("look", looks("wide light", "narrow dark"))
def test_axe_finds_nothing(explorer: Explorer, trouble: Trouble, look: str) -> None:
    trouble.allow("status of 422")
    look_at(explorer.page, look)
    explorer.open()
    builder = Builder(explorer)
    builder.open()
    builder.button("Build these layers").click()
    builder.built("linear 16, relu, linear 2 on moons")
    builder.units(1).fill("0")
    builder.units(1).press("Enter")
    expect(builder.layers.first.get_by_role("alert")).to_contain_text("got 0")
    assert_clean(explorer.page, "an error at a layer")
