"""Python's constructs mean what Python means: the same text, run by Python with NumPy, is the judge."""

from __future__ import annotations

import ast
import time

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Budget, compile_document, trace
from tests.together import each
from tests.unit.language.oracle import agrees

X, W = [[1.5, -2.0], [0.5, 4.0], [-3.0, 0.25]], [[0.5, -1.5], [2.0, 0.75]]

PROGRAMS = {
    "if, elif, else": """
kind = "b"
if kind == "a":
    h = x
elif kind in ("b", "c"):
    h = x * 2
else:
    h = x * 3
loss = (h ** 2).sum() if h.ndim == 2 and not kind is None else h.sum()
""",
    "while, break, continue, else": """
n, h = 0, x
while True:
    n += 1
    if n == 2:
        continue
    if n > 4:
        break
    h = h * n + x
else:
    h = h * 100
while n > 3:
    n -= 1
else:
    h = h + n
for i in range(3):
    if i == 5:
        break
else:
    h = h - 1
loss = (h * h).sum()
""",
    "whole numbers": """
n = len(x)
half, rest = n // 2, n % 2
a, b = divmod(-7, 3)
size = int(np.prod(x.shape)) if False else math.prod(x.shape)
loss = (x ** 2).sum() * half + rest * x.sum() / size + a * b * x[0, 0]
loss += round(2.567, 1) + abs(-3) + max(2, 5) - min([4, 3])
""",
    "math": """
scale = 1 / math.sqrt(x.shape[1]) + math.log(3) * math.pi - math.floor(2.7) + math.exp(0.5)
loss = (x * scale).sum() + float("2.5") * int(3.9) * x[0, 0]
""",
    "and, or, chains": """
k = 3
a = k or 5
b = None or 2
c = 0 and 7
loss = x.sum() * a * b + c + (1 < k <= 3 != 4) * x[0, 0] + (not 0) * x[1, 1] + (x.ndim is not None) * 2
""",
    "lists": """
hs = [x]
hs.append(hs[-1] * 2)
hs += [hs[0] + 1]
hs.extend([x * 3, x * 4])
hs.insert(1, x * 5)
last = hs.pop()
first = hs.pop(0)
hs[0] = hs[0] * 2
same = hs
same.append(first * first)
total = 0
for i, h in enumerate(hs, 1):
    total = total + i * (h * h).sum()
pair = [None] * 2
pair[0], pair[1] = last, len(hs)
loss = total + pair[0].sum() * pair[1] + sum(h.sum() for h in hs[1:3]) + sum(h[0, 0] for h in reversed(hs[::2]))
""",
    "dicts": """
params = {"W1": w, "W2": w * 2}
params["b" + str(1)] = x[0]
params[f"b{2}"] = x[1]
params.update(W3=w * w)
h = x
for l in range(1, 3):
    h = np.dot(h, params["W%d" % l]) + params["b{}".format(l)]
keys = [key for key in params if key.startswith("W")]
loss = (h ** 2).sum() + sum((value ** 2).sum() for key, value in params.items() if key in keys)
loss = loss + params.get("W9", 3) * len(params) + params.pop("b1").sum() + ("b1" in params) + len(list(params.values()))
del params["W1"]
loss = loss * len(params)
""",
    "negative keys": """
hs = {}
hs[-1] = x[0] * 0
for t in range(len(x)):
    hs[t] = np.tanh(x[t] + hs[t - 1] @ w)
loss = sum(h.sum() for h in hs.values())
""",
    "rows of a tensor": """
total = 0
for row in x:
    a, b = row
    total = total + a * b
(p, q), *rest = x
for (i, (r, s)) in enumerate(zip(x, x * x)):
    total += i * (r * s).sum()
loss = total + p * q + len(rest) + sum(r[0] * r[1] for r in rest)
""",
    "functions": """
scale = 3

def affine(x, w, b=0, *more, times=2, **options):
    \"\"\"A layer.\"\"\"
    out: float = x @ w + b
    for one in more:
        out = out + one
    if options.get("negate", False):
        return -out * scale
    return out * times, (x, w)

def nothing(a):
    a.append(x * 2)

def outer(f, *args, **kwargs):
    return f(*args, **kwargs)

h, cache = affine(x, w)
k, (y, _) = outer(affine, x, w, 1, x, times=3)
n = outer(affine, x, w, **{"negate": True, "b": 2})
found = []
nothing(found)
loss = (h * h).sum() + (k * y).sum() + n.sum() + sum(found).sum() + cache[0].sum()
""",
    "closures": """
def make(w, act=None):
    def layer(h):
        z = h @ w
        return z if act is None else act(z)
    return layer

layers = [make(w, np.tanh), make(w * 2), lambda h, k=2: h * k]
acts = {"tanh": np.tanh, "square": lambda z: z ** 2}
h = x
for layer in layers:
    h = layer(h)
late = [lambda: i for i in range(3)]
early = [lambda i=i: i for i in range(3)]
loss = acts["square"](h).sum() + acts["tanh"](h).sum() + sum(f() for f in late) + sum(f() for f in early) * x[0, 0]
""",
    "targets": """
a = b = x * 2
(c, d), e = (a, b), a + b
f, *g = [a, b, c, d]
*g2, last = (1, 2, 3)
loss: float = (c * d).sum() + e.sum() + sum(one.sum() for one in g) * last + sum(g2)
loss += (f * f).sum()
loss -= 1
loss *= 2
loss /= 4
""",
    "comprehensions": """
squares = [i * i for i in range(5) if i % 2]
table = {i: row * i for i, row in enumerate(x)}
grid = [[a * b for b in squares] for a in range(2)]
flat = [one for line in grid for one in line]
once = (row.sum() for row in x)
first = sum(once)
second = sum(once)
loss = sum((table[i] * squares[i % 2]).sum() for i in table) + flat[-1] + first * 2 + second + max(squares) * x[0, 1]
loss = loss + sum(map(lambda r: (r * r).sum(), x)) + len(list(filter(None, [0, 1, 2]))) + sum(sorted([3, 1, 2])[:2])
""",
    "strings": """
name = "W" + str(2) + "_" * 2
parts = "a,b".split(",")
text = f"{name}:{3.14159:.2f}:{len(parts):>3}"
loss = x.sum() * len(text) + (name.upper() == "W2__") * 5 + ("-".join(parts) == "a-b") + isinstance(text, str)
""",
    "numbers of constants": """
mask = np.arange(4) > 1
count = 0
if mask.sum() == 2:
    count = int(mask.sum())
loss = x.sum() * count
""",
    "left out": """
import numpy as np
import math
print("the shape is", x.shape)
np.random.seed(0)
assert x.shape == (3, 2), f"got {x.shape}"
pass
h = x * 2
del h
loss = (x * x).sum()
""",
    "a def in a def that returns early": """
def f(n):
    def g(k):
        if k > 1:
            return x * k
        return x
    for i in range(10):
        if i == n:
            return g(i)
loss = (f(0) * f(3)).sum()
""",
}


@each("text", list(PROGRAMS.values()), ids=list(PROGRAMS))
def test_the_program_is_pythons(text: str) -> None:
    reads_w = any(isinstance(node, ast.Name) and node.id == "w" for node in ast.walk(ast.parse(text)))
    agrees(text, x=X, **({"w": W} if reads_w else {}))


def test_without_gradients_the_numbers_are_the_same_and_none_flows_back() -> None:
    text = "import torch\nwith torch.no_grad():\n    m = x.mean()\n    y = x\nh = (x - m) * y\nloss = h.sum()"
    plan = bx.compile({"program": text, "parameters": {"x": X}})
    x = np.array(X)
    np.testing.assert_allclose(plan.run(), ((x - x.mean()) * x).sum())
    np.testing.assert_allclose(plan["x.g"], 2 * x - x.mean())


def test_under_no_grad_a_parameter_is_not_changed() -> None:
    with pytest.raises(bx.Problem, match="no_grad"):
        bx.compile({"program": "with torch.no_grad():\n    x[0] = 0\nloss = x.sum()", "parameters": {"x": X}})


def test_notes_name_what_is_left_out() -> None:
    text = "import numpy as np\nfor i in range(3):\n    print(i)\nassert x.sum() > 0\nloss = x.sum()\nloss, x.shape"
    found = trace(bx.compile({"program": text, "parameters": {"x": X}}))
    assert [(one["line"], one["code"]) for one in found["warnings"]] == [(i, "left_out") for i in (1, 3, 4, 6)]
    assert [step["output"] for step in found["steps"]] == ["loss", "loss.g", "x.g"]


@each(
    ("text", "code", "says"),
    [
        ("assert x.shape == (2, 2), f'got {x.shape}'", "assertion", "got (3, 2)"),
        ("raise ValueError(f'unknown {3}')", "raised", "ValueError: unknown 3"),
        ("if x.sum() > 0:\n    h = x", "not_in_language", "x.sum() > 0 is a tensor"),
        ("print([1].pop())", "not_in_language", ".pop()"),
        ("def f():\n    h = y + 1\n    y = 2\n    return h\nk = f()", "unknown_name", "only later"),
        ("n = 1\ndef f():\n    n += 1\nf()", "unknown_name", ""),
        ("d = {'a': x}\nh = d['b']", "bad_index", "no key 'b'"),
        ("h = [x][3]", "bad_index", "length 1"),
        ("a, b = [x]", "bad_assignment", "1 values"),
        ("f = lambda a: f(a)\nh = f(x)", "recursion", ""),
        ("f = lambda a, b: a\nh = f(x)", "bad_call", "needs b"),
        ("h = x[1.5]", "wrong_shape", "whole numbers"),
        ("a = x * 2\na[0] = x", "wrong_shape", "broadcast to"),
        ("a = x[0] * 2\na += x", "wrong_shape", "keeps the shape"),
        ("m = x > 0\nm[0] = 0.5", "wrong_kind", "true or false"),
        ("h = x['a']", "wrong_shape", "whole numbers"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, code: str, says: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": f"{text}\nloss = sum(x)", "parameters": {"x": X}})
    assert (caught.value.code, caught.value.line is not None) == (code, True), caught.value.detail
    assert says in caught.value.detail


ENDLESS = {
    "a comprehension": "h = [i for i in range(10 ** 9)]",
    "doubling": "a = [1]\nfor i in range(100):\n    a = a + a",
    "text": "a = 'x' * 10 ** 9",
    "text doubled": "a = 'x'\nfor i in range(100):\n    a = a + a",
    "a power": "a = 10 ** 10 ** 9",
    "a power of whole numbers": "a = 2\nfor i in range(1000):\n    a = a * a",
    "while": "while True:\n    pass",
    "while in a function": "def f():\n    while True:\n        k = 1\nf()",
    "a width": "a = f'{1:1000000000}'",
    "a width in another": "a = f'{1:{10 ** 9}}'",
    "a percent width": "a = '%1000000000d' % 1",
    "a star": "a = '%*d' % (10 ** 9, 1)",
    "a list in lists": "a = []\nfor i in range(9999):\n    a = [a]\nh = concatenate(a)",
    "a list in itself": "a = []\na.append(a)\nh = concatenate(a)",
    "many lists": "a = [1]\nfor i in range(60):\n    a = [a, a]\nh = x[a]",
    "equal lists": "a, b = [1], [1]\nfor i in range(60):\n    a, b = [a, a], [b, b]\nc = a == b",
    "a growing list": "a = [1]\nfor i in a:\n    a.append(i)",
    "a growing dict": "d = {}\nwhile True:\n    d[len(d)] = 1",
    "closures": "f = lambda a: a\nfor i in range(100):\n    f = (lambda g: lambda a: g(g(a)))(f)\nh = f(x)",
    "a list of a range": "a = list(range(10 ** 18))",
    "a sum of a range": "a = sum(range(10 ** 18))",
    "replace": "a = ('x' * 9000).replace('x', 'y' * 9000)",
    "join": "a = ('x' * 9000).join(['y'] * 9000)",
    "a set of rows": "for row in broadcast_to(x, (1000000, 3, 2)):\n    h = row",
    "indices": "a = [0] * 90000\nh = x[[a, a]][[a]]",
    "long slices": "a = [0] * 90000\nfor i in range(9999):\n    b = a[:]",
    "a factorial": "a = 1\nfor i in range(1, 2000):\n    a *= i",
    "rounds of rounds": "for i in range(99):\n    for j in range(99):\n        for k in range(99):\n            pass",
}  # fmt: skip


@each("text", list(ENDLESS.values()), ids=list(ENDLESS))
def test_what_would_never_end_is_refused_soon(text: str) -> None:
    def taken() -> float:
        start = time.process_time()
        with pytest.raises(bx.Problem):
            compile_document({"program": f"{text}\nloss = sum(x)", "parameters": {"x": X}}, Budget())
        return time.process_time() - start

    assert taken() < 1 or taken() < 1


def test_tensors_are_called_after_what_they_are_put_into() -> None:
    text = """
hs, d = [None, None], {}
for t in range(2):
    hs[t] = tanh(x[t])
d["a"] = x * 2
_, k = x * 3, x * 4
loss = sum(hs[0] * hs[1]) + sum(d["a"]) + sum(k)
"""
    plan = bx.compile({"program": text, "parameters": {"x": X}})
    names = [step["output"] for step in trace(plan)["steps"] if step["phase"] == "forward"]
    assert [name for name in names if "." not in name] == ["hs__1", "hs__2", "d", "k", "loss"]
    rounds = {step["output"]: step["loop"]["round"] for step in trace(plan)["steps"] if "loop" in step}
    assert (rounds["hs__1"], rounds["hs__2"]) == (1, 2)
