"""Records out to rows and in from CSV files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.errors import Invalid, NotAllowed, NotFound
from crmkit.core.records.importing import import_records

T = "cake_order"


def file(folder: Path, text: str, name: str = "orders.csv") -> Path:
    """A CSV file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def counts(report: Any) -> tuple[int, int, int, int]:
    """created, updated, unchanged, rejected; they are all rows."""
    found = (report.created, report.updated, report.unchanged, report.rejected)
    assert sum(found) == report.rows
    return found


def test_columns_are_guessed(crm: Crm, tmp_path: Path) -> None:
    """Headers that look like fields, labels, the state and a way to find the customer need no mapping."""
    path = file(
        tmp_path,
        "e-mail;FLAVOUR;Order number;Status;price\nanna@example.org;Cheese;A1;Ready;1 200,50\n"
        "zaneta@example.org;chocolate;A2;;\n",
    )
    assert counts(import_records(crm, T, path)) == (2, 0, 0, 0)
    first, second = crm.records.get(T, 1), crm.records.get(T, 2)
    assert (first.state, str(first.fields["price"]), first.fields["tiers"]) == ("ready", "1200.50 PLN", 1)
    assert (second.state, second.customer_id) == ("ordered", 2)
    assert crm.records.history(T, 1)[0].source == "import:1"


def test_a_known_unique_value_changes_that_record(crm: Crm, tmp_path: Path) -> None:
    """A row with the unique value of a record changes it; its move must be an allowed one."""
    crm.records.add(T, "anna", {"flavour": "cheese", "number": "A1"})
    head = "customer,flavour,number,state\n"
    assert counts(import_records(crm, T, file(tmp_path, head + "1,chocolate,A1,baking\n"))) == (0, 1, 0, 0)
    report = import_records(crm, T, file(tmp_path, head + "1,chocolate,A1,collected\n2,cheese,A1,\n"))
    assert counts(report) == (0, 0, 0, 2)
    assert [each.line for each in report.examples] == [2, 3]
    assert "cannot move" in report.examples[0].reason
    assert crm.records.get(T, 1).state == "baking"


def test_a_file_imported_twice_adds_nothing(crm: Crm, tmp_path: Path) -> None:
    """Rows that nothing tells apart are not added again by the same file, and bad ones stay refused."""
    path = file(tmp_path, "customer,flavour\n1,cheese\n1,cheese\n9,cheese\n1,lemon\n")
    assert counts(import_records(crm, T, path)) == (2, 0, 0, 2)
    assert counts(import_records(crm, T, path)) == (0, 0, 2, 2)
    assert crm.records.count(T) == 2


def test_a_dry_run_writes_nothing(crm: Crm, tmp_path: Path) -> None:
    """A dry run says what would become of each row, and leaves no record, entry or file."""
    path = file(tmp_path, "customer,flavour\n1,cheese\n1,lemon\n")
    report = import_records(crm, T, path, dry_run=True)
    assert (counts(report), report.ref, report.rejects_file) == ((1, 0, 0, 1), None, None)
    assert crm.records.count(T) == 0
    assert [each.name for each in tmp_path.glob("*.csv")] == ["orders.csv"]


def test_refused_rows_are_written_beside_the_file(crm: Crm, tmp_path: Path) -> None:
    """The refused rows, with line and reason, can be corrected and imported as they are."""
    path = file(tmp_path, "customer,flavour\n1,cheese\n1,lemon\n7,cheese\nx,y,z\n")
    report = import_records(crm, T, path, batch_size=1)
    assert counts(report) == (1, 0, 0, 3)
    assert report.rejects_file is not None
    rows = list(csv.DictReader(report.rejects_file.read_text().splitlines()))
    assert [row["import_line"] for row in rows] == ["3", "4", "5"]
    assert "lemon" in rows[0]["import_reason"]
    text = report.rejects_file.read_text().replace("lemon", "cheese")
    assert counts(import_records(crm, T, file(tmp_path, text, "again.csv")))[0] == 1


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({}, "memo"),
        ({"memo": "field:flavuor"}, "field:flavour"),
        ({"mmeo": "ignore"}, "has no column"),
        ({"memo": "identity:shpo"}, "shop"),
    ],
)
def test_columns_that_nobody_can_tell(crm: Crm, tmp_path: Path, mapping: dict[str, str], said: str) -> None:
    """An unknown column or target is refused before anything is read, with what could be meant."""
    path = file(tmp_path, "customer,flavour,memo\n1,cheese,x\n")
    with pytest.raises((Invalid, NotFound), match=said):
        import_records(crm, T, path, mapping=mapping)


def test_mapping_and_defaults(crm: Crm, tmp_path: Path) -> None:
    """A column can be given its meaning by hand, and a value hold for all rows."""
    path = file(tmp_path, "who,memo\nanna@example.org,tea\n")
    report = import_records(
        crm,
        T,
        path,
        mapping={"who": "customer", "MEMO": "field:occasion"},
        defaults={"field:flavour": "cheese", "state": "ready"},
    )
    assert counts(report) == (1, 0, 0, 0)
    record = crm.records.get(T, 1)
    assert (record.title, record.state) == ("cheese for tea", "ready")


def test_importing_needs_the_right(crm: Crm, tmp_path: Path) -> None:
    """Who may not import customers may not import their records."""
    with pytest.raises(NotAllowed):
        import_records(crm.acting_as("jan"), T, file(tmp_path, "customer,flavour\n1,cheese\n"))


def test_the_other_system_s_number_tells_its_records(crm: Crm, tmp_path: Path) -> None:
    """A second file with one changed row changes one record and adds none, the undo takes it back, and a
    number that is twice in a file, or is another record's, is refused."""
    head = "Record ID,customer,flavour,state\n"

    def take(text: str, **options: Any) -> tuple[int, int, int, int]:
        path = file(tmp_path, head + text, f"{len(list(tmp_path.iterdir()))}.csv")
        return counts(import_records(crm, T, path, source="old", **options))

    assert take("71,1,cheese,\n72,2,cheese,\n71,1,cheese,\n", batch_size=1) == (2, 0, 0, 1)
    assert take("71,1,cheese,\n72,2,chocolate,baking\n73,1,cheese,\n") == (1, 1, 1, 0)
    assert crm.records.get(T, 2).fields["flavour"] == "chocolate"
    assert take("71,1,cheese,\n72,2,chocolate,baking\n73,1,cheese,\n") == (0, 0, 3, 0)
    crm.undo.undo("import:2")
    assert (crm.records.get(T, 2).state, crm.records.count(T)) == ("ordered", 2)
    assert take("73,1,cheese,\n") == (1, 0, 0, 0)


def test_a_number_may_come_later_and_goes_with_the_record(crm: Crm, tmp_path: Path) -> None:
    """A record that was there is given a number, which an undo takes away again; a merge keeps it with the
    record, and an erasure leaves none."""
    crm.records.add(T, "anna", {"flavour": "cheese"})
    head = "id,source_ref,source\n"
    assert counts(import_records(crm, T, file(tmp_path, head + "1,D-1,old\n"))) == (0, 1, 0, 0)
    wrong = import_records(crm, T, file(tmp_path, head + "2,D-1,old\n", "wrong.csv"))
    assert wrong.examples[0].reason == "old:D-1 is cake_order:1, not cake_order:2"
    crm.undo.undo("import:1")
    numbers = sa.select(sa.func.count()).select_from(crm.tables.record_number)
    with crm.reading() as execute:
        assert execute(numbers).scalar() == 0
    import_records(crm, T, file(tmp_path, head + "1,D-1,old\n", "again.csv"))
    crm.merging.merge(2, 1)
    crm.privacy.erase(2)
    with crm.reading() as execute:
        assert execute(numbers).scalar() == 0
