"""Python text as a document: it is parsed and read by the language, and never run."""

from __future__ import annotations

import ast
from typing import Any

from backprop_explorer.engine.document import Document
from backprop_explorer.export.record import Format
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.number import Number
from backprop_explorer.importing.code.bindings import setters_of
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
from backprop_explorer.importing.code.loss import NAME, Loss, loss_of
from backprop_explorer.importing.code.material import Lifted
from backprop_explorer.importing.code.needed import Needed, check_given
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.optimizing import optimizer_of
from backprop_explorer.importing.code.reading import Reading
from backprop_explorer.importing.code.script import Piece, Script, drop_training, straight
from backprop_explorer.importing.code.source import Source, looks, source_of
from backprop_explorer.importing.code.trained import trained_attributes, trained_names
from backprop_explorer.importing.code.trimming import trim
from backprop_explorer.importing.code.updates import updaters_of
from backprop_explorer.importing.code.words import Known
from backprop_explorer.importing.record import Content, Importer, Rules
from backprop_explorer.language.dialect import inferred_dialect
from backprop_explorer.language.forward import COMPOUND
from backprop_explorer.language.names import parts_of
from backprop_explorer.language.source import parsed
from backprop_explorer.language.values import raw
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
    rules.budget.check("program_characters", len(source.text), "the program's text")
    try:
        return _Import(source, rules, notes).content()
    except RecursionError:
        raise Problem("too_deep", "the text is nested too deeply") from None


class _Import:
    def __init__(self, source: Source, rules: Rules, notes: Notes) -> None:
        self.source, self.rules, self.notes = source, rules, notes
        self.body = parsed(source.text)
        self.dialect = source.options.get("dialect") or inferred_dialect(source.text).name
        self.given = Document.parse(
            {"program": "", **source.tensors, "seed": source.options.get("seed", 0)}, rules.budget
        )
        self.roles = Roles(rules.parameters, rules.inputs)

    def content(self) -> Content:
        script = straight(self.body, self.notes, torch=self.dialect == "torch")
        loss = loss_of(script, self.source.options.get("loss"), torch=self.dialect == "torch")
        everything = list(script.pieces)
        needed = Needed(script.pieces, {loss.name: loss.after}, setters_of(self.body), updaters_of(self.body))
        check_given(needed.missing(Known(self._sent_names(), self.dialect)))
        needed.note_others(self.notes, loss)
        trim(needed, self.notes)
        reading = self._read(script, needed, loss)
        lifted = self._tensors(reading)
        program = self._program(reading, needed)
        return self._content(reading, lifted, program, loss, everything)

    def _sent_names(self) -> set[str]:
        """The variables by which the text reads what was sent."""
        return {str((parts_of(name) or [name])[0]) for name in self.given.tensors}

    def _read(self, script: Script, needed: Needed, loss: Loss) -> Reading:
        graph = Graph(self.given.dtype, self.rules.budget)
        trained = trained_names(script, needed, loss)
        seed = self.given.seed
        reading = Reading(self.source.text, graph, self.dialect, seed, self.given, trained)
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

    def _program(self, reading: Reading, needed: Needed) -> str:
        lines = Lines(self.source.text, self.body)
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
            if position not in reading.outcome:
                texts.append(lines.of(piece) + ("\n" if isinstance(piece.statement, COMPOUND) else ""))
            for name, value in reading.displayed.get(position, []):
                texts.append(f"{name} = {written(value)}")
        return "\n".join(texts) + "\n"

    def _content(
        self, reading: Reading, lifted: list[Lifted], program: str, loss: Loss, pieces: list[Piece]
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
        optimizer = optimizer_of(pieces, lambda tree: _value(reading, tree), self.notes)
        document |= {"optimizer": optimizer, "dialect": self.dialect}
        document |= {key: self.source.options[key] for key in ("dtype", "seed") if key in self.source.options}
        drop_training(pieces, self.notes)
        return Content({key: value for key, value in document.items() if value is not None}, notes=self.notes.told())


def _value(reading: Reading, tree: ast.expr) -> Any:
    """A number, a truth value or a pair of numbers that an expression of the text stands for; None for others."""
    before = len(reading.graph.nodes)
    try:
        value = reading.evaluator.evaluate(tree, reading.scope)
    except Problem:
        return None
    finally:
        reading.evaluator.forget(before)
    if isinstance(value, (Number, bool)):
        return raw(value)
    if isinstance(value, (tuple, list)) and all(isinstance(one, Number) for one in value):
        return raw(tuple(value))
    return None


IMPORTER = Importer(FORMAT, looks, read)
