"""Handovers as rows of lists, and as the lines of their own page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from crmkit.plugin import OutputColumn, shown_instant, shown_safely
from crmkit.plugins.collaborative.handovers.shown import names_of, receiver_name, state_in_words

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.handovers.model import Handover

COLUMNS: Final = (
    OutputColumn("handover", right=True, fixed=True),
    OutputColumn("by_when", title="By", fixed=True),
    OutputColumn("customer", style="bold"),
    OutputColumn("promise"),
    OutputColumn("state", fixed=True),
    OutputColumn("giver", title="From"),
    OutputColumn("receiver", title="To"),
)
_INSTANTS: Final = {
    "made_at": "Made",
    "accept_by": "Accept by",
    "accepted_at": "Accepted",
    "refused_at": "Refused",
    "dropped_at": "Dropped",
    "by": "Promised by",
    "broken_at": "Broken",
    "settled_at": "Settled",
}
_TEXTS: Final = {
    "reason": "Because",
    "note": "Note",
    "about": "About",
    "passed_from": "In place of",
    "passed_to": "Goes on in",
}


def handover_rows(handovers: Sequence[Handover], crm: Crm) -> list[dict[str, Any]]:
    """What lists and programs get: two statements however many there are."""
    customers = {
        each.id: each.name for each in crm.customers.summaries({each.customer_id for each in handovers})
    }
    names = names_of(handovers, crm)
    return [
        {
            "handover": each.id,
            "by_when": shown_instant(crm, each.by),
            "customer": customers.get(each.customer_id, ""),
            "promise": each.promise,
            "state": each.state,
            "giver": names.get(each.from_employee or "", ""),
            "receiver": receiver_name(each, names),
            "now": state_in_words(each, crm),
            **{name: value for name, value in asdict(each).items() if name not in ("id", "promise", "state")},
        }
        for each in handovers
    ]


def shown_handover(handover: Handover, row: Mapping[str, Any], crm: Crm) -> Iterator[str]:
    """The lines of a handover's page."""
    yield shown_safely(f"Handover {handover.id}  {handover.promise}")
    yield _line("Customer", row["customer"])
    yield _line("State", row["now"] if handover.settled_at is None else handover.state)
    yield _line("From", row["giver"] or "crmkit")
    yield _line("To", row["receiver"])
    for key, title in _INSTANTS.items():
        if (at := getattr(handover, key)) is not None:
            yield _line(title, shown_instant(crm, at))
    for key, title in _TEXTS.items():
        if row[key]:
            yield _line(title, row[key])
    if handover.done_late:
        yield _line("Done late", "yes")
    yield _line("Customer told", "yes" if handover.told_customer else "no")


def _line(title: str, value: Any) -> str:
    return f"  {title:<15}{shown_safely(str(value))}"
