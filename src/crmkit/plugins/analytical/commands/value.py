"""`crm analytics value`: what customers are worth."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit import Invalid, Money
from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    figures,
    lists,
    ngettext,
    number,
    parse_date,
    pass_state,
    phrase,
    shown_instant,
    translated,
    written_amount,
    written_length,
)
from crmkit.plugins.analytical.commands.asking import asked, draw, percent
from crmkit.plugins.analytical.commands.saving import keep, saves
from crmkit.plugins.analytical.lifetime.doubts import shown_doubt

if TYPE_CHECKING:
    from crmkit.plugins.analytical.lifetime.fits import BusinessFits
    from crmkit.plugins.analytical.lifetime.service import BusinessValues

_NOBODY = N_("Nobody has bought yet. Log a purchase: crm log REF purchase 12.50")
_CLASSES = (
    OutputColumn("before", "Repeat purchases before", style="bold", fixed=True),
    OutputColumn("customers", right=True, shown=number),
    OutputColumn("actual", "Bought after, mean", right=True, shown=lambda mean: figures(f"{mean:.3f}")),
    OutputColumn("expected", "Expected", right=True, shown=lambda mean: figures(f"{mean:.3f}")),
)


@click.command()
@asked
@click.option(
    "--on", "on", metavar="D", help="Also the chance to be there on that day, without a purchase until."
)
@click.option("--validate", metavar="D", help="Fit to what was bought up to D, and compare with what came.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many customers.")
@saves
@lists
@pass_state
def value(
    state: CommandState,
    where: str | None,
    as_of: date | None,
    on: str | None,
    validate: str | None,
    limit: int,
    save: Path | None,
) -> None:
    """List customers by lifetime value: the chance that they are still there, and what they will bring."""
    from crmkit.plugins.analytical.lifetime.numerical import require_numbers

    require_numbers()
    if validate is not None:
        _validate(state, where, as_of, _day("--validate", validate), save)
        return
    from crmkit.plugins.analytical.lifetime.charts import alive_chart
    from crmkit.plugins.analytical.lifetime.service import business_values

    found = business_values(state.crm, where=where, as_of=as_of)
    if found.values is None:
        empty = _NOBODY if not len(found.buyers.ids) else ""
        state.output.rows((), [], empty=empty)
        if not empty:
            state.output.warn(health(state, found.fits))
        return
    rows = _rows(state, found, None if on is None else _day("--on", on), limit)
    chart = alive_chart(found.values.p_alive.tolist())
    keep(state, save, rows, chart)
    state.output.rows(_columns(found, on), rows)
    draw(state, chart)
    state.output.say(health(state, found.fits))


def health(state: CommandState, fits: BusinessFits) -> str:
    """When the models were fitted, and how that went."""
    told = [
        f"{each.model} {translated(each.status)}" + (f" ({shown_doubt(each.reason)})" if each.reason else "")
        for each in (fits.buying, fits.spend)
    ]
    when = shown_instant(state.crm, fits.as_of)
    return ngettext(
        "Models fitted as of {when} to {count} customer: {told}.",
        "Models fitted as of {when} to {count} customers: {told}.",
        fits.buying.customers,
        when=when,
        told=", ".join(told),
    )


def _columns(found: BusinessValues, on: str | None) -> list[OutputColumn]:
    assert found.values is not None
    columns = [
        OutputColumn("customer", style="bold"),
        OutputColumn("p_alive", "Still there", right=True, fixed=True, shown=percent),
    ]
    if on is not None:
        columns.append(
            OutputColumn("p_alive_on", _("On {day}", day=on), right=True, fixed=True, shown=percent)
        )
    columns += [
        OutputColumn(
            f"purchases_{_key(name)}",
            _("Purchases in {length}", length=written_length(name)),
            right=True,
            shown=lambda count: figures(f"{count:.2f}"),
        )
        for name in found.values.expected
    ]
    columns += [
        OutputColumn(
            f"clv_{_key(name)}",
            _("Value of {length}", length=written_length(name)),
            right=True,
            fixed=True,
            shown=written_amount,
        )
        for name in found.values.value or {}
    ]
    return columns


def _rows(state: CommandState, found: BusinessValues, on: date | None, limit: int) -> list[dict[str, Any]]:
    """The customers worth most in the first horizon."""
    import numpy as np

    from crmkit.plugins.analytical.lifetime.worth import p_alive

    assert found.values is not None
    crm, values = state.crm, found.values
    by = next(iter((values.value or values.expected).values()))
    best = np.argsort(-by, kind="stable")[:limit]
    names = {each.id: each.name for each in crm.customers.summaries(found.buyers.ids[best].tolist())}
    later = None if on is None else p_alive(found.fits, found.buyers, on)
    rows = []
    for place in best.tolist():
        id_ = int(found.buyers.ids[place])
        row: dict[str, Any] = {"customer": names.get(id_, ""), "customer_id": id_}
        row["p_alive"] = float(values.p_alive[place])
        if later is not None:
            row["p_alive_on"] = float(later[place])
        row |= {f"purchases_{_key(name)}": float(each[place]) for name, each in values.expected.items()}
        row |= {
            f"clv_{_key(name)}": _money(state, float(each[place]))
            for name, each in (values.value or {}).items()
        }
        row["fitted"] = shown_instant(state.crm, found.fits.as_of)
        rows.append(row)
    return rows


def _money(state: CommandState, major: float) -> str:
    from crmkit.plugins.analytical.lifetime.buyers import minor_units

    currency = state.crm.config.crs.currency
    return str(Money(round(major * minor_units(currency)), currency))


def _key(length: str) -> str:
    return length.replace(" ", "_")


def _validate(
    state: CommandState, where: str | None, as_of: date | None, until: date, save: Path | None
) -> None:
    from crmkit.plugins.analytical.lifetime.charts import by_frequency, over_time
    from crmkit.plugins.analytical.lifetime.service import validated

    found = validated(state.crm, until, where=where, as_of=as_of)
    if not found.fit.is_good:
        state.output.warn(
            _(
                "By {day} the model was {status}: {reason}.",
                day=until,
                status=translated(found.fit.status),
                reason=shown_doubt(found.fit.reason),
            )
        )
        return
    rows = [
        {"before": each.label, "customers": each.customers, "actual": each.actual, "expected": each.expected}
        for each in found.classes
    ]
    keep(state, save, rows, by_frequency(found))
    state.output.rows(_CLASSES, rows)
    draw(state, over_time(found))
    bias = "" if found.bias is None else f" ({found.bias * 100:+.1f} %)"
    state.output.say(
        _(
            "{model}, fitted up to {until}: {expected} purchases expected by {end}, {actual} made{bias}. "
            "Error per customer: mean {mean}, root mean square {square}.",
            model=found.fit.model,
            until=found.until,
            expected=f"{found.expected:,.0f}",
            end=found.end,
            actual=number(found.actual),
            bias=bias,
            mean=f"{found.mae:.3f}",
            square=f"{found.rmse:.3f}",
        )
    )


def _day(option: str, text: str) -> date:
    try:
        return parse_date(text)
    except ValueError:
        raise Invalid(
            phrase('{option} "{text}" is not a date', option=option, text=text),
            hint="Write a date such as 2026-05-01.",
        ) from None
