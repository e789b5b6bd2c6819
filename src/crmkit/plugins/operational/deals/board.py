"""The board: what stands in each stage of a pipeline, in two statements however many deals there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit import Money, NotFound
from crmkit.plugin import phrase
from crmkit.plugins.operational.deals.reading import DAY, is_open, is_stale, seen, table_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.deals.settings import DealSettings, Pipeline


@frozen(kw_only=True)
class Card:
    """A deal on the board: `days` it has been in its stage, and whether that is too long."""

    id: int
    name: str
    customer: str
    value: Money | None
    days: int
    stale: bool


@frozen(kw_only=True)
class BoardStage:
    """A stage on the board: how many deals, what they are worth, how many are stale, and the largest."""

    stage: str
    probability: int
    deals: int
    value: Money
    stale: int
    cards: tuple[Card, ...] = ()


def pipeline_named(deals: DealSettings, name: str | None) -> tuple[str, Pipeline]:
    """The pipeline called so; the usual one, when None. Raises `NotFound`."""
    wanted = name or deals.usual
    if wanted not in deals.all:
        raise NotFound(
            phrase('There is no pipeline "{pipeline}"', pipeline=wanted),
            hint=phrase("There are: {names}.", names=", ".join(deals.all)),
        )
    return wanted, deals.all[wanted]


def board(
    crm: Crm, deals: DealSettings, pipeline: str | None, owner: int | str | None, top: int
) -> Sequence[BoardStage]:
    """The open stages in their order, the `top` largest deals of each as cards."""
    crm.require("records.read")
    name, stages = pipeline_named(deals, pipeline)
    table, now = table_of(crm), crm.clock.now()
    conditions = [is_open(table), table.c.pipeline == name]
    if owner is not None:
        conditions.append(table.c.employee_id == crm.people.get(owner).id)
    stale, names = is_stale(table, {name: stages}, now), [each.name for each in stages.open]
    with crm.reading() as execute:
        sums = {row.state: row for row in execute(_sums(crm, table, conditions, stale))}
        cards: dict[str, list[Card]] = {}
        for row in execute(_largest(crm, table, names, conditions, stale, top)) if top else ():
            cards.setdefault(row.state, []).append(_card(row, now, crm.config.crs.currency))
    own = crm.config.crs.currency
    return [
        BoardStage(
            stage=each.name,
            probability=each.chance,
            deals=sums[each.name].deals if each.name in sums else 0,
            value=Money(int(sums[each.name].value or 0) if each.name in sums else 0, own),
            stale=int(sums[each.name].stale or 0) if each.name in sums else 0,
            cards=tuple(cards.get(each.name, ())),
        )
        for each in stages.open
    ]


def _sums(crm: Crm, table: sa.Table, conditions: Sequence[Any], stale: Any) -> sa.Select[Any]:
    return seen(
        crm,
        sa.select(
            table.c.state,
            sa.func.count().label("deals"),
            sa.func.sum(table.c.value).label("value"),
            sa.func.sum(sa.case((stale, 1), else_=0)).label("stale"),
        )
        .where(*conditions)
        .group_by(table.c.state),
    )


def _largest(
    crm: Crm, table: sa.Table, stages: Sequence[str], conditions: Sequence[Any], stale: Any, top: int
) -> sa.Select[Any]:
    """The largest of each stage: a few are picked from each, rather than all deals put into their order."""
    order = (sa.func.coalesce(table.c.value, 0).desc(), table.c.id)
    picked = [
        seen(crm, sa.select(table.c.id).where(*conditions, table.c.state == stage))
        .order_by(*order)
        .limit(top)
        .subquery(f"of_{stage}")
        for stage in stages
    ]
    chosen = sa.union_all(*(sa.select(each.c.id) for each in picked))
    customer = crm.tables.customer
    return (
        sa.select(
            table.c.id, table.c.state, table.c.title, table.c.value, table.c.stage_since,
            customer.c.name.label("customer"), sa.case((stale, 1), else_=0).label("stale"),
        )
        .join(customer, customer.c.id == table.c.customer_id)
        .where(table.c.id.in_(chosen))
        .order_by(*order)
    )  # fmt: skip


def _card(row: Any, now: int, currency: str) -> Card:
    return Card(
        id=row.id,
        name=row.title or phrase("Deal {id}", id=row.id),
        customer=row.customer,
        value=None if row.value is None else Money(row.value, currency),
        days=max(0, now - (row.stage_since or now)) // DAY,
        stale=bool(row.stale),
    )
