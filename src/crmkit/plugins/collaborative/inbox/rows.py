"""Conversations as rows of lists, and as the lines of their own page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from crmkit.plugin import N_, OutputColumn, _, shown_instant, shown_safely, translated
from crmkit.plugins.collaborative.inbox.hearing import is_ours
from crmkit.plugins.collaborative.inbox.shown import turn

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugins.collaborative.inbox.model import Conversation
    from crmkit.plugins.collaborative.inbox.onlookers import Onlooker

COLUMNS: Final = (
    OutputColumn("conversation", right=True, fixed=True),
    OutputColumn("customer", style="bold"),
    OutputColumn("subject"),
    OutputColumn("turn"),
    OutputColumn("channel", fixed=True),
    OutputColumn("assignee"),
    OutputColumn("team"),
)
REHEARSING: Final = N_(
    "This is a rehearsal: answers go to files, and nobody counts as answered by them. Live: crm go-live"
)
REPLIES: Final = (OutputColumn("reply", style="bold"), OutputColumn("languages"), OutputColumn("begins"))


def conversation_rows(found: Sequence[Conversation], crm: Crm) -> list[dict[str, Any]]:
    """The conversations with the names of customers and employees."""
    customers = {each.id: each.name for each in crm.customers.summaries({each.customer_id for each in found})}
    people = {each.id: each.name for each in crm.people.list(left=True)} if found else {}
    now = crm.clock.now()
    return [
        {
            "conversation": each.id, **asdict(each),
            "customer": customers.get(each.customer_id, ""),
            "assignee": people.get(each.employee_id or 0), "turn": turn(each, now),
        }
        for each in found
    ]  # fmt: skip


def message_rows(thread: Sequence[Interaction], crm: Crm) -> list[dict[str, Any]]:
    """Its messages, the newest last."""
    people = {each.id: each.name for each in crm.people.list(left=True)}
    return [
        {
            "seq": each.seq, "at": each.occurred_at, "type": each.type,
            "direction": "out" if is_ours(each) else "in", "employee": people.get(each.employee_id or 0),
            "subject": getattr(each.payload, "subject", ""), "text": getattr(each.payload, "text", ""),
            "attachments": [one.name for one in getattr(each.payload, "attachments", ())],
            "is_trimmed": getattr(each.payload, "trimmed", False),
        }
        for each in thread
    ]  # fmt: skip


def shown_conversation(
    row: dict[str, Any], messages: Sequence[dict[str, Any]], others: Sequence[Onlooker], crm: Crm
) -> Iterator[str]:
    """The page of a conversation: its head, and all that was said, the newest last."""
    yield f"#{row['id']} {row['customer']}: {row['subject']}"
    said = [row["channel"], row["turn"], row["assignee"] or _("nobody's"), row["team"]]
    yield ", ".join(filter(None, map(str, filter(None, said))))
    yield from (notice(each, crm) for each in others)
    if crm.rehearsal.is_on:
        yield translated(REHEARSING)
    for each in messages:
        who = each["employee"] or (_("we") if each["direction"] == "out" else row["customer"])
        subject = f"  {each['subject']}" if each["subject"] else ""
        yield ""
        yield f"── {who}, {shown_instant(crm, each['at'])}{subject}"
        yield shown_safely(each["text"] or _("(nothing but this)"))
        if each["attachments"]:
            yield _("Files: {names}", names=", ".join(map(shown_safely, each["attachments"])))


def notice(each: Onlooker, crm: Crm) -> str:
    """`! Bo is answering (2026-05-06 10:02)`."""
    at = shown_instant(crm, each.at)
    if each.is_answering:
        return "! " + _("{name} is answering ({at})", name=each.name, at=at)
    return "! " + _("{name} has looked at it ({at})", name=each.name, at=at)
