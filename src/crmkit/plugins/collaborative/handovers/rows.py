"""Handovers as rows of lists, and as the lines of their own page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from crmkit.plugin import N_, OutputColumn, _, shown_instant, shown_safely, translated
from crmkit.plugins.collaborative.handovers.shown import names_of, receiver_name, state_in_words

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.handovers.model import Handover

COLUMNS: Final = (
    OutputColumn("handover", right=True, fixed=True),
    OutputColumn("by_when", title="By", fixed=True),
    OutputColumn("customer", style="bold"),
    OutputColumn("promise"),
    OutputColumn("state", fixed=True, shown=translated),
    OutputColumn("giver", title="From"),
    OutputColumn("receiver", title="To"),
)
_INSTANTS: Final = {
    "made_at": N_("Made"),
    "accept_by": N_("Accept by"),
    "accepted_at": N_("Accepted"),
    "refused_at": N_("Refused"),
    "dropped_at": N_("Dropped"),
    "by": N_("Promised by"),
    "broken_at": N_("Broken"),
    "settled_at": N_("Settled"),
}
_TEXTS: Final = {
    "reason": N_("Because"),
    "note": N_("Note"),
    "about": N_("About"),
    "passed_from": N_("In place of"),
    "passed_to": N_("Goes on in"),
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
    yield shown_safely(f"{_('Handover {id}', id=handover.id)}  {handover.promise}")
    pairs = list(_pairs(handover, row, crm))
    wide = max(len(title) for title, _value in pairs)
    for title, value in pairs:
        yield f"  {title.ljust(wide)}  {shown_safely(str(value))}"


def _pairs(handover: Handover, row: Mapping[str, Any], crm: Crm) -> Iterator[tuple[str, Any]]:
    """What a page says of a handover, line by line."""
    yield _("Customer"), row["customer"]
    yield _("State"), row["now"] if handover.settled_at is None else translated(handover.state)
    yield _("From"), row["giver"] or "crmkit"
    yield _("To"), row["receiver"]
    for key, title in _INSTANTS.items():
        if (at := getattr(handover, key)) is not None:
            yield translated(title), shown_instant(crm, at)
    for key, title in _TEXTS.items():
        if row[key]:
            yield translated(title), row[key]
    if handover.done_late:
        yield _("Done late"), _("yes")
    yield _("Customer told"), _("yes") if handover.told_customer else _("no")
