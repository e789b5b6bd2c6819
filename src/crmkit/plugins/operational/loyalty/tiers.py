"""Tiers: who has collected how many points over the qualifying time, and telling when that changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import parse_duration, zone_of
from crmkit.plugins.operational.loyalty.ledger import tell_all, total
from crmkit.plugins.operational.loyalty.model import ISSUED, POINTS
from crmkit.plugins.operational.loyalty.payloads import TierChanged
from crmkit.plugins.operational.loyalty.tables import TIER, entries

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

# From a column of customers to the conditions that it is of those who are asked about.
Whose = Callable[[Any], Sequence[sa.ColumnElement[bool]]]
# One at a time decides about tiers; who comes second leaves it to the next pass, and never waits.
_LOCK: Final = 0x74696572
_PASS: Final = 2_000


def reached(
    settings: LoyaltySettings,
    as_of: int,
    tz: tzinfo,
    *,
    past: bool = False,
    whose: Whose | None = None,
) -> sa.Select[Any]:
    """SELECT of `customer_id` and `value`, the tier, of those who have reached one: of everybody, or of those
    who are `whose`.

    What counts is what was issued over the qualifying time less what was taken back; spending and expiry
    change nothing.
    """
    entry = entries()
    since = parse_duration(settings.qualifying).before(as_of, tz)
    points = -total(entry.c.points)
    steps = [(points >= each.points, each.name) for each in reversed(settings.tiers)]
    known = [entry.c.known_at <= as_of, entry.c.at <= as_of] if past else []
    asked = whose(entry.c.customer_id) if whose else ()
    return (
        sa.select(entry.c.customer_id, sa.case(*steps).label("value"))
        .where(
            entry.c.account == ISSUED, entry.c.card == POINTS, entry.c.customer_id.is_not(None),
            entry.c.at > since, *known, *asked,
        )
        .group_by(entry.c.customer_id)
        .having(points >= settings.tiers[0].points)
    )  # fmt: skip


def tell_tiers(
    crm: Crm, tx: Transaction, settings: LoyaltySettings, customer_ids: Sequence[int] | None = None
) -> int:
    """Tell `loyalty.tier` of customers whose tier is another than was told last; how many, a pass at most."""
    if not settings.tiers or (customer_ids is not None and not customer_ids) or not _alone(tx):
        return 0
    table, customer = crm.plugins.table(TIER), crm.tables.customer
    whose = None if customer_ids is None else _named(customer, customer_ids)
    now = reached(settings, tx.at, zone_of(crm), whose=whose).subquery("now")
    differ = sa.func.coalesce(now.c.value, "") != sa.func.coalesce(table.c.tier, "")
    source = customer.outerjoin(now, now.c.customer_id == customer.c.id).outerjoin(
        table, table.c.customer_id == customer.c.id
    )
    query = sa.select(
        customer.c.id, now.c.value.label("tier"), table.c.tier.label("before"), table.c.id.label("kept")
    ).select_from(source)
    if whose is not None:
        query = query.where(*whose(customer.c.id))
    changed = tx.execute(query.where(differ).order_by(customer.c.id).limit(_PASS)).all()
    _keep(tx, table, changed)
    tell_all(
        crm,
        [(row.id, "loyalty.tier", TierChanged(tier=row.tier, before=row.before), None) for row in changed],
    )
    return len(changed)


def _named(customer: sa.Table, ids: Sequence[int]) -> Whose:
    """That a column is of these customers, whom the statement names once however often that is asked."""
    named = sa.select(customer.c.id).where(customer.c.id.in_(ids)).cte("named")
    return lambda column: (column.in_(sa.select(named.c.id)),)


def _keep(tx: Transaction, table: sa.Table, changed: Sequence[Any]) -> None:
    fresh = [{"customer_id": row.id, "tier": row.tier, "since": tx.at} for row in changed if row.kept is None]
    if fresh:
        tx.execute(sa.insert(table), fresh)
    others = [{"kept": row.kept, "now": row.tier, "at": tx.at} for row in changed if row.kept is not None]
    if others:
        tx.execute(
            sa.update(table)
            .where(table.c.id == sa.bindparam("kept"))
            .values(tier=sa.bindparam("now"), since=sa.bindparam("at")),
            others,
        )


def tier_pass(crm: Crm) -> bool:
    """Tell some of those whose tier changed because time went by; whether there may be more."""
    settings: LoyaltySettings = crm.plugins.settings("operational").loyalty
    with crm.transaction() as tx:
        return tell_tiers(crm, tx, settings) == _PASS


def _alone(tx: Transaction) -> bool:
    if tx.connection.dialect.name != "postgresql":
        return True
    return bool(tx.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))).scalar())
