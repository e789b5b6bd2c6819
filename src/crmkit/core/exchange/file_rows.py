"""Files of rows whose columns are known beforehand: what a plugin of any kind takes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources import Row, Table, open_source
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_NUMBER: Final = re.compile(r" \d+$")


@frozen
class FileRow:
    """A row of a file. `line` is the one it begins on, counted from 1; in a workbook, the row's number.

    `problem` says why the row cannot be used; it is None for a sound one.
    """

    line: int
    problem: str | None
    _cells: Mapping[str, str] = field(repr=False)

    @property
    def cells(self) -> Mapping[str, str]:
        """What the row says by column, without the space around it: "" where it says nothing.

        Raises `Invalid`, with the problem and the line, for a row that cannot be used.
        """
        if self.problem is not None:
            raise Invalid(self.problem, line=self.line)
        return self._cells


@frozen
class FileRows:
    """The rows of a file that hold anything, in its order; they can be gone through again and again.

    `notes` are what a person should be told of how the file was read, such as a guessed encoding. Memory
    does not grow with the number of rows.
    """

    notes: tuple[str, ...]
    _table: Table = field(repr=False)
    _places: Mapping[str, int | None] = field(repr=False)
    _nameless: Sequence[int] = field(repr=False)

    def __iter__(self) -> Iterator[FileRow]:
        with self._table.rows() as rows:
            for row in rows:
                if row.reason is not None or any(map(str.strip, row.cells)):
                    yield self._row(row)

    def _row(self, row: Row) -> FileRow:
        if row.reason is not None:
            return FileRow(row.line, row.reason, {})
        for place in self._nameless:
            if stray := row.cells[place].strip():
                return FileRow(row.line, _without_a_name(stray, place), {})
        cells = {
            column: "" if place is None else row.cells[place].strip()
            for column, place in self._places.items()
        }
        return FileRow(row.line, None, cells)


def read_rows(
    path: str | Path,
    columns: Sequence[str],
    *,
    needed: Sequence[str] = (),
    encoding: str | None = None,
    sheet: str | None = None,
) -> FileRows:
    """The rows of a CSV, XLSX or NDJSON file whose first line names some of `columns`, in any order and case.

    The encoding, and what parts the cells (commas, semicolons, tabs, bars), are told by the file; `encoding`
    is any that Python knows. `sheet` is the name or the number of a workbook's sheet. `needed` columns may
    not be absent. Cells that a row lacks at its end are empty. A column whose header is empty is none: a row
    that says something there cannot be used.

    Raises `NotFound` for a missing file; `Invalid` for one that cannot be read, that lacks a needed column or
    has one that is not among `columns` or stands there twice; `ExtraMissing` where a workbook needs something
    installed.
    """
    table = open_source(path, encoding=encoding, sheet=sheet, is_padded=True)
    spelled = {column.casefold(): column for column in columns}
    found = [spelled.get(header.casefold(), header) for header in table.headers]
    nameless = [place for place, header in enumerate(found) if header == f"column {place + 1}"]
    _refuse_columns(
        table.path, [each for each in found if found.index(each) not in nameless], spelled, needed
    )
    places = {column: found.index(column) if column in found else None for column in columns}
    return FileRows(table.notes, table, places, nameless)


def _without_a_name(text: str, place: int) -> str:
    return phrase("{text} stands in column {number}, which has no name", text=quoted(text), number=place + 1)


def _refuse_columns(
    path: Path, found: Sequence[str], spelled: Mapping[str, str], needed: Sequence[str]
) -> None:
    """Raise `Invalid` for a column that is missing, unknown or there twice."""
    columns = tuple(spelled.values())
    hint = phrase("Its columns may be: {columns}.", columns=", ".join(columns))
    for column in needed:
        if column not in found:
            raise Invalid(
                phrase('{path} has no column "{column}"', path=quoted(path.name), column=column),
                hint=hint,
            )
    for place, column in enumerate(found):
        # The second of two that are spelled alike is told from the first by a number.
        first = column if column in columns else spelled.get(_NUMBER.sub("", column).casefold())
        if first in found[:place]:
            raise Invalid(
                phrase('{path} has the column "{column}" twice', path=quoted(path.name), column=first),
                hint="Leave one of them out.",
            )
        if column not in columns:
            raise Invalid(
                phrase(
                    "{path} has a column {column}, which is not known here",
                    path=quoted(path.name),
                    column=quoted(column),
                ),
                hint=hint,
            )
