"""Whose step is wrong: every gradient judged against the true one, and against what the chain rule makes of the
caller's own gradients before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.answer import Answer
from backprop_explorer.practice.compare import differences, largest
from backprop_explorer.practice.conventions import chosen_otherwise, derivative_exists
from backprop_explorer.practice.diagnosis import ALIKE, Diagnosis, diagnose
from backprop_explorer.practice.dimensions import fits_by_coincidence
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.hidden import Unexplained, explained
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.ownpass import OwnPass
from backprop_explorer.practice.rounding import Precision, precision
from backprop_explorer.practice.single_edit import mended
from backprop_explorer.practice.tolerance import Tolerance
from backprop_explorer.practice.verdict import Note, Verdict
from backprop_explorer.wording import element

PROBES = 8
"""So often is tried what the rounding of the gradients before does to a step."""

SURE = 3.0
"""So many times the spread of these trials a difference may be to come from rounding."""

NEAR = 1e-5
"""Numbers that have all their digits and are off by no more than this part of the largest were calculated less
exactly: in float32, or by differences of losses."""

VAGUE = ("unknown", "wrong_approximation")
"""Diagnoses that say less than a mistake further back would."""

UNIT = 1e-12
"""What adding up in another order may change, as a part of the largest number."""


class Judge:
    """All answers to one plan that has run, judged in backward order."""

    def __init__(self, plan: Plan, answers: Mapping[str, Answer], tolerance: Tolerance) -> None:
        self.plan, self.tolerance = plan, tolerance
        places = namespace(plan.program).place
        self.answers = dict(sorted(answers.items(), key=lambda item: places(item[1].tensor)))
        self.numbers = {name: one for name, one in self.answers.items() if one.fits}
        self._rooms: dict[str, Array | None] = {}
        self.done: dict[str, Verdict] = {}

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each, in backward order."""
        for name, answer in self.answers.items():
            self.done[name] = self._verdict(name, answer)
        self._look_further_back()
        self._tell_of_loops()
        return self.done

    def _look_further_back(self) -> None:
        """Where a wrong step has no cause of its own, that may be in a step that was not sent."""
        unknown = [
            name
            for name, verdict in self.done.items()
            if verdict.own_step == "wrong" and verdict.diagnosis is not None and verdict.diagnosis.code in VAGUE
        ]
        open_ones: dict[str, Unexplained] = {}
        for name in unknown:
            answer = self.answers[name]
            if name in self.numbers and answer.formula is None and answer.given is not None:
                tensor = self.own.tensor(answer.tensor)
                room = self._own_room(name, self.own.step(tensor))
                least = ALIKE * max(largest(answer.given), 1e-30)
                open_ones[name] = Unexplained(tensor, answer.given, np.maximum(room, least))
        if open_ones:
            for name, diagnosis in explained(self.own, open_ones).items():
                self.done[name] = replace(self.done[name], diagnosis=diagnosis)

    def _tell_of_loops(self) -> None:
        """Of a line in a loop that is wrong in every round it is told once that it is one line."""
        rounds: dict[tuple[int | None, str, str], list[str]] = {}
        for name, verdict in self.done.items():
            tensor = self.answers[name].tensor
            base, _, number = str(tensor.name).rpartition("__")
            if verdict.own_step == "wrong" and verdict.diagnosis is not None and number.isdecimal():
                rounds.setdefault((tensor.line, base, verdict.diagnosis.code), []).append(name)
        for (_, base, _), names in rounds.items():
            first = self.done[names[0]]
            if len(names) > 1 and first.diagnosis is not None:
                others = ", ".join(f"`{one}.g`" for one in names[1:])
                verb = "are" if len(names) > 2 else "is"
                message = f"{first.diagnosis.message} One line of the loop is wrong, so {others} {verb} wrong, too."
                self.done[names[0]] = replace(first, diagnosis=replace(first.diagnosis, message=message))
            for name in names[1:]:
                found = self.done[name].diagnosis
                assert found is not None
                message = (
                    f"The same as in `{names[0]}.g`: one line of the loop, that of `{base}`, is wrong in each round."
                )
                self.done[name] = replace(self.done[name], diagnosis=replace(found, message=message))

    @cached_property
    def _told(self) -> Precision | None:
        """How exactly all numbers are told."""
        told = (one.given for one in self.numbers.values() if one.formula is None)
        return precision(given for given in told if given is not None)

    def _rounding(self, name: str) -> Array | None:
        """What the way in which an answer is told leaves open; None for one with all its digits."""
        if name not in self._rooms:
            given = self.answers[name].given
            numbers = name in self.numbers and self.answers[name].formula is None
            told = (self._told or precision([given])) if numbers and given is not None else None
            self._rooms[name] = told.room(given) if told is not None and given is not None else None
        return self._rooms[name]

    def _verdict(self, name: str, answer: Answer) -> Verdict:
        expected = self._expected(answer)
        if answer.problem is not None or answer.given is None:
            return self._error(answer, expected)
        known: dict[str, Any] = {
            "expected": expected,
            "given": answer.given,
            "code": answer.formula.code if answer.formula else None,
            "warnings": (*(answer.formula.warnings if answer.formula else ()), *_told_nan(answer.tensor, expected)),
            "notes": self._notes(answer),
        }
        if not answer.fits:
            return Verdict("wrong_shape", own_step="wrong", diagnosis=self._diagnosis(name, answer, expected), **known)
        away = differences(answer.given, expected)
        known["difference"] = float(np.max(away, initial=0.0))
        room = self.tolerance.room(expected)
        if bool((away <= room).all()):
            return Verdict("correct", own_step="correct", **known)
        told = None if self.tolerance.given else self._rounding(name)
        if told is not None and bool((away <= room + told).all()):
            return self._excused(Verdict("correct", own_step="correct", **known), ["rounded"])
        own = self.own if answer.formula is None else self.true
        if chosen_otherwise(own, own.tensor(answer.tensor), answer.given, own.step(own.tensor(answer.tensor)), room):
            verdict = Verdict("wrong_value", own_step="correct", **known)
            return self._following(name, verdict, self._before(answer), "tie_convention")
        if answer.formula is not None:
            return self._formula(name, answer, known)
        return self._own(name, answer, known)

    def _formula(self, name: str, answer: Answer, known: dict[str, Any]) -> Verdict:
        """The verdict on a formula, which reads the true gradients, and does not give the true one."""
        tensor, expected, given = self.true.tensor(answer.tensor), known["expected"], known["given"]
        room = self.tolerance.room(expected)
        if _lacks_numbers_alone(given, expected, room) or not np.isfinite(expected).any():
            return self._without_number(self.true, tensor, known)
        return Verdict("wrong_value", own_step="wrong", diagnosis=self._diagnosis(name, answer, expected), **known)

    def _without_number(self, own: OwnPass, tensor: Node, known: dict[str, Any]) -> Verdict:
        """The verdict where the backward pass gives NaN, and somebody a number."""
        given, step = known["given"], own.step(tensor)
        if derivative_exists(own, tensor, given, step):
            hint = "The backward pass gives NaN there, but the derivative exists, and yours is it."
            notes = (*known["notes"], "backward_gives_nan")
            return Verdict("correct", own_step="correct", hint=hint, **{**known, "notes": notes, "warnings": ()})
        found = diagnose(self._sketch(own, tensor), given, step, self.tolerance.room(step))
        return Verdict("wrong_value", own_step=None, diagnosis=found, **known)

    def _expected(self, answer: Answer) -> Array:
        return np.array(self.plan.array(self.plan.program.backward.gradient[answer.tensor]), np.float64)

    def _error(self, answer: Answer, expected: Array) -> Verdict:
        problem, text = answer.problem, answer.content
        assert problem is not None
        misfit = problem.code == "wrong_shape" and isinstance(text, str)
        diagnosis = mended(self.plan, answer.tensor, text, expected, self.tolerance.default) if misfit else None
        return Verdict("error", expected, problem=problem, diagnosis=diagnosis, hint=problem.hint)

    def _notes(self, answer: Answer) -> tuple[Note, ...]:
        formula, tensor = answer.formula, answer.tensor
        if formula is not None and answer.fits and fits_by_coincidence(self.plan.program, tensor, formula):
            return ("coincidental_shape",)
        return ()

    # -- the own step

    @cached_property
    def own(self) -> OwnPass:
        """The backward pass with the caller's numbers."""
        return OwnPass(self.plan, {one.tensor: one.given for one in self.numbers.values() if one.given is not None})

    @cached_property
    def true(self) -> OwnPass:
        """The backward pass with the true gradients."""
        return OwnPass(self.plan, {})

    @cached_property
    def _trials(self) -> dict[Node, Array]:
        """How much the rounding of the gradients before moves each step: the spread over trials."""
        random = np.random.default_rng(0)
        here = {self.own.tensor(one.tensor): self._rounding(name) for name, one in self.numbers.items()}
        steps = {tensor: self.own.step(tensor) for tensor in here}
        squares = {tensor: np.zeros(tensor.shape) for tensor in here}
        for _ in range(PROBES):
            signs = {
                tensor: np.zeros(tensor.shape) if room is None else room * random.choice((-1.0, 1.0), tensor.shape)
                for tensor, room in here.items()
            }
            for tensor, moved in self.own.moved(signs, list(here)).items():
                squares[tensor] += differences(moved, steps[tensor]) ** 2 / PROBES
        return {tensor: np.sqrt(np.maximum(one, one.mean() / 2)) for tensor, one in squares.items()}

    def _own(self, name: str, answer: Answer, known: dict[str, Any]) -> Verdict:
        """The verdict on numbers that are not the true ones: are they what follows from those before?"""
        given, tensor = known["given"], self.own.tensor(answer.tensor)
        step = self.own.step(tensor)
        room = self._own_room(name, step)
        away = differences(given, step)
        before = self._before(answer)
        if bool((away <= room).all()):
            return self._following(name, Verdict("wrong_value", own_step="correct", **known), before)
        if any(self.done[one].own_step is None or self.done[one].verdict == "wrong_shape" for one in before):
            return Verdict("wrong_value", own_step=None, **known)
        if self._rounding(name) is not None and not self.tolerance.given:
            room = room + SURE * self._trials[tensor]
            if bool((away <= room).all()):
                return self._following(name, Verdict("wrong_value", own_step="correct", **known), before)
        if _lacks_numbers_alone(given, step, room):
            return self._without_number(self.own, tensor, known)
        near = self._rounding(name) is None and not self.tolerance.given
        if near and bool((away <= NEAR * max(largest(step), largest(given))).all()):
            return self._following(name, Verdict("wrong_value", own_step="correct", **known), before)
        return Verdict("wrong_value", own_step="wrong", diagnosis=self._cause(answer, step, room, before), **known)

    def _own_room(self, name: str, step: Array) -> Array:
        room = self.tolerance.room(step) + UNIT * largest(step)
        told = None if self.tolerance.given else self._rounding(name)
        return room if told is None else room + told

    def _before(self, answer: Answer) -> list[str]:
        """The answers that a step takes in, as they were called; a formula takes in none."""
        if answer.formula is not None:
            return []
        called = {self.own.tensor(one.tensor): name for name, one in self.answers.items()}
        return [called[one] for one in self.own.before(self.own.tensor(answer.tensor), called)]

    def _following(self, name: str, verdict: Verdict, before: list[str], excuse: Note = "rounded") -> Verdict:
        """The verdict on a step that is right by itself: wrong because of others, or right in another sense."""
        causes = tuple(one for one in before if not self.done[one].correct)
        if causes:
            return replace(verdict, follows_from=causes)
        excuses: list[Note] = [
            note for one in before for note in self.done[one].notes if note in ("tie_convention", "rounded")
        ]
        if excuse == "tie_convention" or not excuses:
            excuses = [excuse]
        return self._excused(replace(verdict, verdict="correct"), excuses)

    def _excused(self, verdict: Verdict, excuses: list[Note]) -> Verdict:
        notes = tuple(dict.fromkeys((*verdict.notes, *excuses)))
        return replace(verdict, notes=notes, hint=verdict.hint or self._excuse(notes))

    def _excuse(self, notes: tuple[Note, ...]) -> str | None:
        if "tie_convention" in notes:
            return (
                "Right with another choice where there is no derivative, which other libraries make: at a kink, or "
                "among the greatest that tie."
            )
        if "rounded" in notes:
            told = f": yours are given as {self._told.words}" if self._told is not None and self._told.bits else ""
            told = f": yours have {self._told.words}" if self._told is not None and not self._told.bits else told
            return f"Right up to rounding{told}."
        return None

    # -- what the mistake is

    @staticmethod
    def _sketch(own: OwnPass, tensor: Node) -> EditableGradient:
        return EditableGradient(own, tensor, through=True, deep=True)

    def _cause(self, answer: Answer, step: Array, room: Array, before: list[str]) -> Diagnosis:
        """What is wrong with numbers, seen from the gradients before them, or, where these are right, from all of the
        backward pass."""
        assert answer.given is not None
        found = diagnose(self._sketch(self.own, self.own.tensor(answer.tensor)), answer.given, step, room)
        if found.code == "unknown" and all(self.done[one].correct for one in before):
            whole = diagnose(
                EditableGradient(self.plan, answer.tensor, through=True, deep=True), answer.given, step, room
            )
            return found if whole.code == "unknown" else whole
        return found

    def _diagnosis(self, name: str, answer: Answer, expected: Array) -> Diagnosis:
        """What is wrong with a formula, which reads the true gradients, or with numbers of another shape."""
        assert answer.given is not None
        if answer.formula is None:
            tensor = self.own.tensor(answer.tensor)
            step = self.own.step(tensor)
            return diagnose(self._sketch(self.own, tensor), answer.given, step, self.tolerance.room(step))
        room = self.tolerance.room(expected)
        found = diagnose(
            EditableGradient(self.plan, answer.tensor, through=True, deep=True), answer.given, expected, room
        )
        if found.code == "unknown":
            text = answer.formula.text
            return mended(self.plan, answer.tensor, text, expected, self.tolerance.default) or found
        return found


def _lacks_numbers_alone(given: Array, step: Array, room: Array) -> bool:
    """Whether the step gives NaN, and the answer differs there alone."""
    missing = np.isnan(step) & ~np.isnan(given)
    return bool(missing.any() and (differences(given, step) <= room)[~missing].all())


def _told_nan(tensor: Node, expected: Array) -> tuple[str, ...]:
    """Where the true gradient is no number, in words."""
    places = np.argwhere(np.isnan(expected))
    if not len(places):
        return ()
    if len(places) == expected.size:
        where = "" if expected.size == 1 else " in every element"
    else:
        first = element(f"{tensor.name}.g", places[0].tolist())
        where = f" in {len(places):,} of {expected.size:,} elements, first in {first}"
    return (f"The expected gradient {tensor.name}.g is NaN{where}: only NaN is right there.",)
