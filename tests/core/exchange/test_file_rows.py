"""Files of rows whose columns are known beforehand."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crmkit import Invalid
from crmkit.plugin import read_rows

COLUMNS = ("customer", "points", "Note")


def test_rows_by_column(tmp_path: Path) -> None:
    """Columns stand in any order and case; what a row or the file lacks is empty; blank rows are left out."""
    path = tmp_path / "points.csv.gz"
    path.write_bytes(gzip.compress(b"sep=|\r\nPOINTS | Customer\r\n 5 |Anna\r\n|\r\n7\r\n"))
    rows = read_rows(path, COLUMNS)
    found = [(row.line, dict(row.cells)) for row in rows]
    assert found == [
        (3, {"customer": "Anna", "points": "5", "Note": ""}),
        (5, {"customer": "", "points": "7", "Note": ""}),
    ]
    assert [row.line for row in rows] == [3, 5]  # as often as needed


def test_a_row_that_cannot_be_used(tmp_path: Path) -> None:
    """Whoever asks for its cells is told why and where; the rows around it are read."""
    path = tmp_path / "points.csv"
    path.write_bytes(
        "customer,points\nŁucja Żak,1\nBea,2,3\n".encode() + b'C\xff,4\nDora,5\n"Ela"x,6\nFela,7\n'
    )
    sound, wide, stray, healed, quote, last = read_rows(path, COLUMNS)
    assert (sound.problem, healed.cells["customer"], last.line) == (None, "Dora", 7)
    for row, line, why in ((wide, 3, "3 columns"), (stray, 4, "0xFF"), (quote, 6, "quotes do not match")):
        with pytest.raises(Invalid, match=why) as raised:
            row.cells  # noqa: B018 - asking is what raises
        assert (row.problem, raised.value.details["line"]) == (raised.value.message, line)


def test_columns_without_a_name(tmp_path: Path) -> None:
    """Spreadsheets leave some behind the last one: they are none, unless a row says something there."""
    path = tmp_path / "points.csv"
    path.write_text("customer;points;;\nAnna;5;;\nBea;6;;7\n")
    sound, stray = read_rows(path, COLUMNS)
    assert (sound.cells["customer"], sound.cells["points"]) == ("Anna", "5")
    assert stray.problem == '"7" stands in column 4, which has no name'


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("points,note", 'no column "customer"'),
        ("customer,points,age", 'a column "age"'),
        ("customer,Points,Points", 'the column "points" twice'),
        ("customer,points,NOTE,note", 'the column "Note" twice'),
        ("customer,points,Points", 'the column "points" twice'),
        ("", "no header line"),
    ],
)
def test_columns_that_do_not_fit(tmp_path: Path, header: str, said: str) -> None:
    """A column that is missing, unknown or there twice is named before any row is read."""
    path = tmp_path / "points.csv"
    path.write_text(f"{header}\n1,2,3\n")
    with pytest.raises(Invalid, match=said):
        read_rows(path, COLUMNS, needed=("customer", "points"))
