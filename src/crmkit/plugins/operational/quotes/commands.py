"""`crm quotes`: offers to customers."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crmkit import Conflict, ExtraMissing, Invalid
from crmkit.plugin import (
    CommandState,
    OutputColumn,
    _,
    figures,
    lists,
    needs,
    ngettext,
    pass_state,
    phrase,
    rehearses,
    shown,
    shown_instant,
    shown_safely,
    shows,
    today_of,
    translated,
    writes,
    written_money,
)
from crmkit.plugins.operational.api import Quote, Quotes
from crmkit.plugins.operational.products.exact import plain
from crmkit.plugins.operational.quotes.document import html_of, pdf_of
from crmkit.plugins.operational.quotes.mailing import mailed, refuse_unmailed, told
from crmkit.plugins.operational.quotes.model import DRAFT, SENT
from crmkit.plugins.operational.quotes.pages import link_of
from crmkit.plugins.operational.quotes.settings import QuoteSettings
from crmkit.plugins.operational.quotes.showing import SOON, titled, valid

_LINES = (
    OutputColumn("line", "No.", right=True, fixed=True),
    OutputColumn("sku", "SKU", fixed=True),
    OutputColumn("name", "What", wrap=True),
    OutputColumn("quantity", right=True, fixed=True, shown=figures),
    OutputColumn("unit"),
    OutputColumn("unit_price", "Each", right=True, fixed=True, shown=figures),
    OutputColumn("discount", "-%", right=True, fixed=True),
    OutputColumn("tax_rate", "Tax %", right=True, fixed=True),
)
_LINE = click.option(
    "--line", "-l", "lines_", metavar="LINE", multiple=True, help='A line: "SKU x 3", "SKU x 3 @ 4.50 -10%".'
)


@click.group()
def quotes() -> None:
    """Offers to customers: made of products, sent, accepted or not.

    QUOTE is a number (Q-2026-0001), or the one that a draft has in the list.
    """


@quotes.command("list")
@click.option("--customer", metavar="REF", help="Only those of this customer.")
@click.option("--state", "where", metavar="STATE", help="Only those that stand there.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
)
@lists
@pass_state
def list_(state: CommandState, customer: str | None, where: str | None, limit: int) -> None:
    """List quotes: those that wait for an answer first, what runs out soonest on top."""
    crm = state.crm
    found = crm.service(Quotes).list(customer, state=where, limit=limit)
    names, _owners = crm.records.names([quote.record for quote in found])
    today = today_of(crm)
    rows = [
        _row(quote, names.get(quote.customer_id, ""))
        | {"runs_out": valid(quote, today) if quote.state == SENT else "", "soon": _is_soon(quote, today)}
        for quote in found
    ]
    state.output.rows(
        (
            OutputColumn("id", right=True, fixed=True),
            OutputColumn("number", fixed=True),
            OutputColumn("customer", style="bold"),
            OutputColumn("subject"),
            OutputColumn("state", fixed=True, shown=translated),
            OutputColumn("gross", "Total", right=True, fixed=True, shown=figures),
            OutputColumn("runs_out", "Runs out", fixed=True),
        ),
        rows,
        empty=_("No quote is like that.")
        if customer or where
        else _('No quotes yet. Make one: crm quotes new REF --line "SKU x 3"'),
    )


@quotes.command("new")
@click.argument("ref", metavar="REF")
@_LINE
@click.option("--currency", metavar="CODE", help="The business's own, if not given.")
@click.option("--discount", metavar="PERCENT", help="On every line.")
@click.option(
    "--valid-until",
    metavar="DAY",
    type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]),
    help="The last day to accept it.",
)
@click.option("--subject", default="", help="What it is about.")
@click.option("--deal", default="", metavar="DEAL", help="The deal that it belongs to, such as deal:12.")
@writes
@pass_state
@needs("records.read")
def new(
    state: CommandState, ref: str, lines_: tuple[str, ...], valid_until: datetime | None, **given: Any
) -> None:
    """Make a draft for customer REF, with the prices of today."""
    until = valid_until.date() if valid_until else None
    quote = state.crm.service(Quotes).new(ref, lines_, valid_until=until, **given)
    name = _customer(state, quote)
    _receipt(
        state,
        quote,
        _("Draft {id} for {name}: {sum}", id=quote.id, name=name, sum=_sum(quote)),
        undo=f"crm records quote archive {quote.id}",
    )


@quotes.command("add-line")
@click.argument("quote_", metavar="QUOTE")
@click.argument("lines_", metavar="LINE…", nargs=-1, required=True)
@writes
@pass_state
def add_line(state: CommandState, quote_: str, lines_: tuple[str, ...]) -> None:
    """Add lines to a draft: "SKU x 3", "SKU x 3 @ 4.50 -10%".

    Without a price, the one of the customer's price list counts, as it is today for so many.
    """
    service = state.crm.service(Quotes)
    before = len(service.get(quote_).lines)
    quote = service.add_lines(quote_, lines_)
    undo = f"crm quotes remove-line {quote.id} {quote.lines[-1].position}"
    _receipt(
        state,
        quote,
        _("Draft {id}: {sum}", id=quote.id, sum=_sum(quote)),
        undo=undo if len(quote.lines) == before + 1 else "",
    )


@quotes.command("remove-line")
@click.argument("quote_", metavar="QUOTE")
@click.argument("position", metavar="NO", type=int)
@writes
@pass_state
def remove_line(state: CommandState, quote_: str, position: int) -> None:
    """Take a line out of a draft."""
    quote = state.crm.service(Quotes).remove_line(quote_, position)
    _receipt(state, quote, _("Draft {id}: {sum}", id=quote.id, sum=_sum(quote)))


@quotes.command("show")
@click.argument("quote_", metavar="QUOTE")
@shows
@pass_state
def show(state: CommandState, quote_: str) -> None:
    """Show a quote with its lines and what they come to."""
    quote = state.crm.service(Quotes).get(quote_)
    name, output = _customer(state, quote), state.output
    if output.is_json:
        output.json(_document(quote, name))
        return
    state_ = "" if quote.state == DRAFT else f"   {translated(quote.state)}"
    output.data(shown_safely(f"{titled(quote)}   {name} (#{quote.customer_id}){state_}"))
    for line in _about(state, quote):
        output.data(shown_safely(line))
    asked = OutputColumn("gross" if quote.with_tax else "net", right=True, fixed=True, shown=figures)
    output.rows((*_LINES, asked), [_line_row(quote, position) for position in range(len(quote.lines))],
                empty=_("It has no lines. Add one: crm quotes add-line {id} \"SKU x "
                        "3\"", id=quote.id))  # fmt: skip
    for label, amount in _sums(quote):
        output.data(f"{label:>24}  {amount:>20}")


@quotes.command("send")
@click.argument("quote_", metavar="QUOTE")
@click.option(
    "--output",
    "-o",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where to put the files; here, if not given.",
)
@click.option("--email", "by_email", is_flag=True, help="Write to the customer: a link to the quote's page.")
@writes
@pass_state
@needs("customers.read")
def send(state: CommandState, quote_: str, folder: Path, *, by_email: bool) -> None:
    """Mark a draft as sent, and write it as HTML and PDF for you to send.

    It is given its number, and is edited no more. The PDF needs: pip install 'crmkit[pdf]'
    """
    crm = state.crm
    if by_email:  # before it is sent: what is in the way leaves a draft
        draft = crm.service(Quotes).get(quote_)
        refuse_unmailed(mailed(crm, draft, dry_run=True), draft)
    folder.mkdir(parents=True, exist_ok=True)
    quote = crm.service(Quotes).send(quote_)
    html = html_of(crm, _settings(state), quote)
    files = [_write(folder / f"{_file_name(quote)}.html", html.encode())]
    try:
        files.append(_write(folder / f"{_file_name(quote)}.pdf", pdf_of(html)))
    except ExtraMissing as error:
        state.output.warn(f"{shown(error.message)}. {shown(error.hint)}")
    said = [
        _(
            "{called} for {customer} is sent: {gross}",
            called=quote.called,
            customer=_customer(state, quote),
            gross=written_money(quote.totals.gross),
        )
    ]
    said += ["  " + _("Written: {path}", path=path) for path in files]
    link = link_of(crm, quote)
    said += ["  " + _("The customer can accept it at {link}", link=link)] if link else []
    said += [f"  {told(mailed(crm, quote))}"] if by_email else []
    _receipt(state, quote, "\n".join(said), files=[str(path) for path in files], link=link)


@quotes.command("email")
@click.argument("quote_", metavar="QUOTE")
@rehearses
@writes
@pass_state
def email(state: CommandState, quote_: str, *, dry_run: bool) -> None:
    """Write to the customer of a quote that was sent: a link to its page, where it can be accepted.

    The template and what it is for stand in crm.toml, under [plugins.operational.quotes.email].
    """
    quote = state.crm.service(Quotes).get(quote_)
    if quote.state != SENT:
        raise Conflict(
            phrase("{called} is {state}", called=quote.called, state=phrase(quote.state)),
            hint="Only a quote that was sent is written.",
        )
    sent = mailed(state.crm, quote, dry_run=dry_run)
    refuse_unmailed(sent, quote)
    record = {"quote": quote.id, "effect": sent.effect, "state": sent.state}
    if dry_run:
        state.output.preview(_("This would be written:\n\n{text}", text=sent.text), record)
        return
    state.output.receipt(
        f"{shown(quote.called)}: {told(sent)}", reference=f"effect:{sent.effect}", record=record
    )


def _output(command: Any) -> Any:
    command = click.option("--language", metavar="CODE", help="en, pl or ur; the customer's, if not given.")(
        command
    )
    return click.option(
        "--output", "-o", "file", metavar="FILE", type=click.Path(path_type=Path),
        help="Where to put it; a file of its number here, if not given.",
    )(command)  # fmt: skip


@quotes.command("html")
@click.argument("quote_", metavar="QUOTE")
@_output
@writes
@pass_state
def html(state: CommandState, quote_: str, language: str | None, file: Path | None) -> None:
    """Write a quote as a page, in the customer's language."""
    quote = state.crm.service(Quotes).get(quote_)
    page = html_of(state.crm, _settings(state), quote, language=language)
    path = _write(file or Path(f"{_file_name(quote)}.html"), page.encode())
    _receipt(state, quote, _("Written: {path}", path=path), files=[str(path)])


@quotes.command("pdf")
@click.argument("quote_", metavar="QUOTE")
@_output
@writes
@pass_state
def pdf(state: CommandState, quote_: str, language: str | None, file: Path | None) -> None:
    """Write a quote as a PDF, in the customer's language. It needs: pip install 'crmkit[pdf]'"""
    quote = state.crm.service(Quotes).get(quote_)
    page = html_of(state.crm, _settings(state), quote, language=language)
    path = _write(file or Path(f"{_file_name(quote)}.pdf"), pdf_of(page))
    _receipt(state, quote, _("Written: {path}", path=path), files=[str(path)])


@quotes.command("accept")
@click.argument("quote_", metavar="QUOTE")
@writes
@pass_state
def accept(state: CommandState, quote_: str) -> None:
    """The customer accepts the quote."""
    quote = state.crm.service(Quotes).accept(quote_)
    _receipt(
        state,
        quote,
        _(
            "{called} of {customer} is accepted: {gross}",
            called=quote.called,
            customer=_customer(state, quote),
            gross=written_money(quote.totals.gross),
        ),
    )


@quotes.command("decline")
@click.argument("quote_", metavar="QUOTE")
@click.option("--reason", default="", help="Why, as the customer says.")
@writes
@pass_state
def decline(state: CommandState, quote_: str, reason: str) -> None:
    """The customer declines the quote."""
    quote = state.crm.service(Quotes).decline(quote_, reason)
    _receipt(
        state,
        quote,
        _("{called} of {customer} is declined", called=quote.called, customer=_customer(state, quote)),
    )


@quotes.command("revise")
@click.argument("quote_", metavar="QUOTE")
@writes
@pass_state
def revise(state: CommandState, quote_: str) -> None:
    """Make a new version of a quote that was sent.

    It is a draft with the same lines. When it is sent, the old one is superseded.
    """
    service = state.crm.service(Quotes)
    quote = service.revise(quote_)
    old = service.get(quote.record.fields["version_of"])
    done = _(
        "Draft {id} takes the place of {called} when it is sent: {sum}",
        id=quote.id,
        called=old.called,
        sum=_sum(quote),
    )
    _receipt(state, quote, done, undo=f"crm records quote archive {quote.id}")


def _settings(state: CommandState) -> QuoteSettings:
    return state.crm.service(Quotes).settings


def _file_name(quote: Quote) -> str:
    return re.sub(r"[^\w.-]+", "-", quote.number or f"draft-{quote.id}").strip(".-") or f"quote-{quote.id}"


def _write(path: Path, content: bytes) -> Path:
    """What is in it is the customer's and ours: nobody else on this machine reads it."""
    try:
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(
            phrase(
                "{path} cannot be written: {strerror}",
                path=path,
                strerror=phrase(error.strerror or str(error)),
            ),
            hint="Name another: --output",
        ) from None
    return path


def _receipt(state: CommandState, quote: Quote, done: str, *, undo: str = "", **more: Any) -> None:
    record = {"quote": _document(quote, _customer(state, quote)), **more}
    state.output.receipt(done, undo=undo, reference=quote.id, record=record)


def _customer(state: CommandState, quote: Quote) -> str:
    names, _owners = state.crm.records.names([quote.record])
    return names.get(quote.customer_id, "")


def _sum(quote: Quote) -> str:
    count = len(quote.lines)
    lines = ngettext("{count} line", "{count} lines", count) if count else _("no lines yet")
    return (
        _("{lines}, {gross} with tax", lines=lines, gross=written_money(quote.totals.gross))
        if count
        else lines
    )


def _is_soon(quote: Quote, today: Any) -> bool:
    return quote.state == SENT and quote.valid_until is not None and quote.valid_until <= today + SOON


def _about(state: CommandState, quote: Quote) -> list[str]:
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
        _settings(state).valid_days,
    )


def _sums(quote: Quote) -> list[tuple[str, str]]:
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


def _row(quote: Quote, customer: str) -> dict[str, Any]:
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


def _line_row(quote: Quote, index: int) -> dict[str, Any]:
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


def _document(quote: Quote, customer: str) -> dict[str, Any]:
    return _row(quote, customer) | {"lines": [_line_row(quote, index) for index in range(len(quote.lines))]}
