"""Files in and out: a run is saved, opened again, gets numbers from a file; a foreign network says what was made up."""

import io
import json
import re

import numpy as np
from playwright.sync_api import FilePayload, Locator, expect

from tests.amount import LONG
from tests.browser.explorer import Explorer
from tests.browser.service import PACKAGES
from tests.browser.trouble import Trouble
from tests.onnx_network import network, network_in_two


def dialog(explorer: Explorer, name: str) -> Locator:
    return explorer.page.get_by_role("dialog", name=name, exact=True)


def open_file(explorer: Explorer, name: str, content: bytes) -> None:
    explorer.more("Open")
    opening = dialog(explorer, "Open a document")
    expect(opening).to_contain_text("It may be: ")
    payload = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    opening.get_by_label("Open a file…").set_input_files(payload)


def drop_files(explorer: Explorer, files: dict[str, bytes]) -> None:
    transfer = explorer.page.evaluate_handle(
        """files => {
          const transfer = new DataTransfer();
          for (const [name, bytes] of files)
            transfer.items.add(new File([new Uint8Array(bytes)], name));
          return transfer;
        }""",
        [[name, list(content)] for name, content in files.items()],
    )
    explorer.region("Tensors").dispatch_event("drop", {"dataTransfer": transfer})


def test_a_run_is_saved_as_each_file_that_the_service_offers_and_opened_again(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.train(3)
    before, loss = explorer.run, explorer.loss()
    explorer.more("Export")
    exporting = dialog(explorer, "Export")
    offered = [format for format in explorer.get("/formats") if format["exports"]]
    expect(exporting.get_by_role("link")).to_have_count(len(offered))
    with explorer.page.expect_download() as download:
        exporting.get_by_role("link", name="NumPy script", exact=True).click()
    assert download.value.suggested_filename == "a-training-set-small-enough-to-follow-3.py"
    script = download.value.path().read_bytes()
    assert script == explorer.api.get(f"/runs/{before}/export", params={"format": "numpy"}).content
    exporting.get_by_role("spinbutton", name="First iteration, of those up to 3", exact=True).fill("1")
    page = exporting.get_by_role("link", name="Page in one file", exact=True)
    expect(page).to_have_attribute("href", re.compile(rf"/runs/{before}/export\?.*\bfirst_iteration=1\b"))
    if LONG:  # such a page takes seconds; tests/api/test_export.py and test_client.py always have some made
        with explorer.page.expect_download() as download:
            page.click()
        assert download.value.suggested_filename == "a-training-set-small-enough-to-follow-1-to-3.html"
    exporting.get_by_role("button", name="Close", exact=True).click()
    expect(exporting).to_have_count(0)
    open_file(explorer, "script.py", script)
    expect(dialog(explorer, "Open a document")).to_have_count(0)
    explorer.expect_iteration(0)
    explorer.expect_loss(loss)
    assert explorer.run != before


@PACKAGES
def test_a_foreign_network_opens_with_what_was_made_up_for_it(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    drop_files(explorer, {"network.onnx": network()})
    told = dialog(explorer, "Opened, with notes")
    expect(told).to_contain_text("The file has no loss: loss = cross_entropy(out, labels) is made up")
    told.get_by_role("button", name="Close", exact=True).click()
    expect(told).to_have_count(0)
    expect(explorer.region("Program")).to_contain_text('out = linear(x, fc_weight, fc_bias, layout="out_in")')
    explorer.train(5)
    assert explorer.state()["losses"][-1] < explorer.state()["losses"][0]


@PACKAGES
def test_a_network_and_its_weights_are_dropped_or_chosen_together(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    files = network_in_two()
    drop_files(explorer, dict(reversed(files.items())))
    told = dialog(explorer, "Opened, with notes")
    told.get_by_role("button", name="Close", exact=True).click()
    expect(told).to_have_count(0)
    assert explorer.state()["document"]["parameters"]["fc_weight"] == [[1.0] * 3] * 2
    before = explorer.run
    explorer.more("Open")
    dialog(explorer, "Open a document").get_by_label("Open a file…").set_input_files(
        [FilePayload(name=name, mimeType="", buffer=content) for name, content in files.items()]
    )
    told.get_by_role("button", name="Close", exact=True).click()
    expect(told).to_have_count(0)
    assert explorer.run != before
    assert explorer.state()["document"]["parameters"]["fc_weight"] == [[1.0] * 3] * 2


@PACKAGES
def test_a_network_without_its_weights_says_which_file_is_missing(
    kept: None, explorer: Explorer, trouble: Trouble
) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    drop_files(explorer, {"network.onnx": network_in_two()["network.onnx"]})
    expect(explorer.page.get_by_role("alert").first).to_contain_text("'network.onnx.data', which is missing")


def test_a_tensor_is_copied_whole_and_a_block_of_numpys_print_is_pasted(kept: None, explorer: Explorer) -> None:
    explorer.begin("digits")
    selected = explorer.select("x")
    selected.get_by_role("button", name="Copy x as NumPy", exact=True).click()
    expect(explorer.status).to_contain_text("Copied x as NumPy code")
    copied = explorer.page.evaluate("navigator.clipboard.readText()")
    numbers = copied.removeprefix("np.array(").removesuffix(")")
    assert json.loads(numbers) == explorer.trace()["tensors"]["x"]["value"]
    explorer.choose("lesson13")
    explorer.page.evaluate("text => navigator.clipboard.writeText(text)", "[[ 1.5 nan]\n [-2.   0. ]]")
    explorer.select("w1")
    explorer.cell("w1[0, 0] value").first.click()
    explorer.page.keyboard.press("Control+v")
    expect(explorer.status).to_contain_text("4 cells of w1 are written")
    assert explorer.state()["document"]["parameters"]["w1"][:2] == [[1.5, "NaN"], [-2.0, 0.0]]


def test_a_file_of_numbers_goes_into_the_run_on_the_screen(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    file = io.BytesIO()
    np.savez(file, w1=np.full((10, 2), 0.25), elsewhere=np.ones(1))
    open_file(explorer, "weights.npz", file.getvalue())
    take = explorer.button("Put its numbers into the current run")
    expect(dialog(explorer, "Open a document")).to_contain_text("tensors only (w1 and elsewhere)")
    take.click()
    told = dialog(explorer, "Opened, with notes")
    expect(told).to_contain_text("Left out, since the run has no input or parameter of the name: elsewhere.")
    told.get_by_role("button", name="Close", exact=True).click()
    expect(told).to_have_count(0)
    expect(explorer.status).to_contain_text("w1: the numbers are the file's now")
    assert explorer.state()["document"]["parameters"]["w1"] == [[0.25, 0.25]] * 10
    explorer.select("w1")
    expect(explorer.cell("w1[9, 1] value").first).to_have_attribute("data-value", "0.25")


def test_examples_come_first_then_recent_runs_and_a_click_beside_closes(explorer: Explorer) -> None:
    explorer.open()
    first = explorer.run
    explorer.choose("xor")
    explorer.more("Open")
    opening = dialog(explorer, "Open a document")
    assert opening.get_by_role("heading", level=3).all_inner_texts() == ["Examples", "Recent runs", "File"]
    titles = [example["title"] for example in explorer.get("/examples")]
    examples = opening.get_by_role("region", name="Examples", exact=True)
    expect(examples.get_by_role("button")).to_have_text(titles)
    recent = opening.get_by_role("region", name="Recent runs", exact=True).get_by_role("link")
    assert recent.evaluate_all("links => links.map(link => link.getAttribute('href'))")[1] == f"#run={first}"
    opening.get_by_text("Paste a document", exact=True).click()
    opening.get_by_role("textbox", name="Document", exact=True).fill("{not a document")
    explorer.page.mouse.click(5, 300)
    expect(opening).to_have_count(0)
    explorer.more("Open")
    expect(opening.get_by_role("textbox", name="Document", exact=True)).to_have_value("{not a document")
    examples.get_by_role("button", name=titles[0], exact=True).click()
    expect(explorer.status).to_contain_text(f"Opened {titles[0]}")
    expect(opening).to_have_count(0)
