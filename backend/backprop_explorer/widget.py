"""A run as a widget of a notebook, drawn by the page's own modules: `bx.widget(run)`.

A notebook loads one module, so those of the page travel together in it. It needs the extra `[notebook]`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backprop_explorer.bundle import bundled_script, bundled_styles, page_folder
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from backprop_explorer.client import RemoteRun
    from backprop_explorer.engine import Plan
    from backprop_explorer.torch import Opened

ENTRY = "widget.js"
STYLES = ("reset", "tokens", "base", "program", "stage", "widget")
_BODY = re.compile(r"\bbody\b")


def widget(run: RemoteRun | Plan | Opened) -> Any:
    """An `AnyWidget` of the run at its present iteration, step by step; of a plan, or of a model that was opened,
    without a server. `refresh()` shows what has become of it since; `step` is the step that is shown. A `Problem` where
    the extra `[notebook]` is not installed, and for anything else.
    """
    from backprop_explorer.client import RemoteRun
    from backprop_explorer.engine import Plan
    from backprop_explorer.torch import Opened

    if isinstance(run, Opened):
        run = run.plan()
    if isinstance(run, Plan):
        return _widget_class()(_Local(run))
    if not isinstance(run, RemoteRun):
        hint = "make a run of it: bx.Client().create(document), or a plan: bx.compile(document)"
        detail = f"a widget shows a run, a plan or an opened model; got an object of the type {type(run).__name__}"
        raise Problem("not_a_run", detail, hint=hint)
    return _widget_class()(run)


@cache
def _widget_class() -> Any:
    folder = page_folder()
    try:
        import anywidget
        import traitlets
    except ImportError:
        hint = "pip install 'backprop-explorer[notebook]'"
        raise Problem("no_widgets", "a widget needs anywidget, which is not installed", status=500, hint=hint) from None

    class RunWidget(anywidget.AnyWidget):
        """A run, shown by the page's modules."""

        _esm = bundle(folder)
        run = traitlets.Dict().tag(sync=True)
        trace = traitlets.Dict().tag(sync=True)
        step = traitlets.Int(0).tag(sync=True)

        def __init__(self, run: RemoteRun | _Local) -> None:
            self._run = run
            super().__init__(**_read(run))

        def refresh(self) -> None:
            """Shows the run as it is now."""
            with self.hold_sync():
                for name, value in _read(self._run).items():
                    setattr(self, name, value)

    return RunWidget


class _Local:
    """A plan as a widget reads a run."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def state(self) -> dict[str, Any]:
        """What a run's state says, as far as a plan has it."""
        document = self._plan.document
        self._plan.run()
        still = {"iteration": 0, "version": 1, "event": 0, "can_undo": False, "can_redo": False, "layout": None}
        told = {"id": None, "title": document.title, "loss": self._plan.loss, "optimizer": document.optimizer}
        cut = {"batch": document.batch, "validation": document.validation, "validation_loss": None}
        return {**still, **told, **cut, "dialect": document.dialect}

    def trace(self, iteration: int) -> Any:
        """The plan's iteration, as the API writes it."""
        from backprop_explorer.api import wire
        from backprop_explorer.engine import trace

        return json.loads(wire.encode(trace(self._plan)))


def _read(run: RemoteRun | _Local) -> dict[str, Any]:
    state = {name: value for name, value in run.state().items() if name not in ("document", "losses")}
    return {"run": state, "trace": run.trace(state["iteration"])}


def bundle(folder: Path) -> str:
    """The widget's modules and styles as one module."""
    script = bundled_script(folder, ENTRY)
    styles = bundled_styles(folder, [f"styles/{name}.css" for name in STYLES])
    own = _json(_selected(styles.replace(":root", ":host")))
    return f"{script}\nexport default createWidget({own});\n"


def _selected(styles: str) -> str:
    """The styles, which take the widget's root for the page's body."""
    *rules, last = styles.split("{")
    parts = (rule.rpartition("}") for rule in rules)  # what stands before a brace: the rule before, then a selector
    return "{".join([*(before + end + _BODY.sub(".page", selector) for before, end, selector in parts), last])


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False).replace("</", "<\\/")
