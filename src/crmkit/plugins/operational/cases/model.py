"""Cases as values."""

from __future__ import annotations

from typing import Any

from attrs import fields_dict

from crmkit.plugin import frozen
from crmkit.plugins.operational.cases.clock import CaseClock
from crmkit.plugins.operational.cases.record_type import TIMES


@frozen(kw_only=True)
class Case:
    """A case as it is. `employee_id` is whose it is; `parent` and `merged_into` are such as `case:12`."""

    id: int
    customer_id: int
    employee_id: int | None
    state: str
    subject: str
    text: str | None
    queue: str | None
    category: str | None
    priority: str | None
    channel: str | None
    satisfaction: int | None
    parent: str | None
    merged_into: str | None
    routed_by: str | None
    version: int
    clock: CaseClock

    @property
    def ref(self) -> str:
        """`case:12`."""
        return f"case:{self.id}"


def case_of(row: Any) -> Case:
    """The case of a row of its table; a column that is not declared is empty."""
    found = row._mapping  # noqa: SLF001 - the public name of SQLAlchemy's rows for what they hold
    own = {name: found.get(name) for name in fields_dict(Case) if name != "clock"}
    times = {name: found.get(name) for name in TIMES}
    times |= {name: times[name] or 0 for name in ("paused", "reopened")}
    times["opened_at"] = found["created_at"] if times["opened_at"] is None else times["opened_at"]
    return Case(**own, clock=CaseClock(**times))
