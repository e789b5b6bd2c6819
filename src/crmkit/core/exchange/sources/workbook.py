"""XLSX: a sheet of a workbook as a table, read row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources.archive import SheetLook
from crmkit.core.exchange.sources.files import opened
from crmkit.core.exchange.sources.spreadsheet import Line, Sheet, spreadsheet
from crmkit.core.exchange.sources.table import Row, Survey, Table, Wanted, named, ragged, refuse_width
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_BLOCK: Final = 1 << 20
_NAMED: Final = 50


@frozen
class WorkbookFormat:
    """A workbook of a spreadsheet program."""

    name: str = "xlsx"
    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")

    def recognises(self, start: bytes) -> bool:
        """It is a ZIP archive."""
        return start.startswith(b"PK\x03\x04")

    def open(self, path: Path, wanted: Wanted) -> Table:
        """The sheet that is wanted, else the first that is shown; its first filled row names the columns."""
        _refuse_packed(path)
        with spreadsheet(path) as book:
            sheet = _chosen(book.sheets, wanted.sheet, path)
            look = book.look(sheet)
            file = _SheetFile(path, sheet, look)
            headers = file.headers(next(file.filled(book.lines(sheet, look.rows)), None))
        return Table(
            path=path,
            format=self.name,
            headers=headers,
            survey=Survey(_digest(path, sheet.title), look.rows, damaged=False),
            taken_for=_taken_for(quoted(sheet.title), len(book.sheets)),
            open_rows=lambda: file.rows(len(headers)),
        )


@frozen
class _SheetFile:
    """A sheet of the workbook at `path`, and what a first look at it said."""

    path: Path
    sheet: Sheet
    look: SheetLook

    def headers(self, line: Line | None) -> tuple[str, ...]:
        if line is None:
            raise Invalid(
                phrase(
                    "The sheet {sheet_title} of {path} is empty",
                    sheet_title=quoted(self.sheet.title),
                    path=quoted(self.path.name),
                ),
                hint="Its first row must name the columns. Another sheet: --sheet NAME",
            )
        refuse_width(self.path, len(line.cells))
        return named(line.cells)

    @contextmanager
    def rows(self, width: int) -> Iterator[Iterator[Row]]:
        with spreadsheet(self.path) as book:
            lines = self.filled(book.lines(self.sheet, self.look.rows))
            next(lines)
            yield self._rows(lines, width)

    def filled(self, lines: Iterator[Line]) -> Iterator[Line]:
        """The rows that have anything in them."""
        return (line for line in lines if line.cells or line.number in self.look.unsaved)

    def _rows(self, lines: Iterator[Line], width: int) -> Iterator[Row]:
        for number, filled, error in lines:
            missing = width - len(filled)
            reason: str | None = None
            if missing < 0:
                reason = ragged(len(filled), width)
            elif number in self.look.unsaved:
                reason = phrase(
                    "The row has a formula whose value was never saved: open the file in a spreadsheet "
                    "program and save it"
                )
            elif error is not None:
                reason = phrase("A cell holds the error {error}", error=error)
            yield Row(number, filled + [""] * missing, reason)


def _taken_for(title: str, sheets: int) -> str:
    if sheets == 1:
        return phrase("the sheet {sheet} of an XLSX workbook", sheet=title)
    return phrase("the sheet {sheet}, one of {sheets}, of an XLSX workbook", sheet=title, sheets=sheets)


def _chosen(sheets: tuple[Sheet, ...], wanted: str | None, path: Path) -> Sheet:
    if not sheets:
        raise Invalid(
            phrase("{path} has no sheet with cells", path=quoted(path.name)),
            hint="Are all its sheets charts?",
        )
    if wanted is None:
        return next((sheet for sheet in sheets if sheet.is_shown), sheets[0])
    for sheet in sheets:
        if sheet.title.casefold() == wanted.strip().casefold():
            return sheet
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 0
    if 0 < number <= len(sheets):
        return sheets[number - 1]
    raise Invalid(
        phrase("{path} has no sheet {wanted}", path=quoted(path.name), wanted=quoted(wanted)),
        hint=phrase(
            "Its sheets: {sheets}.", sheets=", ".join(quoted(sheet.title) for sheet in sheets[:_NAMED])
        ),
    )


def _digest(path: Path, title: str) -> str:
    digest = hashlib.sha256()
    with opened(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    digest.update(title.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _refuse_packed(path: Path) -> None:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        raise Invalid(
            phrase("{path} is a packed workbook", path=quoted(path.name)), hint="Unpack it first: gunzip FILE"
        )
