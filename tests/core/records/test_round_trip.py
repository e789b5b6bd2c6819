"""Records come back from a file as they were, here and elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.record import RecordDraft
from crmkit.core.records.importing import import_records
from crmkit.testing.opening import open_crm
from tests.core.records.conftest import BAKERY

T = "cake_order"
# Opening it writes these lines by itself.
ELSEWHERE = BAKERY.replace('[crs]\nname = "Rye & Co."\n', "").replace('database = "{database}"\n', "")
FORMATS = ("orders.csv", "orders.ndjson", "orders.xlsx")


def fill(crm: Crm) -> None:
    """Three orders: with every kind of value, in the archive, and plain."""
    zofia = crm.customers.save(CustomerDraft(name="Zofia"))
    adam = crm.customers.save(CustomerDraft(name="Adam"))
    fields: dict[str, Any] = {
        "flavour": "cheese", "occasion": "'=1+1; \"x\"", "wanted": "2026-05-01", "price": "12.50",
        "tiers": 3, "weight": "1.25", "glazed": True, "tasted": 1_700_000_000_123_456, "number": "=7",
        "for_whom": str(adam.uid),
    }  # fmt: skip
    drafts = [
        RecordDraft(customer=zofia.id, fields=fields, state="baking"),
        RecordDraft(customer=adam.id, fields={"flavour": "chocolate", "occasion": "'quoted"}),
        RecordDraft(customer=adam.id, fields={"flavour": "poppy seed", "tasted": "2026-05-01 00:00"}),
    ]
    old = crm.records.save_all(T, drafts).ids[1]
    assert old is not None
    crm.records.archive(T, old)


def all_of(crm: Crm) -> list[Any]:
    """What stands in the records, by whose they are."""
    names = {each.id: each.name for each in crm.customers.list(100)[0]}
    page = crm.records.list(T, archived=True)
    return sorted(
        (
            names[each.customer_id],
            each.title,
            each.state,
            each.archived_at,
            sorted(map(str, each.fields.items())),
        )
        for each in page.records
    )


@pytest.mark.parametrize("name", FORMATS)
def test_elsewhere_and_at_home(crm: Crm, tmp_path: Path, name: str) -> None:
    """Another CRM, where those numbers are others' already, gets equal records; here nothing changes."""
    fill(crm)
    crm.exporting.customers(tmp_path / "people.csv")
    crm.exporting.records(T, tmp_path / name)
    before = all_of(crm)
    home = import_records(crm, T, tmp_path / name)
    assert (home.created, home.updated, home.unchanged, home.rejected) == (0, 0, 3, 0), home.examples
    assert all_of(crm) == before
    with open_crm(tmp_path / "other", ELSEWHERE) as other:
        import_customers(other, tmp_path / "people.csv")
        decoy = other.customers.save(CustomerDraft(name="Decoy"))
        other.records.save_all(T, [RecordDraft(customer=decoy.id, fields={"flavour": "cheese"})])
        report = import_records(other, T, tmp_path / name)
        assert (report.created, report.rejected) == (3, 0), report.examples
        assert [each for each in all_of(other) if each[0] != "Decoy"] == before
        again = import_records(other, T, tmp_path / name)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
