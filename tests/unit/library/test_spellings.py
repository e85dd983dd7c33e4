"""The tables of spellings: every entry is read, and names each place once."""

from __future__ import annotations

import ast

import pytest

from backprop_explorer.library.spellings import DEFINED, FUNCTIONS, METHODS, Spelling


@pytest.mark.parametrize("spelling", DEFINED.values(), ids=DEFINED)
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
    known = {*FUNCTIONS[spelling.library].values(), *METHODS[spelling.library].values()}
    assert spelling in known
