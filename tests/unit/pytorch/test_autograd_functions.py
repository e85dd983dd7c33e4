"""Hand-written autograd.Functions judged, where PyTorch is installed: right ones, and each mistake by its name."""

from typing import Any

import pytest

import backprop_explorer as bx

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch checks autograd.Functions")


def function(backward: Any, name: str = "Cube") -> Any:
    """x ** 3 * w, with a backward of somebody's own."""

    def forward(ctx: Any, x: Any, w: Any) -> Any:
        ctx.save_for_backward(x, w)
        return x**3 * w

    def own(ctx: Any, g: Any) -> Any:
        return backward(g, *ctx.saved_tensors)

    members = {"forward": staticmethod(forward), "backward": staticmethod(own)}
    return type(name, (torch.autograd.Function,), members)


RIGHT = function(lambda g, x, w: (3 * x**2 * w * g, x**3 * g))
WRONG = {
    "wrong_sign": function(lambda g, x, w: (-3 * x**2 * w * g, x**3 * g)),
    "constant_factor": function(lambda g, x, w: (x**2 * w * g, x**3 * g)),
    "missing_incoming_gradient": function(lambda g, x, w: (3 * x**2 * w, x**3 * g)),
    "missing_local_derivative": function(lambda g, x, w: (g, x**3 * g)),
    "missing_contribution": function(lambda g, x, w: (None, x**3 * g)),
    "unknown": function(lambda g, x, w: (3 * x * w * g, x**3 * g)),
}


def tensors() -> tuple[Any, Any]:
    torch.manual_seed(0)
    return torch.randn(3, 4, requires_grad=True), torch.randn(3, 4, requires_grad=True)


def test_a_right_function_is_right_within_a_module() -> None:
    class Layer(torch.nn.Module):
        def forward(self, x: Any, w: Any) -> Any:
            return torch.tanh(RIGHT.apply(torch.sin(x), w)).sum()

    report = bx.torch.check(Layer(), *tensors())
    assert report.correct, str(report)
    assert [*report.verdicts] == ["Cube.x", "Cube.w"]


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_backward_is_blamed_by_argument_and_named(code: str) -> None:
    report = bx.torch.check(lambda x, w: WRONG[code].apply(x, w).sum(), *tensors())
    assert report.blame == ["Cube.x"]
    diagnosis = report.verdicts["Cube.x"]["diagnosis"]
    assert diagnosis is not None
    assert diagnosis["code"] == code


def test_several_calls_and_a_wrong_one_behind_a_wrong_one_are_judged_by_themselves() -> None:
    wrong = WRONG["constant_factor"]
    report = bx.torch.check(lambda x, w: RIGHT.apply(wrong.apply(RIGHT.apply(x, w), w), w), *tensors())
    assert report.blame == ["Cube.x"]
    assert [name for name in report.verdicts if name.startswith("Cube__2")] == ["Cube__2.x", "Cube__2.w"]


def test_apply_is_as_before_and_what_calls_none_is_refused() -> None:
    before = torch.autograd.Function.apply
    with pytest.raises(bx.Problem, match=r"no torch\.autograd\.Function"):
        bx.torch.check(torch.sin, torch.ones(2))
    assert torch.autograd.Function.apply == before


def test_a_backward_that_fails_is_an_error() -> None:
    broken = function(lambda g, x, w: (g[:1], g, g))
    report = bx.torch.check(lambda x, w: broken.apply(x, w), *tensors())
    assert not report.correct
    assert {one["verdict"] for one in report.verdicts.values()} == {"error"}
