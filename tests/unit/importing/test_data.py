"""Data of one's own as a file: tables and single arrays find their place, and the number of rows may be another."""

import io
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop_explorer as bx
from backprop_explorer.engine import Budget, Plan
from backprop_explorer.examples import examples
from backprop_explorer.importing import Choices, Content, Rules, read, replacement
from backprop_explorer.importing.formats import recognised
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.together import each
from tests.unit.importing.changed import changed
from tests.unit.importing.test_files import decoded

RULES = Rules(decoded, 10_000_000, Budget())
IRIS = b"sepal,petal,species\n5.1,3.5,0\r\n-4.9,.3e1,2\n\n6,2.,1\n7,1,0\n"


def table(file: bytes) -> dict[str, list[float]]:
    """The columns of a table."""
    return {name: array.tolist() for name, array in read(file, RULES)[1].tensors.items()}


def saved(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def arrays(**tensors: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **tensors)
    return file.getvalue()


def put(document: Any, file: bytes, **query: Any) -> tuple[Plan, list[str]]:
    """A plan with the numbers of a file, and what is told about it."""
    plan = bx.compile(document)
    content = read(file, RULES)[1]
    found = replacement(plan, content, Budget(), Choices(**query))
    return bx.compile({**plan.document.to_json_dict(), **found.changes}), [*content.warnings, *found.warnings]


def test_a_header_is_recognised() -> None:
    assert read(IRIS, RULES)[0] == "csv"
    assert table(IRIS) == {"sepal": [5.1, -4.9, 6, 7], "petal": [3.5, 3, 2, 1], "species": [0, 2, 1, 0]}
    assert table(b"1,2\n3,4") == {"1": [1, 3], "2": [2, 4]}
    assert table(b"# x,y\n3,4") == {"x": [3], "y": [4]}


@pytest.mark.parametrize(
    ("file", "format"),
    [
        (b"a\tb\n1\t2\n", "tsv"),
        (b"a;b\n1;2\n", "csv"),
        (b"\xef\xbb\xbfa,b\n1,2\n", "csv"),
        (b'"a",b\r"1","2"', "csv"),
    ],
)
def test_what_stands_between_two_cells(file: bytes, format: str) -> None:
    assert read(file, RULES)[0] == format
    assert table(file) == {"a": [1], "b": [2]}


def test_columns_of_words_are_numbered_in_the_order_of_the_alphabet() -> None:
    content = read(b"kind,a\nrose,1\ndaisy,2\nrose,3\n7,4\n", RULES)[1]
    assert content.words == {"kind": ("7", "daisy", "rose")}
    assert {name: array.tolist() for name, array in content.tensors.items()} == {
        "kind": [2, 1, 2, 0],
        "a": [1, 2, 3, 4],
    }
    assert read(b"5.1,0.2,setosa\n4.9,0.3,virginica\n", RULES)[1].words == {"3": ("setosa", "virginica")}
    assert read(b"when,a\n2020-01-02,1\n", RULES)[1].words == {"when": ("2020-01-02",)}


def test_row_numbers_of_pandas_are_left_out() -> None:
    _, content = read(b",a,b\n0,5,6\n1,7,8\n", RULES)
    assert {name: array.tolist() for name, array in content.tensors.items()} == {"a": [5, 7], "b": [6, 8]}
    assert "counts the rows: left out; the others are a and b" in content.warnings[0]
    assert table(b",a\n3,5\n1,7\n") == {"column 1": [3, 1], "a": [5, 7]}


UNSOUND = {
    "a missing value": (b"a,b\n1,2\n3,\n", "missing_value", "The column b has no value here", 3, 2),
    "a missing value in words": (b"a,b\nNaN,2\n", "missing_value", "The column a has no value here", 2, 1),
    "a missing value without a header": (b"1,2\n3,4\n5, NA \n", "missing_value", "The column 2 has no value", 3, 2),
    "a word": (b"a,kind\n1,2\n3,setosa\n", "bad_number", "The column kind has 'setosa' here", 3, 2),
    "a decimal comma": (b"a;b\n1;2,5\n", "bad_number", "'2,5'", 2, 2),
    "a missing word": (b"a,kind\n1,setosa\n2,\n", "missing_value", "The column kind has no value", 3, 2),
    "a missing number beside words": (b"a,kind\n1,setosa\n,rose\n", "missing_value", "The column a has", 3, 1),
    "two numbers in a cell": (b"a,b\n1,2 3\n", "bad_number", "'2 3'", 2, 2),
    "an infinity after its opposite": (b"a,b\n1e999,-1e999\n", "bad_number", "'1e999'", 2, 1),
    "an underscore": (b"a,b\n1,1_000\n", "bad_number", "'1_000'", 2, 2),
    "a number too large": (b"a,b\n1,1e999\n", "bad_number", "'1e999'", 2, 2),
    "a cell too many": (b"a,b\n1,2\n1,2,3\n", "bad_table", "The line has 3 cells; those before have 2", 3, None),
    "two columns of a name": (b"a,a\n1,2\n", "bad_table", "two columns 'a'", 1, 2),
    "a header alone": (b"a,b\n", "unknown_format", "in no format", None, None),
    "an open quote": (b'a,b\n1,"2\n', "bad_file", "unexpected end of data", 2, None),
    "a line break in a cell": (b'a,b\n1,2\n1,"2\n3"\n', "bad_number", "no number", 4, 2),
}  # fmt: skip


@each(("file", "code", "words", "line", "column"), UNSOUND.values(), ids=UNSOUND)
def test_what_is_no_number_is_refused_with_its_place(
    file: bytes, code: str, words: str, line: int | None, column: int | None
) -> None:
    with pytest.raises(Problem) as raised:
        read(file, RULES)
    assert raised.value.code == code
    assert words in raised.value.detail
    assert (raised.value.line, raised.value.column) == (line, column)


def test_a_table_may_have_as_many_numbers_as_a_tensor() -> None:
    with pytest.raises(Problem) as raised:
        read(b"1,2\n" * 6, Rules(decoded, 10_000, Budget(tensor_elements=10)))
    assert raised.value.code == "over_budget"


def test_python_is_no_table() -> None:
    for code in (b"a, b = 1, 2\nc, d = 3, 4\nloss = a\n", b"x = f(1, 2)\ny = f(3, 4)\n", b"import numpy as np, os\n"):
        assert recognised(code) == "code"
    for other in (b"<svg>\n<a,b>", b"hello", b"hello, world", b"\0,\0\n\0,\0\n"):
        assert recognised(other) == ""


SOFTMAX = {**examples["softmax_classifier"]}


def test_the_columns_of_a_table_find_their_inputs_and_the_rows_follow() -> None:
    rows = np.random.default_rng(0).normal(size=(11, 4)).round(3)
    labels = np.arange(11) % 3
    text = "a,b,c,d,kind\n" + "".join(f"{','.join(map(str, row))},{at}\n" for row, at in zip(rows, labels, strict=True))
    plan, told = put(SOFTMAX, text.encode(), label="kind")
    assert not told
    assert np.array_equal(plan["x"], rows)
    assert np.array_equal(plan["labels"], labels)
    scores = rows @ plan["w"] + plan["b"]
    wanted = (np.log(np.exp(scores).sum(1)) - scores[np.arange(11), labels]).mean()
    assert plan.run() == pytest.approx(wanted, rel=1e-12)
    named = text.replace("kind", "labels")
    assert put(SOFTMAX, named.encode())[0].run() == plan.run()
    bare = text.split("\n", 1)[1]
    assert put(SOFTMAX, bare.encode(), label="5")[0].run() == plan.run()
    first = "target," + ",".join("abcd") + "\n" + "".join(
        f"{at},{','.join(map(str, row))}\n" for row, at in zip(rows, labels, strict=True)
    )  # fmt: skip
    assert put(SOFTMAX, first.encode())[0].run() == plan.run()


def test_a_table_fills_pictures_and_columns_of_labels() -> None:
    document = {
        "program": "loss = mse(sum(x * w, (1, 2)), y[:, 0])",
        "inputs": {"x": np.zeros((2, 2, 2)).tolist(), "y": [[0.0], [1.0]]},
        "parameters": {"w": [[1.0, 2.0], [3.0, 4.0]]},
    }
    plan, _ = put(document, b"p0,p1,p2,p3,y\n1,2,3,4,5\n5,6,7,8,9\n1,1,1,1,1\n")
    assert plan["x"].tolist()[1] == [[5, 6], [7, 8]]
    assert plan["y"].tolist() == [[5], [9], [1]]
    assert plan.run() == np.mean([(30 - 5) ** 2, (5 + 12 + 21 + 32 - 9) ** 2, 81])


REFUSED = {
    "too many columns": (b"a,b,c,d,e,f\n1,2,3,4,5,6\n", {}, "no_tensor_fits", "6 columns (a, b, c, d, e and f)"),
    "no such column": (b"a,b\n1,2\n", {"label": "c"}, "unknown_column", "no column 'c'"),
    "no such number": (b"a,b\n1,2\n", {"label": "3"}, "unknown_column", "no column '3'"),
    "no such tensor": (b"a,b\n1,2\n", {"tensor": "X"}, "unknown_tensor", "no input or parameter 'X'"),
    "too few for it": (b"a,b\n1,2\n", {"tensor": "x"}, "wrong_shape", "x takes 4 numbers in each row"),
    "features alone": (b"a,b,c,d\n1,2,3,4\n", {}, "rows_differ", "x has 1 rows in the file instead of 5"),
    "an array that fits none": (saved(np.ones((3, 9))), {}, "no_tensor_fits", "(3, 9), which fits none"),
    "a label of an array": (saved(np.ones(3)), {"label": "y"}, "no_table", "this file is no table"),
    "rows of parameters": (arrays(w=np.ones((5, 3))), {}, "wrong_shape", "w has the shape (4, 3)"),
    "x alone": (arrays(x=np.ones((9, 4))), {}, "rows_differ", "labels must have as many"),
    "a tensor for names": (arrays(x=np.ones((5, 4))), {"tensor": "x"}, "names_given", "have names"),
}  # fmt: skip


@each(("file", "query", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_place_is_refused(file: bytes, query: dict[str, str], code: str, words: str) -> None:
    with pytest.raises(Problem) as raised:
        put(SOFTMAX, file, **query)
    assert raised.value.code == code
    assert words in raised.value.detail


def test_an_array_without_a_name_goes_where_it_fits() -> None:
    w = np.arange(12.0).reshape(4, 3)
    assert np.array_equal(put(SOFTMAX, saved(np.asfortranarray(w)))[0]["w"], w)
    assert put(examples["autoencoder"], saved(np.ones((3, 64))))[0]["x"].shape == (3, 64)
    twins = {"program": "loss = sum(a * b)", "inputs": {}, "parameters": {"a": [1.0, 2.0], "b": [3.0, 4.0]}}
    assert put(twins, saved(np.array([5.0, 6.0])), tensor="b")[0].run() == 17
    with pytest.raises(Problem, match="more than one tensor has"):
        put(twins, saved(np.array([5.0, 6.0])))
    with pytest.raises(Problem, match="pickle of Python objects"):
        read(saved(np.array([{}]), allow_pickle=True), RULES)


def test_where_the_program_says_how_many_rows_there_are_it_follows() -> None:
    random = np.random.default_rng(1)
    plan, told = put(examples["rnn"], arrays(x=random.normal(size=(9, 5, 2)), y=random.normal(size=9)))
    assert "zeros((x.shape[0], 3))" in plan.document.program
    assert "range(5)" in plan.document.program
    assert told == ["The program said how many rows there are; it takes their number from the data now"]
    h = np.zeros((9, 3))
    for t in range(5):
        h = np.tanh(plan["x"][:, t] @ plan["wx"] + h @ plan["wh"] + plan["b"])
    assert plan.run() == pytest.approx(np.mean(((h @ plan["wo"] + plan["bo"])[:, 0] - plan["y"]) ** 2), rel=1e-12)


def test_lengths_of_both_axes_follow_where_both_are_rows() -> None:
    one = put(examples["attention_head"], arrays(x=np.ones((7, 4)), target=np.ones((7, 2))))[0]
    assert "tril(ones((x.shape[0], x.shape[0])))" in one.document.program
    same = {
        "program": "loss = sum(reshape(x @ w, (2, 2)) + zeros((2, 2)))",
        "inputs": {"x": [[1.0, 2.0], [3.0, 4.0]]},
        "parameters": {"w": [[1.0, 2.0], [3.0, 4.0]]},
    }
    followed = put(same, arrays(x=np.ones((5, 2))))[0].document.program
    assert followed == "loss = sum(reshape(x @ w, (x.shape[0], 2)) + zeros((x.shape[0], 2)))"


def test_a_number_of_rows_that_stays_in_the_program_is_told() -> None:
    document = {
        "program": "loss = sum((x @ w) ** 2) / 4",
        "inputs": {"x": np.ones((4, 2)).tolist()},
        "parameters": {"w": [1.0, 2.0]},
    }
    told = put(document, arrays(x=np.ones((6, 2))))[1]
    assert told == ["The program has the number 4, as many as there were rows: change it if it stands for them"]
    assert not put(document, arrays(x=np.ones((4, 2))))[1]
    assert not put({**document, "program": "loss = mean((x @ w) ** 2)"}, arrays(x=np.ones((6, 2))))[1]


def test_batches_are_cut_from_more_rows() -> None:
    document = {**SOFTMAX, "batch": {"size": 2, "shuffle": False}}
    plan, _ = put(document, arrays(x=np.ones((12, 4)), labels=np.zeros(12, int)))
    assert plan.document.inputs["x"].shape == (12, 4)


def test_reading_a_table_takes_linear_time() -> None:
    def seconds(rows: int) -> float:
        begin = time.perf_counter()
        read(b"a,b,c\n" + b"1.25,-3,4e5\n" * rows, RULES)
        return time.perf_counter() - begin

    seconds(100)
    assert seconds(40_000) < 60 * max(min(seconds(4_000) for _ in range(3)), 1e-3)


@pytest.mark.parametrize("shape", [b"(2\t 3)", b"(%s,)" % (b"9" * 5_000)], ids=["a gap", "many digits"])
def test_an_array_whose_shape_cannot_be_read_is_refused(shape: bytes) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + b", }"
    file = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(48)
    with pytest.raises(Problem, match="shape that cannot be read"):
        read(file, RULES)


VALID = {"csv": IRIS, "tsv": IRIS.replace(b",", b"\t"), "npy": saved(np.ones((2, 3))), "whole": saved(np.arange(4))}


@settings(max_examples=count(80, 400), deadline=None)
@given(st.sampled_from(sorted(VALID)), st.data())
def test_bytes_that_were_changed_are_read_or_refused(name: str, data: st.DataObject) -> None:
    file = data.draw(changed(VALID[name]))
    try:
        _, content = read(file, Rules(decoded, 10_000, Budget(tensor_elements=1000)))
        assert isinstance(content, Content)
        replacement(bx.compile(SOFTMAX), content, Budget())
    except Problem:
        pass
