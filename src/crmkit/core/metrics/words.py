"""The metrics that the core brings, each with its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from crmkit.core.model.words import Metric, MetricParameter

_TYPES: Final = MetricParameter(name="types", kind="interaction_types")
_BOUGHT: Final = MetricParameter(name="types", kind="interaction_types", default="purchase")
_WINDOW: Final = MetricParameter(name="window", kind="duration")
_OF_CUSTOMERS: Final = ("customer",)
_FLOW: Final = ("customer", "time")


def core_metrics() -> Iterator[Metric]:
    """Every metric of the core."""
    yield from _counts()
    yield from _loyalty()
    yield from _money()
    yield from _contacts()
    yield from _quality()


def _counts() -> Iterator[Metric]:
    yield Metric(
        name="customers",
        doc="Customers on record at the end of the period",
        unit="count",
        formula="customers not archived who were entered, or had any contact, by the end of the period",
        reading="Prospects and leads are among them: group by lifecycle to see who is what.",
        groups=_OF_CUSTOMERS,
        looks="end",
        period="today",
        compute=_in("counting", "customers"),
    )
    yield Metric(
        name="active",
        doc="Customers who bought in the period",
        unit="count",
        formula="different customers with a purchase, or another of the types given, in the period",
        reading="A customer who buys in two months is active in both, so months do not add up to the year.",
        parameters=(_BOUGHT,),
        compute=_in("counting", "active"),
    )
    yield Metric(
        name="new",
        doc="Customers who bought for the first time in the period",
        unit="count",
        formula="customers whose first purchase ever, or first of the types given, lies in the period",
        reading="What happened before the record begins is not known: import the history, or everybody looks "
        "new in the first period.",
        parameters=(_BOUGHT,),
        groups=_FLOW,
        compute=_in("counting", "new"),
    )
    yield Metric(
        name="lapsed",
        doc="Customers who have not bought for long at the end of the period",
        unit="count",
        formula="customers not archived whose last purchase lies more than window before the period's end",
        reading="The window is a year, unless given: longer than the usual time between purchases.",
        parameters=(MetricParameter(name="window", kind="duration", default="1 year"),),
        groups=_OF_CUSTOMERS,
        looks="end",
        period="today",
        compute=_in("counting", "lapsed"),
    )


def _loyalty() -> Iterator[Metric]:
    yield Metric(
        name="repeat_rate",
        doc="Share of the period's buyers who bought more than once in it",
        unit="share",
        formula="customers with two purchases or more in the period / customers with one or more",
        reading="It grows with the length of the period: compare periods of one length only.",
        parameters=(_BOUGHT,),
        compute=_in("loyalty", "repeat_rate"),
    )
    yield Metric(
        name="retention",
        doc="Share of the members at the start of the period who bought in it",
        unit="share",
        formula="members at the start who purchased within window of it / members at the start",
        reading="Members are those of the segment at the start; without a segment, those who bought in the "
        "window before the start. The window is the whole period, unless given; until it is over, the share "
        "still grows.",
        parameters=(_WINDOW,),
        groups=_OF_CUSTOMERS,
        looks="start",
        compute=_in("loyalty", "retention"),
    )
    yield Metric(
        name="churn",
        doc="Share of the members at the start of the period who did not buy in it",
        unit="share",
        formula="1 - retention, of the same members and the same window",
        reading="Not to buy for a while is not to leave for good: choose a window after which few come back.",
        parameters=(_WINDOW,),
        groups=_OF_CUSTOMERS,
        looks="start",
        compute=_in("loyalty", "churn"),
    )


def _money() -> Iterator[Metric]:
    yield Metric(
        name="revenue",
        doc="Purchases less refunds",
        unit="money",
        formula="amounts of purchases - amounts of refunds, each on its own day, linked to a purchase or not",
        reading="Payments are not revenue. Each amount in another currency counts at the rate of its day.",
        compute=_in("money", "revenue"),
    )
    yield Metric(
        name="average_order_value",
        doc="What a purchase brings on average",
        unit="money",
        formula="amounts of purchases / number of purchases that have an amount",
        reading="Refunds are not taken off. A few large orders raise it: look at the groups too.",
        compute=_in("money", "average_order_value"),
    )


def _contacts() -> Iterator[Metric]:
    yield Metric(
        name="interactions_per_customer",
        doc="How often a customer was in contact, on average",
        unit="number",
        formula="interactions of all types, or those given / different customers who had any",
        reading="Customers without any contact in the period are not counted.",
        parameters=(_TYPES,),
        compute=_in("contacts", "interactions_per_customer"),
    )
    yield Metric(
        name="interactions_per_employee",
        doc="How many contacts an employee had, on average",
        unit="number",
        formula="interactions of employees, of all types or those given / different employees who had any",
        reading="Contacts without an employee, such as orders in a web shop, are left out.",
        parameters=(_TYPES,),
        compute=_in("contacts", "interactions_per_employee"),
    )
    yield Metric(
        name="overdue_contacts",
        doc="Customers who should have heard from us by now",
        unit="count",
        formula="customers whose last contact is longer ago than the cadence of their type",
        reading="Group by customer_type or level. Types without a cadence are never overdue.",
        groups=_OF_CUSTOMERS,
        looks="end",
        period="today",
        compute=_in("contacts", "overdue_contacts"),
    )


def _quality() -> Iterator[Metric]:
    yield Metric(
        name="reachable_share",
        doc="Share of customers whom we can, and may, write to or call",
        unit="share",
        formula="customers with an address for the channel who may be contacted for the purpose / customers",
        reading="Without a purpose consent is not asked for; without a channel any will do.",
        parameters=(
            MetricParameter(name="purpose", kind="purpose"),
            MetricParameter(name="channel", kind="channel"),
        ),
        groups=_OF_CUSTOMERS,
        looks="end",
        period="today",
        past=False,
        compute=_in("quality", "reachable_share"),
    )
    yield Metric(
        name="data_completeness",
        doc="How much of what could be known about customers is filled in",
        unit="share",
        formula="data points filled in / customers x data points (name, e-mail, phone, address, each field)",
        reading="Group by data_point to see what is missing. Not everything has to be known about everybody.",
        parameters=(MetricParameter(name="data_point", kind="text"),),
        groups=("data_point", "customer"),
        looks="end",
        period="today",
        past=False,
        compute=_in("quality", "data_completeness"),
    )


def _in(module: str, function: str) -> Callable[..., Any]:
    """A function of this package, imported when it is first asked for."""

    def compute(question: Any) -> Any:
        from importlib import import_module

        return getattr(import_module(f"crmkit.core.metrics.{module}"), function)(question)

    return compute
