"""What the core's interactions say: one frozen class per type, every key optional."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from attrs import frozen
from msgspec import Meta

from crmkit.core.words.codec import decode_payload, encode_payload, keys_of

__all__ = (
    "Attachment", "Call", "Complaint", "Enquiry", "Feedback", "Invitation", "Line", "Meeting", "Message",
    "Note", "Payment", "Purchase", "RecordMoved", "Refund", "Submission", "Visit", "Voided",
    "decode_payload", "encode_payload", "keys_of", "moved_summary",
)  # fmt: skip

WORST_RATING: Final = 1
BEST_RATING: Final = 5
_Minutes = Annotated[int, Meta(ge=0)]
_Rating = Annotated[int, Meta(ge=WORST_RATING, le=BEST_RATING)]


@frozen(kw_only=True)
class Line:
    """One line of a purchase: `unit_price` and `tax` (of the whole line) in minor units of its currency."""

    product: str
    quantity: Decimal = Decimal(1)
    unit_price: int | None = None
    tax: int | None = None


@frozen(kw_only=True)
class Purchase:
    """What was bought; `order` is the business's own reference."""

    lines: tuple[Line, ...] = ()
    order: str | None = None
    text: str = ""


@frozen(kw_only=True)
class RecordMoved:
    """A record came into a state: `record` is such as `deal:12`, `before` the state that it left, if any."""

    record: str
    title: str = ""
    state: str = ""
    before: str | None = None
    text: str = ""


@frozen(kw_only=True)
class Refund:
    """Money given back; `purchase` is the number (`seq`) of the purchase in the log."""

    purchase: int | None = None
    reason: str = ""


@frozen(kw_only=True)
class Payment:
    """Money received for something bought before or later; it is not revenue."""

    reference: str | None = None
    method: str | None = None
    text: str = ""


@frozen(kw_only=True)
class Enquiry:
    """A question somebody came with."""

    subject: str = ""
    text: str = ""


@frozen(kw_only=True)
class Submission:
    """A form that was filled in: its name, what they said of themselves, which nobody has checked, and what
    they wrote."""

    form: str = ""
    said: str = ""
    text: str = ""


@frozen(kw_only=True)
class Complaint:
    """What somebody was not content with."""

    subject: str = ""
    text: str = ""


@frozen(kw_only=True)
class Visit:
    """Somebody was here, or somebody of us was there."""

    text: str = ""
    minutes: _Minutes | None = None


@frozen(kw_only=True)
class Call:
    """A telephone conversation; `missed` where nobody took it. `thread` is as in `Message`."""

    text: str = ""
    minutes: _Minutes | None = None
    missed: bool = False
    thread: str | None = None


@frozen(kw_only=True)
class Meeting:
    """An arranged conversation."""

    text: str = ""
    minutes: _Minutes | None = None


@frozen(kw_only=True)
class Attachment:
    """A file that came with a message: `type` is its media type, `size` in bytes. The file is not kept."""

    name: str = ""
    type: str = ""
    size: Annotated[int, Meta(ge=0)] = 0


@frozen(kw_only=True)
class Invitation:
    """A calendar entry that came with a message: `method` is what it asks for (`REQUEST`, `REPLY`, `CANCEL`),
    `start` a date, or a date and time with its offset (ISO 8601; without one, where the sender was)."""

    method: str = ""
    uid: str = ""
    summary: str = ""
    start: str = ""
    organizer: str = ""


@frozen(kw_only=True)
class Message:
    """A written message, received or sent.

    `in_reply_to` is the effect that it answers (`effect:12`), where it answers one; `sender` the address that
    it came from, where that is not the customer's. `references` are the messages that it answers, by what
    their `source_ref` begins with (for e-mail the `Message-ID`), the nearest first; `thread` names the
    conversation that it belongs to, where its channel has a name for it. `trimmed` tells that quotations or a
    signature were left out of `text`.
    """

    subject: str = ""
    text: str = ""
    in_reply_to: str | None = None
    sender: str | None = None
    references: tuple[str, ...] = ()
    thread: str | None = None
    trimmed: bool = False
    attachments: tuple[Attachment, ...] = ()
    calendar: Invitation | None = None


@frozen(kw_only=True)
class Note:
    """Something to remember about a customer."""

    text: str = ""


@frozen(kw_only=True)
class Feedback:
    """What somebody thinks of us: `rating` from 1 (worst) to 5 (best)."""

    rating: _Rating | None = None
    text: str = ""


@frozen(kw_only=True)
class Voided:
    """The interaction that this one corrects never happened."""

    reason: str = ""


def moved_summary(payload: RecordMoved) -> str:
    """`deal:12, Ovens for the new shop`."""
    return ", ".join(filter(None, (payload.record, " ".join(payload.title.split()), payload.text)))
