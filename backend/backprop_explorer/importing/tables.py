"""Tables as text, CSV and TSV: a row of numbers a line, below a header or not."""

from __future__ import annotations

import csv
import math
import re
from array import array
from collections.abc import Iterator
from functools import partial

import numpy as np

from backprop_explorer.export.record import Format
from backprop_explorer.importing.code.source import looks as looks_like_code
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened
from backprop_explorer.wording import counted, listed

SEPARATORS = {"csv": ",;", "tsv": "\t"}
"""What stands between two cells, by the format: of several, the one that the first line has most of."""
BEGINNING = 4096
"""So many bytes tell whether a file is a table."""
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_PLAIN = re.compile(r"[-+.0-9eE \t]*")
"""A line of such letters alone: of them Python reads as a number what is one, and a whole line is looked at at once."""
_MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
"""What stands where a value is missing, in small letters."""


def looks(format: str, content: bytes) -> bool:
    """Whether the bytes begin as such a table: with a line of numbers among the first two, or with two lines of as
    many cells that are no Python."""
    lines = _first_lines(content)
    separator = _separator(format, lines[0]) if lines else ""
    rows = [line.split(separator) for line in lines]
    if not rows or (len(rows[0]) == 1 and format == "tsv"):
        return False
    if any(all(_NUMBER.fullmatch(cell) for cell in row) for row in rows):
        return len(rows[0]) > 1 or not any(" " in line.strip() for line in lines)
    return len(rows) == 2 and len(rows[0]) == len(rows[1]) > 1 and not looks_like_code(content)


def _first_lines(content: bytes) -> list[str]:
    """The first two lines that are not empty; none of what is no text, or is text of another kind."""
    beginning = content[:BEGINNING]
    if b"\0" in beginning or beginning.lstrip()[:1] in (b"{", b"[", b"<"):
        return []
    text = beginning.decode("utf-8-sig", errors="ignore")
    if not text.isprintable() and any(not letter.isprintable() and letter not in "\r\n\t" for letter in text):
        return []
    return [line for line in text.splitlines() if line.strip()][:2]


def _separator(format: str, line: str) -> str:
    return max(SEPARATORS[format], key=line.count)


def read(format: str, content: bytes, rules: Rules) -> Content:
    """The table's columns by their names, or by their numbers from 1 where it has no header.

    Raises a `Problem` with line and column for what is missing or no number.
    """
    what = f"{format.upper()} file"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad_file(what, "it is no text in UTF-8", "save it in UTF-8") from None
    rows = _rows(text, format, what)
    first = next(rows, None)
    if first is None:
        raise bad_file(what, "it has no rows")
    line, cells = first
    headed = any(not _NUMBER.fullmatch(cell) for cell in cells)
    names = _names(cells, line) if headed else [str(number) for number in range(1, len(cells) + 1)]
    numbers = array("d", [] if headed else _numbers(names, cells, line))
    for line, cells in rows:
        numbers.extend(_numbers(names, cells, line))
        rules.budget.check("tensor_elements", len(numbers), "the table's numbers")
    if not numbers:
        raise bad_file(what, "it has a header, and no rows below")
    table = np.frombuffer(numbers).reshape(-1, len(names))
    warnings: list[str] = []
    if names[0] == "" and len(names) > 1:
        names, table = _without_index(names, table, warnings)
    names = [name or f"column {number}" for number, name in enumerate(names, 1)]
    return Content(tensors=dict(zip(names, table.T, strict=True)), warnings=warnings, arrangement="table")


def _rows(text: str, format: str, what: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that is not empty, and its number."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=_separator(format, first), strict=True)
    try:
        for cells in reader:
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield reader.line_num, cells
    except csv.Error as error:
        raise Problem("bad_file", f"this is no sound {what}: {error}", line=reader.line_num) from None


def _names(cells: list[str], line: int) -> list[str]:
    """The columns' names out of a header, which may begin as a comment."""
    names = [cell.strip() for cell in cells]
    names[0] = names[0].removeprefix("#").lstrip()
    seen: set[str] = set()
    for column, name in enumerate(names, 1):
        if name in seen:
            said = f"The header names two columns {shortened(name)!r}" if name else "Two columns have no name"
            raise Problem("bad_table", said, line=line, column=column, hint="give each column a name of its own")
        seen.add(name)
    return names


def _numbers(names: list[str], cells: list[str], line: int) -> list[float]:
    if len(cells) != len(names):
        raise Problem(
            "bad_table", f"The line has {counted(len(cells), 'cell')}; those before have {len(names):,}", line=line
        )
    plain = _PLAIN.fullmatch("".join(cells)) is not None
    try:
        numbers = [*map(float, cells)] if plain or all(map(_NUMBER.fullmatch, cells)) else []
    except ValueError:
        numbers = []
    if numbers and (math.isfinite(sum(numbers)) or all(map(math.isfinite, numbers))):
        return numbers
    raise next(_wrong(names, cells, line))


def _wrong(names: list[str], cells: list[str], line: int) -> Iterator[Problem]:
    for column, (name, cell) in enumerate(zip(names, cells, strict=True), 1):
        where = f"column {shortened(name)}" if name and name != str(column) else f"column {column}"
        if cell.strip().lower() in _MISSING:
            hint = "fill it, or leave the row out; what is missing is never guessed"
            yield Problem("missing_value", f"The {where} has no value here", line=line, column=column, hint=hint)
        elif not _NUMBER.fullmatch(cell) or not math.isfinite(float(cell)):
            hint = "a table has numbers only: write a class as its number, from 0, and decimals with a point"
            said = f"The {where} has {shortened(cell.strip())!r} here, which is no number"
            yield Problem("bad_number", said, line=line, column=column, hint=hint)


def _without_index(names: list[str], table: Array, warnings: list[str]) -> tuple[list[str], Array]:
    """The table without the row numbers that pandas writes in front, below no name."""
    if not np.array_equal(table[:, 0], np.arange(len(table))):
        return names, table
    warnings.append(f"The first column has no name and counts the rows: left out; the others are {listed(names[1:])}")
    return names[1:], table[:, 1:]


def _importer(name: str, title: str, media_type: str) -> Importer:
    format = Format(name, title, "Rows of numbers, below a header or not, which go into a run.", name, media_type)
    return Importer(format, partial(looks, name), partial(read, name))


IMPORTERS = (
    _importer("tsv", "Table with tabs (TSV)", "text/tab-separated-values"),
    _importer("csv", "Table (CSV)", "text/csv"),
)
