"""PyTorch models opened as they are, where PyTorch is installed: the same loss and the same gradients as autograd's,
names and lines kept, and what cannot be opened refused with its line."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import trace
from tests.amount import some

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch opens its models")
nn, F = torch.nn, torch.nn.functional

from tests.bench import opened as bench  # noqa: E402
from tests.bench.models.cases import CASES  # noqa: E402

pytestmark = pytest.mark.usefixtures("double")

USUAL = [
    "MLP, batch norm and a penalty", "two heads, a dict, an unused layer", "frozen body, detached target",
    "MobileNetV2", "U-Net, transposed convolutions", "spatial transformer, in place", "LSTM, two layers, both ways",
    "sequence to sequence, attention", "embedding bags", "GPT-2, tied, with its loss",
    "Llama, rotary, grouped queries", "T5, encoder and decoder", "VAE", "message passing",
]  # fmt: skip


@pytest.mark.parametrize("name", some([*CASES], *USUAL))
def test_the_loss_and_every_gradient_are_autograds(name: str) -> None:
    result = bench.judged(name, CASES[name])
    assert result.right, f"{result.refused} {result.difference}"


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("shift", torch.tensor([1.0, 2.0]))

    def forward(self, x: Any) -> Any:
        return self.helped(self.body(x) * self.scale)

    def helped(self, h: Any) -> Any:
        return torch.tanh(h) + self.shift


def test_names_are_those_of_the_state_dict() -> None:
    model = Net()
    document = bx.torch.open(model, torch.randn(5, 3)).document
    assert {*document["parameters"], *document["inputs"]} == {*model.state_dict(), "x"}
    assert {*document["inputs"]} == {"shift", "x"}
    for name, one in model.named_parameters():
        np.testing.assert_array_equal(document["parameters"][name], one.detach().numpy())


def test_a_module_without_a_name_is_read_as_model() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    opened = bx.torch.open(model, torch.randn(5, 3))
    assert {*opened.document["parameters"]} == {"0.weight", "0.bias", "2.weight", "2.bias"}
    shown = opened._repr_html_()
    assert shown.count("(4, 3)") == 1
    assert f"loss {opened.plan().run():.4g}".replace("-", "−") in shown
    plan = opened.plan()
    plan.run()
    model(torch.tensor(opened.document["inputs"]["input"])).mean().backward()
    np.testing.assert_allclose(plan["2.weight.g"], model[2].weight.grad.numpy(), rtol=1e-12)


def test_every_step_tells_file_line_and_module() -> None:
    steps = trace(bx.torch.open(Net(), torch.randn(5, 3)).plan())["steps"]
    told = {step["op"]: step.get("source") for step in steps if step["phase"] == "forward"}
    lines, first = inspect.getsourcelines(Net)
    places = {line.strip(): first + place for place, line in enumerate(lines)}
    assert told["linear"] == {
        "file": "tests/unit/pytorch/test_opened_models.py",
        "line": places["return self.helped(self.body(x) * self.scale)"],
        "module": "body.2",
    }
    tanh = told["tanh"]
    assert tanh is not None
    assert (tanh["line"], tanh["module"]) == (places["return torch.tanh(h) + self.shift"], "")


def test_the_mode_is_kept_and_the_model_unchanged() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5))
    x = torch.randn(6, 3)
    before = {name: one.clone() for name, one in model.state_dict().items()}
    state = torch.get_rng_state()
    model.eval()
    assert "training=True" not in bx.torch.open(model, x).document["program"]
    model.train()
    opened = bx.torch.open(model, x)
    assert "training=True" in opened.document["program"]
    assert any("dropout draws its own mask" in note for note in opened.notes)
    assert all(torch.equal(before[name], one) for name, one in model.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
    assert model.training


def test_a_loss_of_the_output_reads_what_it_takes_from_outside() -> None:
    labels = torch.tensor([0, 1, 1, 0])
    opened = bx.torch.open(nn.Linear(3, 2), torch.randn(4, 3), loss=lambda out: F.cross_entropy(out, labels))
    assert opened.document["inputs"]["labels"].tolist() == [0, 1, 1, 0]
    assert opened.document["sources"][-1]["file"] == "tests/unit/pytorch/test_opened_models.py"


def test_without_a_loss_it_is_the_number_or_the_mean_or_the_sum_of_means() -> None:
    x = torch.randn(4, 3)
    for give, wanted in (
        (lambda x: (x, x.square().sum()), x.square().sum()),
        (lambda x: x, x.mean()),
        (lambda x: {"a": x, "b": x.square()}, x.mean() + x.square().mean()),
    ):
        assert bx.torch.open(give, x).plan().run() == pytest.approx(wanted.item(), rel=1e-12)


def test_shared_and_unused_tensors_are_noted() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.head, self.spare = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False), nn.Linear(2, 2)
            self.head.weight = self.embed.weight

        def forward(self, tokens: Any) -> Any:
            return self.head(self.embed(tokens)).logsumexp(-1)

    opened = bx.torch.open(Tied(), torch.tensor([1, 4]))
    assert {*opened.document["parameters"]} == {"embed.weight"}
    assert "head.weight is the same tensor as embed.weight" in opened.notes
    assert sum("spare" in note and "left out" in note for note in opened.notes) == 2


def test_what_has_no_counterpart_is_refused_with_operator_and_line() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x: Any) -> Any:
            return torch.special.i0(self.fc(x))

    line = inspect.getsourcelines(Odd)[1] + 6
    with pytest.raises(bx.Problem, match=rf"aten\.special_i0\.default at tests/unit/\S+:{line} ") as caught:
        bx.torch.open(Odd(), torch.randn(2, 3))
    assert caught.value.code == "not_in_language"


def test_what_depends_on_numbers_is_refused_with_its_line() -> None:
    def branching(x: Any) -> Any:
        return x * 2 if x.sum() > 0 else x

    line = inspect.getsourcelines(branching)[1] + 1
    with pytest.raises(bx.Problem, match=rf"cannot record the model at tests/unit/\S+:{line}") as caught:
        bx.torch.open(branching, torch.randn(2, 3))
    assert caught.value.code == "not_captured"
    assert "no `if` on them" in str(caught.value.hint)


def test_a_loss_that_is_no_number_is_refused() -> None:
    with pytest.raises(bx.Problem, match=r"a single number, and is a tensor of shape \(4, 2\)"):
        bx.torch.open(nn.Linear(3, 2), torch.randn(4, 3), loss=lambda out: out * 2)


def test_a_function_of_tensors_that_train_is_opened() -> None:
    w = torch.randn(3, 2, requires_grad=True)
    opened = bx.torch.open(lambda x, w: torch.sigmoid(x @ w).sum(), torch.randn(4, 3), w)
    assert {*opened.document["parameters"]} == {"w"}


def test_float32_stays_float32() -> None:
    torch.set_default_dtype(torch.float32)
    assert bx.torch.open(nn.Linear(3, 2), torch.randn(4, 3)).document["dtype"] == "float32"


def test_names_of_the_language_give_way() -> None:
    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.np, self.x = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x: Any) -> Any:
            return self.x(self.np(x))

    model = Named()
    opened = bx.torch.open(model, torch.randn(2, 3))
    plan = opened.plan()
    x = torch.tensor(opened.document["inputs"]["x_2"])
    assert plan.run() == pytest.approx(model(x).mean().item(), rel=1e-12)
    assert any("np.weight is called" in note for note in opened.notes)


def test_a_widget_shows_it_without_a_server() -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed: bx.widget needs it")
    shown = bx.widget(bx.torch.open(Net(), torch.randn(5, 3)))
    assert shown.run["title"] == "Net"
    assert shown.trace["steps"][0]["source"]["module"] == "body.0"
