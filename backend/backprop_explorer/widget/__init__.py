"""A run as a widget of a notebook, drawn by the page's own modules: `bx.widget(run)`.

A notebook loads one module, so those of the page travel together in it. It needs the extra `[notebook]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from backprop_explorer.bundle import bundled_script, bundled_styles, page_folder, without_remarks
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from backprop_explorer.client import RemoteRun
    from backprop_explorer.engine import Plan
    from backprop_explorer.torch import Opened

UNEXPECTED = json.dumps(
    Problem("unexpected", "Something went wrong in the kernel", hint="the notebook's log has the details").to_json()
).encode()
ENTRY = "widget.js"
STYLES = ("reset", "tokens", "base", "program", "stage", "slide", "explanation", "widget")
_BODY = re.compile(r"(?<![\w-])body\b")


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
        from backprop_explorer.widget.plan import PlanSource

        return _widget_class()(PlanSource(run))
    if not isinstance(run, RemoteRun):
        hint = "make a run of it: bx.Client().create(document), or a plan: bx.compile(document)"
        detail = f"a widget shows a run, a plan or an opened model; got an object of the type {type(run).__name__}"
        raise Problem("not_a_run", detail, hint=hint)
    from backprop_explorer.widget.run import RunSource

    return _widget_class()(RunSource(run))


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

        def __init__(self, source: _Source) -> None:
            self._source = source
            super().__init__(**source.read())
            self.on_msg(self._hear)

        def refresh(self) -> None:
            """Shows it as it is now."""
            with self.hold_sync():
                for name, value in self._source.read().items():
                    setattr(self, name, value)

        def _hear(self, _: object, asked: dict[str, Any], buffers: object) -> None:
            """Answers what the widget asks. What it shows is read again where that is no longer so."""
            status, content = HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED
            try:
                if self._source.has_moved():
                    self.refresh()
                status, content = answered(self._source, asked)
                if asked["method"] == "PATCH" and status == HTTPStatus.OK:
                    self.refresh()
            finally:
                self.send({"view": asked["view"], "number": asked["number"], "status": status}, [content])

    return RunWidget


class _Source(Protocol):
    """What a widget shows, and asks."""

    def read(self) -> dict[str, Any]:
        """The state as `run`, and the `trace`."""

    def has_moved(self) -> bool:
        """Whether other numbers would be read now, without a change that was made here."""

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> bytes:
        """JSON, as the service answers about a run; a `Problem` for what is refused."""


def answered(source: _Source, asked: Mapping[str, Any]) -> tuple[HTTPStatus, bytes]:
    """The status of an answer, and its JSON. `asked` has the method, the address (`/runs/3f/why?step=3`) and the body
    of a request."""
    address = urlsplit(asked["address"])
    _, _, _, path = address.path.split("/", 3)
    query = dict(parse_qsl(address.query, keep_blank_values=True))
    try:
        body = None if asked["body"] is None else json.loads(asked["body"])
        return HTTPStatus.OK, source.answer(asked["method"], f"/{path}", query, body)
    except Problem as problem:
        return HTTPStatus(problem.status), json.dumps(problem.to_json()).encode()


def bundle(folder: Path) -> str:
    """The widget's modules and styles as one module."""
    script = without_remarks(bundled_script(folder, ENTRY))
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
