"""Masks taken of another tensor than the one that decides what passes."""

import pytest

import backprop_explorer as bx
from backprop_explorer.practice.check import judged
from tests.together import each


@each(
    ("step", "answer", "said"),
    [
        ("relu(z)", "(a.g > 0) * a.g", "Your mask is of `a.g`, but what `a = relu(z)` lets through depends on `z`"),
        ("relu(z)", "relu(a.g)", "take the mask of `z`"),
        ("relu(z)", "where(a.g > 0, a.g, 0)", "take the mask of `z`"),
        ("relu(z)", "(m > 0) * a.g", "Your mask is of `m`"),
        ("leaky_relu(z, 0.1)", "where(a.g > 0, a.g, 0.1 * a.g)", "Your mask is of `a.g`"),
        ("maximum(z, 0)", "(a.g > 0) * a.g", "take the mask of `z`"),
        ("where(z > 0, z, 0)", "(a.g > 0) * a.g", "take the mask of `z`"),
        ("(z > 0) * z", "(a.g > 0) * a.g", "take the mask of `z`"),
        ("abs(z)", "sign(a.g) * a.g", "takes `sign` of `a.g`, but the derivative of `a = abs(z)` depends on `z`"),
        ("abs(z)", "abs(a.g)", "take it of `z`"),
        ("relu(z)", "(z > 0) * m", "You probably used `m`"),
        ("tanh(z)", "(1 - m ** 2) * a.g", "You probably used `m`"),
    ],
)
def test_a_mask_of_another_tensor_is_told_from_another_tensor(step: str, answer: str, said: str) -> None:
    document = {
        "program": f"z = x + w\na = {step}\nloss = sum(a * k + m)",
        "inputs": {
            "x": [[1.0, -2.0, 0.5], [-0.7, 1.5, -1.1]],
            "k": [[0.5, 1.25, -0.75], [2.0, -0.3, -0.4]],
            "m": [[-0.3, 1.1, 0.7], [0.2, 0.9, -0.6]],
        },
        "parameters": {"w": [0.3, 0.2, -0.1]},
    }
    plan = bx.compile(document)
    plan.run()
    diagnosis = judged(plan, "z", answer).diagnosis
    assert diagnosis is not None
    assert diagnosis.code == "wrong_tensor"
    assert said in diagnosis.message


@pytest.mark.parametrize("answer", ["(z > 0) * a.g", "(a > 0) * a.g", "where(a > 0, a.g, 0)"])
def test_the_sign_of_the_result_of_relu_is_as_good_a_mask(answer: str) -> None:
    document = {"program": "z = x + w\na = relu(z)\nloss = sum(a * x)", "inputs": {"x": [1.0, -2.0, 0.5]}}
    plan = bx.compile({**document, "parameters": {"w": [0.3, 0.2, -0.1]}})
    plan.run()
    assert judged(plan, "z", answer).correct
