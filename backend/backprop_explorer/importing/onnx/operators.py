"""The one table of ONNX's operators: what each is in the language.

A text has `{0}`, `{1}` … in the place of its operands; what depends on attributes or shapes is a function of the call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce

import numpy as np

from backprop_explorer.importing.onnx import (
    attention,
    indexing,
    linear_models,
    losses,
    movement,
    normalization,
    pooling,
    recurrent,
    resizing,
    windows,
)
from backprop_explorer.importing.onnx.values import Call, Operator, Result, number
from backprop_explorer.problem import suggestion

LAST_COERCION = 12
"""Up to this version softmax flattened all axes from its own on."""
_PLACE = re.compile(r"\{(\d)\}")
_EQUATION = re.compile(r"[a-zA-Z,.\s]*+(->[a-zA-Z.\s]*+)?")


def _gemm(call: Call) -> str:
    alpha, beta = call.option("alpha", 1.0), call.option("beta", 1.0)
    left, right = call.option("transA", 0), call.option("transB", 0)
    x, w = call[0], call[1]
    b = f", {call[2]}" if call.has(2) else ""
    if alpha == 1 and (beta == 1 or not b) and not left:
        return f'linear({x}, {w}{b}, layout="out_in")' if right else f"linear({x}, {w}{b})"
    product = f"{x}{'.T' if left else ''} @ {w}{'.T' if right else ''}"
    scaled = product if alpha == 1 else f"{call.fraction('alpha', 1.0)} * ({product})"
    return f"{scaled} + {call.fraction('beta', 1.0)} * {call[2]}" if b else scaled


def _softmax(name: str) -> Operator:
    def softmax(call: Call) -> str:
        old = call.opset <= LAST_COERCION
        axis, last = call.axis(1 if old else -1), len(call.shape()) - 1
        if old and axis != last:
            raise call.refuse("flattens its axes, as it did before version 13; export the network again")
        return f"{name}({call[0]})" if axis == last else f"{name}({call[0]}, axis={axis})"

    return softmax


def _clip(call: Call) -> str:
    ends = {"min": 1, "max": 2}
    given = {word: call[place] for word, place in ends.items() if call.has(place)}
    given |= {word: call.fraction(word, 0.0) for word in ends if word in call.operation.options}
    if not given:
        return call[0]
    if len(given) == 2 and not _in_order(given["min"], given["max"]):  # all become max where it is below min
        return f"minimum(maximum({call[0]}, {given['min']}), {given['max']})"
    return f"clip({call[0]}, {', '.join(f'{word}={value}' for word, value in given.items())})"


def _in_order(low: str, high: str) -> bool:
    """Whether the two are numbers, and the first is not above the second."""
    try:
        least, most = (float(text.strip("()").replace("np.", "")) for text in (low, high))
    except ValueError:
        return False
    return least <= most


def _power(call: Call) -> str:
    power = f"{call[0]} ** {call[1]}"
    return f"trunc({power})" if call.is_whole(0) and not call.is_whole(1) else power


def _divide(call: Call) -> str:
    """Whole numbers are divided towards zero."""
    quotient = f"{call[0]} / {call[1]}"
    return f"trunc({quotient})" if call.is_whole(0) and call.is_whole(1) else quotient


def _prelu(call: Call) -> str:
    return f"where({call[0]} > 0, {call[0]}, {call[1]} * {call[0]})"


def _gelu(call: Call) -> str:
    known = ("none", "tanh")
    approximate = call.option("approximate", known[0], known.__contains__)
    return f'gelu({call[0]}, approximate="{approximate}")' if approximate != known[0] else f"gelu({call[0]})"


def _gated(call: Call) -> str:
    alpha = call.option("alpha", 1.0)
    return f"{call[0]} * sigmoid({'' if alpha == 1 else f'{number(alpha, np.float32)} * '}{call[0]}) * {call[1]}"


def _dequantized(call: Call) -> str:
    """Whole numbers as what they stand for: a step for all, for each place of an axis, or for each of its blocks."""
    shape, steps = call.shape(), call.shape(1)
    axis = 0 if steps in ((), (1,)) else call.axis(1)
    block = call.option("block_size", 0)
    names = [call.tensor(1, fixed=True).name, *([call.tensor(2, fixed=True).name] if call.has(2) else [])]
    if block and len(steps) == len(shape):
        names = [f"repeat({name}, {block}, {axis})[{':, ' * axis}:{shape[axis]}]" for name in names]
    elif steps not in ((), (1,)):
        ones = ", 1" * (len(shape) - axis - 1)
        names = [f"{name}.reshape(-1{ones})" if ones else name for name in names]
    zero = f"({call[0]} - {names[1]})" if len(names) > 1 else call[0]
    return f"{zero} * {names[0]}"


def _many(text: str) -> Operator:
    """An operator of any number of operands, two at a time."""

    def many(call: Call) -> str:
        return reduce(text.format, [call[position] for position in range(max(1, len(call.operands)))])

    return many


def _mean(call: Call) -> str:
    return f"({_many('{0} + {1}')(call)}) / {max(1, len(call.operands))}"  # type: ignore[operator]


def _modulo(call: Call) -> str:
    name = "fmod" if call.option("fmod", 0) else "remainder"
    return f"{name}({call[0]}, {call[1]})"


def _cumulated(word: str, first: int) -> Operator:
    """Sums or products so far, perhaps from the end, perhaps without the element itself."""

    def cumulated(call: Call) -> str:
        rank, [axis] = len(call.shape()), call.whole(1)
        if not -rank <= axis < rank:
            raise call.refuse(f"has the axis {axis}, but its input has {rank} axes")
        axis %= rank
        front = ":, " * axis
        backwards = f"[{front}::-1]" if call.option("reverse", 0) else ""
        x = f"{call[0]}{backwards}"
        if call.option("exclusive", 0):
            edges = tuple((int(at == axis), 0) for at in range(rank))
            x = f"pad({x}, {edges}, constant_values={first})[{front}:-1]"
        return f"{word}({x}, {axis}){backwards}"

    return cumulated


def _einsum(call: Call) -> str:
    equation = call.option("equation", "", lambda text: isinstance(text, str) and bool(_EQUATION.fullmatch(text)))
    operands = ", ".join(call[position] for position in range(len(call.operands)))
    return f'einsum("{"".join(equation.split())}", {operands})'


def _with(text: str, **defaults: float) -> Operator:
    """A text with numbers out of attributes in it."""

    def filled(call: Call) -> str:
        return text.format(call[0], **{name: call.fraction(name, default) for name, default in defaults.items()})

    return filled


def _reduction(text: str, *, fraction: bool = False) -> Operator:
    """A text with `{axes}`, a tuple of axes or None, and `{keep}`. Results of whole numbers are whole: those that may
    have a `fraction` lose it."""

    def reduction(call: Call) -> Result:
        axes, keep = call.axes("axes", 1), bool(call.option("keepdims", 1))
        if not axes and call.option("noop_with_empty_axes", 0):
            return call[0]
        reduced = text.format(call[0], axes=tuple(axes) if axes else None, keep=keep)
        return f"trunc({reduced})" if fraction and call.is_whole(0) else reduced

    return reduction


OPERATORS: Mapping[str, Operator] = {
    "Identity": "{0}",
    "Relu": "relu({0})",
    "Sigmoid": "sigmoid({0})",
    "Tanh": "tanh({0})",
    "Exp": "exp({0})",
    "Log": "log({0})",
    "Sqrt": "sqrt({0})",
    "Abs": "abs({0})",
    "Neg": "-{0}",
    "Sign": "sign({0})",
    "Sin": "sin({0})",
    "Cos": "cos({0})",
    "Tan": "tan({0})",
    "Asin": "arcsin({0})",
    "Acos": "arccos({0})",
    "Atan": "arctan({0})",
    "Sinh": "sinh({0})",
    "Cosh": "cosh({0})",
    "Asinh": "arcsinh({0})",
    "Acosh": "arccosh({0})",
    "Atanh": "arctanh({0})",
    "Floor": "floor({0})",
    "Ceil": "ceil({0})",
    "Round": "rint({0})",
    "IsNaN": "isnan({0})",
    "Not": "logical_not({0})",
    "And": "logical_and({0}, {1})",
    "Or": "logical_or({0}, {1})",
    "Xor": "logical_xor({0}, {1})",
    "Mod": _modulo,
    "CumSum": _cumulated("cumsum", 0),
    "CumProd": _cumulated("cumprod", 1),
    "DequantizeLinear": _dequantized,
    "Det": "det({0})",
    "ThresholdedRelu": _with("where({0} > {alpha}, {0}, 0)", alpha=1.0),
    "Shrink": _with("where({0} < -{lambd}, {0} + {bias}, where({0} > {lambd}, {0} - {bias}, 0))", lambd=0.5, bias=0.0),
    "Erf": "erf({0})",
    "Softplus": "softplus({0})",
    "Reciprocal": "1 / {0}",
    "Softsign": "{0} / (1 + abs({0}))",
    "HardSwish": "{0} * clip({0} / 6 + 0.5, 0, 1)",
    "Mish": "{0} * tanh(softplus({0}))",
    "Swish": _with("{0} * sigmoid({alpha} * {0})", alpha=1.0),
    "SwiGLU": _gated,
    "Gelu": _gelu,
    "Elu": _with("elu({0}, {alpha})", alpha=1.0),
    "LeakyRelu": _with("leaky_relu({0}, {alpha})", alpha=0.01),
    "Selu": _with("{gamma} * elu({0}, {alpha})", alpha=1.6732632423543772, gamma=1.0507009873554805),
    "Celu": _with("elu({0} / {alpha}) * {alpha}", alpha=1.0),
    "HardSigmoid": _with("clip({alpha} * {0} + {beta}, 0, 1)", alpha=0.2, beta=0.5),
    "PRelu": _prelu,
    "Clip": _clip,
    "Softmax": _softmax("softmax"),
    "LogSoftmax": _softmax("log_softmax"),
    "Add": "{0} + {1}",
    "Sub": "{0} - {1}",
    "Mul": "{0} * {1}",
    "Div": _divide,
    "Pow": _power,
    "MatMul": "{0} @ {1}",
    "Gemm": _gemm,
    "Einsum": _einsum,
    "Where": "where({0}, {1}, {2})",
    "Greater": "{0} > {1}",
    "Less": "{0} < {1}",
    "GreaterOrEqual": "{0} >= {1}",
    "LessOrEqual": "{0} <= {1}",
    "Sum": _many("{0} + {1}"),
    "Mean": _mean,
    "Max": _many("maximum({0}, {1})"),
    "Min": _many("minimum({0}, {1})"),
    "ReduceSum": _reduction("sum({0}, {axes}, {keep})"),
    "ReduceMean": _reduction("mean({0}, {axes}, {keep})", fraction=True),
    "ReduceMax": _reduction("max({0}, {axes}, {keep})"),
    "ReduceMin": _reduction("min({0}, {axes}, {keep})"),
    "ReduceProd": _reduction("prod({0}, {axes}, {keep})"),
    "ReduceL1": _reduction("sum(abs({0}), {axes}, {keep})"),
    "ReduceL2": _reduction("sqrt(sum({0} ** 2, {axes}, {keep}))", fraction=True),
    "ReduceSumSquare": _reduction("sum({0} ** 2, {axes}, {keep})"),
    "ReduceLogSum": _reduction("log(sum({0}, {axes}, {keep}))", fraction=True),
    "ReduceLogSumExp": _reduction("logsumexp({0}, {axes}, {keep})", fraction=True),
    **normalization.OPERATORS,
    **attention.OPERATORS,
    **losses.OPERATORS,
    **windows.OPERATORS,
    **pooling.OPERATORS,
    **indexing.OPERATORS,
    **movement.OPERATORS,
    **recurrent.OPERATORS,
    **resizing.OPERATORS,
    **linear_models.OPERATORS,
}


CONTROL = ("If", "Loop", "Scan")
"""Operators that hold graphs of their own."""


def _way_out(call: Call) -> str:
    """What to do about an operator that is not known."""
    kind = call.operation.kind
    if kind in CONTROL:
        return "export the network from example inputs that fix which branch is taken and how often a loop runs"
    if kind.startswith("Random") or kind in ("Bernoulli", "Multinomial"):
        return "give the network its random numbers as an input of its own, and export it again"
    if "Quantize" in kind or "Integer" in kind or kind.startswith("QLinear"):
        return "export the network before it is quantised, in float32"
    near = suggestion(kind, OPERATORS)
    return f"{near + ' ' if near else ''}Export the network without it, or only the part before it"


def written(call: Call) -> Result:
    """What the call is in the language. Raises a `Problem` that names an operator which it does not have."""
    operator = OPERATORS.get(call.operation.kind)
    if operator is None:
        raise call.operation.problem("unknown_operator", "has no counterpart in the language", _way_out(call))
    if isinstance(operator, str):
        return operator.format(*(call[position] for position in range(1 + int(max(_PLACE.findall(operator))))))
    return operator(call)
