"""The tables of spellings: every entry is read, and names each place once."""

from __future__ import annotations

import ast

import pytest

from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import Spelling, by_definition, functions, methods


@pytest.mark.parametrize("spelling", by_definition().values(), ids=by_definition())
def test_an_entry_is_one_function_under_the_names_in_front_of_it(spelling: Spelling) -> None:
    [statement] = ast.parse(spelling.entry).body
    if isinstance(statement, ast.FunctionDef):
        [names] = statement.decorator_list
        assert isinstance(names, ast.Call)
        places = names.args
    else:
        assert isinstance(statement, ast.Assign)
        [target] = statement.targets
        places = target.elts if isinstance(target, ast.Tuple) else [target]
    assert spelling.paths == tuple(map(ast.unparse, places))
    assert spelling.definition.name.isidentifier()
    known = {*functions(spelling.library).values(), *methods(spelling.library).values()}
    assert spelling in known


def test_a_composite_is_called_as_its_text_defines_it() -> None:
    assert [composite.name for composite in COMPOSITES.values()] == [one.definition.name for one in COMPOSITES.values()]
