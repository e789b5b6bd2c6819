"""Conversations as values."""

from __future__ import annotations

from typing import Any

from attrs import fields_dict, frozen


@frozen(kw_only=True)
class Conversation:
    """A conversation as it is. `employee_id` is who answers it; `unanswered_since` is set while the customer
    waits for us. Instants are microseconds, `response_minutes` working time until the first answer."""

    id: int
    customer_id: int
    employee_id: int | None
    state: str
    subject: str
    channel: str | None
    team: str | None
    opened_at: int | None
    last_at: int | None
    unanswered_since: int | None
    responded_at: int | None
    response_minutes: int | None
    snoozed_until: int | None
    version: int

    @property
    def ref(self) -> str:
        """`conversation:12`."""
        return f"conversation:{self.id}"


@frozen(kw_only=True)
class ConversationPage:
    """Some conversations of a list, and the cursor of the next page, if any."""

    conversations: tuple[Conversation, ...]
    next_cursor: str | None = None


def conversation_of(row: Any) -> Conversation:
    """The conversation of a row of its table."""
    found = row._mapping  # noqa: SLF001 - the public name of SQLAlchemy's rows for what they hold
    return Conversation(
        **{name: found[name] for name in fields_dict(Conversation)} | {"subject": found["subject"] or ""}
    )
