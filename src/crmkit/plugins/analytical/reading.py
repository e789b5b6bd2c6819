"""Where the plugin's statements over many customers run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit import Crm


def answer(crm: Crm, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> Sequence[sa.Row[Any]]:
    """The rows of a statement over `crm.tables`, with every parameter bound: `row.name` or by position.

    The replica answers where it is fresh and has the columns, else the database. The statement narrows itself
    to the customers whom the acting person sees.
    """
    return crm.answer(select).rows
