"""Data of one's own on the page: a table, pictures and text are looked at, then used; rows are held out."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.service import PACKAGES
from tests.browser.test_files import dialog, drop_files, open_file
from tests.browser.traffic import Traffic
from tests.browser.trouble import Trouble

FLOWERS = b"long,wide,kind\n" + b"".join(
    b"%d.5,%d.25,%s\n" % (at % 5, (at * 3) % 7, [b"rose", b"daisy", b"tulip"][at % 3]) for at in range(15)
)


def looked(explorer: Explorer) -> Locator:
    return dialog(explorer, "Use this data")


def start(explorer: Explorer) -> None:
    before = explorer.run
    looked(explorer).get_by_role("button", name="Start a new run", exact=True).click()
    expect(looked(explorer)).to_have_count(0)
    explorer.page.wait_for_function("before => !location.search.includes(before)", arg=before)


def test_a_table_that_is_dropped_begins_a_run_by_one_click(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    drop_files(explorer, {"flowers.csv": FLOWERS})
    data = looked(explorer)
    expect(data).to_contain_text("flowers.csv: A table of 15 rows and 3 columns.")
    expect(data.get_by_role("columnheader", name="kind label", exact=True)).to_be_visible()
    expect(data.get_by_role("radio", name="the current run", exact=True)).to_be_disabled()
    expect(data.get_by_role("radio", name="a new run: a linear model", exact=True)).to_be_checked()
    start(explorer)
    expect(explorer.status).to_contain_text("Opened flowers.csv as a new run")
    expect(explorer.region("Program")).to_contain_text("loss = cross_entropy(out, y)")
    assert explorer.state()["document"]["vocabulary"] == {"y": ["daisy", "rose", "tulip"]}
    explorer.select("y")
    explorer.cell("y[0] value").first.click()
    expect(explorer.region("Explanation")).to_contain_text("input: “rose”")
    explorer.train(5)


def test_a_table_goes_into_the_run_that_it_fits_with_another_label(kept: None, explorer: Explorer) -> None:
    explorer.begin("softmax_classifier")
    table = b"a,b,c,d,kind\n" + b"".join(b"%d,2,3,4,%d\n" % (at % 3, at % 2) for at in range(8))
    open_file(explorer, "own.csv", table)
    data = looked(explorer)
    expect(data).to_contain_text("x (5, 4) becomes (8, 4)")
    data.get_by_label("Label or target").select_option("a")
    expect(data.get_by_role("columnheader", name="a label", exact=True)).to_be_visible()
    data.get_by_role("button", name="Put it into the current run", exact=True).click()
    expect(data).to_have_count(0)
    expect(explorer.status).to_contain_text("labels, x: the numbers are the file's now")
    inputs = explorer.state()["document"]["inputs"]
    assert inputs["labels"] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert inputs["x"][1] == [2, 3, 4, 1]


def test_a_missing_value_is_refused_with_its_place(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    drop_files(explorer, {"own.csv": b"a,b\n1,2\n3,\n"})
    alert = explorer.page.get_by_role("alert")
    expect(alert.first).to_contain_text("The column b has no value here")
    expect(alert.first).to_contain_text("ine 3")


@PACKAGES
def test_several_pictures_are_a_batch(kept: None, explorer: Explorer) -> None:
    explorer.begin("autoencoder")
    files = []
    for at in range(3):
        file = io.BytesIO()
        Image.fromarray(np.full((16, 16), 80 * at, np.uint8)).save(file, "PNG")
        files.append(FilePayload(name=f"{at}.png", mimeType="image/png", buffer=file.getvalue()))
    explorer.more("Open")
    dialog(explorer, "Open a document").get_by_label("Open a file…").set_input_files(files)
    data = looked(explorer)
    expect(data).to_contain_text("3 pictures: 3 pictures of 16 × 16 pixels, grey.")
    expect(data).to_contain_text("Resized to the 8 × 8 pixels of x")
    data.get_by_role("button", name="Put it into the current run", exact=True).click()
    expect(data).to_have_count(0)
    x = explorer.state()["document"]["inputs"]["x"]
    assert [row[0] for row in x] == [0, 80 / 255, 160 / 255]


def test_text_begins_a_run_over_words(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    drop_files(explorer, {"hamlet.txt": b"to be or not to be that is the question " * 3})
    data = looked(explorer)
    expect(data).to_contain_text("A text of 120 characters")
    data.get_by_label("Cut into").select_option("words")
    expect(data).to_contain_text("The vocabulary has 8 words")
    data.get_by_role("radio", name="a new run: a small network over the tokens before", exact=True).check()
    start(explorer)
    document = explorer.state()["document"]
    assert document["vocabulary"]["y"] == ["be", "is", "not", "or", "question", "that", "the", "to"]
    explorer.train(3)


def test_rows_that_are_pasted_are_a_table(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    explorer.more("Open")
    opening = dialog(explorer, "Open a document")
    opening.get_by_text("Paste a document").click()
    opening.get_by_role("textbox", name="Document", exact=True).fill(FLOWERS.decode())
    opening.get_by_role("button", name="Open", exact=True).click()
    expect(looked(explorer)).to_contain_text("A table of 15 rows and 3 columns.")


def test_rows_are_held_out_and_their_loss_is_drawn(kept: None, explorer: Explorer) -> None:
    explorer.begin("softmax_classifier")
    explorer.button("sgd, lr 0.5").click()
    page = explorer.page
    page.get_by_text("Validation: no rows held out", exact=True).click()
    page.get_by_label("Hold out").fill("40")
    page.get_by_role("button", name="Hold out rows", exact=True).click()
    expect(explorer.status).to_contain_text("The rows are held out; the loss on them is")
    page.keyboard.press("Escape")
    explorer.train(4)
    state = explorer.state()
    assert state["validation"] == {"fraction": 0.4, "shuffle": True}
    held = [float(loss) for loss in (page.locator(".curve").get_attribute("data-held") or "").split()]
    assert held == state["validation_losses"]
    assert len(held) == 5
    expect(page.locator("#validation-loss")).to_have_attribute("data-value", str(held[-1]))
    explorer.button("Undo").click()
    expect(page.locator(".curve")).to_have_attribute("data-held", str(held[0]))


def test_the_shape_of_a_missing_tensor_is_offered(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    program = explorer.region("Program")
    program.get_by_role("button", name="Edit", exact=True).click()
    explorer.program_text.fill("l1 = x @ v + b1\nl2 = relu(l1)\nout = l2 @ w2 + b2\nloss = mse(out[:, 0], y)")
    explorer.program_text.press("Control+Enter")
    form = program.get_by_role("form", name="Add v", exact=True)
    expect(form.get_by_role("textbox", name="Shape or numbers", exact=True)).to_have_value("(10, 2)")
    expect(form).to_contain_text("This shape follows from how v is used.")
    form.get_by_role("button", name="Add v", exact=True).click()
    expect(explorer.status).to_contain_text("Added: v")


def test_a_late_offer_of_a_shape_moves_no_button(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic
) -> None:
    """A click that falls on a button that moves away is lost."""
    trouble.allow("status of 422")
    traffic.hold("/api/shapes")
    explorer.begin()
    program = explorer.region("Program")
    program.get_by_role("button", name="Edit", exact=True).click()
    explorer.program_text.fill("l1 = x @ v + b1\nl2 = relu(l1)\nout = l2 @ w2 + b2\nloss = mse(out[:, 0], y)")
    explorer.program_text.press("Control+Enter")
    traffic.await_held()
    form = program.get_by_role("form", name="Add v", exact=True)
    form.get_by_role("textbox", name="Shape or numbers", exact=True).fill("two")
    places = [form.get_by_role("button"), program.get_by_role("button", name="Apply", exact=True)]
    before = [place.bounding_box() for place in places]
    traffic.forget()
    expect(form).to_contain_text("This shape follows from how v is used.")
    assert [place.bounding_box() for place in places] == before
