"""`crm rates`: what other currencies are worth in the business's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import limited, lists, rehearses, writes
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _, ngettext

if TYPE_CHECKING:
    from datetime import date

    from crmkit.core.crm import Crm
    from crmkit.core.rates.rate import ExchangeRate

_COLUMNS = (
    Column("currency", fixed=True, style="bold"),
    Column("on", "From", fixed=True),
    Column("rate", right=True, fixed=True),
    Column("base", "Into", fixed=True),
    Column("source"),
)


@click.group(cls=Noun)
def rates() -> None:
    """What other currencies are worth: a rate holds from its day until the next one of its currency."""


@rates.command("list")
@click.argument("currency", required=False)
@limited()
@lists
@pass_state
def list_(state: State, currency: str | None, limit: int) -> None:
    """List the rates, newest first: all of them, or those of CURRENCY."""
    code = currency.upper() if currency else None
    found = state.crm.rates.list(code, limit=limit + 1)
    rows = [_row(each) for each in found[:limit]]
    more = (
        _("There are more; show them with: --limit {limit}", limit=limit * 10) if len(found) > limit else ""
    )
    own = state.crm.config.crs.currency
    state.output.rows(
        _COLUMNS,
        rows,
        empty=_("No rates yet. Amounts in {own} need none; set one: crm rates set USD RATE", own=own),
        footer=more,
    )


@rates.command("set")
@click.argument("currency")
@click.argument("rate")
@click.option("--on", metavar="DATE", help="The first day on which it holds; today, if not given.")
@click.option("--source", metavar="TEXT", default="", help="Where it comes from.")
@writes
@pass_state
def set_(state: State, currency: str, rate: str, on: str | None, source: str) -> None:
    """Say that one unit of CURRENCY is worth RATE units of the business's own, from a day onwards."""
    crm = state.crm
    made = crm.rates.make(currency.upper(), rate, on=_day(crm, on), source=source)
    before = next((each for each in crm.rates.list(made.currency) if each.on == made.on), None)
    crm.rates.set_all([made])
    undo = f"crm rates remove {made.currency} --on {made.on}"
    if before is not None:
        undo = f"crm rates set {made.currency} {before.rate:f} --on {made.on}"
    state.output.receipt(_told(made), undo=undo, reference=made.currency, record=_row(made))


@rates.command()
@click.argument("currency")
@click.option("--on", metavar="DATE", required=True, help="The day on which the rate begins.")
@writes
@pass_state
def remove(state: State, currency: str, on: str) -> None:
    """Remove the rate of CURRENCY that begins on a day; the one before it then holds on."""
    day = _day(state.crm, on)
    assert day is not None
    gone = state.crm.rates.remove(currency.upper(), day)
    undo = f"crm rates set {gone.currency} {gone.rate:f} --on {gone.on}"
    state.output.receipt(
        _("Removed: {told}", told=_told(gone)), undo=undo, reference=gone.currency, record=_row(gone)
    )


@rates.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@rehearses
@writes
@pass_state
def import_(state: State, file: Path, dry_run: bool) -> None:
    """Import rates from a CSV FILE with the columns currency, date and rate: all of it, or nothing."""
    from attrs import asdict

    from crmkit.core.rates.files import rates_in

    crm = state.crm
    found = rates_in(file, crm.rates)
    if dry_run:
        state.output.preview(
            _("{file} has {rates}.", file=file.name, rates=_many(len(found))),
            {"rates": [_row(each) for each in found]},
        )
        return
    report = crm.rates.set_all(found)
    counts = _(
        "{created} new, {changed} changed, {unchanged} as before",
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
    )
    done = _("{rates} read: {counts}", rates=_many(len(found)), counts=counts)
    state.output.receipt(done, reference=len(found), record={"rates": len(found), **asdict(report)})


def _row(rate: ExchangeRate) -> dict[str, Any]:
    return {
        "currency": rate.currency,
        "on": rate.on.isoformat(),
        "rate": f"{rate.rate:f}",
        "base": rate.base,
        "source": rate.source,
    }


def _told(rate: ExchangeRate) -> str:
    from crmkit.core.cldr import figures, written_day

    return _(
        "1 {currency} is {rate} {base} from {on} on",
        currency=rate.currency,
        rate=figures(f"{rate.rate:f}"),
        base=rate.base,
        on=written_day(rate.on),
    )


def _day(crm: Crm, text: str | None) -> date | None:
    from crmkit.cli.values import today
    from crmkit.core.instants import parse_date

    return None if text is None else parse_date(text, today(crm))


def _many(count: int) -> str:
    return ngettext("{count} rate", "{count} rates", count)
