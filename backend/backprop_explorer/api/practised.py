"""Practice: what is asked and answered, as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from backprop_explorer.api.schemas import DOCUMENT, Answer, Document, Number, Numbers, Schema, Where
from backprop_explorer.problem import Problem

ANSWERS: dict[str, Any] = {"w1": "x.T @ l1.g", "b1": [0.1]}
GRADIENTS = Field(
    min_length=1,
    description="by tensor: a formula for its gradient, or the gradient's numbers out of somebody's own backward pass",
)


class Answers(Schema):
    """Gradients to be checked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"gradients": ANSWERS}]})

    gradients: dict[str, str | Numbers] = GRADIENTS


class AnsweredDocument(Document):
    """A document, and gradients to be checked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**DOCUMENT, "gradients": ANSWERS}]})

    gradients: dict[str, str | Numbers] = GRADIENTS


class DiagnosisAnswer(Answer):
    """What was probably done wrong."""

    code: Literal[
        "transposed", "elementwise_for_matmul", "missing_batch_sum", "mean_for_sum", "sum_for_mean",
        "missing_local_derivative", "wrong_sign", "constant_factor", "wrong_tensor", "missing_contribution", "unknown",
    ]  # fmt: skip
    message: str


class WorstElement(Answer):
    """An element that is far off."""

    index: list[int]
    yours: Number
    expected: Number


class VerdictAnswer(Answer):
    """What is said about one gradient."""

    verdict: Literal["correct", "wrong_shape", "wrong_value", "error"]
    shape: list[int] | None
    expected_shape: list[int]
    max_abs_difference: Number | None
    diagnosis: DiagnosisAnswer | None
    hint: str | None
    notes: list[Literal["coincidental_shape"]]
    warnings: list[str] = Field(description="broadcasts in the formula that are probably a mistake")
    code: str | None = Field(description="the formula as it was understood")
    worst: list[WorstElement]
    message: str | None = Field(description="what is wrong with the formula itself, where the verdict is error")
    where: Where | None


class CheckAnswer(Answer):
    """The verdicts, and whether all are correct."""

    verdicts: dict[str, VerdictAnswer]
    correct: bool


def gradients_of(content: dict[str, Any]) -> dict[str, Any]:
    """The gradients out of a body, taken out of it. Raises a `Problem` where they are none."""
    gradients = content.pop("gradients", None)
    if not isinstance(gradients, dict) or not gradients:
        raise Problem(
            "bad_gradients",
            "gradients must be an object with at least one formula, or numbers, by tensor",
            hint='such as {"gradients": {"w1": "x.T @ l1.g"}}',
        )
    return gradients
