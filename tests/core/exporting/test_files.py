"""Files of exports: harmless to open, there when they are whole, and of every format."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft, Invalid, NotAllowed, StoreError
from crmkit.core.exchange.formulas import guarded, is_live, unguarded
from crmkit.core.exchange.lists import joined, parted

HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    " =1",
    "\u00a0=1",
    "\u200e=1",
    "|x",
    "%0",
    "＝1",
    "'=1",
)


def cells_of(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@given(st.text())
def test_a_guard_comes_off_again(text: str) -> None:
    """Whatever the text, guarding it makes it harmless and can be undone."""
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] == "'" or not is_live(guarded(text))


@pytest.mark.parametrize("text", [*HOSTILE, "\t=1", "\r=1", "\x00=1", "'+1+1"])
def test_a_live_text_is_guarded(text: str) -> None:
    """A formula is one behind blanks and control characters too."""
    assert guarded(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["+48512000111", "+48 512 000 111", "-12.5", "12", "O'Hara", "'tis", "", "a=1"]
)
def test_numbers_and_plain_texts_stay(text: str) -> None:
    """Telephone numbers and amounts are left as they are, and so is what only looks like a guard."""
    assert guarded(text) == unguarded(text) == text


@given(st.lists(st.text(min_size=1).filter(lambda text: text == text.strip())))
def test_a_list_in_a_cell_comes_apart_again(values: list[str]) -> None:
    """Values with separators and quotes survive being put into one cell."""
    assert parted(joined(values)) == values


def test_no_cell_of_a_csv_file_is_live(crm: Crm, tmp_path: Path) -> None:
    """Names, tags, labels and texts like formulas are guarded, headers too."""
    crm.customers.save_all(
        [
            CustomerDraft(name=text, tags=(text,), fields={"note": text}, customer_type=text)
            for text in HOSTILE
        ]
    )
    crm.exporting.customers(tmp_path / "all.csv")
    crm.exporting.customers(tmp_path / "some.csv", columns=["name", "tag", "field:note", "note", "-size"])
    rows = [*cells_of(tmp_path / "all.csv"), *cells_of(tmp_path / "some.csv")]
    assert len(rows) == 2 * len(HOSTILE) + 2
    assert [cell for row in rows for cell in row if is_live(cell) and cell[0] != "'"] == []


def test_cells_of_a_workbook_are_texts(crm: Crm, tmp_path: Path) -> None:
    """In XLSX what looks like a formula is a text; numbers and dates are numbers and dates."""
    openpyxl = pytest.importorskip("openpyxl")
    crm.customers.save(CustomerDraft(name="=1+1", fields={"birthday": "1990-05-01", "size": "37.5"}))
    crm.exporting.customers(tmp_path / "all.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "all.xlsx").active
    by_header = {header.value: cell for header, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (by_header["name"].value, by_header["name"].data_type) == ("=1+1", "s")
    assert by_header["field:size"].value == 37.5
    assert by_header["field:birthday"].value.date().isoformat() == "1990-05-01"


def test_columns_of_parquet_are_typed(shop: Crm, tmp_path: Path) -> None:
    """Parquet has dates, decimals, booleans, instants and lists, not texts of them."""
    parquet = pytest.importorskip("pyarrow.parquet")
    shop.exporting.customers(tmp_path / "all.parquet")
    table = parquet.read_table(tmp_path / "all.parquet")
    types = {field.name: str(field.type) for field in table.schema}
    assert types["is_organization"] == "bool"
    assert types["field:birthday"].startswith("date32")
    assert types["field:credit"] == "decimal128(38, 2)"
    assert types["field:visits"] == "int64"
    assert types["field:seen"] == "timestamp[us, tz=UTC]"
    assert types["tag"].startswith("list<")
    row = next(row for row in table.to_pylist() if row["name"] == "=HYPERLINK(1)")
    assert (str(row["field:credit"]), row["field:visits"]) == ("1234.50", 2**53 + 1)


def test_an_object_a_line(small_shop: Crm, tmp_path: Path) -> None:
    """NDJSON nests what belongs together, and is exact."""
    small_shop.exporting.customers(tmp_path / "all.ndjson", where="name = '=HYPERLINK(1)'")
    found = json.loads((tmp_path / "all.ndjson").read_text(encoding="utf-8"))
    assert found["identity"] == {"ref": "R-0", "shop": "10042"}
    assert found["field"]["visits"] == 2**53 + 1
    assert found["field"]["size"] == "37.5"
    assert found["preference"]["bread"] == ["rye", "wheat, sliced; thin"]


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_cards_of_either_version(small_shop: Crm, tmp_path: Path, version: str) -> None:
    """vCard is written as 4.0, and as 3.0 when asked for."""
    report = small_shop.exporting.customers(tmp_path / "all.vcf", version=version)
    text = (tmp_path / "all.vcf").read_text(encoding="utf-8")
    assert text.count("BEGIN:VCARD") == report.rows
    assert text.count(f"VERSION:{version}") == report.rows


def test_columns_and_expressions_in_order(shop: Crm, tmp_path: Path) -> None:
    """`columns` are words and expressions; values are exact, and a view gives its own."""
    columns = ["name", "credit", "count(purchase)", "birthday", "owner", "email", "identity:shop", "topics"]
    shop.exporting.customers(tmp_path / "some.csv", columns=columns, where="credit > 10")
    assert cells_of(tmp_path / "some.csv") == [
        columns,
        ["'=HYPERLINK(1)", "1234.50 PLN", "0", "1899-02-28", "eva@example.org", "three@example.org", "10042",
         'sale;"stories, long ones"'],
    ]  # fmt: skip
    shop.exporting.customers(tmp_path / "view.csv", view="big")
    assert cells_of(tmp_path / "view.csv")[0] == ["name", "credit", "city"]


def test_order_and_batches(shop: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in the order asked for, across batches; those without a value last."""
    monkeypatch.setattr("crmkit.core.exporting.customers._BATCH", 7)
    shop.exporting.customers(tmp_path / "o.csv", columns=["visits", "name"], order="visits:desc")
    visits = [row[0] for row in cells_of(tmp_path / "o.csv")[1:]]
    numbers = [int(text) for text in visits if text]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 41
    assert visits[len(numbers) :] == [""] * (len(visits) - len(numbers))


def test_huge_and_right_to_left_texts(crm: Crm, tmp_path: Path) -> None:
    """A text of any length and script is whole; a sheet that cannot hold it says so and is not written."""
    huge = "سلام دنیا " * 30_000
    crm.customers.save(CustomerDraft(name="أنا", fields={"note": huge}))
    crm.exporting.customers(tmp_path / "all.ndjson")
    assert json.loads((tmp_path / "all.ndjson").read_text(encoding="utf-8"))["field"]["note"] == huge.strip()
    crm.exporting.customers(tmp_path / "all.csv", columns=["field:note"])
    before = csv.field_size_limit(1 << 20)
    try:
        assert cells_of(tmp_path / "all.csv")[1] == [huge.strip()]
    finally:
        csv.field_size_limit(before)
    with pytest.raises(Invalid, match="a cell of a sheet holds 32,767"):
        crm.exporting.customers(tmp_path / "all.xlsx")
    assert sorted(path.name for path in tmp_path.glob("*all*")) == ["all.csv", "all.ndjson"]


def test_a_failed_export_leaves_what_was_there(
    small_shop: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When an export fails half-way the file is as it was before, and nothing lies beside it."""
    target = tmp_path / "out" / "all.csv"
    target.parent.mkdir()
    target.write_text("before")
    from crmkit.core.exporting.writers.csv_file import CsvWriter

    def fail(self: CsvWriter) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CsvWriter, "end", fail)
    with pytest.raises(KeyboardInterrupt):
        small_shop.exporting.customers(target)
    assert [path.name for path in target.parent.iterdir()] == ["all.csv"]
    assert target.read_text() == "before"


def test_a_killed_export_leaves_nothing(small_shop: Crm, tmp_path: Path) -> None:
    """Killed half-way, an export leaves neither a file nor a part of one."""
    (tmp_path / "out").mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_KILLED), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "half\n"
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    child.stdout.close()
    left = [path.name for path in (tmp_path / "out").iterdir()]
    assert left == [] or not hasattr(os, "O_TMPFILE")


_KILLED = """
    import sys, time
    from pathlib import Path
    from crmkit.core.exporting.files import opened
    with opened(Path(sys.argv[1]) / "out" / "all.csv") as file:
        file.write(b"half of it" * 1_000_000)
        file.flush()
        print("half", flush=True)
        time.sleep(60)
"""


def test_a_full_disk_is_said_clearly(crm: Crm, tmp_path: Path) -> None:
    """Where no room is left the error says so, names the file, and nothing of it stays."""
    crm.customers.save(CustomerDraft(name="A", fields={"note": "x" * 500_000}))
    largest = max(path.stat().st_size for path in tmp_path.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 200_000, hard))
    try:
        with pytest.raises(StoreError, match=r"cannot be written: File too large"):
            crm.exporting.customers(tmp_path / "full.csv", columns=["field:note"] * 8)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert list(tmp_path.glob("*full*")) == []


def test_a_place_that_is_not_there(crm: Crm, tmp_path: Path) -> None:
    """A folder that does not exist, or a folder in the file's place, is refused in words."""
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        crm.exporting.customers(tmp_path / "nowhere" / "all.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        crm.exporting.customers(tmp_path / "folder.csv")


def test_into_a_file_object(small_shop: Crm, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A stream gets the bytes and stays open; `-` is the standard output."""
    stream = io.BytesIO()
    report = small_shop.exporting.customers(stream, columns=["name"])
    assert stream.getvalue().startswith(b"name\n")
    assert (report.path, report.format, report.columns) == (None, "csv", ("name",))
    small_shop.exporting.customers("-", columns=["name"])
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == stream.getvalue()


def test_a_name_that_says_no_format(crm: Crm, tmp_path: Path) -> None:
    """A file's name, or --format, must say what to write."""
    with pytest.raises(Invalid, match="does not say what kind of file"):
        crm.exporting.customers(tmp_path / "all.dat")
    with pytest.raises(Invalid, match='no export of this as "yaml"'):
        crm.exporting.customers(tmp_path / "all.csv", format="yaml")


def test_rights_and_the_access_log(shop: Crm, tmp_path: Path) -> None:
    """An export needs the permission, shows whom the actor sees, and is on record without its literals."""
    shop.people.add("Vera", role="viewer")
    with pytest.raises(NotAllowed):
        shop.acting_as("Vera").exporting.customers(tmp_path / "all.csv")
    assert not (tmp_path / "all.csv").exists()
    report = shop.exporting.customers(
        tmp_path / "all.csv", columns=["name", "email:Anna"], where="name = 'Anna Nowak' or visits > 12345"
    )
    table = shop.tables.access
    with shop.reading() as execute:
        row = execute(table.select().order_by(table.c.id.desc())).first()
    assert (row.action, row.what, row.customers) == ("export", "customers", report.rows)
    detail = json.loads(row.detail)
    assert detail["where"] == "name = … or visits > …"
    assert detail["columns"] == ["name", "email:…"]
    assert "Anna" not in row.detail


def test_restricted_and_archived_customers(shop: Crm, tmp_path: Path) -> None:
    """Those in the archive and those whose use is restricted are left out unless asked for."""
    everybody = shop.exporting.customers(tmp_path / "a.csv").rows
    ids = [each.id for each in shop.customers.list(2)[0]]
    shop.customers.archive(ids[0])
    table = shop.tables.customer
    with shop.transaction() as tx:
        tx.execute(table.update().where(table.c.id == ids[1]).values(restricted_at=1))
    assert shop.exporting.customers(tmp_path / "b.csv").rows == everybody - 2
    assert shop.exporting.customers(tmp_path / "c.csv", archived=True).rows == everybody - 1
    assert shop.exporting.customers(tmp_path / "d.csv", archived=True, restricted=True).rows == everybody


def test_only_what_the_actor_sees(crm_on: Callable[[str], Crm], tmp_path: Path) -> None:
    """Somebody who sees their own customers exports these, and no other's name as a relationship."""
    crm = crm_on("sqlite")
    config = tmp_path / "crm.toml"
    config.write_text(
        config.read_text()
        + '\n[roles.own]\nsees = "own"\npermissions = ["customers.read", "customers.export"]\n'
    )
    crm.close()
    with Crm.open(config) as crm:
        mine = crm.people.add("Ola", role="own")
        one = crm.customers.save(CustomerDraft(name="Mine", owner_id=mine.id))
        other = crm.customers.save(CustomerDraft(name="Secret"))
        crm.customers.relate(one.id, "knows", other.id)
        crm.acting_as("Ola").exporting.customers(tmp_path / "all.csv")
    text = (tmp_path / "all.csv").read_text()
    assert "Mine" in text
    assert "Secret" not in text


def test_interactions(shop: Crm, tmp_path: Path) -> None:
    """Interactions are written with whom they are about, and only those asked for."""
    shop.interactions.record(
        "shop:10042", "purchase", amount=1250, payload={"text": "=bread"}, at=1_700_000_000_000_000
    )
    noted = shop.interactions.record("shop:M-1", "note", payload={"text": "x"})
    assert noted.seq is not None
    shop.interactions.void(noted.seq, "mistake")
    report = shop.exporting.interactions(tmp_path / "all.csv")
    rows = [
        dict(zip(cells_of(tmp_path / "all.csv")[0], row, strict=True))
        for row in cells_of(tmp_path / "all.csv")[1:]
    ]
    assert (report.rows, report.customers) == (1, 1)
    assert (rows[0]["customer"], rows[0]["type"], rows[0]["amount"]) == ("ref:R-0", "purchase", "12.50")
    assert rows[0]["at"] == "2023-11-14T23:13:20+01:00"
    assert json.loads(rows[0]["payload"])["text"] == "=bread"
    assert shop.exporting.interactions(tmp_path / "n.ndjson", types=["note"], superseded=True).rows == 1
    assert shop.exporting.interactions(tmp_path / "w.csv", where="is_organization").rows == 0
