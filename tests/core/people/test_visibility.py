"""Who sees and changes which customers: role by operation, over own, a colleague's and others' customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.errors import Conflict, NotAllowed, NotFound
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity

ROLES = """
[roles.own]
permissions = ["customers.read", "customers.write", "consent.write"]
sees = "own"

[roles.team]
permissions = ["customers.read", "customers.write", "consent.write"]
sees = "team"

[roles.looker]
permissions = ["customers.read"]

[roles.nothing]
permissions = []
"""
OWN, TEAM, BENEATH, OTHER = "Own", "Team", "Beneath", "Other"
SEES = {
    "administrator": {OWN, TEAM, BENEATH, OTHER},
    "clerk": {OWN, TEAM, BENEATH, OTHER},
    "looker": {OWN, TEAM, BENEATH, OTHER},
    "team": {OWN, TEAM, BENEATH},
    "own": {OWN},
}
READING: dict[str, Callable[[Crm, str], Any]] = {
    "get": lambda crm, ref: crm.customers.get(ref),
    "resolve": lambda crm, ref: crm.customers.resolve(ref),
    "profile": lambda crm, ref: crm.customers.profile(ref),
    "history": lambda crm, ref: crm.customers.history(ref),
    "relationships": lambda crm, ref: crm.customers.relationships(ref),
    "consent": lambda crm, ref: crm.consent.show(ref),
}
WRITING: dict[str, Callable[[Crm, str], Any]] = {
    "update": lambda crm, ref: crm.customers.update(ref, CustomerDraft(lifecycle="lead")),
    "tag": lambda crm, ref: crm.customers.tag(ref, "seen"),
    "untag": lambda crm, ref: crm.customers.untag(ref, "seen"),
    "archive": lambda crm, ref: crm.customers.archive(ref),
    "restore": lambda crm, ref: crm.customers.restore(ref),
    "prefer": lambda crm, ref: crm.customers.prefer(ref, "bread", "rye"),
    "withdraw": lambda crm, ref: crm.consent.withdraw(ref, "offers", "phone"),
}


@pytest.fixture
def house(opened: Callable[..., Crm]) -> Crm:
    """Customers of the acting employee, a colleague, somebody in a team beneath, and a stranger."""
    crm = opened(ROLES)
    crm.people.add("Boss", role="administrator")
    crm.people.add_team("Shops")
    crm.people.add_team("Mokotow", parent="Shops")
    crm.people.add_team("Office")
    owners = {
        OWN: crm.people.add("Actor", teams=["Shops"]),
        TEAM: crm.people.add("Colleague", teams=["Shops"]),
        BENEATH: crm.people.add("Junior", teams=["Mokotow"]),
        OTHER: crm.people.add("Stranger", teams=["Office"]),
    }
    for name, owner in owners.items():
        email = ContactPoint(kind="email", value=f"{name}@example.org")
        crm.customers.save(
            CustomerDraft(
                name=name, owner_id=owner.id, contact_points=(email,), identities=(Identity("shop", name),)
            )
        )
    return crm


@pytest.mark.parametrize("role", SEES)
def test_who_sees_whom(house: Crm, role: str) -> None:
    """Lists, counts, searches and references show what the role sees; the rest is as if it were not."""
    house.people.update("Actor", role=role)
    crm, seen = house.acting_as("Actor"), SEES[role]
    assert {each.name for each in crm.customers.list()[0]} == seen
    assert crm.customers.count() == len(seen)
    assert {each.name for each in crm.customers.summaries(range(10))} == seen
    for name in (OWN, TEAM, BENEATH, OTHER):
        visible = name in seen
        assert bool(crm.customers.find(name)) is visible
        assert bool(crm.customers.find_by_email(f"{name}@example.org")) is visible
        id_ = house.customers.resolve(f"shop:{name}")
        for reference in (name, f"shop:{name}", f"{name}@example.org", str(id_)):
            for operation in READING.values():
                if visible:
                    operation(crm, reference)
                else:
                    with pytest.raises(NotFound):
                        operation(crm, reference)


@pytest.mark.parametrize("role", SEES)
def test_statements_of_ones_own(house: Crm, role: str) -> None:
    """`crm.seen` keeps a statement to the role's customers, also where it reads customers for another end."""
    house.people.update("Actor", role=role)
    crm = house.acting_as("Actor")
    customer, point, other = crm.tables.customer, crm.tables.contact_point, crm.tables.customer.alias()
    joined = sa.select(customer.c.name).join(other, other.c.name == customer.c.name)
    with crm.reading() as execute:
        by_column = execute(sa.select(point.c.value).where(*crm.seen(point.c.customer_id))).scalars()
        assert {each.partition("@")[0] for each in by_column} == SEES[role]
        assert set(execute(sa.select(customer.c.name).where(*crm.seen())).scalars()) == SEES[role]
        assert set(execute(joined.where(*crm.seen(other.c.id))).scalars()) == SEES[role]


@pytest.mark.parametrize("role", ["administrator", "clerk", "looker", "team", "own", "nothing"])
def test_who_changes_whom(house: Crm, role: str) -> None:
    """Writing needs the permission, and a customer whom one sees: others are not found."""
    house.people.update("Actor", role=role)
    crm = house.acting_as("Actor")
    for name in (OWN, TEAM, BENEATH, OTHER):
        for operation in WRITING.values():
            if role in ("looker", "nothing"):
                with pytest.raises(NotAllowed):
                    operation(crm, f"shop:{name}")
            elif name in SEES[role]:
                operation(crm, f"shop:{name}")
            else:
                with pytest.raises(NotFound):
                    operation(crm, f"shop:{name}")


def test_without_the_right_to_read_nothing_opens(house: Crm) -> None:
    """A role without permissions reads nothing."""
    house.people.update("Actor", role="nothing")
    crm = house.acting_as("Actor")
    for operation in READING.values():
        with pytest.raises(NotAllowed):
            operation(crm, OWN)
    for ask in (crm.customers.list, crm.customers.count, lambda: crm.customers.find("own")):
        with pytest.raises(NotAllowed):
            ask()


def test_saving_does_not_reach_whom_one_does_not_see(house: Crm) -> None:
    """An import finds only whom its actor sees; an identity that somebody unseen has is refused."""
    house.people.update("Actor", role="own")
    crm = house.acting_as("Actor")
    stranger = house.customers.get("shop:Other")
    address = ContactPoint(kind="email", value="Other@example.org")
    report = crm.customers.save_all(
        [
            CustomerDraft(name="X", identities=(Identity("shop", "Other"),)),
            CustomerDraft(name="X", id=stranger.id),
            CustomerDraft(name="Mine", contact_points=(address,)),
        ]
    )
    assert [(each.index, each.code) for each in report.refused] == [(0, "conflict"), (1, "not_found")]
    assert report.created == 1
    assert house.customers.get(stranger.id) == stranger
    with pytest.raises(Conflict, match="whom you do not see"):
        crm.customers.save(CustomerDraft(name="X", identities=(Identity("shop", "Other"),)))


def test_a_right_taken_away_stops_the_next_call(house: Crm) -> None:
    """Who is already at work loses a right, or a team, or the job, with the next call."""
    house.people.update("Actor", role="team")
    crm = house.acting_as("Actor")
    crm.customers.tag(TEAM, "a")
    house.people.leave("Actor", "Shops")
    with pytest.raises(NotFound):
        crm.customers.tag(TEAM, "b")
    crm.customers.tag(OWN, "c")
    house.people.update("Actor", role="looker")
    assert crm.customers.get(OTHER).name == OTHER
    with pytest.raises(NotAllowed):
        crm.customers.tag(OWN, "d")
    house.people.deactivate("Actor")
    with pytest.raises(NotAllowed, match="no longer works here"):
        crm.customers.get(OWN)
