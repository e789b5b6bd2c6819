"""Messages that could not be read: where they lie and why, so that others go on and somebody can look."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit import CrmError
from crmkit.plugins.email.incoming.characters import safe_line
from crmkit.plugins.email.tables import PARKED

if TYPE_CHECKING:
    from crmkit import Crm

KEPT: Final = 30 * 86_400 * 1_000_000


@frozen(kw_only=True)
class ParkedMail:
    """A message that could not be read: where it lies, why, since when (microseconds UTC), how often it was
    tried."""

    id: int
    place: str
    key: str
    reason: str
    at: int
    tries: int


def park(crm: Crm, place: str, key: str, reason: str) -> None:
    """Remember a message that could not be read; once more of the same counts as another try."""
    table = crm.plugins.table(PARKED)
    with crm.transaction() as tx:
        same = sa.and_(table.c.place == place, table.c.key == key)
        again = tx.execute(sa.update(table).where(same).values(reason=reason, tries=table.c.tries + 1))
        if not again.rowcount:
            tx.execute(sa.insert(table).values(place=place, key=key, reason=reason, at=tx.at))


def unpark(crm: Crm, ids: Collection[int]) -> None:
    """Forget these."""
    table = crm.plugins.table(PARKED)
    with crm.transaction() as tx:
        tx.execute(sa.delete(table).where(table.c.id.in_(ids)))


def forget_old(crm: Crm) -> None:
    """Forget what has been parked for 30 days: nobody will look any more."""
    table = crm.plugins.table(PARKED)
    with crm.reading() as execute:
        if not execute(sa.select(table.c.id).where(table.c.at < crm.clock.now() - KEPT).limit(1)).first():
            return
    with crm.transaction() as tx:
        tx.execute(sa.delete(table).where(table.c.at < tx.at - KEPT))


def parked(crm: Crm) -> Sequence[ParkedMail]:
    """All of them, the oldest first."""
    table = crm.plugins.table(PARKED)
    with crm.reading() as execute:
        return tuple(ParkedMail(**row) for row in execute(sa.select(table).order_by(table.c.id)).mappings())


def why(error: Exception) -> str:
    """What went wrong, without a word of the message: it is personal, and may stay where it is."""
    if isinstance(error, CrmError):
        return safe_line(error.message, 300)
    frames = traceback.extract_tb(error.__traceback__)
    at = f" ({frames[-1].filename.rpartition('/')[2]}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{at}"
