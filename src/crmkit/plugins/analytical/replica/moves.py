"""Of whom interactions changed hands since a position: the change log says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.analytical.replica.source import Log

# Everything else that happens to a customer may move what is theirs: merging and taking that back, erasing
# (also when only a period ran out), and undoing the import that brought them.
_HARMLESS: Final = ("created", "changed")


@frozen
class Moves:
    """To whom interactions may have come, and whether some may have become nobody's."""

    customers: tuple[int, ...] = ()
    to_nobody: bool = False


def moving(crm: Crm, since: int) -> Any:
    """The condition over the change log that an entry after `since` may have moved interactions."""
    change = crm.tables.change.c
    about = change.entity.in_(("customer", "interaction"))
    return sa.and_(change.seq > since, about, change.action.not_in(_HARMLESS))


def moves_since(crm: Crm, log: Log, since: int) -> Moves:
    """What moved after the entry `since` of the change log.

    Whoever gave something away need not be known: what they gave is somebody else's now, or nobody's.
    """
    change = crm.tables.change.c
    select = sa.select(change.entity, change.entity_id).where(moving(crm, since)).distinct()
    found = log.rows(select)
    customers = sorted(row["entity_id"] for row in found if row["entity"] == "customer")
    return Moves(tuple(customers), bool(found))
