"""New handovers: what they must say, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit import Invalid, NotAllowed
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.handovers.record_type import ACCEPTED, OFFERED, TIMES

if TYPE_CHECKING:
    from crmkit import Employee
    from crmkit.plugin import RecordDraft
    from crmkit.plugins.collaborative.handovers.terms import Terms

_SET = (*TIMES, "accept_minutes", "to_tell", "done_late")


def begun(draft: RecordDraft, customer: int, terms: Terms) -> RecordDraft:
    """A new handover with what follows from it. Raises `Invalid`, `NotAllowed`."""
    fields = dict(draft.fields)
    if fields.get("made_at") is not None:
        return _from_the_past(draft, fields, terms)
    if given := [name for name in _SET if fields.get(name)]:
        raise Invalid(phrase("{given} is set by itself", given=given[0]), hint="Leave it out.")
    employee, team = receiver_of(draft.owner, fields.get("to_team"), customer, terms)
    _settle_giver(fields, terms)
    _settle_times(fields, terms)
    is_own = employee is not None and employee.uid == terms.me
    state = ACCEPTED if is_own else OFFERED
    if draft.state not in (None, state):
        raise Invalid(
            phrase(
                'A handover begins as "{state}", not as "{draft_state}"', state=state, draft_state=draft.state
            ),
            hint="Leave the state out.",
        )
    fields |= {
        "to_team": team,
        "team": team_of(employee, team),
        "made_at": terms.at,
        "accepted_at": terms.at if is_own else None,
        "accept_minutes": 0 if is_own else None,
        "to_tell": terms.to_tell(state, None, employee.id if employee else None),
    }
    fields["next_at"] = terms.looked_at_next(state, fields)
    return evolve(draft, fields=fields, state=state, owner=employee.id if employee else "")


def receiver_of(
    owner: str | int | None, team: str | None, customer: int, terms: Terms
) -> tuple[Employee | None, str | None]:
    """The employee or the team that is given it: one of them, who sees the customer. Raises `Invalid`."""
    named = owner if owner not in (None, "") else None
    if (named is None) == (not team):
        raise Invalid(
            "A promise is handed to one employee, or to one team",
            hint="Say to whom: --to EMPLOYEE, or --team TEAM",
        )
    employee = terms.staff.employee(named) if named is not None else None
    name = terms.staff.team(team) if team else None
    terms.staff.require_receiver(employee, name, customer)
    return employee, name


def team_of(employee: Employee | None, team: str | None) -> str | None:
    """The team that it counts for: the one that was given it, or the first of the employee's."""
    return team or (employee.teams[0] if employee is not None and employee.teams else None)


def _settle_giver(fields: dict[str, Any], terms: Terms) -> None:
    """Whoever acts hands it over; for others only administrators do."""
    if fields.get("from_employee") is None:
        fields["from_employee"] = terms.me
        return
    giver = terms.staff.employee(fields["from_employee"])
    if giver.uid != terms.me and not terms.is_boss:
        raise NotAllowed(
            phrase("Only {giver} or an administrator hands over in the name of {giver}", giver=giver.name)
        )
    fields["from_employee"] = giver.uid


def _settle_times(fields: dict[str, Any], terms: Terms) -> None:
    if fields["by"] <= terms.at:
        raise Invalid("What is promised lies ahead; this time is over", hint="Say by when: --by friday")
    if fields.get("accept_by") is None:
        fields["accept_by"] = terms.accept_by(fields["by"])
    if not terms.at < fields["accept_by"] <= fields["by"]:
        raise Invalid(
            "It is to be accepted between now and when it is to be kept",
            hint="Leave accept_by out, and the business's own time holds.",
        )


def _from_the_past(draft: RecordDraft, fields: dict[str, Any], terms: Terms) -> RecordDraft:
    """What is brought in from a file keeps its times; that is for who may import."""
    terms.crm.require("customers.import")
    state = draft.state or OFFERED
    if fields["made_at"] > terms.at:
        raise Invalid("A handover from the past says when it was made, and that lies ahead")
    if fields.get("accept_by") is None:
        fields["accept_by"] = fields["by"]
    if state == ACCEPTED and fields.get("accepted_at") is None:
        fields["accepted_at"] = fields["made_at"]
    named = draft.owner if draft.owner not in (None, "") else None
    if fields.get("team") is None:
        employee = terms.staff.employee(named) if named is not None else None
        fields["team"] = team_of(employee, fields.get("to_team"))
    fields |= {"to_tell": None, "next_at": terms.looked_at_next(state, fields)}
    return evolve(draft, fields=fields, state=state)
