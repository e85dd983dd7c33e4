"""The language's own rules, each with a program that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from backprop_explorer.ops.record import Shape
from backprop_explorer.reference.sample import OPTIMIZER, ShownDocument, numbers


class LanguageRule(TypedDict):
    """A rule of the language, with a document that shows it."""

    anchor: str
    title: str
    text: str
    document: ShownDocument


def _rule(
    anchor: str,
    title: str,
    text: str,
    program: str,
    shapes: Mapping[str, Shape],
    more: Mapping[str, Any] | None = None,
    **whole: int,
) -> LanguageRule:
    """A rule; its document has the optimizer, the batch and the validation of `more`."""
    tensors = numbers(shapes, whole)
    chosen = more or {}
    document: ShownDocument = {
        "title": title,
        "program": program,
        "inputs": {name: value for name, value in tensors.items() if not name.startswith(("w", "b"))},
        "parameters": {name: value for name, value in tensors.items() if name.startswith(("w", "b"))},
        "optimizer": chosen.get("optimizer", OPTIMIZER),
    }
    if "batch" in chosen:
        document["batch"] = chosen["batch"]
    if "validation" in chosen:
        document["validation"] = chosen["validation"]
    return {"anchor": f"language-{anchor}", "title": title, "text": text, "document": document}


RULES = (
    _rule(
        "assignment",
        "Assignment",
        "A program is a list of assignments, in a subset of Python's grammar. The last one, or the one to the name "
        "loss, is what is differentiated; it must be a single number. a = b makes a second name for the same tensor, "
        "c = 3 a number, and a, b = x.shape unpacks a tuple. Imports, print and what else changes no tensor are "
        "left out, with a note.",
        "rows, columns = x.shape\nh = x @ w\nloss = sum(h ** 2) / rows",
        {"x": (3, 2), "w": (2, 4)},
    ),
    _rule(
        "operators",
        "Operators and shapes",
        "+ - * / ** @ and the comparisons mean what they mean in NumPy: shapes are broadcast from their last axis on, "
        "and what was broadcast has its gradient summed. The two sides of @ may be vectors. Used in "
        "arithmetic, a comparison is 1 or 0; it has no gradient.",
        "h = x @ w + b\npositive = h * (h > 0)\nloss = mean(positive ** 2)",
        {"x": (3, 2), "w": (2, 4), "b": (4,)},
    ),
    _rule(
        "calls",
        "Calls",
        "A bare name is the language's own function, listed below by family; it may stand behind its first operand as "
        "a method. With np., torch., F. or math. in front it is that library's, with the library's parameters and "
        "defaults: F.linear(x, w) is x @ w.T, torch.max(x, 1) a pair of values and indices. An import binds names as "
        "in Python. What cannot be represented is refused by name.",
        "from torch.nn.functional import linear\nh = F.relu(linear(x, w))\n"
        "p = h.exp() / torch.sum(h.exp(), dim=1, keepdim=True)\nloss = p.pow(2).mean()",
        {"x": (3, 2), "w": (4, 2)},
    ),
    _rule(
        "dialect",
        "Whose words",
        "Methods and bare names that NumPy and PyTorch mean differently follow the document's dialect, numpy or torch. "
        "Left out, it is torch where the text has anything that only PyTorch has, such as dim= or .unsqueeze, else "
        "numpy; a warning names the line where nothing decides. So x.std() divides by n in one and by n − 1 in the "
        "other, and x.transpose(0, 1) is the order of all axes or swaps two.",
        "import torch\nh = x @ w\nz = (h - h.mean(0)) / h.std(0)\nbest, place = z.max(1)\nloss = best.sum()",
        {"x": (3, 2), "w": (2, 4)},
    ),
    _rule(
        "indices",
        "Indices",
        "Whole numbers, slices, None or np.newaxis, and ... pick from a tensor as in NumPy; so does a tensor of whole "
        "numbers under inputs, and lists and such tensors for several axes. Indices count from 0, negative ones from "
        "the end. x[mask] may go through functions of single elements, be summed, or be put back by z[mask] = ….",
        "rows = w[labels]\nfirst = rows[:, 0]\nrest = rows[..., 1:]\nloss = sum(first ** 2) + mean(rest[::2] ** 2)",
        {"labels": (5,), "w": (3, 4)},
        labels=3,
    ),
    _rule(
        "elements",
        "Changes in place",
        "a[i] = v and a += v make a new version of the tensor, which all its names and views see, as in NumPy and "
        "PyTorch; what was overwritten gets no gradient. Where the two libraries differ in who sees a change, reading "
        "it is an error.",
        "a = x @ w\na[:, 0] = a[:, 1] * 2\na[a < 0] = 0\na += 1\nloss = mean(a ** 2)",
        {"x": (3, 2), "w": (2, 4)},
    ),
    _rule(
        "functions",
        "def",
        "A function has parameters, with defaults, *args and **kwargs if needed, and reads names around "
        "it; it may stand in another, or be a lambda or a value. It may call others, but not itself. The graph shows a "
        "call as a box that opens.",
        "def layer(x, w, b, slope=0.1):\n    h = x @ w + b\n    return maximum(h, slope * h)\n\n"
        "h = layer(x, w1, b1)\nout = layer(h, w2, b2, slope=1)\nloss = mean(out ** 2)",
        {"x": (3, 2), "w1": (2, 4), "b1": (4,), "w2": (4, 1), "b2": (1,)},
    ),
    _rule(
        "loops",
        "for and while",
        "A loop is written out before the program runs, over a range, a list, a dict, or the rows of a tensor; the "
        "number of rounds has to be known by then. A tensor that is used in every round gets a gradient from every "
        "round, and they are summed.",
        "h = 0 * x[0] @ w\nfor t in range(x.shape[0]):\n    h = tanh(x[t] @ w + h @ wh)\nloss = sum(h ** 2)",
        {"x": (4, 2), "w": (2, 3), "wh": (3, 3)},
    ),
    _rule(
        "choices",
        "if",
        "if, while, and, or, not and assert decide by what is known before the program runs: shapes, numbers, strings, "
        "None. Where a tensor's numbers decide, where(condition, a, b) chooses for each element.",
        "activation = 'tanh'\nh = x @ w\nif activation == 'tanh' and h.ndim == 2:\n    h = tanh(h)\nelse:\n"
        "    h = where(h > 0, h, 0.1 * h)\nloss = mean(h ** 2)",
        {"x": (3, 2), "w": (2, 4)},
    ),
    _rule(
        "collections",
        "Lists and dicts",
        "Lists, tuples and dicts of tensors, strings and numbers mean what they mean in Python, comprehensions and "
        "methods such as append and items included. They are gone through while the program is read; a tensor in them "
        "is called after the name it was put under.",
        "layers = {'W1': w1, 'W2': w2}\nhs = [x]\nfor i in range(len(layers)):\n"
        "    hs.append(tanh(hs[-1] @ layers[f'W{i + 1}']))\n"
        "loss = mean(hs[-1] ** 2) + 0.01 * sum(sum(W ** 2) for W in layers.values())",
        {"x": (3, 2), "w1": (2, 4), "w2": (4, 1)},
    ),
    _rule(
        "names",
        "Names",
        "A name that is assigned again has versions, h__1 and h__2; in the program the bare name is the latest. A "
        "sub-expression without a name is called after its statement and operation: h.matmul, h.matmul_2. So names "
        "must not hold two underscores.",
        "h = relu(x @ w1)\nh = h @ w2\nloss = mean(h ** 2)",
        {"x": (3, 2), "w1": (2, 4), "w2": (4, 1)},
    ),
    _rule(
        "gradients",
        "Gradients",
        "w.g, or w.grad, is the gradient of the loss by w: it has w's shape, whatever the shape of the loss. Formulas "
        "may use it, under Practice and in POST /api/check: here w.g is x.T @ h.g. Where a derivative does not exist, "
        "at a kink, each operation says what it takes instead. detach(x) lets no gradient through.",
        "h = x @ w\ncentre = detach(mean(h, axis=0))\nloss = mean((h - centre) ** 2)",
        {"x": (3, 2), "w": (2, 4)},
    ),
    _rule(
        "derivative",
        "A derivative in a program",
        "grad(y, x) is the gradient of the sum of y with respect to x, as more of the program: its steps are shown, "
        "and the loss may depend on it. torch.autograd.grad(y, x, create_graph=True) gives the same in a tuple; "
        "without create_graph=True nothing goes back through it.",
        "h = tanh(x @ w)\nslope = grad(h, x)\nloss = mean(h ** 2) + 0.1 * sum(slope ** 2)",
        {"x": (3, 2), "w": (2, 4)},
    ),
    _rule(
        "numbers",
        "Numbers",
        "Everything is computed in float64, or in float32 where the document says so. Lists of whole numbers under "
        "inputs stay whole where an operation takes them as labels or indices, and are floats elsewhere; used both "
        "ways is an error.",
        "scores = x @ w\nloss = cross_entropy(scores, labels)",
        {"x": (4, 2), "w": (2, 3), "labels": (4,)},
        labels=3,
    ),
    _rule(
        "schedules",
        "Learning rates",
        "The optimizer's lr is a number, or a text: an expression of the iteration, 0 for the first of the run. It "
        "consists of numbers, pi and what works element by element: 0.1 * where(iteration < 50, 1, 0.1), 0.05 * (1 + "
        "cos(pi * iteration / 100)). Its value is the tensor optimizer.lr, a step of the update like the others. A "
        "rate of 0 changes nothing; a training that would meet a negative rate or one that is not finite is not begun.",
        "loss = mean((x @ w) ** 2)",
        {"x": (4, 2), "w": (2, 3)},
        {"optimizer": {"name": OPTIMIZER["name"], "lr": "0.5 * 0.9 ** iteration"}},
    ),
    _rule(
        "batches",
        "Batches",
        'With "batch": {"size": 2, "shuffle": true} each iteration takes so many rows of the data: of the inputs whose '
        "axis 0 is the longest. In an epoch no row is taken twice, in an order that follows from the seed and the "
        "epoch; rows that do not fill a batch wait for the next epoch. batch.rows tells which they are. An edit of a "
        "batched input is an edit of these rows of the data; numbers in the shape of the data replace all of it.",
        "scores = x @ w\nloss = cross_entropy(scores, labels)",
        {"x": (6, 2), "w": (2, 3), "labels": (6,)},
        {"batch": {"size": 2}},
        labels=3,
    ),
    _rule(
        "validation",
        "Validation",
        'With "validation": {"fraction": 0.25} or {"count": 2} so many rows of the data are held out: drawn by the '
        'seed, or with "shuffle": false the last ones. No iteration trains on them. Their loss is measured at each '
        "iteration, without dropout, and drawn beside the other. A program that says how many rows there are does not "
        "run with fewer: write x.shape[0].",
        "scores = x @ w\nloss = cross_entropy(scores, labels)",
        {"x": (8, 2), "w": (2, 3), "labels": (8,)},
        {"validation": {"fraction": 0.25}},
        labels=3,
    ),
)
