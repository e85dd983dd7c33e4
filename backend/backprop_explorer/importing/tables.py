"""Tables as text, CSV and TSV: a row of numbers a line, below a header or not."""

from __future__ import annotations

import csv
import math
import re
from array import array
from collections.abc import Iterator
from functools import partial
from itertools import chain

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
_NUMERIC = re.compile(r"\s*[+-]?[.,]?[0-9]")
"""How a number begins, and what is meant as one."""
_DATE = re.compile(r"\s*[0-9]+[-/:.][0-9]+[-/:.][0-9]")
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
    first, second = next(rows, None), next(rows, None)
    if first is None:
        raise bad_file(what, "it has no rows")
    headed = _is_header(first[1], second[1] if second else [])
    if headed and second is None:
        raise bad_file(what, "it has a header, and no rows below")
    names = _names(first[1], first[0]) if headed else [str(number) for number in range(1, len(first[1]) + 1)]
    columns = _Columns(names, (first if second is None or not headed else second)[1])
    numbers = array("d")
    for line, cells in chain([] if headed else [first], [second] if second else [], rows):
        numbers.extend(columns.numbers(cells, line))
        rules.budget.check("tensor_elements", len(numbers), "the table's numbers")
    table, words = columns.sorted(np.frombuffer(numbers).reshape(-1, len(names)))
    warnings: list[str] = []
    if names[0] == "" and len(names) > 1:
        names, table = _without_index(names, table, warnings)
    names = [name or f"column {number}" for number, name in enumerate(names, 1)]
    return Content(tensors=dict(zip(names, table.T, strict=True)), warnings=warnings, arrangement="table", words=words)


def _is_header(first: list[str], second: list[str]) -> bool:
    """Whether the first line names columns: it has a word where the second has a number, or words only."""
    words = [not _NUMBER.fullmatch(cell) for cell in first]
    if all(words) or len(first) != len(second):
        return any(words)
    return any(word and _NUMBER.fullmatch(cell) for word, cell in zip(words, second, strict=True))


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


class _Columns:
    """The columns while they are read: those whose first cell is a word hold words, all others numbers."""

    def __init__(self, names: list[str], first: list[str]) -> None:
        self._names = names
        self._words: dict[int, dict[str, int]] = {
            at: {} for at, (_, cell) in enumerate(zip(names, first, strict=False)) if _is_word(cell)
        }

    def numbers(self, cells: list[str], line: int) -> list[float]:
        """A row's numbers; of a word the number of words that came before it in its column.

        Raises a `Problem` with line and column for what is missing, or no number where numbers are.
        """
        if len(cells) != len(self._names):
            before = f"those before have {len(self._names):,}"
            raise Problem("bad_table", f"The line has {counted(len(cells), 'cell')}; {before}", line=line)
        bare = cells.copy() if self._words else cells
        for at, seen in self._words.items():
            if not _is_missing(cells[at]):
                bare[at] = str(seen.setdefault(cells[at].strip(), len(seen)))
        numbers = _finite(bare)
        if numbers is None:
            raise next(_wrong(self._names, bare, line))
        return numbers

    def sorted(self, table: Array) -> tuple[Array, dict[str, tuple[str, ...]]]:
        """The table with the words numbered in the order of the alphabet, and the words of each column."""
        found: dict[str, tuple[str, ...]] = {}
        if self._words:
            table = table.copy()
        for at, seen in self._words.items():
            words = sorted(seen)
            places = {word: place for place, word in enumerate(words)}
            order = np.array([places[word] for word in seen], np.float64)
            table[:, at] = order[table[:, at].astype(np.int64)]
            found[self._names[at] or f"column {at + 1}"] = tuple(words)
        return table, found


def _is_word(cell: str) -> bool:
    """Whether a cell is no number, is not meant as one (`1_000`, `2,5`), and is not missing."""
    return not _is_missing(cell) and (not _NUMERIC.match(cell) or _DATE.match(cell) is not None)


def _is_missing(cell: str) -> bool:
    return cell.strip().lower() in _MISSING


def _finite(cells: list[str]) -> list[float] | None:
    """The numbers in the cells; None where one is none, or not finite."""
    plain = _PLAIN.fullmatch("".join(cells)) is not None
    try:
        numbers = [*map(float, cells)] if plain or all(map(_NUMBER.fullmatch, cells)) else []
    except ValueError:
        return None
    return numbers if numbers and (math.isfinite(sum(numbers)) or all(map(math.isfinite, numbers))) else None


def _wrong(names: list[str], cells: list[str], line: int) -> Iterator[Problem]:
    for column, (name, cell) in enumerate(zip(names, cells, strict=True), 1):
        where = f"column {shortened(name)}" if name and name != str(column) else f"column {column}"
        if _is_missing(cell):
            hint = "fill it, or leave the row out; what is missing is never guessed"
            yield Problem("missing_value", f"The {where} has no value here", line=line, column=column, hint=hint)
        elif not _NUMBER.fullmatch(cell) or not math.isfinite(float(cell)):
            hint = "this column begins with a number, so all of it must be numbers; write decimals with a point"
            said = f"The {where} has {shortened(cell.strip())!r} here, which is no number"
            yield Problem("bad_number", said, line=line, column=column, hint=hint)


def _without_index(names: list[str], table: Array, warnings: list[str]) -> tuple[list[str], Array]:
    """The table without the row numbers that pandas writes in front, below no name."""
    if not np.array_equal(table[:, 0], np.arange(len(table))):
        return names, table
    warnings.append(f"The first column has no name and counts the rows: left out; the others are {listed(names[1:])}")
    return names[1:], table[:, 1:]


def _importer(name: str, title: str, media_type: str) -> Importer:
    format = Format(name, title, "Rows of numbers and a label, below a header or not.", name, media_type)
    return Importer(format, partial(looks, name), partial(read, name), data=True)


IMPORTERS = (
    _importer("tsv", "Table with tabs (TSV)", "text/tab-separated-values"),
    _importer("csv", "Table (CSV)", "text/csv"),
)
