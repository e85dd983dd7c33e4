"""Layers become programs as a person would write them, whose shapes and gradients are right."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_explorer.builder import build, layer_catalogue, layer_types
from backprop_explorer.builder.activations import activations
from backprop_explorer.builder.layers import LAYERS
from backprop_explorer.data import DATASETS, Dataset, Field
from backprop_explorer.engine import compile_document
from backprop_explorer.engine.initial import INITIALISERS
from backprop_explorer.ops import Operation, register, unregister
from backprop_explorer.ops.elementwise import elementwise
from backprop_explorer.ops.record import Sample
from tests.together import each
from tests.unit.builder.networks import END, network, plan, program, worst_difference

TYPES = list(layer_types())


def test_a_network_reads_like_the_lesson() -> None:
    built = build({"layers": [{"type": "linear", "units": 32}, {"type": "relu"}, {"type": "linear"}], "data": "moons"})
    assert built["document"] == {
        "title": "linear 32, relu, linear 2 on moons",
        "program": "l1 = x @ w1 + b1\nl2 = relu(l1)\nout = l2 @ w2 + b2\nloss = cross_entropy(out, y)",
        "inputs": {name: {"dataset": "moons", "field": name, "count": 64} for name in ("x", "y")},
        "parameters": {
            "w1": {"shape": [2, 32], "init": "kaiming_normal"},
            "b1": {"shape": [32], "init": "zeros"},
            "w2": {"shape": [32, 2], "init": "kaiming_normal"},
            "b2": {"shape": [2], "init": "zeros"},
        },
        "loss": "loss",
        "dtype": "float64",
        "seed": 0,
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    assert [(layer["output"], layer["shape"]) for layer in built["layers"]] == [
        ("l1", [64, 32]),
        ("l2", [64, 32]),
        ("out", [64, 2]),
    ]


@each("type", TYPES)
def test_every_type_runs_with_its_defaults(type: str) -> None:
    made = plan(type, *END, optimizer={"name": "sgd", "lr": 0.001})
    first = made.step()
    assert np.isfinite(first)
    assert made.run() < first
    assert all(np.isfinite(made[f"{name}.g"]).all() for name, info in made.tensors.items() if info.differentiable)


@each("type", TYPES)
def test_every_type_has_its_place_in_a_net(type: str) -> None:
    before = [] if layer_types()[type].view else [{"type": "linear", "units": 6}]
    made = plan(*before, type, "tanh", *END, init="xavier_normal")
    assert made.step() > made.run()


@each("type", TYPES)
def test_gradients_are_central_differences(type: str) -> None:
    assert worst_difference(plan(type, "tanh", *END, count=3, init="xavier_normal", seed=1)) < 1e-6


@each("type", TYPES)
def test_a_layer_s_options_have_sound_defaults(type: str) -> None:
    for option in layer_types()[type].options:
        assert option.complaint(option.default) is None
        assert option.summary
        assert option.kind != "choice" or option.default in option.choices


@each("data", list(DATASETS))
@each("loss", ["cross_entropy", "nll_loss", "mse"])
def test_every_data_set_and_loss(data: str, loss: str) -> None:
    made = plan({"type": "linear", "units": 5}, "tanh", "linear", *(["log_softmax"] * (loss == "nll_loss")),
                data=data, loss=loss, count=9)  # fmt: skip
    assert made.step() > made.run()


def test_a_convolutional_network_reads_images() -> None:
    lines = program({"type": "conv2d", "padding": 1}, "relu", "max_pool2d", *END)
    assert lines == [
        "images = x.reshape(-1, 1, 8, 8)",
        "l1 = conv2d(images, w1, b1, padding=1)",
        "l2 = relu(l1)",
        "l3 = max_pool2d(l2, 2)",
        "l4 = l3.flatten(1)",
        "out = l4 @ w2 + b2",
        "loss = cross_entropy(out, y)",
    ]


def test_attention_reads_rows_as_tokens() -> None:
    built = build(network({"type": "attention", "width": 5, "is_causal": True}, "layer_norm", *END))
    assert built["document"]["program"].split("\n")[:6] == [
        "rows = x.reshape(-1, 8, 8)",
        "q1 = rows @ wq1",
        "k1 = rows @ wk1",
        "v1 = rows @ wv1",
        "l1 = scaled_dot_product_attention(q1, k1, v1, is_causal=True)",
        "l2 = layer_norm(l1, gamma1, beta1)",
    ]
    parameters = built["document"]["parameters"]
    assert (parameters["gamma1"]["init"], parameters["beta1"]["init"]) == ("ones", "zeros")
    assert program("attention", *END, data="iris")[0] == "rows = x.reshape(-1, 4, 1)"
    assert program("conv1d", *END, data="iris")[0] == "rows = x.reshape(-1, 1, 4)"


def test_groups_and_dilation_shape_the_kernel() -> None:
    second = {"type": "conv2d", "groups": 2, "dilation": 2, "channels": 6, "bias": False}
    built = build(network("conv2d", second, *END))
    assert built["document"]["parameters"]["w2"]["shape"] == [6, 2, 3, 3]
    assert built["document"]["program"].split("\n")[2] == "l2 = conv2d(l1, w2, dilation=2, groups=2)"
    assert built["layers"][1]["shape"] == [6, 6, 2, 2]


def test_two_classes_need_one_yes_or_no() -> None:
    lines = program("linear", data="moons", loss="binary_cross_entropy_with_logits")
    assert lines == ["out = x @ w1 + b1", "loss = binary_cross_entropy_with_logits(out[:, 0], y)"]


@each("init", list(INITIALISERS))
def test_every_initialiser_draws_the_weights_and_leaves_the_biases(init: str) -> None:
    built = build(network("linear", "relu", "linear", init=init, seed=7))
    made = {name: entry["init"] for name, entry in built["document"]["parameters"].items()}
    assert made == {"w1": init, "b1": "zeros", "w2": init, "b2": "zeros"}
    assert built["document"]["seed"] == 7
    assert np.isfinite(compile_document(built["document"]).run())


def test_options_that_are_the_operation_s_own_are_not_written() -> None:
    assert program("linear", "leaky_relu", *END)[1] == "l2 = leaky_relu(l1)"
    slope = {"type": "leaky_relu", "negative_slope": 0.3}
    assert program("linear", slope, *END)[1] == "l2 = leaky_relu(l1, negative_slope=0.3)"
    assert program({"type": "linear", "bias": False}, data="iris")[0] == "out = x @ w1"


def test_a_generated_set_may_be_given_options() -> None:
    inputs = build(network("linear", data={"dataset": "moons", "noise": 0.3}))["document"]["inputs"]
    assert inputs["y"] == {"dataset": "moons", "field": "y", "count": 6, "noise": 0.3}


def test_numbers_without_classes_are_learnt_by_mean_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(-1, 1, 12).reshape(6, 2)
    lines = Dataset(
        "lines", "Lines", 6, {"x": Field((2,), ""), "y": Field((3,), "")}, (), "here", "MIT",
        lambda: {"x": x, "y": x @ np.ones((2, 3))},
    )  # fmt: skip
    monkeypatch.setitem(DATASETS, "lines", lines)
    assert program("linear", data="lines") == ["out = x @ w1 + b1", "loss = mse(out, y)"]
    assert build(network("linear", data="lines"))["layers"][-1]["shape"] == [6, 3]


def test_activations_are_the_library_s_functions_of_one_number() -> None:
    types = {layer.type for layer in activations()}
    assert {"relu", "tanh", "sigmoid", "softplus", "leaky_relu"} <= types
    assert not {"log", "sqrt", "sign", "negative", "mean", "softmax", "float", "detach", "one_hot"} & types
    assert {"arctan", "sinh", "expm1"} <= types
    assert not {"arcsin", "arctanh", "log1p", "tan", "floor"} & types, "those are not for every number"


def test_an_operation_that_is_added_is_a_layer_at_once() -> None:
    cube: Operation = elementwise(
        "cube", "x", lambda x, out=None: np.power(x, 3, out=out), {"x": "3 * x ** 2 * g"}, summary="x³.", formula="",
        samples=(Sample("cube(x)", {"x": (3, 2)}),),
    )  # fmt: skip
    register(cube)
    try:
        assert "cube" in {entry["type"] for entry in layer_catalogue()["layers"]}
        assert program("linear", "cube", *END)[1] == "l2 = cube(l1)"
    finally:
        unregister(cube)
    assert "cube" not in layer_types()


def test_a_type_is_offered_where_its_operations_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {layer.type for layer in LAYERS} >= {"conv1d", "conv2d", "attention", "batch_norm", "dropout"}
    monkeypatch.setattr("backprop_explorer.builder.catalogue.OPERATIONS", {})
    monkeypatch.setattr("backprop_explorer.builder.catalogue.SYNONYMS", {})
    monkeypatch.setattr("backprop_explorer.builder.catalogue.COMPOSITES", {"softmax": None})
    monkeypatch.setattr("backprop_explorer.builder.catalogue.COMPOSITE_SYNONYMS", {})
    assert set(layer_types()) == {"softmax"} | {layer.type for layer in activations()} - {"dropout"}


def test_the_catalogue_s_beginning_can_be_built() -> None:
    catalogue = layer_catalogue()
    assert build(catalogue["start"])["document"]["program"].count("\n") == 3
    assert [entry["type"] for entry in catalogue["layers"]] == TYPES
    assert {entry["name"] for entry in catalogue["datasets"]} == set(DATASETS)
