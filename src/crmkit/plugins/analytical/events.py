"""The interactions that a statement is about: in force, up to its instant, by what was known then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import known_and_current

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import MetricQuestion

ANY: Final = "any"


def types_of(crm: Crm, name: str) -> tuple[str, ...]:
    """The stored name of a type, or those of all that are a contact for `any`. Raises `NotFound`."""
    types = crm.words.interaction_types
    if name == ANY:
        return tuple(each.name for each in types if each.contact)
    return (types[name].name,)


def events(
    question: MetricQuestion,
    types: Sequence[str],
    *columns: str,
    since: int | None = None,
    money: bool = False,
) -> sa.Select[Any]:
    """SELECT of `customer_id`, `occurred_at` and `columns` of the interactions of `types` from the instant
    `since`; with `money` of `amount` too, in minor units of the business's currency.

    Of everybody: narrow it by the question's `scope`. Raises `MissingRate`.
    """
    table = question.tables.interaction
    rows = table.c
    source, amount = question.worth(table) if money else (table, None)
    chosen: list[Any] = [rows.customer_id, rows.occurred_at, *(rows[name] for name in columns)]
    if amount is not None:
        chosen.append(amount.label("amount"))
    if not types:
        raise Invalid("There is no type of interaction to look at", hint="See them: crm words interactions")
    return (
        sa.select(*chosen)
        .select_from(source)
        .where(
            rows.type == types[0] if len(types) == 1 else rows.type.in_(types),
            rows.customer_id.is_not(None),
            rows.occurred_at <= question.as_of,
            known_and_current(question.tables, question.as_of)
            if question.past
            else rows.superseded_by.is_(None),
            *([rows.occurred_at >= since] if since is not None else []),
        )
    )


def theirs(question: MetricQuestion, select: sa.Select[Any], column: Any) -> sa.Select[Any]:
    """Only of the customers who are asked about and seen."""
    return select.where(*(column.in_(each) for each in question.scope))
