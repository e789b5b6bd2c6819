"""What the strategy can ask of deals: traits and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crmkit.plugin import Metric, Trait, lazily, phrase
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion, Tables
    from crmkit.plugins.operational.settings import Settings

_METRICS = "crmkit.plugins.operational.deals.metrics"
_GROUPS = ("customer", "employee", "pipeline", "source", "product", "month", "year")


_CLOSING = "Deals count on the day on which they were closed; those in the archive do not count."


def deal_traits(_settings: Settings) -> Iterator[Trait]:
    """What a customer's open deals are."""
    yield Trait(
        name="open_deals", type="number", doc="Number of open deals", select=open_deals, missing=0, past=False
    )
    yield Trait(
        name="pipeline_value", type="money", doc="What the open deals are worth", select=pipeline_value,
        missing=0, past=False,
    )  # fmt: skip


def open_deals(as_of: int, tables: Tables) -> Any:  # noqa: ARG001 - known as of now only
    """(customer_id, how many)."""
    import sqlalchemy as sa

    return _open(tables, sa.func.count())


def pipeline_value(as_of: int, tables: Tables) -> Any:  # noqa: ARG001 - known as of now only
    """(customer_id, minor units)."""
    import sqlalchemy as sa

    return _open(tables, sa.func.sum(sa.func.coalesce(tables.records[DEAL].c.value, 0)))


def _open(tables: Tables, measure: Any) -> Any:
    import sqlalchemy as sa

    table = tables.records[DEAL]
    open_ = (table.c.archived_at.is_(None), table.c.state.not_in((WON, LOST)))
    return sa.select(table.c.customer_id, measure.label("value")).where(*open_).group_by(table.c.customer_id)


def deal_metrics(settings: Settings) -> Iterator[Metric]:
    """The numbers of sales."""

    def quota_reached(question: MetricQuestion) -> Any:
        from crmkit.plugins.operational.deals import metrics

        return metrics.quota_reached(settings)(question)

    closing = phrase("Deals count on the day on which they were closed; those in the archive do not count.")
    yield Metric(
        name="win_rate", unit="share", doc="Share of the closed deals that was won",
        formula="deals won in the period / deals won or lost in it",
        reading=phrase("By number, not by value. {closing}", closing=closing), groups=_GROUPS,
        compute=lazily(f"{_METRICS}:win_rate"),
    )  # fmt: skip
    yield Metric(
        name="deals_lost", unit="count", doc="Deals that were lost",
        formula="deals lost in the period",
        reading=phrase("Group by reason to see why. {closing}", closing=closing),
        groups=(*_GROUPS, "reason"), compute=lazily(f"{_METRICS}:deals_lost"),
    )  # fmt: skip
    yield Metric(
        name="sales_cycle", unit="days", doc="How long deals take that are won",
        formula="median of the days from the day a deal began to the day it was won",
        reading=phrase("Half of them were quicker. {closing}", closing=closing), groups=_GROUPS,
        compute=lazily(f"{_METRICS}:sales_cycle"),
    )  # fmt: skip
    yield Metric(
        name="pipeline", unit="money", doc="What the open deals are worth",
        formula="sum of the values of the deals that are open now",
        reading="As of now, whenever they close; see crm deals forecast for what to expect.",
        groups=_GROUPS[:5], period="today", past=False, compute=lazily(f"{_METRICS}:pipeline"),
    )  # fmt: skip
    yield Metric(
        name="sales_velocity", unit="money", doc="What the open deals promise to bring in a day",
        formula="open deals now × win rate × mean value of a deal won / mean days that it took",
        reading="More deals, better deals, larger ones or quicker ones raise it.",
        groups=_GROUPS[:5], compute=lazily(f"{_METRICS}:sales_velocity"),
    )  # fmt: skip
    yield Metric(
        name="quota_reached", unit="share", doc="Share of the quotas that was won",
        formula="values of the deals won in the period / what the quotas come to in it",
        reading="A quarter has a fourth of the year's quota; other periods have it by their days. In all, "
        "teams count where no employee has a quota; a deal is of its owner's first team.",
        groups=("employee", "team"), period="this quarter", of_money=True, compute=quota_reached,
    )  # fmt: skip
