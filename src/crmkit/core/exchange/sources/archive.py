"""What must be known of a workbook's archive before anything of it is unpacked into memory.

Each part is read in small pieces once. A part can never give more than its declared size, because the reader
of archives stops there; so sizes are judged by what is declared.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from attrs import define, field

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

MOST_PARTS: Final = 2_000
LARGEST_SHEET: Final = 1 << 30
LARGEST_TEXTS: Final = 192 << 20
LARGEST_PART: Final = 32 << 20
_RATIO: Final = 500
_UNPACKED_FREELY: Final = 16 << 20
LONGEST_ROW: Final = 8 << 20
LAST_ROW: Final = 1_048_576  # of a sheet, by the standard
_BLOCK: Final = 1 << 20
_PROLOG: Final = 4 << 10
_TEXTS: Final = "sharedstrings.xml"
_DTD: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROOT: Final = re.compile(rb"<[A-Za-z_]")
# A row, or a formula whose value nobody has saved: <f>…</f> with nothing behind it.
_SEEN: Final = re.compile(
    rb"<(?:\w+:)?row(?=[\s>/])(?:[^>]*?\sr=[\"'](?P<row>\d{1,20})[\"'])?"
    rb"|(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*"
    rb"(?P<unsaved></(?:\w+:)?c>)"
)


class SheetLook(NamedTuple):
    """How many rows a sheet has, and the numbers of those with a formula whose value was not saved."""

    rows: int
    unsaved: frozenset[int]


@contextmanager
def archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, if it is a harmless workbook. Raises `Invalid`."""
    try:
        with zipfile.ZipFile(path) as packed:
            _refuse_other(packed, path)
            _refuse_bomb(packed, path)
            for part in packed.infolist():
                if part.filename.lower().endswith((".xml", ".rels")):
                    _refuse_dtd(packed, part, path)
            yield packed
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Invalid(
            phrase("{path} is a damaged workbook: {error}", path=quoted(path.name), error=error),
            hint="Open it, save it again as XLSX.",
        ) from None


def look_at_sheet(packed: zipfile.ZipFile, name: str, path: Path) -> SheetLook:
    """Read a sheet once, in pieces. Raises `Invalid` for a row that is too large, or out of order."""
    look = _Look(path)
    tail = b""
    with packed.open(name) as file:
        while block := file.read(_BLOCK):
            text = tail + block
            # A cell or row whose end is in the next block is looked at with that.
            cut = max(text.rfind(b"<c "), text.rfind(b"<row"))
            cut = cut if cut > 0 and len(text) - cut < _BLOCK else len(text)
            end = text.find(b"</sheetData>")
            look.at(text[: cut if end < 0 else end])
            tail = text[cut:] if end < 0 else b""
            if end >= 0:  # what follows is not read
                break
    look.at(tail)
    return SheetLook(look.rows, frozenset(look.unsaved))


@define
class _Look:
    """What has been seen of a sheet so far; `since` counts the bytes since the last row began."""

    path: Path
    rows: int = 0
    row: int = 0
    since: int = 0
    unsaved: set[int] = field(factory=set)

    def at(self, text: bytes) -> None:
        last = -1
        for match in _SEEN.finditer(text):
            if match["unsaved"]:
                self.unsaved.add(self.row)
                continue
            last = match.start()
            self.rows += 1
            self._begin(int(match["row"] or self.row + 1))
        self.since = self.since + len(text) if last < 0 else len(text) - last
        _refuse_long(self.since, self.path)

    def _begin(self, row: int) -> None:
        if row <= self.row or row > LAST_ROW:
            raise Invalid(
                phrase(
                    "{path} is a damaged workbook: row {row:,} comes behind row {self_row:,}",
                    path=quoted(self.path.name),
                    row=row,
                    self_row=self.row,
                ),
                hint="Open it, save it again as XLSX.",
            )
        self.row = row


def _refuse_long(since: int, path: Path) -> None:
    if since > LONGEST_ROW:
        raise Invalid(
            phrase(
                "{path}: a row of the sheet is larger than {longest_row} MB",
                path=quoted(path.name),
                longest_row=LONGEST_ROW >> 20,
            ),
            hint="This is no table of customers.",
        )


def _refuse_other(packed: zipfile.ZipFile, path: Path) -> None:
    names = {name.lower() for name in packed.namelist()}
    if "xl/workbook.xml" in names or "[content_types].xml" in names:
        return
    if "xl/workbook.bin" in names:
        what, hint = phrase("a binary workbook (XLSB)"), phrase("Open it and save it as XLSX.")
    elif "content.xml" in names:
        what, hint = phrase("an OpenDocument file"), phrase("Open it and save it as XLSX or CSV.")
    else:
        what, hint = phrase("a ZIP archive"), phrase("Unpack it and import the file that is in it.")
    raise Invalid(
        phrase("{path} is {what}, not an XLSX workbook", path=quoted(path.name), what=what), hint=hint
    )


def _refuse_bomb(packed: zipfile.ZipFile, path: Path) -> None:
    parts = packed.infolist()
    if len(parts) > MOST_PARTS:
        raise _too_large(path, phrase("it has {count:,} parts", count=len(parts)))
    for part in parts:
        name, size = part.filename.lower(), part.file_size
        if part.flag_bits & 1:
            raise Invalid(
                phrase("{path} is protected by a password", path=quoted(path.name)),
                hint="Save it without one.",
            )
        largest = LARGEST_PART
        if "worksheets/" in name:
            largest = LARGEST_SHEET
        elif name.endswith(_TEXTS):
            largest = LARGEST_TEXTS
        elif not name.endswith((".xml", ".rels")):
            continue  # pictures and the like are never unpacked
        if size > largest or (size > _UNPACKED_FREELY and size > part.compress_size * _RATIO):
            raise _too_large(
                path,
                phrase(
                    "its part {filename} unpacks to {size:,} bytes", filename=quoted(part.filename), size=size
                ),
            )


def _too_large(path: Path, why: str) -> Invalid:
    return Invalid(
        phrase("{path} is refused, because {why}", path=quoted(path.name), why=why),
        hint="Save the sheet that you mean as CSV and import that.",
    )


def _refuse_dtd(packed: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> None:
    """No program writes declarations of entities into a workbook; people do who want to read other files."""
    with packed.open(part) as file:
        start = _beginning(file)
    if start.strip() and (_DTD.search(start) or not _ROOT.search(start)):
        raise Invalid(
            phrase(
                "{path} is refused, because its part {filename} is no plain XML",
                path=quoted(path.name),
                filename=quoted(part.filename),
            ),
            hint="Open it, save it again as XLSX.",
        )


def _beginning(file: IO[bytes]) -> bytes:
    start = file.read(_PROLOG)
    root = _ROOT.search(start)
    return start[: root.end()] if root else start
