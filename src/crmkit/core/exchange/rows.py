"""The rows of a CSV file, each with the line it begins on; damaged ones with what is wrong with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.survey import opened
from crmkit.core.normalise.text import quoted

DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 64 << 10
_SAMPLE_ROWS: Final = 50
_ENCODING: Final = "utf-8-sig"


class Row(NamedTuple):
    """One record of the file; `reason` says why it cannot be used, if so."""

    line: int
    cells: list[str]
    reason: str | None


@frozen
class Table:
    """The shape of a CSV file: its headers and what parts its columns."""

    path: Path
    headers: tuple[str, ...]
    delimiter: str
    damaged: bool = False

    @contextmanager
    def rows(self) -> Iterator[Iterator[Row]]:
        """The rows after the header, one at a time."""
        with _reader(self.path, self.delimiter) as reader:
            next(reader)
            rows = _rows(reader, len(self.headers))
            yield _inspected(rows) if self.damaged else rows


def read_table(path: Path, *, damaged: bool = False) -> Table:
    """The shape of the file at `path`. Raises `Invalid` where there is no header line."""
    with opened(path) as file:
        delimiter = _sniffed(file.read(_SAMPLE).decode(_ENCODING, "surrogateescape"))
    with _reader(path, delimiter) as reader:
        try:
            headers: list[str] = next(reader, [])
        except csv.Error as error:
            raise Invalid(f"{quoted(path.name)}: the header line cannot be read: {error}") from None
    if not any(header.strip() for header in headers):
        raise Invalid(
            f"{quoted(path.name)} has no header line",
            hint="Its first line must name the columns: name,email,phone",
        )
    named = [header.strip() or f"column {number}" for number, header in enumerate(headers, 1)]
    return Table(path, tuple(named), delimiter, damaged)


@contextmanager
def _reader(path: Path, delimiter: str) -> Iterator[Any]:
    with (
        opened(path) as file,
        io.TextIOWrapper(file, encoding=_ENCODING, errors="surrogateescape", newline="") as text,
    ):
        # Strict: a quote that is never closed shows soon, instead of swallowing the rest of the file.
        yield csv.reader(text, delimiter=delimiter, strict=True)


def _sniffed(sample: str) -> str:
    """The delimiter that gives the header most columns, and as many to the rows that follow."""
    lines = sample.splitlines(keepends=True)[:_SAMPLE_ROWS]

    def columns(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        header = widths[0] if widths else 0
        return (widths.count(header) if header > 1 else 0), header

    return max(DELIMITERS, key=columns)


def _rows(reader: Any, width: int) -> Iterator[Row]:
    before = reader.line_num
    while True:
        try:
            for cells in reader:
                line, before = before + 1, reader.line_num
                if len(cells) == width:
                    yield Row(line, cells, None)
                elif cells:
                    yield Row(line, cells, _ragged(len(cells), width, line, before))
        except csv.Error as error:
            line, before = before + 1, reader.line_num
            yield Row(line, [], _unreadable(str(error), line, before))
        else:
            return


def _ragged(found: int, width: int, first: int, last: int) -> str:
    lines = f"; it spans the lines {first} to {last}: is a quote missing?" if last > first else ""
    return f"The row has {found} {'column' if found == 1 else 'columns'}, the header {width}{lines}"


def _unreadable(error: str, first: int, last: int) -> str:
    where = f"lines {first} to {last}" if last > first else f"line {first}"
    if "field limit" in error:
        return f"A cell is longer than {csv.field_size_limit() >> 10} KiB ({where})"
    if "unexpected end" in error:
        return f"A quote is opened and never closed ({where})"
    return f"The quotes do not match ({where}): {error}"


def _inspected(rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        yield row if row.reason else Row(row.line, row.cells, _unfit(row.cells))


def _unfit(cells: list[str]) -> str | None:
    text = "".join(cells)
    if "\0" in text:
        return "The row holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"The row is not UTF-8: it has the byte 0x{ord(text[error.start]) - 0xDC00:02X}"
    return None
