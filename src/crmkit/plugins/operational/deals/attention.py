"""What deals want today, and what a customer's page says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Money
from crmkit.plugin import N_, Due, Section, _, number, translated, written_money
from crmkit.plugins.operational.deals.contacts import Contacts
from crmkit.plugins.operational.deals.reading import as_day, is_open, is_stale, seen, table_of
from crmkit.plugins.operational.deals.settings import WON

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.operational.settings import Settings

_MOST = 500
_KINDS = {"open": N_("Open"), WON: N_("Won"), "lost": N_("Lost")}


def deals_due(day: date, crm: Crm, settings: Settings) -> Iterable[Due]:
    """Next steps due by `day`, and stale deals: nobody's, and those of whoever asks or is stood in for."""
    if not crm.actor.may("records.read"):
        return
    table, now = table_of(crm), crm.clock.now()
    mine = [is_open(table)]
    if ids := crm.people.covers.mine():
        mine.append(sa.or_(table.c.employee_id.is_(None), table.c.employee_id.in_(ids)))
    steps = sa.select(table).where(*mine, table.c.next_on <= day.isoformat()).order_by(table.c.next_on)
    quiet = sa.or_(table.c.next_on.is_(None), table.c.next_on <= day.isoformat())
    stale = sa.select(table).where(*mine, is_stale(table, dict(settings.deals.all), now), quiet)
    with crm.reading() as execute:
        for row in execute(seen(crm, steps).limit(_MOST)):
            yield Due(
                group=N_("Deals"), what=f"{row.next_step or _('Next step')}: {_called(row)}",
                customer_id=row.customer_id, on=date.fromisoformat(row.next_on),
                hint=f"crm deals next {row.id}",
            )  # fmt: skip
        for row in execute(seen(crm, stale).order_by(table.c.stage_since).limit(_MOST)):
            since = as_day(row.stage_since, crm)
            yield Due(
                group=N_("Stale deals"),
                what=_("{deal}, {stage} since {day}", deal=_called(row), stage=row.state, day=since),
                customer_id=row.customer_id, hint=f"crm deals show {row.id}",
            )  # fmt: skip


def deals_of(customers: Sequence[Customer], crm: Crm, _settings: Settings) -> Iterable[tuple[int, Section]]:
    """What customers' deals come to, and their parts in those of others."""
    if not crm.actor.may("records.read"):
        return
    table, ids = table_of(crm), [customer.id for customer in customers]
    kind = sa.case((is_open(table), "open"), (table.c.state == WON, WON), else_="lost")
    sums = (
        sa.select(table.c.customer_id, kind.label("kind"), sa.func.count(), sa.func.sum(table.c.value))
        .where(table.c.customer_id.in_(ids), table.c.archived_at.is_(None))
        .group_by(table.c.customer_id, kind)
    )
    lines: dict[int, list[tuple[str, str]]] = {}
    with crm.reading() as execute:
        found = {(row[0], row[1]): (row[2], row[3]) for row in execute(sums)}
    for customer_id in ids:
        for kind_ in ("open", WON, "lost"):
            if (customer_id, kind_) in found:
                count, value = found[customer_id, kind_]
                worth = Money(int(value or 0), crm.config.crs.currency)
                lines.setdefault(customer_id, []).append(
                    (
                        translated(_KINDS[kind_]),
                        _("{count} worth {worth}", count=number(count), worth=written_money(worth)),
                    )
                )
    for each in Contacts(crm).of_customers(ids):
        lines.setdefault(each.customer_id, []).append((f"deal:{each.deal_id}", each.role))
    for customer_id, said in lines.items():
        yield customer_id, Section(N_("Deals"), tuple(said))


def _called(row: Any) -> str:
    return f"{row.title or _('Deal')} (deal:{row.id})"
