"""Employees, teams and roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import Ambiguous, Conflict, Invalid, NotAllowed, NotFound
from crmkit.core.logs import changes_after


def test_employees_are_found_by_what_people_type(crm: Crm) -> None:
    """Id, uid, e-mail and the beginning of a name lead to the employee."""
    anna = crm.people.add("Anna Żak", email="Anna@Example.org", role="manager")
    for reference in (anna.id, str(anna.id), anna.uid, "ANNA@example.org", "anna zak", "anna"):
        assert crm.people.get(reference) == anna, reference
    with pytest.raises(NotFound):
        crm.people.get("Jan")
    crm.people.add("Anna Nowak")
    with pytest.raises(Ambiguous):
        crm.people.get("anna")


def test_a_team_in_the_place_of_a_person_is_called_one(crm: Crm) -> None:
    """With somebody who is in it; a name that is misspelt leads to the nearest."""
    crm.people.add_team("Fitters")
    with pytest.raises(NotFound) as alone:
        crm.people.get("fitters")
    assert alone.value.hint == "Fitters is a team. Where a command takes teams: --team Fitters"
    crm.people.add("Ola Lis", teams=["Fitters"])
    with pytest.raises(NotFound) as both:
        crm.people.get("Fitters")
    assert (
        both.value.hint == "Fitters is a team; Ola Lis is in it. Where a command takes teams: --team Fitters"
    )
    with pytest.raises(NotFound) as near:
        crm.people.get("Olla Lis")
    assert near.value.hint == 'Did you mean "Ola Lis"?'


def test_wrong_employees_are_refused(crm: Crm) -> None:
    """No name, an unknown role or team, an address that somebody has: nothing is added."""
    crm.people.add("Anna", email="anna@example.org")
    for problem, given in (
        (Invalid, {"name": "?"}),
        (NotFound, {"name": "J", "role": "manger"}),
        (NotFound, {"name": "J", "teams": ["none"]}),
        (Conflict, {"name": "J", "email": "ANNA@example.org"}),
        (Invalid, {"name": "J", "email": "x"}),
    ):
        with pytest.raises(problem):
            crm.people.add(**given)
    assert len(crm.people.list(left=True)) == 1


def test_teams_and_changes_are_logged(crm: Crm) -> None:
    """Who joined which team, when and by whom, is in the change log without a customer."""
    crm.people.add_team("Shops")
    crm.people.add_team("Mokotów", parent="shops")
    anna = crm.people.add("Anna", teams=["Mokotów"])
    assert anna.teams == ("Mokotów",)
    crm.people.leave(anna.id, "mokotow")
    crm.people.update(anna.id, role="viewer")
    assert [(team.name, team.parent) for team in crm.people.teams()] == [
        ("Mokotów", "Shops"),
        ("Shops", None),
    ]
    with crm.kernel.reading() as connection:
        log = [(c.entity, c.field, c.old, c.new) for c in changes_after(connection, 0, 100)]
        assert {c.customer_id for c in changes_after(connection, 0, 100)} == {None}
    assert log[-3:] == [
        ("employee", "team", None, "Mokotów"),
        ("employee", "team", "Mokotów", None),
        ("employee", "role", "clerk", "viewer"),
    ]


def test_the_last_administrator_stays(crm: Crm) -> None:
    """Somebody can always administer: the last one can neither leave nor change the role."""
    anna = crm.people.add("Anna", role="administrator")
    for change in ({"active": False}, {"role": "clerk"}):
        with pytest.raises(Conflict, match="last administrator"):
            crm.people.update(anna.id, **change)
    crm.people.add("Jan", role="administrator")
    assert not crm.people.deactivate(anna.id).active
    assert [each.name for each in crm.people.list()] == ["Jan"]


def test_who_has_left_cannot_act(crm: Crm) -> None:
    """Nothing is done in the name of somebody who has left."""
    crm.people.add("Jan", role="administrator")
    crm.people.deactivate(crm.people.add("Anna", role="administrator").id)
    with pytest.raises(NotAllowed, match="no longer works here"):
        crm.acting_as("Anna")


def test_roles_of_the_business(opened: Callable[..., Crm]) -> None:
    """A role of `crm.toml` takes the place of a built-in one, and its bearer is bound by it."""
    crm = opened('[roles.clerk]\npermissions = ["customers.read"]\nsees = "own"\n')
    clerk = next(role for role in crm.people.roles() if role.name == "clerk")
    assert (clerk.permissions, clerk.sees) == (frozenset({"customers.read"}), "own")
    crm.people.add("Anna")
    with pytest.raises(NotAllowed, match=r"customers\.write|may not add"):
        crm.acting_as("Anna").customers.tag("x", "y")
    with pytest.raises(NotAllowed):
        crm.acting_as("Anna").people.add("Me too")
