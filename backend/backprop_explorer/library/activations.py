"""Activations and the functions that turn scores into probabilities."""

from __future__ import annotations

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import Kink, Reject, Sample

LEAKY_RELU = Composite(
    text="""
def leaky_relu(x, negative_slope=0.01):
    return where(x > 0, x, negative_slope * x)
""",
    summary="The number where it is positive, else a small part of it.",
    why={
        "x": (
            "Where `{x}` is positive it is passed on unchanged, and so is the gradient; elsewhere both are "
            "multiplied by the small slope, so that a unit can recover."
        ),
    },
    formula="y = where(x > 0, x, slope * x)",
    symbols="slope: negative_slope, the gradient on the negative side",
    gradients={"x": "where(x > 0, 1, negative_slope) * g"},
    symbol="leaky",
    source="torch.nn.functional.leaky_relu",
    paper=(
        'A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013'
    ),
    kink=Kink("At 0 the gradient is the negative slope.", "leaky_relu(x, 0.1)", {"x": [0.0, 1.0]}, {"x": [0.1, 1.0]}),
    samples=(Sample("leaky_relu(x)", {"x": (3, 2)}), Sample("F.leaky_relu(x, negative_slope=0.2)", {"x": (4,)})),
)
SOFTMAX = Composite(
    text="""
def softmax(x, axis=-1):
    e = exp(x - detach(max(x, axis, True)))
    return e / sum(e, axis, True)
""",
    summary=(
        "Positive numbers that add up to 1 along the axis. The greatest is subtracted first, which changes nothing "
        "but keeps exp in range; it is detached."
    ),
    why={
        "x": (
            "Every probability in a {line} of `{y}` depends on every score of that {line}: raise one score, and "
            "its own probability rises while all the others fall, because they always sum to 1. So `{g}` counts "
            "only as far as it differs from its mean over the {line}, weighted by the probabilities: that mean is"
            " subtracted, and the rest is multiplied by the probability."
        ),
    },
    formula="y = exp(x) / sum(exp(x))",
    symbols="x: scores, y: probabilities, both of the same shape; the sum runs along axis",
    gradients={"x": "y * (g - sum(g * y, axis, True))"},
    symbol="softmax",
    source="torch.nn.functional.softmax",
    paper='J. S. Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs", 1990',
    samples=(
        Sample("softmax(x)", {"x": (3, 4)}),
        Sample("softmax(x, axis=0)", {"x": (3, 4)}),
        Sample("x.softmax(dim=1)", {"x": (2, 3, 2)}),
    ),
    rejects=(Reject("softmax(x, 2)", {"x": (3, 4)}, "one that exists"),),
)
LOG_SOFTMAX = Composite(
    text="""
def log_softmax(x, axis=-1):
    z = x - detach(max(x, axis, True))
    return z - log(sum(exp(z), axis, True))
""",
    summary="The logarithm of softmax, without leaving the range of numbers.",
    why={
        "x": (
            "Raising one score raises its own log-probability by as much, but lowers every log-probability of its"
            " {line} by its probability `exp({y})`. So the sum of `{g}` over the {line}, times that probability, "
            "is subtracted."
        ),
    },
    formula="y = x - log(sum(exp(x)))",
    symbols="x: scores, y: log-probabilities, both of the same shape; the sum runs along axis",
    gradients={"x": "g - exp(y) * sum(g, axis, True)"},
    symbol="log softmax",
    source="torch.nn.functional.log_softmax",
    samples=(Sample("log_softmax(x)", {"x": (3, 4)}), Sample("log_softmax(x, axis=0)", {"x": (3, 4)})),
    rejects=(Reject("log_softmax(x, 2)", {"x": (3, 4)}, "one that exists"),),
)
LOGSUMEXP = Composite(
    text="""
def logsumexp(x, axis=None, keepdims=False):
    m = detach(max(x, axis, True))
    s = log(sum(exp(x - m), axis, True)) + m
    return s if keepdims else squeeze(s, axis)
""",
    summary="The logarithm of the sum of e to the power of x: a smooth maximum.",
    why={
        "x": (
            "It is a smooth maximum: raising one number raises the result by that number's softmax probability. "
            "These sum to 1, so the incoming gradient is divided among the numbers."
        ),
    },
    formula="y = log(sum(exp(x)))",
    symbols="the sum runs along axis, or over all elements without one",
    gradients={"x": "softmax(x, axis) * keep(g, axis, keepdims)"},
    symbol="logsumexp",
    source="torch.logsumexp",
    samples=(
        Sample("logsumexp(x, 1)", {"x": (3, 4)}),
        Sample("logsumexp(x, axis=0, keepdims=True)", {"x": (3, 4)}),
        Sample("logsumexp(x)", {"x": (3,)}),
    ),
    rejects=(Reject("logsumexp(x, 2)", {"x": (3, 4)}, "one that exists"),),
)
GELU = Composite(
    text="""
def gelu(x, approximate="none"):
    u = (2 / np.pi) ** 0.5 * (x + 0.044715 * x ** 3) if approximate == "tanh" else x / 2 ** 0.5
    t = tanh(u) if approximate == "tanh" else erf(u)
    return 0.5 * x * (1 + t)
""",
    summary="The number times the probability that a standard normal one is smaller; or its approximation by tanh.",
    why={
        "x": (
            "The number is a factor of the result and also decides the other factor, its probability. So its "
            "derivative has two terms: that probability, and the number times the probability's slope."
        ),
    },
    formula="y = 0.5 * x * (1 + erf(x / sqrt(2)))",
    symbols=(
        'erf: the error function; approximate="tanh" replaces erf(x / sqrt(2)) by tanh(sqrt(2 / pi) * (x + '
        "0.044715 * x ** 3))"
    ),
    gradients={
        "x": (
            "0.5 * (1 + t + x * (1 - t ** 2) * ((2 / np.pi) ** 0.5 * (1 + 3 * 0.044715 * x ** 2))) * g"
            ' if approximate == "tanh" else (0.5 * (1 + t) + x * exp(-x ** 2 / 2) / (2 * np.pi) ** 0.5) * g'
        )
    },
    choices={"approximate": ("none", "tanh")},
    symbol="gelu",
    source="torch.nn.functional.gelu",
    paper='D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016',
    samples=(Sample("gelu(x)", {"x": (3, 2)}), Sample('gelu(x, approximate="tanh")', {"x": (3, 2)})),
    rejects=(Reject('gelu(x, "sigmoid")', {"x": (3,)}, "approximate to be one of"),),
)
SILU = Composite(
    text="""
def silu(x):
    return x * sigmoid(x)
""",
    summary="The number times its sigmoid: a smooth relu that dips below 0, also called swish.",
    why={
        "x": (
            "The number is a factor of the result and also decides the other factor, its sigmoid. So its "
            "derivative has two terms: the sigmoid, and the number times the sigmoid's slope."
        ),
    },
    formula="y = x * sigmoid(x)",
    symbols="sigmoid(x) is 1 / (1 + exp(-x))",
    gradients={"x": "sigmoid(x) * (1 + x * (1 - sigmoid(x))) * g"},
    symbol="silu",
    source="torch.nn.functional.silu",
    paper=(
        'S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-Weighted Linear Units for Neural Network Function '
        'Approximation in Reinforcement Learning", 2017'
    ),
    synonyms=("swish",),
    samples=(Sample("silu(x)", {"x": (3, 2)}),),
)
ELU = Composite(
    text="""
def elu(x, alpha=1.0):
    return where(x > 0, x, alpha * (exp(minimum(x, 0)) - 1))
""",
    summary="The number where it is positive, else alpha times (e to the power of x, less 1).",
    why={
        "x": (
            "Where `{x}` is positive it is passed on unchanged, and so is the gradient. Below 0 the curve "
            "flattens towards −alpha, and its slope is its distance from there."
        ),
    },
    formula="y = where(x > 0, x, alpha * (exp(x) - 1))",
    symbols="y tends to -alpha for large negative x",
    gradients={"x": "where(x > 0, 1, y + alpha) * g"},
    symbol="elu",
    source="torch.nn.functional.elu",
    paper=(
        'D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and Accurate Deep Network Learning by '
        'Exponential Linear Units (ELUs)", 2015'
    ),
    kink=Kink("At 0 the gradient is alpha.", "elu(x, 0.5)", {"x": [0.0, 1.0]}, {"x": [0.5, 1.0]}),
    samples=(Sample("elu(x)", {"x": (3, 2)}), Sample("elu(x, alpha=0.5)", {"x": (4,)})),
)
