"""Pictures and text on their way to the inputs of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, label_bounds
from backprop_explorer.importing.classes import Labels, as_labels
from backprop_explorer.importing.pictures import resized, sizes_of
from backprop_explorer.importing.record import Choices, Picture
from backprop_explorer.importing.text import rows_of, tokens_of
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, listed

GREY, COLOUR = 1, 3
LEAST_SIDE = 4
"""Rows of fewer pixels are hardly a flattened picture."""
_WEIGHTS = np.array([0.299, 0.587, 0.114])
"""How bright red, green and blue look (ITU-R BT.601), as in Pillow."""


def picture_form(shape: Shape) -> tuple[Shape, str] | None:
    """Height, width and channels of the pictures that a tensor of that shape holds, and how: as `chw`, `hwc`, `hw` or
    in one `row`; None where it holds none."""
    match shape:
        case (_, (1 | 3) as channels, height, width):
            return (height, width, channels), "chw"
        case (_, height, width, (1 | 3) as channels):
            return (height, width, channels), "hwc"
        case (_, height, width) if min(height, width) >= LEAST_SIDE:
            return (height, width, GREY), "hw"
        case (_, pixels) if pixels >= LEAST_SIDE**2:
            for depth in (GREY, COLOUR):
                side = round((pixels / depth) ** 0.5)
                if side * side * depth == pixels:
                    return (side, side, depth), "row"
    return None


def picture_inputs(document: Document) -> list[str]:
    """The inputs that may hold pictures, those that look most like it first."""
    found = {name: picture_form(array.shape) for name, array in document.inputs.items() if name not in document.whole}
    order = ("chw", "hwc", "hw", "row")
    return sorted(
        (name for name, form in found.items() if form), key=lambda name: order.index((found[name] or ((), ""))[1])
    )


def pictures_for(
    plan: Plan, pictures: Sequence[Picture], choices: Choices
) -> tuple[dict[str, Array], list[str], Mapping[str, tuple[str, ...]]]:
    """The pictures in the shape of an input, and their folders as its labels where there are any.

    Raises a `Problem` where no input holds pictures.
    """
    document = plan.document
    name = choices.tensor or next(iter(picture_inputs(document)), None)
    form = picture_form(document.tensors[name].shape) if name else None
    if name is None or form is None:
        shapes = listed(f"{one} {array.shape}" for one, array in document.inputs.items())
        raise Problem(
            "no_tensor_fits",
            f"No input holds pictures: {shapes}" if name is None else f"{name} {document.tensors[name].shape} cannot",
            tensor=name,
            hint="pictures go into (N, channels, height, width), (N, height, width) or (N, pixels)",
        )
    before = document.tensors[name]
    (height, width, channels), order = form
    told = _changes(name, pictures, (height, width, channels))
    scale = 1.0 if float(np.max(before, initial=0)) <= 1 else 255.0
    said = f"The pixels of {name} are numbers from 0 to {scale:g}" + (", as they were before" if scale > 1 else "")
    stack = np.stack([in_form(one.pixels, height, width, channels) for one in pictures]) / (255.0 / scale)
    tensors = {name: _ordered(stack, order)}
    vocabulary: dict[str, tuple[str, ...]] = {}
    labelled = choices.target or _labelled(document, name)
    classes = [choices.label or one.folder for one in pictures]
    if labelled and (choices.label or len(set(classes)) > 1):
        labels = _labels(plan, labelled, classes)
        tensors[labelled] = labels.array
        told += [*([] if choices.label else ["The folders are the classes"]), *labels.warnings]
        vocabulary = {labelled: labels.words} if labels.words else {}
    return tensors, [said, *told], vocabulary


def _labels(plan: Plan, labelled: str, classes: Sequence[str]) -> Labels:
    """The labels by the names of the classes, which may be their numbers."""
    if all(one.isascii() and one.isdecimal() and len(one) < 8 for one in classes):
        return as_labels(plan, labelled, np.array([float(one) for one in classes]), None)
    words = sorted(set(classes))
    places = {word: place for place, word in enumerate(words)}
    column = np.array([places[one] for one in classes], np.float64)
    return as_labels(plan, labelled, column, tuple(words))


def _labelled(document: Document, name: str) -> str | None:
    """The one other input that holds a label a row."""
    rest = [one for one, array in document.inputs.items() if one != name and array.ndim]
    found = [one for one in rest if one in document.whole] or rest
    return found[0] if len(found) == 1 else None


def _changes(name: str, pictures: Sequence[Picture], form: Shape) -> list[str]:
    height, width, channels = form
    told = []
    if any(one.pixels.shape[:2] != (height, width) for one in pictures):
        told.append(f"Resized to the {width} × {height} pixels of {name}: {sizes_of(pictures)}")
    if any(one.pixels.shape[2] != channels for one in pictures):
        told.append(f"Made grey, as {name} is" if channels == GREY else f"Grey in each colour, as {name} has three")
    return told


def in_form(pixels: Array, height: int, width: int, channels: int) -> Array:
    """The pixels in that size and number of channels, from 0 to 255."""
    array = resized(pixels, height, width)
    if array.shape[2] == channels:
        return array
    return (array @ _WEIGHTS)[:, :, None] if channels == GREY else np.repeat(array, COLOUR, axis=2)


def _ordered(stack: Array, order: str) -> Array:
    if order == "hwc":
        return stack
    first = np.ascontiguousarray(stack.transpose(0, 3, 1, 2))
    if order == "chw":
        return first
    return first[:, 0] if order == "hw" else first.reshape(len(first), -1)


def text_inputs(plan: Plan) -> list[str]:
    """The inputs of whole numbers, (rows, length), that the program takes rows of a table by, or whose words are
    known: those may hold tokens."""
    inputs = plan.document.inputs
    known = {**label_bounds(plan.program.graph.nodes), **plan.document.vocabulary}
    return [name for name, array in inputs.items() if array.ndim == 2 and name in known]


def text_for(
    plan: Plan, text: str, choices: Choices, budget: Budget
) -> tuple[dict[str, Array], list[str], Mapping[str, tuple[str, ...]]]:
    """The text as tokens of an input, and the tokens that follow in the place of its labels where it has some.

    Raises a `Problem` where no input takes tokens, the vocabulary lacks one, or the program has too few rows for them.
    """
    document = plan.document
    name = choices.tensor or next(iter(text_inputs(plan)), None)
    if name is None or document.tensors[name].ndim != 2:
        shapes = listed(f"{one} {array.shape}" for one, array in document.inputs.items())
        raise Problem(
            "no_tensor_fits",
            f"No input takes tokens, whole numbers of the shape (rows, length): {shapes}",
            hint="start a new run from the text",
        )
    length = choices.length or document.tensors[name].shape[1]
    known = document.vocabulary.get(name)
    kind = choices.tokens or ("characters" if known is None or max(map(len, known)) == 1 else "words")
    tokens = tokens_of(text, kind, known)
    most = label_bounds(plan.program.graph.nodes).get(name)
    if most is not None and len(tokens.words) > most[1] + 1:
        raise Problem(
            "too_many_classes",
            f"The text has {len(tokens.words):,} different {kind}; {name} takes numbers below {most[1] + 1:,}",
            tensor=name,
            hint="start a new run from the text",
        )
    target = choices.target or _followed(document, name)
    following = 1 if target and document.tensors[target].ndim == 1 else 0
    rows, nexts = rows_of(tokens.numbers, length, choices.stride or length, following, budget)
    told = [f"The text's {counted(len(tokens.numbers), kind[:-1])} fill {name} in rows of {length:,}"]
    if target is None:
        return {name: rows}, told, {name: tokens.words}
    told.append(f"The {kind[:-1]} that follows {'each row' if following else 'each one'} is in {target}")
    return {name: rows, target: nexts}, told, dict.fromkeys((name, target), tokens.words)


def _followed(document: Document, name: str) -> str | None:
    """The one other input of whole numbers, with one a row or one a token."""
    shape = document.tensors[name].shape
    whole = [one for one in document.whole if one != name and document.tensors[one].shape in (shape, shape[:1])]
    return whole[0] if len(whole) == 1 and size(shape) else None


def common_form(pictures: Sequence[Picture], most: int) -> Shape:
    """Height, width and channels that suit them all: the most frequent size, made smaller where a side is longer than
    `most`, in grey where all are."""
    sizes = Counter(one.pixels.shape[:2] for one in pictures)
    (height, width), _ = sizes.most_common(1)[0]
    factor = min(1.0, most / max(height, width))
    channels = max(one.pixels.shape[2] for one in pictures)
    return max(1, round(height * factor)), max(1, round(width * factor)), channels
