"""Code that has no counterpart, is hostile or huge: refused by name, and never run."""

from typing import Any

import pytest

from backprop_explorer.problem import Problem
from tests.together import each
from tests.unit.importing.test_code import document_of, opened

REFUSED = {
    "a tensor that nobody gives": ("import numpy as np\nloss = (np.exp(q) ** 2).sum()", "missing_tensor", 2, "q"),
    "a file": ("import numpy as np\nx = np.loadtxt('f.csv')\nloss = x.sum()", "reads_outside", 2, "np.loadtxt"),
    "another library": ("import pandas as pd\nx = pd.DataFrame()\nloss = x.sum()", "reads_outside", 1, "pandas"),
    "all names": ("from numpy import *\nloss = 1", "not_in_language", 1, "import *"),
    "a metaclass": ("class A(metaclass=type):\n    x = 1\nloss = A.x", "not_in_language", 1, "metaclass"),
    "a decorator": ("def d(f):\n    return f\n@d\ndef f():\n    return 1\nloss = f()",
                    "not_in_language", 4, "decorator"),
    "an endless call": ("import torch\nw = torch.ones(2, requires_grad=True)\ndef f(x):\n    return f(x)\nloss = f(w)",
                        "recursion", 4, "calls itself"),
    "a magic method": ("class A:\n    def __getattr__(self, n):\n        return 1\nloss = A().x", "not_in_language", 2,
                       "__getattr__"),
    "an attribute of Python's": ("import torch\nw = torch.ones(2, requires_grad=True)\nloss = getattr(w, '__class__')",
                                 "bad_call", 3, "name of an attribute"),
    "a module that is not known": ("import torch.nn as nn\nm = nn.Fold(2, 2)\nloss = m(nn.Linear(2, 2).weight)",
                                   "unknown_function", 2, "nn.Fold"),
    "another shape than was made": ("import torch.nn as nn\nm = nn.Linear(2, 1)\nloss = m.weight.sum()",
                                    "wrong_shape", 2, "weight"),
    "no loss": ("import numpy as np", "no_loss", None, "could be a loss"),
    "no Python": ("def f(:\n", "syntax", 1, "cannot be read"),
    "a name of the language's": ("import numpy as np\nw__1 = np.random.randn(2)\nloss = w__1.sum()",
                                 "bad_name", 2, "w__1"),
    "a custom backward": ("import torch\nclass F(torch.autograd.Function):\n    pass\n"
                          "w = torch.ones(2, requires_grad=True)\n"
                          "loss = F.apply(w).sum()", "not_in_language", 2, "torch.autograd.Function"),
}  # fmt: skip


@each(("text", "code", "line", "words"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_counterpart_is_refused_by_name(text: str, code: str, line: int | None, words: str) -> None:
    beside = {"parameters": {"weight": [[1.0]]}} if code == "wrong_shape" else {"inputs": {}}
    with pytest.raises(Problem) as raised:
        opened(text, **beside)
    assert (raised.value.code, raised.value.line) == (code, line)
    assert words in raised.value.detail


def test_nothing_of_a_text_is_run(tmp_path: Any) -> None:
    place = tmp_path / "made"
    text = f"import os\nopen({str(place)!r}, 'w')\nos.system('touch {place}')\n"
    text += "import numpy as np\nw = np.random.randn(2)\nloss = w.sum()\n"
    assert document_of(opened(text))["program"].strip() == "loss = w.sum()"
    assert not place.exists()


def test_a_text_of_any_length_takes_time_in_proportion_or_is_refused() -> None:
    many = "".join(
        f"def f{i}(x):\n    for k in range(2):\n        f{i - 1}(x)\n        f{i - 1}(x)\n" for i in range(1, 400)
    )
    with pytest.raises(Problem):
        opened(f"import torch\n{many}\nf399(1)\n", inputs={})
    with pytest.raises(Problem) as raised:
        opened("a = 1\n" * 200_000, inputs={})
    assert raised.value.status == 413
    chain = "class C0:\n    pass\n" + "".join(f"class C{i}(C{i - 1}):\n    pass\n" for i in range(1, 500))
    with pytest.raises(Problem) as raised:
        opened(f"{chain}loss = C499()\n", inputs={})
    assert raised.value.code == "too_deep"
