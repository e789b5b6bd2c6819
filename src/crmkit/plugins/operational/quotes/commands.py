"""`crm quotes`: offers to customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from crmkit.plugin import (
    CommandState,
    OutputColumn,
    _,
    figures,
    limited,
    lists,
    needs,
    pass_state,
    shown_safely,
    shows,
    today_of,
    translated,
    writes,
    written_money,
)
from crmkit.plugins.operational.api import Quotes
from crmkit.plugins.operational.quotes.model import DRAFT, SENT
from crmkit.plugins.operational.quotes.sending_commands import email, html, pdf, send
from crmkit.plugins.operational.quotes.showing import titled, valid
from crmkit.plugins.operational.quotes.summary import (
    about,
    customer_of,
    document,
    is_soon,
    line_row,
    receipt,
    row_of,
    sum_of,
    sums,
)

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


for _command in (send, email, html, pdf):
    quotes.add_command(_command)


@quotes.command("list")
@click.option("--customer", metavar="REF", help="Only those of this customer.")
@click.option("--state", "where", metavar="STATE", help="Only those that stand there.")
@limited(most=10_000)
@lists
@pass_state
def list_(state: CommandState, customer: str | None, where: str | None, limit: int) -> None:
    """List quotes: those that wait for an answer first, what runs out soonest on top."""
    crm = state.crm
    found = crm.service(Quotes).list(customer, state=where, limit=limit)
    names, _owners = crm.records.names([quote.record for quote in found])
    today = today_of(crm)
    rows = [
        row_of(quote, names.get(quote.customer_id, ""))
        | {"runs_out": valid(quote, today) if quote.state == SENT else "", "soon": is_soon(quote, today)}
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
    name = customer_of(state, quote)
    receipt(
        state,
        quote,
        _("Draft {id} for {name}: {sum}", id=quote.id, name=name, sum=sum_of(quote)),
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
    receipt(
        state,
        quote,
        _("Draft {id}: {sum}", id=quote.id, sum=sum_of(quote)),
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
    receipt(state, quote, _("Draft {id}: {sum}", id=quote.id, sum=sum_of(quote)))


@quotes.command("show")
@click.argument("quote_", metavar="QUOTE")
@shows
@pass_state
def show(state: CommandState, quote_: str) -> None:
    """Show a quote with its lines and what they come to."""
    quote = state.crm.service(Quotes).get(quote_)
    name, output = customer_of(state, quote), state.output
    if output.is_json:
        output.json(document(quote, name))
        return
    state_ = "" if quote.state == DRAFT else f"   {translated(quote.state)}"
    output.data(shown_safely(f"{titled(quote)}   {name} (#{quote.customer_id}){state_}"))
    for line in about(state, quote):
        output.data(shown_safely(line))
    asked = OutputColumn("gross" if quote.with_tax else "net", right=True, fixed=True, shown=figures)
    output.rows((*_LINES, asked), [line_row(quote, position) for position in range(len(quote.lines))],
                empty=_("It has no lines. Add one: crm quotes add-line {id} \"SKU x "
                        "3\"", id=quote.id))  # fmt: skip
    for label, amount in sums(quote):
        output.data(f"{label:>24}  {amount:>20}")


@quotes.command("accept")
@click.argument("quote_", metavar="QUOTE")
@writes
@pass_state
def accept(state: CommandState, quote_: str) -> None:
    """The customer accepts the quote."""
    quote = state.crm.service(Quotes).accept(quote_)
    receipt(
        state,
        quote,
        _(
            "{called} of {customer} is accepted: {gross}",
            called=quote.called,
            customer=customer_of(state, quote),
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
    receipt(
        state,
        quote,
        _("{called} of {customer} is declined", called=quote.called, customer=customer_of(state, quote)),
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
        sum=sum_of(quote),
    )
    receipt(state, quote, done, undo=f"crm records quote archive {quote.id}")
