"""XLSX as spreadsheet programs write it, and as somebody may who wants to do harm."""

from __future__ import annotations

import gzip
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from crmkit.core.errors import ExtraMissing, Invalid
from crmkit.core.exchange.sources import Row, Table

Read = Callable[..., tuple[Table, list[Row]]]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[object], title: str = "Customers") -> bytes:
    """A workbook with one sheet of these rows, and another."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.create_sheet("Other").append(["other"])
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def altered(change: Callable[[bytes], bytes], part: str = SHEET) -> bytes:
    """A workbook of which somebody changed a part."""
    file = BytesIO()
    source = zipfile.ZipFile(BytesIO(workbook(["name"], ["Anna"])))
    with source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == part else data)
    return file.getvalue()


def with_rows(rows: bytes) -> bytes:
    """A workbook with raw rows behind its own two."""
    return altered(lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>"))


def test_values_become_plain_text(read: Read) -> None:
    """Dates and times are ISO, numbers plain digits, and rows keep their numbers."""
    table, rows = read(
        workbook(
            ["name", "born", "at", "time", "long", "n", "x", "big", "phone", "yes", None],
            [
                "Łucja",
                date(1990, 5, 1),
                datetime.fromisoformat("2024-01-02 03:04:05"),
                time(8, 30),
                timedelta(hours=26),
            ],
            [],
            ["Jan\nNowak", None, None, None, None, 3.0, 1.5, 1e21, 48600100200, True],
        ),
        "people.xlsx",
    )
    assert table.headers[-1] == "yes"
    assert rows == [
        Row(2, ["Łucja", "1990-05-01", "2024-01-02 03:04:05", "08:30:00", "26:00:00", *[""] * 5], None),
        Row(4, ["Jan\nNowak", *[""] * 4, "3", "1.5", "1" + "0" * 21, "48600100200", "true"], None),
    ]
    assert table.taken_for == 'the sheet "Customers", one of 2, of an XLSX workbook'


def test_the_sheet_that_is_meant(read: Read) -> None:
    """By name or number; else the first that is shown. Each is an import of its own."""
    book = workbook(["name"], ["Anna"])
    digests = set()
    for sheet in ("Other", "other", "2"):
        table, _ = read(book, sheet=sheet)
        assert table.headers == ("other",)
        digests.add(table.survey.digest)
    digests.add(read(book)[0].survey.digest)
    assert len(digests) == 2
    for sheet in ("3", "0", "Nobody", "9" * 5_000):
        with pytest.raises(Invalid, match="has no sheet"):
            read(book, sheet=sheet)
    hidden = Workbook()
    assert hidden.active is not None
    hidden.active.sheet_state = "hidden"
    hidden.create_sheet("Shown").append(["shown"])
    assert read(saved(hidden))[0].headers == ("shown",)


def test_formulas_are_their_values(read: Read) -> None:
    """The value that was saved is read; where none was, or an error, the row is refused, not left empty."""

    def saved_values(data: bytes) -> bytes:
        rows = b"""<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>
        <row r="3"><c r="A3"><f>1+1</f><v/></c></row>
        <row r="4"><c r="A4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
        <row r="5"><c r="A5"><f>B5</f></c></row>
        <row r="6"><c r="A6" t="str"><f>"a"</f><v>a</v></c></row></sheetData>"""
        return data[: data.index(b'<row r="2"')] + rows + data[data.index(b"</sheetData>") + 12 :]

    _, rows = read(altered(saved_values))
    assert [(row.line, row.cells) for row in rows if row.reason is None] == [(2, ["2"]), (6, ["a"])]
    assert {row.line: str(row.reason)[:30] for row in rows if row.reason} == {
        3: "The row has a formula whose va",
        4: "A cell holds the error #DIV/0!",
        5: "The row has a formula whose va",
    }


def test_rows_that_are_too_wide(read: Read) -> None:
    """A value beyond the headers is not lost silently."""
    _, rows = read(workbook(["name"], ["Anna", None, "x"], ["Jan"]))
    assert [row.reason for row in rows] == ["The row has 3 columns, the header 1", None]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (workbook()[:2_000], "damaged workbook"),
        (workbook(), "is empty"),
        (gzip.compress(workbook(["a"])), "packed workbook"),
        (altered(lambda data: data[: data.index(b"Anna")]), "damaged workbook"),
        (altered(lambda _: b""), "is empty"),
        (altered(lambda _: b"<x/>", "xl/workbook.xml"), "no sheet"),
        (altered(lambda _: b"<styleSheet/>x", "xl/styles.xml"), "damaged workbook"),
        (with_rows(b'<row r="2"><c r="A2"><v>1</v></c></row>'), "row 2 comes behind row 2"),
        (with_rows(b'<row r="2000000"><c><v>1</v></c></row>'), "row 2,000,000 comes behind"),
        (with_rows(b'<row r="3"><c r="ABCDEFG3"><v>1</v></c></row>'), "damaged workbook"),
        (with_rows(b'<row r="3"><c r="A3" t="s"><v>999</v></c></row>'), "damaged workbook"),
        (with_rows(b'<row r="3"><c r="A3"><v>' + b"9" * 5_000 + b"</v></c></row>"), "damaged workbook"),
        (with_rows(b'<row r="3">' + b"<c><v>1234</v></c>" * 600_000 + b"</row>"), "larger than 8 MB"),
    ],
)
def test_damaged_workbooks(read: Read, content: bytes, says: str) -> None:
    """Whatever is wrong with it, one sentence says so, and memory is not at stake."""
    with pytest.raises(Invalid, match=says):
        read(content, "people.xlsx")


@pytest.mark.parametrize("before", [b"", b"<!--" + b" " * 9_000 + b"-->"])
def test_no_entities(read: Read, tmp_path: Path, before: bytes) -> None:
    """A part that declares entities is refused before anything of it is parsed, wherever it declares them."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    dtd = before + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file://' + str(secret).encode() + b'">]>'
    for part in (SHEET, "xl/workbook.xml", "[Content_Types].xml"):
        with pytest.raises(Invalid, match="no plain XML"):
            read(altered(lambda data: dtd + data, part))


def test_no_bombs(read: Read) -> None:
    """Too many parts, a part that unpacks without measure, and one that lies about its size are refused."""
    parts = BytesIO()
    with zipfile.ZipFile(parts, "w") as file:
        for number in range(3_000):
            file.writestr(f"xl/{number}.xml", "<a/>")
        file.writestr("xl/workbook.xml", "<a/>")
    with pytest.raises(Invalid, match="3,001 parts"):
        read(parts.getvalue())
    with pytest.raises(Invalid, match="unpacks to"):
        read(altered(lambda data: data + b" " * (40 << 20)))
    with pytest.raises(Invalid, match="unpacks to"):
        read(altered(lambda data: data + b" " * (40 << 20), "xl/styles.xml"))
    big = altered(lambda data: data.replace(b"Anna", b"A" * (1 << 20)))
    small = (1 << 10).to_bytes(4, "little")
    with zipfile.ZipFile(BytesIO(big)) as file:
        real = file.getinfo(SHEET).file_size.to_bytes(4, "little")
    with pytest.raises(Invalid, match="damaged workbook"):
        read(big.replace(real, small))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a.csv"], "a ZIP archive"),
        (["mimetype", "content.xml"], "an OpenDocument file"),
        (["xl/workbook.bin"], "a binary workbook"),
    ],
)
def test_other_archives(read: Read, names: list[str], says: str) -> None:
    """An archive that is no workbook is said to be what it is."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(Invalid, match=says):
        read(file.getvalue(), "people.xlsx")


def test_without_the_library(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, the command that installs it is said."""
    book = workbook(["name"])
    monkeypatch.setitem(sys.modules, "openpyxl.reader.excel", None)
    with pytest.raises(ExtraMissing) as caught:
        read(book)
    assert "pip install 'crmkit[xlsx]'" in caught.value.hint


def test_the_library_is_loaded_for_workbooks_only(tmp_path: Path) -> None:
    """Reading another file does not load it."""
    import subprocess

    path = tmp_path / "a.csv"
    path.write_text("a\nb\n")
    code = (
        "import sys; from crmkit.core.exchange.sources import open_source; open_source(sys.argv[1]); "
        "assert 'openpyxl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)
