"""Code as it stands: pasted with its data and trained, its own backward pass checked, an unknown name added."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble

CLASS = """import torch
from torch import nn

X = torch.tensor([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.25]])
y = torch.tensor([[1.0], [0.0], [1.0]])

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 4)
        self.fc2 = nn.Linear(4, 1)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))

net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(10):
    loss = ((net(X) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, loss.item())
"""

BACKWARD = """import numpy as np

x = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
y = np.array([[1.0], [0.0], [2.0]])
w = np.array([[0.5], [-0.25]])
b = np.zeros(1)
for step in range(20):
    out = x @ w + b
    error = out - y
    loss = np.mean(error ** 2)
    dout = 2 * error / 3
    dw = x.T @ dout
    db = dout.mean(0)
    w -= 0.1 * dw
    b -= 0.1 * db
"""


def paste(explorer: Explorer, text: str) -> Locator:
    """Opens the text by the dialog."""
    explorer.more("Open")
    opening = explorer.page.get_by_role("dialog", name="Open a document", exact=True)
    opening.get_by_text("Paste a document", exact=True).click()
    opening.get_by_role("textbox", name="Document", exact=True).fill(text)
    opening.get_by_role("button", name="Open", exact=True).click()
    return opening


def test_a_class_with_its_data_is_pasted_and_trained(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    before = explorer.run
    opening = paste(explorer, CLASS)
    expect(explorer.status).to_have_text("Opened your code as a new run. The run before is kept; see More, Open.")
    expect(opening).to_have_count(0)
    assert explorer.run != before
    assert set(explorer.state()["document"]["parameters"]) == {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}
    notes = explorer.page.get_by_role("list", name="What became of your code", exact=True)
    expect(notes.get_by_role("listitem").filter(has_text="X (3, 2) is an input")).to_contain_text("Line 4")
    explorer.button("Next step").click()
    expect(notes).to_be_visible()
    explorer.button("Close notes").click()
    expect(notes).to_have_count(0)
    explorer.train(5)
    losses = explorer.state()["losses"]
    assert losses[-1] < losses[0]


def test_the_wrong_step_of_a_pasted_backward_pass_is_found(kept: None, explorer: Explorer) -> None:
    explorer.begin()
    paste(explorer, BACKWARD)
    explorer.button("Check your backward pass").click()
    verdicts = explorer.page.get_by_role("list", name="Your backward pass", exact=True)
    expect(verdicts.get_by_role("listitem").filter(has_text="b.g")).to_contain_text("this step is wrong")
    expect(verdicts.get_by_role("listitem").filter(has_text="w.g")).to_contain_text("right")
    expect(explorer.status).to_have_text("Wrong in itself: b.g.")


def test_an_unknown_name_is_added_as_a_parameter(kept: None, explorer: Explorer, trouble: Trouble) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    run, program = explorer.run, explorer.region("Program")
    program.get_by_role("button", name="Edit", exact=True).click()
    text = "l1 = x @ w1 + b1\nl2 = relu(l1) * s\nout = l2 @ w2 + b2\nloss = mse(out[:, 0], y)"
    explorer.program_text.fill(text)
    expect(program).to_contain_text("s is not known yet. Apply lets you add it.")
    assert explorer.state()["version"] == 1, "what is typed is not kept"
    explorer.program_text.press("Control+Enter")
    form = program.get_by_role("form", name="Add s", exact=True)
    form.get_by_role("radio", name="a parameter", exact=True).check()
    shape = form.get_by_role("textbox", name="Shape or numbers", exact=True)
    shape.fill("two")
    form.get_by_role("button", name="Add s", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("“two” is not a shape")
    expect(shape).to_have_value("two")
    shape.fill("2")
    shape.press("Enter")
    expect(explorer.status).to_have_text(re.compile("Added: s"))
    assert explorer.run == run
    assert len(explorer.state()["document"]["parameters"]["s"]) == 2
    explorer.button("Undo").click()
    expect(program).not_to_contain_text("* s")
    assert "s" not in explorer.state()["document"]["parameters"]
