"""`crm.effects`: the ledger, and what a person decides about it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.references import resolve
from crmkit.core.effects.deciding import Cancelled, cancel, pause, resume
from crmkit.core.effects.holding import ALL, CHANNEL, RULE, Hold, holds
from crmkit.core.effects.line import Outcome, columns, line_of, mark_of, number_of
from crmkit.core.effects.settling import note_arrived
from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.model.strategy import (
    CLAIMED,
    DONE,
    FAILED,
    HANDING_OVER,
    PENDING,
    SKIPPED,
    TAKEN_BACK,
    UNCONFIRMED,
    UNDONE,
    WITHHELD,
    Effect,
    HandedOver,
)
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy.origins import origin_of
from crmkit.core.strategy.sourced import sourced_rules
from crmkit.core.strategy.why import says_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

READ: Final = "customers.read"
APPLY: Final = "strategy.apply"
# How a list calls what is done, where that was in a rehearsal.
REHEARSED: Final = "rehearsed"
STATES: Final = (PENDING, CLAIMED, HANDING_OVER, DONE, FAILED, UNCONFIRMED, SKIPPED, WITHHELD, UNDONE)
RETRY: Final = "retry"
ANSWERS: Final = (DONE, FAILED, RETRY)


class Effects:
    """The ledger of effects, for one actor: of customers whom the actor sees."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor
        self._table = kernel.tables.effect

    def list(
        self,
        *,
        state: str | Collection[str] = (),
        rule: str | None = None,
        customer: int | str | None = None,
        plan: int | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> Sequence[Effect]:
        """Effects in any of these states, of a rule, a customer or a plan, the newest first.

        `"rehearsed"` means those done in a rehearsal, `"done"` those that were really done. `after` is the
        number of the last one that was seen. Raises `Invalid` for a state that there is not.
        """
        states = (state,) if isinstance(state, str) else tuple(state)
        chosen = sa.select(self._table).order_by(self._table.c.id.desc()).limit(limit)
        for each in states:
            _require_known(each, (*STATES, REHEARSED))
        if states:
            was_rehearsed = sa.and_(self._table.c.state == DONE, self._table.c.rehearsed == 1)
            shown = sa.case((was_rehearsed, REHEARSED), else_=self._table.c.state)
            chosen = chosen.where(shown.in_(states))
        for column, value in (
            ("origin", None if rule is None else origin_of(rule)),
            ("plan_id", plan),
        ):
            if value is not None:
                chosen = chosen.where(self._table.c[column] == value)
        if after is not None:
            chosen = chosen.where(self._table.c.id < after)
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, READ)
            if customer is not None:
                id_ = resolve(connection, self._kernel, actor, customer)
                chosen = chosen.where(self._table.c.customer_id == id_)
            return tuple(self._effect(row) for row in connection.execute(chosen.where(*self._seen())))

    def get(self, number: int) -> Effect:
        """One effect. Raises `NotFound`, also for one of a customer whom the actor does not see."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return self._effect(self._row(connection, number))

    def number_of(self, key: str) -> int | None:
        """The number of the effect of this database that has this key; None for any other text.

        Who was written to knows the key: that somebody names it proves no more than that.
        """
        with self._kernel.reading() as connection:
            return number_of(key, mark_of(connection))

    def retry(self, number: int) -> Effect:
        """Have what has failed tried again, for 48 hours from its next try on; it counts on.

        Raises `Conflict` where it has not failed, or does not reach outside; `NotFound`, `NotAllowed`.
        """
        with self._kernel.unit(self._actor) as tx:
            row = self._open(tx, number, FAILED)
            self._tried_again(tx, row)
        return self.get(number)

    def resolve(self, number: int, answer: str) -> Effect:
        """Say what has become of one that is unconfirmed: it is `done`, has `failed`, or `retry` it.

        Raises `Conflict` where it is not unconfirmed, `Invalid` for another answer; `NotFound`, `NotAllowed`.
        """
        _require_known(answer, ANSWERS)
        with self._kernel.unit(self._actor) as tx:
            row = self._open(tx, number, UNCONFIRMED)
            if answer == RETRY:
                self._tried_again(tx, row)
            else:
                reason = f"settled by hand, by {tx.actor.name}" if answer == DONE else row.reason
                self._write(tx, number, state=answer, reason=reason, settled_at=tx.at)
            if answer == DONE:
                self._note(tx, number)
        return self.get(number)

    def pause(self, *, channel: str | None = None, rule: str | None = None, until: int | None = None) -> Hold:
        """Hand nothing over by a channel or of a rule, or nothing at all, until the instant `until`, or
        until it is resumed. What is on its way at this moment goes on. Paused already, it is paused anew.

        Raises `NotFound` for what does not exist, `Invalid` for a time that is over; `NotAllowed`.
        """
        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, APPLY)
            kind, name = self._which(channel, rule)
            if until is not None and until <= tx.at:
                raise Invalid("That time is over", hint="Say a later one, or leave --until out.")
            return pause(self._kernel, tx, kind, name, until)

    def resume(self, *, channel: str | None = None, rule: str | None = None) -> Hold:
        """Let go on what was paused: the same that was said to `pause`.

        Raises `Conflict` where it is not paused; `NotAllowed`.
        """
        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, APPLY)
            return resume(self._kernel, tx, *self._which(channel, rule, known=False))

    def paused(self) -> Sequence[Hold]:
        """What is paused now."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return holds(connection, self._kernel.clock.now())

    def cancel(
        self,
        numbers: Collection[int] = (),
        *,
        plan: int | None = None,
        rule: str | None = None,
        reason: str = "",
    ) -> Cancelled:
        """Have what still waits never handed over, of these numbers, of a plan or of a rule: it is final.

        What is on its way at this moment may arrive; it is not tried again. The ledger says who cancelled it,
        or the `reason`, for which what waits no more is left as it is. Raises `Conflict` where, without one,
        a number waits no more, `Invalid` where nothing is named, `NotFound`, `NotAllowed`.
        """
        if not numbers and plan is None and rule is None:
            raise Invalid("What is to be cancelled?", hint="Say which: effects, a plan or a rule.")
        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, APPLY)
            if not reason:  # a pass gives one, which holds locks that whoever applies may wait for
                one_at_a_time(tx.connection, PLAN_LOCK)
                for number in numbers:
                    self._row(tx.connection, number)
            return cancel(self._kernel, tx, numbers, plan, rule, self._seen(), reason)

    def _which(self, channel: str | None, rule: str | None, *, known: bool = True) -> tuple[str, str]:
        """(kind, name) of what is to be paused."""
        if channel is not None and rule is not None:
            raise Invalid("A channel or a rule, not both", hint="Pause one after the other.")
        if rule is not None:
            rules = [*self._kernel.config.rules, *sourced_rules(self._kernel)[0]]
            if known and rule not in rules:
                hint = did_you_mean(rule, rules, phrase("See them: crm rules list"))
                raise NotFound(phrase("There is no rule {rule}", rule=quoted(rule)), hint=hint)
            return RULE, rule
        if channel is None:
            return ALL, ""
        found = self._kernel.words.channels.get(channel)
        return CHANNEL, channel if found is None and not known else self._kernel.words.channels[channel].name

    def hand_over(self, *, limit: int = 2_000, plan: int | None = None) -> HandedOver:
        """Hand over what is due, of all or of one plan, up to `limit`: what the worker does all the time."""
        from crmkit.core.effects.handing_over import hand_over

        self._kernel.require(self._actor, APPLY)
        return hand_over(self._kernel, limit=limit, plan=plan)

    def _open(self, tx: Transaction, number: int, state: str) -> Any:
        """The row, locked, which must be in `state`."""
        allowed(self._kernel, tx.connection, self._actor, APPLY)
        row = self._row(tx.connection, number, lock=True)
        if row.state != state:
            hints = {
                FAILED: phrase("Try it again: crm effects retry {number}", number=number),
                UNCONFIRMED: phrase(
                    "Say what has become of it: crm effects resolve {number} --as done", number=number
                ),
            }
            raise Conflict(
                phrase(
                    "Effect {number} is {state}, and not {wanted}",
                    number=number,
                    state=row.state,
                    wanted=state,
                ),
                hint=hints.get(row.state, phrase("See it: crm effects show {number}", number=number)),
            )
        return row

    def _tried_again(self, tx: Transaction, row: Any) -> None:
        action = self._kernel.words.actions.get(row.action)
        if action is None:
            raise Conflict(
                phrase("The plugin that brings the action {action} is not in use", action=row.action),
                hint="Run: crm plugins list",
            )
        if action.prepare is None:
            raise Conflict(
                phrase(
                    "Effect {id} does not reach outside: {action} is done when a plan is applied",
                    id=row.id,
                    action=row.action,
                ),
                hint="Make a new plan: crm plan",
            )
        if row.customer_id is None:
            raise Conflict(phrase("Effect {id} was for somebody who was erased since", id=row.id))
        plan = self._kernel.tables.plan
        state = tx.execute(sa.select(plan.c.state).where(plan.c.id == row.plan_id)).scalar()
        if state == TAKEN_BACK:
            raise Conflict(
                phrase("Effect {id} is of plan {plan_id}, which was undone", id=row.id, plan_id=row.plan_id),
                hint="Make a new plan: crm plan",
            )
        self._require_only(tx, row)
        self._write(
            tx, row.id, state=PENDING, reason=None, settled_at=None, due_at=tx.at, give_up_at=None,
            rehearsed=0, contact_at=None if row.channel is None else tx.at,
        )  # fmt: skip

    def _require_only(self, tx: Transaction, row: Any) -> None:
        """What was only rehearsed may have been done since."""
        table = self._table
        names = ("origin", "step", "occasion", "customer_id")
        same = [table.c[name] == getattr(row, name) for name in names]
        chosen = sa.select(table.c.id).where(*same, table.c.rehearsed == 0, table.c.id != row.id)
        other = tx.execute(chosen).scalar()
        if other is not None:
            raise Conflict(
                phrase(
                    "Effect {id} was rehearsed only, and effect {other} is the real one",
                    id=row.id,
                    other=other,
                ),
                hint=phrase("See it: crm effects show {other}", other=other),
            )

    def _write(self, tx: Transaction, number: int, **values: Any) -> None:
        tx.execute(self._table.update().where(self._table.c.id == number).values(lease_until=None, **values))

    def _note(self, tx: Transaction, number: int) -> None:
        """The timeline tells it as if the answer had come."""
        row = tx.execute(sa.select(*columns(self._kernel.tables)).where(self._table.c.id == number)).one()
        line = line_of(row)
        action = self._kernel.words.actions.get(line.action)
        if action is not None and line.customer_id is not None:
            line.outcome = Outcome(state=DONE, result=line.result)
            note_arrived(self._kernel, tx, action, [line])

    def _row(self, connection: sa.Connection, number: int, *, lock: bool = False) -> Any:
        chosen = sa.select(self._table).where(self._table.c.id == number, *self._seen())
        row = connection.execute(chosen.with_for_update() if lock else chosen).first()
        if row is None:
            raise NotFound(
                phrase("There is no effect {number}", number=number), hint="See them: crm effects list"
            )
        return row

    def _seen(self) -> Sequence[sa.ColumnElement[bool]]:
        """The effects for customers whom the actor sees; those of erased people only who sees everybody."""
        return self._kernel.seen(self._actor, self._table.c.customer_id)

    def _effect(self, row: Any) -> Effect:
        return Effect(
            number=row.id, origin=row.origin, step=row.step, occasion=row.occasion,
            customer_id=row.customer_id, plan=row.plan_id, action=row.action, params=json.loads(row.params),
            says=says_of(self._kernel, row.action, row.params), state=row.state, actor=row.actor,
            created_at=row.created_at, reason=row.reason, result=row.result, settled_at=row.settled_at,
            channel=row.channel, purpose=row.purpose, contact_at=row.contact_at, recipient=row.recipient,
            due_at=row.due_at, attempts=row.attempts, rehearsed=bool(row.rehearsed),
            arm=row.arm,
        )  # fmt: skip


def _require_known(given: str, known: Sequence[str]) -> None:
    if given not in known:
        hint = did_you_mean(given, known)
        raise Invalid(phrase("{given} is none of the states of an effect", given=quoted(given)), hint=hint)
