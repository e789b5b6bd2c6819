"""Where the plugin's statements over many customers run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit import Crm


def answer(crm: Crm, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> Sequence[sa.Row[Any]]:
    """The rows of a statement over `crm.tables`, with every parameter bound: `row.name` or by position.

    It narrows itself to the customers whom the acting person sees.
    """
    with crm.reading() as execute:
        return list(execute(select))
