"""CSV as programs write it, and as they should not."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources import Row, Table, csv_file, open_source

Read = Callable[..., tuple[Table, list[Row]]]
POLISH = "imię;miasto\nŁucja;Łódź\nJózef;Gdańsk\nŻaneta Wąs;Śrem\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1250", "iso8859-2"],
)
def test_encodings_are_told_by_the_content(read: Read, encoding: str) -> None:
    """With and without a mark, wide or one byte a letter: the same text comes out."""
    table, rows = read(POLISH.encode(encoding))
    assert table.headers == ("imię", "miasto")
    assert [row.cells for row in rows] == [["Łucja", "Łódź"], ["Józef", "Gdańsk"], ["Żaneta Wąs", "Śrem"]]
    assert [row.line for row in rows] == [2, 3, 4]
    assert {row.reason for row in rows} == {None}
    is_guess = encoding in ("cp1250", "iso8859-2")
    assert ("guessed" in table.taken_for, "its letters say" in "".join(table.notes)) == (is_guess, is_guess)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("nom,ville\nHélène,Orléans\nFrançois,Mâcon\nZoë,Nîmes\n", "cp1252"),
        ("name\nJürgen Müller\nStraße “groß”\n", "cp1252"),
        ("name\nJosé Peña\n", "cp1252"),
        ("jméno\nJiří Dvořák\nŽofie Šťastná\n", "cp1250"),
        ("ad\nIşıl Çağlar\nİbrahim\n", "cp1254"),
        ("نام,شہر\nعائشہ,لاہور\n", "utf-16-le"),
    ],
)
def test_other_languages(read: Read, text: str, encoding: str) -> None:
    """The letters of one language, and of no other, tell the encoding."""
    table, rows = read(text.encode(encoding))
    lines = text.splitlines()
    assert [",".join(table.headers), *(",".join(row.cells) for row in rows)] == lines
    assert {row.reason for row in rows} == {None}


@pytest.mark.parametrize(
    ("text", "encoding", "says"),
    [
        ("name\nGdańsk\nKraków\n", "cp1250", '--encoding cp1250    reads "Gdańsk, Kraków"'),
        ("имя,город\nИван,Москва\n", "cp1251", "cp1251 (Cyrillic)"),
    ],
)
def test_a_doubtful_encoding_is_asked_for(read: Read, text: str, encoding: str, says: str) -> None:
    """Where two languages would do, or none, nothing is guessed; how it would read is shown."""
    with pytest.raises(Invalid, match="cannot be told for sure") as caught:
        read(text.encode(encoding))
    assert says in caught.value.hint
    table, rows = read(text.encode(encoding), encoding=encoding)
    assert rows[0].cells == text.splitlines()[1].split(",")
    assert "guessed" not in table.taken_for


def test_an_encoding_by_hand(read: Read) -> None:
    """Unknown ones are refused by name; bytes that a named one does not have refuse their row."""
    with pytest.raises(Invalid, match="no encoding"):
        read("a\nb\n", encoding="utf-9")
    with pytest.raises(Invalid, match="no encoding"):
        read("a\nb\n", encoding="base64")
    _, rows = read(b"a\n\x9d\nb\n", encoding="cp1252")
    assert "0x9D" in str(rows[0].reason)
    assert rows[1] == Row(3, ["b"], None)
    _, rows = read("a\nł\n".encode("utf-16-le") + b"\x00\xd8\n\0x\0\n\0", encoding="utf-16-le")
    assert rows[0] == Row(2, ["ł"], None)
    assert "a character of it is lost" in str(rows[1].reason)


def test_encodings_that_are_mixed(read: Read) -> None:
    """A row in another encoding than its file is refused, whichever of both is the file's."""
    _, rows = read("name\nŁódź\n".encode() + "Łącko\n".encode("cp1250") + b"Anna\n")
    assert [row.reason for row in rows] == [None, "The row is not UTF-8: it has the byte 0xA3", None]
    _, rows = read(("name\n" + "Łucja Wąs Śrem\n" * 9).encode("cp1250") + "Łódź\n".encode() + b"Anna\n")
    assert [row.reason for row in rows[-3:]] == [
        None,
        "The row is in UTF-8, the file in Windows-1250",
        None,
    ]


def test_another_encoding_is_another_import(read: Read) -> None:
    """What was read wrongly and is read again with the right encoding is not taken for the same rows."""
    text = "name\nGdańsk\n".encode("cp1250")
    digests = {read(text, encoding=name)[0].survey.digest for name in ("cp1250", "cp1252")}
    assert len(digests) == 2
    assert read("a\nb\n")[0].survey.digest == read("a\nb\n", encoding="utf-8")[0].survey.digest


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(read: Read, delimiter: str) -> None:
    """The one that gives the header most columns, whatever else is inside the cells."""
    table, rows = read(f'name{delimiter}note\nAnna{delimiter}"1,5; x|y\t{delimiter}"\n')
    assert table.headers == ("name", "note")
    assert rows[0].cells == ["Anna", f"1,5; x|y\t{delimiter}"]


def test_a_line_that_says_the_delimiter(read: Read) -> None:
    """`sep=` before the header is obeyed, and lines are counted from the file's first."""
    table, rows = read("\ufeffsep=;\r\na;b,c\r\n1;2\r\n")
    assert (table.headers, rows) == (("a", "b,c"), [Row(3, ["1", "2"], None)])


def test_headers_can_be_told_apart(read: Read) -> None:
    """The same header twice, and none at all, get names; another column's name is never taken."""
    table, _ = read("name,email,email,,email 2, \tb \n1,2,3,4,5,6\n")
    assert table.headers == ("name", "email", "email 3", "column 4", "email 2", "b")


def test_only_a_header(read: Read) -> None:
    """No rows are no error."""
    table, rows = read("name,email")
    assert (table.headers, rows, table.survey.lines) == (("name", "email"), [], 0)


def test_too_many_columns(read: Read) -> None:
    """A file with thousands of columns is no table of customers."""
    with pytest.raises(Invalid, match="more than 4,096 columns"):
        read("," * 5_000 + "x\n")


def test_quoted_line_ends(read: Read) -> None:
    """A cell may have lines; the row has the number of its first."""
    _, rows = read('a,b\r\n1,"x\r\ny"\r\n2,z\r\n')
    assert rows == [Row(2, ["1", "x\r\ny"], None), Row(4, ["2", "z"], None)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("filling", ["x", ",", '"', "x,"])
def test_a_line_without_end_costs_itself(read: Read, end: str, filling: str) -> None:
    """A row over 4 MB is refused with its line; the rows around it are read and keep their numbers."""
    long = "7," + filling * ((9 << 20) // len(filling))
    _, rows = read(end.join(["a,b", "1,x", long, "2,y", "3,z", ""]))
    assert rows[0] == Row(2, ["1", "x"], None)
    assert rows[-2:] == [Row(4, ["2", "y"], None), Row(5, ["3", "z"], None)]
    assert {row.line for row in rows[1:-2]} == {3}
    assert all(row.reason for row in rows[1:-2])


def test_a_row_of_endless_lines_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quoted cells that go on over thousands of lines are refused before they fill the memory."""
    monkeypatch.setattr(csv_file, "LONGEST_ROW", 256 << 10)
    endless = '"x\ny",' * 100_000
    _, rows = read(f'a,b\n1,x\n{endless}\n2,"y"\n')
    assert rows[0] == Row(2, ["1", "x"], None)
    assert "longer than" in str(rows[1].reason)
    assert rows[1].line == 3
    assert rows[-1].line == 100_004
    assert len(rows) < 12


def test_other_readers_keep_their_limit(read: Read) -> None:
    """Long cells are read without changing a setting of the whole program."""
    before = csv.field_size_limit()
    _, rows = read(f"a\n{'x' * (before + 1)}\n")
    assert len(rows[0].cells[0]) == before + 1
    assert csv.field_size_limit() == before


def test_packed_files(read: Read, written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A gzip file is told by its content; one that unpacks to the size of a disk is refused on the way."""
    assert read(gzip.compress(b"a\nb\n"), "people")[1] == [Row(2, ["b"], None)]
    monkeypatch.setattr("crmkit.core.exchange.sources.files._UNPACKED_FREELY", 1 << 20)
    bomb = written(gzip.compress(b"a,b\n" + b"\0" * (16 << 20)), "bomb.csv.gz")
    with pytest.raises(Invalid, match="unpacks to more than 200 times"):
        open_source(bomb)
    with pytest.raises(Invalid, match="damaged"):
        open_source(written(gzip.compress(b"name\n" + b"Anna\n" * 100)[:-10], "cut.csv.gz"))


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder and a pipe are refused at once; a pipe would be read only once."""
    import os

    with pytest.raises(Invalid, match="cannot be read"):
        open_source(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Invalid, match="read twice"):
        open_source(tmp_path / "pipe")


@given(
    table=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2),
        min_size=1,
        max_size=8,
    ).map(lambda rows: [["x" + rows[0][0], "y" + rows[0][1]], *rows]),
    dialect=st.fixed_dictionaries(
        {"delimiter": st.sampled_from(",;\t|"), "lineterminator": st.sampled_from(["\n", "\r\n"])}
    ),
)
@example(table=[["x", "y;0"], ["", ";0"]], dialect={"delimiter": "\t", "lineterminator": "\n"})
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_standard_library_writes_is_read(
    tmp_path: Path, table: list[list[str]], dialect: dict[str, Any]
) -> None:
    """Any cells, quoted all, come back as they were; rows without any are none."""
    path = tmp_path / "some.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, **dialect).writerows(table)
    source = open_source(path, "csv", "utf-8")
    if source.delimiter == dialect["delimiter"]:  # a header can be so strange that another one fits better
        with source.rows() as rows:
            assert [row.cells for row in rows] == [row for row in table[1:] if any(row)]


MEASURED = r"""
import re, sys
from pathlib import Path
from crmkit.core.exchange.sources import open_source
def largest():
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
begin = largest()
table = open_source(sys.argv[1])
with table.rows() as rows:
    refused = sum(row.reason is not None for row in rows)
print(refused, largest() - begin)
"""


def measured(path: Path) -> tuple[int, int]:
    """Refused rows, and how much more memory reading them took at its peak, in MB."""
    done = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True)
    refused, grown = map(int, done.stdout.split())
    return refused, grown >> 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak of memory")
def test_memory_stays_small(tmp_path: Path) -> None:
    """Neither a hundred thousand refused rows nor a line of 120 MB need memory."""
    path = tmp_path / "many.csv"
    with path.open("w") as file:
        file.write("a,b\n")
        file.writelines(islice(iter(lambda: "1\n" * 1_000, None), 100))
        for _ in range(120):
            file.write("x" * (1 << 20))
        file.write("\n1,2\n")
    refused, grown = measured(path)
    assert refused == 100_001
    assert grown < 60
