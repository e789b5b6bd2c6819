"""What a person decides about effects that wait: paused, resumed, cancelled. The change log says who did."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.effects.holding import CHANNEL, RULE, Hold, holds
from crmkit.core.errors import Conflict
from crmkit.core.model.strategy import CLAIMED, HANDING_OVER, PENDING, SKIPPED
from crmkit.core.phrase import phrase
from crmkit.core.strategy.origins import origin_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

_ENTITY: Final = "hold_on"


@frozen
class Cancelled:
    """How many effects were cancelled, and how many were on their way: they may arrive, and are not tried
    again."""

    count: int
    on_their_way: int = 0


def pause(kernel: Kernel, tx: Transaction, kind: str, name: str, until: int | None) -> Hold:
    """Hold this back from now on."""
    table = kernel.tables.hold_on
    tx.execute(table.delete().where(table.c.kind == kind, table.c.name == name))
    values = {"kind": kind, "name": name, "at": tx.at, "until": until, "actor": tx.actor.name}
    number = int(tx.execute(table.insert().values(**values).returning(table.c.id)).scalar_one())
    hold = Hold(number, kind, name, tx.at, until, tx.actor.name)
    told = json.dumps({"until": until})
    tx.append_change(("paused", _ENTITY, number, None, hold.what, None, told, "", ""))
    return hold


def resume(kernel: Kernel, tx: Transaction, kind: str, name: str) -> Hold:
    """Hold this back no more; what waited has 48 hours again from its next try on."""
    table, effect = kernel.tables.hold_on, kernel.tables.effect
    there = {(each.kind, each.name): each for each in holds(tx.connection, tx.at)}
    hold = there.get((kind, name))
    if hold is None:
        paused = ", ".join(each.what for each in there.values())
        raise Conflict(
            "That is not paused",
            hint=phrase("Paused: {paused}", paused=paused) if paused else "Nothing is. See: crm status",
        )
    tx.execute(table.delete().where(table.c.id == hold.number))
    tx.append_change(("resumed", _ENTITY, hold.number, None, hold.what, None, None, "", ""))
    covered = {CHANNEL: effect.c.channel == name, RULE: effect.c.origin == origin_of(name)}.get(
        kind, sa.true()
    )
    waits = sa.and_(effect.c.due_at.is_not(None), effect.c.state == PENDING, covered)
    tx.execute(effect.update().where(waits).values(give_up_at=None))
    return hold


def cancel(
    kernel: Kernel,
    tx: Transaction,
    numbers: Collection[int],
    plan: int | None,
    rule: str | None,
    seen: Sequence[sa.ColumnElement[bool]],
    reason: str,
) -> Cancelled:
    """Skip for good what waits; what is on its way is marked, so that it does not come back. For a `reason`
    of the house's own, numbers that wait no more are left as they are."""
    table = kernel.tables.effect
    wanted = [*seen, table.c.due_at.is_not(None)]
    wanted += [table.c.id.in_(numbers)] if numbers else []
    wanted += [table.c.plan_id == plan] if plan is not None else []
    wanted += [table.c.origin == origin_of(rule)] if rule is not None else []
    said = reason or f"cancelled by {tx.actor.name}"
    if numbers:  # in the order in which whoever hands over locks them
        tx.execute(sa.select(table.c.id).where(*wanted).order_by(table.c.id).with_for_update()).all()
    waits = table.update().where(*wanted, table.c.state.in_((PENDING, CLAIMED)))
    count = tx.execute(
        waits.values(state=SKIPPED, reason=said, due_at=None, lease_until=None, settled_at=tx.at)
    ).rowcount
    leaving = table.update().where(*wanted, table.c.state == HANDING_OVER)
    on_their_way = tx.execute(leaving.values(due_at=None, reason=said)).rowcount
    if not reason and len(numbers) > count + on_their_way:
        raise Conflict(
            "Not all of these wait to be handed over; nothing was cancelled",
            hint="See what became of them: crm effects show EFFECT",
        )
    what = f"plan:{plan}" if plan is not None else f"rule:{rule}" if rule else "effects"
    told = json.dumps(
        {"cancelled": count, "numbers": sorted(numbers)[:100], **({"reason": reason} if reason else {})}
    )
    tx.append_change(("cancelled", "effect", 0, None, what, None, told, "", ""))
    return Cancelled(count, on_their_way)
