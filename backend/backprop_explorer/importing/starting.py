"""Documents to begin with, made for data of one's own: a linear model or a small network of the right sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from backprop_explorer.builder import OwnData, build
from backprop_explorer.data import Dataset, Field
from backprop_explorer.engine import Budget
from backprop_explorer.importing.placement import LABELS, column_of
from backprop_explorer.importing.raw_data import GREY, common_form, in_form
from backprop_explorer.importing.record import Choices, Content
from backprop_explorer.importing.text import rows_of, shown, tokens_of
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, listed

Model = Literal["linear", "mlp"]
MODELS: dict[Model, str] = {"linear": "a linear model", "mlp": "a small network with one hidden layer"}
_OF_TEXT: dict[Model, str] = {
    "linear": "a table of which token follows which (bigrams)",
    "mlp": "a small network over the tokens before",
}
MOST_CLASSES = 20
"""Of whole numbers that are no more different ones, a label is taken as a class."""
MOST_ROWS = 256
"""Of more rows than this each iteration takes a batch."""
BATCH = 32
HIDDEN, EMBEDDED = 16, 8
LENGTHS: dict[Model, int] = {"linear": 16, "mlp": 4}
"""How many tokens a row has where nothing is said."""
SIDE = 32
"""Pictures larger than this are made smaller: each pixel is a weight for every hidden unit."""
_LAYERS: dict[Model, list[dict[str, Any]]] = {
    "linear": [{"type": "linear"}],
    "mlp": [{"type": "linear", "units": HIDDEN}, {"type": "tanh"}, {"type": "linear"}],
}


def starting_document(
    content: Content, choices: Choices, model: Model, budget: Budget, title: str | None = None
) -> tuple[dict[str, Any], list[str]]:
    """A document for the file's data, and what there is to know about it.

    Raises a `Problem` for data that no such model can be made for.
    """
    match content.arrangement:
        case "table":
            document, told = _of_table(content.tensors, content.words, choices, model, budget)
        case "single":
            document, told = _of_table(_columns(content), {}, choices, model, budget)
        case "pictures":
            document, told = _of_pictures(content, model, budget)
        case "text":
            document, told = _of_text(content.text, choices, model, budget)
        case _:
            raise Problem(
                "no_program",
                f"This file has tensors with names ({listed(content.tensors)}), which say nothing of what is data",
                hint="put them into a run whose inputs and parameters are called so",
            )
    rows = max(np.shape(one)[0] for one in document["inputs"].values())
    if rows > MOST_ROWS:
        document["batch"] = {"size": BATCH, "shuffle": True}
        told.append(f"Each iteration takes a batch of {BATCH} of the {rows:,} rows")
    return {**document, "title": title or document["title"]}, told


def title_of(model: Model, content: Content) -> str:
    """What that model of the file's data is, in a few words."""
    return (_OF_TEXT if content.arrangement == "text" else MODELS)[model]


def guessed_label(columns: Mapping[str, Array], words: Mapping[str, Sequence[str]]) -> str:
    """The column that most likely is the label: one that is called so, else the only one with words, else the last."""
    usual = [column for column in columns if column.lower() in LABELS]
    worded = [column for column in columns if column in words and len(words[column]) <= MOST_CLASSES]
    for found in (usual, worded):
        if len(found) == 1:
            return found[0]
    return [*columns][-1]


def has_classes(column: Array, words: Sequence[str] | None) -> bool:
    """Whether a label is most likely a class: words are, and few whole numbers from 0."""
    if words is not None:
        return True
    distinct = np.unique(column)
    whole = bool((distinct == np.trunc(distinct)).all()) and distinct[0] >= 0
    return whole and 2 <= len(distinct) <= min(MOST_CLASSES, max(2, len(column) // 2))


def _columns(content: Content) -> dict[str, Array]:
    (array,) = content.tensors.values()
    if array.ndim != 2 or array.shape[1] < 2:
        raise Problem(
            "no_tensor_fits",
            f"The array has the shape {array.shape}; a model is made for (rows, columns), one of them the label",
            hint="open a document first whose input has this shape",
        )
    return {str(number): column for number, column in enumerate(array.T, 1)}


def _of_table(
    columns: Mapping[str, Array],
    words: Mapping[str, tuple[str, ...]],
    choices: Choices,
    model: Model,
    budget: Budget,
) -> tuple[dict[str, Any], list[str]]:
    label = guessed_label(columns, words) if choices.label is None else column_of(columns, choices.label)
    left = [column_of(columns, one) for one in choices.leave]
    others = [name for name in columns if name != label and name not in left]
    worded = [name for name in others if name in words]
    features = [name for name in others if name not in words]
    if not features:
        raise Problem(
            "no_features",
            f"Beside the label {label} there is no column of numbers",
            hint="a model computes the label from numbers",
        )
    x = np.stack([columns[name] for name in features], 1).astype(np.float64)
    told = [f"The columns with words are left out: {listed(worded)}"] if worded else []
    told.append(f"The input x holds {counted(len(features), 'column')}: {listed(features)}; y is {label}")
    y = columns[label].astype(np.float64)
    if choices.predict != "numbers" and (choices.predict == "classes" or has_classes(y, words.get(label))):
        return _classifier(x, y, words.get(label), features, label, model, budget, told)
    if label in words:
        raise Problem("no_numbers", f"The label {label} has words, so only classes can be predicted")
    lines, tensors = _scaled("x", x)
    more, scale = _scaled("y", y[:, None])
    if lines or more:
        told.append("The program scales them to mean 0 and standard deviation 1, so that one learning rate suits all")
    record = _record(len(x), {"x": Field(x.shape[1:], ""), "y": Field((1,), "")}, ())
    own = OwnData(
        record,
        {"x": x, "y": y[:, None], **tensors, **scale},
        (*lines, *more),
        "x_scaled" if lines else "x",
        "y_scaled" if more else "y",
    )
    title = f"{label} from {listed(features, 4)}"
    return _built(own, model, title, budget), told


def _classifier(
    x: Array,
    y: Array,
    words: tuple[str, ...] | None,
    features: list[str],
    label: str,
    model: Model,
    budget: Budget,
    told: list[str],
) -> tuple[dict[str, Any], list[str]]:
    names, numbers = class_names(y, words)
    lines, tensors = _scaled("x", x)
    if lines:
        told.append("The program scales x to mean 0 and standard deviation 1, so that one learning rate suits all")
    told.append(f"The {len(names)} classes of y: " + listed((f"{k} is {name}" for k, name in enumerate(names)), 6))
    record = _record(len(x), {"x": Field(x.shape[1:], ""), "y": Field((), "", whole=True)}, names)
    own = OwnData(record, {"x": x, "y": numbers, **tensors}, tuple(lines), "x_scaled" if lines else "x")
    document = _built(own, model, f"{label} from {listed(features, 4)}", budget)
    return {**document, "vocabulary": {"y": list(names)}}, told


def class_names(y: Array, words: tuple[str, ...] | None) -> tuple[tuple[str, ...], Array]:
    """The classes in their order, and the number of each row's."""
    if words is not None:
        return words, y.astype(np.int64)
    distinct = np.unique(y)
    if len(distinct) > MOST_CLASSES * 10:
        raise Problem(
            "too_many_classes", f"The label has {len(distinct):,} different numbers", hint="predict numbers instead"
        )
    return tuple(f"{one:g}" for one in distinct), np.searchsorted(distinct, y)


def _record(count: int, fields: Mapping[str, Field], classes: tuple[str, ...]) -> Dataset:
    return Dataset("own data", "Own data", count, fields, classes, "", "", dict)


def _built(own: OwnData, model: Model, title: str, budget: Budget) -> dict[str, Any]:
    init = "xavier_normal"
    asked = {"layers": _LAYERS[model], "title": title, "init": init}
    return {**build(asked, budget, own)["document"]}


def _scaled(name: str, array: Array) -> tuple[list[str], dict[str, Array]]:
    """The line that scales a tensor, and its mean and deviation as tensors of one row; none where it is scaled."""
    mean, deviation = array.mean(0, keepdims=True), array.std(0, keepdims=True)
    deviation[deviation == 0] = 1
    if bool((np.abs(mean) <= 2).all() and (deviation >= 0.1).all() and (deviation <= 3).all()):
        return [], {}
    line = f"{name}_scaled = ({name} - {name}_mean) / {name}_std"
    return [line], {f"{name}_mean": mean, f"{name}_std": deviation}


def _of_pictures(content: Content, model: Model, budget: Budget) -> tuple[dict[str, Any], list[str]]:
    pictures = content.pictures
    height, width, channels = common_form(pictures, SIDE)
    stack = np.stack([in_form(one.pixels, height, width, channels) for one in pictures]) / 255
    x = np.ascontiguousarray(stack.transpose(0, 3, 1, 2)).reshape(len(stack), -1)
    colour = "grey" if channels == GREY else "red, green and blue"
    told = [f"The input x holds {counted(len(x), 'picture')} of {width} × {height} pixels ({colour}), from 0 to 1"]
    if any(one.pixels.shape[:2] != (height, width) for one in pictures):
        told.append(f"Resized to {width} × {height} pixels")
    folders = sorted({one.folder for one in pictures})
    if len(folders) < 2:
        told.append("Pictures without folders have no classes, so the program learns to draw them again")
        return _autoencoder(x, model), told
    view = (channels, height, width)
    record = _record(len(x), {"x": Field(x.shape[1:], "", views=(view,)), "y": Field((), "", whole=True)}, (*folders,))
    y = np.array([folders.index(one.folder) for one in pictures])
    told.append("The folders are the classes: " + listed((f"{k} is {name}" for k, name in enumerate(folders)), 6))
    document = _built(OwnData(record, {"x": x, "y": y}), model, f"Pictures of {listed(folders, 4)}", budget)
    return {**document, "vocabulary": {"y": folders}}, told


def _autoencoder(x: Array, model: Model) -> dict[str, Any]:
    lines = ["code = x @ w1 + b1", "out = code @ w2 + b2", "loss = mse(out, x)"]
    if model == "mlp":
        lines[:1] = ["h = x @ w1 + b1", "code = tanh(h)"]
    pixels = x.shape[1]
    return {
        "title": "Pictures, drawn again",
        "program": "\n".join(lines),
        "inputs": {"x": x},
        "parameters": {
            "w1": {"shape": [pixels, HIDDEN], "init": "xavier_normal"},
            "b1": {"shape": [HIDDEN], "init": "zeros"},
            "w2": {"shape": [HIDDEN, pixels], "init": "xavier_normal"},
            "b2": {"shape": [pixels], "init": "zeros"},
        },
        "optimizer": {"name": "adam", "lr": 0.01},
    }


def _of_text(text: str, choices: Choices, model: Model, budget: Budget) -> tuple[dict[str, Any], list[str]]:
    kind = choices.tokens or "characters"
    tokens = tokens_of(text, kind)
    length = choices.length or min(LENGTHS[model], max(1, len(tokens.numbers) - 1))
    stride = choices.stride or (1 if model == "mlp" else length)
    x, y = rows_of(tokens.numbers, length, stride, 1 if model == "mlp" else 0, budget)
    count = len(tokens.words)
    budget.check("tensor_elements", count * (HIDDEN if model == "mlp" else count), f"the {count:,} {kind}")
    told = [
        f"The input x holds {counted(len(x), 'row')} of {length:,} {kind}, y the next one"
        + ("" if model == "mlp" else " of each"),
        f"The vocabulary has {count:,} {kind}: {shown(tokens.words)}",
    ]
    drawn = {"init": "normal", "scale": 0.1}
    parameters: dict[str, Any] = {"table": {"shape": [count, count], **drawn}}
    lines = ["out = embedding(x, table)", f"loss = cross_entropy(out.reshape(-1, {count}), y.reshape(-1))"]
    if model == "mlp":
        parameters = {
            "table": {"shape": [count, EMBEDDED], "init": "normal"},
            "w1": {"shape": [length * EMBEDDED, HIDDEN], "init": "xavier_normal"},
            "b1": {"shape": [HIDDEN], "init": "zeros"},
            "w2": {"shape": [HIDDEN, count], "init": "xavier_normal"},
            "b2": {"shape": [count], "init": "zeros"},
        }
        lines = [
            "e = embedding(x, table).flatten(1)",
            "h = tanh(e @ w1 + b1)",
            "out = h @ w2 + b2",
            "loss = cross_entropy(out, y)",
        ]
    document = {
        "title": f"The next of {count:,} {kind}",
        "program": "\n".join(lines),
        "inputs": {"x": x, "y": y},
        "parameters": parameters,
        "optimizer": {"name": "adam", "lr": 0.02},
        "vocabulary": {"x": list(tokens.words), "y": list(tokens.words)},
    }
    return document, told
