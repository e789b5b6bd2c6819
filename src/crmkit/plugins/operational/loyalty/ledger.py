"""The ledger: every movement is two rows that sum to zero, and no row is ever changed.

What is left of each lot of points is not stored but follows from the rows: whatever was drawn counts against
the lots that expire first. So rows can change hands at a merge, and go back, and everything still sums.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import InteractionDraft
from crmkit.plugin import N_
from crmkit.plugins.operational.loyalty.model import COUNTER, CUSTOMER, LOTS, POINTS, Movement
from crmkit.plugins.operational.loyalty.payloads import PointsMoved
from crmkit.plugins.operational.loyalty.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm, RecordReport
    from crmkit.plugin import Transaction

SOURCE: Final = "operational.loyalty"
_NEVER: Final = 1 << 62
_PASS: Final = 2_000
_log = logging.getLogger("crmkit.loyalty")


def post(crm: Crm, tx: Transaction, movements: Iterable[Movement]) -> int:
    """Enter movements, each as two rows; how many there were. Those of no points are left out."""
    rows = [row for each in movements if each.points for row in _rows(each)]
    if rows:
        tx.execute(sa.insert(crm.plugins.table(ENTRY)), rows)
    return len(rows) // 2


def _rows(movement: Movement) -> Iterable[dict[str, Any]]:
    row = {
        "customer_id": movement.customer_id, "card": movement.card, "kind": movement.kind,
        "rule": movement.rule, "about": movement.about, "because_of": movement.because_of,
        "at": movement.at, "known_at": movement.known_at, "note": movement.note,
        "employee_id": movement.employee_id,
    }  # fmt: skip
    yield {**row, "account": CUSTOMER, "points": movement.points, "expires_at": movement.expires_at}
    yield {**row, "account": COUNTER[movement.kind], "points": -movement.points, "expires_at": None}


def total(points: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The sum of points, as a whole number on every engine."""
    return sa.cast(sa.func.coalesce(sa.func.sum(points), 0), sa.BigInteger)


def theirs(entry: sa.FromClause, card: str = POINTS) -> sa.ColumnElement[bool]:
    """The condition for the rows that are customers' own points, or stamps of a card."""
    return sa.and_(entry.c.account == CUSTOMER, entry.c.card == card, entry.c.customer_id.is_not(None))


def balance(crm: Crm, execute: Callable[..., Any], customer_id: int, card: str = POINTS) -> int:
    """What a customer has; below zero where more was taken back than was left."""
    entry = crm.plugins.table(ENTRY)
    query = sa.select(total(entry.c.points)).where(theirs(entry, card), entry.c.customer_id == customer_id)
    return int(execute(query).scalar_one())


def lots(entry: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.Subquery:
    """(id, customer_id, expires_at, about, rule, remaining) of each lot of points, under `conditions`."""
    opens = sa.and_(entry.c.kind.in_(LOTS), entry.c.points > 0)
    whose, running = (
        entry.c.customer_id,
        sa.func.sum(entry.c.points).over(
            partition_by=entry.c.customer_id,
            order_by=(sa.func.coalesce(entry.c.expires_at, _NEVER), entry.c.id),
        ),
    )
    opened = (
        sa.select(
            entry.c.id, whose, entry.c.points, entry.c.expires_at, entry.c.about, entry.c.rule,
            sa.cast(running, sa.BigInteger).label("running"),
        )
        .where(theirs(entry), opens, *conditions)
        .subquery("opened")
    )  # fmt: skip
    drawn = (
        sa.select(whose, (-total(entry.c.points)).label("points"))
        .where(theirs(entry), sa.not_(opens), *conditions)
        .group_by(whose)
        .subquery("drawn")
    )
    beyond = opened.c.running - sa.func.coalesce(drawn.c.points, 0)
    left = sa.case((beyond <= 0, 0), (beyond >= opened.c.points, opened.c.points), else_=beyond)
    columns = (opened.c[name] for name in ("id", "customer_id", "expires_at", "about", "rule"))
    return (
        sa.select(*columns, sa.cast(left, sa.BigInteger).label("remaining"))
        .select_from(opened.outerjoin(drawn, drawn.c.customer_id == opened.c.customer_id))
        .subquery("lot")
    )


def hold(crm: Crm, tx: Transaction, customer_ids: Collection[int]) -> None:
    """Let nobody else spend or lose these customers' points until the unit of work ends."""
    customer = crm.tables.customer
    wanted = sa.select(customer.c.id).where(customer.c.id.in_(customer_ids)).order_by(customer.c.id)
    tx.execute(wanted.with_for_update(key_share=True)).all()


def expire(crm: Crm, tx: Transaction, customer_ids: Sequence[int]) -> int:
    """Take what is left of lots that have expired from customers who are held; how many points."""
    entry = crm.plugins.table(ENTRY)
    lot = lots(entry, entry.c.customer_id.in_(customer_ids))
    due = sa.select(lot).where(lot.c.expires_at <= tx.at, lot.c.remaining > 0).order_by(lot.c.id)
    lost: dict[int, int] = {}
    movements = []
    for row in tx.execute(due):
        lost[row.customer_id] = lost.get(row.customer_id, 0) + row.remaining
        movements.append(
            Movement(
                customer_id=row.customer_id, points=-row.remaining, kind="expired",
                because_of=f"expired:{row.id}:{tx.at}", at=tx.at, known_at=tx.at, rule=row.rule,
                about=row.about,
            )
        )  # fmt: skip
    post(crm, tx, movements)
    tell_all(crm, [(id_, "points.expired", PointsMoved(points=lost[id_]), None) for id_ in lost])
    return sum(lost.values())


def expire_pass(crm: Crm) -> bool:
    """Take expired points from some of the customers who have any; whether there may be more."""
    entry = crm.plugins.table(ENTRY)
    lot = lots(entry)
    with crm.transaction() as tx:
        due = sa.select(lot.c.customer_id).where(lot.c.expires_at <= tx.at, lot.c.remaining > 0)
        whose = list(tx.execute(due.distinct().order_by(lot.c.customer_id).limit(_PASS)).scalars())
        if whose:
            hold(crm, tx, whose)
            expire(crm, tx, whose)
    return len(whose) == _PASS


def tell(crm: Crm, customer_id: int, type_: str, payload: Any, told_by: str) -> None:
    """Put onto a timeline what somebody did by hand. Raises `Invalid` where a plugin refuses it."""
    _record(crm, [(customer_id, type_, payload, told_by)]).raise_refused()


def tell_all(crm: Crm, told: Sequence[tuple[int, str, Any, str | None]]) -> None:
    """Put (customer, type, payload, what it is told by) onto timelines. What is refused is named in the log,
    and holds nobody else's up."""
    report = _record(crm, told)
    if report.refused:
        said = N_("Movements of points and coupons that are not on timelines: %d (%s)")
        _log.warning(said, len(report.refused), report.reasons)


def _record(crm: Crm, told: Iterable[tuple[int, str, Any, str | None]]) -> RecordReport:
    drafts = [
        InteractionDraft(customer=customer_id, type=type_, payload=payload, source=SOURCE, source_ref=ref)
        for customer_id, type_, payload, ref in told
    ]
    return crm.interactions.record_all(drafts)
