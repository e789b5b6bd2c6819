"""The uid of a customer: found by it, taken along, and gone for good when they are erased."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers
from crmkit.core.model.customer import CustomerDraft

Write = Callable[..., Path]
NEW = "0190a1b2-c3d4-7e5f-8a6b-0123456789ab"
OTHER = "0190a1b2-c3d4-7e5f-8a6b-0123456789ac"


def test_a_customer_is_found_by_uid(crm: Crm, csv_file: Write) -> None:
    """Neither another name nor another address makes somebody new whose uid is known, in any case."""
    anna = crm.customers.save(CustomerDraft(name="Anna"))
    report = import_customers(crm, csv_file(f"uid,name,email\n{anna.uid.upper()},Anna Z,z@example.org\n"))
    assert (report.created, report.updated) == (0, 1)
    assert crm.customers.get(anna.id).name == "Anna Z"


def test_one_who_was_merged_is_found_by_the_former_uid(crm: Crm, csv_file: Write) -> None:
    """The uid of a customer who was merged leads to who they are now."""
    anna, former = (crm.customers.save(CustomerDraft(name=name)) for name in ("Anna", "Ania"))
    crm.merging.merge(anna.id, former.id)
    report = import_customers(crm, csv_file(f"uid,tag\n{former.uid},vip\n"))
    assert (report.created, report.updated, report.rejected) == (0, 1, 0)
    assert crm.customers.get(anna.id).tags == ("vip",)


def test_a_new_customer_keeps_the_uid(crm: Crm, csv_file: Write) -> None:
    """Who is not known takes the uid of the file; two with one address stay two; again nothing happens."""
    text = f"uid,name,email\n{NEW},Anna,home@example.org\n{OTHER},Jan,home@example.org\n"
    report = import_customers(crm, csv_file(text), batch_size=1)
    assert (report.created, report.rejected) == (2, 0)
    assert {crm.customers.get(NEW).name, crm.customers.get(OTHER).name} == {"Anna", "Jan"}
    again = import_customers(crm, csv_file(text + "\n", "again.csv"), batch_size=3)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_an_address_on_record_still_tells(crm: Crm, csv_file: Write) -> None:
    """A uid that nobody has does not hide whose address it is."""
    import_customers(crm, csv_file("name,email\nAnna,anna@example.org\n", "first.csv"))
    report = import_customers(crm, csv_file(f"uid,name,email\n{NEW},Anna K,anna@example.org\n"))
    assert (report.created, report.updated) == (0, 1)
    assert [each.name for each in crm.customers.list(10)[0]] == ["Anna K"]


def test_somebody_erased_does_not_come_back(crm: Crm, csv_file: Write) -> None:
    """A row with the uid of somebody who was erased is refused with the reason; the others are not."""
    gone = crm.customers.save(CustomerDraft(name="Gone"))
    crm.privacy.erase(gone.id)
    report = import_customers(crm, csv_file(f"uid,name\n{gone.uid},Gone\n{NEW},Anna\n"))
    assert (report.created, report.rejected) == (1, 1)
    assert "was erased on" in report.examples[0].reason
    assert [each.name for each in crm.customers.list(10)[0]] == ["Anna"]


def test_the_ledger_knows_more_than_a_restored_database(crm: Crm, csv_file: Write) -> None:
    """Who was erased after the backup that was restored is refused all the same."""
    gone = crm.customers.save(CustomerDraft(name="Gone"))
    crm.privacy.erase(gone.id)
    with crm.transaction() as tx:
        tx.execute(sa.text("DELETE FROM erasure"))
    report = import_customers(crm, csv_file(f"uid,name\n{gone.uid},Gone\n"))
    assert (report.created, report.rejected) == (0, 1)


def test_a_uid_of_another_make_is_left_out(crm: Crm, csv_file: Write) -> None:
    """Numbers of telephones and other systems are no uids: the customer gets one, and the import says so."""
    text = "uid,name\n17,Anna\n6d3c1c1e-9f5b-4d5a-8f63-3f0c9a0c7a11,Jan\n"
    report = import_customers(crm, csv_file(text))
    assert (report.created, report.rejected) == (2, 0)
    assert report.notes == ("2 × the uid is not one that crmkit gave, and was left out",)
