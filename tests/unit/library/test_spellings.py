"""The tables of spellings: every entry is read, and names each place once."""

from __future__ import annotations

import ast

from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import by_definition, functions, methods


def test_an_entry_is_one_function_under_the_names_in_front_of_it() -> None:
    known = {library: {*functions(library).values(), *methods(library).values()} for library in ("numpy", "torch")}
    for name, spelling in by_definition().items():
        [statement] = ast.parse(spelling.entry).body
        assert spelling.paths == tuple(map(ast.unparse, places(statement))), name
        assert spelling.definition.name.isidentifier(), name
        assert spelling in known[spelling.library], name


def places(statement: ast.stmt) -> list[ast.expr]:
    """Where an entry stands: what its decorator is given, or what it is assigned to."""
    if isinstance(statement, ast.FunctionDef):
        [names] = statement.decorator_list
        assert isinstance(names, ast.Call)
        return names.args
    assert isinstance(statement, ast.Assign)
    [target] = statement.targets
    return target.elts if isinstance(target, ast.Tuple) else [target]


def test_a_composite_is_called_as_its_text_defines_it() -> None:
    assert [composite.name for composite in COMPOSITES.values()] == [one.definition.name for one in COMPOSITES.values()]
