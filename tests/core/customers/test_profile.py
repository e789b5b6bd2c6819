"""The page of a customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.customers import sets
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.store import bulk
from tests.core.customers.conftest import CONFIG

PLUGIN = '''
"""Adds to the page, or fails to."""
from crmkit.plugin import Section, hookimpl


@hookimpl
def crmkit_extend_profile(customers):
    for customer in customers:
        if customer.name == "Trouble":
            raise RuntimeError("no page for trouble")
        yield customer.id, Section("Points", (("Total", "120"),))
'''


def test_the_page_gathers_everything(crm: Crm) -> None:
    """Names of the owner and of related customers, newest contacts, counts and consent, on one page."""
    owner = crm.people.add("Ewa Clerk")
    anna = crm.customers.save(CustomerDraft(name="Anna", owner_id=owner.id))
    firm = crm.customers.save(CustomerDraft(name="Firm", is_organization=True))
    crm.customers.relate(anna.id, "works_at", firm.id)
    crm.consent.grant(anna.id, "offers", "phone")
    for number in range(7):
        crm.interactions.record(anna.id, "note", payload={"text": f"n{number}"})
    page = crm.customers.profile("Anna")
    assert page.customer == anna
    assert page.owner == "Ewa Clerk"
    assert page.others == {firm.id: "Firm"}
    assert page.counts == {"note": 7}
    assert [each.payload.text for each in page.last] == ["n6", "n5", "n4", "n3", "n2"]
    assert page.consents["offers", "phone"].state == "granted"
    assert [each.customer.name for each in crm.customers.profiles([firm.id, "Anna"])] == ["Firm", "Anna"]


def test_what_was_corrected_counts_once_and_what_was_voided_not(crm: Crm) -> None:
    """A correction stands for its original; nothing stands for what never happened."""
    anna = crm.customers.save(CustomerDraft(name="Anna"))
    bought: Any = crm.interactions.record(anna.id, "purchase", amount=1250)
    crm.interactions.correct(bought.seq, amount=1350)
    mistaken: Any = crm.interactions.record(anna.id, "call")
    crm.interactions.void(mistaken.seq, "somebody else")
    page = crm.customers.profile(anna.id)
    assert page.counts == {"purchase": 1}
    assert [each.amount for each in page.last] == [1350]


def test_few_statements(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page costs a fixed handful of statements, whatever hangs on the customer."""
    asked = 0
    real = bulk.driver_rows

    def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return real(*given)

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    anna = crm.customers.save(CustomerDraft(name="Anna", tags=("a", "b"), fields={"allergies": "nuts"}))
    monkeypatch.setattr(sets, "driver_rows", counted)
    asked = 0
    crm.customers.profile(anna.id)
    sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert 5 < asked <= 15


def test_plugins_add_sections(opened: Callable[..., Crm], tmp_path: Path) -> None:
    """A plugin's sections stand on the page; where it fails, the page is there without them and says so."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "points.py").write_text(PLUGIN)
    (tmp_path / "plugins" / "points.toml").write_text(
        'name = "points"\ntitle = "Points"\ndoc = "Points"\ntable_prefix = "points_"\n'
    )
    crm = opened(config=CONFIG.replace('locale = "pl_PL"', 'locale = "pl_PL"\nplugins = ["points"]'))
    for name in ("Anna", "Trouble"):
        crm.customers.save(CustomerDraft(name=name))
    assert [each.title for each in crm.customers.profile("Anna").sections] == ["Points"]
    trouble = crm.customers.profile("Trouble")
    assert trouble.sections == ()
    assert "points" in trouble.warnings[0]
