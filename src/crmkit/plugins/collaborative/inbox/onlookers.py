"""Who has a conversation before them, so that two do not answer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit import Conflict
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.inbox.record_type import CONVERSATION
from crmkit.plugins.collaborative.inbox.tables import ENTRY, VIEW

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.collaborative.inbox.model import Conversation

# So long somebody counts as looking on, or writing.
LATELY: Final = 10 * 60_000_000


@frozen(kw_only=True)
class Onlooker:
    """A colleague who has a conversation before them: since when, and whether they are writing."""

    employee_id: int
    name: str
    at: int
    is_answering: bool


class Onlookers:
    """Who looks at conversations, and has seen what of them."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(VIEW)

    def others(self, conversation: int) -> tuple[Onlooker, ...]:
        """The colleagues who looked at it within the last ten minutes, the latest first."""
        c, employee = self._table.c, self._crm.tables.employee.c
        since = self._crm.clock.now() - LATELY
        query = (
            sa.select(c.employee_id, employee.name, c.seen_at, c.answering_at)
            .join(self._crm.tables.employee, employee.id == c.employee_id)
            .where(c.conversation_id == conversation, c.seen_at > since)
            .order_by(c.seen_at.desc())
        )
        with self._crm.reading() as execute:
            rows = execute(query).all()
        return tuple(
            Onlooker(
                employee_id=id_, name=name, at=max(seen_at, answering_at or 0),
                is_answering=answering_at is not None and answering_at > since,
            )
            for id_, name, seen_at, answering_at in rows if id_ != self._crm.actor.id
        )  # fmt: skip

    def look(self, found: Conversation, *, answering: bool = False) -> int:
        """The acting employee sees it as it is now; the number of its newest message."""
        with self._crm.transaction() as tx:
            newest = self.newest(tx, found.id)
            values: dict[str, Any] = {"seen": newest, "seen_at": tx.at}
            if answering:
                values["answering_at"] = tx.at
            self._note(tx, found, values)
        return newest

    def claim(self, found: Conversation, seen: int | None, *, anyway: bool) -> None:
        """The acting employee answers now, having seen it up to message `seen` (by what is on record, when
        None). Of two at once the second finds what the first has done.

        Raises `Conflict` where somebody has answered, or the customer written, meanwhile.
        """
        with self._crm.transaction() as tx:
            self._lock(tx, found.id)
            if not anyway:
                self._refuse_unseen(tx, found, seen)
            self._note(tx, found, {"seen": self.newest(tx, found.id), "seen_at": tx.at, "answered_at": tx.at})

    def release(self, found: Conversation, *, answered: bool) -> None:
        """They are done; nothing was sent where it was not `answered`."""
        with self._crm.transaction() as tx:
            values: dict[str, Any] = {
                "seen": self.newest(tx, found.id),
                "seen_at": tx.at,
                "answering_at": None,
            }
            if not answered:
                values["answered_at"] = None
            self._note(tx, found, values)

    def newest(self, tx: Transaction, conversation: int) -> int:
        """The number of its newest message, 0 without one."""
        entry = self._crm.plugins.table(ENTRY).c
        query = sa.select(sa.func.max(entry.seq)).where(entry.conversation_id == conversation)
        return int(tx.execute(query).scalar() or 0)

    def _refuse_unseen(self, tx: Transaction, found: Conversation, seen: int | None) -> None:
        me, c = self._crm.actor.id, self._table.c
        mine: Any = tx.execute(
            sa.select(c.seen, c.seen_at).where(c.conversation_id == found.id, c.employee_id == me)
        ).first()
        looked_at = mine.seen_at if mine is not None else tx.at - LATELY
        if seen is None:
            seen = mine.seen if mine is not None else None
        hint = phrase("See what was said: crm inbox show {id}. To answer all the same: --anyway", id=found.id)
        query = (
            sa.select(self._crm.tables.employee.c.name, c.answered_at)
            .join(self._crm.tables.employee, self._crm.tables.employee.c.id == c.employee_id)
            .where(
                c.conversation_id == found.id, c.answered_at > looked_at, c.employee_id.is_distinct_from(me)
            )
        )
        other = tx.execute(query.order_by(c.answered_at.desc())).first()
        if other is not None:
            raise Conflict(
                phrase("{other} has answered conversation {id} meanwhile", other=other[0], id=found.id),
                hint=hint,
            )
        if seen is not None and self._written_since(tx, found.id, seen):
            raise Conflict(
                phrase("More was written in conversation {id} than you have seen", id=found.id), hint=hint
            )

    def _written_since(self, tx: Transaction, conversation: int, seen: int) -> bool:
        """Whether there is a message of somebody else after number `seen`."""
        entry, log = self._crm.plugins.table(ENTRY).c, self._crm.tables.interaction
        query = (
            sa.select(entry.seq)
            .join(log, log.c.seq == entry.seq)
            .where(
                entry.conversation_id == conversation, entry.seq > seen,
                log.c.employee_id.is_distinct_from(self._crm.actor.id) | (log.c.direction == "in"),
            )
        )  # fmt: skip
        return tx.execute(query.limit(1)).first() is not None

    def _lock(self, tx: Transaction, conversation: int) -> None:
        """Have others wait who answer it now."""
        table = self._crm.tables.records[CONVERSATION]
        tx.execute(sa.select(table.c.id).where(table.c.id == conversation).with_for_update())

    def _note(self, tx: Transaction, found: Conversation, values: dict[str, Any]) -> None:
        me, c = self._crm.actor.id, self._table.c
        if me is None:
            return
        mine = sa.and_(c.conversation_id == found.id, c.employee_id == me)
        if not tx.execute(self._table.update().where(mine).values(**values)).rowcount:
            tx.execute(
                self._table.insert().values(
                    customer_id=found.customer_id, conversation_id=found.id, employee_id=me, **values
                )
            )
