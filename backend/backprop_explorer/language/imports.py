"""Import lines: what a name that they bring stands for."""

from __future__ import annotations

import ast

from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope


def note_import(evaluator: Reader, statement: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    """Records the dotted path of every name that the statement binds, such as `torch.nn.functional.linear` for
    `linear`, and notes that the line is left out: nothing is ever imported."""
    if isinstance(statement, ast.Import):
        for one in statement.names:
            name = one.asname or one.name.partition(".")[0]
            scope.imports[name] = one.name if one.asname else name
    else:
        for one in statement.names:
            if one.name == "*":
                raise evaluator.problem(
                    "not_in_language",
                    "import * does not say which names it brings",
                    statement,
                    "name what is used: from torch.nn.functional import relu",
                )
            scope.imports[one.asname or one.name] = f"{statement.module or ''}.{one.name}".lstrip(".")
    evaluator.left_out(statement, f"{ast.unparse(statement)[:60]}: the language has its functions already")
