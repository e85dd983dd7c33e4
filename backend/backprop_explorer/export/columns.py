"""Many JSON values that are made alike as columns: what they have in common is written once, and nothing is lost.

A column is one of
- `{"all": value}`: each value is that
- `{"of": {key: column, …}}`: objects, with a column for each key; `{"in": column, "are": column}` where not all objects
  have the key: for each object whether it does, and the values of those that do
- `{"lengths": column, "items": column}`: lists, and the items of all of them
- `{"there": column, "are": column}`: for each value whether it is not null, and those that are not
- `{"table": values, "at": places}`: values, some of which are there several times
- a list of the values

The page reads them (`frontend/lib/columns.js`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def column_of(values: Sequence[Any]) -> Any:
    """The column of these values."""
    kinds = {type(value) for value in values}
    if kinds == {dict}:
        return _objects(values)
    texts = [repr(value) for value in values]  # which tell 0 from -0, and 1 from true
    if len(set(texts)) == 1:
        return {"all": values[0]}
    if kinds == {list}:
        lengths = column_of([len(value) for value in values])
        return {"lengths": lengths, "items": column_of([item for value in values for item in value])}
    if kinds in ({dict, type(None)}, {list, type(None)}):
        there = column_of([int(value is not None) for value in values])
        return {"there": there, "are": column_of([value for value in values if value is not None])}
    return _table(values, texts)


def _objects(values: Sequence[dict[str, Any]]) -> Any:
    columns = {key: _members(values, key) for key in dict.fromkeys(key for value in values for key in value)}
    is_one = all("all" in column for column in columns.values())
    return {"all": values[0]} if is_one else {"of": columns}


def _members(values: Sequence[dict[str, Any]], key: str) -> Any:
    there = [int(key in value) for value in values]
    column = column_of([value[key] for value in values if key in value])
    return column if all(there) else {"in": column_of(there), "are": column}


def _table(values: Sequence[Any], texts: Sequence[str]) -> Any:
    """The values, or a table of them where that is shorter."""
    table = dict(zip(texts, values, strict=True))
    places = {text: place for place, text in enumerate(table)}
    at = [places[text] for text in texts]
    shorter = sum(map(len, table)) + sum(len(str(place)) for place in at) < sum(map(len, texts))
    return {"table": list(table.values()), "at": at} if shorter else list(values)
