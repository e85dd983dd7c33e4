"""Optimizers: the update of one parameter as program text, with PyTorch's definitions and defaults.

The function's first two parameters are the parameter `p` and its gradient `g`; then come the state tensors, which
start as zeros of p's shape (`step`, the number of updates made so far, is a scalar that all parameters share); the
rest are options. An assignment to a state's name is the state's update, and what is returned is the new `p`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backprop_explorer.library.record import defaults_of, definition_of

Check = Callable[[Any], bool]


def _positive(value: Any) -> bool:
    return _number(value) and value > 0


def _not_negative(value: Any) -> bool:
    return _number(value) and value >= 0


def _fraction(value: Any) -> bool:
    return _number(value) and 0 <= value < 1


def _fractions(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_fraction, value))


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


KEPT: dict[str, str] = {
    "step": "The number of updates made, this one included.",
    "iteration": "The number of the iteration, from 0 on, for what is an expression of it.",
    "momentum_buffer": "A decaying sum of the steps so far: what points the same way every time adds up.",
    "exp_avg": "A decaying mean of the gradients, which began at 0.",
    "exp_avg_sq": "A decaying mean of the squared gradients, which began at 0: how large they usually are.",
    "square_avg": "A decaying mean of the squared gradients: how large they usually are.",
    "grad_avg": "A decaying mean of the gradients.",
    "sum": "The sum of all squared gradients so far, which only grows.",
}
"""What an optimizer keeps from one iteration to the next, by the last part of its name."""

LOCAL: dict[str, str] = {
    "m_hat": "The mean gradient, larger at first, to make up for having started at 0.",
    "v_hat": "The mean squared gradient, larger at first, to make up for having started at 0.",
    "d": "The gradient and what the weight decay adds to it.",
    "q": "The parameter after the weight decay has shrunk it.",
    "size": "How large the gradients usually are: what the step is divided by.",
}
"""What the parts of an update are, by the names that they have in its text."""

ALLOWED: dict[str, tuple[Check, str]] = {
    "lr": (_positive, "a finite number greater than 0"),
    "momentum": (_fraction, "a number from 0 to below 1"),
    "nesterov": (_flag, "true or false"),
    "weight_decay": (_not_negative, "a finite number of at least 0"),
    "betas": (_fractions, "two numbers from 0 to below 1"),
    "alpha": (_fraction, "a number from 0 to below 1"),
    "eps": (_not_negative, "a finite number of at least 0"),
    "lr_decay": (_not_negative, "a finite number of at least 0"),
    "centered": (_flag, "true or false"),
}
"""What an option may be, by its name: the same for all optimizers."""

SCHEDULED = ("lr",)
"""The options that may also be an expression of the iteration."""


def allowed_words(option: str) -> str:
    """What an option may be, in words."""
    return ALLOWED[option][1] + (", or an expression of the iteration" if option in SCHEDULED else "")


@dataclass(frozen=True, eq=False)
class Optimizer:
    """An optimizer: its update rule and which of its parameters are state.

    text: the update of one parameter, one function in the language (see the top of this file).
    summary: what a step is, in a sentence.
    source: the class of PyTorch whose definition and defaults it has.
    why: the idea of it: why not simply the learning rate times the gradient.
    paper: who described it first: authors, title, year.
    state: the parameters of the function that are state; they start as zeros.
    used: the option that a state tensor depends on: without it there is no such tensor.
    """

    text: str
    summary: str
    source: str
    why: str = ""
    paper: str = ""
    state: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def definition(self) -> ast.FunctionDef:
        """The update rule as a syntax tree."""
        return definition_of(self.text)

    @property
    def name(self) -> str:
        """The optimizer's name."""
        return self.definition.name

    @property
    def title(self) -> str:
        """Its name as its authors write it, which is that of PyTorch's class."""
        return self.source.rpartition(".")[2]

    @cached_property
    def options(self) -> dict[str, Any]:
        """The options with their defaults."""
        return defaults_of(self.definition)

    def states(self, options: Mapping[str, Any]) -> list[str]:
        """The state tensors that the rule uses with these options."""
        return [name for name in self.state if name not in self.used or options[self.used[name]]]


SGD = Optimizer(
    text="""
def sgd(p, g, momentum_buffer, lr=0.001, momentum=0, nesterov=False, weight_decay=0):
    d = g + weight_decay * p if weight_decay else g
    momentum_buffer = momentum * momentum_buffer + d if momentum else None
    return p - lr * (d + momentum * momentum_buffer if nesterov else momentum_buffer if momentum else d)
""",
    summary="A step against the gradient; with momentum, against a decaying sum of gradients.",
    why=(
        "It takes the gradient as it is. With momentum it follows a decaying sum of the gradients so far: what "
        "points the same way every time adds up, what alternates cancels."
    ),
    source="torch.optim.SGD",
    paper=(
        'H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951; momentum: B. T. Polyak, "Some '
        'Methods of Speeding up the Convergence of Iteration Methods", 1964'
    ),
    state=("momentum_buffer",),
    used={"momentum_buffer": "momentum"},
)
ADAM = Optimizer(
    text="""
def adam(p, g, step, exp_avg, exp_avg_sq, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0):
    d = g + weight_decay * p if weight_decay else g
    exp_avg = betas[0] * exp_avg + (1 - betas[0]) * d
    exp_avg_sq = betas[1] * exp_avg_sq + (1 - betas[1]) * d ** 2
    m_hat = exp_avg / (1 - betas[0] ** step)
    v_hat = exp_avg_sq / (1 - betas[1] ** step)
    return p - lr * m_hat / (sqrt(v_hat) + eps)
""",
    summary="A step along the running mean of the gradient, divided by its running RMS (both bias-corrected).",
    why=(
        "It follows a running mean of the gradients and divides it by their usual size, so that every weight "
        "moves by about the learning rate, however large or small its gradients are."
    ),
    source="torch.optim.Adam",
    paper='D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2014',
    state=("step", "exp_avg", "exp_avg_sq"),
)
ADAMW = Optimizer(
    text="""
def adamw(p, g, step, exp_avg, exp_avg_sq, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01):
    exp_avg = betas[0] * exp_avg + (1 - betas[0]) * g
    exp_avg_sq = betas[1] * exp_avg_sq + (1 - betas[1]) * g ** 2
    q = (1 - lr * weight_decay) * p if weight_decay else p
    m_hat = exp_avg / (1 - betas[0] ** step)
    v_hat = exp_avg_sq / (1 - betas[1] ** step)
    return q - lr * m_hat / (sqrt(v_hat) + eps)
""",
    summary="Adam, with the weights shrunk directly and not through the gradient.",
    why=(
        "It is Adam, but the weights are also shrunk by a small share in every step, directly and not through the"
        " gradient."
    ),
    source="torch.optim.AdamW",
    paper='I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", 2017',
    state=("step", "exp_avg", "exp_avg_sq"),
)
RMSPROP = Optimizer(
    text="""
def rmsprop(p, g, square_avg, grad_avg, momentum_buffer, lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0,
centered=False):
    d = g + weight_decay * p if weight_decay else g
    square_avg = alpha * square_avg + (1 - alpha) * d ** 2
    grad_avg = alpha * grad_avg + (1 - alpha) * d if centered else None
    size = sqrt(square_avg - grad_avg ** 2) + eps if centered else sqrt(square_avg) + eps
    momentum_buffer = momentum * momentum_buffer + d / size if momentum else None
    return p - lr * momentum_buffer if momentum else p - lr * d / size
""",
    summary="A step against the gradient, divided by its running RMS.",
    why=(
        "It divides the gradient by its usual size, so that weights with small gradients move about as far as "
        "those with large ones."
    ),
    source="torch.optim.RMSprop",
    paper='T. Tieleman and G. Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, 2012',
    state=("square_avg", "grad_avg", "momentum_buffer"),
    used={"grad_avg": "centered", "momentum_buffer": "momentum"},
)
ADAGRAD = Optimizer(
    text="""
def adagrad(p, g, step, sum, lr=0.01, lr_decay=0, weight_decay=0, eps=1e-10):
    d = g + weight_decay * p if weight_decay else g
    sum = sum + d ** 2
    return p - lr / (1 + (step - 1) * lr_decay) * d / (sqrt(sum) + eps) if lr_decay else p - lr * d / (sqrt(sum) + eps)
""",
    summary="A step against the gradient, divided by the root of the sum of all squared gradients so far.",
    why=(
        "It divides by the root of the sum of all squared gradients so far: weights that have moved much move "
        "ever less."
    ),
    source="torch.optim.Adagrad",
    paper=(
        'J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic '
        'Optimization", 2011'
    ),
    state=("step", "sum"),
)
OPTIMIZERS: dict[str, Optimizer] = {optimizer.name: optimizer for optimizer in (SGD, ADAM, ADAMW, RMSPROP, ADAGRAD)}
