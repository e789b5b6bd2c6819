"""Conversations as people see them: how long they wait, the day's work, and a customer's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Due, Section, _, day_of, ngettext, translated
from crmkit.plugins.collaborative.inbox.conversations import ALL, USUAL, Conversations
from crmkit.plugins.collaborative.inbox.record_type import CONVERSATION, OPEN, WAITING

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.collaborative.inbox.model import Conversation
    from crmkit.plugins.collaborative.settings import Settings

_MOST: Final = 200
_MINUTE: Final = 60_000_000
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def waits(since: int | None, now: int) -> str:
    """How long it has been, in words: `3 h 20 min`, `2 days`."""
    if since is None:
        return ""
    minutes = max(0, now - since) // _MINUTE
    if minutes >= 2 * _DAY:
        return ngettext("{count} day", "{count} days", minutes // _DAY)
    hours, rest = divmod(minutes, _HOUR)
    if not hours:
        return _("{minutes} min", minutes=rest)
    return _("{hours} h {minutes} min", hours=hours, minutes=rest) if rest else _("{hours} h", hours=hours)


def turn(each: Conversation, now: int) -> str:
    """Whose turn it is, in words."""
    if each.snoozed_until is not None and each.snoozed_until > now and each.state == OPEN:
        return _("snoozed")
    if each.state == WAITING:
        return _("waits for the customer")
    return (
        _("unanswered for {time}", time=waits(each.unanswered_since, now))
        if each.unanswered_since
        else translated(each.state)
    )


def conversations_due(day: date, crm: Crm, settings: Settings) -> Iterator[Due]:
    """Of whoever asks, of their teams and of nobody, the conversations that wait for longer than they may."""
    now, late = crm.clock.now(), settings.inbox.late
    service = Conversations(crm, settings.inbox)
    whose = USUAL if crm.actor.id is not None else ALL
    for each in service.list(whose, limit=_MOST).conversations:
        since = each.unanswered_since
        if since is None or crm.hours.between(since, now) < late:
            continue
        yield Due(
            group=N_("Inbox"),
            what=_("{about} (unanswered for {time})", about=each.subject or each.channel,
                   time=waits(since, now)),
            customer_id=each.customer_id, on=min(day, day_of(crm, since)),
            hint=f"crm inbox show {each.id}",
        )  # fmt: skip


def open_conversations(
    customers: Sequence[Customer], crm: Crm, settings: Settings
) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with the conversations that are not closed."""
    lines: dict[int, list[tuple[str, str]]] = {}
    service, now, ids = Conversations(crm, settings.inbox), crm.clock.now(), [each.id for each in customers]
    found = [
        each
        for state in (OPEN, WAITING)
        for each in service.list(state=state, customer_ids=ids, limit=_MOST).conversations
    ]
    for each in found:
        said = f"{each.subject} ({each.channel}, {turn(each, now)})"
        lines.setdefault(each.customer_id, []).append((f"#{each.id}", said))
    return [
        (id_, Section(N_("Conversations"), tuple(each), lists=CONVERSATION)) for id_, each in lines.items()
    ]
