"""Consents as they are kept, and what they mean: who agreed to be written to, for what, by which channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.cldr import written_day
from crmkit.core.customers.changing import as_json
from crmkit.core.customers.sets import rows_among
from crmkit.core.instants import local_date
from crmkit.core.language import N_, _
from crmkit.core.model.customer import Consent

if TYPE_CHECKING:
    from crmkit.core.customers.record import Record
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.suppression import Suppression
    from crmkit.core.store.unit import Transaction

GRANTED: Final = N_("granted")
# By a message whose link they have not followed: that is neither a consent nor an objection.
ASKED: Final = N_("asked")
WITHDRAWN: Final = N_("withdrawn")
_COLUMNS: Final = 'customer_id, purpose, channel, state, "at", source, wording_version, evidence, actor, id'
Key = tuple[str, str]


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
