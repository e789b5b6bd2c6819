"""The words that the core brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from crmkit.core.language import N_, _
from crmkit.core.metrics.words import core_metrics
from crmkit.core.model.interaction import VOIDED
from crmkit.core.model.words import Action, Channel, IdentityScheme, InteractionType, Metric, Trait
from crmkit.core.strategy.actions import core_actions
from crmkit.core.traits.words import core_traits
from crmkit.core.words import payloads
from crmkit.core.words.voids import recalled

_LABELS = {
    "purchase": N_("Purchase"),
    "refund": N_("Refund"),
    "payment": N_("Payment"),
    "enquiry": N_("Enquiry"),
    "complaint": N_("Complaint"),
    "visit": N_("Visit"),
    "call": N_("Call"),
    "meeting": N_("Meeting"),
    "message": N_("Message"),
    "note": N_("Note"),
    "feedback": N_("Feedback"),
    "form.submitted": N_("Form submitted"),
    VOIDED: N_("Voided"),
}


def core_words() -> Iterator[InteractionType | Channel | IdentityScheme | Trait | Metric | Action]:
    """Every word of the core."""
    # Actions import words: whoever imports them first would find neither made.
    from crmkit.core.messages.action import message_action

    yield from _interaction_types()
    yield from _channels()
    yield from core_traits()
    yield from core_metrics()
    yield from core_actions()
    yield message_action()
    yield IdentityScheme(name="ref", doc="Our own customer number", label="Customer number")


def _interaction_types() -> Iterator[InteractionType]:
    def type_(
        name: str, doc: str, payload: type[Any], *, amount: bool = False, contact: bool = True
    ) -> InteractionType:
        return InteractionType(
            name=name,
            doc=doc,
            label=_LABELS[name],
            payload=payload,
            amount=amount,
            contact=contact,
            summary=_SUMMARIES.get(payload, _line),
        )

    yield type_("purchase", "The customer bought something", payloads.Purchase, amount=True)
    yield type_("refund", "Money was given back for a purchase", payloads.Refund, amount=True)
    yield type_("payment", "Money was received; not revenue by itself", payloads.Payment, amount=True)
    yield type_("enquiry", "The customer asked about something", payloads.Enquiry)
    yield type_("complaint", "The customer was not content", payloads.Complaint)
    yield type_("visit", "The customer was here, or we were there", payloads.Visit)
    yield type_("call", "A telephone conversation", payloads.Call)
    yield type_("meeting", "An arranged conversation", payloads.Meeting)
    yield type_("message", "A written message, received or sent", payloads.Message)
    yield type_("note", "Something to remember", payloads.Note, contact=False)
    yield type_("feedback", "What the customer thinks of us", payloads.Feedback)
    # Whoever sent it may be anybody: it is no sign of life of the customer.
    yield type_(
        "form.submitted", "Somebody filled in a form with this address", payloads.Submission, contact=False
    )
    yield type_(VOIDED, "The interaction that it corrects never happened", payloads.Voided, contact=False)


def _channels() -> Iterator[Channel]:
    yield Channel(name="in_person", doc="Face to face", label="In person")
    yield Channel(name="phone", doc="By telephone", label="Phone", contact_kind="phone")
    yield Channel(name="post", doc="By letter", label="Post", contact_kind="address")
    yield Channel(name="web", doc="On a web page", label="Web")
    yield Channel(name="chat", doc="In a chat", label="Chat", contact_kind="handle")
    yield Channel(name="other", doc="Any other way", label="Other")


def _line(payload: Any) -> str:
    """The first things a payload says, in one line."""
    parts = (getattr(payload, key, None) for key in ("form", "subject", "reason", "reference", "text"))
    return ": ".join(" ".join(str(part).split()) for part in parts if part)


def _purchase(payload: Any) -> str:
    items = ", ".join(
        line.product if line.quantity == 1 else f"{line.quantity.normalize():f} × {line.product}"
        for line in payload.lines
    )
    order = _("order {order}", order=payload.order) if payload.order else ""
    return ", ".join(part for part in (items, order, _line(payload)) if part)


def _rating(rating: int) -> str:
    return _("{rating} of {best}", rating=rating, best=payloads.BEST_RATING)


def _rated(payload: Any) -> str:
    rating = "" if payload.rating is None else _rating(payload.rating)
    return ": ".join(part for part in (rating, _line(payload)) if part)


def _voided(payload: payloads.Voided) -> str:
    return recalled(" ".join(payload.reason.split()))


_SUMMARIES: Final = {payloads.Purchase: _purchase, payloads.Feedback: _rated, payloads.Voided: _voided}
