"""Somebody leaves: everything they looked after changes hands in one edit."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.errors import Conflict, Invalid, NotAllowed
from crmkit.testing import run_crm


@pytest.fixture
def plugins() -> list[str]:
    """A plugin whose rows belong to employees."""
    return ["promises"]


@pytest.fixture
def office(shop: Crm) -> Crm:
    """Ola looks after Anna and Ewa, who is archived, and after two deals, one of them won."""
    ola = shop.people.add("Ola", role="seller")
    shop.people.add("Piotr", role="seller")
    for id_ in (1, 5):
        shop.customers.update(id_, CustomerDraft(owner_id=ola.id))
    shop.records.add("deal", "Dan", {"about": "Cakes"}, owner="Ola")
    shop.records.add("deal", "Dan", {"about": "Rolls"}, "won", owner="Ola")
    promise = shop.plugins.table("promises_kept")
    rows: list[dict[str, Any]] = [
        {"customer_id": 1, "employee_id": ola.id, "done_at": None},
        {"customer_id": 1, "employee_id": ola.id, "done_at": 5},
        {"customer_id": 4, "employee_id": None, "done_at": None},
    ]
    with shop.transaction() as tx:
        tx.execute(sa.insert(promise), rows)
    return shop


def owners(crm: Crm) -> tuple[list[int | None], list[int | None]]:
    """Who looks after the customers, and after the deals."""
    customers = [crm.customers.get(id_).owner_id for id_ in range(1, 6)]
    return customers, [crm.records.get("deal", id_).owner_id for id_ in (1, 2)]


def promises_of(crm: Crm) -> list[int | None]:
    """Whose the three promises are, the second of which is done."""
    promise = crm.plugins.table("promises_kept")
    with crm.reading() as run:
        return list(run(sa.select(promise.c.employee_id).order_by(promise.c.id)).scalars())


def test_customers_and_open_records_change_hands(office: Crm) -> None:
    """All customers, archived ones too, and open records; what is closed keeps the name of who did it."""
    preview = office.editing.preview_handover("Ola", "Piotr")
    assert (preview.changed, preview.records, preview.rows) == (2, 1, {"promises_kept": 1})
    assert owners(office) == ([1, None, None, None, 1], [1, 1])
    report = office.editing.handover("Ola", "Piotr")
    assert (report.ref, report.changed, report.records) == ("edit:1", 2, 1)
    assert owners(office) == ([2, None, None, None, 2], [2, 1])
    assert report.rows == {"promises_kept": 1}
    assert promises_of(office) == [2, 1, None]


def test_who_leaves_is_told_what_stays_with_them(office: Crm) -> None:
    """Noting that somebody left counts what they look after, and says how to hand it over."""
    run = ("--config", office.config.path, "people", "employees", "deactivate", "Ola")
    said = run_crm(*run).stderr
    assert "Still with them: customer 2, deal 1" in said
    assert "crm people employees handover 1 TO" in said
    office.editing.handover("Ola", "Piotr")
    assert office.editing.looked_after("Ola") == {}
    assert office.editing.looked_after("Piotr") == {"customer": 2, "deal": 1}


def test_a_handover_can_be_undone(office: Crm) -> None:
    """Undone, everything is with whom it was; a record that has moved on since stays."""
    before = owners(office)
    office.editing.handover("Ola", "Piotr")
    office.people.deactivate("Ola")
    office.people.update("Ola", active=True)
    receipt = office.undo.undo("edit:1")
    assert receipt.done == (
        "put 2 values back (customers: 2)",
        "put 1 record back with whom it was",
        "put 1 row of promises_kept back with whom it was",
    )
    assert owners(office) == before
    assert promises_of(office) == [1, 1, None]
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


def test_rows_alone_are_an_edit_too(office: Crm) -> None:
    """Somebody who has nothing left but a promise hands that over, also one of nobody's customers."""
    office.editing.handover("Ola", "Piotr")
    promise = office.plugins.table("promises_kept")
    with office.transaction() as tx:
        tx.execute(sa.update(promise).where(promise.c.id == 3).values(employee_id=1))
    assert office.editing.preview_handover("Ola", "Piotr").rows == {"promises_kept": 1}
    assert office.editing.handover("Ola", "Piotr").rows == {"promises_kept": 1}
    assert promises_of(office) == [2, 1, 2]
    preview = office.undo.preview("edit:2")
    assert preview.will == ("put 1 row of promises_kept back with whom it was",)
    assert promises_of(office) == [2, 1, 2]
    office.undo.undo("edit:2")
    assert promises_of(office) == [2, 1, 1]


def test_a_row_that_moved_on_stays(office: Crm) -> None:
    """Undo leaves a row that somebody else has taken since, and one that was deleted, and says so."""
    office.editing.handover("Ola", "Piotr")
    maria = office.people.add("Maria", role="seller")
    promise = office.plugins.table("promises_kept")
    with office.transaction() as tx:
        tx.execute(sa.update(promise).where(promise.c.id == 1).values(employee_id=maria.id))
    left = office.undo.undo("edit:1").left
    assert [(each.what, each.reason) for each in left] == [("promises_kept:1", "it was changed since")]
    assert promises_of(office) == [3, 1, None]


def test_a_handover_reaches_the_rows_of_a_plugin_that_is_gone(office: Crm) -> None:
    """What the plugin said of its tables is in the database, and holds when the plugin is disabled."""
    path = office.config.path
    office.close()
    path.write_text(path.read_text().replace('"promises"', ""))
    with Crm.open(path) as crm:
        report = crm.editing.handover("Ola", "Piotr")
        assert report.rows == {"promises_kept": 1}
        assert crm.undo.undo("edit:1").done[-1] == "put 1 row of promises_kept back with whom it was"


def test_what_stays_with_who_leaves_is_told_with_its_reason(office: Crm) -> None:
    """A column that keeps the name of who did it is counted, and so is one that says nothing."""
    kept = office.tables.ownership
    said = json.loads(_contract(office))
    for name, employees, told in (
        (
            "keep",
            {"handover": "keep", "until": None, "reason": "it says who promised"},
            ": it says who promised",
        ),
        ("unsaid", None, ""),
    ):
        said["employees"] = {"employee_id": employees} if employees else {}
        with office.transaction() as tx:
            mine = kept.c.table_name == "promises_kept"
            tx.execute(sa.update(kept).where(mine).values(contract=json.dumps(said)))
        report = office.editing.preview_handover("Ola", "Piotr")
        assert (name, report.rows, report.left) == (name, {}, (f"2 rows of promises_kept{told}",))


def _contract(crm: Crm) -> str:
    kept = crm.tables.ownership
    with crm.reading() as run:
        query = sa.select(kept.c.contract).where(kept.c.table_name == "promises_kept")
        return str(run(query).scalar_one())
