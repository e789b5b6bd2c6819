"""Sending one message by hand: through the same gates and the same ledger as everything that rules send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from attrs import asdict, define, frozen

from crmkit.core.customers.record import load_records
from crmkit.core.customers.references import resolve
from crmkit.core.effects.entering import Entry, enter
from crmkit.core.effects.handing_over import hand_over_one
from crmkit.core.effects.rehearsal import is_rehearsing
from crmkit.core.errors import Invalid
from crmkit.core.messages.action import SEND
from crmkit.core.messages.addressing import as_read, given_address, message_to
from crmkit.core.messages.params import Sending
from crmkit.core.messages.versions import ensure_versions
from crmkit.core.model.strategy import DROPPED, HELD, ProposedAct
from crmkit.core.people.current import allowed
from crmkit.core.store.bulk import reserve
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts
from crmkit.core.strategy.gates.verdict import PLUGIN
from crmkit.core.strategy.proposing import EVER
from crmkit.core.strategy.rules import ONLY_STEP

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.acting import Message
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

PERMISSION: Final = "messages.send"


@frozen(kw_only=True)
class Sent:
    """What became of a message that was sent by hand.

    `effect` is its number in the ledger, None where a gate was against it. `state` is `dropped`, or the
    effect's; `until` is when what is held goes on (microseconds UTC); `text` is all of it as a person reads
    it. Without an address there is no message, and no text.
    """

    message: Message | None
    text: str
    state: str
    reason: str | None = None
    until: int | None = None
    effect: int | None = None
    is_rehearsal: bool = False


@define
class Dispatch:
    """One message on somebody's behalf."""

    kernel: Kernel
    actor: Actor
    customer: int | str
    params: Sending
    action: str = SEND

    def look(self) -> Sent:
        """What would become of it now; nothing is written."""
        with self.kernel.planning() as connection:
            return self._judged(connection, self.kernel.clock.now(), self._contact(connection))

    def send(self) -> Sent:
        """Enter it in the ledger and hand it over, unless a gate is against it or holds it."""
        kernel = self.kernel
        with kernel.unit(self.actor) as tx:
            one_at_a_time(tx.connection, PLAN_LOCK)
            contact = self._contact(tx.connection)
            found = self._judged(tx.connection, tx.at, contact)
            if found.state == DROPPED:
                return found
            number = self._enter(tx, contact)
        hand_over_one(kernel, number)
        return self._told(found, number)

    def _contact(self, connection: sa.Connection) -> Contact:
        actor = allowed(self.kernel, connection, self.actor, PERMISSION)
        return Contact(
            customer_id=resolve(connection, self.kernel, actor, self.customer), channel=self.params.channel,
            purpose=self.params.purpose, origin=f"send:{self.kernel.uids.new()}", step=ONLY_STEP,
            occasion=EVER, given=given_address(self.params.letter),
        )  # fmt: skip

    def _judged(self, connection: sa.Connection, now: int, contact: Contact) -> Sent:
        record = load_records(connection, self.kernel, {contact.customer_id})[contact.customer_id]
        template = None if self.params.letter else self.kernel.templates.get(self.params.template)
        judge_contacts(self.kernel, connection, [contact], now)
        self._review(contact)
        message = None
        try:
            message = message_to(self.kernel, self.params, template, record)
        except Invalid:
            if contact.state != DROPPED:  # a gate's reason says more
                raise
        return Sent(
            message=message, text="" if message is None else as_read(message), state=contact.state,
            reason=contact.reason, until=contact.until, is_rehearsal=is_rehearsing(connection),
        )  # fmt: skip

    def _review(self, contact: Contact) -> None:
        """What is a message and nothing more, somebody writes on their own word; about acts of plugins their
        plugins are asked, as about those of rules."""
        if self.action == SEND or contact.state == DROPPED:
            return
        shown = ProposedAct(
            rule="", step=contact.step, occasion=contact.occasion, customer_id=contact.customer_id,
            action=self.action, params=self.params, channel=contact.channel, purpose=contact.purpose,
            address=contact.address, until=contact.until,
        )  # fmt: skip
        house = self.kernel.crm()
        for plugin, refusal in self.kernel.hooks.review_proposals([shown], house):
            contact.drop(PLUGIN, f"the plugin {plugin}: {refusal.reason}")

    def _enter(self, tx: Transaction, contact: Contact) -> int:
        number = reserve(tx.connection, "effect", "id", 1)[0]
        due_at = contact.until if contact.state == HELD and contact.until else tx.at
        enter(
            tx.connection,
            [
                Entry(
                    number=number, origin=contact.origin, step=contact.step, occasion=contact.occasion,
                    customer_id=contact.customer_id, plan_id=None, action=self.action,
                    params=_as_json(self.params),
                    actor=tx.actor.name, reason=contact.reason, channel=contact.channel,
                    purpose=contact.purpose, due_at=due_at,
                )
            ],
            tx.at,
        )  # fmt: skip
        if self.params.letter is None:
            ensure_versions(self.kernel, tx, [self.kernel.templates.get(self.params.template)])
        return number

    def _told(self, found: Sent, number: int) -> Sent:
        table = self.kernel.tables.effect
        with self.kernel.reading() as connection:
            row = connection.execute(table.select().where(table.c.id == number)).one()
        return Sent(
            message=found.message, text=found.text, state=row.state, reason=row.reason, until=row.due_at,
            effect=number, is_rehearsal=bool(row.rehearsed) or found.is_rehearsal,
        )  # fmt: skip


def _as_json(params: Sending) -> str:
    return json.dumps(asdict(params), ensure_ascii=False, sort_keys=True)
