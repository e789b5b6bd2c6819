"""Which kind of file it is: told by its content, else by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources import encodings
from crmkit.core.exchange.sources.card_file import CardFormat
from crmkit.core.exchange.sources.csv_file import CsvFormat
from crmkit.core.exchange.sources.files import start_of
from crmkit.core.exchange.sources.json_file import JsonFormat
from crmkit.core.exchange.sources.table import Format, Table, Wanted
from crmkit.core.exchange.sources.workbook import WorkbookFormat
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

FORMATS: Final[tuple[Format, ...]] = (CsvFormat(), JsonFormat(), CardFormat(), WorkbookFormat())
_BY_CONTENT: Final = FORMATS[1:]
_FOREIGN: Final = (
    (b"\xd0\xcf\x11\xe0", phrase("an old spreadsheet, or one with a password"),
     phrase("Save it as XLSX without one.")),
    (b"%PDF", phrase("a PDF document"), phrase("Ask for the table itself, as CSV or XLSX.")),
    (b"SQLite format 3\0", phrase("a database"), phrase("Export the table that you mean as CSV.")),
    (b"<!DOCTYPE", phrase("a web page"), phrase("Ask for the table itself, as CSV or XLSX.")),
    (b"<html", phrase("a web page"), phrase("Ask for the table itself, as CSV or XLSX.")),
    (b"<?xml", phrase("XML"), phrase("Open it and save it as CSV or XLSX.")),
)  # fmt: skip


def open_source(
    path: str | Path,
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    encoding: str | None = None,
    sheet: str | None = None,
    whole: frozenset[str] = frozenset(),
    *,
    is_padded: bool = False,
) -> Table:
    """The file at `path` as a table. What it is taken for is in `Table.taken_for`.

    `format` is `csv`, `ndjson`, `vcard` or `xlsx`; without it, the content tells it, else the file's name.
    `encoding` is any that Python knows; `sheet` is the name or the number of a workbook's sheet.
    Of the keys in `whole` an object of NDJSON stays one cell, as JSON. With `is_padded`, a row that lacks
    cells at its end is no damaged one.

    Raises `NotFound`, and `Invalid` for what cannot be read, with what to do; `ExtraMissing` where a workbook
    needs something installed.
    """
    path = Path(path)
    kind = _named(format) if format else _recognised(path)
    if sheet is not None and kind.name != "xlsx":
        raise Invalid(phrase("{path} has no sheets", path=quoted(path.name)), hint="Leave out --sheet.")
    wanted = Wanted(format=format, encoding=encoding, sheet=sheet, whole=whole, is_padded=is_padded)
    return kind.open(path, wanted)


def _named(name: str) -> Format:
    for kind in FORMATS:
        if name.strip().lower() in (kind.name, *(suffix[1:] for suffix in kind.suffixes)):
            return kind
    known = ", ".join(kind.name for kind in FORMATS)
    raise Invalid(
        phrase("There is no format {name}", name=quoted(name)),
        hint=phrase("It is one of: {known}.", known=known),
    )


def _recognised(path: Path) -> Format:
    start = start_of(path)
    for mark, what, hint in _FOREIGN:
        if start.startswith(mark):
            raise Invalid(
                phrase("{path} is {what}, not a table", path=quoted(path.name), what=what), hint=hint
            )
    plain = _plain(start)
    for kind in _BY_CONTENT:
        if kind.recognises(plain):
            return kind
    suffix = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    # A workbook that does not begin like one is none, whatever its name.
    return next((kind for kind in FORMATS[:-1] if suffix in kind.suffixes), FORMATS[0])


def _plain(start: bytes) -> bytes:
    """The beginning of a text without its mark, and in one byte a letter where it was in two."""
    mark = encodings.marked(start)
    if mark is not None:
        start = start[mark[1] :]
    wide = mark[0] if mark and mark[0] != "utf-8" else encodings.wide(start)
    return start.decode(wide, "replace").encode("utf-8", "replace") if wide else start
