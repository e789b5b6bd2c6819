"""Customers from CSV files."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.errors import Conflict, Invalid, NotAllowed, NotFound
from crmkit.core.exchange import ImportReport, import_customers
from crmkit.core.exchange.runs import Counts, Request, begun

Write = Callable[..., Path]
PEOPLE = """shop,Full Name,E-Mail,Mobile,Town,Shoe size,Labels
1,Łucja Nowak,lucja@example.org,,Łódź,37.5,vip; early
2,عائشہ خان,ayesha@example.org,+48 600 100 200,,,
3,Rye & Co.,,,,,
"""


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Rows, created, updated, unchanged, rejected."""
    assert report.created + report.updated + report.unchanged + report.rejected == report.rows
    return report.rows, report.created, report.updated, report.unchanged, report.rejected


def test_columns_are_understood_by_their_headers(crm: Crm, csv_file: Write) -> None:
    """Usual headers, fields' labels and identity schemes need no mapping, and values arrive whole."""
    report = import_customers(crm, csv_file(PEOPLE))
    assert counts(report) == (3, 3, 0, 0, 0)
    assert report.ref == "import:1"
    assert report.rejects_file is None
    lucja = crm.customers.get("shop:1")
    assert (lucja.name, lucja.tags, lucja.source) == ("Łucja Nowak", ("early", "vip"), "import:1")
    assert lucja.fields["size"] == Decimal("37.5")
    assert {point.kind: point.value for point in lucja.contact_points} == {
        "email": "lucja@example.org",
        "address": "Łódź",
    }
    assert crm.customers.get("ayesha@example.org").name == "عائشہ خان"


def test_the_same_file_again_changes_nothing(crm: Crm, csv_file: Write) -> None:
    """A second import of a file finds every customer as it is."""
    file = csv_file(PEOPLE)
    import_customers(crm, file)
    assert counts(import_customers(crm, file)) == (3, 0, 0, 3, 0)


def test_a_corrected_file_changes_what_the_dry_run_said(crm: Crm, csv_file: Write) -> None:
    """Only corrected rows are updated, a dry run counts them beforehand, and it leaves nothing behind."""
    import_customers(crm, csv_file(PEOPLE))
    corrected = csv_file(
        PEOPLE.replace("Rye & Co.", "Rye and Co.") + "4,Jan,,,,,\n5,Bad,not an address,,,,\n"
    )
    before = crm.customers.history("shop:3", 50)
    dry = import_customers(crm, corrected, dry_run=True)
    assert (dry.ref, dry.rejects_file) == (None, None)
    assert dry.examples[0].line == 6
    assert crm.customers.history("shop:3", 50) == before
    assert crm.customers.count() == 3
    assert not list(corrected.parent.glob("*.rejects*"))
    real = import_customers(crm, corrected)
    assert counts(real) == counts(dry) == (5, 1, 1, 2, 1)
    assert crm.customers.get("shop:3").name == "Rye and Co."


def test_a_column_that_could_mean_anything_is_an_error(crm: Crm, csv_file: Write) -> None:
    """No column is left out silently: all doubtful ones are named with the option that leaves them out."""
    file = csv_file("name,Star sign,Quirk's\nAnna,leo,x\n")
    with pytest.raises(Invalid, match="2 columns") as caught:
        import_customers(crm, file)
    assert caught.value.details["unmapped"] == ["Star sign", "Quirk's"]
    assert "--map 'Star sign=ignore'" in caught.value.hint
    report = import_customers(crm, file, mapping={"star sign": "ignore", "Quirk's": "tag"})
    assert report.mapping == {"name": "name", "Star sign": "ignore", "Quirk's": "tag"}
    assert crm.customers.get("Anna").tags == ("x",)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"nmae": "name"}, "no column"),
        ({"name": "nane"}, "Did you mean name"),
        ({"name": "field:sice"}, "size"),
        ({"name": "identity:nowhere"}, "identity scheme"),
    ],
)
def test_a_mistaken_mapping_says_what_was_meant(
    crm: Crm, csv_file: Write, mapping: dict[str, str], says: str
) -> None:
    """Unknown headers, targets, fields and schemes are refused by name."""
    file = csv_file("name,city\nanna,\n")
    with pytest.raises(Invalid, match=says):
        import_customers(crm, file, mapping=mapping)


def test_a_value_comes_from_one_column_only(crm: Crm, csv_file: Write) -> None:
    """Two columns for one name are a doubt, not a choice; several e-mail addresses are fine."""
    with pytest.raises(Invalid, match="Several"):
        import_customers(crm, csv_file("name,Full name\nA,B\n"))
    import_customers(crm, csv_file("name,email 1,email 2\nAnna,a@example.org,b@example.org\n"))
    assert len(crm.customers.get("Anna").contact_points) == 2


def test_one_value_for_the_whole_file(crm: Crm, csv_file: Write) -> None:
    """A default gives every row a value."""
    import_customers(
        crm, csv_file("name\nAnna\n"), defaults={"lifecycle": "lead", "tag": "fair", "field:size": "38"}
    )
    anna = crm.customers.get("Anna")
    assert (anna.lifecycle, anna.tags, anna.fields["size"]) == ("lead", ("fair",), 38)


def test_refused_rows_go_to_a_file_that_can_be_corrected_and_imported(crm: Crm, csv_file: Write) -> None:
    """The file of refused rows has line and reason of each, and is itself importable once it is corrected."""
    report = import_customers(crm, csv_file("shop,name,email\n1,Anna,anna@\n2,Jan,jan@example.org\n3,Ewa\n"))
    assert counts(report) == (3, 1, 0, 0, 2)
    assert report.rejects_file is not None
    rows = list(csv.DictReader(report.rejects_file.read_text(encoding="utf-8").splitlines()))
    assert [(row["shop"], row["import_line"]) for row in rows] == [("1", "2"), ("3", "4")]
    assert "anna@" in rows[0]["import_reason"]
    assert "2 columns" in rows[1]["import_reason"]
    corrected = report.rejects_file.read_text(encoding="utf-8").replace("anna@,", "anna@example.org,")
    again = import_customers(crm, csv_file(corrected, "corrected.csv"))
    assert counts(again) == (2, 2, 0, 0, 0)


def test_somebodys_corrections_are_not_overwritten(crm: Crm, csv_file: Write) -> None:
    """Another import with refusals writes another file."""
    file = csv_file("name,email\nAnna,anna@\n")
    first, second = import_customers(crm, file), import_customers(crm, file)
    assert first.rejects_file != second.rejects_file
    assert first.rejects_file is not None
    assert first.rejects_file.exists()


def test_an_ambiguous_row_is_refused_and_listed_for_review(crm: Crm, csv_file: Write) -> None:
    """When an address is a couple's, the row joins the review list instead of being guessed."""
    import_customers(crm, csv_file("shop,name,email\n1,Anna,home@example.org\n2,Jan,home@example.org\n"))
    report = import_customers(crm, csv_file("name,email\nA. Nowak,home@example.org\n", "more.csv"))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert report.examples[0].reason.startswith("ambiguous:")
    with crm.reading() as execute:
        review = execute(sa.select(crm.tables.review)).all()
    assert [row.source for row in review] == ["import:2"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_byte_order_marks_and_packed_files(crm: Crm, csv_file: Write, delimiter: str) -> None:
    """What spreadsheets write is read: other delimiters, a byte order mark, quoted line ends; and .gz."""
    text = f'\ufeffname{delimiter}street\r\nAnna{delimiter}"Long\r\nStreet, 1; 2"\r\n\r\n'
    report = import_customers(crm, csv_file(gzip.compress(text.encode()), "people.csv.gz"))
    assert counts(report) == (1, 1, 0, 0, 0)
    assert crm.customers.get("Anna").contact_points[0].street == "Long Street, 1; 2"


def test_an_unknown_owner_is_a_refused_row(crm: Crm, csv_file: Write) -> None:
    """Owners are employees by name; others are refused, not forgotten."""
    crm.people.add("Ewa Lis")
    report = import_customers(crm, csv_file("name,owner\nAnna,Ewa Lis\nJan,Nobody\n"))
    assert counts(report) == (2, 1, 0, 0, 1)
    assert crm.customers.get("Anna").owner_id == crm.people.get("Ewa Lis").id


def test_importing_needs_the_permission(crm: Crm, csv_file: Write) -> None:
    """Who may not import is told so before the file is read."""
    crm.people.add("Ewa Lis", role="viewer")
    with pytest.raises(NotAllowed):
        import_customers(crm.acting_as("Ewa Lis"), csv_file("name\nAnna\n"))


def test_a_missing_file(crm: Crm, tmp_path: Path) -> None:
    """A wrong name is said."""
    with pytest.raises(NotFound, match=r"nowhere\.csv"):
        import_customers(crm, tmp_path / "nowhere.csv")


def test_two_imports_of_one_file_at_once_do_not_mix(crm: Crm, tmp_path: Path) -> None:
    """When another process has taken the run further, this one stops with a conflict."""
    request = Request(what="customers", file=tmp_path / "x.csv", digest="d", mapping="{}")
    mine, theirs = begun(crm, request), begun(crm, request)
    assert mine.id == theirs.id
    with crm.transaction() as tx:
        theirs.advance(crm, tx, Counts(created=5))
    with pytest.raises(Conflict, match="at the same time"), crm.transaction() as tx:
        mine.advance(crm, tx, Counts(created=5))


def test_progress_is_told(crm: Crm, csv_file: Write) -> None:
    """The caller hears after each batch how many rows are done and how many there are."""
    heard: list[tuple[int, int | None]] = []
    import_customers(
        crm,
        csv_file("name\nA\nB\nC\n"),
        batch_size=2,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard == [(2, 3), (3, 3)]
