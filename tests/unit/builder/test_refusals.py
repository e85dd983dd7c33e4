"""Whatever cannot be built is said, with the layer's position where it is a layer's fault."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_explorer.builder import Built, Option, build, layer_types
from backprop_explorer.engine import Budget, compile_document, trace
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.together import each
from tests.unit.builder.networks import network

LINEAR = {"type": "linear"}
WIDE = {"type": "linear", "units": 16}


def problem_of(content: Any, budget: Budget | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        build(content, budget)
    return caught.value


@each(
    ("content", "says"),
    [
        (None, "an object with the keys layers, data"),
        ([], "an object with the keys"),
        ({"data": "moons"}, "layers must be a list of 1 to 64 layers"),
        ({"layers": [], "data": "moons"}, "list of 1 to 64"),
        ({"layers": [LINEAR] * 65, "data": "moons"}, "list of 1 to 64"),
        ({"layers": [LINEAR]}, "data must name a data set"),
        ({"layers": [LINEAR], "data": "moon"}, 'did you mean "moons"'),
        ({"layers": [LINEAR], "data": 3}, "no data set called '3'"),
        ({"layers": [LINEAR], "data": {"dataset": "moons", "field": "x"}}, "names no field"),
        ({"layers": [LINEAR], "data": {"dataset": "moons", "nois": 1}}, 'did you mean "noise"'),
        ({"layers": [LINEAR], "data": "iris", "count": 151}, "from 1 to 150"),
        ({"layers": [LINEAR], "data": "iris", "loss": "hinge"}, "for iris there are cross_entropy, nll_loss, mse"),
        ({"layers": [LINEAR], "data": "iris", "loss": "binary_cross_entropy_with_logits"}, "for iris there are"),
        ({"layers": [LINEAR], "data": "iris", "optimizer": {"name": "sgdd"}}, 'did you mean "sgd"'),
        ({"layers": [LINEAR], "data": "iris", "optimizer": "sgd"}, "an object such as"),
        ({"layers": [LINEAR], "data": "iris", "seed": -1}, "seed must be a whole number"),
        ({"layers": [LINEAR], "data": "iris", "init": "kaiming"}, "kaiming_"),
        ({"layers": [LINEAR], "data": "iris", "title": 3}, "title must be a text"),
        ({"layers": [LINEAR], "data": "iris", "layer": 3}, 'did you mean "layers"'),
    ],
    ids=str,
)
def test_a_wrong_request(content: Any, says: str) -> None:
    problem = problem_of(content)
    assert problem.status == 422
    assert says in f"{problem.detail} {problem.hint}"
    assert problem.layer is None


@each(
    ("layers", "position", "says"),
    [
        (["relu", {"type": "liner"}], 2, "layer 2: there is no layer 'liner' did you mean \"linear\""),
        (["relu", 3], 2, "layer 2 is an object with a type"),
        (["relu", {}], 2, "layer 2 is an object with a type"),
        ([{"type": ["linear"]}], 1, "layer 1 is an object with a type"),
        ([{"type": "linear", "units": 0}], 1, "layer 1 (linear): units must be a whole number from 1 to 1024; got 0"),
        ([{"type": "linear", "units": 2.0}], 1, "whole number"),
        ([{"type": "linear", "units": True}], 1, "whole number"),
        ([{"type": "linear", "units": "many"}], 1, "got many"),
        ([{"type": "linear", "bias": 1}], 1, "bias must be true or false; got 1"),
        ([{"type": "linear", "unit": 3}], 1, "no option 'unit' did you mean \"units\""),
        ([{"type": "relu", "units": 3}], 1, "(relu) has no option 'units' it has no options"),
        (
            [{"type": "leaky_relu", "negative_slope": float("inf")}],
            1,
            "negative_slope must be a number from -100 to 100",
        ),
        (["relu"], 1, "is the last, so cross_entropy on digits needs (10,) for each sample; got (64,)"),
        ([{"type": "linear", "units": 9}, "relu"], 2, "layer 2 (relu) is the last"),
        ([WIDE, "conv2d"], 2, "layer 2 (conv2d) needs samples of the form (channels, height, width); got (16,)"),
        ([WIDE, "max_pool2d"], 2, "got (16,) as the first layer it reads the samples of digits in that form"),
        ([WIDE, "attention"], 2, "needs samples of the form (tokens, features); got (16,)"),
        ([{"type": "conv2d", "kernel_size": 9}], 1, "layer 1: conv2d needs a kernel that fits: it reaches over 9"),
        (["relu", {"type": "conv2d", "kernel_size": 4, "dilation": 3}], 2, "a kernel that fits: it reaches over 10"),
        ([{"type": "conv2d", "groups": 3}], 1, "groups that divide the 1 channels of x and the 4 of the result; got 3"),
        ([{"type": "conv2d", "stride": 0}], 1, "stride must be a whole number from 1 to 64; got 0"),
        ([{"type": "conv2d", "padding": -1}], 1, "padding must be a whole number from 0 to 64; got -1"),
        ([{"type": "max_pool2d", "kernel_size": 9}], 1, "a kernel that fits"),
        ([{"type": "avg_pool2d", "padding": 2}], 1, "padding of at most half of kernel_size (2, 2); got (2, 2)"),
        ([{"type": "dropout", "p": 1}], 1, "p must be a number from 0 to 0.95; got 1"),
        (["conv2d", "linear"], 2, "needs (10,) for each sample; got (4, 6, 10) add flatten, and linear with 10 units"),
    ],
    ids=str,
)
def test_a_wrong_layer_is_named_by_its_position(layers: list[Any], position: int, says: str) -> None:
    problem = problem_of(network(*layers))
    assert problem.layer == position
    assert problem.where == {"layer": position}
    assert says in f"{problem.detail} {problem.hint}"


def test_a_network_over_a_limit_says_where() -> None:
    problem = problem_of(network({"type": "linear", "units": 100}, *[LINEAR] * 2), Budget(tensor_elements=1000))
    assert (problem.status, problem.layer) == (413, 1)
    assert "BACKPROP_TENSOR_ELEMENTS" in str(problem.hint)


def outcome(request: Any) -> tuple[Problem | None, Built | None]:
    try:
        return None, build(request, Budget())
    except Problem as problem:
        return problem, None


def values(option: Option) -> st.SearchStrategy[Any]:
    """Values of an option: mostly small and allowed, sometimes not."""
    wrong = st.sampled_from([None, 0, -1, 3.5, "many", True, [], 10**6])
    small = {"flag": st.booleans(), "whole": st.integers(0, 5), "number": st.floats(-2, 2)}
    return st.one_of(small.get(option.kind, st.sampled_from(option.choices or ("",))), st.just(option.default), wrong)


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    layer = draw(st.sampled_from(list(layer_types().values())))
    chosen = [option for option in layer.options if draw(st.integers(0, 3)) == 0]
    return {"type": layer.type, **{option.name: draw(values(option)) for option in chosen}}


REQUESTS = st.fixed_dictionaries(
    {
        "layers": st.lists(layers(), min_size=1, max_size=5).flatmap(
            lambda found: st.sampled_from([found, [*found, LINEAR], [*found, {"type": "flatten"}, LINEAR]])
        ),
        "data": st.sampled_from(["circles", "digits", "iris", "moons", "spirals"]),
        "count": st.integers(1, 6),
    }
)


@settings(max_examples=count(40, 150), deadline=None)
@given(REQUESTS)
def test_any_list_of_layers_is_a_document_that_traces_or_a_plain_problem(request: dict[str, Any]) -> None:
    problem, built = outcome(request)
    if problem:
        assert problem.status in (413, 422)
        assert problem.detail
        assert problem.layer is None or 1 <= problem.layer <= len(request["layers"])
        assert problem.layer is None or f"layer {problem.layer}" in problem.detail
    if not built:
        return
    with np.errstate(all="ignore"):
        traced = trace(compile_document(built["document"], Budget()))
    for layer in built["layers"]:
        assert traced["tensors"][layer["output"]]["shape"] == layer["shape"]
        assert layer["shape"][0] == request["count"], "the batch stays"
        assert all(name in traced["tensors"] for name in layer["parameters"])
