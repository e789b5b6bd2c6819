"""The rows of a workbook's sheets as text; all that touches the library is here.

The library's own way to open a workbook reads every sheet once to learn its size, and keeps what stands
behind the rows. Its parts are used instead, so that only the sheet that is wanted is read.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from attrs import frozen

from crmkit.core.errors import ExtraMissing, Invalid
from crmkit.core.exchange.sources.archive import SheetLook, archive, look_at_sheet
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_TOGETHER: Final = 500
# What the library stumbles over in files that are damaged, or made to be.
_STUMBLES: Final = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError, OverflowError, RecursionError,
)  # fmt: skip
Reader = Any


class Sheet(NamedTuple):
    """A sheet: its title, whether it is shown, and its part of the archive."""

    title: str
    is_shown: bool
    part: str


class Line(NamedTuple):
    """A row of a sheet: its number, its cells as text, and the error that one of them holds."""

    number: int
    cells: list[str]
    error: str | None = None


@frozen
class Spreadsheet:
    """An opened workbook."""

    path: Path
    sheets: tuple[Sheet, ...]
    reader: Reader

    def look(self, sheet: Sheet) -> SheetLook:
        """What must be known of the sheet before its rows are read."""
        return look_at_sheet(self.reader.archive, sheet.part, self.path)

    def lines(self, sheet: Sheet, count: int) -> Iterator[Line]:
        """The first `count` rows, empty ones too. Raises `Invalid` where the sheet is damaged."""
        from openpyxl.worksheet._reader import WorkSheetParser

        book = self.reader.wb
        with self.reader.archive.open(sheet.part) as source:
            parser = WorkSheetParser(
                source,
                self.reader.shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001 - which styles mean dates is told nowhere else
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            # What stands behind the rows (links, merged cells) is never asked for.
            rows = islice(parser.parse(), count)
            while together := self._some(rows):
                yield from together

    def _some(self, rows: Iterator[tuple[int, list[dict[str, Any]]]]) -> list[Line]:
        with stumbling(self.path):
            return [_line(number, cells) for number, cells in islice(rows, _TOGETHER)]


@contextmanager
def spreadsheet(path: Path) -> Iterator[Spreadsheet]:
    """The workbook at `path`. Raises `Invalid`; `ExtraMissing` where the library is."""
    try:
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.styles.stylesheet import apply_stylesheet
    except ImportError:
        raise ExtraMissing(
            phrase(
                "Reading {path} needs the library openpyxl, which is not installed", path=quoted(path.name)
            ),
            hint="Install it: pip install 'crmkit[xlsx]'. Or save the sheet as CSV.",
        ) from None
    # Opened here, because by a name the library judges a file by how that ends.
    with archive(path), path.open("rb") as file:
        with stumbling(path):
            reader: Reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            reader.read_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            sheets = tuple(_sheets(reader))
        try:
            yield Spreadsheet(path, sheets, reader)
        finally:
            reader.archive.close()


@contextmanager
def stumbling(path: Path) -> Iterator[None]:
    """What the library cannot read is an error of the file; its warnings are about looks."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Invalid:
        raise
    except _STUMBLES as error:
        raise Invalid(
            phrase(
                "{path} is a damaged workbook: {kind} {error}",
                path=quoted(path.name),
                kind=type(error).__name__,
                error=str(error)[:200],
            ),
            hint="Open it, save it again as XLSX.",
        ) from None


def _sheets(reader: Reader) -> Iterator[Sheet]:
    for sheet, related in reader.parser.find_sheets():
        if related.target in reader.valid_files and "chartsheet" not in related.Type:
            yield Sheet(sheet.name, sheet.state == "visible", related.target)


def _line(number: int, found: list[dict[str, Any]]) -> Line:
    cells: list[str] = []
    error = None
    for cell in found:
        value = cell["value"]
        if value is None:
            continue
        text = _told(value)
        if text:
            if cell["data_type"] == "e":
                error = text
            gap = cell["column"] - 1 - len(cells)
            if gap > 0:
                cells += [""] * gap
            cells.append(text)
    return Line(number, cells, error)


def _told(value: Any) -> str:
    """A cell as text: dates as ISO, numbers in plain digits."""
    if isinstance(value, str):
        return _unescaped(value) if "_x" in value else value
    teller = _TELLERS.get(type(value))
    return teller(value) if teller else str(value)


def _number(value: float) -> str:
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def _moment(value: datetime) -> str:
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_TELLERS: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration,
}


def _unescaped(text: str) -> str:
    from openpyxl.utils.escape import unescape

    found: str = unescape(text)
    return found
