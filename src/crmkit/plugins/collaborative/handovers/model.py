"""Handovers as values."""

from __future__ import annotations

from typing import Any, Final

from attrs import fields, frozen


@frozen(kw_only=True)
class Handover:
    """A promise to a customer as it is. Instants are microseconds UTC.

    `employee_id` is who is to keep it, None while a team has it and nobody accepted; `from_employee` is the
    uid of who handed it over, None for crmkit itself. `accept_minutes` are working minutes.
    """

    id: int
    customer_id: int
    employee_id: int | None
    state: str
    promise: str
    by: int
    accept_by: int | None
    from_employee: str | None
    to_team: str | None
    team: str | None
    reason: str | None
    note: str | None
    about: str | None
    told_customer: bool
    done_late: bool
    passed_from: str | None
    passed_to: str | None
    made_at: int
    accepted_at: int | None
    refused_at: int | None
    dropped_at: int | None
    broken_at: int | None
    settled_at: int | None
    next_at: int | None
    accept_minutes: int | None
    to_tell: str | None
    version: int
    archived_at: int | None

    @property
    def ref(self) -> str:
        """`handover:12`."""
        return f"handover:{self.id}"


_NAMES: Final = tuple(each.name for each in fields(Handover))


def handover_of(row: Any) -> Handover:
    """The handover of a row of its table."""
    found = row._mapping  # noqa: SLF001 - the public name of SQLAlchemy's rows for what they hold
    own = {name: found[name] for name in _NAMES}
    own |= {name: bool(own[name]) for name in ("told_customer", "done_late")}
    own["made_at"] = found["created_at"] if own["made_at"] is None else own["made_at"]
    return Handover(**own)
