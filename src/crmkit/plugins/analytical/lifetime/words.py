"""The words of lifetime value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import Metric, MetricParameter, Trait, phrase

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.analytical.lifetime.service import BusinessValues
    from crmkit.plugins.analytical.lifetime.settings import ValueSettings

_SOURCES = {
    "bg-nbd": "BG/NBD: Fader, Hardie, Lee (2005), Counting Your Customers the Easy Way",
    "pareto-nbd": "Pareto/NBD: Schmittlein, Morrison, Colombo (1987), Counting Your Customers: Who Are They "
    "and What Will They Do Next?",
}
_SPEND = "Gamma-Gamma: Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value"


def words(settings: ValueSettings) -> Iterable[Trait | Metric]:
    """Traits that are kept from fit to fit, and what all customers are worth together."""
    source, lengths = _SOURCES[settings.model], settings.horizons
    yield Trait(
        name="p_alive",
        type="number",
        doc=phrase("Chance, from 0 to 1, that a buyer has not left for good ({source})", source=source),
        compute=_alive,
    )
    yield Trait(
        name="churn_risk",
        type="number",
        doc=phrase("Chance that a buyer has left for good: 1 - p_alive ({source})", source=source),
        formula="1 - p_alive",
    )
    yield Trait(
        name="expected_purchases",
        type="number",
        doc=phrase(
            "Days with a purchase expected in the time to come, given what was bought so far ({source})",
            source=source,
        ),
        compute=_expected,
        lengths=lengths,
    )
    yield Trait(
        name="clv",
        type="money",
        doc=phrase(
            "Lifetime value: margin x mean spend expected x purchases expected in the time to come, each "
            "discounted by when ({source}; {spend})",
            source=source,
            spend=_SPEND,
        ),
        compute=_value,
        lengths=lengths,
    )
    yield Metric(
        name="clv_total",
        doc=phrase(
            "Lifetime value of all customers together ({source}; {spend})", source=source, spend=_SPEND
        ),
        unit="money",
        formula="the sum of clv",
        reading="Known as of now only, from what the worker last kept.",
        parameters=(MetricParameter(name="horizon", kind="duration"),),
        groups=("customer",),
        past=False,
        compute=_total,
    )


def _found(crm: Crm) -> BusinessValues | None:
    from crmkit.plugins.analytical.lifetime.numerical import has_numbers
    from crmkit.plugins.analytical.lifetime.service import business_values

    return business_values(crm) if has_numbers() else None


def _alive(crm: Crm) -> Iterator[tuple[int, float]]:
    found = _found(crm)
    if found is not None and found.values is not None:
        yield from zip(found.buyers.ids.tolist(), found.values.p_alive.tolist(), strict=True)


def _expected(crm: Crm) -> Iterator[tuple[int, str, float]]:
    found = _found(crm)
    if found is not None and found.values is not None:
        for length, numbers in found.values.expected.items():
            for id_, number in zip(found.buyers.ids.tolist(), numbers.tolist(), strict=True):
                yield id_, length, number


def _value(crm: Crm) -> Iterator[tuple[int, str, int]]:
    found = _found(crm)
    if found is not None and found.values is not None:
        from crmkit.plugins.analytical.lifetime.buyers import minor_units

        units = minor_units(crm.config.crs.currency)
        for length, numbers in (found.values.value or {}).items():
            for id_, number in zip(found.buyers.ids.tolist(), numbers.tolist(), strict=True):
                yield id_, length, round(number * units)


def _total(question: MetricQuestion) -> sa.Select[Any]:
    horizon = question.arguments["horizon"]
    worth = question.trait("clv", **({} if horizon is None else {"length": horizon}))
    known = question.customers()
    rows = (
        sa.select(known.c.customer_id, worth.c.value)
        .select_from(known.join(worth, worth.c.customer_id == known.c.customer_id))
        .subquery("worth")
    )
    return question.count(
        rows, numerator=lambda c: sa.cast(sa.func.coalesce(sa.func.sum(c.value), 0), sa.BigInteger)
    )
