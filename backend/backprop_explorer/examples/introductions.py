"""How each example begins: the shelf that it stands on, a question to look at, and something to try. They stand beside
the documents, which are nothing but programs with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shelf = Literal["First steps", "Layers", "Models"]


@dataclass(frozen=True)
class Introduction:
    """A question that the example answers on the page, and what to do and see; code stands in backticks."""

    shelf: Shelf
    question: str
    attempt: str


INTRODUCTIONS: dict[str, Introduction] = {
    "lesson13": Introduction(
        "First steps",
        "Which numbers are multiplied and summed to give `w1.g[1, 1]`, and why is `x` transposed there?",
        "Go to the step `w1.g`, click a cell of the result and read its terms. Then drag a weight of `w2` and watch "
        "the loss follow its slope.",
    ),
    "scalar": Introduction(
        "First steps",
        "`a` is used twice. How do its two contributions make one gradient?",
        "Predict `a.g` on paper: the slope along each path, then their sum. Then step to `a.g`.",
    ),
    "mazur": Introduction(
        "First steps",
        "How much of the gradient is left behind each sigmoid?",
        "Press Finish iteration and compare the new weights with the tutorial's. Then read `h.add.g`: each sigmoid "
        "multiplies by at most 0.25.",
    ),
    "xor": Introduction(
        "First steps",
        "Why can no single straight line separate these four points?",
        "Train 300 iterations, then open Plots and look at the decision surface. Set a column of `w1` to 0: can two "
        "units do it, too?",
    ),
    "softmax_classifier": Introduction(
        "First steps",
        "Why is the gradient of the scores the probability minus what it should be?",
        "Go to the step `scores.g`. Raise the score of a wrong class by dragging a weight, and see whose probability "
        "falls.",
    ),
    "logistic_regression": Introduction(
        "First steps",
        "Which irises pull the line, and which hardly count?",
        "Look at `score.g`: large numbers are surprises. Train, and see which remain.",
    ),
    "layer_norm": Introduction(
        "Layers",
        "Why does the gradient of one number depend on all numbers of its row?",
        "Go to the step `h.g` and choose a number: the picture shows what raising it does to its row. Then multiply a "
        "row of `x` by 10: what changes?",
    ),
    "batch_norm": Introduction(
        "Layers",
        "Why does a sample's gradient depend on the other samples of the batch?",
        "Choose a number of `h.g` and see the column that it moves. Then change one sample of `x` and look at the "
        "others' results.",
    ),
    "embedding_bag": Introduction(
        "Layers",
        "Which rows of the table get a gradient, and which get the largest?",
        "Look for the words that occur most often in `words`, then step to `table.g` and compare.",
    ),
    "rnn": Introduction(
        "Layers",
        "Why is the gradient of `wh` a sum over time, and which step contributes most?",
        "Step to `wh.g` and compare its five contributions: the earlier the step, the more factors lie between it and "
        "the loss.",
    ),
    "attention_head": Introduction(
        "Layers",
        "Why does the gradient of the scores subtract a sum over each row?",
        "Go to the step `scores.g`: raise one score, and the others' probabilities fall. Where the mask is, nothing "
        "comes back.",
    ),
    "transformer_block": Introduction(
        "Models",
        "How does the gradient get past the attention and the network behind it?",
        "Step to `r.g` and `e.g`: one contribution comes straight along the residual, unchanged. Train 100 iterations "
        "and see what it predicts.",
    ),
    "autoencoder": Introduction(
        "Models",
        "What do twelve numbers keep of a digit with 64 pixels?",
        "Train 100 iterations and compare `image` with `x`. Then set a row of `w2` to 0: what is lost?",
    ),
    "digits": Introduction(
        "Models",
        "What do the columns of `w1` look for?",
        "Train 100 iterations, then look at Plots: which digits are confused, and which units are dead?",
    ),
    "convnet": Introduction(
        "Models",
        "Which pixels make one number of the first kernel's gradient?",
        "Choose a number of `k1.g`: the picture slides the gradient over the image, a product for each place.",
    ),
}
PLAIN = Introduction("Models", "", "")
"""For a document that says no more than its description."""
