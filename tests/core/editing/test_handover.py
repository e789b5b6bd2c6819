"""Somebody leaves: everything they looked after changes hands in one edit."""

from __future__ import annotations

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.errors import Conflict, Invalid, NotAllowed
from crmkit.plugins.operational.api import Tasks


@pytest.fixture
def plugins() -> list[str]:
    """The plugin whose tasks belong to employees."""
    return ["operational"]


@pytest.fixture
def office(shop: Crm) -> Crm:
    """Ola looks after Anna and Ewa, who is archived, and after two deals, one of them won."""
    ola = shop.people.add("Ola", role="seller")
    shop.people.add("Piotr", role="seller")
    for id_ in (1, 5):
        shop.customers.update(id_, CustomerDraft(owner_id=ola.id))
    shop.records.add("deal", "Dan", {"about": "Cakes"}, owner="Ola")
    shop.records.add("deal", "Dan", {"about": "Rolls"}, "won", owner="Ola")
    shop.service(Tasks).add("Anna", "Call back", employee_id=ola.id)
    return shop


def owners(crm: Crm) -> tuple[list[int | None], list[int | None]]:
    """Who looks after the customers, and after the deals."""
    customers = [crm.customers.get(id_).owner_id for id_ in range(1, 6)]
    return customers, [crm.records.get("deal", id_).owner_id for id_ in (1, 2)]


def test_customers_and_open_records_change_hands(office: Crm) -> None:
    """All customers, archived ones too, and open records; what is closed keeps the name of who did it."""
    preview = office.editing.preview_handover("Ola", "Piotr")
    assert (preview.changed, preview.records) == (2, 1)
    assert owners(office) == ([1, None, None, None, 1], [1, 1])
    report = office.editing.handover("Ola", "Piotr")
    assert (report.ref, report.changed, report.records) == ("edit:1", 2, 1)
    assert owners(office) == ([2, None, None, None, 2], [2, 1])
    assert report.left == ("1 row of operational_task",)


def test_a_handover_can_be_undone(office: Crm) -> None:
    """Undone, everything is with whom it was; a record that has moved on since stays."""
    before = owners(office)
    office.editing.handover("Ola", "Piotr")
    office.people.deactivate("Ola")
    office.people.update("Ola", active=True)
    receipt = office.undo.undo("edit:1")
    assert receipt.done == ("put 2 values of 2 customers back", "put 1 record back with whom it was")
    assert owners(office) == before
    office.editing.handover("Ola", "Piotr")
    office.records.update("deal", 1, owner="")
    (left,) = office.undo.undo("edit:2").left
    assert (left.what, left.reason) == ("deal:1", "it was changed since")


def test_records_alone_are_an_edit_too(office: Crm) -> None:
    """Somebody without customers can hand over records, and take them back."""
    office.editing.handover("Ola", "Piotr")
    office.records.update("deal", 1, owner="Ola")
    report = office.editing.handover("Ola", "Piotr")
    assert (report.ref, report.changed, report.records) == ("edit:2", 0, 1)
    assert office.undo.undo("edit:2").done == ("put 1 record back with whom it was",)
    assert owners(office)[1] == [1, 1]


def test_nothing_to_hand_over_leaves_no_trace(office: Crm) -> None:
    """Where somebody looks after nobody, there is nothing to undo either."""
    assert office.editing.handover("Piotr", "Ola").ref is None
    assert office.undo.recent() == []


def test_a_handover_needs_somebody_to_take_over(office: Crm) -> None:
    """Not to oneself, not to somebody who has left, and only by who manages people."""
    with pytest.raises(Invalid, match="themselves"):
        office.editing.handover("Ola", "Ola")
    with pytest.raises(NotAllowed):
        office.acting_as("Ola").editing.handover("Ola", "Piotr")
    office.people.deactivate("Piotr")
    with pytest.raises(Conflict, match="no longer works here"):
        office.editing.handover("Ola", "Piotr")
