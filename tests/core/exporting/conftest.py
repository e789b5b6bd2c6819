"""A shop with customers of every sort, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, Identity, Preference
from crmkit.data.people import invented
from crmkit.testing.opening import open_crm

TOML = """
currency = "PLN"
timezone = "Europe/Warsaw"
locale = "pl_PL"

[identities]
shop = "Customer number in the web shop"

[fields.birthday]
type = "date"

[fields.credit]
type = "money"

[fields.size]
type = "number"
decimals = 1

[fields.visits]
type = "number"

[fields.seen]
type = "datetime"

[fields.gold]
type = "bool"

[fields.bread]
type = "choice"
choices = ["rye", "wheat"]

[fields.topics]
type = "multi-choice"
choices = ["sale", "stories, long ones", "new"]

[fields.note]
type = "text"

[purposes.offers]
type = "marketing"
wording_version = 3

[views.big]
where = "credit > 10"
columns = ["name", "credit", "city"]
order = "credit:desc"
"""


@pytest.fixture
def crm_toml() -> str:
    """The fields, identities, purposes and views of the shop."""
    return TOML


@pytest.fixture
def shop(crm_both: Crm) -> Crm:
    """The shop, filled."""
    fill(crm_both)
    return crm_both


@pytest.fixture
def small_shop(crm: Crm) -> Crm:
    """The shop, filled, on SQLite alone: for what no database has a part in."""
    fill(crm)
    return crm


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], Crm]]:
    """Opens an empty shop of the same kind, with the same employees."""
    opened: list[Crm] = []

    def open_another() -> Crm:
        crm = open_crm(tmp_path / f"another{len(opened)}", TOML)
        crm.people.add("Eva Nowak", "eva@example.org")
        opened.append(crm)
        return crm

    yield open_another
    for crm in opened:
        crm.close()


def fill(crm: Crm) -> None:
    """Invented people of many scripts, an organisation, and one customer who has everything."""
    eva = crm.people.add("Eva Nowak", "eva@example.org").id
    assert not crm.customers.save_all([_person(each) for each in islice(invented(40), 40)]).refused
    midnight = {"seen": "2026-05-01 00:00"}
    early = crm.customers.save(CustomerDraft(name="Early Bird", tags=("أول",), fields=midnight))
    firm = crm.customers.save(CustomerDraft(name="Bakery & Sons", is_organization=True))
    mill = crm.customers.save(
        CustomerDraft(name="Mill", is_organization=True, identities=(Identity("shop", "M-1"),))
    )
    everything = crm.customers.save(_everything(eva))
    crm.customers.relate(everything.id, "works_at", firm.id)
    crm.customers.relate(everything.id, "supplies", mill.id, since=date(2019, 2, 28))
    crm.customers.relate(early.id, "works_at", firm.id)
    crm.customers.relate(early.id, "knows", everything.id)
    table = crm.tables.relationship
    with crm.transaction() as tx:
        tx.execute(table.update().where(table.c.kind == "supplies").values(until="2024-12-31"))
    crm.consent.grant(everything.id, "offers", "phone", evidence='on paper; said · twice, "yes"\nsigned')
    crm.consent.grant(
        mill.id, "offers", "post", source="web form · b", wording_version=3, at=1_700_000_000_123_456
    )
    crm.consent.withdraw(mill.id, "offers", "post")


def set_aside(crm: Crm) -> None:
    """A household that shares an address, one of them in the archive; and somebody who is restricted."""
    shared = (ContactPoint(kind="email", value="family@example.org"),)
    for name in ("Old", "Young", "Middle"):
        one = crm.customers.save(CustomerDraft(name=name))
        crm.customers.update(one.id, CustomerDraft(contact_points=shared))
    crm.customers.archive(crm.customers.find("Old")[0].id)
    crm.privacy.restrict(crm.customers.save(CustomerDraft(name="Still")).id)


def _person(person: Any) -> CustomerDraft:
    return CustomerDraft(
        name=person.name,
        given_name=person.given_name,
        family_name=person.family_name,
        contact_points=tuple(
            point
            for point in (
                ContactPoint(kind="email", value=person.email),
                ContactPoint(kind="phone", value=person.phone),
                ContactPoint(kind="address", value="", city=person.city, country=person.country),
            )
            if point.value or point.city
        ),
        identities=(Identity("ref", f"R-{person.number}"),),
        locale=person.locale or None,
        fields={"birthday": person.birthday or None, "visits": person.number},
        tags=(person.music,) if person.music else (),
        lifecycle="customer",
    )


def _everything(owner: int) -> CustomerDraft:
    return CustomerDraft(
        name="=HYPERLINK(1)",
        given_name="@sum",
        family_name="-2+3",
        contact_points=(
            ContactPoint(kind="email", value="one@example.org", label="work"),
            ContactPoint(kind="email", value="Two@example.org", verified_at=1_700_000_000_123_456),
            ContactPoint(kind="email", value="three@example.org", label="work", is_primary=True),
            ContactPoint(kind="phone", value="+48 512 000 111", label="mobile"),
            ContactPoint(kind="phone", value="+48-512-000-222"),
            ContactPoint(kind="handle", value="@anna", label="instagram"),
            ContactPoint(
                kind="address",
                value="",
                street="Długa 1; flat 2",
                city="Łódź",
                region="Łódzkie",
                label="home",
            ),
            ContactPoint(kind="address", value="", street="Krótka 3", postcode="00-001", is_primary=True),
            ContactPoint(kind="address", value="", city="Kraków"),
            ContactPoint(kind="address", value="The blue house behind the church; left", verified_at=1),
        ),
        identities=(Identity("ref", "R-0"), Identity("shop", "10042"), Identity("shop", "10043")),
        preferences=(
            Preference(topic="bread", value="rye"),
            Preference(topic="bread", value="wheat, sliced; thin"),
            Preference(topic="colour: of the box", value="blue", origin="inferred"),
        ),
        tags=("vip", "a, b", 'with "quotes"'),
        fields={
            "birthday": date(1899, 2, 28),
            "credit": "1234.50",
            "size": Decimal("37.5"),
            "visits": 2**53 + 1,
            "seen": 1_700_000_000_123_456,
            "gold": True,
            "bread": "rye",
            "topics": ("sale", "stories, long ones"),
            "note": "'=1\nسلام \u200fabc\n\tend",
        },
        lifecycle="former",
        customer_type="regular",
        owner_id=owner,
        locale="ur",
        timezone="Asia/Karachi",
        preferred_channel="phone",
        preferred_time="mornings",
    )


def told(crm: Crm) -> dict[str, Any]:
    """Everything on record about every customer but ids, uids and instants, by name."""
    every, cursor = [], None
    while True:
        page, cursor = crm.customers.list(1_000, cursor, archived=True)
        every += [crm.customers.get(each.id) for each in page]
        if cursor is None:
            break
    names = {each.id: each.name for each in every}
    people = {each.id: each.name for each in crm.people.list()}
    assert len(names) == len(set(names.values())), "names tell them apart"
    return {each.name: _told(crm, each, names, people) for each in every}


def _told(crm: Crm, customer: Any, names: dict[int, str], people: dict[int, str]) -> dict[str, Any]:
    plain = (
        "uid", "name", "given_name", "family_name", "is_organization", "lifecycle", "customer_type", "locale",
        "timezone", "preferred_channel", "preferred_time", "tags", "fields", "archived_at", "restricted_at",
    )  # fmt: skip
    points = {
        (
            p.kind,
            p.value,
            p.normalised,
            p.label,
            p.is_primary,
            p.street,
            p.city,
            p.postcode,
            p.region,
            p.country,
            p.verified_at,
        )
        for p in customer.contact_points
    }
    ties = crm.customers.relationships(customer.id)
    return {
        **{name: getattr(customer, name) for name in plain},
        "owner": people.get(customer.owner_id),
        "points": points,
        "identities": {str(each) for each in customer.identities},
        "preferences": {(p.topic, p.value, p.origin) for p in customer.preferences},
        "consents": [
            (c.purpose, c.channel, c.state, c.at, c.source, c.wording_version, c.evidence, c.actor)
            for c in crm.consent.show(customer.id)
        ],
        "ties": {(t.kind, names[t.other_id], t.since, t.until) for t in ties if t.customer_id == customer.id},
    }
