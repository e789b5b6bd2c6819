"""Double opt-in: asking by a message whether a consent was meant, and hearing the answer by its link.

The message is an effect of the ledger whose origin begins with `ask:` and whose occasion names the consent
that waits, `consent:12`; so the link need only name the effect.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import asdict, define

from crmkit.core.customers.consent import ASKED, GRANTED, WITHDRAWN, consents_of, last_words, write_consent
from crmkit.core.customers.references import resolve
from crmkit.core.effects.entering import Entry, enter
from crmkit.core.errors import Invalid
from crmkit.core.language import N_
from crmkit.core.messages.action import SEND, checked
from crmkit.core.messages.params import Sending
from crmkit.core.messages.versions import ensure_versions
from crmkit.core.model.acting import ASKING
from crmkit.core.model.consent import Asked, Confirmed
from crmkit.core.model.customer import Consent, ContactPoint, CustomerDraft
from crmkit.core.model.strategy import DROPPED, FAILED, SKIPPED
from crmkit.core.model.suppression import BOUNCE, SOFT_BOUNCES
from crmkit.core.normalise import clean_text
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import driver_rows, reserve
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts
from crmkit.core.strategy.rules import ONLY_STEP
from crmkit.core.suppressions.entries import end, entries_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

SOURCE: Final = N_("double opt-in")
_DAY: Final = 86_400_000_000
# How long a link can be followed, and within which time an address is asked so many times at most.
EXPIRES: Final = 30 * _DAY
MOST: Final = 3
_PERMISSION: Final = "consent.write"
_OF_CONSENT: Final = "consent:"


def effect_note(number: int, said: str = "") -> str:
    """The evidence of what somebody did by the link in a message."""
    return f"effect:{number}" + (f", {said}" if said else "")


@define
class Ask:
    """One question to one customer, on somebody's behalf."""

    kernel: Kernel
    actor: Actor
    customer: int | str
    purpose: str
    channel: str
    source: str
    evidence: str

    def put(self, *, hand_over: bool) -> Asked:
        """Enter that they were asked, and the message that asks them; hand it over unless a unit of work
        goes on, in which nothing can be."""
        from crmkit.core.effects.handing_over import hand_over_one

        kernel = self.kernel
        is_inside = kernel.current is not None
        params = self._params()
        with kernel.unit(self.actor) as tx:
            asked = self._entered(tx, params)
        if asked.effect is not None and hand_over and not is_inside:
            hand_over_one(kernel, asked.effect)
            return self._told(asked)
        return asked

    def _params(self) -> Sending:
        word = self.kernel.words.purposes[self.purpose]
        if not word.confirm:
            raise Invalid(
                phrase(
                    'Nobody is asked to confirm "{word}": it names no message that asks them', word=word.name
                ),
                hint=phrase(
                    'Write templates/confirm.txt and under [purposes.{word}] confirm = "confirm"',
                    word=word.name,
                ),
            )
        sending = Sending(template=word.confirm, channel=self.channel, purpose=word.name)
        return checked(sending, self.kernel.crm(self.actor))

    def _entered(self, tx: Transaction, params: Sending) -> Asked:
        kernel, connection = self.kernel, tx.connection
        one_at_a_time(connection, PLAN_LOCK)
        actor = allowed(kernel, connection, self.actor, _PERMISSION)
        customer_id = resolve(connection, kernel, actor, self.customer)
        said = {"customer_id": customer_id, "purpose": params.purpose, "channel": params.channel}
        before = last_words(consents_of(connection, [customer_id])).get((params.purpose, params.channel))
        if before is not None and before.state == GRANTED:
            return Asked(state=GRANTED, consent=before, **said)  # type: ignore[arg-type]
        contact = Contact(
            customer_id=customer_id, channel=params.channel, purpose=params.purpose,
            origin=f"{ASKING}{kernel.uids.new()}", step=ONLY_STEP, occasion="",
        )  # fmt: skip
        reason = self._refusal(tx, contact)
        if reason is not None:
            return Asked(state="refused", reason=reason, **said)  # type: ignore[arg-type]
        number = reserve(connection, "effect", "id", 1)[0]
        consent = write_consent(
            kernel, tx,
            {
                **said, "state": ASKED, "at": tx.at, "source": clean_text(self.source, what=phrase("source")),
                "wording_version": kernel.words.purposes[params.purpose].wording_version,
                "evidence": effect_note(
                    number, clean_text(self.evidence, lines=True, what=phrase("evidence"))
                ),
                "actor": actor.name,
            },
        )  # fmt: skip
        contact.occasion = f"{_OF_CONSENT}{consent.id}"
        self._enter(tx, number, contact, params)
        return Asked(state=ASKED, effect=number, consent=consent, **said)  # type: ignore[arg-type]

    def _refusal(self, tx: Transaction, contact: Contact) -> str | None:
        """Why they cannot be asked."""
        judge_contacts(self.kernel, tx.connection, [contact], tx.at, just_asked=True)
        if contact.state == DROPPED:
            return contact.reason or contact.gate
        if contact.address and _asks_of(tx.connection, contact.address, tx.at - EXPIRES) >= MOST:
            days = EXPIRES // _DAY
            return phrase(
                "this address was asked {number} times within {days} days, and is not asked again yet",
                number=MOST,
                days=days,
            )
        return None

    def _enter(self, tx: Transaction, number: int, contact: Contact, params: Sending) -> None:
        entry = Entry(
            number=number, origin=contact.origin, step=contact.step, occasion=contact.occasion,
            customer_id=contact.customer_id, plan_id=None, action=SEND,
            params=json.dumps(asdict(params), ensure_ascii=False, sort_keys=True), actor=tx.actor.name,
            channel=contact.channel, purpose=contact.purpose, due_at=tx.at, recipient=contact.address,
        )  # fmt: skip
        enter(tx.connection, [entry], tx.at)
        ensure_versions(self.kernel, tx, [self.kernel.templates.get(params.template)])

    def _told(self, asked: Asked) -> Asked:
        """What became of it, where it could not be handed over at all."""
        table = self.kernel.tables.effect
        with self.kernel.reading() as connection:
            select = sa.select(table.c.state, table.c.reason).where(table.c.id == asked.effect)
            row = connection.execute(select).one()
        if row.state not in (FAILED, SKIPPED):
            return asked
        return Asked(
            state="refused", customer_id=asked.customer_id, purpose=asked.purpose, channel=asked.channel,
            effect=asked.effect, reason=row.reason, consent=asked.consent,
        )  # fmt: skip


def _asks_of(connection: sa.Connection, address: str, since: int) -> int:
    """How many messages have asked this address something, or will."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    select = f"""
        SELECT count(*) FROM effect WHERE recipient = {mark} AND created_at > {mark}
        AND substr(origin, 1, {len(ASKING)}) = '{ASKING}'
        AND state NOT IN ('{FAILED}', '{SKIPPED}')"""
    return int(driver_rows(connection, select, (address, since))[0][0])


@define
class Answer:
    """Somebody follows the link in the message that is effect `number`."""

    kernel: Kernel
    actor: Actor
    number: int
    evidence: str

    def hear(self) -> Confirmed:
        """Enter the consent, unless they took it back since, were asked too long ago, or at an address that
        is no longer theirs."""
        with self.kernel.unit(self.actor) as tx:
            actor = allowed(self.kernel, tx.connection, self.actor, _PERMISSION)
            # Whoever asks again, or follows the link twice at the same time, waits.
            one_at_a_time(tx.connection, PLAN_LOCK)
            row = effect_row(self.kernel, tx.connection, self.number)
            asked = None if row is None else _asked(tx.connection, row)
            if row is None or asked is None:
                return Confirmed(state="unknown")
            return self._heard(tx, actor, row, asked)

    def _heard(self, tx: Transaction, actor: Actor, row: Any, asked: Consent) -> Confirmed:
        said: dict[str, Any] = {
            "customer_id": row.customer_id, "purpose": asked.purpose, "channel": asked.channel
        }  # fmt: skip
        if row.rehearsed:
            return Confirmed(state="rehearsed", **said)
        later = _said_since(tx.connection, asked)
        if later is not None and later.state == WITHDRAWN:
            return Confirmed(state="withdrawn", **said)
        if later is not None:
            return Confirmed(state="again", consent=later, **said)
        if tx.at - asked.at > EXPIRES or not self._is_theirs(tx, row):
            return Confirmed(state="expired", **said)
        evidence = effect_note(self.number, clean_text(self.evidence, lines=True, what=phrase("evidence")))
        consent = write_consent(
            self.kernel, tx,
            {
                **said, "state": GRANTED, "at": max(tx.at, asked.at), "source": SOURCE, "evidence": evidence,
                "wording_version": asked.wording_version, "actor": actor.name,
            },
        )  # fmt: skip
        self._address_works(tx, row)
        return Confirmed(state="granted", consent=consent, **said)

    def _is_theirs(self, tx: Transaction, row: Any) -> bool:
        """Whether the address that was asked is still one of theirs; else somebody else may answer."""
        point = self.kernel.tables.contact_point
        mine = sa.select(point.c.id).where(
            point.c.customer_id == row.customer_id, point.c.normalised == row.recipient
        )
        return row.recipient is None or tx.execute(mine.limit(1)).first() is not None

    def _address_works(self, tx: Transaction, row: Any) -> None:
        """A link that was followed shows that messages arrive at the address, and that it is theirs."""
        channel = self.kernel.words.channels.get(row.channel)
        kind = channel.contact_kind if channel else None
        if kind is None or not row.recipient:
            return
        point = kind, row.recipient
        for entry in entries_of(tx.connection, [point], tx.at).get(point, ()):
            if entry.reason in (BOUNCE, SOFT_BOUNCES):
                end(tx, entry, "the address was confirmed")
        table = self.kernel.tables.contact_point
        mine = sa.select(table.c.value).where(
            table.c.customer_id == row.customer_id, table.c.kind == kind, table.c.normalised == row.recipient
        )
        value = tx.execute(mine).scalar()
        if value is not None:
            confirmed = ContactPoint(kind=kind, value=value, verified_at=tx.at)
            draft = CustomerDraft(id=row.customer_id, contact_points=(confirmed,), source=SOURCE)
            self.kernel.crm().customers.save(draft)


def effect_row(kernel: Kernel, connection: sa.Connection, number: int) -> Any:
    """The row of the ledger, None where there is no such number."""
    table = kernel.tables.effect
    return connection.execute(table.select().where(table.c.id == number)).first()


def _asked(connection: sa.Connection, row: Any) -> Consent | None:
    """The consent that waits for the answer to a message; None where it asked nothing, or of nobody who is
    here."""
    number = row.occasion.removeprefix(_OF_CONSENT)
    if not row.origin.startswith(ASKING) or row.customer_id is None or not number.isdecimal():
        return None
    history = consents_of(connection, [row.customer_id])
    return next((each for each in history if each.id == int(number) and each.state == ASKED), None)


def _said_since(connection: sa.Connection, asked: Consent) -> Consent | None:
    """Their last word after they were asked."""
    key = asked.purpose, asked.channel
    later = [
        each
        for each in consents_of(connection, [asked.customer_id])
        if (each.at, each.id or 0) > (asked.at, asked.id or 0)
    ]
    return last_words(later).get(key)
