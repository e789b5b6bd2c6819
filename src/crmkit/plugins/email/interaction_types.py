"""What the e-mail channel puts on timelines beside messages."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from crmkit.plugin import InteractionType


@frozen(kw_only=True)
class Bounced:
    """A message did not arrive: `kind` is `hard`, `soft` or `blocked`, `code` such as `5.1.1`."""

    kind: str = ""
    code: str = ""
    text: str = ""
    effect: int | None = None


@frozen(kw_only=True)
class Complained:
    """The customer called a message spam; `sort` is such as `abuse`."""

    sort: str = ""
    effect: int | None = None


@frozen(kw_only=True)
class AutoReplied:
    """A machine answered for the customer, or wrote to us."""

    subject: str = ""
    text: str = ""
    in_reply_to: str | None = None


def interaction_types() -> Iterable[InteractionType]:
    """Bounces, complaints and automatic answers: none is a contact with the customer."""
    yield InteractionType(
        name="email.bounced", doc="A message could not be delivered", label="E-mail bounced", payload=Bounced,
        contact=False, summary=_bounced,
    )  # fmt: skip
    yield InteractionType(
        name="email.complained", doc="The customer called a message spam", label="Spam complaint",
        payload=Complained, contact=False, summary=lambda payload: payload.sort,
    )  # fmt: skip
    yield InteractionType(
        name="email.auto_replied", doc="A machine answered, such as while somebody is away",
        label="Automatic answer", payload=AutoReplied, contact=False,
        summary=lambda payload: payload.subject or payload.text,
    )  # fmt: skip


def _bounced(payload: Bounced) -> str:
    return " ".join(filter(None, (payload.kind, payload.code, payload.text)))
