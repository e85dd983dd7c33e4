"""Formulae: exact LaTeX and MathML, parentheses where they are needed, and nothing that could be markup."""

import ast
import re
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_explorer.language import formula as formula_module
from backprop_explorer.language.formula import latex, mathml
from backprop_explorer.language.notation import notation, notations
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from tests.amount import count
from tests.together import each
from tests.unit.language import latex_reader

NOTATIONS = {
    "exp": "exponential", "sqrt": "root", "abs": "bars", "length": "norm",
    "sum": "sum", "mean": "mean", "max": "max", "min": "min", "relu": "function", "matmul": "matrix_product",
}  # fmt: skip
ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "msub", "msup", "msubsup", "mfrac", "msqrt", "mtext", "munder"}
ELEMENTS |= {"mtable", "mtr", "mtd"}
ATTRIBUTES = {
    ("math", "display", "block"), ("mi", "class", "value"), ("mi", "class", "gradient"),
    ("mi", "class", "word"), ("mi", "class", "word value"), ("mi", "class", "word gradient"),
    ("mfrac", "class", "gradient"), ("mo", "lspace", "0.2em"), ("mo", "rspace", "0"),
}  # fmt: skip


@each(
    ("code", "written"),
    [
        ("w1.g = x.T @ l1.g", r"\frac{\partial L}{\partial w_{1}} = x^{\top} \, \frac{\partial L}{\partial l_{1}}"),
        ("w1.grad", r"\frac{\partial L}{\partial w_{1}}"),
        (
            "out.g = (2 / 6 * (out[:, 0] - y))[:, None]",
            r"\frac{\partial L}{\partial \mathrm{out}} = \left( \frac{2}{6} \cdot \left( \mathrm{out}_{\texttt{:}, 0}"
            r" - y \right) \right)_{\texttt{:}, \texttt{None}}",
        ),
        (
            "l1.g = (l1 > 0) * l2.g",
            r"\frac{\partial L}{\partial l_{1}} = \left[ l_{1} > 0 \right] \odot \frac{\partial L}{\partial l_{2}}",
        ),
        ("loss.g = 1", r"\frac{\partial L}{\partial \mathrm{loss}} = 1"),
        (
            "b1.g = l1.g.sum(0)",
            r"\frac{\partial L}{\partial b_{1}} = \sum_{\texttt{axis 0}} \frac{\partial L}{\partial l_{1}}",
        ),
        (
            "w1.exp_avg = 0.9 * w1.exp_avg + (1 - 0.9) * w1.g",
            r"\mathrm{w1.exp\_avg} = 0.9 \cdot \mathrm{w1.exp\_avg} + \left( 1 - 0.9 \right) \cdot"
            r" \frac{\partial L}{\partial w_{1}}",
        ),
        ("loss.matmul_2", r"\mathrm{loss.matmul\_2}"),
        ("h__2 = tanh(h__1)", r"h^{\left( 2 \right)} = \mathrm{tanh} \left( h^{\left( 1 \right)} \right)"),
        (
            "a.g = a.g__1 + a.g__2",
            r"\frac{\partial L}{\partial a} = \left( \frac{\partial L}{\partial a} \right)_{1}"
            r" + \left( \frac{\partial L}{\partial a} \right)_{2}",
        ),
        (
            "wh.g[i, q] = wh.g__1[i, q]",
            r"\frac{\partial L}{\partial \mathrm{wh}_{i, q}}"
            r" = \left( \frac{\partial L}{\partial \mathrm{wh}_{i, q}} \right)_{1}",
        ),
        ("-2 / 6 * (a - b)", r"- \frac{2}{6} \cdot \left( a - b \right)"),
        ("a - -b", r"a - \left( - b \right)"),
        ("a - (b + c)", r"a - \left( b + c \right)"),
        ("a - b + c", "a - b + c"),
        ("(a + b) / (c - d)", r"\frac{a + b}{c - d}"),
        ("x.sum(axis=1, keepdims=True)", r"\sum_{\texttt{axis 1, kept}} x"),
        ("x.sum(dim=(0, 2))", r"\sum_{\texttt{axes 0, 2}} x"),
        ("x.sum()", r"\sum x"),
        ("sum(a * b, 0)", r"\sum_{\texttt{axis 0}} a \odot b"),
        ("sum(a, 0) * b", r"\left( \sum_{\texttt{axis 0}} a \right) \odot b"),
        ("sum(a - b)", r"\sum \left( a - b \right)"),
        ("x.mean(0)", r"\mathrm{mean}_{\texttt{axis 0}} \left( x \right)"),
        ("a * b @ c", r"\left( a \odot b \right) \, c"),
        ("a @ b * c", r"a \, b \odot c"),
        ("a @ (b @ c)", r"a \, \left( b \, c \right)"),
        ("where(x > 0, 1, 0.01)", r"\mathrm{where} \left( \left[ x > 0 \right], 1, 0.01 \right)"),
        ("a >= b", r"\left[ a \ge b \right]"),
        ("x ** 2", "x^{2}"),
        ("(-x) ** 2", r"\left( - x \right)^{2}"),
        ("-x ** 2", "- x^{2}"),
        ("x ** y ** 2", "x^{y^{2}}"),
        ("w1 ** 2", "w_{1}^{2}"),
        ("w1.T ** 2", r"\left( w_{1}^{\top} \right)^{2}"),
        ("w1[0, -1]", r"\left( w_{1} \right)_{0, - 1}"),
        ("x[rows]", r"x_{\mathrm{rows}}"),
        ("x[..., 1:]", r"x_{\texttt{...}, \texttt{1:}}"),
        ("sqrt(v)", r"\sqrt{v}"),
        ("abs(x)", r"\left| x \right|"),
        ("length(x)", r"\left\| x \right\|"),
        ("exp(-x)", "e^{- x}"),
        ("exp(x) ** 2", r"\left( e^{x} \right)^{2}"),
        ("np.exp(x)", "e^{x}"),
        ("exp(x, y)", r"\mathrm{exp} \left( x, y \right)"),
        ("x.relu()", r"\mathrm{relu} \left( x \right)"),
        ("softmax(z, axis=-1)", r"\mathrm{softmax} \left( z, \texttt{axis=} - 1 \right)"),
        ('einsum("ij,jk->ik", a, b)', r"\mathrm{einsum} \left( \texttt{ij,jk->ik}, a, b \right)"),
        ("concatenate([a, b])", r"\mathrm{concatenate} \left( \left[ a, b \right] \right)"),
        ("a, b = b, a", r"\left( a, b \right) = \left( b, a \right)"),
        ("v + 1e-08", r"v + 10^{- 8}"),
        ("2.5e-07 * v", r"2.5 \cdot 10^{- 7} \cdot v"),
        ("1e999", r"\infty"),
    ],
)
def test_latex_is_as_expected(code: str, written: str) -> None:
    assert latex(code, NOTATIONS) == written


GRADIENT_OF_W1 = (
    '<mfrac class="gradient"><mrow><mo>∂</mo><mi class="gradient">L</mi></mrow>'
    '<mrow><mo>∂</mo><msub><mi class="gradient">w</mi><mn>1</mn></msub></mrow></mfrac>'
)


@each(
    ("code", "written"),
    [
        ("w1.g", GRADIENT_OF_W1),
        ("w1.g = 1", f"<mrow>{GRADIENT_OF_W1}<mo>=</mo><mn>1</mn></mrow>"),
        (
            "x.T @ rows",
            '<mrow><msup><mi class="value">x</mi><mo>⊤</mo></msup><mo lspace="0.2em" rspace="0">\u2062</mo>'
            '<mi class="word value">rows</mi></mrow>',
        ),
        ("w1.T", '<msubsup><mi class="value">w</mi><mn>1</mn><mo>⊤</mo></msubsup>'),
        (
            "x.sum(0)",
            '<mrow><munder><mo>∑</mo><mtext>axis 0</mtext></munder><mi class="value">x</mi></mrow>',
        ),
        (
            "relu(x)",
            '<mrow><mi class="word">relu</mi><mo>\u2061</mo><mrow><mo>(</mo><mrow><mi class="value">x</mi></mrow>'
            "<mo>)</mo></mrow></mrow>",
        ),
        ("sqrt(x)", '<msqrt><mi class="value">x</mi></msqrt>'),
        (
            "x < 1",
            '<mrow><mo>[</mo><mrow><mi class="value">x</mi><mo>&lt;</mo><mn>1</mn></mrow><mo>]</mo></mrow>',
        ),
    ],
)
def test_mathml_is_as_expected(code: str, written: str) -> None:
    assert mathml(code, NOTATIONS) == f'<math display="block">{written}</math>'


@each(
    ("code", "sign"),
    [
        ("a * m", "cdot"),
        ("m * n", "odot"),
        ("2 * m", "cdot"),
        ("a * a.g", "cdot"),
        ("m.g * n", "odot"),
        ("m.sum() * n", "cdot"),
        ("m.sum(0) * n", "odot"),
        ("m[0, 1] * n", "cdot"),
        ("m[0] * n", "odot"),
        ("exp(a) * n", "cdot"),
        ("(a - 1) * n", "cdot"),
        ("unheard_of * n", "odot"),
    ],
)
def test_a_product_with_a_number_has_a_dot(code: str, sign: str) -> None:
    shapes = {"a": (), "m": (3, 2), "n": (3, 2), "m.g": (3, 2)}
    assert re.findall("cdot|odot", latex(code, NOTATIONS, shapes)) == [sign]


def test_the_records_words_are_used() -> None:
    assert latex("exp(x)", notations()) == "e^{x}"
    assert latex("x.mean(0)", notations()) == r"\mathrm{mean}_{\texttt{axis 0}} \left( x \right)"
    assert latex("exp(x)") == r"\mathrm{exp} \left( x \right)"


def test_no_operation_is_known_by_name() -> None:
    """Only the words of the notation, and an attribute of the grammar, may coincide with an operation's name."""
    words = {"sum", "mean", "max", "min", "mT"}
    known = (OPERATIONS.keys() | COMPOSITES.keys()) - words
    for path in Path(str(formula_module.__file__)).parent.glob("*.py"):
        if path.stem in ("formula", "piece", "typeset"):
            tree = ast.parse(path.read_text("utf-8"))
            strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            assert not known & {string for string in strings if isinstance(string, str)}


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(st.sampled_from("+-*@/"), inner, inner).map(lambda t: f"({t[1]}) {t[0]} ({t[2]})"),
        pair.map(lambda t: f"({t[0]}) > ({t[1]})"),
        inner.map(lambda code: f"-({code})"),
        inner.map(lambda code: f"({code}) ** 3"),
        inner.map(lambda code: f"({code}).T"),
        st.tuples(st.sampled_from(["exp", "sqrt", "abs", "relu", "sum"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
    )


EXPRESSIONS = st.recursive(st.sampled_from(["a", "b", "w1", "w2", "2", "3"]), grown, max_leaves=8)
RANDOM = np.random.default_rng(7)
NUMBERS = {name: RANDOM.integers(0, latex_reader.PRIME, (2, 2)) for name in ("a", "b", "w1", "w2")}


def computed(tree: ast.expr) -> latex_reader.Matrix:
    """What the code means, by Python's own grammar."""
    operators: dict[type[ast.operator], Callable[[latex_reader.Matrix, latex_reader.Matrix], latex_reader.Matrix]] = {
        ast.Add: lambda left, right: left + right,
        ast.Sub: lambda left, right: left - right,
        ast.Mult: lambda left, right: left * right,
        ast.MatMult: lambda left, right: left @ right,
        ast.Div: lambda left, right: left * latex_reader.inverse(right),
        ast.Pow: lambda left, _: latex_reader.power(left, 3),
    }
    match tree:
        case ast.Name(id=name):
            return NUMBERS[name]
        case ast.Constant(value=int(value)):
            return latex_reader.number(value)
        case ast.UnaryOp(operand=operand):
            return -computed(operand) % latex_reader.PRIME
        case ast.Attribute(value=value):
            return computed(value).T
        case ast.Compare(left=left, comparators=[right]):
            return latex_reader.compare(computed(left), computed(right))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return latex_reader.FUNCTIONS[name](computed(argument))
        case ast.BinOp(left=left, op=operator, right=right):
            return operators[type(operator)](computed(left), computed(right)) % latex_reader.PRIME
    raise AssertionError(ast.dump(tree))


@settings(max_examples=count(80, 300), deadline=None)
@given(EXPRESSIONS)
def test_a_formula_reads_as_what_the_code_means(code: str) -> None:
    written = latex(code, NOTATIONS)
    np.testing.assert_array_equal(latex_reader.Reader(written, NUMBERS).read(), computed(ast.parse(code).body[0].value))


@pytest.mark.parametrize("spoiled", [r"a - b + a", r"a \, b \odot a", r"\sum a \odot b", "- a^{3}"])
def test_the_reader_sees_missing_parentheses(spoiled: str) -> None:
    meant = {
        r"a - b + a": "a - (b + a)",
        r"a \, b \odot a": "a @ (b * a)",
        r"\sum a \odot b": "sum(a) * b",
        "- a^{3}": "(-a * 2) ** 3",
    }[spoiled]
    read = latex_reader.Reader(spoiled, NUMBERS).read()
    assert (read != computed(ast.parse(meant).body[0].value)).any()


HOSTILE = [
    '<script>alert("x")</script>',
    'f("</mtext><img src=x onerror=alert(1)>")',
    'x["</mi><style>"]',
    "f(**{'<b>': 1})",
    "x.y<b>.z",
    "a if '<i>' else b",
    "'\x00\x1b\ufffe'",
    "\ud800",
    "x = '&lt;'",
    "\\left. } $ # % ^ ~ \\input{secret}",
    "'} \\\\input{secret} \\\\end{math} $ % ^ ~'",
    "a; b",
    "import os",
    "x: int = 3",
    "",
    "   x",
    "()",
    "x[()]",
    "lambda: (yield)",
    "f'{x}'",
    "9" * 5000,
    "-" * 1_999 + "x",
    "(" * 900 + "x" + ")" * 900,
    "x" + ".T" * 900,
    "x" + "[0]" * 600,
    "+".join("a" * 900),
    "2**" * 600 + "2",
]


def checked(code: str) -> ElementTree.Element:
    """The formula's MathML, which consists of our own elements and attributes only."""
    root = ElementTree.fromstring(mathml(code, NOTATIONS))
    for element in root.iter():
        assert element.tag in ELEMENTS
        assert {(element.tag, *pair) for pair in element.attrib.items()} <= ATTRIBUTES
    return root


def balanced(text: str) -> bool:
    depth = 0
    for token in re.findall(r"\\.|[{}]", text):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0:
            return False
    return depth == 0


@each("code", HOSTILE, ids=lambda code: ascii(code[:24]))
def test_hostile_text_stays_text(code: str) -> None:
    checked(code)
    written = latex(code, NOTATIONS)
    assert balanced(written)
    assert written.isprintable() or "\n" in written
    assert "\\input" not in written
    assert not re.search(r"(?<!\\)[$#%&]", written)


@settings(max_examples=count(80, 300), deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="ab1_.g[](),:+-*/@<>='\"\\{}$&#\n ", max_size=40))
def test_any_text_gives_well_formed_output(code: str) -> None:
    checked(code)
    assert balanced(latex(code, NOTATIONS))


def test_what_cannot_be_read_is_shown_as_it_stands() -> None:
    assert "".join(checked("x = = 1").itertext()) == "x = = 1"
    assert "".join(checked("a < b < c").itertext()) == "a < b < c"
    assert "".join(checked("x.sum(**options) + 1").itertext()) == "x.sum(**options)+1"


def test_alternatives_stand_below_each_other() -> None:
    table = checked('x.g = a if mode == "sum" else b if n > 1 else c').find(".//mtable")
    assert table is not None
    assert ["".join(row.itertext()) for row in table] == ["aif mode == 'sum'", "bif n > 1", "cotherwise"]
    assert latex("a if n else b") == (
        "\\begin{cases} a \\quad \\text{if } \\texttt{n} \\\\ b \\quad \\text{otherwise} \\end{cases}"
    )


def test_a_condition_or_letters_stand_below_the_sign() -> None:
    assert latex("y[j] = sum(x[i], i <= j)", NOTATIONS) == "y_{j} = \\sum_{i \\le j} x_{i}"
    assert latex("max(x[i, j], (i, j))", {"max": "max"}) == "\\mathrm{max}_{i, j} \\left( x_{i, j} \\right)"


def test_an_addition_in_place_has_its_sign() -> None:
    assert latex("y[i] += x[j]") == "y_{i} += x_{j}"


def test_a_formula_takes_no_time() -> None:
    """Ten times the usual, so that a busy machine does not matter."""
    code = "out.g = (2 / 6 * (out[:, 0] - y))[:, None]"
    assert (
        min(timeit.repeat(lambda: mathml(code, NOTATIONS), number=20, repeat=5, timer=time.process_time)) / 20 < 0.002
    )


def test_a_letter_is_written_alike_below_a_sum_and_in_an_index() -> None:
    _, mathml = notation("y[i] = sum(x[i, k + 1] * w[k], k)")
    for letter in "ik":
        assert f"<mi>{letter}</mi>" in mathml
        assert f'<mi class="value">{letter}</mi>' not in mathml
    _, gathered = notation("y = x[labels]", {"x": (3, 2), "labels": (4,)})
    assert '<mi class="word value">labels</mi>' in gathered
