"""A convolution on the stage: a picture and its window, what is laid on it, products and sums, as the API has them."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer

pytestmark = pytest.mark.usefixtures("kept")


def opened(explorer: Explorer, document: dict[str, Any], output: str) -> Locator:
    """The picture of the step that makes it."""
    explorer.begin(document)
    return at_step(explorer, output)


def at_step(explorer: Explorer, output: str) -> Locator:
    steps = explorer.trace(values="none")["steps"]
    index = next(step["index"] for step in steps if step["output"] == output and step["phase"] != "update")
    explorer.go_to_step(index)
    return explorer.region("Tensors").get_by_role("group", name=f"Picture of {output} = ")


def chosen(explorer: Explorer, word: str, position: int) -> None:
    """Goes on to a position on an axis."""
    chooser = explorer.region("Tensors").get_by_role("group", name=word, exact=True)
    while (at := int(chooser.locator("b").inner_text())) != position:
        chooser.get_by_role("button", name=f"Next: {word}", exact=True).click()
        expect(chooser.locator("b")).not_to_have_text(str(at))


def products(picture: Locator) -> list[float]:
    grid = picture.get_by_role("grid", name="Products, place by place", exact=True)
    found = grid.get_by_role("gridcell").evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")
    return [float(number) for number in found]


def test_the_gradient_of_a_kernel_is_a_picture_times_a_map_per_sample(explorer: Explorer) -> None:
    picture = opened(explorer, {"example": "convnet"}, "k1.g")
    chosen(explorer, "k1.g axis 0", 2)
    explorer.cell("k1[2, 0, 0, 1] gradient").click()
    chooser = explorer.region("Tensors").get_by_role("group", name="sample", exact=True)
    before = chooser.inner_text()
    chooser.get_by_role("button", name="Next: sample", exact=True).click()
    expect(chooser).not_to_have_text(before)
    sample = int(chooser.locator("b").inner_text())
    answer = explorer.get(f"/runs/{explorer.run}/explain", tensor="k1", field="gradient", index="2,0,0,1")
    expected = next(one for one in answer["samples"] if one["sample"] == sample)
    assert np.isclose(sum(products(picture)), expected["value"], rtol=1e-12)
    assert np.count_nonzero(products(picture)) == expected["terms"]
    tensors = explorer.trace()["tensors"]
    image, gradient = np.array(tensors["image"]["value"]), np.array(tensors["a1.conv2d"]["gradient"])
    patch = np.pad(image[sample, 0], 1)[0:8, 1:9]
    assert products(picture) == [*(patch * gradient[sample, 2]).reshape(-1)]
    grid = picture.get_by_role("grid", name="Products, place by place", exact=True)
    grid.locator('[tabindex="0"]').focus()
    explorer.page.keyboard.press("ArrowRight")
    explorer.page.keyboard.press("ArrowDown")
    readout = explorer.region("Tensors").locator(".readout")
    expect(readout).to_contain_text(f"place (1, 1): image[{sample}, 0, 0, 1] × a1.conv2d.g[{sample}, 2, 1, 1] = ")
    explorer.page.keyboard.press("Home")
    explorer.page.keyboard.press("Control+Home")
    expect(readout).to_contain_text(f"a1.conv2d.g[{sample}, 2, 0, 0] lies outside, where there is 0.")


def test_stride_padding_and_one_axis(explorer: Explorer) -> None:
    draw = np.random.default_rng(5)
    document = {
        "program": "h = conv1d(x, w, b, stride=2, padding=1)\nloss = (h * h).mean()",
        "inputs": {"x": draw.normal(size=(2, 2, 7)).round(2).tolist()},
        "parameters": {"w": draw.normal(size=(3, 2, 3)).round(2).tolist(), "b": [0.5, 0.0, -0.5]},
    }
    picture = opened(explorer, document, "h")
    chosen(explorer, "sample", 0)
    explorer.cell("h[0, 1, 0] value").click()
    x, w = np.array(document["inputs"]["x"]), np.array(document["parameters"]["w"])
    channel = int(
        explorer.region("Tensors").get_by_role("group", name="w axis 1", exact=True).locator("b").inner_text()
    )
    patch = np.pad(x[0, channel], 1)[:3]
    assert products(picture) == [*(patch * w[1, channel])]
    expect(picture).to_contain_text("plus b[1] (0)")
    picture = at_step(explorer, "w.g")
    chosen(explorer, "w.g axis 0", 1)
    explorer.cell("w[1, 0, 2] gradient").click()
    sample = int(explorer.region("Tensors").get_by_role("group", name="sample", exact=True).locator("b").inner_text())
    gradient = np.array(explorer.trace()["tensors"]["h"]["gradient"])
    assert products(picture) == [*(np.pad(x[sample, 0], 1)[2::2] * gradient[sample, 1])]
