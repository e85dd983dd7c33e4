"""Changes in place mean what NumPy means by them: elements, masks, views and other names of a tensor."""

from __future__ import annotations

import pytest

import backprop_explorer as bx
from tests.together import each
from tests.unit.language.oracle import agrees

X = [[1.5, -2.0], [0.5, 4.0], [-3.0, 0.25]]

ELEMENTS = {
    "a column": "a = x * 2\na[:, 0] = x[:, 1] ** 2\nloss = (a * a).sum()",
    "an element": "a = x * 2\na[1, 0] = x[0, 0] * x[1, 1]\na[-1] = 3\nloss = (a * a).sum()",
    "a row in zeros": (
        "a = np.zeros((4, 2))\nfor i in range(3):\n    a[i] = x[i] * (i + 1)\na[3, :] = x.sum()\n"
        "loss = (a * a).sum()"
    ),
    "with steps": "a = x * 1\na[::-2, 1:] = x[:2, :1]\nloss = (a * a * x).sum()",
    "stretched": "a = x * 1\na[1:] = x[0]\nloss = (a * a * x).sum()",
    "added": "a = x * 2\na[0] += x[1]\na[:, 1] *= x[:, 0]\na[1, 1] -= 1\nloss = (a * a).sum()",
    "in place": "a = x * 2\na += x ** 2\na *= a\nloss = a.sum()",
    "by lists": "a = x * 2\na[[0, 2], [1, 0]] = x[1]\nloss = (a * a).sum()",
    "twice at one place": "a = x * 2\na[[0, 0, 2]] = x[[0, 1, 2]] ** 2\nloss = (a * a).sum()",
    "added twice at one place": "a = x * 2\na[[0, 0]] += x[:2]\nloss = (a * a).sum()",
    "by a mask": "a = x * 2\na[x > 0] = 1.5\na[x < -1] = x[0, 0]\nloss = (a * a * x).sum()",
    "by what a mask chose": (
        "a = np.zeros(x.shape)\nm = x > 0\na[m] = np.exp(-x[m]) / (1 + x[m])\n"
        "a[~m] = np.exp(x[~m])\nloss = (a * a).sum()"
    ),
    "added by a mask": "a = x * 2\na[a > 1.2] += 1\na[a < 0] *= -x[0, 0]\nloss = (a * a).sum()",
    "rows by a mask": "a = x * 2\nm = x[:, 0] > 0\na[m] = x[m] ** 2\na[~m] = x[1]\nloss = (a * a).sum()",
    "masks joined": "a = x * 2\na[(x > 0) & (x < 2) | (x < -2.5)] = 0\nloss = (a * x).sum()",
    "sums of a mask": "m = x > 0\nloss = x[m].sum() + (x[m] ** 2).mean() + np.sum(np.log(x[m]))",
    "a mask that chooses nothing": "m = x > 100\nloss = (x * x).sum() + np.log(x[m]).sum()",
    "outside of the mask nothing is finite": (
        "m = x > 0\na = np.zeros(x.shape)\na[m] = np.log(x[m]) + np.sqrt(x[m])\n"
        "loss = (a * x).sum()"
    ),
    "a mask that is known": "m = np.arange(3) > 0\na = x * 2\na[m] = x[:2]\nloss = (a * a).sum() + (x[m] ** 2).sum()",
}  # fmt: skip


@each("text", list(ELEMENTS.values()), ids=list(ELEMENTS))
def test_elements_are_assigned_as_in_numpy(text: str) -> None:
    agrees(text, x=X)


SHARED = {
    "another name": "a = x * 2\nb = a\na[0] = 1\nloss = (a * b).sum()",
    "another name, added": "a = x * 2\nb = a\na += x\nloss = (a * b).sum()",
    "a view": "a = x * 2\nb = a[0]\na[0] = x[1]\nloss = (a * a).sum() + (b * b).sum()",
    "through a view": "a = x * 2\nb = a[1]\nb[0] = x[0, 1] ** 2\nb *= 3\nloss = (a * a).sum() + b.sum()",
    "through a transposed view": "a = x * 2\nb = a.T\nb[0] = 7\nb[1, 1:] = x[0]\nloss = (a * a * x).sum()",
    "a view of a view": (
        "a = x * 2\nb = a[1:]\nc = b[:, 0]\na[1:, 0] = 5\nc[1] = x[0, 0]\n"
        "loss = (a * a * x).sum() + c.sum() * b.sum()"
    ),
    "in a list": "a = x * 2\nhs = [a, a]\nhs[0][1] = 3\nhs[1] += x\nloss = (a * hs[0]).sum()",
    "in a function": "def f(a):\n    a[0] = 0\n    a *= 2\nb = x * 3\nf(b)\nloss = (b * b).sum()",
    "in a chain of brackets": "a = x * 1\na[1][0] = x[0, 0] * 3\nloss = (a * a).sum()",
    "of a parameter": "x[0] = x[1] * 2\nx += 1\nloss = (x * x).sum()",
    "a new tensor is another": "a = x * 2\nb = a\na = a + 1\na[0] = 9\nloss = (a * b).sum()",
    "a dict of arrays": (
        "d = {0: np.zeros((2, 1))}\nd[0][1] = x[0, 0]\nv = d[0]\nd[0] = d[0] * 2\nv[0] = x[1, 1]\n"
        "loss = (d[0] * v).sum()"
    ),
}  # fmt: skip


@each("text", list(SHARED.values()), ids=list(SHARED))
def test_all_names_of_a_tensor_see_a_change_in_place(text: str) -> None:
    agrees(text, x=X)


UNCLEAR = [
    "s = x.sum()\nt = s\ns += 1\nloss = s * t",
    "a = x * 2\nb = a.reshape(-1)\na[0] = 1\nloss = b.sum()",
    "a = x[0] * 2\nb = a[0]\na[0] = 1\nloss = b * 2",
    "a = x * 2\nb = a.reshape(-1)\nb[0] = 1\nloss = a.sum()",
    "a = x * 2\nb = a.float()\nb[0] = 1\nloss = a.sum()",
]


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_the_libraries_do_not_agree_about_is_refused(text: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": text, "parameters": {"x": X}})
    assert caught.value.code == "shared_numbers"
    assert caught.value.line is not None


REFUSED = {
    "x[x > 0][0]": "how many elements",
    "x[x > 0].max()": "how many elements",
    "x[x > 0] + x[x > 1]": "two different masks",
    "x[x > 0].shape[0]": "how many elements",
    "x[x > 0, 0]": "beside another index",
    "x[x > 0].cumsum()": "",
    "[r for r in x[x > 0]]": "how many elements",
}


@each("code", list(REFUSED))
def test_what_needs_the_count_of_a_mask_is_refused(code: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": f"h = {code}\nloss = sum(h)", "parameters": {"x": X}})
    assert REFUSED[code] in caught.value.detail
