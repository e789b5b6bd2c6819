"""CSV: any usual delimiter and encoding; damaged rows are told by the line they begin on."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from attrs import define, frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources.table import Row, Table, Wanted, named, ragged, refuse_width
from crmkit.core.exchange.sources.texts import TextFile, text_file, with_digest
from crmkit.core.files.faults import csv_fault
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase

DELIMITERS: Final = ",;\t|"
LONGEST_CELL: Final = 1 << 20  # characters
LONGEST_ROW: Final = 4 << 20  # bytes
_SAMPLE_ROWS: Final = 50
_CHUNK: Final = 64 << 10
_PARTED_BY: Final = {
    ",": phrase("commas"), ";": phrase("semicolons"), "\t": phrase("tabs"), "|": phrase("bars")
}  # fmt: skip


@frozen
class CsvFormat:
    """Rows of cells in a text, parted by commas, semicolons, tabs or bars."""

    name: str = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab", ".txt")

    def recognises(self, start: bytes) -> bool:  # noqa: ARG002 - it is what a text is that is nothing else
        """Never for sure."""
        return False

    def open(self, path: Path, wanted: Wanted) -> Table:
        """The file as a table; its first line names the columns."""
        text = text_file(path, wanted.encoding)
        said = _said_delimiter(text.start)
        delimiter = said or _sniffed(text.start)
        if text.encoding != "utf-8":
            text = with_digest(text, text.encoding)
        file = _CsvFile(text, delimiter, 1 if said else 0, wanted.is_padded)
        headers = named(file.headers())
        return Table(
            path=path,
            format=self.name,
            headers=headers,
            survey=text.survey,
            taken_for=phrase(
                "CSV in {encoding}, parted by {delimiters}",
                encoding=text.says,
                delimiters=_PARTED_BY.get(delimiter, quoted(delimiter)),
            ),
            delimiter=delimiter,
            notes=text.notes,
            open_rows=lambda: file.rows(len(headers)),
        )


@frozen
class _CsvFile:
    """A text and what parts its columns; `skipped` lines stand before the header.

    With `is_padded`, cells that a row lacks at its end are empty.
    """

    text: TextFile
    delimiter: str
    skipped: int
    is_padded: bool

    def headers(self) -> list[str]:
        path = self.text.path
        with self._reading() as lines:
            try:
                headers: list[str] = next(lines.reader, [])
            except (_csv().Error, _RowTooLong) as error:
                reason = _reason(error, 1, lines.reader.line_num)
                raise Invalid(
                    phrase(
                        "{path}: the header line cannot be read: {reason}",
                        path=quoted(path.name),
                        reason=reason,
                    )
                ) from None
        if not any(header.strip() for header in headers):
            raise Invalid(
                phrase("{path} has no header line", path=quoted(path.name)),
                hint="Its first line must name the columns.",
            )
        unfit = self.text.unfit("".join(headers)) if self.text.survey.damaged else None
        if unfit is not None:
            raise Invalid(
                phrase("{path}: the header line cannot be read: {unfit}", path=quoted(path.name), unfit=unfit)
            )
        refuse_width(path, len(headers))
        return headers

    @contextmanager
    def rows(self, width: int) -> Iterator[Iterator[Row]]:
        with self._reading() as lines:
            next(lines.reader)
            rows = _rows(lines, width, is_padded=self.is_padded)
            yield self._inspected(rows) if self.text.survey.damaged else rows

    @contextmanager
    def _reading(self) -> Iterator[_Lines]:
        with self.text.opened() as file:
            lines = _Lines(_Meter(file), self.delimiter)
            for _ in range(self.skipped):
                lines.meter.skip_line()
            lines.begin(self.skipped)
            try:
                yield lines
            finally:
                lines.text.detach()

    def _inspected(self, rows: Iterator[Row]) -> Iterator[Row]:
        unfit = self.text.unfit
        for row in rows:
            yield row if row.reason else Row(row.line, row.cells, unfit("".join(row.cells)))


@define(init=False)
class _Lines:
    """A reader of rows, which can begin anew behind a row that is too long; `base` lines came before it."""

    meter: _Meter
    delimiter: str
    text: io.TextIOWrapper
    reader: Any
    base: int

    def __init__(self, meter: _Meter, delimiter: str) -> None:
        self.meter, self.delimiter = meter, delimiter

    def begin(self, base: int) -> None:
        self.base = base
        wrapped: Any = self.meter
        self.text = io.TextIOWrapper(wrapped, encoding="utf-8", errors="surrogateescape", newline="")
        # Strict: a quote that is never closed shows soon, instead of swallowing the rest of the file.
        self.reader = _csv().reader(self.text, delimiter=self.delimiter, strict=True)

    def begin_behind(self) -> int:
        """Pass over the rest of the line that was too long; the number of that line."""
        line = self.base + int(self.reader.line_num) + 1
        self.text.detach()
        self.meter.skip_line()
        self.begin(line)
        return line


def _rows(lines: _Lines, width: int, *, is_padded: bool) -> Iterator[Row]:
    meter, reader, base = lines.meter, lines.reader, lines.base
    before = base + reader.line_num
    while True:
        try:
            for cells in reader:
                line, before = before + 1, base + reader.line_num
                meter.row = before
                if any(cells):  # a spreadsheet goes on below its last row
                    fits = len(cells) == width
                    yield Row(line, cells, None) if fits else _uneven(cells, width, line, before, is_padded)
        except _csv().Error as error:
            line, before = before + 1, base + reader.line_num
            yield Row(line, [], _reason(error, line, before))
        except _RowTooLong as error:
            line, before = before + 1, lines.begin_behind()
            reader, base = lines.reader, lines.base
            yield Row(line, [], _reason(error, line, before))
        else:
            return


def _uneven(cells: list[str], width: int, first: int, last: int, is_padded: bool) -> Row:
    """A row of more or fewer cells than the header."""
    if is_padded and len(cells) < width:
        return Row(first, cells + [""] * (width - len(cells)), None)
    return Row(first, cells, _spanning(len(cells), width, first, last))


def _spanning(found: int, width: int, first: int, last: int) -> str:
    said = ragged(found, width)
    if last == first:
        return said
    lines = phrase("it spans the lines {first} to {last}: is a quote missing?", first=first, last=last)
    return joined("; ", (said, lines))


def _reason(error: Exception, first: int, last: int) -> str:
    where = (
        phrase("lines {first} to {last}", first=first, last=last)
        if last > first
        else phrase("line {line}", line=first)
    )
    text = str(error)
    if isinstance(error, _RowTooLong):
        return phrase("The row is longer than {size} MB ({where})", size=LONGEST_ROW >> 20, where=where)
    if "field limit" in text:
        return phrase("A cell is longer than {size:,} characters ({where})", size=LONGEST_CELL, where=where)
    if "unexpected end" in text:
        return phrase("A quote is opened and never closed ({where})", where=where)
    return phrase("The quotes do not match ({where}): {error}", where=where, error=csv_fault(error))


def _said_delimiter(start: str) -> str | None:
    """The delimiter that some spreadsheets write into a line of its own: `sep=;`."""
    first = start.partition("\n")[0].rstrip("\r").strip('"')
    return first[4] if len(first) == 5 and first[:4].lower() == "sep=" else None


def _sniffed(sample: str) -> str:
    """The delimiter by which the header's quotes match, and that gives it most columns, and as many to the
    rows that follow."""
    lines = sample.splitlines(keepends=True)[:_SAMPLE_ROWS]

    def columns(delimiter: str) -> tuple[bool, int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return False, 0, 0
        header = widths[0] if widths else 0
        return _is_clean(lines, delimiter), (widths.count(header) if header > 1 else 0), header

    return max(DELIMITERS, key=columns)


def _is_clean(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the first row can be read strictly."""
    try:
        next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except csv.Error:
        return False
    return True


@cache
def _csv() -> Any:
    """The reader of the standard library, in a copy of its own.

    How long a cell may be is a setting of the whole module, and 128 KiB is too short for letters and notes. A
    copy leaves everybody else's setting alone.
    """
    spec = importlib.util.find_spec("_csv")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.field_size_limit(LONGEST_CELL)
    return module


class _RowTooLong(Exception):
    """So much was read since the last row that memory is at stake."""


class _Meter(io.BufferedIOBase):
    """Hands on bytes, and counts those since `row` last changed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.row = -1
        self._file = file
        self._known = -1
        self._since = 0
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        octets = self._rest or self._file.read(max(size, _CHUNK))
        self._rest = b""
        if self.row != self._known:
            self._known, self._since = self.row, 0
        self._since += len(octets)
        if self._since > LONGEST_ROW:
            self._rest, self._since = octets, 0
            raise _RowTooLong
        return octets

    def skip_line(self) -> None:
        """Pass over everything up to the end of a line."""
        while octets := self._rest or self._file.read(_CHUNK):
            self._rest = b""
            ends = [place for mark in (b"\n", b"\r") if (place := octets.find(mark)) >= 0]
            if ends:
                self._rest = octets[min(ends) :]
                break
        if self._rest[:1] == b"\r":
            self._rest = (self._rest if len(self._rest) > 1 else self._rest + self._file.read(1))[1:]
        self._rest = self._rest.removeprefix(b"\n")
