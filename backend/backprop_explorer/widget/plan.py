"""A plan as the source of a widget: what the service answers about a run is answered here, without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import numpy as np

from backprop_explorer.api import wire
from backprop_explorer.api.edit import edit_of
from backprop_explorer.api.query import ElementQuery, ExplainQuery, JacobianQuery, PartsQuery, WhyQuery, read_index
from backprop_explorer.engine import Plan, opened, trace
from backprop_explorer.engine.parts import parts_of
from backprop_explorer.explain import explain, jacobian, uses, why_step, why_tensor
from backprop_explorer.plots import loss_slice
from backprop_explorer.practice.trial import checked_weight
from backprop_explorer.problem import Problem

Query = Mapping[str, str]


class PlanSource:
    """A plan with its own numbers: what is written in the widget is written into it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._version = 0
        self._shown = np.nan

    def read(self) -> dict[str, Any]:
        """Its state, as far as it has what a run's state says, and its trace."""
        self._version += 1
        return {"run": self._state(), "trace": _plain(trace(self._plan))}

    def _state(self) -> dict[str, Any]:
        self._shown = self._run()
        plan, document = self._plan, self._plan.document
        return {
            "id": None, "view_id": None, "title": document.title, "iteration": 0, "loss": _plain(plan.loss),
            "version": self._version, "event": 0, "can_undo": False, "can_redo": False, "layout": None,
            "optimizer": document.optimizer, "batch": document.batch, "dialect": document.dialect,
            "validation": document.validation, "validation_loss": None,
        }  # fmt: skip

    def _run(self) -> float:
        with np.errstate(all="ignore"):
            return self._plan.run()

    def has_moved(self) -> bool:
        """Whether its numbers are others than it was read with, as far as the loss tells."""
        return not np.array_equal(self._run(), self._shown, equal_nan=True)

    def answer(self, method: str, path: str, query: Query, body: Any) -> bytes:
        """JSON. `path` follows the run's own: `/explain`. A `Problem` where the plan, or the service, refuses it."""
        asked = path.strip("/").split("/")
        with np.errstate(all="ignore"):
            if (method, asked) == ("POST", ["preview"]):
                with self._edited(body["tensors"]):
                    return wire.encode(trace(self._plan))
            return wire.encode(self._found(method, asked, query, body))

    def _found(self, method: str, path: list[str], query: Query, body: Any) -> Any:
        plan = self._plan
        match method, path:
            case "GET", ["explain"]:
                asked = ExplainQuery.model_validate(query)
                return explain(plan, asked.tensor, asked.field, asked.place)
            case "GET", ["uses"]:
                element = ElementQuery.model_validate(query)
                return uses(plan, element.tensor, element.field, element.place)
            case "GET", ["why"]:
                return self._why(WhyQuery.model_validate(query))
            case "GET", ["parts"]:
                return parts_of(plan, PartsQuery.model_validate(query).step)
            case "GET", ["jacobian"]:
                step = JacobianQuery.model_validate(query)
                return jacobian(plan, step.step, step.input, values=step.values == "all", sample=step.sample)
            case "GET", ["plots", "slice"]:
                return loss_slice(plan, checked_weight(plan, query["parameter"], read_index(query["index"])), None)
            case "PATCH", ["tensors", name]:
                edit_of(unquote(name), body).apply(plan)
                return self._state()
        raise Problem("not_found", f"A widget of a plan does not answer {method} /{'/'.join(path)}", status=404)

    def _why(self, query: WhyQuery) -> Any:
        def expanded() -> Plan:
            found = opened(self._plan)
            found.run()
            return found

        if isinstance(query.asked, int):
            return why_step(self._plan, query.asked, expanded, query.place)
        return why_tensor(self._plan, query.asked, query.field, expanded, query.place)

    @contextmanager
    def _edited(self, tensors: Mapping[str, Any]) -> Iterator[None]:
        """With other numbers in place, which are taken back."""
        edits = [edit_of(name, content) for name, content in tensors.items()]
        before = self._plan.snapshot({edit.tensor for edit in edits})
        try:
            for edit in edits:
                edit.apply(self._plan)
            yield
        finally:
            self._plan.restore(before, partial=True)
            self._plan.run()


def _plain(content: Any) -> Any:
    """As the API writes it: without arrays, and with words for what is no finite number."""
    return json.loads(wire.encode(content))
