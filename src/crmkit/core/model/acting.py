"""What actions and channels are given, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

# What the origin of a message begins with that asks somebody to confirm a consent.
ASKING: Final = "ask:"


@frozen(kw_only=True)
class ActionItem:
    """One customer for whom an action is performed, or taken back.

    `params` is an instance of the action's class; `effect` the number in the ledger; `source` is what the
    change log and interactions should name, `plan:12`; `result` is what `perform` gave, for an undo. `key` is
    the same whenever this effect is tried, and no other's: what others need to notice a repetition. `parcel`
    is what was handed over, for `arrived`; None where a person says that it did, and nobody has it any more.
    `occasion` is what it was the customer's turn upon: `seq:12` is interaction 12.
    """

    effect: int
    customer_id: int
    params: Any
    rule: str
    source: str
    result: str | None = None
    key: str = ""
    parcel: Parcel | None = None
    occasion: str = ""


@frozen
class Performed:
    """What an action left for item `index` of its batch: `result` is for its undo, such as a number."""

    index: int
    result: str | None = None


@frozen
class Later:
    """Item `index` could not be handed over yet; it is tried again, after `seconds` if they are given, else
    after a pause that grows."""

    index: int
    reason: str
    seconds: float | None = None


@frozen
class Unconfirmed:
    """Nobody knows whether item `index` was handed over, such as when the line broke before the answer came.

    It is shown, and not tried again by itself."""

    index: int
    reason: str


@frozen
class Rate:
    """How quickly something may leave the house: `per_second` on average, up to `burst` at once after a rest.

    Whatever has the same `key` draws from the same bucket, such as `account` or `gmail.com`. Raises
    `ValueError` for a rate by which nothing would ever go.
    """

    key: str
    per_second: float
    burst: int = 1

    def __attrs_post_init__(self) -> None:
        if not self.key or not self.per_second > 0 or self.burst < 1:
            raise ValueError(f"{self!r}: a rate has a key, more than 0 per second, and a burst of 1 or more")


@frozen
class Touch:
    """How an act reaches a customer: by which channel, for which purpose."""

    channel: str
    purpose: str


@frozen(kw_only=True)
class Parcel:
    """What an external action hands over for item `index` of its batch.

    `to` is the address, normalised, or what stands for it; `says` is all of it as a person reads it, which is
    what a rehearsal writes to a file; `content` is what the action's `perform` needs.
    """

    index: int
    to: str
    says: str
    content: Any = None


@frozen(kw_only=True)
class Message:
    """A message for one customer, as a channel hands it over.

    `key` is the same whenever it is tried again, and no other message's. `to` is the normalised address,
    `name` whom it belongs to, `language` that of the text. `links` are its reader's own, by the names that
    templates have for them; `unsubscribe` is the address by which one request stops such messages, for
    marketing only. `fixed_links` are the addresses of pages that its template has for everybody alike: they
    say nothing about who gets it. `is_written` tells that somebody wrote it to this customer, without a
    template; `references` are the messages that it answers, the nearest first, and `thread` the conversation
    it belongs to, where the channel has a name for it.
    """

    key: str
    effect: int
    customer_id: int
    channel: str
    purpose: str
    to: str
    name: str
    text: str
    subject: str = ""
    html: str | None = None
    language: str = ""
    links: Mapping[str, str] = field(factory=dict)
    unsubscribe: str | None = None
    fixed_links: frozenset[str] = frozenset()
    is_written: bool = False
    references: tuple[str, ...] = ()
    thread: str = ""
