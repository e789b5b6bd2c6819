"""What a customer's page and the day's work show of loyalty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import N_, Due, Section, _, ngettext, number
from crmkit.plugins.operational.loyalty.days import end_of, shown_until
from crmkit.plugins.operational.loyalty.ledger import lots, total
from crmkit.plugins.operational.loyalty.loyalty import Loyalty
from crmkit.plugins.operational.loyalty.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.operational.loyalty.model import Statement
    from crmkit.plugins.operational.settings import Settings

_SOON = 7


def sections(customers: Sequence[Customer], crm: Crm, _settings: Settings) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with points, tier, stamps and coupons."""
    if not customers:
        return
    for each in Loyalty(crm).statements([customer.id for customer in customers], limit=1):
        lines = tuple(_lines(each, crm))
        if lines:
            yield each.customer_id, Section(N_("Loyalty"), lines)


def _lines(statement: Statement, crm: Crm) -> Iterator[tuple[str, str]]:
    if statement.lines:
        yield _("Points"), number(statement.balance)
    if statement.tier:
        yield _("Tier"), statement.tier
    for card, (has, needs) in statement.stamps.items():
        yield _("Stamps ({card})", card=card), _("{part} of {whole}", part=number(has), whole=number(needs))
    for at, points in statement.expiring[:1]:
        said = ngettext("{count} point on {day}", "{count} points on {day}", points, day=shown_until(crm, at))
        yield _("Next to expire"), said
    for coupon in statement.coupons[:3]:
        yield coupon.label, coupon.code
    if len(statement.coupons) > 3:
        yield _("More coupons"), number(len(statement.coupons) - 3)


def expiring_soon(day: date, crm: Crm, _settings: Settings) -> Iterator[Due]:
    """How many points customers of whoever asks lose within a week: one line, not one for each of them."""
    entry, customer = crm.plugins.table(ENTRY), crm.tables.customer
    lot = lots(entry)
    query = sa.select(
        sa.func.count(sa.distinct(lot.c.customer_id)).label("customers"),
        total(lot.c.remaining).label("points"),
    ).join_from(lot, customer, customer.c.id == lot.c.customer_id)
    until = day + timedelta(days=_SOON)
    query = query.where(lot.c.remaining > 0, lot.c.expires_at < end_of(crm, until), *crm.seen())
    with crm.reading() as execute:
        row = execute(query).one()
    if row.customers:
        yield Due(
            group=N_("Loyalty"),
            what=ngettext(
                "{count} customer loses {points} points by {day}",
                "{count} customers lose {points} points by {day}",
                row.customers,
                points=number(row.points),
                day=until,
            ),
            on=until,
            hint="crm customers list --where 'points_expiring(7 days) > 0'",
        )
