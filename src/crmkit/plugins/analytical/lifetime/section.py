"""Value in the report: who is still there, what they will bring, and how far that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import Money
from crmkit.plugin import Axis, Figure, ReportSection, ReportTable, _, figures, number, written_money
from crmkit.plugins.analytical.lifetime.numerical import has_numbers
from crmkit.plugins.analytical.lifetime.service import business_values, settings_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion
    from crmkit.plugins.analytical.lifetime.service import BusinessValues
    from crmkit.plugins.analytical.lifetime.validation import Validation

_COLUMNS = (
    Axis(column="buyers", title="Buyers, by value", measure="text"),
    Axis(column="customers", title="Customers"),
    Axis(column="alive", title="Still there, mean", measure="percent"),
    Axis(column="value", title="Value", measure="money"),
    Axis(column="share", title="Of all value", measure="percent"),
)
_TENTHS = 10


def section(crm: Crm, question: ReportQuestion) -> ReportSection | None:
    """Lifetime value as of the report's instant; None where nobody has bought, or without the numerical
    libraries.
    """
    found = business_values(crm, where=question.where, as_of=question.as_of) if has_numbers() else None
    if found is None or not len(found.buyers.ids):
        return None
    if found.values is None:
        text = [_("There are no lifetime values: {reason}.", reason=found.fits.buying.reason)]
        return ReportSection(name="value", title="Value", text=text, order=50)
    from crmkit.plugins.analytical.lifetime.charts import alive_chart, by_frequency, over_time

    checked = _checked(crm, question, found)
    return ReportSection(
        name="value",
        title="Value",
        text=_text(crm, found, checked),
        figures=_figures(crm, found),
        charts=[
            alive_chart(found.values.p_alive.tolist()),
            *((over_time(checked), by_frequency(checked)) if checked is not None else ()),
        ],
        tables=[_table(crm, found)] if found.values.value is not None else [],
        order=50,
    )


def _text(crm: Crm, found: BusinessValues, checked: Validation | None) -> list[str]:
    settings = settings_of(crm)
    horizon = settings.horizons[0]
    said = _(
        "The value of a customer is what they are expected to bring within {horizon}: a margin of {margin} "
        "of what they spend, worth {discount} less for each year that it is away.",
        horizon=horizon,
        margin=settings.margin,
        discount=settings.discount,
    )
    text = [said]
    if not found.fits.spend.is_good:
        text.append(
            _("What customers will spend could not be told: {reason}.", reason=found.fits.spend.reason)
        )
    if checked is not None and checked.bias is not None:
        text.append(
            _(
                "The same model, fitted to what was known by {until}, expected {expected} purchases since; "
                "there were {actual} ({bias}).",
                until=checked.until,
                expected=figures(f"{checked.expected:,.0f}"),
                actual=number(checked.actual),
                bias=figures(f"{checked.bias * 100:+.0f} %"),
            )
        )
    return text


def _figures(crm: Crm, found: BusinessValues) -> list[Figure]:
    values, horizon = found.values, settings_of(crm).horizons[0]
    assert values is not None
    told = [
        Figure(
            label="Buyers still there",
            value=figures(f"{values.p_alive.sum():,.0f}"),
            note=_("of {count} who ever bought", count=number(len(values.p_alive))),
        ),
        Figure(
            label="Purchases expected",
            value=figures(f"{values.expected[horizon].sum():,.0f}"),
            note=_("in {horizon}", horizon=horizon),
        ),
    ]
    if values.value is not None:
        total = round(float(values.value[horizon].sum()) * _units(crm))
        worth = written_money(Money(total, crm.config.crs.currency))
        told.append(
            Figure(label="Value of all customers", value=worth, note=_("of {horizon}", horizon=horizon))
        )
    return told


def _table(crm: Crm, found: BusinessValues) -> ReportTable:
    """Value by tenths of the buyers, the best first."""
    import numpy as np

    assert found.values is not None
    assert found.values.value is not None
    worth = found.values.value[settings_of(crm).horizons[0]]
    order = np.argsort(-worth, kind="stable")
    total = float(worth.sum())
    rows = []
    for tenth, places in enumerate(np.array_split(order, _TENTHS)):
        if len(places):
            value = float(worth[places].sum())
            rows.append(
                {
                    "buyers": f"{tenth * 10}–{tenth * 10 + 10} %",
                    "customers": len(places),
                    "alive": float(found.values.p_alive[places].mean()),
                    "value": round(value * _units(crm)),
                    "share": value / total if total > 0 else None,
                }
            )
    return ReportTable(
        caption="Value by tenths of the buyers, the best first",
        columns=_COLUMNS,
        rows=rows,
        currency=crm.config.crs.currency,
    )


def _checked(crm: Crm, question: ReportQuestion, found: BusinessValues) -> Validation | None:
    """The model without the last third of the time, held against it; None where that tells nothing."""
    from datetime import timedelta

    from crmkit.plugins.analytical.lifetime.service import validated

    known = int(found.buyers.histories.age.max() * 7)
    if known < 3 * 28:
        return None
    until = found.buyers.day - timedelta(days=known // 3)
    checked = validated(crm, until, where=question.where, as_of=question.as_of)
    return checked if checked.fit.is_good else None


def _units(crm: Crm) -> int:
    from crmkit.plugins.analytical.lifetime.buyers import minor_units

    return minor_units(crm.config.crs.currency)
