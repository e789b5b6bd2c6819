"""Quotes where people look in the morning, and on customers' pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Due, Section, _, ngettext, shown, today_of, written_money
from crmkit.plugins.operational.quotes.model import DRAFT, SENT, Quote
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.settings import quote_settings

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.operational.settings import Settings

SOON: Final = timedelta(days=7)
_MOST: Final = 1_000


def due_quotes(day: date, crm: Crm, settings: Settings) -> Iterable[Due]:
    """Open quotes that run out within a week, of whoever asks or of nobody."""
    for quote in _open(crm, settings, state=SENT):
        owner = quote.record.owner_id
        until = quote.valid_until
        if until is None or until > day + SOON or (crm.actor.id and owner not in (None, crm.actor.id)):
            continue
        yield Due(
            group=N_("Quotes that run out"),
            what=f"{shown(quote.called)}, {written_money(quote.totals.gross)}, {valid(quote, day)}",
            customer_id=quote.customer_id,
            on=until,
            hint=f"crm quotes show {quote.id}",
        )


def open_quotes(customers: Sequence[Customer], crm: Crm, settings: Settings) -> Iterable[tuple[int, Section]]:
    """The section of a customer's page with quotes that wait for something."""
    if not crm.actor.may("records.read"):
        return
    quotes, today = Quotes(crm, quote_settings(settings)), today_of(crm)
    for customer in customers:
        found = quotes.open(customer.id)
        if found:
            yield customer.id, Section(N_("Quotes"), tuple(_line(quote, today) for quote in found))


def titled(quote: Quote) -> str:
    """What heads it: its number, or that it is a draft."""
    return quote.number or _("Draft {id}", id=quote.id)


def valid(quote: Quote, today: date) -> str:
    """Until when it is valid, in a few words."""
    until = quote.valid_until
    if until is None:
        return _("no last day")
    if until < today:
        return _("ran out on {day}", day=until)
    days = (until - today).days
    if until > today + SOON:
        return _("valid until {day}", day=until)
    if days > 1:
        return ngettext("runs out in {count} day", "runs out in {count} days", days)
    return _("runs out tomorrow") if days else _("runs out today")


def _line(quote: Quote, today: date) -> tuple[str, str]:
    said = "" if quote.state == DRAFT and quote.valid_until is None else valid(quote, today)
    subject = quote.record.fields.get("subject")
    return titled(quote), " · ".join(filter(None, (written_money(quote.totals.gross), subject, said)))


def _open(crm: Crm, settings: Settings, *, state: str) -> Sequence[Quote]:
    if not crm.actor.may("records.read"):
        return ()
    return Quotes(crm, quote_settings(settings)).list(state=state, limit=_MOST)
