"""Test messages: a template as a colleague's mail program shows it. No customer ever gets one, and no
timeline tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define, frozen

from crmkit.core.access import record_access
from crmkit.core.customers.record import load_records
from crmkit.core.customers.references import resolve
from crmkit.core.effects.line import mark_of
from crmkit.core.effects.rehearsal import is_rehearsing, write_test
from crmkit.core.errors import Conflict, CrmError, Invalid, NotAllowed
from crmkit.core.files.refusals import refusal_of
from crmkit.core.messages.action import why_undelivered
from crmkit.core.messages.addressing import as_read
from crmkit.core.messages.checking import filled_for_everybody, links_of
from crmkit.core.model.acting import Message, Performed
from crmkit.core.people.current import allowed
from crmkit.core.people.employees import find_employee
from crmkit.core.phrase import phrase
from crmkit.core.strategy.reasons import recorded_reason

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit.core.crm import Crm
    from crmkit.core.messages.composing import Composed
    from crmkit.core.model.people import Employee
    from crmkit.core.model.words import Channel
    from crmkit.core.store.unit import Transaction

PREFIX: Final = "[Test] "
ACTION: Final = "test"
# So many test messages within an hour, by everybody together.
MOST: Final = 30
_HOUR: Final = 3_600_000_000
_KIND: Final = "email"
_SEND: Final = "messages.send"
_READ: Final = "customers.read"


@frozen(kw_only=True)
class Tested:
    """A test message: what it said, to which employee, and the file it was written to in a rehearsal."""

    employee: Employee
    message: Message
    file: Path | None = None


@define
class Trial:
    """One test message on somebody's behalf; `customer` is in whose words it is, None for a made-up one."""

    crm: Crm
    template: str
    to: str | int
    customer: int | str | None = None
    language: str | None = None
    channel: str = _KIND

    def send(self) -> Tested:
        """Hand it over, or write it to a file in a rehearsal.

        Raises `NotFound`, `NotAllowed`, `Invalid` for an employee who has left or has no address, `Conflict`
        where too many were sent, and `CrmError` with the channel's words where it did not take it.
        """
        kernel = self.crm.kernel
        if kernel.current is not None:
            raise Conflict("A message cannot be taken back, so it is not sent inside a transaction")
        channel = self._channel()
        with kernel.unit(self.crm.actor) as tx:
            allowed(kernel, tx.connection, self.crm.actor, _SEND)
            employee = self._employee(tx)
            self._refuse_too_many(tx)
            id_, said = self._composed(tx)
            record_access(
                tx, ACTION, self.template, customers=int(id_ != 0), customer_id=id_ or None,
                detail={"employee": employee.id},
            )  # fmt: skip
            message = self._message(tx, channel, employee, said)
            if is_rehearsing(tx.connection):
                return Tested(employee=employee, message=message, file=self._written(message, id_))
        self._deliver(channel, message)
        return Tested(employee=employee, message=message)

    def _channel(self) -> Channel:
        channel = self.crm.words.channels[self.channel]
        if channel.contact_kind != _KIND:
            raise Invalid(
                phrase("Employees have no address for {channel}", channel=channel.name),
                hint="Test messages go by e-mail.",
            )
        return channel

    def _employee(self, tx: Transaction) -> Employee:
        found = find_employee(tx.connection, self.crm.kernel.tables, self.to)
        if not found.active:
            raise NotAllowed(
                phrase("{name} no longer works here", name=found.name), hint="Run: crm people employees list"
            )
        if not found.email:
            raise Invalid(
                phrase("{name} has no e-mail address", name=found.name),
                hint=phrase("Add it: crm people employees update {id} --email ADDRESS", id=found.id),
            )
        return found

    def _refuse_too_many(self, tx: Transaction) -> None:
        table = self.crm.kernel.tables.access
        sent = sa.select(sa.func.count()).where(table.c.action == ACTION, table.c.at > tx.at - _HOUR)
        if tx.execute(sent).scalar_one() >= MOST:
            raise Conflict(
                phrase("{most} test messages were sent within the last hour", most=MOST),
                hint="See it here: crm templates preview",
            )

    def _composed(self, tx: Transaction) -> tuple[int, Composed]:
        """(the customer in whose words it is, 0 for a made-up one; what it says)."""
        kernel = self.crm.kernel
        template = kernel.templates.get(self.template)
        if self.customer is None:
            language = template.language_for(self.language or kernel.locale)
            if language is None:
                raise Invalid(
                    phrase(
                        'The template "{template}" is not written in {language}',
                        template=template.name,
                        language=self.language or kernel.locale,
                    ),
                    hint=phrase("It is in: {variants}", variants=", ".join(template.variants)),
                )
            return 0, filled_for_everybody(kernel, template, language)
        actor = allowed(kernel, tx.connection, self.crm.actor, _READ)
        id_ = resolve(tx.connection, kernel, actor, self.customer)
        record = load_records(tx.connection, kernel, {id_})[id_]
        if record.restricted_at is not None:
            raise Invalid("This customer is restricted: what is kept of them must not be used")
        links = links_of(kernel, template.name)[0]
        return id_, kernel.composing.compose(template, record, links, self.language)

    def _message(self, tx: Transaction, channel: Channel, employee: Employee, said: Composed) -> Message:
        kernel = self.crm.kernel
        return Message(
            key=f"test-{kernel.uids.new()}@{mark_of(tx.connection)}", effect=0, customer_id=0,
            channel=channel.name, purpose="", to=employee.email or "", name=employee.name,
            subject=f"{PREFIX}{said.subject}", text=said.text, html=said.html,
            language=said.language or kernel.locale,
        )  # fmt: skip

    def _written(self, message: Message, customer: int) -> Path:
        kernel = self.crm.kernel
        try:
            return write_test(kernel, message, as_read(message), customer=customer, template=self.template)
        except OSError as error:
            raise CrmError(
                phrase("The rehearsal cannot be written to: {reason}", reason=refusal_of(error))
            ) from None

    def _deliver(self, channel: Channel, message: Message) -> None:
        if channel.deliver is None:
            raise CrmError(
                phrase("Not sent: {why_undelivered}", why_undelivered=why_undelivered(channel.name, channel)),
                hint="Run: crm doctor",
            )
        answer = next(iter(channel.deliver([message], self.crm) or ()), None)
        if not isinstance(answer, Performed):
            reason = recorded_reason(getattr(answer, "reason", phrase("nobody knows what became of it")))
            raise CrmError(phrase("Not sent: {reason}", reason=reason), hint="Run: crm doctor")
