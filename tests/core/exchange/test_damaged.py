"""Files that are not what they should be."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.exchange.rows import Row, read_table
from crmkit.core.exchange.survey import survey

Write = Callable[..., Path]


def rows_of(path: Path) -> list[Row]:
    """All rows of a file."""
    with read_table(path, damaged=survey(path).damaged).rows() as rows:
        return list(rows)


def test_rows_that_do_not_fit_are_told_by_their_line(csv_file: Write) -> None:
    """Short and long rows are refused with the line they begin on; their neighbours are read."""
    found = rows_of(csv_file('a,b\n1,"x\ny"\n2\n\n3,4,5\n6,7\n'))
    assert [(row.line, bool(row.reason)) for row in found] == [(2, False), (4, True), (6, True), (7, False)]
    assert "1 column, the header 2" in str(found[1].reason)


def test_a_cell_that_is_too_long(csv_file: Write) -> None:
    """A cell of 200,000 characters is read; one over a million is a refused row, and the next row is read."""
    found = rows_of(csv_file(f"a,b\n1,{'x' * 1_100_000}\n2,y\n3,{'z' * 200_000}\n"))
    assert "1,048,576 characters (line 2)" in str(found[0].reason)
    assert found[1] == Row(3, ["2", "y"], None)
    assert found[2] == Row(4, ["3", "z" * 200_000], None)


def test_nul_and_foreign_bytes_refuse_the_row_only(csv_file: Write) -> None:
    """A NUL, or a byte that is no UTF-8 in a file that is, refuses the row it is in."""
    found = rows_of(csv_file("ą,b\n1,x\0y\n2,zła\n".encode() + b"3,z\xb3a\n4,z\n"))
    assert [row.reason for row in found] == [
        "The row holds a NUL character",
        None,
        "The row is not UTF-8: it has the byte 0xB3",
        None,
    ]


def test_quotes_that_do_not_match_do_not_swallow_the_file(csv_file: Write) -> None:
    """A quote that is never closed costs the rows up to the next quote, and they are named."""
    found = rows_of(csv_file('a,b\n1,"x\n2,"y"\n3,z\n'))
    assert "lines 2 to 3" in str(found[0].reason)
    assert found[-1] == Row(4, ["3", "z"], None)
    found = rows_of(csv_file('a,b\n1,x\n2,"y\n'))
    assert found[0].reason is None
    assert "never closed (line 3)" in str(found[1].reason)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no header"),
        (b"\n\n", "no header"),
        (b"\0" * 100, "NUL"),
        (b"name\nGda\xf1sk\n", "not UTF-8: line 2 has the byte 0xF1"),
        (b"PK\x03\x04...", "damaged workbook"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\xd0\xcf\x11\xe0...", "old spreadsheet"),
    ],
)
def test_files_that_cannot_be_read_at_all(csv_file: Write, content: bytes, says: str) -> None:
    """No header, no encoding that can be told, another kind of file: said at once, with what to do."""
    with pytest.raises(Invalid, match=says):
        rows_of(csv_file(content))


def test_a_truncated_packed_file(csv_file: Write) -> None:
    """A damaged .gz is said to be one."""
    import gzip

    packed = gzip.compress(b"name\n" + b"Anna\n" * 100)
    with pytest.raises(Invalid, match=r"damaged \.gz"):
        survey(csv_file(packed[:-10], "people.csv.gz"))


def test_a_file_without_line_ends(csv_file: Write) -> None:
    """One endless line is refused before it is in memory."""
    with pytest.raises(Invalid, match="longer than"):
        survey(csv_file(b"x" * (12 << 20)))


def test_old_line_ends(csv_file: Write) -> None:
    """Files whose lines end in a carriage return alone are read."""
    assert [row.cells for row in rows_of(csv_file(b"a,b\r1,2\r3,4\r"))] == [["1", "2"], ["3", "4"]]


def test_the_limit_of_cells_stays_as_it_was(csv_file: Write) -> None:
    """Reading does not change the csv module for the rest of the program."""
    before = csv.field_size_limit()
    rows_of(csv_file("a\nb\n"))
    assert csv.field_size_limit() == before
