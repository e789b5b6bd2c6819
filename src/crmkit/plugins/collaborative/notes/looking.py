"""Which entries of the log are in a feed, the last recorded first: statements that stay quick in a long log.

Of few customers their own entries are read, by the index over customers; of many, the newest part of the log,
in which some are theirs; only where that is not enough is all of theirs read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugins.collaborative.notes.tables import FOLLOW, MENTION

if TYPE_CHECKING:
    from crmkit import Crm

Execute = Callable[..., Any]
VOIDED: Final = "voided"
# Imported history is no news, but last night's log of telephone calls is.
_NEWS: Final = 7 * 86_400_000_000
_FEW: Final = 3_000
_NEWEST: Final = 50_000
# Clocks may differ, and a long unit of work has begun before others that were recorded earlier.
_SLACK: Final = 3_600_000_000


@frozen(kw_only=True)
class Scope:
    """Whose entries: those of `customers` (a select of ids, None for everybody's), and `mentions` (a select
    of numbers), if any; with `history` also what was imported of long ago.

    `concerns` says of the column of an entry's customer what `customers` says, for each entry by itself.
    """

    customers: Any = None
    mentions: Any = None
    history: bool = False
    concerns: Callable[[Any], Any] | None = None


@frozen(kw_only=True)
class Window:
    """Which of them: before entry `before`, after entry `after`, recorded from `since` on, not by `but_by`.

    Of those that mention nobody, only what comes after `read_to`, and none of the types `leave_out`.
    """

    before: int | None = None
    after: int = 0
    since: int | None = None
    but_by: int | None = None
    read_to: int = 0
    leave_out: tuple[str, ...] = ()


def mine(crm: Crm, employee_id: int, *, unseen: bool = False) -> Scope:
    """The customers whom an employee follows or looks after, and what mentions them, seen or not."""
    mention = crm.plugins.table(MENTION)
    named = sa.select(mention.c.seq).where(mention.c.employee_id == employee_id)
    if unseen:
        named = named.where(mention.c.seen_at.is_(None))
    return _of_employees(crm, [employee_id], named)


def team(crm: Crm, name: str, member_ids: list[int]) -> Scope:
    """The customers whom members of a team follow or look after, and what mentions the team."""
    mention = crm.plugins.table(MENTION)
    named = sa.select(mention.c.seq).where(mention.c.team == name, mention.c.employee_id.in_(member_ids))
    return _of_employees(crm, member_ids, named)


def _of_employees(crm: Crm, ids: list[int], mentions: Any) -> Scope:
    follow, customer = crm.plugins.table(FOLLOW), crm.tables.customer
    followed, owned = follow.c.employee_id.in_(ids), customer.c.owner_id.in_(ids)

    def concerns(whose: Any) -> Any:
        return sa.or_(
            sa.exists(sa.select(follow.c.id).where(follow.c.customer_id == whose, followed)),
            sa.exists(sa.select(customer.c.id).where(customer.c.id == whose, owned)),
        )

    either = sa.union_all(
        sa.select(follow.c.customer_id).where(followed), sa.select(customer.c.id).where(owned)
    )
    return Scope(customers=either, mentions=mentions, concerns=concerns)


def these(crm: Crm, customer_ids: list[int]) -> Scope:
    """These customers, whatever is on record of them."""
    customer = crm.tables.customer
    return Scope(customers=sa.select(customer.c.id).where(customer.c.id.in_(customer_ids)), history=True)


def look(crm: Crm, execute: Execute, scope: Scope, window: Window, limit: int) -> list[int]:
    """The numbers of at most `limit` entries that the acting person sees, the last recorded first."""
    log = _Log(crm, execute, scope, window)
    found = log.of_customers(limit)
    if scope.mentions is not None:
        found = sorted({*found, *log.mentioning(limit)}, reverse=True)[:limit]
    return found


def mentioning(crm: Crm, execute: Execute, scope: Scope, limit: int) -> list[int]:
    """The numbers of at most `limit` entries that mention, the last recorded first."""
    return _Log(crm, execute, scope, Window()).mentioning(limit)


class _Log:
    """One question to the log."""

    def __init__(self, crm: Crm, execute: Execute, scope: Scope, window: Window) -> None:
        self._crm, self._execute, self._scope, self._window = crm, execute, scope, window
        self._table, self._customer = crm.tables.interaction, crm.tables.customer
        self._visible = crm.visible()
        self._floor = 0 if window.since is None else self._recorded_from(window.since - _SLACK)

    def of_customers(self, limit: int) -> list[int]:
        """Entries of the scope's customers."""
        seq, whose = self._table.c.seq, self._table.c.customer_id
        query = self._entries(*self._news())
        customers = self._customers()
        if customers is None:
            return self._numbers(query, limit)
        if not self._are_few(customers):
            end = self._end()
            recent = query.where(seq > end - _NEWEST, *self._one_by_one(whose))
            found = self._numbers(recent, limit)
            if len(found) == limit or end <= _NEWEST:
                return found
        return self._numbers(query.where(whose.in_(customers)), limit)

    def mentioning(self, limit: int) -> list[int]:
        """Entries that mention."""
        query = self._entries(self._table.c.seq.in_(self._scope.mentions))
        if self._visible is not None:
            seen = sa.select(self._customer.c.id).where(self._visible)
            query = query.where(self._table.c.customer_id.in_(seen))
        return self._numbers(query, limit)

    def _entries(self, *conditions: Any) -> Any:
        column, window = self._table.c, self._window
        query = sa.select(column.seq).where(
            column.superseded_by.is_(None), column.type != VOIDED, column.customer_id.is_not(None)
        )
        if self._floor or window.after:
            query = query.where(column.seq >= max(self._floor, window.after + 1))
        if window.before is not None:
            query = query.where(column.seq < window.before)
        if window.since is not None:
            query = query.where(column.recorded_at >= window.since)
        if window.but_by is not None:
            query = query.where(sa.or_(column.employee_id.is_(None), column.employee_id != window.but_by))
        return query.where(*conditions)

    def _news(self) -> Iterator[Any]:
        column, window = self._table.c, self._window
        if window.read_to:
            yield column.seq > window.read_to
        if window.leave_out:
            yield column.type.not_in(window.leave_out)
        if not self._scope.history:
            yield column.known_at >= column.recorded_at - _NEWS

    def _customers(self) -> Any:
        """The customers of the scope whom the acting person sees; None for everybody."""
        asked = self._scope.customers
        if self._visible is None:
            return asked
        seen = sa.select(self._customer.c.id).where(self._visible)
        return seen if asked is None else seen.where(self._customer.c.id.in_(asked))

    def _one_by_one(self, whose: Any) -> Iterator[Any]:
        """That an entry is of a customer of the scope whom the acting person sees, asked of each entry, and
        not of all customers first, who are many."""
        if self._scope.concerns is not None:
            yield self._scope.concerns(whose)
        elif self._scope.customers is not None:
            yield whose.in_(self._scope.customers)
        if self._visible is not None:
            customer = self._customer
            yield sa.exists(sa.select(customer.c.id).where(customer.c.id == whose, self._visible))

    def _are_few(self, customers: Any) -> bool:
        among = customers.limit(_FEW + 1).subquery()
        return int(self._execute(sa.select(sa.func.count()).select_from(among)).scalar_one()) <= _FEW

    def _end(self) -> int:
        if self._window.before is not None:
            return self._window.before
        return int(self._execute(sa.select(sa.func.max(self._table.c.seq))).scalar() or 0)

    def _numbers(self, query: Any, limit: int) -> list[int]:
        return list(self._execute(query.order_by(self._table.c.seq.desc()).limit(limit)).scalars())

    def _recorded_from(self, since: int) -> int:
        """The number of about the first entry recorded from an instant on: numbers follow the order in which
        entries were recorded, so halving finds it."""
        column, low, high = self._table.c, 0, self._end() + 1
        while low < high:
            middle = (low + high) // 2
            query = sa.select(column.recorded_at).where(column.seq >= middle).order_by(column.seq).limit(1)
            at = self._execute(query).scalar()
            if at is None or at >= since:
                high = middle
            else:
                low = middle + 1
        return low
