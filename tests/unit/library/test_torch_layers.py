"""PyTorch's layers and losses: as scripts, in words where they are refused, and labels that count as none."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.problem import Problem
from tests.amount import every
from tests.together import each

SHAPES = {
    "x": (2, 3), "t": (2, 3), "v": (3,), "sq": (3, 3), "seq": (3, 2, 4), "img": (1, 2, 5, 4), "k1": (2, 2, 3),
    "k2": (2, 2, 2, 2), "bat": (2, 3, 3), "quad": (1, 4, 2, 2), "h": (2, 3), "w3": (9, 3),
}  # fmt: skip
WHOLE = {"labels": [2, 0], "i": [0, 2, 1], "mask": [[1, 0, 1], [0, 1, 1], [1, 1, 1]], "missing": [2, -100]}
SCRIPTS = (
    "F.relu6(x * 6)", "F.hardtanh(x)", "F.hardswish(x)", "F.celu(x)", "F.selu(x)", "F.softplus(x, 2, 1)", "F.mish(x)",
    "F.glu(seq, -1)", "F.prelu(seq, v[:2])", "F.softshrink(x)", "F.softmax(seq)", "F.softmin(x, 0)",
    "F.linear(x, sq, v)",
    "F.embedding(i, sq, padding_idx=2)", "F.normalize(seq, 3, dim=-1)", "F.cosine_similarity(x, t)",
    "F.pairwise_distance(x, t)", "F.layer_norm(x, (3,), v, v)", "F.layer_norm(seq, (2, 4))", "F.rms_norm(seq, (2, 4))",
    "F.batch_norm(x, v, v * v)", "F.group_norm(quad, 2)", "F.instance_norm(seq)", "F.local_response_norm(quad, 3)",
    "F.conv1d(seq, k1, padding=1)", "F.conv2d(img, k2, stride=2)", "F.conv_transpose2d(img, k2, None, 2, 1, 1)",
    "F.conv_transpose1d(seq, k1, stride=3, padding=1)", "F.unfold(img, 2, padding=1)", "F.pad(x, (-1, 2), value=1.0)",
    "F.pad(img, (1, 2), 'reflect')", "F.pad(img, (1, 2), 'replicate')", "F.max_pool2d(img, 2, 2, 1)",
    "F.max_pool1d(seq, 3, 2, ceil_mode=True)", "F.avg_pool2d(img, 3, 2, 1, True, False)", "F.lp_pool2d(img, 2, 2)",
    "F.adaptive_avg_pool2d(img, 3)", "F.adaptive_max_pool2d(img, (3, 2))", "F.interpolate(img, 7)",
    "F.interpolate(img, 7, mode='bilinear')", "F.interpolate(img, scale_factor=1.5, mode='bicubic')",
    "F.pixel_shuffle(quad, 2)", "F.channel_shuffle(quad, 2)", "F.mse_loss(x, t, weight=x * x)", "F.huber_loss(x, t)",
    "F.cross_entropy(x, labels)", "F.cross_entropy(x, labels, weight=v * v, label_smoothing=0.1)",
    "F.cross_entropy(x, missing, ignore_index=-100)", "F.nll_loss(x, labels, reduction='sum')",
    "F.binary_cross_entropy(x.sigmoid(), t.sigmoid())", "F.kl_div(x, t.sigmoid(), reduction='batchmean')",
    "F.gaussian_nll_loss(x, t, x * x)", "F.poisson_nll_loss(x, t, full=True)", "F.multi_margin_loss(x, labels)",
    "F.triplet_margin_loss(x, t, x * t, swap=True)", "F.multilabel_soft_margin_loss(x, t)",
    "F.scaled_dot_product_attention(bat, bat, bat, mask)", "F.scaled_dot_product_attention(bat, bat, bat, sq)",
    "torch.gru_cell(x, h, w3, w3)",
)  # fmt: skip
REFUSED = {
    "F.relu(x, inplace=True)": "inplace=True, which overwrites the argument",
    "F.rrelu(x, training=True)": "random slopes",
    "F.gumbel_softmax(x)": "gumbel_softmax",
    "F.one_hot(labels) @ sq": "number of classes",
    "F.glu(x)": "odd length",
    "F.embedding(i, sq, max_norm=1.0)": "max_norm",
    "F.embedding(i, sq, scale_grad_by_freq=True)": "scale_grad_by_freq",
    "F.layer_norm(x, (2,))": "normalized_shape",
    "F.group_norm(quad, 3)": "groups",
    "F.interpolate(img, 3, mode='cubic')": "mode of interpolate",
    "F.interpolate(img, 3, mode='bilinear', antialias=True)": "antialias",
    "F.pad(x, (1, 1), 'wrap')": "mode of pad",
    "F.mse_loss(x, t, reduction='average')": "reduction to be one of",
    "F.l1_loss(x, t, reduction='average')": "reduction is one of",
    "F.l1_loss(x, t, size_average=False)": "size_average",
    "F.nll_loss(x, labels, reduce=False)": "size_average and reduce",
    "F.cross_entropy(x, i)": "a label per row",
    "F.cross_entropy(seq, labels)": "do not fit",
    "F.scaled_dot_product_attention(bat, bat, bat, mask, is_causal=True)": "not both",
    "F.triplet_margin_with_distance_loss(x, t, x, distance_function=1)": "distance_function",
    "torch.gru(seq, h, [w3, w3, w3], False, 1, 0.0, False, False, False)[0]": "list of weights",
}


def plan_of(line: str) -> Any:
    random = np.random.default_rng(len(line))
    names = {name for name in (*SHAPES, *WHOLE) if name in _words(line)}
    parameters = {name: random.normal(size=SHAPES[name]) for name in SHAPES if name in names}
    inputs = {name: WHOLE[name] for name in WHOLE if name in names}
    program = f"out = {line}\nloss = (out * out).sum()"
    return bx.compile({"program": program, "inputs": inputs, "parameters": parameters, "dialect": "torch"})


def _words(line: str) -> set[str]:
    return set("".join(letter if letter.isalnum() or letter == "_" else " " for letter in line).split())


@each("line", every(3, SCRIPTS))
def test_a_script_calculates_the_same(line: str) -> None:
    plan = plan_of(line)
    plan.run()
    found: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(plan.code(), "script", "exec"), found)  # noqa: S102 - our own text, as a user would run it
    np.testing.assert_allclose(found["out"], plan["out"], rtol=1e-10, atol=1e-12)


@each("line", REFUSED)
def test_what_has_no_counterpart_is_refused_by_name(line: str) -> None:
    with pytest.raises(Problem) as caught:
        plan_of(line)
    assert REFUSED[line] in str(caught.value)


def test_a_label_that_counts_as_none_has_to_be_named() -> None:
    with pytest.raises(Problem) as caught:
        plan_of("F.cross_entropy(x, missing)")
    assert caught.value.code == "bad_label"
    assert "ignore_index=-100" in str(caught.value.hint)
    plan = plan_of("F.cross_entropy(x, missing, ignore_index=-100)")
    plan.run()
    assert (plan["x.g"][1] == 0).all()
    assert (plan["x.g"][0] != 0).all()


def test_a_label_out_of_bounds_that_is_not_the_ignored_one_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        plan_of("F.cross_entropy(x, missing, ignore_index=7)")
    assert caught.value.code == "bad_label"


def test_the_row_of_the_padding_gets_no_gradient() -> None:
    plan = plan_of("F.embedding(i, sq, padding_idx=-1)")
    plan.run()
    assert (plan["sq.g"][2] == 0).all()
    assert (plan["sq.g"][:2] != 0).all()


def test_a_class_that_cannot_be_does_not_spoil_the_loss() -> None:
    """Scores of minus infinity are how classes are left out."""
    plan = plan_of("F.cross_entropy(x + torch.tensor([0.0, float('-inf'), 0.0]), labels)")
    plan.run()
    assert np.isfinite(plan["out"])
    assert np.isfinite(plan["x.g"]).all()


def test_dropped_channels_are_dropped_wholly() -> None:
    plan = plan_of("F.dropout2d(quad, 0.5)")
    plan.run()
    kept = plan["out"] != 0
    assert (kept == kept[:, :, :1, :1]).all()
