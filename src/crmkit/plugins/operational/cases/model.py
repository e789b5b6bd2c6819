"""Cases as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import fields_dict, frozen

from crmkit.plugins.operational.cases.clock import CaseClock


@frozen
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


_OWN: Final = tuple(fields_dict(Case))[:-1]
_CLOCK: Final = tuple(fields_dict(CaseClock))


def case_columns(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """What `case_of` reads of the table of cases; a column that is not declared is empty."""
    columns: dict[str, Any] = dict(table.c)
    found = {name: columns.get(name, sa.null()) for name in (*_OWN, *_CLOCK)}
    found["opened_at"] = sa.func.coalesce(found["opened_at"], table.c.created_at)
    for name in ("paused", "reopened"):
        found[name] = sa.func.coalesce(found[name], 0)
    return list(found.values())


def case_of(row: Sequence[Any]) -> Case:
    """The case of a row of `case_columns`."""
    own, clock = row[: len(_OWN)], row[len(_OWN) :]
    return Case(*own, CaseClock(*clock))  # type: ignore[call-arg] # as many as there are attributes
