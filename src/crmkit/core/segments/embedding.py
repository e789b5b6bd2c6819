"""A predicate's SELECT for building into other statements, with every parameter filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.predicates.sql.prepared import Prepared
    from crmkit.core.views.valuing import Valued


def members_select(
    kernel: Kernel,
    predicate: Predicate,
    *,
    now: int,
    past_as_of: int | None,
    one: bool = False,
    dialect: str | None = None,
) -> sa.Select[Any]:
    """SELECT of `customer_id`; with `one` it is about the customer bound as a parameter."""
    statements = kernel.statements if dialect is None else kernel.bulk.statements(dialect)
    prepared = statements.prepare(predicate, past_as_of=past_as_of, now=now, one=one)
    return filled(prepared, now if past_as_of is None else past_as_of)


def filled(prepared: Prepared | Valued, as_of: int) -> sa.Select[Any]:
    """The statement of `prepared` for one moment.

    Parameters become values without a name of their own: statements put side by side use the same names for
    different moments.
    """
    values = prepared.values(as_of)

    def value_of(element: Any, **_: Any) -> Any:
        if not isinstance(element, sa.BindParameter) or element.key not in values:
            return None
        value, expanding = values[element.key], element.expanding
        return sa.bindparam(None, value, type_=element.type, unique=True, expanding=expanding)

    found: Any = visitors.replacement_traverse(prepared.select, {}, value_of)
    return found  # type: ignore[no-any-return]
