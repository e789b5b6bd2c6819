"""What somebody may choose on the page of preferences: marketing, by the channels that reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit.core.customers.consent import ASKED, GRANTED
from crmkit.core.instants import format_instant
from crmkit.web.pages.choice import channel_label, wording_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Consent, Customer
    from crmkit.core.model.words import Channel
    from crmkit.web.pages.letter import Letter
    from crmkit.web.pages.texts import Texts

Key = tuple[str, str]


@frozen(kw_only=True)
class Way:
    """A channel for a purpose: whether it is chosen, since which day (ISO), or waits to be confirmed."""

    key: Key
    label: str
    is_on: bool
    since: str
    is_waiting: bool

    @property
    def value(self) -> str:
        """What stands for it in the form."""
        return " ".join(self.key)


@frozen(kw_only=True)
class Offer:
    """A purpose, with the ways in which it can reach somebody."""

    title: str
    wording: str
    ways: Sequence[Way]


def channels_for(crm: Crm, customer: Customer, letter: Letter) -> tuple[Channel, ...]:
    """The channels by which they can be reached and ever are: that of the message, those that deliver, and
    those that they agreed to."""
    kinds = {point.kind for point in customer.contact_points}
    agreed = {
        channel for (_, channel), said in crm.consent.current(customer.id).items() if said.state == GRANTED
    }
    used = agreed | {letter.channel}
    return tuple(
        channel
        for channel in crm.words.channels
        if channel.contact_kind in kinds and (channel.deliver is not None or channel.name in used)
    )


def offers_for(crm: Crm, texts: Texts, customer: Customer, channels: Sequence[Channel]) -> tuple[Offer, ...]:
    """Every marketing purpose, by each of the channels, as it stands."""
    current = crm.consent.current(customer.id)
    if not channels:
        return ()
    return tuple(
        Offer(
            title=purpose.doc,
            wording=wording_of(purpose),
            ways=tuple(_way(crm, texts, current, (purpose.name, channel.name)) for channel in channels),
        )
        for purpose in crm.words.purposes
        if purpose.type == "marketing"
    )


def _way(crm: Crm, texts: Texts, current: Mapping[Key, Consent], key: Key) -> Way:
    said = current.get(key)
    is_on = said is not None and said.state == GRANTED
    since = format_instant(said.at, crm.kernel.tz)[:10] if said is not None and is_on else ""
    is_waiting = said is not None and said.state == ASKED
    return Way(
        key=key, label=channel_label(crm, texts, key[1]), is_on=is_on, since=since, is_waiting=is_waiting
    )
