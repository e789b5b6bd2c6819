"""A company's timeline with its people's."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, Invalid
from crmkit.testing import FakeClock, run_crm

HOUR = 3_600_000_000


@pytest.fixture
def crm_toml() -> str:
    """A role that sees its own customers only."""
    return '[roles.driver]\npermissions = ["customers.read"]\nsees = "own"\n'


def test_a_company_with_its_people(crm_both: Crm, clock: FakeClock) -> None:
    """Of an organisation the timeline can have its people's entries, page by page in their order: of those
    whose tie has not ended, in either direction, and whom one sees; nobody's people but an organisation's."""
    crm = crm_both
    olga = crm.people.add("Olga", role="driver")
    acme = crm.customers.save(CustomerDraft(name="ACME", is_organization=True, owner_id=olga.id)).id
    works, employed, left, stranger = (
        crm.customers.save(CustomerDraft(name=name)).id for name in ("Anna", "Jan", "Ewa", "Zoë")
    )
    partner = crm.customers.save(CustomerDraft(name="Partner", is_organization=True)).id
    crm.customers.relate(works, "works_at", acme)
    crm.customers.relate(acme, "employs", employed)
    crm.customers.relate(left, "works_at", acme)
    crm.customers.relate(acme, "supplies", partner)
    tie = crm.tables.relationship
    with crm.transaction() as tx:
        tx.execute(sa.update(tie).where(tie.c.customer_id == left).values(until="2025-12-31"))
    whose = (works, acme, stranger, employed, left, partner, acme, works)
    for number, customer in enumerate(whose):
        crm.interactions.record(customer, "note", at=clock.now() - number * HOUR, payload={"text": "x"})

    def read(crm: Crm) -> list[int]:
        page = crm.interactions.timeline(acme, limit=2, with_people=True)
        found = list(page.interactions)
        while page.next_cursor:
            page = crm.interactions.timeline(acme, limit=2, cursor=page.next_cursor, with_people=True)
            found += page.interactions
        return [each.customer_id for each in found]

    assert crm.customers.people_of(acme) == [works, employed]
    assert read(crm) == [works, acme, employed, acme, works]
    assert read(crm.acting_as("Olga")) == [acme, acme]
    with pytest.raises(Invalid, match="is a person"):
        crm.interactions.timeline(works, with_people=True)
    rows = run_crm("--config", crm.config.path, "interactions", "list", acme, "--with-people", "--csv")
    assert [line.split(",")[2] for line in rows.stdout.splitlines()[1:3]] == ["Anna", "ACME"]
    assert run_crm("--config", crm.config.path, "interactions", "list", "--with-people").status == 2


def test_some_of_the_log_by_number(crm: Crm) -> None:
    """Interactions are read by their numbers at once: those that there are and one sees."""
    olga = crm.people.add("Olga", role="driver")
    own = crm.customers.save(CustomerDraft(name="ACME", owner_id=olga.id)).id
    other = crm.customers.save(CustomerDraft(name="Anna")).id
    for customer in (own, other, own):
        crm.interactions.record(customer, "note")
    assert [each.seq for each in crm.interactions.among([1, 2, 3, 99])] == [3, 2, 1]
    assert [each.seq for each in crm.acting_as("Olga").interactions.among([1, 2, 3])] == [3, 1]
    assert crm.interactions.among([]) == []
