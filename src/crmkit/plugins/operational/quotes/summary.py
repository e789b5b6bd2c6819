"""A quote as commands show it: in lines for people, as rows for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from crmkit.plugin import (
    CommandState,
    _,
    figures,
    ngettext,
    shown_instant,
    today_of,
    written_money,
)
from crmkit.plugins.operational.api import Quote, Quotes
from crmkit.plugins.operational.products.exact import plain
from crmkit.plugins.operational.quotes.model import DRAFT, SENT
from crmkit.plugins.operational.quotes.showing import SOON, valid


def receipt(state: CommandState, quote: Quote, done: str, *, undo: str = "", **more: Any) -> None:
    """Close a write of a quote: what was done, and the quote as it is now."""
    record = {"quote": document(quote, customer_of(state, quote)), **more}
    state.output.receipt(done, undo=undo, reference=quote.id, record=record)


def customer_of(state: CommandState, quote: Quote) -> str:
    """The name of the quote's customer."""
    names, _owners = state.crm.records.names([quote.record])
    return names.get(quote.customer_id, "")


def sum_of(quote: Quote) -> str:
    """How many lines it has, and what they come to."""
    count = len(quote.lines)
    lines = ngettext("{count} line", "{count} lines", count) if count else _("no lines yet")
    return (
        _("{lines}, {gross} with tax", lines=lines, gross=written_money(quote.totals.gross))
        if count
        else lines
    )


def is_soon(quote: Quote, today: date) -> bool:
    """Whether it waits for an answer and runs out within a week, or has done so."""
    return quote.state == SENT and quote.valid_until is not None and quote.valid_until <= today + SOON


def about(state: CommandState, quote: Quote) -> list[str]:
    """What is told between its head and its lines: until when it is valid, and what it belongs to."""
    fields, crm = quote.record.fields, state.crm
    lines = [str(fields["subject"])] if fields.get("subject") else []
    if quote.state == DRAFT:
        lines.append(_validity(state, quote))
    else:
        sent = fields.get("sent_at")
        lines.append(", ".join(filter(None, (
            _("sent {time}", time=shown_instant(crm, sent)) if sent else "",
            valid(quote, today_of(crm)) if quote.state == SENT else "",
        ))))  # fmt: skip
    if quote.discount:
        lines.append(_("Discount of {discount} on every line", discount=figures(f"{plain(quote.discount)}%")))
    if fields.get("version_of"):
        lines.append(
            _("Takes the place of {called}", called=crm.service(Quotes).get(fields["version_of"]).called)
        )
    if fields.get("deal"):
        lines.append(_("Belongs to {deal}", deal=fields["deal"]))
    if fields.get("decline_reason"):
        lines.append(_("Declined: {decline_reason}", decline_reason=fields["decline_reason"]))
    return lines


def _validity(state: CommandState, quote: Quote) -> str:
    """Until when a draft will be valid: a day that it names, or some time from when it is sent."""
    if quote.valid_until is not None:
        return valid(quote, today_of(state.crm))
    return ngettext(
        "valid for {count} day from when it is sent",
        "valid for {count} days from when it is sent",
        state.crm.service(Quotes).settings.valid_days,
    )


def sums(quote: Quote) -> list[tuple[str, str]]:
    """(what, amount) of its totals: the tax beneath where prices contain it, else before the total."""
    totals = quote.totals
    if quote.with_tax:
        contained = [
            (_("Of it tax {rate}%", rate=figures(plain(each.rate))), written_money(each.tax))
            for each in totals.by_rate
        ]
        return [(_("Total"), written_money(totals.gross)), *contained]
    lines = [(_("Net"), written_money(totals.net))]
    lines += [
        (_("Tax {rate}%", rate=figures(plain(each.rate))), written_money(each.tax)) for each in totals.by_rate
    ]
    return [*lines, (_("Total"), written_money(totals.gross))]


def row_of(quote: Quote, customer: str) -> dict[str, Any]:
    """A quote in a list."""
    fields = quote.record.fields
    return {
        "id": quote.id,
        "number": quote.number,
        "customer": customer,
        "customer_id": quote.customer_id,
        "subject": fields.get("subject"),
        "state": quote.state,
        "currency": quote.currency,
        "net": str(quote.totals.net),
        "tax": str(quote.totals.tax),
        "gross": str(quote.totals.gross),
        "discount": plain(quote.discount),
        "valid_until": quote.valid_until.isoformat() if quote.valid_until else None,
        "deal": fields.get("deal"),
        "version_of": fields.get("version_of"),
    }


def line_row(quote: Quote, index: int) -> dict[str, Any]:
    """The line at `index`, counted from 0."""
    line = quote.lines[index]
    return {
        "line": line.position,
        "sku": line.sku,
        "name": line.name,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "unit_price": str(line.unit_price).partition(" ")[0],
        "discount": plain(line.discount) if line.discount else "",
        "tax_rate": plain(line.tax_rate),
        "net": str(line.net).partition(" ")[0],
        "gross": str(line.gross).partition(" ")[0],
    }


def document(quote: Quote, customer: str) -> dict[str, Any]:
    """A quote with its lines, as programs read it."""
    return row_of(quote, customer) | {"lines": [line_row(quote, index) for index in range(len(quote.lines))]}
