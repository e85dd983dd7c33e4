"""A message about a value names it as its author would, never as Python writes its own objects."""

import pytest

import backprop_explorer as bx
from tests.together import each

REDUCTIONS = {
    "relu": "the function relu",
    "np.exp": "the function np.exp",
    "lambda a: a": "the function anonymous",
    "twice": "the function twice",
    "Net": "the class Net",
    "Net()": "an object of Net",
    "np.float32": "the type float",
    "[relu, 1]": "(the function relu, 1)",
    "{'a': 1}": "{'a': 1}",
    "x": "<x (1, 2)>",
    "2": "2",
}
PROGRAM = """class Net:
    def forward(self, x):
        return x
def twice(a):
    return 2 * a
loss = mse(x, w, reduction={reduction})"""


@each("reduction", list(REDUCTIONS), ids=list(REDUCTIONS))
def test_a_value_that_is_none_of_the_choices(reduction: str) -> None:
    program = PROGRAM.replace("{reduction}", reduction)
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": program, "inputs": {"x": [[1.0, 2.0]]}, "parameters": {"w": [[1.0, 2.0]]}})
    assert caught.value.detail.endswith(f"one of 'mean', 'sum', 'none'; got {REDUCTIONS[reduction]}")


def test_a_method_of_a_number_is_refused_in_words() -> None:
    program = "loss = (2.5).reshape(-1).mean(*x)"
    with pytest.raises(bx.Problem, match="needs axis to be a whole number"):
        bx.compile({"program": program, "inputs": {"x": [[1.0, 2.0]]}, "parameters": {"w": [[1.0, 2.0]]}})
