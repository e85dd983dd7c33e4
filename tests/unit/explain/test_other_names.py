"""What has an unusual name, or none: a contribution to a gradient, what a dropout draws, a second name."""

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.explain import jacobian, uses
from backprop_explorer.export.numpy import numpy_trace
from backprop_explorer.export.pytorch import pytorch


def ran(program: str, **parameters: object) -> Plan:
    plan = bx.compile({"program": program, "parameters": parameters})
    plan.run()
    return plan


def test_where_a_contribution_goes() -> None:
    plan = ran("h = x * x\nloss = sum(h) + sum(x)", x=[1.0, 2.0])
    contributions = [name for name in plan.program.nodes if ".g__" in name]
    assert contributions
    for name in contributions:
        told = uses(plan, name, "value", [0])
        assert told["chain"] == [
            {"tensor": name, "field": "value", "index": [0], "value": float(plan[name][0])}
            | dict.fromkeys(("derivative", "step", "product", "gradient"))
        ]


def test_a_dropouts_derivatives() -> None:
    plan = ran("h = dropout(x)\nloss = sum(h * h)", x=np.arange(1.0, 9.0))
    mask = plan["h"] / plan["x"]
    assert set(mask) == {0, 2}
    matrix = jacobian(plan, 0, "x")["value"]
    np.testing.assert_array_equal(matrix, np.diag(mask))
    kept = int(np.flatnonzero(mask)[0])
    told = uses(plan, "x", "value", [kept])
    assert [branch["cells"][0]["derivative"] for branch in told["branches"]] == [2]
    assert told["branches"][0]["contribution"] == pytest.approx(plan["x.g"][kept])


def test_a_second_name_of_what_is_given_in_a_script() -> None:
    plan = ran("out = x\nloss = sum(out * out)", x=[1.0, 2.0])
    text = numpy_trace(plan)
    names: dict[str, object] = {}
    exec(compile(text, "script", "exec"), names)  # noqa: S102 - our own text
    assert names["loss"] == 5
    assert "def forward" in pytorch(plan)
