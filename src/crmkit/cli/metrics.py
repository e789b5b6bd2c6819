"""`crm metrics`: numbers over all customers and a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists
from crmkit.cli.reads import read_record
from crmkit.cli.state import State, pass_state
from crmkit.core.cldr import figures, written_day, written_percent, written_sum
from crmkit.core.language import N_, _, number, translated
from crmkit.core.phrase import shown as written

if TYPE_CHECKING:
    from fractions import Fraction

    from crmkit.core.crm import Crm
    from crmkit.core.metrics.period import Period
    from crmkit.core.metrics.value import GroupValue, MetricValue, Number

_UNITS = {
    "count": N_("count"),
    "share": N_("share"),
    "money": N_("money"),
    "number": N_("number"),
    "days": N_("days"),
}


def _unit(name: str) -> str:
    return _(_UNITS.get(name, name))


_LISTED = (
    Column("metric", fixed=True, style="bold"),
    Column("unit", shown=_unit),
    Column("owner"),
    Column("doc", "What it is", wrap=True, shown=translated),
)
_SHOWN = (
    Column("group", style="bold", shown=str, sparse=True),
    Column("value", right=True, fixed=True, shown=str),
    Column("from", "Out of", right=True, sparse=True),
    Column("previous", "Before", right=True, fixed=True, sparse=True),
    Column("change", right=True, fixed=True, sparse=True),
)


@click.group(cls=Noun)
def metrics() -> None:
    """Numbers over many customers and a period: revenue, repeat rate, retention and the like."""


@metrics.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List the metrics, with what they say and what they can be given in brackets."""
    from crmkit.core.metrics.naming import usage

    rows = [
        {
            "metric": usage(each),
            "unit": each.unit,
            "owner": each.owner,
            "doc": each.doc,
            "formula": each.formula,
        }
        for each in state.crm.metrics.list()
    ]
    state.output.rows(_LISTED, rows, footer=N_("See one: crm metrics show revenue --period 2026-05"))


@metrics.command()
@click.argument("name", metavar="NAME")
@click.option("--period", metavar="P", help="last 90 days, this month, 2026-05, 2026-Q1, from D to D …")
@click.option("--segment", metavar="S", help="Only the members of this segment.")
@click.option("--where", metavar="P", help="Only customers for whom this condition holds.")
@click.option("--by", metavar="G", help="In groups: customer_type, outlet, month, a field and so on.")
@click.option("--as-of", metavar="D", help="By what was on record then; a day is meant as a whole.")
@click.option("--compare", type=click.Choice(["previous"]), help="Beside the period before.")
@lists
@pass_state
def show(state: State, name: str, compare: str | None, **asked: str | None) -> None:
    """Show the metric NAME, such as revenue or "retention(90 days)", in a period."""
    crm = state.crm
    wanted = {key: asked[key] for key in ("segment", "where", "by")}
    as_of = _as_of(crm, asked["as_of"])
    with crm.noted_reads() as reads:
        value = crm.metrics.value(name, asked["period"], as_of=as_of, **wanted)
        before = crm.metrics.value(name, value.period.previous(), as_of=as_of, **wanted) if compare else None
    if state.output.is_json:
        state.output.json({**_document(crm, value, before), **read_record(reads)})
        return
    values: list[MetricValue | GroupValue] = [*value.groups, value]
    rows = [_row(value, each, _same(before, each)) for each in values]
    state.output.rows(_SHOWN, rows)
    if state.output.format == "table":
        _explain(state, value, before)


def _as_of(crm: Crm, text: str | None) -> Any:
    from crmkit.cli.values import instant, today
    from crmkit.core.instants import parse_date

    if text is None:
        return None
    try:
        return parse_date(text, today(crm))
    except ValueError:
        return instant(crm, text)


def _same(before: MetricValue | None, value: MetricValue | GroupValue) -> MetricValue | GroupValue | None:
    """The same group, or the whole, in the period before."""
    if before is None or not hasattr(value, "group"):
        return before
    return next((each for each in before.groups if each.group == value.group), None)


def _row(
    metric: MetricValue, value: MetricValue | GroupValue, before: MetricValue | GroupValue | None
) -> dict[str, Any]:
    group = None
    if metric.by:
        group = _("All") if value is metric else getattr(value, "group", None) or _("(none)")
    return {
        "group": group,
        "value": shown(metric, value.value),
        "from": out_of(metric.unit, metric.currency, value.numerator, value.denominator),
        "previous": shown(metric, before.value) if before else None,
        "change": change(metric, value.value, before.value) if before else None,
    }


def out_of(unit: str, currency: str | None, numerator: int, denominator: int | None) -> str | None:
    """What a share is a share of: `3 of 8`, or amounts of the currency; None for what is no share."""
    from crmkit.core.model.money import format_amount

    if unit != "share" or not denominator:
        return None
    if currency is None:
        return _("{part} of {whole}", part=number(numerator), whole=number(denominator))
    part, whole = (format_amount(each, currency) for each in (numerator, denominator))
    return _("{part} of {whole}", part=figures(part), whole=written_sum(whole, currency))


def shown(metric: MetricValue, value: Number) -> str:
    """A value as a person reads it: `12.5 %`, `1234.50 PLN`, `2.31`."""
    from crmkit.core.model.money import format_amount

    if value is None:
        return "-"
    if metric.unit == "money":
        return written_sum(format_amount(int(value), str(metric.currency)), str(metric.currency))
    if metric.unit == "share":
        return written_percent(decimal(value * 100, 1))
    return figures(f"{value:,}" if isinstance(value, int) else decimal(value, 2))


def change(metric: MetricValue, now: Number, before: Number) -> str:
    """How much more or less: shares in percentage points, the rest in percent."""
    from fractions import Fraction

    if now is None or before is None:
        return ""
    more = Fraction(now) - Fraction(before)
    if metric.unit == "share":
        return _("{change} points", change=figures(signed(more * 100)))
    if not before:  # no number of percent leads away from nothing
        return _("unchanged") if not now else _("from nothing")
    return written_percent(signed(more / abs(Fraction(before)) * 100))


def signed(number: int | Fraction) -> str:
    """A change with its sign, to one place."""
    text = decimal(number, 1)
    return text if text.startswith("-") or number == 0 else f"+{text}"


def decimal(number: int | Fraction, places: int) -> str:
    """A number with so many places, halves away from zero."""
    from crmkit.core.metrics.value import rounded

    whole = rounded(number * 10**places) if not isinstance(number, int) else number * 10**places
    sign, digits = "-" if whole < 0 else "", f"{abs(whole):0{places + 1}d}"
    return f"{sign}{int(digits[:-places]):,}.{digits[-places:]}"


def _explain(state: State, value: MetricValue, before: MetricValue | None) -> None:
    from crmkit.cli.tables import folded

    metric = state.crm.metrics.get(value.name)
    period = value.period
    doc = translated(metric.doc)
    state.output.say("\n" + folded(f"{value.name}: {doc[:1].lower()}{doc[1:]}, {_days(period)}", 0))
    if before is not None:
        state.output.say(_("Before: {period}", period=_days(before.period)))
    if metric.formula:
        state.output.say(folded(_("It is: {formula}", formula=translated(metric.formula)), 0))
    state.output.say(folded(written(metric.reading), 0))
    if value.is_empty:
        state.output.say(_("Nothing of the kind is on record in this period."))


def _days(period: Period) -> str:
    from crmkit.core.metrics.written_period import written_period

    named = written_period(period)
    named = f"{named} " if named else ""
    if period.start is None:
        return f"{named}({_('to {day}', day=written_day(period.last))})"
    span = written_day(period.start)
    if period.start != period.last:
        span = _("{first} to {last}", first=span, last=written_day(period.last))
    return f"{named}({span})"


def _document(crm: Crm, value: MetricValue, before: MetricValue | None) -> dict[str, Any]:
    from crmkit.cli.records import moment

    metric = crm.metrics.get(value.name)
    document = {
        "metric": value.name,
        "unit": value.unit,
        "period": _span(value),
        "as_of": moment(crm, value.as_of),
        **_numbers(value, value),
    }
    if value.by:
        document["by"] = value.by
        document["groups"] = [{"group": each.group, **_numbers(value, each)} for each in value.groups]
    if before is not None:
        document["previous"] = {"period": _span(before), **_numbers(before, before)}
        if value.by:
            document["previous"]["groups"] = [
                {"group": each.group, **_numbers(before, each)} for each in before.groups
            ]
    document["definition"] = {"doc": metric.doc, "formula": metric.formula, "reading": metric.reading}
    return document


def _span(value: MetricValue) -> dict[str, Any]:
    """The period; `to` is the first day that is no longer in it."""
    return {"text": str(value.period), "from": value.period.start, "to": value.period.end}


def _numbers(metric: MetricValue, value: MetricValue | GroupValue) -> dict[str, Any]:
    """Value, numerator and denominator: money in major units as text, shares and averages as numbers."""
    from crmkit.core.model.money import format_amount

    number = value.value if isinstance(value.value, int | None) else round(float(value.value), 6)
    if metric.currency is None:
        return {"value": number, "numerator": value.numerator, "denominator": value.denominator}
    if metric.unit != "money":
        part, whole = (
            format_amount(each or 0, metric.currency) for each in (value.numerator, value.denominator)
        )
        return {"value": number, "currency": metric.currency, "numerator": part, "denominator": whole}
    worth = None if value.value is None else format_amount(int(value.value), str(metric.currency))
    return {
        "value": worth,
        "currency": metric.currency,
        "numerator": format_amount(value.numerator, str(metric.currency)),
        "denominator": value.denominator,
    }
