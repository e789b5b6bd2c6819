"""`crm.consent`: who agreed to be written to, for what, by which channel; only ever appended to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.cldr import written_day
from crmkit.core.customers.changing import as_json
from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Invalid
from crmkit.core.instants import local_date
from crmkit.core.language import N_, _
from crmkit.core.model.customer import Consent
from crmkit.core.model.people import Actor
from crmkit.core.normalise import clean_text
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.customers.record import Record
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.consent import Asked, Confirmed, Unsubscribed
    from crmkit.core.model.suppression import Suppression
    from crmkit.core.store.unit import Transaction

GRANTED: Final = N_("granted")
# By a message whose link they have not followed: that is neither a consent nor an objection.
ASKED: Final = N_("asked")
WITHDRAWN: Final = N_("withdrawn")
_COLUMNS: Final = 'customer_id, purpose, channel, state, "at", source, wording_version, evidence, actor, id'
Key = tuple[str, str]


class Consents:
    """Consents of customers, for one actor."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def grant(
        self,
        customer: int | str,
        purpose: str,
        channel: str,
        *,
        source: str = "",
        wording_version: int | None = None,
        evidence: str = "",
        at: int | None = None,
    ) -> Consent:
        """Record that a customer agreed, at an instant (now, when None).

        `wording_version` is of the text agreed to (the purpose's own, when None). Errors: NotFound for the
        customer, the purpose or the channel, with the nearest name; Invalid for an instant in the future.
        """
        return self._append(customer, purpose, channel, GRANTED, source, wording_version, evidence, at)

    def withdraw(
        self,
        customer: int | str,
        purpose: str,
        channel: str,
        *,
        source: str = "",
        wording_version: int | None = None,
        evidence: str = "",
        at: int | None = None,
    ) -> Consent:
        """Record that a customer does not agree, or no longer. Errors as for `grant`."""
        return self._append(customer, purpose, channel, WITHDRAWN, source, wording_version, evidence, at)

    def show(self, customer: int | str) -> tuple[Consent, ...]:
        """A customer's whole history of consent, oldest first."""
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, "customers.read")
            id_ = resolve(connection, self._kernel, actor, customer)
            return tuple(consents_of(connection, [id_]))

    def current(self, customer: int | str) -> dict[Key, Consent]:
        """The last word on each (purpose, channel)."""
        return latest(self.show(customer))

    def state(self, customer: int | str, purpose: str, channel: str) -> str | None:
        """`granted`, `withdrawn`, `asked` (and not confirmed), or None where nothing was ever said."""
        words = self._kernel.words
        consent = self.current(customer).get((words.purposes[purpose].name, words.channels[channel].name))
        return consent.state if consent else None

    def _append(
        self,
        customer: int | str,
        purpose: str,
        channel: str,
        state: str,
        source: str,
        wording_version: int | None,
        evidence: str,
        at: int | None,
    ) -> Consent:
        word, way = self._kernel.words.purposes[purpose], self._kernel.words.channels[channel]
        with self._kernel.unit(self._actor) as tx:
            actor = allowed(self._kernel, tx.connection, self._actor, "consent.write")
            if at is not None and at > tx.at:
                raise Invalid("A consent cannot be given in the future", hint="Check the date and the year.")
            values: dict[str, Any] = {
                "customer_id": resolve(tx.connection, self._kernel, actor, customer),
                "purpose": word.name,
                "channel": way.name,
                "state": state,
                "at": tx.at if at is None else at,
                "source": clean_text(source, what=phrase("source")),
                "wording_version": word.wording_version if wording_version is None else wording_version,
                "evidence": clean_text(evidence, lines=True, what=phrase("evidence")),
                "actor": actor.name,
            }
            return write_consent(self._kernel, tx, values)

    def ask(
        self,
        customer: int | str,
        purpose: str,
        channel: str = "email",
        *,
        source: str = "",
        evidence: str = "",
        hand_over: bool = True,
    ) -> Asked:
        """Ask a customer by a message to confirm what they entered: it is no consent until they do.

        The message goes through the ledger, never to an address on the suppression list, and at most three
        times to one within 30 days; inside a transaction, or without `hand_over`, the worker sends it. Needs
        consent.write. Raises `NotFound`, and `Invalid` where the purpose has no `confirm`.
        """
        from crmkit.core.customers.asking import Ask

        ask = Ask(self._kernel, self._actor, customer, purpose, channel, source, evidence)
        return ask.put(hand_over=hand_over)

    def confirm(self, effect: int, *, evidence: str = "") -> Confirmed:
        """Enter that somebody followed the link in the message that asked them: an effect of the ledger.

        Once is enough, and again changes nothing. Whoever withdrew since they were asked does not agree.
        Needs consent.write.
        """
        from crmkit.core.customers.asking import Answer

        return Answer(self._kernel, self._actor, effect, evidence).hear()

    def withdraw_by_effect(self, effect: int, *, scope: str = "purpose", evidence: str = "") -> Unsubscribed:
        """Enter that somebody unsubscribed by the message that is effect `effect` of the ledger.

        With the scope `purpose` that ends its purpose and channel, with `marketing` all marketing by every
        channel: for the customer, and for the address that the message went to, whoever has it. What serves a
        contract or a service goes on. Needs consent.write. Raises `Invalid` for the scope.
        """
        from crmkit.core.customers.unsubscribing import Unsubscribe

        return Unsubscribe(self._kernel, self._actor, effect, evidence).withdraw(scope)

    def restore_by_effect(self, effect: int, *, evidence: str = "") -> Unsubscribed:
        """Take back, within an hour, what `withdraw_by_effect` ended by this message: it was a mistake.

        `withdrawn` are the (purpose, channel) they agree to again; what they had not agreed to before, and
        what they said something else on since, is left as it is. Needs consent.write.
        """
        from crmkit.core.customers.unsubscribing import Unsubscribe

        return Unsubscribe(self._kernel, self._actor, effect, evidence).restore()


def write_consent(kernel: Kernel, tx: Transaction, values: dict[str, Any]) -> Consent:
    """Append an entry, and to the change log that it was; `values` are of all columns but the number."""
    tables = kernel.tables
    key = tx.execute(sa.insert(tables.consent).values(**values)).inserted_primary_key
    assert key is not None
    customer_id = values["customer_id"]
    uid = tx.execute(sa.select(tables.customer.c.uid).where(tables.customer.c.id == customer_id)).scalar_one()
    said = as_json({name: values[name] for name in ("purpose", "channel", "state")})
    purpose, source = values["purpose"], values["source"]
    tx.append_change(("created", "consent", key[0], customer_id, purpose, None, said, source, uid))
    return Consent(id=key[0], **values)


def consents_of(connection: sa.Connection, ids: Collection[int]) -> list[Consent]:
    """All consents of these customers, by when they were given."""
    rows = rows_among(
        connection, f"SELECT {_COLUMNS} FROM consent WHERE customer_id", ids, after='ORDER BY "at", id'
    )
    return [
        Consent(
            customer_id=row[0], purpose=row[1], channel=row[2], state=row[3], at=row[4], source=row[5],
            wording_version=row[6], evidence=row[7], actor=row[8], id=row[9],
        )
        for row in rows
    ]  # fmt: skip


def latest(consents: Iterable[Consent]) -> dict[Key, Consent]:
    """The last of each (purpose, channel) in a history; being asked takes no consent from anybody."""
    found: dict[Key, Consent] = {}
    for consent in consents:
        key = consent.purpose, consent.channel
        if consent.state != ASKED or key not in found or found[key].state != GRANTED:
            found[key] = consent
    return found


def last_words(consents: Iterable[Consent]) -> dict[Key, Consent]:
    """What was said last on each (purpose, channel): that somebody was asked is nothing they said."""
    return latest(consent for consent in consents if consent.state != ASKED)


def may_write(
    kernel: Kernel,
    record: Record,
    current: Mapping[Key, Consent],
    suppressions: Sequence[Suppression] = (),
) -> tuple[tuple[str, str], ...]:
    """(purpose and channel, answer in words) for each declared purpose and each way to reach the customer.

    Of a customer who is restricted nothing may be used, whatever they agreed to; `suppressions` are what
    stands against their addresses.
    """
    kinds = {kind for kind, _ in record.contacts}
    channels = [channel.name for channel in kernel.words.channels if channel.contact_kind in kinds]
    keys = {(purpose.name, channel) for purpose in kernel.words.purposes for channel in channels}
    return tuple(
        (
            f"{purpose} by {channel}",
            _("no, restricted since {day}", day=_day(record.restricted_at, kernel))
            if record.restricted_at is not None
            else _answer(kernel, purpose, current.get((purpose, channel)))
            if (why := _suppressed(kernel, record, purpose, channel, current, suppressions)) is None
            else _("no, {why}", why=why),
        )
        for purpose, channel in sorted(keys | set(current))
    )


def _suppressed(
    kernel: Kernel,
    record: Record,
    purpose: str,
    channel: str,
    current: Mapping[Key, Consent],
    suppressions: Sequence[Suppression],
) -> str | None:
    """Why nothing goes to the address that would be used, where they would be written to otherwise."""
    from crmkit.core.messages.addressing import address_of
    from crmkit.core.suppressions.judging import against, in_short

    word, way = kernel.words.purposes.get(purpose), kernel.words.channels.get(channel)
    contact = address_of(record, way.contact_kind) if way is not None and suppressions else None
    consent = current.get((purpose, channel))
    if word is None or contact is None or (consent is not None and consent.state != GRANTED):
        return None
    is_marketing = word.type == "marketing"
    if is_marketing and consent is None:
        return None
    mine = [each for each in suppressions if each.kind == contact.kind and each.address == contact.value]
    agreed = consent.at if consent is not None else None
    found = against(mine, purpose, agreed, is_marketing=is_marketing)
    return in_short(found, kernel.tz) if found is not None else None


def _answer(kernel: Kernel, purpose: str, consent: Consent | None) -> str:
    if consent is not None:
        since = _day(consent.at, kernel)
        if consent.state == ASKED:
            return _("no, asked on {day}, not confirmed", day=since)
        if consent.state == GRANTED:
            return _("yes, since {day}", day=since)
        return _("no, withdrawn on {day}", day=since)
    word = kernel.words.purposes.get(purpose)
    if word is not None and word.type != "marketing":
        return _("yes, {type} needs no consent", type=word.type)
    return _("no, never asked")


def _day(instant: int, kernel: Kernel) -> str:
    return written_day(local_date(instant, kernel.tz))
