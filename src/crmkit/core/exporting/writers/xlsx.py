"""XLSX: one sheet, written row by row; texts are texts, whatever they begin with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Final

from crmkit.core.errors import ExtraMissing, Invalid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.exporting.cells import Manner
    from crmkit.core.exporting.columns import Column

_ROWS: Final = 1_048_576
_LONGEST: Final = 32_767
# A spreadsheet counts in binary floating point: longer numbers would come back changed.
_EXACT_DIGITS: Final = 15
_FIRST_YEAR: Final = 1900
# What XML cannot hold, in the spelling that spreadsheets have for it.
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATE: Final = "yyyy-mm-dd"
_INSTANT: Final = "yyyy-mm-dd hh:mm:ss"
Made = Callable[[Any], Any]


class XlsxWriter:
    """Writes rows into a workbook of one sheet; it is put together when it ends."""

    def __init__(self, stream: IO[bytes], columns: Sequence[Column], manner: Manner) -> None:
        try:
            from openpyxl import Workbook
            from openpyxl.cell import WriteOnlyCell
        except ImportError:
            raise ExtraMissing(
                "XLSX files need openpyxl, which is not installed",
                hint="Install it: pip install 'crmkit[xlsx]'",
            ) from None
        self._stream = stream
        self._columns = columns
        self._manner = manner
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Export")
        self._sheet.freeze_panes = "A2"
        self._cell: Any = WriteOnlyCell
        self._count = 1
        self._makers = [self._maker(column) for column in columns]
        self._sheet.append([self._text(column.header) for column in columns])

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write rows. Raises `Invalid` for more rows, or a longer text, than a sheet can hold."""
        for row in rows:
            self._count += 1
            if self._count > _ROWS:
                raise Invalid(
                    phrase("A sheet holds {rows:,} rows and there are more", rows=_ROWS - 1),
                    hint="Export fewer with --where, or as CSV or Parquet.",
                )
            self._sheet.append(
                [
                    None if value is None or value == "" else make(value)
                    for make, value in zip(self._makers, row, strict=True)
                ]
            )

    def end(self) -> None:
        """Put the workbook together."""
        self._book.save(self._stream)

    def give_up(self) -> None:
        """Remove the temporary file in which the sheet was gathered."""
        with suppress(OSError, ValueError):
            self._sheet.close()
        with suppress(OSError, ValueError, AttributeError):
            self._sheet._writer.cleanup()  # noqa: SLF001 - openpyxl removes it only when a book is saved

    def _maker(self, column: Column) -> Made:
        told = self._manner.teller(column)
        match column.kind:
            case "number":
                return self._number
            case "money" if not column.target:
                return lambda minor: self._number(Decimal(minor).scaleb(-self._manner.digits))
            case "date":
                return self._date
            case "instant" if not column.target:
                return self._instant
        return self._text if told is None else lambda value: self._text(told(value))

    def _text(self, text: str) -> Any:
        if len(text) > _LONGEST:
            raise Invalid(
                phrase(
                    "Row {count:,} has a text of {length:,} characters; a cell of a sheet holds {longest:,}",
                    count=self._count,
                    length=len(text),
                    longest=_LONGEST,
                ),
                hint="Export as CSV or NDJSON, where texts may be of any length.",
            )
        if not text.isprintable():
            text = _UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
        cell = self._cell(self._sheet)
        cell.value = text
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        return cell

    def _number(self, value: Any) -> Any:
        digits = len(Decimal(value).as_tuple().digits) if not isinstance(value, float) else 0
        return (
            self._text(f"{value:f}" if isinstance(value, Decimal) else str(value))
            if digits > _EXACT_DIGITS
            else value
        )

    def _date(self, value: Any) -> Any:
        return self._text(value.isoformat()) if value.year <= _FIRST_YEAR else self._styled(value, _DATE)

    def _instant(self, at: int) -> Any:
        moment = (_EPOCH + timedelta(microseconds=at)).astimezone(self._manner.tz).replace(tzinfo=None)
        if moment.year <= _FIRST_YEAR:
            return self._text(moment.isoformat(" "))
        return self._styled(moment, _INSTANT)

    def _styled(self, value: Any, number_format: str) -> Any:
        cell = self._cell(self._sheet, value)
        cell.number_format = number_format
        return cell
