"""Mistakes in hand-written autograd.Functions of many kinds, where PyTorch is installed: each blamed and named."""

from __future__ import annotations

from typing import Any

import pytest

import backprop_explorer as bx

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch checks autograd.Functions")


def made(forward: Any, backward: Any) -> Any:
    """A function of tensors that keeps its arguments and its result for its backward, `backward(g, *arguments, y)`."""

    def own(ctx: Any, *arguments: Any) -> Any:
        result = forward(*arguments)
        ctx.save_for_backward(*arguments, result)
        return result

    def back(ctx: Any, g: Any) -> Any:
        return backward(g, *ctx.saved_tensors)

    members = {"forward": staticmethod(own), "backward": staticmethod(back)}
    return type("Own", (torch.autograd.Function,), members)


def softmax(x: Any) -> Any:
    return torch.softmax(x, 1)


def rms(x: Any, w: Any) -> Any:
    return x / (x.pow(2).mean(1, keepdim=True) + 1e-6).sqrt() * w


CASES: dict[str, tuple[Any, Any, tuple[int, ...], set[str], set[str]]] = {
    "relu without its mask": (
        lambda x: x.clamp(min=0),
        lambda g, x, y: g,
        (1,),
        {"x"},
        {"mask_ignored", "missing_local_derivative"},
    ),
    "leaky slope on the wrong side": (
        lambda x: torch.where(x > 0, x, 0.1 * x),
        lambda g, x, y: torch.where(x < 0, g, 0.1 * g),
        (1,),
        {"x"},
        {"unknown"},
    ),
    "softmax without its sum": (softmax, lambda g, x, y: y * g, (1,), {"x"}, {"unknown", "missing_local_derivative"}),
    "sigmoid without the incoming gradient": (
        torch.sigmoid,
        lambda g, x, y: y * (1 - y),
        (1,),
        {"x"},
        {"missing_incoming_gradient"},
    ),
    "tanh by its argument": (torch.tanh, lambda g, x, y: g * (1 - x**2), (1,), {"x"}, {"unknown"}),
    "mean as a sum": (lambda x: x.mean(1), lambda g, x, y: g[:, None].expand_as(x), (1,), {"x"}, {"sum_for_mean"}),
    "sum as a mean": (lambda x: x.sum(0), lambda g, x, y: g.expand_as(x) / len(x), (1,), {"x"}, {"mean_for_sum"}),
    "product's factors exchanged": (
        lambda a, b: a * b**2,
        lambda g, a, b, y: (2 * a * b * g, b**2 * g),
        (1, 1),
        {"a", "b"},
        {"wrong_tensor"},
    ),
    "gain of a norm as if it were none": (
        rms,
        lambda g, x, w, y: (None, (g * y).sum(0)),
        (1, 0),
        {"x", "w"},
        {"missing_contribution", "unknown"},
    ),
    "square's 2": (lambda x: x**2, lambda g, x, y: x * g, (1,), {"x"}, {"constant_factor"}),
    "difference's sign": (
        lambda a, b: a - b,
        lambda g, a, b, y: (g, g),
        (1, 1),
        {"b"},
        {"wrong_sign", "missing_local_derivative"},
    ),
    "cut at both ends": (lambda x: x.clamp(-0.5, 0.5), lambda g, x, y: g * (x < 0.5), (1,), {"x"}, {"mask_ignored"}),
}
"""By what is wrong: forward, backward, how many axes more than one each argument has, which are blamed, what it is."""


@pytest.mark.parametrize("name", CASES)
def test_it_is_blamed_and_named(name: str) -> None:
    forward, backward, axes, blamed, codes = CASES[name]
    torch.manual_seed(3)
    arguments = [torch.randn(*((5, 4) if more else (4,)), requires_grad=True) for more in axes]
    own = made(forward, backward)
    own.forward.__signature__ = None
    report = bx.torch.check(lambda *given: own.apply(*given).sum(), *arguments)
    names = [f"Own.{one}" for one in report.verdicts]
    assert names
    wrong = {place for place, one in enumerate(report.verdicts.values()) if one["own_step"] == "wrong"}
    assert len(wrong) == len(blamed)
    for place, one in enumerate(report.verdicts.values()):
        if place in wrong:
            assert one["diagnosis"]["code"] in codes, one["diagnosis"]


def test_a_right_norm_is_right() -> None:
    def backward(g: Any, x: Any, w: Any, y: Any) -> Any:
        size = (x.pow(2).mean(1, keepdim=True) + 1e-6).sqrt()
        n, inner = x / size, g * w
        return (inner - n * (inner * n).mean(1, keepdim=True)) / size, (g * n).sum(0)

    torch.manual_seed(3)
    own = made(rms, backward)
    report = bx.torch.check(lambda x, w: own.apply(x, w), torch.randn(5, 4), torch.randn(4))
    assert report.correct, str(report)
