"""The one table of ONNX's operators: what each is in the language.

A text has `{0}`, `{1}` … in the place of its operands; what depends on attributes or shapes is a function of the call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce

from backprop_explorer.importing.onnx import linear_models, movement, recurrent, resizing, windows
from backprop_explorer.importing.onnx.values import Call, Operator, Result

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


def _batch_norm(call: Call) -> str:
    rank = len(call.shape())
    if rank < 2:
        raise call.refuse("needs an axis of channels")
    epsilon = call.fraction("epsilon", 1e-5)
    if call.option("training_mode", 0):
        return f"batch_norm({call[0]}, {call[1]}, {call[2]}, eps={epsilon})"
    call.writer.warn("batch normalisation goes by the means and variances of the file, which are inputs here and stay")
    ones = ", 1" * (rank - 2)
    names = [call[1], call[2], call.tensor(3, fixed=True).name, call.tensor(4, fixed=True).name]
    weight, bias, mean, variance = (f"{name}.reshape(-1{ones})" if ones else name for name in names)
    return f"({call[0]} - {mean}) / sqrt({variance} + {epsilon}) * {weight} + {bias}"


def _instance_norm(call: Call) -> str:
    places = tuple(range(2, len(call.shape())))
    if not places:
        raise call.refuse("needs axes of places after those of samples and channels")
    ones = ", 1" * len(places)
    weight, bias = (f"{call[position]}.reshape(-1{ones})" for position in (1, 2))
    spread = f"sqrt(var({call[0]}, {places}, 0, True) + {call.fraction('epsilon', 1e-5)})"
    return f"({call[0]} - mean({call[0]}, {places}, True)) / {spread} * {weight} + {bias}"


def _layer_norm(call: Call) -> str:
    if call.axis(-1) != len(call.shape()) - 1:
        raise call.refuse("normalises over several axes; the language knows the last one only")
    bias = f", {call[2]}" if call.has(2) else ""
    return f"layer_norm({call[0]}, {call[1]}{bias}, eps={call.fraction('epsilon', 1e-5)})"


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
    return f"{call[0]} ** {call[1]}"


def _prelu(call: Call) -> str:
    return f"where({call[0]} > 0, {call[0]}, {call[1]} * {call[0]})"


def _gelu(call: Call) -> str:
    known = ("none", "tanh")
    approximate = call.option("approximate", known[0], known.__contains__)
    return f'gelu({call[0]}, approximate="{approximate}")' if approximate != known[0] else f"gelu({call[0]})"


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


def _cumsum(call: Call) -> str:
    if call.option("exclusive", 0) or call.option("reverse", 0):
        raise call.refuse("adds up from the end, or without the element itself")
    [axis] = call.whole(1)
    if not -len(call.shape()) <= axis < len(call.shape()):
        raise call.refuse(f"has the axis {axis}, but its input has {len(call.shape())} axes")
    return f"cumsum({call[0]}, {axis % len(call.shape())})"


def _lp_norm(call: Call) -> str:
    axis, power = call.axis(-1), call.option("p", 2, (1, 2).__contains__)
    size = f"sum(abs({call[0]}), {axis}, True)" if power == 1 else f"sqrt(sum({call[0]} ** 2, {axis}, True))"
    return f"{call[0]} / {size}"


def _rms_norm(call: Call) -> str:
    if call.axis(-1) != len(call.shape()) - 1:
        raise call.refuse("normalises over several axes; the language knows the last one only")
    return f"rms_norm({call[0]}, {call[1]}, eps={call.fraction('epsilon', 1e-5)})"


def _depth_to_space(call: Call) -> str:
    samples, channels, height, width = call.shape() if len(call.shape()) == 4 else (0, 0, 0, 0)
    block = call.option("blocksize", 0)
    if block < 1 or not channels or channels % block**2:
        raise call.refuse("needs samples, channels and two axes, and as many channels as fill a block")
    rest, dcr = channels // block**2, call.option("mode", "DCR") == "DCR"
    apart = (samples, block, block, rest, height, width) if dcr else (samples, rest, block, block, height, width)
    order = (0, 3, 4, 1, 5, 2) if dcr else (0, 1, 4, 2, 5, 3)
    joined = (samples, rest, height * block, width * block)
    return f"reshape(transpose(reshape({call[0]}, {apart}), {order}), {joined})"


def _einsum(call: Call) -> str:
    equation = call.option("equation", "", lambda text: isinstance(text, str) and bool(_EQUATION.fullmatch(text)))
    operands = ", ".join(call[position] for position in range(len(call.operands)))
    return f'einsum("{"".join(equation.split())}", {operands})'


def _with(text: str, **defaults: float) -> Operator:
    """A text with numbers out of attributes in it."""

    def filled(call: Call) -> str:
        return text.format(call[0], **{name: call.fraction(name, default) for name, default in defaults.items()})

    return filled


def _reduction(text: str) -> Operator:
    """A text with `{axes}`, a tuple of axes or None, and `{keep}`."""

    def reduction(call: Call) -> Result:
        axes, keep = call.axes("axes", 1), bool(call.option("keepdims", 1))
        if not axes and call.option("noop_with_empty_axes", 0):
            return call[0]
        return text.format(call[0], axes=tuple(axes) if axes else None, keep=keep)

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
    "CumSum": _cumsum,
    "Det": "det({0})",
    "GatherElements": lambda call: f"take_along_axis({call[0]}, {call[1]}, {call.axis(0)})",
    "ThresholdedRelu": _with("where({0} > {alpha}, {0}, 0)", alpha=1.0),
    "Shrink": _with("where({0} < -{lambd}, {0} + {bias}, where({0} > {lambd}, {0} - {bias}, 0))", lambd=0.5, bias=0.0),
    "LpNormalization": _lp_norm,
    "RMSNormalization": _rms_norm,
    "DepthToSpace": _depth_to_space,
    "Erf": "erf({0})",
    "Softplus": "softplus({0})",
    "Reciprocal": "1 / {0}",
    "Softsign": "{0} / (1 + abs({0}))",
    "HardSwish": "{0} * clip({0} / 6 + 0.5, 0, 1)",
    "Mish": "{0} * tanh(softplus({0}))",
    "Swish": _with("{0} * sigmoid({alpha} * {0})", alpha=1.0),
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
    "Div": "{0} / {1}",
    "Pow": _power,
    "MatMul": "{0} @ {1}",
    "Gemm": _gemm,
    "Einsum": _einsum,
    "Where": "where({0}, {1}, {2})",
    "Greater": "{0} > {1}",
    "Less": "{0} < {1}",
    "Equal": "{0} == {1}",
    "GreaterOrEqual": "{0} >= {1}",
    "LessOrEqual": "{0} <= {1}",
    "Sum": _many("{0} + {1}"),
    "Mean": _mean,
    "Max": _many("maximum({0}, {1})"),
    "Min": _many("minimum({0}, {1})"),
    "ReduceSum": _reduction("sum({0}, {axes}, {keep})"),
    "ReduceMean": _reduction("mean({0}, {axes}, {keep})"),
    "ReduceMax": _reduction("max({0}, {axes}, {keep})"),
    "ReduceMin": _reduction("min({0}, {axes}, {keep})"),
    "ReduceProd": _reduction("prod({0}, {axes}, {keep})"),
    "ReduceL1": _reduction("sum(abs({0}), {axes}, {keep})"),
    "ReduceL2": _reduction("sqrt(sum({0} ** 2, {axes}, {keep}))"),
    "ReduceSumSquare": _reduction("sum({0} ** 2, {axes}, {keep})"),
    "ReduceLogSumExp": _reduction("logsumexp({0}, {axes}, {keep})"),
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "InstanceNormalization": _instance_norm,
    **windows.OPERATORS,
    **movement.OPERATORS,
    **recurrent.OPERATORS,
    **resizing.OPERATORS,
    **linear_models.OPERATORS,
}


def written(call: Call) -> Result:
    """What the call is in the language. Raises a `Problem` that names an operator which it does not have."""
    operator = OPERATORS.get(call.operation.kind)
    if operator is None:
        raise call.operation.problem(
            "unknown_operator", "has no counterpart in the language", f"it knows {', '.join(sorted(OPERATORS))}"
        )
    if isinstance(operator, str):
        return operator.format(*(call[position] for position in range(1 + int(max(_PLACE.findall(operator))))))
    return operator(call)
