"""How long what is kept: interactions are blanked when their period is over, silent customers proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.errors import Conflict, NotFound, TryAgain
from crmkit.core.instants import local_date
from crmkit.core.model.people import Actor
from crmkit.core.model.privacy import RetentionDue, RetentionReceipt
from crmkit.core.people.current import allowed
from crmkit.core.predicates.duration import Duration
from crmkit.core.privacy.erasing import blank_interactions
from crmkit.core.privacy.erasure import MANAGE, erase_one
from crmkit.core.privacy.holds import holds
from crmkit.core.privacy.scrubbing import scrub_now
from crmkit.core.store.suppression import ensure_key

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

CUSTOMERS: Final = "customers"
_BATCH: Final = 5_000


def period_of(text: str) -> Duration:
    """`2 years`, as `[retention]` was checked to say it."""
    amount, unit = text.split()
    return Duration(int(amount), unit.removesuffix("s"))


def due(kernel: Kernel, actor: Actor) -> list[RetentionDue]:
    """What the periods of `[retention]` say is due now."""
    now = kernel.clock.now()
    with kernel.reading() as connection:
        allowed(kernel, connection, actor, MANAGE)
        return [
            _due(kernel, connection, key, period, now)
            for key, period in sorted(kernel.config.retention.items(), key=lambda each: each[0] == CUSTOMERS)
        ]


def _due(kernel: Kernel, connection: sa.Connection, key: str, period: str, now: int) -> RetentionDue:
    before = period_of(period).before(now, kernel.tz)
    if key != CUSTOMERS:
        name = kernel.words.interaction_types[key].name
        query = sa.select(sa.func.count()).select_from(_old(kernel, name, before).subquery())
        count = int(connection.execute(query).scalar_one())
        return RetentionDue(key=name, period=period, before=before, count=count)
    found: list[int] = list(connection.scalars(_silent(kernel, before)))
    held = {hold.customer_id for hold in holds(kernel, connection, at=now)}
    ids = tuple(id_ for id_ in found if id_ not in held)
    return RetentionDue(
        key=key, period=period, before=before, count=len(ids), customer_ids=ids,
        held=tuple(id_ for id_ in found if id_ in held),
    )  # fmt: skip


def _old(kernel: Kernel, type_: str, before: int) -> sa.Select[tuple[int]]:
    """Interactions of a type that are over their time, and still somebody's who is not held."""
    table, hold = kernel.tables.interaction, kernel.tables.legal_hold
    today = local_date(kernel.clock.now(), kernel.tz).isoformat()
    in_force = (hold.c.lifted_at.is_(None), sa.or_(hold.c.until.is_(None), hold.c.until >= today))
    return sa.select(table.c.seq).where(
        table.c.type == type_,
        table.c.occurred_at < before,
        table.c.customer_id.is_not(None),
        table.c.customer_id.not_in(sa.select(hold.c.customer_id).where(*in_force)),
    )


def _silent(kernel: Kernel, before: int) -> sa.Select[tuple[int]]:
    """Customers older than that, of whom nothing was heard, changed or asked since."""
    customer, tables = kernel.tables.customer, kernel.tables
    since = [
        sa.select(tables.interaction.c.customer_id).where(tables.interaction.c.occurred_at >= before),
        sa.select(tables.change.c.customer_id).where(tables.change.c.at >= before),
        sa.select(tables.privacy_request.c.customer_id).where(tables.privacy_request.c.state == "open"),
    ]
    heard = [query.where(query.selected_columns[0].is_not(None)) for query in since]
    conditions = [customer.c.id.not_in(query) for query in heard]
    return sa.select(customer.c.id).where(customer.c.created_at < before, *conditions).order_by(customer.c.id)


def apply(kernel: Kernel, actor: Actor) -> RetentionReceipt:
    """Do what is due: blank the interactions, erase the customers. Each customer is a unit of its own."""
    found = due(kernel, actor)
    blanked = blank_due(kernel, actor)
    erased, left = 0, []
    for each in found:
        for id_ in each.customer_ids:
            try:
                erase_one(kernel, actor, id_, reason="retention")
                erased += 1
            except (Conflict, TryAgain, NotFound) as error:
                left.append(error.message)
    if erased or blanked:
        scrub_now(kernel)
    return RetentionReceipt(blanked=blanked, erased=erased, left=tuple(left))


def blank_due(kernel: Kernel, actor: Actor) -> Mapping[str, int]:
    """Blank interactions whose period is over, batch by batch; how many of each type."""
    now = kernel.clock.now()
    done: dict[str, int] = {}
    for key, period in kernel.config.retention.items():
        word = kernel.words.interaction_types.get(key)
        if word is None:
            continue
        before = period_of(period).before(now, kernel.tz)
        for count in _batches(kernel, actor, word.name, before):
            done[word.name] = done.get(word.name, 0) + count
    return done


def _batches(kernel: Kernel, actor: Actor, type_: str, before: int) -> Iterator[int]:
    while True:
        with kernel.unit(actor) as tx:
            count = _blank_some(kernel, tx, type_, before)
        if not count:
            return
        yield count


def _blank_some(kernel: Kernel, tx: Transaction, type_: str, before: int) -> int:
    table = kernel.tables.interaction
    query = _old(kernel, type_, before).order_by(table.c.seq).limit(_BATCH)
    seqs = list(tx.execute(query).scalars())
    if seqs:
        blank_interactions(tx.connection, seqs, ensure_key(tx.connection))
        # The entry says how many up to which number, and of whom nothing.
        tx.append_change(
            ("erased", "interaction", seqs[-1], None, type_, None, str(len(seqs)), "retention", "")
        )
    return len(seqs)
