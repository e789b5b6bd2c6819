"""The service `Subscriptions`: what other programs are told, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit import Invalid, NotAllowed, NotFound
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.subscriptions import delivering, queueing
from crmkit.plugins.collaborative.subscriptions.tables import (
    DELIVERY,
    PARKED,
    SUBSCRIPTION,
    WAITING,
)

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.subscriptions.settings import Subscription

_MANAGE: Final = "plugins.manage"
_KEPT: Final = 30 * 86_400 * 1_000_000
# By subscription and state: how many, since when.
_Counts = Mapping[tuple[int, str], tuple[int, int | None]]


@frozen(kw_only=True)
class Standing:
    """A subscription and how far it is: how many deliveries wait, since when, and how many are parked."""

    name: str
    webhook: str
    on: tuple[str, ...]
    doc: str = ""
    waiting: int = 0
    waiting_since: int | None = None
    parked: int = 0
    delivered_at: int | None = None
    paused_at: int | None = None
    reason: str = ""


@frozen(kw_only=True)
class Delivery:
    """One event on its way to a subscriber: `waiting`, `delivered` or `parked`; `reason` says why not yet."""

    id: int
    event: str
    name: str
    state: str
    attempts: int
    queued_at: int
    due_at: int | None
    settled_at: int | None
    reason: str
    body: str


class Subscriptions:
    """What other programs are told as it happens. Nothing is queued or sent while the business rehearses."""

    def __init__(self, crm: Crm, wanted: Mapping[str, Subscription]) -> None:
        self._crm = crm
        self._wanted = wanted

    def list(self) -> tuple[Standing, ...]:
        """Every subscription of `crm.toml` and how far it is."""
        table = self._crm.plugins.table(SUBSCRIPTION)
        with self._crm.reading() as execute:
            rows = {row.name: row for row in execute(sa.select(table)).all()}
        counts = {
            (id_, state): (many, since) for id_, state, many, since in delivering.open_counts(self._crm)
        }
        return tuple(
            self._standing(name, each, rows.get(name), counts) for name, each in self._wanted.items()
        )

    def deliveries(self, name: str, *, state: str | None = None, limit: int = 50) -> Sequence[Delivery]:
        """The newest deliveries of a subscription. Raises `NotFound`, `NotAllowed`.

        Who does not see every customer is not shown what was sent of them.
        """
        self._crm.require(_MANAGE)
        table, row = self._crm.plugins.table(DELIVERY), self._row(name)
        query = sa.select(table).where(table.c.subscription_id == row.id).order_by(table.c.id.desc())
        if state is not None:
            query = query.where(table.c.state == state)
        with self._crm.reading() as execute:
            found = [_delivery(each) for each in execute(query.limit(limit)).all()]
        return found if self._crm.visible() is None else [evolve(each, body="") for each in found]

    def run(self) -> bool:
        """One pass: take in what happened, deliver what is due; whether there may be more to do.

        Raises `NotAllowed` without `messages.send`, and for who does not see all customers: what they do not
        see would be left out for good.
        """
        self._require_sight("messages.send")
        if self._crm.rehearsal.is_on:
            return False
        more = False
        for name, each in self._wanted.items():
            row = queueing.known(self._crm, name)
            if row.paused_at is None:
                more |= queueing.queue(self._crm, name, each)
                more |= delivering.deliver(self._crm, row, each.webhook)
        return more

    def prune(self) -> None:
        """Forget what was delivered more than a month ago."""
        delivering.prune(self._crm, self._crm.clock.now() - _KEPT)

    def pause(self, name: str) -> None:
        """Queue and deliver nothing until it is resumed; nothing is lost. Raises `NotFound`, `NotAllowed`."""
        self._set_paused(name, self._crm.clock.now())

    def resume(self, name: str) -> None:
        """Go on where it was. Raises `NotFound`, `NotAllowed`."""
        self._set_paused(name, None)

    def retry(self, name: str) -> int:
        """Try at once what waits for its turn, and again what is parked; how many. Raises `NotFound`."""
        self._crm.require(_MANAGE)
        table, row = self._crm.plugins.table(DELIVERY), self._row(name)
        with self._crm.transaction() as tx:
            open_ = sa.and_(table.c.subscription_id == row.id, table.c.state.in_((WAITING, PARKED)))
            anew = {
                "state": WAITING, "due_at": tx.at, "queued_at": tx.at, "settled_at": None, "attempts": 0,
            }  # fmt: skip
            return int(tx.execute(sa.update(table).where(open_).values(anew)).rowcount)

    def replay(self, name: str, *, since: int) -> int:
        """Send again what happened since an instant, under the ids that it had; how many events.

        Raises `NotFound`, and `Invalid` while the business rehearses.
        """
        self._require_sight(_MANAGE)
        if self._crm.rehearsal.is_on:
            raise Invalid("Nothing is sent while the business rehearses", hint="Run: crm go-live")
        wanted, row = self._wanted_named(name), queueing.known(self._crm, name)
        table, cursor, again = self._crm.plugins.table(DELIVERY), None, 0
        while True:
            page = self._crm.events.after(cursor, on=wanted.on, limit=5_000, full=wanted.full)
            events = [each for each in queueing.meant(self._crm, wanted, page.events) if each.at >= since]
            with self._crm.transaction() as tx:
                ids = [each.id for each in events]
                for start in range(0, len(ids), 500):
                    mine = sa.and_(
                        table.c.subscription_id == row.id, table.c.event.in_(ids[start : start + 500])
                    )
                    tx.execute(sa.delete(table).where(mine))
                again += queueing.enter(self._crm, tx, row.id, events)
            if page.is_end:
                return again
            cursor = page.cursor

    def _require_sight(self, permission: str) -> None:
        self._crm.require(permission)
        condition, customer = self._crm.visible(), self._crm.tables.customer
        if condition is None:
            return
        seen = sa.select(customer.c.id).where(condition)
        with self._crm.reading() as execute:
            hidden = execute(sa.select(customer.c.id).where(customer.c.id.not_in(seen)).limit(1)).first()
        if hidden is not None:
            raise NotAllowed(
                phrase(
                    "{actor} does not see all customers, of whom other programs are told",
                    actor=self._crm.actor.name,
                ),
                hint="The worker does it: crm worker",
                permission=permission,
            )

    def _set_paused(self, name: str, at: int | None) -> None:
        self._crm.require(_MANAGE)
        table, row = self._crm.plugins.table(SUBSCRIPTION), self._row(name)
        with self._crm.transaction() as tx:
            tx.execute(sa.update(table).where(table.c.id == row.id).values(paused_at=at))

    def _row(self, name: str) -> Any:
        self._wanted_named(name)
        return queueing.known(self._crm, name)

    def _wanted_named(self, name: str) -> Subscription:
        if name not in self._wanted:
            there = (
                phrase("There are: {names}", names=", ".join(self._wanted))
                if self._wanted
                else phrase("crm.toml declares none.")
            )
            raise NotFound(phrase('There is no subscription "{name}"', name=name), hint=there)
        return self._wanted[name]

    def _standing(self, name: str, wanted: Subscription, row: Any, counts: _Counts) -> Standing:
        if row is None:
            return Standing(name=name, webhook=wanted.webhook, on=wanted.on, doc=wanted.doc)
        waiting, since = counts.get((row.id, WAITING), (0, None))
        return Standing(
            name=name, webhook=wanted.webhook, on=wanted.on, doc=wanted.doc, waiting=waiting,
            waiting_since=since, parked=counts.get((row.id, PARKED), (0, None))[0],
            delivered_at=row.delivered_at, paused_at=row.paused_at,
            reason=self._trouble(row.id) if waiting else "",
        )  # fmt: skip

    def _trouble(self, subscription_id: int) -> str:
        table = self._crm.plugins.table(DELIVERY)
        chosen = (
            sa.select(table.c.reason)
            .where(table.c.subscription_id == subscription_id, table.c.state == WAITING, table.c.reason != "")
            .order_by(table.c.due_at.desc())
        )
        with self._crm.reading() as execute:
            return str(execute(chosen.limit(1)).scalar() or "")


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id, event=row.event, name=row.name, state=row.state, attempts=row.attempts,
        queued_at=row.queued_at, due_at=row.due_at, settled_at=row.settled_at, reason=row.reason,
        body=row.body,
    )  # fmt: skip
