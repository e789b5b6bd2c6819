"""`crm products`: what is sold, and what it costs."""

from __future__ import annotations

import shlex
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    figures,
    lists,
    ngettext,
    pass_state,
    pgettext,
    reads_rows,
    rehearses,
    shown,
    shown_safely,
    shows,
    today_of,
    writes,
    written_amount,
    written_day,
    written_money,
)
from crmkit.plugins.operational.api import Price, Prices, Product, Products
from crmkit.plugins.operational.products.exact import plain
from crmkit.plugins.operational.products.importing import import_products
from crmkit.plugins.operational.products.model import STANDARD

_DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])
_SHOWN_PROBLEMS = 10
_SOLD = OutputColumn("archived", "State", shown=lambda archived: _("sold no more") if archived else "")


@click.group()
def products() -> None:
    """What is sold, and what it costs: on which list, from which quantity, and when."""


@products.command("add")
@click.argument("sku")
@click.argument("name")
@click.option("--unit", default="", help="In what it is sold: kg, hour, box.")
@click.option("--tax", default="0", metavar="PERCENT", help="The rate of tax, such as 23.")
@click.option("--price", metavar="AMOUNT", help="What one costs without tax, from today on.")
@writes
@pass_state
def add(state: CommandState, sku: str, name: str, unit: str, tax: str, price: str | None) -> None:
    """Add a product, or change the one that has this SKU.

    Quotes keep the name and the rate of tax that they were made with.
    """
    crm = state.crm
    with crm.transaction():
        product, outcome = crm.service(Products).save(sku, name, unit=unit, tax_rate=tax)
        if price is not None:
            crm.service(Prices).set(sku, price)
    done = {
        "created": pgettext("receipt", "Added"),
        "updated": pgettext("receipt", "Changed"),
        "unchanged": _("Nothing was different:"),
    }[outcome]
    undo = f"crm products archive {shlex.quote(product.sku)}" if outcome == "created" else ""
    state.output.receipt(
        f"{done} {product.sku} {product.name}",
        undo=undo,
        reference=product.sku,
        record={"product": _row(product)},
    )


@products.command(
    "import",
    epilog="Columns: sku, name, unit, tax, price, currency, list, from_quantity, valid_from, valid_until. "
    "Only sku is needed for a known product.",
)
@click.argument("file", type=click.Path(path_type=Path))
@reads_rows
@rehearses
@writes
@pass_state
def import_(state: CommandState, file: Path, encoding: str | None, sheet: str | None, dry_run: bool) -> None:
    """Add and change products and prices as a FILE says: CSV, XLSX or NDJSON.

    The same file again changes nothing. Lines that are wrong are left out and named.
    """
    found = import_products(state.crm, file, dry_run=dry_run, encoding=encoding, sheet=sheet)
    counts = _(
        "{products}, {updated} changed, {unchanged} as they were; {prices} prices",
        products=_products(found.created),
        updated=found.updated,
        unchanged=found.unchanged,
        prices=found.prices,
    )
    record = {name: getattr(found, name) for name in ("created", "updated", "unchanged", "prices")}
    record["problems"] = [{"line": line, "problem": problem} for line, problem in found.problems]
    record["notes"] = list(found.notes)
    if dry_run:
        state.output.preview(_("It would be: {counts}.", counts=counts), record)
    else:
        state.output.receipt(counts, reference=found.created, record=record)
    for note in found.notes:
        state.output.say("  " + shown_safely(shown(note)))
    for line, problem in found.problems[:_SHOWN_PROBLEMS]:
        state.output.warn(
            "  " + _("line {line} was left out: {problem}", line=line, problem=shown_safely(problem))
        )
    more = len(found.problems) - _SHOWN_PROBLEMS
    if more > 0:
        state.output.warn("  " + _("and {more} more; --json names them", more=more))


@products.command("list")
@click.option("--archived", is_flag=True, help="Also what is sold no more.")
@lists
@pass_state
def list_(state: CommandState, *, archived: bool) -> None:
    """List products with the standard price of today."""
    crm = state.crm
    found, today = crm.service(Products).list(archived=archived), today_of(crm)
    prices = _standard(crm.service(Prices).every(found), today, crm.config.crs.currency)
    rows = [_row(each) | {"price": prices.get(each.sku)} for each in found]
    state.output.rows(
        (
            OutputColumn("sku", "SKU", fixed=True, style="bold"),
            OutputColumn("name"),
            OutputColumn("unit"),
            OutputColumn("price", right=True, fixed=True, shown=written_amount),
            OutputColumn("tax", "Tax %", right=True, fixed=True, shown=figures),
            *([_SOLD] if archived else []),
        ),
        rows,
        empty=_("Nothing is sold yet. Begin with: crm products import FILE, or crm products add SKU NAME"),
    )


@products.command("show")
@click.argument("sku")
@click.option("--on", "day", metavar="DAY", type=_DAY, help="What it costs on this day; today, if not given.")
@click.option("--quantity", default="1", metavar="N", help="What one costs of so many.")
@click.option("--list", "price_list", metavar="LIST", default=STANDARD, help="For those on this price list.")
@click.option("--currency", metavar="CODE", help="In this currency; the business's own, if not given.")
@shows
@pass_state
def show(
    state: CommandState, sku: str, day: datetime | None, quantity: str, price_list: str, currency: str | None
) -> None:
    """Show a product, all its prices, and what it costs on a day."""
    crm = state.crm
    product, every = crm.service(Products).get(sku), crm.service(Prices).of(sku)
    on = day.date() if day else today_of(crm)
    price = None
    if every or day:
        price = crm.service(Prices).on(
            sku, currency=_code(currency), quantity=quantity, day=on, lists=(price_list,)
        )
    if state.output.is_json:
        rows = [_price_row(each) for each in every]
        body = {"on": on.isoformat(), "price": _price_row(price) if price else None, "prices": rows}
        state.output.json({"product": _row(product)} | body)
        return
    unit = f" / {product.unit}" if product.unit else ""
    tax = _("tax {rate}%", rate=figures(plain(product.tax_rate)))
    archived = "   " + _("sold no more") if product.is_archived else ""
    state.output.data(shown_safely(f"{product.sku}   {product.name}   {tax}{archived}"))
    if price is not None:
        state.output.data(
            shown_safely(
                _(
                    "On {on}: {amount}{unit} ({price_list})",
                    on=written_day(on),
                    amount=written_money(price.amount),
                    unit=unit,
                    price_list=price.price_list,
                )
            )
        )
    columns = (
        OutputColumn("list", fixed=True),
        OutputColumn("from_quantity", "From", right=True, fixed=True),
        OutputColumn("price", right=True, fixed=True),
        OutputColumn("valid_from", "Since", fixed=True),
        OutputColumn("valid_until", "Until", fixed=True),
    )
    none_yet = _("It has no price yet. Give it one: crm products price {sku} AMOUNT", sku=product.sku)
    state.output.rows(columns, [_price_row(each) for each in every], empty=none_yet)


@products.command("price")
@click.argument("sku")
@click.argument("amount")
@click.option("--currency", metavar="CODE", help="The business's own, if not given.")
@click.option("--list", "price_list", metavar="LIST", default=STANDARD, help="The price list that it is on.")
@click.option("--from-quantity", metavar="N", default="0", help="For so many or more.")
@click.option("--since", metavar="DAY", type=_DAY, help="The first day; today, if not given.")
@click.option("--until", metavar="DAY", type=_DAY, help="The last day; without end, if not given.")
@writes
@pass_state
def price(
    state: CommandState, sku: str, amount: str, currency: str | None, price_list: str, from_quantity: str,
    since: datetime | None, until: datetime | None,
) -> None:  # fmt: skip
    """Say what one SKU costs: without tax, unless prices are gross (crm.toml).

    It holds until a later price of the same list, currency and quantity begins.
    """
    made, outcome = state.crm.service(Prices).set(
        sku, amount, _code(currency), price_list=price_list, from_quantity=from_quantity,
        valid_from=_date(since), valid_until=_date(until),
    )  # fmt: skip
    done = N_("{sku} already costs {price}") if outcome == "unchanged" else N_("{sku} costs {price}")
    state.output.receipt(
        _(done, sku=made.sku, price=_said(made)),
        reference=made.sku,
        record={"price": _price_row(made)},
    )


@products.command("archive")
@click.argument("sku")
@writes
@pass_state
def archive(state: CommandState, sku: str) -> None:
    """Sell it no more; quotes that name it stay as they are."""
    product = state.crm.service(Products).archive(sku)
    state.output.receipt(
        _("{sku} {product} is sold no more", sku=product.sku, product=product.name),
        undo=f"crm products restore {shlex.quote(product.sku)}",
        reference=product.sku,
        record={"product": _row(product)},
    )


@products.command("restore")
@click.argument("sku")
@writes
@pass_state
def restore(state: CommandState, sku: str) -> None:
    """Sell it again."""
    product = state.crm.service(Products).restore(sku)
    state.output.receipt(
        _("{sku} {product} is sold again", sku=product.sku, product=product.name),
        undo=f"crm products archive {shlex.quote(product.sku)}",
        reference=product.sku,
        record={"product": _row(product)},
    )


def _standard(prices: tuple[Price, ...], today: date, currency: str) -> dict[str, str]:
    """What one of each costs today, by SKU; the price for the smallest quantity."""
    found: dict[str, Price] = {}
    for each in prices:
        if (each.price_list, each.amount.currency) != (STANDARD, currency) or not each.holds(today):
            continue
        known = found.get(each.sku)
        if known is None or (-each.from_quantity, each.valid_from) > (-known.from_quantity, known.valid_from):
            found[each.sku] = each
    return {sku: str(price.amount) for sku, price in found.items()}


def _row(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "unit": product.unit,
        "tax": plain(product.tax_rate),
        "archived": product.is_archived,
    }


def _price_row(price: Price) -> dict[str, Any]:
    return {
        "list": price.price_list,
        "from_quantity": plain(price.from_quantity),
        "price": str(price.amount),
        "valid_from": price.valid_from.isoformat(),
        "valid_until": price.valid_until.isoformat() if price.valid_until else None,
    }


def _said(price: Price) -> str:
    """What it costs, from how many on, and from when to when."""
    said = f"{written_money(price.amount)} ({price.price_list})"
    if price.from_quantity:
        said += " " + _("for {from_quantity} or more", from_quantity=plain(price.from_quantity))
    said += " " + _("since {day}", day=written_day(price.valid_from))
    if price.valid_until:
        said += " " + _("until {day}", day=written_day(price.valid_until))
    return said


def _products(number: int) -> str:
    return ngettext("{count} new product", "{count} new products", number)


def _code(text: str | None) -> str | None:
    return text.strip().upper() if text else None


def _date(day: datetime | None) -> date | None:
    return day.date() if day else None
