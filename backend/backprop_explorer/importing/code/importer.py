"""Python text as a document: it is parsed and read by the language, and never run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from backprop_explorer.engine.document import Document
from backprop_explorer.export.record import Format
from backprop_explorer.graph.graph import Graph
from backprop_explorer.importing.code.backward import written_backward
from backprop_explorer.importing.code.bindings import calls_in, setters_of
from backprop_explorer.importing.code.composing import (
    CANONICAL,
    Lines,
    Roles,
    entry_of,
    is_parameter,
    named_tensors,
    note_tensor,
    written,
)
from backprop_explorer.importing.code.foreign import check_outside, check_stars
from backprop_explorer.importing.code.loss import NAME, Loss, loss_of
from backprop_explorer.importing.code.material import Lifted
from backprop_explorer.importing.code.needed import Needed, check_given
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.optimizing import optimizer_of
from backprop_explorer.importing.code.reading import Reading
from backprop_explorer.importing.code.script import Piece, Script, drop_training, straight
from backprop_explorer.importing.code.settings import settings_of, value_of
from backprop_explorer.importing.code.source import Source, looks, source_of
from backprop_explorer.importing.code.steps import Step, Steps
from backprop_explorer.importing.code.trained import trained_attributes, trained_names
from backprop_explorer.importing.code.trimming import trim
from backprop_explorer.importing.code.updates import is_training_step, updaters_of
from backprop_explorer.importing.code.words import Known
from backprop_explorer.importing.record import Content, Importer, Rules, WrittenGradient
from backprop_explorer.language.dialect import inferred_dialect
from backprop_explorer.language.forward import COMPOUND
from backprop_explorer.language.names import parts_of
from backprop_explorer.language.source import parsed
from backprop_explorer.problem import Problem

FORMAT = Format(
    name="code",
    title="Python code",
    summary="a script, a notebook or functions with NumPy or PyTorch; parsed, never run",
    ending="py",
    media_type="text/x-python",
)


def read(content: bytes, rules: Rules) -> Content:
    """The document of a text. Raises a `Problem` with its line for what the language has not."""
    notes = Notes()
    source = source_of(content, rules, notes)
    rules.budget.check("code_characters", len(source.text), "the text of the code")
    try:
        return _Import(source, rules, notes).content()
    except RecursionError:
        raise Problem("too_deep", "the text is nested too deeply") from None


def document_of_source(source: Source, rules: Rules) -> Mapping[str, Any]:
    """The document of a text and the tensors beside it. Raises a `Problem` as `read` does."""
    try:
        document = _Import(source, rules, Notes()).content().document
    except RecursionError:
        raise Problem("too_deep", "the text is nested too deeply") from None
    assert document is not None
    return document


class _Import:
    def __init__(self, source: Source, rules: Rules, notes: Notes) -> None:
        self.source, self.rules, self.notes = source, rules, notes
        self.body = parsed(source.text)
        found = inferred_dialect(source.text)
        self.dialect = source.options.get("dialect") or found.name
        if found.line is not None and "dialect" not in source.options:
            notes.add(found.line, "dialect", found.doubt)
        self.given = Document.parse(
            {"program": "", **source.tensors, "seed": source.options.get("seed", 0)}, rules.budget
        )
        self.roles = Roles(rules.parameters, rules.inputs)

    def content(self) -> Content:
        check_stars(self.body)
        script = straight(self.body, self.notes, torch=self.dialect == "torch")
        loss = loss_of(script, self.source.options.get("loss"), torch=self.dialect == "torch")
        everything = list(script.pieces)
        needed = Needed(script.pieces, {loss.name: loss.after}, setters_of(self.body), updaters_of(self.body))
        trim(needed, self.notes)
        check_outside(needed)
        check_given(needed.missing(Known(self._sent_names(), self.dialect)))
        needed.note_others(self.notes, loss)
        reading = self._read(script, needed, loss)
        lifted = self._tensors(reading)
        program = self._program(reading, needed, loss)
        return self._content(reading, lifted, program, loss, everything, needed)

    def _sent_names(self) -> set[str]:
        """The variables by which the text reads what was sent."""
        return {str((parts_of(name) or [name])[0]) for name in self.given.tensors}

    def _read(self, script: Script, needed: Needed, loss: Loss) -> Reading:
        graph = Graph(self.given.dtype, self.rules.budget)
        trained = trained_names(script, needed, loss)
        seed = self.given.seed
        reading = Reading(self.source.text, graph, self.dialect, seed, self.given, trained)
        reading.wanted = frozenset((*self.roles.parameters, *self.roles.inputs))
        reading.trained_attributes = trained_attributes(self.body)
        for position in sorted(needed.kept):
            reading.read(position, needed.pieces[position], needed.uses[position])
        for note in reading.evaluator.notes:
            if not note["message"].endswith("the language has its functions already"):
                self.notes.add(note["line"], "left_out", note["message"])
        return reading

    def _tensors(self, reading: Reading) -> list[Lifted]:
        lifted = list(reading.material.lifted.values())
        for one in lifted:
            if one.name in self.given.tensors:
                kind = "inputs" if one.name in self.given.inputs else "parameters"
                one.entry = self.source.tensors[kind][one.name]
        named_tensors(lifted, self.roles)
        return lifted

    def _program(self, reading: Reading, needed: Needed, loss: Loss) -> str:
        lines = Lines(self.source.text, self.body)
        unread = unread_pieces(needed, reading, loss)
        texts: list[str] = []
        for position in sorted(needed.kept):
            piece = needed.pieces[position]
            if isinstance(piece.statement, (ast.Import, ast.ImportFrom)):
                self.notes.add(piece.statement.lineno, "left_out", f"{excerpt(piece.statement)}: nothing is imported")
                if ast.unparse(piece.statement) in CANONICAL:
                    continue
            if isinstance(piece.statement, ast.Assert):
                self.notes.add(piece.statement.lineno, "left_out", f"{excerpt(piece.statement)}: it is left out")
                continue
            if position in unread:
                continue
            if position not in reading.outcome:
                texts.append(lines.of(piece) + ("\n" if isinstance(piece.statement, COMPOUND) else ""))
            for name, value in reading.displayed.get(position, []):
                texts.append(f"{name} = {written(value)}")
        return "\n".join(texts) + "\n"

    def _content(
        self,
        reading: Reading,
        lifted: list[Lifted],
        program: str,
        loss: Loss,
        pieces: list[Piece],
        needed: Needed,
    ) -> Content:
        evidence = any(one.trained for one in lifted)
        document: dict[str, Any] = {"title": self.source.options.get("title"), "program": program}
        document |= {"inputs": {}, "parameters": {}}
        for one in lifted:
            parameter = is_parameter(one, self.roles, evidence=evidence)
            entry = entry_of(one, reading.material, parameter=parameter)
            document["parameters" if parameter else "inputs"][one.name] = entry
            note_tensor(one, self.notes, parameter=parameter)
        if loss.name != NAME:
            document["loss"] = loss.name
        settings_of(reading, pieces)
        again = [needed.pieces[position].statement for position in sorted(needed.taken) if needed.partly(position)]
        steps = self._steps(reading, pieces, loss, again)
        optimizer = optimizer_of(pieces, steps, lambda tree: value_of(reading, tree), self.notes)
        document |= {"optimizer": optimizer, "dialect": self.dialect}
        document |= {key: self.source.options[key] for key in ("dtype", "seed") if key in self.source.options}
        drop_training(pieces, self.notes)
        document = {key: value for key, value in document.items() if value is not None}
        backward = self._backward(reading, steps, pieces, document)
        return Content(document, notes=self.notes.to_json(), backward=backward)

    def _steps(self, reading: Reading, pieces: list[Piece], loss: Loss, again: list[ast.stmt]) -> list[Step]:
        try:
            return Steps(reading, updaters_of(self.body)).follow(pieces, loss.after, again)
        except Problem:
            return []

    def _backward(
        self, reading: Reading, steps: list[Step], pieces: list[Piece], document: dict[str, Any]
    ) -> list[WrittenGradient]:
        """The gradients of the text's own, if it is no PyTorch that goes backward by itself."""
        if any(is_training_step(call) for piece in pieces for call in calls_in(piece.statement)):
            return []
        found = written_backward(reading, steps, Document.parse(document, self.rules.budget))
        if found:
            names = ", ".join(one["name"] for one in found)
            said = f"The text calculates gradients by itself ({names}): they can be checked"
            self.notes.add(found[0]["line"], "training", said)
        return found


def unread_pieces(needed: Needed, reading: Reading, loss: Loss) -> set[int]:
    """Assignments that only what is the document's now was made with, such as a generator of random numbers."""
    live, found = {loss.name}, set[int]()
    for position in sorted(needed.kept, reverse=True):
        use, statement = needed.uses[position], needed.pieces[position].statement
        if position in reading.outcome:
            continue
        simple = isinstance(statement, ast.Assign) and all(isinstance(one, ast.Name) for one in statement.targets)
        if simple and not (use.gives | use.changes) & live:
            found.add(position)
        else:
            live |= use.reads | use.changes
    return found


IMPORTER = Importer(FORMAT, looks, read)
